//! What an audit page's address asks for, and addresses that ask for something else.

use chrono::NaiveDate;
use luoshi_app::Who;
use luoshi_app::audit::lists;
use luoshi_domain::access_log::{AccessAction, AccessFilter};
use luoshi_domain::ids::PersonId;
use luoshi_domain::journal::JournalFilter;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::Task;
use serde::Deserialize;
use uuid::Uuid;

use crate::WebState;
use crate::pages::audit::words;
use crate::pages::ledger::query::{address, name, named};
use crate::pages::parts::Link;
use crate::problem::WebResult;

/// Longest text of a parameter, in characters.
const TEXT_LIMIT: usize = 200;

/// The address's parameters as they came; empty when not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// A name, a login, or both.
    pub(super) person: String,
    /// Of the journal a stream, or a stream and an event after a dot; else an action.
    pub(super) kind: String,
    /// A number, an address of ours, or `kind/id`.
    pub(super) object: String,
    /// A network address.
    pub(super) address: String,
    /// `yes` or `no`.
    pub(super) outcome: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) after: String,
}

/// What to narrow a list to.
pub(super) enum Narrowing<T> {
    To(T),
    /// What cannot be understood, in plain Chinese.
    Unknown(String),
}

/// A value, or what of it cannot be understood.
type Read<T> = Result<Option<T>, String>;

/// One thing, of a kind where it is known.
struct Object {
    kind: Option<String>,
    id: Uuid,
}

impl Wish {
    /// Every parameter that is set, in the order of addresses; the page mark is not among them.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("person", self.person.trim()),
            ("kind", self.kind.as_str()),
            ("object", self.object.trim()),
            ("address", self.address.trim()),
            ("outcome", self.outcome.as_str()),
            ("from", self.from.as_str()),
            ("until", self.until.as_str()),
        ];
        let pairs = all.into_iter();
        pairs.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The address of `path` with one parameter changed, from the first page; an empty value
    /// takes it away.
    pub(super) fn with(&self, path: &str, name: &str, value: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = self.pairs();
        pairs.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
        address(path, &pairs)
    }

    /// The address of `path` with the same wishes, from the first page.
    pub(super) fn at(&self, path: &str) -> String {
        address(path, &self.pairs())
    }

    /// What is narrowed already, each with the address without it.
    pub(super) fn applied(&self, path: &str, reads: bool) -> Vec<Link> {
        let pairs = self.pairs().into_iter();
        let links = pairs.map(|(name, value)| {
            let label = match name {
                "person" => format!("人员：{value}"),
                "kind" => format!("种类：{}", words::kind(reads, value)),
                "object" => format!("对象：{}", words::object_shown(value)),
                "address" => format!("来源地址：{value}"),
                "outcome" => format!("结果：{}", words::outcome(value == "yes")),
                "from" => format!("自 {value}"),
                _ => format!("至 {value}"),
            };
            Link {
                href: self.with(path, name, ""),
                label,
            }
        });
        links.collect()
    }

    /// The filter of the journal.
    pub(super) async fn journal(
        &self,
        state: &WebState,
        who: &Who,
        organisation: &Organisation,
    ) -> WebResult<Narrowing<JournalFilter>> {
        let object = self.object(state, who).await?;
        let narrowed = object.and_then(|object| {
            let (from, until) = self.days()?;
            let mut filter = JournalFilter {
                person: self.person(organisation)?,
                from,
                until,
                ..JournalFilter::default()
            };
            if let Some((stream, act)) = words::kind_parts(&self.kind)? {
                filter.stream = Some(stream.to_owned());
                filter.act = act.map(str::to_owned);
            }
            if let Some(object) = object {
                filter.object = Some(object.id);
                filter.stream = filter.stream.or(object.kind);
            }
            Ok(filter)
        });
        Ok(narrowed.map_or_else(Narrowing::Unknown, Narrowing::To))
    }

    /// The filter of the access log.
    pub(super) async fn access(
        &self,
        state: &WebState,
        who: &Who,
        organisation: &Organisation,
    ) -> WebResult<Narrowing<AccessFilter>> {
        let object = self.object(state, who).await?;
        let narrowed = object.and_then(|object| {
            let (from, until) = self.days()?;
            let address = bounded(&self.address)?;
            Ok(AccessFilter {
                person: self.person(organisation)?,
                action: self.action()?,
                object: object.map(|object| object.id),
                success: match self.outcome.as_str() {
                    "" => None,
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => return Err("结果只能选“成功”或“未成功”。".to_owned()),
                },
                address: (!address.is_empty()).then(|| address.to_owned()),
                from,
                until,
            })
        });
        Ok(narrowed.map_or_else(Narrowing::Unknown, Narrowing::To))
    }

    fn action(&self) -> Read<AccessAction> {
        if self.kind.is_empty() {
            return Ok(None);
        }
        let known = AccessAction::ALL.into_iter();
        let mut known = known.filter(|action| name(*action) == self.kind);
        known
            .next()
            .map(Some)
            .ok_or_else(|| "没有这种记录，请从“种类”中选择。".to_owned())
    }

    /// The person meant: a login, a name that is borne once, or both.
    fn person(&self, organisation: &Organisation) -> Read<PersonId> {
        let text = bounded(&self.person)?;
        if text.is_empty() {
            return Ok(None);
        }
        let last = text.split_whitespace().last().unwrap_or_default();
        let persons = &organisation.persons;
        if let Some(person) = persons.iter().find(|person| person.login == last) {
            return Ok(Some(person.id));
        }
        let mut same = persons.iter().filter(|person| person.name == text);
        match (same.next(), same.next()) {
            (Some(person), None) => Ok(Some(person.id)),
            (Some(_), Some(_)) => Err(format!("叫“{text}”的不止一人，请写登录名。")),
            (None, _) => Err(format!("没有叫“{text}”的人，请写姓名或登录名。")),
        }
    }

    fn days(&self) -> Result<(Option<NaiveDate>, Option<NaiveDate>), String> {
        let (from, until) = (day(&self.from)?, day(&self.until)?);
        if from.zip(until).is_some_and(|(from, until)| from > until) {
            return Err("起始日期在截止日期之后，请对调。".to_owned());
        }
        Ok((from, until))
    }

    async fn object(&self, state: &WebState, who: &Who) -> WebResult<Read<Object>> {
        let text = match bounded(&self.object) {
            Ok("") => return Ok(Ok(None)),
            Ok(text) => text,
            Err(fault) => return Ok(Err(fault)),
        };
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.split('/').filter(|part| !part.is_empty()).rev();
        let ids = parts.by_ref().find_map(|part| part.parse::<Uuid>().ok());
        if let Some(id) = ids {
            let kind = parts.next().and_then(words::stream_of);
            let kind = kind.map(str::to_owned);
            return Ok(Ok(Some(Object { kind, id })));
        }
        let task = lists::task_numbered(&state.app, who, text).await?;
        Ok(match task {
            Some(task) => Ok(Some(Object {
                kind: Some(Task::STREAM.to_owned()),
                id: task.0,
            })),
            None => Err(format!(
                "没有编号为“{text}”的事项；也可以粘贴事项、方案等页面的地址。"
            )),
        })
    }
}

fn bounded(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.chars().count() > TEXT_LIMIT {
        return Err(format!("筛选条件最多 {TEXT_LIMIT} 个字。"));
    }
    Ok(text)
}

fn day(text: &str) -> Read<NaiveDate> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = named(text);
    day.map(Some)
        .ok_or_else(|| "日期请写成 2026-11-25 的样子。".to_owned())
}
