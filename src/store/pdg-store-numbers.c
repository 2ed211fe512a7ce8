#include "config.h"
#include "store/pdg-store-numbers.h"

#include "db/pdg-db-error.h"

#include <string.h>

#define FIND_PROJECT "SELECT project_id, epoch FROM find_project_epoch($1, $2)"
#define PROJECT_ID "SELECT id FROM project WHERE CASE WHEN $1 > 0 THEN project_id = $1 ELSE id = $2 END"
#define LOCK_COUNTERS "SELECT lock_project_counters($1)"
#define ASSIGN_SESSIONS "SELECT assign_sessions($1, $2)"
#define ASSIGN_SCREENS "SELECT assign_screens($1, $2)"
#define ASSIGN_RELEASES "SELECT assign_releases($1, $2)"
#define ASSIGN_ACTORS "SELECT assign_actors($1, $2, $3)"
#define ASSIGN_TERMS "SELECT assign_terms($1, $2, $3, $4, $5, $6, $7, $8, $9)"

static void
add_slices (PdgDbParams *params, const PdgSlice *slices, gsize stride, guint n)
{
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree gssize *lens = g_new (gssize, n);

  for (guint i = 0; i < n; i++)
    {
      const PdgSlice *slice = (const PdgSlice *) (const void *) ((const char *) slices + i * stride);

      texts[i] = slice->data;
      lens[i] = slice->len;
    }
  pdg_db_params_add_text_array (params, texts, lens, n);
}

static void
add_terms (PdgDbParams *params, const PdgTerm *terms, guint n)
{
  g_autofree guint8 (*fingerprints)[16] = g_malloc (16 * (gsize) n);
  g_autofree gint32 *screens = g_new (gint32, n);
  g_autofree guint8 *no_screen = g_new (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (fingerprints[i], terms[i].fingerprint, 16);
      screens[i] = terms[i].screen_no;
      no_screen[i] = terms[i].screen_no == 0;
    }
  pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) fingerprints, NULL, n);
  add_slices (params, &terms[0].type, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].name, sizeof (PdgTerm), n);
  pdg_db_params_add_int4_array (params, screens, no_screen, n);
  add_slices (params, &terms[0].component, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].component_path, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].journey, sizeof (PdgTerm), n);
  add_slices (params, &terms[0].step, sizeof (PdgTerm), n);
}

/* Requests that one statement answers: all of sessions or of actors, or a single one of another kind. */
typedef struct
{
  PdgNumberKind kind;
  GArray *places; /* guint: of the requests */
} Question;

static gboolean
takes_many (PdgNumberKind kind)
{
  return kind == PDG_NUMBER_SESSION || kind == PDG_NUMBER_ACTOR;
}

static void
clear_question (gpointer data)
{
  g_array_unref (((Question *) data)->places);
}

static Question *
ensure_question (GArray *questions, PdgNumberKind kind)
{
  Question question = { .kind = kind };

  for (guint i = 0; takes_many (kind) && i < questions->len; i++)
    if (g_array_index (questions, Question, i).kind == kind)
      return &g_array_index (questions, Question, i);
  question.places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (questions, question);
  return &g_array_index (questions, Question, questions->len - 1);
}

/* (element-type Question) */
static GArray *
list_questions (const PdgNumberRequest *requests, guint n)
{
  GArray *questions = g_array_new (FALSE, FALSE, sizeof (Question));

  g_array_set_clear_func (questions, clear_question);
  for (guint i = 0; i < n; i++)
    g_array_append_val (ensure_question (questions, requests[i].kind)->places, i);
  return questions;
}

/* The texts of several requests, each with its project. */
static PdgDbParams *
make_params_of_many (const Question *question, const PdgNumberRequest *requests)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autoptr (GArray) projects = g_array_new (FALSE, FALSE, sizeof (gint32)), kinds = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (GArray) texts = g_array_new (FALSE, FALSE, sizeof (PdgSlice));

  for (guint i = 0; i < question->places->len; i++)
    {
      const PdgNumberRequest *request = &requests[g_array_index (question->places, guint, i)];

      for (guint k = 0; k < request->n; k++)
        g_array_append_val (projects, request->project_no);
      g_array_append_vals (texts, request->texts, request->n);
      if (question->kind == PDG_NUMBER_ACTOR)
        g_array_append_vals (kinds, request->actor_kinds, request->n);
    }
  pdg_db_params_add_int4_array (params, (const gint32 *) (void *) projects->data, NULL, projects->len);
  if (question->kind == PDG_NUMBER_ACTOR)
    pdg_db_params_add_int2_array (params, (const gint16 *) (void *) kinds->data, NULL, kinds->len);
  add_slices (params, (const PdgSlice *) (void *) texts->data, sizeof (PdgSlice), texts->len);
  return params;
}

