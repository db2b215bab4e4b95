-- SIP traces of calls, compressed. Outside the journal's chain: they may be erased.
CREATE TABLE sip_trace (
    call     TEXT   NOT NULL PRIMARY KEY,
    kept_at  BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    packed   BYTEA  NOT NULL
);
CREATE INDEX sip_trace_by_age ON sip_trace (kept_at);
