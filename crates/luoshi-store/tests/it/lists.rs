//! Filters, queues, lights, orders and pages, each against the same rule in plain Rust over a
//! crowd of tasks in every mix of facts.

use luoshi_domain::cadence::Cadence;
use luoshi_domain::calendar::Calendar;
use luoshi_domain::ids::{PersonId, PlanId, UnitId};
use luoshi_domain::lights::{Colour, Leads, Light, Measure, Turn};
use luoshi_domain::limits::Step;
use luoshi_domain::marks::Mark;
use luoshi_domain::ports::{Store, StoreError, UnitOfWork};
use luoshi_domain::tasks::hierarchy::RollUp;
use luoshi_domain::tasks::lists::{
    LightFilter, Marks, PageRequest, Queue, ReportFilter, StepLimits, TaskFilter, TaskRow,
    TaskSort, Visibility, Waiting,
};
use luoshi_domain::tasks::reporting::{Report, Reporting, Stretch};
use luoshi_domain::tasks::timing::{TaskLimit, Timing};
use luoshi_domain::tasks::{
    Approval, Closing, ClosingStep, CoDuty, Course, Delivery, Grade, LastFeedback, Level, Receipt,
    Task, TaskEvent, TaskKind, TaskState, Tier,
};
use luoshi_domain::trajectories::Shape;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{
    ANN, BEN, BUREAU, OFFICE, OTHER_BUREAU, at, day, details, open_task, opened, signed, today,
    unit,
};

contract! {
    a_light_filter_gives_the_tasks_whose_light_it_is,
    each_queue_gives_the_tasks_that_wait_in_it,
    each_filter_narrows_the_list,
    filters_combine,
    ledger_11_reports_are_found_by_the_day_they_are_due,
    marks_narrow_a_list,
    sys_03_a_unit_sees_the_tasks_that_concern_it_and_no_other,
    text_is_found_in_title_target_number_and_document,
    time_01_step_limits_are_counted_as_they_are_listed,
    ledger_01_the_tasks_below_one_are_listed,
    ledger_08_a_task_is_read_with_who_leads_the_one_above,
    pages_give_every_row_once_in_each_order,
    a_foreign_page_mark_is_unusable,
    a_count_stops_at_its_cap,
    a_line_of_the_ledger_says_what_the_task_says,
}

/// How far behind work may be, and still be on course, by the numbers that ship.
const BEHIND: i64 = 10;

const STATES: [TaskState; 9] = [
    TaskState::Draft,
    TaskState::Approved,
    TaskState::Issued,
    TaskState::Accepted,
    TaskState::InProgress,
    TaskState::Supervising,
    TaskState::Returned,
    TaskState::Closed,
    TaskState::Cancelled,
];

/// Draws numbers that are always the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(bound).unwrap()).unwrap()
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// Reports that fall due, or none.
fn some_reporting(draw: &mut Draw) -> Option<Box<Reporting>> {
    let report = |on: i64| Report {
        at: at(86_400 * on),
        by: ANN,
        version: 1,
        progress: 20,
        repeats: None,
        void: false,
    };
    let cadence = draw.of(&[
        None,
        Some(Cadence::Days(7)),
        Some(Cadence::Monthly),
        Some(Cadence::Never),
    ])?;
    Some(Box::new(Reporting {
        cadence,
        always: draw.of(&[false, true]),
        default: false,
        stretches: vec![Stretch {
            cadence,
            from: day(draw.of(&[-40, -6, 0])),
            until: draw.of(&[None, None, Some(day(1))]),
        }],
        reports: draw.of(&[vec![], vec![report(-20)], vec![report(-30), report(0)]]),
        lifted: Vec::new(),
    }))
}

