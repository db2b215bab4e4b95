-- A sign-in that another one has taken over: it is known, so that its page can be told why, and counts no more.
ALTER TABLE session ADD COLUMN replaced BIGINT NOT NULL DEFAULT 0;
