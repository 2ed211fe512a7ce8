#include "config.h"
#include "api/pdg-resolve.h"

/* EventFilterInput to PdgEventFilter. */

typedef struct
{
  PdgGqlCall *call;
  guint n_conditions;
  gboolean refused;
} Reader;

/* The field of the conditions of one member of the input. */
typedef struct
{
  PdgFilterField field;
  const char *const *path; /* nullable */
} Subject;

static void read_filter (Reader *reader, const PdgGqlValue *input, guint depth, GPtrArray *all);

static PdgEventFilter *
join (GPtrArray *all)
{
  PdgEventFilter *only;

  if (all->len != 1)
    return pdg_event_filter_new_and (all);
  only = g_ptr_array_steal_index (all, 0);
  g_ptr_array_unref (all);
  return only;
}

static void
refuse (Reader *reader, const char *message)
{
  if (!reader->refused)
    pdg_resolve_refuse (reader->call, "%s", message);
  reader->refused = TRUE;
}

/* Adds @condition (transfer full), or its negation. */
static void
add_condition (Reader *reader, GPtrArray *all, PdgEventFilter *condition, gboolean negated)
{
  if (++reader->n_conditions > PDG_FILTER_MAX_CONDITIONS)
    refuse (reader, "filter: more than " G_STRINGIFY (PDG_FILTER_MAX_CONDITIONS) " conditions; ask several questions instead");
  g_ptr_array_add (all, negated ? pdg_event_filter_new_not (condition) : condition);
}

/* The texts of a list, or the one text; NULL when there are too many. (transfer container) */
static const char **
read_texts (Reader *reader, const PdgGqlValue *value)
{
  gboolean is_list = pdg_gql_value_get_kind (value) == PDG_GQL_VALUE_LIST;
  guint n = is_list ? pdg_gql_value_get_length (value) : 1;
  const char **texts;

  if (n > PDG_FILTER_MAX_TEXTS)
    {
      refuse (reader, "filter: at most " G_STRINGIFY (PDG_FILTER_MAX_TEXTS) " texts in one list; ask several questions instead");
      return NULL;
    }
  texts = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    texts[i] = pdg_gql_value_get_string (is_list ? pdg_gql_value_get_item (value, i) : value);
  return texts;
}

