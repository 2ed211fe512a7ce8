-- How long data is kept: by age and by bytes, for each kind. Days are those of UTC; a limit of n days keeps today and n whole days before.
-- A day's partition of events goes as a whole as soon as no project wants it any more. What a project wants gone before the others
-- do goes in bounded pieces. A session goes in the transaction in which its last event does, so nothing points to what is gone.

-- What a project asks for, where it is less than what the collector is set to. The kinds are those of PdgDataKind.
CREATE TABLE retention_limit (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  kind int2 NOT NULL CHECK (kind BETWEEN 0 AND 5), -- 0 events, 1 pictures, 2 recordings, 3 dead letters, 4 traits, 5 state of clients
  max_days int4 CHECK (max_days > 0),
  max_bytes int8 CHECK (max_bytes > 0),
  PRIMARY KEY (org_id, project_id, kind),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- One row: when everything was looked through last, and the first day that still has a partition of its own.
CREATE TABLE retention_state (
  is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
  swept_at timestamptz NOT NULL DEFAULT '-infinity',
  events_from date NOT NULL DEFAULT '-infinity'
);
INSERT INTO retention_state DEFAULT VALUES;

-- Sessions of people who were deleted or made anonymous, by a hash of their ids: a piece of a recording that comes later is not kept.
CREATE TABLE forgotten_session (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  session_key uuid NOT NULL,
  forgotten_on date NOT NULL DEFAULT current_date,
  PRIMARY KEY (org_id, project_id, session_key),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
CREATE INDEX forgotten_session_old ON forgotten_session (forgotten_on);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['retention_limit', 'forgotten_session'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON retention_limit TO productgraph_app;

CREATE INDEX snapshot_by_time ON snapshot (project_id, taken_at);
CREATE INDEX replay_chunk_received ON replay_chunk (project_id, received_at);

-- When a key was used last, to about a minute; the collector notes it now and then.
ALTER TABLE api_key ADD COLUMN last_used_at timestamptz;
GRANT SELECT (last_used_at) ON api_key TO productgraph_app;

-- Whoever calls what concerns every organisation has to be the product's own server.
CREATE FUNCTION assert_is_any_server() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph does this';
  END IF;
END $$;

CREATE FUNCTION note_key_uses(numbers int4[], times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  PERFORM 1 FROM api_key k WHERE k.key_id = ANY (numbers) ORDER BY k.key_id FOR NO KEY UPDATE;
  UPDATE api_key k SET last_used_at = u.at FROM unnest(numbers, times) u (key_id, at)
  WHERE k.key_id = u.key_id AND (k.last_used_at IS NULL OR k.last_used_at < u.at);
END $$;

-- ---- A person's remains

CREATE FUNCTION forgotten_key(id text) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = productgraph, pg_temp AS $$
  SELECT left(encode(sha256(convert_to(id, 'UTF8')), 'hex'), 32)::uuid
$$;

-- As before, and what comes later is refused.
CREATE OR REPLACE FUNCTION drop_recordings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  INSERT INTO forgotten_session (org_id, project_id, session_key) VALUES (OLD.org_id, OLD.project_id, forgotten_key(OLD.id))
  ON CONFLICT (org_id, project_id, session_key) DO UPDATE SET forgotten_on = current_date;
  DELETE FROM replay_chunk c WHERE c.org_id = OLD.org_id AND c.project_id = OLD.project_id AND c.session_id = OLD.id;
  RETURN NULL;
END $$;

-- The lock makes a piece that comes while the person is being deleted wait for the end of that, and then see it.
CREATE FUNCTION refuse_forgotten() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('productgraph.identity'), NEW.project_id);
  IF EXISTS (SELECT FROM forgotten_session f
             WHERE f.org_id = NEW.org_id AND f.project_id = NEW.project_id AND f.session_key = forgotten_key(NEW.session_id)) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_forgotten BEFORE INSERT ON replay_chunk FOR EACH ROW EXECUTE FUNCTION refuse_forgotten();

-- The ids of a person and of the person's sessions (what 0, 1, 2: of an actor of that kind; 3: of a session), and what may be rows of
-- sessions that were derived for an unnamed client (what 4). Nothing is merged or erased in the project until the transaction ends.
CREATE FUNCTION hold_person(project int4, wanted text, wanted_kind int2)
RETURNS TABLE (what int2, id text, key uuid, began_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project AND p.org_id = current_org_id());
  selves int4[];
  own_sessions int4[];
BEGIN
  IF org IS NULL THEN
    RETURN;
  END IF;
  PERFORM lock_identities(project);
  selves := find_person(project, wanted, wanted_kind);
  own_sessions := ARRAY(SELECT s.session_no FROM session s WHERE s.project_id = project AND s.actor_no = ANY (selves));
  RETURN QUERY
    SELECT a.kind, a.id, NULL::uuid, NULL::timestamptz FROM actor a WHERE a.project_id = project AND a.actor_no = ANY (selves)
    UNION ALL
    SELECT 3::int2, s.id, NULL, NULL FROM session s WHERE s.project_id = project AND s.session_no = ANY (own_sessions)
    UNION ALL
    SELECT 4::int2, NULL, d.key, d.began_at FROM derived_session d
    WHERE d.org_id = org AND d.project_id = project AND d.began_at IN (
      SELECT e.ts FROM session s JOIN event e ON e.project_id = s.project_id AND e.session_no = s.session_no
      WHERE s.project_id = project AND s.session_no = ANY (own_sessions) AND s.id LIKE 'derived-%');
END $$;

-- ---- What is held, and what would go

-- Days that were dropped are not made again: what still comes for them goes to the default partition, and from there when it is due.
CREATE OR REPLACE FUNCTION ensure_event_partitions() RETURNS int4
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
  FOR day IN SELECT generate_series(greatest(today - 35, (SELECT s.events_from FROM retention_state s)), today + 2, interval '1 day')::date LOOP
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

CREATE FUNCTION midnight(at timestamptz, days_before int4) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = productgraph, pg_temp AS $$
  SELECT date_trunc('day', at, 'UTC') - days_before * interval '24 hours'
$$;

-- The partitions of days, the oldest first; rows as the last ANALYZE saw them.
CREATE FUNCTION event_days() RETURNS TABLE (partition_name text, starts timestamptz, bytes int8, n_rows int8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT c.relname::text, to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC', pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::int8
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'productgraph.event'::regclass AND c.relname ~ '^event_[0-9]{8}$' ORDER BY c.relname
$$;

-- The end of the newest day that does not fit, when all days together may have so many bytes. Today's stays.
CREATE FUNCTION event_days_cutoff(at timestamptz, max_bytes int8) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT max(x.starts) + interval '24 hours'
  FROM (SELECT d.starts, sum(d.bytes) OVER (ORDER BY d.starts DESC) AS total
        FROM (SELECT e.starts, e.bytes FROM event_days() e
              UNION ALL
              SELECT (SELECT min(e.starts) FROM event_days() e) - interval '24 hours', pg_total_relation_size('productgraph.event_default')
              WHERE EXISTS (SELECT FROM event_default)) d) x
  WHERE max_bytes > 0 AND x.total > max_bytes AND x.starts < midnight(at, 0)
$$;

-- Bytes of one event of the project with its share of the index, from some of its events.
CREATE FUNCTION event_size(project int4) RETURNS float8
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT coalesce(avg(pg_column_size(x.*)) + 56, 0)::float8 FROM (SELECT e.* FROM event e WHERE e.project_id = project LIMIT 500) x
$$;

-- The rows of one kind other than events: when each is from, and how large it is. Bytes that several pictures share count for the newest.
CREATE FUNCTION kept_rows(project int4, wanted int2) RETURNS TABLE (at timestamptz, size int8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project);
BEGIN
  RETURN QUERY
    SELECT n.taken_at, (CASE WHEN row_number() OVER (PARTITION BY n.sha256 ORDER BY n.taken_at DESC, n.snapshot_no DESC) = 1
                             THEN octet_length(b.bytes) ELSE 0 END
                        + coalesce(octet_length(n.component_tree), 0) + coalesce(octet_length(n.state), 0))::int8
    FROM snapshot n JOIN blob b ON b.org_id = n.org_id AND b.sha256 = n.sha256 WHERE wanted = 1 AND n.project_id = project
    UNION ALL
    SELECT c.received_at, octet_length(c.bytes)::int8 FROM replay_chunk c WHERE wanted = 2 AND c.project_id = project
    UNION ALL
    SELECT l.received_at, length(l.raw)::int8 FROM dead_letter l WHERE wanted = 3 AND l.org_id = org AND l.project_id = project
    UNION ALL
    SELECT t.said_at, pg_column_size(t.*)::int8 FROM identity_trait t WHERE wanted = 4 AND t.project_id = project
    UNION ALL
    SELECT m.last_at, pg_column_size(m.*)::int8 FROM identity_member m WHERE wanted = 4 AND m.project_id = project
    UNION ALL
    SELECT d.touched_on::timestamp AT TIME ZONE 'UTC', pg_column_size(d.*)::int8 FROM derived_session d
    WHERE wanted = 5 AND d.org_id = org AND d.project_id = project
    UNION ALL
    SELECT g.seen_on::timestamp AT TIME ZONE 'UTC', pg_column_size(g.*)::int8 FROM page_trail g WHERE wanted = 5 AND g.org_id = org AND g.project_id = project;
END $$;

-- What is older than this goes; NULL when nothing does. @max_days, @max_bytes: 0 or NULL is any.
CREATE FUNCTION retention_cutoff(project int4, wanted int2, at timestamptz, max_days int4, max_bytes int8) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  by_age timestamptz := CASE WHEN max_days > 0 THEN midnight(at, max_days) END;
  by_size timestamptz;
  one float8;
BEGIN
  IF max_bytes > 0 AND wanted = 0 THEN
    one := event_size(project);
    by_size := (SELECT max(x.day) + interval '24 hours'
                FROM (SELECT d.day, sum(d.n) OVER (ORDER BY d.day DESC) AS total
                      FROM (SELECT midnight(s.started_at, 0) AS day, sum(s.events) AS n FROM session s
                            WHERE s.project_id = project AND s.started_at IS NOT NULL GROUP BY 1) d) x
                WHERE x.total * one > max_bytes AND x.day < midnight(at, 0));
  ELSIF max_bytes > 0 THEN
    by_size := (SELECT max(x.at) + interval '1 microsecond'
                FROM (SELECT k.at, sum(k.size) OVER (ORDER BY k.at DESC ROWS UNBOUNDED PRECEDING) AS total FROM kept_rows(project, wanted) k) x
                WHERE x.total > max_bytes);
  END IF;
  RETURN greatest(by_age, by_size);
END $$;

-- The cutoff of one kind for a project as the collector and the project are set. Recordings are found by their session: they
-- do not outlive the events of their time.
CREATE FUNCTION project_cutoff(project int4, wanted int2, at timestamptz, server_days int4[], server_bytes int8[], own_days int4[], own_bytes int8[])
RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  RETURN greatest(
    retention_cutoff(project, wanted, at, least(nullif(server_days[wanted + 1], 0), nullif(own_days[wanted + 1], 0)),
                     least(CASE WHEN wanted > 0 THEN nullif(server_bytes[wanted + 1], 0) END, nullif(own_bytes[wanted + 1], 0))),
    CASE WHEN wanted = 0 THEN event_days_cutoff(at, server_bytes[1])
         WHEN wanted = 2 THEN project_cutoff(project, 0::int2, at, server_days, server_bytes, own_days, own_bytes) END);
END $$;

CREATE FUNCTION own_limits(project int4, OUT days int4[], OUT bytes int8[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT array_agg(coalesce(l.max_days, 0) ORDER BY k.kind), array_agg(coalesce(l.max_bytes, 0) ORDER BY k.kind)
  FROM generate_series(0, 5) k (kind) LEFT JOIN retention_limit l ON l.project_id = project AND l.kind = k.kind
$$;

-- For each project of the organisation and each kind what is held, the limits that the project has (or would have: @try_days, @try_bytes),
-- and what is over them. The bytes of events are worked out from some of them.
CREATE FUNCTION held_data(projects int4[], at timestamptz, server_days int4[], server_bytes int8[], try_days int4[], try_bytes int8[])
RETURNS TABLE (place int8, kind int2, n_rows int8, bytes int8, oldest timestamptz, max_days int4, max_bytes int8, cutoff timestamptz,
               due_rows int8, due_bytes int8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
  p record;
  own record;
  one float8;
  k int2;
BEGIN
  FOR p IN SELECT u.place, u.project_id FROM unnest(projects) WITH ORDINALITY u (project_id, place)
           JOIN project x ON x.project_id = u.project_id AND x.org_id = org ORDER BY u.place LOOP
    place := p.place;
    SELECT * INTO own FROM own_limits(p.project_id);
    own.days := coalesce(try_days, own.days);
    own.bytes := coalesce(try_bytes, own.bytes);
    FOREACH k IN ARRAY '{0,1,2,3,4,5}'::int2[] LOOP
      kind := k;
      max_days := own.days[k + 1];
      max_bytes := own.bytes[k + 1];
      cutoff := project_cutoff(p.project_id, k, at, server_days, server_bytes, own.days, own.bytes);
      IF k = 0 THEN
        one := event_size(p.project_id);
        SELECT coalesce(sum(s.events), 0)::int8, min(s.started_at),
               coalesce(sum(CASE WHEN s.ended_at < cutoff THEN s.events
                                 WHEN s.started_at < cutoff THEN (SELECT count(*) FROM event e
                                                                  WHERE e.project_id = s.project_id AND e.session_no = s.session_no AND e.ts < cutoff)
                                 ELSE 0 END), 0)::int8
        INTO n_rows, oldest, due_rows FROM session s WHERE s.project_id = p.project_id AND s.started_at IS NOT NULL;
        bytes := (n_rows * one)::int8;
        due_bytes := (due_rows * one)::int8;
      ELSE
        SELECT count(*), coalesce(sum(r.size), 0)::int8, min(r.at), count(*) FILTER (WHERE r.at < cutoff),
               coalesce(sum(r.size) FILTER (WHERE r.at < cutoff), 0)::int8
        INTO n_rows, bytes, oldest, due_rows, due_bytes FROM kept_rows(p.project_id, k) r;
      END IF;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END $$;

-- What all organisations hold together, by the sizes of the tables.
CREATE FUNCTION server_holdings() RETURNS TABLE (kind int2, bytes int8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  RETURN QUERY
    SELECT t.kind::int2, sum(CASE WHEN t.name = 'event' THEN (SELECT sum(pg_total_relation_size(i.inhrelid)) FROM pg_inherits i
                                                        WHERE i.inhparent = 'productgraph.event'::regclass)
                            ELSE pg_total_relation_size(format('productgraph.%I', t.name)::regclass) END)::int8
    FROM (VALUES (0, 'event'), (0, 'session'), (1, 'snapshot'), (1, 'blob'), (2, 'replay_chunk'), (3, 'dead_letter'), (4, 'identity_trait'),
                 (4, 'identity_member'), (4, 'identity_group_trait'), (5, 'derived_session'), (5, 'page_trail')) t (kind, name)
    GROUP BY t.kind ORDER BY t.kind;
END $$;

-- ---- What goes

-- One at a time, of all servers: TRUE for the one that may begin, when the last time was at least so long ago. The lock is the
-- connection's, since many transactions follow, and ends with it at the latest.
CREATE FUNCTION begin_sweep(every interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  IF NOT pg_try_advisory_lock(hashtext('productgraph.retention'), 0) THEN
    RETURN false;
  END IF;
  IF EXISTS (SELECT FROM retention_state s WHERE s.swept_at > now() - every) THEN
    PERFORM pg_advisory_unlock(hashtext('productgraph.retention'), 0);
    RETURN false;
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION end_sweep(is_done boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  UPDATE retention_state s SET swept_at = now() WHERE is_done;
  PERFORM pg_advisory_unlock(hashtext('productgraph.retention'), 0);
END $$;

-- What there is to do, of every organisation. Of events: the cutoff of each project that has some, NULL when it keeps them for ever, and
-- that of the collector (organisation NULL, project 0). Of the other kinds: where something is older.
CREATE FUNCTION plan_retention(at timestamptz, server_days int4[], server_bytes int8[])
RETURNS TABLE (org uuid, org_id int4, project_id int4, kind int2, cutoff timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  p record;
  own record;
  k int2;
BEGIN
  PERFORM assert_is_any_server();
  org_id := 0;
  project_id := 0;
  kind := 0;
  cutoff := greatest(CASE WHEN server_days[1] > 0 THEN midnight(at, server_days[1]) END, event_days_cutoff(at, server_bytes[1]));
  RETURN NEXT;
  FOR p IN SELECT o.id, x.org_id, x.project_id FROM project x JOIN organisation o ON o.org_id = x.org_id ORDER BY x.project_id LOOP
    org := p.id;
    org_id := p.org_id;
    project_id := p.project_id;
    SELECT * INTO own FROM own_limits(p.project_id);
    FOREACH k IN ARRAY '{0,1,2,3,4,5}'::int2[] LOOP
      kind := k;
      cutoff := project_cutoff(p.project_id, k, at, server_days, server_bytes, own.days, own.bytes);
      IF (CASE WHEN k = 0 THEN EXISTS (SELECT FROM session s WHERE s.project_id = p.project_id AND s.started_at IS NOT NULL)
              WHEN cutoff IS NULL THEN false
              WHEN k = 1 THEN EXISTS (SELECT FROM snapshot n WHERE n.project_id = p.project_id AND n.taken_at < cutoff)
              WHEN k = 2 THEN EXISTS (SELECT FROM replay_chunk c WHERE c.project_id = p.project_id AND c.received_at < cutoff)
              WHEN k = 3 THEN EXISTS (SELECT FROM dead_letter l WHERE l.org_id = p.org_id AND l.project_id = p.project_id AND l.received_at < cutoff)
              WHEN k = 4 THEN EXISTS (SELECT FROM identity_trait t WHERE t.project_id = p.project_id AND t.said_at < cutoff)
                           OR EXISTS (SELECT FROM identity_member m WHERE m.project_id = p.project_id AND m.last_at < cutoff)
              ELSE EXISTS (SELECT FROM derived_session d WHERE d.org_id = p.org_id AND d.project_id = p.project_id
                                                           AND d.touched_on < (cutoff AT TIME ZONE 'UTC')::date)
                OR EXISTS (SELECT FROM page_trail g WHERE g.org_id = p.org_id AND g.project_id = p.project_id
                                                      AND g.seen_on < (cutoff AT TIME ZONE 'UTC')::date) END) THEN
        RETURN NEXT;
      END IF;
    END LOOP;
  END LOOP;
END $$;

-- Removes sessions that began before @edge, the oldest first: those that ended before it, with all that is only theirs; of those that
-- went on, the events before it. The events of the former stay where they lie in a partition that the caller drops (@but_partitions).
-- The caller holds the project's identities, or takes the lock before it commits.
CREATE FUNCTION remove_sessions(org int4, project int4, edge timestamptz, at_most int4, but_partitions boolean, OUT n_sessions int8, OUT n_events int8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  old record;
  n int8;
BEGIN
  SELECT array_agg(x.session_no) FILTER (WHERE x.ended_at < edge) AS gone, array_agg(x.id) FILTER (WHERE x.ended_at < edge) AS ids,
         array_agg(x.session_no) FILTER (WHERE x.ended_at >= edge) AS cut, min(x.started_at) AS since, count(*) AS n,
         coalesce(sum(x.events) FILTER (WHERE x.ended_at < edge), 0)::int8 AS events
  INTO old
  FROM (SELECT s.* FROM session s WHERE s.project_id = project AND s.started_at < edge ORDER BY s.started_at, s.session_no LIMIT at_most FOR UPDATE) x;
  n_sessions := old.n;
  n_events := old.events;
  IF old.n = 0 THEN
    RETURN;
  END IF;
  IF but_partitions THEN
    DELETE FROM event_default e WHERE e.project_id = project AND e.session_no = ANY (old.gone) AND e.ts >= old.since AND e.ts < edge;
  ELSE
    DELETE FROM event e WHERE e.project_id = project AND e.session_no = ANY (old.gone) AND e.ts >= old.since AND e.ts < edge;
  END IF;
  DELETE FROM replay_chunk c WHERE c.org_id = org AND c.project_id = project AND c.session_id = ANY (old.ids);
  UPDATE snapshot p SET session_no = NULL WHERE p.project_id = project AND p.session_no = ANY (old.gone);
  -- Who is known by nothing but such a session is nobody now.
  WITH nobody AS (DELETE FROM actor a WHERE a.project_id = project AND a.kind = 0 AND a.id = ANY (old.ids) RETURNING a.actor_no),
       traits AS (DELETE FROM identity_trait t USING nobody WHERE t.project_id = project AND t.actor_no = nobody.actor_no)
  DELETE FROM identity_member m USING nobody WHERE m.project_id = project AND m.actor_no = nobody.actor_no;
  DELETE FROM session s WHERE s.project_id = project AND s.session_no = ANY (old.gone);
  IF old.cut IS NOT NULL THEN
    DELETE FROM event e WHERE e.project_id = project AND e.session_no = ANY (old.cut) AND e.ts >= old.since AND e.ts < edge;
    GET DIAGNOSTICS n = ROW_COUNT;
    n_events := n_events + n;
    PERFORM refresh_sessions(project, old.cut);
  END IF;
END $$;

-- Events of a project before @cutoff with their sessions, of so many sessions. For the server, as the project's organisation.
CREATE FUNCTION expire_events(project int4, cutoff timestamptz, at_most int4, OUT n_sessions int8, OUT n_events int8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
BEGIN
  n_sessions := 0;
  n_events := 0;
  IF EXISTS (SELECT FROM project p WHERE p.project_id = project AND p.org_id = org) THEN
    PERFORM lock_identities(project);
    SELECT r.n_sessions, r.n_events INTO n_sessions, n_events FROM remove_sessions(org, project, cutoff, at_most, false) r;
    UPDATE project p SET epoch = p.epoch + 1 WHERE p.project_id = project AND n_sessions > 0;
  END IF;
END $$;

-- Rows of a project and a kind other than events that are older than @cutoff, so many. For the server, as the project's organisation.
CREATE FUNCTION expire_rows(project int4, wanted int2, cutoff timestamptz, at_most int4) RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
  hashes bytea[];
  n int8 := 0;
  more int8;
BEGIN
  IF NOT EXISTS (SELECT FROM project p WHERE p.project_id = project AND p.org_id = org) THEN
    RETURN 0;
  END IF;
  IF wanted = 1 THEN
    WITH gone AS (DELETE FROM snapshot s WHERE s.snapshot_no IN (SELECT o.snapshot_no FROM snapshot o WHERE o.project_id = project AND o.taken_at < cutoff
                                                                 ORDER BY o.taken_at LIMIT at_most) RETURNING s.sha256)
    SELECT array_agg(g.sha256), count(*) INTO hashes, n FROM gone g;
    DELETE FROM blob b WHERE b.org_id = org AND b.sha256 = ANY (hashes)
                         AND NOT EXISTS (SELECT FROM snapshot s WHERE s.org_id = org AND s.sha256 = b.sha256);
  ELSIF wanted = 2 THEN
    DELETE FROM replay_chunk c WHERE c.chunk_no IN (SELECT o.chunk_no FROM replay_chunk o WHERE o.project_id = project AND o.received_at < cutoff
                                                    ORDER BY o.received_at LIMIT at_most);
    GET DIAGNOSTICS n = ROW_COUNT;
  ELSIF wanted = 3 THEN
    n := remove_letters(org, project, ARRAY(SELECT l.letter_no FROM dead_letter l WHERE l.org_id = org AND l.project_id = project AND l.received_at < cutoff
                                            ORDER BY l.letter_no LIMIT at_most), 0);
  ELSIF wanted = 4 THEN
    DELETE FROM identity_trait t WHERE t.ctid = ANY (ARRAY(SELECT o.ctid FROM identity_trait o WHERE o.project_id = project AND o.said_at < cutoff
                                                           LIMIT at_most FOR UPDATE));
    GET DIAGNOSTICS n = ROW_COUNT;
    DELETE FROM identity_member m WHERE m.ctid = ANY (ARRAY(SELECT o.ctid FROM identity_member o WHERE o.project_id = project AND o.last_at < cutoff
                                                            LIMIT at_most FOR UPDATE));
    GET DIAGNOSTICS more = ROW_COUNT;
    n := n + more;
  ELSIF wanted = 5 THEN
    DELETE FROM derived_session d WHERE d.ctid = ANY (ARRAY(SELECT o.ctid FROM derived_session o WHERE o.org_id = org AND o.project_id = project
                                                            AND o.touched_on < (cutoff AT TIME ZONE 'UTC')::date LIMIT at_most FOR UPDATE));
    GET DIAGNOSTICS n = ROW_COUNT;
    DELETE FROM page_trail g WHERE g.ctid = ANY (ARRAY(SELECT o.ctid FROM page_trail o WHERE o.org_id = org AND o.project_id = project
                                                       AND o.seen_on < (cutoff AT TIME ZONE 'UTC')::date LIMIT at_most FOR UPDATE));
    GET DIAGNOSTICS more = ROW_COUNT;
    n := n + more;
  END IF;
  RETURN n;
END $$;

-- What every project forgets after a fixed time, whether or not anything comes for it: salts and pages after two days, hashes of forgotten
-- sessions after 32.
CREATE FUNCTION forget_old() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  DELETE FROM client_salt s WHERE s.day < current_date - 1;
  DELETE FROM page_trail g
  WHERE g.ctid = ANY (ARRAY(SELECT o.ctid FROM page_trail o WHERE o.seen_on < current_date - 2 LIMIT 10000 FOR UPDATE SKIP LOCKED));
  DELETE FROM forgotten_session f WHERE f.forgotten_on < current_date - 32;
END $$;

-- Gives the space of the default partition back when all of its events are gone.
CREATE FUNCTION trim_default_events() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
  PERFORM assert_is_any_server();
  IF pg_relation_size('productgraph.event_default') > 0 AND NOT EXISTS (SELECT FROM event_default) THEN
    LOCK TABLE event IN ACCESS EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM event_default) THEN
      TRUNCATE event_default;
    END IF;
  END IF;
END $$;

-- The partitions of days that end at @cutoff or before.
CREATE FUNCTION due_event_days(cutoff timestamptz) RETURNS TABLE (partition_name text, bytes int8, starts timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_is_any_server();
  RETURN QUERY SELECT d.partition_name, d.bytes, d.starts FROM event_days() d WHERE d.starts + interval '24 hours' <= cutoff ORDER BY d.starts;
END $$;

-- Drops the oldest partition of a day when it ends at @cutoff or before, together with the sessions that ended by then: all or nothing.
-- Which it was; no row when there is none. Only the end of it, some milliseconds, holds up anybody; if it would have to wait
-- for its locks, it fails with lock_not_available and can be tried again.
CREATE FUNCTION drop_event_day(cutoff timestamptz) RETURNS TABLE (partition_name text, bytes int8, starts timestamptz, n_sessions int8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  oldest record;
  edge timestamptz;
  p record;
  removed record;
  locked int4[] := '{}';
BEGIN
  PERFORM assert_is_any_server();
  SELECT d.* INTO oldest FROM event_days() d ORDER BY d.starts LIMIT 1;
  edge := oldest.starts + interval '24 hours';
  IF edge IS NULL OR edge > cutoff THEN
    RETURN;
  END IF;
  n_sessions := 0;
  -- First without a lock on anything but old sessions; then once more, with nobody else at work, for what came meanwhile.
  FOR round IN 1..2 LOOP
    IF round = 2 THEN
      PERFORM pg_advisory_xact_lock(hashtext('productgraph.identity'), u.project_id) FROM unnest(locked) u (project_id);
      LOCK TABLE ONLY event IN ACCESS EXCLUSIVE MODE;
    END IF;
    FOR p IN SELECT x.org_id, x.project_id FROM project x
             WHERE EXISTS (SELECT FROM session s WHERE s.project_id = x.project_id AND s.started_at < edge) ORDER BY x.project_id LOOP
      IF p.project_id <> ALL (locked) THEN
        locked := locked || p.project_id;
        IF round = 2 THEN
          PERFORM pg_advisory_xact_lock(hashtext('productgraph.identity'), p.project_id);
        END IF;
      END IF;
      LOOP
        removed := remove_sessions(p.org_id, p.project_id, edge, 5000, true);
        n_sessions := n_sessions + removed.n_sessions;
        EXIT WHEN removed.n_sessions < 5000;
      END LOOP;
    END LOOP;
  END LOOP;
  UPDATE project x SET epoch = x.epoch + 1 WHERE x.project_id = ANY (locked);
  EXECUTE format('DROP TABLE %I', oldest.partition_name);
  UPDATE retention_state s SET events_from = greatest(s.events_from, (edge AT TIME ZONE 'UTC')::date);
  partition_name := oldest.partition_name;
  bytes := oldest.bytes;
  starts := oldest.starts;
  RETURN NEXT;
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('assert_is_any_server', 'note_key_uses', 'forgotten_key', 'drop_recordings', 'refuse_forgotten', 'hold_person', 'midnight',
                               'event_days', 'event_days_cutoff', 'event_size', 'kept_rows', 'retention_cutoff', 'project_cutoff', 'own_limits', 'held_data',
                               'server_holdings', 'begin_sweep', 'end_sweep', 'plan_retention', 'remove_sessions', 'expire_events', 'expire_rows', 'forget_old',
                               'trim_default_events', 'due_event_days', 'drop_event_day') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    IF f::text ~ ('^(productgraph\.)?(note_key_uses|hold_person|held_data|server_holdings|begin_sweep|end_sweep|plan_retention|expire_events|expire_rows|'
                  'forget_old|trim_default_events|due_event_days|drop_event_day)\(') THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
    END IF;
  END LOOP;
END $$;
