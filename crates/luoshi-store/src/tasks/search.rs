//! Texts that are searched, and the conditions that search them.
//!
//! Pairs of letters stand in an index of the database's own kind: FTS5 on SQLite, GIN on
//! PostgreSQL. A word that few texts hold is looked up in it; one that very many hold is looked
//! for in the rows as the list comes to them, of which a page looks at so many and no more, see
//! `walks.rs`.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use luoshi_domain::ids::{BureauId, TaskId};
use luoshi_domain::ports::StoreResult;
use luoshi_domain::search::{FILES_STEP, Said, Words, files_text, grams, own_text, step_text};
use luoshi_domain::tasks::{Task, TaskEvent};
use sqlx::AssertSqlSafe;

use crate::conn::{Conn, Dialect};
use crate::database::Database;
use crate::rebuild::replay::Streams;
use crate::sql::{Value, values};
use crate::tasks::filter::Where;

/// Texts that a word may stand in to be looked up.
const FEW: u32 = 5000;

/// Frequent words that are kept.
const FREQUENT_KEPT: usize = 10_000;

/// Hits read for the rows of one page.
const HITS: u32 = 1000;

/// Inserts texts that are new.
pub(super) const INSERT: &str =
    "INSERT INTO task_texts (bureau_id, task_id, step, place, said, grams) VALUES ";

/// Inserts a text or brings it to what it should be.
const SAVE: &str = "INSERT INTO task_texts (bureau_id, task_id, step, place, said, grams) \
                    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bureau_id, task_id, step) \
                    DO UPDATE SET said = excluded.said, grams = excluded.grams \
                    WHERE task_texts.said <> excluded.said";

/// How many texts the index has for a match, counted up to a limit.
const COUNT_SQLITE: &str = "SELECT count(*) FROM (SELECT 1 FROM task_words \
                            WHERE task_words MATCH $1 LIMIT $2) AS counted";
const COUNT_POSTGRES: &str = "SELECT count(*) FROM (SELECT 1 FROM task_texts \
                              WHERE array_to_tsvector(string_to_array(grams, ' ')) \
                              @@ CAST($1 AS tsquery) LIMIT $2) AS counted";

/// Words that were found to be in more than [`FEW`] texts, so that nobody counts them again: on
/// PostgreSQL each count goes through all of them. Texts are hardly ever taken away, and a word
/// that has become rare would only be looked for more slowly.
#[derive(Debug, Default)]
pub(crate) struct Frequent(Mutex<HashSet<String>>);

impl Frequent {
    fn knows(&self, word: &str) -> bool {
        self.words().contains(word)
    }

    fn learn(&self, word: &str) {
        let mut words = self.words();
        if words.len() >= FREQUENT_KEPT {
            words.clear();
        }
        words.insert(word.to_owned());
    }

