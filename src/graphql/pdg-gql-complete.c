#include "config.h"
#include "graphql/pdg-gql-execute-private.h"

#include <math.h>
#include <string.h>

/* Whether the values that resolvers gave are values of the declared types (spec CompleteValue), and what becomes null
 * when they are not. */

static const char *
check_int (const PdgGqlSlot *slot)
{
  if (slot->kind == PDG_GQL_SLOT_INT && slot->number >= G_MININT32 && slot->number <= G_MAXINT32)
    return NULL;
  return slot->kind == PDG_GQL_SLOT_INT ? "Int cannot represent non 32-bit signed integer value: "
                                        : "Int cannot represent non-integer value: ";
}

static const char *
check_float (PdgGqlSlot *slot)
{
  if (slot->kind == PDG_GQL_SLOT_INT || (slot->kind == PDG_GQL_SLOT_DOUBLE && isfinite (slot->real)))
    return NULL;
  return "Float cannot represent non numeric value: ";
}

/* An ID goes out as a string, whatever it is inside. */
static const char *
check_id (PdgGqlExecution *execution,
          PdgGqlSlot      *slot)
{
  char digits[24];

  if (slot->kind == PDG_GQL_SLOT_INT)
    {
      g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, slot->number);
      *slot = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_STRING, .n = (guint) strlen (digits),
                             .text = pdg_arena_strndup (execution->arena, digits, strlen (digits)) };
    }
  return slot->kind == PDG_GQL_SLOT_STRING ? NULL : "ID cannot represent value: ";
}

static char *
describe (const PdgGqlSlot *slot)
{
  switch (slot->kind)
    {
    case PDG_GQL_SLOT_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, slot->number);
    case PDG_GQL_SLOT_DOUBLE:
      return g_strdup_printf ("%g", slot->real);
    case PDG_GQL_SLOT_BOOL:
      return g_strdup (slot->number ? "true" : "false");
    case PDG_GQL_SLOT_STRING:
      return g_strdup_printf ("\"%.*s\"", (int) MIN (slot->n, 100), slot->text);
    case PDG_GQL_SLOT_JSON:
      return g_strdup ("JSON text");
    case PDG_GQL_SLOT_UNSET:
    case PDG_GQL_SLOT_NULL:
    case PDG_GQL_SLOT_ERROR:
    case PDG_GQL_SLOT_LEAVES:
    case PDG_GQL_SLOT_OBJECT:
    case PDG_GQL_SLOT_OBJECTS:
    default:
      return g_strdup ("a list or object");
    }
}

/* Runs the hook of a custom scalar; the slot becomes the JSON text that it wrote. NULL when it fits. */
static char *
serialize (PdgGqlExecution  *execution,
           const PdgGqlType *type,
           PdgGqlSlot       *slot)
{
  PdgGqlValue value = { 0 };
  PdgGqlWriter *writer = execution->scratch;
  g_autoptr(GError) error = NULL;

  switch (slot->kind)
    {
    case PDG_GQL_SLOT_INT:
      value = (PdgGqlValue) { .kind = PDG_GQL_VALUE_INT, .number = slot->number };
      break;
    case PDG_GQL_SLOT_DOUBLE:
      value = (PdgGqlValue) { .kind = PDG_GQL_VALUE_DOUBLE, .real = slot->real };
      break;
    case PDG_GQL_SLOT_BOOL:
      value = (PdgGqlValue) { .kind = PDG_GQL_VALUE_BOOL, .boolean = (gboolean) slot->number };
      break;
    case PDG_GQL_SLOT_STRING:
      value = (PdgGqlValue) { .kind = PDG_GQL_VALUE_STRING, .text = slot->text };
      break;
    case PDG_GQL_SLOT_JSON:
      return NULL;
    case PDG_GQL_SLOT_UNSET:
    case PDG_GQL_SLOT_NULL:
    case PDG_GQL_SLOT_ERROR:
    case PDG_GQL_SLOT_LEAVES:
    case PDG_GQL_SLOT_OBJECT:
    case PDG_GQL_SLOT_OBJECTS:
    default:
      return g_strdup_printf ("\"%s\" cannot represent a list or object.", type->name);
    }
  if (type->serialize == NULL)
    return slot->kind == PDG_GQL_SLOT_DOUBLE && !isfinite (slot->real)
               ? g_strdup_printf ("\"%s\" cannot represent a number that is not finite.", type->name) : NULL;
  if (writer == NULL)
    writer = execution->scratch = pdg_gql_writer_new (64);
  writer->len = 0;
  writer->comma = FALSE;
  if (!type->serialize (&value, writer, &error))
    return error != NULL ? g_strdup (error->message) : g_strdup_printf ("\"%s\" cannot represent the value.", type->name);
  *slot = (PdgGqlSlot) { .kind = PDG_GQL_SLOT_JSON, .n = (guint) writer->len,
                         .text = pdg_arena_strndup (execution->arena, writer->data, writer->len) };
  return NULL;
}