/// Task `n` in some mix of facts, likely or not.
fn some_task(n: u128, draw: &mut Draw) -> Task {
    let mut details = details(n);
    details.lead = draw.of(&[None, Some(unit(1)), Some(unit(2)), Some(unit(3))]);
    details.co_units = draw
        .of(&[vec![], vec![4], vec![4, 5], vec![5]])
        .into_iter()
        .map(|n| CoDuty {
            unit: unit(n),
            duty: "配合".into(),
            joint: false,
        })
        .collect();
    details.supervisor = draw.of(&[None, Some(OFFICE), Some(unit(3))]);
    details.deputy = draw.of(&[None, Some(ANN), Some(BEN)]);
    details.limit = Some(day(draw.of(&[-40, -1, 0, 1, 7, 8, 30, 90])));
    if draw.below(8) == 0 {
        details.limit = None;
    }
    details.kind = draw.of(&[TaskKind::Task, TaskKind::Recurring, TaskKind::Target]);
    details.level = draw.of(&[Level::Ordinary, Level::Major]);
    details.tier = draw.of(&[Tier::Bureau, Tier::Unit]);
    details.category = draw.of(&["meeting", "plan"]).into();
    let (mut task, _events) = opened(n, details, i64::try_from(n / 3).unwrap());
    task.origin.plan = draw.of(&[None, Some(PlanId(Uuid::from_u128(1)))]);
    task.state = draw.of(&STATES);
    task.updated_at = at(draw.of(&[1, 2, 3, 4, 5]));
    task.progress = draw.of(&[0, 25, 50, 89, 90, 100]);
    task.issued_at = draw
        .of(&[
            None,
            Some(-86_400 * 50),
            Some(-86_400 * 9),
            Some(0),
            Some(86_400 * 3),
        ])
        .map(at);
    task.feedbacks = draw.of(&[0, 0, 1, 4]);
    let sent_back = draw.of(&[None, Some(false), Some(true)]);
    task.last_feedback = sent_back.map(|sent_back| LastFeedback {
        at: at(1),
        course: Course::Smooth,
        text: "推进".into(),
        sent_back,
        evidence: Vec::new(),
    });
    let addressed: Vec<UnitId> = task
        .details
        .lead
        .into_iter()
        .chain(task.details.co_units.iter().map(|co| co.unit))
        .collect();
    for unit in addressed {
        task.deliveries.push(Delivery {
            unit,
            issued_at: at(0),
            received: draw.of(&[None, Some(Receipt { by: ANN, at: at(1) })]),
        });
    }
    let closing = |step| {
        Some(Approval::Closing(Closing {
            by: ANN,
            at: at(1),
            summary: "完成".into(),
            evidence: "单".into(),
            step,
            grade: None,
        }))
    };
    task.approval = draw.of(&[
        None,
        None,
        Some(Approval::Extension {
            by: ANN,
            at: at(1),
            reason: "汛期".into(),
            proposed: day(99),
        }),
        closing(ClosingStep::Review),
        closing(ClosingStep::Deputy),
        closing(ClosingStep::Principal),
    ]);
    task.trajectory.shape = draw.of(&Shape::ALL);
    let measure = |gap| Measure {
        late: false,
        unstarted: false,
        gap,
    };
    task.turns = draw.of(&[
        Vec::new(),
        vec![Turn {
            day: day(-3),
            before: measure(400),
            after: measure(50),
        }],
    ]);
    task.reporting = some_reporting(&mut Draw(u64::try_from(n).unwrap()));
    if task.state == TaskState::Closed {
        task.grade = Some(draw.of(&[Grade::Good, Grade::FairlyGood, Grade::Poor]));
    }
    task
}

/// Saves `count` tasks and one of another bureau that no list may show.
async fn crowd(database: &Database, count: u128) -> Vec<Task> {
    let mut draw = Draw(7);
    let mut tasks = Vec::new();
    let mut work = database.write(BUREAU).await.unwrap();
    for n in 0..count {
        let task = some_task(n, &mut draw);
        let (_task, events) = opened(n, task.details.clone(), 0);
        work.task_save(&task, &events, &signed(1)).await.unwrap();
        tasks.push(task);
    }
    work.commit().await.unwrap();
    open_task(database, OTHER_BUREAU, 9999).await;
    tasks
}

fn all() -> TaskFilter {
    TaskFilter::new(Visibility::All)
}

