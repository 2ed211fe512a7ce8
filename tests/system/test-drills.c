#include "config.h"
#include "pdg-cutter.h"
#include "pdg-senders.h"
#include "pdg-shared.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* Bad days that a collector lives through: connections cut, the disk full, the clock set, a second collector beside it. What was
 * acknowledged is stored once. `make drill` has many more rounds. */

#define N_CUTS 15
#define N_FULL_DISKS 2
#define N_TWIN_KILLS 4
#define DISK_BYTES "size=200m"
#define FILL_BYTES (1024 * 1024)

static const PdgSendersOptions senders_options = { .n_threads = 4, .n_batch = 20 };

static void
sleep_randomly (void)
{
  g_usleep ((gulong) g_random_int_range (10 * 1000, 150 * 1000));
}

/* ---- connections ---- */

static void
test_clients_cut_off (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = pdg_program_serve (dir, port, NULL);
  g_autoptr (PdgCutter) cutter = pdg_cutter_new_tcp (port);
  g_autoptr (PdgSenders) senders = NULL;
  guint n_cut = 0;

  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  senders = pdg_senders_start (pdg_cutter_get_port (cutter), &senders_options);
  for (guint i = 0; i < pdg_system_get_rounds (N_CUTS); i++)
    {
      pdg_senders_wait_for (senders, 20);
      sleep_randomly ();
      n_cut += pdg_cutter_cut (cutter);
    }
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events, %u connections cut, %u requests without an answer", pdg_senders_get_n_acknowledged (senders), n_cut,
                  pdg_senders_get_n_broken (senders));
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), >, 0);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
}

static void
test_database_cut_off (void)
{
  guint16 port = pdg_system_find_port ();
  g_autofree char *folder = pdg_system_make_dir ();
  g_autofree char *own = NULL;
  g_autoptr (PdgCutter) cutter = NULL;
  g_autoptr (PdgProgram) server = NULL;
  g_autofree char *key = NULL;
  g_autoptr (PdgSenders) senders = NULL;
  PdgSendersOptions options = senders_options;
  guint n_cut = 0;

  pdg_shared_make_database ("cut_off");
  own = pdg_shared_dup_socket_folder ();
  cutter = pdg_cutter_new_unix (folder, own, ".s.PGSQL.5432");
  pdg_shared_set_socket_folder (folder);
  server = pdg_shared_serve (port, NULL);
  pdg_system_wait_ready (server, port, 200);
  options.key = key = pdg_shared_run_word (NULL, (const char *[]) { "key", "create", "proj_demo", NULL });
  senders = pdg_senders_start (port, &options);
  for (guint i = 0; i < pdg_system_get_rounds (N_CUTS); i++)
    {
      pdg_senders_wait_for (senders, 20);
      sleep_randomly ();
      n_cut += pdg_cutter_cut (cutter);
    }
  pdg_system_wait_ready (server, port, 200);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events, %u connections cut, %u refused", pdg_senders_get_n_acknowledged (senders), n_cut,
                  pdg_senders_get_n_refused (senders));
  g_assert_cmpuint (n_cut, >, 0);
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), ==, 0); /* each got an answer all the same */
  pdg_senders_assert_stored (senders, pdg_shared_get_owner_uri ());
  pdg_system_assert_sessions (pdg_shared_get_owner_uri ());
}

/* ---- the disk ---- */

/* A small disk of its own at @folder, seen by this process and its children alone. */
static gboolean
mount_small_disk (const char *folder)
{
  static gboolean is_private;

  if (!is_private && (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0))
    return FALSE;
  is_private = TRUE;
  return mount ("small", folder, "tmpfs", 0, DISK_BYTES) == 0;
}

/* Writes until nothing more fits. */
static void
fill_disk (const char *path)
{
  g_autofree char *zeros = g_malloc0 (FILL_BYTES);
  gsize piece = FILL_BYTES;
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (piece > 0)
    if (write (fd, zeros, piece) <= 0)
      {
        g_assert_true (errno == ENOSPC || errno == EINTR);
        piece /= 2;
      }
  close (fd);
}

static void
wait_for_refusals (PdgSenders *senders, guint n)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;
  guint target = pdg_senders_get_n_refused (senders) + n;

  while (pdg_senders_get_n_refused (senders) < target)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
}

static void
test_disk_full (void)
{
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *filler = g_build_filename (dir, "filler", NULL);
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = NULL;
  g_autoptr (PdgSenders) senders = NULL;

  if (!mount_small_disk (dir))
    {
      g_test_skip ("mounting a small disk needs root");
      return;
    }
  server = pdg_program_serve (dir, port, NULL);
  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  senders = pdg_senders_start (port, &senders_options);
  for (guint i = 0; i < pdg_system_get_rounds (N_FULL_DISKS); i++)
    {
      pdg_senders_wait_for (senders, 100);
      fill_disk (filler);
      /* the writer's own files may still take some: until it says that it cannot */
      wait_for_refusals (senders, 20);
      g_assert_true (pdg_program_is_running (server));
      sleep_randomly ();
      g_assert_cmpint (g_unlink (filler), ==, 0);
      pdg_senders_wait_for (senders, 100);
    }
  pdg_system_wait_ready (server, port, 200);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events, %u refused", pdg_senders_get_n_acknowledged (senders), pdg_senders_get_n_refused (senders));
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), ==, 0);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
}

