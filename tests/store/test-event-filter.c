#include "config.h"

#include "base/pdg-time.h"
#include "codec/pdg-identity.h"
#include "model/pdg-screen-path.h"
#include "store/pdg-store-event-filter.h"
#include "store/product-fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Filters over stored events against the same filters worked out in C over what was sent. */

#define N_EVENTS 400
#define N_FILTERS 2000

typedef struct
{
  char *texts[PDG_FILTER_N_FIELDS];
  gboolean has_number[PDG_FILTER_N_FIELDS];
  double numbers[PDG_FILTER_N_FIELDS];
  JsonNode *metadata; /* nullable */
  gint64 usec;
} Sent;

static const char *const keys[PDG_FILTER_N_FIELDS] = {
  [PDG_FILTER_FIELD_NAME] = "event.name", [PDG_FILTER_FIELD_USER_ID] = "user.id", [PDG_FILTER_FIELD_ANONYMOUS_ID] = "anonymous.id",
  [PDG_FILTER_FIELD_SEQUENCE] = "event.sequence", [PDG_FILTER_FIELD_PAGE_PATH] = "page.path", [PDG_FILTER_FIELD_PAGE_TITLE] = "page.title",
  [PDG_FILTER_FIELD_PAGE_URL] = "page.url", [PDG_FILTER_FIELD_PAGE_REFERRER] = "page.referrer",
  [PDG_FILTER_FIELD_COMPONENT_NAME] = "ui.component.name", [PDG_FILTER_FIELD_COMPONENT_PATH] = "ui.component.path",
  [PDG_FILTER_FIELD_COMPONENT_TYPE] = "ui.component.type", [PDG_FILTER_FIELD_UI_ACTION] = "ui.action", [PDG_FILTER_FIELD_UI_ELEMENT] = "ui.element",
  [PDG_FILTER_FIELD_UI_ELEMENT_TEXT] = "ui.element.text", [PDG_FILTER_FIELD_VIEWPORT] = "ui.viewport",
  [PDG_FILTER_FIELD_SCROLL_POSITION] = "ui.scroll.position", [PDG_FILTER_FIELD_STATE_KEY] = "ui.state.key",
  [PDG_FILTER_FIELD_STATE_CHANGE_TYPE] = "ui.state.change_type", [PDG_FILTER_FIELD_JOURNEY_ID] = "gen_ai.journey.id",
  [PDG_FILTER_FIELD_JOURNEY_STEP_ID] = "gen_ai.journey.step.id", [PDG_FILTER_FIELD_JOURNEY_STEP_NAME] = "gen_ai.journey.step.name",
  [PDG_FILTER_FIELD_CONVERSION_STATUS] = "gen_ai.journey.conversion.status", [PDG_FILTER_FIELD_API_METHOD] = "api.method",
  [PDG_FILTER_FIELD_API_PATH] = "api.path", [PDG_FILTER_FIELD_API_STATUS_CODE] = "api.status_code",
  [PDG_FILTER_FIELD_API_DURATION_MS] = "api.duration_ms", [PDG_FILTER_FIELD_ERROR_TYPE] = "error.type",
  [PDG_FILTER_FIELD_ERROR_MESSAGE] = "error.message", [PDG_FILTER_FIELD_ERROR_COMPONENT] = "error.component",
  [PDG_FILTER_FIELD_LCP_MS] = "performance.lcp_ms", [PDG_FILTER_FIELD_FID_MS] = "performance.fid_ms",
  [PDG_FILTER_FIELD_INP_MS] = "performance.inp_ms", [PDG_FILTER_FIELD_CLS] = "performance.cls", [PDG_FILTER_FIELD_TTFB_MS] = "performance.ttfb_ms",
  [PDG_FILTER_FIELD_APP_VERSION] = "app.version", [PDG_FILTER_FIELD_APP_NAME] = "app.name",
  [PDG_FILTER_FIELD_APP_ENVIRONMENT] = "app.environment", [PDG_FILTER_FIELD_DURATION_MS] = "duration_ms",
};

