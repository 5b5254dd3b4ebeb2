//! The list put together by unit, source, leader or plan: a count for each, which leads to its rows.

use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::tasks::lists::TaskGroup;
use uuid::Uuid;

use crate::pages::ledger::query::{GROUPS, Wish};
use crate::pages::ledger::{PATH, View};
use crate::pages::parts::Link;

/// The groups of a list.
pub(super) struct Groups {
    pub(super) label: &'static str,
    pub(super) rows: Vec<Group>,
}

/// One group.
pub(super) struct Group {
    pub(super) label: String,
    pub(super) count: u32,
    /// Of the largest group, in percent.
    pub(super) share: u32,
    pub(super) href: String,
}

impl View<'_> {
    /// Addresses that put the list together by something, and one that does not.
    pub(super) fn group_choices(&self) -> Vec<Link> {
        let none = ("", "不分组");
        let known = GROUPS.into_iter().map(|(_, key, label)| (key, label));
        let shown = std::iter::once(none).chain(known);
        // The plan is named to those who may see plans.
        let shown = shown.filter(|(key, _)| *key != "plan" || !self.plans.is_empty());
        shown
            .filter(|(key, _)| *key != self.wish.group)
            .map(|(key, label)| Link {
                href: self.wish.with(PATH, "group", key),
                label: label.into(),
            })
            .collect()
    }

    pub(super) fn groups(&self, by: TaskGroup, found: &[(Option<String>, u32)]) -> Groups {
        let mut known = GROUPS.into_iter();
        let (key, label) = known
            .find(|(group, _, _)| *group == by)
            .map_or(("", ""), |(_, key, label)| (key, label));
        let most = found.iter().map(|(_, count)| *count).max().unwrap_or(1);
        let rows = found.iter().map(|(value, count)| {
            let wish = Wish {
                group: String::new(),
                ..self.wish.clone()
            };
            Group {
                label: self.group_name(by, value.as_deref()),
                count: *count,
                share: count.saturating_mul(100) / most.max(1),
                href: match value {
                    Some(value) => wish.with(PATH, key, value),
                    None => wish.with(PATH, "none", key),
                },
            }
        });
        Groups {
            label,
            rows: rows.collect(),
        }
    }

    fn group_name(&self, by: TaskGroup, value: Option<&str>) -> String {
        let Some(value) = value else {
            return match by {
                TaskGroup::Plan => "不是方案中的".into(),
                _ => "未定".into(),
            };
        };
        let id = || value.parse::<Uuid>().unwrap_or_default();
        match by {
            TaskGroup::Lead => self.organisation.unit_name(UnitId(id())).to_owned(),
            TaskGroup::Deputy => self.organisation.person_name(PersonId(id())).to_owned(),
            TaskGroup::Category => self.rules.origin_label(value).to_owned(),
            TaskGroup::Plan => {
                let mut plans = self.plans.iter();
                let plan = plans.find(|plan| plan.id.to_string() == value);
                plan.map_or_else(|| "其他方案".to_owned(), |plan| plan.title.clone())
            }
        }
    }
}
