#include "config.h"
#include "base/pdg-id.h"

#include <string.h>
#include <sys/random.h>

static void
fill_random (guint8 *out, gsize n)
{
  gsize done = 0;

  while (done < n)
    {
      gssize got = getrandom (out + done, n - done, 0);

      if (got > 0)
        done += (gsize) got;
    }
}

void
pdg_uuid_make_v7 (guint8 out[16])
{
  static GMutex lock;
  static guint64 last;
  guint64 now_ms = (guint64) g_get_real_time () / 1000;
  guint64 stamp;

  fill_random (out, 16);
  /* 48 bits of milliseconds and 12 bits of counter, so that ids of one process never go back. */
  g_mutex_lock (&lock);
  stamp = (now_ms << 12) | (((guint64) out[6] << 4 | out[7]) & 0x7ff);
  if (stamp <= last)
    stamp = last + 1;
  last = stamp;
  g_mutex_unlock (&lock);

  for (int i = 0; i < 6; i++)
    out[i] = (guint8) (stamp >> (52 - 8 * i));
  out[6] = (guint8) (0x70 | ((stamp >> 8) & 0x0f));
  out[7] = (guint8) stamp;
  out[8] = (out[8] & 0x3f) | 0x80;
}

char *
pdg_uuid_new_string (void)
{
  guint8 uuid[16];
  char *text = g_malloc (PDG_UUID_TEXT_BYTES);

  pdg_uuid_make_v7 (uuid);
  pdg_uuid_format (uuid, text);
  return text;
}

/* The value of each hexadecimal digit, plus one. A table, since every event id is tried, and whether the next character
 * of an id is a digit or a letter cannot be predicted. */
static const gint8 hex_values[256] = {
  ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
  ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
  ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

gboolean
pdg_uuid_parse (const char *text, gsize len, guint8 out[16])
{
  /* Where the two digits of each byte stand. */
  static const guint8 places[16] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };
  int bad = 0;

  if (len != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
    return FALSE;
  for (int i = 0; i < 16; i++)
    {
      int high = hex_values[(guint8) text[places[i]]] - 1, low = hex_values[(guint8) text[places[i] + 1]] - 1;

      bad |= high | low;
      out[i] = (guint8) ((guint) high << 4 | (guint) low);
    }
  return bad >= 0;
}

void
pdg_uuid_format (const guint8 uuid[16], char out[PDG_UUID_TEXT_BYTES])
{
  static const char digits[] = "0123456789abcdef";
  char *p = out;

  for (int i = 0; i < 16; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *p++ = '-';
      *p++ = digits[uuid[i] >> 4];
      *p++ = digits[uuid[i] & 15];
    }
  *p = '\0';
}

static inline guint64
rotate_left (guint64 x, int r)
{
  return (x << r) | (x >> (64 - r));
}

static inline guint64
finish (guint64 k)
{
  k ^= k >> 33;
  k *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  k ^= k >> 33;
  k *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  k ^= k >> 33;
  return k;
}

void
pdg_hash128 (const void *data, gsize len, guint64 seed, guint8 out[16])
{
  const guint64 c1 = G_GUINT64_CONSTANT (0x87c37b91114253d5);
  const guint64 c2 = G_GUINT64_CONSTANT (0x4cf5ad432745937f);
  const guint8 *bytes = data;
  gsize n_blocks = len / 16;
  guint64 h1 = seed, h2 = seed, k1, k2;
  guint8 tail[16] = { 0 };

  for (gsize i = 0; i < n_blocks; i++)
    {
      memcpy (&k1, bytes + i * 16, 8);
      memcpy (&k2, bytes + i * 16 + 8, 8);
      k1 = rotate_left (k1 * c1, 31) * c2;
      h1 = (rotate_left (h1 ^ k1, 27) + h2) * 5 + 0x52dce729;
      k2 = rotate_left (k2 * c2, 33) * c1;
      h2 = (rotate_left (h2 ^ k2, 31) + h1) * 5 + 0x38495ab5;
    }
  if ((len & 15) > 0)
    {
      memcpy (tail, bytes + n_blocks * 16, len & 15);
      memcpy (&k1, tail, 8);
      memcpy (&k2, tail + 8, 8);
      h2 ^= rotate_left (k2 * c2, 33) * c1;
      h1 ^= rotate_left (k1 * c1, 31) * c2;
    }
  h1 ^= len;
  h2 ^= len;
  h1 += h2;
  h2 += h1;
  h1 = finish (h1);
  h2 = finish (h2);
  h1 += h2;
  h2 += h1;
  memcpy (out, &h1, 8);
  memcpy (out + 8, &h2, 8);
}

char *
pdg_random_token (gsize n_bytes)
{
  guint8 bytes[64];
  char *text;

  g_return_val_if_fail (n_bytes > 0 && n_bytes <= sizeof bytes, NULL);
  fill_random (bytes, n_bytes);
  text = g_base64_encode (bytes, n_bytes);
  for (char *p = text; *p != '\0'; p++)
    {
      if (*p == '+')
        *p = '-';
      else if (*p == '/')
        *p = '_';
      else if (*p == '=')
        {
          *p = '\0';
          break;
        }
    }
  return text;
}

char *
pdg_sha256_hex (const void *data, gsize len)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, len);
}
