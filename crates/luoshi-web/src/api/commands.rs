//! What all command bodies share: the command's name beside its fields, and the version seen.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A command, and the version it was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "Map<String, Value>")]
#[serde(bound(deserialize = "C: DeserializeOwned"))]
pub(super) struct Decided<C> {
    /// The version that was on the screen; when it is no longer current, nothing is done and the
    /// answer is 409. Left out, the command acts on whatever stands now.
    pub(super) seen: Option<i64>,
    #[serde(flatten)]
    pub(super) command: C,
}

impl<C: DeserializeOwned> TryFrom<Map<String, Value>> for Decided<C> {
    type Error = serde_json::Error;

    /// Flattening by serde would let misspelt fields pass; here `C` may refuse them.
    fn try_from(mut fields: Map<String, Value>) -> Result<Self, Self::Error> {
        let seen = fields.remove("seen").unwrap_or_default();
        Ok(Self {
            seen: serde_json::from_value(seen)?,
            command: serde_json::from_value(Value::Object(fields))?,
        })
    }
}

/// A body that says nothing but the version seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenBody {
    /// The version that was on the screen; when it is no longer current, the answer is 409.
    pub(super) seen: Option<i64>,
}
