//! What a token says of a person.

use std::collections::HashMap;

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims};
use serde::{Deserialize, Serialize};

/// Claims beyond the standard ones; which of them matters is configured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct OtherClaims {
    #[serde(flatten)]
    all: HashMap<String, serde_json::Value>,
}

impl AdditionalClaims for OtherClaims {}

/// The value of a claim that names a login.
pub(crate) fn login(
    claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>,
    claim: &str,
) -> Option<String> {
    let value = match claim {
        "sub" => Some(claims.subject().as_str()),
        "preferred_username" => claims.preferred_username().map(|name| name.as_str()),
        "email" => claims.email().map(|address| address.as_str()),
        "phone_number" => claims.phone_number().map(|number| number.as_str()),
        other => {
            let all = &claims.additional_claims().all;
            all.get(other).and_then(|value| value.as_str())
        }
    };
    let value = value?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
