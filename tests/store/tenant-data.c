#include "config.h"
#include "store/tenant-data.h"

#include "service/pdg-commands-canvas.h"
#include "service/pdg-commands-consent.h"
#include "service/pdg-commands-guard.h"
#include "service/pdg-commands-snapshots.h"
#include "service/pdg-comments.h"
#include "service/pdg-commands-journeys.h"
#include "service/pdg-commands-retention.h"
#include "service/pdg-commands-plan.h"
#include "store/pdg-store-clients.h"
#include "store/pdg-store-consent.h"
#include "store/pdg-store-identity.h"
#include "store/pdg-store-numbers.h"
#include "store/pdg-store-plan.h"
#include "store/pdg-store-rights.h"

#include <string.h>

#define EVENT(id, type, more)                                                                                                        \
  "{\"event_id\":\"MARK-" id "\",\"project_id\":\"PROJECT\",\"session.id\":\"MARK-session\",\"event.type\":\"" type "\","            \
  "\"event.timestamp\":\"TIME\",\"user.id\":\"MARK-user\",\"anonymous.id\":\"MARK-anonymous\",\"app.version\":\"MARK-1.0\"" more "}"

static const char body_template[] =
  "{\"events\":["
  EVENT ("1", "page.view", ",\"page.path\":\"/MARK-home\",\"page.title\":\"MARK Home\",\"metadata\":{\"plan\":\"MARK-pro\"}") ","
  EVENT ("2", "page.view", ",\"page.path\":\"/MARK-cart\",\"page.title\":\"MARK Cart\",\"gen_ai.journey.id\":\"MARK-checkout\","
                           "\"gen_ai.journey.step.id\":\"MARK-step\"") ","
  EVENT ("3", "ui.click", ",\"event.name\":\"MARK-buy\",\"ui.component.name\":\"MARK-Button\",\"ui.component.path\":\"MARK/Button\"") ","
  EVENT ("4", "error", ",\"page.path\":\"/MARK-home\",\"error.message\":\"MARK-broken\"") ","
  EVENT ("5", "performance", ",\"page.path\":\"/MARK-home\",\"performance.lcp_ms\":1200")
  "]}";

static char *
replace (const char *text, const char *const *pairs)
{
  g_autoptr (GString) out = g_string_new (text);

  for (gsize i = 0; pairs[i] != NULL; i += 2)
    g_string_replace (out, pairs[i], pairs[i + 1], 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* A member with a token, and a designed journey. */
static void
fill_directory (const Tenant *tenant, PdgDbConn *server, const char *mark)
{
  g_autofree char *email = g_strconcat (mark, "@example.org", NULL), *step_id = g_strconcat (mark, "-cart", NULL);
  g_autofree char *path = g_strdup_printf ("/%s-home", mark);
  g_autoptr (GPtrArray) steps = g_ptr_array_new (), links = g_ptr_array_new ();
  PdgJourneyStep step = { .id = g_strdup (step_id), .name = g_strdup (mark), .screen_path = g_strdup (path) };
  PdgJourneyLink link = { step_id, step_id, TRUE };
  PdgJourneyDraft draft = { .name = mark, .steps = steps, .links = links, .updated_usec = PDG_TIME_NONE };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgMember) member = pdg_commands_add_member (server, tenant->admin, email, mark, PDG_ROLE_VIEWER, &error);
  g_autoptr (PdgAccessToken) token = NULL;
  g_autoptr (PdgJourney) journey = NULL;

  g_assert_no_error (error);
  token = pdg_commands_create_token (server, tenant->admin, PDG_ROLE_VIEWER, mark, member->id, PDG_TIME_NONE, &error);
  g_assert_no_error (error);
  g_ptr_array_add (steps, &step);
  g_ptr_array_add (links, &link);
  journey = pdg_commands_create_journey (server, tenant->admin, tenant->project->id, NULL, &draft, &error);
  g_assert_no_error (error);
  g_free (step.id);
  g_free (step.name);
  g_free (step.screen_path);
}

static PdgSlice
slice_of (const char *text)
{
  return (PdgSlice) { text, (guint32) strlen (text) };
}

/* A user with an id of before, a trait and a group, and the note of an export. */
static void
fill_identities (const Tenant *tenant, PdgDbConn *server, const char *mark)
{
  g_autofree char *user = g_strconcat (mark, "-user", NULL), *before = g_strconcat (mark, "-before", NULL), *group = g_strconcat (mark, "-group", NULL);
  g_autofree char *value = g_strdup_printf ("\"%s\"", mark);
  const PdgIdentityLink alias = { slice_of (before), slice_of (user), 1 };
  const PdgIdentityMember member = { PDG_SLICE_LITERAL ("company"), slice_of (group), PDG_ACTOR_USER, slice_of (user), 1 };
  const PdgIdentityTrait trait = { .kind = PDG_ACTOR_USER, .id = slice_of (user), .name = PDG_SLICE_LITERAL ("plan"), .value = slice_of (value) };
  const PdgIdentityTrait of_group = { .group_type = PDG_SLICE_LITERAL ("company"), .id = slice_of (group), .name = PDG_SLICE_LITERAL ("plan"),
                                      .value = slice_of (value) };
  gint32 project_no = tenant->project->project_no;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);

  g_assert_no_error (error);
  g_assert_true (pdg_store_alias_actors (tx, project_no, &alias, 1, &error) && pdg_store_set_traits (tx, project_no, &trait, 1, &error)
                 && pdg_store_set_groups (tx, project_no, &member, 1, &error) && pdg_store_set_group_traits (tx, project_no, &of_group, 1, &error)
                 && pdg_store_note_export (tx, project_no, mark, 1, 1, &error) && pdg_db_tx_commit (tx, &error));
}

