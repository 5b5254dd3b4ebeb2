//! The organisation as pages show it: of any day, with what happened to each unit and person.

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::lights::Colour;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::records::{PersonRecord, UnitRecord};
use luoshi_domain::organisation::timeline::Timeline;
use luoshi_domain::organisation::{Organisation, Role, UnitKind};
use luoshi_domain::tasks::lists::{LightFilter, Queue, TaskFilter};

use crate::errors::{AppError, AppResult};
use crate::{App, COUNT_CAP, Who, policy};

/// The organisation of a day, with all of its time.
#[derive(Clone, Debug)]
pub struct OrganisationView {
    pub history: Arc<History>,
    /// As of the day asked for.
    pub organisation: Arc<Organisation>,
    pub today: NaiveDate,
    /// Whether the reader keeps it.
    pub editable: bool,
}

/// Something that was, is or is to be from a day on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated {
    pub from: NaiveDate,
    pub sentence: String,
}

/// Items under way of some units, each up to [`COUNT_CAP`]; each is the count of its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: u32,
    /// Yellow.
    pub at_risk: u32,
    /// Red.
    pub overdue: u32,
}

/// What a person answers for first (ORG-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRole {
    pub unit: UnitId,
    /// E.g. `抓落实第一责任人`.
    pub duty: &'static str,
}

/// The organisation as of `day`, today without one.
pub async fn as_of(app: &App, who: &Who, day: Option<NaiveDate>) -> AppResult<OrganisationView> {
    let mut uow = app.store.read(who.bureau).await?;
    let today = app.today();
    let current = app.organisation(who.bureau, &mut *uow).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let organisation = match day.filter(|day| *day != today) {
        Some(day) => Arc::new(history.as_of(day)),
        None => current,
    };
    Ok(OrganisationView {
        history,
        organisation,
        today,
        editable: policy::keeps_organisation(app, &who.actor),
    })
}

/// The items of a filter that are under way, and those of them that are at risk or late today.
pub async fn counts(app: &App, who: &Who, filter: &TaskFilter) -> AppResult<Counts> {
    let mut uow = app.store.read(who.bureau).await?;
    let today = app.today();
    let lit = |colour| TaskFilter {
        light: Some(LightFilter { colour, today }),
        ..filter.clone()
    };
    let open = TaskFilter {
        queue: Some(Queue::Open),
        ..filter.clone()
    };
    Ok(Counts {
        open: uow.tasks_count(&open, COUNT_CAP).await?,
        at_risk: uow.tasks_count(&lit(Colour::Yellow), COUNT_CAP).await?,
        overdue: uow.tasks_count(&lit(Colour::Red), COUNT_CAP).await?,
    })
}

impl OrganisationView {
    /// The unit's record, also of one that is no longer; it is an error when there never was one.
    pub fn unit(&self, id: UnitId) -> AppResult<&UnitRecord> {
        self.history
            .unit(id)
            .ok_or(AppError::NotFound { what: "unit" })
    }

    /// The person's record.
    pub fn person(&self, id: PersonId) -> AppResult<&PersonRecord> {
        self.history
            .person(id)
            .ok_or(AppError::NotFound { what: "person" })
    }

    /// What a unit was, is and is to be, the latest first.
    pub fn unit_story(&self, id: UnitId) -> Vec<Dated> {
        let mut story = Story::default();
        let Some(unit) = self.history.unit(id) else {
            return story.0;
        };
        let name = |id: UnitId, day| {
            let unit = self.history.unit(id);
            unit.map_or("（未知单位）", |unit| unit.name_near(day))
                .to_owned()
        };
        story.tell(&unit.names, |_, name| format!("名称：{name}"));
        story.tell(&unit.parents, |day, parent| {
            let parent = parent.map_or_else(|| "本局".into(), |parent| name(parent, day));
            format!("上级：{parent}")
        });
        for post in self.history.posts_in(id) {
            story.tell(&post.holders, |_, holder| {
                format!("{}：{}", post.title, self.holder(*holder))
            });
            if let Some(after) = post.life.to.and_then(|to| to.succ_opt()) {
                story.say(after, format!("撤销岗位：{}", post.title));
            }
        }
        if let Some(deputies) = self.history.portfolio(id) {
            story.tell(deputies, |_, deputy| {
                format!("分管领导：{}", self.holder(*deputy))
            });
        }
        for (span, office) in self.history.office().spans() {
            if *office == Some(id) {
                story.say(span.from, "为督查办".into());
                if let Some(after) = span.to.and_then(|to| to.succ_opt()) {
                    story.say(after, "不再是督查办".into());
                }
            }
        }
        if let Some(after) = unit.life.to.and_then(|to| to.succ_opt()) {
            story.say(
                after,
                match unit.merged_into {
                    Some(into) => format!("并入{}", name(into, after)),
                    None => "撤销".into(),
                },
            );
        }
        for other in self.history.units() {
            if other.merged_into == Some(id)
                && let Some(after) = other.life.to.and_then(|to| to.succ_opt())
            {
                story.say(after, format!("{}并入本单位", other.name_near(after)));
            }
        }
        story.finish()
    }

