//! What opens the hooks, and what went through them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_domain::hooks::{Credential, Delivery, DeliveryItem, DeliveryState, Purpose};
use luoshi_domain::ids::{DeliveryId, HookId, NotificationId, TaskId};
use luoshi_domain::notifications::Topic;
use luoshi_domain::ports::{Hooks, StoreResult};

use crate::names::unknown;
use crate::notifications;
use crate::sql::{Row, narrow, values};
use crate::work::Work;

#[async_trait]
impl Hooks for Work {
    async fn hook_credential(&mut self, hook: HookId) -> StoreResult<Option<Credential>> {
        let sql = "SELECT address, secret FROM hook_credentials \
                   WHERE bureau_id = $1 AND hook_id = $2";
        let row = self.conn.fetch_optional(sql, values![self.bureau, hook]);
        let Some(row) = row.await? else {
            return Ok(None);
        };
        let mut cells = row.cells();
        Ok(Some(Credential {
            address: cells.take()?,
            secret: cells.take()?,
        }))
    }

    async fn hook_credential_save(
        &mut self,
        hook: HookId,
        credential: &Credential,
    ) -> StoreResult<()> {
        let sql = "INSERT INTO hook_credentials (bureau_id, hook_id, address, secret) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bureau_id, hook_id) DO UPDATE \
                   SET address = excluded.address, secret = excluded.secret";
        let (address, secret) = (&credential.address, &credential.secret);
        let saved = self
            .conn
            .execute(sql, values![self.bureau, hook, address, secret])
            .await;
        self.noting(saved).map(|_rows| ())
    }

    async fn hook_credential_drop(&mut self, hook: HookId) -> StoreResult<()> {
        let sql = "DELETE FROM hook_credentials WHERE bureau_id = $1 AND hook_id = $2";
        let dropped = self.conn.execute(sql, values![self.bureau, hook]).await;
        self.noting(dropped).map(|_rows| ())
    }

    async fn delivery_gathering(&mut self, hook: HookId) -> StoreResult<Option<DeliveryId>> {
        let sql = "SELECT id FROM hook_deliveries WHERE bureau_id = $1 AND hook_id = $2 \
                   AND state = $3 AND purpose = $4 ORDER BY made_at, id LIMIT 1";
        let (state, purpose) = (DeliveryState::Gathering.key(), Purpose::News.key());
        let values = values![self.bureau, hook, state, purpose];
        let row = self.conn.fetch_optional(sql, values).await?;
        row.map(|row| row.cells().id()).transpose()
    }

    async fn delivery_save(&mut self, delivery: &Delivery) -> StoreResult<()> {
        let sql = "INSERT INTO hook_deliveries (bureau_id, id, hook_id, job_id, purpose, state, \
                   made_at, due_at, tries, tried_at, status, took_ms, told, left_out, error) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
                   ON CONFLICT (bureau_id, id) DO UPDATE SET state = excluded.state, \
                   due_at = excluded.due_at, tries = excluded.tries, \
                   tried_at = excluded.tried_at, status = excluded.status, \
                   took_ms = excluded.took_ms, told = excluded.told, \
                   left_out = excluded.left_out, error = excluded.error";
        let values = values![
            self.bureau,
            delivery.id,
            delivery.hook,
            delivery.job,
            delivery.purpose.key(),
            delivery.state.key(),
            delivery.made_at,
            delivery.due_at,
            delivery.tries,
            delivery.tried_at,
            delivery.status.map(i64::from),
            delivery.took_ms,
            delivery.told,
            delivery.left_out,
            &delivery.error,
        ];
        let saved = self.conn.execute(sql, values).await;
        self.noting(saved).map(|_rows| ())
    }

    async fn delivery_get(&mut self, id: DeliveryId) -> StoreResult<Option<Delivery>> {
        let sql = "SELECT id, hook_id, job_id, purpose, state, made_at, due_at, tries, tried_at, \
                   status, took_ms, told, left_out, error FROM hook_deliveries \
                   WHERE bureau_id = $1 AND id = $2";
        let row = self.conn.fetch_optional(sql, values![self.bureau, id]);
        row.await?.map(|row| delivery(&row)).transpose()
    }

