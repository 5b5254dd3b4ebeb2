//! What can be asked of plans. Finalising has an address of its own.

use chrono::NaiveDate;
use luoshi_domain::ids::{ProposalId, UnitId};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Draft, PlanDetails};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::words::{Level, Mark, ProposalKind};

/// What can be asked of a plan; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum PlanCommandBody {
    /// Replaces what is known of the document as a whole.
    AmendDetails {
        details: PlanDetailsBody,
    },
    /// Replaces what would become of a proposal; leaves the decision as it is.
    EditProposal {
        proposal: Uuid,
        draft: Box<DraftBody>,
    },
    AcceptProposal {
        proposal: Uuid,
    },
    RejectProposal {
        proposal: Uuid,
        reason: String,
    },
    /// The proposal stands with another as one; its units join as co-units.
    MergeProposal {
        proposal: Uuid,
        into: Uuid,
    },
    /// Makes the change that a suggestion names.
    TakeSuggestion {
        proposal: Uuid,
        number: u32,
    },
    IgnoreSuggestion {
        proposal: Uuid,
        number: u32,
    },
    /// Takes a decision back.
    ReopenProposal {
        proposal: Uuid,
    },
    /// Accepts all that is open in a clause.
    AcceptClause {
        /// Index of the clause, from 0.
        clause: u32,
    },
    /// Nothing follows from the clause.
    DismissClause {
        /// Index of the clause, from 0.
        clause: u32,
        reason: String,
    },
    /// Takes the rejections in a clause back.
    ReopenClause {
        /// Index of the clause, from 0.
        clause: u32,
    },
    /// Takes back an act as one step; the caller's latest, while nobody changed the same since.
    UndoAct {
        /// The act's number.
        act: i64,
    },
}

/// What is known of the document as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PlanDetailsBody {
    title: String,
    issuer: Option<String>,
    /// The bureau or unit that it is addressed to.
    #[serde(default)]
    addressee: Option<String>,
    number: Option<String>,
    issued_on: Option<NaiveDate>,
    /// The year that completes dates.
    year: Option<i32>,
    /// Key of an origin category.
    category: String,
    /// The limit of tasks for which the document gives none.
    default_limit: Option<NaiveDate>,
    /// How far it, and what comes of it, may be known.
    mark: Mark,
}

/// What would become of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DraftBody {
    kind: ProposalKind,
    title: String,
    target: String,
    level: Level,
    /// Each lead unit gets a task of its own.
    leads: Vec<Uuid>,
    co_units: Vec<Uuid>,
    limit: Option<NaiveDate>,
    frequency: Option<String>,
}

impl From<PlanCommandBody> for PlanCommand {
    fn from(body: PlanCommandBody) -> Self {
        match body {
            PlanCommandBody::AmendDetails { details } => Self::AmendDetails(details.into()),
            PlanCommandBody::EditProposal { proposal, draft } => Self::EditProposal {
                proposal: ProposalId(proposal),
                draft: Box::new((*draft).into()),
            },
            PlanCommandBody::AcceptProposal { proposal } => Self::AcceptProposal {
                proposal: ProposalId(proposal),
            },
            PlanCommandBody::RejectProposal { proposal, reason } => Self::RejectProposal {
                proposal: ProposalId(proposal),
                reason,
            },
            PlanCommandBody::MergeProposal { proposal, into } => Self::MergeProposal {
                proposal: ProposalId(proposal),
                into: ProposalId(into),
            },
            PlanCommandBody::TakeSuggestion { proposal, number } => Self::TakeSuggestion {
                proposal: ProposalId(proposal),
                number,
            },
            PlanCommandBody::IgnoreSuggestion { proposal, number } => Self::IgnoreSuggestion {
                proposal: ProposalId(proposal),
                number,
            },
            PlanCommandBody::ReopenProposal { proposal } => Self::ReopenProposal {
                proposal: ProposalId(proposal),
            },
            PlanCommandBody::AcceptClause { clause } => Self::AcceptClause { clause },
            PlanCommandBody::DismissClause { clause, reason } => {
                Self::DismissClause { clause, reason }
            }
            PlanCommandBody::ReopenClause { clause } => Self::ReopenClause { clause },
            PlanCommandBody::UndoAct { act } => Self::UndoAct { act },
        }
    }
}

impl From<PlanDetailsBody> for PlanDetails {
    fn from(body: PlanDetailsBody) -> Self {
        Self {
            title: body.title,
            issuer: body.issuer,
            addressee: body.addressee,
            number: body.number,
            issued_on: body.issued_on,
            year: body.year,
            category: body.category,
            default_limit: body.default_limit,
            mark: body.mark.into(),
        }
    }
}

impl From<PlanDetails> for PlanDetailsBody {
    fn from(details: PlanDetails) -> Self {
        Self {
            title: details.title,
            issuer: details.issuer,
            addressee: details.addressee,
            number: details.number,
            issued_on: details.issued_on,
            year: details.year,
            category: details.category,
            default_limit: details.default_limit,
            mark: details.mark.into(),
        }
    }
}

