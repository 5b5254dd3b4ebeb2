//! Folding streams of the journal into rows.

use std::collections::VecDeque;

use luoshi_domain::activities::Activity;
use luoshi_domain::appeals::Appeal;
use luoshi_domain::bodies::Body;
use luoshi_domain::breakdowns::Breakdown;
use luoshi_domain::calendar::{Announced, CalendarEvent};
use luoshi_domain::filings::Filing;
use luoshi_domain::handovers::Handover;
use luoshi_domain::hooks::Hook;
use luoshi_domain::ids::{BureauId, ListRowId, PlanId, TaskId};
use luoshi_domain::imports::Import;
use luoshi_domain::journal::{Envelope, Signed};
use luoshi_domain::lessons::{Lessons, LessonsEvent};
use luoshi_domain::lists::{ListRow, RowEvent};
use luoshi_domain::mandates::Mandate;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::packs::{PackEvent, PackSet};
use luoshi_domain::plans::{Plan, PlanEvent};
use luoshi_domain::ports::{StoreError, StoreResult};
use luoshi_domain::registers::Registered;
use luoshi_domain::rosters::Roster;
use luoshi_domain::tasks::{Task, TaskEvent};
use luoshi_domain::tellings::Telling;
use luoshi_domain::views::View;
use luoshi_domain::worksheets::Worksheet;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::conn::Conn;
use crate::sql::{from_json, values};
use crate::{lessons, lights, lists, organisation, plans, registers, rules, tasks};

/// Events read at once.
const EVENTS_AT_ONCE: i64 = 500;

/// Writes the rows that the journal gives into empty tables; the number of events.
pub(super) async fn replay(
    journal: &mut Conn,
    rows: &mut Conn,
    bureau: BureauId,
) -> StoreResult<i64> {
    let mut count = 0;
    let mut streams = Streams::new(journal, bureau, Organisation::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<OrganisationEvent> = stream.values()?;
        count += stream.length;
        let mut history = History::default();
        for event in &events {
            history.apply(event);
        }
        organisation::project(rows, bureau, &history, &events).await?;
    }
    let mut streams = Streams::new(journal, bureau, Lessons::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<LessonsEvent> = stream.values()?;
        count += stream.length;
        let mut learnt = Lessons::default();
        for (event, by) in events.iter().zip(&stream.by) {
            learnt.apply(event, by);
        }
        lessons::project(rows, bureau, &learnt, &events).await?;
    }
    let mut streams = Streams::new(journal, bureau, PackSet::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<PackEvent> = stream.values()?;
        count += stream.length;
        let mut set = PackSet::default();
        for (event, by) in events.iter().zip(&stream.by) {
            set.apply(event, by);
        }
        rules::project_packs(rows, bureau, &set, events.len()).await?;
    }
    let mut streams = Streams::new(journal, bureau, Announced::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<CalendarEvent> = stream.values()?;
        count += stream.length;
        let mut announced = Announced::default();
        for (event, by) in events.iter().zip(&stream.by) {
            announced.apply(event, by);
        }
        rules::project_calendar(rows, bureau, &announced, events.len()).await?;
    }
    let mut streams = Streams::new(journal, bureau, Plan::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<PlanEvent> = stream.values()?;
        count += stream.length;
        let plan = fold_plan(PlanId(stream.id), &events, &stream.by)
            .ok_or_else(|| headless(Plan::STREAM, stream.id))?;
        plans::project(rows, bureau, &plan, &events).await?;
    }
    let mut streams = Streams::new(journal, bureau, Task::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<TaskEvent> = stream.values()?;
        count += stream.length;
        let task = Task::replay(TaskId(stream.id), events.iter().zip(&stream.by))
            .ok_or_else(|| headless(Task::STREAM, stream.id))?;
        // As the live row was judged: a job brings it to the latest edition.
        let edition = match lights::edition_of(streams.conn, bureau, task.id).await? {
            Some(edition) => edition,
            None => lights::latest(rows, bureau).await?.number,
        };
        tasks::project_under(rows, bureau, &task, &events, edition).await?;
    }
    count += register::<Body>(journal, rows, bureau).await?;
    count += register::<Roster>(journal, rows, bureau).await?;
    count += register::<Activity>(journal, rows, bureau).await?;
    count += register::<Handover>(journal, rows, bureau).await?;
    count += register::<Breakdown>(journal, rows, bureau).await?;
    count += register::<Worksheet>(journal, rows, bureau).await?;
    count += register::<Mandate>(journal, rows, bureau).await?;
    count += register::<Filing>(journal, rows, bureau).await?;
    count += register::<Appeal>(journal, rows, bureau).await?;
    count += register::<Import>(journal, rows, bureau).await?;
    count += register::<View>(journal, rows, bureau).await?;
    count += register::<Telling>(journal, rows, bureau).await?;
    let mut streams = Streams::new(journal, bureau, ListRow::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<RowEvent> = stream.values()?;
        count += stream.length;
        let row = ListRow::replay(ListRowId(stream.id), events.iter().zip(&stream.by))
            .ok_or_else(|| headless(ListRow::STREAM, stream.id))?;
        lists::project(rows, bureau, &row, stream.length).await?;
    }
    count += register::<Hook>(journal, rows, bureau).await?;
    Ok(count)
}

