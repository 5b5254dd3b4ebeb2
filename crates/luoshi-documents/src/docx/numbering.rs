//! Automatic numbers: what a word processor shows before a paragraph and no text holds.

use std::collections::HashMap;
use std::io::BufRead;

use crate::error::ReadError;
use crate::xml::{Element, Node, Xml, local};

use super::numerals::written;
use super::styles::Styles;

/// Levels of a list.
const LEVELS: usize = 9;
/// Longest text around the numbers of a level that is kept, in characters.
const LONGEST: usize = 64;

/// The lists of a document and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<u32, Abstract>,
    lists: HashMap<u32, List>,
    /// Counters by abstract list, which its lists share.
    counters: HashMap<u32, [Option<u32>; LEVELS]>,
}

/// What lists of one make have in common.
#[derive(Debug, Default)]
struct Abstract {
    levels: HashMap<usize, Level>,
    /// The numbering style whose list stands for this one.
    style: Option<String>,
}

/// A list as paragraphs name it.
#[derive(Debug, Default)]
struct List {
    of: u32,
    /// Levels that differ from those of its make.
    levels: HashMap<usize, Level>,
    /// Where levels begin again when this list first uses them.
    starts: HashMap<usize, u32>,
    used: [bool; LEVELS],
}

/// How one level is numbered.
#[derive(Debug, Clone, Default)]
struct Level {
    start: Option<u32>,
    form: String,
    /// The text with `%1` to `%9` for the numbers of the levels.
    text: String,
    /// The number of the level after which this begins again; 0 for never.
    restart: Option<usize>,
    /// Whether all numbers in the text are arabic.
    arabic: bool,
    /// Whether something stands between number and text.
    apart: bool,
    /// The paragraph style that stands for this level.
    style: Option<String>,
}

impl Numbering {
    pub(super) fn read<R: BufRead>(
        mut xml: Xml<'_, R>,
        styles: &Styles,
    ) -> Result<Self, ReadError> {
        let mut numbering = Self::default();
        let mut make: Option<(u32, Abstract)> = None;
        let mut list: Option<(u32, List)> = None;
        let mut level: Option<(usize, Level)> = None;
        let mut overridden = 0;
        loop {
            match xml.next()? {
                Node::Open(element) => {
                    let value = || element.value("val");
                    match local(element.name()) {
                        "abstractNum" => {
                            let id = element.number("abstractNumId").unwrap_or(0);
                            make = Some((id, Abstract::default()));
                        }
                        "numStyleLink" => {
                            if let Some((_, make)) = &mut make {
                                make.style = value();
                            }
                        }
                        "num" => {
                            let id = element.number("numId").unwrap_or(0);
                            list = Some((id, List::default()));
                        }
                        "abstractNumId" => {
                            if let Some((_, list)) = &mut list {
                                list.of = element.number("val").unwrap_or(0);
                            }
                        }
                        "lvlOverride" => overridden = element.number("ilvl").unwrap_or(0),
                        "startOverride" => {
                            if let (Some((_, list)), Some(start)) =
                                (&mut list, element.number("val"))
                            {
                                list.starts.insert(overridden, start);
                            }
                        }
                        "lvl" => {
                            let at = element.number("ilvl").unwrap_or(overridden);
                            let new = Level {
                                form: "decimal".to_owned(),
                                apart: true,
                                ..Level::default()
                            };
                            level = Some((at, new));
                        }
                        inner => {
                            if let Some((_, level)) = &mut level {
                                level.set(inner, &element);
                            }
                        }
                    }
                }
                Node::Close(closed) => match local(closed.name()) {
                    "lvl" => {
                        let Some((at, level)) = level.take() else {
                            continue;
                        };
                        if let Some((_, list)) = &mut list {
                            list.levels.insert(at, level);
                        } else if let Some((_, make)) = &mut make {
                            make.levels.insert(at, level);
                        }
                    }
                    "abstractNum" => numbering.abstracts.extend(make.take()),
                    "num" => numbering.lists.extend(list.take()),
                    _ => {}
                },
                Node::Text(_) => {}
                Node::End => break,
            }
        }
        numbering.follow_styles(styles);
        Ok(numbering)
    }

