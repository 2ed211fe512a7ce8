#include "config.h"
#include "db/pdg-db-result.h"

#include <math.h>
#include <string.h>

#include "db/pdg-db-private.h"

/* A PdgDbResult is libpq's PGresult: nothing has to be added to it, and a row then costs no memory of ours. */
#define PQ(result) ((const PGresult *) (result))

void
pdg_db_result_free (PdgDbResult *result)
{
  PQclear ((PGresult *) result);
}

guint
pdg_db_result_get_n_rows (const PdgDbResult *result)
{
  return PQntuples (PQ (result));
}

guint
pdg_db_result_get_n_columns (const PdgDbResult *result)
{
  return PQnfields (PQ (result));
}

gboolean
pdg_db_result_is_null (const PdgDbResult *result, guint row, guint col)
{
  return PQgetisnull (PQ (result), row, col);
}

/* The bytes of a value, or NULL when it is null or does not exist. libpq checks row and column in each call, and says that what does
 * not exist is empty: so only what is empty is looked at closely. Every result of ours is in binary. */
static inline const guint8 *
lookup (const PdgDbResult *result, guint row, guint col, Oid *type, gsize *len)
{
  *type = PQftype (PQ (result), col);
  *len = PQgetlength (PQ (result), row, col);
  if (G_UNLIKELY (*len == 0))
    {
      g_return_val_if_fail (result != NULL, NULL);
      g_return_val_if_fail (row < (guint) PQntuples (PQ (result)) && col < (guint) PQnfields (PQ (result)), NULL);
      if (PQgetisnull (PQ (result), row, col))
        return NULL;
    }
  return (const guint8 *) PQgetvalue (PQ (result), row, col);
}

static gint16
read_int2 (const guint8 *data)
{
  guint16 wire;

  memcpy (&wire, data, sizeof wire);
  return (gint16) GUINT16_FROM_BE (wire);
}

static gint32
read_int4 (const guint8 *data)
{
  guint32 wire;

  memcpy (&wire, data, sizeof wire);
  return (gint32) GUINT32_FROM_BE (wire);
}

static gint64
read_int8 (const guint8 *data)
{
  guint64 wire;

  memcpy (&wire, data, sizeof wire);
  return (gint64) GUINT64_FROM_BE (wire);
}

static void
mismatch (guint col, Oid type, const char *wanted)
{
  g_critical ("column %u has type %u, which does not read as %s", col, type, wanted);
}

gboolean
pdg_db_result_get_bool (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data == NULL)
    return FALSE;
  if (type == PDG_OID_BOOL && len == 1)
    return data[0] != 0;
  mismatch (col, type, "bool");
  return FALSE;
}

gint32
pdg_db_result_get_int4 (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data == NULL)
    return 0;
  if (type == PDG_OID_INT4 && len == 4)
    return read_int4 (data);
  if (type == PDG_OID_INT2 && len == 2)
    return read_int2 (data);
  mismatch (col, type, "int4");
  return 0;
}

gint64
pdg_db_result_get_int8 (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data == NULL)
    return 0;
  if ((type == PDG_OID_INT8 || type == PDG_OID_XID8) && len == 8)
    return read_int8 (data);
  if (type == PDG_OID_INT4 && len == 4)
    return read_int4 (data);
  if (type == PDG_OID_INT2 && len == 2)
    return read_int2 (data);
  if (type == PDG_OID_OID && len == 4)
    return (guint32) read_int4 (data);
  mismatch (col, type, "int8");
  return 0;
}

/* numeric on the wire: digits to the base 10000, the weight of the first, the sign, the scale (backend/utils/adt/numeric.c). */
static double
read_numeric (const guint8 *data, gsize len)
{
  guint n_digits, sign;
  int weight;
  double value = 0;

  if (len < 8)
    return 0;
  n_digits = (guint16) read_int2 (data);
  weight = read_int2 (data + 2);
  sign = (guint16) read_int2 (data + 4);
  if (sign == 0xC000)
    return NAN;
  if (sign == 0xD000 || sign == 0xF000)
    return sign == 0xD000 ? INFINITY : -INFINITY;
  for (guint i = 0; i < n_digits && 8 + 2 * i + 2 <= len; i++)
    value = value * 10000 + (guint16) read_int2 (data + 8 + 2 * i);
  /* dividing by a power of ten that is exact rounds once, multiplying by its inverse would round twice */
  weight -= (int) n_digits - 1;
  value = weight < 0 ? value / pow (10000, -weight) : value * pow (10000, weight);
  return sign == 0x4000 ? -value : value;
}

double
pdg_db_result_get_double (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data == NULL)
    return 0;
  if (type == PDG_OID_FLOAT8 && len == 8)
    {
      gint64 bits = read_int8 (data);
      double value;

      memcpy (&value, &bits, sizeof value);
      return value;
    }
  if (type == PDG_OID_FLOAT4 && len == 4)
    {
      gint32 bits = read_int4 (data);
      float value;

      memcpy (&value, &bits, sizeof value);
      return value;
    }
  if (type == PDG_OID_NUMERIC)
    return read_numeric (data, len);
  if (type == PDG_OID_INT8 || type == PDG_OID_INT4 || type == PDG_OID_INT2)
    return pdg_db_result_get_int8 (result, row, col);
  mismatch (col, type, "double");
  return 0;
}

