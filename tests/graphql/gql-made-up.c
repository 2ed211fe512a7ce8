#include "config.h"
#include "gql-made-up.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

const char gql_made_up_query[] =
  "{ __schema { types { kind name possibleTypes { name } enumValues(includeDeprecated: true) { name } fields(includeDeprecated: true) { name "
  "args(includeDeprecated: true) { name } type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name "
  "ofType { kind name ofType { kind name } } } } } } } } } } }";

typedef struct
{
  GPtrArray *args;    /* const char * */
  GPtrArray *choices; /* names of possible types or of enum values, in order */
  const char *kind;   /* of the named type, as introspection says it */
  const char *name;
  guint lists;        /* around it */
} Answer;

/* Kept as long as the program runs: */
static GHashTable *answers; /* "Type.field" -> Answer */
static GHashTable *choices; /* name of a type -> GPtrArray of names */
static JsonNode *described; /* owns the strings */

/* FNV-1a */
static guint32
hash (const char *text)
{
  guint32 state = 0x811c9dc5;

  for (; *text != '\0'; text++)
    state = (state ^ (guint8) *text) * 0x01000193;
  return state ^ (state >> 15);
}

static guint32
hash_item (guint32 seed,
           guint   item)
{
  g_autofree char *text = g_strdup_printf ("%u/%u", seed, item);

  return hash (text);
}

/* An object is its seed; never NULL. */
static gpointer
make_object (guint32 seed)
{
  return GSIZE_TO_POINTER ((gsize) seed | ((gsize) 1 << 32));
}

gpointer
gql_made_up_root (void)
{
  return make_object (1);
}

static void
describe_number (GString *out,
                 double   number)
{
  union { double real; guint64 bits; } both = { .real = number == 0 ? 0 : number };

  g_string_append_printf (out, "%" G_GINT64_MODIFIER "x", both.bits);
}

static void
describe (GString           *out,
          const PdgGqlValue *value)
{
  PdgGqlValueKind kind = pdg_gql_value_get_kind (value);
  guint n = pdg_gql_value_get_length (value);

  switch (kind)
    {
    case PDG_GQL_VALUE_INT:
    case PDG_GQL_VALUE_DOUBLE:
      describe_number (out, pdg_gql_value_get_double (value, 0));
      break;
    case PDG_GQL_VALUE_BOOL:
      g_string_append (out, pdg_gql_value_get_bool (value, FALSE) ? "true" : "false");
      break;
    case PDG_GQL_VALUE_STRING:
    case PDG_GQL_VALUE_ENUM:
      g_string_append_printf (out, "'%s'", pdg_gql_value_get_string (value));
      break;
    case PDG_GQL_VALUE_LIST:
    case PDG_GQL_VALUE_OBJECT:
      g_string_append_c (out, kind == PDG_GQL_VALUE_LIST ? '[' : '{');
      for (guint i = 0; i < n; i++)
        {
          if (kind == PDG_GQL_VALUE_OBJECT)
            g_string_append_printf (out, "%s:", pdg_gql_value_get_member_name (value, i));
          describe (out, pdg_gql_value_get_item (value, i));
          g_string_append_c (out, ',');
        }
      g_string_append_c (out, kind == PDG_GQL_VALUE_LIST ? ']' : '}');
      break;
    case PDG_GQL_VALUE_NULL:
    default:
      g_string_append (out, "null");
    }
}

