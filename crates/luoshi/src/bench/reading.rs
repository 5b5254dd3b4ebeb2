//! How fast a plan is read.

use std::path::PathBuf;

use anyhow::Context;
use luoshi_plan::reading::ReadOptions;

use super::{row, timed};

/// Bytes of text that the speed is measured on.
const BYTES: usize = 10_000_000;

/// Reads the texts, joined and repeated to ten megabytes; the baseline only checks the encoding.
pub(super) fn bench(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut once = String::new();
    for file in files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        once.push_str(&text);
        once.push('\n');
    }
    if once.is_empty() {
        once.push_str(luoshi_app::demo::sample_plan());
    }
    let text = once.repeat(BYTES / once.len() + 1);
    let options = ReadOptions::default();
    let reading = timed(3, || luoshi_plan::read(&text, &options));
    let decoding = timed(3, || {
        std::str::from_utf8(text.as_bytes()).map(|text| text.chars().count())
    });
    let speed = |time: std::time::Duration| byte_count(&text) / 1e6 / time.as_secs_f64();
    row(
        "plan extract",
        &format!("{:.1} MB", byte_count(&text) / 1e6),
        &format!("{:.1} MB/s", speed(reading)),
        &format!("UTF-8 check and count {:.0} MB/s", speed(decoding)),
        reading.as_secs_f64() / decoding.as_secs_f64(),
    );
    Ok(())
}

fn byte_count(text: &str) -> f64 {
    f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX))
}