/* What the clients of other products make: a session without an id, a page, a piece of a recording. */
static void
fill_clients (const Tenant *tenant, PdgDbConn *server, const char *mark)
{
  g_autofree char *session = g_strconcat (mark, "-session", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (mark, strlen (mark));
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  PdgDerivedSession need = { .key = { 7 }, .usec = 1 };
  PdgPageReport page = { .kind = PDG_PAGE_LOAD_EVENT };
  PdgReplayChunk chunk = { .session_id = session, .started_usec = 1, .ended_usec = 2, .n_events = 1, .bytes = bytes };
  const PdgEvent event = { .event_key = { 7 }, .timestamp_usec = 1 };
  const guint8 session_key[1][16] = { { 7 } };
  guint8 salt[16], old_salt[16];
  gboolean has_old, kept;

  g_assert_no_error (error);
  g_assert_true (pdg_store_load_client_salts (tx, salt, old_salt, &has_old, &error)
                 && pdg_store_derive_sessions (tx, tenant->project->id, &need, 1, &error)
                 && pdg_store_trace_pages (tx, tenant->project->id, &page, &event, session_key, 1, &error)
                 && pdg_store_add_replay_chunk (tx, tenant->project->id, &chunk, 1000, &kept, &error) && pdg_db_tx_commit (tx, &error));
}

/* Rules of consent, a salt, a schema and what was found by it. */
static void
fill_protection (const Tenant *tenant, PdgDbConn *server, const char *mark)
{
  const PdgSchemaInput input = { .project_id = tenant->project->id, .event_type = "ui.click", .definition = "{}", .mode = PDG_SCHEMA_WARN };
  const PdgSchemaFinding finding = { .project_id = tenant->project->id, .event_type = (char *) "ui.click", .field = (char *) "page.path",
                                     .expected = (char *) mark, .version = 1, .events = 1, .first_usec = 1, .last_usec = 1 };
  const PdgSchemaFinding *findings[] = { &finding };
  g_autoptr (PdgConsentRules) rules = pdg_consent_rules_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (GBytes) salt = NULL;

  pdg_project_free (pdg_commands_set_consent (server, tenant->admin, tenant->project->id, rules, &error));
  g_assert_no_error (error);
  pdg_event_schema_record_free (pdg_commands_set_schema (server, tenant->admin, &input, &error));
  g_assert_no_error (error);
  tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_WRITE, &error);
  salt = pdg_store_get_cookieless_salt (tx, &error);
  g_assert_true (salt != NULL && pdg_store_add_findings (tx, findings, 1, &error) && pdg_db_tx_commit (tx, &error));
}

/* A screen that somebody has moved. */
static void
fill_canvas (const Tenant *tenant, PdgDbConn *server)
{
  const PdgCanvasChange change = { .screen_no = 1, .x = 40, .y = 80, .is_pinned = TRUE };
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (GError) error = NULL;
  g_autofree PdgCanvasRecord *canvas = pdg_commands_arrange_canvas (server, tenant->admin, hub, tenant->project->id, &change, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (canvas->revision, ==, 1);
}

/* A thread on the canvas that somebody has read. */
static void
fill_comments (const Tenant *tenant, PdgDbConn *server, const char *mark)
{
  const PdgCommentPlace place = { .has_point = TRUE, .x = 1, .y = 2 };
  g_autofree char *body = g_strdup_printf ("%s says", mark);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgCommentThread) thread = pdg_commands_add_thread (server, tenant->admin, tenant->project->id, &place, body, &error);

  g_assert_no_error (error);
  pdg_comment_thread_free (pdg_commands_mark_thread_read (server, tenant->admin, tenant->project->id, thread->thread_no, &error));
  g_assert_no_error (error);
}

