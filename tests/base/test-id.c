#include "config.h"

#include "base/pdg-id.h"

#include <string.h>

#define N_IDS 20000
#define N_THREADS 4

static guint64
get_stamp (const guint8 uuid[16])
{
  guint64 stamp = 0;

  for (int i = 0; i < 6; i++)
    stamp = stamp << 8 | uuid[i];
  return stamp;
}

static void
test_v7_layout (void)
{
  for (int i = 0; i < 1000; i++)
    {
      guint64 before = (guint64) g_get_real_time () / 1000, after;
      guint8 uuid[16];

      pdg_uuid_make_v7 (uuid);
      after = (guint64) g_get_real_time () / 1000;
      g_assert_cmpuint (uuid[6] >> 4, ==, 7);
      g_assert_cmpuint (uuid[8] >> 6, ==, 2);
      g_assert_cmpuint (get_stamp (uuid), >=, before);
      g_assert_cmpuint (get_stamp (uuid), <=, after + 1);
    }
}

static void
test_v7_monotonic (void)
{
  guint8 last[16] = { 0 };

  for (int i = 0; i < N_IDS; i++)
    {
      guint8 uuid[16];

      pdg_uuid_make_v7 (uuid);
      g_assert_cmpint (memcmp (last, uuid, 16), <, 0);
      memcpy (last, uuid, 16);
    }
}

static gpointer
make_ids_worker (gpointer data)
{
  guint8 (*ids)[16] = data;

  for (int i = 0; i < N_IDS; i++)
    pdg_uuid_make_v7 (ids[i]);
  return NULL;
}

static guint
hash_id (gconstpointer id)
{
  guint value;

  memcpy (&value, (const guint8 *) id + 12, sizeof value);
  return value;
}

static gboolean
equal_id (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 16) == 0;
}

/* Each thread sees its own ids rise, and the 60 bits of time and counter never repeat. */
static void
test_v7_threads (void)
{
  guint8 (*ids)[16] = g_malloc (sizeof (guint8[16]) * N_THREADS * N_IDS);
  g_autoptr (GHashTable) seen = g_hash_table_new (hash_id, equal_id);
  GThread *threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ids", make_ids_worker, ids + i * N_IDS);
  for (int i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < N_THREADS * N_IDS; i++)
    {
      if (i % N_IDS != 0)
        g_assert_cmpint (memcmp (ids[i - 1], ids[i], 8), <, 0);
      g_assert_true (g_hash_table_add (seen, ids[i]));
    }
  g_free (ids);
}

static void
test_uuid_text (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
  } cases[] = {
    { "01234567-89ab-cdef-0123-456789abcdef", TRUE },
    { "01234567-89AB-CDEF-0123-456789ABCDEF", TRUE },
    { "01234567-89Ab-cDef-0123-456789aBcdef", TRUE },
    { "00000000-0000-0000-0000-000000000000", TRUE },
    { "", FALSE },
    { "0123456789abcdef0123456789abcdef", FALSE },
    { "{01234567-89ab-cdef-0123-456789abcdef}", FALSE },
    { "01234567-89ab-cdef-0123-456789abcde", FALSE },
    { "01234567-89ab-cdef-0123-456789abcdeff", FALSE },
    { "01234567-89ab-cdef-0123-456789abcdeg", FALSE },
    { "01234567-89ab-cdef-0123-456789abcde ", FALSE },
    { "01234567-89ab-cdef-01234-56789abcdef", FALSE },
    { "0123456-789ab-cdef-0123-456789abcdef", FALSE },
    { "01234567 89ab cdef 0123 456789abcdef", FALSE },
    { "0x234567-89ab-cdef-0123-456789abcdef", FALSE },
    { "-1234567-89ab-cdef-0123-456789abcdef", FALSE },
    { "01234567-89ab-cdef-0123-4567\xc3\xa9" "abcdef", FALSE },
    { "\x10" "1234567-89ab-cdef-0123-456789abcdef", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 uuid[16];
      char text[PDG_UUID_TEXT_BYTES];

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (pdg_uuid_parse (cases[i].text, strlen (cases[i].text), uuid), ==, cases[i].valid);
      if (!cases[i].valid)
        continue;
      pdg_uuid_format (uuid, text);
      g_assert_cmpint (g_ascii_strcasecmp (text, cases[i].text), ==, 0);
      for (const char *p = text; *p != '\0'; p++)
        g_assert_false (g_ascii_isupper (*p));
    }
}

