-- The journal is appended to and never changed, whoever asks.
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_segment_no_update BEFORE UPDATE ON journal_segment
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_segment_no_delete BEFORE DELETE ON journal_segment
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