    async fn delivery_add(
        &mut self,
        id: DeliveryId,
        notification: NotificationId,
        topic: Topic,
        tasks: &[TaskId],
    ) -> StoreResult<()> {
        let sql = "INSERT INTO hook_items \
                   (bureau_id, delivery_id, notification_id, task_id, topic) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        for task in tasks {
            let values = values![self.bureau, id, notification, *task, topic.key()];
            let added = self.conn.execute(sql, values).await;
            self.noting(added)?;
        }
        Ok(())
    }

    async fn delivery_items(
        &mut self,
        id: DeliveryId,
        limit: u32,
    ) -> StoreResult<Vec<DeliveryItem>> {
        let sql = "SELECT i.topic, i.task_id, n.id, n.recipient_kind, n.recipient_id, n.task_id, \
                   n.hook_id, n.text, n.at FROM hook_items AS i JOIN notifications AS n \
                   ON n.bureau_id = i.bureau_id AND n.id = i.notification_id \
                   WHERE i.bureau_id = $1 AND i.delivery_id = $2 \
                   ORDER BY n.at DESC, n.id DESC, i.task_id";
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut items: Vec<DeliveryItem> = Vec::new();
        for row in self.conn.fetch_all(sql, values![self.bureau, id]).await? {
            let mut cells = row.cells();
            let topic: String = cells.take()?;
            let topic = Topic::from_key(&topic).ok_or_else(|| unknown("topic", &topic))?;
            let task = cells.id()?;
            let notification = notifications::notification(&mut cells)?;
            let is_full = items.len() == wanted;
            match items.last_mut() {
                Some(known) if known.notification.id == notification.id => known.tasks.push(task),
                _ if is_full => break,
                _ => items.push(DeliveryItem {
                    topic,
                    notification,
                    tasks: vec![task],
                }),
            }
        }
        Ok(items)
    }

    async fn deliveries_list(&mut self, hook: HookId, limit: u32) -> StoreResult<Vec<Delivery>> {
        let sql = "SELECT id, hook_id, job_id, purpose, state, made_at, due_at, tries, tried_at, \
                   status, took_ms, told, left_out, error FROM hook_deliveries \
                   WHERE bureau_id = $1 AND hook_id = $2 \
                   ORDER BY made_at DESC, id DESC LIMIT $3";
        let rows = self
            .conn
            .fetch_all(sql, values![self.bureau, hook, limit])
            .await?;
        rows.iter().map(delivery).collect()
    }

    async fn digest_made(&mut self, hook: HookId, since: DateTime<Utc>) -> StoreResult<bool> {
        let sql = "SELECT id FROM hook_deliveries WHERE bureau_id = $1 AND hook_id = $2 \
                   AND purpose = $3 AND made_at >= $4 LIMIT 1";
        let values = values![self.bureau, hook, Purpose::Digest.key(), since];
        Ok(self.conn.fetch_optional(sql, values).await?.is_some())
    }

    async fn hook_failing_since(
        &mut self,
        hook: HookId,
        after: DateTime<Utc>,
    ) -> StoreResult<Option<DateTime<Utc>>> {
        let last = "SELECT tried_at FROM hook_deliveries WHERE bureau_id = $1 AND hook_id = $2 \
                    AND state = $3 AND tried_at > $4 ORDER BY tried_at DESC LIMIT 1";
        let sent = values![self.bureau, hook, DeliveryState::Sent.key(), after];
        let row = self.conn.fetch_optional(last, sent).await?;
        let sent: Option<DateTime<Utc>> = row.map(|row| row.cells().take()).transpose()?;
        let first = "SELECT tried_at FROM hook_deliveries WHERE bureau_id = $1 AND hook_id = $2 \
                     AND state = $3 AND tried_at > $4 ORDER BY tried_at LIMIT 1";
        let after = sent.unwrap_or(after);
        let failed = values![self.bureau, hook, DeliveryState::Failed.key(), after];
        let row = self.conn.fetch_optional(first, failed).await?;
        row.map(|row| row.cells().take()).transpose()
    }

    async fn deliveries_sweep(&mut self, before: DateTime<Utc>) -> StoreResult<u64> {
        let items = "DELETE FROM hook_items WHERE bureau_id = $1 AND delivery_id IN \
                     (SELECT id FROM hook_deliveries WHERE bureau_id = $1 AND made_at < $2 \
                     AND state IN ($3, $4, $5))";
        let sql = "DELETE FROM hook_deliveries WHERE bureau_id = $1 AND made_at < $2 \
                   AND state IN ($3, $4, $5)";
        let (sent, failed, dropped) = (
            DeliveryState::Sent.key(),
            DeliveryState::Failed.key(),
            DeliveryState::Dropped.key(),
        );
        let values = values![self.bureau, before, sent, failed, dropped];
        let swept = self.conn.execute(items, values).await;
        self.noting(swept)?;
        let values = values![self.bureau, before, sent, failed, dropped];
        let swept = self.conn.execute(sql, values).await;
        self.noting(swept)
    }
}

fn delivery(row: &Row) -> StoreResult<Delivery> {
    let mut cells = row.cells();
    let (id, hook, job) = (cells.id()?, cells.id()?, cells.id()?);
    let (purpose, state): (String, String) = (cells.take()?, cells.take()?);
    Ok(Delivery {
        id,
        hook,
        job,
        purpose: Purpose::from_key(&purpose).ok_or_else(|| unknown("purpose", &purpose))?,
        state: DeliveryState::from_key(&state).ok_or_else(|| unknown("state", &state))?,
        made_at: cells.take()?,
        due_at: cells.take()?,
        tries: cells.number()?,
        tried_at: cells.take()?,
        status: cells.take::<Option<i64>>()?.map(narrow).transpose()?,
        took_ms: cells.take()?,
        told: cells.number()?,
        left_out: cells.number()?,
        error: cells.take()?,
    })
}
