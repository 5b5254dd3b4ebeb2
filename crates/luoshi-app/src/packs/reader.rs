//! Reading a TOML file table by table, so that every fault names its line in plain Chinese.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest text of an entry, in characters.
const TEXT_LIMIT: usize = 200;

/// The most entries of a list.
const LIST_LIMIT: usize = 400;

/// Where a file cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In plain Chinese, without a full stop.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} 第 {} 行：{}。", self.file, self.line, self.reason)
    }
}

impl std::error::Error for Fault {}

/// A file with its name as people know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

/// A table that is being read; what nobody asked for is a fault.
pub(crate) struct Node<'a> {
    source: Source<'a>,
    table: &'a DeTable<'a>,
    /// Where it stands, in bytes.
    at: Range<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// A value with where it stands.
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) at: Range<usize>,
}

impl<'a> Source<'a> {
    /// The file as a tree of values with their places.
    pub(crate) fn parse(self) -> Result<Spanned<DeTable<'a>>, Fault> {
        DeTable::parse(self.text).map_err(|error| {
            let at = error.span().unwrap_or_default();
            self.fault(at.start, said(error.message()))
        })
    }

    pub(crate) fn fault(self, at: usize, reason: impl Into<String>) -> Fault {
        let before = self.text.get(..at).unwrap_or(self.text);
        Fault {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: reason.into(),
        }
    }
}

impl<'a> Node<'a> {
    pub(crate) fn root(source: Source<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self::new(source, table.get_ref(), 0..0)
    }

    fn new(source: Source<'a>, table: &'a DeTable<'a>, at: Range<usize>) -> Self {
        Self {
            source,
            table,
            at,
            asked: RefCell::default(),
        }
    }

    /// A fault of the table as a whole.
    pub(crate) fn fault(&self, reason: impl Into<String>) -> Fault {
        self.source.fault(self.at.start, reason)
    }

    /// A fault at a value.
    pub(crate) fn fault_at<T>(&self, placed: &Placed<T>, reason: impl Into<String>) -> Fault {
        self.source.fault(placed.at.start, reason)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&self, key: &'static str) -> Result<Placed<String>, Fault> {
        let text = self.optional_text(key)?;
        text.ok_or_else(|| self.fault(format!("缺“{key}”")))
    }

    /// A text that may be missing.
    pub(crate) fn text_or_empty(&self, key: &'static str) -> Result<String, Fault> {
        let text = self.optional_text(key)?;
        Ok(text.map(|placed| placed.value).unwrap_or_default())
    }

    pub(crate) fn optional_text(&self, key: &'static str) -> Result<Option<Placed<String>>, Fault> {
        let Some((value, at)) = self.value(key) else {
            return Ok(None);
        };
        let text = self.as_text(key, value, at.clone())?;
        if text.is_empty() {
            return Err(self.source.fault(at.start, format!("“{key}”是空的")));
        }
        Ok(Some(Placed { value: text, at }))
    }

    /// Texts that must be there, one at least.
    pub(crate) fn texts(&self, key: &'static str) -> Result<Vec<Placed<String>>, Fault> {
        let Some((value, at)) = self.value(key) else {
            return Err(self.fault(format!("缺“{key}”")));
        };
        let DeValue::Array(array) = value else {
            let reason = format!("“{key}”应是方括号里的一列文字");
            return Err(self.source.fault(at.start, reason));
        };
        if array.is_empty() || array.len() > LIST_LIMIT {
            let reason = format!("“{key}”应有 1 至 {LIST_LIMIT} 项");
            return Err(self.source.fault(at.start, reason));
        }
        let mut texts = Vec::new();
        for item in array.iter() {
            let at = item.span();
            let value = self.as_text(key, item.get_ref(), at.clone())?;
            texts.push(Placed { value, at });
        }
        Ok(texts)
    }

    /// Texts that may be missing.
    pub(crate) fn optional_texts(&self, key: &'static str) -> Result<Vec<Placed<String>>, Fault> {
        match self.has(key) {
            true => self.texts(key),
            false => Ok(Vec::new()),
        }
    }

