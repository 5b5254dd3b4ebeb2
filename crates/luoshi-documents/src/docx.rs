//! Word files: paragraphs with their numbers, tables, boxes and notes as lines of text.

mod body;
mod fields;
mod frames;
mod numbering;
mod numerals;
mod styles;

use std::collections::HashMap;

use crate::error::ReadError;
use crate::format::Format;
use crate::limits::Budget;
use crate::package::Package;
use crate::xml::{Node, Xml, local};

use body::Body;
use numbering::Numbering;
use styles::Styles;

/// What a damaged Word file is answered with.
const BROKEN: ReadError = ReadError::Broken {
    format: Format::Docx,
};

/// Reads the text of a Word file.
pub(crate) fn read(bytes: &[u8], budget: &Budget<'_>) -> Result<String, ReadError> {
    let mut package = Package::open(bytes, Format::Docx, budget)?;
    let main = related(&mut package, budget, "_rels/.rels", "")?
        .remove("officeDocument")
        .unwrap_or_else(|| "word/document.xml".to_owned());
    let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
    let parts = related(
        &mut package,
        budget,
        &format!("{folder}/_rels/{name}.rels"),
        folder,
    )?;
    let part = |kind: &str| {
        let usual = || format!("{folder}/{kind}.xml");
        parts.get(kind).cloned().unwrap_or_else(usual)
    };
    let styles = match package.part(&part("styles"))? {
        Some(part) => Styles::read(Xml::new(part, budget, BROKEN))?,
        None => Styles::default(),
    };
    let numbering = match package.part(&part("numbering"))? {
        Some(part) => Numbering::read(Xml::new(part, budget, BROKEN), &styles)?,
        None => Numbering::default(),
    };
    let mut body = Body::new(&styles, numbering, budget);
    for kind in ["footnotes", "endnotes"] {
        if let Some(part) = package.part(&part(kind))? {
            body.read(&mut Xml::new(part, budget, BROKEN))?;
        }
    }
    let part = package.part(&main)?.ok_or(BROKEN)?;
    body.read(&mut Xml::new(part, budget, BROKEN))?;
    Ok(body.text())
}

/// The parts that a part points to, by the last word of the kind of relation.
fn related(
    package: &mut Package<'_>,
    budget: &Budget<'_>,
    name: &str,
    folder: &str,
) -> Result<HashMap<String, String>, ReadError> {
    let mut parts = HashMap::new();
    let Some(part) = package.part(name)? else {
        return Ok(parts);
    };
    let mut xml = Xml::new(part, budget, BROKEN);
    loop {
        match xml.next()? {
            Node::Open(element) if local(element.name()) == "Relationship" => {
                if element.value("TargetMode").as_deref() == Some("External") {
                    continue;
                }
                let (Some(kind), Some(target)) = (element.value("Type"), element.value("Target"))
                else {
                    continue;
                };
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None if folder.is_empty() => target,
                    None => format!("{folder}/{target}"),
                };
                parts.entry(kind).or_insert(target);
            }
            Node::End => return Ok(parts),
            _ => {}
        }
    }
}
