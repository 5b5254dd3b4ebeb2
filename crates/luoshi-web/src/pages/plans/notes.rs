//! What a plan's pages say first: how it stands to other plans, and what is asked about that.

use luoshi_domain::plans::{Plan, PlanState};

/// A sentence with where it leads and what can be done about it.
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) href: String,
    pub(crate) link: &'static str,
    pub(crate) acts: Vec<NoteAct>,
}

/// A button of a note.
pub(crate) struct NoteAct {
    pub(crate) action: String,
    pub(crate) label: &'static str,
    /// The one that is expected.
    pub(crate) main: bool,
}

/// The notes of a plan; `editable` when the reader may confirm it.
pub(crate) fn notes(plan: &Plan, editable: bool) -> Vec<Note> {
    let lineage = &plan.lineage;
    let path = format!("/plans/{}", plan.id);
    let act = |key: &str, label, main| NoteAct {
        action: format!("{path}/versions/{key}"),
        label,
        main,
    };
    let mut notes = Vec::new();
    if let Some(by) = lineage.superseded_by {
        let text = match plan.state {
            PlanState::Final => "这份方案已有新版本。本版所立事项照常办理，改动在新版本中核对。",
            PlanState::Confirming => "这份方案已有新版本，请在新版本中核对和定稿；本版留存备查。",
        };
        notes.push(Note {
            text: text.into(),
            href: format!("/plans/{by}"),
            link: "看新版本",
            acts: Vec::new(),
        });
    }
    if lineage.likely().is_some() && editable {
        notes.push(Note {
            text: format!(
                "是《{}》的新版本吗？文字大体相同。确认后，没有变的条款沿用原来的结论，只核对变了的。",
                lineage.earlier_title().trim_matches(['《', '》'])
            ),
            href: format!("{path}/changes"),
            link: "先看对照",
            acts: vec![act("confirm", "是新版本", true), act("deny", "不是", false)],
        });
    }
    if lineage.previous().is_some() {
        let carried = plan
            .proposals
            .iter()
            .filter(|known| known.carried.is_some());
        let acts = if editable {
            vec![act("undo", "撤回“是新版本”", false)]
        } else {
            Vec::new()
        };
        notes.push(Note {
            text: format!(
                "这是第 {} 版：{} 项没有变，沿用上一版的结论；其余请逐条核对。",
                lineage.nth(),
                carried.count()
            ),
            href: format!("{path}/changes"),
            link: "看对照",
            acts,
        });
    }
    notes
}
