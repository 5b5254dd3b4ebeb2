//! The tasks below a task: opening them, hanging them somewhere else (LEDGER-01, 08).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::hierarchy::{self, ChildDraft, Family};
use luoshi_app::tasks::row_facts;
use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::Light as DomainLight;
use luoshi_domain::tasks::lists::TaskRow;
use luoshi_domain::trajectories::whole;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::pages::parts::{Choice, Fault, Field, Light, Link, Progress, State as Badge};
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::{days, html, labels, registers};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Longest title or target, in characters.
const TEXT_LIMIT: usize = 300;

/// Rows that the form begins with.
const ROWS: usize = 3;

pub(crate) fn routes(table: Table) -> Table {
    table
        .get("/tasks/{id}/children", Access::Row, get(show))
        .post("/tasks/{id}/children", Access::Row, post(open))
        .post("/tasks/{id}/children/link", Access::Row, post(link))
        .post("/tasks/{id}/children/unlink", Access::Row, post(unlink))
}

#[derive(Template)]
#[template(path = "children.html")]
struct ChildrenPage {
    shell: Shell,
    faults: Vec<Fault>,
    task_href: String,
    task: String,
    said: String,
    above: Vec<Link>,
    sums: String,
    list: Link,
    below: Vec<ChildRow>,
    form: bool,
    closed: String,
    opened: bool,
    rows: Vec<FormRow>,
    text_limit: usize,
    number: Field,
    here: String,
}

struct ChildRow {
    href: String,
    id: String,
    /// Whether the reader may take it out from here.
    movable: bool,
    number: String,
    title: String,
    unit: String,
    state: Badge,
    light: Light,
    progress: Progress,
    limit: String,
}

struct FormRow {
    number: usize,
    units: Vec<Choice>,
    title: String,
    target: String,
    limit: String,
}

/// What a task's page shows of those around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) href: String,
    /// The tasks above that the reader may see, the nearest first.
    pub(crate) above: Vec<Link>,
    pub(crate) sums: String,
    pub(crate) below: Vec<ChildLine>,
    /// `分解到下级…`, for who may.
    pub(crate) act: &'static str,
}

/// A task below, in one line.
#[derive(Clone, Debug)]
pub(crate) struct ChildLine {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) state: Badge,
    pub(crate) progress: u8,
}

/// As typed: one value in each list for each row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    unit: Vec<String>,
    title: Vec<String>,
    target: Vec<String>,
    limit: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Linking {
    number: String,
    child: Option<TaskId>,
}

