-- Persons who were found to be the same, and all that moved when it was said: it goes back when it was a mistake.
CREATE TABLE contact_merge (
    id           TEXT   NOT NULL PRIMARY KEY,
    from_contact TEXT   NOT NULL REFERENCES contact (id),
    into_contact TEXT   NOT NULL REFERENCES contact (id),
    at           BIGINT NOT NULL,
    who          TEXT   NOT NULL,
    undone       BIGINT
);
CREATE INDEX contact_merge_of ON contact_merge (from_contact, id);
CREATE INDEX contact_merge_into ON contact_merge (into_contact, id);

-- what: 'number' (ref is canonical; last_used as it was; shared: the other had it already), 'signpost' (one who
-- was merged into the person before), or a table whose rows are of a person.
CREATE TABLE contact_merge_moved (
    merge     TEXT   NOT NULL REFERENCES contact_merge (id),
    what      TEXT   NOT NULL,
    ref       TEXT   NOT NULL,
    last_used BIGINT,
    shared    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (merge, what, ref)
);
CREATE INDEX contact_merge_moved_ref ON contact_merge_moved (ref);

-- Numbers of which somebody said that they are not this person's, so that it can be taken back.
CREATE TABLE contact_unlinked (
    id        TEXT   NOT NULL PRIMARY KEY,
    contact   TEXT   NOT NULL REFERENCES contact (id),
    number    TEXT   NOT NULL,
    last_used BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    undone    BIGINT
);
CREATE INDEX contact_unlinked_of ON contact_unlinked (contact, id);
CREATE INDEX contact_unlinked_number ON contact_unlinked (number);

-- What a pop asks of complaints.
CREATE INDEX case_complaint_of_contact ON case_file (contact, id)
    WHERE kind = 'complaint' AND status <> 'closed';
CREATE INDEX case_complaint_of_number ON case_file (number, id)
    WHERE kind = 'complaint' AND status <> 'closed';

-- By which scheme a person was made findable last; the process brings those of an older one up to date at start.
ALTER TABLE contact ADD COLUMN found_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX contact_not_found ON contact (id) WHERE found_by < 1;