/* What LIKE, regular expressions, quoting and case could get wrong, and texts within each other. */
static const char *const texts[] = {
  "a", "ab", "abc", "b", "A", "%", "_", "a%b", "a_c", "\xc3\xa9", "a\xc3\xa9", "it's", "\\", "\"", "42", "-1.5", "042", "1e5", "true", "x y", "/a/b", "/a/42",
  "$1", "12345678901234567890123456789012345",
};
static const double whole_numbers[] = { -1, 0, 1, 2, 42, 200, 404, 500, 2147483647 };
static const double numbers[] = { -1.5, -1, 0, 0.1, 0.5, 1, 42, 404, 1e300, 1e-300, 9007199254740991. };

static PdgDbConn *server;
static Tenant *tenant;
static GPtrArray *sent; /* Sent */
static gint64 base_usec;

#define PICK(rand, array) ((array)[g_rand_int_range (rand, 0, G_N_ELEMENTS (array))])
#define ONE_IN(rand, n) (g_rand_int_range (rand, 0, n) == 0)

static JsonNode *
make_value (GRand *rand, int depth)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  int kind = g_rand_int_range (rand, 0, depth > 0 ? 7 : 5);

  if (kind < 2)
    json_node_set_string (node, PICK (rand, texts));
  else if (kind == 2)
    json_node_set_double (node, PICK (rand, numbers));
  else if (kind == 3)
    json_node_set_boolean (node, g_rand_boolean (rand));
  else if (kind == 4)
    json_node_init_null (node);
  else if (kind == 5)
    {
      json_node_init_array (node, json_array_new ());
      json_array_unref (json_node_get_array (node));
      for (int i = g_rand_int_range (rand, 0, 3); i > 0; i--)
        json_array_add_element (json_node_get_array (node), make_value (rand, depth - 1));
    }
  else
    {
      json_node_init_object (node, json_object_new ());
      json_object_unref (json_node_get_object (node));
      for (char name[] = "a"; *name <= 'c'; ++*name)
        if (g_rand_boolean (rand))
          json_object_set_member (json_node_get_object (node), name, make_value (rand, depth - 1));
    }
  return node;
}

static void
append_json_text (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *json = NULL;

  json_node_set_string (node, text);
  json = json_to_string (node, FALSE);
  g_string_append (out, json);
}

static void
append_number (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.16g", number));
}

/* JSON as it is sent, with numbers at their shortest. */
static void
append_json (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

      g_string_append_c (out, '{');
      for (GList *l = names; l != NULL; l = l->next)
        {
          g_string_append_printf (out, "%s\"%s\":", l != names ? "," : "", (char *) l->data);
          append_json (out, json_object_get_member (json_node_get_object (node), l->data));
        }
      g_string_append_c (out, '}');
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        {
          g_string_append (out, i > 0 ? "," : "");
          append_json (out, json_array_get_element (json_node_get_array (node), i));
        }
      g_string_append_c (out, ']');
    }
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    append_json_text (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    append_number (out, json_node_get_double (node));
  else
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
}

static gboolean
is_whole (PdgFilterField field)
{
  return field == PDG_FILTER_FIELD_SEQUENCE || field == PDG_FILTER_FIELD_API_STATUS_CODE || field == PDG_FILTER_FIELD_API_DURATION_MS
         || field == PDG_FILTER_FIELD_DURATION_MS;
}

