//! An act on the ticked rows that needs a word: what it would do to each is shown before it is done.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::Days;
use luoshi_app::errors::AppError;
use luoshi_app::organisation;
use luoshi_app::tasks::batches::{self, Act, Looking};
use luoshi_domain::ids::TaskId;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::flash;
use crate::pages::ledger::PATH;
use crate::pages::ledger::batch::{ids, sentence, way_back};
use crate::pages::parts::{Choice, Fault, Field, State as Badge};
use crate::pages::shell::Shell;
use crate::pages::{days, html, labels};
use crate::problem::{Problem, WebResult};

/// Days in which an answer to an urging is asked for, unless somebody says otherwise.
const ANSWER_DAYS: u64 = 3;

#[derive(Template)]
#[template(path = "ledger_act.html")]
struct ActPage {
    shell: Shell,
    /// The act as the page is called.
    title: &'static str,
    act: String,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    said: String,
    rows: Vec<Row>,
    /// Those to which it would be done.
    ids: Vec<String>,
    here: String,
    yes: String,
}

struct Row {
    number: String,
    title: String,
    href: String,
    lead: String,
    state: Badge,
    /// Why it is left as it is; empty when it is done.
    refusal: String,
}

/// The ticked rows and what was filled in so far.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    id: Vec<String>,
    here: String,
    act: String,
    text: String,
    respond_by: String,
    lead: String,
}

impl Typed {
    fn title(&self) -> WebResult<&'static str> {
        match self.act.as_str() {
            "urge" => Ok("成批催办"),
            "lead" => Ok("改派牵头单位"),
            _ => Err(Problem::bad_request(
                StatusCode::UNPROCESSABLE_ENTITY,
                "没有这种成批办理，请回到台账重新选择。",
            )),
        }
    }

    /// The act, or what is missing for it.
    fn act(&self, today: chrono::NaiveDate) -> Result<Act, Fault> {
        let fault = |field: &str, text: &str| Fault {
            field: field.into(),
            text: text.into(),
        };
        if self.act == "lead" {
            let unit = self.lead.parse();
            return unit
                .map(Act::Lead)
                .map_err(|_none| fault("lead", "请选择牵头单位。"));
        }
        let day = days::read(&self.respond_by, today);
        let day = day.map_err(|unreadable| fault("respond_by", unreadable.sentence()))?;
        let respond_by = day.ok_or_else(|| fault("respond_by", "请填写答复期限。"))?;
        if self.text.trim().is_empty() {
            return Err(fault("text", "请写明催办内容。"));
        }
        Ok(Act::Urge {
            text: self.text.clone(),
            respond_by,
        })
    }

    /// An act that shows which rows allow it while nothing is filled in yet.
    fn sketch(&self, state: &WebState, first: Option<luoshi_domain::ids::UnitId>) -> Option<Act> {
        match self.act.as_str() {
            "urge" => Some(Act::Urge {
                text: "催办".into(),
                respond_by: state.app.today(),
            }),
            _ => first.map(Act::Lead),
        }
    }
}

/// Asks for what the act needs, beside what it would do to each row.
pub(super) async fn ask(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    typed.title()?;
    if typed.id.is_empty() {
        return Ok(flash::warn(
            way_back(&typed.here),
            "没有选中事项，什么也没有做。",
        ));
    }
    page(&state, &signed_in, typed, Vec::new()).await
}

/// Does it to those that allow it.
pub(super) async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let title = typed.title()?;
    let act = match typed.act(state.app.today()) {
        Ok(act) => act,
        Err(fault) => return page(&state, &signed_in, typed, vec![fault]).await,
    };
    let ids = ids(&typed.id)?;
    let outcome = batches::carry_out_act(&state.app, signed_in.who(), &ids, &act).await;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Fault {
                field: refusal.code.into(),
                text: refusal.sentence,
            };
            return page(&state, &signed_in, typed, vec![fault]).await;
        }
        Err(error) => return Err(error.into()),
    };
    let verb = title.trim_start_matches("成批");
    let said = sentence(verb, &outcome);
    let here = way_back(&typed.here);
    Ok(match outcome.refused.is_empty() {
        true => flash::done(here, &said),
        false => flash::warn(here, &said),
    })
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    typed: Typed,
    faults: Vec<Fault>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let organisation = organisation::show(&state.app, who).await?;
    let ids: Vec<TaskId> = ids(&typed.id)?;
    let first = organisation.carriers().next().map(|unit| unit.id);
    let act = typed.act(state.app.today()).ok();
    let act = act.or_else(|| typed.sketch(state, first));
    let looking = match &act {
        Some(act) => batches::look(&state.app, who, &ids, act).await?,
        None => Looking {
            rows: Vec::new(),
            organisation: organisation.clone(),
        },
    };
    let rows: Vec<Row> = looking
        .rows
        .iter()
        .map(|looked| {
            let task = &looked.task;
            Row {
                number: task.number.clone().unwrap_or_else(|| "未编号".into()),
                title: task.details.title.clone(),
                href: format!("/tasks/{}", task.id),
                lead: task.details.lead.map_or_else(
                    || "未定".into(),
                    |lead| organisation.unit_name(lead).to_owned(),
                ),
                state: labels::state(task.state, labels::waiting(task)),
                refusal: looked
                    .refusal
                    .as_ref()
                    .map(|refusal| refusal.sentence.clone())
                    .unwrap_or_default(),
            }
        })
        .collect();
    let allowed = looking
        .rows
        .iter()
        .filter(|looked| looked.refusal.is_none());
    let allowed: Vec<String> = allowed.map(|looked| looked.task.id.to_string()).collect();
    let left = rows.len() - allowed.len();
    let said = match left {
        0 => format!("选中的 {} 项都可以办。", rows.len()),
        _ => format!(
            "选中 {} 项，可办 {} 项；{left} 项不能办，原因见下表，保持原样。",
            rows.len(),
            allowed.len()
        ),
    };
    let status = match faults.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let fields = fields(state, &typed, &organisation, &faults);
    let page = ActPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        title: typed.title()?,
        said,
        yes: match allowed.len() {
            0 => String::new(),
            count if typed.act == "urge" => format!("催办这 {count} 项"),
            count => format!("改派这 {count} 项"),
        },
        fields,
        rows,
        ids: allowed,
        here: way_back(&typed.here).to_owned(),
        act: typed.act,
        faults,
    };
    html(status, &page)
}

fn fields(
    state: &WebState,
    typed: &Typed,
    organisation: &luoshi_domain::organisation::Organisation,
    faults: &[Fault],
) -> Vec<Field> {
    let mut fields = if typed.act == "urge" {
        let usual = state.app.today() + Days::new(ANSWER_DAYS);
        let day = match typed.respond_by.is_empty() {
            true => usual.to_string(),
            false => typed.respond_by.clone(),
        };
        vec![
            Field::area("text", "催办内容", &typed.text).required(),
            Field::date("respond_by", "答复期限", &day).required(),
        ]
    } else {
        let units = organisation.carriers();
        let units =
            units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &typed.lead));
        let none = std::iter::once(Choice::new("", "请选择", &typed.lead));
        vec![
            Field::select("lead", "新的牵头单位", none.chain(units).collect())
                .required()
                .hint("分管领导随牵头单位变动；已下达的不能改派"),
        ]
    };
    for field in &mut fields {
        if let Some(fault) = faults.iter().find(|fault| fault.field == field.name) {
            field.fault.clone_from(&fault.text);
        }
    }
    fields
}
