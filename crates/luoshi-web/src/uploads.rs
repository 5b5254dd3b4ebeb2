//! A posted form with one file that is written down as it comes.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use luoshi_app::attachments::{self, Incoming, Sent};
use luoshi_app::errors::AppError;
use luoshi_domain::ids::TaskId;
use luoshi_domain::marks::Mark;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::attachments::AttachedTo;

use crate::WebState;
use crate::extract::{SignedIn, check_token, header};
use crate::pages::imports::{drain, oversize};
use crate::problem::{Problem, WebResult};

/// The largest body: the largest file and the fields around it.
pub(crate) const BODY_LIMIT: usize = 21_000_000;

/// A file for a task, with what the form says of it. Whether it may be attached is asked before
/// any of it is taken in; the fields stand before the file, as browsers send them.
pub(crate) async fn receive(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    request: Request,
) -> WebResult<(Sent, Incoming)> {
    if oversize(request.headers()).is_some() {
        // For whom there is no such task there is none, however large the file.
        attachments::may_attach(&state.app, signed_in.who(), id, &AttachedTo::Task).await?;
        drain(request.into_body()).await;
        return Err(attachments::too_large().into());
    }
    let token = header(request.headers()).map(str::to_owned);
    let form = Multipart::from_request(request, state).await;
    let mut form = form.map_err(|rejected| unusable(rejected.status()))?;
    let mut fields: Vec<(String, String)> = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|cause| broken(&cause))? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file_name) = part.file_name().map(str::to_owned) else {
            fields.push((name, part.text().await.map_err(|cause| broken(&cause))?));
            continue;
        };
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.trim())
        };
        let token = token.as_deref().or(Some(field("_csrf")));
        let sent = check_token(&signed_in.visitor, token).and_then(|()| {
            Ok(Sent {
                name: file_name,
                to: place(field("to"))?,
                mark: mark(field("mark"))?,
            })
        });
        return taken(state, signed_in, id, sent, part).await;
    }
    Err(Refusal::input("file", "FLOW-05", "没有选择文件，没有保存。").into())
}

/// Writes the file down; one that is refused is read to its end, so that the browser listens.
async fn taken(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    sent: WebResult<Sent>,
    mut part: Field<'_>,
) -> WebResult<(Sent, Incoming)> {
    let mut taking: WebResult<(Sent, Incoming)> = match sent {
        Ok(sent) => begun(state, signed_in, id, sent).await.map_err(Into::into),
        Err(problem) => Err(problem),
    };
    while let Some(bytes) = part.chunk().await.map_err(|cause| broken(&cause))? {
        if let Ok((_, incoming)) = &mut taking
            && let Err(error) = incoming.write(&bytes).await
        {
            taking = Err(error.into());
        }
    }
    taking
}

async fn begun(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    sent: Sent,
) -> Result<(Sent, Incoming), AppError> {
    attachments::may_attach(&state.app, signed_in.who(), id, &sent.to).await?;
    Ok((sent, Incoming::begin().await?))
}

fn broken(cause: &MultipartError) -> Problem {
    match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => attachments::too_large().into(),
        status => unusable(status),
    }
}

fn unusable(status: StatusCode) -> Problem {
    let detail = "上传的内容没有传完，或者超过 20 MB 的上限。";
    Problem::bad_request(status, detail)
}

/// `task`, `report:3` or `notice:督通〔2026〕1号`; the task when left out.
fn place(text: &str) -> Result<AttachedTo, Refusal> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    match (kind, rest.parse()) {
        ("" | "task", _) => Ok(AttachedTo::Task),
        ("report", Ok(number)) => Ok(AttachedTo::Report(number)),
        ("notice", _) => Ok(AttachedTo::Notice(rest.to_owned())),
        _ => Err(Refusal::input("to", "FLOW-05", "请选择附件归入哪里。")),
    }
}

/// As [`place`] reads it.
pub(crate) fn place_key(to: &AttachedTo) -> String {
    match to {
        AttachedTo::Task => "task".into(),
        AttachedTo::Report(number) => format!("report:{number}"),
        AttachedTo::Notice(number) => format!("notice:{number}"),
    }
}

fn mark(text: &str) -> Result<Mark, Refusal> {
    let key = if text.is_empty() {
        Mark::None.key()
    } else {
        text
    };
    let known = Mark::from_key(key);
    known.ok_or_else(|| Refusal::input("mark", "SYS-05", "请选择附件的密级标注。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let places = [
            AttachedTo::Task,
            AttachedTo::Report(3),
            AttachedTo::Notice("督通〔2026〕1号".into()),
        ];
        for to in places {
            assert_eq!(place(&place_key(&to)), Ok(to));
        }
        assert_eq!(place(""), Ok(AttachedTo::Task));
        assert!(place("report:x").is_err() && place("elsewhere").is_err());
    }
}
