//! Secrets that stand in a file of their own.

use std::path::Path;

use anyhow::Context;

/// A secret as it stands in its file, without the line's end; `what` it is, for who has to mend it.
pub(crate) fn read(file: &Path, what: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{what}文件 {} 读不了", file.display()))?;
    Ok(text.trim().to_owned())
}
