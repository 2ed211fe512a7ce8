#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was asked lately, remembered for some seconds: a text to a counted value, or to NULL for "there is none". What was asked before
 * something was forgotten is not remembered, as it may be old already. Any thread; never waits. */
typedef struct _PdgMemo PdgMemo;

/* Takes and drops a reference of a value that is not NULL. */
typedef gpointer (*PdgMemoRefFunc) (gpointer value);

/* Beyond @max_entries it begins anew. */
PdgMemo *pdg_memo_new (guint seconds, guint max_entries, PdgMemoRefFunc ref, GDestroyNotify unref);
void     pdg_memo_free (PdgMemo *memo);

/* FALSE when it is not known any more. @value: (out) (transfer full) (nullable). */
gboolean pdg_memo_lookup (PdgMemo *memo, const char *key, gpointer *value);

/* What was remembered last, however old. (transfer full) (nullable) */
gpointer pdg_memo_lookup_old (PdgMemo *memo, const char *key);

/* Before the question, and with its answer. @value: (transfer none) (nullable). */
guint    pdg_memo_begin (PdgMemo *memo);
void     pdg_memo_remember (PdgMemo *memo, guint began, const char *key, gpointer value);

/* Forgets every entry of which @func says so, and what is being asked. */
typedef gboolean (*PdgMemoMatchFunc) (const char *key, gpointer value, gpointer user_data);
void     pdg_memo_forget (PdgMemo *memo, PdgMemoMatchFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgMemo, pdg_memo_free)

G_END_DECLS
