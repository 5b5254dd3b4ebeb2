//! An act on the ticked rows that needs a word: what it would do to each is shown before it is done.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::errors::AppError;
use luoshi_app::organisation;
use luoshi_app::tasks::batches::{self, Act};
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::TaskId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Ground;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::tags::{TAG_LENGTH, TAGS_LIMIT, Tagging};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::flash;
use crate::pages::ledger::PATH;
use crate::pages::ledger::batch::{ids, sentence, way_back};
use crate::pages::parts::{Choice, Fault, Field, State as Badge};
use crate::pages::shell::Shell;
use crate::pages::tasks::cadence_field;
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
    /// What becomes of it.
    will: String,
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
    on: String,
    off: Vec<String>,
    cadence: String,
    reason: String,
}

impl Typed {
    fn kind(&self) -> WebResult<Kind> {
        let mut kinds = Kind::ALL.into_iter();
        kinds.find(|kind| kind.key() == self.act).ok_or_else(|| {
            Problem::bad_request(
                StatusCode::UNPROCESSABLE_ENTITY,
                "没有这种成批办理，请回到台账重新选择。",
            )
        })
    }

    /// The act, or what is missing for it.
    fn act(&self, kind: Kind) -> Result<Act, Fault> {
        match kind {
            Kind::Approve => Ok(Act::Approve),
            Kind::Issue => Ok(Act::Issue),
            Kind::Lead => self.lead.parse().map(Act::Lead).map_err(|_none| Fault {
                field: "lead".into(),
                text: "请选择牵头单位。".into(),
            }),
            Kind::Tag => {
                let tagging = Tagging {
                    off: self.off.clone(),
                    ..Tagging::of(&self.on, "")
                };
                tagging.check().map_err(|refusal| Fault {
                    field: "on".into(),
                    text: refusal.sentence,
                })?;
                Ok(Act::Tag(tagging))
            }
            Kind::Cadence => match Cadence::read(&self.cadence) {
                Some(cadence) => Ok(Act::Cadence {
                    cadence,
                    reason: self.reason.clone(),
                }),
                None => Err(Fault {
                    field: "cadence".into(),
                    text: "上报间隔请填 1 至 366 的天数，或每周、每月、每季、不要求上报。".into(),
                }),
            },
        }
    }

    /// What shows which rows allow the act while nothing is filled in yet.
    fn trial(&self, kind: Kind, organisation: &Organisation) -> Option<Act> {
        let act = self.act(kind).ok();
        act.or_else(|| {
            let first = organisation.carriers().next()?;
            (kind == Kind::Lead).then_some(Act::Lead(first.id))
        })
    }
}

/// An act that is asked about first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Approve,
    Issue,
    Lead,
    Tag,
    Cadence,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Approve,
        Self::Issue,
        Self::Lead,
        Self::Tag,
        Self::Cadence,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Issue => "issue",
            Self::Lead => "lead",
            Self::Tag => "tag",
            Self::Cadence => "cadence",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Approve => "批准立项",
            Self::Issue => "下达",
            Self::Lead => "改派牵头单位",
            Self::Tag => "加减标签",
            Self::Cadence => "定上报间隔",
        }
    }

    fn yes(self, count: usize) -> String {
        match (self, count) {
            (_, 0) => String::new(),
            (Self::Approve, count) => format!("批准这 {count} 项立项"),
            (Self::Issue, count) => format!("下达这 {count} 项"),
            (Self::Lead, count) => format!("改派这 {count} 项"),
            (Self::Cadence, count) => format!("给这 {count} 项定上报间隔"),
            (Self::Tag, count) => format!("给这 {count} 项加减标签"),
        }
    }

    /// What becomes of a row.
    fn will(self, task: &Task, organisation: &Organisation) -> String {
        match self {
            Self::Approve => "批准后进入“待下达”".into(),
            Self::Issue => {
                let units = task.details.lead.into_iter();
                let units = units.chain(task.details.co_units.iter().map(|co| co.unit));
                let names: Vec<&str> = units.map(|unit| organisation.unit_name(unit)).collect();
                format!("下达给{}，由其签收", names.join("、"))
            }
            Self::Lead => "办".into(),
            Self::Cadence => match task.cadence().or(task.details.cadence) {
                Some(cadence) => format!("现在：{}", cadence.label()),
                None => "现在没有按期上报".into(),
            },
            Self::Tag if task.tags.is_empty() => "现在没有标签".into(),
            Self::Tag => format!("现有标签：{}", task.tags.join("、")),
        }
    }
}

