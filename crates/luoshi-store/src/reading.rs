//! One transaction for all that a request reads.
//!
//! A page asks in several places, each with a unit of work of its own. While a future runs within
//! [`shared`], a transaction that ends without having written is kept, and the next that begins to
//! read goes on with it: the page shows one state, and says neither `BEGIN` nor which versions are
//! in force more than once. From the first write on, nothing is kept any more, so that whoever
//! wrote reads what was written.

use std::cell::RefCell;
use std::sync::Arc;

use crate::conn::Tx;
use crate::database::Own;
use crate::versions::Seen;

tokio::task_local! {
    static READING: RefCell<Reading>;
}

/// What a future that reads has at hand.
enum Reading {
    /// A transaction that is in use, or none yet.
    Open(Option<Kept>),
    /// Something was written.
    Over,
}

/// A transaction that waits for the next who reads.
pub(crate) struct Kept {
    /// The database it is of.
    pub(crate) database: Arc<Own>,
    pub(crate) tx: Tx,
    pub(crate) seen: Seen,
}

/// Runs a future whose reads share a transaction for each database.
pub(crate) async fn shared<F: Future>(future: F) -> F::Output {
    let reading = RefCell::new(Reading::Open(None));
    READING.scope(reading, future).await
}

/// Takes the transaction that is kept, if it is of this database.
pub(crate) fn take(database: &Arc<Own>) -> Option<Kept> {
    let taken = READING.try_with(|reading| match &mut *reading.borrow_mut() {
        Reading::Open(kept) => kept.take_if(|kept| Arc::ptr_eq(&kept.database, database)),
        Reading::Over => None,
    });
    taken.ok().flatten()
}

/// Keeps a transaction for the next who reads; without one who may, it is rolled back.
pub(crate) fn keep(kept: Kept) {
    let _outside = READING.try_with(|reading| {
        let mut reading = reading.borrow_mut();
        if let Reading::Open(place @ None) = &mut *reading {
            *place = Some(kept);
        }
    });
}

/// Something is about to be written: what is read from now on begins anew.
pub(crate) fn end() {
    let _outside = READING.try_with(|reading| drop(reading.replace(Reading::Over)));
}
