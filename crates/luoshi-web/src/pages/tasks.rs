//! A task's page: what it is, what happened, and what the reader can do now.

mod attachments;
mod blockers;
mod details;
mod entries;
mod forms;
mod opening;
mod reporting;
mod revisions;
mod story;
mod supervision;
mod verbs;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::tasks::{self, TaskView, Whole, sentences};
use luoshi_app::{App, merging};
use luoshi_domain::ids::TaskId;
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::Level;
use serde::Deserialize;

use crate::WebState;
use crate::assets;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::parts::{Fact, Fault, Light, Link, Progress, State as Badge};
use crate::pages::shell::Shell;
use crate::pages::task_cards::Cards;
use crate::pages::tasks::attachments::FilesCard;
use crate::pages::tasks::blockers::BlockerLine;
pub(super) use crate::pages::tasks::details::cadence_field;
pub(super) use crate::pages::tasks::entries::Entry;
use crate::pages::tasks::entries::{Reading, field_of};
use crate::pages::tasks::forms::{ActForm, Forms, Refused, Retry};
use crate::pages::tasks::reporting::ReportsCard;
use crate::pages::tasks::revisions::Version;
use crate::pages::tasks::story::{Event, LimitLine, Person, Source, Story, Urged};
use crate::pages::tasks::verbs::Verb;
use crate::pages::trajectories::{self as courses, Figure};
use crate::pages::{self, labels, ledger};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(crate) fn routes(table: Table) -> Table {
    let table = opening::routes(table);
    let table = attachments::routes(table);
    let table = table.get("/tasks/{id}", Access::Row, get(show)).get(
        "/tasks/{id}/notices",
        Access::Row,
        get(supervision::show),
    );
    Verb::ALL.into_iter().fold(table, |table, verb| {
        let act = async move |state, signed_in, id, entry| {
            Box::pin(act(verb, state, signed_in, id, entry)).await
        };
        table.post(verb.path(), Access::Row, post(act))
    })
}

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    shell: Shell,
    faults: Vec<Fault>,
    /// What others did since the form was opened.
    changes: Vec<String>,
    /// What was typed into a form that is not offered any more.
    typed: Vec<Fact>,
    seen: i64,
    number: String,
    title: String,
    target: String,
    level_key: bool,
    /// How far it may be known; empty when it is not marked.
    mark: &'static str,
    state: Badge,
    returned: String,
    missing: String,
    light: Light,
    light_steps: Vec<String>,
    grade: &'static str,
    tags: Vec<Link>,
    /// The reader may put tags on and take them off.
    may_tag: bool,
    id: String,
    crumbs: Vec<Link>,
    facts: Vec<Fact>,
    progress: Progress,
    script: String,
    figure: Figure,
    forecast: String,
    course: String,
    limit_steps: Vec<String>,
    limits: Vec<LimitLine>,
    people: Vec<Person>,
    /// Both clocks, while something stands in the way.
    clocks: String,
    blockers: Vec<BlockerLine>,
    cards: Cards,
    files: FilesCard,
    /// What is reported regularly; nothing where no report falls due by itself.
    reports: Option<ReportsCard>,
    urgings: Vec<Urged>,
    versions: Vec<Version>,
    /// That no report is asked for; empty when one may be.
    on_course: String,
    quote: String,
    quote_from: String,
    quote_href: String,
    /// Where else the same is asked for.
    sources: Vec<Source>,
    events: Vec<Event>,
    forms: Vec<ActForm>,
    /// Said when there is no form.
    nothing: &'static str,
    refused: Vec<Refused>,
    others: Vec<Refused>,
    /// The task that it became part of.
    merged_into: Option<Link>,
    /// Those that became part of it.
    absorbed: Vec<Link>,
    /// Acts that have a page of their own.
    more: Vec<Link>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    /// The form to open.
    act: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let whole = tasks::show_whole(&state.app, signed_in.who(), id).await?;
    let shown = Shown {
        wanted: Verb::from_key(&wish.act),
        ..Shown::default()
    };
    page(&state, &signed_in, &whole, shown).await
}

async fn act(
    verb: Verb,
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(entry): Form<Entry>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let view = tasks::show(&state.app, who, id).await?;
    let reading = Reading {
        task: &view.task,
        organisation: &view.organisation,
        today: state.app.today(),
    };
    let command = match entry.command(verb, &reading) {
        Ok(command) => command,
        Err(faults) => {
            let shown = Shown::faulty(verb, entry, faults);
            return again(&state, &signed_in, id, shown).await;
        }
    };
    if verb == Verb::IssueNotice && entry.first("confirmed").is_empty() {
        return match tasks::preview(&state.app, who, id, command).await {
            Ok(after) => {
                let hidden = entry.hidden();
                supervision::preview(&state, &signed_in, (&view, &after), hidden).await
            }
            Err(error) => again(&state, &signed_in, id, Shown::refused(verb, entry, error)?).await,
        };
    }
    match tasks::handle(&state.app, who, id, command, entry.seen()).await {
        Ok(task) => Ok(flash::done(&format!("/tasks/{id}"), &verb.done(&task))),
        Err(error) => again(&state, &signed_in, id, Shown::refused(verb, entry, error)?).await,
    }
}

/// The page as it is now, with the form that was not taken.
async fn again(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    shown: Shown,
) -> WebResult<Response> {
    let whole = tasks::show_whole(&state.app, signed_in.who(), id).await?;
    page(state, signed_in, &whole, shown).await
}

