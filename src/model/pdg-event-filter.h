#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which events: a tree of conditions on the fields of an event. Immutable, atomically counted; any thread.
 *
 * A condition holds or does not hold; on a field that an event does not have it never holds, and so its negation does. What
 * is not asked for as a positive condition ("is not", "does not exist") is the negation of one. */
typedef struct _PdgEventFilter PdgEventFilter;

typedef enum
{
  PDG_FILTER_AND, /* all children; none = holds */
  PDG_FILTER_OR,  /* at least one child; none = never holds */
  PDG_FILTER_NOT, /* its one child does not hold */
  PDG_FILTER_TEXT,
  PDG_FILTER_NUMBER,
  PDG_FILTER_BOOL,
  PDG_FILTER_EXISTS,
} PdgFilterKind;

typedef enum
{
  PDG_FILTER_IS, /* texts: one of them */
  PDG_FILTER_CONTAINS,
  PDG_FILTER_STARTS_WITH,
  PDG_FILTER_ENDS_WITH,
  PDG_FILTER_AT_LEAST,
  PDG_FILTER_AT_MOST,
  PDG_FILTER_GREATER_THAN,
  PDG_FILTER_LESS_THAN,
} PdgFilterOp;

/* The fields of docs/wire.md that can be asked for. */
typedef enum
{
  PDG_FILTER_FIELD_TYPE,
  PDG_FILTER_FIELD_NAME,
  PDG_FILTER_FIELD_USER_ID,
  PDG_FILTER_FIELD_ANONYMOUS_ID,
  PDG_FILTER_FIELD_SESSION_ID,
  PDG_FILTER_FIELD_SEQUENCE,
  PDG_FILTER_FIELD_PAGE_PATH,
  PDG_FILTER_FIELD_SCREEN_PATH,
  PDG_FILTER_FIELD_PAGE_TITLE,
  PDG_FILTER_FIELD_PAGE_URL,
  PDG_FILTER_FIELD_PAGE_REFERRER,
  PDG_FILTER_FIELD_COMPONENT_NAME,
  PDG_FILTER_FIELD_COMPONENT_PATH,
  PDG_FILTER_FIELD_COMPONENT_TYPE,
  PDG_FILTER_FIELD_UI_ACTION,
  PDG_FILTER_FIELD_UI_ELEMENT,
  PDG_FILTER_FIELD_UI_ELEMENT_TEXT,
  PDG_FILTER_FIELD_VIEWPORT,
  PDG_FILTER_FIELD_SCROLL_POSITION,
  PDG_FILTER_FIELD_STATE_KEY,
  PDG_FILTER_FIELD_STATE_CHANGE_TYPE,
  PDG_FILTER_FIELD_JOURNEY_ID,
  PDG_FILTER_FIELD_JOURNEY_STEP_ID,
  PDG_FILTER_FIELD_JOURNEY_STEP_NAME,
  PDG_FILTER_FIELD_CONVERSION_STATUS,
  PDG_FILTER_FIELD_API_METHOD,
  PDG_FILTER_FIELD_API_PATH,
  PDG_FILTER_FIELD_API_STATUS_CODE,
  PDG_FILTER_FIELD_API_DURATION_MS,
  PDG_FILTER_FIELD_ERROR_TYPE,
  PDG_FILTER_FIELD_ERROR_MESSAGE,
  PDG_FILTER_FIELD_ERROR_COMPONENT,
  PDG_FILTER_FIELD_LCP_MS,
  PDG_FILTER_FIELD_FID_MS,
  PDG_FILTER_FIELD_INP_MS,
  PDG_FILTER_FIELD_CLS,
  PDG_FILTER_FIELD_TTFB_MS,
  PDG_FILTER_FIELD_APP_VERSION,
  PDG_FILTER_FIELD_APP_NAME,
  PDG_FILTER_FIELD_APP_ENVIRONMENT,
  PDG_FILTER_FIELD_DURATION_MS,
  PDG_FILTER_FIELD_METADATA, /* with a path; a text, a number or a truth value */
  PDG_FILTER_N_FIELDS,
} PdgFilterField;

/* A filter that is worth running stays within these; whoever makes one from foreign input checks them. */
#define PDG_FILTER_MAX_DEPTH 10
#define PDG_FILTER_MAX_CONDITIONS 100
#define PDG_FILTER_MAX_TEXTS 500
#define PDG_FILTER_MAX_PATH 32

/* "pagePath" and so on, as clients name it. */
const char     *pdg_filter_field_get_name (PdgFilterField field);
gboolean        pdg_filter_field_is_number (PdgFilterField field);

/* The field of a name, PDG_FILTER_FIELD_METADATA included; FALSE when there is none. */
gboolean        pdg_filter_field_from_name (const char *name, PdgFilterField *field);

/* All of @children, or at least one of them. @children: (transfer full) (element-type PdgEventFilter). (transfer full) */
PdgEventFilter *pdg_event_filter_new_and (GPtrArray *children);
PdgEventFilter *pdg_event_filter_new_or (GPtrArray *children);

/* @child: (transfer full). (transfer full) */
PdgEventFilter *pdg_event_filter_new_not (PdgEventFilter *child);

/* Conditions. @path: the keys of a metadata value, NULL for the other fields. @texts: one, or for PDG_FILTER_IS any number
 * of which one is enough (none = never holds). All are copied. (transfer full) */
PdgEventFilter *pdg_event_filter_new_text (PdgFilterField field, const char *const *path, PdgFilterOp op, const char *const *texts);
PdgEventFilter *pdg_event_filter_new_number (PdgFilterField field, const char *const *path, PdgFilterOp op, double number);
PdgEventFilter *pdg_event_filter_new_bool (PdgFilterField field, const char *const *path, gboolean boolean);
PdgEventFilter *pdg_event_filter_new_exists (PdgFilterField field, const char *const *path);

PdgEventFilter *pdg_event_filter_ref (PdgEventFilter *filter);
void            pdg_event_filter_unref (PdgEventFilter *filter);

PdgFilterKind   pdg_event_filter_get_kind (const PdgEventFilter *filter);

/* Children of AND, OR and NOT. (transfer none) */
guint           pdg_event_filter_get_n_children (const PdgEventFilter *filter);
const PdgEventFilter *pdg_event_filter_get_child (const PdgEventFilter *filter, guint index);

/* Of conditions. Texts and paths: (transfer none) (nullable) */
PdgFilterField  pdg_event_filter_get_field (const PdgEventFilter *filter);
const char *const *pdg_event_filter_get_path (const PdgEventFilter *filter);
PdgFilterOp     pdg_event_filter_get_op (const PdgEventFilter *filter);
const char *const *pdg_event_filter_get_texts (const PdgEventFilter *filter);
double          pdg_event_filter_get_number (const PdgEventFilter *filter);
gboolean        pdg_event_filter_get_bool (const PdgEventFilter *filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEventFilter, pdg_event_filter_unref)

G_END_DECLS
