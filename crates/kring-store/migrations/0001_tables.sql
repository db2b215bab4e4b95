-- Every table of kring, for SQLite and PostgreSQL alike: BIGINT and TEXT only. Times are UTC
-- microseconds, ids are ULIDs or the texts that kring prints, truth values are 0 and 1.

-- Starts of the process. `boot` grows over all nodes, so that (boot, seq) names a fact.
CREATE TABLE boot (
    boot    BIGINT NOT NULL PRIMARY KEY,
    node    TEXT   NOT NULL,
    version TEXT   NOT NULL,
    started BIGINT NOT NULL
);

-- The facts. Never updated, never deleted: 0002 adds the triggers that refuse it.
CREATE TABLE journal (
    boot    BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    node    TEXT   NOT NULL,
    at_us   BIGINT NOT NULL,
    wall_us BIGINT NOT NULL,
    call    TEXT,
    fact    TEXT   NOT NULL,
    PRIMARY KEY (boot, seq)
);
CREATE INDEX journal_of_call ON journal (call, boot, seq) WHERE call IS NOT NULL;

-- The hash chain, one row for each committed group.
CREATE TABLE journal_segment (
    node      TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    boot      BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq  BIGINT NOT NULL,
    previous  TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    PRIMARY KEY (node, n)
);

-- The history: a fold of the facts.
CREATE TABLE call (
    id              TEXT   NOT NULL PRIMARY KEY,
    node            TEXT   NOT NULL,
    sip_call_id     TEXT   NOT NULL,
    caller          TEXT   NOT NULL,
    queue           TEXT   NOT NULL,
    did             TEXT   NOT NULL,
    trunk           TEXT   NOT NULL,
    forwarded_by    TEXT,
    state           TEXT   NOT NULL,
    outcome         TEXT,
    result          TEXT,
    rings           BIGINT NOT NULL,
    arrived_at      BIGINT NOT NULL,
    answered_at     BIGINT,
    ended_at        BIGINT,
    wait_ms         BIGINT,
    talk_ms         BIGINT,
    agent           TEXT,
    ended_by        TEXT,
    cause           TEXT,
    final_code      BIGINT,
    deadline_action TEXT,
    degraded        BIGINT NOT NULL,
    case_ref        TEXT,
    no_case         TEXT,
    offered_us      BIGINT NOT NULL
);
CREATE INDEX call_newest ON call (arrived_at, id);
CREATE INDEX call_of_caller ON call (caller);
CREATE INDEX call_of_sip ON call (sip_call_id);
CREATE INDEX call_of_agent ON call (agent, arrived_at, id) WHERE agent IS NOT NULL;
CREATE INDEX call_open ON call (node) WHERE state <> 'ended';
CREATE INDEX call_unfinished ON call (agent)
    WHERE state = 'ended' AND outcome = 'answered' AND case_ref IS NULL AND no_case IS NULL;

CREATE TABLE presence (
    agent  TEXT   NOT NULL PRIMARY KEY,
    state  TEXT   NOT NULL,
    reason TEXT,
    since  BIGINT NOT NULL
);

-- Numbers and persons: all that may be erased.
CREATE TABLE phone_number (
    canonical TEXT NOT NULL PRIMARY KEY,
    class     TEXT NOT NULL,
    display   TEXT NOT NULL
);

-- Whose number the CallerRef of a fact stands for.
CREATE TABLE caller (
    caller TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL
);
CREATE INDEX caller_of_number ON caller (number);

CREATE TABLE contact (
    id          TEXT   NOT NULL PRIMARY KEY,
    prefix      TEXT   NOT NULL,
    given       TEXT   NOT NULL,
    family      TEXT   NOT NULL,
    org         TEXT   NOT NULL,
    notes       TEXT   NOT NULL,
    search_key  TEXT   NOT NULL,
    merged_into TEXT REFERENCES contact (id),
    version     BIGINT NOT NULL,
    created     BIGINT NOT NULL
);
CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE contact_number (
    number    TEXT   NOT NULL REFERENCES phone_number (canonical),
    contact   TEXT   NOT NULL REFERENCES contact (id),
    last_used BIGINT NOT NULL,
    PRIMARY KEY (number, contact)
);
CREATE INDEX contact_number_of ON contact_number (contact);

CREATE TABLE department (
    id      TEXT   NOT NULL PRIMARY KEY,
    short   TEXT   NOT NULL UNIQUE,
    name_th TEXT   NOT NULL,
    name_en TEXT   NOT NULL,
    website TEXT   NOT NULL,
    hotline TEXT   NOT NULL,
    topics  TEXT   NOT NULL,
    sort    BIGINT NOT NULL
);

CREATE TABLE department_endpoint (
    id         TEXT   NOT NULL PRIMARY KEY,
    department TEXT   NOT NULL REFERENCES department (id),
    label      TEXT   NOT NULL,
    extension  TEXT   NOT NULL,
    sort       BIGINT NOT NULL
);
CREATE INDEX department_endpoint_of ON department_endpoint (department);

-- The last number given in a year, for references without gaps.
CREATE TABLE case_counter (
    year   BIGINT NOT NULL PRIMARY KEY,
    last_n BIGINT NOT NULL
);

CREATE TABLE case_file (
    id              TEXT   NOT NULL PRIMARY KEY,
    case_ref        TEXT   NOT NULL UNIQUE,
    kind            TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    detail          TEXT   NOT NULL,
    contact         TEXT REFERENCES contact (id),
    call            TEXT UNIQUE,
    number          TEXT,
    department      TEXT REFERENCES department (id),
    extension       TEXT,
    resolution      TEXT   NOT NULL,
    confidentiality TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    due             BIGINT,
    agent           TEXT   NOT NULL,
    opened          BIGINT NOT NULL,
    updated         BIGINT NOT NULL,
    version         BIGINT NOT NULL
);
CREATE INDEX case_of_contact ON case_file (contact, id) WHERE contact IS NOT NULL;
CREATE INDEX case_of_number ON case_file (number, id) WHERE number IS NOT NULL;
CREATE INDEX case_of_department ON case_file (department, id) WHERE department IS NOT NULL;
CREATE INDEX case_of_agent ON case_file (agent, id);
CREATE INDEX case_unclosed ON case_file (id) WHERE status <> 'closed';

CREATE TABLE draft (
    call    TEXT   NOT NULL PRIMARY KEY,
    agent   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    updated BIGINT NOT NULL
);

CREATE TABLE agent (
    login         TEXT   NOT NULL PRIMARY KEY,
    name          TEXT   NOT NULL,
    role          TEXT   NOT NULL,
    password_hash TEXT,
    device        TEXT,
    queues        TEXT   NOT NULL,
    disabled      BIGINT NOT NULL
);

CREATE TABLE session (
    token   TEXT   NOT NULL PRIMARY KEY,
    agent   TEXT   NOT NULL REFERENCES agent (login),
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_of_agent ON session (agent);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_token (
    hash    TEXT   NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL UNIQUE,
    scopes  TEXT   NOT NULL,
    created BIGINT NOT NULL
);