/// Folds the streams of one register; the number of events.
async fn register<R: Registered>(
    journal: &mut Conn,
    rows: &mut Conn,
    bureau: BureauId,
) -> StoreResult<i64> {
    let mut count = 0;
    let mut streams = Streams::new(journal, bureau, R::STREAM);
    while let Some(stream) = streams.next().await? {
        let events: Vec<R::Event> = stream.values()?;
        count += stream.length;
        let state = R::replay(stream.id, events.iter().zip(&stream.by))
            .ok_or_else(|| headless(R::STREAM, stream.id))?;
        registers::project(rows, bureau, &registers::entry(&state)?, stream.length).await?;
    }
    Ok(count)
}

fn fold_plan(id: PlanId, events: &[PlanEvent], by: &[Signed]) -> Option<Plan> {
    let (PlanEvent::Imported(imported), first) = (events.first()?, by.first()?) else {
        return None;
    };
    let mut plan = Plan::imported(id, imported, first.at);
    for (event, by) in events.iter().zip(by).skip(1) {
        plan.apply(event, by);
    }
    Some(plan)
}

fn headless(stream: &str, id: Uuid) -> StoreError {
    StoreError::Fault {
        what: format!("the {stream} {id} has a journal without a beginning"),
        source: None,
    }
}

/// All events of one aggregate.
pub(crate) struct Stream {
    pub(crate) id: Uuid,
    length: i64,
    pub(crate) by: Vec<Signed>,
    events: Vec<serde_json::Value>,
}

impl Stream {
    pub(crate) fn values<E: DeserializeOwned>(&self) -> StoreResult<Vec<E>> {
        let mut values = Vec::with_capacity(self.events.len());
        for event in &self.events {
            let value = E::deserialize(event).map_err(|source| StoreError::Fault {
                what: format!("an event of {} cannot be read", self.id),
                source: Some(Box::new(source)),
            })?;
            values.push(value);
        }
        Ok(values)
    }
}

/// The streams of one kind, one after the other.
pub(crate) struct Streams<'a> {
    conn: &'a mut Conn,
    bureau: BureauId,
    stream: &'static str,
    /// Read and not yet handed out.
    page: VecDeque<(Uuid, i64, String)>,
    last: (Uuid, i64),
}

impl<'a> Streams<'a> {
    pub(crate) fn new(conn: &'a mut Conn, bureau: BureauId, stream: &'static str) -> Self {
        Self {
            conn,
            bureau,
            stream,
            page: VecDeque::new(),
            last: (Uuid::nil(), 0),
        }
    }

    pub(crate) async fn next(&mut self) -> StoreResult<Option<Stream>> {
        let mut stream: Option<Stream> = None;
        loop {
            if self.page.is_empty() {
                self.read_page().await?;
            }
            let Some((id, ..)) = self.page.front() else {
                return Ok(stream);
            };
            if stream.as_ref().is_some_and(|stream| stream.id != *id) {
                return Ok(stream);
            }
            let Some((id, _version, body)) = self.page.pop_front() else {
                return Ok(stream);
            };
            let envelope: Envelope = from_json(&body)?;
            let stream = stream.get_or_insert_with(|| Stream {
                id,
                length: 0,
                by: Vec::new(),
                events: Vec::new(),
            });
            stream.length += 1;
            stream.by.push(envelope.by);
            stream.events.push(envelope.event);
        }
    }

    async fn read_page(&mut self) -> StoreResult<()> {
        let sql = "SELECT stream_id, stream_version, body FROM events \
                   WHERE bureau_id = $1 AND stream = $2 \
                   AND (stream_id, stream_version) > ($3, $4) \
                   ORDER BY stream_id, stream_version LIMIT $5";
        let (id, version) = self.last;
        let values = values![self.bureau, self.stream, id, version, EVENTS_AT_ONCE];
        for row in self.conn.fetch_all(sql, values).await? {
            let mut cells = row.cells();
            let (id, version) = (cells.take()?, cells.take()?);
            self.last = (id, version);
            self.page.push_back((id, version, cells.take()?));
        }
        Ok(())
    }
}
