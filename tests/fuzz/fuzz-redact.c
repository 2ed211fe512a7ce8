#include "config.h"

#include "codec/pdg-json-check.h"
#include "codec/pdg-redact.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_found (PdgRedactRule rule, const char *path, const char *text, gsize len, gpointer user_data)
{
  guint *n_found = user_data;
  g_autofree char *masked = pdg_redact_mask (text, len);

  g_assert_true (rule < PDG_REDACT_N_RULES && len > 0);
  g_assert_true (g_utf8_validate (masked, -1, NULL));
  (*n_found)++;
}

/* What is left of text has nothing more to be taken out; what is left of JSON is JSON, and has nothing more either. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static PdgRedactRules *rules;
  g_autoptr (GString) left = g_string_new (NULL), again = g_string_new (NULL);
  const char *text = (const char *) data;
  guint n_found = 0;

  if (rules == NULL)
    rules = pdg_redact_rules_new_default ();
  if (g_utf8_validate_len (text, size, NULL) && pdg_redact_text (rules, "x", text, size, left, check_found, &n_found))
    {
      g_assert_cmpuint (n_found, >, 0);
      g_assert_true (g_utf8_validate_len (left->str, left->len, NULL));
    }
  if (size <= G_MAXUINT32 && pdg_redact_json (rules, "x", text, size, left, check_found, &n_found))
    {
      g_assert_cmpuint (n_found, >, 0);
      g_assert_true (pdg_json_is_valid (left->str, left->len));
      for (int i = 0; i < 8 && pdg_redact_json (rules, "x", left->str, left->len, again, NULL, NULL); i++)
        {
          g_assert_true (pdg_json_is_valid (again->str, again->len));
          g_string_assign (left, again->str);
        }
    }
  return 0;
}
