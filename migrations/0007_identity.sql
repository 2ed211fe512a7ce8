-- Who is who: anonymous ids that became known, ids that stand for one another, what is known of people and of their groups.
--
-- Events keep the actor that they were sent with. What changes is the actor that this one counts as (actor.merged_into), and
-- with it the actor of its sessions, which is what every list and every count goes by. All of it is worked out anew from
-- the links themselves, so the order in which they arrive makes no difference.
ALTER TABLE actor ADD COLUMN merged_into int4; -- the number of the actor that it counts as; NULL = itself
CREATE INDEX actor_merged ON actor (project_id, merged_into) WHERE merged_into IS NOT NULL;

-- Grows whenever numbers of the project are taken back: writers then forget those that they remember.
ALTER TABLE project ADD COLUMN epoch int4 NOT NULL DEFAULT 0;

ALTER TABLE session ADD COLUMN sent_actor_no int4; -- whom its events name; actor_no is whom that one counts as
UPDATE session SET sent_actor_no = actor_no WHERE actor_no IS NOT NULL;
CREATE INDEX IF NOT EXISTS session_actor ON session (project_id, actor_no);

CREATE FUNCTION point_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  NEW.actor_no := coalesce((SELECT a.merged_into FROM actor a WHERE a.project_id = NEW.project_id AND a.actor_no = NEW.sent_actor_no), NEW.sent_actor_no);
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION point_session() FROM PUBLIC;
CREATE TRIGGER point_session BEFORE UPDATE OF sent_actor_no ON session
FOR EACH ROW WHEN (NEW.sent_actor_no IS DISTINCT FROM OLD.sent_actor_no) EXECUTE FUNCTION point_session();

-- As before, but for the actor: it is sent_actor_no that is worked out from the events.
CREATE OR REPLACE FUNCTION add_to_sessions(
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
    sent_actor_no = CASE WHEN d.actor_kind > s.actor_kind OR (d.actor_kind = s.actor_kind AND (d.actor_at, d.actor_no) < (s.actor_at, s.sent_actor_no))
                    THEN d.actor_no ELSE s.sent_actor_no END,
    actor_at = CASE WHEN d.actor_kind > s.actor_kind OR (d.actor_kind = s.actor_kind AND (d.actor_at, d.actor_no) < (s.actor_at, s.sent_actor_no))
                    THEN d.actor_at ELSE s.actor_at END,
    actor_kind = greatest(s.actor_kind, d.actor_kind),
    received_at = greatest(s.received_at, received)
  FROM unnest(projects, sessions, event_counts, page_view_counts, error_counts, starts, ends, entry_screens, entry_times, entry_seqs,
              exit_screens, exit_times, exit_seqs, releases, release_times, actors, actor_kinds, actor_times)
       d (project_id, session_no, events, page_views, errors, started_at, ended_at, entry_screen_no, entry_at, entry_seq,
          exit_screen_no, exit_at, exit_seq, release_no, release_at, actor_no, actor_kind, actor_at)
  WHERE s.project_id = d.project_id AND s.session_no = d.session_no;
END $$;

-- An anonymous id and a user that one event named together, and when first. The first of its users has the anonymous id.
CREATE TABLE identity_link (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  anonymous_no int4 NOT NULL,
  user_no int4 NOT NULL,
  said_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, anonymous_no, user_no)
);
CREATE INDEX identity_link_user ON identity_link (project_id, user_no);

-- Two user ids of one person: the previous one, and the one that stands for both; when that was said last.
CREATE TABLE identity_alias (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  previous_no int4 NOT NULL,
  user_no int4 NOT NULL,
  said_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, previous_no, user_no)
);
CREATE INDEX identity_alias_user ON identity_alias (project_id, user_no);