/* ---- the clock ---- */

static void
set_clock (const char *file, const char *offset)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, offset, -1, &error);
  g_assert_no_error (error);
}

/* The wall clock of the collector and of its PostgreSQL jumps, forth and back, while events come in. */
static void
test_clock (void)
{
  static const char *const offsets[] = { "+3h", "-26h", "+20d", "-1", "+0" };
  g_autofree char *dir = pdg_system_make_dir ();
  g_autofree char *own_dir = pdg_system_make_dir ();
  g_autofree char *file = g_build_filename (own_dir, "clock", NULL);
  g_autofree char *preload = g_strconcat ("LD_PRELOAD=", g_getenv ("PDG_FAKETIME"), NULL);
  g_autofree char *source = g_strconcat ("FAKETIME_TIMESTAMP_FILE=", file, NULL);
  const char *environment[] = { preload, source, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", NULL };
  g_autofree char *uri = NULL;
  guint16 port = pdg_system_find_port ();
  g_autoptr (PdgProgram) server = NULL;
  g_autoptr (PdgSenders) senders = NULL;

  if (g_getenv ("PDG_FAKETIME") == NULL)
    {
      g_test_skip ("libfaketime is not there");
      return;
    }
  g_assert_cmpint (g_chmod (own_dir, 0755), ==, 0);
  set_clock (file, "+0");
  server = pdg_program_serve (dir, port, environment);
  pdg_system_wait_ready (server, port, 200);
  uri = pdg_system_dup_owner_uri (dir);
  senders = pdg_senders_start (port, &senders_options);
  for (guint i = 0; i < pdg_system_get_rounds (G_N_ELEMENTS (offsets)); i++)
    {
      set_clock (file, offsets[i % G_N_ELEMENTS (offsets)]);
      pdg_senders_wait_for (senders, 200);
    }
  pdg_system_wait_ready (server, port, 200);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events", pdg_senders_get_n_acknowledged (senders));
  g_assert_cmpuint (pdg_senders_get_n_broken (senders), ==, 0);
  /* the jumps were seen: arrivals lie more than twenty days apart */
  g_assert_cmpint (pdg_system_query (uri, "SELECT extract(day FROM max(received_at) - min(received_at))::bigint FROM event"), >=, 20);
  pdg_senders_assert_stored (senders, uri);
  pdg_system_assert_sessions (uri);
}

/* ---- two collectors ---- */

/* Each batch goes to both at the same time, while one after the other is killed. */
static void
test_two_collectors (void)
{
  guint16 ports[] = { pdg_system_find_port (), pdg_system_find_port () };
  PdgProgram *collectors[2];
  PdgSendersOptions options = senders_options;
  g_autofree char *key = NULL;
  g_autoptr (PdgSenders) senders = NULL;

  pdg_shared_make_database ("twins");
  for (int i = 0; i < 2; i++)
    {
      collectors[i] = pdg_shared_serve (ports[i], NULL);
      pdg_system_wait_ready (collectors[i], ports[i], 200);
    }
  options.key = key = pdg_shared_run_word (NULL, (const char *[]) { "key", "create", "proj_demo", NULL });
  options.twin_port = ports[1];
  senders = pdg_senders_start (ports[0], &options);
  for (guint i = 0; i < pdg_system_get_rounds (N_TWIN_KILLS); i++)
    {
      guint victim = i % 2;

      pdg_senders_wait_for (senders, 200);
      sleep_randomly ();
      pdg_program_signal (collectors[victim], SIGKILL);
      g_assert_cmpint (pdg_program_wait (collectors[victim], PDG_SYSTEM_STOP_USEC), ==, -SIGKILL);
      pdg_program_free (collectors[victim]);
      collectors[victim] = pdg_shared_serve (ports[victim], NULL);
    }
  pdg_senders_wait_for (senders, 200);
  pdg_senders_finish (senders, FALSE);
  g_test_message ("%u events to both, %u requests cut off", pdg_senders_get_n_acknowledged (senders), pdg_senders_get_n_broken (senders));
  pdg_senders_assert_stored (senders, pdg_shared_get_owner_uri ());
  pdg_system_assert_sessions (pdg_shared_get_owner_uri ());
  for (int i = 0; i < 2; i++)
    pdg_program_free (collectors[i]);
}

int
main (int argc, char *argv[])
{
  pdg_system_init (&argc, &argv);
  g_test_add_func ("/system/drills/clients-cut-off", test_clients_cut_off);
  g_test_add_func ("/system/drills/database-cut-off", test_database_cut_off);
  g_test_add_func ("/system/drills/disk-full", test_disk_full);
  g_test_add_func ("/system/drills/clock", test_clock);
  g_test_add_func ("/system/drills/two-collectors", test_two_collectors);
  return g_test_run ();
}
