-- Accounts: a password that must be changed first, who signs in through the house's identity provider, and since when.
ALTER TABLE agent ADD COLUMN must_change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN oidc_subject TEXT;
ALTER TABLE agent ADD COLUMN created BIGINT;
ALTER TABLE agent ADD COLUMN last_sign_in BIGINT;
CREATE UNIQUE INDEX agent_of_oidc ON agent (oidc_subject) WHERE oidc_subject IS NOT NULL;

-- Sessions: when they were used last, and from where they were opened.
ALTER TABLE session ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
UPDATE session SET seen = created;

-- Tokens: until when they count, when they were used last, and who made them.
ALTER TABLE api_token ADD COLUMN expires BIGINT;
ALTER TABLE api_token ADD COLUMN last_used BIGINT;
ALTER TABLE api_token ADD COLUMN made_by TEXT NOT NULL DEFAULT '';

-- Where a person has signed in before: addresses and browsers (the SHA-256 of their secret). Their wrong passwords are
-- counted by themselves, so that strangers who guess do not lock the owner out.
CREATE TABLE known_source (
    login  TEXT   NOT NULL,
    source TEXT   NOT NULL,
    seen   BIGINT NOT NULL,
    PRIMARY KEY (login, source)
);
CREATE INDEX known_source_seen ON known_source (seen);

-- Wrong passwords of strangers for one login: a restart must not give a guesser a fresh start.
CREATE TABLE sign_in_brake (
    login    TEXT   NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last     BIGINT NOT NULL
);

CREATE INDEX audit_of_who ON audit (who, id);
CREATE INDEX audit_of_action ON audit (action, id);