/* One event; further members go to @more. */
static Sent *
make_event (GRand *rand, GString *more)
{
  Sent *event = g_new0 (Sent, 1);
  char path[PDG_SCREEN_PATH_MAX_BYTES + 1];

  event->texts[PDG_FILTER_FIELD_TYPE] = g_strdup (ONE_IN (rand, 2) ? "page.view" : PICK (rand, texts));
  event->texts[PDG_FILTER_FIELD_SESSION_ID] = g_strdup (PICK (rand, texts));
  for (PdgFilterField field = 0; field < PDG_FILTER_N_FIELDS; field++)
    {
      if (keys[field] == NULL || ONE_IN (rand, 2) || (field == PDG_FILTER_FIELD_PAGE_URL && event->texts[PDG_FILTER_FIELD_PAGE_PATH] == NULL))
        continue; /* an address alone would give a path */
      g_string_append_printf (more, ",\"%s\":", keys[field]);
      if (pdg_filter_field_is_number (field))
        {
          event->has_number[field] = TRUE;
          event->numbers[field] = is_whole (field) ? PICK (rand, whole_numbers) : PICK (rand, numbers);
          append_number (more, event->numbers[field]);
          continue;
        }
      event->texts[field] = g_strdup (PICK (rand, texts));
      append_json_text (more, event->texts[field]);
    }
  if (event->texts[PDG_FILTER_FIELD_PAGE_PATH] != NULL)
    {
      pdg_screen_path_normalise (event->texts[PDG_FILTER_FIELD_PAGE_PATH], strlen (event->texts[PDG_FILTER_FIELD_PAGE_PATH]), path);
      event->texts[PDG_FILTER_FIELD_SCREEN_PATH] = g_strdup (path);
    }
  if (ONE_IN (rand, 4))
    return event;
  do
    {
      g_clear_pointer (&event->metadata, json_node_unref);
      event->metadata = make_value (rand, 3);
    }
  while (!JSON_NODE_HOLDS_OBJECT (event->metadata));
  g_string_append (more, ",\"metadata\":");
  append_json (more, event->metadata);
  return event;
}

static void
sent_free (gpointer data)
{
  Sent *event = data;

  for (guint i = 0; i < PDG_FILTER_N_FIELDS; i++)
    g_free (event->texts[i]);
  g_clear_pointer (&event->metadata, json_node_unref);
  g_free (event);
}

static void
store_events (GRand *rand)
{
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  PdgIngest *ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, hub, 10000, 1000);
  g_autoptr (GString) body = g_string_new ("{\"events\":[");
  g_auto (Verdict) verdict = { 0 };

  base_usec = g_get_real_time () / G_TIME_SPAN_DAY * G_TIME_SPAN_DAY - G_TIME_SPAN_DAY;
  sent = g_ptr_array_new_with_free_func (sent_free);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      g_autoptr (GString) more = g_string_new (NULL);
      Sent *event = make_event (rand, more);
      char time[PDG_RFC3339_BYTES];

      event->usec = base_usec + g_rand_int_range (rand, 0, 3600) * G_TIME_SPAN_SECOND;
      pdg_time_format_rfc3339 (event->usec, time);
      g_string_append_printf (body, "%s{\"event_id\":\"%u\",\"project_id\":\"proj_f\",\"event.timestamp\":\"%s\",\"session.id\":", i > 0 ? "," : "",
                              i, time);
      append_json_text (body, event->texts[PDG_FILTER_FIELD_SESSION_ID]);
      g_string_append (body, ",\"event.type\":");
      append_json_text (body, event->texts[PDG_FILTER_FIELD_TYPE]);
      g_string_append_printf (body, "%s}", more->str);
      g_ptr_array_add (sent, event);
    }
  g_string_append (body, "]}");
  fixture_store (ingest, tenant->admin, body->str, &verdict);
  assert_stored (verdict, N_EVENTS, 0, 0);
  pdg_ingest_free (ingest);
}

/* ---- Whose an anonymous event is */

static gboolean
is_nobody (const char *id)
{
  return pdg_identity_is_nobody (&(PdgSlice) { id, (guint32) strlen (id) });
}

/* The first user that was named with this anonymous id, by the time of the event and then by the id. */
static const char *
find_user_of (const char *anonymous)
{
  const Sent *first = NULL;

  for (guint i = 0; i < sent->len; i++)
    {
      const Sent *event = sent->pdata[i];
      const char *user = event->texts[PDG_FILTER_FIELD_USER_ID];

      if (user == NULL || is_nobody (user) || g_strcmp0 (event->texts[PDG_FILTER_FIELD_ANONYMOUS_ID], anonymous) != 0)
        continue;
      if (first == NULL || event->usec < first->usec || (event->usec == first->usec && strcmp (user, first->texts[PDG_FILTER_FIELD_USER_ID]) < 0))
        first = event;
    }
  return first != NULL ? first->texts[PDG_FILTER_FIELD_USER_ID] : NULL;
}

