use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::UnitId;
use crate::plans::tests::{LEAD, OTHER, id, plan, with_actor};
use crate::plans::{PlanState, ProposalKind};

const ZHOU: u128 = 9;
const LI: u128 = 10;

/// One act of a person; the events that it gave.
fn act(plan: &mut Plan, person: u128, commands: Vec<PlanCommand>) -> Result<(), Refusal> {
    with_actor(person, |ctx| {
        let name = ActName::of(&commands);
        for event in plan.decide_act(name, commands, ctx)? {
            plan.apply(&event, &ctx.signed());
        }
        Ok(())
    })
}

fn undo(plan: &mut Plan, person: u128) -> Result<(), Refusal> {
    let last = plan.last_act_of(PersonId(Uuid::from_u128(person)));
    let act_id = last.map(|act| act.id).unwrap_or_default();
    act(plan, person, vec![PlanCommand::UndoAct { act: act_id }])
}

/// What undoing must bring back: all but version, times and the list of acts.
fn standing(plan: &Plan) -> Plan {
    Plan {
        version: 0,
        acts: Vec::new(),
        updated_at: plan.imported_at,
        ..plan.clone()
    }
}

fn accept(n: u128) -> PlanCommand {
    PlanCommand::AcceptProposal { proposal: id(n) }
}

fn edit(plan: &Plan, n: u128, title: &str, lead: UnitId) -> PlanCommand {
    let known = plan.proposal(id(n)).unwrap();
    let draft = Draft {
        title: title.into(),
        leads: vec![lead],
        co_units: Vec::new(),
        kind: ProposalKind::Recurring,
        ..known.draft.clone()
    };
    PlanCommand::EditProposal {
        proposal: id(n),
        draft: Box::new(draft),
    }
}

#[test]
fn import_10_an_act_of_several_commands_is_taken_back_as_one() {
    let mut plan = plan();
    let before = standing(&plan);
    let dismiss = PlanCommand::DismissClause {
        clause: 2,
        reason: "背景".into(),
    };
    let all = vec![edit(&plan, 1, "改过", OTHER), accept(1), dismiss];
    act(&mut plan, ZHOU, all).unwrap();
    assert_eq!(plan.acts.len(), 1);
    assert_eq!(plan.acts[0].proposals().count(), 2);
    undo(&mut plan, ZHOU).unwrap();
    assert_eq!(standing(&plan), before);
    assert_eq!(undo(&mut plan, ZHOU).unwrap_err().code, "unknown_act");
}

#[test]
fn import_10_a_name_says_what_was_done() {
    let plan = plan();
    assert_eq!(ActName::of(&[PlanCommand::UndoAct { act: 1 }]), None);
    let edited = [edit(&plan, 1, "改过", LEAD), accept(1)];
    assert_eq!(ActName::of(&edited), Some(ActName::AcceptEdited));
    assert_eq!(ActName::of(&[accept(1), accept(2)]), Some(ActName::Accept));
    let reject = PlanCommand::RejectProposal {
        proposal: id(2),
        reason: "日常".into(),
    };
    assert_eq!(ActName::of(&[accept(1), reject]), Some(ActName::Several));
}

#[test]
fn import_10_only_the_person_takes_back_and_only_the_latest_first() {
    let mut plan = plan();
    act(&mut plan, ZHOU, vec![accept(1)]).unwrap();
    act(&mut plan, ZHOU, vec![accept(2)]).unwrap();
    let first = plan.acts[0].id;
    let command = || vec![PlanCommand::UndoAct { act: first }];
    assert_eq!(act(&mut plan, LI, command()).unwrap_err().code, "not_yours");
    assert_eq!(
        act(&mut plan, ZHOU, command()).unwrap_err().code,
        "undo_order"
    );
    undo(&mut plan, ZHOU).unwrap();
    act(&mut plan, ZHOU, command()).unwrap();
    assert_eq!(
        act(&mut plan, ZHOU, command()).unwrap_err().code,
        "already_undone"
    );
}

#[test]
fn import_10_what_somebody_else_changed_since_is_not_overwritten() {
    let mut plan = plan();
    let untouched = standing(&plan);
    act(&mut plan, ZHOU, vec![accept(1)]).unwrap();
    act(&mut plan, LI, vec![accept(2)]).unwrap();
    let reopen = PlanCommand::ReopenProposal { proposal: id(1) };
    act(&mut plan, LI, vec![reopen]).unwrap();
    let refusal = undo(&mut plan, ZHOU).unwrap_err();
    assert_eq!(refusal.code, "changed_since");
    // Once the other has taken it back, nothing stands in the way.
    undo(&mut plan, LI).unwrap();
    undo(&mut plan, ZHOU).unwrap();
    undo(&mut plan, LI).unwrap();
    assert_eq!(standing(&plan), untouched);
}

