-- What reports count that no row said before. came: when the call came; of a caller: when a citizen called.
ALTER TABLE call ADD COLUMN wrap_up_ms BIGINT;
ALTER TABLE caller ADD COLUMN came BIGINT;
UPDATE caller SET came = (SELECT MIN(c.arrived_at) FROM call c
    WHERE c.caller = caller.caller AND c.direction = 'inbound');
DROP INDEX caller_of_number;
CREATE INDEX caller_of_number ON caller (number, came, caller);

-- What lists are narrowed by; what most calls are is found by walking along the time.
CREATE INDEX call_of_queue ON call (queue, arrived_at, id);
CREATE INDEX call_not_within ON call (result, arrived_at, id) WHERE result <> 'within';
CREATE INDEX call_not_answered ON call (outcome, arrived_at, id) WHERE outcome <> 'answered';
CREATE INDEX call_without_case ON call (no_case, arrived_at, id) WHERE no_case IS NOT NULL;
CREATE INDEX case_opened ON case_file (opened, kind, department, confidentiality, call);
CREATE INDEX case_complaint ON case_file (opened, id) WHERE kind = 'complaint';

-- Transfers and consults: a fold of their facts. result: NULL while it goes on, 'done', or why it is over.
CREATE TABLE call_transfer (
    transfer   TEXT   NOT NULL PRIMARY KEY,
    call       TEXT   NOT NULL,
    came       BIGINT NOT NULL,
    agent      TEXT   NOT NULL,
    mode       TEXT   NOT NULL,
    department TEXT,
    extension  TEXT   NOT NULL,
    result     TEXT,
    sip_code   BIGINT,
    took_ms    BIGINT
);
CREATE INDEX call_transfer_of_call ON call_transfer (call);
CREATE INDEX call_transfer_came ON call_transfer (came, department, result);

-- Offers that rang out at an agent's phone, by the place of the fact in the journal.
CREATE TABLE call_rung_out (
    boot  BIGINT NOT NULL,
    seq   BIGINT NOT NULL,
    call  TEXT   NOT NULL,
    came  BIGINT NOT NULL,
    agent TEXT   NOT NULL,
    PRIMARY KEY (boot, seq)
);
CREATE INDEX call_rung_out_came ON call_rung_out (came, agent);

-- The calls of days that are over, counted. begins: midnight where the centre is. part: 'hour' by hour and queue,
-- 'agent' by who answered ('' for nobody), 'day' for the day as such, which says that it was counted at all. A call
-- that changes afterwards takes its day away, and it is counted anew.
CREATE TABLE report_day (
    begins        BIGINT NOT NULL,
    part          TEXT   NOT NULL,
    hour          BIGINT NOT NULL,
    queue         TEXT   NOT NULL,
    agent         TEXT   NOT NULL,
    calls         BIGINT NOT NULL,
    decided       BIGINT NOT NULL,
    within        BIGINT NOT NULL,
    breached      BIGINT NOT NULL,
    rescued       BIGINT NOT NULL,
    refused       BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    abandoned     BIGINT NOT NULL,
    abandoned_1   BIGINT NOT NULL,
    abandoned_2   BIGINT NOT NULL,
    abandoned_3   BIGINT NOT NULL,
    left_in_queue BIGINT NOT NULL,
    wait_ms       BIGINT NOT NULL,
    patience_ms   BIGINT NOT NULL,
    ring_1        BIGINT NOT NULL,
    ring_2        BIGINT NOT NULL,
    ring_3        BIGINT NOT NULL,
    talks         BIGINT NOT NULL,
    talk_ms       BIGINT NOT NULL,
    wrap_ups      BIGINT NOT NULL,
    wrap_up_ms    BIGINT NOT NULL,
    cases         BIGINT NOT NULL,
    PRIMARY KEY (begins, part, hour, queue, agent)
);
CREATE INDEX report_day_part ON report_day (part, begins);

-- One row: n is counted up by whoever takes a day away, so that nobody who counts it at that moment misses it;
-- looked_back: whether what was in the journal before this step has been folded.
CREATE TABLE report_state (
    one         BIGINT NOT NULL PRIMARY KEY,
    n           BIGINT NOT NULL,
    looked_back BIGINT NOT NULL
);
INSERT INTO report_state (one, n, looked_back) VALUES (1, 0, 0);
