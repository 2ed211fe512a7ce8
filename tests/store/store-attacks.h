#pragma once

#include "store/tenant-data.h"

G_BEGIN_DECLS

/* Attacks on the functions of the store: each is called in a transaction of organisation A with numbers, ids and hashes of
 * B. It is also tried with what is A's own, since a function that finds nothing at all would pass, too. Main thread only. */

/* TRUE when it gave or changed something; FALSE when it found nothing, or (with an error) was refused. */
typedef gboolean (*StoreAttackFunc) (PdgDbTx *tx, const Tenant *whose, GError **error);

typedef struct
{
  const char *name;
  StoreAttackFunc func;
} StoreAttack;

typedef struct
{
  const Tenant *a;
  const Tenant *b;
  PdgDbConn *server; /* with the server's login */
} StoreAttackSides;

/* Calls g_test_init() and fills both organisations. (transfer none) */
const StoreAttackSides *store_attacks_init (int *argc, char ***argv);

/* Adds a test at @prefix/name for each of @attacks, which have to stay. */
void store_attacks_add (const char *prefix, const StoreAttack *attacks, gsize n_attacks);

/* Runs all tests and frees the rest. Returns: the exit status. */
int store_attacks_run (void);

/* What the ids and texts of the tenant begin with. (transfer none) */
const char *mark_of (const Tenant *whose);

/* The secret of the tenant's ingest key. (transfer none) */
const char *key_of (const Tenant *whose);

/* A transaction for A's administrator. (transfer full) */
PdgDbTx *begin_as_a (void);

/* Whether the first of @lists has something. @lists: (transfer full) (nullable) (element-type GPtrArray) */
gboolean has_some (GPtrArray *lists);

G_END_DECLS
