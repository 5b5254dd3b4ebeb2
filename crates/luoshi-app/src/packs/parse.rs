//! A pack's text to the pack.

pub mod campaigns;
mod lists;

use std::collections::HashSet;

use chrono::NaiveDate;
use luoshi_domain::cadence::DAYS_LIMIT;
use luoshi_domain::limits::{Allowance, Basis, LimitEntry, LimitPolicy, Span, Step, Stretch};
use luoshi_domain::packs::{
    Body, CadenceWanted, Cited, Lead, LeadKey, NeedWanted, PACK_LIMIT, Pack, PackKey,
    Responsibility, Role, RosterWanted, SheetKind, SheetWanted, Tier, Word,
};
use luoshi_domain::rosters::NeedKind;
use luoshi_domain::tasks::Level;

use super::reader::{Fault, Node, Placed, Source};

/// Sections that have their place in the format and cannot be used yet.
const RESERVED_SECTIONS: [(&str, &str); 9] = [
    ("conditions", "条件"),
    ("formulas", "公式"),
    ("duties", "常规要求"),
    ("indicators", "指标和折算公式"),
    ("ladders", "问责激励阶梯"),
    ("routes", "审批路线"),
    ("scoring", "评分"),
    ("rates", "费率表"),
    ("templates", "文书模板"),
];

/// Keys of an entry that will hold an expression.
const RESERVED_KEYS: [&str; 3] = ["when", "formula", "unless"];

/// The longest quotation, in characters.
const QUOTE_LIMIT: usize = 20;

/// The longest key, in bytes.
const KEY_LIMIT: usize = 60;

/// Reads a pack; the fault names file, line and reason.
pub fn pack(file: &str, text: &str) -> Result<Pack, Fault> {
    let source = Source { file, text };
    if text.len() > PACK_LIMIT {
        return Err(source.fault(0, format!("文件超过 {} KB", PACK_LIMIT / 1024)));
    }
    let tree = source.parse()?;
    let root = Node::root(source, &tree);
    for (section, name) in RESERVED_SECTIONS {
        if let Some(at) = root.place_of(section) {
            let reason = format!("“{section}”（{name}）的位置已留好，这个版本还不能使用，请先删去");
            return Err(root.fault_at_byte(at, reason));
        }
    }
    let key = root.text("key")?;
    let Some(pack_key) = PackKey::from_key(&key.value) else {
        let known: Vec<_> = PackKey::ALL.iter().map(|known| known.key()).collect();
        let reason = format!("“key”应是 {} 之一", known.join("、"));
        return Err(root.fault_at(&key, reason));
    };
    let reader = Reader {
        sign: pack_key.sign(),
    };
    let origins = reader.words(&root, "origins")?;
    let pack = Pack {
        key: pack_key,
        title: root.text("title")?.value,
        edition: root.number("edition", 1..=100_000)?,
        policies: reader.policies(&root, &origins)?,
        cadences: reader.cadences(&root, &origins)?,
        origins,
        grades: reader.words(&root, "grades")?,
        roles: reader.each(&root, "roles", |node, key, cited| {
            Ok(Role {
                key,
                label: node.text("label")?.value,
                holder: node.text_or_empty("holder")?,
                duty: node.text_or_empty("duty")?,
                cited,
            })
        })?,
        bodies: reader.each(&root, "bodies", |node, key, cited| {
            Ok(Body {
                key,
                label: node.text("label")?.value,
                count: node.number_or("count", 1..=99, 1)?,
                head: node.text_or_empty("head")?,
                deputies: node.text_or_empty("deputies")?,
                members: node.text_or_empty("members")?,
                office: node.text_or_empty("office")?,
                duty: node.text_or_empty("duty")?,
                each_unit: node.flag("each_unit")?,
                cited,
            })
        })?,
        tiers: reader.each(&root, "tiers", |node, key, cited| {
            let requirements = node.texts("requirements")?;
            Ok(Tier {
                key,
                label: node.text("label")?.value,
                requirements: requirements
                    .into_iter()
                    .map(|placed| placed.value)
                    .collect(),
                cited,
            })
        })?,
        responsibilities: reader.each(&root, "responsibilities", |node, key, cited| {
            Ok(Responsibility {
                key,
                field: node.text("field")?.value,
                holder: node.text("holder")?.value,
                bears: node.text("bears")?.value,
                cited,
            })
        })?,
        leads: reader.leads(&root)?,
        rosters: reader.rosters(&root)?,
        acts: reader.words(&root, "acts")?,
        training_forms: reader.words(&root, "training_forms")?,
        training_subjects: reader.words(&root, "training_subjects")?,
        campaigns: campaigns::campaigns(&reader, &root)?,
        sheets: reader.sheets(&root)?,
        lists: Vec::new(),
    };
    let pack = Pack {
        lists: lists::lists(&reader, &root, &pack)?,
        ..pack
    };
    root.finish()?;
    Ok(pack)
}

struct Reader {
    /// The pack's sign in citations.
    sign: &'static str,
}

