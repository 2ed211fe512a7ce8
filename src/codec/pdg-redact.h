#pragma once

#include "codec/pdg-redact-match.h"

G_BEGIN_DECLS

/* What is taken out of events before they are stored (docs/ingestion.md): values of denied keys, and e-mail addresses, card
 * numbers, IBANs and JSON web tokens wherever they stand in text. Rules are immutable and atomically counted. Any thread. */
typedef struct _PdgRedactRules PdgRedactRules;

#define PDG_REDACT_ALL_PATTERNS ((1u << PDG_REDACT_N_PATTERNS) - 1)
#define PDG_REDACT_MAX_KEYS 200
#define PDG_REDACT_MAX_KEY_BYTES 128
/* The rules of a project that has made none of its own, and the largest number a set of rules may have: the row of an event has
 * room for that (PDG_EVENT_REDACTION_SHIFT). */
#define PDG_REDACT_DEFAULT_VERSION 1
#define PDG_REDACT_MAX_VERSION 511

/* The keys that are denied unless a project says otherwise; NULL-terminated. */
extern const char *const pdg_redact_default_keys[];

/* @patterns: bits (1 << PdgRedactRule). @keys: names ("card_number", which also stands for cardNumber and shippingCardNumber) or
 * ends of paths ("checkout.pin"); NULL-terminated. A key that pdg_redact_is_key() refuses is left out. (transfer full) */
PdgRedactRules *pdg_redact_rules_new (guint version, guint patterns, const char *const *keys);
PdgRedactRules *pdg_redact_rules_new_default (void);
PdgRedactRules *pdg_redact_rules_ref (PdgRedactRules *rules);
void            pdg_redact_rules_unref (PdgRedactRules *rules);
guint           pdg_redact_rules_get_version (const PdgRedactRules *rules);

/* Whether @key can stand in a list of denied keys: it has a letter or digit and is not too long. */
gboolean        pdg_redact_is_key (const char *key);

/* What was found: the rule, the path of the key at which it stands ("metadata.user.mail"), and the text itself. Borrowed. */
typedef void (*PdgRedactFoundFunc) (PdgRedactRule rule, const char *path, const char *text, gsize len, gpointer user_data);

/* Puts what @json is without what the rules take out into @out (which is truncated first); FALSE when that is nothing, and @out is
 * then of no use. @json: one valid JSON value. @path: of its key, empty for none. @found: (nullable). */
gboolean        pdg_redact_json (const PdgRedactRules *rules, const char *path, const char *json, gsize len, GString *out,
                                 PdgRedactFoundFunc found, gpointer user_data);

/* The same for plain text, UTF-8 without NUL. */
gboolean        pdg_redact_text (const PdgRedactRules *rules, const char *path, const char *text, gsize len, GString *out,
                                 PdgRedactFoundFunc found, gpointer user_data);

/* "email", "card", "iban", "jwt" or "key". */
const char     *pdg_redact_rule_to_string (PdgRedactRule rule);

/* The text with most of it replaced by stars, enough left to recognise it: for people who look at what rules find. (transfer full) */
char           *pdg_redact_mask (const char *text, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRedactRules, pdg_redact_rules_unref)

G_END_DECLS
