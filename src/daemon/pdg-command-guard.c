#include "config.h"
#include "daemon/pdg-command.h"

#include "base/pdg-time.h"
#include "service/pdg-commands-guard.h"
#include "service/pdg-policies.h"
#include "service/pdg-queries-guard.h"

#include <string.h>

#define REDACT_USAGE "redact --dry-run PROJECT [KEY...]"
#define LETTERS_USAGE "dead-letters list|redrive|drop PROJECT [REASON]"
#define LISTED 100
#define CONNECT_SECONDS 30

int
pdg_command_redact (PdgConfig *config, int argc, char **argv)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (PdgRedactRules) rules = NULL;
  g_autoptr (PdgDryRun) run = NULL;
  g_autoptr (GError) error = NULL;

  if (argc < 2 || strcmp (argv[0], "--dry-run") != 0)
    return pdg_command_usage (REDACT_USAGE);
  if (!pdg_desk_open (&desk, config, argv[1], &error))
    return pdg_command_fail (error);
  if (argc > 2)
    rules = pdg_redact_rules_new (0, PDG_REDACT_ALL_PATTERNS, (const char *const *) argv + 2);
  else
    {
      g_autoptr (GPtrArray) used = pdg_queries_load_redaction (desk.queries, &desk.project->project_no, 1, &error);
      const PdgRedactionRecord *record = used != NULL ? used->pdata[0] : NULL;

      if (record == NULL)
        return pdg_command_fail (error);
      rules = pdg_redact_rules_new (record->version, record->patterns, (const char *const *) record->keys);
    }
  run = pdg_queries_dry_run (desk.queries, desk.project->project_no, rules, G_MININT64, G_MAXINT64, &error);
  if (run == NULL)
    return pdg_command_fail (error);
  g_print ("%" G_GINT64_FORMAT " of %s%" G_GINT64_FORMAT " events would change\n", run->affected, run->limited ? "the newest " : "", run->events);
  for (guint rule = 0; rule < PDG_REDACT_N_RULES; rule++)
    g_print ("%-8s %" G_GINT64_FORMAT "\n", pdg_redact_rule_to_string (rule), run->hits[rule]);
  for (guint i = 0; i < run->keys->len; i++)
    {
      const PdgDryRunKey *key = run->keys->pdata[i];
      g_autofree char *examples = g_strjoinv ("  ", (char **) key->examples->pdata);

      g_print ("%-8s %8" G_GINT64_FORMAT "  %s  %s\n", pdg_redact_rule_to_string (key->rule), key->hits, key->path, examples);
    }
  return 0;
}

static int
list_letters (PdgDesk *desk, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reasons = pdg_queries_list_letter_reasons (desk->queries, &desk->project->project_no, 1, &error);
  g_autoptr (GPtrArray) letters = NULL;

  if (reasons != NULL)
    letters = pdg_queries_list_letters (desk->queries, &desk->project->project_no, 1, reason, G_MAXINT64, LISTED, &error);
  if (letters == NULL)
    return pdg_command_fail (error);
  for (guint i = 0; i < ((GPtrArray *) reasons->pdata[0])->len; i++)
    {
      const PdgLetterReason *row = ((GPtrArray *) reasons->pdata[0])->pdata[i];

      g_print ("%8" G_GINT64_FORMAT "  %s: %s\n", row->letters, row->field, row->reason);
    }
  for (guint i = 0; i < ((GPtrArray *) letters->pdata[0])->len; i++)
    {
      const PdgDeadLetter *letter = ((GPtrArray *) letters->pdata[0])->pdata[i];
      gsize size;
      const char *raw = g_bytes_get_data (letter->raw, &size);
      char time[PDG_RFC3339_BYTES];

      pdg_time_format_rfc3339 (letter->received_usec, time);
      g_print ("%" G_GINT64_FORMAT "  %s  %s  %s: %s  %.*s\n", letter->letter_no, time, letter->source, letter->field, letter->reason, (int) size,
               raw != NULL ? raw : "");
    }
  return 0;
}

/* A writer of its own, since the server may be another process or none. */
static PdgIngest *
start_writer (PdgDesk *desk, PdgConfig *config, PdgHub *hub)
{
  const PdgIngestOptions options = {
    .uri = pdg_database_get_writer_uri (desk->database),
    .set_role = pdg_database_get_writer_role (desk->database),
    .max_queued_events = (guint) pdg_config_get_int (config, PDG_CONFIG_INGEST_QUEUE_EVENTS),
    .max_flush_events = (guint) pdg_config_get_int (config, PDG_CONFIG_INGEST_FLUSH_EVENTS),
  };
  PdgIngest *ingest = pdg_ingest_new (&options, hub);

  for (int i = 0; i < CONNECT_SECONDS * 100 && !pdg_ingest_is_connected (ingest); i++)
    g_usleep (10000);
  return ingest;
}

static int
redrive_letters (PdgDesk *desk, PdgConfig *config, const char *reason)
{
  const PdgRedriveInput input = { .project_id = desk->project->id, .reason = reason };
  g_autoptr (PdgHub) hub = pdg_hub_new ();
  g_autoptr (PdgIngest) ingest = start_writer (desk, config, hub);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgEventPolicies) policies = pdg_policies_read (desk->conn, desk->principal, NULL, &error);
  PdgRedriveResult result;

  if (policies == NULL || !pdg_commands_redrive_letters (desk->conn, desk->principal, ingest, policies, &input, &result, &error))
    return pdg_command_fail (error);
  g_print ("%u stored, %u refused again\n", result.n_stored, result.n_refused);
  return 0;
}

int
pdg_command_dead_letters (PdgConfig *config, int argc, char **argv)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (GError) error = NULL;
  const char *verb = argc >= 2 && argc <= 3 ? argv[0] : "", *reason = argc == 3 ? argv[2] : NULL;
  gint64 n_dropped = 0;

  if (strcmp (verb, "list") != 0 && strcmp (verb, "redrive") != 0 && strcmp (verb, "drop") != 0)
    return pdg_command_usage (LETTERS_USAGE);
  if (!pdg_desk_open (&desk, config, argv[1], &error))
    return pdg_command_fail (error);
  if (strcmp (verb, "list") == 0)
    return list_letters (&desk, reason);
  g_clear_pointer (&desk.queries, pdg_queries_free);
  if (strcmp (verb, "redrive") == 0)
    return redrive_letters (&desk, config, reason);
  if (!pdg_commands_drop_letters (desk.conn, desk.principal, &(PdgRedriveInput) { .project_id = desk.project->id, .reason = reason }, &n_dropped, &error))
    return pdg_command_fail (error);
  g_print ("%" G_GINT64_FORMAT " dropped\n", n_dropped);
  return 0;
}
