#include "config.h"
#include "db/pdg-db-cluster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/pdg-db-private.h"

/* Where to find PostgreSQL's programs. */

#define OLDEST_MAJOR 15

/* Folders that hold one folder for each major version. */
static const struct
{
  const char *folder;
  const char *prefix; /* before the number */
  const char *suffix; /* after it */
} versioned[] = {
  { "/usr/lib/postgresql", "", "/bin" },   /* Debian, Ubuntu */
  { "/usr", "pgsql-", "/bin" },            /* PostgreSQL's own RPMs */
  { "/opt/homebrew/opt", "postgresql@", "/bin" },
};

typedef struct
{
  char *folder;
  int major;
} Best;

static gboolean
has_programs (const char *folder)
{
  g_autofree char *initdb = g_build_filename (folder, "initdb", NULL);
  g_autofree char *postgres = g_build_filename (folder, "postgres", NULL);

  return access (initdb, X_OK) == 0 && access (postgres, X_OK) == 0;
}

/* Asks the program; 0 when it does not answer as PostgreSQL does ("postgres (PostgreSQL) 15.20 (Debian …)"). */
static int
ask_major (const char *folder)
{
  g_autofree char *postgres = g_build_filename (folder, "postgres", NULL);
  g_autofree char *output = NULL;
  const char *argv[] = { postgres, "--version", NULL };
  const char *number;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, NULL, NULL))
    return 0;
  number = output != NULL ? strstr (output, "(PostgreSQL) ") : NULL;
  return number != NULL ? atoi (number + strlen ("(PostgreSQL) ")) : 0;
}

/* Takes @folder over when it is better than what is there. */
static void
consider (Best *best, const char *folder, int major, int wanted)
{
  if (major < OLDEST_MAJOR || (wanted != 0 && major != wanted) || major <= best->major)
    return;
  g_free (best->folder);
  best->folder = g_strdup (folder);
  best->major = major;
}

static void
search_versioned (Best *best, int wanted)
{
  for (guint i = 0; i < G_N_ELEMENTS (versioned); i++)
    {
      g_autoptr (GDir) dir = g_dir_open (versioned[i].folder, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *folder = g_strconcat (versioned[i].folder, "/", name, versioned[i].suffix, NULL);

          if (g_str_has_prefix (name, versioned[i].prefix) && has_programs (folder))
            consider (best, folder, atoi (name + strlen (versioned[i].prefix)), wanted);
        }
    }
}

/* Folders whose name tells no version; one that only links into a versioned folder is not asked again. */
static void
search_plain (Best *best, const char *folder, int wanted)
{
  g_autofree char *postgres = g_build_filename (folder, "postgres", NULL);
  char *real = has_programs (folder) ? realpath (postgres, NULL) : NULL;
  g_autofree char *real_folder = NULL;

  if (real == NULL)
    return;
  real_folder = g_path_get_dirname (real);
  free (real);
  if (best->folder == NULL || strcmp (real_folder, best->folder) != 0)
    consider (best, has_programs (real_folder) ? real_folder : folder, ask_major (folder), wanted);
}

static void
search_path (Best *best, int wanted)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("PATH") != NULL ? g_getenv ("PATH") : "", ":", -1);

  search_plain (best, "/usr/local/pgsql/bin", wanted);
  for (guint i = 0; folders[i] != NULL; i++)
    if (g_path_is_absolute (folders[i]))
      search_plain (best, folders[i], wanted);
}

static void
search_pg_config (Best *best, int wanted)
{
  g_autofree char *pg_config = g_find_program_in_path ("pg_config");
  const char *argv[] = { pg_config, "--bindir", NULL };
  g_autofree char *output = NULL;

  if (pg_config == NULL
      || !g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, NULL, NULL))
    return;
  search_plain (best, g_strchomp (output), wanted);
}

static void
set_not_found (GError **error, int wanted, const char *folder)
{
  g_autofree char *version = wanted != 0 ? g_strdup_printf ("PostgreSQL %d", wanted)
                                         : g_strdup_printf ("PostgreSQL %d or newer", OLDEST_MAJOR);
  g_autofree char *package = wanted != 0 ? g_strdup_printf ("postgresql-%d", wanted) : g_strdup ("postgresql");

  if (folder != NULL)
    pdg_db_error_set (error, PDG_DB_ERROR_NOT_FOUND, NULL, NULL,
                      "PRODUCTGRAPH_PG_BINDIR is %s, which does not hold initdb and postgres of %s", folder, version);
  else
    pdg_db_error_set (error, PDG_DB_ERROR_NOT_FOUND, NULL, NULL,
                      "%s is not installed: install it (Debian, Ubuntu: apt install %s; Fedora: dnf install postgresql-server), "
                      "set PRODUCTGRAPH_PG_BINDIR to the folder of its programs, or set DATABASE_URL to use a database server",
                      version, package);
}

char *
pdg_db_cluster_find_binaries (int major, int *found_major, GError **error)
{
  const char *given = g_getenv ("PRODUCTGRAPH_PG_BINDIR");
  Best best = { NULL, 0 };

  if (given != NULL && given[0] != '\0')
    {
      if (has_programs (given))
        consider (&best, given, ask_major (given), major);
    }
  else
    {
      given = NULL;
      search_versioned (&best, major);
      search_path (&best, major);
      if (best.folder == NULL)
        search_pg_config (&best, major);
    }
  if (best.folder == NULL)
    {
      set_not_found (error, major, given);
      return NULL;
    }
  if (found_major != NULL)
    *found_major = best.major;
  return best.folder;
}
