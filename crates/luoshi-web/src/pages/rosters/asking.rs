//! Asking units to name something, and changing what is asked.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::{bodies, rosters};
use luoshi_domain::bodies::TEXT_LIMIT;
use luoshi_domain::ids::{BodyId, RosterId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::rosters::{NAME_LIMIT, Need, NeedKind, RosterCommand, RosterDetails};
use serde::Deserialize;

use super::PATH;
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::pickers::Picker;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{days, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Empty rows for further needs.
const SPARE_ROWS: usize = 2;

const FIELDS: [(&str, &str); 2] = [("unknown_unit", "units"), ("needs", "needs")];

const KINDS: [(&str, NeedKind, &str); 3] = [
    ("person", NeedKind::Person, "人员"),
    ("body", NeedKind::Body, "机构"),
    ("staffing", NeedKind::Staffing, "机构和力量"),
];

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/rosters/new", Access::Member, get(blank))
        .post(PATH, Access::Member, post(ask))
        .get("/rosters/{id}/edit", Access::Row, get(edit))
        .post("/rosters/{id}", Access::Row, post(amend))
}

#[derive(Template)]
#[template(path = "roster_form.html")]
struct FormPage {
    shell: Shell,
    tabs: Vec<Tab>,
    heading: &'static str,
    action: String,
    back: String,
    submit: &'static str,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    needs: Vec<NeedRow>,
    needs_fault: String,
    units: Picker,
    mirrors: String,
    version: i64,
}

struct NeedRow {
    key: String,
    label: String,
    kinds: Vec<Choice>,
    min: String,
    max: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    pack: String,
    key: String,
    mirrors: Option<BodyId>,
}

/// As typed; one value in each `need_` list for each row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    version: Option<i64>,
    title: String,
    basis: String,
    due: String,
    mirrors: String,
    need_key: Vec<String>,
    need_label: Vec<String>,
    need_kind: Vec<String>,
    need_min: Vec<String>,
    need_max: Vec<String>,
    units: Vec<String>,
}

async fn blank(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let view = rosters::list(&state.app, who).await?;
    if !view.may_ask {
        let sentence = "名册由督查办、组织人事或宣传岗位发起。";
        return Ok(flash::warn(PATH, sentence));
    }
    let today = state.app.today();
    let mut wanted = view.wanted.iter();
    let wanted = wanted.find(|(pack, known)| pack.key() == wish.pack && known.key == wish.key);
    let mut typed = match wanted {
        Some((pack, wanted)) => {
            Typed::of(&rosters::draft(*pack, wanted, &view.organisation, today))
        }
        None => Typed {
            units: carriers(&view.organisation),
            ..Typed::default()
        },
    };
    if let Some(id) = wish.mirrors {
        let body = bodies::show(&state.app, who, id).await?.body;
        typed.title = format!("各单位成立{}", body.details.name);
        typed.mirrors = id.to_string();
        typed.need_key = vec!["body".into()];
        typed.need_label = vec!["本单位的机构".into()];
        typed.need_kind = vec!["body".into()];
        typed.need_min = vec!["1".into()];
        typed.need_max = vec!["1".into()];
        typed.basis = body.details.basis;
    }
    page(&state, &signed_in, StatusCode::OK, None, &typed, &[]).await
}

