#include "config.h"
#include "api/pdg-resolve.h"

#include "service/pdg-commands-guard.h"
#include "service/pdg-queries-guard.h"

/* Rules of redaction (PdgRedactionRecord, PdgDryRun) and dead letters (PdgDeadLetter, PdgLetterReason). */

static const char *const rule_names[PDG_REDACT_N_RULES] = { "EMAIL", "CARD", "IBAN", "JWT", "KEY", "ADDRESS" };

static guint
parse_patterns (const PdgGqlValue *list)
{
  guint patterns = 0;

  for (guint i = 0; i < pdg_gql_value_get_length (list); i++)
    for (guint rule = 0; rule < PDG_REDACT_N_PATTERNS; rule++)
      if (g_strcmp0 (pdg_gql_value_get_string (pdg_gql_value_get_item (list, i)), rule_names[rule]) == 0)
        patterns |= 1u << rule;
  return patterns;
}

/* (transfer container) */
static const char **
list_texts (const PdgGqlValue *list)
{
  guint n = pdg_gql_value_get_length (list);
  const char **texts = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    texts[i] = pdg_gql_value_get_string (pdg_gql_value_get_item (list, i));
  return texts;
}

static void
project_redaction (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  GError *error = NULL;

  if (queries != NULL)
    pdg_resolve_set_objects (call, pdg_queries_load_redaction (queries, project_nos, pdg_gql_call_get_n (call), &error), &error);
}

static void
set_patterns (PdgGqlCall *call, guint index, guint patterns)
{
  const char *names[PDG_REDACT_N_PATTERNS + 1] = { NULL };
  guint n = 0;

  for (guint rule = 0; rule < PDG_REDACT_N_PATTERNS; rule++)
    if ((patterns & 1u << rule) != 0)
      names[n++] = rule_names[rule];
  pdg_gql_call_set_strings (call, index, names);
}

PDG_RESOLVE_MEMBER (rules_version, PdgRedactionRecord, pdg_gql_call_set_int (call, i, (int) source->version))
PDG_RESOLVE_MEMBER (rules_patterns, PdgRedactionRecord, set_patterns (call, i, source->patterns))
PDG_RESOLVE_MEMBER (rules_keys, PdgRedactionRecord, pdg_gql_call_set_strings (call, i, (const char *const *) source->keys))
PDG_RESOLVE_MEMBER (rules_created_at, PdgRedactionRecord, pdg_resolve_set_time (call, i, source->created_usec))
PDG_RESOLVE_MEMBER (rules_created_by, PdgRedactionRecord, pdg_gql_call_set_borrowed_string (call, i, source->created_by))

static void
query_dry_run (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  const PdgGqlValue *input = pdg_gql_call_arg_value (call, "rules");
  g_autoptr (PdgProject) project = NULL;
  g_autoptr (PdgRedactRules) rules = NULL;
  g_autofree const char **keys = NULL;
  gint64 from, to;
  GError *error = NULL;
  PdgDryRun *run = NULL;

  if (queries == NULL || !pdg_resolve_get_range (call, &from, &to))
    return;
  keys = list_texts (pdg_gql_value_lookup (input, "keys"));
  if (g_strv_length ((char **) keys) > PDG_REDACT_MAX_KEYS)
    {
      pdg_resolve_refuse (call, "rules: at most %d keys", PDG_REDACT_MAX_KEYS);
      return;
    }
  project = pdg_queries_lookup_project (queries, pdg_gql_call_arg_string (call, "projectId"), &error);
  rules = pdg_redact_rules_new (0, parse_patterns (pdg_gql_value_lookup (input, "patterns")), keys);
  if (project != NULL)
    run = pdg_queries_dry_run (queries, project->project_no, rules, from, to, &error);
  if (error != NULL)
    pdg_gql_call_fail_all (call, error);
  else
    pdg_gql_call_set_object (call, 0, run, (GDestroyNotify) pdg_dry_run_free);
}

typedef struct
{
  PdgRedactRule rule;
  gint64 hits;
} RuleHits;

static void
run_rules (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgDryRun *run = pdg_gql_call_get_source (call, i);
      GPtrArray *rules = g_ptr_array_new_with_free_func (g_free);

      for (guint rule = 0; rule < PDG_REDACT_N_RULES; rule++)
        {
          RuleHits hits = { rule, run->hits[rule] };

          g_ptr_array_add (rules, g_memdup2 (&hits, sizeof hits));
        }
      pdg_gql_call_set_list (call, i, rules);
    }
}

