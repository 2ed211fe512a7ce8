#include "config.h"
#include "pdg-shared.h"

#include <string.h>

#include "support/pdg-test-cluster.h"

static char *owner_uri;
static char *environment; /* DATABASE_URL=... */

static void
set_environment (const char *uri)
{
  g_free (environment);
  environment = g_strconcat ("DATABASE_URL=", uri, NULL);
}

void
pdg_shared_make_database (const char *name)
{
  g_free (owner_uri);
  owner_uri = pdg_test_cluster_make_database (name);
  set_environment (owner_uri);
}

const char *
pdg_shared_get_owner_uri (void)
{
  return owner_uri;
}

/* Where the value of "host=" begins and how long it is. */
static gsize
find_host (const char **start)
{
  *start = strstr (owner_uri, "host=");
  g_assert_nonnull (*start);
  *start += strlen ("host=");
  return strcspn (*start, "&");
}

char *
pdg_shared_dup_socket_folder (void)
{
  const char *start;
  gsize len = find_host (&start);

  return g_uri_unescape_segment (start, start + len, NULL);
}

void
pdg_shared_set_socket_folder (const char *folder)
{
  const char *start;
  gsize len = find_host (&start);
  g_autofree char *escaped = g_uri_escape_string (folder, NULL, FALSE);
  g_autoptr (GString) uri = g_string_new_len (owner_uri, start - owner_uri);

  g_string_append_printf (uri, "%s%s", escaped, start + len);
  set_environment (uri->str);
}

char *
pdg_shared_run_word (const char *organisation, const char *const *arguments)
{
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_ORGANISATION=", organisation != NULL ? organisation : "", NULL);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int code = pdg_system_run (arguments, (const char *[]) { environment, variable, NULL }, &output, &errors);

  if (code != 0)
    g_error ("%s %s failed: %s", arguments[0], arguments[1], errors);
  output[strcspn (output, " \n")] = '\0';
  return g_steal_pointer (&output);
}

PdgProgram *
pdg_shared_serve (guint16 port, const char *organisation)
{
  g_autofree char *variable = g_strconcat ("PRODUCTGRAPH_ORGANISATION=", organisation != NULL ? organisation : "", NULL);

  return pdg_program_serve (NULL, port, (const char *[]) { environment, variable, NULL });
}
