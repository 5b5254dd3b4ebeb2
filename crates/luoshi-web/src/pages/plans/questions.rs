//! Everything that a plan leaves open, by topic, answered in place (IMPORT-11).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::plans::questions::{self, Given, Question};
use luoshi_app::plans::{self, PlanView, sentences};
use luoshi_app::policy;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::ids::{PlanId, UnitId};
use luoshi_domain::organisation::{Organisation, UnitKind};
use luoshi_domain::plans::questions::{Answer, Settlement, Topic};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::flash;
use crate::pages::parts::Choice;
use crate::pages::plans::{Head, answered};
use crate::pages::shell::Shell;
use crate::pages::{self, csv, days, files};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Proposals of a question that are listed.
const LISTED: usize = 5;

const TOPICS: [(Topic, &str); 8] = [
    (Topic::About, "方案本身"),
    (Topic::Attachment, "缺少的附件"),
    (Topic::Document, "引用的其他文件"),
    (Topic::Unit, "不认识的单位"),
    (Topic::Nobody, "没有写明由谁负责"),
    (Topic::Date, "时限说得不确定"),
    (Topic::Frequency, "频次说得不确定"),
    (Topic::Other, "其他"),
];

const ANSWERS: [(&str, Answer); 4] = [
    ("supplied", Answer::Supplied),
    ("imported_apart", Answer::ImportedApart),
    ("not_needed", Answer::NotNeeded),
    ("clarified", Answer::Clarified),
];

const HEADINGS: [&str; 6] = ["类别", "条款", "原文", "问题", "涉及事项", "答复"];

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/plans/{id}/questions", Access::Bureau, get(show))
        .get("/plans/{id}/questions.csv", Access::Bureau, get(export))
        .post("/plans/{id}/questions/answer", Access::Bureau, post(answer))
        .post("/plans/{id}/questions/settle", Access::Bureau, post(settle))
        .post("/plans/{id}/questions/reopen", Access::Bureau, post(reopen))
}

#[derive(Template)]
#[template(path = "plan_questions.html")]
struct QuestionsPage {
    shell: Shell,
    head: Head,
    open: usize,
    groups: Vec<Group>,
    path: String,
    units: Vec<Choice>,
    editable: bool,
}

/// A topic's questions.
struct Group {
    label: &'static str,
    open: usize,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    key: String,
    place: String,
    href: String,
    asks: String,
    proposals: Vec<Concerned>,
    /// How many more there are.
    more: usize,
    /// `unit`, `frequency`, `limit`, `details` or empty.
    takes: &'static str,
    answers: Vec<Choice>,
    settled: String,
}

/// A proposal that a question is about.
struct Concerned {
    href: String,
    title: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let list = questions::of(&view.plan);
    let open = list.iter().filter(|known| known.settled.is_none()).count();
    let page = QuestionsPage {
        shell: Shell::signed_in(&state, &signed_in, "/imports").await?,
        head: Head::of(&view, "questions"),
        open,
        groups: groups(&view, &list),
        path: format!("/plans/{id}/questions"),
        units: units(&view.organisation),
        editable: view.editable,
    };
    pages::html(StatusCode::OK, &page)
}

fn groups(view: &PlanView, list: &[Question]) -> Vec<Group> {
    let mut number = 0;
    let groups = TOPICS.iter().map(|(topic, label)| {
        let members = list.iter().filter(|known| known.topic == *topic);
        let rows: Vec<Row> = members
            .map(|question| {
                number += 1;
                row(view, question, number)
            })
            .collect();
        Group {
            label,
            open: rows.iter().filter(|row| row.settled.is_empty()).count(),
            rows,
        }
    });
    groups.filter(|group| !group.rows.is_empty()).collect()
}

fn row(view: &PlanView, question: &Question, number: usize) -> Row {
    let plan = &view.plan;
    let concerned = question.proposals.iter().take(LISTED).filter_map(|id| {
        plan.proposal(*id).map(|known| Concerned {
            href: format!("/plans/{}#proposal-{id}", plan.id),
            title: known.draft.title.clone(),
        })
    });
    Row {
        id: format!("question-{number}"),
        key: question.key.clone(),
        place: place(view, question),
        href: match question.clause {
            Some(n) => format!("/plans/{}#clause-{n}", plan.id),
            None => format!("/plans/{}#details", plan.id),
        },
        asks: question.asks.clone(),
        proposals: concerned.collect(),
        more: question.proposals.len().saturating_sub(LISTED),
        takes: match question.topic {
            Topic::About => "details",
            // Words of a rule, which has nothing to change.
            _ if question.proposals.is_empty() => "",
            Topic::Unit | Topic::Nobody => "unit",
            Topic::Frequency => "frequency",
            Topic::Date => "limit",
            _ => "",
        },
        answers: answers(question.topic),
        settled: question.settled.as_ref().map_or_else(String::new, said),
    }
}

