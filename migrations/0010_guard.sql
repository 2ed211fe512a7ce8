-- What protects the events of a project on their way into the database, and keeps those that were refused.

-- A set of redaction rules, as it was applied to events whose flags carry its number; never changed, so that an event can always be
-- asked which rules it went through. Number 1 is the set that the program has built in. The largest is what the flags hold.
CREATE TABLE redaction_rules (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  version int4 NOT NULL CHECK (version BETWEEN 2 AND 511),
  patterns int4 NOT NULL CHECK (patterns BETWEEN 0 AND 15), -- 1 e-mail, 2 card number, 4 IBAN, 8 JSON web token (PdgRedactRule)
  keys text[] COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (org_id, project_id, version),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- What a project asks of the collector, where it differs from the rule.
CREATE TABLE project_policy (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  redaction_version int4 NOT NULL DEFAULT 1,
  PRIMARY KEY (org_id, project_id),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- Events that were refused, as they would have been stored, to be judged again.
CREATE TABLE dead_letter (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  letter_no int8 NOT NULL, -- dense per project, from letter_box
  received_at timestamptz NOT NULL,
  schema_version int4, -- of the event type's schema that refused it
  source text NOT NULL,
  field text NOT NULL,
  reason text NOT NULL,
  raw bytea NOT NULL,
  PRIMARY KEY (org_id, project_id, letter_no),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- How many a project has, and how many had to go because there were too many.
CREATE TABLE letter_box (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  last_no int8 NOT NULL DEFAULT 0,
  letters int8 NOT NULL DEFAULT 0,
  bytes int8 NOT NULL DEFAULT 0,
  dropped int8 NOT NULL DEFAULT 0,
  PRIMARY KEY (org_id, project_id),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['redaction_rules', 'project_policy', 'dead_letter', 'letter_box'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT ON redaction_rules, project_policy, dead_letter, letter_box TO productgraph_app;

-- The number of the project's set of rules like this, made when there is none, and used from now on; NULL when there are too many
-- sets, or no such project.
CREATE FUNCTION set_redaction_rules(project int4, new_patterns int4, new_keys text[], author text) RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project AND p.org_id = current_org_id() FOR NO KEY UPDATE);
  made int4;
BEGIN
  IF org IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT r.version INTO made FROM redaction_rules r
  WHERE r.org_id = org AND r.project_id = project AND r.patterns = new_patterns AND r.keys = new_keys;
  IF made IS NULL THEN
    SELECT coalesce(max(r.version), 1) + 1 INTO made FROM redaction_rules r WHERE r.org_id = org AND r.project_id = project;
    IF made > 511 THEN
      RETURN NULL;
    END IF;
    INSERT INTO redaction_rules (org_id, project_id, version, patterns, keys, created_by) VALUES (org, project, made, new_patterns, new_keys, author);
  END IF;
  INSERT INTO project_policy (org_id, project_id, redaction_version) VALUES (org, project, made)
  ON CONFLICT (org_id, project_id) DO UPDATE SET redaction_version = excluded.redaction_version;
  RETURN made;
END $$;

-- Takes away letters of a project: those of @numbers, or with NULL the oldest @oldest of them. How many there were.
CREATE FUNCTION remove_letters(org int4, project int4, numbers int8[], oldest int8) RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  gone record;
BEGIN
  WITH d AS (
    DELETE FROM dead_letter l
    WHERE l.org_id = org AND l.project_id = project
      AND l.letter_no = ANY (coalesce(numbers, ARRAY(SELECT o.letter_no FROM dead_letter o WHERE o.org_id = org AND o.project_id = project
                                                     ORDER BY o.letter_no LIMIT oldest)))
    RETURNING length(l.raw) AS size)
  SELECT count(*) AS n, coalesce(sum(d.size), 0)::int8 AS bytes INTO gone FROM d;
  UPDATE letter_box b SET letters = b.letters - gone.n, bytes = b.bytes - gone.bytes
  WHERE b.org_id = org AND b.project_id = project AND gone.n > 0;
  RETURN gone.n;
END $$;

-- Keeps refused events of the collector. The project is the one that the key is bound to, else the one that the event names; a
-- letter of no project is not kept. No project has more than @max_letters and @max_bytes: the oldest go. How many were kept.
CREATE FUNCTION add_dead_letters(orgs int4[], bound int4[], named text[], received timestamptz[], versions int4[], sources text[],
                                 fields text[], reasons text[], raws bytea[], max_letters int8, max_bytes int8) RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  box record;
  room letter_box;
  kept int8 := 0;
  gone int8;
BEGIN
  PERFORM assert_may_write(u.org_id) FROM (SELECT DISTINCT org_id FROM unnest(orgs) u (org_id)) u;
  FOR box IN
    SELECT p.org_id, p.project_id, count(*) AS n, sum(length(u.raw))::int8 AS size, array_agg(u.place ORDER BY u.place) AS places
    FROM unnest(orgs, bound, named, raws) WITH ORDINALITY u (org_id, bound, named, raw, place)
    JOIN project p ON p.org_id = u.org_id AND CASE WHEN u.bound > 0 THEN p.project_id = u.bound ELSE p.id = u.named COLLATE "C" END
    GROUP BY p.org_id, p.project_id ORDER BY p.project_id
  LOOP
    PERFORM 1 FROM project p WHERE p.project_id = box.project_id FOR KEY SHARE;
    CONTINUE WHEN NOT FOUND;
    INSERT INTO letter_box AS b (org_id, project_id, last_no, letters, bytes) VALUES (box.org_id, box.project_id, box.n, box.n, box.size)
    ON CONFLICT (org_id, project_id) DO UPDATE SET last_no = b.last_no + box.n, letters = b.letters + box.n, bytes = b.bytes + box.size
    RETURNING * INTO room;
    INSERT INTO dead_letter (org_id, project_id, letter_no, received_at, schema_version, source, field, reason, raw)
    SELECT box.org_id, box.project_id, room.last_no - box.n + row_number() OVER (ORDER BY place), received[place], versions[place],
           sources[place], fields[place], reasons[place], raws[place]
    FROM unnest(box.places) place;
    kept := kept + box.n;
    WHILE room.letters > max_letters OR room.bytes > max_bytes LOOP
      gone := remove_letters(box.org_id, box.project_id, NULL, greatest(room.letters - max_letters, max_letters / 50, 1));
      UPDATE letter_box b SET dropped = b.dropped + gone WHERE b.org_id = box.org_id AND b.project_id = box.project_id RETURNING * INTO room;
      EXIT WHEN gone = 0;
    END LOOP;
  END LOOP;
  RETURN kept;
END $$;

-- Takes away letters: of the collector, when their events are stored, and of who drops them.
CREATE FUNCTION take_dead_letters(project int4, numbers int8[]) RETURNS int8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project);
BEGIN
  PERFORM assert_may_write(org);
  RETURN remove_letters(org, project, numbers, 0);
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('set_redaction_rules', 'remove_letters', 'add_dead_letters', 'take_dead_letters') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    CONTINUE WHEN f::text LIKE '%remove_letters%';
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
    IF f::text NOT LIKE '%set_redaction_rules%' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_ingest', f);
    END IF;
  END LOOP;
END $$;
