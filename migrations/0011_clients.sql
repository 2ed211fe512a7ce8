-- What the clients of other products need kept besides their events: recordings, the sessions of those who send no session.id, and the
-- pages that browsers went through lately.

-- A piece of a recording: a JSON array of rrweb events as the client sent it, gzipped. The session is named by its id, since a piece
-- may come before the session's first event.
CREATE TABLE replay_chunk (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  chunk_no int8 GENERATED ALWAYS AS IDENTITY UNIQUE,
  session_id text COLLATE "C" NOT NULL,
  chunk_key uuid NOT NULL, -- the client's id of it, else a hash of what it says
  window_id text COLLATE "C",
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  events int4 NOT NULL,
  bytes bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, project_id, session_id, chunk_key),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
ALTER TABLE replay_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX replay_chunk_order ON replay_chunk (project_id, session_id, started_at, chunk_no);

-- When a person is deleted or made anonymous, the session's id goes, and what was recorded under it goes with the id.
CREATE FUNCTION drop_recordings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  DELETE FROM replay_chunk c WHERE c.org_id = OLD.org_id AND c.project_id = OLD.project_id AND c.session_id = OLD.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION drop_recordings() FROM PUBLIC;
CREATE TRIGGER drop_recordings AFTER UPDATE OF id ON session
FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id) EXECUTE FUNCTION drop_recordings();

