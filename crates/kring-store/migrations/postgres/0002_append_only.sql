-- The journal is appended to and never changed, whoever asks.
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
CREATE TRIGGER journal_segment_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_segment
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
