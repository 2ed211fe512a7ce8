#include "config.h"
#include "analytics/pdg-part-private.h"

#include <string.h>

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "Parts are read where they lie: this needs a little-endian machine."
#endif

G_DEFINE_QUARK (pdg-part-error-quark, pdg_part_error)

typedef struct
{
  char magic[4];
  guint16 version;
  guint8 key_bytes;
  guint8 column_bytes;
  gint32 org_no;
  gint32 project_no;
  gint32 day;
  guint32 n;
  guint32 r;
  guint8 zero[36];
} Header;

G_STATIC_ASSERT (sizeof (Header) == PDG_PART_HEADER_BYTES);

static const char magic[4] = { 'P', 'D', 'G', 'P' };

void
pdg_part_writer_init (PdgPartWriter *writer, gsize n_events, gsize n_runs)
{
  *writer = (PdgPartWriter) {
    .ts = g_new (guint32, MAX (n_events, 1)),
    .key = g_new (guint32, MAX (n_events, 1)),
    .run_actor = g_new (guint32, MAX (n_runs, 1)),
    .run_session = g_new (guint32, MAX (n_runs, 1)),
    .run_first = g_new (guint32, n_runs + 1),
  };
}

static void
writer_clear (PdgPartWriter *writer)
{
  g_free (writer->ts);
  g_free (writer->key);
  g_free (writer->run_actor);
  g_free (writer->run_session);
  g_free (writer->run_first);
}

static guint8 *
append (guint8 *at, const void *data, gsize size)
{
  memcpy (at, data, size);
  return at + size;
}

GBytes *
pdg_part_writer_finish (PdgPartWriter *writer, PdgPartId id)
{
  guint8 key_bytes = writer->max_key > G_MAXUINT16 ? 4 : 2;
  Header header = { .version = PDG_PART_VERSION, .key_bytes = key_bytes, .org_no = id.org_no, .project_no = id.project_no, .day = id.day };
  gsize n = writer->n, r = writer->r;
  gsize size = sizeof (Header) + 4 * n + 12 * r + 4 + key_bytes * n;
  guint8 *data = g_malloc (size), *at;

  memcpy (header.magic, magic, sizeof (magic));
  header.n = writer->n;
  header.r = writer->r;
  writer->run_first[r] = writer->n;
  at = append (data, &header, sizeof (header));
  at = append (at, writer->ts, 4 * n);
  at = append (at, writer->run_actor, 4 * r);
  at = append (at, writer->run_session, 4 * r);
  at = append (at, writer->run_first, 4 * (r + 1));
  if (key_bytes == 4)
    memcpy (at, writer->key, 4 * n);
  else
    for (gsize i = 0; i < n; i++)
      ((guint16 *) at)[i] = (guint16) writer->key[i];
  writer_clear (writer);
  return g_bytes_new_take (data, size);
}

/* A row as two numbers that order like the tuple. */
typedef struct
{
  guint64 high; /* actor, time */
  guint64 low;  /* session, key */
} Packed;

static inline gboolean
is_after (const Packed *a, const Packed *b)
{
  return a->high > b->high || (a->high == b->high && a->low > b->low);
}

/* Merges the sorted halves [from, middle) and [middle, to). */
static void
merge_halves (const Packed *in, Packed *out, gsize from, gsize middle, gsize to)
{
  gsize i = from, j = middle;

  for (gsize k = from; k < to; k++)
    out[k] = j >= to || (i < middle && !is_after (&in[i], &in[j])) ? in[i++] : in[j++];
}

/* Merge sort: rows often come in long sorted stretches. (transfer none) one of the two */
static Packed *
sort_packed (Packed *rows, Packed *spare, gsize n)
{
  enum { SMALL = 16 };

  for (gsize from = 0; from < n; from += SMALL)
    for (gsize i = from + 1; i < MIN (n, from + SMALL); i++)
      {
        Packed row = rows[i];
        gsize j = i;

        for (; j > from && is_after (&rows[j - 1], &row); j--)
          rows[j] = rows[j - 1];
        rows[j] = row;
      }
  for (gsize width = SMALL; width < n; width *= 2)
    {
      Packed *other = spare;

      for (gsize from = 0; from < n; from += 2 * width)
        {
          gsize middle = MIN (n, from + width), to = MIN (n, from + 2 * width);

          if (middle >= to || !is_after (&rows[middle - 1], &rows[middle]))
            memcpy (other + from, rows + from, (to - from) * sizeof (Packed));
          else
            merge_halves (rows, other, from, middle, to);
        }
      spare = rows;
      rows = other;
    }
  return rows;
}

