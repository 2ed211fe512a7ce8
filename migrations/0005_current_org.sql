-- current_org_id() in PL/pgSQL, which keeps the plan of its query: the SQL function was parsed and planned anew at each call,
-- some 75 us, and each statement under row-level security calls it once. Every name is qualified instead of a search_path being
-- set for the call, which would cost as much as the query: a caller's search_path changes nothing here.
CREATE OR REPLACE FUNCTION current_org_id() RETURNS int4
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER AS $$
DECLARE
  setting pg_catalog.text := pg_catalog.current_setting('app.current_org_id', true);
BEGIN
  IF setting OPERATOR(pg_catalog.~) '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN
    RETURN (SELECT o.org_id FROM productgraph.organisation o
            WHERE o.id OPERATOR(pg_catalog.=) setting::pg_catalog.uuid
              AND EXISTS (SELECT FROM productgraph.org_grant g
                          WHERE g.login OPERATOR(pg_catalog.=) session_user
                            AND (g.org_id IS NULL OR g.org_id OPERATOR(pg_catalog.=) o.org_id)));
  END IF;
  RETURN NULL;
END $$;
