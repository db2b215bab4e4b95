-- Queues, trunks and settings that were made in the console: the keys that a file would have, as JSON. What
-- a key means is the business of whoever reads configurations; of passwords only the name of a file is here.
CREATE TABLE configured (
    kind    TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    keys    TEXT   NOT NULL,
    made    BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