-- What was merged, when, and by which user's link: to explain it, never to work it out.
CREATE TABLE identity_merge (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  merge_no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor_no int4 NOT NULL,
  from_no int4 NOT NULL,
  into_no int4 NOT NULL,
  reason text NOT NULL CHECK (reason IN ('link', 'alias')),
  merged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX identity_merge_into ON identity_merge (project_id, into_no);

-- What is known of an actor, as it was sent: a value for a name, the last by the time of its event, or the first of those that
-- were only to be set once. Of the actors that one counts as, the same rule decides when it is read.
CREATE TABLE identity_trait (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  actor_no int4 NOT NULL,
  name text COLLATE "C" NOT NULL,
  is_first boolean NOT NULL,
  value text COLLATE "C" NOT NULL, -- JSON
  said_at timestamptz NOT NULL,
  event_key uuid NOT NULL,
  PRIMARY KEY (project_id, actor_no, name, is_first)
);

CREATE TABLE identity_group (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  group_no int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  UNIQUE (project_id, type, id)
);

CREATE TABLE identity_group_trait (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  group_no int4 NOT NULL REFERENCES identity_group ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  is_first boolean NOT NULL,
  value text COLLATE "C" NOT NULL,
  said_at timestamptz NOT NULL,
  event_key uuid NOT NULL,
  PRIMARY KEY (group_no, name, is_first)
);

CREATE TABLE identity_member (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  group_no int4 NOT NULL REFERENCES identity_group ON DELETE CASCADE,
  actor_no int4 NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (group_no, actor_no)
);
CREATE INDEX identity_member_actor ON identity_member (project_id, actor_no);

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['identity_link', 'identity_alias', 'identity_merge', 'identity_trait', 'identity_group', 'identity_group_trait',
                           'identity_member'] LOOP
    EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE', t);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT ON %I TO productgraph_app', t);
  END LOOP;
END $$;

-- Merges of one project come one after another, and never while events of it are being stored: who stores holds the same
-- lock, shared (hold_projects).
CREATE FUNCTION lock_identities(project int4) RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project);
BEGIN
  PERFORM assert_may_write(org);
  PERFORM pg_advisory_xact_lock(hashtext('productgraph.identity'), project);
  RETURN org;
END $$;

