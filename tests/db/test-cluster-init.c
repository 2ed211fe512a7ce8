#include "config.h"

#include <errno.h>
#include <pwd.h>

#include "pdg-test-helper.h"

/* How a cluster comes to be, and when it must not. Each test has a folder of its own. */

static int major;

static char *
make_dir (const char *name)
{
  char *path = g_build_filename (pdg_test_get_tmp_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
write_text (const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
assert_starts (const char *data_dir, PdgDbClusterFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbCluster) cluster = pdg_db_cluster_start (data_dir, flags, &error);

  g_assert_no_error (error);
  g_assert_cmpint (query_uri (pdg_db_cluster_get_server_uri (cluster), "SELECT 1"), ==, 1);
}

static void
assert_refused (const char *data_dir, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbCluster) cluster = pdg_db_cluster_start (data_dir, PDG_DB_CLUSTER_THROWAWAY, &error);

  g_assert_null (cluster);
  g_assert_error (error, PDG_DB_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_init_half_made (void)
{
  g_autofree char *data_dir = make_dir ("half");
  g_autofree char *mark = pg_path (data_dir, major, ".incomplete");
  g_autofree char *junk_new = pg_path (data_dir, major, ".new/base/junk");
  g_autofree char *version = pg_path (data_dir, major, "/PG_VERSION");
  g_autofree char *junk = pg_path (data_dir, major, "/junk");

  write_text (mark, "");
  write_text (junk_new, "x");
  write_text (version, "15\n");
  write_text (junk, "x");
  assert_starts (data_dir, PDG_DB_CLUSTER_THROWAWAY);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (junk, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (junk_new, G_FILE_TEST_EXISTS));
}

static void
test_init_interrupted (void)
{
  g_autofree char *data_dir = make_dir ("interrupted");
  g_autofree char *mark = pg_path (data_dir, major, ".incomplete");
  g_autofree char *working = pg_path (data_dir, major, ".new/global");
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  Helper helper = helper_start (data_dir, NULL);

  while (!g_file_test (working, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (500);
    }
  helper_end (&helper, SIGKILL);
  g_assert_true (g_file_test (mark, G_FILE_TEST_EXISTS));
  assert_starts (data_dir, PDG_DB_CLUSTER_THROWAWAY);
}

static void
test_init_leaves_strangers_alone (void)
{
  g_autofree char *data_dir = make_dir ("stranger");
  g_autofree char *file = pg_path (data_dir, major, "/thesis.txt");
  g_autofree char *empty_dir = make_dir ("empty");
  g_autofree char *empty = pg_path (empty_dir, major, "");

  write_text (file, "ten years");
  assert_refused (data_dir, PDG_DB_ERROR_INVALID, "move it away");
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_mkdir_with_parents (empty, 0755), ==, 0);
  assert_starts (empty_dir, PDG_DB_CLUSTER_THROWAWAY);
  assert_mode (empty, 0700);
}

static void
test_init_other_major (void)
{
  g_autofree char *data_dir = make_dir ("major");
  g_autofree char *future = pg_path (data_dir, 99, "/PG_VERSION");
  g_autofree char *wrong_dir = make_dir ("wrong");
  g_autofree char *wrong = pg_path (wrong_dir, major, "/PG_VERSION");

  write_text (future, "99\n");
  assert_refused (data_dir, PDG_DB_ERROR_NOT_FOUND, "PostgreSQL 99");
  write_text (wrong, "14\n");
  assert_refused (wrong_dir, PDG_DB_ERROR_INVALID, "PostgreSQL 14");
}

static void
test_init_lost_secrets (void)
{
  g_autofree char *data_dir = make_dir ("secrets");
  g_autofree char *secrets = pg_path (data_dir, major, ".secrets");

  assert_starts (data_dir, PDG_DB_CLUSTER_THROWAWAY);
  g_assert_cmpint (g_unlink (secrets), ==, 0);
  assert_refused (data_dir, PDG_DB_ERROR_NOT_FOUND, "restore");
}

static void
test_init_not_writable (void)
{
  g_autofree char *file = g_build_filename (pdg_test_get_tmp_dir (), "a-file", NULL);
  g_autofree char *below = g_build_filename (file, "data", NULL);

  write_text (file, "");
  assert_refused (below, PDG_DB_ERROR_PERMISSION, "write to");
  assert_refused ("/proc/productgraph", PDG_DB_ERROR_PERMISSION, "write to");
}

static void
test_init_no_postgresql (void)
{
  g_autofree char *data_dir = make_dir ("none");
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (g_getenv ("PRODUCTGRAPH_PG_BINDIR"));
  int found = 0;
  g_autofree char *bindir = pdg_db_cluster_find_binaries (0, &found, &error);

  g_assert_no_error (error);
  g_assert_nonnull (bindir);
  g_assert_cmpint (found, >=, 15);
  g_assert_null (pdg_db_cluster_find_binaries (99, NULL, &error));
  g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "PostgreSQL 99"));
  g_setenv ("PRODUCTGRAPH_PG_BINDIR", "/nonexistent", TRUE);
  assert_refused (data_dir, PDG_DB_ERROR_NOT_FOUND, "PRODUCTGRAPH_PG_BINDIR");
  if (before != NULL)
    g_setenv ("PRODUCTGRAPH_PG_BINDIR", before, TRUE);
  else
    g_unsetenv ("PRODUCTGRAPH_PG_BINDIR");
}

static void
test_init_socket_folder (void)
{
  g_autofree char *before = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));
  g_autofree char *letters = g_strnfill (90, 'l');
  g_autofree char *longer = make_dir (letters);
  g_autofree char *data_dir = make_dir ("sockets");
  const char *values[] = { NULL, longer, "/nonexistent", "relative", before };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgDbCluster) cluster = NULL;

      if (values[i] != NULL)
        g_setenv ("XDG_RUNTIME_DIR", values[i], TRUE);
      else
        g_unsetenv ("XDG_RUNTIME_DIR");
      cluster = pdg_db_cluster_start (data_dir, PDG_DB_CLUSTER_THROWAWAY, &error);
      g_assert_no_error (error);
      g_assert_cmpint (query_uri (pdg_db_cluster_get_server_uri (cluster), "SELECT 1"), ==, 1);
      g_assert_cmpint (strstr (pdg_db_cluster_get_server_uri (cluster), "host=%2Ftmp%2Fproductgraph-") != NULL, ==, values[i] != before);
    }
}

