#pragma once

#include "db/pdg-db-conn.h"
#include "db/pdg-db-error.h"
#include "db/pdg-db-tx.h"
#include "support/pdg-test-cluster.h"

/* What the tests of db/ share; a schema just large enough for them, so that they need no migration. */

#define TEST_ORG "0192f3a4-1111-7222-8333-444455556666"
#define TEST_OTHER_ORG "0192f3a4-9999-7222-8333-444455556666"

static const char test_schema_sql[] =
  "CREATE SCHEMA productgraph;"
  "GRANT USAGE ON SCHEMA productgraph TO productgraph_app, productgraph_ingest;"
  "CREATE FUNCTION productgraph.set_current_org (org uuid, only_this_transaction boolean DEFAULT false) RETURNS uuid LANGUAGE plpgsql AS $$"
  " BEGIN"
  "   IF org = '" TEST_OTHER_ORG "' THEN RAISE insufficient_privilege USING MESSAGE = 'no such organisation'; END IF;"
  "   PERFORM set_config('app.current_org_id', org::text, only_this_transaction); RETURN org;"
  " END $$;"
  "CREATE TABLE productgraph.note (id int4 PRIMARY KEY, org uuid NOT NULL, body text COLLATE \"C\", at timestamptz, data jsonb,"
  " CONSTRAINT note_body_is_short CHECK (length(body) < 100));"
  "ALTER TABLE productgraph.note ENABLE ROW LEVEL SECURITY; ALTER TABLE productgraph.note FORCE ROW LEVEL SECURITY;"
  "CREATE POLICY own ON productgraph.note USING (org = (SELECT nullif(current_setting('app.current_org_id', true), '')::uuid));"
  "GRANT SELECT, INSERT, UPDATE, DELETE ON productgraph.note TO productgraph_app;"
  "GRANT INSERT ON productgraph.note TO productgraph_ingest";

static inline PdgDbConn *
test_open (const char *uri)
{
  g_autoptr (GError) error = NULL;
  PdgDbConn *conn = pdg_db_conn_open (uri, NULL, "test", &error);

  g_assert_no_error (error);
  return conn;
}

static inline PdgPrincipal *
test_principal (void)
{
  return pdg_principal_new (TEST_ORG, 1, PDG_ROLE_ADMIN, 0, "test");
}

static inline PdgDbTx *
test_begin (PdgDbConn *conn)
{
  g_autoptr (GError) error = NULL;
  PdgDbTx *tx = pdg_db_tx_begin_maintenance (conn, &error);

  g_assert_no_error (error);
  return tx;
}

static inline PdgDbResult *
test_query (PdgDbTx *tx, const char *sql, PdgDbParams *params)
{
  g_autoptr (GError) error = NULL;
  PdgDbResult *result = pdg_db_tx_query (tx, sql, params, &error);

  g_assert_no_error (error);
  return result;
}

static inline gint64
test_query_int8 (PdgDbTx *tx, const char *sql)
{
  g_autoptr (PdgDbResult) result = test_query (tx, sql, NULL);

  return pdg_db_result_get_int8 (result, 0, 0);
}
