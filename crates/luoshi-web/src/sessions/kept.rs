//! A form that was not taken as it came, given back to be sent again: it arrived when the session
//! was over, or a word of secrecy stands in it.
//!
//! Nothing is stored on the server. The form is sent again only when the person says so, with the
//! token of their session.

use askama::Template;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use luoshi_app::accounts::Visitor;

use crate::WebState;
use crate::extract::UNCLASSIFIED;
use crate::pages::{self, shell::Shell};
use crate::problem::WebResult;
use crate::sessions::local;

/// The largest form that is kept, in bytes.
const LIMIT: usize = 64 * 1024;

/// Longest part of a value that the person is shown, in signs.
const SHOWN: usize = 300;

/// A form with the address that it was sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) path: String,
    /// As sent, `name=value` joined by `&`.
    pub(crate) body: String,
}

impl Kept {
    /// A form of ours; `None` when it is none.
    pub(crate) fn new(path: String, body: String) -> Option<Self> {
        let ours = local(&path) == path && !path.starts_with("/sign-in") && body.len() <= LIMIT;
        ours.then_some(Self { path, body })
    }

    /// The fields that go into the form again, but for its token.
    fn fields(&self) -> impl Iterator<Item = (String, String)> {
        let fields: Vec<(String, String)> =
            serde_html_form::from_str(&self.body).unwrap_or_default();
        fields.into_iter().filter(|(name, _)| name != "_csrf")
    }

    /// The address with the word that nothing of it is classified.
    fn unclassified(&self) -> String {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}{UNCLASSIFIED}", self.path)
    }
}

/// The request as it was, and its form if it is one that can be kept.
pub(crate) async fn of_request(request: Request) -> (Request, Option<Kept>) {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_form = text(CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let length: Option<usize> = text(CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let fits = length.is_some_and(|length| length <= LIMIT);
    if request.method() != Method::POST || !is_form || !fits {
        return (request, None);
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, LIMIT).await else {
        // Broken off: what is left cannot be read by anybody.
        return (Request::from_parts(parts, Body::empty()), None);
    };
    let path = parts.uri.path_and_query().map(ToString::to_string);
    let kept = String::from_utf8(bytes.to_vec()).ok();
    let kept = kept.and_then(|body| Kept::new(path.unwrap_or_default(), body));
    (Request::from_parts(parts, Body::from(bytes)), kept)
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    shell: Shell,
    title: &'static str,
    said: String,
    action: String,
    yes: &'static str,
    fields: Vec<(String, String)>,
    /// What the person typed, as far as it is text.
    typed: Vec<String>,
    back: String,
}

/// The page that gives the form back.
pub(crate) async fn resume(
    state: &WebState,
    visitor: &Visitor,
    kept: &Kept,
    back: &str,
) -> WebResult<Response> {
    // Others may have acted since; the form is about what stands now.
    let fields: Vec<_> = kept.fields().filter(|(name, _)| name != "seen").collect();
    let page = ResumePage {
        shell: Shell::of(state, visitor, "", None).await?,
        title: "您刚才填写的内容还在",
        said: "登录过期时提交的内容没有丢，核对后可以接着提交。".into(),
        action: kept.path.clone(),
        yes: "接着提交",
        typed: typed(&fields),
        fields,
        back: back.to_owned(),
    };
    pages::html(StatusCode::OK, &page)
}

/// The page that asks whether a word of secrecy is one, for a form that cannot be shown again
/// itself (SYS-05).
pub(crate) async fn doubtful(
    state: &WebState,
    visitor: &Visitor,
    kept: &Kept,
    (said, back): (&str, &str),
) -> WebResult<Response> {
    let fields: Vec<_> = kept.fields().collect();
    let page = ResumePage {
        shell: Shell::of(state, visitor, "", None).await?,
        title: "请核对是否涉密",
        said: said.to_owned(),
        action: kept.unclassified(),
        yes: "已核对，不涉密，仍要提交",
        typed: typed(&fields),
        fields,
        back: back.to_owned(),
    };
    pages::html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What of the fields a person typed, as far as it is text.
fn typed(fields: &[(String, String)]) -> Vec<String> {
    let values = fields.iter().map(|(_, value)| value.trim());
    values
        .filter(|value| !value.is_ascii() && !value.is_empty())
        .map(|value| value.chars().take(SHOWN).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_form_of_ours_is_kept_and_its_old_token_is_not() {
        let body = "_csrf=old&text=%E5%B7%B2%E5%8A%9E&unit=1&unit=2";
        let kept = Kept::new("/tasks/1/feedback".into(), body.into()).unwrap();
        let fields: Vec<_> = kept.fields().collect();
        let fields: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(fields, [("text", "已办"), ("unit", "1"), ("unit", "2")]);
        assert_eq!(kept.unclassified(), "/tasks/1/feedback?unclassified=yes");
        for path in ["", "//evil.example/x", "https://evil.example", "/sign-in"] {
            assert_eq!(Kept::new(path.into(), body.into()), None, "{path}");
        }
        assert_eq!(Kept::new("/x".into(), "x".repeat(LIMIT + 1)), None);
    }
}
