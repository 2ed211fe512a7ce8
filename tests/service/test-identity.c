#include "config.h"

#include "service/event-writer.h"
#include "service/pdg-queries-people.h"

#include <string.h>

/* Who is who, from sequences of events that are sent in every order, each event in a request of its own, to two collectors by
 * turns: the same comes out each time. */

#define MAX_EVENTS 5

typedef struct
{
  const char *session;
  int second;
  const char *type;
  const char *more; /* further members, as body_add() takes them */
} Event;

typedef struct
{
  const char *name;
  Event events[MAX_EVENTS];
  const char *state; /* what SQL below says */
  const char *actor; /* whose traits and groups */
  const char *known;
} Sequence;

#define ANON(id) ",\"anonymous.id\":\"" id "\""
#define USER(id) ",\"user.id\":\"" id "\""
#define META(json) ",\"metadata\":{" json "}"

static const Sequence sequences[] = {
  { "becomes-known",
    { { "s1", 1, "page.view", ANON ("a") }, { "s2", 2, "page.view", ANON ("a") }, { "s3", 3, "page.view", USER ("u") ANON ("a") },
      { "s4", 4, "page.view", ANON ("b") } },
    "a is u|s1 u|s2 u|s3 u|s4 b", "a", "{} users u anonymous a" },
  { "identify-links-too",
    { { "s1", 1, "page.view", ANON ("a") },
      { "s2", 2, "identify", USER ("u") ANON ("a") META ("\"traits\":{\"plan\":\"free\",\"age\":30}") },
      { "s3", 5, "identify", USER ("u") META ("\"traits\":{\"plan\":\"paid\"},\"traits_once\":{\"plan\":\"x\",\"first\":2}") },
      { "s1", 4, "identify", ANON ("a") META ("\"traits\":{\"plan\":\"trial\",\"name\":null}") },
      { "s3", 3, "identify", USER ("u") META ("\"traits_once\":{\"first\":1}") } },
    "a is u|s1 u|s2 u|s3 u", "u", "{\"age\":30,\"first\":1,\"name\":null,\"plan\":\"paid\"} users u anonymous a" },
  { "a-shared-device-is-its-first-users",
    { { "s0", 0, "page.view", ANON ("a") }, { "s1", 1, "page.view", USER ("u1") ANON ("a") }, { "s2", 2, "page.view", USER ("u2") ANON ("a") },
      { "s3", 3, "page.view", ANON ("a") }, { "s4", 4, "page.view", USER ("u2") } },
    "a is u1|s0 u1|s1 u1|s2 u2|s3 u1|s4 u2", "u2", "{} users u2 anonymous" },
  { "tied-links",
    { { "s1", 1, "page.view", USER ("v") ANON ("a") }, { "s2", 1, "page.view", USER ("u") ANON ("a") }, { "s3", 3, "page.view", ANON ("a") } },
    "a is u|s1 v|s2 u|s3 u", "u", "{} users u anonymous a" },
  { "a-chain-of-aliases",
    { { "s1", 1, "page.view", USER ("x") ANON ("a") }, { "s2", 2, "alias", USER ("y") META ("\"alias\":\"x\"") },
      { "s3", 3, "alias", USER ("z") META ("\"alias\":\"y\"") }, { "s4", 4, "page.view", ANON ("a") }, { "s5", 5, "page.view", USER ("y") } },
    "a is z|x is z|x is z|y is z|y is z|s1 z|s2 z|s3 z|s4 z|s5 z", "y", "{} users z,x,y anonymous a,x,y" },
  { "an-alias-of-an-anonymous-id",
    { { "s1", 1, "page.view", ANON ("a") }, { "s2", 2, "alias", USER ("u") META ("\"alias\":\"a\"") },
      { "s3", 3, "page.view", USER ("v") ANON ("a") } },
    "a is u|a is u|s1 u|s2 u|s3 v", "a", "{} users u,a anonymous a" },
  { "aliases-in-a-circle",
    { { "s1", 1, "page.view", USER ("p") }, { "s2", 2, "page.view", USER ("q") }, { "s1", 3, "alias", USER ("q") META ("\"alias\":\"p\"") },
      { "s2", 4, "alias", USER ("p") META ("\"alias\":\"q\"") } },
    "p is p|q is p|q is p|s1 p|s2 p", "q", "{} users p,q anonymous p,q" },
  { "two-aliases-of-one",
    { { "s1", 1, "page.view", USER ("one") }, { "s2", 2, "alias", USER ("b") META ("\"alias\":\"one\"") },
      { "s3", 3, "alias", USER ("c") META ("\"alias\":\"one\"") }, { "s4", 4, "page.view", USER ("b") } },
    "b is c|one is c|one is c|s1 c|s2 c|s3 c|s4 c", "b", "{} users c,b,one anonymous one" },
  { "nobody-joins-nobody",
    { { "s1", 1, "page.view", USER ("null") ANON ("a") }, { "s2", 2, "page.view", USER ("u") ANON ("a") },
      { "s3", 3, "page.view", USER ("v") ANON ("Undefined") }, { "s4", 4, "page.view", USER ("w") ANON ("undefined") },
      { "s5", 5, "alias", USER ("w") META ("\"alias\":\"null\"") } },
    "a is u|s1 null|s2 u|s3 v|s4 w|s5 w", "w", "{} users w anonymous" },
  { "groups-of-a-person",
    { { "s1", 1, "group", ANON ("a") META ("\"group_type\":\"company\",\"group_id\":\"acme\",\"traits\":{\"seats\":3,\"city\":\"Rome\"}") },
      { "s2", 2, "group", USER ("u") META ("\"group_id\":17,\"traits\":{}") },
      { "s2", 3, "page.view", USER ("u") ANON ("a") },
      { "s3", 4, "group", USER ("u") META ("\"group_type\":\"company\",\"group_id\":\"acme\",\"traits\":{\"seats\":5}") } },
    "a is u|s1 u|s2 u|s3 u", "u", "{} users u anonymous a company/acme {\"city\":\"Rome\",\"seats\":5} 1 group/17 {} 1" },
};