#[test]
fn import_13_nothing_stands_with_what_an_undo_takes_away() {
    let mut plan = plan();
    let reject = PlanCommand::RejectProposal {
        proposal: id(1),
        reason: "日常".into(),
    };
    act(&mut plan, ZHOU, vec![reject]).unwrap();
    let reopen = PlanCommand::ReopenProposal { proposal: id(1) };
    act(&mut plan, ZHOU, vec![reopen]).unwrap();
    let known = plan.proposal(id(2)).unwrap().draft.clone();
    let alike = PlanCommand::EditProposal {
        proposal: id(2),
        draft: Box::new(Draft {
            leads: vec![LEAD],
            ..known
        }),
    };
    act(&mut plan, LI, vec![alike]).unwrap();
    let merge = PlanCommand::MergeProposal {
        proposal: id(2),
        into: id(1),
    };
    act(&mut plan, LI, vec![merge]).unwrap();
    assert_eq!(undo(&mut plan, ZHOU).unwrap_err().code, "has_merged");
}

#[test]
fn import_10_a_final_plan_takes_nothing_back() {
    let mut plan = plan();
    act(&mut plan, ZHOU, vec![accept(1)]).unwrap();
    plan.state = PlanState::Final;
    assert_eq!(undo(&mut plan, ZHOU).unwrap_err().code, "final");
}

#[test]
fn import_10_a_decision_names_who_made_it_while_it_stands() {
    let mut plan = plan();
    act(&mut plan, LI, vec![accept(1)]).unwrap();
    assert_eq!(
        plan.deciders()[&id(1)].person,
        PersonId(Uuid::from_u128(LI))
    );
    undo(&mut plan, LI).unwrap();
    assert!(plan.deciders().is_empty());
}

fn commands(plan: &Plan, (kind, n, other): (u8, u128, u128)) -> Vec<PlanCommand> {
    let proposal = id(n);
    let reason = "原则性表述".to_owned();
    let clause = u32::try_from(n + other).unwrap_or_default() % 4;
    match kind {
        0 => vec![accept(n)],
        1 => vec![edit(plan, n, &format!("第{other}稿"), OTHER)],
        2 => vec![edit(plan, n, "改后采纳", LEAD), accept(n)],
        3 => vec![PlanCommand::RejectProposal { proposal, reason }],
        4 => vec![PlanCommand::MergeProposal {
            proposal,
            into: id(other),
        }],
        5 => vec![PlanCommand::ReopenProposal { proposal }],
        6 => vec![PlanCommand::AcceptClause { clause }],
        7 => vec![PlanCommand::DismissClause { clause, reason }],
        8 => vec![PlanCommand::ReopenClause { clause }],
        _ => vec![PlanCommand::AmendDetails(PlanDetails {
            title: format!("方案{other}"),
            ..plan.details.clone()
        })],
    }
}

proptest! {
    /// Random acts of two people, then all taken back, latest first: the plan as imported.
    #[test]
    fn import_10_undoing_everything_gives_the_plan_as_imported(
        wishes in proptest::collection::vec((0u8..10, 1u128..3, 1u128..3, any::<bool>()), 0..40)
    ) {
        let mut plan = plan();
        let imported = standing(&plan);
        for (kind, n, other, first) in wishes {
            let person = if first { ZHOU } else { LI };
            let wish = commands(&plan, (kind, n, other));
            // What may not be is refused and leaves no act.
            act(&mut plan, person, wish).ok();
        }
        let last = |plan: &Plan| plan.standing_acts().next().map(|act| act.by.person.0.as_u128());
        while let Some(person) = last(&plan) {
            undo(&mut plan, person).unwrap();
        }
        prop_assert_eq!(standing(&plan), imported);
    }

    /// One person alone can always take back step by step, and each step stands as it was.
    #[test]
    fn import_10_each_step_back_is_where_one_was(
        wishes in proptest::collection::vec((0u8..10, 1u128..3, 1u128..3), 0..20)
    ) {
        let mut plan = plan();
        let mut stood = Vec::new();
        for wish in wishes {
            let before = standing(&plan);
            let wish = commands(&plan, wish);
            let known = plan.acts.len();
            act(&mut plan, ZHOU, wish).ok();
            if plan.acts.len() > known {
                stood.push(before);
            }
        }
        while let Some(before) = stood.pop() {
            undo(&mut plan, ZHOU).unwrap();
            prop_assert_eq!(standing(&plan), before);
        }
    }
}
