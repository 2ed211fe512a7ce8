#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pdg-test-db.h"

/* Running cluster-helper, and looking at what is left of a server. */

typedef struct
{
  GSubprocess *process;
  GDataInputStream *output;
} Helper;

static inline Helper
helper_start (const char *data_dir, const char *uid)
{
  g_autofree char *program = g_build_filename (g_getenv ("PDG_TEST_BIN_DIR"), "db-cluster-helper", NULL);
  g_autoptr (GError) error = NULL;
  Helper helper;

  helper.process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, data_dir, uid, NULL);
  g_assert_no_error (error);
  helper.output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (helper.process));
  return helper;
}

/* The next line it says; waits. */
static inline char *
helper_read (Helper *helper)
{
  char *line = g_data_input_stream_read_line (helper->output, NULL, NULL, NULL);

  return line != NULL ? line : g_strdup ("");
}

static inline char *
helper_ask (Helper *helper, const char *line)
{
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (helper->process), line, strlen (line), NULL, NULL, NULL);
  g_output_stream_flush (g_subprocess_get_stdin_pipe (helper->process), NULL, NULL);
  return helper_read (helper);
}

static inline void
helper_end (Helper *helper, int signal_number)
{
  if (signal_number != 0)
    g_subprocess_send_signal (helper->process, signal_number);
  else
    g_output_stream_close (g_subprocess_get_stdin_pipe (helper->process), NULL, NULL);
  g_subprocess_wait (helper->process, NULL, NULL);
  g_clear_object (&helper->output);
  g_clear_object (&helper->process);
}

/* A path under the cluster's folder, "15.lock" and so on. */
static inline char *
pg_path (const char *data_dir, int major, const char *suffix)
{
  return g_strdup_printf ("%s/pg/%d%s", data_dir, major, suffix);
}

static inline pid_t
read_postmaster_pid (const char *data_dir, int major)
{
  g_autofree char *path = pg_path (data_dir, major, "/postmaster.pid");
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? atoi (text) : 0;
}

static inline void
wait_until_gone (const char *path)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static inline void
assert_mode (const char *path, guint mode)
{
  struct stat st;

  g_assert_cmpint (lstat (path, &st), ==, 0);
  g_assert_cmphex (st.st_mode & 07777, ==, mode);
}

static inline gint64
query_uri (const char *uri, const char *sql)
{
  g_autoptr (PdgDbConn) conn = test_open (uri);
  g_autoptr (PdgDbTx) tx = test_begin (conn);

  return test_query_int8 (tx, sql);
}

static inline void
run_uri (const char *uri, const char *sql)
{
  g_autoptr (PdgDbConn) conn = test_open (uri);
  g_autoptr (PdgDbTx) tx = test_begin (conn);
  g_autoptr (GError) error = NULL;

  pdg_db_tx_exec_script (tx, sql, &error);
  g_assert_no_error (error);
  pdg_db_tx_commit (tx, &error);
  g_assert_no_error (error);
}