    /// A list that only names a numbering style is the list of that style.
    fn follow_styles(&mut self, styles: &Styles) {
        let linked: Vec<(u32, u32)> = self
            .abstracts
            .iter()
            .filter_map(|(id, make)| {
                let (list, _) = styles.list_of(Some(make.style.as_deref()?))?;
                Some((*id, self.lists.get(&list)?.of))
            })
            .collect();
        for list in self.lists.values_mut() {
            if let Some((_, target)) = linked.iter().find(|(id, _)| *id == list.of) {
                list.of = *target;
            }
        }
    }

    /// The level of a list that one of these paragraph styles stands for.
    pub(super) fn level_of<'s>(
        &self,
        list: u32,
        styles: impl Iterator<Item = &'s str>,
    ) -> Option<usize> {
        let make = self.abstracts.get(&self.lists.get(&list)?.of)?;
        let mut styles = styles;
        styles.find_map(|style| {
            let mut levels = make.levels.iter();
            let found = levels.find(|(_, level)| level.style.as_deref() == Some(style));
            found.map(|(at, _)| *at)
        })
    }

    /// Counts a paragraph of a list and gives the number that it shows, ready to stand before text.
    pub(super) fn next(&mut self, list: u32, at: usize) -> Option<String> {
        if at >= LEVELS {
            return None;
        }
        let known = self.lists.get_mut(&list)?;
        let make = self.abstracts.get(&known.of)?;
        let level = |at: usize| known.levels.get(&at).or_else(|| make.levels.get(&at));
        let start = |at: usize| {
            let own = known.starts.get(&at).copied();
            own.or_else(|| level(at)?.start).unwrap_or(1)
        };
        let this = level(at)?.clone();
        let counters = self.counters.entry(known.of).or_default();
        let begins = known.starts.contains_key(&at) && known.used.get(at) == Some(&false);
        let numbers: Vec<u32> = (0..LEVELS)
            .map(|i| {
                let count = counters.get(i).copied().flatten();
                match count {
                    Some(count) if i == at && !begins => count.saturating_add(1),
                    Some(count) if i != at => count,
                    _ => start(i),
                }
            })
            .collect();
        let mut text = String::new();
        let mut signs = this.text.chars();
        while let Some(sign) = signs.next() {
            let place = (sign == '%')
                .then(|| signs.clone().next()?.to_digit(10))
                .flatten();
            let Some(place) = place.and_then(|place| usize::try_from(place).ok()) else {
                text.push(sign);
                continue;
            };
            signs.next();
            let index = place.saturating_sub(1);
            let number = numbers.get(index).copied().unwrap_or(1);
            let form = level(index).map_or("decimal", |level| level.form.as_str());
            text.push_str(&written(number, if this.arabic { "decimal" } else { form }));
        }
        let restarts: Vec<bool> = (0..LEVELS)
            .map(|i| {
                i > at
                    && level(i)
                        .and_then(|l| l.restart)
                        .is_none_or(|r| r > at && r != 0)
            })
            .collect();
        for (i, counter) in counters.iter_mut().enumerate() {
            if i <= at {
                *counter = numbers.get(i).copied();
            } else if restarts.get(i) == Some(&true) {
                *counter = None;
            }
        }
        if let Some(used) = known.used.get_mut(at) {
            *used = true;
        }
        if this.form == "bullet" || text.trim().is_empty() {
            return None;
        }
        // Marks of full width stand apart by themselves.
        let last = text.chars().next_back();
        if this.apart && last.is_some_and(|c| !"、，．。）】：".contains(c) && c != ' ') {
            text.push(' ');
        }
        Some(text)
    }
}

impl Level {
    fn set(&mut self, name: &str, element: &Element<'_>) {
        let value = || element.value("val");
        match name {
            "start" => self.start = element.number("val"),
            "numFmt" => self.form = value().unwrap_or_default(),
            "lvlText" => {
                let text = value().unwrap_or_default();
                self.text = text.chars().take(LONGEST).collect();
            }
            "lvlRestart" => self.restart = element.number("val"),
            "isLgl" => self.arabic = !super::frames::is_off(element),
            "suff" => self.apart = value().as_deref() != Some("nothing"),
            "pStyle" => self.style = value(),
            _ => {}
        }
    }
}
