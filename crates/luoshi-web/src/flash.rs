//! What a page leaves to say on the next one: a sentence in a cookie, shown once.

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::sessions::{cookie, see_other};

const COOKIE: &str = "luoshi_flash";

/// Longest sentence kept, in characters; a cookie is small.
const SENTENCE_LIMIT: usize = 300;

/// A sentence about what was just done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flash {
    /// `ok`, `warn` or `fault`.
    pub kind: &'static str,
    pub text: String,
    pub undo: Option<Undo>,
}

/// How to take back what was just done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    pub action: String,
    pub label: String,
}

/// Goes to a page of ours and says there that it is done.
pub(crate) fn done(path: &str, sentence: &str) -> Response {
    leave(path, "ok", sentence)
}

/// Goes to a page of ours and says there what was not done.
pub(crate) fn warn(path: &str, sentence: &str) -> Response {
    leave(path, "warn", sentence)
}

/// What the page before left to say.
pub(crate) fn left(headers: &HeaderMap) -> Option<Flash> {
    let (kind, text) = cookie(headers, COOKIE)?.split_once('.')?;
    let kind = if kind == "ok" { "ok" } else { "warn" };
    let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    Some(Flash {
        kind,
        text,
        undo: None,
    })
}

/// The cookie that takes the sentence away again.
pub(crate) fn said() -> HeaderValue {
    HeaderValue::from_static("luoshi_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

/// Text for an address or a cookie.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn leave(path: &str, kind: &str, sentence: &str) -> Response {
    let mut response = see_other(path);
    let sentence: String = sentence.chars().take(SENTENCE_LIMIT).collect();
    let cookie = format!(
        "{COOKIE}={kind}.{}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
        encode(&sentence)
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
