//! Word files.

use luoshi_documents::error::ReadError;
use luoshi_documents::format::Format;
use luoshi_documents::read;
use proptest::prelude::*;

use crate::parts::{WORD, docx, docx_with, item, limits, p, text_of, zipped};

fn lines(body: &str) -> Vec<String> {
    let text = text_of(&docx(body), "方案.docx").unwrap();
    text.lines().map(str::to_owned).collect()
}

fn numbered(numbering: &str, body: &str) -> Vec<String> {
    let numbering = format!("<w:numbering {WORD}>{numbering}</w:numbering>");
    let bytes = docx_with(body, &[("word/numbering.xml", &numbering)]);
    let text = text_of(&bytes, "").unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A level of a list; `more` stands at its end.
fn level(at: u32, form: &str, text: &str, more: &str) -> String {
    format!(
        "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{form}\"/>{more}\
         <w:lvlText w:val=\"{text}\"/></w:lvl>"
    )
}

fn list(make: u32, levels: &str, lists: &[u32]) -> String {
    let mut text = format!("<w:abstractNum w:abstractNumId=\"{make}\">{levels}</w:abstractNum>");
    for id in lists {
        text.push_str(&format!(
            "<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{make}\"/></w:num>"
        ));
    }
    text
}

#[test]
fn import_01_paragraphs_come_in_order_one_a_line() {
    let body = p("渡口安全方案") + &p("一、目标") + "<w:p/>" + &p("各渡口要检查缆绳。");
    assert_eq!(
        lines(&body),
        ["渡口安全方案", "一、目标", "各渡口要检查缆绳。"]
    );
    let read = read(&docx(&body), "x.bin", &limits()).unwrap();
    assert_eq!((read.format, read.is_plain()), (Format::Docx, false));
}

#[test]
fn import_01_automatic_numbers_become_text() {
    let levels = level(0, "chineseCountingThousand", "%1、", "")
        + &level(
            1,
            "chineseCounting",
            "（%2）",
            "<w:suff w:val=\"nothing\"/>",
        )
        + &level(2, "decimal", "%3.", "")
        + &level(
            3,
            "decimalEnclosedCircle",
            "%4",
            "<w:suff w:val=\"nothing\"/>",
        );
    let body = item(7, 0, "目标")
        + &item(7, 1, "航道")
        + &item(7, 2, "清淤")
        + &item(7, 2, "2026年设标")
        + &item(7, 3, "灯标")
        + &item(7, 1, "渡口")
        + &item(7, 2, "修码头")
        + &item(7, 0, "措施")
        + &item(7, 1, "巡查");
    assert_eq!(
        numbered(&list(3, &levels, &[7]), &body),
        [
            "一、目标",
            "（一）航道",
            "1. 清淤",
            "2. 2026年设标",
            "①灯标",
            "（二）渡口",
            "1. 修码头",
            "二、措施",
            "（一）巡查"
        ]
    );
}

#[test]
fn import_01_levels_restart_as_they_say_and_legal_levels_are_arabic() {
    let levels = level(0, "chineseCounting", "第%1章", "")
        + &level(
            1,
            "chineseCounting",
            "第%2条",
            "<w:lvlRestart w:val=\"0\"/>",
        )
        + &level(2, "decimal", "%1.%2.%3", "<w:isLgl/>");
    let body = item(1, 0, "总则")
        + &item(1, 1, "甲")
        + &item(1, 1, "乙")
        + &item(1, 0, "职责")
        + &item(1, 1, "丙")
        + &item(1, 2, "丁");
    assert_eq!(
        numbered(&list(1, &levels, &[1]), &body),
        [
            "第一章 总则",
            "第一条 甲",
            "第二条 乙",
            "第二章 职责",
            "第三条 丙",
            "2.3.1 丁"
        ]
    );
}

#[test]
fn import_01_lists_of_one_make_count_on_unless_they_start_anew() {
    let levels = level(0, "decimal", "%1.", "<w:suff w:val=\"nothing\"/>");
    let anew = "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">\
                <w:startOverride w:val=\"5\"/></w:lvlOverride></w:num>\
                <w:num w:numId=\"4\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">\
                <w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"upperLetter\"/><w:lvlText w:val=\"%1)\"/></w:lvl>\
                </w:lvlOverride></w:num>";
    let numbering = list(0, &levels, &[1, 2]) + anew;
    let body = item(1, 0, "甲")
        + &item(2, 0, "乙")
        + &item(3, 0, "丙")
        + &item(3, 0, "丁")
        + &item(4, 0, "戊")
        + &item(0, 0, "己");
    assert_eq!(
        numbered(&numbering, &body),
        ["1.甲", "2.乙", "5.丙", "6.丁", "G) 戊", "己"]
    );
}

#[test]
fn import_01_styles_give_numbers_too() {
    let styles = format!(
        "<w:styles {WORD}><w:style w:type=\"paragraph\" w:styleId=\"H1\"><w:name w:val=\"heading 1\"/>\
         <w:pPr><w:numPr><w:numId w:val=\"9\"/></w:numPr></w:pPr></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"H2\"><w:basedOn w:val=\"H1\"/></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Own\"><w:basedOn w:val=\"H2\"/></w:style>\
         <w:style w:type=\"numbering\" w:styleId=\"Legal\"><w:pPr><w:numPr><w:numId w:val=\"9\"/></w:numPr>\
         </w:pPr></w:style></w:styles>"
    );
    let levels = level(0, "chineseCounting", "%1、", "<w:pStyle w:val=\"H1\"/>")
        + &level(1, "chineseCounting", "（%2）", "<w:pStyle w:val=\"H2\"/>");
    let numbering = format!(
        "<w:numbering {WORD}>{}<w:abstractNum w:abstractNumId=\"5\"><w:numStyleLink w:val=\"Legal\"/>\
         </w:abstractNum><w:num w:numId=\"6\"><w:abstractNumId w:val=\"5\"/></w:num></w:numbering>",
        list(2, &levels, &[9])
    );
    let styled = |style: &str, text: &str| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body =
        styled("H1", "目标") + &styled("H2", "航道") + &styled("Own", "渡口") + &item(6, 0, "措施");
    let parts = [
        ("word/styles.xml", styles.as_str()),
        ("word/numbering.xml", &numbering),
    ];
    let text = text_of(&docx_with(&body, &parts), "").unwrap();
    assert_eq!(text, "一、目标\n（一）航道\n（二）渡口\n二、措施\n");
}

#[test]
fn import_01_bullets_leave_no_sign() {
    let numbering = list(0, &level(0, "bullet", "\u{f0b7}", ""), &[1]);
    assert_eq!(
        numbered(&numbering, &item(1, 0, "检查缆绳。")),
        ["检查缆绳。"]
    );
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|text| match *text {
            "^" => "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>".to_owned(),
            text => match text.strip_prefix('v') {
                Some(text) => format!(
                    "<w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>{}</w:tc>",
                    p(text)
                ),
                None => format!("<w:tc>{}</w:tc>", p(text)),
            },
        })
        .collect();
    format!("<w:tr>{cells}</w:tr>")
}