/// How the page is shown besides what the task is.
#[derive(Default)]
struct Shown {
    status: StatusCode,
    wanted: Option<Verb>,
    retry: Option<Retry>,
    changes: Vec<String>,
    file_fault: Option<attachments::Fault>,
}

impl Shown {
    /// With the form that has faults.
    fn faulty(verb: Verb, entry: Entry, faults: Vec<Fault>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            retry: Some(Retry {
                verb,
                entry,
                faults,
            }),
            ..Self::default()
        }
    }

    /// With the form that a rule or somebody else's act stood against; other errors go on.
    fn refused(verb: Verb, entry: Entry, error: AppError) -> Result<Self, Problem> {
        match error {
            AppError::Refused(refusal) if refusal.ground == Ground::Input => {
                let fault = Fault {
                    field: field_of(verb, refusal.code).to_owned(),
                    text: refusal.sentence,
                };
                Ok(Self::faulty(verb, entry, vec![fault]))
            }
            AppError::Conflict { mut changes } => {
                if changes.is_empty() {
                    changes.push("有人同时办理，请核对当前内容".into());
                }
                Ok(Self {
                    status: StatusCode::CONFLICT,
                    changes,
                    ..Self::faulty(verb, entry, Vec::new())
                })
            }
            error => Err(error.into()),
        }
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    whole: &Whole,
    shown: Shown,
) -> WebResult<Response> {
    let shell = Shell::signed_in(state, signed_in, "").await?;
    let mut page = TaskPage::new(&state.app, signed_in, shell, &whole.view, &shown);
    page.cards = Cards::of(&state.app, signed_in.who(), whole);
    pages::html(shown.status, &page)
}

impl TaskPage {
    fn new(app: &App, signed_in: &SignedIn, shell: Shell, view: &TaskView, shown: &Shown) -> Self {
        let actor = &signed_in.who().actor;
        let today = view.rules.today;
        let forms = Forms {
            app,
            view,
            actor,
            today,
        };
        let story = Story {
            app,
            view,
            actor,
            today,
        };
        let (task, retry) = (&view.task, shown.retry.as_ref());
        let gone = retry.filter(|retry| !forms.is_allowed(retry.verb));
        let (refused, others) = forms.refused();
        let acts = forms.allowed(retry, shown.wanted);
        let course = luoshi_app::trajectories::course(task, today);
        let (merged_into, absorbed) = story.merged();
        let merge = merging::may(app, signed_in.who(), task).then(|| Link {
            href: pages::merging::address(task.id),
            label: "与重复的事项合并…".into(),
        });
        Self {
            shell,
            faults: retry.map(|retry| faults(retry, &acts)).unwrap_or_default(),
            changes: shown.changes.clone(),
            typed: gone.map(|retry| forms.typed(retry)).unwrap_or_default(),
            seen: task.version,
            number: task.number.clone().unwrap_or_else(|| "未编号".into()),
            title: task.details.title.clone(),
            target: story.target(),
            level_key: task.details.level == Level::Major,
            mark: labels::mark(task.mark),
            state: labels::task_badge(task),
            returned: task.returned_because.clone().unwrap_or_default(),
            missing: if task.issued_at.is_none() && !task.is_over() {
                view.missing.join("、")
            } else {
                String::new()
            },
            light: view.light.clone().into(),
            light_steps: story.light_steps(),
            grade: task.grade.map(sentences::grade).unwrap_or_default(),
            tags: task
                .tags
                .iter()
                .map(|tag| Link {
                    href: ledger::query::address("/ledger", &[("tag", tag)]),
                    label: tag.clone(),
                })
                .collect(),
            may_tag: app.policy.allows(actor, Right::AmendTask, &task.row()),
            id: task.id.to_string(),
            crumbs: story.crumbs(),
            facts: story.facts(),
            progress: story.progress(),
            script: assets::href("chart.js"),
            figure: courses::figure(view, &course),
            forecast: courses::forecast(&course.forecast, task.details.limit),
            course: match task.is_over() && task.readings.is_empty() {
                true => String::new(),
                false => format!("/tasks/{}/course", task.id),
            },
            limit_steps: story.limit_steps(),
            limits: story.limits(),
            people: story.people(),
            clocks: blockers::clocks(view),
            blockers: blockers::lines(view),
            cards: Cards::default(),
            files: FilesCard::of(view, shown.file_fault.as_ref()),
            reports: ReportsCard::of(view, &forms),
            urgings: story.urgings(),
            versions: revisions::versions(view),
            on_course: story.on_course(),
            quote: task.origin.quote.clone(),
            quote_from: story.quote_from(),
            quote_href: story.plan_href(),
            sources: story.sources(),
            events: story.events(),
            forms: acts,
            nothing: if task.is_over() {
                "已办结或已撤销，不再变动"
            } else {
                "这一步不在您这里"
            },
            refused,
            others,
            merged_into,
            absorbed,
            more: merge.into_iter().collect(),
        }
    }
}

/// The faults with the ids of their inputs; what is about no input leads to the form.
fn faults(retry: &Retry, acts: &[ActForm]) -> Vec<Fault> {
    let key = retry.verb.key();
    let form = acts.iter().find(|form| form.key == key);
    let faults = retry.faults.iter().map(|fault| {
        let mut fields = form.iter().flat_map(|form| &form.fields);
        let field = fields.find(|field| field.name == fault.field);
        Fault {
            field: field.map_or_else(|| format!("act-{key}"), |field| field.id.clone()),
            text: fault.text.clone(),
        }
    });
    faults.collect()
}
