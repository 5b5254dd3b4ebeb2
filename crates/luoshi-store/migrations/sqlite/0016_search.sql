-- What tasks say and what was reported on them, to be searched.
CREATE TABLE task_texts (
    bureau_id BLOB NOT NULL REFERENCES bureaus (bureau_id),
    task_id BLOB NOT NULL,
    step INTEGER NOT NULL, -- the version of the step that said it; 0 for the task's own text
    place INTEGER NOT NULL, -- names the text in task_words; follows from task and step
    said TEXT NOT NULL,
    grams TEXT NOT NULL, -- pairs of neighbouring letters, joined by spaces
    PRIMARY KEY (bureau_id, task_id, step)
) STRICT;
CREATE INDEX task_texts_place ON task_texts (place);

-- Letters of every writing system stand in pairs, only spaces part them.
CREATE VIRTUAL TABLE task_words USING fts5 (
    grams, content = 'task_texts', content_rowid = 'place', detail = none, columnsize = 0,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* S* C*'"
);
CREATE TRIGGER task_texts_inserted AFTER INSERT ON task_texts BEGIN
    INSERT INTO task_words (rowid, grams) VALUES (new.place, new.grams);
END;
CREATE TRIGGER task_texts_deleted AFTER DELETE ON task_texts BEGIN
    INSERT INTO task_words (task_words, rowid, grams) VALUES ('delete', old.place, old.grams);
END;
CREATE TRIGGER task_texts_updated AFTER UPDATE ON task_texts BEGIN
    INSERT INTO task_words (task_words, rowid, grams) VALUES ('delete', old.place, old.grams);
    INSERT INTO task_words (rowid, grams) VALUES (new.place, new.grams);
END;
ALTER TABLE tasks DROP COLUMN search;
