-- PostGraphile's own tables with the rows of productgraph's: natural keys, foreign keys, an index for each order that is asked
-- for, and no row-level security.
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
