//! Bureaux: the tenants of an installation.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::Bureau;

use crate::App;
use crate::errors::AppResult;

/// All bureaux, oldest first.
pub async fn list(app: &App) -> AppResult<Vec<Bureau>> {
    Ok(app.store.bureaus_list().await?)
}

/// A bureau's name. It never changes, so it is asked for once.
pub async fn name(app: &App, id: BureauId) -> AppResult<String> {
    if let Some(known) = app.names.known(id) {
        return Ok(known);
    }
    let bureaus = list(app).await?;
    let found = bureaus.into_iter().find(|bureau| bureau.id == id);
    let name = found.map(|bureau| bureau.name).unwrap_or_default();
    app.names.keep(id, &name);
    Ok(name)
}

/// The names that were asked for.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<BureauId, String>>);

impl Names {
    fn known(&self, id: BureauId) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&id).cloned()
    }

    fn keep(&self, id: BureauId, name: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !name.is_empty() {
            all.insert(id, name.to_owned());
        }
    }
}

/// Creates a bureau without an organisation.
pub async fn create(app: &App, name: &str) -> AppResult<Bureau> {
    let now = app.clock.now();
    let bureau = Bureau {
        id: BureauId(app.ids.id(now)),
        name: name.trim().to_owned(),
        created_at: now,
    };
    app.store.bureau_create(&bureau).await?;
    Ok(bureau)
}
