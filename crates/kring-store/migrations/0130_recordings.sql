-- Recordings of callers' sound: what there is of each, and who took it away. The file is called by its call; where it
-- is not any more the row says why. Peaks are two hexadecimal digits a channel, pauses a list in JSON.
CREATE TABLE recording (
    call       TEXT   NOT NULL PRIMARY KEY,
    node       TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    started    BIGINT NOT NULL,
    sound      BIGINT NOT NULL DEFAULT 0,
    bytes      BIGINT NOT NULL DEFAULT 0,
    sha256     TEXT   NOT NULL DEFAULT '',
    missing_ms BIGINT NOT NULL DEFAULT 0,
    peak_ms    BIGINT NOT NULL DEFAULT 0,
    peaks      TEXT   NOT NULL DEFAULT '',
    pauses     TEXT   NOT NULL DEFAULT '[]',
    erased     BIGINT,
    erased_by  TEXT   NOT NULL DEFAULT '',
    erased_why TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX recording_by_age ON recording (started, call);

-- Whether all calls of this agent are recorded.
ALTER TABLE agent ADD COLUMN record BIGINT NOT NULL DEFAULT 0;
