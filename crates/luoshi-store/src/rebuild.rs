//! Making a bureau's rows again from its journal, to compare them with the live ones or to
//! replace them.
//!
//! The rows are made by the same code that the saves use, one whole stream at a time.

mod compare;
pub(crate) mod replay;
mod tables;

use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::{Bureau, Store, StoreError, StoreResult};

use crate::database::Database;
use crate::lights;
use crate::sql::{failed, values};

pub use compare::{Difference, RebuildReport};

impl Database {
    /// Replays the bureau's journal into empty tables and compares them with the live ones, row
    /// by row, on one state. Writers go on meanwhile.
    pub async fn rebuild_check(&self, bureau: BureauId) -> StoreResult<RebuildReport> {
        let folder = tempfile::tempdir().map_err(|error| failed(sqlx::Error::Io(error)))?;
        let scratch = Self::open_scratch(&folder.path().join("rebuilt.db")).await?;
        let owner = self.bureaus_list().await?;
        let owner = owner.into_iter().find(|known| known.id == bureau);
        let owner = owner.ok_or(StoreError::Unusable("there is no such bureau"))?;
        let report = self.compare_with(&scratch, &owner).await;
        scratch.close().await;
        report
    }

    /// Replaces the bureau's rows by those that its journal gives; the number of events replayed.
    /// The journal, accounts, notifications and number series stay as they are.
    pub async fn rebuild(&self, bureau: BureauId) -> StoreResult<i64> {
        let mut work = self.work(bureau, true).await?;
        // Begun after the write lock was taken, so that no event is missed.
        let mut journal = self.begin_read().await?;
        for table in tables::TABLES.iter().rev() {
            work.conn.execute(table.clear, values![bureau]).await?;
        }
        let events = replay::replay(&mut journal, &mut work.conn, bureau).await?;
        work.conn.commit().await?;
        Ok(events)
    }

    async fn compare_with(&self, scratch: &Self, bureau: &Bureau) -> StoreResult<RebuildReport> {
        scratch.bureau_create(bureau).await?;
        let mut live = self.begin_read().await?;
        let mut rebuilt = scratch.begin_write().await?;
        lights::copy_editions(&mut live, &mut rebuilt, bureau.id).await?;
        let events = replay::replay(&mut live, &mut rebuilt, bureau.id).await?;
        let mut report = RebuildReport {
            events,
            ..RebuildReport::default()
        };
        for table in &tables::TABLES {
            compare::compare(table, bureau.id, &mut live, &mut rebuilt, &mut report).await?;
        }
        Ok(report)
    }
}
