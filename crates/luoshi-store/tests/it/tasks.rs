//! Saving and reading tasks.

use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_domain::tasks::{Origin, TaskEvent, TaskState};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{
    BUREAU, OTHER_BUREAU, day, details, fed_back, issued, open_task, opened, origin, save, signed,
    step, task_id, verify,
};

contract! {
    a_task_reads_back_as_it_was_saved_after_every_event,
    a_stale_write_is_refused_and_leaves_nothing,
    a_unit_of_work_that_is_dropped_leaves_nothing,
    a_unit_of_work_cannot_be_committed_after_a_failed_save,
    numbers_run_without_a_gap_in_each_year,
    sys_06_bureaus_do_not_see_each_other_s_rows,
    a_text_with_a_nul_character_is_unusable,
    import_13_a_plan_knows_its_tasks_and_the_ledger_says_what_tasks_are_about,
}

async fn a_task_reads_back_as_it_was_saved_after_every_event(database: &Database) {
    let (mut task, events) = opened(1, details(1), 1);
    save(database, BUREAU, &task, &events, 1).await.unwrap();
    let closing = TaskEvent::ClosingApplied {
        summary: "已完成".into(),
        evidence: "验收单".into(),
    };
    let steps = [
        TaskEvent::Approved {
            text: "同意".into(),
        },
        issued("〔2026〕1号"),
        TaskEvent::SignedFor { assignee: None },
        fed_back(40),
        TaskEvent::ExtensionRequested {
            reason: "汛期".into(),
            proposed: day(60),
        },
        TaskEvent::ExtensionDecided {
            granted: Some(day(60)),
            text: String::new(),
        },
        closing,
    ];
    for (second, event) in (2..).zip(steps) {
        step(database, BUREAU, &mut task, event, second)
            .await
            .unwrap();
        let mut work = database.read(BUREAU).await.unwrap();
        let read = work.task_get(task.id).await.unwrap();
        assert_eq!(read.as_ref(), Some(&task));
    }
    assert_eq!(verify(database, BUREAU).await, Ok(8));
}

async fn a_stale_write_is_refused_and_leaves_nothing(database: &Database) {
    let task = open_task(database, BUREAU, 1).await;
    let (mut first, mut second) = (task.clone(), task);
    let approved = |text: &str| TaskEvent::Approved { text: text.into() };
    step(database, BUREAU, &mut first, approved("一"), 2)
        .await
        .unwrap();
    let refused = step(database, BUREAU, &mut second, approved("二"), 3).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    let (again, events) = opened(1, details(1), 4);
    let refused = save(database, BUREAU, &again, &events, 4).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");

    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.task_get(first.id).await.unwrap(), Some(first));
    assert_eq!(work.journal_count().await.unwrap(), 2);
}

async fn a_unit_of_work_that_is_dropped_leaves_nothing(database: &Database) {
    let (task, events) = opened(1, details(1), 1);
    let mut work = database.write(BUREAU).await.unwrap();
    work.task_save(&task, &events, &signed(1)).await.unwrap();
    assert_eq!(work.task_number_next(2026).await.unwrap(), 1);
    assert_eq!(work.journal_count().await.unwrap(), 1);
    assert_eq!(work.task_get(task.id).await.unwrap(), Some(task));
    drop(work);

    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.task_get(task_id(1)).await.unwrap(), None);
    assert_eq!(work.journal_count().await.unwrap(), 0);
    assert_eq!(work.task_number_next(2026).await.unwrap(), 1);
}

async fn a_unit_of_work_cannot_be_committed_after_a_failed_save(database: &Database) {
    let mut task = open_task(database, BUREAU, 1).await;
    task.version += 5;
    let mut work = database.write(BUREAU).await.unwrap();
    let (other, events) = opened(2, details(2), 2);
    work.task_save(&other, &events, &signed(2)).await.unwrap();
    let stale = work.task_save(&task, &[fed_back(1)], &signed(2)).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert!(work.commit().await.is_err());

    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(work.task_get(other.id).await.unwrap(), None);
    assert_eq!(work.journal_count().await.unwrap(), 1);
}

