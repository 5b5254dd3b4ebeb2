//! One's own mandates (代填授权): who may type for one, and for whom one may.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::Days;
use luoshi_app::errors::AppError;
use luoshi_app::mandates;
use luoshi_domain::ids::MandateId;
use luoshi_domain::mandates::{Mandate, MandateDetails};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{account, days, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};
use crate::sessions::HOME;

pub(crate) const PATH: &str = "/account/mandates";

/// Where one stops to type for somebody else; open while one does.
pub(crate) const STOP: &str = "/account/mandates/stop";

/// Days for which a mandate is offered.
const USUAL_DAYS: u64 = 30;

pub(crate) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get(PATH, member, get(show))
        .post(PATH, member, post(give))
        .post("/account/mandates/{id}/end", Access::Own, post(end))
        .post("/account/mandates/{id}/use", Access::Own, post(take_up))
        .post(STOP, member, post(stop))
}

#[derive(Template)]
#[template(path = "mandates.html")]
struct MandatesPage {
    shell: Shell,
    given: Vec<Row>,
    held: Vec<Row>,
    fields: Vec<Field>,
    faults: Vec<Fault>,
}

struct Row {
    id: String,
    /// The other person.
    name: String,
    term: String,
    reason: String,
    /// Whether it holds today.
    holds: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    agent: String,
    from: String,
    until: String,
    reason: String,
}

impl Typed {
    fn details(&self, today: chrono::NaiveDate) -> Result<MandateDetails, Fault> {
        let day = |field: &str, text: &str| match days::read(text, today) {
            Ok(Some(day)) => Ok(day),
            Ok(None) => Err(fault(field, "请填写日期。".into())),
            Err(unreadable) => Err(fault(field, unreadable.sentence().to_owned())),
        };
        let agent = self.agent.parse();
        Ok(MandateDetails {
            agent: agent.map_err(|_unknown| fault("agent", "请从名单中选择代填人。".into()))?,
            from: day("from", &self.from)?,
            until: day("until", &self.until)?,
            reason: self.reason.clone(),
        })
    }
}

fn fault(field: &str, text: String) -> Fault {
    Fault {
        field: field.to_owned(),
        text,
    }
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let today = state.app.today();
    let typed = Typed {
        from: today.to_string(),
        until: (today + Days::new(USUAL_DAYS)).to_string(),
        ..Typed::default()
    };
    page(&state, &signed_in, StatusCode::OK, &typed, Vec::new()).await
}

async fn give(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let details = match typed.details(state.app.today()) {
        Ok(details) => details,
        Err(fault) => return page(&state, &signed_in, refused, &typed, vec![fault]).await,
    };
    match mandates::give(&state.app, signed_in.who(), details).await {
        Ok(mandate) => {
            let said = format!("已授权，有效期至 {}，可随时收回", mandate.details.until);
            Ok(flash::done(PATH, &said))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let faults = vec![fault(refusal.code, refusal.sentence)];
            page(&state, &signed_in, refused, &typed, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<MandateId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    mandates::end(&state.app, signed_in.who(), id).await?;
    Ok(flash::done(PATH, "授权已结束，立即失效"))
}

async fn take_up(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<MandateId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    mandates::switch(&state.app, &signed_in.visitor, Some(id)).await?;
    Ok(flash::done(
        HOME,
        "已进入代填，您办理的每一步都会注明由您代填",
    ))
}

async fn stop(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    mandates::switch(&state.app, &signed_in.visitor, None).await?;
    Ok(flash::done(HOME, "已结束代填"))
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let view = mandates::own(&state.app, signed_in.who()).await?;
    let (today, organisation) = (state.app.today(), &view.organisation);
    let row = |known: &Mandate, other| Row {
        id: known.id.to_string(),
        name: organisation.person_name(other).to_owned(),
        term: format!("{} 至 {}", known.details.from, known.details.until),
        reason: known.details.reason.clone(),
        holds: known.holds(today),
    };
    let mut fields = vec![
        Field::select(
            "agent",
            "代填人",
            people(organisation, signed_in, &typed.agent),
        )
        .required(),
        Field::date("from", "从", &typed.from).required(),
        Field::date("until", "到", &typed.until).required(),
        Field::text("reason", "原因", &typed.reason).required(),
    ];
    for field in &mut fields {
        let fault = faults.iter().find(|fault| fault.field == field.name);
        field.fault = fault.map_or_else(String::new, |fault| fault.text.clone());
    }
    let given = view.given.iter();
    let held = view.held.iter();
    let page = MandatesPage {
        shell: Shell::signed_in(state, signed_in, account::PATH).await?,
        given: given.map(|known| row(known, known.details.agent)).collect(),
        held: held.map(|known| row(known, known.giver)).collect(),
        fields,
        faults,
    };
    html(status, &page)
}

/// Those who may be picked: of the own units first, then all others.
fn people(organisation: &Organisation, signed_in: &SignedIn, chosen: &str) -> Vec<Choice> {
    let actor = &signed_in.who().actor;
    let mut posts: Vec<_> = organisation
        .posts
        .iter()
        .filter(|post| !post.role.administers())
        .filter_map(|post| Some((post, post.holder?)))
        .filter(|(_, holder)| *holder != actor.person)
        .collect();
    posts.sort_by_key(|(post, _)| !actor.works_in(post.unit));
    let mut seen = std::collections::HashSet::new();
    posts.retain(|(_, holder)| seen.insert(*holder));
    let people = posts.into_iter().map(|(post, holder)| {
        let name = organisation.person_name(holder);
        let unit = organisation.unit_name(post.unit);
        let label = format!("{name}（{unit} {}）", post.title);
        Choice::new(holder.to_string(), label, chosen)
    });
    std::iter::once(Choice::new("", "请选择", chosen))
        .chain(people)
        .collect()
}
