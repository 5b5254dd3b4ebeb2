//! Bureaux: the tenants of an installation.

use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::Bureau;

use crate::App;
use crate::errors::AppResult;

/// All bureaux, oldest first.
pub async fn list(app: &App) -> AppResult<Vec<Bureau>> {
    Ok(app.store.bureaus_list().await?)
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
