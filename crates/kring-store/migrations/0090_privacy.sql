-- The PDPA desk: what persons were told and agreed to, what they asked for, who read of them, and whom nobody
-- knows any more. Rows name persons by ids only, so that erasing a person erases none of the proof.

-- What persons are told or asked, in versions that are never changed: who heard one heard this text.
CREATE TABLE consent_text (
    purpose TEXT   NOT NULL,
    version BIGINT NOT NULL,
    text_th TEXT   NOT NULL,
    text_en TEXT   NOT NULL,
    since   BIGINT NOT NULL,
    by_whom TEXT   NOT NULL,
    PRIMARY KEY (purpose, version)
);
INSERT INTO consent_text (purpose, version, text_th, text_en, since, by_whom) VALUES
('notice', 1,
 'ศูนย์บริการเก็บชื่อ หมายเลขโทรศัพท์ และเรื่องที่ท่านแจ้ง เพื่อให้บริการและติดตามเรื่องตามภารกิจของรัฐ ท่านขอเข้าถึง แก้ไข หรือลบข้อมูลได้',
 'The service centre keeps your name, your telephone number and what you ask, to serve you and to follow your matter up as its public task. You may ask to see, correct or erase it.',
 0, 'kringd'),
('recording', 1,
 'ขออนุญาตบันทึกเสียงสนทนาเพื่อปรับปรุงคุณภาพบริการ',
 'May this call be recorded to improve the service?',
 0, 'kringd');

CREATE TABLE consent (
    id      TEXT   NOT NULL PRIMARY KEY,
    contact TEXT   NOT NULL,
    purpose TEXT   NOT NULL,
    version BIGINT NOT NULL,
    said    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    call    TEXT
);
CREATE INDEX consent_of_contact ON consent (contact, at);

-- What a person may ask for by sections 30 to 36 of the PDPA. subject_number is set only while nobody knows
-- whose number it is, and goes when the request is carried out.
CREATE TABLE privacy_request (
    id             TEXT   NOT NULL PRIMARY KEY,
    kind           TEXT   NOT NULL,
    contact        TEXT,
    subject_number TEXT,
    note           TEXT   NOT NULL,
    received       BIGINT NOT NULL,
    due            BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    handled_by     TEXT,
    closed         BIGINT,
    version        BIGINT NOT NULL
);
CREATE INDEX privacy_request_open ON privacy_request (due, id) WHERE status = 'open';

-- A person whose data are kept and not used (section 34).
ALTER TABLE contact ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;

-- Ids of what was erased: a backup from before is erased again by them. They name nobody.
CREATE TABLE erased (
    kind TEXT   NOT NULL,
    id   TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Who read what of whom.
CREATE TABLE access_log (
    id      TEXT   NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    contact TEXT   NOT NULL,
    what    TEXT   NOT NULL
);
CREATE INDEX access_of_contact ON access_log (contact, id);
CREATE INDEX access_by_age ON access_log (at);

-- How long what is kept, in days.
CREATE TABLE retention_rule (
    what TEXT   NOT NULL PRIMARY KEY,
    days BIGINT NOT NULL
);

-- Whom the rules may take: asked once a day.
CREATE INDEX case_closed_by_age ON case_file (updated) WHERE status = 'closed';
