#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-id.h"
#include "model/pdg-screen-path.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

/* The numbers of a flush's texts. All that are not remembered are asked for in two round trips: the texts themselves, and then the
 * terms, which name screens by their numbers. What was assigned is committed, so a failure later leaves at worst a number that
 * nothing uses. */

/* Texts of one project and kind that have no number yet. */
typedef struct
{
  PdgNumberKind kind;
  gint32 project_no;
  PdgNumberMap *map; /* borrowed: where the numbers will be */
  GArray *texts;     /* PdgSlice, or PdgTerm */
  GArray *keys;      /* PdgIngestKey */
  GArray *actor_kinds;
} Missing;

/* The keys of a row's texts, kept between asking for the numbers and reading them. */
typedef struct
{
  PdgIngestKey session, actor, screen, release, term;
  PdgSlice screen_path;
} RowKeys;

static void
missing_free (gpointer data)
{
  Missing *missing = data;

  g_array_unref (missing->texts);
  g_array_unref (missing->keys);
  g_array_unref (missing->actor_kinds);
  g_free (missing);
}

static Missing *
ensure_missing (GPtrArray *all, PdgNumberKind kind, gint32 project_no, PdgNumberMap *map)
{
  Missing *missing;

  for (guint i = all->len; i > 0; i--)
    {
      missing = all->pdata[i - 1];
      if (missing->project_no == project_no && missing->kind == kind)
        return missing;
    }
  missing = g_new0 (Missing, 1);
  missing->kind = kind;
  missing->project_no = project_no;
  missing->map = map;
  missing->texts = g_array_new (FALSE, FALSE, kind == PDG_NUMBER_TERM ? sizeof (PdgTerm) : sizeof (PdgSlice));
  missing->keys = g_array_new (FALSE, FALSE, sizeof (PdgIngestKey));
  missing->actor_kinds = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_ptr_array_add (all, missing);
  return missing;
}

/* Where to add a text, or NULL when its number is known. Events of one session come in a row; the other texts that are wanted twice
 * are told apart by the database. */
static Missing *
want (GPtrArray *all, PdgNumberKind kind, gint32 project_no, PdgNumberMap *map, const PdgIngestKey key)
{
  Missing *missing;

  if (pdg_number_map_lookup (map, key) != 0)
    return NULL;
  missing = ensure_missing (all, kind, project_no, map);
  if (missing->keys->len > 0 && memcmp (g_array_index (missing->keys, PdgIngestKey, missing->keys->len - 1), key, sizeof (PdgIngestKey)) == 0)
    return NULL;
  g_array_append_vals (missing->keys, key, 1);
  return missing;
}

static void
want_text (GPtrArray *all, PdgNumberKind kind, gint32 project_no, PdgNumberMap *map, const PdgIngestKey key, PdgSlice text)
{
  Missing *missing = want (all, kind, project_no, map, key);

  if (missing != NULL)
    g_array_append_val (missing->texts, text);
}

/* Who did it: the linked user, else the anonymous id, else the session. */
static PdgSlice
get_actor (const PdgEvent *event, gint16 *kind)
{
  if (event->user.data != NULL)
    {
      *kind = PDG_ACTOR_USER;
      return event->user;
    }
  if (event->anonymous.data != NULL)
    {
      *kind = PDG_ACTOR_ANONYMOUS;
      return event->anonymous;
    }
  *kind = PDG_ACTOR_SESSION;
  return event->session;
}

static void
make_row_keys (PdgFlush *flush, const PdgIngestMemory *memory, PdgEventRow *row, PdgSlice actor, RowKeys *keys)
{
  const PdgEvent *event = row->event;
  guint64 scope = pdg_ingest_scope (row->project_no, row->epoch);
  char path[PDG_SCREEN_PATH_MAX_BYTES + 1];

  keys->screen_path = (PdgSlice) { NULL, 0 };
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_SESSION, scope, event->session.data, event->session.len, keys->session);
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_ACTOR + ((guint) row->actor_kind << 4), scope, actor.data, actor.len, keys->actor);
  row->has_anonymous = event->anonymous.data != NULL && row->actor_kind != PDG_ACTOR_ANONYMOUS;
  if (event->release.data != NULL)
    pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_RELEASE, scope, event->release.data, event->release.len, keys->release);
  if (event->page_path.data == NULL)
    return;
  keys->screen_path.len = (guint32) pdg_screen_path_normalise (event->page_path.data, event->page_path.len, path);
  row->has_page_path = event->page_path.len != keys->screen_path.len || memcmp (event->page_path.data, path, event->page_path.len) != 0;
  keys->screen_path.data = row->has_page_path ? pdg_arena_strndup (flush->arena, path, keys->screen_path.len) : event->page_path.data;
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_SCREEN, scope, path, keys->screen_path.len, keys->screen);
  row->screen_is_pattern = pdg_screen_path_is_pattern (path, keys->screen_path.len);
}

