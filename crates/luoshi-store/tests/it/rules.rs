//! Packs, notices, limits of steps, reminders and feeds.

use luoshi_domain::calendar::{Announced, CalendarEvent, DayKind, Notice, NoticeDay};
use luoshi_domain::limits::Step;
use luoshi_domain::packs::{PackEvent, PackKey, PackSet};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::lists::{Queue, TaskFilter, Visibility};
use luoshi_domain::tasks::timing::{LimitCause, TaskLimit};
use luoshi_domain::tasks::{Grade, ReturnStage, TaskEvent};
use luoshi_store::Database;

use crate::samples::{
    ANN, BUREAU, OTHER_BUREAU, at, day, details, issued, opened, signed, task_id,
};

contract! {
    sys_06_packs_read_back_as_they_were_saved_for_their_bureau_alone,
    sys_06_stale_packs_are_refused,
    time_08_notices_read_back_and_the_tables_are_made_again_from_the_journal,
    time_03_limits_of_steps_are_rows_until_the_step_is_taken,
    time_07_the_oldest_open_task_is_the_one_issued_first,
    time_07_a_matter_leaves_the_register_only_by_closing_or_cancelling,
    time_10_a_day_and_a_reminder_are_noted_once,
    a_feed_is_found_by_its_secret_until_it_is_taken_back,
}

fn adopted(key: PackKey, text: &str) -> PackEvent {
    PackEvent::Adopted {
        key,
        effective: day(1),
        text: text.into(),
        shipped: false,
        reason: "本局采用".into(),
    }
}

async fn save_packs(database: &Database, events: &[PackEvent]) -> PackSet {
    let mut set = PackSet::default();
    for (second, event) in (1..).zip(events) {
        set.apply(event, &signed(second));
        let mut work = database.write(BUREAU).await.unwrap();
        work.packs_save(&set, event, &signed(second)).await.unwrap();
        work.commit().await.unwrap();
    }
    set
}

fn steps() -> Vec<PackEvent> {
    vec![
        adopted(PackKey::W, "key = \"w\""),
        adopted(PackKey::C, "key = \"c\""),
        PackEvent::Dropped {
            key: PackKey::W,
            effective: day(3),
            reason: "不用".into(),
        },
    ]
}

async fn sys_06_packs_read_back_as_they_were_saved_for_their_bureau_alone(database: &Database) {
    let set = save_packs(database, &steps()).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.packs_load().await.unwrap(), set);
    let versions = work.rules_versions().await.unwrap();
    assert_eq!(
        (versions.packs, versions.calendar, versions.lights),
        (3, 0, 0)
    );
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(other.packs_load().await.unwrap(), PackSet::default());
    let keys = |on| set.in_force(on).into_keys().collect::<Vec<_>>();
    assert_eq!(keys(day(0)), []);
    assert_eq!(keys(day(2)), [PackKey::W, PackKey::C]);
    assert_eq!(keys(day(3)), [PackKey::C]);
}

async fn sys_06_stale_packs_are_refused(database: &Database) {
    save_packs(database, &steps()).await;
    let mut stale = PackSet::default();
    let event = adopted(PackKey::P, "key = \"p\"");
    stale.apply(&event, &signed(9));
    let mut work = database.write(BUREAU).await.unwrap();
    let refused = work.packs_save(&stale, &event, &signed(9)).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
}

async fn time_08_notices_read_back_and_the_tables_are_made_again_from_the_journal(
    database: &Database,
) {
    let mut notice = Notice::of_year(2027);
    let off = NoticeDay {
        kind: DayKind::Off,
        holiday: "元旦".into(),
    };
    notice.days.insert("2027-01-01".parse().unwrap(), off);
    let event = CalendarEvent::Announced { notice };
    let mut announced = Announced::default();
    announced.apply(&event, &signed(1));
    let mut work = database.write(BUREAU).await.unwrap();
    work.calendar_save(&announced, &event, &signed(1))
        .await
        .unwrap();
    work.commit().await.unwrap();
    save_packs(database, &steps()).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.calendar_load().await.unwrap(), announced);
    let versions = work.rules_versions().await.unwrap();
    assert_eq!((versions.packs, versions.calendar), (3, 1));
    drop(work);
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
    database.rebuild(BUREAU).await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.calendar_load().await.unwrap(), announced);
}

