-- The Node collector's table: compact, in partitions of a day, one unique key that begins with what queries ask for, and a BRIN
-- index by time. Made again for each run.
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.event (
  ts timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  project text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  event_key uuid NOT NULL,
  seq int4,
  type text COLLATE "C" NOT NULL,
  page_path text COLLATE "C",
  page_title text COLLATE "C",
  component_name text COLLATE "C",
  component_path text COLLATE "C",
  journey_id text COLLATE "C",
  step_id text COLLATE "C",
  user_id text COLLATE "C",
  release text COLLATE "C",
  data text COLLATE "C"
) PARTITION BY RANGE (ts);
CREATE UNIQUE INDEX ON bench.event (project, session_id, ts, event_key);
CREATE INDEX ON bench.event USING brin (ts) WITH (pages_per_range = 64, autosummarize = on);
DO $$
BEGIN
  FOR i IN -1..1 LOOP
    EXECUTE format('CREATE TABLE bench.event_%s PARTITION OF bench.event FOR VALUES FROM (%L) TO (%L)', i + 1, current_date + i, current_date + i + 1);
  END LOOP;
END $$;
