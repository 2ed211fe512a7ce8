#include "config.h"
#include "graphql/pdg-gql-call.h"

#include <string.h>

#include "graphql/pdg-gql-execute-private.h"

gpointer
pdg_gql_call_get_context (PdgGqlCall *call)
{
  return call->execution->context;
}

GCancellable *
pdg_gql_call_get_cancellable (PdgGqlCall *call)
{
  return call->execution->cancellable;
}

PdgGqlSchema *
pdg_gql_call_get_schema (PdgGqlCall *call)
{
  return call->execution->schema;
}

PdgArena *
pdg_gql_call_get_arena (PdgGqlCall *call)
{
  return call->execution->arena;
}

guint
pdg_gql_call_get_n (PdgGqlCall *call)
{
  return call->level->n;
}

gpointer
pdg_gql_call_get_source (PdgGqlCall *call,
                         guint       index)
{
  g_return_val_if_fail (index < call->level->n, NULL);
  return call->level->sources[index];
}

const char *
pdg_gql_call_get_type_name (PdgGqlCall *call)
{
  return call->level->plan->type->name;
}

const char *
pdg_gql_call_get_field_name (PdgGqlCall *call)
{
  return call->column->plan->field->name;
}

const PdgGqlValue *
pdg_gql_call_arg_value (PdgGqlCall *call,
                        const char *name)
{
  const PdgGqlPlanField *plan = call->column->plan;

  for (guint i = 0; i < plan->field->n_args; i++)
    if (strcmp (plan->field->args[i].name, name) == 0)
      return plan->args[i];
  g_critical ("%s.%s has no argument \"%s\"", plan->field->parent->name, plan->field->name, name);
  return NULL;
}

gboolean
pdg_gql_call_has_arg (PdgGqlCall *call,
                      const char *name)
{
  return pdg_gql_call_arg_value (call, name) != NULL;
}

gboolean
pdg_gql_call_arg_is_null (PdgGqlCall *call,
                          const char *name)
{
  return pdg_gql_value_is_null (pdg_gql_call_arg_value (call, name));
}

const char *
pdg_gql_call_arg_string (PdgGqlCall *call,
                         const char *name)
{
  return pdg_gql_value_get_string (pdg_gql_call_arg_value (call, name));
}

gint64
pdg_gql_call_arg_int (PdgGqlCall *call,
                      const char *name)
{
  return pdg_gql_value_get_int (pdg_gql_call_arg_value (call, name), 0);
}

gboolean
pdg_gql_call_arg_bool (PdgGqlCall *call,
                       const char *name)
{
  return pdg_gql_value_get_bool (pdg_gql_call_arg_value (call, name), FALSE);
}

void
pdg_gql_call_keep (PdgGqlCall    *call,
                   gpointer       data,
                   GDestroyNotify destroy)
{
  PdgGqlKept kept = { data, destroy };

  if (destroy != NULL && data != NULL)
    g_array_append_val (call->execution->kept, kept);
}

/* The slot to fill, or NULL when an error stands there. Objects set there before are given up. */
static PdgGqlSlot *
get_slot (PdgGqlCall *call,
          guint       index)
{
  PdgGqlSlot *slot;

  g_return_val_if_fail (index < call->level->n, NULL);
  slot = &call->column->slots[index];
  if (G_UNLIKELY (slot->kind == PDG_GQL_SLOT_OBJECT || slot->kind == PDG_GQL_SLOT_OBJECTS))
    for (guint i = 0; i < slot->n; i++)
      g_array_index (call->column->entries, PdgGqlEntry, slot->number + i).type = NULL;
  return slot->kind == PDG_GQL_SLOT_ERROR ? NULL : slot;
}

#define SET_SLOT(call, index, ...) \
  G_STMT_START { \
    PdgGqlSlot *slot_ = get_slot ((call), (index)); \
    if (slot_ != NULL) \
      *slot_ = (PdgGqlSlot) __VA_ARGS__; \
  } G_STMT_END

void
pdg_gql_call_set_null (PdgGqlCall *call,
                       guint       index)
{
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_NULL });
}

void
pdg_gql_call_set_borrowed_string (PdgGqlCall *call,
                                  guint       index,
                                  const char *text)
{
  if (text == NULL)
    pdg_gql_call_set_null (call, index);
  else
    SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_STRING, .n = (guint) strlen (text), .text = text });
}