impl Card {
    pub(crate) fn of(family: &Family) -> Self {
        let below = family.below.iter().map(|row| ChildLine {
            href: format!("/tasks/{}", row.id),
            title: row.title.clone(),
            unit: unit(family, row),
            state: labels::row_badge(row),
            progress: row.progress,
        });
        let above = family.above.iter().map(|task| Link {
            href: format!("/tasks/{}", task.id),
            label: task.details.title.clone(),
        });
        Self {
            href: format!("/tasks/{}/children", family.task.id),
            above: above.collect(),
            sums: sums(family),
            below: below.collect(),
            act: match family.may.is_ok() {
                true => "分解到下级…",
                false => "",
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.above.is_empty() && self.below.is_empty() && self.act.is_empty()
    }
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let family = hierarchy::show(&state.app, signed_in.who(), id).await?;
    page(&state, &signed_in, &family, StatusCode::OK, None, &[]).await
}

async fn open(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let path = format!("/tasks/{id}/children");
    let faults = match typed.drafts(state.app.today()) {
        Ok(drafts) => {
            let done = hierarchy::open(&state.app, who, id, &drafts).await;
            let codes = ["children", "title", "limit", "target", "lead", "category"];
            let fields = codes.map(|code| (code, "child-rows"));
            match registers::ended(&path, done, &fields, |opened| {
                let said = format!("已立 {} 件下级事项，按程序批准、下达", opened.len());
                (path.clone(), said)
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(fault) => vec![fault],
    };
    let family = hierarchy::show(&state.app, who, id).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, &family, status, Some(&typed), &faults).await
}

async fn link(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Linking>,
) -> WebResult<Response> {
    let (app, who) = (&state.app, signed_in.who());
    // Whoever may not know of the task finds nothing, whatever they typed.
    hierarchy::show(app, who, id).await?;
    let done = match hierarchy::numbered(app, who, &typed.number).await {
        Ok(child) => hierarchy::link(app, who, child, Some(id)).await,
        Err(error) => Err(error),
    };
    let path = format!("/tasks/{id}/children");
    answered(&path, done, |task| {
        format!("已挂接：{}", task.details.title)
    })
}

async fn unlink(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(typed): Form<Linking>,
) -> WebResult<Response> {
    let (app, who) = (&state.app, signed_in.who());
    let path = format!("/tasks/{id}/children");
    let family = hierarchy::show(app, who, id).await?;
    let child = typed.child.filter(|child| {
        let mut below = family.below.iter();
        below.any(|row| row.id == *child)
    });
    let Some(child) = child else {
        return Ok(crate::flash::warn(&path, "没有指明移出哪一件，没有改动。"));
    };
    let done = hierarchy::link(app, who, child, None).await;
    answered(&path, done, |task| {
        format!("已移出：{}", task.details.title)
    })
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    family: &Family,
    status: StatusCode,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> WebResult<Response> {
    let task = &family.task;
    let page = ChildrenPage {
        shell: Shell::signed_in(state, signed_in, "/ledger").await?,
        faults: faults.to_vec(),
        task_href: format!("/tasks/{}", task.id),
        task: task.details.title.clone(),
        said: format!(
            "{} · {} · 进度 {}%",
            task.number.as_deref().unwrap_or("未编号"),
            labels::tier(task.details.tier),
            task.progress
        ),
        above: family
            .above
            .iter()
            .rev()
            .map(|known| Link {
                href: format!("/tasks/{}/children", known.id),
                label: known.details.title.clone(),
            })
            .collect(),
        sums: sums(family),
        list: match family.below.len() {
            0 => Link::default(),
            count => Link {
                href: format!("/ledger?parent={}", task.id),
                label: format!("在台账中看 {count} 件"),
            },
        },
        below: family.below.iter().map(|row| child(family, row)).collect(),
        form: family.may.is_ok(),
        closed: match &family.may {
            Ok(()) => String::new(),
            Err(refusal) => refusal.sentence.clone(),
        },
        opened: family.below.is_empty() || !faults.is_empty(),
        rows: rows(family, typed),
        text_limit: TEXT_LIMIT,
        number: Field::text("number", "事项编号或名称", "").required(),
        here: format!("/tasks/{}/children", task.id),
    };
    html(status, &page)
}

/// How far those below are, in words.
fn sums(family: &Family) -> String {
    let Some(known) = family.task.rolled_up.filter(|known| known.children > 0) else {
        return String::new();
    };
    let mut said = format!(
        "共 {} 件，办结 {} 件，汇总进度 {}%",
        known.children, known.closed, family.task.progress
    );
    let seen = family.below.len();
    if usize::try_from(known.children).is_ok_and(|children| children > seen) {
        said.push_str(&format!("；列出您可以查看的 {seen} 件"));
    }
    said
}

fn unit(family: &Family, row: &TaskRow) -> String {
    let name = row.lead.map(|lead| family.organisation.unit_name(lead));
    name.unwrap_or("未定").to_owned()
}

fn child(family: &Family, row: &TaskRow) -> ChildRow {
    let (today, leads) = (family.rules.today, &family.rules.leads);
    let facts = row_facts(row);
    let light = DomainLight::of(&facts, today, &family.rules.calendar, leads);
    let day = facts.judged_on(today);
    ChildRow {
        href: format!("/tasks/{}", row.id),
        id: row.id.to_string(),
        movable: family.movable.contains(&row.lead),
        number: row.number.clone().unwrap_or_else(|| "未编号".into()),
        title: row.title.clone(),
        unit: unit(family, row),
        state: labels::row_badge(row),
        light: light.into(),
        progress: Progress {
            done: row.progress,
            expected: whole(facts.expected(day).unwrap_or_default()),
            behind: facts.gap(day).unwrap_or_default() > 10 * leads.behind_points.value,
        },
        limit: row
            .limit
            .map_or_else(|| "未定".into(), |limit| limit.to_string()),
    }
}

impl Typed {
    fn cell(list: &[String], row: usize) -> String {
        let text = list.get(row).map(|text| text.trim()).unwrap_or_default();
        text.chars().take(TEXT_LIMIT + 1).collect()
    }

    /// The rows for which a unit is chosen.
    fn drafts(&self, today: NaiveDate) -> Result<Vec<ChildDraft>, Fault> {
        let mut drafts = Vec::new();
        for row in 0..self.unit.len().min(hierarchy::CHILDREN_LIMIT * 2) {
            let Ok(unit) = Self::cell(&self.unit, row).parse() else {
                continue;
            };
            let limit = days::read(&Self::cell(&self.limit, row), today);
            let limit = limit.map_err(|unreadable| Fault {
                field: "child-rows".into(),
                text: format!("第 {} 行：{}", drafts.len() + 1, unreadable.sentence()),
            })?;
            drafts.push(ChildDraft {
                unit,
                title: Self::cell(&self.title, row),
                target: Self::cell(&self.target, row),
                limit,
            });
        }
        Ok(drafts)
    }
}

/// The rows as typed, or as the task above gives them.
fn rows(family: &Family, typed: Option<&Typed>) -> Vec<FormRow> {
    let details = &family.task.details;
    let limit = details.limit.map(|limit| limit.to_string());
    let limit = limit.unwrap_or_default();
    let count = typed.map_or(ROWS, |typed| typed.unit.len().max(ROWS));
    (0..count)
        .map(|row| {
            let cell = |list: fn(&Typed) -> &[String], otherwise: &str| match typed {
                Some(typed) => Typed::cell(list(typed), row),
                None => otherwise.to_owned(),
            };
            let chosen = cell(|typed| &typed.unit, "");
            let units = family.organisation.carriers();
            let units = units.map(|unit| Choice::new(unit.id.to_string(), &unit.name, &chosen));
            FormRow {
                number: row + 1,
                units: std::iter::once(Choice::new("", "选单位", &chosen))
                    .chain(units)
                    .collect(),
                title: cell(|typed| &typed.title, &details.title),
                target: cell(|typed| &typed.target, ""),
                limit: cell(|typed| &typed.limit, &limit),
            }
        })
        .collect()
}