    /// The posts and fields that a person had, has and is to have, the latest first.
    pub fn person_story(&self, id: PersonId) -> Vec<Dated> {
        let mut story = Story::default();
        for post in self.history.posts() {
            let unit = self.history.unit(post.unit);
            for (span, holder) in post.holders.spans() {
                if *holder == Some(id) {
                    let unit = unit.map_or("", |unit| unit.name_near(span.from));
                    story.say(span.from, format!("任{unit} {}", post.title));
                    let days = span.shared(post.life);
                    if let Some(after) = days.and_then(|days| days.to?.succ_opt()) {
                        story.say(after, format!("不再任{unit} {}", post.title));
                    }
                }
            }
        }
        for (unit, deputies) in self.history.portfolios() {
            let record = self.history.unit(*unit);
            for (span, deputy) in deputies.spans() {
                if *deputy == Some(id) {
                    let name = record.map_or("", |unit| unit.name_near(span.from));
                    story.say(span.from, format!("分管{name}"));
                    if let Some(after) = span.to.and_then(|to| to.succ_opt()) {
                        story.say(after, format!("不再分管{name}"));
                    }
                }
            }
        }
        for domain in self.history.domains() {
            for (span, deputy) in domain.deputies.spans() {
                if *deputy == Some(id) {
                    story.say(span.from, format!("分管业务领域{}", domain.name));
                }
            }
        }
        if let Some(left) = self.history.person(id).and_then(|person| person.left) {
            story.say(left, "离岗".into());
        }
        story.finish()
    }

    fn holder(&self, holder: Option<PersonId>) -> &str {
        let person = holder.and_then(|holder| self.history.person(holder));
        person.map_or("空缺", |record| record.person.name.as_str())
    }
}

/// What a person answers for first on the organisation's day; the secretary of a party
/// organisation twice (ORG-02).
pub fn first_roles(organisation: &Organisation, person: PersonId) -> Vec<FirstRole> {
    let heads = organisation
        .posts_of(person)
        .filter(|post| matches!(post.role, Role::Head | Role::Principal));
    let mut roles = Vec::new();
    for post in heads {
        let kind = organisation.unit(post.unit).map(|unit| unit.kind);
        let duties: &[&'static str] = match kind {
            Some(UnitKind::PartyGroup) => &["抓党建第一责任人", "抓好党建促业务发展第一责任人"],
            _ => &["抓落实第一责任人"],
        };
        roles.extend(duties.iter().map(|duty| FirstRole {
            unit: post.unit,
            duty,
        }));
    }
    roles
}

/// Dated sentences being collected.
#[derive(Default)]
struct Story(Vec<Dated>);

impl Story {
    fn tell<T>(&mut self, timeline: &Timeline<T>, say: impl Fn(NaiveDate, &T) -> String) {
        for (day, value) in timeline.entries() {
            self.say(*day, say(*day, value));
        }
    }

    fn say(&mut self, from: NaiveDate, sentence: String) {
        self.0.push(Dated { from, sentence });
    }

    /// The latest first; of one day in the order told.
    fn finish(mut self) -> Vec<Dated> {
        self.0.sort_by_key(|dated| std::cmp::Reverse(dated.from));
        self.0
    }
}
