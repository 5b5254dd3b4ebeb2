//! Reading an organisation's history back.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::Person;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::records::{
    DomainRecord, PersonRecord, PostRecord, Records, UnitRecord,
};
use luoshi_domain::organisation::timeline::{Span, Timeline};
use luoshi_domain::ports::StoreResult;
use uuid::Uuid;

use crate::sql::{Conn, values};

/// 0 before the first event.
pub(super) async fn version(conn: &mut Conn, bureau: BureauId) -> StoreResult<i64> {
    let sql = "SELECT version FROM organisations WHERE bureau_id = $1";
    match conn.fetch_optional(sql, values![bureau]).await? {
        Some(row) => row.cells().take(),
        None => Ok(0),
    }
}

pub(super) async fn load(conn: &mut Conn, bureau: BureauId) -> StoreResult<History> {
    let version = version(conn, bureau).await?;
    if version == 0 {
        return Ok(History::default());
    }
    let records = Records {
        units: units(conn, bureau).await?,
        persons: persons(conn, bureau).await?,
        posts: posts(conn, bureau).await?,
        office: offices(conn, bureau).await?,
        portfolios: deputies(conn, bureau).await?.into_iter().collect(),
        domains: domains(conn, bureau).await?,
    };
    Ok(History::restore(version, records))
}

async fn units(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<UnitRecord>> {
    let sql = "SELECT unit_id, valid_from, name FROM unit_names WHERE bureau_id = $1";
    let mut names: HashMap<UnitId, Timeline<String>> = HashMap::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let timeline = names.entry(cells.id()?).or_default();
        timeline.set(cells.day()?, cells.take()?);
    }
    let sql = "SELECT unit_id, valid_from, parent_id FROM unit_parents WHERE bureau_id = $1";
    let mut parents = timelines::<UnitId, UnitId>(conn, bureau, sql).await?;
    let sql = "SELECT id, kind, aliases, position, valid_from, valid_to, merged_into_id \
               FROM units WHERE bureau_id = $1 ORDER BY ord";
    let mut units = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let id = cells.id()?;
        units.push(UnitRecord {
            id,
            kind: cells.named()?,
            aliases: cells.json()?,
            position: cells.take()?,
            life: Span {
                from: cells.day()?,
                to: cells.optional_day()?,
            },
            names: names.remove(&id).unwrap_or_default(),
            parents: parents.remove(&id).unwrap_or_default(),
            merged_into: cells.optional_id()?,
        });
    }
    Ok(units)
}

async fn persons(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<PersonRecord>> {
    let sql = "SELECT id, name, login, left_day FROM persons WHERE bureau_id = $1 ORDER BY ord";
    let mut persons = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        persons.push(PersonRecord {
            person: Person {
                id: cells.id()?,
                name: cells.take()?,
                login: cells.take()?,
            },
            left: cells.optional_day()?,
        });
    }
    Ok(persons)
}

async fn posts(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<PostRecord>> {
    let sql = "SELECT post_id, valid_from, holder_id FROM post_holders WHERE bureau_id = $1";
    let mut holders = timelines::<PostId, PersonId>(conn, bureau, sql).await?;
    let sql = "SELECT id, unit_id, title, role, position, valid_from, valid_to \
               FROM posts WHERE bureau_id = $1 ORDER BY ord";
    let mut posts = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let id = cells.id()?;
        posts.push(PostRecord {
            id,
            unit: cells.id()?,
            title: cells.take()?,
            role: cells.named()?,
            position: cells.take()?,
            life: Span {
                from: cells.day()?,
                to: cells.optional_day()?,
            },
            holders: holders.remove(&id).unwrap_or_default(),
        });
    }
    Ok(posts)
}

async fn offices(conn: &mut Conn, bureau: BureauId) -> StoreResult<Timeline<Option<UnitId>>> {
    let sql = "SELECT valid_from, unit_id FROM supervision_offices WHERE bureau_id = $1";
    let mut offices = Timeline::default();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let day: NaiveDate = cells.day()?;
        offices.set(day, cells.optional_id()?);
    }
    Ok(offices)
}

async fn deputies(
    conn: &mut Conn,
    bureau: BureauId,
) -> StoreResult<HashMap<UnitId, Timeline<Option<PersonId>>>> {
    let sql = "SELECT unit_id, valid_from, deputy_id FROM unit_deputies WHERE bureau_id = $1";
    timelines(conn, bureau, sql).await
}

async fn domains(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<DomainRecord>> {
    let sql = "SELECT domain_id, valid_from, deputy_id FROM domain_deputies WHERE bureau_id = $1";
    let mut deputies = timelines::<DomainId, PersonId>(conn, bureau, sql).await?;
    let sql = "SELECT id, name, valid_from FROM domains WHERE bureau_id = $1 ORDER BY ord";
    let mut domains = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let id = cells.id()?;
        domains.push(DomainRecord {
            id,
            name: cells.take()?,
            valid_from: cells.day()?,
            deputies: deputies.remove(&id).unwrap_or_default(),
        });
    }
    Ok(domains)
}

/// Rows of a thing, a day, and who or what it is from that day on.
async fn timelines<Of, Held>(
    conn: &mut Conn,
    bureau: BureauId,
    sql: &'static str,
) -> StoreResult<HashMap<Of, Timeline<Option<Held>>>>
where
    Of: From<Uuid> + Hash + Eq,
    Held: From<Uuid>,
{
    let mut timelines: HashMap<Of, Timeline<Option<Held>>> = HashMap::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        let timeline = timelines.entry(cells.id()?).or_default();
        timeline.set(cells.day()?, cells.optional_id()?);
    }
    Ok(timelines)
}
