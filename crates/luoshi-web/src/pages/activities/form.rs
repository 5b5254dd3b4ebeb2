//! Recording what was done, and changing a record.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::activities::{self, Words};
use luoshi_app::tasks;
use luoshi_domain::activities::{ActivityCommand, ActivityDetails, ActivityKind, NAME_LIMIT};
use luoshi_domain::bodies::TEXT_LIMIT;
use luoshi_domain::ids::{ActivityId, PersonId, TaskId};
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::packs::Word;
use luoshi_domain::tasks::Level;
use luoshi_domain::tasks::lists::{PageRequest, TaskSort};
use serde::Deserialize;

use super::{PATH, kind};
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::pickers::Picker;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{days, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Major tasks to choose from.
const TASKS_OFFERED: u32 = 200;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/activities/new", Access::Member, get(blank))
        .post(PATH, Access::Member, post(record))
        .get("/activities/{id}/edit", Access::Row, get(edit))
        .post("/activities/{id}", Access::Row, post(amend))
}

#[derive(Template)]
#[template(path = "activity_form.html")]
struct FormPage {
    shell: Shell,
    tabs: Vec<Tab>,
    heading: String,
    kind: &'static str,
    action: String,
    back: String,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    pickers: Vec<Picker>,
    note: Field,
    version: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    kind: String,
    task: Option<TaskId>,
    person: Option<PersonId>,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    version: Option<i64>,
    kind: String,
    form: String,
    subjects: Vec<String>,
    title: String,
    day: String,
    place: String,
    persons: Vec<String>,
    tasks: Vec<String>,
    note: String,
}

async fn blank(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let typed = Typed {
        kind: wish.kind,
        day: state.app.today().to_string(),
        persons: wish.person.iter().map(PersonId::to_string).collect(),
        tasks: wish.task.iter().map(TaskId::to_string).collect(),
        ..Typed::default()
    };
    page(&state, &signed_in, StatusCode::OK, None, &typed, &[]).await
}