PDG_RESOLVE_MEMBER (run_events, PdgDryRun, pdg_gql_call_set_int64 (call, i, source->events))
PDG_RESOLVE_MEMBER (run_affected, PdgDryRun, pdg_gql_call_set_int64 (call, i, source->affected))
PDG_RESOLVE_MEMBER (run_is_limited, PdgDryRun, pdg_gql_call_set_bool (call, i, source->limited))
PDG_RESOLVE_MEMBER (run_keys, PdgDryRun, pdg_gql_call_set_borrowed_list (call, i, source->keys->pdata, source->keys->len))
PDG_RESOLVE_MEMBER (hits_rule, RuleHits, pdg_gql_call_set_string (call, i, rule_names[source->rule]))
PDG_RESOLVE_MEMBER (hits_hits, RuleHits, pdg_gql_call_set_int64 (call, i, source->hits))
PDG_RESOLVE_MEMBER (key_path, PdgDryRunKey, pdg_gql_call_set_borrowed_string (call, i, source->path))
PDG_RESOLVE_MEMBER (key_rule, PdgDryRunKey, pdg_gql_call_set_string (call, i, rule_names[source->rule]))
PDG_RESOLVE_MEMBER (key_hits, PdgDryRunKey, pdg_gql_call_set_int64 (call, i, source->hits))
PDG_RESOLVE_MEMBER (key_examples, PdgDryRunKey, pdg_gql_call_set_strings (call, i, (const char *const *) source->examples->pdata))

static void
mutation_set_redaction_rules (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  g_autofree const char **keys = list_texts (pdg_gql_value_lookup (input, "keys"));
  GError *error = NULL;
  PdgProject *project = pdg_commands_set_redaction (context->conn, context->principal, pdg_resolve_input_string (input, "projectId"),
                                                    parse_patterns (pdg_gql_value_lookup (input, "patterns")), keys, &error);

  if (project != NULL)
    pdg_policies_forget (context->api->policies, pdg_principal_get_org_no (context->principal));
  pdg_resolve_set_payload (call, project, (GDestroyNotify) pdg_project_free, error);
}

/* ---- Dead letters */

static char *
make_letter_cursor (gconstpointer node)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, ((const PdgDeadLetter *) node)->letter_no);
}

static void
project_dead_letters (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  guint limit = queries != NULL ? pdg_resolve_get_limit (call) : 0;
  const char *after = pdg_gql_call_arg_string (call, "after");
  g_autofree gint32 *project_nos = NULL;
  guint64 before = G_MAXINT64;
  GError *error = NULL;
  GPtrArray *lists;

  if (limit == 0)
    return;
  if (after != NULL && !g_ascii_string_to_unsigned (after, 10, 1, G_MAXINT64, &before, NULL))
    {
      pdg_resolve_refuse (call, "after: pass the endCursor of the page before");
      return;
    }
  project_nos = pdg_resolve_dup_project_nos (call);
  lists = pdg_queries_list_letters (queries, project_nos, pdg_gql_call_get_n (call), pdg_gql_call_arg_string (call, "reason"), (gint64) before, limit,
                                    &error);
  pdg_resolve_set_pages (call, lists, &error, make_letter_cursor);
}

static void
project_dead_letter_reasons (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autoptr (GPtrArray) lists = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  lists = pdg_queries_list_letter_reasons (queries, project_nos, pdg_gql_call_get_n (call), &error);
  if (lists == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; lists != NULL && i < lists->len; i++)
    pdg_gql_call_set_list (call, i, g_ptr_array_ref (lists->pdata[i]));
}

static void
project_dropped_dead_letters (PdgGqlCall *call)
{
  PdgQueries *queries = pdg_resolve_get_queries (call);
  g_autofree gint32 *project_nos = pdg_resolve_dup_project_nos (call);
  g_autofree gint64 *dropped = NULL;
  GError *error = NULL;

  if (queries == NULL)
    return;
  dropped = pdg_queries_load_dropped_letters (queries, project_nos, pdg_gql_call_get_n (call), &error);
  if (dropped == NULL)
    pdg_gql_call_fail_all (call, error);
  for (guint i = 0; dropped != NULL && i < pdg_gql_call_get_n (call); i++)
    pdg_gql_call_set_int64 (call, i, dropped[i]);
}

