//! Axum's extractors with our error face, the signed-in person, and forms that carry the token.

#![expect(
    clippy::disallowed_types,
    reason = "this is where axum's extractors are wrapped"
)]

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use luoshi_app::Who;
use luoshi_app::accounts::{Means, Visitor};
use luoshi_domain::accounts::same_secret;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::flash::{self, Flash};
use crate::problem::Problem;

/// The header that scripts send the session's token in.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// Behind an address: what comes with it was looked at again and is not classified (SYS-05).
pub(crate) const UNCLASSIFIED: &str = "unclassified=yes";

/// The person who is signed in; a refusal when nobody is.
pub(crate) struct SignedIn {
    pub(crate) visitor: Visitor,
    /// What the page before left to say.
    pub(crate) flash: Option<Flash>,
}

impl SignedIn {
    pub(crate) fn who(&self) -> &Who {
        &self.visitor.who
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let mut visitor = visitor.ok_or_else(Problem::signed_out)?;
        let mut asked = parts.uri.query().unwrap_or_default().split('&');
        visitor.who.unclassified = asked.any(|pair| pair == UNCLASSIFIED);
        Ok(Self {
            visitor,
            flash: flash::left(&parts.headers),
        })
    }
}

/// What the address names.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        // An address that names no possible thing names nothing.
        found
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_rejected| Problem::not_found())
    }
}

/// What stands behind the `?`.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejected) => {
                tracing::debug!(%rejected, "unusable query");
                Err(Problem::bad_request(
                    rejected.status(),
                    "地址中的筛选条件无法识别。",
                ))
            }
        }
    }
}

/// A posted form of a signed-in person. The token stands in `_csrf` or in the header.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let SignedIn { visitor, .. } = SignedIn::from_request_parts(&mut parts, state).await?;
        let sent = header(&parts.headers).map(str::to_owned);
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejected| {
                Problem::bad_request(rejected.status(), "表单内容超过了大小限制，或者没有传完。")
            })?;
        let Token { csrf } = read_form(&bytes)?;
        check_token(&visitor, sent.or(csrf).as_deref())?;
        read_form(&bytes).map(Self)
    }
}

/// A form without fields of its own: a button.
#[derive(Deserialize)]
pub(crate) struct Nothing {}

/// What every posted form carries beside its own fields.
#[derive(Deserialize)]
struct Token {
    #[serde(rename = "_csrf")]
    csrf: Option<String>,
}

/// A posted form of somebody who is not signed in yet.
pub(crate) struct OpenForm<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OpenForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(rejected) => Err(Problem::bad_request(
                rejected.status(),
                "表单内容无法识别。",
            )),
        }
    }
}

/// A JSON body of a signed-in person, whose token stands in the header; and a JSON answer.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let SignedIn { visitor, .. } = SignedIn::from_request_parts(&mut parts, state).await?;
        check_token(&visitor, header(&parts.headers))?;
        let request = Request::from_parts(parts, body);
        read_json(request, state).await.map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON body of somebody who is not signed in yet.
pub(crate) struct OpenJson<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OpenJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read_json(request, state).await.map(Self)
    }
}

/// The person who is signed in and sends a request without a body; the token stands in the header.
pub(crate) struct Vouched(pub(crate) SignedIn);

impl<S: Sync> FromRequestParts<S> for Vouched {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        check_token(&signed_in.visitor, header(&parts.headers))?;
        Ok(Self(signed_in))
    }
}

/// A posted form with one file.
pub(crate) struct Upload {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) file_name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Upload {
    /// The first field with this name, trimmed; empty when there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let SignedIn { visitor, .. } = SignedIn::from_request_parts(&mut parts, state).await?;
        let sent = header(&parts.headers).map(str::to_owned);
        let request = Request::from_parts(parts, body);
        let broken = |status| {
            Problem::bad_request(status, "上传的内容无法识别，或者文件超过 20 MB 的上限。")
        };
        let mut form = axum::extract::Multipart::from_request(request, state)
            .await
            .map_err(|rejected| broken(rejected.status()))?;
        let mut upload = Self {
            fields: Vec::new(),
            file_name: String::new(),
            bytes: Vec::new(),
        };
        let unusable = |cause: MultipartError| broken(cause.status());
        while let Some(part) = form.next_field().await.map_err(unusable)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(file_name) => {
                    upload.file_name = file_name;
                    upload.bytes = part.bytes().await.map_err(unusable)?.to_vec();
                }
                None => upload
                    .fields
                    .push((name, part.text().await.map_err(unusable)?)),
            }
        }
        let field = upload.field("_csrf").to_owned();
        check_token(&visitor, sent.as_deref().or(Some(field.as_str())))?;
        Ok(upload)
    }
}

async fn read_json<T, S>(request: Request, state: &S) -> Result<T, Problem>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    match axum::Json::<T>::from_request(request, state).await {
        Ok(axum::Json(value)) => Ok(value),
        Err(rejected) => {
            let detail = format!("请求体不是所要求的 JSON：{}", rejected.body_text());
            Err(Problem::bad_request(rejected.status(), detail))
        }
    }
}

pub(crate) fn header(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(CSRF_HEADER)
        .and_then(|value| value.to_str().ok())
}

/// Lets through who sends the session's token along; a program's own token is nothing that
/// another site could make a browser send.
pub(crate) fn check_token(visitor: &Visitor, sent: Option<&str>) -> Result<(), Problem> {
    let vouched = match visitor.means {
        Means::Token { .. } => true,
        Means::Session { .. } => same_secret(&visitor.csrf, sent.unwrap_or_default()),
    };
    if vouched {
        Ok(())
    } else {
        Err(Problem::forged())
    }
}

/// A form's body as a typed form; a repeated name is a list in `T`.
fn read_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_html_form::from_bytes(body).map_err(|error| {
        tracing::debug!(%error, "unusable form");
        let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        Problem::bad_request(status, "表单缺少必要的内容。")
    })
}
