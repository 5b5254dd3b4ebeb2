//! What the ledger's address asks for, and addresses that ask for something else.

use chrono::NaiveDate;
use luoshi_app::desk::{QueueName, ahead};
use luoshi_app::policy;
use luoshi_app::reporting::upward_origins;
use luoshi_app::rules::Rules;
use luoshi_app::{App, COUNT_CAP, Who};
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::lights::Colour;
use luoshi_domain::limits::Step;
use luoshi_domain::tasks::lists::{
    LightFilter, PageRequest, Queue, ReportFilter, StepLimits, Subtrees, TaskFilter, TaskGroup,
    TaskSort,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::flash::encode;
use crate::problem::{Problem, WebResult};

/// Longest text searched for, in characters.
const TEXT_LIMIT: usize = 100;

/// The address's parameters as they came; empty when not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub(super) q: String,
    pub(super) queue: String,
    /// Open tasks with this very limit, or with one of `2026-03-01..2026-03-31`.
    pub(super) due: String,
    /// The step that `due` is about, where it is not the completion.
    pub(super) step: String,
    /// The task right above.
    pub(super) parent: String,
    /// The limit is this day or later.
    pub(super) from: String,
    /// The limit is this day or earlier.
    pub(super) until: String,
    pub(super) lead: String,
    /// The lead unit is this one or below it.
    pub(super) below: String,
    /// The leader in charge.
    pub(super) deputy: String,
    pub(super) state: String,
    pub(super) kind: String,
    pub(super) level: String,
    pub(super) light: String,
    pub(super) plan: String,
    pub(super) category: String,
    pub(super) tier: String,
    pub(super) tag: String,
    /// How its reports stand: `soon`, `missing`, `set` or `unset`.
    pub(super) report: String,
    /// `yes` for work that is reported upwards.
    pub(super) upward: String,
    /// These alone, for a table of what was ticked.
    pub(super) id: Vec<String>,
    /// Those that have no lead unit, leader or plan.
    pub(super) none: String,
    /// What the list is put together by, above it.
    pub(super) group: String,
    /// The columns shown; none for the usual ones.
    pub(super) cols: Vec<String>,
    /// `exact` counts to the end.
    pub(super) count: String,
    /// The saved view that the address is of.
    pub(super) view: String,
    pub(super) sort: String,
    pub(super) after: String,
}

impl Wish {
    /// What an address asks for.
    pub(super) fn read(query: Option<&str>) -> WebResult<Self> {
        serde_html_form::from_str(query.unwrap_or_default()).map_err(|error| {
            tracing::debug!(%error, "unusable query");
            let status = axum::http::StatusCode::BAD_REQUEST;
            Problem::bad_request(status, "地址中的筛选条件无法识别。")
        })
    }

