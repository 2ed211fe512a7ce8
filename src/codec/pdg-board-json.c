#include "config.h"
#include "codec/pdg-board-json.h"

#include "base/pdg-decimal.h"
#include "base/pdg-time.h"
#include "codec/pdg-codec-error.h"
#include "codec/pdg-json-read.h"
#include "codec/pdg-json-text.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT_BYTES 65536u
#define MAX_COORDINATE 1e7

typedef enum
{
  FIELD_TEXT,         /* char * */
  FIELD_TEXT_OR_NULL, /* char * */
  FIELD_TIME_OR_NULL, /* gint64, 0 is null */
  FIELD_COUNT,        /* guint32 */
  FIELD_TOTAL,        /* guint64, to 2^53 */
  FIELD_MS_OR_NULL,   /* double, negative is null */
  FIELD_COORDINATE,   /* double */
  FIELD_FLAG,         /* gboolean */
  FIELD_LIST,         /* PdgJsonSpan */
} FieldKind;

/* One member of an object and where it lies in its record. */
typedef struct
{
  const char *name;
  FieldKind kind;
  gsize offset;
} Field;

typedef struct
{
  char *format;
  guint32 version;
  char *project;
  char *range;
  gint64 as_of_usec;
  guint64 n_sessions;
  guint64 n_events;
  PdgJsonSpan screens;
  PdgJsonSpan transitions;
} Head;

typedef struct
{
  PdgJourneyScreen screen;
  PdgBoardPlace place;
} Screen;

typedef struct
{
  char *from;
  char *to;
  guint32 count;
  double dwell_median_ms;
} Transition;

static const Field head_fields[] = {
  { "format", FIELD_TEXT, G_STRUCT_OFFSET (Head, format) },
  { "version", FIELD_COUNT, G_STRUCT_OFFSET (Head, version) },
  { "project", FIELD_TEXT, G_STRUCT_OFFSET (Head, project) },
  { "range", FIELD_TEXT, G_STRUCT_OFFSET (Head, range) },
  { "asOf", FIELD_TIME_OR_NULL, G_STRUCT_OFFSET (Head, as_of_usec) },
  { "sessions", FIELD_TOTAL, G_STRUCT_OFFSET (Head, n_sessions) },
  { "events", FIELD_TOTAL, G_STRUCT_OFFSET (Head, n_events) },
  { "screens", FIELD_LIST, G_STRUCT_OFFSET (Head, screens) },
  { "transitions", FIELD_LIST, G_STRUCT_OFFSET (Head, transitions) },
};

static const Field screen_fields[] = {
  { "id", FIELD_TEXT, G_STRUCT_OFFSET (Screen, screen.id) },
  { "path", FIELD_TEXT, G_STRUCT_OFFSET (Screen, screen.path) },
  { "name", FIELD_TEXT, G_STRUCT_OFFSET (Screen, screen.name) },
  { "snapshotId", FIELD_TEXT_OR_NULL, G_STRUCT_OFFSET (Screen, screen.snapshot_id) },
  { "visits", FIELD_COUNT, G_STRUCT_OFFSET (Screen, screen.visits) },
  { "entries", FIELD_COUNT, G_STRUCT_OFFSET (Screen, screen.entries) },
  { "exits", FIELD_COUNT, G_STRUCT_OFFSET (Screen, screen.exits) },
  { "sessions", FIELD_COUNT, G_STRUCT_OFFSET (Screen, screen.sessions) },
  { "errors", FIELD_COUNT, G_STRUCT_OFFSET (Screen, screen.errors) },
  { "loadP75Ms", FIELD_MS_OR_NULL, G_STRUCT_OFFSET (Screen, screen.load_p75_ms) },
  { "dwellMedianMs", FIELD_MS_OR_NULL, G_STRUCT_OFFSET (Screen, screen.dwell_median_ms) },
  { "x", FIELD_COORDINATE, G_STRUCT_OFFSET (Screen, place.x) },
  { "y", FIELD_COORDINATE, G_STRUCT_OFFSET (Screen, place.y) },
  { "column", FIELD_COUNT, G_STRUCT_OFFSET (Screen, place.column) },
  { "row", FIELD_COUNT, G_STRUCT_OFFSET (Screen, place.row) },
  { "pinned", FIELD_FLAG, G_STRUCT_OFFSET (Screen, place.pinned) },
};

static const Field transition_fields[] = {
  { "from", FIELD_TEXT, G_STRUCT_OFFSET (Transition, from) },
  { "to", FIELD_TEXT, G_STRUCT_OFFSET (Transition, to) },
  { "count", FIELD_COUNT, G_STRUCT_OFFSET (Transition, count) },
  { "dwellMedianMs", FIELD_MS_OR_NULL, G_STRUCT_OFFSET (Transition, dwell_median_ms) },
};

