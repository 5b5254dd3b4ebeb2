//! Tasks that came into the ledger from a table, all at once, and can go again all at once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::local_day;
use crate::ids::{ImportId, PersonId, TaskId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;
use crate::tasks::Task;

/// An import as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub id: ImportId,
    pub version: i64,
    pub by: PersonId,
    pub day: NaiveDate,
    pub file_name: String,
    pub tasks: Vec<TaskId>,
    pub undone: bool,
}

/// What happened to an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportEvent {
    Done {
        file_name: String,
        tasks: Vec<TaskId>,
    },
    /// All of its tasks were cancelled.
    Undone,
}

impl Import {
    /// What undoing it does, or why it cannot be undone; `tasks` are its own.
    pub fn undo(&self, tasks: &[Task]) -> Result<ImportEvent, Refusal> {
        if self.undone {
            let sentence = "这次导入已经撤销。";
            return Err(Refusal::state("import_undone", "IMPORT-10", sentence));
        }
        let issued = tasks.iter().filter(|task| task.issued_at.is_some());
        match issued.count() {
            0 => Ok(ImportEvent::Undone),
            issued => Err(Refusal::state(
                "issued",
                "IMPORT-10",
                format!("其中 {issued} 项已经下达，不能整批撤销；什么都没有改。可逐项撤销。"),
            )),
        }
    }
}

impl Registered for Import {
    type Event = ImportEvent;

    const STREAM: &'static str = "import";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.day
    }

    fn is_open(&self) -> bool {
        !self.undone
    }

    fn begun(id: Uuid, event: &ImportEvent, by: &Signed) -> Option<Self> {
        match event {
            ImportEvent::Done { file_name, tasks } => Some(Self {
                id: ImportId(id),
                version: 1,
                by: by.person,
                day: local_day(by.at),
                file_name: file_name.clone(),
                tasks: tasks.clone(),
                undone: false,
            }),
            ImportEvent::Undone => None,
        }
    }

    fn apply(&mut self, event: &ImportEvent, _by: &Signed) {
        self.version += 1;
        match event {
            ImportEvent::Done { file_name, tasks } => {
                self.file_name.clone_from(file_name);
                self.tasks.clone_from(tasks);
            }
            ImportEvent::Undone => self.undone = true,
        }
    }
}