/* The event as text: what is not UTF-8 in it is marked. */
static void
letter_raw (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgDeadLetter *letter = pdg_gql_call_get_source (call, i);
      gsize size;
      const char *raw = g_bytes_get_data (letter->raw, &size);

      if (size > 0)
        pdg_gql_call_take_string (call, i, g_utf8_make_valid (raw, (gssize) size));
      else
        pdg_gql_call_set_null (call, i);
    }
}

static void
letter_schema_version (PdgGqlCall *call)
{
  for (guint i = 0; i < pdg_gql_call_get_n (call); i++)
    {
      const PdgDeadLetter *letter = pdg_gql_call_get_source (call, i);

      if (letter->schema_version > 0)
        pdg_gql_call_set_int (call, i, letter->schema_version);
      else
        pdg_gql_call_set_null (call, i);
    }
}

PDG_RESOLVE_MEMBER (letter_id, PdgDeadLetter, pdg_gql_call_take_string (call, i, make_letter_cursor (source)))
PDG_RESOLVE_MEMBER (letter_received_at, PdgDeadLetter, pdg_gql_call_set_int64 (call, i, source->received_usec))
PDG_RESOLVE_MEMBER (letter_source, PdgDeadLetter, pdg_gql_call_set_borrowed_string (call, i, source->source))
PDG_RESOLVE_MEMBER (letter_field, PdgDeadLetter, pdg_gql_call_set_borrowed_string (call, i, source->field))
PDG_RESOLVE_MEMBER (letter_reason, PdgDeadLetter, pdg_gql_call_set_borrowed_string (call, i, source->reason))
PDG_RESOLVE_MEMBER (reason_field, PdgLetterReason, pdg_gql_call_set_borrowed_string (call, i, source->field))
PDG_RESOLVE_MEMBER (reason_reason, PdgLetterReason, pdg_gql_call_set_borrowed_string (call, i, source->reason))
PDG_RESOLVE_MEMBER (reason_letters, PdgLetterReason, pdg_gql_call_set_int64 (call, i, source->letters))
PDG_RESOLVE_MEMBER (reason_oldest, PdgLetterReason, pdg_gql_call_set_int64 (call, i, source->oldest_usec))
PDG_RESOLVE_MEMBER (reason_newest, PdgLetterReason, pdg_gql_call_set_int64 (call, i, source->newest_usec))

/* The numbers of the input's ids; what is no number is one that no letter has. (nullable) (transfer full) */
static gint64 *
list_letter_nos (const PdgGqlValue *input, guint *n)
{
  const PdgGqlValue *ids = pdg_gql_value_lookup (input, "ids");
  gint64 *numbers;

  *n = pdg_gql_value_get_length (ids);
  if (pdg_gql_value_is_null (ids))
    return NULL;
  numbers = g_new0 (gint64, *n + 1);
  for (guint i = 0; i < *n; i++)
    {
      guint64 number = 0;
      const char *id = pdg_gql_value_get_string (pdg_gql_value_get_item (ids, i));

      if (id != NULL && g_ascii_string_to_unsigned (id, 10, 1, G_MAXINT64, &number, NULL))
        numbers[i] = (gint64) number;
    }
  return numbers;
}

static void
mutation_redrive (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  PdgRedriveInput chosen = { .project_id = pdg_resolve_input_string (input, "projectId"), .reason = pdg_resolve_input_string (input, "reason") };
  g_autofree gint64 *numbers = list_letter_nos (input, &chosen.n_letters);
  g_autoptr (PdgEventPolicies) policies = NULL;
  PdgRedriveResult result;
  GError *error = NULL;
  gboolean done = FALSE;

  chosen.letter_nos = numbers;
  policies = pdg_policies_read (context->conn, context->principal, NULL, &error);
  if (policies != NULL)
    done = pdg_commands_redrive_letters (context->conn, context->principal, context->api->options.ingest, policies, &chosen, &result, &error);
  pdg_resolve_set_payload (call, done ? g_memdup2 (&result, sizeof result) : NULL, g_free, error);
}

