//! A plan's rows.

use luoshi_domain::ids::{PlanId, ProposalId, TaskId};
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::hints::{Change, Experience, Suggestion, SuggestionSource};
use luoshi_domain::plans::lineage::{Carry, Lineage, YearCopy};
use luoshi_domain::plans::questions::{Answer, Settlement, TextQuestion, Topic};
use luoshi_domain::plans::{
    Clause, Coverage, Decision, Draft, Imported, Plan, PlanDetails, PlanEvent, PlanState, Proposal,
    ProposalKind, Reading, Versioned,
};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::Level;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{BUREAU, OTHER_BUREAU, at, day, signed, unit, verify};

contract! {
    a_plan_reads_back_as_it_was_saved_after_every_event,
    plans_are_listed_newest_first_with_their_coverage,
    one_text_is_imported_once_in_a_bureau,
    one_text_is_imported_once_for_each_other_year,
    a_plans_text_is_read_alone,
    a_stale_plan_is_refused,
    a_plan_with_3000_proposals_is_imported_whole,
}

pub(crate) fn plan_id(n: u128) -> PlanId {
    PlanId(Uuid::from_u128(0x9000 + n))
}

pub(crate) fn proposal_id(n: u32) -> ProposalId {
    ProposalId(Uuid::from_u128(0x9_0000 + u128::from(n)))
}

fn draft(n: u32) -> Draft {
    Draft {
        kind: ProposalKind::Task,
        title: format!("事项 {n}"),
        target: "完成".into(),
        level: Level::Major,
        leads: vec![unit(1)],
        co_units: vec![unit(2), unit(3)],
        limit: Some(day(90)),
        frequency: Some("每季度".into()),
    }
}

pub(crate) fn imported(digest: &str, proposals: u32) -> Imported {
    let clause = |path: &str, has_text| Clause {
        path: path.into(),
        level: 1,
        title: "总体要求".into(),
        start: 0,
        end: 40,
        has_text,
        no_action: None,
    };
    let proposal = |n| Proposal {
        // Reading order is not the order of the ids.
        id: proposal_id(10_000 - n),
        clause: n % 2,
        start: n,
        end: n + 8,
        quote: "公路科牵头，每季度一次。".into(),
        draft: draft(n),
        reading: Reading {
            responsible: vec!["公路科".into()],
            responsible_from: "sentence".into(),
            co_responsible: Vec::new(),
            deadline: Some("年底前".into()),
            frequency: None,
            quantities: vec!["一次".into()],
            confidence: 80,
            due: Some("XXXX-12-31".into()),
            ..Reading::default()
        },
        decision: Decision::Open,
        carried: None,
    };
    Imported {
        details: PlanDetails {
            title: "《实施方案》".into(),
            issuer: Some("局党委".into()),
            number: None,
            issued_on: Some(day(-3)),
            year: Some(2026),
            category: "plan".into(),
            ..PlanDetails::default()
        },
        file_name: "方案.docx".into(),
        digest: digest.into(),
        text: "一、总体要求\n公路科牵头，每季度一次。".repeat(3),
        clauses: vec![clause("一", true), clause("二", true), clause("三", false)],
        proposals: (0..proposals).map(proposal).collect(),
        lineage: Lineage {
            read_year: Some(2026),
            ..Lineage::default()
        },
        questions: vec![TextQuestion {
            topic: Topic::Attachment,
            start: 1,
            end: 4,
            words: "附件1".into(),
            asks: "附件1在哪里？".into(),
        }],
    }
}

/// Imports a plan in a unit of work of its own.
pub(crate) async fn import(database: &Database, n: u128, proposals: u32) -> Plan {
    let imported = imported(&format!("d{n}"), proposals);
    let second = i64::try_from(n).unwrap();
    let plan = Plan::imported(plan_id(n), &imported, at(second));
    let events = [PlanEvent::Imported(Box::new(imported))];
    let mut work = database.write(BUREAU).await.unwrap();
    work.plan_save(&plan, &events, &signed(second))
        .await
        .unwrap();
    work.commit().await.unwrap();
    plan
}

