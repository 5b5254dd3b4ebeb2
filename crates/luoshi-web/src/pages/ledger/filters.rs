//! The ledger's select boxes, and what is narrowed already in words.

use luoshi_app::desk::QueueName;
use luoshi_app::rules::WITH_PARTS;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::limits::Step;
use luoshi_domain::packs::step;
use luoshi_domain::tasks::{Level, TaskKind, TaskState, Tier};
use uuid::Uuid;

use crate::pages::labels;
use crate::pages::ledger::query;
use crate::pages::ledger::query::name;
use crate::pages::ledger::{PATH, View};
use crate::pages::parts::{Choice, Link};

const STATES: [TaskState; 9] = [
    TaskState::Draft,
    TaskState::Approved,
    TaskState::Issued,
    TaskState::Accepted,
    TaskState::InProgress,
    TaskState::Supervising,
    TaskState::Returned,
    TaskState::Closed,
    TaskState::Cancelled,
];

/// A select box that narrows the list.
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

impl View<'_> {
    pub(super) fn filters(&self) -> Vec<Filter> {
        let wish = self.wish;
        let units = self.organisation.carriers();
        let units = units.map(|unit| (unit.id.to_string(), unit.name.clone()));
        let queues = QueueName::ALL.into_iter();
        let queues = queues
            .filter(|queue| queue.concerns(self.app, &self.who.actor) || queue.key() == wish.queue)
            .map(|queue| (queue.key().to_owned(), labels::queue(queue).to_owned()));
        let states = STATES.map(|state| (name(state), labels::task_state(state).to_owned()));
        let categories = self.rules.origins().flat_map(|known| {
            let parts = self.rules.alike(&known.key).len() > 1;
            let parts = parts.then(|| {
                let key = format!("{WITH_PARTS}{}", known.key);
                (key, format!("{}（含其他方案的对应类别）", known.label))
            });
            std::iter::once((known.key.clone(), known.label.clone())).chain(parts)
        });
        let kinds = [TaskKind::Task, TaskKind::Recurring, TaskKind::Target];
        let kinds = kinds.map(|kind| (name(kind), labels::task_kind(kind).to_owned()));
        let levels = [Level::Major, Level::Ordinary];
        let levels = levels.map(|level| (name(level), labels::level(level).to_owned()));
        let mut filters = vec![
            select("queue", "待办", "不限", &wish.queue, queues),
            select("lead", "牵头单位", "全部单位", &wish.lead, units),
            select("state", "状态", "全部状态", &wish.state, states),
            select("level", "等级", "不限", &wish.level, levels),
            select("kind", "类型", "不限", &wish.kind, kinds),
            select(
                "category",
                "来源类别",
                "全部来源",
                &wish.category,
                categories,
            ),
        ];
        let reports = query::REPORTS.map(|(key, label)| (key.to_owned(), label.to_owned()));
        filters.push(select("report", "上报", "不限", &wish.report, reports));
        if !self.tags.is_empty() {
            let tags = self.tags.iter().map(|tag| (tag.clone(), tag.clone()));
            filters.push(select("tag", "标签", "不限", &wish.tag, tags));
        }
        if !self.plans.is_empty() {
            let plans = self.plans.iter();
            let plans = plans.map(|plan| (plan.id.to_string(), plan.title.clone()));
            filters.push(select("plan", "方案", "全部方案", &wish.plan, plans));
        }
        filters
    }

    /// What the form sends on although it shows no field for it.
    pub(super) fn hidden(&self) -> Vec<(&'static str, String)> {
        let mut hidden = vec![
            ("sort", self.wish.sort.clone()),
            ("group", self.wish.group.clone()),
            ("none", self.wish.none.clone()),
            ("light", self.wish.light.clone()),
            ("due", self.wish.due.clone()),
            ("step", self.wish.step.clone()),
            ("parent", self.wish.parent.clone()),
            ("tier", self.wish.tier.clone()),
            ("upward", self.wish.upward.clone()),
            ("below", self.wish.below.clone()),
            ("deputy", self.wish.deputy.clone()),
        ];
        let columns = self.wish.cols.iter();
        hidden.extend(columns.map(|column| ("cols", column.clone())));
        if self.plans.is_empty() {
            hidden.push(("plan", self.wish.plan.clone()));
        }
        if self.tags.is_empty() {
            hidden.push(("tag", self.wish.tag.clone()));
        }
        hidden.retain(|(_, value)| !value.is_empty());
        hidden
    }

    fn named<'a>(&'a self, label: &str, value: &str, name: impl Fn(Uuid) -> &'a str) -> String {
        let name = value.parse().map_or("", name);
        format!("{label}：{name}")
    }

    /// Each narrowing with the address without it.
    pub(super) fn applied(&self, filters: &[Filter]) -> Vec<Link> {
        let narrowing = self.wish.narrowing().into_iter();
        let links = narrowing.map(|(name, value)| Link {
            href: self.wish.with(PATH, name, ""),
            label: match name {
                "below" => self.named("单位及下级", value, |id| {
                    self.organisation.unit_name(UnitId(id))
                }),
                "parent" => match self.above.get(value) {
                    Some(title) => format!("“{title}”的下级事项"),
                    None => "一件事项的下级事项".into(),
                },
                "deputy" => self.named("分管领导", value, |id| {
                    self.organisation.person_name(PersonId(id))
                }),
                _ => said(name, value, filters),
            },
        });
        links.collect()
    }
}

fn select(
    name: &'static str,
    label: &'static str,
    all: &str,
    current: &str,
    known: impl IntoIterator<Item = (String, String)>,
) -> Filter {
    let known = known
        .into_iter()
        .map(|(value, label)| Choice::new(value, label, current));
    Filter {
        name,
        label,
        choices: std::iter::once(Choice::new("", all, current))
            .chain(known)
            .collect(),
    }
}

/// A narrowing in words.
fn said(name: &str, value: &str, filters: &[Filter]) -> String {
    let filter = filters.iter().find(|filter| filter.name == name);
    let choice = filter.and_then(|filter| filter.choices.iter().find(|choice| choice.selected));
    match (filter, choice) {
        (Some(filter), Some(choice)) => format!("{}：{}", filter.label, choice.label),
        _ => match name {
            "q" => format!("搜索：{value}"),
            "due" => format!("到期日：{}", value.replace("..", " 至 ")),
            "tag" => format!("标签：{value}"),
            "upward" => "来源：上级交办、部署的".into(),
            "step" => match Step::from_key(value) {
                Some(known) => format!("待办环节：{}", step(known)),
                None => format!("待办环节：{value}"),
            },
            "none" => {
                let mut known = query::GROUPS.into_iter();
                let label = known.find(|(_, key, _)| *key == value);
                format!("未定{}", label.map_or("", |(_, _, label)| label))
            }
            "from" => format!("时限不早于：{value}"),
            "until" => format!("时限不晚于：{value}"),
            "light" => format!("灯：{}", light_word(value)),
            "tier" if value == query::name(Tier::Unit) => {
                format!("层级：{}", labels::tier(Tier::Unit))
            }
            "tier" => format!("层级：{}", labels::tier(Tier::Bureau)),
            _ => format!("{}：{value}", filter.map_or("条件", |filter| filter.label)),
        },
    }
}

fn light_word(value: &str) -> &'static str {
    match value {
        "red" => "红",
        "yellow" => "黄",
        "green" => "绿",
        "grey" => "灰",
        _ => "办结或撤销",
    }
}
