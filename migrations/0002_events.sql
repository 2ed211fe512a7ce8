-- Events in a compact table: numbers for organisation, project, session, actor, release and for the term, the tuple of
-- repeated strings of an event; the view `events` reads names instead. One unique key serves as deduplication, session
-- timeline and project scan.

-- Numbers are dense per project, so that analytics can index arrays by them. One row a project, locked only for the
-- moment in which new numbers are handed out, in a transaction of its own.
CREATE TABLE project_counter (
  org_id int4 NOT NULL,
  project_id int4 PRIMARY KEY,
  sessions int4 NOT NULL DEFAULT 0,
  actors int4 NOT NULL DEFAULT 0,
  terms int4 NOT NULL DEFAULT 0,
  screens int4 NOT NULL DEFAULT 0,
  releases int4 NOT NULL DEFAULT 0,
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

CREATE TABLE screen (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  screen_no int4 NOT NULL,
  path text COLLATE "C" NOT NULL,
  title text,
  title_at timestamptz,
  PRIMARY KEY (project_id, screen_no),
  UNIQUE (project_id, path),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

CREATE TABLE release (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  release_no int4 NOT NULL,
  version text COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, release_no),
  UNIQUE (project_id, version),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

CREATE TABLE actor (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  actor_no int4 NOT NULL,
  kind int2 NOT NULL, -- 0 known by its session only, 1 anonymous.id, 2 user.id
  id text COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, actor_no),
  UNIQUE (project_id, kind, id),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- A term is told apart by a fingerprint of its strings, which keeps the unique key small whatever their length.
CREATE TABLE term (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  term_no int4 NOT NULL,
  fingerprint uuid NOT NULL,
  event_type text COLLATE "C" NOT NULL,
  event_name text COLLATE "C",
  screen_no int4,
  component text COLLATE "C",
  component_path text COLLATE "C",
  journey_id text COLLATE "C",
  step_id text COLLATE "C",
  PRIMARY KEY (project_id, term_no),
  UNIQUE (project_id, fingerprint),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE,
  FOREIGN KEY (project_id, screen_no) REFERENCES screen (project_id, screen_no)
);

-- Kept up to date in the transaction that stores the events. Every column is a minimum, a maximum, a sum, or the value
-- at the least or greatest (time, sequence, number), so late, tied and out-of-order events give the same row.
CREATE TABLE session (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  session_no int4 NOT NULL,
  actor_no int4,
  actor_kind int2 NOT NULL DEFAULT -1,
  events int4 NOT NULL DEFAULT 0,
  page_views int4 NOT NULL DEFAULT 0,
  errors int4 NOT NULL DEFAULT 0,
  entry_screen_no int4,
  exit_screen_no int4,
  entry_seq int4,
  exit_seq int4,
  release_no int4,
  started_at timestamptz,
  ended_at timestamptz,
  entry_at timestamptz,
  exit_at timestamptz,
  release_at timestamptz,
  actor_at timestamptz,
  received_at timestamptz,
  id text COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, session_no),
  UNIQUE (project_id, id),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX session_started ON session (project_id, started_at);

CREATE TABLE event (
  ts timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  session_no int4 NOT NULL,
  actor_no int4 NOT NULL,
  term_no int4 NOT NULL,
  release_no int4,
  seq int4,
  flags int2 NOT NULL, -- 1 late, 2 clamped, 4 page view, 8 error, 16 performance (PdgEventFlags)
  event_key uuid NOT NULL, -- event_id when it is a UUID, else a 128-bit hash of it
  event_id text COLLATE "C", -- NULL when event_key says it
  page_path text COLLATE "C", -- NULL when the screen's path says it
  page_title text COLLATE "C",
  anonymous_id text COLLATE "C", -- NULL when the actor says it
  data text COLLATE "C" -- a JSON object with every other key; text, since jsonb costs as much as an index
) PARTITION BY RANGE (ts);
CREATE UNIQUE INDEX event_identity ON event (project_id, session_no, ts, event_key);
CREATE INDEX event_time ON event USING brin (ts) WITH (pages_per_range = 64, autosummarize = on);
CREATE TABLE event_default PARTITION OF event DEFAULT;
ALTER TABLE event_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_default FORCE ROW LEVEL SECURITY;

-- Days get partitions of their own from 35 days back to 2 days ahead; older events go to the default partition. A day's
-- partition is made before its first event can arrive, so the default never has to give rows back.
CREATE FUNCTION ensure_event_partitions() RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  made int4 := 0;
  day date;
  partition_name text;
BEGIN
  IF to_regclass(format('event_%s', to_char(today + 2, 'YYYYMMDD'))) IS NOT NULL THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('productgraph.ensure_event_partitions'));
  FOR day IN SELECT generate_series(today - 35, today + 2, interval '1 day')::date LOOP
    partition_name := format('event_%s', to_char(day, 'YYYYMMDD'));
    CONTINUE WHEN to_regclass(partition_name) IS NOT NULL;
    CONTINUE WHEN EXISTS (SELECT FROM event_default e WHERE e.ts >= day::timestamp AT TIME ZONE 'UTC'
                                                        AND e.ts < (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)', partition_name,
                   day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition_name);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['project_counter', 'screen', 'release', 'actor', 'term', 'session', 'event'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    -- The functions below act as the owner, for whom assert_may_write() decides.
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
CREATE POLICY directory ON event_default TO CURRENT_USER USING (true);
GRANT SELECT ON screen, release, actor, term, session, event TO productgraph_app;
GRANT INSERT ON event TO productgraph_ingest;

-- The numbers of texts, new ones handed out. Each runs in a transaction of its own that commits before the events are
-- stored, so two collectors always agree. Texts are looked up one by one in the unique index: the planner knows neither how
-- many there are nor how large the table will be, and would join with the whole of it for each flush.
CREATE FUNCTION lock_project_counter(project int4) RETURNS project_counter
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  counter project_counter;
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project);
BEGIN
  PERFORM assert_may_write(org);
  SELECT * INTO counter FROM project_counter c WHERE c.project_id = project FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO project_counter (org_id, project_id) VALUES (org, project) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT counter FROM project_counter c WHERE c.project_id = project FOR UPDATE;
  END IF;
  RETURN counter;
END $$;

-- The number of a project by its public id, or NULL.
CREATE FUNCTION find_project(org int4, public_id text) RETURNS int4
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(org);
  RETURN (SELECT p.project_id FROM project p WHERE p.org_id = org AND p.id = public_id COLLATE "C");
END $$;

CREATE FUNCTION assign_sessions(project int4, ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO session (org_id, project_id, session_no, id)
  SELECT counter.org_id, project, counter.sessions + row_number() OVER (), missing.id
  FROM (SELECT DISTINCT u.id FROM unnest(ids) u (id)
        WHERE (SELECT s.session_no FROM session s WHERE s.project_id = project AND s.id = u.id COLLATE "C") IS NULL) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET sessions = c.sessions + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT s.session_no FROM session s WHERE s.project_id = project AND s.id = u.id COLLATE "C") ORDER BY u.place)
          FROM unnest(ids) WITH ORDINALITY u (id, place));
