-- The way of events into the database: a hash of each event's content, and fewer steps for each session and new number.

-- Of the event as it was sent (PdgEvent.payload_hash); NULL before this column was there. It tells an event that is sent again
-- from another one that has its id.
ALTER TABLE event ADD COLUMN payload_hash int4;

-- New sessions and actors come with every flush, and a look at their project for each is half of what they cost. Whoever hands
-- out numbers holds project_counter, which refers to the project and goes with it: so the project is there, and what used to
-- follow it by reference follows it by this trigger.
ALTER TABLE session DROP CONSTRAINT session_org_id_project_id_fkey;
ALTER TABLE actor DROP CONSTRAINT actor_org_id_project_id_fkey;
CREATE FUNCTION drop_numbers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  DELETE FROM session s WHERE s.project_id = OLD.project_id;
  DELETE FROM actor a WHERE a.project_id = OLD.project_id;
  RETURN NULL;
END $$;
CREATE TRIGGER drop_numbers AFTER DELETE ON project FOR EACH ROW EXECUTE FUNCTION drop_numbers();

-- Adds what one flush stored to its sessions. @touched are its projects, @places says for each session which of them it belongs to.
-- All sessions are there (assign_sessions), so each row that is proposed conflicts, and is added to the one that it conflicts with. That
-- leaves nothing to plan: rows are looked up by the primary key and locked in the order of the arrays, by project and session,
-- whatever is known of the table's size. So collectors never wait in a circle, and no plan that was made for an empty table stays.
-- An array is read at its place, which costs a fraction of unnesting it.
DROP FUNCTION apply_sessions;
DROP FUNCTION add_to_sessions;
CREATE FUNCTION apply_sessions(
  touched int4[], places int4[], sessions int4[], event_counts int4[], page_view_counts int4[], error_counts int4[],
  starts timestamptz[], ends timestamptz[], entry_screens int4[], entry_times timestamptz[], entry_seqs int4[], exit_screens int4[],
  exit_times timestamptz[], exit_seqs int4[], releases int4[], release_times timestamptz[], actors int4[], actor_kinds int2[],
  actor_times timestamptz[], received timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  -- Held until the events are stored. A project that was removed meanwhile is refused by the next statement.
  PERFORM 1 FROM project p WHERE p.project_id = ANY (touched) ORDER BY p.project_id FOR KEY SHARE;
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM unnest(touched) u (project_id) LEFT JOIN project p USING (project_id)) o;
  INSERT INTO session AS s (org_id, project_id, session_no, id, events, page_views, errors, started_at, ended_at, entry_screen_no, entry_at,
                            entry_seq, exit_screen_no, exit_at, exit_seq, release_no, release_at, sent_actor_no, actor_kind, actor_at,
                            received_at)
  SELECT 0, touched[places[i]], sessions[i], '', event_counts[i], page_view_counts[i], error_counts[i], starts[i], ends[i],
         entry_screens[i], entry_times[i], entry_seqs[i], exit_screens[i], exit_times[i], exit_seqs[i], releases[i], release_times[i],
         actors[i], actor_kinds[i], actor_times[i], received
  FROM generate_series(1, cardinality(sessions)) i
  ON CONFLICT (project_id, session_no) DO UPDATE SET
    events = s.events + excluded.events,
    page_views = s.page_views + excluded.page_views,
    errors = s.errors + excluded.errors,
    started_at = least(s.started_at, excluded.started_at),
    ended_at = greatest(s.ended_at, excluded.ended_at),
    entry_screen_no = CASE WHEN excluded.entry_screen_no IS NOT NULL AND (s.entry_at IS NULL OR (excluded.entry_at, excluded.entry_seq, excluded.entry_screen_no) < (s.entry_at, s.entry_seq, s.entry_screen_no))
                           THEN excluded.entry_screen_no ELSE s.entry_screen_no END,
    entry_seq = CASE WHEN excluded.entry_screen_no IS NOT NULL AND (s.entry_at IS NULL OR (excluded.entry_at, excluded.entry_seq, excluded.entry_screen_no) < (s.entry_at, s.entry_seq, s.entry_screen_no))
                     THEN excluded.entry_seq ELSE s.entry_seq END,
    entry_at = CASE WHEN excluded.entry_screen_no IS NOT NULL THEN least(s.entry_at, excluded.entry_at) ELSE s.entry_at END,
    exit_screen_no = CASE WHEN excluded.exit_screen_no IS NOT NULL AND (s.exit_at IS NULL OR (excluded.exit_at, excluded.exit_seq, excluded.exit_screen_no) > (s.exit_at, s.exit_seq, s.exit_screen_no))
                          THEN excluded.exit_screen_no ELSE s.exit_screen_no END,
    exit_seq = CASE WHEN excluded.exit_screen_no IS NOT NULL AND (s.exit_at IS NULL OR (excluded.exit_at, excluded.exit_seq, excluded.exit_screen_no) > (s.exit_at, s.exit_seq, s.exit_screen_no))
                    THEN excluded.exit_seq ELSE s.exit_seq END,
    exit_at = CASE WHEN excluded.exit_screen_no IS NOT NULL THEN greatest(s.exit_at, excluded.exit_at) ELSE s.exit_at END,
    release_no = CASE WHEN excluded.release_no IS NOT NULL AND (s.release_at IS NULL OR (excluded.release_at, excluded.release_no) > (s.release_at, s.release_no))
                      THEN excluded.release_no ELSE s.release_no END,
    release_at = CASE WHEN excluded.release_no IS NOT NULL THEN greatest(s.release_at, excluded.release_at) ELSE s.release_at END,
    sent_actor_no = CASE WHEN excluded.actor_kind > s.actor_kind OR (excluded.actor_kind = s.actor_kind AND (excluded.actor_at, excluded.sent_actor_no) < (s.actor_at, s.sent_actor_no))
                         THEN excluded.sent_actor_no ELSE s.sent_actor_no END,
    actor_at = CASE WHEN excluded.actor_kind > s.actor_kind OR (excluded.actor_kind = s.actor_kind AND (excluded.actor_at, excluded.sent_actor_no) < (s.actor_at, s.sent_actor_no))
                    THEN excluded.actor_at ELSE s.actor_at END,
    actor_kind = greatest(s.actor_kind, excluded.actor_kind),
    received_at = greatest(s.received_at, excluded.received_at);