    fn words(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One word and how it is looked for.
pub(super) struct Word {
    /// In small letters.
    text: String,
    /// For the index; none where it is not asked.
    pairs: Option<String>,
    /// Whether a text that the index has for it holds it for certain.
    certain: bool,
}

/// Writes the texts of a task that `events` have just been applied to, of which there were
/// `before` before.
pub(super) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    before: i64,
    events: &[TaskEvent],
) -> StoreResult<()> {
    for row in rows(bureau, task, before, events) {
        conn.execute(SAVE, row).await?;
    }
    project_files(conn, bureau, task, events).await
}

/// The names of the files, where `events` touched them.
pub(super) async fn project_files(
    conn: &mut Conn,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
) -> StoreResult<()> {
    let added = |event: &TaskEvent| matches!(event, TaskEvent::FileAdded { .. });
    let removed = |event: &TaskEvent| matches!(event, TaskEvent::FileRemoved { .. });
    match files_text(task) {
        Some(said) if events.iter().any(|event| added(event) || removed(event)) => {
            conn.execute(SAVE, row(bureau, task.id, said)).await?;
            Ok(())
        }
        None if events.iter().any(removed) => {
            let sql = "DELETE FROM task_texts WHERE bureau_id = $1 AND task_id = $2 AND step = $3";
            conn.execute(sql, values![bureau, task.id, FILES_STEP])
                .await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The rows of the task's own text and of what `events` reported.
pub(super) fn rows(
    bureau: BureauId,
    task: &Task,
    before: i64,
    events: &[TaskEvent],
) -> Vec<Vec<Value>> {
    let steps = (before + 1..).zip(events);
    let reported = steps.filter_map(|(step, event)| step_text(step, event));
    let said = std::iter::once(own_text(task)).chain(reported);
    said.map(|said| row(bureau, task.id, said)).collect()
}

fn row(bureau: BureauId, task: TaskId, said: Said) -> Vec<Value> {
    let grams = grams(&said.text);
    let place = place(task, said.step);
    values![bureau, task, said.step, place, said.text, grams]
}

/// What names a text in an index that stands apart, another for nearly every text: where two have
/// the same, both are looked at.
fn place(task: TaskId, step: i64) -> i64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (_, low) = task.0.as_u64_pair();
    let step = u64::try_from(step).unwrap_or_default().wrapping_mul(ODD);
    let mixed = (low ^ step.rotate_left(29)).wrapping_mul(ODD);
    i64::try_from(mixed >> 1).unwrap_or_default()
}

/// The words of a query, each with how it is best looked for.
pub(super) async fn words(conn: &mut Conn, query: &str) -> StoreResult<Vec<Word>> {
    let mut found = Vec::new();
    for word in Words::of(query).iter() {
        let mut pairs = matching(conn, word);
        if conn.frequent().knows(word) {
            pairs = None;
        }
        if let Some(text) = &pairs {
            let sql = match conn.dialect() {
                Dialect::Sqlite => COUNT_SQLITE,
                Dialect::Postgres => COUNT_POSTGRES,
            };
            let row = conn.fetch_one(sql, values![text, FEW + 1]).await?;
            let count: u32 = row.cells().number()?;
            if count > FEW {
                conn.frequent().learn(word);
                pairs = None;
            }
        }
        found.push(Word {
            text: word.to_owned(),
            pairs,
            certain: is_one_pair(word),
        });
    }
    Ok(found)
}

/// Whether a word is one pair, or a letter that a pair begins with: the index knows these.
fn is_one_pair(word: &str) -> bool {
    let (whole, begun) = Words::pairs(word);
    let letters = word.chars().count();
    matches!((whole.len(), begun.len(), letters), (1, 0, 2) | (0, 1, 1))
}

/// What the index is asked for a word; nothing when it holds no letter.
fn matching(conn: &Conn, word: &str) -> Option<String> {
    let (whole, begun) = Words::pairs(word);
    let parts: Vec<String> = match conn.dialect() {
        Dialect::Sqlite => {
            let whole = whole.iter().map(|pair| format!("\"{pair}\""));
            whole
                .chain(begun.iter().map(|letter| format!("\"{letter}\"*")))
                .collect()
        }
        Dialect::Postgres => {
            let whole = whole.iter().map(|pair| format!("'{pair}'"));
            whole
                .chain(begun.iter().map(|letter| format!("'{letter}':*")))
                .collect()
        }
    };
    let and = match conn.dialect() {
        Dialect::Sqlite => " AND ",
        Dialect::Postgres => " & ",
    };
    (!parts.is_empty()).then(|| parts.join(and))
}

/// A condition on `tasks AS t`, and the query that it reads from, if any.
pub(super) struct Holding {
    pub(super) condition: String,
    /// What stands before the statement, so that it is looked up once, however often it is asked;
    /// none where the rows must be looked into.
    pub(super) found: Option<String>,
}

impl Where {
    /// That a text of the task holds the word; `nth` of the statement's words.
    pub(super) fn holding(&mut self, conn: &Conn, word: &Word, nth: usize) -> Holding {
        let Some(pairs) = &word.pairs else {
            let holds = holds(conn, &word.text, &self.placeholder(&word.text));
            let condition = format!(
                "EXISTS (SELECT 1 FROM task_texts AS s WHERE s.bureau_id = $1 \
                 AND s.task_id = t.id AND {holds})"
            );
            return Holding {
                condition,
                found: None,
            };
        };
        let pairs = self.placeholder(pairs);
        // What is certain is answered by the index alone.
        let holds = match word.certain {
            true => String::new(),
            false => {
                let place = self.placeholder(&word.text);
                format!(" AND {}", holds(conn, &word.text, &place))
            }
        };
        let texts = match conn.dialect() {
            Dialect::Sqlite => format!(
                "task_words AS w CROSS JOIN task_texts AS s WHERE w.task_words MATCH {pairs} \
                 AND s.place = w.rowid"
            ),
            Dialect::Postgres => format!(
                "task_texts AS s WHERE array_to_tsvector(string_to_array(s.grams, ' ')) \
                 @@ CAST({pairs} AS tsquery)"
            ),
        };
        Holding {
            condition: format!("t.id IN (SELECT task_id FROM found{nth})"),
            found: Some(format!(
                "found{nth} AS MATERIALIZED (SELECT s.task_id FROM {texts} \
                 AND s.bureau_id = $1{holds})"
            )),
        }
    }

    /// Adds the conditions that a text of the task holds each word.
    pub(super) fn says(&mut self, conn: &Conn, words: &[Word]) {
        for (nth, word) in words.iter().enumerate() {
            let holding = self.holding(conn, word, nth);
            match holding.found {
                Some(found) => {
                    self.and(&holding.condition);
                    self.found.push(found);
                }
                None => self.look_into(holding.condition),
            }
        }
    }
}

/// That a text `s` holds the word that stands at `place`, in small letters.
fn holds(conn: &Conn, word: &str, place: &str) -> String {
    let within = match conn.dialect() {
        Dialect::Sqlite => "instr",
        Dialect::Postgres => "strpos",
    };
    // Most words have no capitals to think of.
    match word.bytes().any(|letter| letter.is_ascii_alphabetic()) {
        true => format!("{within}(lower(s.said), {place}) > 0"),
        false => format!("{within}(s.said, {place}) > 0"),
    }
}

/// The queries that stand before a statement.
pub(super) fn before(found: &[String]) -> String {
    match found.is_empty() {
        true => String::new(),
        false => format!("WITH {} ", found.join(", ")),
    }
}

/// The texts of these tasks that hold one of the words.
pub(super) async fn hits(
    conn: &mut Conn,
    bureau: BureauId,
    tasks: &[TaskId],
    words: &Words,
) -> StoreResult<Vec<(TaskId, Said)>> {
    if tasks.is_empty() || words.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = values![bureau, HITS];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let ids: Vec<String> = tasks.iter().map(|id| place(Value::from(*id))).collect();
    let holds: Vec<String> = words
        .iter()
        .map(|word| holds(conn, word, &place(Value::from(word))))
        .collect();
    let sql = format!(
        "SELECT s.task_id, s.step, s.said FROM task_texts AS s WHERE s.bureau_id = $1 \
         AND s.task_id IN ({}) AND ({}) \
         ORDER BY s.task_id, CASE WHEN s.step = 0 THEN 0 ELSE 1 END, s.step DESC LIMIT $2",
        ids.join(", "),
        holds.join(" OR "),
    );
    let rows = conn.fetch_all(AssertSqlSafe(sql), values).await?;
    let mut hits = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut cells = row.cells();
        let (task, step) = (cells.id()?, cells.take()?);
        let text = cells.take()?;
        hits.push((task, Said { step, text }));
    }
    Ok(hits)
}

/// Writes the texts of bureaux whose tasks are older than the table of texts.
pub(crate) async fn fill(database: &Database) -> StoreResult<()> {
    let sql = "SELECT b.bureau_id FROM bureaus AS b WHERE EXISTS (SELECT 1 FROM tasks AS t \
               WHERE t.bureau_id = b.bureau_id) AND NOT EXISTS (SELECT 1 FROM task_texts AS s \
               WHERE s.bureau_id = b.bureau_id)";
    let found = database
        .begin_read()
        .await?
        .fetch_all(sql, values![])
        .await?;
    for row in found {
        let bureau = row.cells().id()?;
        let mut work = database.work(bureau, true).await?;
        let mut journal = database.begin_read().await?;
        let mut streams = Streams::new(&mut journal, bureau, Task::STREAM);
        while let Some(stream) = streams.next().await? {
            let events: Vec<TaskEvent> = stream.values()?;
            let id = TaskId(stream.id);
            if let Some(task) = Task::replay(id, events.iter().zip(&stream.by)) {
                project(&mut work.conn, bureau, &task, 0, &events).await?;
            }
        }
        work.conn.commit().await?;
    }
    Ok(())
}