/* Events without a user count as the user's whose anonymous id they have. */
static void
find_users (void)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new ();

  for (guint i = 0; i < sent->len; i++)
    {
      const Sent *event = sent->pdata[i];
      const char *anonymous = event->texts[PDG_FILTER_FIELD_ANONYMOUS_ID];

      gboolean may_have = event->texts[PDG_FILTER_FIELD_USER_ID] == NULL && anonymous != NULL && !is_nobody (anonymous);

      g_ptr_array_add (users, (gpointer) (may_have ? find_user_of (anonymous) : NULL));
    }
  for (guint i = 0; i < sent->len; i++)
    if (users->pdata[i] != NULL)
      ((Sent *) sent->pdata[i])->texts[PDG_FILTER_FIELD_USER_ID] = g_strdup (users->pdata[i]);
}

/* ---- The same in C */

static JsonNode *
walk (JsonNode *node, const char *const *path)
{
  for (; *path != NULL && node != NULL; path++)
    if (JSON_NODE_HOLDS_OBJECT (node))
      node = json_object_get_member (json_node_get_object (node), *path);
    else if (JSON_NODE_HOLDS_ARRAY (node))
      {
        JsonArray *array = json_node_get_array (node);
        gint64 n = json_array_get_length (array), at;

        if (!g_ascii_string_to_signed (*path, 10, -1000, 1000, &at, NULL))
          return NULL;
        at += at < 0 ? n : 0;
        node = at >= 0 && at < n ? json_array_get_element (array, (guint) at) : NULL;
      }
    else
      return NULL;
  return node;
}

