-- Sessions are listed newest first, and those that began at one time by their number: with the number in the index no list is sorted.
CREATE INDEX session_recent ON session (project_id, started_at, session_no);
DROP INDEX session_started;
