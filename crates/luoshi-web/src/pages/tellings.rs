//! How the reader wants to be told (消息方式).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::errors::AppError;
use luoshi_app::{organisation, tellings};
use luoshi_domain::refusals::Ground;
use luoshi_domain::tellings::{HOURS, Wishes};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{account, hooks, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/account/messages";

pub(crate) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get(PATH, member, get(show))
        .post(PATH, member, post(wish))
}

#[derive(Template)]
#[template(path = "tellings.html")]
struct TellingsPage {
    shell: Shell,
    /// Whether mails can be sent at all.
    sends: bool,
    fields: Vec<Field>,
    faults: Vec<Fault>,
    /// The robots that tell what is sent to the reader's units.
    robots: Vec<Robot>,
}

/// A robot, as those read of it whose news it tells.
struct Robot {
    name: String,
    kind: &'static str,
    whose: String,
    topics: String,
    hours: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    digest: String,
    address: String,
    hour: String,
    workdays: String,
}

impl Typed {
    fn wishes(&self) -> Wishes {
        Wishes {
            digest: self.digest == "yes",
            address: self.address.clone(),
            // What is no number is outside the hours, and refused there.
            hour: self.hour.parse().unwrap_or_default(),
            workdays: self.workdays == "yes",
        }
    }
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let wishes = tellings::own(&state.app, signed_in.who()).await?;
    page(&state, &signed_in, StatusCode::OK, &wishes, Vec::new()).await
}

async fn wish(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let wishes = typed.wishes();
    match tellings::wish(&state.app, signed_in.who(), wishes.clone()).await {
        Ok(kept) if kept.digest => {
            let said = format!("已保存，每天 {} 点发到 {}", kept.hour, kept.address);
            Ok(flash::done(PATH, &said))
        }
        Ok(_) => Ok(flash::done(PATH, "已保存，不发邮件")),
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Fault {
                field: refusal.code.to_owned(),
                text: refusal.sentence,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&state, &signed_in, status, &wishes, vec![fault]).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    wishes: &Wishes,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let check = |name, label, ticked| Field {
        kind: "check",
        ..Field::text(name, label, if ticked { "yes" } else { "" })
    };
    let hour = wishes.hour.to_string();
    let hours = HOURS.map(|at| Choice::new(at.to_string(), format!("{at} 点"), &hour));
    let mut fields = vec![
        check("digest", "每天发一封汇总邮件", wishes.digest)
            .hint("有等您办的事或有新消息才发；没有就不发"),
        Field::text("address", "邮箱地址", &wishes.address).hint("用本单位的工作邮箱"),
        Field::select("hour", "发送时间", hours.collect()),
        check("workdays", "只在工作日发", wishes.workdays),
    ];
    for field in &mut fields {
        let fault = faults.iter().find(|fault| fault.field == field.name);
        field.fault = fault.map_or_else(String::new, |fault| fault.text.clone());
    }
    let who = signed_in.who();
    let organisation = organisation::of_bureau(&state.app, who.bureau).await?;
    let robots = luoshi_app::hooks::of_person(&state.app, who).await?;
    let robots = robots.into_iter().map(|hook| Robot {
        kind: hook.kind.label(),
        whose: hooks::views::whose(&hook.details, &organisation),
        topics: hooks::views::topics(&hook.details),
        hours: hooks::views::hours(&hook.details),
        name: hook.details.name,
    });
    let page = TellingsPage {
        robots: match &state.app.hooks {
            Some(_) => robots.collect(),
            None => Vec::new(),
        },
        shell: Shell::signed_in(state, signed_in, account::PATH).await?,
        sends: state.app.mailer.is_some(),
        fields,
        faults,
    };
    html(status, &page)
}
