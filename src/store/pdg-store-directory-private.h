#pragma once

#include "store/pdg-store-directory.h"
#include "store/pdg-store-query.h"

G_BEGIN_DECLS

/* The pieces of statements that read projects. */

#define PDG_STORE_PROJECT_COLUMNS "project_id, id, name, created_at, time_zone, week_start"
#define PDG_STORE_N_PROJECT_COLUMNS 6

/* "SELECT …" of these columns and of sort_name, by which and by id they come. */
void        pdg_store_append_projects (PdgStoreQuery *query, PdgDbTx *tx, const PdgStoreProjectFilter *filter);

/* Reads these columns, which are the first. (transfer full) */
PdgProject *pdg_store_read_project (const PdgDbResult *result, guint row);

G_END_DECLS
