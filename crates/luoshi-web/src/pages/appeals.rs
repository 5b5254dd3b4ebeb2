//! Appeals (申诉复核, F36): the list, one appeal with its frozen evidence, and the decision.

mod form;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::appeals::{self, AppealView, Shown, Verified};
use luoshi_app::tasks::sentences;
use luoshi_domain::appeals::{Against, Appeal, AppealResult, Decision};
use luoshi_domain::ids::{AppealId, TaskId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::Grade;
use luoshi_domain::tasks::lists::TaskRow;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Choice, Fact, Fault, Field, State as Badge, Tally};
use crate::pages::registers;
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(crate) const PATH: &str = "/appeals";

/// A leader's words, for who sees the task but not those.
const WITHHELD: &str = "（领导批示，只对领导、督查办和承办单位可见）";

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get(PATH, Access::Member, get(list))
        .get("/appeals/{id}", Access::Row, get(show))
        .post("/appeals/{id}/decide", Access::Row, post(decide))
        .post("/appeals/{id}/withdraw", Access::Row, post(withdraw));
    form::routes(table)
}

#[derive(Template)]
#[template(path = "appeals.html")]
struct ListPage {
    shell: Shell,
    said: String,
    tally: Vec<Tally>,
    rows: Vec<Row>,
    empty: &'static str,
}

/// One line of a list of appeals.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) task: String,
    pub(crate) number: String,
    pub(crate) against: &'static str,
    pub(crate) said: String,
    pub(crate) unit: String,
    pub(crate) filed: String,
    pub(crate) decide_by: String,
    pub(crate) late: bool,
    pub(crate) state: Badge,
}

#[derive(Template)]
#[template(path = "appeal.html")]
struct AppealPage {
    shell: Shell,
    faults: Vec<Fault>,
    title: String,
    state: Badge,
    overdue: bool,
    task_href: String,
    task: String,
    facts: Vec<Fact>,
    reason: String,
    /// Set once it is over.
    ending: Vec<Fact>,
    event_label: &'static str,
    event: String,
    event_text: String,
    light: String,
    rule: String,
    frozen: Vec<Fact>,
    evidence: Vec<(String, String)>,
    places: Vec<Fact>,
    same: bool,
    verified: String,
    here: String,
    seen: i64,
    /// Empty where the reader may not decide.
    fields: Vec<Field>,
    effect: String,
    /// Why the reader may not decide; empty where that needs no words.
    closed: String,
    withdraw: Vec<Field>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    show: String,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    seen: Option<i64>,
    result: String,
    grade: String,
    text: String,
}

async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let shown = Shown::from_key(&wish.show).unwrap_or_default();
    let listed = appeals::list(&state.app, signed_in.who(), shown).await?;
    let today = state.app.today();
    let tally = Shown::ALL.into_iter().zip(listed.counts);
    let tally = tally.map(|(known, count)| Tally {
        href: format!("{PATH}?show={}", known.key()),
        count: u64::try_from(count).unwrap_or_default(),
        label: label(known).into(),
        note: note(known).into(),
        red: false,
        current: known == shown,
    });
    let rows = listed.appeals.iter();
    let days = &listed.rules.leads;
    let page = ListPage {
        said: format!(
            "牵头单位对亮灯、评价等级和各种不同意可以申诉，期限 {}；由没有参与原判定的人复核，期限 {}",
            days.appeal_days.said_of("天"),
            days.review_workdays.said_of("个工作日")
        ),
        tally: tally.collect(),
        rows: rows
            .map(|(appeal, task)| row(appeal, task, &listed.organisation, today))
            .collect(),
        empty: match shown {
            Shown::ToDecide => "没有等您复核的申诉",
            Shown::Open => "没有正在复核的申诉",
            Shown::Ended => "还没有了结的申诉",
        },
        shell: Shell::signed_in(&state, &signed_in, "").await?,
    };
    html(StatusCode::OK, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<AppealId>,
) -> WebResult<Response> {
    let view = appeals::show(&state.app, signed_in.who(), id).await?;
    page(&state, &signed_in, &view, StatusCode::OK, None, &[]).await
}