static void
test_new_string (void)
{
  g_autofree char *text = pdg_uuid_new_string ();
  guint8 uuid[16];

  g_assert_cmpuint (strlen (text), ==, 36);
  g_assert_true (pdg_uuid_parse (text, 36, uuid));
  g_assert_cmpint (text[14], ==, '7');
  g_assert_true (g_uuid_string_is_valid (text));
}

static void
assert_hash (const char *text, guint64 seed, const char *expected_hex)
{
  GString *hex = g_string_new (NULL);
  guint8 hash[16];

  pdg_hash128 (text, strlen (text), seed, hash);
  for (int i = 0; i < 16; i++)
    g_string_append_printf (hex, "%02x", hash[i]);
  g_assert_cmpstr (hex->str, ==, expected_hex);
  g_string_free (hex, TRUE);
}

/* Vectors as Guava's tests have them (bytes in order of memory). */
static void
test_hash_vectors (void)
{
  assert_hash ("", 0, "00000000000000000000000000000000");
  assert_hash ("The quick brown fox jumps over the lazy dog", 0, "6c1b07bc7bbc4be347939ac4a93c437a");
  assert_hash ("The quick brown fox jumps over the lazy cog", 0, "9a2685ff70a98c653e5c8ea6eae3fe43");
}

/* SMHasher's verification of MurmurHash3_x64_128: every length from 0 to 255, each with another seed. */
static void
test_hash_verification (void)
{
  guint8 key[256], hashes[256 * 16], final[16];
  guint32 value;

  for (guint i = 0; i < 256; i++)
    {
      key[i] = (guint8) i;
      pdg_hash128 (key, i, 256 - i, hashes + (gsize) i * 16);
    }
  pdg_hash128 (hashes, sizeof hashes, 0, final);
  memcpy (&value, final, 4);
  g_assert_cmphex (GUINT32_FROM_LE (value), ==, 0x6384BA69);
}

static void
test_hash_seed_and_alignment (void)
{
  guint8 a[16], b[16], buffer[64] = "xxxthe same text at another alignment";

  pdg_hash128 ("text", 4, 1, a);
  pdg_hash128 ("text", 4, 2, b);
  g_assert_cmpint (memcmp (a, b, 16), !=, 0);
  pdg_hash128 (buffer + 3, 34, 7, a);
  memmove (buffer, buffer + 3, 34);
  pdg_hash128 (buffer, 34, 7, b);
  g_assert_cmpmem (a, 16, b, 16);
}

static void
test_random_token (void)
{
  for (gsize n = 1; n <= 64; n++)
    {
      g_autofree char *a = pdg_random_token (n), *b = pdg_random_token (n);

      g_assert_cmpuint (strlen (a), ==, (n * 4 + 2) / 3);
      g_assert_cmpuint (strspn (a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, strlen (a));
      if (n >= 8)
        g_assert_cmpstr (a, !=, b);
    }
}

static void
test_sha256 (void)
{
  g_autofree char *empty = pdg_sha256_hex ("", 0), *abc = pdg_sha256_hex ("abc", 3);

  g_assert_cmpstr (empty, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_assert_cmpstr (abc, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/id/v7-layout", test_v7_layout);
  g_test_add_func ("/base/id/v7-monotonic", test_v7_monotonic);
  g_test_add_func ("/base/id/v7-threads", test_v7_threads);
  g_test_add_func ("/base/id/uuid-text", test_uuid_text);
  g_test_add_func ("/base/id/new-string", test_new_string);
  g_test_add_func ("/base/id/hash-vectors", test_hash_vectors);
  g_test_add_func ("/base/id/hash-verification", test_hash_verification);
  g_test_add_func ("/base/id/hash-seed-and-alignment", test_hash_seed_and_alignment);
  g_test_add_func ("/base/id/random-token", test_random_token);
  g_test_add_func ("/base/id/sha256", test_sha256);
  return g_test_run ();
}
