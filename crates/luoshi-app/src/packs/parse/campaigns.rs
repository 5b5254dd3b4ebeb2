//! Campaigns with their phases, and the days that a bureau enters for them.

use chrono::NaiveDate;
use luoshi_domain::campaigns::{Campaign, Days, Phase};

use super::Reader;
use crate::packs::reader::{Fault, Node, Source};

pub(super) fn campaigns(reader: &Reader, root: &Node<'_>) -> Result<Vec<Campaign>, Fault> {
    reader.each(root, "campaigns", |node, key, cited| {
        let phases = reader.each(node, "phases", |node, key, cited| {
            Ok(Phase {
                key,
                label: node.text("label")?.value,
                days: days(node)?,
                cited,
            })
        })?;
        let campaign = Campaign {
            key,
            label: node.text("label")?.value,
            days: days(node)?,
            undivided: node.flag("undivided")?,
            phases,
            cited,
        };
        campaign.check().map_err(|misfit| {
            let phases = node.tables("phases").unwrap_or_default();
            match phases.get(misfit.phase) {
                Some(phase) => phase.fault(misfit.reason),
                None => node.fault(misfit.reason),
            }
        })?;
        Ok(campaign)
    })
}

/// `start` and `end`, both or neither.
fn days(node: &Node<'_>) -> Result<Option<Days>, Fault> {
    let day = |key: &'static str| -> Result<Option<NaiveDate>, Fault> {
        let Some(text) = node.optional_text(key)? else {
            return Ok(None);
        };
        let day = text.value.parse().map_err(|_no_day| {
            node.fault_at(&text, format!("“{key}”应写成 年-月-日，如 2026-02-24"))
        })?;
        Ok(Some(day))
    };
    match (day("start")?, day("end")?) {
        (None, None) => Ok(None),
        (Some(start), Some(end)) if start <= end => Ok(Some(Days { start, end })),
        (Some(_), Some(_)) => Err(node.fault("“end”早于“start”")),
        (Some(_), None) => Err(node.fault("有“start”，缺“end”")),
        (None, Some(_)) => Err(node.fault("有“end”，缺“start”")),
    }
}

/// Days that a bureau enters for a phase, or for the campaign itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The phase's key; `None` for the campaign itself.
    pub phase: Option<String>,
    pub days: Days,
}

/// The pack's text with these days in it; everything else stays as it stands. What the text has
/// no such campaign or phase for is left out.
pub fn with_days(
    file: &str,
    text: &str,
    campaign: &str,
    entered: &[Entered],
) -> Result<String, Fault> {
    let source = Source { file, text };
    let tree = source.parse()?;
    let root = Node::root(source, &tree);
    let is = |node: &Node<'_>, key: &str| node.text("key").is_ok_and(|known| known.value == key);
    // Where what goes: bytes of the text, and what stands there then.
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for node in root.tables("campaigns")? {
        if !is(&node, campaign) {
            continue;
        }
        let phases = node.tables("phases")?;
        for known in entered {
            let at = match &known.phase {
                None => Some(&node),
                Some(key) => phases.iter().find(|phase| is(phase, key)),
            };
            let Some(at) = at else { continue };
            for (name, day) in [("start", known.days.start), ("end", known.days.end)] {
                if let Some(old) = at.optional_text(name)? {
                    changes.push((old.at, format!("\"{day}\"")));
                } else {
                    let end = at.text("label")?.at.end;
                    changes.push((end..end, format!("\n{name} = \"{day}\"")));
                }
            }
        }
    }
    // From the end, so that the places before stay; of one place the later name first.
    changes.sort_by_key(|(at, _)| at.start);
    let mut changed = text.to_owned();
    for (at, new) in changes.into_iter().rev() {
        changed.replace_range(at, &new);
    }
    Ok(changed)
}
