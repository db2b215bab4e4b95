-- Who began a call, where it went, and how it left its queue.
ALTER TABLE call ADD COLUMN direction TEXT NOT NULL DEFAULT 'inbound';
ALTER TABLE call ADD COLUMN connected_to TEXT;
ALTER TABLE call ADD COLUMN left_queue TEXT;

-- Citizens who are to be called back: mutable state, gone when it is done. The number is that of the call
-- in which they asked, and goes with it when it is erased.
CREATE TABLE call_back (
    call    TEXT   NOT NULL PRIMARY KEY,
    node    TEXT   NOT NULL,
    caller  TEXT   NOT NULL,
    queue   TEXT   NOT NULL,
    trunk   TEXT   NOT NULL,
    did     TEXT   NOT NULL,
    asked   BIGINT NOT NULL,
    tries   BIGINT NOT NULL,
    next_at BIGINT,
    placed  TEXT
);
CREATE INDEX call_back_of_node ON call_back (node, asked);
