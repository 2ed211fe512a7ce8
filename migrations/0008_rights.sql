-- What a person may ask for: to be deleted, or made anonymous with every count as it was. Two steps: the first, under the lock of
-- identities, takes the ids away, so that nothing that arrives is counted for the person any more; it is short, since who
-- stores events waits for it. The second works on what then stands still, and can be begun again when it was cut off.
CREATE TABLE person_request (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  request_no int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('delete', 'anonymise', 'export')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  pseudonym text COLLATE "C", -- what an anonymised person is called now
  events int8 NOT NULL DEFAULT 0,
  sessions int8 NOT NULL DEFAULT 0,
  -- until it is done, and then NULL:
  actors int4[],
  session_nos int4[],
  needles text[], -- the ids, to be found in texts
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);
CREATE INDEX person_request_project ON person_request (project_id);
ALTER TABLE person_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_request FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON person_request USING (org_id = (SELECT current_org_id())) WITH CHECK (org_id = (SELECT current_org_id()));
CREATE POLICY directory ON person_request TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT (org_id, project_id, request_no, kind, requested_by, requested_at, done_at, pseudonym, events, sessions) ON person_request TO productgraph_app;

-- The actors of one person, whose id (of this kind, or NULL) is given; NULL when there is none. With them those that stand for
-- the person's own sessions.
CREATE FUNCTION find_person(project int4, wanted text, wanted_kind int2) RETURNS int4[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  root int4;
BEGIN
  IF NOT EXISTS (SELECT FROM project p WHERE p.project_id = project AND p.org_id = current_org_id()) THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(n.merged_into, n.actor_no) INTO root FROM actor n
  WHERE n.project_id = project AND n.id = wanted COLLATE "C" AND n.kind = ANY (CASE WHEN wanted_kind IS NULL THEN '{0,1,2}' ELSE ARRAY[wanted_kind] END)
  ORDER BY n.kind DESC LIMIT 1;
  IF root IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ARRAY(SELECT n.actor_no FROM actor n WHERE n.project_id = project AND (n.actor_no = root OR n.merged_into = root)
               UNION
               SELECT n.actor_no FROM session s JOIN actor n ON n.project_id = s.project_id AND n.kind = 0 AND n.id = s.id
               WHERE s.project_id = project AND s.actor_no = root
               ORDER BY 1);
END $$;

-- The first step; the number of the request, NULL when there is no such person.
CREATE FUNCTION begin_erasure(project int4, wanted text, wanted_kind int2, keep_counts boolean, asked_by text) RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  selves int4[];
  own_sessions int4[];
  ids text[];
  root int4;
  made int4;
BEGIN
  IF NOT EXISTS (SELECT FROM project p WHERE p.project_id = project AND p.org_id = current_org_id()) THEN
    RETURN NULL;
  END IF;
  PERFORM lock_identities(project);
  selves := find_person(project, wanted, wanted_kind);
  IF selves IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE project p SET epoch = p.epoch + 1 WHERE p.project_id = project;
  SELECT coalesce(n.merged_into, n.actor_no) INTO root FROM actor n
  WHERE n.project_id = project AND n.actor_no = ANY (selves) AND n.id = wanted COLLATE "C" ORDER BY n.kind DESC LIMIT 1;
  own_sessions := ARRAY(SELECT s.session_no FROM session s WHERE s.project_id = project AND s.actor_no = ANY (selves) ORDER BY 1);
  ids := ARRAY(SELECT n.id FROM actor n WHERE n.project_id = project AND n.actor_no = ANY (selves) AND n.kind > 0
               UNION SELECT trim(both '"' from t.value) FROM identity_trait t
               WHERE t.project_id = project AND t.actor_no = ANY (selves) AND t.value ~ '^"[^"\\ ]+@[^"\\ ]+"$');
  INSERT INTO person_request (org_id, project_id, kind, requested_by, pseudonym, actors, session_nos, needles)
  VALUES (current_org_id(), project, CASE WHEN keep_counts THEN 'anonymise' ELSE 'delete' END, asked_by,
          CASE WHEN keep_counts THEN 'anonymised-' || gen_random_uuid() END, selves, own_sessions, ids)
  RETURNING request_no INTO made;
  UPDATE actor n SET id = CASE WHEN n.actor_no = root AND r.pseudonym IS NOT NULL THEN r.pseudonym
                               ELSE 'anonymised-' || gen_random_uuid() END
  FROM person_request r WHERE r.request_no = made AND n.project_id = project AND n.actor_no = ANY (selves);
  UPDATE session s SET id = 'anonymised-' || gen_random_uuid() WHERE s.project_id = project AND s.session_no = ANY (own_sessions);
  DELETE FROM identity_trait t WHERE t.project_id = project AND t.actor_no = ANY (selves);
  DELETE FROM identity_member m WHERE m.project_id = project AND m.actor_no = ANY (selves);
  DELETE FROM identity_merge m WHERE m.project_id = project AND (m.actor_no = ANY (selves) OR m.into_no = ANY (selves));
  DELETE FROM identity_alias l WHERE l.project_id = project AND (l.previous_no = ANY (selves) OR l.user_no = ANY (selves));
  DELETE FROM identity_link l WHERE l.project_id = project AND (l.anonymous_no = ANY (selves) OR l.user_no = ANY (selves));
  RETURN made;
END $$;

-- Works the rows of sessions out anew, from the events that are there; those without events go.
CREATE FUNCTION refresh_sessions(project int4, numbers int4[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM 1 FROM session s WHERE s.project_id = project AND s.session_no = ANY (numbers) ORDER BY s.session_no FOR UPDATE;
  UPDATE snapshot n SET session_no = NULL
  WHERE n.project_id = project AND n.session_no = ANY (numbers)
    AND NOT EXISTS (SELECT FROM event e WHERE e.project_id = project AND e.session_no = n.session_no);
  DELETE FROM session s
  WHERE s.project_id = project AND s.session_no = ANY (numbers)
    AND NOT EXISTS (SELECT FROM event e WHERE e.project_id = project AND e.session_no = s.session_no);
  UPDATE session s SET
    events = c.events, page_views = c.page_views, errors = c.errors, started_at = c.started_at, ended_at = c.ended_at,
    entry_screen_no = entry.screen_no, entry_at = entry.ts, entry_seq = entry.seq,
    exit_screen_no = leave.screen_no, exit_at = leave.ts, exit_seq = leave.seq,
    release_no = newest.release_no, release_at = newest.ts,
    actor_kind = who.kind, actor_at = who.ts, sent_actor_no = who.actor_no
  FROM (SELECT e.session_no, count(*) AS events, count(*) FILTER (WHERE e.flags & 4 <> 0) AS page_views,
               count(*) FILTER (WHERE e.flags & 8 <> 0) AS errors, min(e.ts) AS started_at, max(e.ts) AS ended_at
        FROM event e WHERE e.project_id = project AND e.session_no = ANY (numbers) GROUP BY e.session_no) c
  LEFT JOIN LATERAL (SELECT t.screen_no, e.ts, coalesce(e.seq, -2147483648) AS seq FROM event e
                     JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no AND t.screen_no IS NOT NULL
                     WHERE e.project_id = project AND e.session_no = c.session_no AND e.flags & 4 <> 0
                     ORDER BY e.ts, 3, t.screen_no LIMIT 1) entry ON true
  LEFT JOIN LATERAL (SELECT t.screen_no, e.ts, coalesce(e.seq, -2147483648) AS seq FROM event e
                     JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no AND t.screen_no IS NOT NULL
                     WHERE e.project_id = project AND e.session_no = c.session_no AND e.flags & 4 <> 0
                     ORDER BY e.ts DESC, 3 DESC, t.screen_no DESC LIMIT 1) leave ON true
  LEFT JOIN LATERAL (SELECT e.release_no, e.ts FROM event e
                     WHERE e.project_id = project AND e.session_no = c.session_no AND e.release_no IS NOT NULL
                     ORDER BY e.ts DESC, e.release_no DESC LIMIT 1) newest ON true
  LEFT JOIN LATERAL (SELECT a.actor_no, a.kind, e.ts FROM event e JOIN actor a ON a.project_id = e.project_id AND a.actor_no = e.actor_no
                     WHERE e.project_id = project AND e.session_no = c.session_no
                     ORDER BY a.kind DESC, e.ts, a.actor_no LIMIT 1) who ON true
  WHERE s.project_id = project AND s.session_no = c.session_no;
END $$;

-- Pictures that show what these sessions saw, and the bytes that nothing else shows.
CREATE FUNCTION delete_session_snapshots(project int4, numbers int4[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  hashes bytea[];
BEGIN
  WITH gone AS (DELETE FROM snapshot s WHERE s.project_id = project AND s.session_no = ANY (numbers) RETURNING s.sha256)
  SELECT array_agg(g.sha256) INTO hashes FROM gone g;
  DELETE FROM blob b USING project p
  WHERE p.project_id = project AND b.org_id = p.org_id AND b.sha256 = ANY (hashes)
    AND NOT EXISTS (SELECT FROM snapshot s WHERE s.org_id = b.org_id AND s.sha256 = b.sha256);
END $$;

-- Replaces the ids of a person in every text of the organisation, and removes the rows that have one in their bytes (letters that
-- could not be read). An id of less than six characters is no needle: it would be found in texts that have nothing to do with it.
-- Who the organisation's members are is not for this, nor are columns that others refer to.
CREATE FUNCTION replace_all(content text, forms text[], names text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = productgraph, pg_temp AS $$
BEGIN
  FOR i IN 1..cardinality(forms) LOOP
    content := replace(content, forms[i], names[i]);
  END LOOP;
  RETURN content;
END $$;

CREATE FUNCTION scrub_organisation(org int4, needles text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  t record;
  c text;
  forms text[]; -- as they are, in JSON, in an address; the longest first, as one may be part of another
  names text[];
BEGIN
  SELECT array_agg(f.form ORDER BY length(f.form) DESC, f.form), array_agg('anonymised-' || gen_random_uuid()) INTO forms, names
  FROM (SELECT DISTINCT x.form FROM unnest(needles) n (id)
        CROSS JOIN LATERAL unnest(ARRAY[n.id, regexp_replace(to_json(n.id)::text, '^"(.*)"$', '\1'), replace(n.id, '@', '%40')]) x (form)
        WHERE length(n.id) >= 6) f;
  IF forms IS NULL THEN
    RETURN;
  END IF;
  FOR t IN
    SELECT k.relname, array_agg(quote_ident(a.attname)) FILTER (WHERE a.atttypid = 'text'::regtype) AS texts,
           array_agg(quote_ident(a.attname)) FILTER (WHERE a.atttypid = 'bytea'::regtype) AS bytes
    FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid
    WHERE k.relnamespace = 'productgraph'::regnamespace AND k.relkind IN ('r', 'p') AND NOT k.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND a.atttypid IN ('text'::regtype, 'bytea'::regtype)
      AND k.relname NOT IN ('organisation', 'org_grant', 'membership', 'account', 'project', 'api_key', 'access_token', 'blob', 'person_request')
      AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = k.oid AND o.attname = 'org_id' AND NOT o.attisdropped)
      AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND ((f.conrelid = k.oid AND a.attnum = ANY (f.conkey))
                                                                            OR (f.confrelid = k.oid AND a.attnum = ANY (f.confkey))))
    GROUP BY k.relname ORDER BY k.relname LOOP
    FOREACH c IN ARRAY coalesce(t.bytes, '{}') LOOP
      EXECUTE format('DELETE FROM %I WHERE org_id = $1 AND EXISTS (SELECT FROM unnest($2) f WHERE position(convert_to(f, ''UTF8'') IN %s) > 0)', t.relname, c)
      USING org, forms;
    END LOOP;
    IF t.texts IS NOT NULL THEN
      EXECUTE format('UPDATE %I SET %s WHERE org_id = $1 AND EXISTS (SELECT FROM unnest($2) f WHERE strpos(concat_ws(E''\n'', %s), f) > 0)', t.relname,
                     (SELECT string_agg(format('%s = replace_all(%s, $2, $3)', x, x), ', ') FROM unnest(t.texts) x), array_to_string(t.texts, ', '))
      USING org, forms, names;
    END IF;
  END LOOP;
  UPDATE project p SET epoch = p.epoch + 1 WHERE p.org_id = org; -- texts that writers remember may be gone
END $$;

-- What is left of an event when nobody may be found by it: measures and kinds, no text that came from a person or a page.
CREATE FUNCTION anonymous_data(content text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = productgraph, pg_temp AS $$
  SELECT nullif((SELECT coalesce(jsonb_object_agg(m.key, m.value), '{}') FROM jsonb_each(content::jsonb) m
                 WHERE jsonb_typeof(m.value) IN ('number', 'boolean')
                    OR m.key IN ('ui.action', 'ui.element', 'ui.component.type', 'ui.viewport', 'ui.state.change_type', 'api.method',
                                 'gen_ai.journey.conversion.status', 'app.name', 'app.environment'))::text, '{}')
$$;

-- The second step. Whether there was anything to do.
CREATE FUNCTION finish_erasure(request int4) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  r person_request;
  touched int4[];
  n int8;
BEGIN
  SELECT * INTO r FROM person_request x WHERE x.request_no = request AND x.org_id = current_org_id() AND x.done_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF r.kind = 'delete' THEN
    WITH gone AS (DELETE FROM event e WHERE e.project_id = r.project_id AND e.actor_no = ANY (r.actors) RETURNING e.session_no)
    SELECT count(*), array_agg(DISTINCT g.session_no) INTO n, touched FROM gone g;
    PERFORM delete_session_snapshots(r.project_id, r.session_nos);
    PERFORM refresh_sessions(r.project_id, touched || r.session_nos);
    DELETE FROM actor a WHERE a.project_id = r.project_id AND a.actor_no = ANY (r.actors);
  ELSE
    UPDATE event e SET data = anonymous_data(e.data), page_path = NULL, page_title = NULL, anonymous_id = NULL, event_id = NULL
    WHERE e.project_id = r.project_id AND e.actor_no = ANY (r.actors);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM delete_session_snapshots(r.project_id, r.session_nos);
  END IF;
  UPDATE event e SET anonymous_id = NULL WHERE e.project_id = r.project_id AND e.anonymous_id = ANY (r.needles);
  PERFORM scrub_organisation(r.org_id, r.needles);
  UPDATE person_request x SET done_at = now(), events = n, sessions = cardinality(r.session_nos), actors = NULL, session_nos = NULL, needles = NULL
  WHERE x.request_no = request;
  RETURN true;
END $$;

-- What was begun and not finished, of every organisation. Only the product's own server may ask.
CREATE FUNCTION pending_erasures() RETURNS TABLE (org uuid, org_id int4, request_no int4)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph finishes requests';
  END IF;
  RETURN QUERY SELECT o.id, o.org_id, r.request_no FROM person_request r JOIN organisation o ON o.org_id = r.org_id
               WHERE r.done_at IS NULL AND r.requested_at < now() - interval '1 minute' ORDER BY r.request_no;
END $$;

-- That somebody was given what is held of a person.
CREATE FUNCTION note_export(project int4, asked_by text, n_events int8, n_sessions int8) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  INSERT INTO person_request (org_id, project_id, kind, requested_by, done_at, events, sessions)
  SELECT p.org_id, p.project_id, 'export', asked_by, now(), n_events, n_sessions FROM project p
  WHERE p.project_id = project AND p.org_id = current_org_id();
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('find_person', 'begin_erasure', 'finish_erasure', 'refresh_sessions', 'delete_session_snapshots', 'scrub_organisation', 'replace_all',
                               'anonymous_data', 'note_export', 'pending_erasures') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    IF f::text ~ '^(productgraph\.)?(find_person|begin_erasure|finish_erasure|note_export|pending_erasures)\(' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
    END IF;
  END LOOP;
END $$;
