//! What a workbook does, command by command, and doing it.

use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::refusals::Refusal;

use crate::organisation::workbook::RowFault;
use crate::organisation::workbook::table::Line;

/// The order in which commands are tried: what others rest on comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Register,
    ReleaseOffice,
    Rename,
    Establish,
    Move,
    Aliases,
    SetOffice,
    CreatePost,
    Appoint,
    Portfolio,
    Domain,
    ClosePost,
    EndUnit,
    Leave,
}

impl Phase {
    /// What it is, for the preview.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Register => "登记人员",
            Self::ReleaseOffice | Self::SetOffice => "督查办",
            Self::Rename => "更名",
            Self::Establish => "新设单位",
            Self::Move => "调整上级或次序",
            Self::Aliases => "改别名",
            Self::CreatePost => "新设岗位",
            Self::Appoint => "任免",
            Self::Portfolio => "分管",
            Self::Domain => "业务领域",
            Self::ClosePost => "撤销岗位",
            Self::EndUnit => "撤销或并入",
            Self::Leave => "离岗",
        }
    }
}

/// One command with the row that it comes from.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) phase: Phase,
    pub(super) sheet: &'static str,
    pub(super) row: u32,
    /// In words.
    pub(super) said: String,
    pub(super) command: OrganisationCommand,
}

impl Step {
    pub(super) fn new(
        phase: Phase,
        line: &Line,
        said: String,
        command: OrganisationCommand,
    ) -> Self {
        Self {
            phase,
            sheet: line.part.name(),
            row: line.number,
            said,
            command,
        }
    }
}

/// What came of all steps.
pub(super) struct Done {
    pub(super) history: History,
    pub(super) events: Vec<OrganisationEvent>,
    pub(super) faults: Vec<RowFault>,
}

/// Most rounds in which what was refused is tried again after the rest.
const ROUNDS: usize = 8;

/// Whether the person may give out what a command gives out.
pub(super) type Allowed<'a> = dyn Fn(&History, &OrganisationCommand) -> Result<(), Refusal> + 'a;

/// Decides and applies all steps. What is refused is tried again while others make progress, since
/// a row may rest on one further down.
pub(super) fn run(history: &History, steps: &[Step], allowed: &Allowed<'_>) -> Done {
    let mut history = history.clone();
    let mut events = Vec::new();
    let mut waiting: Vec<&Step> = steps.iter().collect();
    let mut refused = Vec::new();
    for _ in 0..ROUNDS {
        refused.clear();
        let before = waiting.len();
        let decide = |history: &History, step: &Step| {
            allowed(history, &step.command)?;
            history.decide(step.command.clone())
        };
        waiting.retain(|step| match decide(&history, step) {
            Ok(event) => {
                history.apply(&event);
                events.push(event);
                false
            }
            Err(refusal) => {
                refused.push(refusal);
                true
            }
        });
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    let faults = waiting.iter().zip(refused).filter(|(_, refusal)| {
        // What a faulty row would have added is unknown to those that name it: told once.
        !matches!(
            refusal.code,
            "unknown_unit" | "unknown_post" | "unknown_person" | "unknown_domain"
        )
    });
    let faults = faults.map(|(step, refusal)| RowFault {
        sheet: step.sheet.to_owned(),
        row: Some(step.row),
        sentence: refusal.sentence,
    });
    let faults = faults.collect();
    Done {
        history,
        events,
        faults,
    }
}
