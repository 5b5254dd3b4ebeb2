//! A plan's rows: the plan, its clauses and its proposals.

mod rows;

use async_trait::async_trait;
use luoshi_domain::ids::PlanId;
use luoshi_domain::journal::Signed;
use luoshi_domain::plans::{Coverage, Plan, PlanEvent, PlanRow};
use luoshi_domain::ports::{Plans, StoreResult};

use crate::sql::values;
use crate::work::Work;

pub(crate) use rows::project;

#[async_trait]
impl Plans for Work {
    async fn plan_get(&mut self, id: PlanId) -> StoreResult<Option<Plan>> {
        rows::read(&mut self.conn, self.bureau, id).await
    }

    async fn plan_with_digest(&mut self, digest: &str) -> StoreResult<Option<PlanId>> {
        let sql = "SELECT id FROM plans WHERE bureau_id = $1 AND digest = $2";
        let values = values![self.bureau, digest];
        match self.conn.fetch_optional(sql, values).await? {
            Some(row) => Ok(Some(row.cells().id()?)),
            None => Ok(None),
        }
    }

    async fn plans_list(&mut self, limit: u32) -> StoreResult<Vec<PlanRow>> {
        let sql = "SELECT id, title, number, file_name, state, settled, total, proposals, \
                   imported_at FROM plans WHERE bureau_id = $1 \
                   ORDER BY imported_at DESC, id DESC LIMIT $2";
        let mut plans = Vec::new();
        for row in self
            .conn
            .fetch_all(sql, values![self.bureau, limit])
            .await?
        {
            let mut cells = row.cells();
            plans.push(PlanRow {
                id: cells.id()?,
                title: cells.take()?,
                number: cells.take()?,
                file_name: cells.take()?,
                state: cells.named()?,
                coverage: Coverage {
                    settled: cells.number()?,
                    total: cells.number()?,
                },
                proposals: cells.number()?,
                imported_at: cells.take()?,
            });
        }
        Ok(plans)
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
