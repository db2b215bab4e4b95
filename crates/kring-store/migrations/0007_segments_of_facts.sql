-- Which segment of the chain holds a fact: asked when a call's evidence is.
CREATE INDEX journal_segment_of ON journal_segment (boot, first_seq);
