//! A plan's rows: the plan, its clauses and its proposals.

mod rows;

use async_trait::async_trait;
use luoshi_domain::ids::PlanId;
use luoshi_domain::journal::Signed;
use luoshi_domain::plans::{Coverage, Plan, PlanEvent, PlanRow};
use luoshi_domain::ports::{Plans, StoreResult};

use crate::sql::{Row, values};
use crate::work::Work;

pub(crate) use rows::project;

#[async_trait]
impl Plans for Work {
    async fn plan_get(&mut self, id: PlanId) -> StoreResult<Option<Plan>> {
        rows::read(&mut self.conn, self.bureau, id).await
    }

    async fn plans_with_digest(&mut self, digest: &str) -> StoreResult<Vec<PlanRow>> {
        let sql = "SELECT id, title, number, file_name, state, year, lineage_record, settled, \
                   total, proposals, imported_at, mark FROM plans \
                   WHERE bureau_id = $1 AND digest = $2 ORDER BY imported_at, id";
        let found = self.conn.fetch_all(sql, values![self.bureau, digest]);
        found.await?.iter().map(listed).collect()
    }

    async fn plans_list(&mut self, limit: u32) -> StoreResult<Vec<PlanRow>> {
        let sql = "SELECT id, title, number, file_name, state, year, lineage_record, settled, \
                   total, proposals, imported_at, mark FROM plans WHERE bureau_id = $1 \
                   ORDER BY imported_at DESC, id DESC LIMIT $2";
        let found = self.conn.fetch_all(sql, values![self.bureau, limit]);
        found.await?.iter().map(listed).collect()
    }

    async fn plan_text(&mut self, id: PlanId) -> StoreResult<Option<String>> {
        let sql = "SELECT text FROM plans WHERE bureau_id = $1 AND id = $2";
        let found = self.conn.fetch_optional(sql, values![self.bureau, id]);
        found.await?.map(|row| row.cells().take()).transpose()
    }

    async fn plan_save(
        &mut self,
        plan: &Plan,
        events: &[PlanEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        let saved = self.save_plan(plan, events, by).await;
        self.noting(saved)
    }
}

/// One line of the list of plans.
fn listed(row: &Row) -> StoreResult<PlanRow> {
    let mut cells = row.cells();
    Ok(PlanRow {
        id: cells.id()?,
        title: cells.take()?,
        number: cells.take()?,
        file_name: cells.take()?,
        state: cells.named()?,
        year: cells
            .take::<Option<i64>>()?
            .map(crate::sql::narrow)
            .transpose()?,
        lineage: cells.json()?,
        coverage: Coverage {
            settled: cells.number()?,
            total: cells.number()?,
        },
        proposals: cells.number()?,
        imported_at: cells.take()?,
        mark: cells.named()?,
    })
}

impl Work {
    async fn save_plan(
        &mut self,
        plan: &Plan,
        events: &[PlanEvent],
        by: &Signed,
    ) -> StoreResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.append(Plan::STREAM, plan.id.0, plan.version, events, by)
            .await?;
        project(&mut self.conn, self.bureau, plan, events).await
    }
}
