#include "config.h"

#include "base/pdg-memo.h"

static gpointer
ref_text (gpointer text)
{
  return g_ref_string_acquire (text);
}

static void
unref_text (gpointer text)
{
  g_ref_string_release (text);
}

static PdgMemo *
make_memo (guint seconds)
{
  return pdg_memo_new (seconds, 3, ref_text, unref_text);
}

static void
remember (PdgMemo *memo, const char *key, const char *value)
{
  char *text = value != NULL ? g_ref_string_new (value) : NULL;

  pdg_memo_remember (memo, pdg_memo_begin (memo), key, text);
  if (text != NULL)
    g_ref_string_release (text);
}

/* @expected: NULL = not known, "" = there is none. */
static void
assert_known (PdgMemo *memo, const char *key, const char *expected)
{
  gpointer value;
  gboolean known = pdg_memo_lookup (memo, key, &value);

  g_assert_cmpint (known, ==, expected != NULL);
  if (expected != NULL && *expected != '\0')
    {
      g_assert_cmpstr (value, ==, expected);
      g_ref_string_release (value);
    }
  else
    g_assert_null (value);
}

static void
test_remembers (void)
{
  g_autoptr (PdgMemo) memo = make_memo (60);

  assert_known (memo, "a", NULL);
  remember (memo, "a", "1");
  remember (memo, "b", NULL);
  assert_known (memo, "a", "1");
  assert_known (memo, "b", "");
  remember (memo, "a", "2");
  assert_known (memo, "a", "2");
}

/* After its time it is not known, but still there. */
static void
test_ends (void)
{
  g_autoptr (PdgMemo) memo = make_memo (0);
  gint64 after;
  char *old;

  remember (memo, "a", "1");
  after = g_get_monotonic_time ();
  while (g_get_monotonic_time () <= after)
    ;
  assert_known (memo, "a", NULL);
  old = pdg_memo_lookup_old (memo, "a");
  g_assert_cmpstr (old, ==, "1");
  g_ref_string_release (old);
  g_assert_null (pdg_memo_lookup_old (memo, "b"));
}

static void
test_begins_anew (void)
{
  g_autoptr (PdgMemo) memo = make_memo (60);

  remember (memo, "a", "1");
  remember (memo, "b", "1");
  remember (memo, "c", "1");
  remember (memo, "d", "1");
  assert_known (memo, "a", NULL);
  assert_known (memo, "d", "1");
}

static gboolean
is_value (const char *key, gpointer value, gpointer user_data)
{
  return g_strcmp0 (value, user_data) == 0;
}

/* What was asked before something was forgotten is not remembered. */
static void
test_forgets (void)
{
  g_autoptr (PdgMemo) memo = make_memo (60);
  guint began;

  remember (memo, "a", "1");
  remember (memo, "b", "2");
  began = pdg_memo_begin (memo);
  pdg_memo_forget (memo, is_value, (gpointer) "1");
  assert_known (memo, "a", NULL);
  assert_known (memo, "b", "2");
  pdg_memo_remember (memo, began, "a", NULL);
  assert_known (memo, "a", NULL);
  remember (memo, "a", "3");
  assert_known (memo, "a", "3");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/memo/remembers", test_remembers);
  g_test_add_func ("/base/memo/ends", test_ends);
  g_test_add_func ("/base/memo/begins-anew", test_begins_anew);
  g_test_add_func ("/base/memo/forgets", test_forgets);
  return g_test_run ();
}