static void
want_row_texts (GPtrArray *all, PdgFlush *flush, PdgIngestMemory *memory, PdgEventRow *row, RowKeys *keys)
{
  const PdgEvent *event = row->event;
  PdgSlice actor = get_actor (event, &row->actor_kind);
  gint32 project_no = row->project_no;
  Missing *missing;

  make_row_keys (flush, memory, row, actor, keys);
  want_text (all, PDG_NUMBER_SESSION, project_no, memory->sessions, keys->session, event->session);
  if (event->release.data != NULL)
    want_text (all, PDG_NUMBER_RELEASE, project_no, memory->releases, keys->release, event->release);
  if (keys->screen_path.data != NULL)
    want_text (all, PDG_NUMBER_SCREEN, project_no, memory->screens, keys->screen, keys->screen_path);
  missing = want (all, PDG_NUMBER_ACTOR, project_no, memory->actors, keys->actor);
  if (missing != NULL)
    {
      g_array_append_val (missing->texts, actor);
      g_array_append_val (missing->actor_kinds, row->actor_kind);
    }
}

/* By project first: collectors take the projects' counters in one order. */
static int
compare_missing (gconstpointer a, gconstpointer b)
{
  const Missing *x = *(Missing *const *) a, *y = *(Missing *const *) b;

  if (x->project_no != y->project_no)
    return x->project_no < y->project_no ? -1 : 1;
  return (x->kind > y->kind) - (x->kind < y->kind);
}

/* Asks for the numbers of all that is missing. */
static gboolean
assign (GPtrArray *all, PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  g_autofree PdgNumberRequest *requests = g_new0 (PdgNumberRequest, all->len);
  g_autoptr (PdgDbTx) tx = NULL;
  gboolean ok;

  if (all->len == 0)
    return TRUE;
  g_ptr_array_sort (all, compare_missing);
  for (guint i = 0; i < all->len; i++)
    {
      const Missing *missing = all->pdata[i];

      requests[i] = (PdgNumberRequest) {
        .kind = missing->kind, .project_no = missing->project_no, .n = missing->keys->len, .texts = (const void *) missing->texts->data,
        .terms = (const void *) missing->texts->data, .actor_kinds = (const void *) missing->actor_kinds->data,
        .numbers = g_new0 (gint32, missing->keys->len),
      };
    }
  tx = pdg_db_tx_begin_writer (conn, principal, error);
  ok = tx != NULL && pdg_store_assign_numbers (tx, requests, all->len, TRUE, error);
  for (guint i = 0; i < all->len; i++)
    {
      const Missing *missing = all->pdata[i];

      for (guint k = 0; ok && k < requests[i].n; k++)
        pdg_number_map_insert (missing->map, g_array_index (missing->keys, PdgIngestKey, k), requests[i].numbers[k]);
      g_free (requests[i].numbers);
    }
  return ok;
}

static void
append_part (GByteArray *text, PdgSlice part)
{
  guint32 len = part.data != NULL ? part.len : G_MAXUINT32;

  g_byte_array_append (text, (const guint8 *) &len, sizeof len);
  if (part.data != NULL)
    g_byte_array_append (text, (const guint8 *) part.data, part.len);
}

/* The fingerprint is stored, so its seed is fixed. */
static void
make_term (const PdgEvent *event, PdgSlice screen_path, gint32 screen_no, GByteArray *scratch, PdgTerm *term)
{
  *term = (PdgTerm) {
    .type = event->type, .name = event->name, .component = event->component, .component_path = event->component_path,
    .journey = event->journey, .step = event->step, .screen_no = screen_no,
  };
  g_byte_array_set_size (scratch, 0);
  append_part (scratch, event->type);
  append_part (scratch, event->name);
  append_part (scratch, screen_path);
  append_part (scratch, event->component);
  append_part (scratch, event->component_path);
  append_part (scratch, event->journey);
  append_part (scratch, event->step);
  pdg_hash128 (scratch->data, scratch->len, 0, term->fingerprint);
}

gboolean
pdg_flush_assign_numbers (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (missing_free), terms = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  g_autofree RowKeys *keys = g_new (RowKeys, flush->rows->len);

  for (guint i = 0; i < flush->rows->len; i++)
    want_row_texts (texts, flush, memory, &g_array_index (flush->rows, PdgEventRow, i), &keys[i]);
  if (!assign (texts, conn, principal, error))
    return FALSE;
  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);
      Missing *missing;
      PdgTerm term;

      row->session_no = pdg_number_map_lookup (memory->sessions, keys[i].session);
      row->actor_no = pdg_number_map_lookup (memory->actors, keys[i].actor);
      if (row->event->release.data != NULL)
        row->release_no = pdg_number_map_lookup (memory->releases, keys[i].release);
      if (keys[i].screen_path.data != NULL)
        row->screen_no = pdg_number_map_lookup (memory->screens, keys[i].screen);
      make_term (row->event, keys[i].screen_path, row->screen_no, scratch, &term);
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_TERM, pdg_ingest_scope (row->project_no, row->epoch), term.fingerprint, 16, keys[i].term);
      missing = want (terms, PDG_NUMBER_TERM, row->project_no, memory->terms, keys[i].term);
      if (missing != NULL)
        g_array_append_val (missing->texts, term);
    }
  if (!assign (terms, conn, principal, error))
    return FALSE;
  for (guint i = 0; i < flush->rows->len; i++)
    g_array_index (flush->rows, PdgEventRow, i).term_no = pdg_number_map_lookup (memory->terms, keys[i].term);
  return TRUE;
}
