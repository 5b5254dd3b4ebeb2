//! Tables that WPS and Excel open as they are.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::flash::encode;

/// Tells WPS and Excel that the text is UTF-8; stands before the first row.
pub(super) const MARK: char = '\u{feff}';

/// Adds one row.
pub(super) fn line(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push('"');
        if is_formula(cell) {
            text.push('\'');
        }
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

/// A table as a file, called `name`, or `plain` where the browser takes letters only.
pub(super) fn download(plain: &str, name: &str, text: String) -> Response {
    let name = encode(name);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"),
        ),
    ];
    (headers, text).into_response()
}

/// Whether a spreadsheet would calculate the cell instead of showing it.
fn is_formula(cell: &str) -> bool {
    cell.trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_nor_two_cells() {
        let mut text = String::new();
        let cells = [
            "=HYPERLINK(\"http://x\")",
            "a,b",
            "+1",
            "-1",
            "@x",
            " =1",
            "养护 86 公里",
        ];
        line(&mut text, &cells.map(str::to_owned));
        assert_eq!(
            text,
            "\"'=HYPERLINK(\"\"http://x\"\")\",\"a,b\",\"'+1\",\"'-1\",\"'@x\",\"' =1\",\
             \"养护 86 公里\"\r\n"
        );
    }
}