GBytes *
pdg_part_pack (PdgPartId id, const PdgPartRow *rows, gsize n_rows)
{
  g_autofree Packed *packed = g_new (Packed, MAX (n_rows, 1));
  g_autofree Packed *spare = g_new (Packed, MAX (n_rows, 1));
  gint64 base = (gint64) id.day * PDG_MS_PER_DAY;
  PdgPartWriter writer;
  const Packed *sorted;

  g_return_val_if_fail (n_rows <= PDG_PART_MAX_EVENTS, NULL);
  for (gsize i = 0; i < n_rows; i++)
    {
      gint64 offset = rows[i].ts_ms - base;

      g_return_val_if_fail (offset >= 0 && offset < PDG_MS_PER_DAY, NULL);
      packed[i].high = (guint64) rows[i].actor << 32 | (guint64) offset;
      packed[i].low = (guint64) rows[i].session << 32 | rows[i].key;
    }
  sorted = sort_packed (packed, spare, n_rows);
  pdg_part_writer_init (&writer, n_rows, n_rows);
  for (gsize i = 0; i < n_rows; i++)
    pdg_part_writer_add (&writer, (guint32) (sorted[i].high >> 32), (guint32) sorted[i].high, (guint32) (sorted[i].low >> 32), (guint32) sorted[i].low);
  return pdg_part_writer_finish (&writer, id);
}

static gboolean
read_header (GBytes *bytes, Header *out)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size < sizeof (Header))
    return FALSE;
  memcpy (out, data, sizeof (Header));
  return memcmp (out->magic, magic, sizeof (magic)) == 0;
}

gboolean
pdg_part_peek_id (GBytes *bytes, PdgPartId *out_id)
{
  Header header;

  if (!read_header (bytes, &header))
    return FALSE;
  *out_id = (PdgPartId) { header.org_no, header.project_no, header.day };
  return TRUE;
}

static gboolean
refuse (GError **error, PdgPartError code, const char *what)
{
  g_set_error (error, PDG_PART_ERROR, code, "The analytics part %s: rebuild the parts of its project.", what);
  return FALSE;
}

static gboolean
check_header (const Header *header, gsize size, PdgPartId id, GError **error)
{
  static const guint8 zero[36];

  if (header->version != PDG_PART_VERSION)
    return refuse (error, PDG_PART_ERROR_FOREIGN, "is of another version");
  if (header->org_no != id.org_no || header->project_no != id.project_no || header->day != id.day)
    return refuse (error, PDG_PART_ERROR_FOREIGN, "is not of this organisation, project and day");
  if (header->n > PDG_PART_MAX_EVENTS)
    return refuse (error, PDG_PART_ERROR_TOO_LARGE, "is too large");
  if ((header->key_bytes != 2 && header->key_bytes != 4) || header->column_bytes != 0 || memcmp (header->zero, zero, sizeof (zero)) != 0
      || header->r > header->n
      || size != sizeof (Header) + 4 * (gsize) header->n + 12 * (gsize) header->r + 4 + (gsize) header->key_bytes * header->n)
    return refuse (error, PDG_PART_ERROR_BROKEN, "has a wrong length");
  return TRUE;
}