/* ---- writing ---- */

static void
append_double (GString *json, double value)
{
  char text[PDG_DECIMAL_BYTES];

  g_string_append (json, pdg_decimal_format (value, text));
}

static void
append_text (GString *json, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  pdg_json_append_string (json, valid != NULL ? valid : "");
}

static void
append_field (GString *json, const Field *field, gconstpointer record)
{
  gconstpointer at = G_STRUCT_MEMBER_P (record, field->offset);
  char time[PDG_RFC3339_BYTES];

  switch (field->kind)
    {
    case FIELD_TEXT_OR_NULL:
    case FIELD_TEXT:
      if (field->kind == FIELD_TEXT_OR_NULL && *(char *const *) at == NULL)
        g_string_append (json, "null");
      else
        append_text (json, *(char *const *) at);
      break;
    case FIELD_TIME_OR_NULL:
      if (*(const gint64 *) at == 0)
        {
          g_string_append (json, "null");
          break;
        }
      pdg_time_format_rfc3339 (*(const gint64 *) at, time);
      pdg_json_append_string (json, time);
      break;
    case FIELD_COUNT:
      g_string_append_printf (json, "%u", *(const guint32 *) at);
      break;
    case FIELD_TOTAL:
      g_string_append_printf (json, "%" G_GUINT64_FORMAT, *(const guint64 *) at);
      break;
    case FIELD_MS_OR_NULL:
      if (!isfinite (*(const double *) at) || *(const double *) at < 0)
        g_string_append (json, "null");
      else
        append_double (json, *(const double *) at);
      break;
    case FIELD_COORDINATE:
      append_double (json, *(const double *) at);
      break;
    case FIELD_FLAG:
      g_string_append (json, *(const gboolean *) at ? "true" : "false");
      break;
    case FIELD_LIST:
      g_assert_not_reached ();
    }
}

/* "name": value pairs, with @between after each comma. */
static void
append_fields (GString *json, const Field *fields, guint n, gconstpointer record, const char *between)
{
  for (guint i = 0; i < n && fields[i].kind != FIELD_LIST; i++)
    {
      g_string_append_printf (json, "%s\"%s\": ", i > 0 ? between : "", fields[i].name);
      append_field (json, &fields[i], record);
    }
}

static void
append_screens (GString *json, const PdgBoard *board)
{
  guint n;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_board_get_graph (board), &n);

  for (guint i = 0; i < n; i++)
    {
      Screen screen = { screens[i], pdg_board_get_places (board)[i] };

      g_string_append (json, i > 0 ? ",\n    { " : "\n    { ");
      append_fields (json, screen_fields, G_N_ELEMENTS (screen_fields), &screen, ", ");
      g_string_append (json, " }");
    }
}

static void
append_transitions (GString *json, const PdgBoard *board)
{
  guint n, n_screens;
  const PdgJourneyScreen *screens = pdg_journey_graph_get_screens (pdg_board_get_graph (board), &n_screens);
  const PdgJourneyTransition *transitions = pdg_journey_graph_get_transitions (pdg_board_get_graph (board), &n);

  for (guint i = 0; i < n; i++)
    {
      Transition transition = {
        screens[transitions[i].from].id, screens[transitions[i].to].id, transitions[i].count, transitions[i].dwell_median_ms,
      };

      g_string_append (json, i > 0 ? ",\n    { " : "\n    { ");
      append_fields (json, transition_fields, G_N_ELEMENTS (transition_fields), &transition, ", ");
      g_string_append (json, " }");
    }
}

GBytes *
pdg_board_json_write (const PdgBoard *board)
{
  GString *json = g_string_new ("{\n  ");
  PdgJourneyGraph *graph = pdg_board_get_graph (board);
  Head head = {
    .format = (char *) PDG_BOARD_FORMAT,
    .version = PDG_BOARD_VERSION,
    .project = (char *) pdg_board_get_project (board),
    .range = (char *) pdg_board_get_range (board),
    .as_of_usec = pdg_board_get_as_of (board),
    .n_sessions = pdg_journey_graph_get_n_sessions (graph),
    .n_events = pdg_journey_graph_get_n_events (graph),
  };

  append_fields (json, head_fields, G_N_ELEMENTS (head_fields), &head, ",\n  ");
  g_string_append (json, ",\n  \"screens\": [");
  append_screens (json, board);
  g_string_append (json, "\n  ],\n  \"transitions\": [");
  append_transitions (json, board);
  g_string_append (json, "\n  ]\n}\n");
  return g_string_free_to_bytes (json);
}

/* ---- reading ---- */

static gboolean
refuse (GError **error, const char *place, const char *name, const char *what)
{
  g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "%s%s%s %s", place, *place != '\0' && *name != '\0' ? "." : "", name, what);
  return FALSE;
}

