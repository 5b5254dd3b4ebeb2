//! What stands around every route: identity, limits, headers, and the face of a problem.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use luoshi_app::accounts::Visitor;
use luoshi_app::secrecy;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tracing::Instrument;

use crate::WebState;
use crate::client;
use crate::flash;
use crate::pages::parts::Link;
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::recording;
use crate::sessions::{self, Detained, Kept, kept};

/// The longest a request may take.
const REQUEST_SECONDS: u64 = 60;

/// The longest that a file of a task may take to come in, over a slow line.
const UPLOAD_SECONDS: u64 = 600;

/// The largest body of a form or JSON request, in bytes; uploads have their own limit.
const BODY_LIMIT: usize = 256 * 1024;

/// Digits of the number that a person tells the administrator.
const REFERENCE_DIGITS: usize = 8;

/// Pages run only what comes from this server.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// Puts around the routes what holds for all of them.
pub(crate) fn around(router: Router<WebState>, state: WebState) -> Router {
    router
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            let detail = "这个地址不支持这种请求方式。";
            Problem::bad_request(StatusCode::METHOD_NOT_ALLOWED, detail)
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            recording::record,
        ))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn Any + Send>| {
            Problem::internal(&Panicked).into_response()
        }))
        .layer(CsrfLayer::new().with_rejection_response(|_error| Problem::forged().into_response()))
        .layer(middleware::from_fn_with_state(state.clone(), face))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            sessions::identify,
        ))
        .layer(middleware::from_fn_with_state(state.clone(), one_state))
        .layer(middleware::from_fn_with_state(state.clone(), client::note))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(headers))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(state)
}

/// Lets a request without a body read all that it reads of one state; one with a body may be long
/// in coming.
async fn one_state(State(state): State<WebState>, request: Request, next: Next) -> Response {
    if !request.method().is_safe() {
        return next.run(request).await;
    }
    let answered = state.app.reading(next.run(request)).await;
    answered.unwrap_or_else(|| Problem::busy().into_response())
}

/// Gives a problem the face of its path: a page, or problem+json under `/api/`.
async fn face(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let flashed = flash::left(request.headers()).is_some();
    let path = request
        .uri()
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let visitor = request.extensions().get::<Visitor>().cloned();
    let reference = reference(&request);
    let from_script = request.headers().contains_key("hx-request");
    let turned_away = request.extensions_mut().remove::<Problem>();
    let detained = request.extensions().get::<Detained>().copied();
    let (request, kept) = if from_script || path.starts_with("/api/") {
        (request, None)
    } else {
        kept::of_request(request).await
    };
    let back = referer(request.headers());
    // Whatever is logged on the way carries the number that the person reads.
    let span = tracing::info_span!("request", reference, path = logged(request.uri().path()));
    let mut response = match turned_away {
        Some(problem) => problem.into_response(),
        None => next.run(request).instrument(span).await,
    };
    if response.status() == StatusCode::SERVICE_UNAVAILABLE && !is_rendered(&response) {
        // The time limit leaves only a status.
        response.extensions_mut().insert(Problem::busy());
    }
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        let signed_out = problem.code == "signed_out";
        if signed_out && let Some(Detained(stage)) = detained {
            problem = Problem::detained(stage);
        }
        response = if path.starts_with("/api/") {
            json(&problem, &reference)
        } else if problem.code == secrecy::CODE
            && let (Some(visitor), Some(kept)) = (&visitor, &kept)
        {
            match kept::doubtful(&state, visitor, kept, (&problem.detail, &back)).await {
                Ok(asked) => asked,
                Err(trouble) => page(&state, Some(visitor), trouble, reference, back).await,
            }
        } else if signed_out && !from_script {
            let kept = kept.filter(|_kept| visitor.is_none());
            to_sign_in(&state, detained, &path, kept, &back).await
        } else {
            page(&state, visitor.as_ref(), problem, reference, back).await
        };
    }
    if flashed && response.status() == StatusCode::OK && !from_script {
        response.headers_mut().append(SET_COOKIE, flash::said());
    }
    response
}

/// The way to the place where somebody signs in, or ends what they began of it.
async fn to_sign_in(
    state: &WebState,
    detained: Option<Detained>,
    path: &str,
    kept: Option<Kept>,
    back: &str,
) -> Response {
    if let Some(Detained(stage)) = detained {
        return sessions::see_other(&sessions::place_of(stage, path));
    }
    if let Some(kept) = kept
        && let Ok(page) = sessions::expired(state, kept, back).await
    {
        return page;
    }
    let next = flash::encode(path);
    sessions::see_other(&format!("/sign-in?next={next}"))
}

/// Ends what takes too long, with only a status.
async fn in_time(request: Request, next: Next) -> Response {
    let uploads = request.method() == Method::POST && request.uri().path().ends_with("/files");
    let seconds = if uploads {
        UPLOAD_SECONDS
    } else {
        REQUEST_SECONDS
    };
    let answered = tokio::time::timeout(Duration::from_secs(seconds), next.run(request)).await;
    answered.unwrap_or_else(|_elapsed| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// The short form of the request's id, which a person can read out.
fn reference(request: &Request) -> String {
    let id = request.extensions().get::<RequestId>();
    let id = id
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    id.chars().take(REFERENCE_DIGITS).collect()
}

/// A handler panicked; the panic itself was reported where it happened.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a handler panicked")
    }
}

impl std::error::Error for Panicked {}

fn is_rendered(response: &Response) -> bool {
    response.headers().contains_key(CONTENT_TYPE)
        || response.extensions().get::<Problem>().is_some()
}

fn json(problem: &Problem, reference: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "status": problem.status.as_u16(),
        "code": problem.code,
        "title": problem.title,
        "detail": problem.detail,
        "rule": problem.rule,
        "changes": problem.changes,
        "reference": reference,
    });
    let kind = [(CONTENT_TYPE, "application/problem+json")];
    (problem.status, kind, body.to_string()).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    title: String,
    what: String,
    kept: String,
    todo: String,
    reference: String,
    back: Link,
}

async fn page(
    state: &WebState,
    visitor: Option<&Visitor>,
    problem: Problem,
    reference: String,
    back: String,
) -> Response {
    let shell = match visitor {
        // A page about trouble must not fail over its own frame.
        Some(visitor) => Shell::of(state, visitor, "", None)
            .await
            .unwrap_or_else(|_trouble| Shell::anonymous(state)),
        None => Shell::anonymous(state),
    };
    let mut what = problem.detail;
    for change in &problem.changes {
        what.push_str(&format!("　变动：{change}。"));
    }
    let page = ErrorPage {
        shell,
        title: problem.title.to_owned(),
        what,
        kept: problem.kept.to_owned(),
        todo: problem.todo,
        reference,
        back: Link {
            href: back,
            label: "返回上一页".into(),
        },
    };
    match page.render() {
        Ok(html) => (problem.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            problem.status.into_response()
        }
    }
}

/// What the log says of a path: an address that is a secret is not written down.
fn logged(path: &str) -> &str {
    if path.starts_with("/feeds/") {
        "/feeds/…"
    } else {
        path
    }
}

/// The path of the page before, when it was one of ours.
fn referer(headers: &HeaderMap) -> String {
    let known = headers.get("referer").and_then(|value| value.to_str().ok());
    let path = known.and_then(|address| address.splitn(4, '/').nth(3));
    path.map_or_else(|| "/desk".to_owned(), |path| format!("/{path}"))
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A file brings a stricter one.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
