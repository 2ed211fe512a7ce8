-- current_org_id() in PL/pgSQL, which keeps the plan of its query: the SQL function was parsed and planned anew at each call,
-- some 75 us, and each table of a statement under row-level security calls it once. Its answer is the same.
CREATE OR REPLACE FUNCTION current_org_id() RETURNS int4
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  setting text := current_setting('app.current_org_id', true);
BEGIN
  IF setting ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN
    RETURN (SELECT o.org_id FROM organisation o
            WHERE o.id = setting::uuid
              AND EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND (g.org_id IS NULL OR g.org_id = o.org_id)));
  END IF;
  RETURN NULL;
END $$;
