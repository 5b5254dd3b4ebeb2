//! The plans that were read, and the form to read one more.

use luoshi_app::rules::{self, Rules};
use std::pin::Pin;

use askama::Template;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::Datelike;
use luoshi_app::demo;
use luoshi_app::errors::AppError;
use luoshi_app::plans::{self, ImportOutcome, Upload as Document};
use luoshi_app::policy;
use luoshi_app::refinements::{self, GivenUp};
use luoshi_app::tasks::sentences::moment;
use luoshi_documents::error::ReadError;
use luoshi_documents::limits::MAX_BYTES;
use luoshi_domain::ids::{JobId, PlanId};
use luoshi_domain::plans::lineage::Lineage;
use luoshi_domain::plans::{PlanRow as DomainRow, PlanState};
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Form, Nothing, Path, SignedIn, Upload};
use crate::flash;
use crate::pages::parts::{self, Choice, Fault, Field, Pager};
use crate::pages::shell::Shell;
use crate::pages::workbench::{filled, read_year};
use crate::pages::{self, days, labels};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// The largest body of an upload: the largest file and the fields around it.
const BODY_LIMIT: usize = MAX_BYTES + 1_000_000;

/// Most characters of a unit's name.
const NAME_LIMIT: usize = 100;

/// How much of a larger body is read and thrown away, so that the browser hears the answer.
const DRAIN_LIMIT: u64 = 500_000_000;

pub(crate) fn routes(table: Table) -> Table {
    let upload = post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT));
    table
        .get("/imports", Access::Bureau, get(list))
        .get("/imports/sample.txt", Access::Bureau, get(sample))
        .post("/imports", Access::Bureau, upload)
        .post(
            "/imports/suggestions/{id}/retry",
            Access::Bureau,
            post(ask_again),
        )
}

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    shell: Shell,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    /// What is asked for where the text is silent.
    silent: Vec<Field>,
    may_import: bool,
    sample: &'static str,
    sample_name: &'static str,
    plans: Vec<PlanRow>,
    pager: Pager,
    /// Whether a language model is asked about what the reader is not sure of.
    asks: bool,
    given_up: Vec<GivenUpRow>,
}

/// A plan about which the model could not be asked.
struct GivenUpRow {
    href: String,
    title: String,
    why: String,
    tried: String,
    retry: String,
}

struct PlanRow {
    href: String,
    title: String,
    number: String,
    imported: String,
    clauses: u32,
    open: u32,
    percent: u32,
    proposals: u32,
    state: parts::State,
    /// Which year and version it is, where that needs saying.
    context: String,
    tasks_href: String,
    act: &'static str,
}

/// The form as typed, without the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    origin: String,
    year: String,
    issued_on: String,
    issuer: String,
    addressee: String,
    previous: String,
    limit: String,
}

async fn list(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let typed = Typed::offered(&state);
    page(&state, &signed_in, StatusCode::OK, &typed, &[]).await
}

async fn sample(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    policy::see_plans(&state.app, signed_in.who())?;
    if !state.demo {
        return Err(Problem::not_found());
    }
    let name = flash::encode(demo::TRIAL_FILE);
    let disposition = format!("attachment; filename=\"plan.txt\"; filename*=UTF-8''{name}");
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, demo::trial_plan()).into_response())
}

async fn upload(
    State(state): State<WebState>,
    signed_in: SignedIn,
    request: Request,
) -> WebResult<Response> {
    if let Some(size) = oversize(request.headers()) {
        drain(request.into_body()).await;
        let too_large = ReadError::TooLarge {
            limit: MAX_BYTES,
            size,
        };
        let faults = [fault("file", too_large.message_zh())];
        let typed = Typed::offered(&state);
        return refuse(&state, &signed_in, &typed, &faults).await;
    }
    let upload = Upload::from_request(request, &state).await?;
    let typed = Typed::of(&upload);
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let document = match typed.document(&state, &rules, upload) {
        Ok(document) => document,
        Err(faults) => return refuse(&state, &signed_in, &typed, &faults).await,
    };
    let file_name = document.file_name.clone();
    match plans::import(&state.app, signed_in.who(), document).await {
        Ok(outcome) => done(&state, &signed_in, outcome).await,
        Err(error) => {
            let faults = [fault_of(&file_name, error)?];
            refuse(&state, &signed_in, &typed, &faults).await
        }
    }
}

async fn ask_again(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<Uuid>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    refinements::retry(&state.app, signed_in.who(), JobId(id)).await?;
    let said = "已排队再问；有建议时显示在相应事项旁边";
    Ok(flash::done("/imports", said))
}