fn queued(queue: Queue) -> TaskFilter {
    TaskFilter {
        queue: Some(queue),
        ..all()
    }
}

async fn list(work: &mut dyn UnitOfWork, filter: &TaskFilter) -> Vec<TaskRow> {
    let request = PageRequest {
        size: 10_000,
        after: None,
    };
    let page = work.tasks_list(filter, TaskSort::Opened, &request).await;
    page.unwrap().rows
}

/// The list and the count are those of the tasks for which `expected` holds.
async fn check(
    database: &Database,
    tasks: &[Task],
    filter: &TaskFilter,
    expected: impl Fn(&Task) -> bool,
) {
    let mut work = database.read(BUREAU).await.unwrap();
    let rows = list(&mut *work, filter).await;
    let listed: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut wanted: Vec<_> = tasks.iter().filter(|task| expected(task)).collect();
    wanted.sort_by_key(|task| (task.opened_at, task.id));
    let wanted: Vec<_> = wanted.iter().map(|task| task.id).collect();
    assert_eq!(listed, wanted, "{filter:?}");
    let count = work.tasks_count(filter, 10_000).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), wanted.len(), "{filter:?}");
}

fn is_open(task: &Task) -> bool {
    task.state == TaskState::Issued || task.is_under_way()
}

async fn a_light_filter_gives_the_tasks_whose_light_it_is(database: &Database) {
    let tasks = crowd(database, 900).await;
    let calendar = Calendar::default();
    let mut seen = 0;
    for colour in [
        Colour::Grey,
        Colour::Green,
        Colour::Yellow,
        Colour::Red,
        Colour::Done,
    ] {
        for today in [day(-45), day(-1), today(), day(1), day(20), day(200)] {
            let filter = TaskFilter {
                light: Some(LightFilter { colour, today }),
                ..all()
            };
            check(database, &tasks, &filter, |task| {
                let leads = Leads::default();
                Light::of(&task.facts(), today, &calendar, &leads).colour == colour
            })
            .await;
            let mut work = database.read(BUREAU).await.unwrap();
            seen += work.tasks_count(&filter, 10_000).await.unwrap();
        }
    }
    assert_eq!(seen, 900 * 6, "each task has one light on each day");
}

