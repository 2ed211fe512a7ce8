#include "config.h"
#include "daemon/pdg-command.h"

#include <locale.h>
#include <string.h>

typedef struct
{
  const char *name;
  PdgCommandFunc func;
  const char *summary;
} Command;

static const Command commands[] = {
  { "serve", pdg_command_serve, "collect events and answer queries over HTTP, until it is told to stop" },
  { "migrate", pdg_command_migrate, "bring the database to the newest schema" },
  { "demo", pdg_command_demo, "play a made-up shop into a project [--seed N --days N --sessions N | --rate EVENTS_PER_SECOND]" },
  { "query", pdg_command_query, "run a GraphQL document: query FILE.graphql [VARIABLES.json] (- reads standard input)" },
  { "health", pdg_command_health, "ask a running server how it is" },
  { "org", pdg_command_org, "org list | create NAME" },
  { "project", pdg_command_project, "project list | create NAME [ID] | delete ID NAME | origins ID [ORIGIN…]" },
  { "key", pdg_command_key, "ingest keys: key list PROJECT | create PROJECT [LABEL] | rotate PROJECT ID [HOURS] | revoke PROJECT BEGINNING" },
  { "token", pdg_command_token, "access tokens: token create viewer|editor|admin [LABEL]" },
  { "person", pdg_command_person, "what is held of a person: person export PROJECT ID | delete PROJECT ID | anonymise PROJECT ID" },
  { "login", pdg_command_login, "let a login of the database read the organisation: login grant LOGIN" },
  { "consent", pdg_command_consent, "what happens to events by consent: consent PROJECT [denied=count|drop] [unknown=store|count|drop] [headers=on|off] [categories=NAME,…]" },
  { "redact", pdg_command_redact, "what redaction would take out of stored events: redact --dry-run PROJECT [KEY...]" },
  { "dead-letters", pdg_command_dead_letters, "events that were refused: dead-letters list|redrive|drop PROJECT [REASON]" },
  { "retention", pdg_command_retention, "what is kept and for how long: retention show|dry-run PROJECT [KIND DAYS BYTES] | set PROJECT KIND DAYS BYTES | run" },
  { "schema", pdg_command_schema, "what events are to look like: schema list PROJECT [TYPE] | set PROJECT TYPE FILE MODE | mode PROJECT TYPE VERSION MODE | report PROJECT | unplanned PROJECT" },
  { "settings", pdg_command_settings, "print every setting [--markdown]" },
};

int
pdg_command_fail (const GError *error)
{
  g_printerr ("productgraphd: %s\n", error->message);
  return 1;
}

int
pdg_command_usage (const char *usage)
{
  g_printerr ("productgraphd: use it as: productgraphd %s\n", usage);
  return 2;
}

static char *
describe_commands (void)
{
  g_autofree char *settings = pdg_config_describe (FALSE);
  GString *text = g_string_new ("Commands:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-12s %s\n", commands[i].name, commands[i].summary);
  g_string_append_printf (text, "\nSettings, as option, environment variable, or key of the file:\n%s", settings);
  return g_string_free (text, FALSE);
}

/* Options of the settings may stand anywhere; a command's own options are left to it. */
static gboolean
parse_options (PdgConfig *config, int *argc, char ***argv, gboolean *version, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND …");
  g_autofree char *description = describe_commands ();
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, version, "Print the version", NULL },
    { NULL },
  };

  g_option_context_set_summary (context, "The collector of ProductGraph without a desktop, and its command line.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, pdg_config_new_option_group (config));
  g_option_context_set_ignore_unknown_options (context, TRUE);
  return g_option_context_parse (context, argc, argv, error);
}

/* The log tells of what others did to who watches a server; who typed the command knows. */
static void
ignore_message (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgConfig) config = NULL;
  gboolean version = FALSE;

  setlocale (LC_ALL, "");
  g_set_prgname ("productgraphd");
  config = pdg_config_load (NULL, &error);
  if (config == NULL || !parse_options (config, &argc, &argv, &version, &error))
    {
      pdg_command_fail (error);
      return 2;
    }
  if (version)
    {
      g_print ("productgraphd %s\n", PDG_VERSION);
      return 0;
    }
  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, argv[1]) == 0)
      {
        if (commands[i].func != pdg_command_serve)
          g_log_set_handler ("pdg-service", G_LOG_LEVEL_MESSAGE, ignore_message, NULL);
        return commands[i].func (config, argc - 2, argv + 2);
      }
  if (argc > 1)
    g_printerr ("productgraphd: there is no command \"%s\"; --help lists them\n", argv[1]);
  else
    g_printerr ("productgraphd: say what to do, such as: productgraphd serve; --help lists the commands\n");
  return 2;
}
