-- Units that are reached by several endpoints, each with its rings, and that open and close.
ALTER TABLE department ADD COLUMN hours TEXT;
ALTER TABLE department ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE department_endpoint ADD COLUMN rings BIGINT NOT NULL DEFAULT 3;
ALTER TABLE department_endpoint ADD COLUMN active BIGINT NOT NULL DEFAULT 1;
ALTER TABLE department_endpoint ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- Days on which a unit has other hours than those of its week; days are YYYY-MM-DD of the common era.
CREATE TABLE department_exception (
    department TEXT NOT NULL REFERENCES department (id),
    day        TEXT NOT NULL,
    hours      TEXT NOT NULL,
    name_th    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    PRIMARY KEY (department, day)
);

-- Days on which everybody is closed.
CREATE TABLE holiday (
    day     TEXT NOT NULL PRIMARY KEY,
    name_th TEXT NOT NULL,
    name_en TEXT NOT NULL
);

-- One row, which every change of the directory counts up: whoever keeps the directory in memory, in
-- whatever process, sees by it that it is another.
CREATE TABLE directory_revision (
    one BIGINT NOT NULL PRIMARY KEY,
    n   BIGINT NOT NULL
);
INSERT INTO directory_revision (one, n) VALUES (1, 1);

-- Who changed what, and how it was before: JSON, or nothing when there was or is nothing.
CREATE TABLE audit (
    id        TEXT   NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    who       TEXT   NOT NULL,
    action    TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    old_value TEXT,
    new_value TEXT
);
CREATE INDEX audit_of_subject ON audit (subject, id);
