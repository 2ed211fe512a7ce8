#include "config.h"
#include "graphql/pdg-gql-execute-private.h"

#include <string.h>

static gpointer
new_array (PdgGqlExecution *execution,
           gsize            n,
           gsize            size)
{
  return memset (pdg_arena_alloc (execution->arena, MAX (n, 1) * size), 0, MAX (n, 1) * size);
}

static void
write_path (PdgGqlWriter       *writer,
            const PdgGqlLevel  *level,
            const PdgGqlColumn *column,
            guint               index,
            int                 item)
{
  if (level->above != NULL)
    {
      const PdgGqlEntry *entry = &g_array_index (level->column->entries, PdgGqlEntry, level->origin[index]);

      write_path (writer, level->above, level->column, entry->parent, entry->item);
    }
  pdg_gql_writer_add_string (writer, column->plan->key, column->plan->key_len);
  if (item >= 0)
    pdg_gql_writer_add_int (writer, item);
}

/* An error at @locations. */
static void
add_error_at (PdgGqlExecution      *execution,
              PdgGqlLevel          *level,
              const PdgGqlColumn   *column,
              guint                 index,
              int                   item,
              const PdgGqlLocation *locations,
              guint                 n_locations,
              const char           *message,
              const char           *code)
{
  PdgGqlWriter *writer;

  if (execution->errors == NULL)
    execution->errors = pdg_gql_writer_new (512);
  writer = execution->errors;
  pdg_gql_writer_begin_object (writer);
  pdg_gql_writer_add_name (writer, "message", -1);
  pdg_gql_writer_add_string (writer, message, -1);
  pdg_gql_error_write_locations (writer, locations, n_locations);
  pdg_gql_writer_add_name (writer, "path", -1);
  pdg_gql_writer_begin_array (writer);
  write_path (writer, level, column, index, item);
  pdg_gql_writer_end_array (writer);
  pdg_gql_error_write_code (writer, code);
  pdg_gql_writer_end_object (writer);
}

void
pdg_gql_execution_add_error (PdgGqlExecution    *execution,
                             PdgGqlLevel        *level,
                             const PdgGqlColumn *column,
                             guint               index,
                             int                 item,
                             const char         *message,
                             const char         *code)
{
  const PdgGqlPlanField *plan = column->plan;
  g_autofree PdgGqlLocation *locations = g_new (PdgGqlLocation, plan->n_nodes);

  for (guint i = 0; i < plan->n_nodes; i++)
    locations[i] = plan->nodes[i]->location;
  add_error_at (execution, level, column, index, item, locations, plan->n_nodes, message, code);
}

void
pdg_gql_execution_add_gerror (PdgGqlExecution    *execution,
                              PdgGqlLevel        *level,
                              const PdgGqlColumn *column,
                              guint               index,
                              const GError       *error)
{
  const char *message = error->message, *code = NULL;

  if (g_error_matches (error, PDG_GQL_ERROR, PDG_GQL_ERROR_CANCELLED) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = PDG_GQL_CODE_CANCELLED;
  if (execution->schema->error_code != NULL)
    {
      const char *mapped = execution->schema->error_code (error, &message);

      code = mapped != NULL ? mapped : code;
    }
  pdg_gql_execution_add_error (execution, level, column, index, -1, message, code != NULL ? code : PDG_GQL_CODE_INTERNAL);
}

/* One level below: the entries of one concrete type. */
static PdgGqlLevel *
new_level (PdgGqlExecution *execution,
           PdgGqlLevel     *above,
           PdgGqlColumn    *column,
           PdgGqlType      *type)
{
  GArray *entries = column->entries;
  PdgGqlLevel *level = new_array (execution, 1, sizeof *level);
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    n += g_array_index (entries, PdgGqlEntry, i).type == type;
  level->above = above;
  level->column = column;
  level->sources = new_array (execution, n, sizeof (gpointer));
  level->origin = new_array (execution, n, sizeof (guint));
  level->dead = new_array (execution, n, 1);
  for (guint i = 0; i < entries->len; i++)
    {
      PdgGqlEntry *entry = &g_array_index (entries, PdgGqlEntry, i);

      if (entry->type != type)
        continue;
      entry->level = level;
      entry->index = level->n;
      level->sources[level->n] = entry->source;
      level->origin[level->n++] = i;
    }
  return level;
}

static void
execute_below (PdgGqlExecution *execution,
               PdgGqlLevel     *level,
               PdgGqlColumn    *column)
{
  const PdgGqlPlanField *plan = column->plan;
  g_autofree const PdgGqlAstSelectionSet **sets = g_new (const PdgGqlAstSelectionSet *, plan->n_nodes);
  guint n_sets = 0;

  for (guint i = 0; i < plan->n_nodes; i++)
    if (plan->nodes[i]->set != NULL)
      sets[n_sets++] = plan->nodes[i]->set;
  for (guint i = 0; i < column->entries->len; i++)
    {
      PdgGqlType *type = g_array_index (column->entries, PdgGqlEntry, i).type;
      PdgGqlLevel *below;

      if (type == NULL || g_array_index (column->entries, PdgGqlEntry, i).level != NULL)
        continue;
      below = new_level (execution, level, column, type);
      below->plan = pdg_gql_plan_new (execution->document, execution->arena, execution->variables, type, sets, n_sets);
      pdg_gql_execute_level (execution, below);
    }
}

static void
resolve (PdgGqlExecution *execution,
         PdgGqlLevel     *level,
         PdgGqlColumn    *column)
{
  PdgGqlCall call = { .execution = execution, .level = level, .column = column };
  const PdgGqlPlanField *plan = column->plan;
  const char *problem = plan->args_error, *code = PDG_GQL_CODE_INPUT;

  if (problem == NULL && plan->field->resolver == NULL)
    {
      problem = "This field has no resolver.";
      code = PDG_GQL_CODE_INTERNAL;
    }
  if (problem == NULL && g_cancellable_is_cancelled (execution->cancellable))
    {
      problem = "The request was cancelled.";
      code = PDG_GQL_CODE_CANCELLED;
    }
  if (problem == NULL)
    {
      plan->field->resolver (&call);
      return;
    }
  for (guint i = 0; i < level->n; i++)
    {
      if (plan->args_error != NULL)
        add_error_at (execution, level, column, i, -1, &plan->args_location, 1, problem, code);
      else
        pdg_gql_execution_add_error (execution, level, column, i, -1, problem, code);
      column->slots[i].kind = PDG_GQL_SLOT_ERROR;
    }
}

void
pdg_gql_execute_level (PdgGqlExecution *execution,
                       PdgGqlLevel     *level)
{
  level->columns = new_array (execution, level->plan->n, sizeof (PdgGqlColumn));
  for (guint i = 0; i < level->plan->n; i++)
    {
      PdgGqlColumn *column = &level->columns[i];

      column->plan = &level->plan->fields[i];
      column->slots = new_array (execution, level->n, sizeof (PdgGqlSlot));
      resolve (execution, level, column);
      pdg_gql_complete_leaves (execution, level, column);
      if (column->entries != NULL)
        execute_below (execution, level, column);
      pdg_gql_complete_nulls (execution, level, column);
    }
}
