#include "config.h"
#include "service/pdg-ingest-private.h"

#include "base/pdg-id.h"
#include "model/pdg-screen-path.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

#define REMEMBERED_PROJECTS 4096
#define REMEMBERED_NUMBERS (128 * 1024)
#define REMEMBERED_EVENTS (256 * 1024)

typedef enum
{
  KIND_PROJECT,
  KIND_SESSION,
  KIND_SCREEN,
  KIND_RELEASE,
  KIND_ACTOR,
  KIND_TITLE,
  KIND_EVENT,
  KIND_TERM,
} Kind;

typedef guint8 Key[16];

/* Texts of one project and kind that have no number yet. */
typedef struct
{
  gint32 project_no;
  GArray *slices; /* PdgSlice, or PdgTerm */
  GArray *keys;   /* Key */
  GArray *kinds;  /* gint16, of actors */
} Missing;

static void
fill_memory (PdgIngestMemory *memory)
{
  guint8 seed[16];

  memory->projects = pdg_number_map_new (REMEMBERED_PROJECTS);
  memory->epochs = pdg_number_map_new (REMEMBERED_PROJECTS);
  memory->links = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->sessions = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->screens = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->releases = pdg_number_map_new (4096);
  memory->actors = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->terms = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->titles = pdg_number_map_new (REMEMBERED_NUMBERS);
  memory->stored = pdg_number_map_new (REMEMBERED_EVENTS);
  pdg_uuid_make_v7 (seed);
  memcpy (&memory->seed, seed + 8, sizeof memory->seed);
}

static void
clear_memory (PdgIngestMemory *memory)
{
  pdg_number_map_free (memory->projects);
  pdg_number_map_free (memory->epochs);
  pdg_number_map_free (memory->links);
  pdg_number_map_free (memory->sessions);
  pdg_number_map_free (memory->screens);
  pdg_number_map_free (memory->releases);
  pdg_number_map_free (memory->actors);
  pdg_number_map_free (memory->terms);
  pdg_number_map_free (memory->titles);
  pdg_number_map_free (memory->stored);
}

PdgIngestMemory *
pdg_ingest_memory_new (void)
{
  PdgIngestMemory *memory = g_new0 (PdgIngestMemory, 1);

  fill_memory (memory);
  return memory;
}

void
pdg_ingest_memory_forget (PdgIngestMemory *memory)
{
  clear_memory (memory);
  fill_memory (memory);
}

void
pdg_ingest_memory_free (PdgIngestMemory *memory)
{
  if (memory == NULL)
    return;
  clear_memory (memory);
  g_free (memory);
}

static void
make_key (const PdgIngestMemory *memory, Kind kind, gint32 scope, const void *text, gsize len, Key key)
{
  pdg_hash128 (text, len, memory->seed ^ ((guint64) (guint32) scope << 8 | kind), key);
}

PdgDbTx *
pdg_ingest_begin (PdgDbConn *conn, gboolean bypasses_rls, PdgPrincipal *principal, GError **error)
{
  return bypasses_rls ? pdg_db_tx_begin_maintenance (conn, error)
                      : pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_WRITE, error);
}

static void
reject (PdgIngestRequest *request, const PdgEvent *event, char *text)
{
  PdgEventIssue issue = { event->index, text };

  g_ptr_array_add (request->texts, text);
  g_array_append_val (request->issues, issue);
}

/* The project's number, 0 when the event was rejected for it. */
static gboolean
find_project (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest *request, const PdgEvent *event,
              gint32 *project_no, GError **error)
{
  gint32 org_no = pdg_principal_get_org_no (request->principal);
  gint32 bound = pdg_principal_get_project_no (request->principal);
  Key key;

  make_key (memory, KIND_PROJECT, org_no, event->project.data, event->project.len, key);
  *project_no = pdg_number_map_lookup (memory->projects, key);
  if (*project_no == 0)
    {
      g_autoptr (PdgDbTx) tx = pdg_ingest_begin (conn, bypasses_rls, request->principal, error);
      gint32 epoch;

      if (tx == NULL || !pdg_store_find_project (tx, org_no, &event->project, project_no, &epoch, error) || !pdg_db_tx_commit (tx, error))
        return FALSE;
      if (*project_no > 0)
        {
          pdg_number_map_insert (memory->projects, key, *project_no);
          pdg_ingest_remember_epoch (memory, *project_no, epoch);
        }
    }
  if (*project_no == 0)
    reject (request, event,
            g_strdup_printf ("project_id: there is no project \"%.*s\"; make it in the app or with productgraphd project create",
                             (int) event->project.len, event->project.data));
  else if (bound > 0 && bound != *project_no)
    {
      reject (request, event, g_strdup ("project_id: this key belongs to another project"));
      *project_no = 0;
    }
  return TRUE;
}

