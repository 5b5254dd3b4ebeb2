//! Searching what tasks say, and the whole rows and groups of a list, on both databases.

use std::collections::BTreeMap;

use luoshi_domain::lights::Colour;
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::{Store, StoreError, UnitOfWork};
use luoshi_domain::search::Words;
use luoshi_domain::tasks::lists::{
    Marks, PageRequest, TaskFilter, TaskGroup, TaskSort, Visibility,
};
use luoshi_domain::tasks::{Course, Task, TaskEvent};
use luoshi_store::Database;

use crate::samples::{
    ANN, BUREAU, OTHER_BUREAU, details, issued, open_task, opened, save, signed, step, task_id,
    today, unit, verify,
};

contract! {
    sys_04_a_word_is_found_in_whatever_a_task_says,
    a_word_is_found_in_the_mixture_of_scripts_and_by_one_letter,
    what_is_amended_is_found_by_its_new_words_only,
    sys_05_a_search_shows_nothing_that_the_list_hides,
    a_word_that_very_many_texts_hold_is_found_too,
    sys_04_a_page_of_a_search_looks_at_so_many_rows_and_goes_on,
    ledger_02_many_tasks_are_saved_as_each_alone_would_be,
    whole_tasks_come_in_the_order_of_the_list,
    ledger_groups_count_what_the_list_holds,
}

fn all() -> TaskFilter {
    TaskFilter::new(Visibility::All)
}

fn reported(text: &str) -> TaskEvent {
    TaskEvent::FedBack {
        unit: unit(1),
        course: Course::Smooth,
        progress: 10,
        text: text.into(),
        difficulties: String::new(),
        suggestions: "请求通报表扬".into(),
        figures: String::new(),
        evidence: Vec::new(),
    }
}

async fn found(work: &mut dyn UnitOfWork, text: &str) -> Vec<u128> {
    let filter = TaskFilter {
        text: Some(text.into()),
        ..all()
    };
    listed(work, &filter).await
}

async fn listed(work: &mut dyn UnitOfWork, filter: &TaskFilter) -> Vec<u128> {
    let page = PageRequest {
        size: 1000,
        after: None,
    };
    let listed = work.tasks_list(filter, TaskSort::Opened, &page).await;
    let rows = listed.unwrap().rows;
    let count = work.tasks_count(filter, 1000).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), rows.len(), "{filter:?}");
    let first = task_id(0).0.as_u128();
    rows.iter().map(|row| row.id.0.as_u128() - first).collect()
}

/// Task 1 says things in each of its texts, task 2 reports, task 3 does neither.
async fn fill(database: &Database) -> Vec<Task> {
    let mut said = details(1);
    said.title = "编制督查计划".into();
    said.target = "形成G307线66.7公里改造清单".into();
    said.requirement = "每季度通报一次".into();
    let (task, events) = opened(1, said, 1);
    save(database, BUREAU, &task, &events, 1).await.unwrap();
    let mut other = open_task(database, BUREAU, 2).await;
    let steps = [
        TaskEvent::Approved {
            text: "领导要求严肃追责".into(),
        },
        issued("〔2026〕12号"),
        TaskEvent::SignedFor { assignee: None },
        reported("已完成招标，等待督导组进场"),
        reported("督导组已进场"),
    ];
    for (second, event) in (2..).zip(steps) {
        step(database, BUREAU, &mut other, event, second)
            .await
            .unwrap();
    }
    let third = open_task(database, BUREAU, 3).await;
    open_task(database, OTHER_BUREAU, 4).await;
    vec![task, other, third]
}

