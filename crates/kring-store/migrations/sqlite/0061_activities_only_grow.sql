-- What was done about a case stays. Only its words may go, when a person's data is erased.
CREATE TRIGGER case_activity_no_update
BEFORE UPDATE OF id, case_id, n, at, who, kind, status_from, status_to ON case_activity
BEGIN SELECT RAISE(ABORT, 'activities are append-only'); END;
CREATE TRIGGER case_activity_no_delete BEFORE DELETE ON case_activity
BEGIN SELECT RAISE(ABORT, 'activities are append-only'); END;
