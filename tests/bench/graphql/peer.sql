-- PostGraphile's own tables with the rows of productgraph's: natural keys, foreign keys, an index for each order that is asked
-- for. In the schema peer the rows of the first organisation, without row-level security; in peer_rls the rows of both, each only
-- for its organisation, by the policies of productgraph's own tables.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;

CREATE TABLE peer.project (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE peer.session (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES peer.project,
  actor text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  n_events int4 NOT NULL
);
CREATE TABLE peer.event (
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES peer.session,
  ts timestamptz NOT NULL,
  type text NOT NULL,
  page_path text
);

INSERT INTO peer.project SELECT id, name, created_at FROM productgraph.project WHERE id LIKE 'bench%';
INSERT INTO peer.session
SELECT s.session_id, s.project_id, s.actor, s.started_at, s.ended_at, s.events FROM productgraph.sessions s WHERE s.project_id LIKE 'bench%';
INSERT INTO peer.event
SELECT e.event_id, e.session_id, e.event_timestamp, e.event_type, e.page_path FROM productgraph.events e WHERE e.project_id LIKE 'bench%';

CREATE INDEX ON peer.project (name, id);
CREATE INDEX ON peer.session (project_id, started_at DESC, id);
CREATE INDEX ON peer.event (session_id, ts, id);

DROP SCHEMA IF EXISTS peer_rls CASCADE;
CREATE SCHEMA peer_rls;

CREATE TABLE peer_rls.project (
  org_id int4 NOT NULL,
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE peer_rls.session (
  org_id int4 NOT NULL,
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES peer_rls.project,
  actor text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  n_events int4 NOT NULL
);
CREATE TABLE peer_rls.event (
  org_id int4 NOT NULL,
  id text PRIMARY KEY,
  session_id text NOT NULL REFERENCES peer_rls.session,
  ts timestamptz NOT NULL,
  type text NOT NULL,
  page_path text
);

INSERT INTO peer_rls.project SELECT org_id, id, name, created_at FROM productgraph.project WHERE id ~ '^(bench|apart)';
INSERT INTO peer_rls.session
SELECT o.org_id, s.session_id, s.project_id, s.actor, s.started_at, s.ended_at, s.events
FROM productgraph.sessions s JOIN productgraph.organisation o ON o.id = s.org_id WHERE s.project_id ~ '^(bench|apart)';
INSERT INTO peer_rls.event
SELECT o.org_id, e.event_id, e.session_id, e.event_timestamp, e.event_type, e.page_path
FROM productgraph.events e JOIN productgraph.organisation o ON o.id = e.org_id WHERE e.project_id ~ '^(bench|apart)';

CREATE INDEX ON peer_rls.project (org_id, name, id);
CREATE INDEX ON peer_rls.session (project_id, started_at DESC, id);
CREATE INDEX ON peer_rls.event (session_id, ts, id);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['project', 'session', 'event'] LOOP
    EXECUTE format('ALTER TABLE peer_rls.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE peer_rls.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON peer_rls.%I USING (org_id = (SELECT productgraph.current_org_id()))', t);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA peer_rls TO productgraph_app;
GRANT SELECT ON ALL TABLES IN SCHEMA peer_rls TO productgraph_app;