fn place(view: &PlanView, question: &Question) -> String {
    question
        .clause
        .and_then(|n| view.plan.clause(n))
        .map_or_else(|| "全文".to_owned(), |clause| clause.path.clone())
}

fn said(settled: &luoshi_domain::plans::questions::Settled) -> String {
    let mut said = sentences::answer(settled.settlement.answer).to_owned();
    if !settled.settlement.note.is_empty() {
        said.push_str(&format!("：{}", settled.settlement.note));
    }
    format!("{said}（{} {}）", settled.by, moment(settled.at))
}

/// The answers that fit a topic.
fn answers(topic: Topic) -> Vec<Choice> {
    let document = matches!(topic, Topic::Attachment | Topic::Document);
    let fitting = ANSWERS.iter().filter(|(_, answer)| match answer {
        Answer::Supplied | Answer::ImportedApart => document,
        Answer::NotNeeded => true,
        Answer::Clarified => !document,
    });
    fitting
        .map(|(key, answer)| Choice::new(*key, sentences::answer(*answer), ""))
        .collect()
}

fn units(organisation: &Organisation) -> Vec<Choice> {
    let units = organisation.units.iter();
    let mut choices = vec![Choice::new("", "请选择", "")];
    choices.extend(
        units
            .filter(|unit| unit.kind != UnitKind::Leadership)
            .map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), "-")),
    );
    choices
}

/// As typed: one of the three is filled.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    key: String,
    unit: String,
    frequency: String,
    limit: String,
    answer: String,
    note: String,
}

impl Typed {
    fn given(&self, state: &WebState) -> Result<Given, String> {
        if !self.unit.is_empty() {
            let unit = self.unit.parse().map(UnitId);
            return unit
                .map(Given::Unit)
                .map_err(|_error| "没有这个单位。".to_owned());
        }
        if !self.frequency.trim().is_empty() {
            return Ok(Given::Frequency(self.frequency.trim().to_owned()));
        }
        match days::read(&self.limit, state.app.today()) {
            Ok(Some(day)) => Ok(Given::Limit(day)),
            Ok(None) => Err("没有填写答复，什么都没有改。".to_owned()),
            Err(unreadable) => Err(unreadable.sentence().to_owned()),
        }
    }
}

async fn answer(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    policy::see_plans(&state.app, signed_in.who())?;
    let path = format!("/plans/{id}/questions");
    let given = match typed.given(&state) {
        Ok(given) => given,
        Err(sentence) => return Ok(flash::warn(&path, &sentence)),
    };
    let done = questions::answer(&state.app, signed_in.who(), id, &typed.key, given).await;
    answered(&path, done, |(_view, count)| {
        format!("已改 {count} 项，可以在“逐条核对”页整步撤销")
    })
}

async fn settle(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    policy::see_plans(&state.app, signed_in.who())?;
    let path = format!("/plans/{id}/questions");
    let known = ANSWERS.iter().find(|(key, _)| *key == typed.answer);
    let Some((_, answer)) = known else {
        return Ok(flash::warn(&path, "请选择怎样答复。"));
    };
    let settlement = Settlement {
        answer: *answer,
        note: typed.note.trim().to_owned(),
    };
    let done = questions::settle(&state.app, signed_in.who(), id, &typed.key, settlement).await;
    answered(&path, done, |_plan| "答复已记下，可以撤回".into())
}

async fn reopen(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("/plans/{id}/questions");
    let done = questions::reopen(&state.app, signed_in.who(), id, &typed.key).await;
    answered(&path, done, |_plan| "答复已撤回".into())
}

/// The list as a table, to ask others with.
async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Response> {
    let view = plans::export(&state.app, signed_in.who(), id).await?;
    let mut text = String::from(csv::MARK);
    csv::line(&mut text, &HEADINGS.map(str::to_owned));
    for question in questions::of(&view.plan) {
        let topic = TOPICS.iter().find(|(topic, _)| *topic == question.topic);
        let titles = question.proposals.iter().filter_map(|id| {
            let known = view.plan.proposal(*id)?;
            Some(known.draft.title.as_str())
        });
        csv::line(
            &mut text,
            &[
                topic.map_or("", |(_, label)| *label).to_owned(),
                place(&view, &question),
                question.words.clone(),
                question.asks.clone(),
                titles.collect::<Vec<_>>().join("；"),
                question.settled.as_ref().map_or_else(String::new, said),
            ],
        );
    }
    let name = format!("{}待明确问题.csv", view.plan.details.title);
    Ok(files::csv("questions.csv", &name, text))
}
