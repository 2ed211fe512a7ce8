#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes JSON into one growing buffer. Commas between items and members are its business; nesting is the caller's.
 * Not thread-safe. */
typedef struct _PdgGqlWriter PdgGqlWriter;

PdgGqlWriter *pdg_gql_writer_new (gsize reserve_bytes);
void          pdg_gql_writer_free (PdgGqlWriter *writer);

/* Takes the text and frees the writer. (transfer full) */
GBytes       *pdg_gql_writer_free_to_bytes (PdgGqlWriter *writer);
gsize         pdg_gql_writer_get_length (const PdgGqlWriter *writer);

void          pdg_gql_writer_begin_object (PdgGqlWriter *writer);
void          pdg_gql_writer_end_object (PdgGqlWriter *writer);
void          pdg_gql_writer_begin_array (PdgGqlWriter *writer);
void          pdg_gql_writer_end_array (PdgGqlWriter *writer);

/* A member name, escaped; a value must follow. */
void          pdg_gql_writer_add_name (PdgGqlWriter *writer, const char *name, gssize len);

/* @len -1 = NUL-terminated. What is not UTF-8 is replaced by U+FFFD. */
void          pdg_gql_writer_add_string (PdgGqlWriter *writer, const char *text, gssize len);
void          pdg_gql_writer_add_int (PdgGqlWriter *writer, gint64 number);

/* The shortest text that reads back as @number (subnormal numbers get 15 digits). FALSE, and nothing written, when it is not finite. */
gboolean      pdg_gql_writer_add_double (PdgGqlWriter *writer, double number);
void          pdg_gql_writer_add_bool (PdgGqlWriter *writer, gboolean boolean);
void          pdg_gql_writer_add_null (PdgGqlWriter *writer);

/* One complete JSON value, which the caller vouches for. */
void          pdg_gql_writer_add_json (PdgGqlWriter *writer, const char *json, gssize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGqlWriter, pdg_gql_writer_free)

G_END_DECLS
