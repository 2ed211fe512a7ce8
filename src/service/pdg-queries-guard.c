#include "config.h"
#include "service/pdg-queries-guard.h"

#include "service/pdg-queries-private.h"
#include "store/pdg-store-guard.h"

#include <string.h>

#define MAX_EXAMPLES 3
#define MAX_KEYS 1000 /* of a dry run */

GPtrArray *
pdg_queries_load_redaction (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  GPtrArray *records = pdg_store_load_used_rules (queries->tx, project_nos, n, error);

  for (guint i = 0; records != NULL && i < n; i++)
    if (records->pdata[i] == NULL)
      {
        PdgRedactionRecord *record = records->pdata[i] = g_new0 (PdgRedactionRecord, 1);

        record->version = PDG_REDACT_DEFAULT_VERSION;
        record->patterns = PDG_REDACT_ALL_PATTERNS;
        record->keys = g_strdupv ((char **) pdg_redact_default_keys);
        record->created_usec = PDG_TIME_NONE;
      }
  return records;
}

static void
key_free (gpointer data)
{
  PdgDryRunKey *key = data;

  g_free (key->path);
  g_ptr_array_unref (key->examples);
  g_free (key);
}

void
pdg_dry_run_free (PdgDryRun *run)
{
  if (run == NULL)
    return;
  g_ptr_array_unref (run->keys);
  g_free (run);
}

typedef struct
{
  const PdgRedactRules *rules;
  PdgDryRun *run;
  GHashTable *keys; /* "RULE PATH" -> PdgDryRunKey */
  GString *out;
} Look;

static void
found_cb (PdgRedactRule rule, const char *path, const char *text, gsize len, gpointer user_data)
{
  Look *look = user_data;
  g_autofree char *name = g_strdup_printf ("%d %s", rule, path);
  PdgDryRunKey *key = g_hash_table_lookup (look->keys, name);

  look->run->hits[rule]++;
  if (key == NULL)
    {
      if (look->run->keys->len >= MAX_KEYS)
        return;
      key = g_new0 (PdgDryRunKey, 1);
      key->path = g_strdup (path);
      key->rule = rule;
      key->examples = g_ptr_array_new_null_terminated (MAX_EXAMPLES, g_free, TRUE);
      g_ptr_array_add (look->run->keys, key);
      g_hash_table_insert (look->keys, g_steal_pointer (&name), key);
    }
  key->hits++;
  if (key->examples->len < MAX_EXAMPLES)
    {
      g_autofree char *masked = pdg_redact_mask (text, len);

      if (!g_ptr_array_find_with_equal_func (key->examples, masked, g_str_equal, NULL))
        g_ptr_array_add (key->examples, g_steal_pointer (&masked));
    }
}

static gboolean
look_cb (const char *data, const char *page_path, const char *page_title, gpointer user_data)
{
  Look *look = user_data;
  gboolean affected = FALSE;

  if (look->run->events == PDG_DRY_RUN_MAX_EVENTS)
    {
      look->run->limited = TRUE;
      return FALSE;
    }
  look->run->events++;
  if (data != NULL)
    affected |= pdg_redact_json (look->rules, "", data, strlen (data), look->out, found_cb, look);
  if (page_path != NULL)
    affected |= pdg_redact_text (look->rules, "page.path", page_path, strlen (page_path), look->out, found_cb, look);
  if (page_title != NULL)
    affected |= pdg_redact_text (look->rules, "page.title", page_title, strlen (page_title), look->out, found_cb, look);
  look->run->affected += affected;
  return TRUE;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const PdgDryRunKey *x = *(PdgDryRunKey *const *) a, *y = *(PdgDryRunKey *const *) b;

  if (x->hits != y->hits)
    return x->hits > y->hits ? -1 : 1;
  return x->rule != y->rule ? (int) x->rule - (int) y->rule : strcmp (x->path, y->path);
}

PdgDryRun *
pdg_queries_dry_run (PdgQueries *queries, gint32 project_no, const PdgRedactRules *rules, gint64 from_usec, gint64 to_usec, GError **error)
{
  g_autoptr (PdgDryRun) run = g_new0 (PdgDryRun, 1);
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  Look look = { rules, run, keys, out };

  run->keys = g_ptr_array_new_with_free_func (key_free);
  if (!pdg_store_each_event_text (queries->tx, project_no, from_usec, to_usec, PDG_DRY_RUN_MAX_EVENTS + 1, look_cb, &look, error))
    return NULL;
  g_ptr_array_sort (run->keys, compare_keys);
  return g_steal_pointer (&run);
}

static gboolean
check_editor (PdgQueries *queries, GError **error)
{
  if (pdg_principal_may (queries->principal, PDG_ROLE_EDITOR))
    return TRUE;
  pdg_service_error_set (error, PDG_SERVICE_ERROR_FORBIDDEN, NULL, "this needs the role editor; yours is %s",
                         pdg_role_to_string (pdg_principal_get_role (queries->principal)));
  return FALSE;
}

GPtrArray *
pdg_queries_list_letters (PdgQueries *queries, const gint32 *project_nos, guint n, const char *reason, gint64 before, guint limit, GError **error)
{
  return check_editor (queries, error) ? pdg_store_list_letters (queries->tx, project_nos, n, reason, before, limit, error) : NULL;
}

GPtrArray *
pdg_queries_list_letter_reasons (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return check_editor (queries, error) ? pdg_store_list_letter_reasons (queries->tx, project_nos, n, error) : NULL;
}

gint64 *
pdg_queries_load_dropped_letters (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error)
{
  return check_editor (queries, error) ? pdg_store_load_dropped_letters (queries->tx, project_nos, n, error) : NULL;
}
