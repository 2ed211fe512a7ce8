#include "config.h"
#include "api/pdg-resolve-members.h"

#include "base/pdg-stats.h"
#include "service/pdg-queries-funnel.h"

/* Funnel is a FunnelSource, FunnelStep a StepSource, Rate a RateSource, DurationStats a PdgFunnelTimes. */

#define MAX_WINDOW_SECONDS (366 * 86400)

typedef struct _FunnelSource FunnelSource;

typedef struct
{
  const FunnelSource *funnel;
  guint step; /* from 0 */
} StepSource;

typedef struct
{
  guint64 count, of;
  double low, high;
} RateSource;

struct _FunnelSource
{
  PdgFunnelReport *report;
  char *names[PDG_FUNNEL_MAX_STEPS];
  StepSource steps[PDG_FUNNEL_MAX_STEPS];
  RateSource rates[PDG_FUNNEL_MAX_STEPS], step_rates[PDG_FUNNEL_MAX_STEPS];
};

static void
funnel_source_free (gpointer data)
{
  FunnelSource *source = data;

  for (guint k = 0; k < PDG_FUNNEL_MAX_STEPS; k++)
    g_free (source->names[k]);
  pdg_funnel_report_free (source->report);
  g_free (source);
}

/* ---- the question */

/* A question, with the filters that it borrows. */
typedef struct
{
  PdgFunnelQuestion question;
  GPtrArray *filters;
} Asked;