/// An issued task with a limit of its deployment, and the event that counts none.
async fn limited(database: &Database, n: u128, second: i64) -> luoshi_domain::tasks::Task {
    let (mut task, mut events) = opened(n, details(n), second);
    let limit = TaskLimit {
        policy: "13710".into(),
        entry: "same_day".into(),
        from: Step::Received,
        to: Step::Deployed,
        start: day(1),
        day: day(1),
        warn_days: 0,
        by_plan: false,
    };
    let more = [
        issued("〔2026〕1号"),
        TaskEvent::LimitsCounted {
            cause: LimitCause::Step,
            limits: vec![limit],
            moved: Vec::new(),
        },
    ];
    for event in more {
        task.apply(&event, &signed(second));
        events.push(event);
    }
    let mut work = database.write(BUREAU).await.unwrap();
    let (first, later) = events.split_at(1);
    let mut begun = opened(n, details(n), second).0;
    work.task_save(&begun, first, &signed(second))
        .await
        .unwrap();
    for event in later {
        begun.apply(event, &signed(second));
    }
    work.task_save(&begun, later, &signed(second))
        .await
        .unwrap();
    work.commit().await.unwrap();
    task
}

async fn time_03_limits_of_steps_are_rows_until_the_step_is_taken(database: &Database) {
    let mut task = limited(database, 1, 1).await;
    assert_eq!(task.steps_due().count(), 1);
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    let event = TaskEvent::Deployed {
        text: "三步走".into(),
        until: None,
    };
    task.apply(&event, &signed(5));
    let mut work = database.write(BUREAU).await.unwrap();
    work.task_save(&task, &[event], &signed(5)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(task.steps_due().count(), 0);
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
}

async fn time_07_the_oldest_open_task_is_the_one_issued_first(database: &Database) {
    let mut filter = TaskFilter::new(Visibility::All);
    filter.queue = Some(Queue::Open);
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.tasks_oldest(&filter).await.unwrap(), None);
    drop(work);
    let first = limited(database, 1, 1).await;
    limited(database, 2, 200_000).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let oldest = work.tasks_oldest(&filter).await.unwrap();
    assert_eq!(oldest, first.issued_on());
}

async fn time_07_a_matter_leaves_the_register_only_by_closing_or_cancelling(database: &Database) {
    let closed = || TaskEvent::Closed {
        grade: Grade::Good,
        opinion: "同意".into(),
    };
    let mut last = None;
    for n in 0..30 {
        let (mut task, mut events) = opened(n, details(n), 1);
        let mut more = vec![issued(&format!("〔2026〕{n}号"))];
        match n {
            0..28 => more.push(closed()),
            28 => more.push(TaskEvent::Cancelled {
                reason: "任务调整".into(),
            }),
            // Handed back, it is still to be done by somebody.
            _ => more.push(TaskEvent::SentBack {
                stage: ReturnStage::Assignment,
                reason: "不属本单位职责".into(),
            }),
        }
        for event in more {
            task.apply(&event, &signed(2));
            events.push(event);
        }
        let mut work = database.write(BUREAU).await.unwrap();
        work.task_save(&task, &events, &signed(2)).await.unwrap();
        work.commit().await.unwrap();
        last = Some(task);
    }
    let mut filter = TaskFilter::new(Visibility::All);
    filter.queue = Some(Queue::Open);
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.tasks_count(&filter, 100).await.unwrap(), 1);
    let (mut task, event) = (last.unwrap(), closed());
    task.apply(&event, &signed(3));
    work.task_save(&task, &[event], &signed(3)).await.unwrap();
    assert_eq!(work.tasks_count(&filter, 100).await.unwrap(), 0);
}

async fn time_10_a_day_and_a_reminder_are_noted_once(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    assert!(work.sweep_begin(day(1)).await.unwrap());
    assert!(!work.sweep_begin(day(1)).await.unwrap());
    assert!(work.sweep_begin(day(2)).await.unwrap());
    let mut noted = Vec::new();
    for stamp in ["2026-03-01", "2026-03-01", "2026-03-08"] {
        let first = work.reminder_note(task_id(1), "due", stamp, at(1)).await;
        noted.push(first.unwrap());
    }
    assert_eq!(noted, [true, false, true]);
    assert_eq!(work.sweep_report(day(1)).await.unwrap(), None);
    work.sweep_finish(day(1), "{\"due\":1}").await.unwrap();
    let report = work.sweep_report(day(1)).await.unwrap();
    assert_eq!(report.as_deref(), Some("{\"due\":1}"));
    work.commit().await.unwrap();
    let mut other = database.write(OTHER_BUREAU).await.unwrap();
    assert!(other.sweep_begin(day(1)).await.unwrap());
}

async fn a_feed_is_found_by_its_secret_until_it_is_taken_back(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    work.feed_save(ANN, "first", at(1)).await.unwrap();
    work.feed_save(ANN, "second", at(2)).await.unwrap();
    assert_eq!(work.feed_since(ANN).await.unwrap(), Some(at(2)));
    work.commit().await.unwrap();
    assert_eq!(database.feed_find("first").await.unwrap(), None);
    let found = database.feed_find("second").await.unwrap();
    assert_eq!(found, Some((BUREAU, ANN)));
    let mut work = database.write(BUREAU).await.unwrap();
    work.feed_drop(ANN).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(database.feed_find("second").await.unwrap(), None);
}
