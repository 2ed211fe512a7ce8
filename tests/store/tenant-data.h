#pragma once

#include "store/product-fixture.h"

G_BEGIN_DECLS

/* Two organisations with rows in every table, the second of which somebody wants to see who may act for the first only. */

#define TENANT_EVENTS 5

/* Fills every table for @tenant; its ids and texts begin with @mark. The key and the token: (out) (transfer full). */
void tenant_fill (Tenant *tenant, PdgIngest *ingest, const char *mark, char **key, char **token);

/* @sql with {ORG_A}, {UUID_A}, {PROJECT_A} and the same of B in place. (transfer full) */
char *tenants_expand (const char *sql, const Tenant *a, const Tenant *b);

/* A fingerprint of every row of the tenant in every table. (transfer full) */
char *tenant_fingerprint (const Tenant *tenant);

/* Names of the tables and views that the app may read, without partitions. (transfer full) */
char **list_readable_relations (void);

G_END_DECLS
