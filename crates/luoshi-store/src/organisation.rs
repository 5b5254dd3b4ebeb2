//! The organisation's rows: one for each unit, person, post and portfolio.

use async_trait::async_trait;
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::{Organisation, OrganisationEvent, Person, Portfolio, Post, Unit};
use luoshi_domain::ports::{Organisations, StoreError, StoreResult};

use crate::names::Named;
use crate::sql::{Conn, fault, to_json, values};
use crate::work::Work;

#[async_trait]
impl Organisations for Work {
    async fn organisation_load(&mut self) -> StoreResult<Organisation> {
        load(&mut self.conn, self.bureau).await
    }

    async fn organisation_version(&mut self) -> StoreResult<i64> {
        version(&mut self.conn, self.bureau).await
    }

    async fn organisation_save(
        &mut self,
        organisation: &Organisation,
        events: &[OrganisationEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_organisation(organisation, events, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_organisation(
        &mut self,
        organisation: &Organisation,
        events: &[OrganisationEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        let version = organisation.version;
        self.append(Organisation::STREAM, self.bureau.0, version, events, by)
            .await?;
        project(&mut self.conn, self.bureau, version, events).await
    }
}

/// Writes what `events`, which brought the organisation to `version`, change.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    version: i64,
    events: &[OrganisationEvent],
) -> StoreResult<()> {
    let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
    let before = version - count;
    let sql = "INSERT INTO organisations (bureau_id, version) VALUES ($1, $2) \
               ON CONFLICT (bureau_id) DO UPDATE SET version = excluded.version \
               WHERE organisations.version = $3";
    if conn.execute(sql, values![bureau, version, before]).await? != 1 {
        return Err(StoreError::Stale);
    }
    for (ord, event) in (before + 1..).zip(events) {
        match event {
            OrganisationEvent::UnitEstablished(unit) => {
                insert_unit(conn, bureau, ord, unit).await?;
            }
            OrganisationEvent::PersonRegistered(person) => {
                insert_person(conn, bureau, ord, person).await?;
            }
            OrganisationEvent::PostCreated(post) => insert_post(conn, bureau, ord, post).await?,
            OrganisationEvent::Appointed { post, holder } => {
                let sql = "UPDATE posts SET holder_id = $3 WHERE bureau_id = $1 AND id = $2";
                conn.execute(sql, values![bureau, *post, *holder]).await?;
            }
            OrganisationEvent::PortfolioAssigned(portfolio) => {
                put_portfolio(conn, bureau, ord, portfolio).await?;
            }
            OrganisationEvent::SupervisionOfficeReleased { unit } => {
                let sql = "UPDATE units SET supervision_office = $3 \
                           WHERE bureau_id = $1 AND id = $2";
                conn.execute(sql, values![bureau, *unit, false]).await?;
            }
        }
    }
    Ok(())
}

async fn insert_unit(conn: &mut Conn, bureau: BureauId, ord: i64, unit: &Unit) -> StoreResult<()> {
    let sql = "INSERT INTO units (bureau_id, id, ord, parent_id, kind, name, aliases, \
               supervision_office, position, valid_from) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = values![
        bureau,
        unit.id,
        ord,
        unit.parent,
        unit.kind.name(),
        &unit.name,
        to_json(&unit.aliases)?,
        unit.supervision_office,
        unit.position,
        unit.valid_from,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn insert_person(
    conn: &mut Conn,
    bureau: BureauId,
    ord: i64,
    person: &Person,
) -> StoreResult<()> {
    let sql = "INSERT INTO persons (bureau_id, id, ord, name, login) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = values![bureau, person.id, ord, &person.name, &person.login];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn insert_post(conn: &mut Conn, bureau: BureauId, ord: i64, post: &Post) -> StoreResult<()> {
    let sql = "INSERT INTO posts (bureau_id, id, ord, unit_id, title, role, holder_id, \
               position, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = values![
        bureau,
        post.id,
        ord,
        post.unit,
        &post.title,
        post.role.name(),
        post.holder,
        post.position,
        post.valid_from,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn put_portfolio(
    conn: &mut Conn,
    bureau: BureauId,
    ord: i64,
    portfolio: &Portfolio,
) -> StoreResult<()> {
    let sql = "INSERT INTO portfolios (bureau_id, unit_id, ord, deputy_id, valid_from) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (bureau_id, unit_id) DO UPDATE \
               SET ord = excluded.ord, deputy_id = excluded.deputy_id, \
               valid_from = excluded.valid_from";
    let values = values![
        bureau,
        portfolio.unit,
        ord,
        portfolio.deputy,
        portfolio.valid_from,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

/// 0 before the first event.
async fn version(conn: &mut Conn, bureau: BureauId) -> StoreResult<i64> {
    let sql = "SELECT version FROM organisations WHERE bureau_id = $1";
    match conn.fetch_optional(sql, values![bureau]).await? {
        Some(row) => row.cells().take(),
        None => Ok(0),
    }
}

async fn load(conn: &mut Conn, bureau: BureauId) -> StoreResult<Organisation> {
    let version = version(conn, bureau).await?;
    if version == 0 {
        return Ok(Organisation::default());
    }
    let units = load_units(conn, bureau).await?;
    let persons = load_persons(conn, bureau).await?;
    let posts = load_posts(conn, bureau).await?;
    let portfolios = load_portfolios(conn, bureau).await?;
    Ok(Organisation::restore(
        version, units, persons, posts, portfolios,
    ))
}

async fn load_units(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<Unit>> {
    let sql = "SELECT id, parent_id, kind, name, aliases, supervision_office, position, \
               valid_from FROM units WHERE bureau_id = $1 ORDER BY ord";
    let mut units = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        units.push(Unit {
            id: cells.id()?,
            parent: cells.optional_id()?,
            kind: cells.named()?,
            name: cells.take()?,
            aliases: cells.json()?,
            supervision_office: cells.take()?,
            position: cells.take()?,
            valid_from: cells.day()?,
        });
    }
    Ok(units)
}

async fn load_persons(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<Person>> {
    let sql = "SELECT id, name, login FROM persons WHERE bureau_id = $1 ORDER BY ord";
    let mut persons = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        persons.push(Person {
            id: cells.id()?,
            name: cells.take()?,
            login: cells.take()?,
        });
    }
    Ok(persons)
}

async fn load_posts(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<Post>> {
    let sql = "SELECT id, unit_id, title, role, holder_id, position, valid_from \
               FROM posts WHERE bureau_id = $1 ORDER BY ord";
    let mut posts = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        posts.push(Post {
            id: cells.id()?,
            unit: cells.id()?,
            title: cells.take()?,
            role: cells.named()?,
            holder: cells.optional_id()?,
            position: cells.take()?,
            valid_from: cells.day()?,
        });
    }
    Ok(posts)
}

async fn load_portfolios(conn: &mut Conn, bureau: BureauId) -> StoreResult<Vec<Portfolio>> {
    let sql = "SELECT unit_id, deputy_id, valid_from FROM portfolios \
               WHERE bureau_id = $1 ORDER BY ord";
    let mut portfolios = Vec::new();
    for row in conn.fetch_all(sql, values![bureau]).await? {
        let mut cells = row.cells();
        portfolios.push(Portfolio {
            unit: cells.id()?,
            deputy: cells.id()?,
            valid_from: cells.day()?,
        });
    }
    Ok(portfolios)
}
