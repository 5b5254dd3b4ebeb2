-- What tasks say and what was reported on them, to be searched.
CREATE TABLE task_texts (
    bureau_id UUID NOT NULL REFERENCES bureaus (bureau_id),
    task_id UUID NOT NULL,
    step BIGINT NOT NULL, -- the version of the step that said it; 0 for the task's own text
    place BIGINT NOT NULL, -- names the text where the index is apart; follows from task and step
    said TEXT NOT NULL,
    grams TEXT NOT NULL, -- pairs of neighbouring letters, joined by spaces
    PRIMARY KEY (bureau_id, task_id, step)
);
CREATE INDEX task_texts_grams ON task_texts
    USING gin (array_to_tsvector(string_to_array(grams, ' ')));
ALTER TABLE tasks DROP COLUMN search;