/* NULL when the slot holds a value of leaf @type, else what is wrong. */
static char *
check_leaf (PdgGqlExecution  *execution,
            const PdgGqlType *type,
            PdgGqlSlot       *slot)
{
  const char *problem = NULL;
  g_autofree char *described = NULL;

  if (type->kind == PDG_GQL_TYPE_ENUM)
    {
      if (slot->kind != PDG_GQL_SLOT_STRING || pdg_gql_type_lookup_value (type, slot->text) == NULL)
        problem = "cannot represent value: ";
    }
  else if (type->scalar == PDG_GQL_SCALAR_CUSTOM)
    return serialize (execution, type, slot);
  else if (type->scalar == PDG_GQL_SCALAR_INT)
    problem = check_int (slot);
  else if (type->scalar == PDG_GQL_SCALAR_FLOAT)
    problem = check_float (slot);
  else if (type->scalar == PDG_GQL_SCALAR_ID)
    problem = check_id (execution, slot);
  else if (type->scalar == PDG_GQL_SCALAR_BOOLEAN)
    problem = slot->kind == PDG_GQL_SLOT_BOOL ? NULL : "Boolean cannot represent a non boolean value: ";
  else
    problem = slot->kind == PDG_GQL_SLOT_STRING ? NULL : "String cannot represent value: ";
  if (G_LIKELY (problem == NULL))
    return NULL;
  described = describe (slot);
  return type->kind == PDG_GQL_TYPE_ENUM ? g_strdup_printf ("Enum \"%s\" %s%s", type->name, problem, described)
                                         : g_strconcat (problem, described, NULL);
}

static void
complete_list (PdgGqlExecution *execution,
               PdgGqlLevel     *level,
               PdgGqlColumn    *column,
               guint            index,
               PdgGqlType      *type)
{
  PdgGqlSlot *slot = &column->slots[index];
  PdgGqlType *item_type = type->of;
  PdgGqlType *named = pdg_gql_type_get_nullable (item_type);

  for (guint i = 0; i < slot->n; i++)
    {
      g_autofree char *problem = check_leaf (execution, named, &slot->leaves[i]);

      if (problem == NULL)
        continue;
      pdg_gql_execution_add_error (execution, level, column, index, (int) i, problem, PDG_GQL_CODE_INTERNAL);
      slot->leaves[i].kind = PDG_GQL_SLOT_ERROR;
      if (item_type->kind == PDG_GQL_TYPE_NON_NULL)
        {
          slot->kind = PDG_GQL_SLOT_ERROR;
          return;
        }
    }
}

static char *
check_slot (PdgGqlExecution *execution,
            PdgGqlLevel     *level,
            PdgGqlColumn    *column,
            guint            index,
            PdgGqlType      *type)
{
  PdgGqlSlot *slot = &column->slots[index];
  PdgGqlType *named = pdg_gql_type_get_named (type);
  PdgGqlSlotKind wanted = type->kind == PDG_GQL_TYPE_LIST ? PDG_GQL_SLOT_OBJECTS : PDG_GQL_SLOT_OBJECT;

  if (slot->kind == PDG_GQL_SLOT_NULL || slot->kind == PDG_GQL_SLOT_ERROR)
    return NULL;
  if (slot->kind == PDG_GQL_SLOT_UNSET)
    return g_strdup ("The resolver gave no value.");
  if (pdg_gql_type_is_composite (named))
    return slot->kind == wanted ? NULL : g_strdup_printf ("The resolver gave a value that is no \"%s\".", named->name);
  if (type->kind != PDG_GQL_TYPE_LIST)
    return check_leaf (execution, type, slot);
  if (slot->kind != PDG_GQL_SLOT_LEAVES)
    return g_strdup ("Expected a list, but the resolver gave none.");
  complete_list (execution, level, column, index, type);
  return NULL;
}