static void
read_text_match (Reader *reader, const Subject *subject, const PdgGqlValue *match, GPtrArray *all)
{
  static const struct
  {
    const char *name;
    PdgFilterOp op;
    gboolean negated;
  } members[] = {
    { "is", PDG_FILTER_IS, FALSE }, { "isNot", PDG_FILTER_IS, TRUE }, { "in", PDG_FILTER_IS, FALSE }, { "notIn", PDG_FILTER_IS, TRUE },
    { "contains", PDG_FILTER_CONTAINS, FALSE }, { "startsWith", PDG_FILTER_STARTS_WITH, FALSE }, { "endsWith", PDG_FILTER_ENDS_WITH, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const PdgGqlValue *value = pdg_gql_value_lookup (match, members[i].name);
      g_autofree const char **texts = pdg_gql_value_is_null (value) ? NULL : read_texts (reader, value);

      if (texts != NULL)
        add_condition (reader, all, pdg_event_filter_new_text (subject->field, subject->path, members[i].op, texts), members[i].negated);
    }
}

static void
read_number_match (Reader *reader, const Subject *subject, const PdgGqlValue *match, GPtrArray *all)
{
  static const struct
  {
    const char *name;
    PdgFilterOp op;
    gboolean negated;
  } members[] = {
    { "is", PDG_FILTER_IS, FALSE }, { "isNot", PDG_FILTER_IS, TRUE }, { "atLeast", PDG_FILTER_AT_LEAST, FALSE },
    { "atMost", PDG_FILTER_AT_MOST, FALSE }, { "greaterThan", PDG_FILTER_GREATER_THAN, FALSE }, { "lessThan", PDG_FILTER_LESS_THAN, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const PdgGqlValue *value = pdg_gql_value_lookup (match, members[i].name);

      if (!pdg_gql_value_is_null (value))
        add_condition (reader, all,
                       pdg_event_filter_new_number (subject->field, subject->path, members[i].op, pdg_gql_value_get_double (value, 0)),
                       members[i].negated);
    }
}

static void
read_exists (Reader *reader, const Subject *subject, const PdgGqlValue *match, GPtrArray *all)
{
  const PdgGqlValue *value = pdg_gql_value_lookup (match, "exists");

  if (!pdg_gql_value_is_null (value))
    add_condition (reader, all, pdg_event_filter_new_exists (subject->field, subject->path), !pdg_gql_value_get_bool (value, TRUE));
}

static void
read_metadata (Reader *reader, const PdgGqlValue *match, GPtrArray *all)
{
  const PdgGqlValue *path = pdg_gql_value_lookup (match, "path"), *boolean = pdg_gql_value_lookup (match, "bool");
  g_autofree const char **keys = NULL;
  Subject subject;

  if (pdg_gql_value_get_length (path) == 0 || pdg_gql_value_get_length (path) > PDG_FILTER_MAX_PATH)
    {
      refuse (reader, "filter: a path into the metadata has 1 to " G_STRINGIFY (PDG_FILTER_MAX_PATH) " keys");
      return;
    }
  keys = read_texts (reader, path);
  subject = (Subject) { PDG_FILTER_FIELD_METADATA, keys };
  read_text_match (reader, &subject, pdg_gql_value_lookup (match, "text"), all);
  read_exists (reader, &subject, pdg_gql_value_lookup (match, "text"), all);
  read_number_match (reader, &subject, pdg_gql_value_lookup (match, "number"), all);
  read_exists (reader, &subject, pdg_gql_value_lookup (match, "number"), all);
  if (!pdg_gql_value_is_null (boolean))
    add_condition (reader, all, pdg_event_filter_new_bool (subject.field, keys, pdg_gql_value_get_bool (boolean, FALSE)), FALSE);
  read_exists (reader, &subject, match, all);
}

static PdgEventFilter *
read_child (Reader *reader, const PdgGqlValue *input, guint depth)
{
  GPtrArray *all = g_ptr_array_new ();

  read_filter (reader, input, depth, all);
  return join (all);
}

static GPtrArray *
read_children (Reader *reader, const PdgGqlValue *list, guint depth)
{
  GPtrArray *children = g_ptr_array_new ();

  for (guint i = 0; i < pdg_gql_value_get_length (list) && !reader->refused; i++)
    g_ptr_array_add (children, read_child (reader, pdg_gql_value_get_item (list, i), depth));
  return children;
}

/* Adds what each member of @input asks for, all of which must hold. */
static void
read_filter (Reader *reader, const PdgGqlValue *input, guint depth, GPtrArray *all)
{
  if (depth > PDG_FILTER_MAX_DEPTH)
    {
      refuse (reader, "filter: nested deeper than " G_STRINGIFY (PDG_FILTER_MAX_DEPTH) " levels; put what stands side by side into one and or or");
      return;
    }
  for (guint i = 0; i < pdg_gql_value_get_length (input) && !reader->refused; i++)
    {
      const char *name = pdg_gql_value_get_member_name (input, i);
      const PdgGqlValue *value = pdg_gql_value_get_item (input, i);
      Subject subject = { 0 };

      if (pdg_gql_value_is_null (value))
        continue;
      if (g_str_equal (name, "and"))
        g_ptr_array_add (all, pdg_event_filter_new_and (read_children (reader, value, depth + 1)));
      else if (g_str_equal (name, "or"))
        g_ptr_array_add (all, pdg_event_filter_new_or (read_children (reader, value, depth + 1)));
      else if (g_str_equal (name, "not"))
        g_ptr_array_add (all, pdg_event_filter_new_not (read_child (reader, value, depth + 1)));
      else if (!pdg_filter_field_from_name (name, &subject.field))
        g_assert_not_reached (); /* the schema has a field that the filter does not */
      else if (subject.field == PDG_FILTER_FIELD_METADATA)
        for (guint k = 0; k < pdg_gql_value_get_length (value) && !reader->refused; k++)
          read_metadata (reader, pdg_gql_value_get_item (value, k), all);
      else
        {
          if (pdg_filter_field_is_number (subject.field))
            read_number_match (reader, &subject, value, all);
          else
            read_text_match (reader, &subject, value, all);
          read_exists (reader, &subject, value, all);
        }
    }
}

PdgEventFilter *
pdg_resolve_get_filter (PdgGqlCall *call, gboolean *refused)
{
  return pdg_resolve_read_filter (call, pdg_gql_call_arg_value (call, "filter"), refused);
}

PdgEventFilter *
pdg_resolve_read_filter (PdgGqlCall *call, const PdgGqlValue *input, gboolean *refused)
{
  Reader reader = { call, 0, FALSE };
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_event_filter_unref);

  read_filter (&reader, input, 1, all);
  *refused = reader.refused;
  if (all->len > 0 && !reader.refused)
    return join (all);
  g_ptr_array_unref (all);
  return NULL;
}
