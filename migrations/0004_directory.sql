-- Members as their organisation knows them, tokens that end with them, designed journeys, and the removal of a project.
--
-- Accounts are global: what the app may read of a member (address, name, role) belongs to the membership, so that nothing
-- tells whether an address has an account in another organisation, not even the number of the account.
ALTER TABLE membership
  ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN email text, -- as this organisation wrote it
  ADD COLUMN name text NOT NULL DEFAULT '' CHECK (length(name) <= 100); -- the name that this organisation gives
UPDATE membership m SET email = a.email FROM account a WHERE a.account_id = m.account_id;
ALTER TABLE membership ALTER COLUMN email SET NOT NULL, ADD UNIQUE (org_id, id);

DROP POLICY tenant ON account;
REVOKE SELECT ON account, membership FROM productgraph_app;
GRANT SELECT (org_id, id, email, name, role, created_at) ON membership TO productgraph_app;

ALTER TABLE access_token ADD COLUMN member_id uuid;
UPDATE access_token t SET member_id = m.id FROM membership m WHERE m.org_id = t.org_id AND m.account_id = t.account_id;
UPDATE access_token t SET revoked_at = now() WHERE t.account_id IS NOT NULL AND t.member_id IS NULL AND t.revoked_at IS NULL;
UPDATE access_token t SET role = m.role FROM membership m
WHERE m.org_id = t.org_id AND m.id = t.member_id
  AND array_position(ARRAY['viewer', 'editor', 'admin'], t.role) > array_position(ARRAY['viewer', 'editor', 'admin'], m.role);
ALTER TABLE access_token DROP COLUMN account_id, ADD FOREIGN KEY (org_id, member_id) REFERENCES membership (org_id, id);
CREATE INDEX access_token_member ON access_token (org_id, member_id);
GRANT SELECT (member_id) ON access_token TO productgraph_app;

-- A member's tokens may do at most what he may: they are lowered with him and end with him, whoever changes the row.
CREATE FUNCTION hold_tokens_to_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE access_token t SET revoked_at = coalesce(t.revoked_at, now()), member_id = NULL WHERE t.org_id = OLD.org_id AND t.member_id = OLD.id;
    RETURN OLD;
  END IF;
  UPDATE access_token t SET role = NEW.role
  WHERE t.org_id = NEW.org_id AND t.member_id = NEW.id
    AND array_position(ARRAY['viewer', 'editor', 'admin'], t.role) > array_position(ARRAY['viewer', 'editor', 'admin'], NEW.role);
  RETURN NULL;
END $$;
CREATE TRIGGER lower_tokens AFTER UPDATE OF role ON membership FOR EACH ROW WHEN (NEW.role <> OLD.role) EXECUTE FUNCTION hold_tokens_to_member();
CREATE TRIGGER revoke_tokens BEFORE DELETE ON membership FOR EACH ROW EXECUTE FUNCTION hold_tokens_to_member();

-- After the row, when row-level security has had its say; the lock makes it wait for a change of the member's role.
CREATE FUNCTION hold_token_to_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  allowed text;
BEGIN
  SELECT m.role INTO allowed FROM membership m WHERE m.org_id = NEW.org_id AND m.id = NEW.member_id FOR SHARE;
  IF array_position(ARRAY['viewer', 'editor', 'admin'], NEW.role) > array_position(ARRAY['viewer', 'editor', 'admin'], allowed) THEN
    RAISE check_violation USING MESSAGE = format('a token of this member may be %s at most', allowed);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hold_to_member AFTER INSERT OR UPDATE OF role, member_id ON access_token
FOR EACH ROW WHEN (NEW.member_id IS NOT NULL) EXECUTE FUNCTION hold_token_to_member();

-- What is revoked stays so.
CREATE FUNCTION stay_revoked() RETURNS trigger
LANGUAGE plpgsql SET search_path = productgraph, pg_temp AS $$
BEGIN
  NEW.revoked_at := OLD.revoked_at;
  RETURN NEW;
END $$;
CREATE TRIGGER stay_revoked BEFORE UPDATE OF revoked_at ON api_key
FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION stay_revoked();
CREATE TRIGGER stay_revoked BEFORE UPDATE OF revoked_at ON access_token
FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION stay_revoked();

-- The organisation that the product's own server acts for now. A login that was granted one organisation reads and writes
-- its rows, but does not decide who may: who checks the roles is the server.
CREATE FUNCTION assert_is_server() RETURNS int4
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := current_org_id();
BEGIN
  IF org IS NULL OR NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph, for an organisation, changes members and tokens';
  END IF;
  RETURN org;