/* What a slot of @type holds when nothing else has to be looked at; UNSET when that is not all. */
static PdgGqlSlotKind
get_plain_kind (PdgGqlType *type)
{
  if (pdg_gql_type_is_composite (pdg_gql_type_get_named (type)))
    return type->kind == PDG_GQL_TYPE_LIST ? PDG_GQL_SLOT_OBJECTS : PDG_GQL_SLOT_OBJECT;
  if (type->kind != PDG_GQL_TYPE_SCALAR)
    return PDG_GQL_SLOT_UNSET;
  return type->scalar == PDG_GQL_SCALAR_STRING || type->scalar == PDG_GQL_SCALAR_ID ? PDG_GQL_SLOT_STRING
         : type->scalar == PDG_GQL_SCALAR_BOOLEAN                                   ? PDG_GQL_SLOT_BOOL
                                                                                    : PDG_GQL_SLOT_UNSET;
}

void
pdg_gql_complete_leaves (PdgGqlExecution *execution,
                         PdgGqlLevel     *level,
                         PdgGqlColumn    *column)
{
  PdgGqlType *type = pdg_gql_type_get_nullable (column->plan->field->type);
  PdgGqlSlotKind plain = get_plain_kind (type);

  for (guint i = 0; i < level->n; i++)
    {
      PdgGqlSlotKind kind = column->slots[i].kind;
      g_autofree char *problem = NULL;

      if (kind == PDG_GQL_SLOT_NULL || kind == PDG_GQL_SLOT_ERROR || (kind == plain && kind != PDG_GQL_SLOT_UNSET))
        continue;
      problem = check_slot (execution, level, column, i, type);
      if (problem == NULL)
        continue;
      pdg_gql_execution_add_error (execution, level, column, i, -1, problem, PDG_GQL_CODE_INTERNAL);
      column->slots[i].kind = PDG_GQL_SLOT_ERROR;
    }
}

/* Whether an entry has to be written as null, because its object died or is null. */
static gboolean
is_lost (const PdgGqlEntry *entry)
{
  return entry->level == NULL || entry->level->dead[entry->index];
}

static void
complain_null (PdgGqlExecution *execution,
               PdgGqlLevel     *level,
               PdgGqlColumn    *column,
               guint            index,
               int              item)
{
  const PdgGqlField *field = column->plan->field;
  g_autofree char *message = g_strdup_printf ("Cannot return null for non-nullable field %s.%s.", level->plan->type->name, field->name);

  pdg_gql_execution_add_error (execution, level, column, index, item, message, PDG_GQL_CODE_INTERNAL);
}

static void
complete_objects (PdgGqlExecution *execution,
                  PdgGqlLevel     *level,
                  PdgGqlColumn    *column,
                  guint            index,
                  gboolean         non_null_items)
{
  PdgGqlSlot *slot = &column->slots[index];
  guint first = (guint) slot->number;

  for (guint i = 0; non_null_items && i < slot->n; i++)
    {
      const PdgGqlEntry *entry = &g_array_index (column->entries, PdgGqlEntry, first + i);

      if (!is_lost (entry))
        continue;
      if (entry->type == NULL)
        complain_null (execution, level, column, index, (int) i);
      slot->kind = PDG_GQL_SLOT_ERROR;
      return;
    }
}