async fn done(
    state: &WebState,
    signed_in: &SignedIn,
    outcome: ImportOutcome,
) -> WebResult<Response> {
    let path = format!("/plans/{}", outcome.plan);
    if outcome.known {
        let said = "这份方案此前已导入，没有新增内容；要用于另一年度，请点“用于另一年度”";
        return Ok(flash::warn(&path, said));
    }
    let view = plans::show(&state.app, signed_in.who(), outcome.plan).await?;
    let said = match view.plan.proposals.len() {
        0 => "没有读出事项，请逐条核对原文".to_owned(),
        count => format!("读出 {count} 项，请逐条核对"),
    };
    Ok(flash::done(&path, &said))
}

/// What the form says when the use case did not take the file.
fn fault_of(file_name: &str, error: AppError) -> WebResult<Fault> {
    match error {
        AppError::Unreadable(unreadable) => {
            let sentence = format!("“{file_name}”：{}", unreadable.message_zh());
            Ok(fault("file", sentence))
        }
        AppError::Refused(refusal) if refusal.ground == Ground::Input => {
            let field = match refusal.code {
                "category" => "category",
                _ => "file",
            };
            Ok(fault(field, refusal.sentence))
        }
        error => Err(error.into()),
    }
}

impl Typed {
    /// What the form offers before anything is typed.
    fn offered(state: &WebState) -> Self {
        let limit = plans::default_limit(&state.app);
        Self {
            limit: limit.map(|limit| limit.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }

    fn of(upload: &Upload) -> Self {
        Self {
            origin: upload.field("category").to_owned(),
            year: upload.field("year").to_owned(),
            issued_on: upload.field("issued_on").to_owned(),
            issuer: upload.field("issuer").to_owned(),
            addressee: upload.field("addressee").to_owned(),
            previous: upload.field("previous").to_owned(),
            limit: upload.field("default_limit").to_owned(),
        }
    }

    /// The document to import, or all that is wrong with the form.
    fn document(
        &self,
        state: &WebState,
        rules: &Rules,
        upload: Upload,
    ) -> Result<Document, Vec<Fault>> {
        let mut faults = Vec::new();
        if upload.file_name.is_empty() && upload.bytes.is_empty() {
            let sentence = "没有选择文件，没有保存任何内容。请选一份方案文件再点“读方案”。";
            faults.push(fault("file", sentence));
        }
        if !rules.origins().any(|origin| origin.key == self.origin) {
            faults.push(fault("category", "请选择来源类别。"));
        }
        let year = read_year(&self.year).unwrap_or_else(|sentence| {
            faults.push(fault("year", sentence));
            None
        });
        let mut day = |field: &str, text: &str| {
            days::read(text, state.app.today()).unwrap_or_else(|unreadable| {
                faults.push(fault(field, unreadable.sentence()));
                None
            })
        };
        let default_limit = day("default_limit", &self.limit);
        let issued_on = day("issued_on", &self.issued_on);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Document {
            file_name: upload.file_name,
            bytes: upload.bytes,
            category: self.origin.clone(),
            year,
            issued_on,
            issuer: filled(&self.issuer),
            addressee: filled(&self.addressee),
            previous: self.previous.parse().map(PlanId).ok(),
            default_limit,
        })
    }

    /// The fields that every import has.
    fn fields(&self, state: &WebState, rules: &Rules, faults: &[Fault]) -> Vec<Field> {
        let mut origins = vec![Choice::new("", "请选择", &self.origin)];
        for origin in rules.origins() {
            origins.push(Choice::new(
                origin.key.clone(),
                origin.label.clone(),
                &self.origin,
            ));
        }
        let file = Field {
            kind: "file",
            list: luoshi_documents::ENDINGS.map(str::to_owned).to_vec(),
            ..Field::text("file", "方案文件", "").required()
        };
        let fields = vec![
            file.hint(format!("{}；20 MB 以内", luoshi_documents::FORMATS_ZH)),
            Field::select("category", "来源类别", origins).required(),
            Field::date("default_limit", "默认完成时限", &self.limit)
                .hint("没有写明时限的事项用它"),
        ];
        self.completed(state, fields, faults)
    }

    /// What is asked for where the text is silent; nothing of it is assumed (IMPORT-12).
    fn silent(&self, state: &WebState, plans: &[DomainRow], faults: &[Fault]) -> Vec<Field> {
        let year = Field {
            kind: "number",
            ..Field::text("year", "年份", &self.year)
        };
        let mut issuer = Field::text("issuer", "发文单位", &self.issuer);
        let mut addressee = Field::text("addressee", "适用单位", &self.addressee);
        issuer.max = NAME_LIMIT;
        addressee.max = NAME_LIMIT;
        let fields = vec![
            year.hint("补全“7月31日前”这样的日期；不知道可以先空着"),
            Field::date("issued_on", "印发日期", &self.issued_on),
            issuer,
            addressee.hint("主送单位，或适用于哪个单位"),
            Field::select(
                "previous",
                "是哪份方案的新版本",
                self.previous_choices(plans),
            )
            .hint("没有变的条款沿用原来的结论；不选时，系统看着像会问您"),
        ];
        self.completed(state, fields, faults)
    }

    fn previous_choices(&self, plans: &[DomainRow]) -> Vec<Choice> {
        let mut choices = vec![Choice::new("", "不是，或不清楚", &self.previous)];
        let current = plans
            .iter()
            .filter(|plan| plan.lineage.superseded_by.is_none());
        choices.extend(
            current.map(|plan| Choice::new(plan.id.to_string(), &*plan.title, &self.previous)),
        );
        choices
    }

    fn completed(&self, state: &WebState, mut fields: Vec<Field>, faults: &[Fault]) -> Vec<Field> {
        for field in &mut fields {
            field.year = if self.year.is_empty() {
                state.app.today().year().to_string()
            } else {
                self.year.clone()
            };
            let fault = faults.iter().find(|fault| fault.field == field.name);
            field.fault = fault.map_or_else(String::new, |fault| fault.text.clone());
        }
        fields
    }
}

/// The page again with what is wrong; nothing was stored.
async fn refuse(
    state: &WebState,
    signed_in: &SignedIn,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(state, signed_in, status, typed, faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let plans = plans::list(&state.app, signed_in.who()).await?;
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let may_import = policy::holds(&state.app, &signed_in.who().actor, Right::ImportPlan);
    let given_up = if may_import {
        refinements::given_up(&state.app, signed_in.who()).await?
    } else {
        Vec::new()
    };
    let page = ImportsPage {
        asks: state.app.refiner.is_some(),
        given_up: given_up.into_iter().map(given_up_row).collect(),
        shell: Shell::signed_in(state, signed_in, "/imports").await?,
        faults: faults.to_vec(),
        fields: typed.fields(state, &rules, faults),
        silent: typed.silent(state, &plans, faults),
        may_import,
        sample: if state.demo {
            "/imports/sample.txt"
        } else {
            ""
        },
        sample_name: demo::TRIAL_FILE.trim_end_matches(".txt"),
        pager: Pager {
            said: format!("共 {} 份", plans.len()),
            ..Pager::default()
        },
        plans: plans
            .into_iter()
            .map(|plan| row(plan, may_import))
            .collect(),
    };
    pages::html(status, &page)
}

fn row(plan: DomainRow, may_confirm: bool) -> PlanRow {
    let href = format!("/plans/{}", plan.id);
    let is_final = plan.state == PlanState::Final;
    let tasks = format!("/ledger?plan={}", plan.id);
    PlanRow {
        href,
        imported: format!("{} 导入　{}", moment(plan.imported_at), plan.file_name),
        title: plan.title,
        number: plan.number.unwrap_or_default(),
        clauses: plan.coverage.total,
        open: plan.coverage.total.saturating_sub(plan.coverage.settled),
        percent: plan.coverage.percent(),
        proposals: plan.proposals,
        state: labels::plan_state(plan.state),
        tasks_href: if is_final { tasks } else { String::new() },
        act: if is_final || !may_confirm {
            "查看"
        } else {
            "继续核对"
        },
        context: context(plan.year, &plan.lineage),
    }
}

fn given_up_row(known: GivenUp) -> GivenUpRow {
    GivenUpRow {
        href: format!("/plans/{}", known.plan),
        title: known.title,
        why: known.error,
        tried: format!("{}，试了 {} 次", moment(known.at), known.attempts),
        retry: format!("/imports/suggestions/{}/retry", known.job),
    }
}

fn context(year: Option<i32>, lineage: &Lineage) -> String {
    let mut parts = Vec::new();
    match (lineage.year_of, year) {
        (Some(copy), _) => parts.push(format!("{} 年（由 {} 年转用）", copy.to, copy.from)),
        (None, Some(year)) => parts.push(format!("{year} 年")),
        (None, None) => parts.push("年份待定".into()),
    }
    if lineage.nth() > 1 {
        parts.push(format!("第 {} 版", lineage.nth()));
    }
    if lineage.superseded_by.is_some() {
        parts.push("已有新版本".into());
    }
    parts.join(" · ")
}

fn fault(field: &str, text: impl Into<String>) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.into(),
    }
}

/// The announced size of a body that is too large.
pub(crate) fn oversize(headers: &HeaderMap) -> Option<usize> {
    let size = headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
    (size > BODY_LIMIT).then_some(size)
}

/// Reads a body and throws it away: a browser that is still sending does not listen.
pub(crate) async fn drain(mut body: Body) {
    let mut read = 0u64;
    while read < DRAIN_LIMIT {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let Some(Ok(frame)) = frame else { return };
        let bytes = frame.data_ref().map_or(0, |data| data.len());
        read += u64::try_from(bytes).unwrap_or(DRAIN_LIMIT);
    }
}