#[test]
fn import_07_merged_cells_stand_in_every_row_they_cover() {
    let wide = |text: &str| {
        format!(
            "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4\"/></w:tcPr>{}</w:tc></w:tr>",
            p(text)
        )
    };
    let table = wide("任务分解表")
        + &row(&["序号", "任务", "责任单位", "时限"])
        + &wide("一、航道")
        + &row(&["1", "设灯标。", "v航道科", "v6月底"])
        + &row(&["2", "清淤。", "^", "^"]);
    assert_eq!(
        lines(&format!("<w:tbl>{table}</w:tbl>")),
        [
            "任务分解表",
            "| 序号 | 任务 | 责任单位 | 时限 |",
            "| 一、航道 |",
            "| 1 | 设灯标。 | 航道科 | 6月底 |",
            "| 2 | 清淤。 | 航道科 | 6月底 |"
        ]
    );
}

#[test]
fn import_07_names_of_columns_in_two_rows_become_one() {
    let table = "<w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>".to_owned()
        + &p("任务")
        + "</w:tc><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>"
        + &p("责任单位")
        + "</w:tc></w:tr>"
        + &row(&["^", "牵头", "配合"])
        + &row(&["设灯标。", "航道科", "港口科"]);
    assert_eq!(
        lines(&format!("<w:tbl>{table}</w:tbl>")),
        ["| 任务 | 牵头 | 配合 |", "| 设灯标。 | 航道科 | 港口科 |"]
    );
}

#[test]
fn import_07_a_cell_is_one_line_and_a_frame_is_no_table() {
    let items = format!("<w:tc>{}{}</w:tc>", p("1.设灯标"), p("2.清|淤"));
    let table =
        row(&["任务", "单位"]) + &format!("<w:tr>{items}<w:tc>{}</w:tc></w:tr>", p("航道科"));
    assert_eq!(
        lines(&format!("<w:tbl>{table}</w:tbl>")),
        ["| 任务 | 单位 |", "| 1.设灯标；2.清/淤 | 航道科 |"]
    );
    let frame = format!("<w:tbl>{}{}</w:tbl>", row(&["通知"]), row(&["各科："]));
    assert_eq!(lines(&frame), ["通知", "各科："]);
}

