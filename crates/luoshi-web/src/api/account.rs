//! Signing in and out, and who is signed in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use luoshi_app::accounts::sign_in::Attempt;
use luoshi_app::accounts::{self, Visitor};
use luoshi_domain::accounts::SessionStage;
use luoshi_domain::ports::Bureau;
use luoshi_domain::refusals::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::client::Seen;
use crate::extract::{Json, OpenJson, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};
use crate::sessions;

pub(super) fn routes(table: Table) -> Table {
    table
        .post("/api/v1/session", Access::Public, post(begin))
        .get("/api/v1/session", Access::Member, get(show))
        .post("/api/v1/session/end", Access::Member, post(end))
}

/// What a session begins with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialsBody {
    login: String,
    password: String,
    /// Which bureau, where the installation has more than one.
    bureau: Option<Uuid>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionBody {
    /// Goes into the header `x-csrf-token` of every POST.
    csrf: String,
    bureau: Uuid,
    person: Uuid,
    name: String,
    /// Unit and post.
    title: String,
    /// What is still to be done in a browser before anything else is open: `second_factor`,
    /// `new_password`, or `full` for nothing.
    stage: &'static str,
}

impl From<&Visitor> for SessionBody {
    fn from(visitor: &Visitor) -> Self {
        let actor = &visitor.who.actor;
        Self {
            csrf: visitor.csrf.clone(),
            bureau: visitor.who.bureau.0,
            person: actor.person.0,
            name: actor.name.clone(),
            title: actor.title.clone(),
            stage: match visitor.stage() {
                SessionStage::SecondFactor | SessionStage::SecondFactorOnly => "second_factor",
                SessionStage::NewPassword => "new_password",
                SessionStage::Full => "full",
            },
        }
    }
}

/// Begin a session; the answer sets its cookie.
#[utoipa::path(post, path = "/api/v1/session", operation_id = "session_begin", tag = "account",
    request_body = CredentialsBody, responses((status = 200, body = SessionBody)))]
pub(super) async fn begin(
    State(state): State<WebState>,
    Seen(client): Seen,
    headers: HeaderMap,
    OpenJson(body): OpenJson<CredentialsBody>,
) -> WebResult<Response> {
    let bureaus = luoshi_app::bureaus::list(&state.app).await?;
    let bureau = choose(&bureaus, body.bureau)?;
    let attempt = Attempt {
        login: body.login,
        password: body.password,
        client,
    };
    let signed = accounts::sign_in(&state.app, bureau.id, attempt).await?;
    let visitor = accounts::visitor(&state.app, &signed.token).await?;
    let cookie = sessions::session_cookie(&signed.token, sessions::is_secure(&headers));
    let said = Json(SessionBody::from(&visitor));
    Ok(([(SET_COOKIE, cookie)], said).into_response())
}

/// Show who is signed in.
#[utoipa::path(get, path = "/api/v1/session", operation_id = "session_show", tag = "account",
    responses((status = 200, body = SessionBody)))]
pub(super) async fn show(signed_in: SignedIn) -> Json<SessionBody> {
    Json(SessionBody::from(&signed_in.visitor))
}

/// End the session.
#[utoipa::path(post, path = "/api/v1/session/end", operation_id = "session_end", tag = "account",
    responses((status = 204, description = "The session is over.")))]
pub(super) async fn end(
    State(state): State<WebState>,
    Seen(client): Seen,
    Vouched(signed_in): Vouched,
    headers: HeaderMap,
) -> WebResult<Response> {
    let gone = sessions::end(&state, &signed_in, &client, &headers).await?;
    Ok((axum::http::StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

fn choose(bureaus: &[Bureau], wish: Option<Uuid>) -> Result<&Bureau, Refusal> {
    let found = match (wish, bureaus) {
        (Some(id), _) => bureaus.iter().find(|bureau| bureau.id.0 == id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let sentence = "系统里没有这个单位，或者有多个单位而没有指明是哪一个。";
    found.ok_or_else(|| Refusal::input("bureau", "SYS-06", sentence))
}

#[cfg(test)]
mod tests {
    use luoshi_domain::ids::BureauId;

    use super::*;

    fn bureau(n: u128) -> Bureau {
        Bureau {
            id: BureauId(Uuid::from_u128(n)),
            name: format!("单位{n}"),
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_bureau_must_be_named_only_where_there_are_several() {
        let one = [bureau(1)];
        let two = [bureau(1), bureau(2)];
        assert_eq!(choose(&one, None).unwrap(), &one[0]);
        assert_eq!(choose(&two, Some(two[1].id.0)).unwrap(), &two[1]);
        assert_eq!(choose(&two, None).unwrap_err().code, "bureau");
        assert_eq!(choose(&[], None).unwrap_err().code, "bureau");
        assert_eq!(
            choose(&one, Some(Uuid::from_u128(9))).unwrap_err().code,
            "bureau"
        );
    }

    #[test]
    fn credentials_refuse_what_they_do_not_know() {
        let body: CredentialsBody =
            serde_json::from_str(r#"{"login":"fang","password":"x"}"#).unwrap();
        assert_eq!((body.login.as_str(), body.bureau), ("fang", None));
        let misspelt = r#"{"login":"fang","password":"x","bureua":null}"#;
        assert!(serde_json::from_str::<CredentialsBody>(misspelt).is_err());
    }
}