/* "p is p": the anonymous id p is the user p. */
#define STATE                                                                                                              \
  "SELECT string_agg(line, '|' ORDER BY what, line COLLATE \"C\") FROM ("                                                \
  "SELECT 0 AS what, n.id || ' is ' || k.id AS line FROM actor n JOIN actor k ON k.project_id = n.project_id AND k.actor_no = n.merged_into " \
  "WHERE n.project_id = %d UNION ALL "                                                                                   \
  "SELECT 1, s.id || ' ' || a.id FROM session s JOIN actor a USING (project_id, actor_no) WHERE s.project_id = %d AND s.events > 0) x"

static Tenant *tenant;
static PdgDbConn *owner;
static PdgHub *hub;
static PdgIngest *collectors[2];
static gint64 base_usec;

static void
append_ids (GString *out, PdgQueries *queries, const PdgActor *actor, int kind, const char *label)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = pdg_queries_list_actor_ids (queries, &actor, 1, kind, &error);
  GPtrArray *ids;

  g_assert_no_error (error);
  ids = lists->pdata[0];
  g_string_append_printf (out, " %s", label);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (out, "%c%s", i == 0 ? ' ' : ',', (char *) ids->pdata[i]);
}

/* What a reader is told of the actor, and of its groups. */
static char *
describe (gint32 project_no, const char *id)
{
  g_autoptr (PdgDbConn) reader = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgQueries) queries = pdg_queries_begin (reader, tenant->admin, 0, &error);
  g_autoptr (GPtrArray) actors = pdg_queries_find_actors (queries, &project_no, 1, id, -1, &error);
  g_autoptr (GPtrArray) traits = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  const PdgActor *actor;
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  actor = actors->pdata[0];
  g_assert_nonnull (actor);
  traits = pdg_queries_list_actor_traits (queries, &actor, 1, &error);
  g_assert_no_error (error);
  g_string_append (out, traits->pdata[0] != NULL ? traits->pdata[0] : "{}");
  append_ids (out, queries, actor, 2, "users");
  append_ids (out, queries, actor, 1, "anonymous");
  groups = pdg_queries_list_actor_groups (queries, &actor, 1, 10, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < ((GPtrArray *) groups->pdata[0])->len; i++)
    {
      const PdgGroup *group = ((GPtrArray *) groups->pdata[0])->pdata[i];
      g_autoptr (GPtrArray) texts = pdg_queries_list_group_traits (queries, &group, 1, &error);
      g_autoptr (GArray) counts = pdg_queries_count_group_actors (queries, &group, 1, &error);

      g_assert_no_error (error);
      g_string_append_printf (out, " %s/%s %s %d", group->type, group->id, texts->pdata[0] != NULL ? (char *) texts->pdata[0] : "{}",
                              (int) g_array_index (counts, gint64, 0));
    }
  return g_string_free (out, FALSE);
}

static void
send_event (const char *project, const Sequence *sequence, guint which, PdgIngest *to)
{
  const Event *event = &sequence->events[which];
  g_autofree char *id = g_strdup_printf ("%s-%s-%u", project, sequence->name, which);
  GString *out = body_new ();
  g_autofree char *body = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (out, project, id, event->session, event->type, base_usec + event->second * G_USEC_PER_SEC, "%s", event->more);
  body = body_finish (out);
  fixture_store (to, tenant->admin, body, &verdict);
  g_assert_no_error (verdict.error);
  g_assert_cmpuint (verdict.n_rejected, ==, 0);
}

