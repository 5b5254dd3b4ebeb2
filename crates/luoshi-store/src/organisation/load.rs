//! Reading an organisation's history back.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use luoshi_domain::ids::{BureauId, DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::records::{
    DomainRecord, PersonRecord, PostRecord, Records, UnitRecord,
};
use luoshi_domain::organisation::timeline::{Span, Timeline};
use luoshi_domain::organisation::{Person, Role, UnitKind};
use luoshi_domain::ports::StoreResult;
use serde::de::DeserializeOwned;

use crate::conn::Conn;
use crate::names::Named;
use crate::packed::Column::{self, Id, Plain};
use crate::sql::{day_of, from_json, values};
use crate::versions;

pub(super) async fn load(conn: &mut Conn, bureau: BureauId) -> StoreResult<History> {
    let version = versions::current(conn, bureau).await?.organisation;
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
    let named = [Id("unit_id"), Plain("valid_from"), Plain("name")];
    let rows = conn.fetch_packed::<(UnitId, i64, String)>(
        &named,
        "unit_names WHERE bureau_id = $1",
        "valid_from",
        values![bureau],
    );
    let mut names: HashMap<UnitId, Timeline<String>> = HashMap::new();
    for (id, day, name) in rows.await? {
        names.entry(id).or_default().set(day_of(day)?, name);
    }
    let parented = [Id("unit_id"), Plain("valid_from"), Id("parent_id")];
    let mut parents: HashMap<UnitId, Timeline<Option<UnitId>>> =
        timelines(conn, bureau, &parented, "unit_parents WHERE bureau_id = $1").await?;
    let columns = [
        Id("id"),
        Plain("kind"),
        Plain("aliases"),
        Plain("position"),
        Plain("valid_from"),
        Plain("valid_to"),
        Id("merged_into_id"),
    ];
    type Unit = (
        UnitId,
        String,
        String,
        i64,
        i64,
        Option<i64>,
        Option<UnitId>,
    );
    let rows = conn.fetch_packed::<Unit>(
        &columns,
        "units WHERE bureau_id = $1",
        "ord",
        values![bureau],
    );
    let record = |(id, kind, aliases, position, from, to, merged_into): Unit| {
        Ok(UnitRecord {
            id,
            kind: UnitKind::of(&kind)?,
            aliases: from_json(&aliases)?,
            position,
            life: span(from, to)?,
            names: names.remove(&id).unwrap_or_default(),
            parents: parents.remove(&id).unwrap_or_default(),
            merged_into,
        })
    };
    rows.await?.into_iter().map(record).collect()
}

async fn persons(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<PersonRecord>> {
    let columns = [Id("id"), Plain("name"), Plain("login"), Plain("left_day")];
    let rows = conn.fetch_packed::<(PersonId, String, String, Option<i64>)>(
        &columns,
        "persons WHERE bureau_id = $1",
        "ord",
        values![bureau],
    );
    let record = |(id, name, login, left): (PersonId, String, String, Option<i64>)| {
        Ok(PersonRecord {
            person: Person { id, name, login },
            left: left.map(day_of).transpose()?,
        })
    };
    rows.await?.into_iter().map(record).collect()
}

async fn posts(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<PostRecord>> {
    let held = [Id("post_id"), Plain("valid_from"), Id("holder_id")];
    let mut holders: HashMap<PostId, Timeline<Option<PersonId>>> =
        timelines(conn, bureau, &held, "post_holders WHERE bureau_id = $1").await?;
    let columns = [
        Id("id"),
        Id("unit_id"),
        Plain("title"),
        Plain("role"),
        Plain("position"),
        Plain("valid_from"),
        Plain("valid_to"),
    ];
    type Post = (PostId, UnitId, String, String, i64, i64, Option<i64>);
    let rows = conn.fetch_packed::<Post>(
        &columns,
        "posts WHERE bureau_id = $1",
        "ord",
        values![bureau],
    );
    let record = |(id, unit, title, role, position, from, to): Post| {
        Ok(PostRecord {
            id,
            unit,
            title,
            role: Role::of(&role)?,
            position,
            life: span(from, to)?,
            holders: holders.remove(&id).unwrap_or_default(),
        })
    };
    rows.await?.into_iter().map(record).collect()
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
    let columns = [Id("unit_id"), Plain("valid_from"), Id("deputy_id")];
    timelines(conn, bureau, &columns, "unit_deputies WHERE bureau_id = $1").await
}

async fn domains(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<DomainRecord>> {
    let columns = [Id("domain_id"), Plain("valid_from"), Id("deputy_id")];
    let from = "domain_deputies WHERE bureau_id = $1";
    let mut deputies: HashMap<DomainId, Timeline<Option<PersonId>>> =
        timelines(conn, bureau, &columns, from).await?;
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

/// Rows of a thing, a day, and who or what it is from that day on; the columns in this order.
async fn timelines<Of, Held>(
    conn: &mut Conn,
    bureau: BureauId,
    columns: &[Column; 3],
    from: &'static str,
) -> StoreResult<HashMap<Of, Timeline<Option<Held>>>>
where
    Of: DeserializeOwned + Hash + Eq,
    Held: DeserializeOwned,
{
    let rows =
        conn.fetch_packed::<(Of, i64, Option<Held>)>(columns, from, "valid_from", values![bureau]);
    let mut timelines: HashMap<Of, Timeline<Option<Held>>> = HashMap::new();
    for (of, day, held) in rows.await? {
        timelines.entry(of).or_default().set(day_of(day)?, held);
    }
    Ok(timelines)
}

fn span(from: i64, to: Option<i64>) -> StoreResult<Span> {
    Ok(Span {
        from: day_of(from)?,
        to: to.map(day_of).transpose()?,
    })
}
