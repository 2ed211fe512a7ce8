-- Organisations, who may act for them, and the row-level security that everything later stands on.
--
-- Roles. productgraph_app reads and writes under row-level security. productgraph_ingest may append events and nothing
-- else; where this migration may say so it bypasses row-level security, since PostgreSQL refuses COPY FROM under it.
DO $$
DECLARE
  may_bypass boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'productgraph_app') THEN
    CREATE ROLE productgraph_app NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'productgraph_ingest') THEN
    CREATE ROLE productgraph_ingest NOLOGIN;
  END IF;
  IF may_bypass THEN
    ALTER ROLE productgraph_ingest BYPASSRLS;
  ELSE
    BEGIN
      EXECUTE format('GRANT productgraph_app, productgraph_ingest TO %I', current_user);
    EXCEPTION WHEN insufficient_privilege THEN -- an administrator may have done it already
      IF NOT (pg_has_role('productgraph_app', 'MEMBER') AND pg_has_role('productgraph_ingest', 'MEMBER')) THEN
        RAISE;
      END IF;
    END;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'the roles productgraph_app and productgraph_ingest are missing and % may not create them', current_user
    USING HINT = 'As an administrator: CREATE ROLE productgraph_app NOLOGIN; CREATE ROLE productgraph_ingest NOLOGIN BYPASSRLS; '
              || 'GRANT productgraph_app, productgraph_ingest TO this login.';
END $$;

GRANT USAGE ON SCHEMA productgraph TO productgraph_app, productgraph_ingest;
GRANT SELECT ON productgraph.schema_migration TO productgraph_app, productgraph_ingest;

-- A person at psql reads `SELECT * FROM events` with no schema in front.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET search_path TO productgraph, public', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'the search_path of this database stays as it is: its owner may set it to productgraph, public';
END $$;

CREATE TABLE organisation (
  org_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Which login may act for which organisation; org_id NULL is every one (the product's own server).
CREATE TABLE org_grant (
  login name NOT NULL,
  org_id int4 REFERENCES organisation ON DELETE CASCADE,
  granted_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (login, org_id)
);

INSERT INTO org_grant (login)
SELECT DISTINCT rolname FROM pg_roles WHERE rolname IN (session_user, 'productgraph_server', 'productgraph_writer');

-- The organisation of this session or transaction, or NULL. A setting can be SET by anyone, so it counts only when the
-- login (session_user, which SET ROLE does not change) was granted that organisation.
CREATE FUNCTION current_org_id() RETURNS int4
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT o.org_id FROM organisation o
  WHERE o.id = CASE WHEN current_setting('app.current_org_id', true) ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
                    THEN current_setting('app.current_org_id', true)::uuid END
    AND EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND (g.org_id IS NULL OR g.org_id = o.org_id))
$$;

-- SELECT set_current_org('…uuid…'): for the session, or with true for the transaction only.
CREATE FUNCTION set_current_org(org uuid, only_this_transaction boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  PERFORM set_config('app.current_org_id', org::text, only_this_transaction);
  IF current_org_id() IS NULL THEN
    PERFORM set_config('app.current_org_id', '', only_this_transaction);
    RAISE insufficient_privilege USING
      MESSAGE = format('organisation %s does not exist, or the login %s may not act for it', org, session_user),
      HINT = 'An administrator grants it with: productgraphd login grant LOGIN --organisation ORGANISATION';
  END IF;
  RETURN org;
END $$;

-- Whether the caller may write for an organisation: the one that is set, or any for the writer of the collector. NULL (there
-- is no such project) is refused in the same words.
CREATE FUNCTION assert_may_write(org int4) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
BEGIN
  -- The collector's writer first: it asks most often, and current_org_id() costs more, as it is planned at each call.
  IF org IS NOT NULL AND pg_has_role(session_user, 'productgraph_ingest', 'MEMBER')
     AND EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND g.org_id IS NULL) THEN
    RETURN;
  END IF;
  IF org IS NULL OR org IS DISTINCT FROM current_org_id() THEN
    RAISE insufficient_privilege USING MESSAGE = 'no organisation is set, or this is not its row';
  END IF;
END $$;

CREATE TABLE account (
  account_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  name text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE membership (
  org_id int4 NOT NULL REFERENCES organisation ON DELETE CASCADE,
  account_id int4 NOT NULL REFERENCES account ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, account_id)
);

CREATE TABLE project (
  project_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id int4 NOT NULL REFERENCES organisation ON DELETE CASCADE,
  id text COLLATE "C" NOT NULL CHECK (id ~ '^[A-Za-z0-9_-]{1,64}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  time_zone text NOT NULL DEFAULT 'UTC',
  week_start int2 NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 0 AND 6),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, id),
  UNIQUE (org_id, project_id)
);