-- For the writer, in the transaction that stores events: nothing is merged or erased until it is over, and the numbers that
-- it remembers since this epoch are good. Refused as a number that is not there, otherwise.
CREATE FUNCTION hold_projects(projects int4[], epochs int4[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM unnest(projects) u (project_id) LEFT JOIN project p USING (project_id)) o;
  PERFORM pg_advisory_xact_lock_shared(hashtext('productgraph.identity'), u.project_id) FROM (SELECT unnest(projects) ORDER BY 1) u (project_id);
  IF EXISTS (SELECT FROM unnest(projects, epochs) u (project_id, epoch) LEFT JOIN project p USING (project_id) WHERE p.epoch IS DISTINCT FROM u.epoch) THEN
    RAISE foreign_key_violation USING MESSAGE = 'numbers of a project were taken back: ask for them again';
  END IF;
END $$;

-- A project's number and epoch by its public id; no row where there is none.
CREATE FUNCTION find_project_epoch(org int4, public_id text) RETURNS TABLE (project_id int4, epoch int4)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(org);
  RETURN QUERY SELECT p.project_id, p.epoch FROM project p WHERE p.org_id = org AND p.id = public_id COLLATE "C";
END $$;

-- Gives the sessions of actors that are counted as another than before to that one, and notes it. One statement over the
-- sessions of just these actors.
CREATE FUNCTION move_sessions(project int4, actors int4[], before int4[], after int4[], why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  INSERT INTO identity_merge (org_id, project_id, actor_no, from_no, into_no, reason)
  SELECT p.org_id, project, u.actor_no, u.from_no, u.into_no, why
  FROM project p, unnest(actors, before, after) u (actor_no, from_no, into_no) WHERE p.project_id = project;
  UPDATE session s SET actor_no = u.into_no
  FROM unnest(actors, before, after) u (actor_no, from_no, into_no)
  WHERE s.project_id = project AND s.actor_no = u.from_no AND s.sent_actor_no = u.actor_no;
END $$;

-- Whom these anonymous ids count as: the first of their users, or whom that one counts as.
CREATE FUNCTION point_anonymous(project int4, numbers int4[], why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  actors int4[];
  before int4[];
  after int4[];
BEGIN
  SELECT array_agg(w.actor_no), array_agg(w.from_no), array_agg(w.into_no) INTO actors, before, after
  FROM (SELECT a.actor_no, coalesce(a.merged_into, a.actor_no) AS from_no,
               (SELECT coalesce(x.merged_into, x.actor_no) FROM identity_link l
                JOIN actor x ON x.project_id = l.project_id AND x.actor_no = l.user_no
                WHERE l.project_id = project AND l.anonymous_no = a.actor_no ORDER BY l.said_at, x.id LIMIT 1) AS into_no
        FROM (SELECT DISTINCT unnest(numbers)) u (number)
        JOIN actor a ON a.project_id = project AND a.actor_no = u.number) w
  WHERE w.into_no <> w.from_no;
  IF actors IS NOT NULL THEN
    UPDATE actor a SET merged_into = u.into_no FROM unnest(actors, after) u (actor_no, into_no)
    WHERE a.project_id = project AND a.actor_no = u.actor_no;
    PERFORM move_sessions(project, actors, before, after, why);
  END IF;
END $$;

CREATE FUNCTION add_links(project int4, org int4, anonymous int4[], users int4[], times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  INSERT INTO identity_link AS l (org_id, project_id, anonymous_no, user_no, said_at)
  SELECT org, project, u.anonymous_no, u.user_no, min(u.said_at) FROM unnest(anonymous, users, times) u (anonymous_no, user_no, said_at)
  GROUP BY u.anonymous_no, u.user_no
  ON CONFLICT (project_id, anonymous_no, user_no) DO UPDATE SET said_at = excluded.said_at WHERE l.said_at > excluded.said_at;
END $$;

-- An event named this anonymous id and this user together.
CREATE FUNCTION link_actors(project int4, anonymous_ids text[], user_ids text[], times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := lock_identities(project);
  n int4 := cardinality(anonymous_ids);
  numbers int4[] := assign_actors(project, array_fill(1::int2, ARRAY[n]) || array_fill(2::int2, ARRAY[n]), anonymous_ids || user_ids);
BEGIN
  PERFORM add_links(project, org, numbers[1:n], numbers[n + 1:], times);
  PERFORM point_anonymous(project, numbers[1:n], 'link');
END $$;

-- Whom the user ids that are joined to this one by aliases count as: the one that is not itself a previous id of another; the one
-- named last where there are more, or where they go in a circle.
CREATE FUNCTION point_users(project int4, number int4) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  members int4[];
  root int4;
  actors int4[];
  before int4[];
BEGIN
  WITH RECURSIVE c (actor_no) AS (
    SELECT number
    UNION
    SELECT n.actor_no FROM c CROSS JOIN LATERAL (
      SELECT e.user_no AS actor_no FROM identity_alias e WHERE e.project_id = project AND e.previous_no = c.actor_no
      UNION ALL
      SELECT e.previous_no FROM identity_alias e WHERE e.project_id = project AND e.user_no = c.actor_no) n)
  SELECT array_agg(c.actor_no) INTO members FROM c;
  SELECT a.actor_no INTO STRICT root
  FROM unnest(members) u (actor_no) JOIN actor a ON a.project_id = project AND a.actor_no = u.actor_no
  ORDER BY EXISTS (SELECT FROM identity_alias e WHERE e.project_id = project AND e.previous_no = a.actor_no),
           (SELECT max(e.said_at) FROM identity_alias e WHERE e.project_id = project AND e.user_no = a.actor_no) DESC NULLS LAST, a.id
  LIMIT 1;
  SELECT array_agg(a.actor_no), array_agg(coalesce(a.merged_into, a.actor_no)) INTO actors, before
  FROM unnest(members) u (actor_no) JOIN actor a ON a.project_id = project AND a.actor_no = u.actor_no
  WHERE coalesce(a.merged_into, a.actor_no) <> root;
  IF actors IS NOT NULL THEN
    UPDATE actor a SET merged_into = nullif(root, a.actor_no) WHERE a.project_id = project AND a.actor_no = ANY (actors);
    PERFORM move_sessions(project, actors, before, array_fill(root, ARRAY[cardinality(actors)]), 'alias');
    PERFORM point_anonymous(project, ARRAY(SELECT DISTINCT l.anonymous_no FROM identity_link l
                                           WHERE l.project_id = project AND l.user_no = ANY (actors)), 'alias');
  END IF;
END $$;

-- The previous id, be it an anonymous one or a user's, is the user's.
CREATE FUNCTION alias_actors(project int4, previous_ids text[], user_ids text[], times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := lock_identities(project);
  n int4 := cardinality(previous_ids);
  numbers int4[] := assign_actors(project, array_fill(1::int2, ARRAY[n]) || array_fill(2::int2, ARRAY[2 * n]), previous_ids || previous_ids || user_ids);
  number int4;
BEGIN
  PERFORM add_links(project, org, numbers[1:n], numbers[2 * n + 1:], times);
  INSERT INTO identity_alias AS l (org_id, project_id, previous_no, user_no, said_at)
  SELECT org, project, u.previous_no, u.user_no, max(u.said_at)
  FROM unnest(numbers[n + 1:2 * n], numbers[2 * n + 1:], times) u (previous_no, user_no, said_at) WHERE u.previous_no <> u.user_no
  GROUP BY u.previous_no, u.user_no
  ON CONFLICT (project_id, previous_no, user_no) DO UPDATE SET said_at = excluded.said_at WHERE l.said_at < excluded.said_at;
  FOR number IN SELECT DISTINCT u.number FROM unnest(numbers[2 * n + 1:]) u (number) ORDER BY 1 LOOP
    PERFORM point_users(project, number);
  END LOOP;
  PERFORM point_anonymous(project, numbers[1:n], 'alias');
END $$;

-- Both set_traits() take the later of two values by (time, key of the event), and the earlier of those that are set once.
CREATE FUNCTION set_traits(project int4, kinds int2[], ids text[], names text[], firsts boolean[], contents text[], times timestamptz[], keys uuid[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := lock_identities(project);
  numbers int4[] := assign_actors(project, kinds, ids);
BEGIN
  INSERT INTO identity_trait AS t (org_id, project_id, actor_no, name, is_first, value, said_at, event_key)
  SELECT DISTINCT ON (u.actor_no, u.name) org, project, u.actor_no, u.name, false, u.value, u.said_at, u.event_key
  FROM unnest(numbers, names, firsts, contents, times, keys) u (actor_no, name, is_first, value, said_at, event_key) WHERE NOT u.is_first
  ORDER BY u.actor_no, u.name, u.said_at DESC, u.event_key DESC
  ON CONFLICT (project_id, actor_no, name, is_first) DO UPDATE SET value = excluded.value, said_at = excluded.said_at, event_key = excluded.event_key
  WHERE (t.said_at, t.event_key) < (excluded.said_at, excluded.event_key);
  INSERT INTO identity_trait AS t (org_id, project_id, actor_no, name, is_first, value, said_at, event_key)
  SELECT DISTINCT ON (u.actor_no, u.name) org, project, u.actor_no, u.name, true, u.value, u.said_at, u.event_key
  FROM unnest(numbers, names, firsts, contents, times, keys) u (actor_no, name, is_first, value, said_at, event_key) WHERE u.is_first
  ORDER BY u.actor_no, u.name, u.said_at, u.event_key
  ON CONFLICT (project_id, actor_no, name, is_first) DO UPDATE SET value = excluded.value, said_at = excluded.said_at, event_key = excluded.event_key
  WHERE (t.said_at, t.event_key) > (excluded.said_at, excluded.event_key);
END $$;

-- Members and traits of groups; a kind of NULL names the group alone, a name of NULL has no trait.
CREATE FUNCTION set_groups(project int4, types text[], group_ids text[], kinds int2[], ids text[], times timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := lock_identities(project);
BEGIN
  INSERT INTO identity_group (org_id, project_id, type, id)
  SELECT DISTINCT org, project, u.type, u.id FROM unnest(types, group_ids) u (type, id)
  WHERE NOT EXISTS (SELECT FROM identity_group g WHERE g.project_id = project AND g.type = u.type COLLATE "C" AND g.id = u.id COLLATE "C");
  INSERT INTO identity_member AS m (org_id, project_id, group_no, actor_no, first_at, last_at)
  SELECT org, project, g.group_no, n.actor_no, min(n.said_at), max(n.said_at)
  FROM (SELECT x.type, x.id, x.said_at, (assign_actors(project, ARRAY[x.kind], ARRAY[x.actor_id]))[1] AS actor_no
        FROM unnest(types, group_ids, kinds, ids, times) x (type, id, kind, actor_id, said_at) WHERE x.kind IS NOT NULL) n
  JOIN identity_group g ON g.project_id = project AND g.type = n.type COLLATE "C" AND g.id = n.id COLLATE "C"
  GROUP BY g.group_no, n.actor_no
  ON CONFLICT (group_no, actor_no) DO UPDATE SET first_at = least(m.first_at, excluded.first_at), last_at = greatest(m.last_at, excluded.last_at)
  WHERE excluded.first_at < m.first_at OR excluded.last_at > m.last_at;
END $$;

CREATE FUNCTION set_group_traits(project int4, types text[], group_ids text[], names text[], firsts boolean[], contents text[],
                                 times timestamptz[], keys uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := lock_identities(project);
BEGIN
  INSERT INTO identity_group_trait AS t (org_id, project_id, group_no, name, is_first, value, said_at, event_key)
  SELECT DISTINCT ON (g.group_no, u.name) org, project, g.group_no, u.name, false, u.value, u.said_at, u.event_key
  FROM unnest(types, group_ids, names, firsts, contents, times, keys) u (type, id, name, is_first, value, said_at, event_key)
  JOIN identity_group g ON g.project_id = project AND g.type = u.type COLLATE "C" AND g.id = u.id COLLATE "C" WHERE NOT u.is_first
  ORDER BY g.group_no, u.name, u.said_at DESC, u.event_key DESC
  ON CONFLICT (group_no, name, is_first) DO UPDATE SET value = excluded.value, said_at = excluded.said_at, event_key = excluded.event_key
  WHERE (t.said_at, t.event_key) < (excluded.said_at, excluded.event_key);
  INSERT INTO identity_group_trait AS t (org_id, project_id, group_no, name, is_first, value, said_at, event_key)
  SELECT DISTINCT ON (g.group_no, u.name) org, project, g.group_no, u.name, true, u.value, u.said_at, u.event_key
  FROM unnest(types, group_ids, names, firsts, contents, times, keys) u (type, id, name, is_first, value, said_at, event_key)
  JOIN identity_group g ON g.project_id = project AND g.type = u.type COLLATE "C" AND g.id = u.id COLLATE "C" WHERE u.is_first
  ORDER BY g.group_no, u.name, u.said_at, u.event_key
  ON CONFLICT (group_no, name, is_first) DO UPDATE SET value = excluded.value, said_at = excluded.said_at, event_key = excluded.event_key
  WHERE (t.said_at, t.event_key) > (excluded.said_at, excluded.event_key);
END $$;

-- What was stored before this migration: the numbers of anonymous ids that no event was counted for until now, then the links.
DO $$
DECLARE
  p record;
BEGIN
  CREATE TEMP TABLE found ON COMMIT DROP AS
  SELECT e.org_id, e.project_id, e.anonymous_id, e.actor_no AS user_no, min(e.ts) AS said_at
  FROM event e JOIN actor a ON a.project_id = e.project_id AND a.actor_no = e.actor_no AND a.kind = 2
  WHERE e.anonymous_id IS NOT NULL GROUP BY e.org_id, e.project_id, e.anonymous_id, e.actor_no;
  FOR p IN SELECT f.project_id, c.actors FROM (SELECT DISTINCT x.project_id FROM found x) f JOIN project_counter c USING (project_id) LOOP
    INSERT INTO actor (org_id, project_id, actor_no, kind, id)
    SELECT m.org_id, p.project_id, p.actors + row_number() OVER (), 1, m.anonymous_id
    FROM (SELECT DISTINCT f.org_id, f.anonymous_id FROM found f WHERE f.project_id = p.project_id AND NOT EXISTS (
            SELECT FROM actor a WHERE a.project_id = p.project_id AND a.kind = 1 AND a.id = f.anonymous_id)) m;
    UPDATE project_counter c SET actors = (SELECT max(a.actor_no) FROM actor a WHERE a.project_id = p.project_id) WHERE c.project_id = p.project_id;
    INSERT INTO identity_link (org_id, project_id, anonymous_no, user_no, said_at)
    SELECT f.org_id, f.project_id, a.actor_no, f.user_no, f.said_at
    FROM found f JOIN actor a ON a.project_id = f.project_id AND a.kind = 1 AND a.id = f.anonymous_id WHERE f.project_id = p.project_id;
    PERFORM point_anonymous(p.project_id, ARRAY(SELECT l.anonymous_no FROM identity_link l WHERE l.project_id = p.project_id), 'link');
  END LOOP;
END $$;

-- Events under the ids that they count as.
CREATE OR REPLACE VIEW events WITH (security_invoker = true) AS
SELECT coalesce(e.event_id, e.event_key::text) AS event_id,
       e.ts AS event_timestamp,
       t.event_type,
       t.event_name,
       p.id AS project_id,
       s.id AS session_id,
       e.seq AS event_sequence,
       CASE coalesce(k.kind, a.kind) WHEN 2 THEN coalesce(k.id, a.id) END AS user_id,
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
LEFT JOIN actor k ON k.project_id = a.project_id AND k.actor_no = a.merged_into
LEFT JOIN screen sc ON sc.project_id = e.project_id AND sc.screen_no = t.screen_no
LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('lock_identities', 'hold_projects', 'find_project_epoch', 'move_sessions', 'point_anonymous', 'add_links', 'link_actors',
                               'point_users', 'alias_actors', 'set_traits', 'set_groups', 'set_group_traits') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    IF f::text ~ '^(productgraph\.)?(hold_projects|find_project_epoch|link_actors|alias_actors|set_traits|set_groups|set_group_traits)\(' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app, productgraph_ingest', f);
    END IF;
  END LOOP;
END $$;
