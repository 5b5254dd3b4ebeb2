//! The tables whose rows follow from the journal.

/// A table with its columns, of which the first `keys` are its key within the bureau.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) keys: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
    /// Removes the rows of bureau `$1`.
    pub(super) clear: &'static str,
}

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Id,
    Text,
    Number,
    Flag,
    Time,
}

use Kind::{Flag, Id, Number, Text, Time};

pub(super) const TABLES: [Table; 32] = [
    Table {
        name: "organisations",
        keys: 1,
        columns: &[("bureau_id", Id), ("version", Number)],
        clear: "DELETE FROM organisations WHERE bureau_id = $1",
    },
    Table {
        name: "units",
        keys: 1,
        columns: &[
            ("id", Id),
            ("ord", Number),
            ("kind", Text),
            ("aliases", Text),
            ("position", Number),
            ("valid_from", Number),
            ("valid_to", Number),
            ("merged_into_id", Id),
        ],
        clear: "DELETE FROM units WHERE bureau_id = $1",
    },
    Table {
        name: "unit_names",
        keys: 2,
        columns: &[("unit_id", Id), ("valid_from", Number), ("name", Text)],
        clear: "DELETE FROM unit_names WHERE bureau_id = $1",
    },
    Table {
        name: "unit_parents",
        keys: 2,
        columns: &[("unit_id", Id), ("valid_from", Number), ("parent_id", Id)],
        clear: "DELETE FROM unit_parents WHERE bureau_id = $1",
    },
    Table {
        name: "unit_ancestors",
        keys: 3,
        columns: &[
            ("ancestor_id", Id),
            ("unit_id", Id),
            ("valid_from", Number),
            ("valid_to", Number),
        ],
        clear: "DELETE FROM unit_ancestors WHERE bureau_id = $1",
    },
    Table {
        name: "supervision_offices",
        keys: 1,
        columns: &[("valid_from", Number), ("unit_id", Id)],
        clear: "DELETE FROM supervision_offices WHERE bureau_id = $1",
    },
    Table {
        name: "persons",
        keys: 1,
        columns: &[
            ("id", Id),
            ("ord", Number),
            ("name", Text),
            ("login", Text),
            ("left_day", Number),
        ],
        clear: "DELETE FROM persons WHERE bureau_id = $1",
    },
    Table {
        name: "posts",
        keys: 1,
        columns: &[
            ("id", Id),
            ("ord", Number),
            ("unit_id", Id),
            ("title", Text),
            ("role", Text),
            ("position", Number),
            ("valid_from", Number),
            ("valid_to", Number),
        ],
        clear: "DELETE FROM posts WHERE bureau_id = $1",
    },
    Table {
        name: "post_holders",
        keys: 2,
        columns: &[("post_id", Id), ("valid_from", Number), ("holder_id", Id)],
        clear: "DELETE FROM post_holders WHERE bureau_id = $1",
    },
    Table {
        name: "unit_deputies",
        keys: 2,
        columns: &[("unit_id", Id), ("valid_from", Number), ("deputy_id", Id)],
        clear: "DELETE FROM unit_deputies WHERE bureau_id = $1",
    },
    Table {
        name: "domains",
        keys: 1,
        columns: &[
            ("id", Id),
            ("ord", Number),
            ("name", Text),
            ("valid_from", Number),
        ],
        clear: "DELETE FROM domains WHERE bureau_id = $1",
    },
    Table {
        name: "domain_deputies",
        keys: 2,
        columns: &[("domain_id", Id), ("valid_from", Number), ("deputy_id", Id)],
        clear: "DELETE FROM domain_deputies WHERE bureau_id = $1",
    },
    Table {
        name: "lessons",
        keys: 1,
        columns: &[("bureau_id", Id), ("version", Number), ("next", Number)],
        clear: "DELETE FROM lessons WHERE bureau_id = $1",
    },
    Table {
        name: "lesson_names",
        keys: 1,
        columns: &[
            ("number", Number),
            ("name", Text),
            ("units", Text),
            ("confirmations", Number),
            ("recent", Text),
        ],
        clear: "DELETE FROM lesson_names WHERE bureau_id = $1",
    },
    Table {
        name: "lesson_kinds",
        keys: 1,
        columns: &[
            ("number", Number),
            ("proposed", Text),
            ("cue", Text),
            ("theme", Text),
            ("confirmed", Text),
            ("confirmations", Number),
            ("recent", Text),
        ],
        clear: "DELETE FROM lesson_kinds WHERE bureau_id = $1",
    },
    Table {
        name: "rule_versions",
        keys: 1,
        columns: &[
            ("bureau_id", Id),
            ("packs_version", Number),
            ("calendar_version", Number),
        ],
        clear: "DELETE FROM rule_versions WHERE bureau_id = $1",
    },
    Table {
        name: "pack_editions",
        keys: 1,
        columns: &[
            ("number", Number),
            ("key", Text),
            ("effective_day", Number),
            ("text", Text),
            ("shipped", Flag),
            ("reason", Text),
            ("by_record", Text),
        ],
        clear: "DELETE FROM pack_editions WHERE bureau_id = $1",
    },
    Table {
        name: "calendar_notices",
        keys: 1,
        columns: &[
            ("number", Number),
            ("year", Number),
            ("notice_record", Text),
            ("by_record", Text),
        ],
        clear: "DELETE FROM calendar_notices WHERE bureau_id = $1",
    },
    Table {
        name: "plans",
        keys: 1,
        columns: &[
            ("id", Id),
            ("version", Number),
            ("title", Text),
            ("issuer", Text),
            ("number", Text),
            ("issued_day", Number),
            ("year", Number),
            ("category", Text),
            ("default_limit_day", Number),
            ("file_name", Text),
            ("digest", Text),
            ("state", Text),
            ("settled", Number),
            ("total", Number),
            ("proposals", Number),
            ("imported_at", Time),
            ("updated_at", Time),
            ("text", Text),
            ("addressee", Text),
            ("loaded_year", Number),
            ("lineage_record", Text),
            ("questions_record", Text),
            ("mark", Text),
        ],
        clear: "DELETE FROM plans WHERE bureau_id = $1",
    },
    Table {
        name: "clauses",
        keys: 2,
        columns: &[
            ("plan_id", Id),
            ("ord", Number),
            ("path", Text),
            ("level", Number),
            ("title", Text),
            ("start_at", Number),
            ("end_at", Number),
            ("has_text", Flag),
            ("no_action", Text),
        ],
        clear: "DELETE FROM clauses WHERE bureau_id = $1",
    },
    Table {
        name: "proposals",
        keys: 2,
        columns: &[
            ("plan_id", Id),
            ("ord", Number),
            ("id", Id),
            ("clause_ord", Number),
            ("start_at", Number),
            ("end_at", Number),
            ("kind", Text),
            ("decision", Text),
            ("quote", Text),
            ("draft_record", Text),
            ("reading_record", Text),
            ("decision_record", Text),
            ("carried_record", Text),
        ],
        clear: "DELETE FROM proposals WHERE bureau_id = $1",
    },
    Table {
        name: "plan_acts",
        keys: 2,
        columns: &[("plan_id", Id), ("act", Number), ("act_record", Text)],
        clear: "DELETE FROM plan_acts WHERE bureau_id = $1",
    },
    Table {
        name: "tasks",
        keys: 1,
        columns: &[
            ("id", Id),
            ("version", Number),
            ("plan_id", Id),
            ("proposal_id", Id),
            ("clause_path", Text),
            ("number", Text),
            ("title", Text),
            ("kind", Text),
            ("tier", Text),
            ("level", Text),
            ("category", Text),
            ("state", Text),
            ("is_open", Flag),
            ("timing", Text),
            ("waiting", Text),
            ("lead_id", Id),
            ("supervisor_id", Id),
            ("deputy_id", Id),
            ("limit_day", Number),
            ("issued_day", Number),
            ("progress", Number),
            ("feedbacks", Number),
            ("feedback_due", Flag),
            ("grade", Text),
            ("opened_at", Time),
            ("updated_at", Time),
            ("mark", Text),
            ("parent_id", Id),
            ("paused_day", Number),
            ("answer_day", Number),
            ("respond_day", Number),
            ("cadence", Text),
            ("report_day", Number),
            ("silent_from", Number),
            ("merged_into", Id),
            ("notice_day", Number),
            ("light_edition", Number),
            ("recovering_until", Number),
            ("yellow_from", Number),
            ("red_from", Number),
            ("light_record", Text),
            ("tags", Text),
        ],
        clear: "DELETE FROM tasks WHERE bureau_id = $1",
    },
    Table {
        name: "task_records",
        keys: 1,
        columns: &[("task_id", Id), ("record", Text)],
        clear: "DELETE FROM task_records WHERE bureau_id = $1",
    },
    Table {
        name: "task_texts",
        keys: 2,
        columns: &[
            ("task_id", Id),
            ("step", Number),
            ("place", Number),
            ("said", Text),
            ("grams", Text),
        ],
        clear: "DELETE FROM task_texts WHERE bureau_id = $1",
    },
    Table {
        name: "task_limits",
        keys: 2,
        columns: &[("task_id", Id), ("step", Text), ("day", Number)],
        clear: "DELETE FROM task_limits WHERE bureau_id = $1",
    },
    Table {
        name: "task_blockers",
        keys: 2,
        columns: &[
            ("task_id", Id),
            ("number", Number),
            ("leader_id", Id),
            ("answer_day", Number),
        ],
        clear: "DELETE FROM task_blockers WHERE bureau_id = $1",
    },
    Table {
        name: "task_attachments",
        keys: 2,
        columns: &[
            ("task_id", Id),
            ("id", Id),
            ("hash", Text),
            ("bytes", Number),
        ],
        clear: "DELETE FROM task_attachments WHERE bureau_id = $1",
    },
    Table {
        name: "task_tags",
        keys: 2,
        columns: &[("task_id", Id), ("tag", Text)],
        clear: "DELETE FROM task_tags WHERE bureau_id = $1",
    },
    Table {
        name: "task_units",
        keys: 3,
        columns: &[
            ("task_id", Id),
            ("unit_id", Id),
            ("role", Text),
            ("to_receive", Flag),
        ],
        clear: "DELETE FROM task_units WHERE bureau_id = $1",
    },
    Table {
        name: "registers",
        keys: 2,
        columns: &[
            ("register", Text),
            ("id", Id),
            ("version", Number),
            ("day", Number),
            ("is_open", Flag),
            ("record", Text),
        ],
        clear: "DELETE FROM registers WHERE bureau_id = $1",
    },
    Table {
        name: "list_rows",
        keys: 1,
        columns: &[
            ("id", Id),
            ("version", Number),
            ("register", Text),
            ("unit_id", Id),
            ("person_id", Id),
            ("state", Text),
            ("is_open", Flag),
            ("is_withdrawn", Flag),
            ("mark", Text),
            ("period_day", Number),
            ("day", Number),
            ("limit_day", Number),
            ("record", Text),
        ],
        clear: "DELETE FROM list_rows WHERE bureau_id = $1",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::open;
    use crate::sql::values;

    #[tokio::test]
    async fn every_column_is_compared() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
        for table in &TABLES {
            let sql = "SELECT name FROM pragma_table_info($1) ORDER BY name";
            let mut names = Vec::new();
            for row in conn.fetch_all(sql, values![table.name]).await.unwrap() {
                names.push(row.cells().take::<String>().unwrap());
            }
            let mut listed: Vec<&str> = table.columns.iter().map(|(name, _kind)| *name).collect();
            if !listed.contains(&"bureau_id") {
                listed.push("bureau_id");
            }
            listed.sort_unstable();
            assert_eq!(names, listed, "{}", table.name);
        }
    }
}