impl Reader {
    /// The entries of a section, each with its key, unique in the section, and its citation.
    fn each<'a, T>(
        &self,
        parent: &Node<'a>,
        section: &'static str,
        read: impl Fn(&Node<'a>, String, Cited) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut known = HashSet::new();
        let mut entries = Vec::new();
        for node in parent.tables(section)? {
            for reserved in RESERVED_KEYS {
                if let Some(at) = node.place_of(reserved) {
                    let reason = format!(
                        "“{reserved}”要写条件或公式，位置已留好，这个版本还不能使用，请先删去"
                    );
                    return Err(node.fault_at_byte(at, reason));
                }
            }
            let key = key(&node)?;
            if !known.insert(key.value.clone()) {
                let reason = format!("“{section}”里“{}”出现了两次", key.value);
                return Err(node.fault_at(&key, reason));
            }
            let cited = self.cited(&node)?;
            entries.push(read(&node, key.value, cited)?);
            node.finish()?;
        }
        Ok(entries)
    }

    fn cited(&self, node: &Node<'_>) -> Result<Cited, Fault> {
        let clause = node.text("clause")?.value;
        let quote = node.optional_text("quote")?;
        if let Some(quote) = &quote
            && quote.value.chars().count() > QUOTE_LIMIT
        {
            let reason = format!("引文不超过 {QUOTE_LIMIT} 字");
            return Err(node.fault_at(quote, reason));
        }
        Ok(Cited {
            clause: format!("{} {clause}", self.sign),
            quote: quote.map(|quote| quote.value).unwrap_or_default(),
            default: node.flag("default")?,
        })
    }

    fn words(&self, root: &Node<'_>, section: &'static str) -> Result<Vec<Word>, Fault> {
        self.each(root, section, |node, key, cited| {
            let label = node.text("label")?.value;
            let same_as = match section {
                "origins" => node.optional_texts("same_as")?,
                _ => Vec::new(),
            };
            Ok(Word {
                key,
                label,
                same_as: same_as.into_iter().map(|placed| placed.value).collect(),
                cited,
            })
        })
    }

    fn leads(&self, root: &Node<'_>) -> Result<Vec<Lead>, Fault> {
        self.each(root, "leads", |node, key, cited| {
            let Some(key) = LeadKey::from_key(&key) else {
                let known: Vec<_> = LeadKey::ALL.iter().map(|known| known.key()).collect();
                let reason = format!("“key”应是 {} 之一", known.join("、"));
                return Err(node.fault(reason));
            };
            Ok(Lead {
                key,
                value: node.number("value", key.range())?,
                cited,
            })
        })
    }

    fn cadences(&self, root: &Node<'_>, origins: &[Word]) -> Result<Vec<CadenceWanted>, Fault> {
        self.each(root, "cadences", |node, key, cited| {
            if origins.iter().all(|origin| origin.key != key) {
                let reason = format!("“key”应是本包来源类别之一，没有“{key}”");
                return Err(node.fault(reason));
            }
            let longest = u32::from(DAYS_LIMIT);
            // Without a number it is set for each item; 0 stands for none.
            let days = node.number_or("days", 1..=longest, 0)?;
            Ok(CadenceWanted {
                key,
                days: (days > 0).then_some(days),
                cited,
            })
        })
    }

    fn sheets(&self, root: &Node<'_>) -> Result<Vec<SheetWanted>, Fault> {
        self.each(root, "sheets", |node, key, cited| {
            let Some(kind) = SheetKind::from_key(&key) else {
                let known: Vec<_> = SheetKind::ALL.iter().map(|known| known.key()).collect();
                let reason = format!("“key”应是 {} 之一", known.join("、"));
                return Err(node.fault(reason));
            };
            Ok(SheetWanted {
                kind,
                label: node.text("label")?.value,
                cited,
            })
        })
    }

    fn rosters(&self, root: &Node<'_>) -> Result<Vec<RosterWanted>, Fault> {
        self.each(root, "rosters", |node, key, cited| {
            let needs = self.each(node, "needs", |node, key, cited| need(node, key, cited))?;
            if needs.is_empty() {
                return Err(node.fault("名册下没有 [[rosters.needs]]"));
            }
            let due = node.optional_text("due")?;
            let due = due.map(|due| {
                month_and_day(&due.value)
                    .ok_or_else(|| node.fault_at(&due, "“due”应写成 月-日，如 03-08"))
            });
            Ok(RosterWanted {
                key,
                label: node.text("label")?.value,
                due: due.transpose()?,
                needs,
                cited,
            })
        })
    }

    fn policies(&self, root: &Node<'_>, origins: &[Word]) -> Result<Vec<LimitPolicy>, Fault> {
        self.each(root, "policies", |node, key, cited| {
            let by_origin = node.flag("by_origin")?;
            let entries = self.each(node, "entries", |node, key, cited| limit(node, key, cited))?;
            if entries.is_empty() {
                return Err(node.fault("时限制度下没有 [[policies.entries]]"));
            }
            Ok(LimitPolicy {
                key,
                label: node.text("label")?.value,
                reference: node.text_or_empty("reference")?,
                by_origin,
                origins: origins.iter().map(|origin| origin.key.clone()).collect(),
                cited,
                entries,
            })
        })
    }
}