END $$;

CREATE FUNCTION refuse_session() RETURNS trigger
LANGUAGE plpgsql SET search_path = productgraph, pg_temp AS $$
BEGIN
  RAISE foreign_key_violation USING MESSAGE = 'events of a session that is not there: ask for its number again';
END $$;
CREATE TRIGGER refuse_session AFTER INSERT ON session FOR EACH ROW WHEN (NEW.org_id = 0) EXECUTE FUNCTION refuse_session();

-- A text's number is looked up as the first that is not less, in the order of the one index that has this order. Any index that begins with the
-- project would do to find what is equal, and on an empty table the planner may well take another one, and stay with it.
CREATE OR REPLACE FUNCTION assign_sessions(project int4, ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO session (org_id, project_id, session_no, id)
  SELECT counter.org_id, project, counter.sessions + row_number() OVER (), missing.id
  FROM (SELECT DISTINCT u.id FROM unnest(ids) u (id)
        WHERE (SELECT s.id FROM session s WHERE s.project_id = project AND s.id >= u.id COLLATE "C" ORDER BY s.id LIMIT 1) IS DISTINCT FROM u.id) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET sessions = c.sessions + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT s.session_no FROM session s WHERE s.project_id = project AND s.id >= u.id COLLATE "C" ORDER BY s.id LIMIT 1) ORDER BY u.place)
          FROM unnest(ids) WITH ORDINALITY u (id, place));