END $$;

CREATE FUNCTION assign_actors(project int4, kinds int2[], ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO actor (org_id, project_id, actor_no, kind, id)
  SELECT counter.org_id, project, counter.actors + row_number() OVER (), missing.kind, missing.id
  FROM (SELECT DISTINCT u.kind, u.id FROM unnest(kinds, ids) u (kind, id)
        WHERE (SELECT a.actor_no FROM actor a WHERE a.project_id = project AND a.kind = u.kind AND a.id = u.id COLLATE "C") IS NULL) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET actors = c.actors + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT a.actor_no FROM actor a WHERE a.project_id = project AND a.kind = u.kind AND a.id = u.id COLLATE "C") ORDER BY u.place)
          FROM unnest(kinds, ids) WITH ORDINALITY u (kind, id, place));
END $$;

CREATE FUNCTION assign_screens(project int4, paths text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO screen (org_id, project_id, screen_no, path)
  SELECT counter.org_id, project, counter.screens + row_number() OVER (), missing.path
  FROM (SELECT DISTINCT u.path FROM unnest(paths) u (path)
        WHERE (SELECT s.screen_no FROM screen s WHERE s.project_id = project AND s.path = u.path COLLATE "C") IS NULL) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET screens = c.screens + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT s.screen_no FROM screen s WHERE s.project_id = project AND s.path = u.path COLLATE "C") ORDER BY u.place)
          FROM unnest(paths) WITH ORDINALITY u (path, place));