/* Rows for the events that have a project and are not stored yet. */
static gboolean
collect_rows (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests,
              guint n_requests, GError **error)
{
  g_autoptr (PdgNumberMap) here = pdg_number_map_new (1 << 20);

  for (guint r = 0; r < n_requests; r++)
    {
      PdgIngestRequest *request = requests[r];
      guint n_events;
      const PdgEvent *events = pdg_event_batch_get_events (request->batch, &n_events);

      for (guint i = 0; i < n_events; i++)
        {
          PdgFlushRow entry = { .row = { .event = &events[i] }, .request = request };
          Key identity;

          if (!find_project (memory, conn, bypasses_rls, request, &events[i], &entry.row.project_no, error))
            return FALSE;
          if (entry.row.project_no == 0)
            continue;
          make_key (memory, KIND_EVENT, entry.row.project_no, events[i].event_key, 16, identity);
          if (pdg_number_map_lookup (memory->stored, identity) != 0 || pdg_number_map_lookup (here, identity) != 0)
            {
              request->n_duplicates++;
              continue;
            }
          pdg_number_map_insert (here, identity, 1);
          entry.row.org_no = pdg_principal_get_org_no (request->principal);
          entry.row.received_usec = pdg_event_batch_get_received_usec (request->batch);
          g_array_append_val (flush->rows, entry);
          g_array_append_val (flush->identities, identity);
        }
    }
  return TRUE;
}

static void
missing_free (gpointer data)
{
  Missing *missing = data;

  g_array_unref (missing->slices);
  g_array_unref (missing->keys);
  g_array_unref (missing->kinds);
  g_free (missing);
}

static Missing *
ensure_missing (GPtrArray *all, gint32 project_no, gsize element_size)
{
  Missing *missing;

  for (guint i = 0; i < all->len; i++)
    if (((Missing *) all->pdata[i])->project_no == project_no)
      return all->pdata[i];
  missing = g_new0 (Missing, 1);
  missing->project_no = project_no;
  missing->slices = g_array_new (FALSE, FALSE, (guint) element_size);
  missing->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  missing->kinds = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_ptr_array_add (all, missing);
  return missing;
}

/* Events of one session come in a row; the others that are wanted twice are told apart by the database. */
static gboolean
is_last (const Missing *missing, const Key key)
{
  return missing->keys->len > 0 && memcmp (g_array_index (missing->keys, Key, missing->keys->len - 1), key, sizeof (Key)) == 0;
}