-- A project's ingest keys: may only write. Several may be valid at once, so that they can be rotated.
CREATE TABLE api_key (
  key_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  label text NOT NULL DEFAULT '',
  prefix text NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE
);

-- Tokens read and edit (GraphQL): of a member, or of a service when account_id is NULL.
CREATE TABLE access_token (
  token_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id int4 NOT NULL REFERENCES organisation ON DELETE CASCADE,
  account_id int4 REFERENCES account ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  label text NOT NULL DEFAULT '',
  prefix text NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Row-level security of the directory. The owner of the schema administers it and answers current_org_id(); everybody
-- else sees the organisation that is set.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['organisation', 'org_grant', 'membership', 'project', 'api_key', 'access_token', 'account'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY directory ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['organisation', 'membership', 'project', 'api_key', 'access_token'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO productgraph_app USING (org_id = (SELECT current_org_id())) '
                   'WITH CHECK (org_id = (SELECT current_org_id()))', t);
  END LOOP;
END $$;
CREATE POLICY tenant ON account TO productgraph_app
  USING (EXISTS (SELECT FROM membership m WHERE m.account_id = account.account_id));

GRANT SELECT ON organisation, membership, project, account TO productgraph_app;
-- Numbers that are unique over all organisations are never the app's to choose: a collision would tell of another's row.
GRANT INSERT (org_id, id, name, time_zone, week_start), UPDATE (name, time_zone, week_start), DELETE ON project TO productgraph_app;
GRANT SELECT (key_id, org_id, project_id, label, prefix, created_at, revoked_at), INSERT (org_id, project_id, label, prefix, hash),
  UPDATE (label, revoked_at) ON api_key TO productgraph_app;
GRANT SELECT (token_id, org_id, account_id, role, label, prefix, created_at, expires_at, revoked_at), UPDATE (label, revoked_at)
  ON access_token TO productgraph_app;

-- What a key or token stands for, by its SHA-256. Only the product's own server may ask.
CREATE FUNCTION resolve_credential(credential_hash bytea)
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
    SELECT t.org_id, o.id, 0, t.role, coalesce(nullif(a.name, ''), a.email, nullif(t.label, ''), 'token ' || t.prefix)
    FROM access_token t JOIN organisation o USING (org_id) LEFT JOIN account a USING (account_id)
    WHERE t.hash = credential_hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
END $$;

-- The organisations that this login may act for.
CREATE FUNCTION my_organisations() RETURNS TABLE (org_id int4, id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = productgraph, pg_temp AS $$
  SELECT o.org_id, o.id, o.name FROM organisation o
  WHERE EXISTS (SELECT FROM org_grant g WHERE g.login = session_user AND (g.org_id IS NULL OR g.org_id = o.org_id))
  ORDER BY o.org_id
$$;

REVOKE ALL ON FUNCTION resolve_credential(bytea), my_organisations(), assert_may_write(int4), set_current_org(uuid, boolean), current_org_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_credential(bytea), my_organisations() TO productgraph_app;
GRANT EXECUTE ON FUNCTION current_org_id(), set_current_org(uuid, boolean), assert_may_write(int4) TO productgraph_app, productgraph_ingest;