END $$;

CREATE FUNCTION assign_releases(project int4, versions text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO release (org_id, project_id, release_no, version)
  SELECT counter.org_id, project, counter.releases + row_number() OVER (), missing.version
  FROM (SELECT DISTINCT u.version FROM unnest(versions) u (version)
        WHERE (SELECT r.release_no FROM release r WHERE r.project_id = project AND r.version = u.version COLLATE "C") IS NULL) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET releases = c.releases + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT r.release_no FROM release r WHERE r.project_id = project AND r.version = u.version COLLATE "C") ORDER BY u.place)
          FROM unnest(versions) WITH ORDINALITY u (version, place));
END $$;

CREATE FUNCTION assign_terms(project int4, fingerprints uuid[], types text[], names text[], screens int4[], components text[],
                             component_paths text[], journeys text[], steps text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO term (org_id, project_id, term_no, fingerprint, event_type, event_name, screen_no, component, component_path,
                    journey_id, step_id)
  SELECT counter.org_id, project, counter.terms + row_number() OVER (), m.fingerprint, m.event_type, m.event_name, m.screen_no,
         m.component, m.component_path, m.journey_id, m.step_id
  FROM (SELECT DISTINCT ON (u.fingerprint) u.*
        FROM unnest(fingerprints, types, names, screens, components, component_paths, journeys, steps)
             u (fingerprint, event_type, event_name, screen_no, component, component_path, journey_id, step_id)
        WHERE (SELECT t.term_no FROM term t WHERE t.project_id = project AND t.fingerprint = u.fingerprint) IS NULL) m;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET terms = c.terms + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT t.term_no FROM term t WHERE t.project_id = project AND t.fingerprint = u.fingerprint) ORDER BY u.place)
          FROM unnest(fingerprints) WITH ORDINALITY u (fingerprint, place));
END $$;

-- The newest title of each screen is its name. Rows are locked in one order, so collectors never wait in a circle.
CREATE FUNCTION name_screens(projects int4[], screens int4[], titles text[], title_times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(projects)) u (project_id) LEFT JOIN project p USING (project_id)) o;
  PERFORM 1 FROM screen s
  WHERE (s.project_id, s.screen_no) IN (SELECT * FROM unnest(projects, screens))
  ORDER BY s.project_id, s.screen_no FOR NO KEY UPDATE;
  UPDATE screen s SET title = u.title, title_at = u.title_at
  FROM (SELECT * FROM unnest(projects, screens, titles, title_times) u (project_id, screen_no, title, title_at)) u
  WHERE s.project_id = u.project_id AND s.screen_no = u.screen_no AND (s.title_at IS NULL OR s.title_at <= u.title_at);
END $$;

-- The slow way into the table, for a flush that holds an event which is stored already, and for a writer that may not
-- bypass row-level security. Returns the identities of the rows that were new.
CREATE FUNCTION insert_events(
  times timestamptz[], received timestamptz[], orgs int4[], projects int4[], sessions int4[], actors int4[], terms int4[],
  releases int4[], seqs int4[], flag_sets int2[], keys uuid[], ids text[], paths text[], titles text[], anonymous_ids text[], datas text[])
