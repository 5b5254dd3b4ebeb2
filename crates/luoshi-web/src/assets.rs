//! Scripts and styles, built into the binary, compressed beforehand and cached for a year.

use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, VARY,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::extract::Path;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

/// A file under a name that changes with its content.
struct Asset {
    name: &'static str,
    hashed: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets/assets.rs"));

pub(crate) fn routes(table: Table) -> Table {
    table.get("/assets/{name}", Access::Public, get(show))
}

/// The address of a file by its plain name, e.g. `app.js`.
pub(crate) fn href(name: &str) -> String {
    let known = FILES.iter().find(|asset| asset.name == name);
    known.map_or_else(String::new, |asset| format!("/assets/{}", asset.hashed))
}

async fn show(Path(name): Path<String>, headers: HeaderMap) -> WebResult<Response> {
    let asset = FILES
        .iter()
        .find(|asset| asset.hashed == name)
        .ok_or_else(Problem::not_found)?;
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let accepts = |coding| accepted.is_some_and(|accepted| accepted.contains(coding));
    let (coding, bytes) = if accepts("br") {
        (Some("br"), asset.brotli)
    } else if accepts("gzip") {
        (Some("gzip"), asset.gzip)
    } else {
        (None, asset.plain)
    };
    let kind = match asset.name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
    let mut response = (
        [
            (CONTENT_TYPE, kind),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (VARY, "accept-encoding"),
        ],
        bytes,
    )
        .into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(
            CONTENT_ENCODING,
            axum::http::HeaderValue::from_static(coding),
        );
    }
    Ok(response)
}
