-- Whether the sound of a phone is secured: off, prefer or require; NULL: as the configuration says.
ALTER TABLE phone ADD COLUMN srtp TEXT;