fn need(node: &Node<'_>, key: String, cited: Cited) -> Result<NeedWanted, Fault> {
    let what = node.text("what")?;
    let kind = match what.value.as_str() {
        "person" => NeedKind::Person,
        "body" => NeedKind::Body,
        "staffing" => NeedKind::Staffing,
        _ => {
            let reason = "“what”应写 person（人员）、body（机构）或 staffing（机构和力量）";
            return Err(node.fault_at(&what, reason));
        }
    };
    let min = node.number_or("min", 0..=99, 1)?;
    let max = node.number_or("max", 0..=99, 0)?;
    if max != 0 && max < min {
        return Err(node.fault("“max”小于“min”"));
    }
    Ok(NeedWanted {
        key,
        label: node.text("label")?.value,
        what: kind,
        min,
        max: (max != 0).then_some(max),
        cited,
    })
}

/// `03-08` as month and day, of a leap year.
fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    NaiveDate::from_ymd_opt(2024, month, day).map(|_day| (month, day))
}

fn limit(node: &Node<'_>, key: String, cited: Cited) -> Result<LimitEntry, Fault> {
    let label = node.text("label")?.value;
    let span = node.text("limit")?;
    if span.value == "zero-open" {
        return Ok(LimitEntry {
            key,
            label,
            stretches: Vec::new(),
            matter: None,
            allowance: Allowance::ZeroOpen,
            by_plan: false,
            warn_days: 0,
            cited,
        });
    }
    let length: Span = span
        .value
        .parse()
        .map_err(|reason: String| node.fault_at(&span, reason))?;
    let basis = node.text("basis")?;
    let basis = match (basis.value.as_str(), length) {
        ("natural", _) => Basis::Natural,
        ("working", Span::Days(_)) => Basis::Working,
        ("working", Span::Months(_)) => {
            let reason = "按月计的时限只能用自然日，“basis”应写 natural";
            return Err(node.fault_at(&basis, reason));
        }
        _ => {
            let reason = "“basis”应写 natural（自然日）或 working（工作日）";
            return Err(node.fault_at(&basis, reason));
        }
    };
    let stretches = if node.has("stretches") {
        let texts = node.texts("stretches")?;
        let each = texts.iter().map(|text| stretch(node, text));
        each.collect::<Result<_, _>>()?
    } else {
        let (from, to) = (node.text("from")?, node.text("to")?);
        let stretch = Stretch {
            from: step(node, &from, &from.value)?,
            to: step(node, &to, &to.value)?,
        };
        vec![in_order(node, &to, stretch)?]
    };
    let matter = match node.optional_text("matter")? {
        None => None,
        Some(matter) => match matter.value.as_str() {
            "ordinary" => Some(Level::Ordinary),
            "major" => Some(Level::Major),
            _ => {
                let reason = "“matter”应写 ordinary（一般事项）或 major（重点事项）";
                return Err(node.fault_at(&matter, reason));
            }
        },
    };
    Ok(LimitEntry {
        key,
        label,
        stretches,
        matter,
        allowance: Allowance::Within {
            span: length,
            basis,
            may_end_off: node.flag("may_end_off")?,
        },
        by_plan: node.flag("by_plan")?,
        warn_days: node.number_or("warn_days", 0..=90, 0)?,
        cited,
    })
}

fn stretch(node: &Node<'_>, text: &Placed<String>) -> Result<Stretch, Fault> {
    let Some((from, to)) = text.value.split_once('/') else {
        let reason = format!("“{}”应写成 起点/终点，如 received/closed", text.value);
        return Err(node.fault_at(text, reason));
    };
    let stretch = Stretch {
        from: step(node, text, from)?,
        to: step(node, text, to)?,
    };
    in_order(node, text, stretch)
}

fn in_order(node: &Node<'_>, at: &Placed<String>, stretch: Stretch) -> Result<Stretch, Fault> {
    if stretch.from < stretch.to {
        return Ok(stretch);
    }
    Err(node.fault_at(at, "终点应在起点之后"))
}

fn step(node: &Node<'_>, at: &Placed<String>, key: &str) -> Result<Step, Fault> {
    Step::from_key(key).ok_or_else(|| {
        let known: Vec<_> = Step::ALL.iter().map(|step| step.key()).collect();
        let reason = format!("没有“{key}”这一步，应是 {} 之一", known.join("、"));
        node.fault_at(at, reason)
    })
}

/// The entry's key: small letters, digits and underscores.
fn key(node: &Node<'_>) -> Result<Placed<String>, Fault> {
    let key = node.text("key")?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if key.value.len() > KEY_LIMIT || !key.value.bytes().all(plain) {
        let reason = format!("“key”只用小写字母、数字和下划线，不超过 {KEY_LIMIT} 个");
        return Err(node.fault_at(&key, reason));
    }
    Ok(key)
}