/// Asks for what the act needs, beside what it would do to each row.
pub(super) async fn ask(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    typed.kind()?;
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
    let kind = typed.kind()?;
    let act = match typed.act(kind) {
        Ok(act) => act,
        Err(fault) => return page(&state, &signed_in, typed, vec![fault]).await,
    };
    let ids = ids(&typed.id)?;
    let outcome = batches::carry_out_act(&state.app, signed_in.who(), &ids, &act).await;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Fault {
                field: match refusal.code {
                    "tags" => "on".into(),
                    code => code.into(),
                },
                text: refusal.sentence,
            };
            return page(&state, &signed_in, typed, vec![fault]).await;
        }
        Err(error) => return Err(error.into()),
    };
    let said = sentence(kind.title(), &outcome);
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
    let kind = typed.kind()?;
    let looking = match &typed.trial(kind, &organisation) {
        Some(act) => batches::look(&state.app, who, &ids, act).await?,
        // Nothing is said of the rows before something is filled in.
        None => batches::shown(&state.app, who, &ids).await?,
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
                state: labels::task_badge(task),
                will: kind.will(task, &organisation),
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
    let known = match kind {
        Kind::Tag => batches::tags(&state.app, who).await?,
        Kind::Approve | Kind::Issue | Kind::Lead | Kind::Cadence => Vec::new(),
    };
    let tagged: BTreeSet<String> = looking
        .rows
        .iter()
        .flat_map(|looked| looked.task.tags.iter().cloned())
        .collect();
    let fields = fields(kind, &typed, &organisation, (&known, &tagged), &faults);
    let page = ActPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        title: kind.title(),
        said,
        yes: kind.yes(allowed.len()),
        fields,
        rows,
        ids: allowed,
        here: way_back(&typed.here).to_owned(),
        act: typed.act,
        faults,
    };
    html(status, &page)
}

/// What is used and what the ticked rows have.
type Tags<'a> = (&'a [String], &'a BTreeSet<String>);

fn fields(
    kind: Kind,
    typed: &Typed,
    organisation: &Organisation,
    (known, tagged): Tags<'_>,
    faults: &[Fault],
) -> Vec<Field> {
    let mut fields = match kind {
        Kind::Approve | Kind::Issue => Vec::new(),
        Kind::Cadence => vec![
            cadence_field(typed.cadence.clone())
                .required()
                .hint("填天数（1 至 366），或每周、每月、每季、不要求上报；从今天或下达当天起算"),
            Field::area("reason", "理由", typed.reason.clone())
                .hint("有已经下达的，必须写明；牵头单位会收到消息"),
        ],
        Kind::Lead => {
            let units = organisation.carriers();
            let units =
                units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &typed.lead));
            let none = std::iter::once(Choice::new("", "请选择", &typed.lead));
            vec![
                Field::select("lead", "新的牵头单位", none.chain(units).collect())
                    .required()
                    .hint("分管领导随牵头单位变动；已下达的不能改派"),
            ]
        }
        Kind::Tag => {
            let used = match known.is_empty() {
                true => String::new(),
                false => {
                    let some: Vec<&str> = known.iter().take(12).map(String::as_str).collect();
                    format!("；在用的有：{}", some.join("、"))
                }
            };
            let hint = format!(
                "多个用顿号隔开，每个不超过 {TAG_LENGTH} 字，一件事项最多 {TAGS_LIMIT} 个{used}"
            );
            let mut fields = vec![Field::text("on", "加上", &typed.on).hint(&hint)];
            if !tagged.is_empty() {
                let choices = tagged.iter().map(|tag| Choice {
                    value: tag.clone(),
                    label: tag.clone(),
                    selected: typed.off.contains(tag),
                });
                fields.push(Field::checks("off", "取下", choices.collect()));
            }
            fields
        }
    };
    for field in &mut fields {
        if let Some(fault) = faults.iter().find(|fault| fault.field == field.name) {
            field.fault.clone_from(&fault.text);
        }
    }
    fields
}