void
tenant_fill (Tenant *tenant, PdgIngest *ingest, const char *mark, char **key, char **token)
{
  g_autoptr (PdgDbConn) server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autofree char *body = replace (body_template, (const char *[]) { "MARK", mark, "PROJECT", tenant->project->id, "TIME", time, NULL });
  g_autofree char *path = g_strdup_printf ("/%s-home", mark);
  g_autoptr (GBytes) image = g_bytes_new (mark, strlen (mark));
  g_autoptr (GError) error = NULL;
  g_autofree char *refused = g_strdup_printf ("{\"events\":[{\"project_id\":\"%s\",\"event_id\":\"%s-refused\"}]}", tenant->project->id, mark);
  g_auto (Verdict) verdict = { 0 }, refusal = { 0 };
  const PdgStoreLevel level = { image, 5 };
  PdgPicture picture = { .image = image, .media_type = "image/png", .levels = &level, .n_levels = 1, .width = 10, .height = 10 };

  fixture_store (ingest, tenant->admin, body, &verdict);
  assert_stored (verdict, TENANT_EVENTS, 0, 0);
  fixture_store (ingest, tenant->admin, refused, &refusal);
  assert_stored (refusal, 0, 0, 1);
  /* letters are written after the answer */
  fixture_wait (fixture_owner_int ("SELECT count(*) FROM dead_letter WHERE project_id = %d", tenant->project->project_no) == 1);
  pdg_project_free (pdg_commands_set_redaction (server, tenant->admin, tenant->project->id, 1, (const char *const[]) { mark, NULL }, &error));
  g_assert_no_error (error);
  pdg_commands_add_snapshot (server, tenant->admin, tenant->project->project_no, path, &picture, 0, &error);
  g_assert_no_error (error);
  *key = fixture_make_key (server, tenant->admin, tenant->project->id, mark);
  *token = fixture_make_token (server, tenant->admin, PDG_ROLE_VIEWER, mark);
  fill_directory (tenant, server, mark);
  fill_identities (tenant, server, mark);
  fill_clients (tenant, server, mark);
  pdg_project_free (pdg_commands_set_retention (server, tenant->admin, tenant->project->id, PDG_DATA_EVENTS, 1000, 0, &error));
  g_assert_no_error (error);
  fill_protection (tenant, server, mark);
  fill_canvas (tenant, server);
  fill_comments (tenant, server, mark);
}

char *
tenants_expand (const char *sql, const Tenant *a, const Tenant *b)
{
  g_autofree char *org_a = g_strdup_printf ("%d", a->organisation->org_no), *org_b = g_strdup_printf ("%d", b->organisation->org_no);
  g_autofree char *project_a = g_strdup_printf ("%d", a->project->project_no), *project_b = g_strdup_printf ("%d", b->project->project_no);

  return replace (sql, (const char *[]) { "{ORG_A}", org_a, "{ORG_B}", org_b, "{PROJECT_A}", project_a, "{PROJECT_B}", project_b,
                                          "{UUID_A}", a->organisation->uuid, "{UUID_B}", b->organisation->uuid, NULL });
}

char *
tenant_fingerprint (const Tenant *tenant)
{
  static PdgDbConn *owner; /* kept: a new connection learns all partitions anew */
  static char *tables;
  g_auto (GStrv) names = NULL;
  g_autoptr (GString) sql = g_string_new ("SELECT string_agg(line, E'\\n' ORDER BY line) FROM (");

  if (owner == NULL)
    owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  if (tables == NULL)
    tables = fixture_text (owner, "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c JOIN pg_attribute a "
                                  "ON a.attrelid = c.oid AND a.attname = 'org_id' WHERE c.relnamespace = 'productgraph'::regnamespace "
                                  "AND c.relkind IN ('r', 'p') AND NOT c.relispartition");
  names = g_strsplit (tables, " ", -1);
  g_assert_cmpuint (g_strv_length (names), >, 10);
  for (gsize i = 0; names[i] != NULL; i++)
    g_string_append_printf (sql, "%sSELECT '%s ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS line "
                                 "FROM %s t WHERE t.org_id = %d", i > 0 ? " UNION ALL " : "", names[i], names[i], tenant->organisation->org_no);
  g_string_append (sql, ") lines");
  return fixture_text (owner, sql->str);
}

char **
list_readable_relations (void)
{
  g_autoptr (PdgDbConn) owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  g_autofree char *names = fixture_text (owner, "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c WHERE c.relnamespace = "
                                                "'productgraph'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition "
                                                "AND c.relname <> 'schema_migration' AND has_any_column_privilege('productgraph_app', c.oid, 'SELECT')");

  return g_strsplit (names, " ", -1);
}
