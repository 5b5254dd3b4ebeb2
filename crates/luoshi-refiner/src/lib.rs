//! A refiner that speaks `POST {base}/chat/completions` to a model server on the bureau's own
//! network.
//!
//! Plain HTTP to one pinned private address; no redirect is followed, every size and time is
//! bounded, one request is under way at a time. The document's text goes out as data between
//! instructions that never change; what comes back is parsed as the one schema or not at all.

mod address;
mod client;
pub mod config;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use luoshi_app::refiner::{Batch, RefineError, Refined, Refiner};

use crate::client::{Client, Fault};
use crate::config::{Config, ConfigError};

/// A model server at a pinned address.
pub struct HttpRefiner {
    client: Client,
    model: String,
    /// Set when the server once refused to be told the shape of its answer.
    plain: AtomicBool,
}

impl HttpRefiner {
    /// Resolves the configured host once and keeps that address; refuses one that is not private.
    pub async fn connect(config: Config) -> Result<Self, ConfigError> {
        let model = config.model.clone();
        Ok(Self {
            client: Client::new(config).await?,
            model,
            plain: AtomicBool::new(false),
        })
    }
}

#[async_trait]
impl Refiner for HttpRefiner {
    async fn refine(&self, batch: &Batch) -> Result<Vec<Refined>, RefineError> {
        if batch.sentences.is_empty() {
            return Ok(Vec::new());
        }
        if !self.plain.load(Ordering::Relaxed) {
            let body = wire::request(&self.model, batch, true);
            match self.client.post(&body).await {
                Ok(answer) => return wire::answer(&answer),
                Err(Fault::Unwanted(_)) => {}
                Err(Fault::Other(error)) => return Err(error),
            }
        }
        let body = wire::request(&self.model, batch, false);
        let answer = self.client.post(&body).await?;
        // It takes this and not the other: the next question saves the detour.
        self.plain.store(true, Ordering::Relaxed);
        wire::answer(&answer)
    }
}
