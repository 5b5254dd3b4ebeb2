//! Spans follow the edition of the thresholds, and what turned is noted once.

use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::changes::{LightChange, LightEdition};
use luoshi_domain::lights::{Colour, LeadNumbers};
use luoshi_domain::ports::{Store, UnitOfWork};
use luoshi_domain::tasks::lists::{LightFilter, TaskFilter, Visibility};
use luoshi_store::Database;

use crate::samples::{BUREAU, OTHER_BUREAU, day, fed_back, issued, open_task, step, today};

contract! {
    another_edition_moves_the_lights_part_by_part,
    a_row_of_an_earlier_edition_is_made_again_as_it_was_judged,
    time_10_a_light_that_turned_is_noted_once,
}

/// Tasks issued today, their limits in thirty days, so far done.
async fn issue(database: &Database, count: u128) {
    for n in 0..count {
        let mut task = open_task(database, BUREAU, n).await;
        let number = format!("〔2026〕{n}号");
        step(database, BUREAU, &mut task, issued(&number), 2)
            .await
            .unwrap();
        step(database, BUREAU, &mut task, fed_back(50), 3)
            .await
            .unwrap();
    }
    open_task(database, OTHER_BUREAU, 999).await;
}

async fn begin(database: &Database, number: i64, due_soon_days: i64) {
    let mut work = database.write(BUREAU).await.unwrap();
    let edition = LightEdition {
        number,
        since: today(),
        numbers: LeadNumbers {
            due_soon_days,
            ..LeadNumbers::default()
        },
    };
    work.light_edition_add(&edition).await.unwrap();
    assert_eq!(work.light_edition().await.unwrap(), edition);
    assert_eq!(work.rules_versions().await.unwrap().lights, number);
    work.commit().await.unwrap();
}

async fn yellow(work: &mut dyn UnitOfWork) -> u32 {
    let filter = TaskFilter {
        light: Some(LightFilter {
            colour: Colour::Yellow,
            today: today(),
        }),
        ..TaskFilter::new(Visibility::All)
    };
    work.tasks_count(&filter, 100).await.unwrap()
}

async fn another_edition_moves_the_lights_part_by_part(database: &Database) {
    issue(database, 5).await;
    begin(database, 1, 30).await;
    for (done, lit) in [(2, 2), (2, 4), (1, 5), (0, 5)] {
        let mut work = database.write(BUREAU).await.unwrap();
        assert_eq!(
            work.lights_are_current().await.unwrap(),
            lit == 5 && done == 0
        );
        assert_eq!(work.lights_refresh(2).await.unwrap(), done);
        work.commit().await.unwrap();
        let mut work = database.read(BUREAU).await.unwrap();
        assert_eq!(yellow(&mut *work).await, lit);
    }
}

async fn a_row_of_an_earlier_edition_is_made_again_as_it_was_judged(database: &Database) {
    issue(database, 3).await;
    begin(database, 1, 30).await;
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.lights_refresh(2).await.unwrap(), 2);
    work.commit().await.unwrap();
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
    database.rebuild(BUREAU).await.unwrap();
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
}

async fn time_10_a_light_that_turned_is_noted_once(database: &Database) {
    issue(database, 3).await;
    let mut seen: Vec<(TaskId, Option<Colour>)> = Vec::new();
    for (on, colour) in [(today(), Colour::Green), (day(31), Colour::Red)] {
        let mut work = database.write(BUREAU).await.unwrap();
        let mut after = None;
        loop {
            let turned = work.lights_turned(on, after, 2).await.unwrap();
            let Some(last) = turned.last() else { break };
            after = Some(last.task.id);
            for turned in turned {
                seen.push((turned.task.id, turned.before));
                let change = LightChange {
                    task: turned.task.id,
                    day: on,
                    before: turned.before,
                    after: colour,
                    rule: "overdue".into(),
                    reason: "逾期 1 个工作日".into(),
                    numbers: "命中".into(),
                    edition: 0,
                };
                work.light_change_note(&change).await.unwrap();
            }
        }
        assert!(work.lights_turned(on, None, 9).await.unwrap().is_empty());
        work.commit().await.unwrap();
    }
    let first = seen[0].0;
    assert_eq!(seen.len(), 6);
    assert_eq!((seen[0].1, seen[3].1), (None, Some(Colour::Green)));
    let mut work = database.read(BUREAU).await.unwrap();
    let changes = work.light_changes_of(first).await.unwrap();
    let turns: Vec<_> = changes
        .iter()
        .map(|change| (change.before, change.after))
        .collect();
    assert_eq!(
        turns,
        [(None, Colour::Green), (Some(Colour::Green), Colour::Red)]
    );
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert!(other.light_changes_of(first).await.unwrap().is_empty());
}
