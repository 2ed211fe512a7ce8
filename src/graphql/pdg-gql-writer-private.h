#pragma once

#include "graphql/pdg-gql-writer.h"

G_BEGIN_DECLS

/* In the open for the executor, which writes thousands of leaves. */
struct _PdgGqlWriter
{
  char    *data;
  gsize    len;
  gsize    allocated;
  gsize    limit; /* of the response, 0 = none; watched by the executor */
  gboolean comma; /* the next item or member needs one in front */
};

void pdg_gql_writer_grow (PdgGqlWriter *writer, gsize more);

static inline char *
pdg_gql_writer_reserve (PdgGqlWriter *writer,
                        gsize         more)
{
  if (G_UNLIKELY (writer->allocated - writer->len < more))
    pdg_gql_writer_grow (writer, more);
  return writer->data + writer->len;
}

/* Text as it is, without a comma. */
void pdg_gql_writer_add_raw (PdgGqlWriter *writer, const char *text, gsize len);

G_END_DECLS