static void
asked_clear (Asked *asked)
{
  g_ptr_array_unref (asked->filters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

/* NULL also when it asks for nothing; sets *refused when it makes no sense. */
static const PdgEventFilter *
read_event (PdgGqlCall *call, Asked *asked, const PdgGqlValue *input, gboolean *refused)
{
  PdgEventFilter *filter = pdg_resolve_read_filter (call, pdg_gql_value_lookup (input, "event"), refused);

  if (filter != NULL)
    g_ptr_array_add (asked->filters, filter);
  return filter;
}

/* A window in ms; FALSE when the call was refused. */
static gboolean
read_window (PdgGqlCall *call, const PdgGqlValue *value, gint64 *window_ms)
{
  gint64 seconds = pdg_gql_value_get_int (value, 0);

  *window_ms = PDG_FUNNEL_NO_WINDOW;
  if (pdg_gql_value_is_null (value))
    return TRUE;
  if (seconds < 1 || seconds > MAX_WINDOW_SECONDS)
    {
      pdg_resolve_refuse (call, "windowSeconds: 1 to %d, or null for any time", MAX_WINDOW_SECONDS);
      return FALSE;
    }
  *window_ms = seconds * 1000;
  return TRUE;
}

static gboolean
read_steps (PdgGqlCall *call, Asked *asked)
{
  const PdgGqlValue *steps = pdg_gql_call_arg_value (call, "steps");
  PdgFunnelOptions *options = &asked->question.options;
  gboolean refused = FALSE;

  options->n_steps = pdg_gql_value_get_length (steps);
  if (options->n_steps < 2 || options->n_steps > PDG_FUNNEL_MAX_STEPS)
    {
      pdg_resolve_refuse (call, "steps: a funnel has 2 to %d steps", PDG_FUNNEL_MAX_STEPS);
      return FALSE;
    }
  for (guint k = 0; k < options->n_steps && !refused; k++)
    {
      const PdgGqlValue *step = pdg_gql_value_get_item (steps, k);

      asked->question.steps[k] = read_event (call, asked, step, &refused);
      options->steps[k].optional = pdg_gql_value_get_bool (pdg_gql_value_lookup (step, "optional"), FALSE);
      if (!refused && !read_window (call, pdg_gql_value_lookup (step, "windowSeconds"), &options->steps[k].window_ms))
        return FALSE;
    }
  return !refused;
}

static gboolean
read_exclusions (PdgGqlCall *call, Asked *asked)
{
  const PdgGqlValue *exclusions = pdg_gql_call_arg_value (call, "exclusions");
  PdgFunnelOptions *options = &asked->question.options;
  gboolean refused = FALSE;

  options->n_exclusions = pdg_gql_value_get_length (exclusions);
  if (options->n_exclusions > PDG_FUNNEL_MAX_EXCLUSIONS)
    {
      pdg_resolve_refuse (call, "exclusions: at most %d", PDG_FUNNEL_MAX_EXCLUSIONS);
      return FALSE;
    }
  for (guint j = 0; j < options->n_exclusions && !refused; j++)
    {
      const PdgGqlValue *exclusion = pdg_gql_value_get_item (exclusions, j);
      gint64 from = pdg_gql_value_get_int (pdg_gql_value_lookup (exclusion, "from"), 1);
      gint64 to = pdg_gql_value_get_int (pdg_gql_value_lookup (exclusion, "to"), 0);

      if (from < 1 || to <= from || to > options->n_steps)
        {
          pdg_resolve_refuse (call, "exclusions: each lies between a step and a later one, from 1 to %u", options->n_steps);
          return FALSE;
        }
      asked->question.exclusions[j] = read_event (call, asked, exclusion, &refused);
      options->exclusions[j] = (PdgFunnelExclusion) { (guint) from - 1, (guint) to - 1 };
    }
  return !refused;
}

/* The place of the enum's value among @names. */
static guint
read_enum (PdgGqlCall *call, const char *argument, const char *const *names)
{
  const char *value = pdg_gql_call_arg_string (call, argument);

  for (guint i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (value, names[i]) == 0)
      return i;
  return 0;
}

/* FALSE when the call was refused. */
static gboolean
read_question (PdgGqlCall *call, Asked *asked)
{
  static const char *const orders[] = { "ORDERED", "STRICT", "UNORDERED", NULL };
  static const char *const countings[] = { "ACTORS", "ATTEMPTS", "SESSIONS", NULL };
  static const char *const entries[] = { "BEST", "FIRST", NULL };
  PdgFunnelQuestion *question = &asked->question;
  PdgEventFilter *filter;
  gboolean refused = FALSE;
  g_autoptr (GError) error = NULL;

  if (!pdg_resolve_get_range (call, &question->from_usec, &question->to_usec) || !read_steps (call, asked) || !read_exclusions (call, asked)
      || !read_window (call, pdg_gql_call_arg_value (call, "windowSeconds"), &question->options.window_ms))
    return FALSE;
  filter = pdg_resolve_get_filter (call, &refused);
  if (filter != NULL)
    g_ptr_array_add (asked->filters, filter);
  question->filter = filter;
  question->options.order = (PdgFunnelOrder) read_enum (call, "order", orders);
  question->options.counting = (PdgFunnelCounting) read_enum (call, "counting", countings);
  question->options.entry = (PdgFunnelEntry) read_enum (call, "entry", entries);
  question->options.within_session = pdg_gql_call_arg_bool (call, "withinSession");
  question->max_events = PDG_FUNNEL_MAX_EVENTS;
  question->with_members = pdg_gql_call_selects (call, "steps.sessions") || pdg_gql_call_selects (call, "steps.actors");
  question->with_time = pdg_gql_call_selects (call, "timeToConvert");
  question->with_step_times = pdg_gql_call_selects (call, "steps.timeFromPrevious");
  if (!refused && !pdg_funnel_question_check (question, &error))
    {
      pdg_resolve_refuse (call, "funnel: %s", error->message);
      return FALSE;
    }
  return !refused;
}

/* ---- the answer */

static void
set_rate (RateSource *rate, guint64 count, guint64 of)
{
  *rate = (RateSource) { .count = count, .of = of };
  pdg_stats_wilson (count, of, &rate->low, &rate->high);
}

/* (transfer full); takes @report. */
static FunnelSource *
funnel_source_new (PdgGqlCall *call, const PdgFunnelQuestion *question, PdgFunnelReport *report)
{
  const PdgGqlValue *steps = pdg_gql_call_arg_value (call, "steps");
  FunnelSource *source = g_new0 (FunnelSource, 1);

  source->report = report;
  for (guint k = 0; k < report->n_steps; k++)
    {
      const char *name = pdg_gql_value_get_string (pdg_gql_value_lookup (pdg_gql_value_get_item (steps, k), "name"));

      source->names[k] = name != NULL ? g_strdup (name) : g_strdup_printf ("Step %u", k + 1);
      source->steps[k] = (StepSource) { source, k };
      set_rate (&source->rates[k], report->counts[k], report->counts[0]);
      set_rate (&source->step_rates[k], report->counts[k], k > 0 ? report->counts[pdg_funnel_question_get_before (question, k)] : 0);
    }
  return source;
}

static void
project_funnel (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *projects = pdg_resolve_dup_project_nos (call);
  g_auto (Asked) asked = { { 0 }, g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_event_filter_unref) };
  g_autoptr (GPtrArray) reports = NULL;
  GError *error = NULL;

  if (queries == NULL || !read_question (call, &asked))
    return;
  reports = pdg_queries_load_funnels (queries, projects, pdg_gql_call_get_n (call), &asked.question, &error);
  if (reports == NULL)
    {
      pdg_gql_call_fail_all (call, error);
      return;
    }
  g_ptr_array_set_free_func (reports, NULL);
  for (guint i = 0; i < reports->len; i++)
    pdg_gql_call_set_object (call, i, funnel_source_new (call, &asked.question, reports->pdata[i]), funnel_source_free);
}

static void
set_rate_object (PdgGqlCall *call, guint i, const RateSource *rate)
{
  pdg_gql_call_set_object (call, i, rate->of > 0 ? (gpointer) rate : NULL, NULL);
}

static void
set_times_object (PdgGqlCall *call, guint i, const PdgFunnelTimes *times)
{
  pdg_gql_call_set_object (call, i, times->n > 0 ? (gpointer) times : NULL, NULL);
}

static void
funnel_steps (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      FunnelSource *source = pdg_gql_call_get_source (call, i);
      gpointer items[PDG_FUNNEL_MAX_STEPS];

      for (guint k = 0; k < source->report->n_steps; k++)
        items[k] = &source->steps[k];
      pdg_gql_call_set_borrowed_list (call, i, items, source->report->n_steps);
    }
}

