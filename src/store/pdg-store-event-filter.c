#include "config.h"
#include "store/pdg-store-event-filter.h"

/* A number that was sent as text counts, as long as it is short enough for any cast. */
#define NUMERIC_TEXT "'^-?[0-9]{1,30}([.][0-9]{1,30})?$'"

/* Where a field is: an SQL expression, or the key of a JSON value in the event's data. */
static const struct
{
  const char *sql;
  const char *key;
} places[PDG_FILTER_N_FIELDS] = {
  [PDG_FILTER_FIELD_TYPE] = { "t.event_type", NULL },
  [PDG_FILTER_FIELD_NAME] = { "t.event_name", NULL },
  [PDG_FILTER_FIELD_USER_ID] = { "(CASE WHEN k.kind = 2 THEN k.id END)", NULL },
  [PDG_FILTER_FIELD_ANONYMOUS_ID] = { "(CASE WHEN a.kind = 1 THEN a.id ELSE e.anonymous_id END)", NULL },
  [PDG_FILTER_FIELD_SESSION_ID] = { "s.id", NULL },
  [PDG_FILTER_FIELD_SEQUENCE] = { "e.seq", NULL },
  [PDG_FILTER_FIELD_PAGE_PATH] = { "coalesce(e.page_path, sc.path)", NULL },
  [PDG_FILTER_FIELD_SCREEN_PATH] = { "sc.path", NULL },
  [PDG_FILTER_FIELD_PAGE_TITLE] = { "e.page_title", NULL },
  [PDG_FILTER_FIELD_PAGE_URL] = { NULL, "page.url" },
  [PDG_FILTER_FIELD_PAGE_REFERRER] = { NULL, "page.referrer" },
  [PDG_FILTER_FIELD_COMPONENT_NAME] = { "t.component", NULL },
  [PDG_FILTER_FIELD_COMPONENT_PATH] = { "t.component_path", NULL },
  [PDG_FILTER_FIELD_COMPONENT_TYPE] = { NULL, "ui.component.type" },
  [PDG_FILTER_FIELD_UI_ACTION] = { NULL, "ui.action" },
  [PDG_FILTER_FIELD_UI_ELEMENT] = { NULL, "ui.element" },
  [PDG_FILTER_FIELD_UI_ELEMENT_TEXT] = { NULL, "ui.element.text" },
  [PDG_FILTER_FIELD_VIEWPORT] = { NULL, "ui.viewport" },
  [PDG_FILTER_FIELD_SCROLL_POSITION] = { NULL, "ui.scroll.position" },
  [PDG_FILTER_FIELD_STATE_KEY] = { NULL, "ui.state.key" },
  [PDG_FILTER_FIELD_STATE_CHANGE_TYPE] = { NULL, "ui.state.change_type" },
  [PDG_FILTER_FIELD_JOURNEY_ID] = { "t.journey_id", NULL },
  [PDG_FILTER_FIELD_JOURNEY_STEP_ID] = { "t.step_id", NULL },
  [PDG_FILTER_FIELD_JOURNEY_STEP_NAME] = { NULL, "gen_ai.journey.step.name" },
  [PDG_FILTER_FIELD_CONVERSION_STATUS] = { NULL, "gen_ai.journey.conversion.status" },
  [PDG_FILTER_FIELD_API_METHOD] = { NULL, "api.method" },
  [PDG_FILTER_FIELD_API_PATH] = { NULL, "api.path" },
  [PDG_FILTER_FIELD_API_STATUS_CODE] = { NULL, "api.status_code" },
  [PDG_FILTER_FIELD_API_DURATION_MS] = { NULL, "api.duration_ms" },
  [PDG_FILTER_FIELD_ERROR_TYPE] = { NULL, "error.type" },
  [PDG_FILTER_FIELD_ERROR_MESSAGE] = { NULL, "error.message" },
  [PDG_FILTER_FIELD_ERROR_COMPONENT] = { NULL, "error.component" },
  [PDG_FILTER_FIELD_LCP_MS] = { NULL, "performance.lcp_ms" },
  [PDG_FILTER_FIELD_FID_MS] = { NULL, "performance.fid_ms" },
  [PDG_FILTER_FIELD_INP_MS] = { NULL, "performance.inp_ms" },
  [PDG_FILTER_FIELD_CLS] = { NULL, "performance.cls" },
  [PDG_FILTER_FIELD_TTFB_MS] = { NULL, "performance.ttfb_ms" },
  [PDG_FILTER_FIELD_APP_VERSION] = { "r.version", NULL },
  [PDG_FILTER_FIELD_APP_NAME] = { NULL, "app.name" },
  [PDG_FILTER_FIELD_APP_ENVIRONMENT] = { NULL, "app.environment" },
  [PDG_FILTER_FIELD_DURATION_MS] = { NULL, "duration_ms" },
  [PDG_FILTER_FIELD_METADATA] = { NULL, "metadata" },
};

/* A condition on a column is written as it is; one on a JSON value is written over q.v, in a subselect that takes the data apart once
 * for it, and only where the key can be seen in the text: the collector writes the keys of the wire just so. */
static const char *
begin_value (GString *sql, const PdgEventFilter *filter)
{
  PdgFilterField field = pdg_event_filter_get_field (filter);

  if (places[field].sql != NULL)
    return places[field].sql;
  g_string_append_printf (sql, "strpos(e.data, '\"%s\":') > 0 AND (SELECT ", places[field].key);
  return NULL;
}

