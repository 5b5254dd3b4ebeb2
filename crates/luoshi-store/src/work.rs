//! One transaction of one bureau.

use async_trait::async_trait;
use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::{StoreResult, UnitOfWork};

use crate::conn::Conn;
use crate::journal::Head;
use crate::sql::fault;

/// A unit of work on either database.
pub(crate) struct Work {
    pub(crate) conn: Conn,
    pub(crate) bureau: BureauId,
    /// Where the journal ends; read by the first append, written by the commit.
    pub(crate) head: Option<Head>,
    failed: bool,
}

impl Work {
    pub(crate) fn new(conn: Conn, bureau: BureauId) -> Self {
        Self {
            conn,
            bureau,
            head: None,
            failed: false,
        }
    }

    /// Passes the outcome of a write on; a failed one may have written half, so that the unit can
    /// no longer be committed.
    pub(crate) fn noting<T>(&mut self, outcome: StoreResult<T>) -> StoreResult<T> {
        self.failed |= outcome.is_err();
        outcome
    }
}

#[async_trait]
impl UnitOfWork for Work {
    fn bureau(&self) -> BureauId {
        self.bureau
    }

    async fn commit(mut self: Box<Self>) -> StoreResult<()> {
        if self.failed {
            return Err(fault("a write in this unit of work failed before"));
        }
        self.write_head().await?;
        self.conn.commit().await
    }
}