END $$;

CREATE OR REPLACE FUNCTION assign_actors(project int4, kinds int2[], ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  counter project_counter := lock_project_counter(project);
  made int4;
BEGIN
  INSERT INTO actor (org_id, project_id, actor_no, kind, id)
  SELECT counter.org_id, project, counter.actors + row_number() OVER (), missing.kind, missing.id
  FROM (SELECT DISTINCT u.kind, u.id FROM unnest(kinds, ids) u (kind, id)
        WHERE (SELECT a.id FROM actor a WHERE a.project_id = project AND a.kind = u.kind AND a.id >= u.id COLLATE "C"
               ORDER BY a.id LIMIT 1) IS DISTINCT FROM u.id) missing;
  GET DIAGNOSTICS made = ROW_COUNT;
  UPDATE project_counter c SET actors = c.actors + made WHERE c.project_id = project AND made > 0;
  RETURN (SELECT array_agg((SELECT a.actor_no FROM actor a WHERE a.project_id = project AND a.kind = u.kind AND a.id >= u.id COLLATE "C"
                            ORDER BY a.id LIMIT 1) ORDER BY u.place)
          FROM unnest(kinds, ids) WITH ORDINALITY u (kind, id, place));
END $$;

CREATE OR REPLACE FUNCTION point_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  NEW.actor_no := coalesce((SELECT a.merged_into FROM actor a WHERE a.project_id = NEW.project_id AND a.actor_no >= NEW.sent_actor_no
                            ORDER BY a.actor_no LIMIT 1), NEW.sent_actor_no);
  RETURN NEW;
END $$;

-- As before, with the hash of the content.
DROP FUNCTION insert_events;
CREATE FUNCTION insert_events(
  times timestamptz[], received timestamptz[], orgs int4[], projects int4[], sessions int4[], actors int4[], terms int4[],
  releases int4[], seqs int4[], flag_sets int2[], keys uuid[], ids text[], paths text[], titles text[], anonymous_ids text[], datas text[],
  payload_hashes int4[])
RETURNS TABLE (project_id int4, session_no int4, ts timestamptz, event_key uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(orgs, projects)) u (org_id, project_id)
        LEFT JOIN project p ON p.org_id = u.org_id AND p.project_id = u.project_id) o;
  RETURN QUERY
    INSERT INTO event AS e (ts, received_at, org_id, project_id, session_no, actor_no, term_no, release_no, seq, flags, event_key,
                            event_id, page_path, page_title, anonymous_id, data, payload_hash)
    SELECT u.* FROM unnest(times, received, orgs, projects, sessions, actors, terms, releases, seqs, flag_sets, keys, ids, paths,
                           titles, anonymous_ids, datas, payload_hashes) u
    ON CONFLICT DO NOTHING
    RETURNING e.project_id, e.session_no, e.ts, e.event_key;
END $$;

-- The hashes of the contents of events that are stored; NULL for one that is not, or was stored without. The plan is held to the
-- unique index.
CREATE FUNCTION find_payloads(projects int4[], sessions int4[], times timestamptz[], keys uuid[]) RETURNS int4[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET cpu_operator_cost = 1 AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(projects)) u (project_id) LEFT JOIN project p USING (project_id)) o;
  RETURN (SELECT array_agg((SELECT e.payload_hash FROM event e
                            WHERE e.project_id = u.project_id AND e.session_no = u.session_no AND e.ts = u.ts AND e.event_key = u.event_key)
                           ORDER BY u.place)
          FROM unnest(projects, sessions, times, keys) WITH ORDINALITY u (project_id, session_no, ts, event_key, place));
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('drop_numbers', 'refuse_session', 'apply_sessions', 'insert_events', 'find_payloads') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    CONTINUE WHEN f::text ~ '^(productgraph\.)?(drop_numbers|refuse_session)\(';
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app, productgraph_ingest', f);
  END LOOP;
END $$;