-- Sessions of who sends none: by a key that stands for a person or a client. Those of one key do not overlap, so an event that is sent
-- again finds the session that it had.
CREATE TABLE derived_session (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  key uuid NOT NULL,
  began_at timestamptz NOT NULL, -- the event that opened it; with the key, the session's id
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  touched_on date NOT NULL DEFAULT current_date,
  PRIMARY KEY (org_id, project_id, key, began_at),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
CREATE INDEX derived_session_old ON derived_session (touched_on);

-- What addresses are hashed with: one a day, and gone a day later, so that nobody can try addresses until one fits.
CREATE TABLE client_salt (
  org_id int4 NOT NULL REFERENCES organisation ON DELETE CASCADE,
  day date NOT NULL DEFAULT current_date,
  salt uuid NOT NULL DEFAULT gen_random_uuid(),
  PRIMARY KEY (org_id, day)
);

-- Pages that browsers told of by OpenTelemetry: which one a next page leaves, and whether two reports are of one and the same load.
CREATE TABLE page_trail (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  session_key uuid NOT NULL,
  at timestamptz NOT NULL,
  event_key uuid NOT NULL,
  url_key uuid NOT NULL,
  kind int2 NOT NULL, -- 0 the load of a document as a span, 1 as an event, 2 a navigation within it
  is_view boolean NOT NULL,
  path text,
  left_at timestamptz,
  left_by uuid, -- event_key of the page whose report ended this one
  seen_on date NOT NULL DEFAULT current_date,
  PRIMARY KEY (org_id, project_id, session_key, at, event_key),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
CREATE INDEX page_trail_old ON page_trail (seen_on);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['replay_chunk', 'derived_session', 'client_salt', 'page_trail'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO productgraph_app', t);
  END LOOP;
END $$;
GRANT INSERT (org_id, project_id, session_id, chunk_key, window_id, started_at, ended_at, events, bytes) ON replay_chunk TO productgraph_app;
GRANT INSERT, UPDATE ON derived_session, page_trail TO productgraph_app;
GRANT INSERT (org_id) ON client_salt TO productgraph_app;

-- One caller at a time for each of these keys: 256 locks a project at most, taken in one order, for as long as the transaction.
CREATE FUNCTION lock_client_keys(project int4, keys uuid[]) RETURNS void
LANGUAGE sql SET search_path = productgraph, pg_temp AS $$
  SELECT pg_advisory_xact_lock(project, b.bucket)
  FROM (SELECT DISTINCT hashtext(k::text) & 255 AS bucket FROM unnest(keys) k WHERE k IS NOT NULL ORDER BY 1) b
$$;

-- For each event the session of its key: one that it lies in, else the earliest that it continues (less than @gap away, and no longer
-- than @longest with it), else a new one. @old_keys: the same client by the salt of the day before, or null. Runs as its caller, so
-- row-level security holds. No rows when there is no such project.
CREATE FUNCTION derive_sessions(project text, keys uuid[], old_keys uuid[], times timestamptz[], gap interval, longest interval)
RETURNS TABLE (place int8, session_key uuid, began timestamptz)
LANGUAGE plpgsql SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
  number int4 := (SELECT p.project_id FROM project p WHERE p.org_id = org AND p.id = project COLLATE "C");
  e record;
  s derived_session;      -- the session at hand,
  s_of uuid;              -- the key it was found by,
  s_next timestamptz;     -- the beginning of the one behind it
  is_changed boolean := false;
BEGIN
  IF number IS NULL THEN
    RETURN;
  END IF;
  PERFORM lock_client_keys(number, keys || old_keys);
  FOR e IN SELECT u.* FROM unnest(keys, old_keys, times) WITH ORDINALITY u (key, old, at, place) ORDER BY u.key, u.at, u.place LOOP
    IF s_of IS DISTINCT FROM e.key
       OR NOT (e.at <= s.last_at OR (e.at < s_next AND e.at - s.last_at < gap AND e.at - s.first_at < longest)) THEN
      IF is_changed THEN
        UPDATE derived_session d SET first_at = s.first_at, last_at = s.last_at, touched_on = current_date
        WHERE d.org_id = org AND d.project_id = number AND d.key = s.key AND d.began_at = s.began_at;
      END IF;
      SELECT d.* INTO s FROM derived_session d
      WHERE d.org_id = org AND d.project_id = number AND d.key IN (e.key, e.old) AND d.first_at < e.at + gap AND d.last_at > e.at - gap
        AND (e.at BETWEEN d.first_at AND d.last_at OR greatest(d.last_at, e.at) - least(d.first_at, e.at) < longest)
      ORDER BY (e.at BETWEEN d.first_at AND d.last_at) DESC, d.first_at LIMIT 1;
      IF NOT FOUND THEN
        INSERT INTO derived_session AS d (org_id, project_id, key, began_at, first_at, last_at) VALUES (org, number, e.key, e.at, e.at, e.at)
        RETURNING d.* INTO s;
      END IF;
      s_of := e.key;
      s_next := coalesce((SELECT min(d.first_at) FROM derived_session d
                          WHERE d.org_id = org AND d.project_id = number AND d.key IN (e.key, e.old) AND d.first_at > s.last_at), 'infinity');
      is_changed := false;
    END IF;
    IF e.at < s.first_at OR e.at > s.last_at THEN
      s.first_at := least(s.first_at, e.at);
      s.last_at := greatest(s.last_at, e.at);
      is_changed := true;
    END IF;
    place := e.place;
    session_key := s.key;
    began := s.began_at;
    RETURN NEXT;
  END LOOP;
  IF is_changed THEN
    UPDATE derived_session d SET first_at = s.first_at, last_at = s.last_at, touched_on = current_date
    WHERE d.org_id = org AND d.project_id = number AND d.key = s.key AND d.began_at = s.began_at;
  END IF;
  DELETE FROM derived_session d WHERE d.ctid = ANY (ARRAY(
    SELECT o.ctid FROM derived_session o WHERE o.touched_on < current_date - 32 ORDER BY o.touched_on LIMIT 100 FOR UPDATE SKIP LOCKED));
END $$;

-- Today's salt of the organisation and yesterday's, which may be null; older ones are forgotten.
CREATE FUNCTION get_client_salts(OUT today uuid, OUT yesterday uuid)
LANGUAGE plpgsql SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
BEGIN
  today := (SELECT s.salt FROM client_salt s WHERE s.org_id = org AND s.day = current_date);
  IF today IS NULL AND org IS NOT NULL THEN
    DELETE FROM client_salt s WHERE s.org_id = org AND s.day < current_date - 1;
    INSERT INTO client_salt (org_id) VALUES (org) ON CONFLICT DO NOTHING;
    today := (SELECT s.salt FROM client_salt s WHERE s.org_id = org AND s.day = current_date);
  END IF;
  yesterday := (SELECT s.salt FROM client_salt s WHERE s.org_id = org AND s.day = current_date - 1);
END $$;

-- Notes the pages of sessions. For each report whether it is the view of a page (of the load of one document only the first report
-- is), and the page that it leaves, if there is one. The same report again gets the same answer; each page is left once.
CREATE FUNCTION trace_pages(project text, session_keys uuid[], event_keys uuid[], url_keys uuid[], times timestamptz[], kinds int2[],
                            paths text[], near interval)
RETURNS TABLE (place int8, is_view boolean, left_key uuid, left_path text, left_at timestamptz)
LANGUAGE plpgsql SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
  number int4 := (SELECT p.project_id FROM project p WHERE p.org_id = org AND p.id = project COLLATE "C");
  e record;
  beside record;
BEGIN
  IF number IS NULL THEN
    RETURN;
  END IF;
  PERFORM lock_client_keys(number, session_keys);
  FOR e IN SELECT u.*
           FROM unnest(session_keys, event_keys, url_keys, times, kinds, paths) WITH ORDINALITY
                u (session_key, event_key, url_key, at, kind, path, place)
           ORDER BY u.session_key, u.at, u.kind DESC, u.place LOOP
    is_view := (SELECT t.is_view FROM page_trail t
                WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.at = e.at AND t.event_key = e.event_key);
    IF is_view IS NULL THEN
      is_view := NOT EXISTS (SELECT FROM page_trail t
                             WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.at BETWEEN e.at - near AND e.at + near
                               AND t.url_key = e.url_key AND t.is_view AND t.kind + e.kind = 1);
      INSERT INTO page_trail (org_id, project_id, session_key, at, event_key, url_key, kind, is_view, path)
      VALUES (org, number, e.session_key, e.at, e.event_key, e.url_key, e.kind, is_view, e.path);
      IF is_view THEN
        SELECT t.at INTO beside FROM page_trail t
        WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.is_view AND t.at > e.at ORDER BY t.at LIMIT 1;
        IF FOUND THEN -- it comes late: what is left is this page
          UPDATE page_trail t SET left_at = beside.at, left_by = e.event_key
          WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.at = e.at AND t.event_key = e.event_key;
        ELSE
          SELECT t.at, t.event_key INTO beside FROM page_trail t
          WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.is_view AND t.at < e.at
          ORDER BY t.at DESC, t.event_key LIMIT 1;
          IF FOUND THEN
            UPDATE page_trail t SET left_at = e.at, left_by = e.event_key
            WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.at = beside.at
              AND t.event_key = beside.event_key AND t.left_by IS NULL;
          END IF;
        END IF;
      END IF;
    END IF;
    place := e.place;
    left_key := NULL;
    left_path := NULL;
    left_at := NULL;
    SELECT t.event_key, t.path, t.left_at INTO left_key, left_path, left_at FROM page_trail t
    WHERE t.org_id = org AND t.project_id = number AND t.session_key = e.session_key AND t.left_by = e.event_key LIMIT 1;
    RETURN NEXT;
  END LOOP;
  DELETE FROM page_trail d WHERE d.ctid = ANY (ARRAY(
    SELECT o.ctid FROM page_trail o WHERE o.seen_on < current_date - 2 ORDER BY o.seen_on LIMIT 100 FOR UPDATE SKIP LOCKED));
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('lock_client_keys', 'derive_sessions', 'get_client_salts', 'trace_pages') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
  END LOOP;
END $$;
