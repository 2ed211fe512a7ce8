#include "config.h"
#include "db/pdg-db-params.h"

#include <string.h>

#include "db/pdg-db-private.h"

/* The protocol counts parameters in 16 bits. */
#define MAX_PARAMS 65535

struct _PdgDbParams
{
  GByteArray *bytes;
  GArray *types;   /* Oid */
  GArray *offsets; /* gsize into bytes; G_MAXSIZE = null */
  GArray *lengths; /* int */
  GArray *formats; /* int, all 1 */
  GArray *values;  /* const char *, made by bind */
};

PdgDbParams *
pdg_db_params_new (void)
{
  PdgDbParams *params = g_new (PdgDbParams, 1);

  params->bytes = g_byte_array_sized_new (128);
  params->types = g_array_sized_new (FALSE, FALSE, sizeof (Oid), 8);
  params->offsets = g_array_sized_new (FALSE, FALSE, sizeof (gsize), 8);
  params->lengths = g_array_sized_new (FALSE, FALSE, sizeof (int), 8);
  params->formats = g_array_sized_new (FALSE, FALSE, sizeof (int), 8);
  params->values = g_array_sized_new (FALSE, FALSE, sizeof (const char *), 8);
  return params;
}

void
pdg_db_params_free (PdgDbParams *params)
{
  if (params == NULL)
    return;
  g_byte_array_unref (params->bytes);
  g_array_unref (params->types);
  g_array_unref (params->offsets);
  g_array_unref (params->lengths);
  g_array_unref (params->formats);
  g_array_unref (params->values);
  g_free (params);
}

void
pdg_db_params_clear (PdgDbParams *params)
{
  g_byte_array_set_size (params->bytes, 0);
  g_array_set_size (params->types, 0);
  g_array_set_size (params->offsets, 0);
  g_array_set_size (params->lengths, 0);
  g_array_set_size (params->formats, 0);
}

guint
pdg_db_params_get_n (const PdgDbParams *params)
{
  return params->types->len;
}

/* Starts a value at the end of the bytes; finish () gives it its length. */
static void
start (PdgDbParams *params, Oid type, gboolean is_null)
{
  gsize offset = is_null ? G_MAXSIZE : params->bytes->len;
  int zero = 0, binary = 1;

  g_return_if_fail (params->types->len < MAX_PARAMS);
  g_array_append_val (params->types, type);
  g_array_append_val (params->offsets, offset);
  g_array_append_val (params->lengths, zero);
  g_array_append_val (params->formats, binary);
}

static void
finish (PdgDbParams *params)
{
  guint last = params->lengths->len - 1;

  g_array_index (params->lengths, int, last) = params->bytes->len - g_array_index (params->offsets, gsize, last);
}

static void
put (PdgDbParams *params, gconstpointer data, gsize len)
{
  g_byte_array_append (params->bytes, data, len);
}

static void
put_int4 (PdgDbParams *params, gint32 value)
{
  guint32 wire = GUINT32_TO_BE ((guint32) value);

  put (params, &wire, sizeof wire);
}

static void
put_int8 (PdgDbParams *params, gint64 value)
{
  guint64 wire = GUINT64_TO_BE ((guint64) value);

  put (params, &wire, sizeof wire);
}

static void
put_double (PdgDbParams *params, double value)
{
  gint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put_int8 (params, bits);
}

static void
add_plain (PdgDbParams *params, Oid type, gconstpointer data, gsize len)
{
  start (params, type, data == NULL);
  if (data == NULL)
    return;
  put (params, data, len);
  finish (params);
}

void
pdg_db_params_add_bool (PdgDbParams *params, gboolean value)
{
  guint8 wire = value ? 1 : 0;

  add_plain (params, PDG_OID_BOOL, &wire, 1);
}

void
pdg_db_params_add_int2 (PdgDbParams *params, gint16 value)
{
  guint16 wire = GUINT16_TO_BE ((guint16) value);

  add_plain (params, PDG_OID_INT2, &wire, sizeof wire);
}

void
pdg_db_params_add_int4 (PdgDbParams *params, gint32 value)
{
  start (params, PDG_OID_INT4, FALSE);
  put_int4 (params, value);
  finish (params);
}

void
pdg_db_params_add_int8 (PdgDbParams *params, gint64 value)
{
  start (params, PDG_OID_INT8, FALSE);
  put_int8 (params, value);
  finish (params);
}