static void
want_text (PdgNumberMap *map, GPtrArray *all, gint32 project_no, const Key key, PdgSlice text)
{
  Missing *missing;

  if (pdg_number_map_lookup (map, key) != 0)
    return;
  missing = ensure_missing (all, project_no, sizeof (PdgSlice));
  if (is_last (missing, key))
    return;
  g_array_append_val (missing->slices, text);
  g_array_append_vals (missing->keys, key, 1);
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

/* The keys of a row's texts, kept between asking for the numbers and reading them. */
typedef struct
{
  Key session, actor, screen, release;
  PdgSlice screen_path;
} RowKeys;

static void
make_row_keys (PdgFlush *flush, const PdgIngestMemory *memory, PdgEventRow *row, RowKeys *keys)
{
  const PdgEvent *event = row->event;
  PdgSlice actor = get_actor (event, &row->actor_kind);
  char path[PDG_SCREEN_PATH_MAX_BYTES + 1];

  memset (keys, 0, sizeof *keys);
  make_key (memory, KIND_SESSION, row->project_no, event->session.data, event->session.len, keys->session);
  make_key (memory, KIND_ACTOR + ((guint) row->actor_kind << 4), row->project_no, actor.data, actor.len, keys->actor);
  row->has_anonymous = event->anonymous.data != NULL && row->actor_kind != PDG_ACTOR_ANONYMOUS;
  if (event->release.data != NULL)
    make_key (memory, KIND_RELEASE, row->project_no, event->release.data, event->release.len, keys->release);
  if (event->page_path.data != NULL)
    {
      keys->screen_path.len = (guint32) pdg_screen_path_normalise (event->page_path.data, event->page_path.len, path);
      keys->screen_path.data = pdg_arena_strndup (flush->arena, path, keys->screen_path.len);
      make_key (memory, KIND_SCREEN, row->project_no, path, keys->screen_path.len, keys->screen);
      row->screen_is_pattern = pdg_screen_path_is_pattern (path, keys->screen_path.len);
      row->has_page_path = event->page_path.len != keys->screen_path.len || memcmp (event->page_path.data, path, event->page_path.len) != 0;
    }
}

typedef gboolean (*AssignFunc) (PdgDbTx *tx, gint32 project_no, const PdgSlice *texts, guint n, gint32 *numbers, GError **error);

static gboolean
assign_missing (PdgDbTx *tx, Kind kind, AssignFunc assign, GPtrArray *all, PdgNumberMap *map, GError **error)
{
  for (guint i = 0; i < all->len; i++)
    {
      Missing *missing = all->pdata[i];
      guint n = missing->slices->len;
      g_autofree gint32 *numbers = g_new0 (gint32, n);
      gboolean ok;

      if (kind == KIND_ACTOR)
        ok = pdg_store_assign_actors (tx, missing->project_no, (const gint16 *) (void *) missing->kinds->data,
                                      (const PdgSlice *) (void *) missing->slices->data, n, numbers, error);
      else if (kind == KIND_TERM)
        ok = pdg_store_assign_terms (tx, missing->project_no, (const PdgTerm *) (void *) missing->slices->data, n, numbers, error);
      else
        ok = assign (tx, missing->project_no, (const PdgSlice *) (void *) missing->slices->data, n, numbers, error);
      if (!ok)
        return FALSE;
      for (guint k = 0; k < n; k++)
        pdg_number_map_insert (map, g_array_index (missing->keys, Key, k), numbers[k]);
    }
  return TRUE;
}

static int
compare_missing (gconstpointer a, gconstpointer b)
{
  const Missing *x = *(Missing *const *) a, *y = *(Missing *const *) b;

  return (x->project_no > y->project_no) - (x->project_no < y->project_no);
}

/* Numbers for sessions, screens, releases and actors. What was assigned is committed, so a failure later leaves at worst
 * a number that nothing uses. */
static gboolean
assign_texts (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgPrincipal *principal,
              RowKeys *keys, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GPtrArray) screens = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GPtrArray) releases = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GPtrArray) actors = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (PdgDbTx) tx = NULL;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgFlushRow, i).row;
      const PdgEvent *event = row->event;

      make_row_keys (flush, memory, row, &keys[i]);
      want_text (memory->sessions, sessions, row->project_no, keys[i].session, event->session);
      if (event->release.data != NULL)
        want_text (memory->releases, releases, row->project_no, keys[i].release, event->release);
      if (keys[i].screen_path.data != NULL)
        want_text (memory->screens, screens, row->project_no, keys[i].screen, keys[i].screen_path);
      if (pdg_number_map_lookup (memory->actors, keys[i].actor) == 0)
        {
          Missing *missing = ensure_missing (actors, row->project_no, sizeof (PdgSlice));
          gint16 kind;
          PdgSlice actor = get_actor (event, &kind);

          if (is_last (missing, keys[i].actor))
            continue;
          g_array_append_val (missing->slices, actor);
          g_array_append_val (missing->kinds, kind);
          g_array_append_vals (missing->keys, keys[i].actor, 1);
        }
    }
  if (sessions->len + screens->len + releases->len + actors->len == 0)
    return TRUE;
  g_ptr_array_sort (sessions, compare_missing);
  g_ptr_array_sort (screens, compare_missing);
  g_ptr_array_sort (releases, compare_missing);
  g_ptr_array_sort (actors, compare_missing);
  tx = pdg_ingest_begin (conn, bypasses_rls, principal, error);
  return tx != NULL && assign_missing (tx, KIND_SESSION, pdg_store_assign_sessions, sessions, memory->sessions, error)
         && assign_missing (tx, KIND_SCREEN, pdg_store_assign_screens, screens, memory->screens, error)
         && assign_missing (tx, KIND_RELEASE, pdg_store_assign_releases, releases, memory->releases, error)
         && assign_missing (tx, KIND_ACTOR, NULL, actors, memory->actors, error) && pdg_db_tx_commit (tx, error);
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

