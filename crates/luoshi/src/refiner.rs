//! A language model on the bureau's own network, where one is configured: connecting to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use luoshi_app::App;
use luoshi_refiner::HttpRefiner;
use luoshi_refiner::config::{Config, Key, LONGEST_WAIT};

use crate::cli::RefinerArgs;
use crate::secrets;

/// The key itself, where no file holds it; no option, which other users of the machine could see.
const KEY_VARIABLE: &str = "LUOSHI_REFINER_KEY";

/// Lets the application ask the model that was configured; does nothing without one.
pub(crate) async fn configure(app: &mut App, args: &RefinerArgs) -> anyhow::Result<()> {
    let (Some(url), Some(model)) = (&args.url, &args.model) else {
        return Ok(());
    };
    let mut config = Config::new(url, model);
    config.key = key(args.key_file.as_deref())?;
    config.any_address = args.any_address;
    config.timeout = Duration::from_secs(args.timeout).min(LONGEST_WAIT);
    let refiner = HttpRefiner::connect(config)
        .await
        .with_context(|| format!("模型服务 {url} 不能用；不用模型时去掉 --refiner-url"))?;
    println!("把握不大的句子会发给 {url} 的模型 {model} 核对，建议由人取舍");
    app.refiner = Some(Arc::new(refiner));
    Ok(())
}

fn key(file: Option<&Path>) -> anyhow::Result<Option<Key>> {
    let text = match file {
        Some(file) => Some(secrets::read(file, "口令")?),
        None => std::env::var(KEY_VARIABLE).ok(),
    };
    let text = text.filter(|text| !text.trim().is_empty());
    Ok(text.map(|text| Key::new(&text)))
}
