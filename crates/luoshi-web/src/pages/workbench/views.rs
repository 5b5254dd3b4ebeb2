//! What the workbench's templates draw; every text is final.

use crate::pages::parts::Choice;
use crate::pages::plans::near::NearLine;
use crate::pages::workbench::experience::SameNameView;
use crate::pages::workbench::forms::FoldForm;
use crate::pages::workbench::suggestions::SuggestionView;
use crate::pages::workbench::text::Span;

/// A count of clauses that leads to them.
pub(super) struct Key {
    pub(super) tone: &'static str,
    pub(super) label: &'static str,
    pub(super) count: u32,
    pub(super) href: String,
    pub(super) current: bool,
}

/// How far the plan is, as `coverage.html` draws it.
pub(super) struct Coverage {
    pub(super) total: u32,
    pub(super) decided: u32,
    pub(super) percent: u32,
    pub(super) keys: Vec<Key>,
    pub(super) all_href: String,
    pub(super) task_width: f64,
    pub(super) merged_at: f64,
    pub(super) merged_width: f64,
    pub(super) none_at: f64,
    pub(super) none_width: f64,
    /// The preview of finalising.
    pub(super) finalise_href: String,
    pub(super) may_finalise: bool,
    pub(super) why_not: String,
    /// The first that waits for a decision; empty when nothing does.
    pub(super) first_open: String,
    /// What was just done and how far the plan is, for who cannot see it.
    pub(super) announced: String,
    pub(super) undo: Option<UndoAct>,
    pub(super) bulk: Vec<BulkAct>,
    /// Where open proposals are read again; empty where nothing is open.
    pub(super) reread: String,
    /// Where the tasks are, once the plan is final.
    pub(super) tasks_href: String,
    pub(super) tasks_said: String,
}

/// An act on all of the plan; its address previews it.
pub(super) struct BulkAct {
    pub(super) href: String,
    pub(super) label: String,
}

/// Taking the reader's latest act back.
pub(super) struct UndoAct {
    pub(super) action: String,
    pub(super) act: i64,
    pub(super) label: String,
}

/// One clause of the document, as `clause.html` draws it.
pub(super) struct ClauseView {
    pub(super) id: String,
    pub(super) tone: &'static str,
    pub(super) tag: String,
    pub(super) heading: Vec<Span>,
    pub(super) paragraphs: Vec<Vec<Span>>,
}

/// A clause's proposals, as `clause_group.html` draws them.
pub(super) struct ClauseGroup {
    pub(super) id: String,
    pub(super) clause: String,
    pub(super) path: String,
    pub(super) title: String,
    pub(super) said: String,
    /// What another person's act changed, or why nothing was done.
    pub(super) notice: String,
    pub(super) drop: Option<Fold>,
    /// Waits for a word although nothing was read out of it.
    pub(super) bare_open: bool,
    pub(super) accepts: Vec<AcceptAct>,
    pub(super) undo: String,
    pub(super) proposals: Vec<ProposalView>,
}

/// A proposal, as `proposal_row.html` draws it.
pub(super) struct ProposalView {
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) state_label: &'static str,
    pub(super) kind: &'static str,
    pub(super) kind_key: bool,
    pub(super) title: String,
    /// Where it stands in the plan's list; ties it to its words in the document.
    pub(super) number: usize,
    /// Why the reader is not sure; empty when it is.
    pub(super) unsure: String,
    /// Whether there is nothing to check.
    pub(super) clear: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) grounds: Vec<Ground>,
    /// What to check before accepting; empty when there is nothing.
    pub(super) asks: String,
    pub(super) outcome: String,
    /// Who decided it and when; empty while open.
    pub(super) decided: String,
    pub(super) href: String,
    pub(super) action: String,
    pub(super) folds: Vec<Fold>,
    /// What it is near to.
    pub(super) near: Vec<NearLine>,
    /// How what the bureau has learnt was used in it.
    pub(super) experience: Vec<String>,
    pub(super) same: SameNameView,
    /// What may be changed, as long as something can be decided.
    pub(super) suggestions: Vec<SuggestionView>,
    pub(super) frozen: bool,
    /// What another person's act changed, with what was typed and not stored.
    pub(super) notice: String,
    pub(super) typed: Vec<(&'static str, String)>,
    /// Sent beside another row.
    pub(super) oob: bool,
}

/// Accepting several proposals of a clause.
pub(super) struct AcceptAct {
    pub(super) action: String,
    pub(super) label: String,
    pub(super) letter: &'static str,
}

/// The bar that narrows the list.
pub(super) struct Filters {
    pub(super) action: String,
    /// The tone of clauses, kept.
    pub(super) show: String,
    pub(super) q: String,
    pub(super) facets: Vec<Facet>,
    pub(super) said: String,
    pub(super) narrow: bool,
    /// Previews of acts on all that is listed and open; empty where they are not offered.
    pub(super) accept: String,
    pub(super) reject: String,
    pub(super) open: usize,
}

/// One way to narrow.
pub(super) struct Facet {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) narrow: bool,
    pub(super) choices: Vec<Choice>,
}

/// Words that a proposal rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ground {
    pub(super) key: &'static str,
    pub(super) label: &'static str,
    /// Where they stand; empty for the proposal's own sentence.
    pub(super) place: String,
    pub(super) words: String,
}

/// A form behind its button; fetched when the fold is opened.
pub(super) struct Fold {
    pub(super) label: &'static str,
    pub(super) letter: &'static str,
    /// Where the form alone is.
    pub(super) get: String,
    /// The page with this fold open, for browsers without script.
    pub(super) page: String,
    pub(super) form: Option<FoldForm>,
}