static void
end_value (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  PdgFilterField field = pdg_event_filter_get_field (filter);
  const char *const *path = pdg_event_filter_get_path (filter);

  if (places[field].sql != NULL)
    return;
  g_string_append_printf (sql, " FROM (SELECT e.data::jsonb -> '%s'", places[field].key);
  if (path != NULL)
    {
      pdg_db_params_add_text_array (params, path, NULL, g_strv_length ((char **) path));
      g_string_append_printf (sql, " #> $%u", pdg_db_params_get_n (params));
    }
  g_string_append (sql, " AS v OFFSET 0) q)");
}

static void
append_text (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  const char *const *texts = pdg_event_filter_get_texts (filter);
  gsize n_texts = g_strv_length ((char **) texts);
  PdgFilterOp op = pdg_event_filter_get_op (filter);
  guint n = pdg_db_params_get_n (params) + 1;
  const char *value = begin_value (sql, filter);

  if (value == NULL)
    value = "((CASE WHEN jsonb_typeof(q.v) = 'string' THEN q.v #>> '{}' END) COLLATE \"C\")";
  if (op == PDG_FILTER_IS && n_texts != 1)
    {
      pdg_db_params_add_text_array (params, texts, NULL, n_texts);
      g_string_append_printf (sql, "%s = ANY ($%u)", value, n);
    }
  else
    {
      pdg_db_params_add_text (params, texts[0], -1);
      if (op == PDG_FILTER_IS)
        g_string_append_printf (sql, "%s = $%u", value, n);
      else if (op == PDG_FILTER_CONTAINS)
        g_string_append_printf (sql, "strpos(%s, $%u) > 0", value, n);
      else if (op == PDG_FILTER_STARTS_WITH)
        g_string_append_printf (sql, "starts_with(%s, $%u)", value, n);
      else
        g_string_append_printf (sql, "right(%s, length($%u)) = $%u", value, n, n);
    }
  end_value (sql, params, filter);
}

/* The shortest decimal that reads as @number, so that 0.1 is 0.1 for numeric, too. */
static void
format_number (double number, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, formats[i], number);
      if (g_ascii_strtod (text, NULL) >= number && g_ascii_strtod (text, NULL) <= number)
        return;
    }
}

static void
append_number (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  static const char *const operators[] = {
    [PDG_FILTER_IS] = "=", [PDG_FILTER_AT_LEAST] = ">=", [PDG_FILTER_AT_MOST] = "<=", [PDG_FILTER_GREATER_THAN] = ">", [PDG_FILTER_LESS_THAN] = "<",
  };
  const char *op = operators[pdg_event_filter_get_op (filter)], *column = begin_value (sql, filter);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  format_number (pdg_event_filter_get_number (filter), text);
  pdg_db_params_add_text (params, text, -1);
  if (column != NULL)
    g_string_append_printf (sql, "%s::numeric", column);
  else
    g_string_append (sql, "(CASE jsonb_typeof(q.v) WHEN 'number' THEN q.v::numeric WHEN 'string' THEN "
                          "CASE WHEN q.v #>> '{}' ~ " NUMERIC_TEXT " THEN (q.v #>> '{}')::numeric END END)");
  g_string_append_printf (sql, " %s $%u::text::numeric", op, pdg_db_params_get_n (params));
  end_value (sql, params, filter);
}

static void
append_bool (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  begin_value (sql, filter);
  g_string_append_printf (sql, "q.v = '%s'::jsonb", pdg_event_filter_get_bool (filter) ? "true" : "false");
  end_value (sql, params, filter);
}

static void
append_exists (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  const char *column = begin_value (sql, filter);

  if (column != NULL)
    g_string_append_printf (sql, "%s IS NOT NULL", column);
  else
    g_string_append (sql, "jsonb_typeof(q.v) <> 'null'");
  end_value (sql, params, filter);
}

/* Within AND and OR, NULL comes out as FALSE does; NOT takes it for FALSE. */
static void
append_node (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  PdgFilterKind kind = pdg_event_filter_get_kind (filter);
  guint n = pdg_event_filter_get_n_children (filter);

  g_string_append_c (sql, '(');
  switch (kind)
    {
    case PDG_FILTER_AND:
    case PDG_FILTER_OR:
      if (n == 0)
        g_string_append (sql, kind == PDG_FILTER_AND ? "true" : "false");
      for (guint i = 0; i < n; i++)
        {
          if (i > 0)
            g_string_append (sql, kind == PDG_FILTER_AND ? " AND " : " OR ");
          append_node (sql, params, pdg_event_filter_get_child (filter, i));
        }
      break;
    case PDG_FILTER_NOT:
      append_node (sql, params, pdg_event_filter_get_child (filter, 0));
      g_string_append (sql, " IS NOT TRUE");
      break;
    case PDG_FILTER_TEXT:
      append_text (sql, params, filter);
      break;
    case PDG_FILTER_NUMBER:
      append_number (sql, params, filter);
      break;
    case PDG_FILTER_BOOL:
      append_bool (sql, params, filter);
      break;
    case PDG_FILTER_EXISTS:
      append_exists (sql, params, filter);
      break;
    }
  g_string_append_c (sql, ')');
}

void
pdg_store_append_event_filter (GString *sql, PdgDbParams *params, const PdgEventFilter *filter)
{
  if (filter == NULL)
    return;
  g_string_append (sql, " AND ");
  append_node (sql, params, filter);
}

void
pdg_store_append_any_event (GString *sql, PdgDbParams *params, const PdgEventFilter *filter, guint from, guint to)
{
  g_string_append_printf (sql,
                          "EXISTS (SELECT FROM event e " PDG_STORE_EVENT_JOINS "WHERE e.project_id = x.project_id AND e.session_no = x.session_no"
                          " AND e.ts >= x.started_at AND e.ts <= x.ended_at AND e.ts >= $%u AND e.ts < $%u",
                          from, to);
  pdg_store_append_event_filter (sql, params, filter);
  g_string_append_c (sql, ')');
}