END $$;

-- Adds a member by his address, and the account when nobody had it. NULL when he is a member already. Takes as long and
-- answers the same whether or not the account was there.
CREATE FUNCTION add_member(address text, display_name text, member_role text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
  his_account int4;
  made uuid;
BEGIN
  LOOP
    SELECT a.account_id INTO his_account FROM account a WHERE lower(a.email) = lower(address) FOR KEY SHARE;
    EXIT WHEN FOUND;
    INSERT INTO account (email) VALUES (address) ON CONFLICT DO NOTHING;
  END LOOP;
  INSERT INTO membership (org_id, account_id, email, name, role) VALUES (org, his_account, address, display_name, member_role)
  ON CONFLICT (org_id, account_id) DO NOTHING
  RETURNING membership.id INTO made;
  RETURN made;
END $$;

-- Whether this member may go down or away: an organisation with members keeps an admin among them. Changes of one
-- organisation's members wait for each other.
CREATE FUNCTION lock_member(org int4, member uuid, stays boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  his_role text;
BEGIN
  PERFORM 1 FROM organisation o WHERE o.org_id = org FOR NO KEY UPDATE;
  SELECT m.role INTO his_role FROM membership m WHERE m.org_id = org AND m.id = member FOR UPDATE;
  RETURN CASE
    WHEN his_role IS NULL THEN 'missing'
    WHEN his_role <> 'admin' THEN 'free'
    WHEN EXISTS (SELECT FROM membership m WHERE m.org_id = org AND m.id <> member AND m.role = 'admin') THEN 'free'
    WHEN stays OR EXISTS (SELECT FROM membership m WHERE m.org_id = org AND m.id <> member) THEN 'last-admin'
    ELSE 'free'
  END;
END $$;

-- Both answer 'done', 'missing' or 'last-admin'. NULL leaves the name or the role as it is.
CREATE FUNCTION update_member(member uuid, new_name text, new_role text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
  state text := lock_member(org, member, true);
BEGIN
  IF state = 'missing' OR (state = 'last-admin' AND new_role <> 'admin') THEN
    RETURN state;
  END IF;
  UPDATE membership m SET name = coalesce(new_name, m.name), role = coalesce(new_role, m.role) WHERE m.org_id = org AND m.id = member;
  RETURN 'done';
END $$;

CREATE FUNCTION remove_member(member uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
  state text := lock_member(org, member, false);
  his_account int4;
BEGIN
  IF state <> 'free' THEN
    RETURN state;
  END IF;
  DELETE FROM membership m WHERE m.org_id = org AND m.id = member RETURNING m.account_id INTO his_account;
  -- Nothing is kept of who belongs to no organisation. The lock first, so that the next statement sees who was just added.
  PERFORM 1 FROM account a WHERE a.account_id = his_account FOR UPDATE;
  DELETE FROM account a WHERE a.account_id = his_account AND NOT EXISTS (SELECT FROM membership m WHERE m.account_id = his_account);
  RETURN 'done';
END $$;

-- A token of a member, or of a service when there is none; its number.
CREATE FUNCTION add_access_token(member uuid, token_role text, token_label text, token_prefix text, token_hash bytea, expires timestamptz)
RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := assert_is_server();
  made int4;
BEGIN
  INSERT INTO access_token (org_id, member_id, role, label, prefix, hash, expires_at)
  VALUES (org, member, token_role, token_label, token_prefix, token_hash, expires)
  RETURNING token_id INTO made;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION resolve_credential(credential_hash bytea)
RETURNS TABLE (org_id int4, org uuid, project_id int4, role text, label text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the server of ProductGraph checks keys';
  END IF;
  RETURN QUERY
    SELECT k.org_id, o.id, k.project_id, 'ingest'::text, 'key ' || k.prefix
    FROM api_key k JOIN organisation o USING (org_id) WHERE k.hash = credential_hash AND k.revoked_at IS NULL
    UNION ALL
    SELECT t.org_id, o.id, 0, t.role, coalesce(nullif(m.name, ''), m.email, nullif(t.label, ''), 'token ' || t.prefix)
    FROM access_token t JOIN organisation o USING (org_id) LEFT JOIN membership m ON m.org_id = t.org_id AND m.id = t.member_id
    WHERE t.hash = credential_hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
END $$;

GRANT UPDATE (name) ON organisation TO productgraph_app;

-- Removes a project and everything of it; whether it was there. Events have no reference to their project, for speed: so
-- the writer holds the project in the transaction that stores them (apply_sessions, below), and this waits for it. The
-- counter comes first, as it does for whoever hands out numbers.
CREATE FUNCTION delete_project(project int4) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
DECLARE
  org int4 := (SELECT p.org_id FROM project p WHERE p.project_id = project AND p.org_id = current_org_id());
BEGIN
  IF org IS NULL THEN
    RETURN false;
  END IF;
  PERFORM 1 FROM project_counter c WHERE c.project_id = project FOR UPDATE;
  PERFORM 1 FROM project p WHERE p.project_id = project FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM event e WHERE e.project_id = project;
  WITH gone AS (DELETE FROM snapshot s WHERE s.project_id = project RETURNING s.sha256)
  DELETE FROM blob b
  WHERE b.org_id = org AND b.sha256 IN (SELECT g.sha256 FROM gone g)
    AND NOT EXISTS (SELECT FROM snapshot s WHERE s.org_id = org AND s.sha256 = b.sha256 AND s.project_id <> project);
  DELETE FROM project p WHERE p.project_id = project;
  RETURN true;
END $$;
REVOKE DELETE ON project FROM productgraph_app; -- it would leave the events

ALTER FUNCTION apply_sessions RENAME TO add_to_sessions;
REVOKE ALL ON FUNCTION add_to_sessions FROM productgraph_app, productgraph_ingest;
CREATE FUNCTION apply_sessions(
  projects int4[], sessions int4[], event_counts int4[], page_view_counts int4[], error_counts int4[], starts timestamptz[],
  ends timestamptz[], entry_screens int4[], entry_times timestamptz[], entry_seqs int4[], exit_screens int4[],
  exit_times timestamptz[], exit_seqs int4[], releases int4[], release_times timestamptz[], actors int4[], actor_kinds int2[],
  actor_times timestamptz[], received timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  -- Held until the events are stored. A project that was removed meanwhile is refused by the next statement.
  PERFORM 1 FROM project p WHERE p.project_id IN (SELECT DISTINCT u.project_id FROM unnest(projects) u (project_id)) FOR KEY SHARE;
  PERFORM add_to_sessions(projects, sessions, event_counts, page_view_counts, error_counts, starts, ends, entry_screens, entry_times,
                          entry_seqs, exit_screens, exit_times, exit_seqs, releases, release_times, actors, actor_kinds, actor_times, received);
END $$;

-- Designed journeys: steps with names, which may be left out, and which step is meant to follow which, or never to.
ALTER TABLE journey ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE journey SET updated_at = created_at;
ALTER TABLE journey_step ADD COLUMN name text, ADD COLUMN is_optional boolean NOT NULL DEFAULT false;
CREATE TABLE journey_transition (
  org_id int4 NOT NULL,
  journey_no int4 NOT NULL,
  from_step text COLLATE "C" NOT NULL,
  to_step text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('expected', 'forbidden')),
  PRIMARY KEY (org_id, journey_no, from_step, to_step),
  FOREIGN KEY (org_id, journey_no, from_step) REFERENCES journey_step (org_id, journey_no, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, journey_no, to_step) REFERENCES journey_step (org_id, journey_no, id) ON DELETE CASCADE
);
CREATE INDEX journey_transition_to ON journey_transition (org_id, journey_no, to_step);
ALTER TABLE journey_transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE journey_transition FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON journey_transition USING (org_id = (SELECT current_org_id())) WITH CHECK (org_id = (SELECT current_org_id()));
CREATE POLICY directory ON journey_transition TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON journey_transition TO productgraph_app;
GRANT UPDATE (updated_at) ON journey TO productgraph_app;

-- As before; a new step now also tells when the journey changed.
CREATE OR REPLACE FUNCTION observe_journey() RETURNS trigger
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
    IF FOUND THEN
      UPDATE journey j SET updated_at = now() WHERE j.org_id = NEW.org_id AND j.journey_no = observed;
    END IF;
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
           WHERE p.pronamespace = 'productgraph'::regnamespace
             AND p.proname IN ('hold_tokens_to_member', 'hold_token_to_member', 'stay_revoked', 'assert_is_server', 'add_member', 'lock_member',
                               'update_member', 'remove_member', 'add_access_token', 'delete_project', 'apply_sessions', 'add_to_sessions') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    IF f::text ~ '^(productgraph\.)?(add_member|update_member|remove_member|add_access_token|delete_project)\(' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app', f);
    ELSIF f::text ~ '^(productgraph\.)?apply_sessions\(' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO productgraph_app, productgraph_ingest', f);
    END IF;
  END LOOP;
END $$;
