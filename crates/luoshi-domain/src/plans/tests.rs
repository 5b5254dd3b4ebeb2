use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::PlanCommand;
use super::*;
use crate::calendar::Calendar;
use crate::context::{Actor, Context};
use crate::ids::PersonId;
use crate::organisation::{Organisation, UnitKind};
use crate::refusals::Refusal;
use crate::samples;

pub(super) const LEAD: UnitId = UnitId(Uuid::from_u128(2));
pub(super) const OTHER: UnitId = UnitId(Uuid::from_u128(3));

/// A bureau with two units.
fn organisation() -> Organisation {
    let units = [(LEAD, "规划科"), (OTHER, "安全科")];
    samples::organisation(units.map(|(id, name)| (id, UnitKind::Section, name)))
}

/// As a person of the supervision office.
pub(super) fn with_actor<T>(person: u128, run: impl FnOnce(&Context<'_>) -> T) -> T {
    let actor = Actor {
        person: PersonId(Uuid::from_u128(person)),
        name: "周敏".into(),
        title: "督查办 主任".into(),
        posts: Vec::new(),
        supervises: true,
        scope: Vec::new(),
        hand: None,
    };
    let now: DateTime<Utc> = "2026-01-16T01:00:00Z".parse().unwrap();
    let organisation = organisation();
    run(&Context {
        now,
        actor: &actor,
        organisation: &organisation,
        calendar: &Calendar::default(),
        policies: &[],
        leads: crate::lights::Leads::default(),
    })
}

fn run(plan: &mut Plan, command: PlanCommand) -> Result<(), Refusal> {
    with_actor(9, |ctx| {
        for event in plan.decide(command, ctx)? {
            plan.apply(&event, &ctx.signed());
        }
        Ok(())
    })
}

pub(super) fn id(n: u128) -> ProposalId {
    ProposalId(Uuid::from_u128(n))
}

const TEXT: &str =
    "引言。\n一、总体\n（一）编规划。规划科编制规划。安全科编制预案。\n（二）讲意义。意义重大。\n";

/// Four clauses: foreword, a bare heading, one with two proposals, one without any.
pub(super) fn plan() -> Plan {
    let clause = |path: &str, level, title: &str, text: &str, has_text| {
        let start = TEXT.split(text).next().unwrap().chars().count();
        Clause {
            path: path.into(),
            level,
            title: title.into(),
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(start + text.chars().count()).unwrap(),
            has_text,
            no_action: None,
        }
    };
    let proposal = |n, quote: &str, lead| Proposal {
        id: id(n),
        clause: 2,
        start: 0,
        end: 0,
        quote: quote.into(),
        draft: Draft {
            kind: ProposalKind::Task,
            title: quote.into(),
            target: quote.into(),
            level: Level::Ordinary,
            leads: vec![lead],
            co_units: Vec::new(),
            limit: None,
            frequency: None,
        },
        reading: Reading {
            responsible: Vec::new(),
            responsible_from: "sentence".into(),
            co_responsible: Vec::new(),
            deadline: None,
            frequency: None,
            quantities: Vec::new(),
            confidence: 90,
            ..Reading::default()
        },
        decision: Decision::Open,
        carried: None,
    };
    let details = PlanDetails {
        title: "方案".into(),
        issuer: None,
        number: None,
        issued_on: None,
        year: Some(2026),
        category: "bureau".into(),
        ..PlanDetails::default()
    };
    let imported = Imported {
        details,
        file_name: "方案.txt".into(),
        digest: "0".into(),
        text: TEXT.into(),
        clauses: vec![
            clause("前言", 1, "", "引言。\n", true),
            clause("一", 1, "总体", "一、总体\n", false),
            clause(
                "一/(一)",
                2,
                "编规划",
                "（一）编规划。规划科编制规划。安全科编制预案。\n",
                true,
            ),
            clause("一/(二)", 2, "讲意义", "（二）讲意义。意义重大。\n", true),
        ],
        proposals: vec![
            proposal(1, "规划科编制规划。", LEAD),
            proposal(2, "安全科编制预案。", OTHER),
        ],
        lineage: Lineage::default(),
        questions: Vec::new(),
    };
    Plan::imported(
        PlanId(Uuid::from_u128(7)),
        &imported,
        "2026-01-16T01:00:00Z".parse().unwrap(),
    )
}

#[test]
fn import_10_a_plan_is_final_only_when_every_clause_has_an_outcome() {
    let mut plan = plan();
    use Outcome as O;
    assert_eq!(plan.outcomes(), [O::Open, O::Empty, O::Open, O::Open]);
    assert_eq!(
        plan.coverage(),
        Coverage {
            settled: 0,
            total: 3
        }
    );
    let dismiss = |clause| PlanCommand::DismissClause {
        clause,
        reason: "背景".into(),
    };
    run(&mut plan, dismiss(0)).unwrap();
    run(&mut plan, dismiss(3)).unwrap();
    run(&mut plan, PlanCommand::AcceptProposal { proposal: id(1) }).unwrap();
    let finalise = |n: u128| PlanCommand::Finalise {
        tasks: (0..n).map(|n| TaskId(Uuid::from_u128(n))).collect(),
    };
    assert_eq!(run(&mut plan, finalise(1)).unwrap_err().code, "not_covered");
    let reject = PlanCommand::RejectProposal {
        proposal: id(2),
        reason: "已办".into(),
    };
    run(&mut plan, reject).unwrap();
    assert!(plan.coverage().is_full());
    assert_eq!(run(&mut plan, finalise(0)).unwrap_err().code, "tasks");
    run(&mut plan, finalise(1)).unwrap();
    assert_eq!(plan.state, PlanState::Final);
    let late = PlanCommand::ReopenProposal { proposal: id(1) };
    assert_eq!(run(&mut plan, late).unwrap_err().code, "final");
}

#[test]
fn import_10_a_rejection_needs_a_reason() {
    let mut plan = plan();
    let unexplained = PlanCommand::RejectProposal {
        proposal: id(1),
        reason: "  ".into(),
    };
    assert_eq!(run(&mut plan, unexplained).unwrap_err().code, "reason");
}

#[test]
fn import_10_every_decision_can_be_taken_back() {
    let mut plan = plan();
    let before = plan.outcomes();
    run(
        &mut plan,
        PlanCommand::DismissClause {
            clause: 2,
            reason: "背景".into(),
        },
    )
    .unwrap();
    assert_eq!(plan.outcomes()[2], Outcome::Rejected);
    run(&mut plan, PlanCommand::ReopenClause { clause: 2 }).unwrap();
    assert_eq!(plan.outcomes(), before);
    run(&mut plan, PlanCommand::AcceptClause { clause: 2 }).unwrap();
    assert_eq!(plan.outcomes()[2], Outcome::Accepted);
    for proposal in [id(1), id(2)] {
        run(&mut plan, PlanCommand::ReopenProposal { proposal }).unwrap();
    }
    assert_eq!(plan.outcomes(), before);
}

#[test]
fn import_13_merged_proposals_become_one_task_with_several_sources() {
    let mut plan = plan();
    let merge = |proposal, into| PlanCommand::MergeProposal { proposal, into };
    assert_eq!(
        run(&mut plan, merge(id(1), id(1))).unwrap_err().code,
        "same"
    );
    run(&mut plan, merge(id(2), id(1))).unwrap();
    run(&mut plan, PlanCommand::AcceptProposal { proposal: id(1) }).unwrap();
    let tasks = plan.tasks_to_open();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].proposal.draft.co_units, [OTHER]);
    assert_eq!(plan.merged_into(id(1)).count(), 1);
    // What others stand with can be neither taken back, refused nor dismissed under them.
    let mut open = plan.clone();
    open.proposals[0].decision = Decision::Open;
    let reject = PlanCommand::RejectProposal {
        proposal: id(1),
        reason: "已办".into(),
    };
    let dismiss = PlanCommand::DismissClause {
        clause: 2,
        reason: "背景".into(),
    };
    for command in [reject, dismiss] {
        assert_eq!(run(&mut open, command).unwrap_err().code, "has_merged");
    }
    let reopen = PlanCommand::ReopenProposal { proposal: id(1) };
    assert_eq!(run(&mut plan, reopen).unwrap_err().code, "has_merged");
}