    /// A yes or no; no when it is missing.
    pub(crate) fn flag(&self, key: &'static str) -> Result<bool, Fault> {
        match self.value(key) {
            None => Ok(false),
            Some((DeValue::Boolean(flag), _at)) => Ok(*flag),
            Some((_other, at)) => {
                let reason = format!("“{key}”应写 true 或 false");
                Err(self.source.fault(at.start, reason))
            }
        }
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &self,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<u32, Fault> {
        let Some((value, at)) = self.value(key) else {
            return Err(self.fault(format!("缺“{key}”")));
        };
        let number = match value {
            DeValue::Integer(digits) => u32::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                let reason = format!("“{key}”应是 {} 至 {} 的整数", range.start(), range.end());
                self.source.fault(at.start, reason)
            })
    }

    /// As [`Self::number`], `otherwise` when it is missing.
    pub(crate) fn number_or(
        &self,
        key: &'static str,
        range: RangeInclusive<u32>,
        otherwise: u32,
    ) -> Result<u32, Fault> {
        if self.has(key) {
            self.number(key, range)
        } else {
            Ok(otherwise)
        }
    }

    /// The tables of `[[key]]`; none when it is missing.
    pub(crate) fn tables(&self, key: &'static str) -> Result<Vec<Self>, Fault> {
        let Some((value, at)) = self.value(key) else {
            return Ok(Vec::new());
        };
        let DeValue::Array(array) = value else {
            let reason = format!("“{key}”应写成 [[{key}]] 开头的若干段");
            return Err(self.source.fault(at.start, reason));
        };
        if array.len() > LIST_LIMIT {
            let reason = format!("“{key}”超过 {LIST_LIMIT} 段");
            return Err(self.source.fault(at.start, reason));
        }
        let tables = array.iter().map(|item| match item.get_ref() {
            DeValue::Table(table) => Ok(Node::new(self.source, table, item.span())),
            _ => {
                let reason = format!("“{key}”应写成 [[{key}]] 开头的若干段");
                Err(self.source.fault(item.span().start, reason))
            }
        });
        tables.collect()
    }

    /// The first key that nobody asked for is a fault.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        let asked = self.asked.borrow();
        let mut unknown: Vec<_> = self
            .table
            .keys()
            .filter(|key| !asked.contains(key.get_ref().as_ref()))
            .collect();
        unknown.sort_by_key(|key| key.span().start);
        match unknown.first() {
            None => Ok(()),
            Some(key) => {
                let name = key.get_ref();
                let reason = format!("不认识“{name}”，请检查拼写或删去");
                Err(self.source.fault(key.span().start, reason))
            }
        }
    }

    /// The place of a key, for saying that it cannot be used yet.
    pub(crate) fn place_of(&self, key: &str) -> Option<usize> {
        let (known, _value) = self.table.get_key_value(key)?;
        Some(known.span().start)
    }

    pub(crate) fn fault_at_byte(&self, at: usize, reason: impl Into<String>) -> Fault {
        self.source.fault(at, reason)
    }

    fn value(&self, key: &'static str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        self.asked.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        Some((value.get_ref(), value.span()))
    }

    fn as_text(&self, key: &str, value: &DeValue<'_>, at: Range<usize>) -> Result<String, Fault> {
        let DeValue::String(text) = value else {
            let reason = format!("“{key}”应是引号里的文字");
            return Err(self.source.fault(at.start, reason));
        };
        let text = text.trim();
        if text.chars().count() > TEXT_LIMIT {
            let reason = format!("“{key}”超过 {TEXT_LIMIT} 字");
            return Err(self.source.fault(at.start, reason));
        }
        if text.chars().any(char::is_control) {
            let reason = format!("“{key}”里有不能显示的字符");
            return Err(self.source.fault(at.start, reason));
        }
        Ok(text.to_owned())
    }
}

/// What the parser's message means, for people who do not know TOML.
fn said(message: &str) -> String {
    let known = [
        ("duplicate key", "同一个名称写了两次"),
        ("invalid basic string", "引号没有成对"),
        ("unclosed", "引号或括号没有成对"),
        ("missing assignment", "名称后面缺等号"),
        ("missing value", "等号后面缺内容"),
        ("extra", "这一行后面有多余的内容"),
        ("string values must be quoted", "文字要放在引号里"),
        ("invalid", "写法不对，请检查引号、等号和方括号"),
    ];
    let known = known.iter().find(|(part, _said)| message.contains(part));
    known.map_or_else(
        || "写法不对，请检查引号、等号和方括号".to_owned(),
        |(_part, said)| (*said).to_owned(),
    )
}