static gboolean
assign_terms (PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgPrincipal *principal,
              const RowKeys *keys, GError **error)
{
  g_autoptr (GPtrArray) terms = g_ptr_array_new_with_free_func (missing_free);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  g_autofree Key *term_keys = g_malloc0 (sizeof (Key) * (gsize) flush->rows->len);

  for (guint i = 0; i < flush->rows->len; i++)
    {
      PdgEventRow *row = &g_array_index (flush->rows, PdgFlushRow, i).row;
      PdgTerm term;

      row->session_no = pdg_number_map_lookup (memory->sessions, keys[i].session);
      row->actor_no = pdg_number_map_lookup (memory->actors, keys[i].actor);
      if (row->event->release.data != NULL)
        row->release_no = pdg_number_map_lookup (memory->releases, keys[i].release);
      if (keys[i].screen_path.data != NULL)
        row->screen_no = pdg_number_map_lookup (memory->screens, keys[i].screen);
      make_term (row->event, keys[i].screen_path, row->screen_no, scratch, &term);
      make_key (memory, KIND_TERM, row->project_no, term.fingerprint, 16, term_keys[i]);
      if (pdg_number_map_lookup (memory->terms, term_keys[i]) == 0)
        {
          Missing *missing = ensure_missing (terms, row->project_no, sizeof (PdgTerm));

          g_array_append_val (missing->slices, term);
          g_array_append_vals (missing->keys, term_keys[i], 1);
        }
    }
  if (terms->len > 0)
    {
      g_autoptr (PdgDbTx) tx = pdg_ingest_begin (conn, bypasses_rls, principal, error);

      g_ptr_array_sort (terms, compare_missing);
      if (tx == NULL || !assign_missing (tx, KIND_TERM, NULL, terms, memory->terms, error) || !pdg_db_tx_commit (tx, error))
        return FALSE;
    }
  for (guint i = 0; i < flush->rows->len; i++)
    g_array_index (flush->rows, PdgFlushRow, i).row.term_no = pdg_number_map_lookup (memory->terms, term_keys[i]);
  return TRUE;
}

/* By project, session, time and key: the order of the table's unique index, which makes COPY cheaper. */
static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PdgEventRow *x = &((const PdgFlushRow *) a)->row, *y = &((const PdgFlushRow *) b)->row;

  if (x->project_no != y->project_no)
    return x->project_no < y->project_no ? -1 : 1;
  if (x->session_no != y->session_no)
    return x->session_no < y->session_no ? -1 : 1;
  if (x->event->timestamp_usec != y->event->timestamp_usec)
    return x->event->timestamp_usec < y->event->timestamp_usec ? -1 : 1;
  return memcmp (x->event->event_key, y->event->event_key, 16);
}

PdgFlush *
pdg_flush_new (PdgIngestMemory *memory, PdgDbConn *conn, gboolean bypasses_rls, PdgIngestRequest **requests, guint n_requests,
               GError **error)
{
  g_autoptr (PdgFlush) flush = g_new0 (PdgFlush, 1);
  g_autofree RowKeys *keys = NULL;

  flush->arena = pdg_arena_new (64 * 1024);
  flush->rows = g_array_new (FALSE, TRUE, sizeof (PdgFlushRow));
  flush->identities = g_array_new (FALSE, FALSE, sizeof (Key));
  if (!collect_rows (flush, memory, conn, bypasses_rls, requests, n_requests, error))
    return NULL;
  keys = g_new (RowKeys, flush->rows->len);
  if (!assign_texts (flush, memory, conn, bypasses_rls, requests[0]->principal, keys, error)
      || !assign_terms (flush, memory, conn, bypasses_rls, requests[0]->principal, keys, error))
    return NULL;
  g_array_sort (flush->rows, compare_rows);
  return g_steal_pointer (&flush);
}