#[test]
fn import_09_rules_and_principles_become_no_task() {
    let mut plan = plan();
    let draft = Draft {
        kind: ProposalKind::Rule,
        ..plan.proposals[0].draft.clone()
    };
    let edit = PlanCommand::EditProposal {
        proposal: id(1),
        draft: Box::new(draft),
    };
    run(&mut plan, edit).unwrap();
    run(&mut plan, PlanCommand::AcceptProposal { proposal: id(1) }).unwrap();
    assert!(plan.tasks_to_open().is_empty());
}

fn unit_suggestion(unit: UnitId) -> Suggestion {
    Suggestion {
        number: 0,
        source: hints::SuggestionSource::SimilarName,
        change: hints::Change::Unit { unit, co: false },
        quote: "安全科".into(),
    }
}

fn suggest(plan: &mut Plan, suggestions: Vec<Suggestion>) -> Result<(), Refusal> {
    let proposal = id(1);
    let command = PlanCommand::Suggest {
        proposal,
        suggestions,
    };
    run(plan, command)
}

#[test]
fn import_10_accepting_a_clause_leaves_what_has_a_suggestion() {
    let mut plan = plan();
    let clause = plan.proposal(id(1)).unwrap().clause;
    suggest(&mut plan, vec![unit_suggestion(OTHER)]).unwrap();
    run(&mut plan, PlanCommand::AcceptClause { clause }).unwrap();
    assert_eq!(plan.proposal(id(1)).unwrap().decision, Decision::Open);
    assert_eq!(plan.proposal(id(2)).unwrap().decision, Decision::Accepted);
    let again = run(&mut plan, PlanCommand::AcceptClause { clause });
    assert_eq!(again.unwrap_err().code, "suggestions_wait");
}

