#include "config.h"
#include "api/pdg-resolve.h"

/* A page of a list, which is the source of its connection and of its PageInfo. */
typedef struct _Page Page;

typedef struct
{
  Page *page;
  gpointer node;
} Edge;

struct _Page
{
  GPtrArray *nodes;
  Edge *edges; /* made when they are asked for */
  PdgResolveCursorFunc make_cursor;
  gboolean has_next;
  gboolean has_previous;
};

void
pdg_resolve_set_page (PdgGqlCall *call, guint index, GPtrArray *nodes, PdgResolveCursorFunc make_cursor)
{
  Page *page = pdg_arena_alloc (pdg_gql_call_get_arena (call), sizeof *page);
  guint first = (guint) pdg_gql_call_arg_int (call, "first");

  *page = (Page) { .nodes = nodes, .make_cursor = make_cursor, .has_next = nodes->len > first };
  page->has_previous = !pdg_gql_call_arg_is_null (call, "after");
  if (page->has_next)
    g_ptr_array_set_size (nodes, (gint) first);
  pdg_gql_call_keep (call, nodes, (GDestroyNotify) g_ptr_array_unref);
  pdg_gql_call_set_object (call, index, page, NULL);
}

void
pdg_resolve_set_pages (PdgGqlCall *call, GPtrArray *lists, GError **error, PdgResolveCursorFunc make_cursor)
{
  if (lists == NULL)
    {
      pdg_gql_call_fail_all (call, g_steal_pointer (error));
      return;
    }
  for (guint i = 0; i < lists->len; i++)
    pdg_resolve_set_page (call, i, g_ptr_array_ref (lists->pdata[i]), make_cursor);
  g_ptr_array_unref (lists);
}

char *
pdg_resolve_make_time_cursor (gint64 usec, gint64 number)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, usec, number);
}

gboolean
pdg_resolve_get_time_cursor (PdgGqlCall *call, gint64 *usec, gint64 *number)
{
  const char *after = pdg_gql_call_arg_string (call, "after");
  char *end = NULL;

  *usec = *number = G_MAXINT64;
  if (after == NULL)
    return TRUE;
  *usec = g_ascii_strtoll (after, &end, 10);
  if (end != after && *end == '.')
    {
      const char *second = end + 1;

      *number = g_ascii_strtoll (second, &end, 10);
      if (end != second && *end == '\0')
        return TRUE;
    }
  pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
  return FALSE;
}

gboolean
pdg_resolve_get_page (PdgGqlCall *call, PdgStorePage *page)
{
  page->limit = pdg_resolve_get_limit (call);
  return page->limit > 0 && pdg_resolve_get_time_cursor (call, &page->before_usec, &page->before_no);
}

gboolean
pdg_resolve_selects_node (PdgGqlCall *call, const char *field)
{
  static const char *const places[] = { "nodes.", "edges.node." };
  char path[64];

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_strlcpy (g_stpcpy (path, places[i]), field, sizeof path - sizeof "edges.node.");
      if (pdg_gql_call_selects (call, path))
        return TRUE;
    }
  return FALSE;
}

char *
pdg_resolve_make_text_cursor (const char *text, gint64 number)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%s", number, text);
}

gboolean
pdg_resolve_get_text_cursor (PdgGqlCall *call, const char **text, gint64 *number)
{
  const char *after = pdg_gql_call_arg_string (call, "after");
  char *end = NULL;

  *text = NULL;
  *number = 0;
  if (after == NULL)
    return TRUE;
  *number = g_ascii_strtoll (after, &end, 10);
  if (end != after && *end == '.')
    {
      *text = end + 1;
      return TRUE;
    }
  pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
  return FALSE;
}

void
pdg_resolve_page_nodes (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const Page *page = pdg_gql_call_get_source (call, i);

      pdg_gql_call_set_borrowed_list (call, i, page->nodes->pdata, page->nodes->len);
    }
}

void
pdg_resolve_page_edges (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      Page *page = pdg_gql_call_get_source (call, i);
      g_autofree gpointer *items = g_new (gpointer, page->nodes->len + 1);

      if (page->edges == NULL)
        page->edges = pdg_arena_alloc (pdg_gql_call_get_arena (call), (page->nodes->len + 1) * sizeof (Edge));
      for (guint k = 0; k < page->nodes->len; k++)
        {
          page->edges[k] = (Edge) { page, page->nodes->pdata[k] };
          items[k] = &page->edges[k];
        }
      pdg_gql_call_set_borrowed_list (call, i, items, page->nodes->len);
    }
}

PDG_RESOLVE_MEMBER (info_has_next, Page, pdg_gql_call_set_bool (call, i, source->has_next))
PDG_RESOLVE_MEMBER (info_has_previous, Page, pdg_gql_call_set_bool (call, i, source->has_previous))

static void
set_cursor (PdgGqlCall *call, gboolean of_last)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const Page *page = pdg_gql_call_get_source (call, i);

      if (page->nodes->len == 0)
        pdg_gql_call_set_null (call, i);
      else
        pdg_gql_call_take_string (call, i, page->make_cursor (page->nodes->pdata[of_last ? page->nodes->len - 1 : 0]));
    }
}

static void
info_start_cursor (PdgGqlCall *call)
{
  set_cursor (call, FALSE);
}

static void
info_end_cursor (PdgGqlCall *call)
{
  set_cursor (call, TRUE);
}

void
pdg_resolve_page_info (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, pdg_gql_call_get_source (call, i), NULL);
}

void
pdg_resolve_edge_node (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_object (call, i, ((const Edge *) pdg_gql_call_get_source (call, i))->node, NULL);
}

void
pdg_resolve_edge_cursor (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const Edge *edge = pdg_gql_call_get_source (call, i);

      pdg_gql_call_take_string (call, i, edge->page->make_cursor (edge->node));
    }
}

static const PdgGqlBinding bindings[] = {
  { "PageInfo.hasNextPage", info_has_next },
  { "PageInfo.hasPreviousPage", info_has_previous },
  { "PageInfo.startCursor", info_start_cursor },
  { "PageInfo.endCursor", info_end_cursor },
};

PdgResolveTable
pdg_resolve_page_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
