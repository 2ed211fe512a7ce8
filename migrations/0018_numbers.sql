-- Numbers for the new sessions and actors of a whole flush, whichever projects they are of, in one call each: a collector of many projects
-- meets a few new ones of each at a time, and a call for each project cost more than all of its events.

-- Holds the counters of these projects, in the order of the projects, so that two who ask never wait in a circle.
CREATE FUNCTION lock_project_counters(projects int4[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM assert_may_write(o.org_id)
  FROM (SELECT DISTINCT p.org_id FROM (SELECT DISTINCT * FROM unnest(projects)) u (project_id) LEFT JOIN project p USING (project_id)) o;
  IF EXISTS (SELECT FROM unnest(projects) u (project_id) LEFT JOIN project_counter c USING (project_id) WHERE c.project_id IS NULL) THEN
    PERFORM lock_project_counter(u.project_id) FROM (SELECT DISTINCT x.project_id FROM unnest(projects) x (project_id) ORDER BY 1) u;
  ELSE
    PERFORM 1 FROM project_counter c WHERE c.project_id = ANY (projects) ORDER BY c.project_id FOR UPDATE;
  END IF;
END $$;

DROP FUNCTION assign_sessions(int4, text[]);
CREATE FUNCTION assign_sessions(projects int4[], ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
BEGIN
  PERFORM lock_project_counters(projects);
  WITH made AS (
    INSERT INTO session AS s (org_id, project_id, session_no, id)
    SELECT c.org_id, missing.project_id, c.sessions + row_number() OVER (PARTITION BY missing.project_id), missing.id
    FROM (SELECT DISTINCT u.project_id, u.id FROM unnest(projects, ids) u (project_id, id)
          WHERE (SELECT s.id FROM session s WHERE s.project_id = u.project_id AND s.id >= u.id COLLATE "C"
                 ORDER BY s.id LIMIT 1) IS DISTINCT FROM u.id) missing
    JOIN project_counter c ON c.project_id = missing.project_id
    RETURNING s.project_id)
  UPDATE project_counter c SET sessions = c.sessions + n.made
  FROM (SELECT m.project_id, count(*)::int4 AS made FROM made m GROUP BY m.project_id) n WHERE c.project_id = n.project_id;
  RETURN (SELECT array_agg((SELECT s.session_no FROM session s WHERE s.project_id = u.project_id AND s.id >= u.id COLLATE "C"
                            ORDER BY s.id LIMIT 1) ORDER BY u.place)
          FROM unnest(projects, ids) WITH ORDINALITY u (project_id, id, place));
END $$;

CREATE FUNCTION assign_actors(projects int4[], kinds int2[], ids text[]) RETURNS int4[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
BEGIN
  PERFORM lock_project_counters(projects);
  WITH made AS (
    INSERT INTO actor AS a (org_id, project_id, actor_no, kind, id)
    SELECT c.org_id, missing.project_id, c.actors + row_number() OVER (PARTITION BY missing.project_id), missing.kind, missing.id
    FROM (SELECT DISTINCT u.project_id, u.kind, u.id FROM unnest(projects, kinds, ids) u (project_id, kind, id)
          WHERE (SELECT a.id FROM actor a WHERE a.project_id = u.project_id AND a.kind = u.kind AND a.id >= u.id COLLATE "C"
                 ORDER BY a.id LIMIT 1) IS DISTINCT FROM u.id) missing
    JOIN project_counter c ON c.project_id = missing.project_id
    RETURNING a.project_id)
  UPDATE project_counter c SET actors = c.actors + n.made
  FROM (SELECT m.project_id, count(*)::int4 AS made FROM made m GROUP BY m.project_id) n WHERE c.project_id = n.project_id;
  RETURN (SELECT array_agg((SELECT a.actor_no FROM actor a WHERE a.project_id = u.project_id AND a.kind = u.kind AND a.id >= u.id COLLATE "C"
                            ORDER BY a.id LIMIT 1) ORDER BY u.place)
          FROM unnest(projects, kinds, ids) WITH ORDINALITY u (project_id, kind, id, place));
END $$;

-- Those of one project, for what says who a person is.
CREATE OR REPLACE FUNCTION assign_actors(project int4, kinds int2[], ids text[]) RETURNS int4[]
LANGUAGE sql SECURITY DEFINER SET search_path = productgraph, pg_temp
RETURN assign_actors(array_fill(project, ARRAY[cardinality(ids)]), kinds, ids);

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace AND p.proname IN ('lock_project_counters', 'assign_sessions', 'assign_actors') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app, productgraph_ingest', f);
  END LOOP;
END $$;