async fn each_queue_gives_the_tasks_that_wait_in_it(database: &Database) {
    let tasks = crowd(database, 900).await;
    let state = |state| move |task: &Task| task.state == state;
    check(
        database,
        &tasks,
        &queued(Queue::ToApprove),
        state(TaskState::Draft),
    )
    .await;
    check(
        database,
        &tasks,
        &queued(Queue::ToIssue),
        state(TaskState::Approved),
    )
    .await;
    check(
        database,
        &tasks,
        &queued(Queue::Returned),
        state(TaskState::Returned),
    )
    .await;

    for units in [vec![], vec![unit(1)], vec![unit(3), unit(4)], vec![OFFICE]] {
        let queue = queued(Queue::ToSignFor(units.clone()));
        check(database, &tasks, &queue, |task| {
            let waits =
                |delivery: &Delivery| units.contains(&delivery.unit) && delivery.received.is_none();
            is_open(task) && task.deliveries.iter().any(waits)
        })
        .await;
        let queue = queued(Queue::ToFeedBack(units.clone()));
        check(database, &tasks, &queue, |task| {
            let due = task
                .last_feedback
                .as_ref()
                .is_none_or(|last| last.sent_back);
            let ours = task.details.lead.is_some_and(|lead| units.contains(&lead));
            task.is_under_way() && step_of(task).is_none() && due && ours
        })
        .await;
        let until = day(3);
        let queue = queued(Queue::ToReport {
            units: units.clone(),
            until,
        });
        check(database, &tasks, &queue, |task| {
            let ours = task.details.lead.is_some_and(|lead| units.contains(&lead));
            ours && task.report_due(BEHIND).is_some_and(|due| due <= until)
        })
        .await;
        let queue = queued(Queue::ToReview(units.clone()));
        check(database, &tasks, &queue, |task| {
            let ours = task
                .details
                .supervisor
                .is_some_and(|unit| units.contains(&unit));
            step_of(task) == Some(ClosingStep::Review) && ours
        })
        .await;
    }
    let extension = |task: &Task| matches!(task.approval, Some(Approval::Extension { .. }));
    for deputy in [ANN, BEN, PersonId(Uuid::from_u128(77))] {
        check(
            database,
            &tasks,
            &queued(Queue::ToEndorse(deputy)),
            |task| {
                step_of(task) == Some(ClosingStep::Deputy) && task.details.deputy == Some(deputy)
            },
        )
        .await;
        let queue = queued(Queue::ToDecideExtension(deputy));
        check(database, &tasks, &queue, |task| {
            extension(task) && task.details.deputy == Some(deputy)
        })
        .await;
    }
    check(
        database,
        &tasks,
        &queued(Queue::ToEndorseAsPrincipal),
        |task| step_of(task) == Some(ClosingStep::Principal),
    )
    .await;
    let any = queued(Queue::ToDecideAnyExtension);
    check(database, &tasks, &any, extension).await;

    check(database, &tasks, &queued(Queue::Open), |task| {
        let handed_back = task.state == TaskState::Returned && task.issued_at.is_some();
        is_open(task) || handed_back
    })
    .await;
    let today = today();
    check(database, &tasks, &queued(Queue::NoEcho { today }), |task| {
        let missed = task.report_due(BEHIND).is_some_and(|due| due < today);
        is_open(task) && (task.feedbacks == 0 || missed)
    })
    .await;
    check(
        database,
        &tasks,
        &queued(Queue::NoResult { today }),
        |task| is_open(task) && task.details.limit.is_some_and(|limit| limit < today),
    )
    .await;
    for until in [day(-1), day(7), chrono::NaiveDate::MAX] {
        let queue = queued(Queue::DueSoon { today, until });
        check(database, &tasks, &queue, |task| {
            let limit = task.details.limit;
            is_open(task) && limit.is_some_and(|limit| limit >= today && limit <= until)
        })
        .await;
    }
}

fn step_of(task: &Task) -> Option<ClosingStep> {
    task.closing().map(|closing| closing.step)
}

async fn each_filter_narrows_the_list(database: &Database) {
    let tasks = crowd(database, 300).await;
    check(database, &tasks, &all(), |_| true).await;
    for state in STATES {
        let filter = TaskFilter {
            state: Some(state),
            ..all()
        };
        check(database, &tasks, &filter, |task| task.state == state).await;
    }
    for kind in [TaskKind::Task, TaskKind::Recurring, TaskKind::Target] {
        let filter = TaskFilter {
            kind: Some(kind),
            ..all()
        };
        check(database, &tasks, &filter, |task| task.details.kind == kind).await;
    }
    let filter = TaskFilter {
        lead: Some(unit(2)),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        task.details.lead == Some(unit(2))
    })
    .await;
    let filter = TaskFilter {
        level: Some(Level::Major),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        task.details.level == Level::Major
    })
    .await;
    let filter = TaskFilter {
        tier: Some(Tier::Unit),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        task.details.tier == Tier::Unit
    })
    .await;
    let filter = TaskFilter {
        category: Some("plan".into()),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        task.details.category == "plan"
    })
    .await;
    let filter = TaskFilter {
        due_from: Some(day(0)),
        due_until: Some(day(8)),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        let limit = task.details.limit;
        limit.is_some_and(|limit| (day(0)..=day(8)).contains(&limit))
    })
    .await;
    let filter = TaskFilter {
        due_until: Some(day(90_000)),
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        task.details.limit.is_some()
    })
    .await;
    let plan = Some(PlanId(Uuid::from_u128(1)));
    let filter = TaskFilter { plan, ..all() };
    check(database, &tasks, &filter, |task| task.origin.plan == plan).await;
}