async fn decide(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<AppealId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let who = signed_in.who();
    let faults = match decision(&typed) {
        Ok(decision) => {
            let done = appeals::decide(&state.app, who, id, decision, typed.seen).await;
            match registers::ended(&path, done, &[], |appeal| {
                let result = appeal.ended.as_ref().map(|ended| ended.result);
                let result = result.map_or("", AppealResult::label);
                (path.clone(), format!("已复核：{result}，双方都会收到结论"))
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(fault) => vec![fault],
    };
    again(&state, &signed_in, id, &typed, &faults).await
}

async fn withdraw(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<AppealId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let who = signed_in.who();
    let done = appeals::withdraw(&state.app, who, id, &typed.text, typed.seen).await;
    let fields = [("text", "withdraw-text")];
    match registers::ended(&path, done, &fields, |_appeal| {
        (path.clone(), "申诉已撤回。".into())
    }) {
        Ok(answer) => answer,
        Err(faults) => again(&state, &signed_in, id, &typed, &faults).await,
    }
}

async fn again(
    state: &WebState,
    signed_in: &SignedIn,
    id: AppealId,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let view = appeals::show(&state.app, signed_in.who(), id).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(state, signed_in, &view, status, Some(typed), faults).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    view: &AppealView,
    status: StatusCode,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> WebResult<Response> {
    let (appeal, organisation) = (&view.appeal, &view.organisation);
    let frozen = &appeal.frozen;
    let today = state.app.today();
    let open = appeal.ended.is_none();
    let may = open && view.may_decide.is_ok();
    let page = AppealPage {
        faults: faults.to_vec(),
        title: format!("申诉：{}", appeal.said),
        state: badge(appeal),
        overdue: appeal.is_overdue(today),
        task_href: format!("/tasks/{}", view.task.id),
        task: view.task.details.title.clone(),
        facts: facts(view),
        reason: appeal.reason.clone(),
        ending: ending(appeal, organisation),
        event_label: match appeal.judgement.against {
            Against::Light => "灯所依据的最后一步",
            _ => "原判定",
        },
        event: frozen.event_said.clone(),
        event_text: match view.instructions {
            true => frozen.event_text.clone(),
            false if frozen.event_text.is_empty() => String::new(),
            false => WITHHELD.into(),
        },
        light: frozen.light.clone(),
        rule: frozen.rule.clone(),
        frozen: frozen
            .facts
            .iter()
            .map(|(label, value)| Fact::new(label, value))
            .collect(),
        evidence: frozen
            .evidence
            .iter()
            .map(|piece| (piece.reported_on.to_string(), piece.line.clone()))
            .collect(),
        places: vec![
            Fact::new(
                "原判定所依据的一步",
                format!(
                    "流水第 {} 号，本事项第 {} 步",
                    frozen.event.seq, frozen.event.version
                ),
            ),
            Fact::new("SM3", &frozen.event.hash),
            Fact::new(
                "申诉时的最后一步",
                format!(
                    "流水第 {} 号，本事项第 {} 步",
                    frozen.head.seq, frozen.head.version
                ),
            ),
            Fact::new("SM3", &frozen.head.hash),
        ],
        same: view.verified == Verified::Same,
        verified: match view.verified {
            Verified::Same => "与日志一致：从第一步到申诉时，每一步的散列值都对得上".into(),
            Verified::Differs { version } => {
                format!("与日志不一致：本事项第 {version} 步对不上，请告知审计员")
            }
        },
        here: format!("{PATH}/{}", appeal.id),
        seen: appeal.version,
        fields: match may {
            true => registers::with_faults(decision_fields(appeal, typed), faults),
            false => Vec::new(),
        },
        effect: format!("改判的后果：{}。", appeal.judgement.against.remedy()),
        closed: match (&view.may_decide, open) {
            (Err(refusal), true) => refusal.sentence.clone(),
            _ => String::new(),
        },
        withdraw: match view.may_withdraw {
            true => {
                let typed = typed.map_or("", |typed| typed.text.as_str());
                let field = Field {
                    id: "withdraw-text".into(),
                    ..Field::area("text", "撤回理由", typed).required()
                };
                registers::with_faults(vec![field], faults)
            }
            false => Vec::new(),
        },
        shell: Shell::signed_in(state, signed_in, "").await?,
    };
    html(status, &page)
}

fn facts(view: &AppealView) -> Vec<Fact> {
    let (appeal, organisation) = (&view.appeal, &view.organisation);
    let days = &view.rules.leads;
    let judges = appeal.judgement.by.iter();
    let judges: Vec<&str> = judges
        .map(|person| organisation.person_name(*person))
        .collect();
    let until = appeal.judgement.appeal_by(days.appeal_days.value);
    let mut facts = vec![
        Fact::new("申诉单位", organisation.unit_name(appeal.unit)),
        Fact::new(
            "提出",
            format!(
                "{} {}",
                appeal.filed_on,
                organisation.person_name(appeal.filed_by)
            ),
        ),
        Fact::new("申诉的判定", appeal.judgement.against.label()),
        Fact::new("判定日期", appeal.judgement.on.to_string()),
        Fact::new(
            "原判定人",
            match judges.is_empty() {
                true => "按事实自动计算".to_owned(),
                false => format!("{}（不参加复核）", judges.join("、")),
            },
        ),
        Fact::new(
            "申诉期限",
            match appeal.late {
                true => format!("已超过期限 {}", days.appeal_days.said_of("天")),
                false => format!("{until} 前，在期限内提出"),
            },
        ),
    ];
    if appeal.ended.is_none() {
        facts.push(Fact::new("应答复", format!("{} 前", appeal.decide_by)));
    }
    facts
}

/// How it ended, by whom and why.
fn ending(appeal: &Appeal, organisation: &Organisation) -> Vec<Fact> {
    let Some(ended) = &appeal.ended else {
        return Vec::new();
    };
    let mut facts = vec![Fact::new("结论", ended.result.label())];
    if let Some(grade) = ended.grade {
        facts.push(Fact::new("改定等级", sentences::grade(grade)));
    }
    let who = organisation.person_name(ended.by);
    facts.push(Fact::new("理由", &ended.text));
    facts.push(Fact::new("办理", format!("{} {who}", ended.on)));
    facts
}

fn decision_fields(appeal: &Appeal, typed: Option<&Typed>) -> Vec<Field> {
    let typed = typed.cloned().unwrap_or_default();
    let mut results = vec![
        Choice::new("upheld", "维持原判定", &typed.result),
        Choice::new("changed", "改判，申诉成立", &typed.result),
    ];
    if appeal.late {
        let label = "超期提出，不予受理";
        results.push(Choice::new("out_of_time", label, &typed.result));
    }
    let mut fields = vec![Field::radio("result", "复核结论", results).required()];
    if appeal.judgement.against == Against::Grade {
        let none = Choice::new("", "维持时不选", &typed.grade);
        let grades =
            GRADES.map(|(key, grade)| Choice::new(key, sentences::grade(grade), &typed.grade));
        let choices = std::iter::once(none).chain(grades).collect();
        fields.push(Field::select("grade", "改定的等级", choices).hint("改判时必选"));
    }
    fields.push(Field::area("text", "理由", typed.text).required());
    fields
}

const GRADES: [(&str, Grade); 5] = [
    ("good", Grade::Good),
    ("fairly_good", Grade::FairlyGood),
    ("basic", Grade::Basic),
    ("weak", Grade::Weak),
    ("poor", Grade::Poor),
];

fn decision(typed: &Typed) -> Result<Decision, Fault> {
    let result = match typed.result.as_str() {
        "upheld" => AppealResult::Upheld,
        "changed" => AppealResult::Changed,
        "out_of_time" => AppealResult::OutOfTime,
        _ => {
            return Err(Fault {
                field: "result".into(),
                text: "请选择复核结论。".into(),
            });
        }
    };
    let mut grades = GRADES.into_iter();
    let grade = grades.find(|(key, _)| *key == typed.grade);
    Ok(Decision {
        result,
        grade: grade.map(|(_, grade)| grade),
        text: typed.text.replace("\r\n", "\n"),
    })
}

/// A line of a list.
pub(crate) fn row(
    appeal: &Appeal,
    task: &TaskRow,
    organisation: &Organisation,
    today: chrono::NaiveDate,
) -> Row {
    Row {
        href: format!("{PATH}/{}", appeal.id),
        task: task.title.clone(),
        number: task.number.clone().unwrap_or_else(|| "未编号".into()),
        against: appeal.judgement.against.label(),
        said: appeal.said.clone(),
        unit: organisation.unit_name(appeal.unit).to_owned(),
        filed: appeal.filed_on.to_string(),
        decide_by: appeal.decide_by.to_string(),
        late: appeal.is_overdue(today),
        state: badge(appeal),
    }
}

fn badge(appeal: &Appeal) -> Badge {
    let (tone, label) = match appeal.ended.as_ref().map(|ended| ended.result) {
        None if appeal.late => ("review", "待复核（超期提出）"),
        None => ("review", "待复核"),
        Some(AppealResult::Upheld) => ("running", "维持"),
        Some(AppealResult::Changed) => ("done", "改判"),
        Some(AppealResult::OutOfTime) => ("back", "超期不予受理"),
        Some(AppealResult::Withdrawn) => ("void", "已撤回"),
    };
    Badge { tone, label }
}

/// What a task's page shows of its appeals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) rows: Vec<CardRow>,
    /// Lights that were appealed against with success.
    pub(crate) contested: Vec<String>,
    /// Where one appeals; empty where the reader may not or nothing is there to appeal against.
    pub(crate) href: String,
}

#[derive(Clone, Debug)]
pub(crate) struct CardRow {
    pub(crate) href: String,
    pub(crate) said: String,
    pub(crate) filed: String,
    pub(crate) result: String,
    pub(crate) state: Badge,
}

impl Card {
    pub(crate) fn of(task: &luoshi_domain::tasks::Task, appeals: &[Appeal], may: bool) -> Self {
        let rows = appeals.iter().map(|appeal| CardRow {
            href: format!("{PATH}/{}", appeal.id),
            said: appeal.said.clone(),
            filed: appeal.filed_on.to_string(),
            result: match &appeal.ended {
                Some(ended) => format!("{} {}", ended.on, ended.text),
                None => format!("{} 前答复", appeal.decide_by),
            },
            state: badge(appeal),
        });
        let contested = task.contested.iter();
        Self {
            rows: rows.collect(),
            contested: contested
                .map(|known| format!("{} 申诉成立（{}）：{}", known.said, known.on, known.reason))
                .collect(),
            href: match may {
                true => address(task.id),
                false => String::new(),
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.href.is_empty()
    }
}

/// Where one appeals.
pub(crate) fn address(task: TaskId) -> String {
    format!("/tasks/{task}/appeals")
}

fn label(shown: Shown) -> &'static str {
    match shown {
        Shown::ToDecide => "待我复核",
        Shown::Open => "正在复核",
        Shown::Ended => "已了结",
    }
}

fn note(shown: Shown) -> &'static str {
    match shown {
        Shown::ToDecide => "原判定人不参加",
        Shown::Open => "包括别人复核的",
        Shown::Ended => "结论已告知双方",
    }
}