static PdgDbParams *
make_params (const Question *question, const PdgNumberRequest *requests)
{
  const PdgNumberRequest *request = &requests[g_array_index (question->places, guint, 0)];
  PdgDbParams *params;

  if (takes_many (question->kind))
    return make_params_of_many (question, requests);
  params = pdg_db_params_new ();
  pdg_db_params_add_int4 (params, request->project_no);
  if (question->kind == PDG_NUMBER_TERM)
    add_terms (params, request->terms, request->n);
  else
    add_slices (params, request->texts, sizeof (PdgSlice), request->n);
  return params;
}

static PdgDbParams *
make_lock_params (const PdgNumberRequest *requests, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree gint32 *projects = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    projects[i] = requests[i].project_no;
  pdg_db_params_add_int4_array (params, projects, NULL, n);
  return params;
}

static gboolean
read_numbers (const PdgDbResult *result, const Question *question, const PdgNumberRequest *requests, GError **error)
{
  gsize n = 0, place = 0, n_wanted = 0;
  g_autofree gint64 *values = pdg_db_result_dup_int8_array (result, 0, 0, &n);

  for (guint i = 0; i < question->places->len; i++)
    n_wanted += requests[g_array_index (question->places, guint, i)].n;
  if (values == NULL || n != n_wanted)
    {
      g_set_error_literal (error, PDG_DB_ERROR, PDG_DB_ERROR_FAILED, "the database did not number every text");
      return FALSE;
    }
  for (guint i = 0; i < question->places->len; i++)
    {
      const PdgNumberRequest *request = &requests[g_array_index (question->places, guint, i)];

      for (guint k = 0; k < request->n; k++)
        request->numbers[k] = (gint32) values[place++];
    }
  return TRUE;
}

gboolean
pdg_store_assign_numbers (PdgDbTx *tx, const PdgNumberRequest *requests, guint n, gboolean commit, GError **error)
{
  static const char *const sql[] = {
    [PDG_NUMBER_SESSION] = ASSIGN_SESSIONS, [PDG_NUMBER_SCREEN] = ASSIGN_SCREENS, [PDG_NUMBER_RELEASE] = ASSIGN_RELEASES,
    [PDG_NUMBER_ACTOR] = ASSIGN_ACTORS,     [PDG_NUMBER_TERM] = ASSIGN_TERMS,
  };
  g_autoptr (GArray) questions = list_questions (requests, n), statements = pdg_db_batch_new ();
  g_autofree PdgDbResult **results = NULL;
  guint n_before;
  gboolean ok;

  if (commit)
    pdg_db_batch_add (statements, PDG_DB_COMMIT_LATER, NULL);
  if (questions->len > 1)
    pdg_db_batch_add (statements, LOCK_COUNTERS, make_lock_params (requests, n));
  n_before = statements->len;
  for (guint i = 0; i < questions->len; i++)
    {
      const Question *question = &g_array_index (questions, Question, i);

      pdg_db_batch_add (statements, sql[question->kind], make_params (question, requests));
    }
  results = g_new0 (PdgDbResult *, statements->len);
  ok = pdg_db_tx_query_all (tx, (const PdgDbStatement *) (void *) statements->data, statements->len, commit, results, error);
  for (guint i = 0; i < statements->len; i++)
    {
      ok = ok && (i < n_before || read_numbers (results[i], &g_array_index (questions, Question, i - n_before), requests, error));
      pdg_db_result_free (results[i]);
    }
  return ok;
}

gboolean
pdg_store_assign_screens (PdgDbTx *tx, gint32 project_no, const PdgSlice *paths, guint n, gint32 *numbers, GError **error)
{
  PdgNumberRequest request = { .kind = PDG_NUMBER_SCREEN, .project_no = project_no, .n = n, .texts = paths, .numbers = numbers };

  return pdg_store_assign_numbers (tx, &request, 1, FALSE, error);
}

gboolean
pdg_store_find_project (PdgDbTx *tx, gint32 org_no, const PdgSlice *id, gint32 *project_no, gint32 *epoch, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, org_no);
  pdg_db_params_add_text (params, id->data, id->len);
  result = pdg_db_tx_query (tx, FIND_PROJECT, params, error);
  if (result == NULL)
    return FALSE;
  *project_no = *epoch = 0;
  if (pdg_db_result_get_n_rows (result) > 0)
    {
      *project_no = pdg_db_result_get_int4 (result, 0, 0);
      *epoch = pdg_db_result_get_int4 (result, 0, 1);
    }
  return TRUE;
}

char *
pdg_store_dup_project_id (PdgDbTx *tx, gint32 project_no, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, (gssize) strlen (id));
  result = pdg_db_tx_query (tx, PROJECT_ID, params, error);
  return result != NULL && pdg_db_result_get_n_rows (result) > 0 ? g_strdup (pdg_db_result_get_text (result, 0, 0)) : NULL;
}
