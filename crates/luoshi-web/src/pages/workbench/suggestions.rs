//! Changes that nobody made yet, beside the proposal that they are about (IMPORT-07).

use luoshi_domain::plans::hints::{Change, Suggestion, SuggestionSource};
use luoshi_domain::plans::{Decision, Proposal};

use crate::pages::labels;
use crate::pages::workbench::bench::Bench;

/// A change to take or to leave.
pub(super) struct SuggestionView {
    pub(super) number: u32,
    /// Who suggests.
    pub(super) source: &'static str,
    pub(super) said: String,
    /// The words of the document that it rests on.
    pub(super) quote: String,
}

impl Bench<'_> {
    /// What may be changed in a proposal; nothing once it is decided.
    pub(super) fn suggestions_of(&self, proposal: &Proposal) -> Vec<SuggestionView> {
        if !self.editable || proposal.decision != Decision::Open {
            return Vec::new();
        }
        let known = proposal.suggestions();
        known.map(|known| self.suggestion(known)).collect()
    }

    fn suggestion(&self, suggestion: &Suggestion) -> SuggestionView {
        let unit = |unit| self.organisation.unit_name(unit);
        let said = match &suggestion.change {
            Change::Unit { unit: known, co } => match co {
                false => format!("责任单位可能是“{}”", unit(*known)),
                true => format!("协办单位可能是“{}”", unit(*known)),
            },
            Change::Kind { kind } => format!("类别改为“{}”", labels::proposal_kind(*kind)),
            Change::Limit { day } => format!("时限填 {day}"),
            Change::Frequency { text } => format!("频次填“{text}”"),
        };
        SuggestionView {
            number: suggestion.number,
            source: match suggestion.source {
                SuggestionSource::SimilarName => "名称相近",
                SuggestionSource::Model => "模型建议",
            },
            said,
            quote: suggestion.quote.clone(),
        }
    }
}
