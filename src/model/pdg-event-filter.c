#include "config.h"
#include "model/pdg-event-filter.h"

struct _PdgEventFilter
{
  gatomicrefcount refs;
  PdgFilterKind kind;
  PdgFilterField field;
  PdgFilterOp op;
  gboolean boolean;
  double number;
  GPtrArray *children; /* of AND, OR, NOT */
  char **path;         /* nullable */
  char **texts;        /* nullable */
};

static const struct
{
  const char *name;
  gboolean is_number;
} fields[PDG_FILTER_N_FIELDS] = {
  [PDG_FILTER_FIELD_TYPE] = { "type", FALSE },
  [PDG_FILTER_FIELD_NAME] = { "name", FALSE },
  [PDG_FILTER_FIELD_USER_ID] = { "userId", FALSE },
  [PDG_FILTER_FIELD_ANONYMOUS_ID] = { "anonymousId", FALSE },
  [PDG_FILTER_FIELD_SESSION_ID] = { "sessionId", FALSE },
  [PDG_FILTER_FIELD_SEQUENCE] = { "sequence", TRUE },
  [PDG_FILTER_FIELD_PAGE_PATH] = { "pagePath", FALSE },
  [PDG_FILTER_FIELD_SCREEN_PATH] = { "screenPath", FALSE },
  [PDG_FILTER_FIELD_PAGE_TITLE] = { "pageTitle", FALSE },
  [PDG_FILTER_FIELD_PAGE_URL] = { "pageUrl", FALSE },
  [PDG_FILTER_FIELD_PAGE_REFERRER] = { "pageReferrer", FALSE },
  [PDG_FILTER_FIELD_COMPONENT_NAME] = { "componentName", FALSE },
  [PDG_FILTER_FIELD_COMPONENT_PATH] = { "componentPath", FALSE },
  [PDG_FILTER_FIELD_COMPONENT_TYPE] = { "componentType", FALSE },
  [PDG_FILTER_FIELD_UI_ACTION] = { "uiAction", FALSE },
  [PDG_FILTER_FIELD_UI_ELEMENT] = { "uiElement", FALSE },
  [PDG_FILTER_FIELD_UI_ELEMENT_TEXT] = { "uiElementText", FALSE },
  [PDG_FILTER_FIELD_VIEWPORT] = { "viewport", FALSE },
  [PDG_FILTER_FIELD_SCROLL_POSITION] = { "scrollPosition", TRUE },
  [PDG_FILTER_FIELD_STATE_KEY] = { "stateKey", FALSE },
  [PDG_FILTER_FIELD_STATE_CHANGE_TYPE] = { "stateChangeType", FALSE },
  [PDG_FILTER_FIELD_JOURNEY_ID] = { "journeyId", FALSE },
  [PDG_FILTER_FIELD_JOURNEY_STEP_ID] = { "journeyStepId", FALSE },
  [PDG_FILTER_FIELD_JOURNEY_STEP_NAME] = { "journeyStepName", FALSE },
  [PDG_FILTER_FIELD_CONVERSION_STATUS] = { "conversionStatus", FALSE },
  [PDG_FILTER_FIELD_API_METHOD] = { "apiMethod", FALSE },
  [PDG_FILTER_FIELD_API_PATH] = { "apiPath", FALSE },
  [PDG_FILTER_FIELD_API_STATUS_CODE] = { "apiStatusCode", TRUE },
  [PDG_FILTER_FIELD_API_DURATION_MS] = { "apiDurationMs", TRUE },
  [PDG_FILTER_FIELD_ERROR_TYPE] = { "errorType", FALSE },
  [PDG_FILTER_FIELD_ERROR_MESSAGE] = { "errorMessage", FALSE },
  [PDG_FILTER_FIELD_ERROR_COMPONENT] = { "errorComponent", FALSE },
  [PDG_FILTER_FIELD_LCP_MS] = { "lcpMs", TRUE },
  [PDG_FILTER_FIELD_FID_MS] = { "fidMs", TRUE },
  [PDG_FILTER_FIELD_INP_MS] = { "inpMs", TRUE },
  [PDG_FILTER_FIELD_CLS] = { "cls", TRUE },
  [PDG_FILTER_FIELD_TTFB_MS] = { "ttfbMs", TRUE },
  [PDG_FILTER_FIELD_APP_VERSION] = { "appVersion", FALSE },
  [PDG_FILTER_FIELD_APP_NAME] = { "appName", FALSE },
  [PDG_FILTER_FIELD_APP_ENVIRONMENT] = { "appEnvironment", FALSE },
  [PDG_FILTER_FIELD_DURATION_MS] = { "durationMs", TRUE },
  [PDG_FILTER_FIELD_METADATA] = { "metadata", FALSE },
};

const char *
pdg_filter_field_get_name (PdgFilterField field)
{
  return fields[field].name;
}