/* Nobody stops at the last one. */
static guint64
count_stopped (const StepSource *step)
{
  const PdgFunnelReport *report = step->funnel->report;

  return step->step + 1 < report->n_steps ? report->stopped[step->step] : 0;
}

PDG_RESOLVE_MEMBER (funnel_as_of, FunnelSource, pdg_gql_call_set_int64 (call, i, source->report->as_of_usec))
PDG_RESOLVE_MEMBER (funnel_conversion, FunnelSource, set_rate_object (call, i, &source->rates[source->report->n_steps - 1]))
PDG_RESOLVE_MEMBER (funnel_pending, FunnelSource, pdg_gql_call_set_int64 (call, i, (gint64) source->report->pending))
PDG_RESOLVE_MEMBER (funnel_excluded, FunnelSource, pdg_gql_call_set_int64 (call, i, (gint64) source->report->excluded))
PDG_RESOLVE_MEMBER (funnel_time, FunnelSource, set_times_object (call, i, &source->report->whole))
PDG_RESOLVE_MEMBER (step_number, StepSource, pdg_gql_call_set_int (call, i, (int) source->step + 1))
PDG_RESOLVE_MEMBER (step_name, StepSource, pdg_gql_call_set_borrowed_string (call, i, source->funnel->names[source->step]))
PDG_RESOLVE_MEMBER (step_count, StepSource, pdg_gql_call_set_int64 (call, i, (gint64) source->funnel->report->counts[source->step]))
PDG_RESOLVE_MEMBER (step_rate, StepSource, set_rate_object (call, i, &source->funnel->rates[source->step]))
PDG_RESOLVE_MEMBER (step_step_rate, StepSource, set_rate_object (call, i, &source->funnel->step_rates[source->step]))
PDG_RESOLVE_MEMBER (step_stopped, StepSource, pdg_gql_call_set_int64 (call, i, (gint64) count_stopped (source)))
PDG_RESOLVE_MEMBER (step_time, StepSource, set_times_object (call, i, &source->funnel->report->between[source->step]))
PDG_RESOLVE_MEMBER (rate_count, RateSource, pdg_gql_call_set_int64 (call, i, (gint64) source->count))
PDG_RESOLVE_MEMBER (rate_of, RateSource, pdg_gql_call_set_int64 (call, i, (gint64) source->of))
PDG_RESOLVE_MEMBER (rate_share, RateSource, pdg_gql_call_set_double (call, i, (double) source->count / (double) MAX (source->of, 1)))
PDG_RESOLVE_MEMBER (rate_low, RateSource, pdg_gql_call_set_double (call, i, source->low))
PDG_RESOLVE_MEMBER (rate_high, RateSource, pdg_gql_call_set_double (call, i, source->high))
PDG_RESOLVE_MEMBER (times_count, PdgFunnelTimes, pdg_gql_call_set_int64 (call, i, (gint64) source->n))
PDG_RESOLVE_MEMBER (times_mean, PdgFunnelTimes, pdg_gql_call_set_double (call, i, source->mean))
PDG_RESOLVE_MEMBER (times_median, PdgFunnelTimes, pdg_gql_call_set_double (call, i, source->median))
PDG_RESOLVE_MEMBER (times_p90, PdgFunnelTimes, pdg_gql_call_set_double (call, i, source->p90))
PDG_RESOLVE_MEMBER (times_min, PdgFunnelTimes, pdg_gql_call_set_double (call, i, source->min))
PDG_RESOLVE_MEMBER (times_max, PdgFunnelTimes, pdg_gql_call_set_double (call, i, source->max))

