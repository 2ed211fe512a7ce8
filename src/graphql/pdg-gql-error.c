#include "config.h"
#include "graphql/pdg-gql-error-private.h"

#include "graphql/pdg-gql-operation.h"

struct _PdgGqlErrors
{
  GArray *items; /* PdgGqlErrorItem */
  guint max;
  const char *guard;
  gint64 cost;
  gint64 max_cost;
};

static void
clear_item (gpointer data)
{
  PdgGqlErrorItem *item = data;

  g_free (item->message);
  g_free (item->locations);
}

PdgGqlErrors *
pdg_gql_errors_new (guint max)
{
  PdgGqlErrors *errors = g_new0 (PdgGqlErrors, 1);

  errors->max = max > 0 ? max : G_MAXUINT - 1;
  errors->items = g_array_new (FALSE, TRUE, sizeof (PdgGqlErrorItem));
  g_array_set_clear_func (errors->items, clear_item);
  return errors;
}

void
pdg_gql_errors_free (PdgGqlErrors *errors)
{
  if (errors == NULL)
    return;
  g_array_unref (errors->items);
  g_free (errors);
}

void
pdg_gql_errors_set_guard (PdgGqlErrors *errors,
                          const char   *guard)
{
  if (errors->guard == NULL)
    errors->guard = guard;
}

const char *
pdg_gql_errors_get_guard (PdgGqlErrors *errors)
{
  return errors->guard;
}

void
pdg_gql_errors_set_cost (PdgGqlErrors *errors,
                         gint64        requested,
                         gint64        limit)
{
  errors->cost = requested;
  errors->max_cost = limit;
}

gboolean
pdg_gql_errors_is_full (PdgGqlErrors *errors)
{
  return errors->items->len > errors->max;
}

guint
pdg_gql_errors_get_n (PdgGqlErrors *errors)
{
  return errors->items->len;
}

const PdgGqlErrorItem *
pdg_gql_errors_get (PdgGqlErrors *errors,
                    guint         index)
{
  return &g_array_index (errors->items, PdgGqlErrorItem, index);
}

void
pdg_gql_errors_take (PdgGqlErrors         *errors,
                     const char           *code,
                     const PdgGqlLocation *locations,
                     guint                 n_locations,
                     char                 *message)
{
  PdgGqlErrorItem item = { .message = message, .code = code };

  if (errors->items->len > errors->max)
    {
      g_free (message);
      return;
    }
  if (errors->items->len == errors->max)
    {
      g_free (message);
      pdg_gql_errors_set_guard (errors, "errors");
      item.message = g_strdup ("Too many errors, error limit reached. The others are not told.");
    }
  else
    {
      item.n_locations = n_locations;
      item.locations = g_memdup2 (locations, n_locations * sizeof *locations);
    }
  g_array_append_val (errors->items, item);
}

void
pdg_gql_error_write_locations (PdgGqlWriter         *writer,
                               const PdgGqlLocation *locations,
                               guint                 n_locations)
{
  if (n_locations == 0)
    return;
  pdg_gql_writer_add_name (writer, "locations", -1);
  pdg_gql_writer_begin_array (writer);
  for (guint i = 0; i < n_locations; i++)
    {
      pdg_gql_writer_begin_object (writer);
      pdg_gql_writer_add_name (writer, "line", -1);
      pdg_gql_writer_add_int (writer, locations[i].line);
      pdg_gql_writer_add_name (writer, "column", -1);
      pdg_gql_writer_add_int (writer, locations[i].column);
      pdg_gql_writer_end_object (writer);
    }
  pdg_gql_writer_end_array (writer);
}

void
pdg_gql_error_write_code (PdgGqlWriter *writer,
                          const char   *code)
{
  pdg_gql_writer_add_name (writer, "extensions", -1);
  pdg_gql_writer_begin_object (writer);
  pdg_gql_writer_add_name (writer, "code", -1);
  pdg_gql_writer_add_string (writer, code, -1);
  pdg_gql_writer_end_object (writer);
}

void
pdg_gql_error_write_cost (PdgGqlWriter *writer,
                          gint64        requested,
                          gint64        limit)
{
  if (limit == 0)
    return;
  pdg_gql_writer_add_name (writer, "extensions", -1);
  pdg_gql_writer_begin_object (writer);
  pdg_gql_writer_add_name (writer, "cost", -1);
  pdg_gql_writer_begin_object (writer);
  pdg_gql_writer_add_name (writer, "requested", -1);
  pdg_gql_writer_add_int (writer, requested);
  pdg_gql_writer_add_name (writer, "limit", -1);
  pdg_gql_writer_add_int (writer, limit);
  pdg_gql_writer_end_object (writer);
  pdg_gql_writer_end_object (writer);
}

GBytes *
pdg_gql_errors_to_response (PdgGqlErrors *errors)
{
  PdgGqlWriter *writer = pdg_gql_writer_new (256);

  pdg_gql_writer_begin_object (writer);
  pdg_gql_writer_add_name (writer, "errors", -1);
  pdg_gql_writer_begin_array (writer);
  for (guint i = 0; i < errors->items->len; i++)
    {
      const PdgGqlErrorItem *item = pdg_gql_errors_get (errors, i);

      pdg_gql_writer_begin_object (writer);
      pdg_gql_writer_add_name (writer, "message", -1);
      pdg_gql_writer_add_string (writer, item->message, -1);
      pdg_gql_error_write_locations (writer, item->locations, item->n_locations);
      pdg_gql_error_write_code (writer, item->code);
      pdg_gql_writer_end_object (writer);
    }
  pdg_gql_writer_end_array (writer);
  pdg_gql_error_write_cost (writer, errors->cost, errors->max_cost);
  pdg_gql_writer_end_object (writer);
  return pdg_gql_writer_free_to_bytes (writer);
}

GBytes *
pdg_gql_error_response (const char *message,
                        const char *code)
{
  g_autoptr(PdgGqlErrors) errors = pdg_gql_errors_new (1);

  pdg_gql_errors_take (errors, code, NULL, 0, g_strdup (message));
  return pdg_gql_errors_to_response (errors);
}
