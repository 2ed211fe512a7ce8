#include "config.h"

#include "model/pdg-screen-path.h"

#include <string.h>

static const struct
{
  const char *path;
  const char *screen;
} cases[] = {
  { "/", "/" },
  { "", "/" },
  { "//", "/" },
  { "/checkout", "/checkout" },
  { "/checkout/", "/checkout" },
  { "/checkout//", "/checkout" },
  { "//checkout///done", "/checkout/done" },
  { "checkout/done", "checkout/done" },
  { "/checkout?step=2", "/checkout" },
  { "/checkout#pay", "/checkout" },
  { "/checkout/?step=2#pay", "/checkout" },
  { "/checkout#a?b", "/checkout" },
  { "?step=2", "/" },
  { "#pay", "/" },
  { "/?step=/user/1", "/" },
  { "/user/123", "/user/:id" },
  { "/user/123/", "/user/:id" },
  { "/user/4?x=1", "/user/:id" },
  { "/user/0", "/user/:id" },
  { "/123", "/:id" },
  { "123", ":id" },
  { "/user/123/order/456", "/user/:id/order/:id" },
  { "/order/123abc", "/order/123abc" },
  { "/order/-5", "/order/-5" },
  { "/order/1.5", "/order/1.5" },
  { "/order/018f6d2c-7c3a-7b51-9c1e-0123456789ab", "/order/:id" },
  { "/order/018F6D2C-7C3A-7B51-9C1E-0123456789AB/edit", "/order/:id/edit" },
  { "/order/018f6d2c-7c3a-7b51-9c1e-0123456789ag", "/order/018f6d2c-7c3a-7b51-9c1e-0123456789ag" },
  { "/commit/5f2b8c1d9e7a", "/commit/:id" },
  { "/commit/5f2b8c1d9e7", "/commit/5f2b8c1d9e7" },
  { "/commit/507f1f77bcf86cd799439011", "/commit/:id" },
  { "/words/defacedfacade", "/words/defacedfacade" },
  { "/v2/items", "/v2/items" },
  { "/2024/sale", "/:id/sale" },
  { "/caf\xc3\xa9/42", "/caf\xc3\xa9/:id" },
  { "/\xe5\x95\x86\xe5\x93\x81/7", "/\xe5\x95\x86\xe5\x93\x81/:id" },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize len = strlen (cases[i].path);
      g_autofree char *exact = len > 0 ? g_memdup2 (cases[i].path, len) : g_strdup ("");
      char out[PDG_SCREEN_PATH_MAX_BYTES + 1];

      g_test_message ("\"%s\"", cases[i].path);
      g_assert_cmpuint (pdg_screen_path_normalise (exact, len, out), ==, strlen (cases[i].screen));
      g_assert_cmpstr (out, ==, cases[i].screen);
    }
}

/* Normalising what is normal changes nothing. */
static void
test_idempotent (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char out[PDG_SCREEN_PATH_MAX_BYTES + 1];

      pdg_screen_path_normalise (cases[i].screen, strlen (cases[i].screen), out);
      g_assert_cmpstr (out, ==, cases[i].screen);
    }
}

static void
test_long (void)
{
  char out[PDG_SCREEN_PATH_MAX_BYTES + 1];

  for (gsize padding = 0; padding < 8; padding++)
    {
      GString *path = g_string_new ("/");

      for (gsize i = 0; i < padding; i++)
        g_string_append_c (path, 'p');
      while (path->len < 2000)
        g_string_append (path, "\xe5\x95\x86");
      g_assert_cmpuint (pdg_screen_path_normalise (path->str, path->len, out), <=, PDG_SCREEN_PATH_MAX_BYTES);
      g_assert_cmpuint (strlen (out), >, PDG_SCREEN_PATH_MAX_BYTES - 3);
      g_assert_true (g_utf8_validate (out, -1, NULL));
      g_assert_true (g_str_has_prefix (path->str, out));
      g_string_free (path, TRUE);
    }
}

/* ":id" is written whole or not at all. */
static void
test_long_ids (void)
{
  char out[PDG_SCREEN_PATH_MAX_BYTES + 1];

  for (gsize padding = 0; padding < 8; padding++)
    {
      GString *path = g_string_new ("/");

      for (gsize i = 0; i < padding; i++)
        g_string_append_c (path, 'p');
      for (int i = 0; i < 300; i++)
        g_string_append (path, "/1");
      g_assert_cmpuint (pdg_screen_path_normalise (path->str, path->len, out), >, PDG_SCREEN_PATH_MAX_BYTES - 4);
      g_assert_true (g_str_has_suffix (out, "/:id"));
      g_string_free (path, TRUE);
    }
}

/* Whatever the path, the result is short, terminated, valid UTF-8, and never ends in a piece of ":id". */
static void
test_random (void)
{
  static const char *const pieces[] = { "/", "a", "12", "\xc3\xa9", "\xf0\x9f\x98\x80", "?", "long-segment-of-a-path", "5f2b8c1d9e7a" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < 20000; i++)
    {
      GString *path = g_string_new (NULL);
      char out[PDG_SCREEN_PATH_MAX_BYTES + 1];
      int n = g_rand_int_range (rand, 0, 200);

      while (n-- > 0)
        g_string_append (path, pieces[g_rand_int_range (rand, 0, n % 20 == 0 ? G_N_ELEMENTS (pieces) : 5)]);
      g_assert_cmpuint (pdg_screen_path_normalise (path->str, path->len, out), ==, strlen (out));
      g_assert_cmpuint (strlen (out), <=, PDG_SCREEN_PATH_MAX_BYTES);
      g_assert_cmpuint (strlen (out), >, 0);
      g_assert_true (g_utf8_validate (out, -1, NULL));
      g_assert_false (g_str_has_suffix (out, "/:") || g_str_has_suffix (out, "/:i"));
      g_string_free (path, TRUE);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *path;
    const char *name;
    gboolean pattern;
  } screens[] = {
    { "/", "Home", FALSE },
    { "/:id", "Home", TRUE },
    { "/product/:id", "Product", TRUE },
    { "/product/:id/reviews", "Reviews", TRUE },
    { "/account/order-history", "Order history", FALSE },
    { "/sign_up", "Sign up", FALSE },
    { "checkout", "Checkout", FALSE },
    { ":id", "Home", TRUE },
    { "/:idea", ":idea", FALSE },
    { "/x:id", "X:id", FALSE },
    { "/\xc3\xa9t\xc3\xa9", "\xc3\x89t\xc3\xa9", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (screens); i++)
    {
      gsize len = strlen (screens[i].path);
      g_autofree char *name = pdg_screen_path_dup_name (screens[i].path);
      g_autofree char *exact = g_memdup2 (screens[i].path, len);

      g_assert_cmpstr (name, ==, screens[i].name);
      g_assert_cmpint (pdg_screen_path_is_pattern (exact, len), ==, screens[i].pattern);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/screen-path/table", test_table);
  g_test_add_func ("/model/screen-path/idempotent", test_idempotent);
  g_test_add_func ("/model/screen-path/long", test_long);
  g_test_add_func ("/model/screen-path/long-ids", test_long_ids);
  g_test_add_func ("/model/screen-path/random", test_random);
  g_test_add_func ("/model/screen-path/names", test_names);
  return g_test_run ();
}