async fn numbers_run_without_a_gap_in_each_year(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let mut given = Vec::new();
    for year in [2026, 2026, 2027, 2026] {
        given.push(work.task_number_next(year).await.unwrap());
    }
    assert_eq!(given, [1, 2, 1, 3]);
    work.commit().await.unwrap();
    let mut work = database.write(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.task_number_next(2026).await.unwrap(), 1);
}

async fn sys_06_bureaus_do_not_see_each_other_s_rows(database: &Database) {
    let mine = open_task(database, BUREAU, 1).await;
    let theirs = open_task(database, OTHER_BUREAU, 2).await;
    for (bureau, own, foreign) in [(BUREAU, &mine, &theirs), (OTHER_BUREAU, &theirs, &mine)] {
        let mut work = database.read(bureau).await.unwrap();
        assert_eq!(work.task_get(foreign.id).await.unwrap(), None);
        let events = work.journal_latest(10).await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].seq, events[0].id), (1, own.id.0));
    }
}

async fn a_text_with_a_nul_character_is_unusable(database: &Database) {
    let (mut task, _events) = opened(1, details(1), 1);
    task.details.title.push('\0');
    let event = TaskEvent::Opened {
        origin: task.origin.clone(),
        details: Box::new(task.details.clone()),
    };
    let refused = save(database, BUREAU, &task, &[event], 1).await;
    assert!(
        matches!(refused, Err(StoreError::Unusable(_))),
        "{refused:?}"
    );
}

async fn import_13_a_plan_knows_its_tasks_and_the_ledger_says_what_tasks_are_about(
    database: &Database,
) {
    let plan = PlanId(Uuid::from_u128(0x9001));
    let proposal = ProposalId(Uuid::from_u128(0x9_0001));
    let source = Origin {
        plan: Some(plan),
        proposal: Some(proposal),
        ..origin()
    };
    for n in 1..=3 {
        let (mut task, _) = opened(n, details(n), 1);
        if n != 2 {
            task.origin = source.clone();
        }
        let event = TaskEvent::Opened {
            origin: task.origin.clone(),
            details: Box::new(task.details.clone()),
        };
        save(database, BUREAU, &task, &[event], 1).await.unwrap();
        if n == 3 {
            let reason = "已办".into();
            let cancelled = TaskEvent::Cancelled { reason };
            step(database, BUREAU, &mut task, cancelled, 2)
                .await
                .unwrap();
        }
        if n == 2 {
            let added = TaskEvent::SourceAdded {
                origin: source.clone(),
            };
            step(database, BUREAU, &mut task, added, 2).await.unwrap();
            assert_eq!(task.sources, std::slice::from_ref(&source));
        }
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let of_plan = work.tasks_of_plan(plan).await.unwrap();
    let ids: Vec<_> = of_plan
        .iter()
        .map(|task| (task.id, task.proposal, task.state))
        .collect();
    assert_eq!(
        ids,
        [
            (task_id(1), Some(proposal), TaskState::Draft),
            (task_id(3), Some(proposal), TaskState::Cancelled),
        ]
    );
    let said = work.tasks_said(10).await.unwrap();
    let words: Vec<_> = said
        .iter()
        .map(|said| (said.task.id, said.plan, said.quote.as_str()))
        .collect();
    let quote = "完成 100% 的隐患点位治理。";
    assert_eq!(
        words,
        [(task_id(2), None, quote), (task_id(1), Some(plan), quote)]
    );
    assert_eq!(said[0].task.limit, Some(day(30)));
    assert_eq!(work.tasks_said(1).await.unwrap().len(), 1);
    assert_eq!(work.task_latest().await.unwrap(), Some(task_id(3)));
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.task_latest().await.unwrap(), None);
    assert!(work.tasks_said(10).await.unwrap().is_empty());
}
