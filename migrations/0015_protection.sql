-- What a person consented to, and what a project's events are to look like.

-- PdgConsentAction: 0 store, 1 count, 2 drop.
ALTER TABLE project_policy
  ADD COLUMN consent_denied int2 NOT NULL DEFAULT 2 CHECK (consent_denied IN (1, 2)),
  ADD COLUMN consent_unknown int2 NOT NULL DEFAULT 0 CHECK (consent_unknown BETWEEN 0 AND 2),
  ADD COLUMN consent_headers boolean NOT NULL DEFAULT false,
  ADD COLUMN consent_categories text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- What the addresses of those who are only counted are hashed with: one a day (UTC) and organisation, and destroyed with it. Nobody reads
-- the table; it is unlogged, so that no salt gets into the write-ahead log and what is made of it. After a crash there is another one.
CREATE UNLOGGED TABLE cookieless_salt (
  org_id int4 PRIMARY KEY REFERENCES organisation ON DELETE CASCADE,
  day date NOT NULL,
  salt bytea NOT NULL
);

-- What the events of a type are to look like. A version never changes but for its mode.
CREATE TABLE event_schema (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  event_type text COLLATE "C" NOT NULL,
  version int4 NOT NULL CHECK (version >= 1),
  schema_no int4 GENERATED ALWAYS AS IDENTITY UNIQUE,
  mode int2 NOT NULL CHECK (mode BETWEEN 0 AND 2), -- 0 off, 1 warn, 2 enforce (PdgSchemaMode)
  definition text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (org_id, project_id, event_type, version),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- How often events did not look like their schema, and were stored all the same.
CREATE TABLE schema_finding (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  event_type text COLLATE "C" NOT NULL,
  version int4 NOT NULL,
  field text COLLATE "C" NOT NULL,
  expected text COLLATE "C" NOT NULL,
  events int8 NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (org_id, project_id, event_type, version, field, expected),
  FOREIGN KEY (org_id, project_id, event_type, version) REFERENCES event_schema ON DELETE CASCADE
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['cookieless_salt', 'event_schema', 'schema_finding'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT ON event_schema, schema_finding TO productgraph_app;
GRANT INSERT, UPDATE ON schema_finding TO productgraph_app;

-- What the project does with events by the consent of their persons. FALSE when there is no such project.
CREATE FUNCTION set_consent_rules(project int4, denied int2, unknown int2, headers boolean, categories text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  INSERT INTO project_policy (org_id, project_id, consent_denied, consent_unknown, consent_headers, consent_categories)
  SELECT p.org_id, p.project_id, denied, unknown, headers, categories FROM project p
  WHERE p.project_id = project AND p.org_id = current_org_id()
  ON CONFLICT (org_id, project_id) DO UPDATE
  SET consent_denied = excluded.consent_denied, consent_unknown = excluded.consent_unknown, consent_headers = excluded.consent_headers,
      consent_categories = excluded.consent_categories;
  RETURN FOUND;
END $$;

-- Today's salt of the organisation, made when there is none; those of the days before are destroyed.
CREATE FUNCTION get_cookieless_salt() RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
  today date := (now() AT TIME ZONE 'UTC')::date;
  found bytea := (SELECT s.salt FROM cookieless_salt s WHERE s.org_id = org AND s.day >= today);
BEGIN
  IF found IS NULL AND org IS NOT NULL THEN
    DELETE FROM cookieless_salt s WHERE s.org_id = org AND s.day < today;
    INSERT INTO cookieless_salt (org_id, day, salt) VALUES (org, today, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    ON CONFLICT DO NOTHING;
    found := (SELECT s.salt FROM cookieless_salt s WHERE s.org_id = org);
  END IF;
  RETURN found;
END $$;

-- Destroys the salts of the days before, of organisations that count nobody today, too. How many there were.
CREATE FUNCTION destroy_cookieless_salts() RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  gone int8;
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph destroys salts';
  END IF;
  DELETE FROM cookieless_salt s WHERE s.day < (now() AT TIME ZONE 'UTC')::date;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- The version of the type's schema like this, made when there is none, in this mode from now on. NULL when there are too many of the
-- project, or no such project.
CREATE FUNCTION set_event_schema(project int4, type text, new_definition text, new_mode int2, author text) RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project AND p.org_id = current_org_id() FOR NO KEY UPDATE);
  made int4;
BEGIN
  IF org IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE event_schema s SET mode = new_mode
  WHERE s.org_id = org AND s.project_id = project AND s.event_type = type AND s.definition = new_definition RETURNING s.version INTO made;
  IF made IS NULL AND (SELECT count(*) < 2000 FROM event_schema s WHERE s.org_id = org AND s.project_id = project) THEN
    INSERT INTO event_schema (org_id, project_id, event_type, version, mode, definition, created_by)
    SELECT org, project, type, coalesce(max(s.version), 0) + 1, new_mode, new_definition, author
    FROM event_schema s WHERE s.org_id = org AND s.project_id = project AND s.event_type = type
    RETURNING version INTO made;
  END IF;
  RETURN made;
END $$;

-- FALSE when there is no such version.
CREATE FUNCTION set_event_schema_mode(project int4, type text, of_version int4, new_mode int2) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  UPDATE event_schema s SET mode = new_mode
  WHERE s.org_id = current_org_id() AND s.project_id = project AND s.event_type = type AND s.version = of_version;
  RETURN FOUND;
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('set_consent_rules', 'get_cookieless_salt', 'destroy_cookieless_salts', 'set_event_schema', 'set_event_schema_mode') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
  END LOOP;
END $$;