    /// Every parameter that is set, in the order of addresses; the page mark is not among them.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("q", self.q.trim()),
            ("queue", &self.queue),
            ("due", &self.due),
            ("step", &self.step),
            ("parent", &self.parent),
            ("from", &self.from),
            ("until", &self.until),
            ("lead", &self.lead),
            ("below", &self.below),
            ("deputy", &self.deputy),
            ("state", &self.state),
            ("kind", &self.kind),
            ("level", &self.level),
            ("light", &self.light),
            ("plan", &self.plan),
            ("category", &self.category),
            ("tier", &self.tier),
            ("tag", &self.tag),
            ("report", &self.report),
            ("upward", &self.upward),
            ("none", &self.none),
            ("group", &self.group),
            ("sort", &self.sort),
        ];
        let columns = self.cols.iter().map(|column| ("cols", column.as_str()));
        all.into_iter()
            .chain(columns)
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// The parameters that narrow the list.
    pub(super) fn narrowing(&self) -> Vec<(&'static str, &str)> {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| !["sort", "group", "cols"].contains(name));
        pairs
    }

    /// Whether the address asks for nothing in particular.
    pub(super) fn is_bare(&self) -> bool {
        self.pairs().is_empty()
    }

    /// The parameters as they are saved in a view.
    pub(super) fn saved(&self) -> String {
        let address = address("", &self.pairs());
        address.strip_prefix('?').unwrap_or_default().to_owned()
    }

    /// What a query holds that the ledger understands, as it is saved in a view.
    pub(crate) fn understood(query: &str) -> String {
        let wish: Self = serde_html_form::from_str(query).unwrap_or_default();
        wish.saved()
    }

    /// The beginning of an address of the table of what is ticked, with the columns shown.
    pub(super) fn take(&self, path: &str) -> String {
        let pairs = self.cols.iter().map(|column| ("cols", column.as_str()));
        let pairs: Vec<(&str, &str)> = pairs.collect();
        let address = address(path, &pairs);
        match pairs.is_empty() {
            true => format!("{address}?"),
            false => format!("{address}&"),
        }
    }

    /// What a form that asks for other columns sends on.
    pub(super) fn kept(&self) -> Vec<(&'static str, String)> {
        let pairs = self.pairs().into_iter();
        let kept = pairs.filter(|(name, _)| *name != "cols");
        kept.map(|(name, value)| (name, value.to_owned())).collect()
    }

    pub(super) fn group(&self) -> WebResult<Option<TaskGroup>> {
        read(&self.group, "分组", group)
    }

    /// How far rows are counted.
    pub(super) fn cap(&self) -> u32 {
        if self.count == "exact" {
            u32::MAX
        } else {
            COUNT_CAP
        }
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

    pub(super) fn sort(&self) -> WebResult<TaskSort> {
        match self.sort.as_str() {
            "" | "limit" => Ok(TaskSort::Limit),
            "updated" => Ok(TaskSort::Updated),
            "opened" => Ok(TaskSort::Opened),
            _ => Err(unknown("排序", &self.sort)),
        }
    }

    /// The page that the address asks for.
    pub(super) fn page(&self, size: u32) -> PageRequest {
        PageRequest {
            size,
            after: (!self.after.is_empty()).then(|| self.after.clone()),
        }
    }

    /// The filter, or what of the address cannot be understood.
    pub(super) fn filter(&self, app: &App, rules: &Rules, who: &Who) -> WebResult<TaskFilter> {
        let mut filter = policy::tasks(app, &who.actor);
        let (today, leads) = (rules.today, &rules.leads);
        let text: String = self.q.trim().chars().take(TEXT_LIMIT).collect();
        filter.text = (!text.is_empty()).then_some(text);
        filter.queue = read(&self.queue, "待办", QueueName::from_key)?
            .map(|name| name.queue(today, leads, &who.actor));
        let days = read(&self.due, "到期日", days)?;
        if let Some(step) = read(&self.step, "环节", step)? {
            let (from, until) = days.unwrap_or((NaiveDate::MIN, NaiveDate::MAX));
            filter.steps = Some(StepLimits {
                step: Some(step),
                from,
                until,
            });
        } else if let Some((today, until)) = days.filter(|_| filter.queue.is_none()) {
            filter.queue = Some(Queue::DueSoon { today, until });
        }
        filter.parent = read(&self.parent, "上级事项", |text| text.parse().ok())?;
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        filter.due_from = read(&self.from, "时限起", day)?;
        filter.due_until = read(&self.until, "时限止", day)?;
        filter.lead = read(&self.lead, "单位", |text| text.parse().ok())?;
        let top: Option<UnitId> = read(&self.below, "单位", |text| text.parse().ok())?;
        filter.below = top.map(|top| Subtrees {
            tops: vec![top],
            day: today,
        });
        filter.deputy = read(&self.deputy, "分管领导", |text| text.parse().ok())?;
        filter.state = read(&self.state, "状态", named)?;
        filter.kind = read(&self.kind, "类型", named)?;
        filter.level = read(&self.level, "等级", named)?;
        filter.tier = read(&self.tier, "层级", named)?;
        filter.plan = read(&self.plan, "方案", |text| text.parse().ok())?;
        let ids: Result<Vec<TaskId>, _> = self.id.iter().map(|id| id.parse()).collect();
        let ids = ids.map_err(|_not_an_id| unknown("事项", &self.id.join("、")))?;
        filter.ids = (!ids.is_empty()).then_some(ids);
        filter.without = read(&self.none, "未定", group)?;
        filter.tag = (!self.tag.is_empty()).then(|| self.tag.clone());
        filter.report = read(&self.report, "上报", |name| {
            report(name, today, ahead(today, &leads.report_soon_days))
        })?;
        let upward = read(&self.upward, "按期上报", |text| {
            (text == "yes").then_some(())
        })?;
        filter.categories = upward.map(|()| upward_origins(rules));
        if !self.category.is_empty() {
            rules.narrow_to_origin(&mut filter, &self.category);
        }
        filter.light = read(&self.light, "灯", colour)?.map(|colour| LightFilter { colour, today });
        Ok(filter)
    }
}

/// What a list can be put together by, with its name in addresses and its label.
pub(super) const GROUPS: [(TaskGroup, &str, &str); 4] = [
    (TaskGroup::Lead, "lead", "牵头单位"),
    (TaskGroup::Category, "category", "来源类别"),
    (TaskGroup::Deputy, "deputy", "分管领导"),
    (TaskGroup::Plan, "plan", "方案"),
];

fn group(name: &str) -> Option<TaskGroup> {
    let mut known = GROUPS.into_iter();
    known
        .find(|(_, key, _)| *key == name)
        .map(|(group, _, _)| group)
}

