//! The journal: whether it is whole, and what happened last.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use luoshi_app::audit::{self, Verdict};
use luoshi_app::lessons::sentences as lesson_sentences;
use luoshi_app::organisation::sentences as organisation_sentences;
use luoshi_app::plans::sentences as plan_sentences;
use luoshi_app::tasks::sentences::{self, moment};
use luoshi_domain::handovers::Handover;
use luoshi_domain::journal::{Envelope, StoredEvent};
use luoshi_domain::lessons::Lessons;
use luoshi_domain::lists::{ListRow, RowEvent};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::Plan;
use luoshi_domain::registers::Registered;
use luoshi_domain::tasks::Task;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::WebState;
use crate::extract::{Form, Nothing, SignedIn};
use crate::flash;
use crate::pages::parts::{Fact, Pager};
use crate::pages::shell::Shell;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// Events on the page.
const SHOWN: u32 = 100;

/// Events up to which the page walks the whole journal by itself; beyond it takes seconds.
const VERIFIED_ON_SIGHT: i64 = 20_000;

const UNVERIFIED: &str = "事件较多，点“重新校验”从头校验一遍，需要几秒";

/// Digits of a hash on the page.
const HASH_DIGITS: usize = 8;

pub(crate) fn routes(table: Table) -> Table {
    table.get("/journal", Access::Journal, get(show)).post(
        "/journal/verify",
        Access::Journal,
        post(verify),
    )
}

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    shell: Shell,
    /// `ok`, `broken` or `unknown`.
    tone: &'static str,
    verdict: String,
    checks: Vec<Fact>,
    verify_action: String,
    events: Vec<JournalRow>,
    pager: Pager,
}

struct JournalRow {
    seq: String,
    when: String,
    who: String,
    what: String,
    subject: String,
    href: String,
    hash: String,
    previous: String,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Html<String>> {
    let (events, count) = audit::latest(&state.app, signed_in.who(), SHOWN).await?;
    let verdict = match count {
        ..=VERIFIED_ON_SIGHT => Some(audit::verify_as(&state.app, signed_in.who()).await?),
        _ => None,
    };
    let organisation = luoshi_app::organisation::show(&state.app, signed_in.who()).await?;
    let shell = Shell::signed_in(&state, &signed_in, "/journal").await?;
    let shown = events.len();
    let page = JournalPage {
        shell,
        tone: match verdict {
            Some(Verdict::Whole { .. }) => "ok",
            Some(Verdict::Broken(_)) => "broken",
            None => "unknown",
        },
        verdict: verdict
            .as_ref()
            .map_or_else(|| UNVERIFIED.to_owned(), sentence),
        checks: vec![
            Fact::new("校验时间", moment(state.app.clock.now())),
            Fact::new("事件数", count.to_string()),
            Fact::new("散列算法", "SM3（GB/T 32905）"),
        ],
        verify_action: "/journal/verify".into(),
        events: events
            .iter()
            .map(|event| row(event, &organisation))
            .collect(),
        pager: Pager {
            said: format!("最近 {shown} 条，共 {count} 条"),
            ..Pager::default()
        },
    };
    page.render()
        .map(Html)
        .map_err(|error| Problem::internal(&error))
}

async fn verify(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let verdict = audit::verify_as(&state.app, signed_in.who()).await?;
    let said = sentence(&verdict);
    Ok(match verdict {
        Verdict::Whole { .. } => flash::done("/journal", &said),
        Verdict::Broken(_) => flash::warn("/journal", &said),
    })
}

fn sentence(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Whole { events } => {
            format!("校验通过：{events} 条事件首尾相连，没有缺失、改动或错序")
        }
        Verdict::Broken(broken) => {
            let fault = audit::fault(broken.fault);
            format!(
                "校验不通过：第 {} 条事件{fault}，请立即报告管理员并保留数据",
                broken.seq
            )
        }
    }
}

fn row(event: &StoredEvent, organisation: &Organisation) -> JournalRow {
    let told = told(event, organisation);
    let (subject, href) = match event.stream.as_str() {
        Task::STREAM => ("事项", format!("/tasks/{}", event.id)),
        Plan::STREAM => ("方案", format!("/plans/{}", event.id)),
        Lessons::STREAM => ("识读经验", "/imports/lessons".to_owned()),
        Organisation::STREAM => ("机构", "/organisation".to_owned()),
        Handover::STREAM => ("交接单", format!("/organisation/handovers/{}", event.id)),
        ListRow::STREAM => ("清单", format!("/list-rows/{}", event.id)),
        _ => ("登记簿", "/journal".to_owned()),
    };
    JournalRow {
        seq: event.seq.to_string(),
        when: told.at.map(moment).unwrap_or_default(),
        who: format!("{} {}", told.name, told.title),
        what: told.what.unwrap_or_else(|| "登记变动".to_owned()),
        subject: format!("{subject} 第 {} 步", event.version),
        href,
        hash: event.hash.chars().take(HASH_DIGITS).collect(),
        previous: if event.version == 1 {
            "起点".into()
        } else {
            format!("第 {} 步", event.version - 1)
        },
    }
}

/// What an event says, in words.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Missing when the event cannot be read.
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) name: String,
    pub(crate) title: String,
    /// The event's name in its stream, e.g. `issued`.
    pub(crate) act: String,
    /// A sentence, of the streams that have sentences.
    pub(crate) what: Option<String>,
}

/// What an event says; nobody did it when it cannot be read.
pub(crate) fn told(event: &StoredEvent, organisation: &Organisation) -> Told {
    const UNREADABLE: &str = "（无法识别）";
    let Ok(envelope) = serde_json::from_str::<Envelope>(&event.bytes) else {
        return Told {
            what: Some(UNREADABLE.to_owned()),
            ..Told::default()
        };
    };
    let body = envelope.event;
    let act = match &body {
        Value::Object(fields) => fields.keys().next().cloned().unwrap_or_default(),
        Value::String(name) => name.clone(),
        _ => String::new(),
    };
    let what = match event.stream.as_str() {
        Task::STREAM => Some(said(body, |known| {
            sentences::event(&known, organisation).headline
        })),
        Plan::STREAM => Some(said(body, |known| plan_sentences::event(&known))),
        Lessons::STREAM => Some(said(body, |known| lesson_sentences::event(&known))),
        Organisation::STREAM => Some(said(body, |known| {
            organisation_sentences::event(&known, organisation)
        })),
        Handover::STREAM => Some(Some("离岗交接".to_owned())),
        ListRow::STREAM => Some(said(body, |known: RowEvent| match known {
            RowEvent::Added { .. } => "登记清单".to_owned(),
            RowEvent::Amended { .. } => "修改清单".to_owned(),
            RowEvent::Stepped(step) => step.said,
            RowEvent::Withdrawn { .. } => "撤下清单中的一行".to_owned(),
        })),
        _ => None,
    };
    Told {
        at: Some(envelope.by.at),
        name: envelope.by.who(),
        title: envelope.by.title,
        act,
        what: what.map(|said| said.unwrap_or_else(|| UNREADABLE.to_owned())),
    }
}

fn said<E: DeserializeOwned>(body: Value, say: impl FnOnce(E) -> String) -> Option<String> {
    serde_json::from_value(body).ok().map(say)
}