static void
check_order (const Sequence *sequence, const guint *order, guint n, guint turn)
{
  static guint n_projects;
  g_autofree char *name = g_strdup_printf ("who_%u", n_projects++);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) project = pdg_commands_create_project (owner, tenant->admin, name, name, &error);
  g_autofree char *sql = NULL, *state = NULL, *known = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    send_event (project->id, sequence, order[i], collectors[(turn + i) % 2]);
  send_event (project->id, sequence, order[0], collectors[turn % 2]); /* and one of them again */
  sql = g_strdup_printf (STATE, project->project_no, project->project_no);
  state = fixture_text (owner, sql);
  g_assert_cmpstr (state, ==, sequence->state);
  known = describe (project->project_no, sequence->actor);
  g_assert_cmpstr (known, ==, sequence->known);
}

/* Heap's algorithm. */
static void
each_order (const Sequence *sequence, guint *order, guint k, guint n, guint *turn)
{
  if (k <= 1)
    {
      check_order (sequence, order, n, (*turn)++);
      return;
    }
  for (guint i = 0; i < k; i++)
    {
      guint other = k % 2 == 0 ? i : 0, swap;

      each_order (sequence, order, k - 1, n, turn);
      swap = order[other];
      order[other] = order[k - 1];
      order[k - 1] = swap;
    }
}

static void
test_sequence (gconstpointer data)
{
  const Sequence *sequence = data;
  guint order[MAX_EVENTS], n = 0, turn = 0, expected = 1;

  while (n < MAX_EVENTS && sequence->events[n].session != NULL)
    {
      order[n] = n;
      expected *= ++n;
    }
  each_order (sequence, order, n, n, &turn);
  g_assert_cmpuint (turn, ==, expected);
}

/* All of it in one request, the newest first. */
static void
test_one_request (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (sequences); s++)
    {
      g_autofree char *name = g_strdup_printf ("at_once_%" G_GSIZE_FORMAT, s), *sql = NULL, *state = NULL, *known = NULL, *body = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgProject) project = pdg_commands_create_project (owner, tenant->admin, name, name, &error);
      GString *out = body_new ();
      g_auto (Verdict) verdict = { 0 };

      g_assert_no_error (error);
      for (guint i = MAX_EVENTS; i > 0; i--)
        {
          const Event *event = &sequences[s].events[i - 1];
          g_autofree char *id = g_strdup_printf ("%s-%u", name, i);

          if (event->session != NULL)
            body_add (out, name, id, event->session, event->type, base_usec + event->second * G_USEC_PER_SEC, "%s", event->more);
        }
      body = body_finish (out);
      fixture_store (collectors[s % 2], tenant->admin, body, &verdict);
      g_assert_no_error (verdict.error);
      sql = g_strdup_printf (STATE, project->project_no, project->project_no);
      state = fixture_text (owner, sql);
      g_assert_cmpstr (state, ==, sequences[s].state);
      known = describe (project->project_no, sequences[s].actor);
      g_assert_cmpstr (known, ==, sequences[s].known);
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* What was merged can be explained. */
static void
test_merges_are_recorded (void)
{
  g_autoptr (PdgDbConn) reader = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) project = pdg_commands_create_project (owner, tenant->admin, "merges", "Merges", &error);
  g_autoptr (PdgQueries) queries = NULL;
  g_autoptr (GPtrArray) actors = NULL;
  g_autoptr (GPtrArray) merges = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  const PdgActor *actor;

  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    send_event ("merges", &sequences[4], i, collectors[i % 2]);
  queries = pdg_queries_begin (reader, tenant->admin, 0, &error);
  g_assert_no_error (error);
  actors = pdg_queries_find_actors (queries, &project->project_no, 1, "z", -1, &error);
  g_assert_no_error (error);
  actor = actors->pdata[0];
  merges = pdg_queries_list_actor_merges (queries, &actor, 1, 10, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < ((GPtrArray *) merges->pdata[0])->len; i++)
    {
      const PdgMerge *merge = ((GPtrArray *) merges->pdata[0])->pdata[i];

      g_assert_cmpint (merge->merged_usec, >, base_usec);
      g_ptr_array_add (lines, g_strdup_printf ("%d:%s %s", merge->kind, merge->id, merge->is_alias ? "alias" : "link"));
    }
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("|", (char **) lines->pdata);
  g_assert_cmpstr (text, ==, "1:a alias|1:x alias|1:y alias|2:x alias|2:y alias");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tenant = tenant_new (NULL, "Who", "proj_who");
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  hub = pdg_hub_new ();
  base_usec = g_get_real_time () - G_TIME_SPAN_HOUR;
  for (gsize i = 0; i < 2; i++)
    collectors[i] = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 1000, 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (sequences); i++)
    {
      g_autofree char *path = g_strconcat ("/service/identity/every-order/", sequences[i].name, NULL);

      g_test_add_data_func (path, &sequences[i], test_sequence);
    }
  g_test_add_func ("/service/identity/one-request", test_one_request);
  g_test_add_func ("/service/identity/merges-are-recorded", test_merges_are_recorded);
  status = g_test_run ();
  for (gsize i = 0; i < 2; i++)
    pdg_ingest_free (collectors[i]);
  pdg_hub_unref (hub);
  pdg_db_conn_free (owner);
  tenant_free (tenant);
  return status;
}
