//! Values that the tests write: fixed ids, fixed times.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use luoshi_domain::ids::{BureauId, PersonId, TaskId, UnitId};
use luoshi_domain::journal::{Break, Signed, Verifier};
use luoshi_domain::ports::{Bureau, Store, StoreResult};
use luoshi_domain::tasks::{
    Channel, CoDuty, Course, Level, Origin, Task, TaskDetails, TaskEvent, TaskKind, Tier,
};
use luoshi_store::Database;
use uuid::Uuid;

pub(crate) const BUREAU: BureauId = BureauId(Uuid::from_u128(0xb1));
pub(crate) const OTHER_BUREAU: BureauId = BureauId(Uuid::from_u128(0xb2));
pub(crate) const OFFICE: UnitId = UnitId(Uuid::from_u128(0xa0));
pub(crate) const ANN: PersonId = PersonId(Uuid::from_u128(0xc1));
pub(crate) const BEN: PersonId = PersonId(Uuid::from_u128(0xc2));

pub(crate) async fn create_bureaus(database: &Database) {
    for (id, name) in [(BUREAU, "市交通运输局"), (OTHER_BUREAU, "县交通运输局")] {
        let bureau = Bureau {
            id,
            name: name.into(),
            created_at: at(0),
        };
        database.bureau_create(&bureau).await.unwrap();
    }
}

/// `second` seconds and some microseconds after the samples begin.
pub(crate) fn at(second: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-02T01:00:00.000125Z".parse().unwrap();
    start + TimeDelta::seconds(second)
}

/// The local day on which the samples begin.
pub(crate) fn today() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

/// `days` after (or before) the samples begin.
pub(crate) fn day(days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    if days < 0 {
        today() - count
    } else {
        today() + count
    }
}

pub(crate) fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(0xa000 + n))
}

pub(crate) fn task_id(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(0x7000_0000 + n))
}

pub(crate) fn signed(second: i64) -> Signed {
    Signed {
        at: at(second),
        person: ANN,
        name: "周敏".into(),
        title: "督查办 主任".into(),
        hand: None,
    }
}

pub(crate) fn origin() -> Origin {
    Origin {
        plan: None,
        proposal: None,
        document: "《2026 年工作要点》".into(),
        number: Some("交发〔2026〕3号".into()),
        clause_path: "四/(二)/1".into(),
        quote: "完成 100% 的隐患点位治理。".into(),
    }
}

pub(crate) fn details(n: u128) -> TaskDetails {
    TaskDetails {
        title: format!("整治隐患点位 {n}"),
        target: "全部销号".into(),
        requirement: String::new(),
        category: "meeting".into(),
        kind: TaskKind::Task,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead: Some(unit(1)),
        co_units: vec![CoDuty {
            unit: unit(2),
            duty: "提供数据".into(),
            joint: false,
        }],
        supervisor: Some(OFFICE),
        deputy: Some(BEN),
        limit: Some(day(30)),
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    }
}

/// The first event of task `n`, and the task.
pub(crate) fn opened(n: u128, details: TaskDetails, second: i64) -> (Task, Vec<TaskEvent>) {
    let task = Task::opened(task_id(n), &origin(), &details, at(second));
    let event = TaskEvent::Opened {
        origin: origin(),
        details: Box::new(details),
    };
    (task, vec![event])
}

pub(crate) fn issued(number: &str) -> TaskEvent {
    TaskEvent::Issued {
        number: number.into(),
        channel: Channel::System,
    }
}

pub(crate) fn fed_back(progress: u8) -> TaskEvent {
    TaskEvent::FedBack {
        unit: unit(1),
        course: Course::Smooth,
        progress,
        text: "按计划推进。".into(),
        difficulties: String::new(),
        suggestions: String::new(),
        figures: String::new(),
        evidence: Vec::new(),
    }
}

/// Opens task `n` in a unit of work of its own.
pub(crate) async fn open_task(database: &Database, bureau: BureauId, n: u128) -> Task {
    let (task, events) = opened(n, details(n), 1);
    save(database, bureau, &task, &events, 1).await.unwrap();
    task
}

/// Saves in a unit of work of its own.
pub(crate) async fn save(
    database: &Database,
    bureau: BureauId,
    task: &Task,
    events: &[TaskEvent],
    second: i64,
) -> StoreResult<()> {
    let mut work = database.write(bureau).await?;
    work.task_save(task, events, &signed(second)).await?;
    work.commit().await
}

/// Applies one event and saves it.
pub(crate) async fn step(
    database: &Database,
    bureau: BureauId,
    task: &mut Task,
    event: TaskEvent,
    second: i64,
) -> StoreResult<()> {
    task.apply(&event, &signed(second));
    save(database, bureau, task, &[event], second).await
}

/// Reads a bureau's whole journal through the verifier.
pub(crate) async fn verify(database: &Database, bureau: BureauId) -> Result<i64, Break> {
    let mut work = database.read(bureau).await.unwrap();
    let mut verifier = Verifier::new();
    let mut after = 0;
    loop {
        let events = work.journal_after(after, 7).await.unwrap();
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in &events {
            verifier.take(event)?;
        }
    }
    verifier.finish(work.journal_count().await.unwrap())
}
