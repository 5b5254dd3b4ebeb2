//! What SQLite would do for the lists that people wait for, by its own explanation.

use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, PersonId, TaskId, UnitId};
use luoshi_domain::lights::Colour;
use luoshi_domain::limits::Step;
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::{
    LightFilter, Queue, ReportFilter, StepLimits, TaskFilter, TaskSort, Visibility,
};
use uuid::Uuid;

use crate::database::open;
use crate::explaining::explain;
use crate::tasks::filter::Where;
use crate::tasks::pages::Mark;
use crate::tasks::walks::bound_sql;
use crate::tasks::{count_sql, list_sql, steps_due_sql};

mod subtrees;

const BUREAU: BureauId = BureauId(Uuid::from_u128(1));

fn queued(queue: Queue) -> TaskFilter {
    TaskFilter {
        queue: Some(queue),
        ..TaskFilter::new(Visibility::All)
    }
}

fn reported(report: ReportFilter) -> TaskFilter {
    TaskFilter {
        report: Some(report),
        ..TaskFilter::new(Visibility::All)
    }
}

/// Every queue of a desk and the index that serves it.
fn desk() -> Vec<(Queue, &'static str)> {
    let unit = vec![UnitId(Uuid::from_u128(2))];
    let person = PersonId(Uuid::from_u128(3));
    let today: NaiveDate = "2026-03-02".parse().unwrap();
    vec![
        (Queue::ToApprove, "tasks_state"),
        (Queue::ToIssue, "tasks_state"),
        (Queue::Returned, "tasks_state"),
        (Queue::ToSignFor(unit.clone()), "task_units_unit"),
        (Queue::ToFeedBack(unit.clone()), "tasks_feedback_due"),
        (Queue::ToReview(unit.clone()), "tasks_waiting"),
        (Queue::ToEndorse(person), "tasks_waiting"),
        (Queue::ToEndorseAsPrincipal, "tasks_waiting"),
        (Queue::ToDecideExtension(person), "tasks_waiting"),
        (Queue::ToDecideAnyExtension, "tasks_waiting"),
        (Queue::ToCoordinate(person), "task_blockers_leader"),
        (Queue::Blocked, "tasks_paused"),
        (Queue::Unanswered { today }, "tasks_paused"),
        (Queue::ToAnswer(unit.clone()), "tasks_urged"),
        (
            Queue::ToReport {
                units: unit.clone(),
                until: today,
            },
            "tasks_report_lead",
        ),
        (Queue::ToDecideEscalation, "tasks_waiting"),
        (Queue::ToDecideChange(person), "tasks_waiting"),
        (Queue::ToDecideAnyChange, "tasks_waiting"),
        (Queue::ToAcknowledge(unit), "tasks_noticed"),
        (Queue::Unacknowledged { today }, "tasks_unacknowledged"),
        (Queue::NoEcho { today }, "tasks_silent"),
        (Queue::NoResult { today }, "tasks_open"),
        (
            Queue::DueSoon {
                today,
                until: today,
            },
            "tasks_open",
        ),
        (Queue::Open, "tasks_register"),
    ]
}

