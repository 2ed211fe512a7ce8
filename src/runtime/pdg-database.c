#include "config.h"
#include "runtime/pdg-database.h"

#include "db/pdg-db-error.h"
#include "db/pdg-db-migrator.h"
#include "service/pdg-commands.h"

#include <errno.h>
#include <string.h>

#define ROLE_READER "productgraph_app"
#define ROLE_WRITER "productgraph_ingest"

struct _PdgDatabase
{
  PdgDbCluster *cluster;
  char *url; /* of a shared one */
  gboolean may_be_writer;
  PdgOrganisation *organisation;
  GPtrArray *applied;
};

static char *
dup_data_dir (PdgConfig *config)
{
  const char *dir = pdg_config_get_string (config, PDG_CONFIG_DATA_DIR);

  if (dir != NULL)
    return g_canonicalize_filename (dir, NULL);
  return g_build_filename (g_get_user_data_dir (), "productgraph", NULL);
}

static gboolean
start_cluster (PdgDatabase *self, PdgConfig *config, GError **error)
{
  g_autofree char *dir = dup_data_dir (config);
  const char *bindir = pdg_config_get_string (config, PDG_CONFIG_PG_BINDIR);

  if (bindir != NULL)
    g_setenv ("PRODUCTGRAPH_PG_BINDIR", bindir, TRUE);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, PDG_DB_ERROR, PDG_DB_ERROR_PERMISSION, "the data directory %s cannot be made: %s; choose another with --data-dir",
                   dir, g_strerror (errno));
      return FALSE;
    }
  self->cluster = pdg_db_cluster_start (dir, PDG_DB_CLUSTER_DEFAULT, error);
  return self->cluster != NULL;
}

PdgDbConn *
pdg_database_connect_owner (PdgDatabase *self, GError **error)
{
  return pdg_db_conn_open (self->cluster != NULL ? pdg_db_cluster_get_owner_uri (self->cluster) : self->url, NULL,
                           "productgraph administration", error);
}

static PdgOrganisation *
pick (GPtrArray *organisations, const char *wanted)
{
  for (guint i = 0; i < organisations->len; i++)
    {
      const PdgOrganisation *organisation = organisations->pdata[i];

      if (wanted == NULL || g_ascii_strcasecmp (organisation->uuid, wanted) == 0 || strcmp (organisation->name, wanted) == 0)
        return g_ptr_array_steal_index (organisations, i);
    }
  return NULL;
}

static PdgOrganisation *
make_first (PdgDbConn *owner, GError **error)
{
  g_autoptr (PdgOrganisation) organisation = pdg_commands_create_organisation (owner, PDG_FIRST_ORGANISATION, error);
  g_autoptr (PdgPrincipal) principal = NULL;
  g_autoptr (PdgProject) project = NULL;

  if (organisation == NULL)
    return NULL;
  principal = pdg_principal_new (organisation->uuid, organisation->org_no, PDG_ROLE_ADMIN, 0, "setup");
  project = pdg_commands_ensure_project (owner, principal, PDG_FIRST_PROJECT_ID, PDG_FIRST_PROJECT_NAME, error);
  return project != NULL ? g_steal_pointer (&organisation) : NULL;
}

static gboolean
find_organisation (PdgDatabase *self, PdgDbConn *owner, PdgConfig *config, GError **error)
{
  const char *wanted = pdg_config_get_string (config, PDG_CONFIG_ORGANISATION);
  g_autoptr (GPtrArray) organisations = pdg_commands_list_organisations (owner, error);

  if (organisations == NULL)
    return FALSE;
  self->organisation = organisations->len == 0 && wanted == NULL ? make_first (owner, error) : pick (organisations, wanted);
  if (self->organisation == NULL && error != NULL && *error == NULL)
    g_set_error (error, PDG_SERVICE_ERROR, PDG_SERVICE_ERROR_NOT_FOUND,
                 "this login may act for no organisation \"%s\"; productgraphd org list shows which there are", wanted != NULL ? wanted : "");
  return self->organisation != NULL;
}

PdgDatabase *
pdg_database_open (PdgConfig *config, GError **error)
{
  g_autoptr (PdgDatabase) self = g_new0 (PdgDatabase, 1);
  g_autoptr (PdgDbConn) owner = NULL;
  const PdgDbMigration *migrations;
  guint n_migrations;

  self->url = g_strdup (pdg_config_get_string (config, PDG_CONFIG_DATABASE_URL));
  if (self->url == NULL && !start_cluster (self, config, error))
    return NULL;
  owner = pdg_database_connect_owner (self, error);
  migrations = pdg_db_migrations_from_resource (&n_migrations);
  if (owner == NULL || !pdg_db_migrate (owner, migrations, n_migrations, &self->applied, error)
      || !find_organisation (self, owner, config, error))
    return NULL;
  if (self->cluster == NULL && !pdg_commands_may_be_writer (owner, &self->may_be_writer, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
pdg_database_close (PdgDatabase *self)
{
  if (self == NULL)
    return;
  if (self->cluster != NULL)
    {
      pdg_db_cluster_set_state_func (self->cluster, NULL, NULL);
      pdg_db_cluster_stop (self->cluster);
      pdg_db_cluster_free (self->cluster);
    }
  pdg_organisation_free (self->organisation);
  g_clear_pointer (&self->applied, g_ptr_array_unref);
  g_free (self->url);
  g_free (self);
}

const char *
pdg_database_get_reader_uri (PdgDatabase *self)
{
  return self->cluster != NULL ? pdg_db_cluster_get_server_uri (self->cluster) : self->url;
}

const char *
pdg_database_get_writer_uri (PdgDatabase *self)
{
  return self->cluster != NULL ? pdg_db_cluster_get_writer_uri (self->cluster) : self->url;
}

const char *
pdg_database_get_reader_role (PdgDatabase *self)
{
  return self->cluster != NULL ? NULL : ROLE_READER;
}

const char *
pdg_database_get_writer_role (PdgDatabase *self)
{
  if (self->cluster != NULL)
    return NULL;
  return self->may_be_writer ? ROLE_WRITER : ROLE_READER;
}

PdgDbCluster *
pdg_database_get_cluster (PdgDatabase *self)
{
  return self->cluster;
}

const PdgOrganisation *
pdg_database_get_organisation (PdgDatabase *self)
{
  return self->organisation;
}

GPtrArray *
pdg_database_get_applied (PdgDatabase *self)
{
  return self->applied;
}
