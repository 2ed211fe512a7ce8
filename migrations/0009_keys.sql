-- Keys with an end and a rate of their own, and the origins from which pages may send.
ALTER TABLE api_key
  ADD COLUMN ends_at timestamptz, -- of a key that was rotated: until then both are good
  ADD COLUMN events_per_second int4 CHECK (events_per_second >= 0), -- 0 = any; NULL = as the collector is set
  ADD COLUMN burst_events int4 CHECK (burst_events > 0);
GRANT SELECT (ends_at, events_per_second, burst_events), INSERT (events_per_second, burst_events), UPDATE (ends_at, events_per_second, burst_events)
  ON api_key TO productgraph_app;

ALTER TABLE project ADD COLUMN origins text[] CHECK (cardinality(origins) <= 100); -- NULL = any while the collector listens on loopback only, else none
GRANT UPDATE (origins) ON project TO productgraph_app;

DROP FUNCTION resolve_credential(bytea);
CREATE FUNCTION resolve_credential(credential_hash bytea)
RETURNS TABLE (org_id int4, org uuid, project_id int4, role text, label text, key_id int4, events_per_second int4, burst_events int4, origins text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph checks keys';
  END IF;
  RETURN QUERY
    SELECT k.org_id, o.id, k.project_id, 'ingest'::text, 'key ' || k.prefix, k.key_id, k.events_per_second, k.burst_events,
           array_to_string(p.origins, ' ')
    FROM api_key k JOIN organisation o USING (org_id) JOIN project p ON p.org_id = k.org_id AND p.project_id = k.project_id
    WHERE k.hash = credential_hash AND k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > now())
    UNION ALL
    SELECT t.org_id, o.id, 0, t.role, coalesce(nullif(m.name, ''), m.email, nullif(t.label, ''), 'token ' || t.prefix), 0, NULL, NULL, NULL
    FROM access_token t JOIN organisation o USING (org_id) LEFT JOIN membership m ON m.org_id = t.org_id AND m.id = t.member_id
    WHERE t.hash = credential_hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
END $$;
REVOKE ALL ON FUNCTION resolve_credential(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_credential(bytea) TO productgraph_app;