#[tokio::test]
async fn the_ledger_and_the_desk_read_an_index_and_sort_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let database = open(&url).await.unwrap();
    let mut conn = database.begin_read().await.unwrap();
    for sort in [TaskSort::Limit, TaskSort::Updated, TaskSort::Opened] {
        for marked in [false, true] {
            let mut conditions = Where::of(BUREAU, &TaskFilter::new(Visibility::All));
            if marked {
                let key = format!("-5-{}", Uuid::nil().simple());
                let letter = super::pages::letter(sort);
                let mark = Mark::parse(&format!("{letter}{key}"), sort).unwrap();
                mark.narrow(&mut conditions);
            }
            let plan = explain(&mut conn, list_sql(conditions, sort, 51)).await;
            assert!(plan.contains("SEARCH t USING INDEX tasks_"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
    for (queue, index) in desk() {
        let filter = queued(queue);
        let counted = count_sql(Where::of(BUREAU, &filter), 1000);
        let plan = explain(&mut conn, counted).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
        assert!(!plan.contains("SCAN t"), "{filter:?}: {plan}");
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
        // The receipts of a unit and the blockers of a leader are few; any other list comes in order.
        if !["task_units_unit", "task_blockers_leader"].contains(&index) {
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        }
    }
    // In another order these few are sorted; the whole bureau is not searched for them.
    for (queue, index) in desk().into_iter().take(10) {
        let conditions = Where::of(BUREAU, &queued(queue));
        let plan = explain(&mut conn, list_sql(conditions, TaskSort::Updated, 51)).await;
        assert!(plan.contains(index), "{index}: {plan}");
    }
    let today: NaiveDate = "2026-03-02".parse().unwrap();
    for colour in [
        Colour::Grey,
        Colour::Green,
        Colour::Yellow,
        Colour::Red,
        Colour::Done,
    ] {
        let filter = TaskFilter {
            light: Some(LightFilter { colour, today }),
            ..TaskFilter::new(Visibility::All)
        };
        let plan = explain(&mut conn, count_sql(Where::of(BUREAU, &filter), 1000)).await;
        assert!(plan.contains("USING COVERING INDEX tasks_timing"), "{plan}");
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
        assert!(plan.contains("USING INDEX tasks_timing"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
    for (filter, index) in [
        (
            TaskFilter {
                state: Some(TaskState::Closed),
                ..TaskFilter::new(Visibility::All)
            },
            "tasks_state",
        ),
        (
            TaskFilter {
                lead: Some(UnitId(Uuid::from_u128(2))),
                ..TaskFilter::new(Visibility::All)
            },
            "tasks_lead",
        ),
        (
            reported(ReportFilter::Due {
                from: None,
                until: today,
            }),
            "tasks_report",
        ),
        (reported(ReportFilter::Set), "tasks_cadence"),
    ] {
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
        assert!(plan.contains(index), "{filter:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
    }
}

#[tokio::test]
async fn time_01_limits_of_steps_are_listed_and_counted_by_their_day() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    let day: NaiveDate = "2026-03-02".parse().unwrap();
    let steps = StepLimits {
        step: Some(Step::Received),
        from: day,
        until: day,
    };
    let filter = TaskFilter {
        steps: Some(steps),
        ..TaskFilter::new(Visibility::All)
    };
    let by_day = "task_limits_day (bureau_id=? AND day>? AND day<?)";
    let counted = count_sql(Where::of(BUREAU, &filter), 1000);
    let plan = explain(&mut conn, counted).await;
    assert!(plan.contains(by_day), "{plan}");
    assert!(!plan.contains("SCAN t"), "{plan}");
    let conditions = Where::of(BUREAU, &filter);
    let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
    assert!(plan.contains(by_day), "{plan}");
    let plan = explain(&mut conn, steps_due_sql(BUREAU, &filter, &steps)).await;
    assert!(plan.contains(by_day), "{plan}");
    assert!(!plan.contains("SCAN"), "{plan}");
}

#[tokio::test]
async fn ledger_01_the_tasks_below_one_are_read_from_an_index_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    let filter = TaskFilter {
        parent: Some(TaskId(Uuid::from_u128(9))),
        ..TaskFilter::new(Visibility::All)
    };
    let conditions = Where::of(BUREAU, &filter);
    let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
    assert!(plan.contains("tasks_parent"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn what_concerns_a_unit_is_read_from_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    for units in [1, 3] {
        let units = (0..units).map(|n| UnitId(Uuid::from_u128(n))).collect();
        let filter = TaskFilter::new(Visibility::Units(units));
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, list_sql(conditions, TaskSort::Limit, 51)).await;
        assert!(
            plan.contains("task_units_unit (bureau_id=? AND unit_id=?"),
            "{plan}"
        );
    }
}

/// Conditions of a search that is looked up, and of one that goes along with the list.
async fn searches(conn: &mut crate::conn::Conn) -> [Where; 2] {
    let words = super::search::words(conn, "督查通报 要").await.unwrap();
    assert_eq!(words.len(), 2);
    let mut looked_up = Where::of(BUREAU, &TaskFilter::new(Visibility::All));
    looked_up.says(conn, &words);
    let mut along = Where::of(BUREAU, &TaskFilter::new(Visibility::All));
    let words = super::search::words(conn, "——").await.unwrap();
    along.says(conn, &words);
    [looked_up, along]
}

#[tokio::test]
async fn a_rare_word_is_looked_up_and_a_frequent_one_goes_along_with_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    let [looked_up, along] = searches(&mut conn).await;
    let plan = explain(&mut conn, list_sql(looked_up, TaskSort::Limit, 51)).await;
    assert!(plan.contains("SCAN w VIRTUAL TABLE INDEX"), "{plan}");
    assert!(
        plan.contains("SEARCH s USING INDEX task_texts_place"),
        "{plan}"
    );
    assert!(!plan.contains("SCAN t"), "{plan}");
    let plan = explain(&mut conn, list_sql(along, TaskSort::Limit, 51)).await;
    assert!(plan.contains("SEARCH t USING INDEX tasks_limit"), "{plan}");
    assert!(
        plan.contains("sqlite_autoindex_task_texts_1 (bureau_id=? AND task_id=?)"),
        "{plan}"
    );
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn on_postgres_a_rare_word_is_looked_up_too() {
    let Some(database) = crate::explaining::postgres("explain_search").await else {
        return;
    };
    // A table with rows in it: of an empty one any plan is as good.
    let mut conn = database.begin_write().await.unwrap();
    for sql in [
        "INSERT INTO bureaus (bureau_id, name, created_at) \
         VALUES ('00000000-0000-0000-0000-000000000001', '市交通局', now())",
        "INSERT INTO task_texts (bureau_id, task_id, step, place, said, grams) \
         SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 0, n, \
         '按月报送' || n, '按月 月报 报送 送' || n FROM generate_series(1, 20000) AS n",
        // As the server itself does in time with what was added last.
        "SELECT gin_clean_pending_list('task_texts_grams'::regclass)",
        "ANALYZE task_texts",
    ] {
        conn.execute(sql, Vec::new()).await.unwrap();
    }
    conn.commit().await.unwrap();
    let mut conn = database.begin_read().await.unwrap();
    let [looked_up, along] = searches(&mut conn).await;
    let listed = list_sql(looked_up, TaskSort::Limit, 51);
    let plan = crate::explaining::explain_postgres(&mut conn, listed).await;
    assert!(plan.contains("task_texts_grams"), "{plan}");
    let listed = list_sql(along, TaskSort::Limit, 51);
    let plan = crate::explaining::explain_postgres(&mut conn, listed).await;
    assert!(plan.contains("task_texts_pkey"), "{plan}");
    drop(conn);
    database.close().await;
}

/// What the pages of the ledger ask, each with the indexes that may serve it.
fn ledger() -> Vec<(TaskFilter, TaskSort, &'static [&'static str])> {
    let today: NaiveDate = "2026-03-02".parse().unwrap();
    let all = TaskFilter::new(Visibility::All);
    let of_unit = TaskFilter {
        lead: Some(UnitId(Uuid::from_u128(2))),
        due_from: Some(today),
        due_until: Some(today + chrono::Days::new(90)),
        ..all.clone()
    };
    let red = |filter: &TaskFilter| TaskFilter {
        light: Some(LightFilter {
            colour: Colour::Red,
            today,
        }),
        ..filter.clone()
    };
    vec![
        (all.clone(), TaskSort::Limit, &["tasks_limit"]),
        (all.clone(), TaskSort::Updated, &["tasks_updated"]),
        (all.clone(), TaskSort::Opened, &["tasks_opened"]),
        (red(&all), TaskSort::Limit, &["tasks_timing"]),
        (of_unit.clone(), TaskSort::Limit, &["tasks_lead"]),
        (
            red(&of_unit),
            TaskSort::Limit,
            &["tasks_lead", "tasks_timing"],
        ),
        (
            red(&of_unit),
            TaskSort::Updated,
            &["tasks_lead", "tasks_timing"],
        ),
    ]
}

#[tokio::test]
async fn ledger_02_its_pages_are_read_from_an_index_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    for (filter, sort, indexes) in ledger() {
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, list_sql(conditions, sort, 51)).await;
        let used = indexes.iter().any(|index| plan.contains(index));
        assert!(used, "{filter:?} {sort:?}: {plan}");
        let conditions = Where::of(BUREAU, &filter);
        let plan = explain(&mut conn, bound_sql(conditions, sort, 300)).await;
        assert!(plan.contains("SEARCH t USING"), "{plan}");
    }
}

#[tokio::test]
async fn ledger_02_its_pages_are_read_from_an_index_on_postgres() {
    let Some(database) = crate::explaining::postgres("explain_ledger").await else {
        return;
    };
    let mut conn = database.begin_write().await.unwrap();
    for sql in [
        "INSERT INTO bureaus (bureau_id, name, created_at) \
         VALUES ('00000000-0000-0000-0000-000000000001', '市交通局', now())",
        "INSERT INTO tasks (bureau_id, id, version, clause_path, title, kind, tier, level, \
         category, state, is_open, timing, lead_id, limit_day, progress, feedbacks, \
         feedback_due, opened_at, updated_at, red_from, yellow_from, light_edition) \
         SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 1, '', '任务' || n, \
         'task', 'bureau', 'ordinary', 'bureau', 'in_progress', TRUE, 'timed', \
         CAST('00000000-0000-0000-0000-0000000000' || (10 + n % 60) AS UUID), \
         20000 + (n * 7919) % 900, 10, 1, FALSE, now() - n * interval '1 minute', \
         now() - ((n * 104729) % 20000) * interval '1 minute', 20000 + (n * 6007) % 1800, \
         20000 + (n * 6007) % 1790, 0 FROM generate_series(1, 20000) AS n",
        "ANALYZE tasks",
    ] {
        conn.execute(sql, Vec::new()).await.unwrap();
    }
    conn.commit().await.unwrap();
    let mut conn = database.begin_read().await.unwrap();
    for (filter, sort, _indexes) in ledger() {
        for statement in [
            list_sql(Where::of(BUREAU, &filter), sort, 51),
            bound_sql(Where::of(BUREAU, &filter), sort, 300),
        ] {
            let plan = crate::explaining::explain_postgres(&mut conn, statement).await;
            assert!(plan.contains("tasks_"), "{filter:?} {sort:?}: {plan}");
            assert!(!plan.contains("Seq Scan"), "{filter:?} {sort:?}: {plan}");
        }
    }
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn whole_tasks_are_read_in_the_order_of_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let mut conn = open(&url).await.unwrap().begin_read().await.unwrap();
    for sort in [TaskSort::Limit, TaskSort::Updated, TaskSort::Opened] {
        let conditions = Where::of(BUREAU, &TaskFilter::new(Visibility::All));
        let plan = explain(&mut conn, super::full_sql(conditions, sort, 501)).await;
        assert!(plan.contains("SEARCH t USING"), "{plan}");
        assert!(plan.contains("INDEX tasks_"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
