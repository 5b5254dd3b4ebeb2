//! The organisation's rows: one for each unit, person, post and field, and one for each day on
//! which something about them begins to hold.

mod load;
mod rows;

use async_trait::async_trait;
use luoshi_domain::ids::{BureauId, PersonId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::ports::{Organisations, StoreError, StoreResult};

use crate::conn::Conn;
use crate::sql::{fault, values};
use crate::versions;
use crate::work::Work;
use rows::Rows;

#[async_trait]
impl Organisations for Work {
    async fn organisation_load(&mut self) -> StoreResult<History> {
        load::load(&mut self.conn, self.bureau).await
    }

    async fn organisation_version(&mut self) -> StoreResult<i64> {
        Ok(versions::current(&mut self.conn, self.bureau)
            .await?
            .organisation)
    }

    async fn organisation_save(
        &mut self,
        history: &History,
        events: &[OrganisationEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_organisation(history, events, by).await;
        self.noting(saved)
    }
}

impl Work {
    async fn save_organisation(
        &mut self,
        history: &History,
        events: &[OrganisationEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        let version = history.version;
        self.append(Organisation::STREAM, self.bureau.0, version, events, by)
            .await?;
        project(&mut self.conn, self.bureau, history, events).await
    }
}

/// Writes what `events`, which brought the organisation to `history`, change.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    history: &History,
    events: &[OrganisationEvent],
) -> StoreResult<()> {
    let count = i64::try_from(events.len()).map_err(|_over| fault("too many events"))?;
    let before = history.version - count;
    let sql = "INSERT INTO organisations (bureau_id, version) VALUES ($1, $2) \
               ON CONFLICT (bureau_id) DO UPDATE SET version = excluded.version \
               WHERE organisations.version = $3";
    let values = values![bureau, history.version, before];
    if conn.execute(sql, values).await? != 1 {
        return Err(StoreError::Stale);
    }
    let mut rows = Rows {
        conn,
        bureau,
        history,
    };
    for (ord, event) in (before + 1..).zip(events) {
        rows.write(ord, event).await?;
    }
    Ok(())
}

impl Rows<'_> {
    /// Writes what one event changes, as the history has it after all of them.
    async fn write(&mut self, ord: i64, event: &OrganisationEvent) -> StoreResult<()> {
        match event {
            OrganisationEvent::UnitEstablished(unit) => {
                self.add_unit(ord, unit.id).await?;
                self.put_names(unit.id).await?;
                self.put_parents(unit.id).await?;
                self.put_ancestors(unit.id).await?;
                if unit.supervision_office {
                    self.put_offices().await?;
                }
                Ok(())
            }
            OrganisationEvent::UnitRenamed { unit, .. } => self.put_names(*unit).await,
            OrganisationEvent::UnitMoved { unit, .. } => {
                self.put_unit(*unit).await?;
                self.put_parents(*unit).await?;
                self.put_tree(*unit).await
            }
            OrganisationEvent::UnitAliased { unit, .. } => self.put_unit(*unit).await,
            OrganisationEvent::UnitMerged { unit, .. } => {
                let history = self.history;
                for below in history.ever_below(*unit) {
                    self.put_parents(below).await?;
                }
                self.end_unit(*unit).await?;
                self.put_tree(*unit).await
            }
            OrganisationEvent::UnitClosed { unit, .. } => {
                self.end_unit(*unit).await?;
                self.put_ancestors(*unit).await
            }
            OrganisationEvent::PersonRegistered(person) => self.add_person(ord, person.id).await,
            OrganisationEvent::PersonLeft { person, .. } => self.leave(*person).await,
            OrganisationEvent::PostCreated(post) => {
                self.add_post(ord, post.id).await?;
                self.put_holders(post.id).await
            }
            OrganisationEvent::PostClosed { post, .. } => self.put_post(*post).await,
            OrganisationEvent::Appointed { post, .. } => self.put_holders(*post).await,
            OrganisationEvent::PortfolioAssigned(portfolio) => {
                self.put_deputies(portfolio.unit).await
            }
            OrganisationEvent::PortfolioEnded { unit, .. } => self.put_deputies(*unit).await,
            OrganisationEvent::DomainEstablished(domain) => {
                self.add_domain(ord, domain.id).await?;
                self.put_domain_deputies(domain.id).await
            }
            OrganisationEvent::DomainAssigned { domain, .. } => {
                self.put_domain_deputies(*domain).await
            }
            OrganisationEvent::SupervisionOfficeSet { .. }
            | OrganisationEvent::SupervisionOfficeReleased { .. } => self.put_offices().await,
        }
    }

    /// What is above the unit and above all that ever stood below it.
    async fn put_tree(&mut self, unit: UnitId) -> StoreResult<()> {
        let history = self.history;
        for below in history.ever_below(unit) {
            self.put_ancestors(below).await?;
        }
        Ok(())
    }

    async fn end_unit(&mut self, unit: UnitId) -> StoreResult<()> {
        self.put_unit(unit).await?;
        let history = self.history;
        for post in history.posts_in(unit) {
            self.put_post(post.id).await?;
        }
        Ok(())
    }

    async fn leave(&mut self, person: PersonId) -> StoreResult<()> {
        self.put_person(person).await?;
        let history = self.history;
        // The posts and fields given up are empty from a day on which the person had them.
        for post in history.posts() {
            if post
                .holders
                .entries()
                .iter()
                .any(|(_, holder)| holder.is_none())
            {
                self.put_holders(post.id).await?;
            }
        }
        for (unit, deputies) in history.portfolios() {
            if deputies
                .entries()
                .iter()
                .any(|(_, deputy)| deputy.is_none())
            {
                self.put_deputies(*unit).await?;
            }
        }
        for domain in history.domains() {
            if domain
                .deputies
                .entries()
                .iter()
                .any(|(_, deputy)| deputy.is_none())
            {
                self.put_domain_deputies(domain.id).await?;
            }
        }
        Ok(())
    }
}