#[test]
fn import_07_a_suggestion_changes_nothing_until_a_person_takes_it() {
    let mut plan = plan();
    let proposal = id(1);
    let before = plan.proposal(proposal).unwrap().draft.clone();
    let twice = vec![unit_suggestion(OTHER), unit_suggestion(OTHER)];
    suggest(&mut plan, twice).unwrap();
    let known = plan.proposal(proposal).unwrap();
    assert_eq!(known.draft, before);
    assert_eq!(known.reading.suggestions.len(), 1, "the same twice is one");
    let number = known.reading.suggestions[0].number;
    run(&mut plan, PlanCommand::TakeSuggestion { proposal, number }).unwrap();
    let known = plan.proposal(proposal).unwrap();
    let all = [known.draft.leads.clone(), known.draft.co_units.clone()].concat();
    assert!(all.contains(&OTHER) && known.reading.suggestions.is_empty());
    let gone = PlanCommand::TakeSuggestion { proposal, number };
    assert_eq!(run(&mut plan, gone).unwrap_err().code, "unknown_suggestion");
}

#[test]
fn import_07_an_ignored_suggestion_and_one_that_an_edit_overtakes_are_gone() {
    let mut plan = plan();
    let proposal = id(1);
    suggest(&mut plan, vec![unit_suggestion(OTHER)]).unwrap();
    run(
        &mut plan,
        PlanCommand::IgnoreSuggestion {
            proposal,
            number: 0,
        },
    )
    .unwrap();
    assert!(
        plan.proposal(proposal)
            .unwrap()
            .reading
            .suggestions
            .is_empty()
    );
    suggest(&mut plan, vec![unit_suggestion(OTHER)]).unwrap();
    let mut draft = Box::new(plan.proposal(proposal).unwrap().draft.clone());
    draft.leads = Vec::new();
    draft.co_units = Vec::new();
    run(&mut plan, PlanCommand::EditProposal { proposal, draft }).unwrap();
    assert!(
        plan.proposal(proposal)
            .unwrap()
            .reading
            .suggestions
            .is_empty()
    );
}

#[test]
fn import_10_what_is_decided_is_neither_reread_nor_suggested_to() {
    let mut plan = plan();
    let proposal = id(1);
    run(&mut plan, PlanCommand::AcceptProposal { proposal }).unwrap();
    let known = plan.proposal(proposal).unwrap().clone();
    let refused = suggest(&mut plan, vec![unit_suggestion(OTHER)]).unwrap_err();
    assert_eq!(refused.code, "already_decided");
    let reread = PlanCommand::RereadProposal {
        proposal,
        draft: Box::new(known.draft),
        reading: Box::new(known.reading),
    };
    assert_eq!(run(&mut plan, reread).unwrap_err().code, "already_decided");
}

#[test]
fn sys_02_a_reading_without_hints_is_stored_as_it_always_was() {
    let stored = r#"{"responsible":["规划科"],"responsible_from":"sentence","co_responsible":[],"deadline":null,"frequency":null,"quantities":[],"confidence":90}"#;
    let reading: Reading = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&reading).unwrap(), stored);
}
