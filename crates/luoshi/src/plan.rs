//! Reading a plan on the command line.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use luoshi_documents::error::ReadError;
use luoshi_documents::limits::{Limits, MAX_BYTES};
use luoshi_plan::reading::{ReadOptions, Reading};

use crate::Outcome;
use crate::cli::{ExtractArgs, Format};

/// Reads a plan and prints what was read out of it.
pub(crate) fn extract(args: &ExtractArgs) -> anyhow::Result<Outcome> {
    let bytes = match read(&args.file) {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Ok(refused(&args.file, &error)),
        Err(error) => {
            let path = args.file.display();
            return Ok(Outcome::BadInput(format!(
                "文件 {path} 打不开：{error}。什么都没有改动。"
            )));
        }
    };
    let name = args.file.to_string_lossy();
    let document = match luoshi_documents::read(&bytes, &name, &Limits::default()) {
        Ok(document) => document,
        Err(error) => return Ok(refused(&args.file, &error)),
    };
    let mut reading = luoshi_plan::read(&document.text, &ReadOptions { year: args.year });
    if !document.is_plain() {
        reading.text = Some(document.text);
    }
    let printed = match args.format {
        Format::Json => serde_json::to_string_pretty(&reading)? + "\n",
        Format::Table => table(&reading),
    };
    match std::io::stdout().write_all(printed.as_bytes()) {
        // Whoever reads only the head of it has what they want.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
        written => written.map(|()| Outcome::Done).context("结果写不出去"),
    }
}

/// The file's bytes; a file above the limit is refused without being read.
fn read(file: &Path) -> std::io::Result<Result<Vec<u8>, ReadError>> {
    let mut file = std::fs::File::open(file)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if size > MAX_BYTES {
        return Ok(Err(ReadError::TooLarge {
            limit: MAX_BYTES,
            size,
        }));
    }
    let mut bytes = Vec::with_capacity(size);
    file.read_to_end(&mut bytes)?;
    Ok(Ok(bytes))
}

fn refused(file: &Path, error: &ReadError) -> Outcome {
    Outcome::BadInput(format!("{}：{}", file.display(), error.message_zh()))
}

fn table(reading: &Reading) -> String {
    let mut lines = vec![
        format!("标题  {}", reading.title.as_deref().unwrap_or("（未读出）")),
        format!(
            "机关  {}",
            reading.issuer.as_deref().unwrap_or("（未读出）")
        ),
        format!(
            "文号  {}",
            reading.number.as_deref().unwrap_or("（未读出）")
        ),
        format!(
            "日期  {}",
            reading.issued_on.as_deref().unwrap_or("（未读出）")
        ),
        format!(
            "条款  {} 条，读出 {} 项",
            reading.clauses.len(),
            reading.obligations.len()
        ),
        String::new(),
        "条款\t类别\t责任单位\t协办单位\t时限\t频次\t原文".to_owned(),
    ];
    for found in &reading.obligations {
        let kind = serde_json::to_value(found.kind).unwrap_or_default();
        let deadline = found.deadline.as_ref();
        let deadline = deadline.map(|known| known.date.as_deref().unwrap_or(&known.text));
        lines.push(
            [
                found.clause_path.as_str(),
                kind.as_str().unwrap_or_default(),
                &found.responsible.join("、"),
                &found.co_responsible.join("、"),
                deadline.unwrap_or_default(),
                found
                    .frequency
                    .as_ref()
                    .map_or("", |known| known.text.as_str()),
                &found.quote.replace(['\n', '\t'], " "),
            ]
            .join("\t"),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}
