-- Journeys with their steps (observed through gen_ai.journey.*, or designed), and the pictures of screens.

CREATE TABLE journey (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  journey_no int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('observed', 'designed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, project_id, kind, id),
  UNIQUE (org_id, journey_no),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

CREATE TABLE journey_step (
  org_id int4 NOT NULL,
  journey_no int4 NOT NULL,
  id text COLLATE "C" NOT NULL,
  place int4 NOT NULL,
  screen_no int4,
  PRIMARY KEY (org_id, journey_no, id),
  FOREIGN KEY (org_id, journey_no) REFERENCES journey (org_id, journey_no) ON DELETE CASCADE
);

-- Bytes are stored once for an organisation, under their SHA-256.
CREATE TABLE blob (
  org_id int4 NOT NULL REFERENCES organisation ON DELETE CASCADE,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  media_type text NOT NULL,
  bytes bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, sha256)
);
ALTER TABLE blob ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE snapshot (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  snapshot_no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  screen_no int4 NOT NULL,
  session_no int4,
  taken_at timestamptz NOT NULL,
  sha256 bytea NOT NULL,
  width int4 NOT NULL,
  height int4 NOT NULL,
  component_tree text,
  state text,
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE,
  FOREIGN KEY (project_id, screen_no) REFERENCES screen (project_id, screen_no) ON DELETE CASCADE,
  FOREIGN KEY (org_id, sha256) REFERENCES blob (org_id, sha256)
);
CREATE INDEX snapshot_newest ON snapshot (project_id, screen_no, taken_at DESC);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['journey', 'journey_step', 'blob', 'snapshot'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO productgraph_app', t);
  END LOOP;
END $$;
GRANT INSERT (org_id, project_id, id, name, kind), UPDATE (name) ON journey TO productgraph_app;
GRANT INSERT, UPDATE ON journey_step, blob TO productgraph_app;
GRANT INSERT (org_id, project_id, screen_no, session_no, taken_at, sha256, width, height, component_tree, state) ON snapshot TO productgraph_app;

-- A journey that events name is observed; its steps keep the order in which they were first seen.
CREATE FUNCTION observe_journey() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  observed int4;
BEGIN
  INSERT INTO journey (org_id, project_id, id, name, kind) VALUES (NEW.org_id, NEW.project_id, NEW.journey_id, NEW.journey_id, 'observed')
  ON CONFLICT (org_id, project_id, kind, id) DO NOTHING;
  IF NEW.step_id IS NOT NULL THEN
    SELECT j.journey_no INTO observed FROM journey j
    WHERE j.org_id = NEW.org_id AND j.project_id = NEW.project_id AND j.kind = 'observed' AND j.id = NEW.journey_id;
    INSERT INTO journey_step (org_id, journey_no, id, place, screen_no)
    VALUES (NEW.org_id, observed, NEW.step_id,
            (SELECT count(*) + 1 FROM journey_step s WHERE s.org_id = NEW.org_id AND s.journey_no = observed), NEW.screen_no)
    ON CONFLICT (org_id, journey_no, id) DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION observe_journey() FROM PUBLIC;
CREATE TRIGGER observe_journey AFTER INSERT ON term FOR EACH ROW WHEN (NEW.journey_id IS NOT NULL) EXECUTE FUNCTION observe_journey();
