#include "config.h"
#include "store/pdg-store-terms.h"

#include "base/pdg-arena.h"

/* More than this on one connection is forgotten and read again. */
#define MAX_TERMS 8192

#define LOAD                                                                                                             \
  "SELECT t.project_id, t.term_no, t.event_type, t.event_name, t.component, t.component_path, t.journey_id, t.step_id, sc.path, t.screen_no " \
  "FROM (SELECT DISTINCT * FROM unnest($1::int4[], $2::int4[])) u (project_id, term_no) "                                \
  "JOIN term t ON t.project_id = u.project_id AND t.term_no = u.term_no "                                                \
  "LEFT JOIN screen sc ON sc.project_id = t.project_id AND sc.screen_no = t.screen_no"

typedef struct
{
  GHashTable *by_place; /* PdgStoreTerm, a set */
  PdgArena *arena;
} Memory;

/* With the organisation, though the project says it: what one was shown another never gets, whatever numbers are asked for. */
static PdgStoreTerm
make_key (PdgDbTx *tx, gint32 project_no, gint32 term_no)
{
  return (PdgStoreTerm) { .place = (gint64) project_no << 32 | (guint32) term_no, .org_no = pdg_db_tx_get_org_no (tx) };
}

/* Both halves are dense numbers, so neither alone is a hash. */
static guint
place_hash (gconstpointer key)
{
  return (guint) ((guint64) ((const PdgStoreTerm *) key)->place * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32);
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const PdgStoreTerm *x = a, *y = b;

  return x->place == y->place && x->org_no == y->org_no;
}

static void
memory_free (gpointer data)
{
  Memory *memory = data;

  g_hash_table_unref (memory->by_place);
  pdg_arena_free (memory->arena);
  g_free (memory);
}

static Memory *
memory_new (void)
{
  Memory *memory = g_new (Memory, 1);

  memory->by_place = g_hash_table_new (place_hash, place_equal);
  memory->arena = pdg_arena_new (0);
  return memory;
}

static Memory *
get_memory (PdgDbTx *tx)
{
  static GQuark quark;
  GData **data = pdg_db_tx_get_memory (tx);
  Memory *memory;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("pdg-store-terms");
  memory = g_datalist_id_get_data (data, quark);
  if (memory != NULL && g_hash_table_size (memory->by_place) < MAX_TERMS)
    return memory;
  memory = memory_new ();
  g_datalist_id_set_data_full (data, quark, memory, memory_free);
  return memory;
}

static const char *
dup_text (Memory *memory, const PdgDbResult *result, guint row, guint col)
{
  gsize len = 0;
  const char *text = pdg_db_result_get_text_len (result, row, col, &len);

  return text != NULL ? pdg_arena_strndup (memory->arena, text, len) : NULL;
}

static gboolean
read_terms (PdgDbTx *tx, Memory *memory, const GArray *project_nos, const GArray *term_nos, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4_array (params, (const gint32 *) (gpointer) project_nos->data, NULL, project_nos->len);
  pdg_db_params_add_int4_array (params, (const gint32 *) (gpointer) term_nos->data, NULL, term_nos->len);
  result = pdg_db_tx_query_planned (tx, LOAD, params, error);
  if (result == NULL)
    return FALSE;
  for (guint row = 0; row < pdg_db_result_get_n_rows (result); row++)
    {
      PdgStoreTerm *term = pdg_arena_alloc (memory->arena, sizeof *term);

      *term = make_key (tx, pdg_db_result_get_int4 (result, row, 0), pdg_db_result_get_int4 (result, row, 1));
      term->type = dup_text (memory, result, row, 2);
      term->name = dup_text (memory, result, row, 3);
      term->component = dup_text (memory, result, row, 4);
      term->component_path = dup_text (memory, result, row, 5);
      term->journey = dup_text (memory, result, row, 6);
      term->step = dup_text (memory, result, row, 7);
      term->screen_path = dup_text (memory, result, row, 8);
      term->screen_no = pdg_db_result_get_int4 (result, row, 9);
      g_hash_table_add (memory->by_place, term);
    }
  return TRUE;
}

gboolean
pdg_store_load_terms (PdgDbTx *tx, const gint32 *project_nos, const gint32 *term_nos, guint n, const PdgStoreTerm **terms, GError **error)
{
  Memory *memory = get_memory (tx);
  g_autoptr (GArray) missing_projects = NULL;
  g_autoptr (GArray) missing_terms = NULL;

  for (guint i = 0; i < n; i++)
    {
      PdgStoreTerm key = make_key (tx, project_nos[i], term_nos[i]);

      terms[i] = g_hash_table_lookup (memory->by_place, &key);
      if (G_LIKELY (terms[i] != NULL))
        continue;
      if (missing_projects == NULL)
        {
          missing_projects = g_array_new (FALSE, FALSE, sizeof (gint32));
          missing_terms = g_array_new (FALSE, FALSE, sizeof (gint32));
        }
      g_array_append_val (missing_projects, project_nos[i]);
      g_array_append_val (missing_terms, term_nos[i]);
    }
  if (missing_projects == NULL)
    return TRUE;
  if (!read_terms (tx, memory, missing_projects, missing_terms, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      PdgStoreTerm key = make_key (tx, project_nos[i], term_nos[i]);

      if (terms[i] == NULL)
        terms[i] = g_hash_table_lookup (memory->by_place, &key);
    }
  return TRUE;
}