RETURNS TABLE (project_id int4, session_no int4, ts timestamptz, event_key uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(orgs, projects)) u (org_id, project_id)
        LEFT JOIN project p ON p.org_id = u.org_id AND p.project_id = u.project_id) o;
  RETURN QUERY
    INSERT INTO event AS e (ts, received_at, org_id, project_id, session_no, actor_no, term_no, release_no, seq, flags, event_key,
                            event_id, page_path, page_title, anonymous_id, data)
    SELECT u.* FROM unnest(times, received, orgs, projects, sessions, actors, terms, releases, seqs, flag_sets, keys, ids, paths,
                           titles, anonymous_ids, datas) u
    ON CONFLICT DO NOTHING
    RETURNING e.project_id, e.session_no, e.ts, e.event_key;
END $$;

-- Adds what one flush stored to its sessions. The arrays are sorted by project and session, and the plan is held to a nested
-- loop over them, so that rows are locked in one order and collectors never wait in a circle.
CREATE FUNCTION apply_sessions(
  projects int4[], sessions int4[], event_counts int4[], page_view_counts int4[], error_counts int4[], starts timestamptz[],
  ends timestamptz[], entry_screens int4[], entry_times timestamptz[], entry_seqs int4[], exit_screens int4[],
  exit_times timestamptz[], exit_seqs int4[], releases int4[], release_times timestamptz[], actors int4[], actor_kinds int2[],
  actor_times timestamptz[], received timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
SET cpu_operator_cost = 1 AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(projects)) u (project_id) LEFT JOIN project p USING (project_id)) o;
  UPDATE session s SET
    events = s.events + d.events,
    page_views = s.page_views + d.page_views,
    errors = s.errors + d.errors,
    started_at = least(s.started_at, d.started_at),
    ended_at = greatest(s.ended_at, d.ended_at),
    entry_screen_no = CASE WHEN d.entry_screen_no IS NOT NULL AND (s.entry_at IS NULL OR (d.entry_at, d.entry_seq, d.entry_screen_no) < (s.entry_at, s.entry_seq, s.entry_screen_no))
                           THEN d.entry_screen_no ELSE s.entry_screen_no END,
    entry_seq = CASE WHEN d.entry_screen_no IS NOT NULL AND (s.entry_at IS NULL OR (d.entry_at, d.entry_seq, d.entry_screen_no) < (s.entry_at, s.entry_seq, s.entry_screen_no))
                     THEN d.entry_seq ELSE s.entry_seq END,
    entry_at = CASE WHEN d.entry_screen_no IS NOT NULL THEN least(s.entry_at, d.entry_at) ELSE s.entry_at END,
    exit_screen_no = CASE WHEN d.exit_screen_no IS NOT NULL AND (s.exit_at IS NULL OR (d.exit_at, d.exit_seq, d.exit_screen_no) > (s.exit_at, s.exit_seq, s.exit_screen_no))
                          THEN d.exit_screen_no ELSE s.exit_screen_no END,
    exit_seq = CASE WHEN d.exit_screen_no IS NOT NULL AND (s.exit_at IS NULL OR (d.exit_at, d.exit_seq, d.exit_screen_no) > (s.exit_at, s.exit_seq, s.exit_screen_no))
                    THEN d.exit_seq ELSE s.exit_seq END,
    exit_at = CASE WHEN d.exit_screen_no IS NOT NULL THEN greatest(s.exit_at, d.exit_at) ELSE s.exit_at END,
    release_no = CASE WHEN d.release_no IS NOT NULL AND (s.release_at IS NULL OR (d.release_at, d.release_no) > (s.release_at, s.release_no))
                      THEN d.release_no ELSE s.release_no END,
    release_at = CASE WHEN d.release_no IS NOT NULL THEN greatest(s.release_at, d.release_at) ELSE s.release_at END,
    actor_no = CASE WHEN d.actor_kind > s.actor_kind OR (d.actor_kind = s.actor_kind AND (d.actor_at, d.actor_no) < (s.actor_at, s.actor_no))
                    THEN d.actor_no ELSE s.actor_no END,
    actor_at = CASE WHEN d.actor_kind > s.actor_kind OR (d.actor_kind = s.actor_kind AND (d.actor_at, d.actor_no) < (s.actor_at, s.actor_no))
                    THEN d.actor_at ELSE s.actor_at END,
    actor_kind = greatest(s.actor_kind, d.actor_kind),
    received_at = greatest(s.received_at, received)
  FROM unnest(projects, sessions, event_counts, page_view_counts, error_counts, starts, ends, entry_screens, entry_times, entry_seqs,
              exit_screens, exit_times, exit_seqs, releases, release_times, actors, actor_kinds, actor_times)
       d (project_id, session_no, events, page_views, errors, started_at, ended_at, entry_screen_no, entry_at, entry_seq,
          exit_screen_no, exit_at, exit_seq, release_no, release_at, actor_no, actor_kind, actor_at)
  WHERE s.project_id = d.project_id AND s.session_no = d.session_no;
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('find_project', 'assign_sessions', 'assign_actors', 'assign_screens', 'assign_releases', 'assign_terms', 'name_screens',
                               'insert_events', 'apply_sessions', 'lock_project_counter', 'ensure_event_partitions') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    CONTINUE WHEN f::text LIKE '%lock_project_counter%';
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app, productgraph_ingest', f);
  END LOOP;
