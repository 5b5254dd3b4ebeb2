//! Tables that WPS and Excel open as they are.

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