static void
set_leaf (PdgGqlCall   *call,
          guint         index,
          const Answer *answer,
          guint32       seed)
{
  gboolean wrong = seed % 32 == 2;
  g_autofree char *text = NULL;

  if (strcmp (answer->kind, "ENUM") == 0)
    pdg_gql_call_set_string (call, index, wrong ? "NONE_SUCH" : answer->choices->pdata[(seed >> 8) % answer->choices->len]);
  else if (strcmp (answer->name, "Int") == 0)
    pdg_gql_call_set_int64 (call, index, wrong ? G_GINT64_CONSTANT (0x200000000) : (gint32) seed);
  else if (strcmp (answer->name, "Float") == 0)
    pdg_gql_call_set_double (call, index, wrong ? NAN : seed / 8.0);
  else if (strcmp (answer->name, "Boolean") == 0)
    pdg_gql_call_set_bool (call, index, (seed >> 8) % 2 == 1);
  else if (strcmp (answer->name, "ID") == 0 && (seed >> 8) % 2 == 1)
    pdg_gql_call_set_int64 (call, index, seed);
  else if (strcmp (answer->name, "ID") == 0 || strcmp (answer->name, "String") == 0)
    pdg_gql_call_take_string (call, index, g_strdup_printf ("s%u\"\xc3\xa9\n", seed));
  else
    pdg_gql_call_set_json (call, index, text = g_strdup_printf ("{\"k\":[%u,null,\"x\"]}", seed), -1);
}

static void
set_leaves (PdgGqlCall   *call,
            guint         index,
            const Answer *answer,
            guint32       seed)
{
  guint n = (seed >> 8) % 4;
  gint64 integers[4];
  double doubles[4];
  g_auto(GStrv) texts = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      guint32 item = hash_item (seed, i);
      gboolean wrong = item % 32 == 2;

      integers[i] = wrong ? G_GINT64_CONSTANT (0x200000000) : (gint32) item;
      doubles[i] = wrong ? INFINITY : item / 8.0;
      if (strcmp (answer->kind, "ENUM") == 0)
        texts[i] = g_strdup (wrong ? "NONE_SUCH" : answer->choices->pdata[(item >> 8) % answer->choices->len]);
      else
        texts[i] = g_strdup_printf ("s%u\"\xc3\xa9\n", item);
    }
  if (strcmp (answer->name, "Int") == 0)
    pdg_gql_call_set_int64s (call, index, integers, n);
  else if (strcmp (answer->name, "Float") == 0)
    pdg_gql_call_set_doubles (call, index, doubles, n);
  else
    pdg_gql_call_set_strings (call, index, (const char *const *) texts);
}

static const char *
choose_type (const Answer *answer,
             guint32       seed)
{
  if (strcmp (answer->kind, "OBJECT") == 0)
    return NULL;
  return answer->choices->pdata[(seed >> 8) % answer->choices->len];
}

static void
set_objects (PdgGqlCall   *call,
             guint         index,
             const Answer *answer,
             guint32       seed)
{
  GPtrArray *sources = g_ptr_array_new ();
  const char *types[4];

  for (guint i = 0; i < (seed >> 8) % 4; i++)
    {
      guint32 item = hash_item (seed, i);

      types[i] = choose_type (answer, item);
      g_ptr_array_add (sources, item % 8 == 1 ? NULL : make_object (item));
    }
  if (strcmp (answer->kind, "OBJECT") == 0)
    pdg_gql_call_set_list (call, index, sources);
  else
    pdg_gql_call_set_typed_list (call, index, sources, types);
}

/* What resolvers cannot set is null: some lists, and interfaces that no type implements. */
static gboolean
can_set (const Answer *answer)
{
  if ((strcmp (answer->kind, "INTERFACE") == 0 && answer->choices->len == 0) || answer->lists > 1)
    return FALSE;
  return answer->lists == 0 || strcmp (answer->kind, "SCALAR") != 0 || strstr ("Int Float ID String", answer->name) != NULL;
}

static void
answer_one (PdgGqlCall   *call,
            guint         index,
            const Answer *answer,
            guint32       seed)
{
  gboolean leaf = strcmp (answer->kind, "SCALAR") == 0 || strcmp (answer->kind, "ENUM") == 0;

  if (seed % 32 == 0)
    pdg_gql_call_set_error (call, index, g_error_new_literal (PDG_GQL_ERROR, PDG_GQL_ERROR_VALUE, "made up"));
  else if (seed % 32 == 1 || !can_set (answer))
    pdg_gql_call_set_null (call, index);
  else if (answer->lists > 0 && leaf)
    set_leaves (call, index, answer, seed);
  else if (answer->lists > 0)
    set_objects (call, index, answer, seed);
  else if (leaf)
    set_leaf (call, index, answer, seed);
  else if (strcmp (answer->kind, "OBJECT") != 0 && seed % 32 == 2)
    pdg_gql_call_set_typed_object (call, index, "NoneSuch", make_object (seed), NULL);
  else
    pdg_gql_call_set_typed_object (call, index, choose_type (answer, seed), make_object (seed), NULL);
}

