#pragma once

#include "graphql/pdg-graphql.h"

G_BEGIN_DECLS

/* Documents that were parsed and validated, by the SHA-256 of their text in hexadecimal: the most recently used ones, and
 * those of the allow-list. The former by their text too, which costs less than that hash. Every function on any thread. */
typedef struct _PdgApiDocuments PdgApiDocuments;

#define PDG_API_HASH_LEN 64

typedef struct
{
  guint64 hits;
  guint64 misses;
  guint n_cached;
} PdgApiDocumentStats;

/* @max: how many are kept; 0 keeps none, and automatic persisted queries are off. (transfer full) */
PdgApiDocuments *pdg_api_documents_new (guint max);
void             pdg_api_documents_free (PdgApiDocuments *documents);

/* Reads every *.graphql file in the folder @path into the allow-list; before other threads use it. Errors: the file's, or
 * G_FILE_ERROR_INVAL for a document that @schema refuses, with its errors. */
gboolean         pdg_api_documents_load (PdgApiDocuments *documents, const char *path, PdgGqlSchema *schema, const PdgGqlLimits *limits,
                                         GError **error);

/* Whether the allow-list has it. */
gboolean         pdg_api_documents_allows (PdgApiDocuments *documents, const char *hash);

/* NULL when it is not known. (transfer full) (nullable) */
PdgGqlChecked   *pdg_api_documents_lookup (PdgApiDocuments *documents, const char *hash);

/* The same by the text itself, among the recently used; what is not found counts as no miss, since its hash is looked up next.
 * (transfer full) (nullable) */
PdgGqlChecked   *pdg_api_documents_lookup_text (PdgApiDocuments *documents, const char *text, gsize len);

/* Keeps @checked, of @text with @len bytes, whose SHA-256 is @hash. */
void             pdg_api_documents_insert (PdgApiDocuments *documents, const char *hash, const char *text, gsize len, PdgGqlChecked *checked);

gboolean         pdg_api_documents_keeps (PdgApiDocuments *documents);
void             pdg_api_documents_get_stats (PdgApiDocuments *documents, PdgApiDocumentStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgApiDocuments, pdg_api_documents_free)

G_END_DECLS
