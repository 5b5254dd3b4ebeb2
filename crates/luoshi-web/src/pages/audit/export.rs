//! Either log as a table for spreadsheets, sent page by page as it is read.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::stream;
use luoshi_app::audit::lists;
use luoshi_app::errors::AppError;
use luoshi_app::{App, Who, organisation, policy};
use luoshi_domain::access_log::AccessFilter;
use luoshi_domain::journal::JournalFilter;
use luoshi_domain::tasks::lists::PageRequest;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::audit::query::{Narrowing, Wish};
use crate::pages::audit::rows::Row;
use crate::pages::{csv, files};
use crate::problem::{Problem, WebResult};

/// Rows read at once.
const PART: u32 = 500;

/// Rows of a table at most; a spreadsheet takes few more.
const LIMIT: usize = 100_000;

const ACT_HEADINGS: [&str; 9] = [
    "序号",
    "时间",
    "姓名",
    "职务",
    "种类",
    "内容",
    "对象类别",
    "对象",
    "散列值",
];

const READ_HEADINGS: [&str; 11] = [
    "序号",
    "时间",
    "姓名",
    "登录名",
    "种类",
    "内容",
    "对象类别",
    "对象",
    "来源地址",
    "结果",
    "散列值",
];

/// The journal.
pub(super) async fn acts(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let who = signed_in.who();
    policy::export_audit(&state.app, &who.actor)?;
    let organisation = organisation::show(&state.app, who).await?;
    let filter = understood(wish.journal(&state, who, &organisation).await?)?;
    let source = Source::Acts(filter);
    Ok(sent(&state, &signed_in, wish, source, &ACT_HEADINGS))
}

/// The access log.
pub(super) async fn reads(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let who = signed_in.who();
    policy::export_audit(&state.app, &who.actor)?;
    let organisation = organisation::show(&state.app, who).await?;
    let filter = understood(wish.access(&state, who, &organisation).await?)?;
    let source = Source::Reads(filter);
    Ok(sent(&state, &signed_in, wish, source, &READ_HEADINGS))
}

/// Which log, and what of it.
enum Source {
    Acts(JournalFilter),
    Reads(AccessFilter),
}

/// A table that is being sent.
struct Sending {
    app: Arc<App>,
    who: Who,
    wish: Wish,
    source: Source,
    /// What is to be sent before the next rows.
    head: String,
    after: Option<String>,
    rows: usize,
}

fn sent(
    state: &WebState,
    signed_in: &SignedIn,
    wish: Wish,
    source: Source,
    headings: &[&str],
) -> Response {
    let mut head = String::from(csv::MARK);
    let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
    csv::line(&mut head, &headings);
    let (plain, name) = match source {
        Source::Acts(_) => ("audit", "办理流水"),
        Source::Reads(_) => ("access", "访问记录"),
    };
    let today = state.app.today();
    let sending = Sending {
        app: Arc::clone(&state.app),
        who: signed_in.who().clone(),
        wish,
        source,
        head,
        after: None,
        rows: 0,
    };
    let parts = stream::try_unfold(Some(sending), async |sending| match sending {
        Some(sending) => sending.part().await.map(Some),
        None => Ok(None),
    });
    let (plain, name) = (format!("{plain}-{today}.csv"), format!("{name}{today}.csv"));
    files::csv_sent(&plain, &name, Body::from_stream(parts))
}

impl Sending {
    /// The next rows, and what is left to send.
    async fn part(mut self) -> Result<(String, Option<Self>), AppError> {
        let page = PageRequest {
            size: PART,
            after: self.after.take(),
        };
        let mut text = std::mem::take(&mut self.head);
        let next = match &self.source {
            Source::Acts(filter) => {
                let listed = lists::acts(&self.app, &self.who, filter, &page).await?;
                for event in &listed.page.rows {
                    csv::line(&mut text, &act_cells(Row::act(event, &listed, &self.wish)));
                }
                self.rows += listed.page.rows.len();
                listed.page.next
            }
            Source::Reads(filter) => {
                let listed = lists::accesses(&self.app, &self.who, filter, &page).await?;
                for entry in &listed.page.rows {
                    csv::line(
                        &mut text,
                        &read_cells(Row::read(entry, &listed, &self.wish)),
                    );
                }
                self.rows += listed.page.rows.len();
                listed.page.next
            }
        };
        if next.is_some() && self.rows >= LIMIT {
            let more = format!(
                "以上为最近 {} 条；更早的请缩小日期范围后再导出。",
                self.rows
            );
            csv::line(&mut text, &[more]);
            return Ok((text, None));
        }
        self.after = next;
        let left = self.after.is_some().then_some(self);
        Ok((text, left))
    }
}

fn understood<T>(narrowing: Narrowing<T>) -> WebResult<T> {
    match narrowing {
        Narrowing::To(filter) => Ok(filter),
        Narrowing::Unknown(fault) => {
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            Err(Problem::bad_request(status, fault))
        }
    }
}

fn act_cells(row: Row) -> Vec<String> {
    vec![
        row.seq,
        row.when,
        row.who,
        row.as_whom,
        row.kind.to_owned(),
        row.what,
        row.object_kind.to_owned(),
        row.object,
        row.hash,
    ]
}

fn read_cells(row: Row) -> Vec<String> {
    vec![
        row.seq,
        row.when,
        row.who,
        row.as_whom,
        row.kind.to_owned(),
        row.what,
        row.object_kind.to_owned(),
        row.object,
        row.address,
        row.outcome.label.to_owned(),
        row.hash,
    ]
}