static void
test_init_two_at_once (void)
{
  g_autofree char *data_dir = make_dir ("two");
  Helper helpers[3];
  guint n_owners = 0, n_attached = 0;

  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++)
    helpers[i] = helper_start (data_dir, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++)
    {
      g_autofree char *said = helper_read (&helpers[i]);

      n_owners += g_str_has_prefix (said, "owner ");
      n_attached += g_str_has_prefix (said, "attached ");
    }
  g_assert_cmpuint (n_owners, ==, 1);
  g_assert_cmpuint (n_attached, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++)
    helper_end (&helpers[i], 0);
}

static void
test_init_root_drops (void)
{
  g_autofree char *data_dir = make_dir ("dropped");
  g_autofree char *private_dir = make_dir ("private/inside");
  g_autofree char *data = pg_path (data_dir, major, "");
  struct passwd *nobody = getpwnam ("nobody");
  struct stat st;

  if (geteuid () != 0)
    {
      g_test_skip ("only root drops");
      return;
    }
  /* a folder that the other user may pass through, and one that it may not */
  g_assert_cmpint (chmod (pdg_test_get_tmp_dir (), 0711), ==, 0);
  g_assert_cmpint (chmod (data_dir, 0711), ==, 0);
  assert_starts (data_dir, PDG_DB_CLUSTER_THROWAWAY | PDG_DB_CLUSTER_NO_USER_NS);
  g_assert_cmpint (stat (data, &st), ==, 0);
  g_assert_cmpuint (st.st_uid, ==, nobody->pw_uid);
  /* it stays that user's, also where a namespace would be possible */
  assert_starts (data_dir, PDG_DB_CLUSTER_THROWAWAY);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (PdgDbCluster) cluster =
      pdg_db_cluster_start (private_dir, PDG_DB_CLUSTER_THROWAWAY | PDG_DB_CLUSTER_NO_USER_NS, &error);

    g_assert_null (cluster);
    g_assert_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION);
    g_assert_nonnull (strstr (error->message, "normal user"));
  }
  /* root's own data moves over to the other user where namespaces have gone */
  {
    g_autofree char *moving = make_dir ("moving");

    g_assert_cmpint (chmod (moving, 0711), ==, 0);
    assert_starts (moving, PDG_DB_CLUSTER_THROWAWAY);
    assert_starts (moving, PDG_DB_CLUSTER_THROWAWAY | PDG_DB_CLUSTER_NO_USER_NS);
  }
}

static void
test_init_normal_user (void)
{
  g_autofree char *data_dir = make_dir ("user");
  g_autofree char *forbidden = make_dir ("forbidden");
  struct passwd *nobody = getpwnam ("nobody");
  g_autofree char *uid = NULL;
  g_autofree char *said = NULL;
  g_autofree char *nothing = NULL;
  Helper helper;

  if (geteuid () != 0 || nobody == NULL)
    {
      g_test_skip ("every other test runs as a normal user already");
      return;
    }
  uid = g_strdup_printf ("%u", nobody->pw_uid);
  g_assert_cmpint (chmod (pdg_test_get_tmp_dir (), 0711), ==, 0);
  g_assert_cmpint (chown (data_dir, nobody->pw_uid, nobody->pw_gid), ==, 0);
  helper = helper_start (data_dir, uid);
  said = helper_read (&helper);
  g_assert_true (g_str_has_prefix (said, "owner "));
  helper_end (&helper, 0);

  helper = helper_start (forbidden, uid);
  nothing = helper_read (&helper);
  g_assert_true (g_str_has_prefix (nothing, "error "));
  g_assert_cmpint (atoi (nothing + strlen ("error ")), ==, PDG_DB_ERROR_PERMISSION);
  helper_end (&helper, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_RUNTIME_DIR", pdg_test_get_tmp_dir (), TRUE);
  g_free (pdg_db_cluster_find_binaries (0, &major, NULL));
  g_test_add_func ("/db/cluster-init/half-made", test_init_half_made);
  g_test_add_func ("/db/cluster-init/interrupted", test_init_interrupted);
  g_test_add_func ("/db/cluster-init/leaves-strangers-alone", test_init_leaves_strangers_alone);
  g_test_add_func ("/db/cluster-init/other-major", test_init_other_major);
  g_test_add_func ("/db/cluster-init/lost-secrets", test_init_lost_secrets);
  g_test_add_func ("/db/cluster-init/not-writable", test_init_not_writable);
  g_test_add_func ("/db/cluster-init/no-postgresql", test_init_no_postgresql);
  g_test_add_func ("/db/cluster-init/socket-folder", test_init_socket_folder);
  g_test_add_func ("/db/cluster-init/two-at-once", test_init_two_at_once);
  g_test_add_func ("/db/cluster-init/root-drops", test_init_root_drops);
  g_test_add_func ("/db/cluster-init/normal-user", test_init_normal_user);
  return g_test_run ();
}