async fn ask(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let faults = match typed.details(&state) {
        Ok(details) => {
            let done = rosters::ask(&state.app, signed_in.who(), details).await;
            match registers::ended(PATH, done, &FIELDS, |roster| {
                let path = format!("{PATH}/{}", roster.id);
                let said = format!("已发给 {} 个单位。", roster.details.units.len());
                (path, said)
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
    Path(id): Path<RosterId>,
) -> WebResult<Response> {
    let view = rosters::show(&state.app, signed_in.who(), id).await?;
    if !view.may_change {
        let sentence = "名册已经结束，或者不由您管理。";
        return Ok(flash::warn(&format!("{PATH}/{id}"), sentence));
    }
    let typed = Typed {
        version: Some(view.roster.version),
        ..Typed::of(&view.roster.details)
    };
    page(&state, &signed_in, StatusCode::OK, Some(id), &typed, &[]).await
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let faults = match typed.details(&state) {
        Ok(details) => {
            let command = RosterCommand::Amend(Box::new(details));
            let who = signed_in.who();
            let done = rosters::handle(&state.app, who, id, command, typed.version).await;
            match registers::ended(&path, done, &FIELDS, |_saved| {
                (path.clone(), "已保存，报过的都还在。".into())
            }) {
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
    of: Option<RosterId>,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let organisation = luoshi_app::organisation::show(&state.app, signed_in.who()).await?;
    let (heading, action, submit) = match of {
        None => ("发名册", PATH.to_owned(), "发给各单位"),
        Some(id) => ("改名册", format!("{PATH}/{id}"), "保存"),
    };
    let fields = vec![
        Field {
            max: NAME_LIMIT,
            ..Field::text("title", "名称", &typed.title).required()
        },
        Field {
            max: TEXT_LIMIT,
            ..Field::text("basis", "依据", &typed.basis)
        },
        Field::date("due", "期限", &typed.due)
            .required()
            .hint("当天 24:00 前都算按时"),
    ];
    let units = organisation.carriers();
    let units = units.map(|unit| (unit.id.to_string(), unit.name.clone()));
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        heading,
        back: of.map_or_else(|| PATH.to_owned(), |_id| action.clone()),
        action,
        submit,
        faults: faults.to_vec(),
        fields: registers::with_faults(fields, faults),
        needs: typed.rows(),
        needs_fault: registers::fault_for(faults, "needs"),
        units: Picker {
            fault: registers::fault_for(faults, "units"),
            ..Picker::of_one("units", "要报的单位", units, &typed.units)
        },
        mirrors: typed.mirrors.clone(),
        version: typed.version.unwrap_or_default(),
    };
    html(status, &page)
}

impl Typed {
    fn of(details: &RosterDetails) -> Self {
        let needs = || details.needs.iter();
        Self {
            version: None,
            title: details.title.clone(),
            basis: details.basis.clone(),
            due: details.due.to_string(),
            mirrors: details.mirrors.map(|id| id.to_string()).unwrap_or_default(),
            need_key: needs().map(|need| need.key.clone()).collect(),
            need_label: needs().map(|need| need.label.clone()).collect(),
            need_kind: needs().map(|need| key(need.what).to_owned()).collect(),
            need_min: needs().map(|need| need.min.to_string()).collect(),
            need_max: needs()
                .map(|need| need.max.map(|max| max.to_string()).unwrap_or_default())
                .collect(),
            units: details.units.iter().map(UnitId::to_string).collect(),
        }
    }

    fn details(&self, state: &WebState) -> Result<RosterDetails, Fault> {
        let fault = |field: &str, text: &str| Fault {
            field: field.to_owned(),
            text: text.to_owned(),
        };
        let due = days::read(&self.due, state.app.today());
        let due = due.map_err(|unreadable| fault("due", unreadable.sentence()))?;
        let due = due.ok_or_else(|| fault("due", "请填写期限。"))?;
        let mut needs = Vec::new();
        for (at, label) in self.need_label.iter().enumerate() {
            let label = label.trim();
            if label.is_empty() {
                continue;
            }
            let number = |list: &[String]| {
                let text = list.get(at).map(|text| text.trim()).unwrap_or_default();
                match text {
                    "" => Ok(None),
                    text => text
                        .parse::<u32>()
                        .map(Some)
                        .map_err(|_unreadable| fault("needs", "人数请写成数字。")),
                }
            };
            let known = self.need_key.get(at).filter(|key| !key.is_empty());
            let kind = self.need_kind.get(at).map_or("", String::as_str);
            let kind = KINDS.iter().find(|(key, ..)| *key == kind);
            needs.push(Need {
                key: known.cloned().unwrap_or_else(|| format!("need_{}", at + 1)),
                label: label.to_owned(),
                what: kind.map_or(NeedKind::Person, |(_, kind, _)| *kind),
                min: number(&self.need_min)?.unwrap_or(1),
                max: number(&self.need_max)?.filter(|max| *max > 0),
            });
        }
        let units = self.units.iter().filter_map(|text| text.parse().ok());
        Ok(RosterDetails {
            title: self.title.trim().to_owned(),
            basis: self.basis.trim().to_owned(),
            needs,
            units: units.collect(),
            due,
            mirrors: self.mirrors.parse().ok(),
        })
    }

    fn rows(&self) -> Vec<NeedRow> {
        let cell = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
        let used = self
            .need_label
            .iter()
            .filter(|label| !label.trim().is_empty());
        let wanted = self.need_label.len().max(used.count() + SPARE_ROWS);
        let rows = (0..wanted).map(|at| {
            let kind = cell(&self.need_kind, at);
            let kinds = KINDS.iter();
            NeedRow {
                key: cell(&self.need_key, at),
                label: cell(&self.need_label, at),
                kinds: kinds
                    .map(|(key, _, label)| Choice::new(*key, *label, &kind))
                    .collect(),
                min: cell(&self.need_min, at),
                max: cell(&self.need_max, at),
            }
        });
        rows.collect()
    }
}

fn carriers(organisation: &Organisation) -> Vec<String> {
    let carriers = organisation.carriers();
    carriers.map(|unit| unit.id.to_string()).collect()
}

fn key(kind: NeedKind) -> &'static str {
    let known = KINDS.iter().find(|(_, known, _)| *known == kind);
    known.map_or("person", |(key, ..)| key)
}