static void
set_copy (PdgGqlCall    *call,
          guint          index,
          PdgGqlSlotKind kind,
          const char    *text,
          gssize         len)
{
  gsize n = len < 0 ? strlen (text) : (gsize) len;

  SET_SLOT (call, index, { .kind = kind, .n = (guint) n, .text = pdg_arena_strndup (call->execution->arena, text, n) });
}

void
pdg_gql_call_set_string (PdgGqlCall *call,
                         guint       index,
                         const char *text)
{
  if (text == NULL)
    pdg_gql_call_set_null (call, index);
  else
    set_copy (call, index, PDG_GQL_SLOT_STRING, text, -1);
}

void
pdg_gql_call_take_string (PdgGqlCall *call,
                          guint       index,
                          char       *text)
{
  pdg_gql_call_set_borrowed_string (call, index, text);
  pdg_gql_call_keep (call, text, g_free);
}

void
pdg_gql_call_set_int (PdgGqlCall *call,
                      guint       index,
                      int         number)
{
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_INT, .number = number });
}

void
pdg_gql_call_set_int64 (PdgGqlCall *call,
                        guint       index,
                        gint64      number)
{
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_INT, .number = number });
}

void
pdg_gql_call_set_double (PdgGqlCall *call,
                         guint       index,
                         double      number)
{
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_DOUBLE, .real = number });
}

void
pdg_gql_call_set_bool (PdgGqlCall *call,
                       guint       index,
                       gboolean    boolean)
{
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_BOOL, .number = !!boolean });
}

void
pdg_gql_call_set_json (PdgGqlCall *call,
                       guint       index,
                       const char *json,
                       gssize      len)
{
  if (json == NULL)
    pdg_gql_call_set_null (call, index);
  else
    set_copy (call, index, PDG_GQL_SLOT_JSON, json, len);
}

static PdgGqlSlot *
set_leaves (PdgGqlCall *call,
            guint       index,
            guint       n)
{
  PdgGqlSlot *leaves = pdg_arena_alloc (call->execution->arena, MAX (n, 1) * sizeof *leaves);

  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_LEAVES, .n = n, .leaves = leaves });
  return leaves;
}

void
pdg_gql_call_set_strings (PdgGqlCall        *call,
                          guint              index,
                          const char *const *texts)
{
  guint n = texts != NULL ? g_strv_length ((char **) texts) : 0;
  PdgGqlSlot *leaves;

  if (texts == NULL)
    {
      pdg_gql_call_set_null (call, index);
      return;
    }
  leaves = set_leaves (call, index, n);
  for (guint i = 0; i < n; i++)
    {
      gsize len = strlen (texts[i]);

      leaves[i] = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_STRING, .n = (guint) len,
                                 .text = pdg_arena_strndup (call->execution->arena, texts[i], len) };
    }
}

void
pdg_gql_call_set_int64s (PdgGqlCall   *call,
                         guint         index,
                         const gint64 *numbers,
                         guint         n_numbers)
{
  PdgGqlSlot *leaves = set_leaves (call, index, n_numbers);

  for (guint i = 0; i < n_numbers; i++)
    leaves[i] = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_INT, .number = numbers[i] };
}

void
pdg_gql_call_set_doubles (PdgGqlCall   *call,
                          guint         index,
                          const double *numbers,
                          guint         n_numbers)
{
  PdgGqlSlot *leaves = set_leaves (call, index, n_numbers);

  for (guint i = 0; i < n_numbers; i++)
    leaves[i] = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_DOUBLE, .real = numbers[i] };
}

static void
fail (PdgGqlCall *call,
      guint       index,
      int         item,
      const char *message)
{
  PdgGqlSlot *slot = get_slot (call, index);

  if (slot == NULL)
    return;
  pdg_gql_execution_add_error (call->execution, call->level, call->column, index, item, message, PDG_GQL_CODE_INTERNAL);
  *slot = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_ERROR };
}

/* The concrete type of an object; NULL and an error when the field cannot give it. */
static PdgGqlType *
find_type (PdgGqlCall *call,
           guint       index,
           const char *name)
{
  PdgGqlType *declared = pdg_gql_type_get_named (call->column->plan->field->type);
  PdgGqlType *type;
  g_autofree char *message = NULL;

  if (name == NULL && declared->kind == PDG_GQL_TYPE_OBJECT)
    return declared;
  if (name != NULL && call->last_type_name != NULL && (name == call->last_type_name || strcmp (name, call->last_type_name) == 0))
    return call->last_type;
  type = name != NULL ? pdg_gql_schema_lookup_type (call->execution->schema, name) : NULL;
  if (type == NULL || type->kind != PDG_GQL_TYPE_OBJECT || !pdg_gql_type_has_possible (declared, type))
    {
      message = g_strdup_printf ("A resolver gave an object of type \"%s\" for \"%s\".", name != NULL ? name : "?", declared->name);
      fail (call, index, -1, message);
      return NULL;
    }
  call->last_type_name = type->name;
  call->last_type = type;
  return type;
}