void
pdg_db_params_add_double (PdgDbParams *params, double value)
{
  start (params, PDG_OID_FLOAT8, FALSE);
  put_double (params, value);
  finish (params);
}

void
pdg_db_params_add_text (PdgDbParams *params, const char *text, gssize len)
{
  add_plain (params, PDG_OID_TEXT, text, text == NULL ? 0 : len < 0 ? strlen (text) : (gsize) len);
}

void
pdg_db_params_add_bytea (PdgDbParams *params, gconstpointer data, gsize len)
{
  add_plain (params, PDG_OID_BYTEA, data, len);
}

void
pdg_db_params_add_uuid (PdgDbParams *params, const guint8 *uuid)
{
  add_plain (params, PDG_OID_UUID, uuid, 16);
}

void
pdg_db_params_add_timestamptz (PdgDbParams *params, gint64 unix_usec)
{
  start (params, PDG_OID_TIMESTAMPTZ, FALSE);
  put_int8 (params, pdg_db_usec_to_server (unix_usec));
  finish (params);
}

void
pdg_db_params_add_null (PdgDbParams *params)
{
  start (params, 0, TRUE);
}

/* The head of an array value: dimensions, whether there are nulls, the element type, the length and the lower bound. */
static void
start_array (PdgDbParams *params, Oid array_type, Oid type, gboolean has_nulls, gsize n)
{
  start (params, array_type, FALSE);
  put_int4 (params, n > 0 ? 1 : 0);
  put_int4 (params, has_nulls ? 1 : 0);
  put_int4 (params, type);
  if (n > 0)
    {
      put_int4 (params, n);
      put_int4 (params, 1);
    }
}

static gboolean
any_null (const guint8 *nulls, gsize n)
{
  for (gsize i = 0; nulls != NULL && i < n; i++)
    if (nulls[i])
      return TRUE;
  return FALSE;
}

typedef void (*PutElement) (PdgDbParams *params, gconstpointer values, gsize i);

static void
add_fixed_array (PdgDbParams *params, Oid array_type, Oid type, int width, PutElement put_element,
                 gconstpointer values, const guint8 *nulls, gsize n)
{
  start_array (params, array_type, type, any_null (nulls, n), n);
  for (gsize i = 0; i < n; i++)
    {
      if (nulls != NULL && nulls[i])
        {
          put_int4 (params, -1);
          continue;
        }
      put_int4 (params, width);
      put_element (params, values, i);
    }
  finish (params);
}

static void
element_bool (PdgDbParams *params, gconstpointer values, gsize i)
{
  guint8 wire = ((const guint8 *) values)[i] ? 1 : 0;

  put (params, &wire, 1);
}

static void
element_int2 (PdgDbParams *params, gconstpointer values, gsize i)
{
  guint16 wire = GUINT16_TO_BE ((guint16) ((const gint16 *) values)[i]);

  put (params, &wire, sizeof wire);
}

static void
element_int4 (PdgDbParams *params, gconstpointer values, gsize i)
{
  put_int4 (params, ((const gint32 *) values)[i]);
}

static void
element_int8 (PdgDbParams *params, gconstpointer values, gsize i)
{
  put_int8 (params, ((const gint64 *) values)[i]);
}

static void
element_double (PdgDbParams *params, gconstpointer values, gsize i)
{
  put_double (params, ((const double *) values)[i]);
}

static void
element_usec (PdgDbParams *params, gconstpointer values, gsize i)
{
  put_int8 (params, pdg_db_usec_to_server (((const gint64 *) values)[i]));
}

static void
element_uuid (PdgDbParams *params, gconstpointer values, gsize i)
{
  put (params, (const guint8 *) values + 16 * i, 16);
}

void
pdg_db_params_add_bool_array (PdgDbParams *params, const guint8 *values, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_BOOL_ARRAY, PDG_OID_BOOL, 1, element_bool, values, nulls, n);
}

void
pdg_db_params_add_int2_array (PdgDbParams *params, const gint16 *values, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_INT2_ARRAY, PDG_OID_INT2, 2, element_int2, values, nulls, n);
}

void
pdg_db_params_add_int4_array (PdgDbParams *params, const gint32 *values, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_INT4_ARRAY, PDG_OID_INT4, 4, element_int4, values, nulls, n);
}

void
pdg_db_params_add_int8_array (PdgDbParams *params, const gint64 *values, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_INT8_ARRAY, PDG_OID_INT8, 8, element_int8, values, nulls, n);
}