static void
resolve (PdgGqlCall *call)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", pdg_gql_call_get_type_name (call), pdg_gql_call_get_field_name (call));
  const Answer *answer = g_hash_table_lookup (answers, name);
  g_autoptr(GString) text = g_string_new (name);

  for (guint i = 0; i < answer->args->len; i++)
    if (pdg_gql_call_has_arg (call, answer->args->pdata[i]))
      {
        g_string_append_printf (text, " %s=", (const char *) answer->args->pdata[i]);
        describe (text, pdg_gql_call_arg_value (call, answer->args->pdata[i]));
      }
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      g_autofree char *full = g_strdup_printf ("%u %s", (guint32) GPOINTER_TO_SIZE (pdg_gql_call_get_source (call, i)), text->str);

      answer_one (call, i, answer, hash (full));
    }
}

static GPtrArray *
get_names (JsonObject *object,
           const char *member)
{
  GPtrArray *names = g_ptr_array_new ();
  JsonNode *node = json_object_get_member (object, member);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      g_ptr_array_add (names, g_strdup (json_object_get_string_member (json_array_get_object_element (json_node_get_array (node), i), "name")));
  return names;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static Answer *
make_answer (JsonObject *field)
{
  JsonObject *type = json_object_get_object_member (field, "type");
  Answer *answer = g_new0 (Answer, 1);

  while (json_object_get_null_member (type, "name"))
    {
      answer->lists += strcmp (json_object_get_string_member (type, "kind"), "LIST") == 0;
      type = json_object_get_object_member (type, "ofType");
    }
  answer->kind = json_object_get_string_member (type, "kind");
  answer->name = json_object_get_string_member (type, "name");
  answer->choices = g_hash_table_lookup (choices, answer->name);
  answer->args = get_names (field, "args");
  return answer;
}

static void
bind_type (PdgGqlSchema *schema,
           JsonObject   *type)
{
  JsonArray *fields = json_object_get_array_member (type, "fields");
  const char *type_name = json_object_get_string_member (type, "name");

  for (guint i = 0; i < json_array_get_length (fields); i++)
    {
      JsonObject *field = json_array_get_object_element (fields, i);
      char *name = g_strdup_printf ("%s.%s", type_name, json_object_get_string_member (field, "name"));
      PdgGqlBinding binding = { name, resolve };

      g_hash_table_insert (answers, name, make_answer (field));
      g_assert_true (pdg_gql_schema_bind (schema, &binding, 1, NULL));
    }
}

void
gql_made_up_bind (PdgGqlSchema *schema,
                  GBytes       *introspection)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (introspection, NULL), g_bytes_get_size (introspection)); /* it ends without a NUL */
  JsonObject *data;
  JsonArray *types;

  described = json_from_string (text, NULL);
  data = json_object_get_object_member (json_node_get_object (described), "data");
  types = json_object_get_array_member (json_object_get_object_member (data, "__schema"), "types");
  choices = g_hash_table_new (g_str_hash, g_str_equal);
  answers = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      JsonObject *type = json_array_get_object_element (types, i);
      gboolean is_enum = strcmp (json_object_get_string_member (type, "kind"), "ENUM") == 0;
      GPtrArray *names = get_names (type, is_enum ? "enumValues" : "possibleTypes");

      g_ptr_array_sort (names, compare_names);
      g_hash_table_insert (choices, (gpointer) json_object_get_string_member (type, "name"), names);
    }
  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      JsonObject *type = json_array_get_object_element (types, i);

      if (strcmp (json_object_get_string_member (type, "kind"), "OBJECT") == 0 && json_object_get_string_member (type, "name")[0] != '_')
        bind_type (schema, type);
    }
}