#[test]
fn nested_tables_come_after_the_table_around_them() {
    let inner = format!(
        "<w:tbl>{}{}</w:tbl>",
        row(&["项目", "数"]),
        row(&["灯标", "3"])
    );
    let outer = row(&["任务", "单位"])
        + &format!(
            "<w:tr><w:tc>{}{inner}<w:p/></w:tc><w:tc>{}</w:tc></w:tr>",
            p("设标。"),
            p("航道科")
        );
    assert_eq!(
        lines(&format!("<w:tbl>{outer}</w:tbl>")),
        [
            "| 任务 | 单位 |",
            "| 设标。 | 航道科 |",
            "| 项目 | 数 |",
            "| 灯标 | 3 |"
        ]
    );
}

#[test]
fn a_column_of_automatic_numbers_is_filled() {
    let numbering = list(0, &level(0, "decimal", "%1.", ""), &[1]);
    let auto = item(1, 0, "");
    let table = row(&["序号", "任务"])
        + &format!(
            "<w:tr><w:tc>{auto}</w:tc><w:tc>{}</w:tc></w:tr>",
            p("设标。")
        )
        + &format!(
            "<w:tr><w:tc>{auto}</w:tc><w:tc>{}</w:tc></w:tr>",
            p("清淤。")
        );
    let found = numbered(&numbering, &format!("<w:tbl>{table}</w:tbl>"));
    assert_eq!(
        found,
        ["| 序号 | 任务 |", "| 1 | 设标。 |", "| 2 | 清淤。 |"]
    );
}