void
pdg_gql_complete_nulls (PdgGqlExecution *execution,
                        PdgGqlLevel     *level,
                        PdgGqlColumn    *column)
{
  const PdgGqlType *type = column->plan->field->type;
  gboolean non_null = type->kind == PDG_GQL_TYPE_NON_NULL;
  gboolean non_null_items;

  if (!non_null && column->entries == NULL)
    return;
  if (non_null)
    type = type->of;
  non_null_items = type->kind == PDG_GQL_TYPE_LIST && type->of->kind == PDG_GQL_TYPE_NON_NULL;
  for (guint i = 0; i < level->n; i++)
    {
      PdgGqlSlot *slot = &column->slots[i];

      if (slot->kind == PDG_GQL_SLOT_OBJECTS)
        complete_objects (execution, level, column, i, non_null_items);
      else if (slot->kind == PDG_GQL_SLOT_OBJECT && is_lost (&g_array_index (column->entries, PdgGqlEntry, slot->number)))
        slot->kind = PDG_GQL_SLOT_ERROR;
      if (!non_null || slot->kind > PDG_GQL_SLOT_ERROR)
        continue;
      if (slot->kind == PDG_GQL_SLOT_NULL)
        complain_null (execution, level, column, i, -1);
      level->dead[i] = TRUE;
    }
}

static void
write_entry (PdgGqlWriter      *writer,
             const PdgGqlEntry *entry)
{
  if (is_lost (entry))
    pdg_gql_writer_add_null (writer);
  else
    pdg_gql_write_object (writer, entry->level, entry->index);
}

static void
write_slot (PdgGqlWriter     *writer,
            const GArray     *entries,
            const PdgGqlSlot *slot)
{
  switch (slot->kind)
    {
    case PDG_GQL_SLOT_INT:
      pdg_gql_writer_add_int (writer, slot->number);
      break;
    case PDG_GQL_SLOT_DOUBLE:
      pdg_gql_writer_add_double (writer, slot->real);
      break;
    case PDG_GQL_SLOT_BOOL:
      pdg_gql_writer_add_bool (writer, slot->number != 0);
      break;
    case PDG_GQL_SLOT_STRING:
      pdg_gql_writer_add_string (writer, slot->text, slot->n);
      break;
    case PDG_GQL_SLOT_JSON:
      pdg_gql_writer_add_json (writer, slot->text, slot->n);
      break;
    case PDG_GQL_SLOT_OBJECT:
      write_entry (writer, &g_array_index (entries, PdgGqlEntry, slot->number));
      break;
    case PDG_GQL_SLOT_LEAVES:
      pdg_gql_writer_begin_array (writer);
      for (guint i = 0; i < slot->n; i++)
        write_slot (writer, NULL, &slot->leaves[i]);
      pdg_gql_writer_end_array (writer);
      break;
    case PDG_GQL_SLOT_OBJECTS:
      pdg_gql_writer_begin_array (writer);
      for (guint i = 0; i < slot->n; i++)
        write_entry (writer, &g_array_index (entries, PdgGqlEntry, slot->number + i));
      pdg_gql_writer_end_array (writer);
      break;
    case PDG_GQL_SLOT_UNSET:
    case PDG_GQL_SLOT_NULL:
    case PDG_GQL_SLOT_ERROR:
    default:
      pdg_gql_writer_add_null (writer);
    }
}

/* A key is a GraphQL name: nothing in it needs an escape. */
static inline void
write_key (PdgGqlWriter          *writer,
           const PdgGqlPlanField *plan,
           gboolean               comma)
{
  char *out = pdg_gql_writer_reserve (writer, plan->key_len + 4);

  if (comma)
    *out++ = ',';
  *out++ = '"';
  memcpy (out, plan->key, plan->key_len);
  out += plan->key_len;
  *out++ = '"';
  *out++ = ':';
  writer->len += plan->key_len + 3 + (comma ? 1 : 0);
  writer->comma = FALSE;
}

void
pdg_gql_write_object (PdgGqlWriter      *writer,
                      const PdgGqlLevel *level,
                      guint              index)
{
  if (writer->limit > 0 && writer->len > writer->limit)
    {
      pdg_gql_writer_add_null (writer); /* the response is given up */
      return;
    }
  pdg_gql_writer_begin_object (writer);
  for (guint i = 0; i < level->plan->n; i++)
    {
      write_key (writer, level->columns[i].plan, i > 0);
      write_slot (writer, level->columns[i].entries, &level->columns[i].slots[index]);
    }
  pdg_gql_writer_end_object (writer);
}