async fn sys_04_a_word_is_found_in_whatever_a_task_says(database: &Database) {
    fill(database).await;
    let mut work = database.read(BUREAU).await.unwrap();
    for (text, expected) in [
        ("督查", vec![1]),
        ("通报", vec![1, 2]),
        ("公里改造", vec![1]),
        ("季度 清单", vec![1]),
        ("季度 招标", vec![]),
        ("隐患点位治理", vec![1, 2, 3]),
        ("工作要点", vec![1, 2, 3]),
        ("交发〔2026〕3号", vec![1, 2, 3]),
        ("〔2026〕12号", vec![2]),
        ("招标", vec![2]),
        ("督导", vec![2]),
        // Both pairs stand in the text, but not the word.
        ("督查划", vec![]),
        // What leaders wrote is not searched.
        ("追责", vec![]),
        ("没有的词", vec![]),
    ] {
        assert_eq!(found(&mut *work, text).await, expected, "{text}");
    }
    let words = Words::of("督导");
    let hits = work.tasks_hits(&[task_id(1), task_id(2)], &words).await;
    let hits = hits.unwrap();
    let steps: Vec<i64> = hits.iter().map(|(_, said)| said.step).collect();
    assert_eq!(steps, [6, 5], "the latest first");
    assert!(hits.iter().all(|(id, _)| *id == task_id(2)));
    assert_eq!(
        words.hit(&hits[1].1.text).unwrap().before,
        "已完成招标，等待"
    );
}

