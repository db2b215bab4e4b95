-- The order of persons by name: a key of CLDR Thai, compared byte by byte.
ALTER TABLE contact ADD COLUMN sort_key BYTEA NOT NULL DEFAULT '';
CREATE INDEX contact_sorted ON contact (sort_key, id) WHERE merged_into IS NULL;

-- The parts of their names, each with its persons in that order.
CREATE TABLE contact_part (
    part     TEXT COLLATE "C" NOT NULL,
    sort_key BYTEA            NOT NULL,
    contact  TEXT             NOT NULL,
    PRIMARY KEY (part, sort_key, contact)
);