static gboolean
holds_type (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
text_matches (const char *text, PdgFilterOp op, const char *const *wanted)
{
  if (text == NULL)
    return FALSE;
  switch (op)
    {
    case PDG_FILTER_IS:
      return g_strv_contains (wanted, text);
    case PDG_FILTER_CONTAINS:
      return strstr (text, wanted[0]) != NULL;
    case PDG_FILTER_STARTS_WITH:
      return g_str_has_prefix (text, wanted[0]);
    case PDG_FILTER_ENDS_WITH:
      return g_str_has_suffix (text, wanted[0]);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
number_matches (double number, PdgFilterOp op, double wanted)
{
  switch (op)
    {
    case PDG_FILTER_IS:
      return number >= wanted && number <= wanted;
    case PDG_FILTER_AT_LEAST:
      return number >= wanted;
    case PDG_FILTER_AT_MOST:
      return number <= wanted;
    case PDG_FILTER_GREATER_THAN:
      return number > wanted;
    case PDG_FILTER_LESS_THAN:
      return number < wanted;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
get_number (const Sent *event, PdgFilterField field, JsonNode *node, double *number)
{
  static GRegex *numeric;

  if (numeric == NULL)
    numeric = g_regex_new ("^-?[0-9]{1,30}([.][0-9]{1,30})?$", G_REGEX_DOLLAR_ENDONLY, 0, NULL);
  if (field != PDG_FILTER_FIELD_METADATA)
    {
      *number = event->numbers[field];
      return event->has_number[field];
    }
  if (holds_type (node, G_TYPE_DOUBLE))
    *number = json_node_get_double (node);
  else if (holds_type (node, G_TYPE_STRING) && g_regex_match (numeric, json_node_get_string (node), 0, NULL))
    *number = g_ascii_strtod (json_node_get_string (node), NULL);
  else
    return FALSE;
  return TRUE;
}

static gboolean
holds (const PdgEventFilter *filter, const Sent *event)
{
  PdgFilterKind kind = pdg_event_filter_get_kind (filter);
  PdgFilterField field = pdg_event_filter_get_field (filter);
  const char *const *path = pdg_event_filter_get_path (filter);
  JsonNode *node = path != NULL && event->metadata != NULL ? walk (event->metadata, path) : NULL;
  guint n_held = 0, n = pdg_event_filter_get_n_children (filter);
  double number = 0;

  for (guint i = 0; i < n; i++)
    n_held += holds (pdg_event_filter_get_child (filter, i), event);
  switch (kind)
    {
    case PDG_FILTER_AND:
      return n_held == n;
    case PDG_FILTER_OR:
      return n_held > 0;
    case PDG_FILTER_NOT:
      return n_held == 0;
    case PDG_FILTER_TEXT:
      return text_matches (path == NULL ? event->texts[field] : holds_type (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL,
                           pdg_event_filter_get_op (filter), pdg_event_filter_get_texts (filter));
    case PDG_FILTER_NUMBER:
      return get_number (event, field, node, &number) && number_matches (number, pdg_event_filter_get_op (filter), pdg_event_filter_get_number (filter));
    case PDG_FILTER_BOOL:
      return holds_type (node, G_TYPE_BOOLEAN) && json_node_get_boolean (node) == pdg_event_filter_get_bool (filter);
    case PDG_FILTER_EXISTS:
      return path != NULL ? node != NULL && !JSON_NODE_HOLDS_NULL (node) : event->texts[field] != NULL || event->has_number[field];
    }
  g_assert_not_reached ();
}

/* ---- Random filters */

static PdgEventFilter *
make_condition (GRand *rand)
{
  static const char *const steps[] = { "a", "b", "c", "a", "b", "0", "1", "-1", "zz", "" };
  static const PdgFilterOp text_ops[] = { PDG_FILTER_IS, PDG_FILTER_IS, PDG_FILTER_CONTAINS, PDG_FILTER_STARTS_WITH, PDG_FILTER_ENDS_WITH };
  static const PdgFilterOp number_ops[] = { PDG_FILTER_IS, PDG_FILTER_AT_LEAST, PDG_FILTER_AT_MOST, PDG_FILTER_GREATER_THAN, PDG_FILTER_LESS_THAN };
  PdgFilterField field = (PdgFilterField) g_rand_int_range (rand, 0, PDG_FILTER_N_FIELDS + 8);
  const char *steps_taken[4] = { PICK (rand, steps), PICK (rand, steps), PICK (rand, steps), NULL };
  const char *wanted[5] = { NULL };
  const char *const *path = NULL;
  PdgFilterOp op = PICK (rand, text_ops);
  gboolean is_number;

  if (field >= PDG_FILTER_FIELD_METADATA) /* more often than the others */
    {
      field = PDG_FILTER_FIELD_METADATA;
      steps_taken[g_rand_int_range (rand, 1, 4)] = NULL;
      path = steps_taken;
    }
  is_number = path != NULL ? ONE_IN (rand, 2) : pdg_filter_field_is_number (field);
  if (ONE_IN (rand, 8))
    return pdg_event_filter_new_exists (field, path);
  if (path != NULL && ONE_IN (rand, 4))
    return pdg_event_filter_new_bool (field, path, g_rand_boolean (rand));
  if (is_number)
    return pdg_event_filter_new_number (field, path, PICK (rand, number_ops), g_rand_boolean (rand) ? PICK (rand, numbers) : PICK (rand, whole_numbers));
  for (int i = op == PDG_FILTER_IS ? g_rand_int_range (rand, 0, 5) : 1; i > 0; i--)
    wanted[i - 1] = ONE_IN (rand, 10) ? "" : field == PDG_FILTER_FIELD_TYPE && ONE_IN (rand, 2) ? "page" : PICK (rand, texts);
  return pdg_event_filter_new_text (field, path, op, wanted);
}

static PdgEventFilter *
make_filter (GRand *rand, int depth)
{
  int kind = g_rand_int_range (rand, 0, 8);
  GPtrArray *children;

  if (depth == 0 || kind < 2)
    return make_condition (rand);
  if (kind < 4)
    return pdg_event_filter_new_not (make_filter (rand, depth - 1));
  children = g_ptr_array_new ();
  for (int i = g_rand_int_range (rand, 0, 5); i > 0; i--)
    g_ptr_array_add (children, make_filter (rand, depth - 1));
  return kind < 6 ? pdg_event_filter_new_and (children) : pdg_event_filter_new_or (children);
}

static void
print_filter (GString *out, const PdgEventFilter *filter)
{
  static const char *const kinds[] = { "and", "or", "not", "text", "number", "bool", "exists" };
  const char *const *path = pdg_event_filter_get_path (filter), *const *wanted = pdg_event_filter_get_texts (filter);

  g_string_append_printf (out, "%s(", kinds[pdg_event_filter_get_kind (filter)]);
  if (pdg_event_filter_get_kind (filter) >= PDG_FILTER_TEXT)
    g_string_append_printf (out, "%s op %d number %g bool %d", pdg_filter_field_get_name (pdg_event_filter_get_field (filter)),
                            pdg_event_filter_get_op (filter), pdg_event_filter_get_number (filter), pdg_event_filter_get_bool (filter));
  for (; path != NULL && *path != NULL; path++)
    g_string_append_printf (out, " .%s", *path);
  for (; wanted != NULL && *wanted != NULL; wanted++)
    g_string_append_printf (out, " '%s'", *wanted);
  for (guint i = 0; i < pdg_event_filter_get_n_children (filter); i++)
    print_filter (out, pdg_event_filter_get_child (filter, i));
  g_string_append_c (out, ')');
}

/* Which events the database finds: a byte for each. */
static guint
find (PdgDbTx *tx, const PdgEventFilter *filter, guint8 *found)
{
  g_autoptr (GString) sql = g_string_new ("SELECT e.event_id FROM event e " PDG_STORE_EVENT_JOINS "WHERE e.project_id = $1 AND e.ts >= $2 AND e.ts < $3");
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  g_autoptr (PdgDbResult) result = NULL;
  g_autoptr (GError) error = NULL;

  pdg_db_params_add_int4 (params, tenant->project->project_no);
  pdg_db_params_add_timestamptz (params, base_usec);
  pdg_db_params_add_timestamptz (params, base_usec + G_TIME_SPAN_HOUR);
  pdg_store_append_event_filter (sql, params, filter);
  result = pdg_db_tx_query (tx, sql->str, params, &error);
  if (error != NULL)
    g_error ("%s\n%s", pdg_db_error_get_detail (error), sql->str);
  memset (found, 0, N_EVENTS);
  for (guint i = 0; i < pdg_db_result_get_n_rows (result); i++)
    {
      guint64 at = g_ascii_strtoull (pdg_db_result_get_text (result, i, 0), NULL, 10);

      g_assert_cmpuint (at, <, N_EVENTS);
      g_assert_cmpuint (found[at], ==, 0);
      found[at] = 1;
    }
  return pdg_db_result_get_n_rows (result);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  guint n_some = 0, n_differ = 0;

  store_events (rand);
  find_users ();
  tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_ONLY, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_FILTERS; i++)
    {
      g_autoptr (PdgEventFilter) filter = make_filter (rand, 4);
      guint8 found[N_EVENTS];
      guint n = find (tx, filter, found);

      n_some += n > 0 && n < N_EVENTS;
      for (guint k = 0; k < N_EVENTS; k++)
        if (found[k] != holds (filter, sent->pdata[k]))
          {
            g_autoptr (GString) text = g_string_new (NULL);

            print_filter (text, filter);
            g_test_message ("event %u: %s", k, text->str);
            n_differ++;
            break;
          }
    }
  g_test_message ("%u of %d filters matched some of the events, but not all", n_some, N_FILTERS);
  g_assert_cmpuint (n_differ, ==, 0);
  g_assert_cmpuint (n_some, >, N_FILTERS / 4);
}

/* A filter and its negation share the events among them, whatever is absent. */
static void
test_complement (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (server, tenant->admin, PDG_DB_TX_READ_ONLY, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 100; i++)
    {
      PdgEventFilter *filter = make_filter (rand, 2);
      g_autoptr (PdgEventFilter) negation = pdg_event_filter_new_not (pdg_event_filter_ref (filter));
      guint8 found[N_EVENTS], others[N_EVENTS];

      g_assert_cmpuint (find (tx, filter, found) + find (tx, negation, others), ==, N_EVENTS);
      for (guint k = 0; k < N_EVENTS; k++)
        g_assert_cmpuint (found[k] + others[k], ==, 1);
      pdg_event_filter_unref (filter);
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tenant = tenant_new (NULL, "Filters", "proj_f");
  server = fixture_open (pdg_test_cluster_get_server_uri (), NULL);
  g_test_add_func ("/store/event-filter/random", test_random);
  g_test_add_func ("/store/event-filter/complement", test_complement);
  status = g_test_run ();
  g_clear_pointer (&sent, g_ptr_array_unref);
  pdg_db_conn_free (server);
  tenant_free (tenant);
  return status;
}