/// What a person does to the sample plan.
pub(crate) fn steps() -> Vec<Vec<PlanEvent>> {
    let decided = |n: u32, decision| PlanEvent::ProposalDecided {
        proposal: proposal_id(10_000 - n),
        decision,
    };
    let edited = Draft {
        kind: ProposalKind::Recurring,
        ..draft(99)
    };
    let amended = PlanDetails {
        number: Some("交发〔2026〕9号".into()),
        default_limit: Some(day(300)),
        addressee: Some("局属各单位".into()),
        ..imported("", 0).details
    };
    vec![
        vec![PlanEvent::DetailsAmended { details: amended }],
        vec![
            PlanEvent::ProposalEdited {
                proposal: proposal_id(10_000),
                draft: Box::new(edited),
            },
            decided(0, Decision::Accepted),
        ],
        vec![decided(
            2,
            Decision::Merged {
                into: proposal_id(10_000),
            },
        )],
        vec![
            PlanEvent::ClauseDismissed {
                clause: 1,
                reason: "已有安排".into(),
            },
            decided(
                1,
                Decision::Rejected {
                    reason: "已有安排".into(),
                },
            ),
        ],
        vec![PlanEvent::ClauseReopened { clause: 1 }],
        hints(),
        vec![
            PlanEvent::ActBegun {
                name: ActName::AcceptEdited,
                events: 2,
            },
            PlanEvent::ProposalEdited {
                proposal: proposal_id(9_999),
                draft: Box::new(draft(98)),
            },
            decided(1, Decision::Accepted),
        ],
        // The act began with the thirteenth event.
        vec![
            PlanEvent::ActUndone { act: 13 },
            PlanEvent::ProposalEdited {
                proposal: proposal_id(9_999),
                draft: Box::new(draft(1)),
            },
            decided(1, Decision::Open),
        ],
        vec![PlanEvent::Versioned(Box::new(versioned()))],
        vec![PlanEvent::QuestionSettled {
            key: "attachment:1-4".into(),
            settlement: Settlement {
                answer: Answer::Supplied,
                note: "已补交".into(),
            },
        }],
        vec![
            PlanEvent::Unversioned,
            PlanEvent::VersionDenied { plan: plan_id(7) },
        ],
        vec![
            PlanEvent::Superseded {
                by: Some(plan_id(8)),
            },
            decided(
                1,
                Decision::Covered {
                    tasks: vec![TaskId(Uuid::from_u128(5))],
                },
            ),
        ],
        vec![PlanEvent::Finalised {
            tasks: vec![TaskId(Uuid::from_u128(1))],
        }],
    ]
}

/// The bureau's experience used, and suggestions that stay, are taken and ignored.
fn hints() -> Vec<PlanEvent> {
    let proposal = proposal_id(9_999);
    let suggestion = |number, day_count| Suggestion {
        number,
        source: SuggestionSource::Model,
        change: Change::Limit {
            day: day(day_count),
        },
        quote: "年底前".into(),
    };
    let reading = Reading {
        responsible: vec!["路网中心".into()],
        experience: vec![Experience::Name {
            name: "路网中心".into(),
            units: vec![unit(1)],
            count: 3,
            of: 3,
        }],
        ..Reading::default()
    };
    vec![
        PlanEvent::ProposalReread {
            proposal,
            draft: Box::new(draft(98)),
            reading: Box::new(reading),
        },
        PlanEvent::Suggested {
            proposal,
            suggestions: vec![suggestion(0, 10), suggestion(1, 20), suggestion(2, 30)],
        },
        PlanEvent::SuggestionTaken {
            proposal,
            number: 1,
            draft: Box::new(draft(97)),
        },
        PlanEvent::SuggestionIgnored {
            proposal,
            number: 0,
        },
    ]
}

/// The first proposal and the second clause are as they were in another plan.
fn versioned() -> Versioned {
    Versioned {
        plan: plan_id(7),
        nth: 2,
        carries: vec![Carry {
            proposal: proposal_id(9_999),
            from: proposal_id(1),
            draft: Box::new(draft(77)),
            decision: Decision::Accepted,
        }],
        no_action: vec![(2, "背景".into())],
        title: "《实施方案》".into(),
    }
}

async fn a_plan_reads_back_as_it_was_saved_after_every_event(database: &Database) {
    let mut plan = import(database, 1, 3).await;
    for (second, events) in (2..).zip(steps()) {
        for event in &events {
            plan.apply(event, &signed(second));
        }
        let mut work = database.write(BUREAU).await.unwrap();
        work.plan_save(&plan, &events, &signed(second))
            .await
            .unwrap();
        work.commit().await.unwrap();
        let mut work = database.read(BUREAU).await.unwrap();
        assert_eq!(work.plan_get(plan.id).await.unwrap(), Some(plan.clone()));
    }
    assert_eq!(plan.state, PlanState::Final);
    assert_eq!(plan.acts.len(), 1);
    assert!(plan.acts[0].undone);
    assert_eq!(verify(database, BUREAU).await, Ok(25));
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.plan_get(plan.id).await.unwrap(), None);
}

