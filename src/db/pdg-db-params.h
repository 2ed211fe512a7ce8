#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The values of $1, $2, … of one statement, in the wire's binary form. The type of each is part of it: an int4 given for
 * an int8 column is cast by the server; json takes text and a cast ($1::jsonb). One thread at a time. */
typedef struct _PdgDbParams PdgDbParams;

/* (transfer full) */
PdgDbParams *pdg_db_params_new (void);
void         pdg_db_params_free (PdgDbParams *params);

/* Forgets the values and keeps the memory, for the next statement. */
void         pdg_db_params_clear (PdgDbParams *params);
guint        pdg_db_params_get_n (const PdgDbParams *params);

/* Each adds one value. Data is copied. */
void         pdg_db_params_add_bool (PdgDbParams *params, gboolean value);
void         pdg_db_params_add_int2 (PdgDbParams *params, gint16 value);
void         pdg_db_params_add_int4 (PdgDbParams *params, gint32 value);
void         pdg_db_params_add_int8 (PdgDbParams *params, gint64 value);
void         pdg_db_params_add_double (PdgDbParams *params, double value);
void         pdg_db_params_add_text (PdgDbParams *params, const char *text, gssize len);      /* NULL = SQL null; -1 = up to the NUL */
void         pdg_db_params_add_bytea (PdgDbParams *params, gconstpointer data, gsize len);    /* NULL with 0 = SQL null */
void         pdg_db_params_add_uuid (PdgDbParams *params, const guint8 *uuid);                /* 16 bytes; NULL = SQL null */
void         pdg_db_params_add_timestamptz (PdgDbParams *params, gint64 unix_usec);           /* G_MININT64 = -infinity, G_MAXINT64 = infinity */
void         pdg_db_params_add_null (PdgDbParams *params);                                    /* its type is inferred by the server */

/* Arrays of @n values. @nulls (nullable): a non-zero byte at i makes element i an SQL null. */
void         pdg_db_params_add_bool_array (PdgDbParams *params, const guint8 *values, const guint8 *nulls, gsize n);
void         pdg_db_params_add_int2_array (PdgDbParams *params, const gint16 *values, const guint8 *nulls, gsize n);
void         pdg_db_params_add_int4_array (PdgDbParams *params, const gint32 *values, const guint8 *nulls, gsize n);
void         pdg_db_params_add_int8_array (PdgDbParams *params, const gint64 *values, const guint8 *nulls, gsize n);
void         pdg_db_params_add_double_array (PdgDbParams *params, const double *values, const guint8 *nulls, gsize n);
void         pdg_db_params_add_timestamptz_array (PdgDbParams *params, const gint64 *unix_usec, const guint8 *nulls, gsize n);
void         pdg_db_params_add_uuid_array (PdgDbParams *params, const guint8 (*values)[16], const guint8 *nulls, gsize n);

/* A NULL element is an SQL null. @lens (nullable = all NUL-terminated): length of each, negative = up to the NUL. */
void         pdg_db_params_add_text_array (PdgDbParams *params, const char *const *values, const gssize *lens, gsize n);

/* A NULL element is an SQL null. */
void         pdg_db_params_add_bytea_array (PdgDbParams *params, const gconstpointer *values, const gsize *lens, gsize n);

/* A statement with its values; a plain value that borrows both. */
typedef struct
{
  const char *sql;
  PdgDbParams *params; /* nullable */
} PdgDbStatement;

/* Statements for pdg_db_tx_query_all (), which own their values. (element-type PdgDbStatement) (transfer full) */
GArray      *pdg_db_batch_new (void);

/* @sql is borrowed; @params: nullable, transfer full. */
void         pdg_db_batch_add (GArray *statements, const char *sql, PdgDbParams *params);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDbParams, pdg_db_params_free)

G_END_DECLS
