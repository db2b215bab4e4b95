-- What a case says by its kind (JSON), how it ended, its clock (JSON), and the text that it is found by.
ALTER TABLE case_file ADD COLUMN fields TEXT;
ALTER TABLE case_file ADD COLUMN outcome TEXT;
ALTER TABLE case_file ADD COLUMN outcome_note TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN closed BIGINT;
ALTER TABLE case_file ADD COLUMN sla TEXT;
ALTER TABLE case_file ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
-- The reference as it is compared: without what people leave out.
ALTER TABLE case_file ADD COLUMN ref_key TEXT NOT NULL DEFAULT '';
UPDATE case_file SET ref_key = UPPER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(case_ref, '-', ''), '/', ''), '.', ''), '_', ''), ' ', ''));
UPDATE case_file SET outcome = 'resolved', closed = updated WHERE status = 'closed';
CREATE INDEX case_of_ref ON case_file (ref_key);
CREATE INDEX case_due ON case_file (due) WHERE due IS NOT NULL;
CREATE INDEX case_unindexed ON case_file (id) WHERE search_key = '';

-- What was done about a case. 0061 adds the triggers that keep it as it is.
CREATE TABLE case_activity (
    id          TEXT   NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL REFERENCES case_file (id),
    n           BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    who         TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    status_from TEXT,
    status_to   TEXT
);
CREATE INDEX case_activity_of ON case_activity (case_id, n, id);

-- What somebody will do about it, and when. `done` is when it was done.
CREATE TABLE follow_up (
    id          TEXT   NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL REFERENCES case_file (id),
    due         BIGINT NOT NULL,
    what        TEXT   NOT NULL,
    assigned_to TEXT   NOT NULL,
    made_by     TEXT   NOT NULL,
    made        BIGINT NOT NULL,
    done        BIGINT,
    done_by     TEXT,
    version     BIGINT NOT NULL
);
CREATE INDEX follow_up_of ON follow_up (case_id, due);
CREATE INDEX follow_up_owed ON follow_up (assigned_to, due) WHERE done IS NULL;

-- In-depth consultations by video with the unit's officer.
CREATE TABLE video_session (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES case_file (id),
    department TEXT   NOT NULL REFERENCES department (id),
    officer    TEXT   NOT NULL,
    starts     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    channel    TEXT   NOT NULL,
    link       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    outcome    TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    made       BIGINT NOT NULL,
    reminded   BIGINT,
    version    BIGINT NOT NULL
);
CREATE INDEX video_session_of ON video_session (case_id, starts);
CREATE INDEX video_session_booked ON video_session (starts) WHERE state = 'booked';

-- Files of cases. Their contents lie in a folder, under names that tell nothing.
CREATE TABLE attachment (
    id       TEXT   NOT NULL PRIMARY KEY,
    case_id  TEXT   NOT NULL REFERENCES case_file (id),
    name     TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    bytes    BIGINT NOT NULL,
    sha256   TEXT   NOT NULL,
    file     TEXT   NOT NULL UNIQUE,
    node     TEXT   NOT NULL,
    made_by  TEXT   NOT NULL,
    made     BIGINT NOT NULL
);
CREATE INDEX attachment_of ON attachment (case_id, id);

-- The unit of an officer.
ALTER TABLE agent ADD COLUMN department TEXT;

-- Who owes the record of a call, when it is not who answered it.
ALTER TABLE call ADD COLUMN record_owner TEXT;
-- What is to be said of a call that has no case.
ALTER TABLE call ADD COLUMN no_case_note TEXT;
CREATE INDEX call_owed ON call (record_owner)
    WHERE state = 'ended' AND case_ref IS NULL AND no_case IS NULL AND record_owner IS NOT NULL;
-- Also of callers who were kept and served out of the queue: 0001 had forgotten their records.
DROP INDEX call_unfinished;
CREATE INDEX call_unfinished ON call (agent)
    WHERE state = 'ended' AND case_ref IS NULL AND no_case IS NULL AND agent IS NOT NULL;