async fn a_word_is_found_in_the_mixture_of_scripts_and_by_one_letter(database: &Database) {
    fill(database).await;
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(found(&mut *work, "督").await, [1, 2]);
    for text in ["划", "g307", "307", "Ｇ３０７线", "66.7", "7公里", "线66"] {
        assert_eq!(found(&mut *work, text).await, [1], "{text}");
    }
    for text in [
        "' OR 1=1 --",
        "\"",
        "督\"",
        "\\",
        "督*",
        "督 OR 无",
        "NEAR(督 查)",
    ] {
        let found = found(&mut *work, text).await;
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

async fn what_is_amended_is_found_by_its_new_words_only(database: &Database) {
    let tasks = fill(database).await;
    let mut task = tasks.into_iter().next().unwrap();
    let mut amended = task.details.clone();
    amended.title = "编制巡查计划".into();
    let event = TaskEvent::Amended {
        details: Box::new(amended),
    };
    step(database, BUREAU, &mut task, event, 9).await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(found(&mut *work, "巡查").await, [1]);
    assert!(found(&mut *work, "督查").await.is_empty());
    drop(work);
    let report = database.rebuild_check(BUREAU).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    database.rebuild(BUREAU).await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    assert_eq!(found(&mut *work, "巡查").await, [1]);
    assert_eq!(found(&mut *work, "招标").await, [2]);
}

async fn sys_05_a_search_shows_nothing_that_the_list_hides(database: &Database) {
    let tasks = fill(database).await;
    let mut task = tasks.into_iter().next().unwrap();
    let event = TaskEvent::Marked {
        mark: Mark::WorkSecret,
        reason: "涉密".into(),
    };
    step(database, BUREAU, &mut task, event, 9).await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    let text = Some("通报".to_owned());
    let hidden = TaskFilter {
        text: text.clone(),
        marks: Marks::Concerning {
            units: vec![unit(77)],
            person: ANN,
        },
        ..all()
    };
    assert_eq!(listed(&mut *work, &hidden).await, [2]);
    let elsewhere = TaskFilter {
        text,
        ..TaskFilter::new(Visibility::Units(vec![unit(77)]))
    };
    assert!(listed(&mut *work, &elsewhere).await.is_empty());
    drop(work);
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(found(&mut *work, "隐患").await, [4]);
    let words = Words::of("督查");
    assert!(
        work.tasks_hits(&[task_id(1)], &words)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Tasks that are saved at once, each as its title and number say.
async fn open_many(database: &Database, count: u128, title: impl Fn(u128) -> String) {
    let mut new = Vec::new();
    for n in 0..count {
        let mut details = details(n);
        details.title = title(n);
        details.co_units.clear();
        let (task, events) = opened(n, details, 1);
        let steps = events.into_iter().map(|event| (event, signed(1)));
        new.push((task, steps.collect()));
    }
    let mut work = database.write(BUREAU).await.unwrap();
    work.tasks_save_new(&new).await.unwrap();
    work.commit().await.unwrap();
}

async fn a_word_that_very_many_texts_hold_is_found_too(database: &Database) {
    open_many(database, 10_050, |n| format!("整治点位 {n}")).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let filter = TaskFilter {
        text: Some("整治点位".into()),
        ..all()
    };
    assert_eq!(work.tasks_count(&filter, 20_000).await.unwrap(), 10_050);
    let filters = [filter.clone(), all()];
    let counts = work.tasks_counts(&filters, 20_000).await.unwrap();
    assert_eq!(counts, [10_050, 10_050]);
    assert_eq!(found(&mut *work, "点位 10049").await, [10_049]);
    let first = PageRequest {
        size: 50,
        after: None,
    };
    let page = work.tasks_list(&filter, TaskSort::Limit, &first).await;
    assert_eq!(page.unwrap().rows.len(), 50);
    // Counted among the first rows, and to the end where that is asked for.
    let tally = work.tasks_by_light(&filter, today(), 1000).await.unwrap();
    assert!(tally.at_least && tally.of(None) == 400, "{tally:?}");
    let tally = work.tasks_by_light(&filter, today(), u32::MAX).await;
    let tally = tally.unwrap();
    assert!(!tally.at_least && tally.of(None) == 10_050, "{tally:?}");
    assert_eq!(tally.of(Some(Colour::Grey)), 10_050);
    // Of a word that is looked up all are counted at once.
    let filter = TaskFilter {
        text: Some("点位 10049".into()),
        ..all()
    };
    let tally = work.tasks_by_light(&filter, today(), 1000).await.unwrap();
    assert!(!tally.at_least && tally.of(None) == 1, "{tally:?}");
}

async fn sys_04_a_page_of_a_search_looks_at_so_many_rows_and_goes_on(database: &Database) {
    let title = |n| match n < 3400 {
        true => format!("清淤 {n}"),
        false => format!("架桥 {n}"),
    };
    open_many(database, 9050, title).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let filter = TaskFilter {
        text: Some("架桥".into()),
        ..all()
    };
    for sort in [TaskSort::Opened, TaskSort::Limit, TaskSort::Updated] {
        let mut page = PageRequest {
            size: 500,
            after: None,
        };
        let mut sizes = Vec::new();
        let mut seen = Vec::new();
        loop {
            let found = work.tasks_list(&filter, sort, &page).await.unwrap();
            sizes.push(found.rows.len());
            seen.extend(found.rows.into_iter().map(|row| row.id));
            page.after = found.next;
            if page.after.is_none() {
                break;
            }
        }
        let mut wanted: Vec<_> = (3400..9050).map(task_id).collect();
        // The rows that hold nothing stand first, or last.
        if sort == TaskSort::Updated {
            wanted.reverse();
            assert_eq!(sizes[..2], [500, 500]);
        } else {
            assert_eq!(sizes[..2], [0, 500]);
        }
        assert_eq!(seen, wanted, "{sort:?}");
    }
}

async fn ledger_02_many_tasks_are_saved_as_each_alone_would_be(database: &Database) {
    let lives: Vec<(Task, Vec<TaskEvent>)> = (1..40)
        .map(|n| {
            let mut said = details(n);
            if n % 3 == 0 {
                said.lead = None;
                said.co_units.clear();
            }
            let (_, mut events) = opened(n, said, 1);
            if n % 2 == 0 {
                let text = "同意".into();
                events.extend([
                    TaskEvent::Approved { text },
                    issued("〔2026〕12号"),
                    TaskEvent::SignedFor { assignee: None },
                    reported("已完成招标"),
                    TaskEvent::Tagged {
                        on: vec!["实事".into(), "春节前".into()],
                        off: Vec::new(),
                    },
                ]);
            }
            let by = signed(1);
            let steps = events.iter().map(|event| (event, &by));
            (Task::replay(task_id(n), steps).unwrap(), events)
        })
        .collect();
    let steps = |events: &[TaskEvent]| {
        let steps = events.iter().map(|event| (event.clone(), signed(1)));
        steps.collect::<Vec<_>>()
    };
    let many: Vec<_> = lives
        .iter()
        .map(|(task, events)| (task.clone(), steps(events)))
        .collect();
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.task_numbers_take(2026, 20).await.unwrap(), 1);
    assert_eq!(work.task_number_next(2026).await.unwrap(), 21);
    work.tasks_save_new(&many).await.unwrap();
    work.commit().await.unwrap();
    let mut work = database.write(OTHER_BUREAU).await.unwrap();
    for (task, events) in &lives {
        work.task_save_steps(task, &steps(events)).await.unwrap();
    }
    work.commit().await.unwrap();
    for bureau in [BUREAU, OTHER_BUREAU] {
        let report = database.rebuild_check(bureau).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
        verify(database, bureau).await.unwrap();
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let mut alone = database.read(OTHER_BUREAU).await.unwrap();
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let filters = [
        all(),
        TaskFilter {
            text: Some("招标".into()),
            ..all()
        },
        TaskFilter {
            tag: Some("春节前".into()),
            ..all()
        },
    ];
    for filter in filters {
        let rows = work.tasks_list(&filter, TaskSort::Opened, &page).await;
        let wanted = alone.tasks_list(&filter, TaskSort::Opened, &page).await;
        let rows = rows.unwrap();
        assert!(!rows.rows.is_empty());
        assert_eq!(rows, wanted.unwrap());
    }
    let tags = ["实事".to_owned(), "春节前".to_owned()];
    assert_eq!(work.tags_known(9).await.unwrap(), tags);
    assert_eq!(work.tags_known(1).await.unwrap(), tags[..1]);
    let (count, other) = (work.journal_count().await, alone.journal_count().await);
    assert_eq!(count.unwrap(), other.unwrap());
    // Read together they come in the order asked for, without what is not there.
    let asked = [task_id(9), task_id(99), task_id(2)];
    let tasks = work.tasks_get(&asked).await.unwrap();
    let ids: Vec<_> = tasks.iter().map(|task| task.id).collect();
    assert_eq!(ids, [task_id(9), task_id(2)]);
    assert_eq!(tasks[1], lives[1].0);
    drop((work, alone));
    // What is there already is not saved twice.
    let mut work = database.write(BUREAU).await.unwrap();
    let again = work.tasks_save_new(&many[..1]).await;
    assert!(matches!(again, Err(StoreError::Taken)), "{again:?}");
}

async fn whole_tasks_come_in_the_order_of_the_list(database: &Database) {
    fill(database).await;
    for n in 10..40 {
        open_task(database, BUREAU, n).await;
    }
    let mut work = database.read(BUREAU).await.unwrap();
    for sort in [TaskSort::Limit, TaskSort::Updated, TaskSort::Opened] {
        let (mut whole, mut lines) = (Vec::new(), Vec::new());
        let mut page = PageRequest {
            size: 7,
            after: None,
        };
        loop {
            let full = work.tasks_full(&all(), sort, &page).await.unwrap();
            let rows = work.tasks_list(&all(), sort, &page).await.unwrap();
            whole.extend(full.rows.into_iter().map(|task| (task.id, task.version)));
            lines.extend(rows.rows.into_iter().map(|row| (row.id, row.version)));
            assert_eq!(full.next, rows.next);
            page.after = full.next;
            if page.after.is_none() {
                break;
            }
        }
        assert_eq!(whole, lines);
        assert_eq!(whole.len(), 33);
    }
}

async fn ledger_groups_count_what_the_list_holds(database: &Database) {
    for n in 0..30 {
        let mut details = details(n);
        details.lead = [Some(unit(1)), Some(unit(2)), None][usize::try_from(n % 3).unwrap()];
        details.category = if n < 10 { "meeting" } else { "plan" }.into();
        let (task, events) = opened(n, details, 1);
        save(database, BUREAU, &task, &events, 1).await.unwrap();
    }
    let mut work = database.read(BUREAU).await.unwrap();
    let groups = work
        .tasks_grouped(&all(), TaskGroup::Lead, 10)
        .await
        .unwrap();
    let groups: BTreeMap<Option<String>, u32> = groups.into_iter().collect();
    let key = |n| Some(unit(n).to_string());
    let wanted = BTreeMap::from([(None, 10), (key(1), 10), (key(2), 10)]);
    assert_eq!(groups, wanted);
    let filter = TaskFilter {
        without: Some(TaskGroup::Lead),
        ..all()
    };
    assert_eq!(listed(&mut *work, &filter).await.len(), 10);
    let filter = TaskFilter {
        lead: Some(unit(1)),
        ..all()
    };
    let groups = work.tasks_grouped(&filter, TaskGroup::Category, 1).await;
    assert_eq!(groups.unwrap(), [(Some("plan".to_owned()), 6)]);
    let groups = work
        .tasks_grouped(&all(), TaskGroup::Plan, 9)
        .await
        .unwrap();
    assert_eq!(groups, [(None, 30)]);
}