impl From<DraftBody> for Draft {
    fn from(body: DraftBody) -> Self {
        Self {
            kind: body.kind.into(),
            title: body.title,
            target: body.target,
            level: body.level.into(),
            leads: body.leads.into_iter().map(UnitId).collect(),
            co_units: body.co_units.into_iter().map(UnitId).collect(),
            limit: body.limit,
            frequency: body.frequency,
        }
    }
}

impl From<Draft> for DraftBody {
    fn from(draft: Draft) -> Self {
        Self {
            kind: draft.kind.into(),
            title: draft.title,
            target: draft.target,
            level: draft.level.into(),
            leads: draft.leads.into_iter().map(|unit| unit.0).collect(),
            co_units: draft.co_units.into_iter().map(|unit| unit.0).collect(),
            limit: draft.limit,
            frequency: draft.frequency,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::commands::Decided;

    const FIRST: Uuid = Uuid::from_u128(1);
    const SECOND: Uuid = Uuid::from_u128(2);

    fn read(body: Value) -> serde_json::Result<(PlanCommand, Option<i64>)> {
        let body: Decided<PlanCommandBody> = serde_json::from_value(body)?;
        Ok((body.command.into(), body.seen))
    }

    #[test]
    fn every_command_has_a_body() {
        let proposal = ProposalId(FIRST);
        let reason = || "原则性表述".to_owned();
        let cases = [
            (
                json!({"command": "accept_proposal", "proposal": FIRST}),
                PlanCommand::AcceptProposal { proposal },
            ),
            (
                json!({"command": "reject_proposal", "proposal": FIRST, "reason": reason()}),
                PlanCommand::RejectProposal {
                    proposal,
                    reason: reason(),
                },
            ),
            (
                json!({"command": "merge_proposal", "proposal": FIRST, "into": SECOND}),
                PlanCommand::MergeProposal {
                    proposal,
                    into: ProposalId(SECOND),
                },
            ),
            (
                json!({"command": "take_suggestion", "proposal": FIRST, "number": 2}),
                PlanCommand::TakeSuggestion {
                    proposal,
                    number: 2,
                },
            ),
            (
                json!({"command": "ignore_suggestion", "proposal": FIRST, "number": 2}),
                PlanCommand::IgnoreSuggestion {
                    proposal,
                    number: 2,
                },
            ),
            (
                json!({"command": "reopen_proposal", "proposal": FIRST}),
                PlanCommand::ReopenProposal { proposal },
            ),
            (
                json!({"command": "accept_clause", "clause": 3}),
                PlanCommand::AcceptClause { clause: 3 },
            ),
            (
                json!({"command": "dismiss_clause", "clause": 3, "reason": reason()}),
                PlanCommand::DismissClause {
                    clause: 3,
                    reason: reason(),
                },
            ),
            (
                json!({"command": "reopen_clause", "clause": 3}),
                PlanCommand::ReopenClause { clause: 3 },
            ),
            (
                json!({"command": "undo_act", "act": 7}),
                PlanCommand::UndoAct { act: 7 },
            ),
        ];
        for (body, command) in cases {
            assert_eq!(read(body.clone()).unwrap(), (command, None), "for {body}");
        }
    }

    #[test]
    fn a_draft_is_told_as_it_is_taken() {
        let draft = json!({
            "kind": "recurring", "title": "每周调度", "target": "每周一次", "level": "major",
            "leads": [FIRST], "co_units": [SECOND], "limit": "2026-12-31", "frequency": "每周",
        });
        let body =
            json!({"command": "edit_proposal", "proposal": FIRST, "draft": draft, "seen": 4});
        let (PlanCommand::EditProposal { draft: read, .. }, Some(4)) = read(body).unwrap() else {
            panic!("not an edit");
        };
        assert_eq!(serde_json::to_value(DraftBody::from(*read)).unwrap(), draft);
    }

    #[test]
    fn details_are_told_as_they_are_taken() {
        let details = json!({
            "title": "抓落实方案", "issuer": "市交通运输局", "addressee": null, "number": null,
            "issued_on": "2026-01-09", "year": 2026, "category": "bureau", "default_limit": null,
            "mark": "internal",
        });
        let body = json!({"command": "amend_details", "details": details});
        let (PlanCommand::AmendDetails(read), None) = read(body).unwrap() else {
            panic!("not an amendment");
        };
        assert_eq!(
            serde_json::to_value(PlanDetailsBody::from(read)).unwrap(),
            details
        );
    }

    #[test]
    fn misspelt_bodies_are_refused() {
        let broken = [
            json!({"command": "finalise", "tasks": []}),
            json!({"command": "accept_clause", "clause": -1}),
            json!({"command": "accept_clause", "clause": 1, "reason": "x"}),
            json!({"command": "reject_proposal", "proposal": "1", "reason": "x"}),
        ];
        for body in broken {
            assert!(read(body.clone()).is_err(), "for {body}");
        }
    }
}