#[test]
fn a_text_box_is_read_once() {
    let inside = format!("<w:txbxContent>{}</w:txbxContent>", p("框内文字"));
    let boxed = format!(
        "<w:p><w:r><w:t>正文。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\">\
         <w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>\
         <v:textbox>{inside}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    );
    assert_eq!(lines(&boxed), ["正文。", "框内文字"]);
    let old = format!("<w:p><w:r><w:pict><v:textbox>{inside}</v:textbox></w:pict></w:r></w:p>");
    assert_eq!(lines(&old), ["框内文字"]);
}

#[test]
fn notes_follow_the_paragraph_that_points_to_them() {
    let notes = format!(
        "<w:footnotes {WORD}><w:footnote w:type=\"separator\" w:id=\"-1\">{}</w:footnote>\
         <w:footnote w:id=\"2\">{}{}</w:footnote></w:footnotes>",
        p("线"),
        p("以航道局"),
        p("公告为准")
    );
    let body = "<w:p><w:r><w:t>设标。</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>"
        .to_owned() + &p("清淤。");
    let bytes = docx_with(&body, &[("word/footnotes.xml", &notes)]);
    let text = text_of(&bytes, "").unwrap();
    assert_eq!(text, "设标。\n（注：以航道局 公告为准）\n清淤。\n");
}

#[test]
fn tracked_changes_are_read_as_accepted() {
    let body = "<w:p><w:r><w:t>每</w:t></w:r><w:del w:id=\"1\"><w:r><w:delText>月</w:delText></w:r></w:del>\
                <w:ins w:id=\"2\"><w:r><w:t>周</w:t></w:r></w:ins><w:r><w:t>巡查。</w:t></w:r></w:p>\
                <w:p><w:pPr><w:rPr><w:del w:id=\"3\"/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>\
                <w:p><w:pPr><w:pPrChange w:id=\"4\"><w:pPr><w:pStyle w:val=\"x\"/></w:pPr></w:pPrChange></w:pPr>\
                <w:r><w:t>后半。</w:t></w:r></w:p>\
                <w:moveFrom w:id=\"5\"><w:r><w:t>旧处</w:t></w:r></w:moveFrom>";
    assert_eq!(lines(body), ["每周巡查。", "前半后半。"]);
    let deleted = row(&["任务", "单位"])
        + "<w:tr><w:trPr><w:del w:id=\"1\"/></w:trPr><w:tc><w:p/></w:tc></w:tr>"
        + &row(&["设标。", "航道科"]);
    assert_eq!(lines(&format!("<w:tbl>{deleted}</w:tbl>")).len(), 2);
}

#[test]
fn fields_show_their_results_and_contents_are_left_out() {
    let body = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>\
                <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>一、目标 1</w:t></w:r></w:p>\
                <w:p><w:r><w:t>二、措施 2</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>\
                <w:p><w:hyperlink><w:r><w:t>见</w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
                <w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
                <w:r><w:t>6月</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r><w:fldSimple w:instr=\" PAGE \">\
                <w:r><w:t>3</w:t></w:r></w:fldSimple></w:p>";
    assert_eq!(lines(body), ["见6月"]);
}

#[test]
fn signs_between_letters() {
    let body = "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t>\
                <w:br/><w:t>丙\u{ad}丁</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>&lt;戊&#x5df1;</w:t></w:r>\
                <w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>显</w:t></w:r>\
                <w:r><w:ruby><w:rt><w:r><w:t>du</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>渡</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>";
    assert_eq!(lines(body), ["甲 乙", "丙丁-<戊己显渡"]);
}

#[test]
fn the_main_part_is_found_by_its_relation_and_under_any_prefix() {
    let rels = "<Relationships><Relationship Id=\"a\" Type=\"http://x/officeDocument\" Target=\"/word/document2.xml\"/>\
                </Relationships>";
    let document = "<x:document xmlns:x=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><x:body><x:p><x:r>\
                    <x:t>正文</x:t></x:r></x:p></x:body></x:document>";
    let bytes = zipped(&[
        ("_rels/.rels", rels.as_bytes()),
        ("word/document2.xml", document.as_bytes()),
    ]);
    assert_eq!(text_of(&bytes, ""), Ok("正文\n".to_owned()));
}

#[test]
fn a_file_without_text_is_empty_and_one_without_a_body_is_damaged() {
    assert_eq!(text_of(&docx("<w:p/>"), ""), Err(ReadError::Empty));
    let bytes = zipped(&[("word/document.txt", b"")]);
    let format = Format::Docx;
    assert_eq!(text_of(&bytes, ""), Err(ReadError::Broken { format }));
}

#[test]
fn the_reader_finds_the_obligations_of_numbered_paragraphs_and_rows() {
    let text = text_of(&docx(&(p("一、措施") + &p("航道科要每月检查灯标。"))), "").unwrap();
    assert_eq!(text, "一、措施\n航道科要每月检查灯标。\n");
}

proptest! {
    #[test]
    fn no_change_of_bytes_makes_it_panic(at in 0.0..1.0_f64, byte in any::<u8>(), cut in 0.0..1.0_f64) {
        let levels = level(0, "decimal", "%1.", "");
        let numbering = format!("<w:numbering {WORD}>{}</w:numbering>", list(0, &levels, &[1]));
        let body = item(1, 0, "甲") + &format!("<w:tbl>{}</w:tbl>", row(&["任务", "v单位"]));
        let mut bytes = docx_with(&body, &[("word/numbering.xml", &numbering)]);
        let size = f64::from(u32::try_from(bytes.len()).unwrap());
        let index = |part: f64| (0..bytes.len()).find(|i| f64::from(u32::try_from(*i).unwrap()) >= part * size);
        let (at, cut) = (index(at).unwrap_or(0), index(cut).unwrap_or(0));
        bytes[at] = byte;
        let _ = text_of(&bytes, "");
        bytes.truncate(cut);
        let _ = text_of(&bytes, "");
    }

    #[test]
    fn any_text_in_a_paragraph_comes_back(words in prop::collection::vec("[\u{4e00}-\u{9fa5}]{1,9}", 1..20)) {
        let body: String = words.iter().map(|word| p(word)).collect();
        prop_assert_eq!(lines(&body), words);
    }

    #[test]
    fn any_elements_in_any_order_are_read(names in prop::collection::vec(0..12_usize, 0..60)) {
        const NAMES: [&str; 12] = ["p", "tbl", "tr", "tc", "r", "t", "pPr", "rPr", "del", "txbxContent", "footnote", "br"];
        let mut open = Vec::new();
        let mut body = String::new();
        for (i, name) in names.iter().enumerate() {
            if i % 3 == 2 && let Some(name) = open.pop() {
                body.push_str(&format!("</w:{name}>"));
            } else {
                body.push_str(&format!("<w:{}>字", NAMES[*name]));
                open.push(NAMES[*name]);
            }
        }
        while let Some(name) = open.pop() {
            body.push_str(&format!("</w:{name}>"));
        }
        let _ = text_of(&docx(&body), "");
    }
}
