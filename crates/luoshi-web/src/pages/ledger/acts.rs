//! An act on the ticked rows that needs a word: what it would do to each is shown before it is done.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
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
use crate::pages::{html, labels};
use crate::problem::{Problem, WebResult};

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
    lead: String,
}

impl Typed {
    fn title(&self) -> WebResult<&'static str> {
        match self.act.as_str() {
            "lead" => Ok("改派牵头单位"),
            _ => Err(Problem::bad_request(
                StatusCode::UNPROCESSABLE_ENTITY,
                "没有这种成批办理，请回到台账重新选择。",
            )),
        }
    }

    /// The act, or what is missing for it.
    fn act(&self) -> Result<Act, Fault> {
        self.lead.parse().map(Act::Lead).map_err(|_none| Fault {
            field: "lead".into(),
            text: "请选择牵头单位。".into(),
        })
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
    let act = match typed.act() {
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
    let said = sentence(title, &outcome);
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
    let act = typed.act().ok();
    // Any unit shows which rows allow it while none is chosen yet.
    let act = act.or_else(|| first.map(Act::Lead));
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
    let fields = fields(&typed, &organisation, &faults);
    let page = ActPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        title: typed.title()?,
        said,
        yes: match allowed.len() {
            0 => String::new(),
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
    typed: &Typed,
    organisation: &luoshi_domain::organisation::Organisation,
    faults: &[Fault],
) -> Vec<Field> {
    let units = organisation.carriers();
    let units = units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &typed.lead));
    let none = std::iter::once(Choice::new("", "请选择", &typed.lead));
    let mut fields = vec![
        Field::select("lead", "新的牵头单位", none.chain(units).collect())
            .required()
            .hint("分管领导随牵头单位变动；已下达的不能改派"),
    ];
    for field in &mut fields {
        if let Some(fault) = faults.iter().find(|fault| fault.field == field.name) {
            field.fault.clone_from(&fault.text);
        }
    }
    fields
}
