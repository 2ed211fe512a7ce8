-- Where people have put the screens of a project on the canvas. One row a screen, for all members of the project.

CREATE TABLE canvas_node (
  org_id int4 NOT NULL,
  project_id int4 NOT NULL,
  screen_no int4 NOT NULL,
  x float8 NOT NULL CHECK (x BETWEEN -1e7 AND 1e7),
  y float8 NOT NULL CHECK (y BETWEEN -1e7 AND 1e7),
  is_pinned boolean NOT NULL DEFAULT false,
  is_locked boolean NOT NULL DEFAULT false,
  -- How often it was changed: whoever changes it says on which it is based.
  revision int4 NOT NULL DEFAULT 0,
  changed_by text,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, project_id, screen_no),
  CHECK (is_pinned OR NOT is_locked),
  FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, project_id) ON DELETE CASCADE,
  FOREIGN KEY (project_id, screen_no) REFERENCES screen (project_id, screen_no) ON DELETE CASCADE
);

ALTER TABLE canvas_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE canvas_node FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON canvas_node USING (org_id = (SELECT current_org_id())) WITH CHECK (org_id = (SELECT current_org_id()));
CREATE POLICY directory ON canvas_node TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON canvas_node TO productgraph_app;
