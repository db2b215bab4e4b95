-- What was done about a case stays. Only its words may go, when a person's data is erased.
CREATE FUNCTION activities_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'activities are append-only';
END $$;
-- For each row: a backup is put into tables that are emptied first, and an empty one may be.
CREATE TRIGGER case_activity_no_update
    BEFORE UPDATE OF id, case_id, n, at, who, kind, status_from, status_to ON case_activity
    FOR EACH ROW EXECUTE FUNCTION activities_are_append_only();
CREATE TRIGGER case_activity_no_delete BEFORE DELETE ON case_activity
    FOR EACH ROW EXECUTE FUNCTION activities_are_append_only();
CREATE TRIGGER case_activity_no_truncate BEFORE TRUNCATE ON case_activity
    FOR EACH STATEMENT EXECUTE FUNCTION activities_are_append_only();
