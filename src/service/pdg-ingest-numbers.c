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

/* The number of a text, or 0 and where to add it; *missing is NULL when that was done already. Events of one session come in a row; the
 * other texts that are wanted twice are told apart by the database. */
static gint32
want (GPtrArray *all, PdgNumberKind kind, gint32 project_no, PdgNumberMap *map, const PdgIngestKey key, Missing **missing)
{
  gint32 number = pdg_number_map_lookup (map, key);
  GArray *keys;

  *missing = NULL;
  if (number != 0)
    return number;
  *missing = ensure_missing (all, kind, project_no, map);
  keys = (*missing)->keys;
  if (keys->len > 0 && memcmp (g_array_index (keys, PdgIngestKey, keys->len - 1), key, sizeof (PdgIngestKey)) == 0)
    *missing = NULL;
  else
    g_array_append_vals (keys, key, 1);
  return 0;
}

static gint32
want_text (GPtrArray *all, PdgNumberKind kind, gint32 project_no, PdgNumberMap *map, const PdgIngestKey key, PdgSlice text)
{
  Missing *missing;
  gint32 number = want (all, kind, project_no, map, key, &missing);

  if (missing != NULL)
    g_array_append_val (missing->texts, text);
  return number;
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

static gboolean
slices_equal (PdgSlice a, PdgSlice b)
{
  return a.len == b.len && memcmp (a.data, b.data, a.len) == 0;
}

/* The numbers of session and actor, which are mostly those of the row before. @before: nullable */
static void
want_session (GPtrArray *all, PdgIngestMemory *memory, PdgEventRow *row, RowKeys *keys, const PdgEventRow *before, const RowKeys *keys_before)
{
  guint64 scope = pdg_ingest_scope (row->project_no, row->epoch);
  gint16 kind_before;
  PdgSlice actor = get_actor (row->event, &row->actor_kind), actor_before;
  gboolean is_same_project = before != NULL && before->project_no == row->project_no && before->epoch == row->epoch;
  Missing *missing;

  if (is_same_project && slices_equal (before->event->session, row->event->session))
    {
      memcpy (keys->session, keys_before->session, sizeof keys->session);
      row->session_no = before->session_no;
    }
  else
    {
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_SESSION, scope, row->event->session.data, row->event->session.len, keys->session);
      row->session_no = want_text (all, PDG_NUMBER_SESSION, row->project_no, memory->sessions, keys->session, row->event->session);
    }
  if (is_same_project && (actor_before = get_actor (before->event, &kind_before), kind_before == row->actor_kind) && slices_equal (actor_before, actor))
    {
      memcpy (keys->actor, keys_before->actor, sizeof keys->actor);
      row->actor_no = before->actor_no;
      return;
    }
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_ACTOR + ((guint) row->actor_kind << 4), scope, actor.data, actor.len, keys->actor);
  row->actor_no = want (all, PDG_NUMBER_ACTOR, row->project_no, memory->actors, keys->actor, &missing);
  if (missing != NULL)
    {
      g_array_append_val (missing->texts, actor);
      g_array_append_val (missing->actor_kinds, row->actor_kind);
    }
}

static void
want_screen (GPtrArray *all, PdgFlush *flush, PdgIngestMemory *memory, PdgEventRow *row, RowKeys *keys)
{
  const PdgEvent *event = row->event;
  guint64 scope = pdg_ingest_scope (row->project_no, row->epoch);
  char path[PDG_SCREEN_PATH_MAX_BYTES + 1];

  keys->screen_path = (PdgSlice) { NULL, 0 };
  if (event->page_path.data == NULL)
    return;
  keys->screen_path.len = (guint32) pdg_screen_path_normalise (event->page_path.data, event->page_path.len, path);
  row->has_page_path = event->page_path.len != keys->screen_path.len || memcmp (event->page_path.data, path, event->page_path.len) != 0;
  keys->screen_path.data = row->has_page_path ? pdg_arena_strndup (flush->arena, path, keys->screen_path.len) : event->page_path.data;
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_SCREEN, scope, path, keys->screen_path.len, keys->screen);
  row->screen_is_pattern = pdg_screen_path_is_pattern (path, keys->screen_path.len);
  row->screen_no = want_text (all, PDG_NUMBER_SCREEN, row->project_no, memory->screens, keys->screen, keys->screen_path);
}

