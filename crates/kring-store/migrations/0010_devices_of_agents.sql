-- An agent may have several phones, in the order given, as a JSON list; and phones that answer by themselves.
ALTER TABLE agent ADD COLUMN devices TEXT NOT NULL DEFAULT '[]';
UPDATE agent SET devices = '["' || device || '"]' WHERE device IS NOT NULL;
ALTER TABLE agent DROP COLUMN device;
ALTER TABLE agent ADD COLUMN auto_answer BIGINT NOT NULL DEFAULT 0;