static GArray *
ensure_entries (PdgGqlCall *call)
{
  if (call->column->entries == NULL)
    {
      PdgGqlKept kept = { NULL, (GDestroyNotify) g_array_unref };

      kept.data = call->column->entries = g_array_sized_new (FALSE, FALSE, sizeof (PdgGqlEntry), call->level->n);
      g_array_append_val (call->execution->kept, kept);
    }
  return call->column->entries;
}

void
pdg_gql_call_set_typed_object (PdgGqlCall    *call,
                               guint          index,
                               const char    *type_name,
                               gpointer       source,
                               GDestroyNotify destroy)
{
  PdgGqlEntry entry = { .source = source, .parent = index, .item = -1 };
  GArray *entries;

  pdg_gql_call_keep (call, source, destroy);
  if (source == NULL)
    {
      pdg_gql_call_set_null (call, index);
      return;
    }
  entry.type = find_type (call, index, type_name);
  if (entry.type == NULL)
    return;
  entries = ensure_entries (call);
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_OBJECT, .n = 1, .number = entries->len });
  g_array_append_val (entries, entry);
}

void
pdg_gql_call_set_object (PdgGqlCall    *call,
                         guint          index,
                         gpointer       source,
                         GDestroyNotify destroy)
{
  pdg_gql_call_set_typed_object (call, index, NULL, source, destroy);
}

static void
set_list (PdgGqlCall        *call,
          guint              index,
          gpointer const    *sources,
          guint              n,
          const char *const *type_names)
{
  PdgGqlType *declared = pdg_gql_type_get_named (call->column->plan->field->type);
  gboolean is_plain = type_names == NULL && declared->kind == PDG_GQL_TYPE_OBJECT;
  GArray *entries = ensure_entries (call);
  guint first = entries->len;

  g_array_set_size (entries, first + n);
  for (guint i = 0; i < n; i++)
    {
      PdgGqlEntry *entry = &g_array_index (entries, PdgGqlEntry, first + i);

      *entry = (PdgGqlEntry) { .source = sources[i], .parent = index, .item = (int) i };
      if (sources[i] != NULL)
        {
          entry->type = is_plain ? declared : find_type (call, index, type_names != NULL ? type_names[i] : NULL);
          if (entry->type == NULL)
            {
              g_array_set_size (entries, first);
              return;
            }
        }
    }
  SET_SLOT (call, index, { .kind = PDG_GQL_SLOT_OBJECTS, .n = n, .number = first });
}

void
pdg_gql_call_set_borrowed_list (PdgGqlCall     *call,
                                guint           index,
                                gpointer const *sources,
                                guint           n_sources)
{
  set_list (call, index, sources, n_sources, NULL);
}

void
pdg_gql_call_set_typed_list (PdgGqlCall        *call,
                             guint              index,
                             GPtrArray         *sources,
                             const char *const *type_names)
{
  if (sources == NULL)
    {
      pdg_gql_call_set_null (call, index);
      return;
    }
  pdg_gql_call_keep (call, sources, (GDestroyNotify) g_ptr_array_unref);
  set_list (call, index, sources->pdata, sources->len, type_names);
}

void
pdg_gql_call_set_list (PdgGqlCall *call,
                       guint       index,
                       GPtrArray  *sources)
{
  pdg_gql_call_set_typed_list (call, index, sources, NULL);
}

static void
set_gerror (PdgGqlCall   *call,
            guint         index,
            const GError *error)
{
  PdgGqlSlot *slot = get_slot (call, index);

  if (slot == NULL)
    return;
  pdg_gql_execution_add_gerror (call->execution, call->level, call->column, index, error);
  *slot = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_ERROR };
}

void
pdg_gql_call_set_error (PdgGqlCall *call,
                        guint       index,
                        GError     *error)
{
  set_gerror (call, index, error);
  g_error_free (error);
}

void
pdg_gql_call_fail_all (PdgGqlCall *call,
                       GError     *error)
{
  for (guint i = 0; i < call->level->n; i++)
    set_gerror (call, i, error);
  g_error_free (error);
}
