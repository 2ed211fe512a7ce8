-- What a picture of a screen says of itself, and smaller ones of it.

ALTER TABLE snapshot
  ADD COLUMN journey_id text COLLATE "C",
  ADD COLUMN step_id text COLLATE "C",
  ADD COLUMN viewport_width int4,
  ADD COLUMN viewport_height int4,
  ADD COLUMN device_scale float8;
GRANT INSERT (journey_id, step_id, viewport_width, viewport_height, device_scale) ON snapshot TO productgraph_app;

-- The same picture again, as WebP of less width; made once, when it arrives.
CREATE TABLE blob_level (
  org_id int4 NOT NULL,
  sha256 bytea NOT NULL,
  width int4 NOT NULL CHECK (width > 0),
  bytes bytea NOT NULL,
  PRIMARY KEY (org_id, sha256, width),
  FOREIGN KEY (org_id, sha256) REFERENCES blob (org_id, sha256) ON DELETE CASCADE
);
ALTER TABLE blob_level ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE blob_level ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob_level FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON blob_level USING (org_id = (SELECT current_org_id())) WITH CHECK (org_id = (SELECT current_org_id()));
CREATE POLICY directory ON blob_level TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON blob_level TO productgraph_app;