async fn plans_are_listed_newest_first_with_their_coverage(database: &Database) {
    for n in 1..=3 {
        import(database, n, 2).await;
    }
    let mut plan = import(database, 4, 3).await;
    let mut work = database.write(BUREAU).await.unwrap();
    let events = &steps()[3];
    for event in events {
        plan.apply(event, &signed(5));
    }
    work.plan_save(&plan, events, &signed(5)).await.unwrap();
    let listed = work.plans_list(3).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|row| row.id).collect();
    assert_eq!(ids, [plan_id(4), plan_id(3), plan_id(2)]);
    let first = &listed[0];
    let coverage = Coverage {
        settled: 1,
        total: 2,
    };
    assert_eq!((first.coverage, first.proposals), (coverage, 3));
    assert_eq!(first.title, plan.details.title);
    assert_eq!(first.imported_at, at(4));
}

async fn one_text_is_imported_once_in_a_bureau(database: &Database) {
    import(database, 1, 1).await;
    let mut work = database.write(BUREAU).await.unwrap();
    let known = work.plans_with_digest("d1").await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].id, known[0].year), (plan_id(1), Some(2026)));
    assert!(work.plans_with_digest("d2").await.unwrap().is_empty());
    let again = imported("d1", 1);
    let plan = Plan::imported(plan_id(2), &again, at(2));
    let events = [PlanEvent::Imported(Box::new(again))];
    let refused = work.plan_save(&plan, &events, &signed(2)).await;
    assert!(matches!(refused, Err(StoreError::Taken)), "{refused:?}");
    drop(work);
    let mut work = database.write(OTHER_BUREAU).await.unwrap();
    work.plan_save(&plan, &events, &signed(2)).await.unwrap();
}

async fn one_text_is_imported_once_for_each_other_year(database: &Database) {
    import(database, 1, 1).await;
    let copy = |to| Imported {
        lineage: Lineage {
            year_of: Some(YearCopy {
                plan: plan_id(1),
                from: 2026,
                to,
            }),
            ..Lineage::default()
        },
        ..imported("d1", 1)
    };
    let mut work = database.write(BUREAU).await.unwrap();
    for (n, to, taken) in [(2, 2027, false), (3, 2028, false), (4, 2027, true)] {
        let copied = copy(to);
        let plan = Plan::imported(plan_id(n), &copied, at(2));
        let events = [PlanEvent::Imported(Box::new(copied))];
        let saved = work.plan_save(&plan, &events, &signed(2)).await;
        assert_eq!(matches!(saved, Err(StoreError::Taken)), taken, "{saved:?}");
        if !taken {
            let years = work.plans_with_digest("d1").await.unwrap();
            assert!(years.iter().any(|row| row.lineage == plan.lineage));
        }
    }
}

async fn a_plans_text_is_read_alone(database: &Database) {
    let plan = import(database, 1, 1).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.plan_text(plan.id).await.unwrap(), Some(plan.text));
    assert_eq!(work.plan_text(plan_id(9)).await.unwrap(), None);
}

async fn a_stale_plan_is_refused(database: &Database) {
    let plan = import(database, 1, 3).await;
    let (mut first, mut second) = (plan.clone(), plan);
    for (plan, events, expected) in [
        (&mut first, &steps()[0], true),
        (&mut second, &steps()[1], false),
    ] {
        for event in events {
            plan.apply(event, &signed(2));
        }
        let mut work = database.write(BUREAU).await.unwrap();
        let saved = work.plan_save(plan, events, &signed(2)).await;
        assert_eq!(saved.is_ok(), expected, "{saved:?}");
        if saved.is_ok() {
            work.commit().await.unwrap();
        }
    }
}

async fn a_plan_with_3000_proposals_is_imported_whole(database: &Database) {
    let plan = import(database, 1, 3000).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let read = work.plan_get(plan.id).await.unwrap().unwrap();
    assert!(read == plan, "3000 proposals read back in reading order");
}
