//! Mechanism packs on the command line: checked, shown, compared.

use std::io::Write;
use std::path::Path;

use luoshi_app::packs::{self, parse};
use luoshi_domain::packs::{Pack, PackKey, difference};

use crate::Outcome;
use crate::cli::PackCommand;

/// Carries out one command; nothing is stored.
pub(crate) fn run(command: &PackCommand) -> anyhow::Result<Outcome> {
    let done = match command {
        PackCommand::Check { files } => check(files),
        PackCommand::Lists { packs } => lists(packs),
        PackCommand::Show { pack } => load(pack).map(|pack| shown(&pack)),
        PackCommand::Diff { before, after } => load(before)
            .and_then(|before| load(after).map(|after| (before, after)))
            .map(|(before, after)| compared(&before, &after)),
    };
    match done {
        Ok(text) => {
            std::io::stdout().lock().write_all(text.as_bytes())?;
            Ok(Outcome::Done)
        }
        Err(sentence) => Ok(Outcome::BadInput(sentence)),
    }
}

fn check<P: AsRef<Path>>(files: &[P]) -> Result<String, String> {
    let mut text = String::new();
    for file in files {
        let pack = read(file.as_ref())?;
        let lines = pack.lines();
        let defaults = lines.iter().filter(|line| line.cited.default).count();
        text.push_str(&format!(
            "{}：{}《{}》第 {} 版，{} 项，其中默认 {defaults} 项，没有错误\n",
            file.as_ref().display(),
            pack.key.sign(),
            pack.title,
            pack.edition,
            lines.len(),
        ));
    }
    Ok(text)
}

/// The lists of these packs, or of all that ship (LEDGER-12).
fn lists(names: &[String]) -> Result<String, String> {
    let packs: Vec<Pack> = match names.is_empty() {
        true => PackKey::ALL
            .iter()
            .map(|key| load(key.key()))
            .collect::<Result<_, _>>()?,
        false => names
            .iter()
            .map(|name| load(name))
            .collect::<Result<_, _>>()?,
    };
    let mut text = String::new();
    for list in packs.iter().flat_map(|pack| &pack.lists) {
        let default = if list.cited.default { "　默认" } else { "" };
        text.push_str(&format!(
            "{}　{}　{}，{}　[{}]{default}\n",
            list.code(),
            list.label,
            list.owner.label(),
            list.cycle_label(),
            list.cited.clause,
        ));
    }
    let count = packs.iter().map(|pack| pack.lists.len()).sum::<usize>();
    text.push_str(&format!("共 {count} 份\n"));
    Ok(text)
}

/// The pack of this name that ships with the program, or of a file.
fn load(name: &str) -> Result<Pack, String> {
    match PackKey::from_key(&name.to_lowercase()) {
        Some(key) => packs::shipped_pack(key).map_err(|fault| fault.to_string()),
        None => read(Path::new(name)),
    }
}

fn read(file: &Path) -> Result<Pack, String> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let known: Vec<_> = PackKey::ALL.iter().map(|key| key.key()).collect();
            format!("没有文件 {name}，自带的机制包是 {}。", known.join("、"))
        }
        _ => format!("{name} 打不开：{error}"),
    })?;
    let text =
        String::from_utf8(bytes).map_err(|_not_utf_8| format!("{name} 不是 UTF-8 文字文件。"))?;
    parse::pack(&name, &text).map_err(|fault| fault.to_string())
}

fn shown(pack: &Pack) -> String {
    let sign = pack.key.sign();
    let mut text = format!("{sign}《{}》第 {} 版\n", pack.title, pack.edition);
    let mut section = "";
    for line in pack.lines() {
        if line.section != section {
            section = line.section;
            text.push_str(&format!("\n{section}\n"));
        }
        let default = if line.cited.default { "　默认" } else { "" };
        text.push_str(&format!(
            "  {}　[{}]{default}\n",
            line.label, line.cited.clause
        ));
        if !line.text.is_empty() {
            text.push_str(&format!("      {}\n", line.text));
        }
    }
    text
}

fn compared(before: &Pack, after: &Pack) -> String {
    let differences = difference(before, after);
    if differences.is_empty() {
        return "两者内容相同\n".into();
    }
    let mut text = String::new();
    for found in &differences {
        text.push_str(&format!("{} · {}\n", found.section, found.label));
        if let Some(before) = &found.before {
            text.push_str(&format!("  - {before}\n"));
        }
        if let Some(after) = &found.after {
            text.push_str(&format!("  + {after}\n"));
        }
    }
    text
}