/// SYS-05: work secrets are listed to whom they concern alone, marked ones not at all where they
/// would leave.
async fn marks_narrow_a_list(database: &Database) {
    let mut tasks = crowd(database, 300).await;
    let mut work = database.write(BUREAU).await.unwrap();
    for (n, task) in tasks.iter_mut().enumerate() {
        let mark = Mark::ALL[n % 3];
        if mark == Mark::None {
            continue;
        }
        let event = TaskEvent::Marked {
            mark,
            reason: "依据".into(),
        };
        *task = work.task_get(task.id).await.unwrap().unwrap();
        let by = signed(2);
        task.apply(&event, &by);
        let saved = work.task_save(task, std::slice::from_ref(&event), &by);
        saved.await.unwrap();
    }
    work.commit().await.unwrap();
    let concerned = Marks::Concerning {
        units: vec![unit(4)],
        person: ANN,
    };
    let filter = TaskFilter {
        marks: concerned,
        ..all()
    };
    check(database, &tasks, &filter, |task| {
        let details = &task.details;
        task.mark != Mark::WorkSecret
            || details.deputy == Some(ANN)
            || task.details.units().any(|known| known == unit(4))
    })
    .await;
    let filter = TaskFilter {
        marks: Marks::Unmarked,
        ..all()
    };
    check(database, &tasks, &filter, |task| task.mark == Mark::None).await;
}

async fn ledger_11_reports_are_found_by_the_day_they_are_due(database: &Database) {
    let tasks = crowd(database, 900).await;
    let by = |report| TaskFilter {
        report: Some(report),
        ..all()
    };
    for (from, until) in [(None, -1), (Some(0), 3), (Some(-9), 40)] {
        let (from, until) = (from.map(day), day(until));
        let filter = by(ReportFilter::Due { from, until });
        check(database, &tasks, &filter, |task| {
            let due = task.report_due(BEHIND);
            due.is_some_and(|due| from.is_none_or(|from| due >= from) && due <= until)
        })
        .await;
    }
    check(database, &tasks, &by(ReportFilter::Set), |task| {
        task.cadence().is_some()
    })
    .await;
    check(database, &tasks, &by(ReportFilter::Unset), |task| {
        is_open(task) && task.reporting.is_none()
    })
    .await;
    for categories in [vec![], vec!["plan".to_owned()]] {
        let filter = TaskFilter {
            categories: Some(categories.clone()),
            ..by(ReportFilter::Set)
        };
        check(database, &tasks, &filter, |task| {
            task.cadence().is_some() && categories.contains(&task.details.category)
        })
        .await;
    }
}

async fn filters_combine(database: &Database) {
    let tasks = crowd(database, 900).await;
    let today = today();
    let filter = TaskFilter {
        tag: None,
        visible: Visibility::Units(vec![unit(4), OFFICE]),
        marks: Marks::All,
        queue: Some(Queue::Open),
        text: Some("整治".into()),
        due_from: None,
        due_until: None,
        lead: Some(unit(1)),
        below: None,
        deputy: None,
        state: Some(TaskState::InProgress),
        kind: None,
        level: Some(Level::Major),
        tier: Some(Tier::Bureau),
        category: Some("meeting".into()),
        plan: None,
        ids: None,
        without: None,
        light: Some(LightFilter {
            colour: Colour::Red,
            today,
        }),
        parent: None,
        steps: None,
        report: None,
        categories: None,
    };
    check(database, &tasks, &filter, |task| {
        let details = &task.details;
        let concerned = details.supervisor == Some(OFFICE)
            || details.co_units.iter().any(|co| co.unit == unit(4));
        concerned
            && details.lead == Some(unit(1))
            && task.state == TaskState::InProgress
            && (details.level, details.tier) == (Level::Major, Tier::Bureau)
            && details.category == "meeting"
            && task.issued_at.is_some()
            && details.limit.is_some_and(|limit| limit < today)
    })
    .await;
}