/* Times and keys of the run ascend, and follow what was before. */
static gboolean
check_run (const PdgPart *part, guint32 run, guint32 *max_key, guint32 *all_ts)
{
  guint32 from = part->run_first[run], to = part->run_first[run + 1];

  for (guint32 i = from; i < to; i++)
    {
      guint32 key = pdg_part_key_at (part, i);

      *max_key = MAX (*max_key, key);
      *all_ts = MAX (*all_ts, part->ts[i]);
      if (i > from && (part->ts[i - 1] > part->ts[i] || (part->ts[i - 1] == part->ts[i] && pdg_part_key_at (part, i - 1) > key)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_content (const PdgPart *part)
{
  guint32 max_key = 0, max_ts = 0;

  if (part->run_first[0] != 0 || part->run_first[part->r] != part->n)
    return FALSE;
  for (guint32 run = 0; run < part->r; run++)
    if (part->run_first[run] >= part->run_first[run + 1])
      return FALSE;
  for (guint32 run = 0; run < part->r; run++)
    {
      if (run > 0)
        {
          guint32 first = part->run_first[run];

          if (part->run_actor[run - 1] > part->run_actor[run])
            return FALSE;
          if (part->run_actor[run - 1] == part->run_actor[run]
              && (part->run_session[run - 1] == part->run_session[run] || part->ts[first - 1] > part->ts[first]
                  || (part->ts[first - 1] == part->ts[first] && part->run_session[run - 1] > part->run_session[run])))
            return FALSE;
        }
      if (!check_run (part, run, &max_key, &max_ts))
        return FALSE;
    }
  return max_ts < PDG_MS_PER_DAY && (part->key32 == NULL || max_key > G_MAXUINT16);
}

static void
set_columns (PdgPart *part, const Header *header)
{
  const guint32 *at = (const guint32 *) ((const guint8 *) g_bytes_get_data (part->bytes, NULL) + sizeof (Header));

  part->n = header->n;
  part->r = header->r;
  part->ts = at;
  part->run_actor = at + part->n;
  part->run_session = part->run_actor + part->r;
  part->run_first = part->run_session + part->r;
  at = part->run_first + part->r + 1;
  if (header->key_bytes == 4)
    part->key32 = at;
  else
    part->key16 = (const guint16 *) at;
}

PdgPart *
pdg_part_open (GBytes *bytes, PdgPartId id, GError **error)
{
  g_autoptr (PdgPart) part = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Header header;

  if (!read_header (bytes, &header))
    {
      refuse (error, PDG_PART_ERROR_FOREIGN, "is not one");
      return NULL;
    }
  if (!check_header (&header, size, id, error))
    return NULL;
  part = g_new0 (PdgPart, 1);
  g_atomic_ref_count_init (&part->refs);
  part->bytes = GPOINTER_TO_SIZE (data) % 4 == 0 ? g_bytes_ref (bytes) : g_bytes_new (data, size);
  part->id = id;
  part->base_ms = (gint64) id.day * PDG_MS_PER_DAY;
  set_columns (part, &header);
  if (!check_content (part))
    {
      refuse (error, PDG_PART_ERROR_BROKEN, "is not in order");
      return NULL;
    }
  return g_steal_pointer (&part);
}

PdgPart *
pdg_part_ref (PdgPart *part)
{
  g_atomic_ref_count_inc (&part->refs);
  return part;
}

void
pdg_part_unref (PdgPart *part)
{
  if (g_atomic_ref_count_dec (&part->refs))
    {
      g_bytes_unref (part->bytes);
      g_free (part);
    }
}

PdgPartId
pdg_part_get_id (const PdgPart *part)
{
  return part->id;
}

guint32
pdg_part_get_n_events (const PdgPart *part)
{
  return part->n;
}

guint32
pdg_part_get_n_runs (const PdgPart *part)
{
  return part->r;
}

GBytes *
pdg_part_get_bytes (const PdgPart *part)
{
  return part->bytes;
}

PdgPartRow *
pdg_part_dup_rows (const PdgPart *part, gsize *out_n)
{
  PdgPartRow *rows = g_new (PdgPartRow, MAX (part->n, 1));

  for (guint32 run = 0; run < part->r; run++)
    for (guint32 i = part->run_first[run]; i < part->run_first[run + 1]; i++)
      rows[i] = (PdgPartRow) { part->base_ms + part->ts[i], part->run_actor[run], part->run_session[run], pdg_part_key_at (part, i) };
  *out_n = part->n;
  return rows;
}