async fn record(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let faults = match typed.details(&state) {
        Ok(details) => {
            let done = activities::record(&state.app, signed_in.who(), details).await;
            match registers::ended(PATH, done, &[], |activity| {
                (format!("{PATH}/{}", activity.id), "已记录。".into())
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(fault) => vec![fault],
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, status, None, &typed, &faults).await
}

async fn edit(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
) -> WebResult<Response> {
    let (activity, ..) = activities::show(&state.app, signed_in.who(), id).await?;
    let details = &activity.details;
    let typed = Typed {
        version: Some(activity.version),
        kind: key(details.kind).to_owned(),
        form: details.form.clone(),
        subjects: details.subjects.clone(),
        title: details.title.clone(),
        day: details.day.to_string(),
        place: details.place.clone(),
        persons: details.persons.iter().map(PersonId::to_string).collect(),
        tasks: details.tasks.iter().map(TaskId::to_string).collect(),
        note: details.note.clone(),
    };
    page(&state, &signed_in, StatusCode::OK, Some(id), &typed, &[]).await
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<ActivityId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let faults = match typed.details(&state) {
        Ok(details) => {
            let command = ActivityCommand::Amend(Box::new(details));
            let who = signed_in.who();
            let done = activities::handle(&state.app, who, id, command, typed.version).await;
            match registers::ended(&path, done, &[], |_saved| (path.clone(), "已保存。".into()))
            {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(fault) => vec![fault],
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, status, Some(id), &typed, &faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    of: Option<ActivityId>,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let words = activities::words(&state.app, signed_in.who()).await?;
    let organisation = luoshi_app::organisation::show(&state.app, signed_in.who()).await?;
    let what = typed.what();
    let mut pickers = vec![typed.persons(&organisation)];
    match what {
        ActivityKind::Training => {
            let subjects = words.subjects.iter();
            let subjects = subjects.map(|word| (word.key.clone(), word.label.clone()));
            pickers.push(Picker::of_one(
                "subjects",
                "培训内容",
                subjects,
                &typed.subjects,
            ));
        }
        ActivityKind::PersonalAct => {
            let offered = offered(state, signed_in, typed).await?;
            let picker = Picker::of_one("tasks", "哪一件事项", offered, &typed.tasks);
            pickers.push(picker.hint("列的是重点事项"));
        }
    }
    for picker in &mut pickers {
        picker.fault = registers::fault_for(faults, &picker.id);
    }
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        heading: match of {
            None => format!("记一条{}", kind(what)),
            Some(_) => "改记录".into(),
        },
        kind: key(what),
        action: of.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}")),
        back: of.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}")),
        faults: faults.to_vec(),
        fields: registers::with_faults(typed.fields(&words), faults),
        pickers,
        note: Field {
            max: TEXT_LIMIT,
            ..Field::area("note", "说明", &typed.note)
        },
        version: typed.version.unwrap_or_default(),
    };
    html(status, &page)
}

/// The major tasks that the reader sees, and those chosen already.
async fn offered(
    state: &WebState,
    signed_in: &SignedIn,
    typed: &Typed,
) -> WebResult<Vec<(String, String)>> {
    let who = signed_in.who();
    let mut filter = luoshi_app::policy::tasks(&state.app, &who.actor);
    filter.level = Some(Level::Major);
    let page = PageRequest {
        after: None,
        size: TASKS_OFFERED,
    };
    let found = tasks::list(&state.app, who, &filter, TaskSort::Limit, &page).await?;
    let mut offered: Vec<(String, String)> = found
        .page
        .rows
        .iter()
        .map(|row| (row.id.to_string(), row.title.clone()))
        .collect();
    for chosen in &typed.tasks {
        if offered.iter().any(|(known, _)| known == chosen) {
            continue;
        }
        let Ok(id) = chosen.parse::<TaskId>() else {
            continue;
        };
        if let Ok(view) = tasks::show(&state.app, who, id).await {
            offered.push((chosen.clone(), view.task.details.title.clone()));
        }
    }
    Ok(offered)
}

impl Typed {
    fn what(&self) -> ActivityKind {
        match self.kind.as_str() {
            "act" => ActivityKind::PersonalAct,
            _ => ActivityKind::Training,
        }
    }

    fn details(&self, state: &WebState) -> Result<ActivityDetails, Fault> {
        let day = days::read(&self.day, state.app.today()).map_err(|unreadable| Fault {
            field: "day".into(),
            text: unreadable.sentence().into(),
        })?;
        Ok(ActivityDetails {
            kind: self.what(),
            form: self.form.clone(),
            subjects: self.subjects.clone(),
            title: self.title.trim().to_owned(),
            day: day.unwrap_or_else(|| state.app.today()),
            place: self.place.trim().to_owned(),
            persons: self
                .persons
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            tasks: self
                .tasks
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            note: self.note.trim().to_owned(),
        })
    }

    fn fields(&self, words: &Words) -> Vec<Field> {
        let (label, known, title) = match self.what() {
            ActivityKind::Training => ("形式", &words.forms, "培训名称"),
            ActivityKind::PersonalAct => ("做了哪一项", &words.acts, "做了什么"),
        };
        let choices = known.iter().map(|word| choice(word, &self.form));
        vec![
            Field::radio("form", label, choices.collect()).required(),
            Field {
                max: NAME_LIMIT,
                ..Field::text("title", title, &self.title).required()
            },
            Field::date("day", "日期", &self.day).required(),
            Field {
                max: NAME_LIMIT,
                ..Field::text("place", "地点", &self.place)
            },
        ]
    }

    fn persons(&self, organisation: &Organisation) -> Picker {
        let leaders_only = self.what() == ActivityKind::PersonalAct;
        let wanted = |person: PersonId| {
            let mut posts = organisation.posts_of(person);
            !leaders_only || posts.any(|post| matches!(post.role, Role::Principal | Role::Deputy))
        };
        let people = organisation.persons.iter().filter(|known| wanted(known.id));
        let people = people.map(|known| {
            let post = organisation.posts_of(known.id).next();
            let unit = post.map_or("", |post| organisation.unit_name(post.unit));
            (known.id.to_string(), format!("{} {unit}", known.name))
        });
        let legend = if leaders_only {
            "哪位领导"
        } else {
            "参加的人"
        };
        Picker::of_one("persons", legend, people, &self.persons)
    }
}

fn choice(word: &Word, chosen: &str) -> Choice {
    Choice::new(
        &word.key,
        format!("{}（{}）", word.label, word.cited.clause),
        chosen,
    )
}

fn key(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Training => "training",
        ActivityKind::PersonalAct => "act",
    }
}
