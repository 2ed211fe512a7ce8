-- What the members say to each other on the canvas: threads that are pinned to a screen, a transition or a point.

-- An author is told apart by more than the name: a member, else a token, else the machine of the desktop app.
DROP FUNCTION resolve_credential(bytea);
CREATE FUNCTION resolve_credential(credential_hash bytea)
RETURNS TABLE (org_id int4, org uuid, project_id int4, role text, label text, key_id int4, events_per_second int4, burst_events int4, origins text, author text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph checks keys';
  END IF;
  RETURN QUERY
    SELECT k.org_id, o.id, k.project_id, 'ingest'::text, 'key ' || k.prefix, k.key_id, k.events_per_second, k.burst_events,
           array_to_string(p.origins, ' '), 'key ' || k.key_id
    FROM api_key k JOIN organisation o USING (org_id) JOIN project p ON p.org_id = k.org_id AND p.project_id = k.project_id
    WHERE k.hash = credential_hash AND k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > now())
    UNION ALL
    SELECT t.org_id, o.id, 0, t.role, coalesce(nullif(m.name, ''), m.email, nullif(t.label, ''), 'token ' || t.prefix), 0, NULL, NULL, NULL,
           coalesce('member ' || m.id, 'token ' || t.token_id)
    FROM access_token t JOIN organisation o USING (org_id) LEFT JOIN membership m ON m.org_id = t.org_id AND m.id = t.member_id
    WHERE t.hash = credential_hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
END $$;
REVOKE ALL ON FUNCTION resolve_credential(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_credential(bytea) TO productgraph_app;

-- A screen; with to_screen_no the transition from the one to the other; with neither a point. A screen that is never seen again keeps its
-- threads.
CREATE TABLE comment_thread (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  thread_no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  screen_no int4,
  to_screen_no int4,
  x float8, -- of a point: in the canvas's units; of a screen: a share of its card, 0 to 1
  y float8,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(), -- when the last comment came
  resolved_at timestamptz,
  resolved_by text,
  UNIQUE (org_id, thread_no),
  CHECK ((x IS NULL) = (y IS NULL)),
  CHECK (screen_no IS NOT NULL OR (to_screen_no IS NULL AND x IS NOT NULL)),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
CREATE INDEX comment_thread_newest ON comment_thread (project_id, updated_at DESC, thread_no DESC);

CREATE TABLE comment (
  org_id int4 NOT NULL,
  thread_no int8 NOT NULL,
  comment_no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author text NOT NULL,
  author_name text NOT NULL,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
  created_at timestamptz NOT NULL DEFAULT now(),
  edited_at timestamptz,
  FOREIGN KEY (org_id, thread_no) REFERENCES comment_thread (org_id, thread_no) ON DELETE CASCADE
);
CREATE INDEX comment_of_thread ON comment (org_id, thread_no, comment_no);

-- The newest comment of a thread that somebody has read.
CREATE TABLE comment_read (
  org_id int4 NOT NULL,
  thread_no int8 NOT NULL,
  reader text NOT NULL,
  comment_no int8 NOT NULL,
  PRIMARY KEY (org_id, thread_no, reader),
  FOREIGN KEY (org_id, thread_no) REFERENCES comment_thread (org_id, thread_no) ON DELETE CASCADE
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['comment_thread', 'comment', 'comment_read'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO productgraph_app', t);
  END LOOP;
END $$;
GRANT INSERT (org_id, project_id, screen_no, to_screen_no, x, y), UPDATE (updated_at, resolved_at, resolved_by) ON comment_thread TO productgraph_app;
GRANT INSERT (org_id, thread_no, author, author_name, body), UPDATE (body, edited_at) ON comment TO productgraph_app;
GRANT INSERT, UPDATE ON comment_read TO productgraph_app;