gboolean
pdg_filter_field_is_number (PdgFilterField field)
{
  return fields[field].is_number;
}

gboolean
pdg_filter_field_from_name (const char *name, PdgFilterField *field)
{
  for (guint i = 0; i < PDG_FILTER_N_FIELDS; i++)
    if (g_str_equal (fields[i].name, name))
      {
        *field = i;
        return TRUE;
      }
  return FALSE;
}

static PdgEventFilter *
filter_new (PdgFilterKind kind)
{
  PdgEventFilter *filter = g_new0 (PdgEventFilter, 1);

  g_atomic_ref_count_init (&filter->refs);
  filter->kind = kind;
  return filter;
}

static PdgEventFilter *
junction_new (PdgFilterKind kind, GPtrArray *children)
{
  PdgEventFilter *filter = filter_new (kind);

  g_ptr_array_set_free_func (children, (GDestroyNotify) pdg_event_filter_unref);
  filter->children = children;
  return filter;
}

PdgEventFilter *
pdg_event_filter_new_and (GPtrArray *children)
{
  return junction_new (PDG_FILTER_AND, children);
}

PdgEventFilter *
pdg_event_filter_new_or (GPtrArray *children)
{
  return junction_new (PDG_FILTER_OR, children);
}

PdgEventFilter *
pdg_event_filter_new_not (PdgEventFilter *child)
{
  GPtrArray *children = g_ptr_array_sized_new (1);

  g_ptr_array_add (children, child);
  return junction_new (PDG_FILTER_NOT, children);
}

static PdgEventFilter *
condition_new (PdgFilterKind kind, PdgFilterField field, const char *const *path)
{
  PdgEventFilter *filter = filter_new (kind);

  g_assert ((field == PDG_FILTER_FIELD_METADATA) == (path != NULL));
  filter->field = field;
  filter->path = g_strdupv ((char **) path);
  return filter;
}

PdgEventFilter *
pdg_event_filter_new_text (PdgFilterField field, const char *const *path, PdgFilterOp op, const char *const *texts)
{
  PdgEventFilter *filter = condition_new (PDG_FILTER_TEXT, field, path);

  g_assert (op <= PDG_FILTER_ENDS_WITH && (op == PDG_FILTER_IS || g_strv_length ((char **) texts) == 1));
  filter->op = op;
  filter->texts = g_strdupv ((char **) texts);
  return filter;
}

PdgEventFilter *
pdg_event_filter_new_number (PdgFilterField field, const char *const *path, PdgFilterOp op, double number)
{
  PdgEventFilter *filter = condition_new (PDG_FILTER_NUMBER, field, path);

  g_assert (op == PDG_FILTER_IS || op >= PDG_FILTER_AT_LEAST);
  filter->op = op;
  filter->number = number;
  return filter;
}

PdgEventFilter *
pdg_event_filter_new_bool (PdgFilterField field, const char *const *path, gboolean boolean)
{
  PdgEventFilter *filter = condition_new (PDG_FILTER_BOOL, field, path);

  filter->op = PDG_FILTER_IS;
  filter->boolean = boolean;
  return filter;
}

PdgEventFilter *
pdg_event_filter_new_exists (PdgFilterField field, const char *const *path)
{
  return condition_new (PDG_FILTER_EXISTS, field, path);
}

PdgEventFilter *
pdg_event_filter_ref (PdgEventFilter *filter)
{
  g_atomic_ref_count_inc (&filter->refs);
  return filter;
}

void
pdg_event_filter_unref (PdgEventFilter *filter)
{
  if (filter == NULL || !g_atomic_ref_count_dec (&filter->refs))
    return;
  g_clear_pointer (&filter->children, g_ptr_array_unref);
  g_strfreev (filter->path);
  g_strfreev (filter->texts);
  g_free (filter);
}

PdgFilterKind
pdg_event_filter_get_kind (const PdgEventFilter *filter)
{
  return filter->kind;
}

guint
pdg_event_filter_get_n_children (const PdgEventFilter *filter)
{
  return filter->children != NULL ? filter->children->len : 0;
}

const PdgEventFilter *
pdg_event_filter_get_child (const PdgEventFilter *filter, guint index)
{
  return filter->children->pdata[index];
}

PdgFilterField
pdg_event_filter_get_field (const PdgEventFilter *filter)
{
  return filter->field;
}

const char *const *
pdg_event_filter_get_path (const PdgEventFilter *filter)
{
  return (const char *const *) filter->path;
}

PdgFilterOp
pdg_event_filter_get_op (const PdgEventFilter *filter)
{
  return filter->op;
}

const char *const *
pdg_event_filter_get_texts (const PdgEventFilter *filter)
{
  return (const char *const *) filter->texts;
}

double
pdg_event_filter_get_number (const PdgEventFilter *filter)
{
  return filter->number;
}

gboolean
pdg_event_filter_get_bool (const PdgEventFilter *filter)
{
  return filter->boolean;
}