void
pdg_db_params_add_double_array (PdgDbParams *params, const double *values, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_FLOAT8_ARRAY, PDG_OID_FLOAT8, 8, element_double, values, nulls, n);
}

void
pdg_db_params_add_timestamptz_array (PdgDbParams *params, const gint64 *unix_usec, const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_TIMESTAMPTZ_ARRAY, PDG_OID_TIMESTAMPTZ, 8, element_usec, unix_usec, nulls, n);
}

void
pdg_db_params_add_uuid_array (PdgDbParams *params, const guint8 (*values)[16], const guint8 *nulls, gsize n)
{
  add_fixed_array (params, PDG_OID_UUID_ARRAY, PDG_OID_UUID, 16, element_uuid, values, nulls, n);
}

void
pdg_db_params_add_text_array (PdgDbParams *params, const char *const *values, const gssize *lens, gsize n)
{
  gboolean has_nulls = FALSE;

  for (gsize i = 0; i < n && !has_nulls; i++)
    has_nulls = values[i] == NULL;
  start_array (params, PDG_OID_TEXT_ARRAY, PDG_OID_TEXT, has_nulls, n);
  for (gsize i = 0; i < n; i++)
    {
      gsize len;

      if (values[i] == NULL)
        {
          put_int4 (params, -1);
          continue;
        }
      len = lens != NULL && lens[i] >= 0 ? (gsize) lens[i] : strlen (values[i]);
      put_int4 (params, len);
      put (params, values[i], len);
    }
  finish (params);
}

void
pdg_db_params_add_bytea_array (PdgDbParams *params, const gconstpointer *values, const gsize *lens, gsize n)
{
  gboolean has_nulls = FALSE;

  for (gsize i = 0; i < n && !has_nulls; i++)
    has_nulls = values[i] == NULL;
  start_array (params, PDG_OID_BYTEA_ARRAY, PDG_OID_BYTEA, has_nulls, n);
  for (gsize i = 0; i < n; i++)
    {
      put_int4 (params, values[i] == NULL ? -1 : (gint32) lens[i]);
      if (values[i] != NULL)
        put (params, values[i], lens[i]);
    }
  finish (params);
}

void
pdg_db_params_bind (PdgDbParams *params, PdgDbBound *bound)
{
  if (params == NULL)
    {
      memset (bound, 0, sizeof *bound);
      return;
    }
  g_array_set_size (params->values, params->types->len);
  for (guint i = 0; i < params->types->len; i++)
    {
      gsize offset = g_array_index (params->offsets, gsize, i);

      /* libpq takes NULL for an SQL null, so an empty value needs an address as well */
      g_array_index (params->values, const char *, i) =
        offset == G_MAXSIZE ? NULL : params->bytes->len == 0 ? "" : (const char *) params->bytes->data + offset;
    }
  bound->n = params->types->len;
  bound->types = (const Oid *) (gpointer) params->types->data;
  bound->values = (const char *const *) (gpointer) params->values->data;
  bound->lengths = (const int *) (gpointer) params->lengths->data;
  bound->formats = (const int *) (gpointer) params->formats->data;
}

gint64
pdg_db_usec_to_server (gint64 unix_usec)
{
  if (unix_usec == G_MAXINT64 || unix_usec == G_MININT64)
    return unix_usec;
  /* nothing near the edges is a time; keep clear of the infinities */
  if (unix_usec < G_MININT64 + PDG_DB_POSTGRES_EPOCH_USEC + 1)
    return G_MININT64;
  return unix_usec - PDG_DB_POSTGRES_EPOCH_USEC;
}

gint64
pdg_db_usec_from_server (gint64 server_usec)
{
  if (server_usec == G_MAXINT64 || server_usec == G_MININT64)
    return server_usec;
  if (server_usec > G_MAXINT64 - PDG_DB_POSTGRES_EPOCH_USEC)
    return G_MAXINT64;
  return server_usec + PDG_DB_POSTGRES_EPOCH_USEC;
}

/* ---- statements */

static void
clear_statement (gpointer data)
{
  pdg_db_params_free (((PdgDbStatement *) data)->params);
}

GArray *
pdg_db_batch_new (void)
{
  GArray *statements = g_array_new (FALSE, FALSE, sizeof (PdgDbStatement));

  g_array_set_clear_func (statements, clear_statement);
  return statements;
}

void
pdg_db_batch_add (GArray *statements, const char *sql, PdgDbParams *params)
{
  const PdgDbStatement statement = { sql, params };

  g_array_append_val (statements, statement);
}