/// A colour's name in addresses.
pub(super) fn colour_name(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "red",
        Colour::Yellow => "yellow",
        Colour::Green => "green",
        Colour::Grey => "grey",
        Colour::Done => "done",
    }
}

/// The name of a value in addresses: as it is stored.
pub(crate) fn name<T: Serialize>(value: T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn colour(name: &str) -> Option<Colour> {
    [
        Colour::Red,
        Colour::Yellow,
        Colour::Green,
        Colour::Grey,
        Colour::Done,
    ]
    .into_iter()
    .find(|colour| colour_name(*colour) == name)
}

/// How reports stand, with its name in addresses and its label.
pub(super) const REPORTS: [(&str, &str); 4] = [
    ("missing", "逾期未上报"),
    ("soon", "即将到应报日"),
    ("set", "按期上报"),
    ("unset", "未定上报间隔"),
];

fn report(name: &str, today: NaiveDate, soon: NaiveDate) -> Option<ReportFilter> {
    match name {
        "missing" => Some(ReportFilter::Due {
            from: None,
            until: today.pred_opt()?,
        }),
        "soon" => Some(ReportFilter::Due {
            from: Some(today),
            until: soon,
        }),
        "set" => Some(ReportFilter::Set),
        "unset" => Some(ReportFilter::Unset),
        _ => None,
    }
}

/// A day, or the first and the last of several.
fn days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (from, until) = text.split_once("..").unwrap_or((text, text));
    let (from, until) = (from.parse().ok()?, until.parse().ok()?);
    (from <= until).then_some((from, until))
}

/// A step that has limits of its own; that of the completion is the task's.
fn step(key: &str) -> Option<Step> {
    Step::from_key(key).filter(|step| *step != Step::Closed)
}

/// The value with a name.
pub(crate) fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// A parameter as it is meant; `None` when it is not set.
pub(crate) fn read<T>(
    text: &str,
    label: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> WebResult<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    match parse(text) {
        Some(value) => Ok(Some(value)),
        None => Err(unknown(label, text)),
    }
}

/// What an address says that cannot be understood.
pub(crate) fn unknown(label: &str, text: &str) -> Problem {
    let shown: String = text.chars().take(20).collect();
    let detail = format!("地址中的筛选条件“{label}：{shown}”无法识别。");
    Problem {
        kept: "没有改动任何内容。",
        todo: "请回到列表，重新选择筛选条件。".into(),
        ..Problem::bad_request(axum::http::StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

/// The address of `path` with these parameters.
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (at, (name, value)) in pairs.iter().enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&format!("{name}={}", encode(value)));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use luoshi_domain::tasks::{TaskKind, TaskState};

    fn wish() -> Wish {
        Wish {
            q: " 养护 ".into(),
            state: "in_progress".into(),
            after: "limit-1-x".into(),
            ..Wish::default()
        }
    }

    #[test]
    fn an_address_leaves_the_page_mark_behind() {
        assert_eq!(
            wish().at("/ledger"),
            "/ledger?q=%E5%85%BB%E6%8A%A4&state=in%5Fprogress"
        );
        assert_eq!(
            wish().with("/ledger", "state", ""),
            "/ledger?q=%E5%85%BB%E6%8A%A4"
        );
        assert_eq!(
            Wish::default().with("/ledger", "light", "red"),
            "/ledger?light=red"
        );
        assert_eq!(Wish::default().at("/ledger"), "/ledger");
    }

    #[test]
    fn names_are_read_back() {
        assert_eq!(name(TaskState::InProgress), "in_progress");
        assert_eq!(named("in_progress"), Some(TaskState::InProgress));
        assert_eq!(named::<TaskKind>("nothing"), None);
        assert_eq!(colour("yellow"), Some(Colour::Yellow));
        assert_eq!(colour("Yellow"), None);
    }

    #[test]
    fn days_are_one_or_a_range() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (first, last) = (day("2026-03-01"), day("2026-03-31"));
        assert_eq!(days("2026-03-01"), Some((first, first)));
        assert_eq!(days("2026-03-01..2026-03-31"), Some((first, last)));
        assert_eq!(days("2026-03-31..2026-03-01"), None);
        assert_eq!(days("soon"), None);
        assert_eq!(step("received"), Some(Step::Received));
        assert_eq!(step("closed"), None);
    }

    #[test]
    fn an_unknown_value_is_named() {
        let problem = read("purple", "灯", colour).unwrap_err();
        assert_eq!(problem.status.as_u16(), 422);
        assert!(problem.detail.contains("灯：purple"));
        assert_eq!(read("", "灯", colour).unwrap(), None);
    }
}
