//! The rows of what a bureau has learnt.

use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::lessons::{KindPair, KindSetting, Lessons, LessonsEvent, NamePair};
use luoshi_domain::plans::ProposalKind;
use luoshi_domain::ports::{Store, StoreError};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{BUREAU, OTHER_BUREAU, signed, unit, verify};

contract! {
    import_07_lessons_read_back_as_they_were_saved_after_every_event,
    import_07_a_bureau_learns_for_itself_alone,
    stale_lessons_are_refused,
}

fn name(name: &str, units: &[u128]) -> NamePair {
    NamePair {
        name: name.into(),
        units: units.iter().map(|n| unit(*n)).collect(),
        proposal: ProposalId(Uuid::from_u128(0x9_0001)),
    }
}

fn kind(cue: &str, confirmed: ProposalKind) -> KindPair {
    KindPair {
        setting: KindSetting {
            proposed: ProposalKind::Task,
            cue: cue.into(),
            theme: "保障".into(),
        },
        confirmed,
        proposal: ProposalId(Uuid::from_u128(0x9_0002)),
    }
}

fn learnt(names: Vec<NamePair>, kinds: Vec<KindPair>) -> LessonsEvent {
    let plan = PlanId(Uuid::from_u128(0x9000));
    LessonsEvent::Learnt { plan, names, kinds }
}

/// Learning, forgetting one, learning it again, resetting and starting anew.
pub(crate) fn steps() -> Vec<Vec<LessonsEvent>> {
    let first = || {
        vec![
            name("路网中心", &[1]),
            name("港站办", &[2, 3]),
            name("水利局", &[]),
        ]
    };
    let rules = || vec![kind("须", ProposalKind::Rule); 3];
    vec![
        vec![learnt(first(), rules())],
        vec![learnt(first(), vec![kind("须", ProposalKind::Task)])],
        vec![LessonsEvent::Forgotten { number: 0 }],
        vec![
            learnt(first(), Vec::new()),
            LessonsEvent::Forgotten { number: 3 },
        ],
        vec![
            LessonsEvent::Reset {
                reason: "机构改革".into(),
            },
            learnt(first(), rules()),
        ],
    ]
}

/// Saves all steps, each in a unit of work of its own; what was learnt in the end.
pub(crate) async fn learn(database: &Database) -> Lessons {
    let mut lessons = Lessons::default();
    for (second, events) in (1..).zip(steps()) {
        for event in &events {
            lessons.apply(event, &signed(second));
        }
        let mut work = database.write(BUREAU).await.unwrap();
        work.lessons_save(&lessons, &events, &signed(second))
            .await
            .unwrap();
        work.commit().await.unwrap();
        let mut work = database.read(BUREAU).await.unwrap();
        assert_eq!(work.lessons_load().await.unwrap(), lessons, "step {second}");
    }
    lessons
}

async fn import_07_lessons_read_back_as_they_were_saved_after_every_event(database: &Database) {
    let lessons = learn(database).await;
    assert_eq!((lessons.names.len(), lessons.kinds.len()), (3, 1));
    assert_eq!(verify(database, BUREAU).await, Ok(7));
}

async fn import_07_a_bureau_learns_for_itself_alone(database: &Database) {
    learn(database).await;
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.lessons_load().await.unwrap(), Lessons::default());
}

async fn stale_lessons_are_refused(database: &Database) {
    let mut stale = Lessons::default();
    learn(database).await;
    let events = steps().remove(0);
    stale.apply(&events[0], &signed(9));
    let mut work = database.write(BUREAU).await.unwrap();
    let refused = work.lessons_save(&stale, &events, &signed(9)).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    assert!(work.commit().await.is_err());
}
