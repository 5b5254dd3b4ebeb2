//! What the plan reader makes of files that are no plain text.

use luoshi_plan::reading::{Obligation, ReadOptions, Reading, UnitSource};

use crate::parts::{docx, p, sheet_row, text_of, xlsx};

fn reading(bytes: &[u8], name: &str) -> Reading {
    let text = text_of(bytes, name).unwrap();
    luoshi_plan::read(&text, &ReadOptions::default())
}

fn find<'r>(reading: &'r Reading, words: &str) -> &'r Obligation {
    let found = reading.obligations.iter().find(|o| o.quote.contains(words));
    found.unwrap_or_else(|| panic!("no obligation with {words}: {:#?}", reading.obligations))
}

fn date(obligation: &Obligation) -> Option<&str> {
    obligation.deadline.as_ref()?.date.as_deref()
}

#[test]
fn import_07_a_row_of_a_sheet_is_an_obligation_with_all_its_columns() {
    let data = sheet_row(1, &["云渡市港航局2026年安全工作任务分解表"])
        + &sheet_row(
            2,
            &[
                "序号",
                "重点任务",
                "具体措施",
                "检查频次",
                "责任单位",
                "配合单位",
                "责任领导",
                "完成时限",
                "备注",
            ],
        )
        + &sheet_row(
            3,
            &[
                "n:1",
                "渡口安全",
                "要对渡口缆绳开展检查",
                "每月1次",
                "航道科",
                "港口科、机务科",
                "李某",
                "d:46203",
                "无",
            ],
        )
        + &sheet_row(
            4,
            &[
                "n:2",
                "航标维护",
                "要完成灯标更换12座。",
                "",
                "港口科",
                "/",
                "王某",
                "d:46356",
                "",
            ],
        );
    let merged = "<mergeCells><mergeCell ref=\"A1:I1\"/></mergeCells>";
    let inside = format!("<sheetData>{data}</sheetData>{merged}");
    let reading = reading(&xlsx(&[("Sheet1", &inside)]), "任务.xlsx");
    let first = find(&reading, "缆绳");
    assert_eq!(first.clause_path, "1");
    assert_eq!(first.responsible, ["航道科"]);
    assert_eq!(first.responsible_from, UnitSource::Table);
    assert_eq!(first.co_responsible, ["港口科", "机务科"]);
    assert_eq!(date(first), Some("2026-06-30"));
    let rate = first
        .frequency
        .as_ref()
        .and_then(|rate| rate.rrule.as_deref());
    assert_eq!(rate, Some("FREQ=MONTHLY"));
    let second = find(&reading, "灯标");
    assert_eq!(second.clause_path, "2");
    assert_eq!(second.responsible, ["港口科"]);
    assert!(second.co_responsible.is_empty());
    assert_eq!(date(second), Some("2026-11-30"));
    assert_eq!(second.quote, "要完成灯标更换12座。");
}

#[test]
fn import_07_a_comma_separated_table_reads_like_a_sheet() {
    let text =
        "序号,工作任务,牵头科室,协办单位,完成时间\n1,清理淤点6处,航道科,港口科,2026年5月底\n";
    let reading = reading(text.as_bytes(), "任务.csv");
    let found = find(&reading, "淤点");
    assert_eq!(found.clause_path, "1");
    assert_eq!(found.responsible, ["航道科"]);
    assert_eq!(found.co_responsible, ["港口科"]);
    assert_eq!(date(found), Some("2026-05-31"));
}

#[test]
fn import_07_a_markdown_table_is_plain_text_that_reads_like_a_sheet() {
    let text = "# 任务表\n\n| 序号 | 任务 | 责任单位 | 时限 |\n|:--|---|---|--:|\n| 3 | 清理淤点6处 | 航道科 | 2026年5月底 |\n";
    let found = reading(text.as_bytes(), "任务.md");
    let found = find(&found, "淤点");
    assert_eq!(found.clause_path, "3");
    assert_eq!(found.responsible, ["航道科"]);
}

#[test]
fn import_01_a_word_file_reads_like_its_text() {
    let body =
        p("渡口安全工作方案") + &p("一、措施") + &p("（一）航道科要于2026年6月底前补设灯标12座。");
    let reading = reading(&docx(&body), "方案.docx");
    assert_eq!(reading.title.as_deref(), Some("渡口安全工作方案"));
    let found = find(&reading, "灯标");
    assert_eq!(found.clause_path, "一/(一)");
    assert_eq!(date(found), Some("2026-06-30"));
}
