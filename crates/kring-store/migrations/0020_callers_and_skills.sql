-- Whom the queues are chosen by, and what agents can do. language: 'th', 'en', or '' for what the queue
-- speaks. skills: a JSON list such as ["tax:3"].
ALTER TABLE contact ADD COLUMN vip BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT '';
CREATE INDEX contact_marked ON contact (id) WHERE vip <> 0 OR language <> '';
ALTER TABLE agent ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';
