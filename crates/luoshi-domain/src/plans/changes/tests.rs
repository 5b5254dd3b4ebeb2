use uuid::Uuid;

use super::*;
use crate::plans::{Draft, Imported, PlanDetails, ProposalKind, Reading};
use crate::tasks::Level;

fn id(n: u128) -> ProposalId {
    ProposalId(Uuid::from_u128(n))
}

/// A plan of clauses `(path, text)`; each text is one proposal, named from `first` on.
fn plan(n: u128, first: u128, clauses: &[(&str, &str)]) -> Plan {
    let mut text = String::new();
    let mut own = Vec::new();
    let mut proposals = Vec::new();
    for (place, (path, words)) in (0u32..).zip(clauses) {
        let start = u32::try_from(text.chars().count()).unwrap();
        text.push_str(words);
        text.push('\n');
        own.push(Clause {
            path: (*path).into(),
            level: 1,
            title: String::new(),
            start,
            end: u32::try_from(text.chars().count()).unwrap(),
            has_text: true,
            no_action: None,
        });
        proposals.push(Proposal {
            id: id(first + u128::from(place)),
            clause: place,
            start,
            end: start,
            quote: words
                .trim_start_matches(|letter: char| !letter.is_alphabetic())
                .into(),
            draft: Draft {
                kind: ProposalKind::Task,
                title: (*words).into(),
                target: String::new(),
                level: Level::Ordinary,
                leads: Vec::new(),
                co_units: Vec::new(),
                limit: None,
                frequency: None,
            },
            reading: Reading::default(),
            decision: Decision::Open,
            carried: None,
        });
    }
    let imported = Imported {
        details: PlanDetails::default(),
        file_name: String::new(),
        digest: String::new(),
        text,
        clauses: own,
        proposals,
        lineage: Default::default(),
        questions: Vec::new(),
    };
    Plan::imported(
        crate::ids::PlanId(Uuid::from_u128(n)),
        &imported,
        chrono::DateTime::UNIX_EPOCH,
    )
}

fn both() -> (Plan, Plan) {
    let before = plan(
        1,
        10,
        &[
            ("一", "规划科编制三年规划并报局长办公会审定"),
            ("二", "安全科每月排查在建工地的安全隐患"),
            ("三", "办公室编发工作简报"),
            ("四", "运输科开展客运市场专项整治"),
        ],
    );
    let after = plan(
        2,
        20,
        &[
            ("一", "规划科编制五年规划并报局长办公会审定"),
            ("二", "财务科清理往来账款"),
            ("三", "安全科每月排查在建工地的安全隐患"),
            ("四", "运输科开展客运市场专项整治"),
        ],
    );
    (before, after)
}

#[test]
fn import_12_each_clause_is_unchanged_moved_changed_new_or_gone() {
    let (before, after) = both();
    let listed = between(&before, &after);
    let said: Vec<_> = listed
        .iter()
        .map(|change| (change.standing, change.before, change.after))
        .collect();
    assert_eq!(
        said,
        [
            (Standing::Changed, Some(0), Some(0)),
            (Standing::New, None, Some(1)),
            (Standing::Moved, Some(1), Some(2)),
            (Standing::Gone, Some(2), None),
            (Standing::Unchanged, Some(3), Some(3)),
        ]
    );
}

#[test]
fn import_12_only_what_did_not_change_keeps_its_outcome() {
    let (mut before, after) = both();
    let task = TaskId(Uuid::from_u128(77));
    for known in &mut before.proposals {
        known.decision = Decision::Accepted;
        known.draft.title.push_str("（已改）");
    }
    before.state = PlanState::Final;
    let tasks = HashMap::from([(id(11), vec![task]), (id(13), Vec::new())]);
    let versioned = versioned(&before, &after, &tasks);
    assert_eq!(versioned.nth, 2);
    let carried: Vec<_> = versioned
        .carries
        .iter()
        .map(|carry| (carry.proposal, carry.from, carry.decision.clone()))
        .collect();
    // One has its task; the other's was cancelled and is asked again with the edited draft.
    let covered = Decision::Covered { tasks: vec![task] };
    assert_eq!(
        carried,
        [(id(22), id(11), covered), (id(23), id(13), Decision::Open)]
    );
    let mut later = after;
    let by = crate::journal::Signed {
        at: chrono::DateTime::UNIX_EPOCH,
        person: crate::ids::PersonId(Uuid::nil()),
        name: String::new(),
        title: String::new(),
        hand: None,
    };
    let read = later.clone();
    later.apply(
        &crate::plans::PlanEvent::Versioned(Box::new(versioned)),
        &by,
    );
    assert!(later.tasks_to_open().is_empty());
    assert!(later.proposals[3].draft.title.ends_with("（已改）"));
    assert_eq!(later.lineage.previous(), Some(before.id));
    later.apply(&crate::plans::PlanEvent::Unversioned, &by);
    assert_eq!(later.proposals, read.proposals);
}

#[test]
fn import_12_the_same_words_for_another_unit_or_year_are_asked_again() {
    let (mut before, mut after) = both();
    for known in &mut before.proposals {
        known.decision = Decision::Accepted;
        known.reading.responsible = vec!["安全科".into()];
        known.reading.due = Some("2025-06-30".into());
    }
    for known in &mut after.proposals {
        known.reading = before.proposals[0].reading.clone();
    }
    let none = HashMap::new();
    assert_eq!(versioned(&before, &after, &none).carries.len(), 2);
    after.proposals[2].reading.responsible = vec!["办公室".into()];
    assert_eq!(versioned(&before, &after, &none).carries.len(), 1);
    after.proposals[3].reading.due = Some("2026-06-30".into());
    assert!(versioned(&before, &after, &none).carries.is_empty());
}

#[test]
fn import_12_a_merge_leads_to_the_later_proposal_or_is_open() {
    let (mut before, after) = both();
    before.proposals[1].decision = Decision::Merged { into: id(13) };
    before.proposals[3].decision = Decision::Accepted;
    let none = HashMap::new();
    let merged = versioned(&before, &after, &none).carries;
    assert_eq!(merged[0].decision, Decision::Merged { into: id(23) });
    before.proposals[3].decision = Decision::Open;
    before.proposals[1].draft.title.push('！');
    let open = versioned(&before, &after, &none).carries;
    assert_eq!(open[0].decision, Decision::Open);
}