async fn sys_03_a_unit_sees_the_tasks_that_concern_it_and_no_other(database: &Database) {
    let tasks = crowd(database, 300).await;
    for units in [
        vec![],
        vec![unit(3)],
        vec![unit(1), unit(5)],
        vec![unit(99)],
    ] {
        let filter = TaskFilter::new(Visibility::Units(units.clone()));
        check(database, &tasks, &filter, |task| {
            let details = &task.details;
            let co_units = details.co_units.iter().map(|co| co.unit);
            let mut concerned = details
                .lead
                .into_iter()
                .chain(details.supervisor)
                .chain(co_units);
            concerned.any(|unit| units.contains(&unit))
        })
        .await;
    }
}

async fn text_is_found_in_title_target_number_and_document(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    for n in 0..3 {
        let mut details = details(n);
        if n == 1 {
            details.title = "G312 ÉTUDE 100%_完成\\".into();
        }
        let (mut task, events) = opened(n, details, 1);
        task.number = (n == 2).then(|| "〔2026〕12号".to_owned());
        work.task_save(&task, &events, &signed(1)).await.unwrap();
    }
    let cases = [
        // Each word, in whatever order; the year holds a 2 too.
        ("整治隐患点位 2", 2),
        ("整治隐患点位", 2),
        ("全部销号", 3),
        ("〔2026〕12号", 1),
        ("工作要点", 3),
        ("étude", 1),
        ("Étude", 1),
        ("g312", 1),
        ("100%_完", 1),
        ("%", 3),
        ("_", 1),
        ("\\", 1),
        ("' OR 1 = 1 --", 0),
        ("", 3),
    ];
    for (text, expected) in cases {
        let filter = TaskFilter {
            text: Some(text.into()),
            ..all()
        };
        let count = work.tasks_count(&filter, 10).await.unwrap();
        assert_eq!(count, expected, "{text}");
        assert_eq!(
            list(&mut *work, &filter).await.len(),
            usize::try_from(expected).unwrap()
        );
    }
}