static void
want_row_texts (GPtrArray *all, PdgFlush *flush, PdgIngestMemory *memory, PdgEventRow *row, RowKeys *keys, const PdgEventRow *before,
                const RowKeys *keys_before)
{
  const PdgEvent *event = row->event;

  want_session (all, memory, row, keys, before, keys_before);
  row->has_anonymous = event->anonymous.data != NULL && row->actor_kind != PDG_ACTOR_ANONYMOUS;
  if (event->release.data != NULL)
    {
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_RELEASE, pdg_ingest_scope (row->project_no, row->epoch), event->release.data,
                                  event->release.len, keys->release);
      row->release_no = want_text (all, PDG_NUMBER_RELEASE, row->project_no, memory->releases, keys->release, event->release);
    }
  want_screen (all, flush, memory, row, keys);
}

/* Those that were asked for. */
static void
read_row_numbers (PdgIngestMemory *memory, PdgEventRow *row, const RowKeys *keys)
{
  if (row->session_no == 0)
    row->session_no = pdg_number_map_lookup (memory->sessions, keys->session);
  if (row->actor_no == 0)
    row->actor_no = pdg_number_map_lookup (memory->actors, keys->actor);
  if (row->release_no == 0 && row->event->release.data != NULL)
    row->release_no = pdg_number_map_lookup (memory->releases, keys->release);
  if (row->screen_no == 0 && keys->screen_path.data != NULL)
    row->screen_no = pdg_number_map_lookup (memory->screens, keys->screen);
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

static guint8 *
write_part (guint8 *p, PdgSlice part)
{
  guint32 len = part.data != NULL ? part.len : G_MAXUINT32;

  memcpy (p, &len, sizeof len);
  p += sizeof len;
  if (part.data == NULL)
    return p;
  memcpy (p, part.data, part.len);
  return p + part.len;
}

/* The fingerprint is stored, so its seed is fixed. */
static void
make_term (const PdgEvent *event, PdgSlice screen_path, gint32 screen_no, GByteArray *scratch, PdgTerm *term)
{
  const PdgSlice parts[] = { event->type, event->name, screen_path, event->component, event->component_path, event->journey, event->step };
  guint n_bytes = 0;
  guint8 *p;

  *term = (PdgTerm) {
    .type = event->type, .name = event->name, .component = event->component, .component_path = event->component_path,
    .journey = event->journey, .step = event->step, .screen_no = screen_no,
  };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    n_bytes += sizeof (guint32) + parts[i].len;
  g_byte_array_set_size (scratch, n_bytes);
  p = scratch->data;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    p = write_part (p, parts[i]);
  pdg_hash128 (scratch->data, (gsize) (p - scratch->data), 0, term->fingerprint);
}

gboolean
pdg_flush_assign_numbers (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (missing_free), terms = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  g_autofree RowKeys *keys = g_new (RowKeys, flush->rows->len);

  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);

      want_row_texts (texts, flush, memory, row, &keys[i], i > 0 ? row - 1 : NULL, i > 0 ? &keys[i - 1] : NULL);
    }
  if (!assign (texts, conn, principal, error))
    return FALSE;
  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);
      Missing *missing;
      PdgTerm term;

      read_row_numbers (memory, row, &keys[i]);
      make_term (row->event, keys[i].screen_path, row->screen_no, scratch, &term);
      pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_TERM, pdg_ingest_scope (row->project_no, row->epoch), term.fingerprint, 16, keys[i].term);
      row->term_no = want (terms, PDG_NUMBER_TERM, row->project_no, memory->terms, keys[i].term, &missing);
      if (missing != NULL)
        g_array_append_val (missing->texts, term);
    }
  if (!assign (terms, conn, principal, error))
    return FALSE;
  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);

      if (row->term_no == 0)
        row->term_no = pdg_number_map_lookup (memory->terms, keys[i].term);
    }
  return TRUE;
}
