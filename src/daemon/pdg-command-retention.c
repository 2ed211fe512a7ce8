#include "config.h"
#include "daemon/pdg-command.h"

#include "base/pdg-clock.h"
#include "base/pdg-time.h"
#include "runtime/pdg-keeping.h"
#include "service/pdg-commands-retention.h"

#include <string.h>

#define USAGE "retention show PROJECT | dry-run PROJECT [KIND DAYS BYTES] | set PROJECT KIND DAYS BYTES | run (0 is no limit)"

static char *
format_time (gint64 usec)
{
  char time[PDG_RFC3339_BYTES];

  if (usec == G_MININT64)
    return g_strdup ("-");
  pdg_time_format_rfc3339 (usec, time);
  return g_strdup (time);
}

/* "KIND DAYS BYTES" */
static gboolean
parse_limit (char **words, PdgDataKind *kind, gint32 *max_days, gint64 *max_bytes, GError **error)
{
  guint64 days, bytes;

  if (!pdg_data_kind_from_string (words[0], kind))
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, NULL,
                             "\"%s\" is no kind of data; use events, snapshots, recordings, dead-letters, traits or client-state", words[0]);
      return FALSE;
    }
  if (!g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT32, &days, error) || !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXINT64, &bytes, error))
    return FALSE;
  *max_days = (gint32) days;
  *max_bytes = (gint64) bytes;
  return pdg_retention_check_limit (*kind, *max_days, *max_bytes, error);
}

static void
print_held (GPtrArray *list)
{
  g_print ("%-13s %12s %15s  %-27s %6s %15s  %-27s %12s %15s\n", "KIND", "ROWS", "BYTES", "OLDEST", "DAYS", "MAX BYTES", "KEEPS FROM", "DUE ROWS",
           "DUE BYTES");
  for (guint i = 0; i < list->len; i++)
    {
      const PdgHeldData *held = list->pdata[i];
      g_autofree char *oldest = format_time (held->oldest_usec), *cutoff = format_time (held->cutoff_usec);

      g_print ("%-13s %12" G_GINT64_FORMAT " %15" G_GINT64_FORMAT "  %-27s %6d %15" G_GINT64_FORMAT "  %-27s %12" G_GINT64_FORMAT " %15" G_GINT64_FORMAT "\n",
               pdg_data_kind_to_string (held->kind), held->rows, held->bytes, oldest, held->max_days, held->max_bytes, cutoff, held->due_rows,
               held->due_bytes);
    }
}

/* What is held and due, with the limits that there are or (@is_trial) would be. */
static int
show (PdgConfig *config, const char *project_id, char **trial)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (PdgRetention) retention = pdg_keeping_new (config);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = NULL, days = NULL;
  PdgRetentionLimits limits = { 0 };
  PdgDataKind kind = PDG_DATA_EVENTS;
  gint32 max_days = 0;
  gint64 max_bytes = 0;

  if ((trial != NULL && !parse_limit (trial, &kind, &max_days, &max_bytes, &error)) || !pdg_desk_open (&desk, config, project_id, &error))
    return pdg_command_fail (error);
  limits.days[kind] = max_days;
  limits.bytes[kind] = max_bytes;
  lists = pdg_queries_list_held_data (desk.queries, &desk.project->project_no, 1, pdg_retention_get_limits (retention), trial != NULL ? &limits : NULL,
                                      &error);
  if (lists == NULL)
    return pdg_command_fail (error);
  print_held (lists->pdata[0]);
  g_clear_pointer (&desk.queries, pdg_queries_free);
  days = pdg_retention_list_due_days (retention, desk.conn, pdg_clock_now_usec (), &error);
  if (days == NULL)
    return pdg_command_fail (error);
  for (guint i = 0; i < days->len; i++)
    g_print ("of all projects: %s would be dropped, %" G_GINT64_FORMAT " bytes\n", ((PdgEventDay *) days->pdata[i])->name,
             ((PdgEventDay *) days->pdata[i])->bytes);
  return 0;
}

static int
set (PdgConfig *config, const char *project_id, char **words)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgProject) project = NULL;
  PdgDataKind kind;
  gint32 max_days;
  gint64 max_bytes;

  if (!parse_limit (words, &kind, &max_days, &max_bytes, &error) || !pdg_desk_open (&desk, config, NULL, &error))
    return pdg_command_fail (error);
  g_clear_pointer (&desk.queries, pdg_queries_free);
  project = pdg_commands_set_retention (desk.conn, desk.principal, project_id, kind, max_days, max_bytes, &error);
  return project != NULL ? 0 : pdg_command_fail (error);
}

/* All of it, however long it takes. */
static int
run (PdgConfig *config)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (PdgRetention) retention = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ran = FALSE, is_done = FALSE;
  PdgRetentionMetrics metrics;

  if (!pdg_desk_open (&desk, config, NULL, &error))
    return pdg_command_fail (error);
  g_clear_pointer (&desk.queries, pdg_queries_free);
  retention = pdg_keeping_new (config);
  while (!is_done)
    {
      if (!pdg_retention_work_now (retention, desk.conn, pdg_clock_now_usec (), &ran, &is_done, &error))
        return pdg_command_fail (error);
      if (!ran)
        {
          g_printerr ("productgraphd: a collector is at it just now\n");
          return 1;
        }
    }
  pdg_retention_get_metrics (retention, &metrics);
  g_print ("%" G_GINT64_FORMAT " days of events dropped, %" G_GINT64_FORMAT " bytes\n", metrics.dropped_days, metrics.dropped_bytes);
  for (PdgDataKind kind = 0; kind < PDG_N_DATA_KINDS; kind++)
    g_print ("%-13s %12" G_GINT64_FORMAT " rows removed, %" G_GINT64_FORMAT " bytes held by all projects\n", pdg_data_kind_to_string (kind),
             metrics.removed[kind], metrics.held_bytes[kind]);
  return 0;
}

int
pdg_command_retention (PdgConfig *config, int argc, char **argv)
{
  const char *verb = argc > 0 ? argv[0] : "";

  if (strcmp (verb, "run") == 0 && argc == 1)
    return run (config);
  if (strcmp (verb, "show") == 0 && argc == 2)
    return show (config, argv[1], NULL);
  if (strcmp (verb, "dry-run") == 0 && (argc == 2 || argc == 5))
    return show (config, argv[1], argc == 5 ? argv + 2 : NULL);
  if (strcmp (verb, "set") == 0 && argc == 5)
    return set (config, argv[1], argv + 2);
  return pdg_command_usage (USAGE);
}
