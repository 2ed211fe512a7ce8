#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/types.h>

#include "db/pdg-db-conn.h"
#include "http/pdg-http-client.h"

G_BEGIN_DECLS

/* Running the real programs, and looking at what they leave behind. A failure ends the test program. */

#define PDG_SYSTEM_SECONDS G_USEC_PER_SEC
#define PDG_SYSTEM_READY_USEC (60 * PDG_SYSTEM_SECONDS)
#define PDG_SYSTEM_STOP_USEC (30 * PDG_SYSTEM_SECONDS)

/* A program that was started: its process, and everything it says in one file. */
typedef struct _PdgProgram PdgProgram;

/* Sets up the environment (no display, no settings of the user's, sockets in a folder of ours) and g_test_init (). */
void          pdg_system_init (int *argc, char ***argv);

/* How often a drill does what it does @n times in a short run: PDG_DRILL, a factor, is 1 where it is not set. */
guint         pdg_system_get_rounds (guint n);

/* A new folder that is removed with everything in it when the test program is gone. (transfer full) */
char         *pdg_system_make_dir (void);

/* The paths of the programs that were built. (transfer none) */
const char   *pdg_system_get_daemon (void);
const char   *pdg_system_get_desktop (void);

/* A TCP port of loopback that nobody listens on. */
guint16       pdg_system_find_port (void);

/* Starts @argv[0]; it is killed when the test program dies. @environment: "NAME=value" in addition, "NAME" takes one out;
 * nullable. (transfer full) */
PdgProgram   *pdg_program_start (const char *const *argv, const char *const *environment);

/* `productgraphd serve` on @data_dir (nullable: DATABASE_URL is in @environment) and @port. (transfer full) */
PdgProgram   *pdg_program_serve (const char *data_dir, guint16 port, const char *const *environment);

/* Runs productgraphd with @arguments to its end; returns its exit code. @output, @errors: (out) (transfer full) (nullable). */
int           pdg_system_run (const char *const *arguments, const char *const *environment, char **output, char **errors);

pid_t         pdg_program_get_pid (PdgProgram *program);
gboolean      pdg_program_is_running (PdgProgram *program);

/* What it said so far, standard output and error together. (transfer full) */
char         *pdg_program_dup_output (PdgProgram *program);

/* Waits until it has said @text. */
void          pdg_program_wait_for_output (PdgProgram *program, const char *text);

/* Sends a signal. */
void          pdg_program_signal (PdgProgram *program, int signal_number);

/* Waits for its end; the exit code, or minus the signal that ended it. Fails after @timeout_usec. */
int           pdg_program_wait (PdgProgram *program, gint64 timeout_usec);

/* Ends it (SIGTERM, with a deadline) when it runs, and frees. */
void          pdg_program_free (PdgProgram *program);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgProgram, pdg_program_free)

/* One request; 0 as status when there is no answer. @headers as for pdg_http_client_request (). @body, @answer: nullable. */
guint         pdg_system_request (guint16 port, const char *method, const char *path, const char *const *headers, const char *body,
                                  char **answer);

/* Waits until /ready answers @status. @program: (nullable) must not end meanwhile. */
void          pdg_system_wait_ready (PdgProgram *program, guint16 port, guint status);

/* Runs a GraphQL document; its "data" member. @token: (nullable). Errors in the response fail. (transfer full) */
JsonNode     *pdg_system_graphql (guint16 port, const char *token, const char *document);

/* Screens' visits and the number of sessions and events in the whole of a project's journey graph; -1 when there is no
 * such project for the caller. */
gint64        pdg_system_count_events (guint16 port, const char *token, const char *project);

/* The connection string of the owner of a private cluster. (transfer full) */
char         *pdg_system_dup_owner_uri (const char *data_dir);

/* The number of a one-value query as the owner; runs SQL as the owner. */
gint64        pdg_system_query (const char *uri, const char *sql);
void          pdg_system_exec (const char *uri, const char *sql);

/* The folder of the private cluster's files; NULL before there is one. (transfer full) (nullable) */
char         *pdg_system_find_cluster (const char *data_dir);

/* The postmaster of a private cluster, 0 when there is none. */
pid_t         pdg_system_find_postmaster (const char *data_dir);

/* One of its children, any. 0 when there is none. */
pid_t         pdg_system_find_backend (pid_t postmaster);

/* Processes whose current folder is the private cluster's, zombies left out. */
guint         pdg_system_count_postgres (const char *data_dir);

/* Waits until no process of the cluster is left. */
void          pdg_system_wait_postgres_gone (const char *data_dir);

/* Fails unless each session row agrees with its events. */
void          pdg_system_assert_sessions (const char *uri);

G_END_DECLS