const char *
pdg_db_result_get_text_len (const PdgDbResult *result, guint row, guint col, gsize *len)
{
  Oid type = 0;
  gsize length = 0;
  const guint8 *data = lookup (result, row, col, &type, &length);
  const char *text = NULL;

  if (data != NULL)
    {
      switch (type)
        {
        case PDG_OID_TEXT:
        case PDG_OID_VARCHAR:
        case PDG_OID_BPCHAR:
        case PDG_OID_NAME:
        case PDG_OID_CHAR:
        case PDG_OID_JSON:
        case PDG_OID_UNKNOWN:
          text = (const char *) data;
          break;
        case PDG_OID_JSONB: /* one byte of version before the text */
          text = (const char *) data + 1;
          length = MAX (length, 1) - 1;
          break;
        default:
          mismatch (col, type, "text");
          length = 0;
        }
    }
  if (len != NULL)
    *len = length;
  return text;
}

const char *
pdg_db_result_get_text (const PdgDbResult *result, guint row, guint col)
{
  return pdg_db_result_get_text_len (result, row, col, NULL);
}

const guint8 *
pdg_db_result_get_bytea (const PdgDbResult *result, guint row, guint col, gsize *len)
{
  Oid type = 0;

  *len = 0;
  return lookup (result, row, col, &type, len);
}

const guint8 *
pdg_db_result_get_uuid (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data != NULL && (type != PDG_OID_UUID || len != 16))
    {
      mismatch (col, type, "uuid");
      return NULL;
    }
  return data;
}

gint64
pdg_db_result_get_usec (const PdgDbResult *result, guint row, guint col)
{
  Oid type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);

  if (data == NULL)
    return 0;
  if ((type == PDG_OID_TIMESTAMPTZ || type == PDG_OID_TIMESTAMP) && len == 8)
    return pdg_db_usec_from_server (read_int8 (data));
  if (type == PDG_OID_DATE && len == 4)
    {
      gint32 days = read_int4 (data);

      if (days == G_MAXINT32 || days == G_MININT32)
        return days == G_MAXINT32 ? G_MAXINT64 : G_MININT64;
      return days * G_GINT64_CONSTANT (86400000000) + PDG_DB_POSTGRES_EPOCH_USEC;
    }
  mismatch (col, type, "a time");
  return 0;
}

/* Checks the head of an array and finds its elements; FALSE for one that is not of at most one dimension. */
static gboolean
open_array (const guint8 *data, gsize len, Oid *element_type, gsize *n, const guint8 **elements)
{
  gint32 n_dimensions = len >= 12 ? read_int4 (data) : -1;

  if (n_dimensions < 0 || n_dimensions > 1)
    return FALSE;
  *element_type = read_int4 (data + 8);
  *n = 0;
  *elements = data + 12;
  if (n_dimensions == 0)
    return TRUE;
  if (len < 20)
    return FALSE;
  *n = (guint32) read_int4 (data + 12);
  *elements = data + 20;
  return *n <= (len - 20) / 4;
}

gint64 *
pdg_db_result_dup_int8_array (const PdgDbResult *result, guint row, guint col, gsize *n)
{
  Oid type = 0, element_type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);
  const guint8 *p = NULL, *end = data + len;
  gint64 *values;

  *n = 0;
  if (data == NULL)
    return NULL;
  if ((type != PDG_OID_INT8_ARRAY && type != PDG_OID_INT4_ARRAY && type != PDG_OID_INT2_ARRAY)
      || !open_array (data, len, &element_type, n, &p))
    {
      mismatch (col, type, "an array of int8");
      return NULL;
    }
  values = g_new0 (gint64, *n + 1);
  for (gsize i = 0; i < *n && end - p >= 4; i++)
    {
      gint32 width = read_int4 (p);

      p += 4;
      if (width < 0)
        continue;
      if (width > end - p)
        break;
      values[i] = width == 8 ? read_int8 (p) : width == 4 ? read_int4 (p) : read_int2 (p);
      p += width;
    }
  return values;
}

char **
pdg_db_result_dup_text_array (const PdgDbResult *result, guint row, guint col, gsize *n)
{
  Oid type = 0, element_type = 0;
  gsize len = 0;
  const guint8 *data = lookup (result, row, col, &type, &len);
  const guint8 *p = NULL, *end = data + len;
  char **values;

  *n = 0;
  if (data == NULL)
    return NULL;
  if (!open_array (data, len, &element_type, n, &p)
      || (element_type != PDG_OID_TEXT && element_type != PDG_OID_VARCHAR && element_type != PDG_OID_NAME))
    {
      *n = 0;
      mismatch (col, type, "an array of text");
      return NULL;
    }
  values = g_new0 (char *, *n + 1);
  for (gsize i = 0; i < *n; i++)
    {
      gint32 width = end - p >= 4 ? read_int4 (p) : -1;

      p += end - p >= 4 ? 4 : 0;
      if (width > end - p)
        width = -1;
      values[i] = width < 0 ? g_strdup ("") : g_strndup ((const char *) p, width);
      p += MAX (width, 0);
    }
  return values;
}