/* A number without sign, fraction and exponent, to @max. */
static gboolean
read_unsigned (const PdgJsonSpan *span, guint64 max, guint64 *value)
{
  g_autofree char *text = NULL;

  if (span->kind != PDG_JSON_NUMBER || span->len > 20)
    return FALSE;
  text = g_strndup (span->text, span->len);
  return g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL);
}

static gboolean
read_double (const PdgJsonSpan *span, double min, double max, double *value)
{
  g_autofree char *text = NULL;

  if (span->kind != PDG_JSON_NUMBER || span->len > 64)
    return FALSE;
  text = g_strndup (span->text, span->len);
  *value = g_ascii_strtod (text, NULL);
  return isfinite (*value) && *value >= min && *value <= max;
}

static char *
read_text (const PdgJsonSpan *span)
{
  g_autofree char *text = NULL;

  if (span->kind != PDG_JSON_STRING || span->len > MAX_TEXT_BYTES)
    return NULL;
  text = g_malloc (span->len);
  text[pdg_json_unescape (span, text)] = '\0';
  return g_steal_pointer (&text);
}

static gboolean
read_time (const PdgJsonSpan *span, gint64 *usec)
{
  g_autofree char *text = read_text (span);

  return text != NULL && pdg_time_parse_rfc3339 (text, strlen (text), usec);
}

/* What is wrong with the value, or NULL. */
static const char *
read_value (const Field *field, const PdgJsonSpan *span, gpointer record)
{
  gpointer at = G_STRUCT_MEMBER_P (record, field->offset);
  guint64 number;

  switch (field->kind)
    {
    case FIELD_TEXT_OR_NULL:
      if (span->kind == PDG_JSON_NULL)
        return NULL;
      *(char **) at = read_text (span);
      return *(char **) at != NULL ? NULL : "must be a string of at most 64 KiB, or null";
    case FIELD_TEXT:
      *(char **) at = read_text (span);
      return *(char **) at != NULL ? NULL : "must be a string of at most 64 KiB";
    case FIELD_TIME_OR_NULL:
      return span->kind == PDG_JSON_NULL || read_time (span, at) ? NULL : "must be a time by RFC 3339, or null";
    case FIELD_COUNT:
      if (!read_unsigned (span, G_MAXUINT32, &number))
        return "must be a whole number from 0 to 4294967295";
      *(guint32 *) at = (guint32) number;
      return NULL;
    case FIELD_TOTAL:
      return read_unsigned (span, G_GUINT64_CONSTANT (1) << 53, at) ? NULL : "must be a whole number from 0 to 9007199254740992";
    case FIELD_MS_OR_NULL:
      if (span->kind == PDG_JSON_NULL)
        {
          *(double *) at = -1;
          return NULL;
        }
      return read_double (span, 0, G_MAXDOUBLE, at) ? NULL : "must be a number of milliseconds from 0 on, or null";
    case FIELD_COORDINATE:
      return read_double (span, -MAX_COORDINATE, MAX_COORDINATE, at) ? NULL : "must be a number from -10000000 to 10000000";
    case FIELD_FLAG:
      *(gboolean *) at = span->kind == PDG_JSON_TRUE;
      return span->kind == PDG_JSON_TRUE || span->kind == PDG_JSON_FALSE ? NULL : "must be true or false";
    case FIELD_LIST:
      *(PdgJsonSpan *) at = *span;
      return span->kind == PDG_JSON_ARRAY ? NULL : "must be an array";
    }
  g_assert_not_reached ();
}

/* What is read stays in @record, to be freed with it, also when it fails. */
static gboolean
read_fields (const Field *fields, guint n, const PdgJsonSpan *object, const char *place, gpointer record, GError **error)
{
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;
  guint seen = 0;

  pdg_json_iter_init (&iter, object, 0, G_MAXUINT);
  if (object->kind != PDG_JSON_OBJECT)
    return refuse (error, place, "", *place != '\0' ? "must be an object" : "A board is a JSON object");
  while (pdg_json_iter_next (&iter, &member))
    {
      const char *wrong = NULL;
      guint i = 0;

      while (i < n && !pdg_json_is (&member.key, fields[i].name))
        i++;
      if (i == n)
        {
          g_autofree char *name = read_text (&member.key);

          return refuse (error, place, name != NULL ? name : "(a long name)", "is not a member of this version of the file");
        }
      if ((seen & 1u << i) != 0)
        return refuse (error, place, fields[i].name, "is there twice");
      seen |= 1u << i;
      wrong = read_value (&fields[i], &member.value, record);
      if (wrong != NULL)
        return refuse (error, place, fields[i].name, wrong);
    }
  for (guint i = 0; i < n; i++)
    if ((seen & 1u << i) == 0)
      return refuse (error, place, fields[i].name, "is missing");
  return TRUE;
}