static void
mutation_drop (PdgGqlCall *call)
{
  const PdgGqlValue *input;
  PdgApiContext *context = pdg_resolve_begin_mutation (call, &input);
  PdgRedriveInput chosen = { .project_id = pdg_resolve_input_string (input, "projectId"), .reason = pdg_resolve_input_string (input, "reason") };
  g_autofree gint64 *numbers = list_letter_nos (input, &chosen.n_letters);
  gint64 n_dropped = 0;
  GError *error = NULL;
  gboolean done;

  chosen.letter_nos = numbers;
  done = pdg_commands_drop_letters (context->conn, context->principal, &chosen, &n_dropped, &error);
  pdg_resolve_set_payload (call, done ? g_memdup2 (&n_dropped, sizeof n_dropped) : NULL, g_free, error);
}

/* One of the numbers of the payload's result. */
static void
set_count (PdgGqlCall *call, gsize member)
{
  const PdgRedriveResult *result = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  if (result != NULL)
    pdg_gql_call_set_int (call, 0, (int) G_STRUCT_MEMBER (guint, result, member));
  else
    pdg_gql_call_set_null (call, 0);
}

static void
redrive_stored (PdgGqlCall *call)
{
  set_count (call, G_STRUCT_OFFSET (PdgRedriveResult, n_stored));
}

static void
redrive_refused (PdgGqlCall *call)
{
  set_count (call, G_STRUCT_OFFSET (PdgRedriveResult, n_refused));
}

static void
redrive_missing (PdgGqlCall *call)
{
  set_count (call, G_STRUCT_OFFSET (PdgRedriveResult, n_missing));
}

static void
drop_dropped (PdgGqlCall *call)
{
  const gint64 *n_dropped = ((PdgResolvePayload *) pdg_gql_call_get_source (call, 0))->object;

  if (n_dropped != NULL)
    pdg_gql_call_set_int64 (call, 0, *n_dropped);
  else
    pdg_gql_call_set_null (call, 0);
}

static const PdgGqlBinding bindings[] = {
  { "Project.redaction", project_redaction },
  { "RedactionRules.version", rules_version },
  { "RedactionRules.patterns", rules_patterns },
  { "RedactionRules.keys", rules_keys },
  { "RedactionRules.createdAt", rules_created_at },
  { "RedactionRules.createdBy", rules_created_by },
  { "Query.redactionDryRun", query_dry_run },
  { "RedactionDryRun.events", run_events },
  { "RedactionDryRun.affectedEvents", run_affected },
  { "RedactionDryRun.isLimited", run_is_limited },
  { "RedactionDryRun.rules", run_rules },
  { "RedactionDryRun.keys", run_keys },
  { "RedactionRuleHits.rule", hits_rule },
  { "RedactionRuleHits.hits", hits_hits },
  { "RedactionKeyHits.path", key_path },
  { "RedactionKeyHits.rule", key_rule },
  { "RedactionKeyHits.hits", key_hits },
  { "RedactionKeyHits.examples", key_examples },
  { "Mutation.setRedactionRules", mutation_set_redaction_rules },
  PDG_RESOLVE_PAYLOAD ("SetRedactionRules", "project", pdg_resolve_payload_object),
  { "Project.deadLetters", project_dead_letters },
  { "Project.deadLetterReasons", project_dead_letter_reasons },
  { "Project.droppedDeadLetters", project_dropped_dead_letters },
  PDG_RESOLVE_CONNECTION ("DeadLetter"),
  { "DeadLetter.id", letter_id },
  { "DeadLetter.receivedAt", letter_received_at },
  { "DeadLetter.source", letter_source },
  { "DeadLetter.field", letter_field },
  { "DeadLetter.reason", letter_reason },
  { "DeadLetter.schemaVersion", letter_schema_version },
  { "DeadLetter.raw", letter_raw },
  { "DeadLetterReason.field", reason_field },
  { "DeadLetterReason.reason", reason_reason },
  { "DeadLetterReason.letters", reason_letters },
  { "DeadLetterReason.oldestAt", reason_oldest },
  { "DeadLetterReason.newestAt", reason_newest },
  { "Mutation.redriveDeadLetters", mutation_redrive },
  { "Mutation.dropDeadLetters", mutation_drop },
  { "RedriveDeadLettersPayload.stored", redrive_stored },
  { "RedriveDeadLettersPayload.refused", redrive_refused },
  PDG_RESOLVE_PAYLOAD ("RedriveDeadLetters", "missing", redrive_missing),
  PDG_RESOLVE_PAYLOAD ("DropDeadLetters", "dropped", drop_dropped),
};

PdgResolveTable
pdg_resolve_guard_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