/* ---- who they are */

/* Each session once: several attempts may have begun in it. */
static void
gather (PdgGqlCall *call, PdgResolveMembers *members)
{
  gboolean stopped = g_strcmp0 (pdg_gql_call_arg_string (call, "outcome"), "STOPPED") == 0;

  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const StepSource *step = pdg_gql_call_get_source (call, i);
      const PdgFunnelReport *report = step->funnel->report;
      g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

      for (guint k = 0; k < report->members->len; k++)
        {
          const PdgFunnelMember *member = &g_array_index (report->members, PdgFunnelMember, k);
          gboolean wanted = stopped ? member->furthest == step->step && step->step + 1 < report->n_steps : (member->reached >> step->step & 1) != 0;

          if (wanted && g_hash_table_add (seen, GINT_TO_POINTER (member->session_no)))
            pdg_resolve_members_add (members, i, report->project_no, member->session_no);
        }
    }
}

static void
step_sessions (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather (call, &members);
  pdg_resolve_members_set_sessions (call, &members);
}

static void
step_actors (PdgGqlCall *call)
{
  g_auto (PdgResolveMembers) members = PDG_RESOLVE_MEMBERS_INIT;

  gather (call, &members);
  pdg_resolve_members_set_actors (call, &members);
}

static const PdgGqlBinding bindings[] = {
  { "Project.funnel", project_funnel },
  { "Funnel.asOf", funnel_as_of },
  { "Funnel.steps", funnel_steps },
  { "Funnel.conversion", funnel_conversion },
  { "Funnel.pendingCount", funnel_pending },
  { "Funnel.excludedCount", funnel_excluded },
  { "Funnel.timeToConvert", funnel_time },
  { "FunnelStep.number", step_number },
  { "FunnelStep.name", step_name },
  { "FunnelStep.count", step_count },
  { "FunnelStep.rate", step_rate },
  { "FunnelStep.stepRate", step_step_rate },
  { "FunnelStep.stoppedCount", step_stopped },
  { "FunnelStep.timeFromPrevious", step_time },
  { "FunnelStep.sessions", step_sessions },
  { "FunnelStep.actors", step_actors },
  { "Rate.count", rate_count },
  { "Rate.of", rate_of },
  { "Rate.share", rate_share },
  { "Rate.low", rate_low },
  { "Rate.high", rate_high },
  { "DurationStats.count", times_count },
  { "DurationStats.meanMs", times_mean },
  { "DurationStats.medianMs", times_median },
  { "DurationStats.p90Ms", times_p90 },
  { "DurationStats.minMs", times_min },
  { "DurationStats.maxMs", times_max },
};

PdgResolveTable
pdg_resolve_funnel_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
