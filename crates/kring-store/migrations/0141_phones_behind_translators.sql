-- Whether a phone stands behind a translator of addresses, so that where its sound comes from is learned (RFC 4961).
ALTER TABLE phone ADD COLUMN is_symmetric BIGINT NOT NULL DEFAULT 0;