async fn pages_give_every_row_once_in_each_order(database: &Database) {
    let tasks = crowd(database, 200).await;
    let mut work = database.read(BUREAU).await.unwrap();
    for sort in [TaskSort::Limit, TaskSort::Updated, TaskSort::Opened] {
        let mut wanted: Vec<&Task> = tasks.iter().collect();
        match sort {
            TaskSort::Limit => {
                wanted.sort_by_key(|task| {
                    let limit = task.details.limit;
                    (limit.is_none(), limit, task.id)
                });
            }
            TaskSort::Updated => {
                wanted.sort_by_key(|task| std::cmp::Reverse((task.updated_at, task.id)));
            }
            TaskSort::Opened => wanted.sort_by_key(|task| (task.opened_at, task.id)),
        }
        let wanted: Vec<_> = wanted.iter().map(|task| task.id).collect();
        for size in [1, 7, 100, 200, 201] {
            let mut listed = Vec::new();
            let mut after = None;
            loop {
                let request = PageRequest { size, after };
                let page = work.tasks_list(&all(), sort, &request).await.unwrap();
                assert!(page.rows.len() <= usize::try_from(size).unwrap());
                listed.extend(page.rows.iter().map(|row| row.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(listed, wanted, "{sort:?}, {size} to a page");
        }
    }
}

async fn a_foreign_page_mark_is_unusable(database: &Database) {
    crowd(database, 3).await;
    let mut work = database.read(BUREAU).await.unwrap();
    let request = |after: Option<&str>| PageRequest {
        size: 1,
        after: after.map(str::to_owned),
    };
    let first = work
        .tasks_list(&all(), TaskSort::Updated, &request(None))
        .await;
    let mark = first.unwrap().next.unwrap();
    let cut = mark.get(..mark.len() - 1).unwrap();
    let marks = [
        mark.as_str(),
        cut,
        "",
        "l",
        "l--",
        "l-1",
        "l-x-00",
        "o-é-",
        "l-1-' OR 1=1",
    ];
    for mark in marks {
        for sort in [TaskSort::Limit, TaskSort::Opened] {
            let refused = work.tasks_list(&all(), sort, &request(Some(mark))).await;
            assert!(matches!(refused, Err(StoreError::Unusable(_))), "{mark}");
        }
    }
    let far = format!("u-{}-{}", i64::MAX, Uuid::nil().simple());
    let refused = work
        .tasks_list(&all(), TaskSort::Updated, &request(Some(&far)))
        .await;
    assert!(matches!(refused, Err(StoreError::Unusable(_))));
    let none = PageRequest {
        size: 0,
        after: None,
    };
    let refused = work.tasks_list(&all(), TaskSort::Limit, &none).await;
    assert!(matches!(refused, Err(StoreError::Unusable(_))));
}

async fn a_count_stops_at_its_cap(database: &Database) {
    crowd(database, 20).await;
    let mut work = database.read(BUREAU).await.unwrap();
    for (cap, expected) in [(0, 0), (5, 5), (20, 20), (100, 20)] {
        assert_eq!(work.tasks_count(&all(), cap).await.unwrap(), expected);
    }
}

async fn a_line_of_the_ledger_says_what_the_task_says(database: &Database) {
    let mut tasks = crowd(database, 100).await;
    tasks.sort_by_key(|task| (task.opened_at, task.id));
    let mut work = database.read(BUREAU).await.unwrap();
    let rows = list(&mut *work, &all()).await;
    for (row, task) in rows.iter().zip(&tasks) {
        let waits_for = match (&task.approval, step_of(task)) {
            (None, _) => Waiting::Nothing,
            (Some(Approval::Escalation { .. }), _) => Waiting::Escalation,
            (Some(Approval::Change { .. }), _) => Waiting::Change,
            (_, None) => Waiting::Extension,
            (_, Some(ClosingStep::Review)) => Waiting::Review,
            (_, Some(ClosingStep::Deputy)) => Waiting::Deputy,
            (_, Some(ClosingStep::Principal)) => Waiting::Principal,
        };
        let details = &task.details;
        let wanted = TaskRow {
            id: task.id,
            version: task.version,
            number: task.number.clone(),
            title: details.title.clone(),
            kind: details.kind,
            level: details.level,
            tier: details.tier,
            category: details.category.clone(),
            state: task.state,
            waits_for,
            lead: details.lead,
            deputy: details.deputy,
            limit: details.limit,
            issued_on: task.issued_on(),
            progress: task.progress,
            feedbacks: task.feedbacks,
            grade: task.grade,
            plan: task.origin.plan,
            clause_path: task.origin.clause_path.clone(),
            updated_at: task.updated_at,
            mark: task.mark,
            paused_since: task.paused_since(),
            answer_by: task.answer_by(),
            respond_by: task.respond_by(),
            particulars: task.facts().particulars,
            parent: task.parent,
            tags: task.tags.clone(),
            report_by: task.report_due(BEHIND),
            merged_into: task.merged_into,
        };
        assert_eq!(*row, wanted);
    }
}

async fn time_01_step_limits_are_counted_as_they_are_listed(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let limit = |to, offset| TaskLimit {
        policy: "13710".into(),
        entry: "x".into(),
        from: Step::Decided,
        to,
        start: day(0),
        day: day(offset),
        warn_days: 0,
        by_plan: false,
    };
    for n in 0..6 {
        let (mut task, events) = opened(n, details(n), 0);
        task.timing = Some(Box::new(Timing {
            limits: vec![
                limit(Step::Received, i64::try_from(n % 3).unwrap()),
                limit(Step::FirstFeedback, 3),
                limit(Step::Closed, 1),
            ],
            ..Timing::default()
        }));
        task.state = TaskState::Issued;
        if n == 5 {
            task.state = TaskState::Closed;
            task.grade = Some(Grade::Good);
        }
        work.task_save(&task, &events, &signed(1)).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    let within = |step, from, until| TaskFilter {
        steps: Some(StepLimits {
            step,
            from: day(from),
            until: day(until),
        }),
        ..all()
    };
    let counted = work.tasks_steps_due(&within(None, 0, 9)).await.unwrap();
    let said: Vec<_> = counted
        .iter()
        .map(|due| ((due.day - day(0)).num_days(), due.step, due.count))
        .collect();
    // The sixth is closed: nothing of it is still to be done.
    assert_eq!(
        said,
        [
            (0, Step::Received, 2),
            (1, Step::Received, 2),
            (2, Step::Received, 1),
            (3, Step::FirstFeedback, 5),
        ]
    );
    for due in counted {
        let offset = (due.day - day(0)).num_days();
        let filter = within(Some(due.step), offset, offset);
        let rows = list(&mut *work, &filter).await;
        assert_eq!(u32::try_from(rows.len()).unwrap(), due.count);
        assert_eq!(work.tasks_count(&filter, 100).await.unwrap(), due.count);
    }
    let month = within(Some(Step::Received), 0, 9);
    assert_eq!(work.tasks_count(&month, 100).await.unwrap(), 5);
    let none = work.tasks_steps_due(&all()).await.unwrap();
    assert!(none.is_empty(), "nothing without days");
}

async fn ledger_08_a_task_is_read_with_who_leads_the_one_above(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let mut tops = Vec::new();
    for (n, lead) in [(1, 71), (2, 72)] {
        let mut details = details(n);
        details.lead = Some(unit(lead));
        let (mut top, events) = opened(n, details, 1);
        work.task_save(&top, &events, &signed(1)).await.unwrap();
        let roll_up = RollUp {
            children: 1,
            closed: 0,
        };
        let counted = TaskEvent::RolledUp {
            progress: 0,
            roll_up,
        };
        top.apply(&counted, &signed(1));
        work.task_save(&top, &[counted], &signed(1)).await.unwrap();
        tops.push(top);
    }
    let [mut top, other] = <[Task; 2]>::try_from(tops).unwrap();
    let (mut task, events) = opened(3, details(3), 1);
    work.task_save(&task, &events, &signed(1)).await.unwrap();
    let hang = |parent| TaskEvent::Linked { parent };
    let mut amended = top.details.clone();
    amended.lead = Some(unit(73));
    let amend = TaskEvent::Amended {
        details: Box::new(amended),
    };
    // It hangs under the one, then under the other, whose lead is another some day, then nowhere.
    for (event, of_top, wanted) in [
        (hang(Some(other.id)), false, Some(unit(72))),
        (hang(Some(top.id)), false, Some(unit(71))),
        (amend, true, Some(unit(73))),
        (hang(None), false, None),
    ] {
        let changed = if of_top { &mut top } else { &mut task };
        changed.apply(&event, &signed(1));
        work.task_save(changed, &[event], &signed(1)).await.unwrap();
        let read = work.task_get(task.id).await.unwrap().unwrap();
        assert_eq!(read.above, wanted);
        let ids = [other.id, task.id];
        let read = work.tasks_get(&ids).await.unwrap();
        assert_eq!([read[0].above, read[1].above], [None, wanted]);
        // It is no business of that unit: it has no part in it.
        for unit in [unit(71), unit(72), unit(73)] {
            let concerned = TaskFilter::new(Visibility::Units(vec![unit]));
            let rows = list(&mut *work, &concerned).await;
            assert!(rows.iter().all(|row| row.id != task.id));
        }
    }
    work.commit().await.unwrap();
    assert!(database.rebuild_check(BUREAU).await.unwrap().is_clean());
}

async fn ledger_01_the_tasks_below_one_are_listed(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let (top, events) = opened(1, details(1), 0);
    work.task_save(&top, &events, &signed(1)).await.unwrap();
    for n in 2..5 {
        let (mut task, mut events) = opened(n, details(n), 0);
        if n != 3 {
            let link = TaskEvent::Linked {
                parent: Some(top.id),
            };
            task.apply(&link, &signed(1));
            events.push(link);
        }
        work.task_save(&task, &events, &signed(1)).await.unwrap();
    }
    work.commit().await.unwrap();
    let mut work = database.read(BUREAU).await.unwrap();
    let filter = TaskFilter {
        parent: Some(top.id),
        ..all()
    };
    assert_eq!(list(&mut *work, &filter).await.len(), 2);
    assert_eq!(work.tasks_count(&filter, 10).await.unwrap(), 2);
}
