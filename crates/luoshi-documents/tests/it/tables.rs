//! Excel and CSV files.

use luoshi_documents::error::{Excess, ReadError};
use luoshi_documents::format::Format;
use luoshi_documents::limits::Limits;
use luoshi_documents::read;
use proptest::prelude::*;

use crate::parts::{limits, sheet_row, text_of, xlsx};

#[test]
fn import_07_a_sheet_becomes_a_table_with_its_title_above() {
    let data = sheet_row(1, &["云渡局2026年任务分解表"])
        + &sheet_row(2, &["填报：航道科", "", "", "", "", "3月"])
        + &sheet_row(
            4,
            &[
                "序号",
                "重点任务",
                "具体措施",
                "责任单位",
                "完成时限",
                "完成率",
            ],
        )
        + &sheet_row(5, &["一、航道"])
        + &sheet_row(
            6,
            &[
                "n:1",
                "设标",
                "补设灯标12座。",
                "航道科",
                "d:46112",
                "%:0.95",
            ],
        )
        + &sheet_row(7, &["n:2.0", "", "清淤\n3处", "", "m:46203", "n:1.5"]);
    let merged = "<mergeCells><mergeCell ref=\"A1:F1\"/><mergeCell ref=\"B6:B7\"/>\
                  <mergeCell ref=\"D6:D7\"/></mergeCells>";
    let bytes = xlsx(&[("Sheet1", &format!("<sheetData>{data}</sheetData>{merged}"))]);
    let document = read(&bytes, "表.xlsx", &limits()).unwrap();
    assert_eq!(document.format, Format::Xlsx);
    let lines: Vec<&str> = document.text.lines().collect();
    assert_eq!(
        lines,
        [
            "云渡局2026年任务分解表",
            "填报：航道科　3月",
            "| 序号 | 重点任务 | 具体措施 | 责任单位 | 完成时限 | 完成率 |",
            "| 一、航道 |",
            "| 1 | 设标 | 补设灯标12座。 | 航道科 | 2026年3月31日 | 95% |",
            "| 2 | 设标 | 清淤 3处 | 航道科 | 2026年6月 | 1.5 |"
        ]
    );
}

#[test]
fn several_sheets_come_under_their_names_and_empty_ones_not_at_all() {
    let sheet = |task: &str| {
        let data = sheet_row(1, &["任务", "单位"]) + &sheet_row(2, &[task, "航道科"]);
        format!("<sheetData>{data}</sheetData>")
    };
    let (first, second) = (sheet("设标。"), sheet("清淤。"));
    let bytes = xlsx(&[
        ("航道", &first),
        ("空", "<sheetData/>"),
        ("Sheet3", &second),
    ]);
    assert_eq!(
        text_of(&bytes, "").unwrap(),
        "航道\n| 任务 | 单位 |\n| 设标。 | 航道科 |\n| 任务 | 单位 |\n| 清淤。 | 航道科 |\n"
    );
    let bytes = xlsx(&[("空", "<sheetData/>")]);
    assert_eq!(text_of(&bytes, ""), Err(ReadError::Empty));
}

#[test]
fn names_of_columns_in_two_rows_and_empty_columns() {
    let data = sheet_row(1, &["任务", "", "责任单位", "", "时限"])
        + &sheet_row(2, &["", "", "牵头", "配合"])
        + &sheet_row(3, &["设标。", "", "航道科", "港口科", "6月底"]);
    let merged = "<mergeCells><mergeCell ref=\"C1:D1\"/><mergeCell ref=\"A1:A2\"/>\
                  <mergeCell ref=\"E1:E2\"/></mergeCells>";
    let bytes = xlsx(&[("甲", &format!("<sheetData>{data}</sheetData>{merged}"))]);
    assert_eq!(
        text_of(&bytes, "").unwrap(),
        "| 任务 | 牵头 | 配合 | 时限 |\n| 设标。 | 航道科 | 港口科 | 6月底 |\n"
    );
}

#[test]
fn a_sheet_that_claims_to_be_huge_costs_what_it_holds() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>远</t></is></c></row>";
    let inside = format!(
        "<dimension ref=\"A1:XFD1048576\"/><sheetData>{}{}{far}</sheetData><mergeCells>\
         <mergeCell ref=\"A2:XFD1048576\"/></mergeCells>",
        sheet_row(1, &["任务", "单位"]),
        sheet_row(2, &["设标。", "航道科"])
    );
    let bytes = xlsx(&[("甲", &inside)]);
    assert!(text_of(&bytes, "").unwrap().contains("设标"));
}

#[test]
fn merged_cells_cannot_multiply_without_end() {
    let long = "长".repeat(20_000);
    let data: String = (2..1000).map(|row| sheet_row(row, &["", "短"])).collect();
    let inside = format!(
        "<sheetData>{}{data}</sheetData><mergeCells><mergeCell ref=\"A1:A999\"/></mergeCells>",
        sheet_row(1, &[&long, "短"])
    );
    let limits = Limits {
        text: 10_000_000,
        ..limits()
    };
    let error = read(&xlsx(&[("甲", &inside)]), "", &limits).unwrap_err();
    assert_eq!(error, ReadError::Excessive { what: Excess::Text });
}

#[test]
fn a_bomb_among_the_sheets_is_refused() {
    let inside = format!("<sheetData/>{}", " ".repeat(3_000_000));
    let error = text_of(&xlsx(&[("甲", &inside)]), "").unwrap_err();
    let what = Excess::Unpacked;
    assert_eq!(error, ReadError::Excessive { what });
}

#[test]
fn comma_separated_tables_are_read_in_any_encoding() {
    let text = "任务分解表,,\n序号,任务,责任单位\n1,\"补设灯标,\n清淤。\",航道科\n";
    let (gbk, ..) = encoding_rs::GBK.encode(text);
    let want = "任务分解表\n| 序号 | 任务 | 责任单位 |\n| 1 | 补设灯标,清淤。 | 航道科 |\n";
    for bytes in [text.as_bytes(), &gbk] {
        assert_eq!(text_of(bytes, "表.CSV").unwrap(), want);
    }
    let tabs = "任务分解表\t\t\n序号\t任务\t责任单位\n1\t补设灯标,清淤。\t航道科\n";
    assert_eq!(text_of(tabs.as_bytes(), "a.tsv").unwrap(), want);
}

proptest! {
    #[test]
    fn no_change_of_bytes_makes_it_panic(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        inside in "[<>/a-z0-9 =\"]{0,60}",
    ) {
        let data = sheet_row(1, &["任务", "d:46112"]);
        let mut bytes = xlsx(&[("甲", &format!("<sheetData>{data}</sheetData>{inside}"))]);
        let _ = text_of(&bytes, "");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = text_of(&bytes, "");
    }

    #[test]
    fn any_separated_text_is_read(text in "[a一\",;\t\n]{0,80}") {
        let _ = text_of(text.as_bytes(), "a.csv");
    }
}