void
pdg_flush_free (PdgFlush *flush)
{
  if (flush == NULL)
    return;
  pdg_arena_free (flush->arena);
  g_array_unref (flush->rows);
  g_array_unref (flush->identities);
  g_free (flush);
}

/* By time, sequence, and at last the number, so that equal times give the same in any order of arrival; as apply_sessions (). */
static int
compare_places (gint64 a_usec, gint32 a_seq, gint32 a_no, gint64 b_usec, gint32 b_seq, gint32 b_no)
{
  if (a_usec != b_usec)
    return a_usec < b_usec ? -1 : 1;
  if (a_seq != b_seq)
    return a_seq < b_seq ? -1 : 1;
  return (a_no > b_no) - (a_no < b_no);
}

static void
add_to_delta (PdgSessionDelta *delta, const PdgEventRow *row)
{
  const PdgEvent *event = row->event;
  gint64 ts = event->timestamp_usec;

  delta->events++;
  delta->page_views += (event->flags & PDG_EVENT_IS_PAGE_VIEW) != 0;
  delta->errors += (event->flags & PDG_EVENT_IS_ERROR) != 0;
  delta->start_usec = MIN (delta->start_usec, ts);
  delta->end_usec = delta->end_usec == G_MAXINT64 ? ts : MAX (delta->end_usec, ts);
  if ((event->flags & PDG_EVENT_IS_PAGE_VIEW) && row->screen_no > 0)
    {
      if (delta->entry_screen_no == 0
          || compare_places (ts, event->sequence, row->screen_no, delta->entry_usec, delta->entry_seq, delta->entry_screen_no) < 0)
        {
          delta->entry_screen_no = row->screen_no;
          delta->entry_usec = ts;
          delta->entry_seq = event->sequence;
        }
      if (delta->exit_screen_no == 0
          || compare_places (ts, event->sequence, row->screen_no, delta->exit_usec, delta->exit_seq, delta->exit_screen_no) > 0)
        {
          delta->exit_screen_no = row->screen_no;
          delta->exit_usec = ts;
          delta->exit_seq = event->sequence;
        }
    }
  if (row->release_no > 0
      && (delta->release_no == 0 || compare_places (ts, 0, row->release_no, delta->release_usec, 0, delta->release_no) > 0))
    {
      delta->release_no = row->release_no;
      delta->release_usec = ts;
    }
  if (row->actor_kind > delta->actor_kind
      || (row->actor_kind == delta->actor_kind && compare_places (ts, 0, row->actor_no, delta->actor_usec, 0, delta->actor_no) < 0))
    {
      delta->actor_kind = row->actor_kind;
      delta->actor_no = row->actor_no;
      delta->actor_usec = ts;
    }
}

GArray *
pdg_flush_list_session_deltas (PdgFlush *flush, const guint8 *inserted)
{
  GArray *deltas = g_array_new (FALSE, FALSE, sizeof (PdgSessionDelta));
  PdgSessionDelta *delta = NULL;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgFlushRow, i).row;

      if (inserted != NULL && !inserted[i])
        continue;
      if (delta == NULL || delta->project_no != row->project_no || delta->session_no != row->session_no)
        {
          PdgSessionDelta fresh = {
            .project_no = row->project_no, .session_no = row->session_no, .start_usec = G_MAXINT64, .end_usec = G_MAXINT64,
            .entry_usec = G_MAXINT64, .exit_usec = G_MAXINT64, .release_usec = G_MAXINT64, .actor_kind = -1,
          };

          g_array_append_val (deltas, fresh);
          delta = &g_array_index (deltas, PdgSessionDelta, deltas->len - 1);
        }
      add_to_delta (delta, row);
    }
  return deltas;
}

void
pdg_flush_remember (PdgFlush *flush, PdgIngestMemory *memory)
{
  for (guint i = 0; i < flush->identities->len; i++)
    pdg_number_map_insert (memory->stored, g_array_index (flush->identities, Key, i), 1);
}
