#include "config.h"
#include "daemon/pdg-command.h"

#include "service/pdg-commands-consent.h"

#include <string.h>

#define CONSENT_USAGE "consent PROJECT [denied=count|drop] [unknown=store|count|drop] [headers=on|off] [categories=NAME,…]"

static gboolean
parse_action (const char *text, PdgConsentAction *action)
{
  for (PdgConsentAction i = PDG_CONSENT_STORE; i <= PDG_CONSENT_DROP; i++)
    if (strcmp (text, pdg_consent_action_to_string (i)) == 0)
      {
        *action = i;
        return TRUE;
      }
  return FALSE;
}

/* "denied=count" */
static gboolean
parse_word (const char *word, PdgConsentRules *rules)
{
  const char *value = strchr (word, '=');

  if (value == NULL)
    return FALSE;
  value++;
  if (g_str_has_prefix (word, "denied="))
    return parse_action (value, &rules->denied);
  if (g_str_has_prefix (word, "unknown="))
    return parse_action (value, &rules->unknown);
  if (g_str_has_prefix (word, "headers="))
    {
      rules->headers = strcmp (value, "on") == 0;
      return rules->headers || strcmp (value, "off") == 0;
    }
  if (!g_str_has_prefix (word, "categories="))
    return FALSE;
  g_strfreev (rules->categories);
  rules->categories = g_strsplit (value, ",", *value != '\0' ? -1 : 0);
  return TRUE;
}

int
pdg_command_consent (PdgConfig *config, int argc, char **argv)
{
  g_auto (PdgDesk) desk = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (PdgProject) changed = NULL;
  g_autofree char *categories = NULL;
  PdgConsentRules *rules;

  if (argc < 1)
    return pdg_command_usage (CONSENT_USAGE);
  if (!pdg_desk_open (&desk, config, argv[0], &error)
      || (list = pdg_queries_load_consent (desk.queries, &desk.project->project_no, 1, &error)) == NULL)
    return pdg_command_fail (error);
  rules = list->pdata[0];
  for (int i = 1; i < argc; i++)
    if (!parse_word (argv[i], rules))
      return pdg_command_usage (CONSENT_USAGE);
  if (argc > 1)
    {
      g_clear_pointer (&desk.queries, pdg_queries_free);
      changed = pdg_commands_set_consent (desk.conn, desk.principal, desk.project->id, rules, &error);
      if (changed == NULL)
        return pdg_command_fail (error);
    }
  categories = g_strjoinv (",", rules->categories);
  g_print ("denied=%s unknown=%s headers=%s categories=%s\n", pdg_consent_action_to_string (rules->denied),
           pdg_consent_action_to_string (rules->unknown), rules->headers ? "on" : "off", categories);
  return 0;
}