END $$;

-- What a person reads: SELECT set_current_org('…'); SELECT * FROM events;
CREATE VIEW events WITH (security_invoker = true) AS
SELECT coalesce(e.event_id, e.event_key::text) AS event_id,
       e.ts AS event_timestamp,
       t.event_type,
       t.event_name,
       p.id AS project_id,
       s.id AS session_id,
       e.seq AS event_sequence,
       CASE a.kind WHEN 2 THEN a.id END AS user_id,
       CASE a.kind WHEN 1 THEN a.id ELSE e.anonymous_id END AS anonymous_id,
       coalesce(e.page_path, sc.path) AS page_path,
       e.page_title,
       t.component AS component_name,
       t.component_path,
       t.journey_id,
       t.step_id,
       r.version AS app_version,
       e.data::jsonb -> 'metadata' AS metadata,
       e.data::jsonb - 'metadata' AS properties,
       e.received_at,
       o.id AS org_id
FROM event e
JOIN organisation o ON o.org_id = e.org_id
JOIN project p ON p.project_id = e.project_id
JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no
JOIN session s ON s.project_id = e.project_id AND s.session_no = e.session_no
JOIN actor a ON a.project_id = e.project_id AND a.actor_no = e.actor_no
LEFT JOIN screen sc ON sc.project_id = e.project_id AND sc.screen_no = t.screen_no
LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no;

CREATE VIEW sessions WITH (security_invoker = true) AS
SELECT s.id AS session_id, p.id AS project_id, a.id AS actor, s.started_at, s.ended_at, s.events, s.page_views, s.errors,
       entry.path AS entry_path, leave.path AS exit_path, r.version AS app_version, o.id AS org_id
FROM session s
JOIN organisation o ON o.org_id = s.org_id
JOIN project p ON p.project_id = s.project_id
LEFT JOIN actor a ON a.project_id = s.project_id AND a.actor_no = s.actor_no
LEFT JOIN screen entry ON entry.project_id = s.project_id AND entry.screen_no = s.entry_screen_no
LEFT JOIN screen leave ON leave.project_id = s.project_id AND leave.screen_no = s.exit_screen_no
LEFT JOIN release r ON r.project_id = s.project_id AND r.release_no = s.release_no
WHERE s.events > 0;
GRANT SELECT ON events, sessions TO productgraph_app;
