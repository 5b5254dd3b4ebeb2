//! One act on many rows of the ledger: those that allow it; the others stay and say why.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::rules;
use luoshi_app::tasks::{self, BatchOutcome};
use luoshi_domain::ids::TaskId;
use luoshi_domain::tasks::commands::TaskCommand;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, SignedIn};
use crate::flash;
use crate::pages::ledger::PATH;
use crate::problem::{Problem, WebResult};

/// Workdays that an urged unit has to answer.
const ANSWER_WORKDAYS: u32 = 3;

/// Reasons named in the sentence afterwards.
const REASONS_SHOWN: usize = 2;

/// The rows that were ticked, and where to go back to.
#[derive(Deserialize)]
pub(super) struct Picked {
    #[serde(default)]
    id: Vec<String>,
    #[serde(default)]
    here: String,
}

impl Picked {
    fn ids(&self) -> WebResult<Vec<TaskId>> {
        ids(&self.id)
    }

    fn here(&self) -> &str {
        way_back(&self.here)
    }
}

/// The tasks that were ticked.
pub(super) fn ids(texts: &[String]) -> WebResult<Vec<TaskId>> {
    let ids: Result<Vec<TaskId>, _> = texts.iter().map(|text| text.parse()).collect();
    ids.map_err(|_not_an_id| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Problem::bad_request(status, "选中的事项无法识别，请回到台账重新选择。")
    })
}

/// The page of the ledger that the rows were ticked on, or the page of the one task.
pub(super) fn way_back(here: &str) -> &str {
    let task = here.strip_prefix("/tasks/");
    if task.is_some_and(|id| id.parse::<TaskId>().is_ok()) {
        return here;
    }
    let rest = here.strip_prefix(PATH);
    match rest {
        Some(rest) if rest.is_empty() || rest.starts_with('?') => here,
        _ => PATH,
    }
}

/// Urges the units that lead the ticked tasks; each unit is told once (FLOW-15).
pub(super) async fn urge(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(picked): Form<Picked>,
) -> WebResult<Response> {
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let respond_by = rules.calendar.add_workdays(rules.today, ANSWER_WORKDAYS);
    let command = TaskCommand::Urge {
        text: format!("请抓紧办理，并于 {respond_by} 前反馈进展和下一步安排。"),
        respond_by,
    };
    carry_out(&state, &signed_in, &picked, &command, "催办").await
}

async fn carry_out(
    state: &WebState,
    signed_in: &SignedIn,
    picked: &Picked,
    command: &TaskCommand,
    act: &str,
) -> WebResult<Response> {
    let ids = picked.ids()?;
    if ids.is_empty() {
        return Ok(flash::warn(picked.here(), "没有选中事项，什么也没有做。"));
    }
    let outcome = tasks::handle_many(&state.app, signed_in.who(), &ids, command).await?;
    let said = sentence(act, &outcome);
    Ok(if outcome.refused.is_empty() {
        flash::done(picked.here(), &said)
    } else {
        flash::warn(picked.here(), &said)
    })
}

/// What was done, and why the rest was not.
pub(super) fn sentence(act: &str, outcome: &BatchOutcome) -> String {
    let done = format!("已{act} {} 件", outcome.done.len());
    if outcome.refused.is_empty() {
        return format!("{done}。");
    }
    let reasons: Vec<String> = outcome
        .refused
        .iter()
        .take(REASONS_SHOWN)
        .map(|(_, title, refusal)| {
            let title: String = title.chars().take(20).collect();
            format!("“{title}”{}", refusal.sentence)
        })
        .collect();
    let left = outcome.refused.len();
    format!("{done}；{left} 件未办：{}", reasons.join(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use luoshi_domain::refusals::Refusal;

    fn picked(here: &str) -> Picked {
        Picked {
            id: Vec::new(),
            here: here.into(),
        }
    }

    #[test]
    fn one_goes_back_to_the_ledger_only() {
        assert_eq!(picked("/ledger?light=red").here(), "/ledger?light=red");
        assert_eq!(picked("//evil.example").here(), PATH);
        assert_eq!(picked("/ledger.evil").here(), PATH);
        assert_eq!(picked("").here(), PATH);
        let task = "/tasks/01970000-0000-7000-8000-00000000ffff";
        assert_eq!(picked(task).here(), task);
        assert_eq!(picked("/tasks/..//evil").here(), PATH);
    }

    #[test]
    fn what_was_refused_says_why() {
        let mut outcome = BatchOutcome::default();
        let id = TaskId(uuid::Uuid::nil());
        outcome.done.push(id);
        assert_eq!(sentence("下达", &outcome), "已下达 1 件。");
        let refusal = Refusal::state("x", "FLOW-02", "立项通知已下达。");
        outcome.refused.push((id, "养护".into(), refusal));
        assert_eq!(
            sentence("下达", &outcome),
            "已下达 1 件；1 件未办：“养护”立项通知已下达。"
        );
    }
}
