//! What is known of the document as a whole, amended by a person (IMPORT-12).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use luoshi_app::errors::AppError;
use luoshi_app::plans::{self, years, years::Amended};
use luoshi_app::rules::{self, Rules};
use luoshi_domain::ids::PlanId;
use luoshi_domain::marks::Mark;
use luoshi_domain::plans::PlanDetails;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::flash;
use crate::pages::days;
use crate::pages::labels;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::{DetailsForm, bench_of, forms, page};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Most characters of a title.
const TITLE_LIMIT: usize = 200;

pub(super) fn routes(table: Table) -> Table {
    table.post("/plans/{id}/details", Access::Bureau, post(amend))
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    title: String,
    number: String,
    issuer: String,
    addressee: String,
    issued_on: String,
    year: String,
    category: String,
    limit: String,
    mark: String,
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("/plans/{id}");
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let faults = match typed.details(&rules) {
        Ok(details) => match years::amend(&state.app, signed_in.who(), id, details, None).await {
            Ok(amended) => return Ok(flash::done(&path, &saved(amended))),
            Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
                vec![forms::fault_of(&refusal)]
            }
            Err(AppError::Refused(refusal)) if refusal.ground == Ground::State => {
                return Ok(flash::warn(&path, &refusal.sentence));
            }
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let bench = bench_of(&view);
    let form = typed.form(&rules, &bench, &faults);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, status, bench, Some(form)).await
}

/// What was saved, and what moved with it.
fn saved(amended: Amended) -> String {
    let mut said = "方案信息已保存".to_owned();
    if amended.redated > 0 {
        said.push_str(&format!("，{} 项时限随年份更新", amended.redated));
    }
    if amended.kept > 0 {
        said.push_str(&format!(
            "；已采纳的 {} 项时限没有改，要改请先撤回采纳",
            amended.kept
        ));
    }
    said
}

/// The fold as it stands, closed.
pub(super) fn form(rules: &Rules, bench: &Bench<'_>) -> DetailsForm {
    Typed::of(&bench.plan.details).form(rules, bench, &[])
}

impl Typed {
    fn of(details: &PlanDetails) -> Self {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
        Self {
            title: details.title.clone(),
            number: details.number.clone().unwrap_or_default(),
            issuer: details.issuer.clone().unwrap_or_default(),
            addressee: details.addressee.clone().unwrap_or_default(),
            issued_on: day(details.issued_on).unwrap_or_default(),
            year: details
                .year
                .map(|year| year.to_string())
                .unwrap_or_default(),
            category: details.category.clone(),
            limit: day(details.default_limit).unwrap_or_default(),
            mark: details.mark.key().to_owned(),
        }
    }

    fn details(&self, rules: &Rules) -> Result<PlanDetails, Vec<Fault>> {
        let mut faults = Vec::new();
        let today = rules.today;
        let mut day = |field: &str, text: &str| {
            days::read(text, today).unwrap_or_else(|unreadable| {
                faults.push(forms::fault(field, unreadable.sentence()));
                None
            })
        };
        let issued_on = day("issued_on", &self.issued_on);
        let default_limit = day("limit", &self.limit);
        let year = read_year(&self.year).unwrap_or_else(|sentence| {
            faults.push(forms::fault("year", sentence));
            None
        });
        let known = |key: &str| rules.origins().any(|origin| origin.key == key);
        if !known(&self.category) {
            faults.push(forms::fault("category", "请选择来源类别。"));
        }
        let mark = Mark::from_key(&self.mark);
        if mark.is_none() {
            faults.push(forms::fault("mark", "请选择密级标注。"));
        }
        let (Some(mark), true) = (mark, faults.is_empty()) else {
            return Err(faults);
        };
        Ok(PlanDetails {
            title: self.title.trim().to_owned(),
            issuer: filled(&self.issuer),
            addressee: filled(&self.addressee),
            number: filled(&self.number),
            issued_on,
            year,
            category: self.category.clone(),
            default_limit,
            mark,
        })
    }

    fn form(&self, rules: &Rules, bench: &Bench<'_>, faults: &[Fault]) -> DetailsForm {
        let origins = rules.origins();
        let origins = origins
            .map(|origin| Choice::new(origin.key.clone(), origin.label.clone(), &self.category));
        let mut title = Field::text("title", "方案标题", &self.title).required();
        title.max = TITLE_LIMIT;
        let year = Field {
            kind: "number",
            ..Field::text("year", "年份", &self.year)
        };
        let limit = Field::date("limit", "默认完成时限", &self.limit);
        let mut fields = vec![
            title,
            Field::text("number", "文号", &self.number),
            Field::text("issuer", "发文单位", &self.issuer),
            Field::text("addressee", "适用单位", &self.addressee),
            Field::date("issued_on", "印发日期", &self.issued_on),
            year.hint("待定事项没有写年份的时限随它更新"),
            Field::select("category", "来源类别", origins.collect()).required(),
            limit.hint("没有写明时限的事项，定稿时用它"),
            labels::mark_field(Mark::from_key(&self.mark).unwrap_or_default())
                .hint("由它产生的事项随它标注"),
        ];
        for field in &mut fields {
            field.year = forms::year(bench);
            let fault = faults.iter().find(|fault| fault.field == field.name);
            field.fault = fault.map_or_else(String::new, |fault| fault.text.clone());
        }
        let fields: Vec<Field> = fields
            .into_iter()
            .map(|field| field.of_form("details"))
            .collect();
        let faulty = fields.iter().filter(|field| !field.fault.is_empty());
        DetailsForm {
            action: format!("{}/details", bench.href()),
            faults: faulty
                .map(|field| forms::fault(&field.id, &field.fault))
                .collect(),
            fields,
        }
    }
}

/// A year as typed; `None` for an empty field.
pub(crate) fn read_year(text: &str) -> Result<Option<i32>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let year = text.parse().ok();
    year.filter(|year| (1949..2200).contains(year))
        .map(Some)
        .ok_or("请填写四位年份，例如 2026。")
}

pub(crate) fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