static gboolean
read_screen (const PdgJsonSpan *object, const char *place, PdgJourneyGraph *graph, GArray *places, GError **error)
{
  Screen screen = { 0 };
  gboolean fine = read_fields (screen_fields, G_N_ELEMENTS (screen_fields), object, place, &screen, error);

  if (fine && (*screen.screen.id == '\0' || pdg_journey_graph_lookup (graph, screen.screen.id) >= 0))
    fine = refuse (error, place, "id", *screen.screen.id == '\0' ? "must not be empty" : "is that of another screen");
  if (fine)
    {
      pdg_journey_graph_add_screen (graph, &screen.screen);
      g_array_append_val (places, screen.place);
    }
  g_free (screen.screen.id);
  g_free (screen.screen.path);
  g_free (screen.screen.name);
  g_free (screen.screen.snapshot_id);
  return fine;
}

static gboolean
read_transition (const PdgJsonSpan *object, const char *place, PdgJourneyGraph *graph, GError **error)
{
  Transition transition = { 0 };
  gboolean fine = read_fields (transition_fields, G_N_ELEMENTS (transition_fields), object, place, &transition, error);

  if (fine)
    {
      int from = pdg_journey_graph_lookup (graph, transition.from);
      int to = pdg_journey_graph_lookup (graph, transition.to);

      if (from < 0 || to < 0)
        fine = refuse (error, place, from < 0 ? "from" : "to", "is not the id of a screen in this file");
      else
        {
          PdgJourneyTransition read = { (guint32) from, (guint32) to, transition.count, transition.dwell_median_ms };

          pdg_journey_graph_add_transition (graph, &read);
        }
    }
  g_free (transition.from);
  g_free (transition.to);
  return fine;
}

/* @places: NULL for transitions. */
static gboolean
read_list (const PdgJsonSpan *list, PdgJourneyGraph *graph, GArray *places, GError **error)
{
  guint max = places != NULL ? PDG_BOARD_MAX_SCREENS : PDG_BOARD_MAX_TRANSITIONS;
  const char *name = places != NULL ? "screens" : "transitions";
  g_auto (PdgJsonIter) iter;
  PdgJsonMember member;

  pdg_json_iter_init (&iter, list, 0, G_MAXUINT);
  for (guint i = 0; pdg_json_iter_next (&iter, &member); i++)
    {
      char place[40];

      g_snprintf (place, sizeof place, "%s[%u]", name, i);
      if (i == max)
        {
          g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY, "The file has more than %u %s", max, name);
          return FALSE;
        }
      if (!(places != NULL ? read_screen (&member.value, place, graph, places, error)
                           : read_transition (&member.value, place, graph, error)))
        return FALSE;
    }
  return TRUE;
}

/* Before all else: what another version calls its members is not ours to judge. */
static gboolean
check_version (const PdgJsonSpan *root, GError **error)
{
  PdgJsonSpan format, version;
  guint64 number;

  if (!pdg_json_get (root, "format", &format) || !pdg_json_is (&format, PDG_BOARD_FORMAT))
    {
      g_set_error_literal (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE,
                           "This is not the file of a board: its \"format\" is not \"" PDG_BOARD_FORMAT "\"");
      return FALSE;
    }
  if (!pdg_json_get (root, "version", &version) || !read_unsigned (&version, G_MAXUINT32, &number))
    return refuse (error, "", "version", "must be a whole number");
  if (number != PDG_BOARD_VERSION)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE,
                   "The file is of version %u, and this program reads version %d: open it with the program that made it, or a newer one",
                   (guint) number, PDG_BOARD_VERSION);
      return FALSE;
    }
  return TRUE;
}

static PdgBoard *
read_board (const PdgJsonSpan *root, Head *head, GError **error)
{
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (PdgBoardPlace));

  if (!check_version (root, error) || !read_fields (head_fields, G_N_ELEMENTS (head_fields), root, "", head, error)
      || !read_list (&head->screens, graph, places, error) || !read_list (&head->transitions, graph, NULL, error))
    return NULL;
  pdg_journey_graph_set_totals (graph, head->n_sessions, head->n_events);
  return pdg_board_new (head->project, head->range, head->as_of_usec, graph, (const PdgBoardPlace *) (void *) places->data);
}

PdgBoard *
pdg_board_json_read (GBytes *bytes, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  Head head = { 0 };
  PdgJsonSpan root;
  PdgBoard *board;

  if (size > PDG_BOARD_MAX_BYTES)
    {
      g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE, "The file is larger than %u MiB", PDG_BOARD_MAX_BYTES >> 20);
      return NULL;
    }
  if (!pdg_json_check (data, size, &root, error))
    return NULL;
  board = read_board (&root, &head, error);
  g_free (head.format);
  g_free (head.project);
  g_free (head.range);
  return board;
}
