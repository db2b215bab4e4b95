-- Phones that register with kring. A password is kept as its HA1 in one realm, `MD5:<hex>
-- SHA-256:<hex>`, never as itself.
CREATE TABLE phone (
    phone    TEXT   NOT NULL PRIMARY KEY,
    realm    TEXT   NOT NULL,
    secrets  TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    disabled BIGINT NOT NULL,
    created  BIGINT NOT NULL
);

-- Where they are: mutable state, so that a restart keeps them reachable. Each node has its own.
CREATE TABLE phone_binding (
    phone      TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    node       TEXT   NOT NULL,
    contact    TEXT   NOT NULL,
    instance   TEXT,
    reg_id     BIGINT,
    preference BIGINT NOT NULL,
    path       TEXT   NOT NULL,
    transport  TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    reach      TEXT,
    call_id    TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    expires    BIGINT NOT NULL,
    seen       BIGINT NOT NULL,
    user_agent TEXT   NOT NULL,
    PRIMARY KEY (phone, id)
);
CREATE INDEX phone_binding_of_node ON phone_binding (node, expires);
