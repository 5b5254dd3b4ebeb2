//! Web pages.

use luoshi_documents::error::ReadError;
use luoshi_documents::format::Format;
use luoshi_documents::read;
use proptest::prelude::*;

use crate::parts::{limits, text_of};

const PAGE: &str = "<!DOCTYPE html><html><head><meta charset=\"CHARSET\"><meta name=\"ArticleTitle\" \
    content=\"渡口安全工作方案\"><title>渡口安全工作方案_云渡局</title><style>p{}</style></head><body>\
    <div class=\"header\"><a href=\"/\">首页</a><a>政务公开</a></div><div class=\"crumbs\">当前位置：首页</div>\
    <div class=\"wrap\"><div class=\"left-menu\"><ul><li><a>通知公告</a></li><li><a>政策文件</a></li></ul></div>\
    <div id=\"zoom\"><p>&nbsp;&nbsp;一、工作目标</p><p>各渡口要在2026年6月底前\n完成缆绳更换，<b>机务科</b>每月检查。</p>\
    <p>二、工作措施<br>（一）航道科要补设灯标；（二）港口科要清理淤点。</p>\
    <table><tr><th>序号</th><th>任务</th><th>单位</th></tr><tr><td>1</td><td>设标<br>12座</td>\
    <td rowspan=2>航道科</td></tr><tr><td>2</td><td>清淤</td></tr></table>\
    <script>var a = '<p>不要</p>';</script><p style=\"display: none\">隐藏</p></div>\
    <div class=\"bdsharebuttonbox\">分享到</div></div><div class=\"footer\">版权所有 云渡局</div></body></html>";

const TEXT: &str = "渡口安全工作方案\n一、工作目标\n各渡口要在2026年6月底前完成缆绳更换，机务科每月检查。\n\
    二、工作措施\n（一）航道科要补设灯标；（二）港口科要清理淤点。\n| 序号 | 任务 | 单位 |\n\
    | 1 | 设标 12座 | 航道科 |\n| 2 | 清淤 | 航道科 |\n";

#[test]
fn import_01_the_article_is_read_and_what_is_around_it_left_out() {
    let document = read(
        PAGE.replace("CHARSET", "utf-8").as_bytes(),
        "a.html",
        &limits(),
    )
    .unwrap();
    assert_eq!(document.format, Format::Html);
    assert_eq!(document.text, TEXT);
}

#[test]
fn the_encoding_is_the_one_that_the_page_names_or_the_bytes_show() {
    for name in ["gb2312", "GBK", "utf-8"] {
        let (bytes, ..) = encoding_rs::GBK.encode(PAGE);
        let page = String::from_utf8_lossy(&bytes).into_owned();
        assert!(page.contains("CHARSET"));
        let at = bytes.windows(7).position(|w| w == b"CHARSET").unwrap();
        let mut named = bytes[..at].to_vec();
        named.extend(name.as_bytes());
        named.extend(&bytes[at + 7..]);
        assert_eq!(text_of(&named, "").unwrap(), TEXT, "{name}");
    }
    let (bytes, ..) = encoding_rs::GBK.encode("<p>各渡口要检查缆绳。</p>");
    assert_eq!(text_of(&bytes, "a.htm").unwrap(), "各渡口要检查缆绳。\n");
}

#[test]
fn old_pages_of_tables_in_tables_are_read() {
    let page = "<html><body><table><tr><td>首页</td></tr></table><table><tr><td>栏目</td><td><table><tr><td>\
        <p>一、目标<p>各渡口要检查缆绳，修好码头。<p>二、措施<p>航道科要补设灯标，清理淤点。\
        </td></tr></table></td></tr></table></body></html>";
    assert_eq!(
        text_of(page.as_bytes(), "").unwrap(),
        "一、目标\n各渡口要检查缆绳，修好码头。\n二、措施\n航道科要补设灯标，清理淤点。\n"
    );
}

#[test]
fn lists_with_numbers_keep_them_and_merged_heads_become_one() {
    let page = "<html><body><ol start=3><li>检查缆绳。<li>更换灯标。</ol><ul><li>清淤。</ul>\
        <table><thead><tr><th rowspan=2>任务<th colspan=2>单位</tr><tr><th>牵头<th>配合</tr></thead>\
        <tr><td>设标<td>航道科<td>港口科</table></body></html>";
    assert_eq!(
        text_of(page.as_bytes(), "").unwrap(),
        "3. 检查缆绳。\n4. 更换灯标。\n清淤。\n| 任务 | 牵头 | 配合 |\n| 设标 | 航道科 | 港口科 |\n"
    );
}

#[test]
fn deep_pages_and_wide_cells_cost_what_they_hold() {
    let deep = format!(
        "<html><body>{}<p>各渡口要检查缆绳。",
        "<div>".repeat(200_000)
    );
    assert_eq!(
        text_of(deep.as_bytes(), "").unwrap(),
        "各渡口要检查缆绳。\n"
    );
    let wide = "<html><body><table><tr><td>甲<td rowspan=99999999 colspan=99999999>乙<tr><td>丙<td>丁</table>";
    assert!(text_of(wide.as_bytes(), "").unwrap().contains('乙'));
    let row = "<tr><td rowspan=500>长长长长长长长长<td>乙".repeat(3_000);
    let page = format!("<html><body><table>{row}</table>");
    assert!(text_of(page.as_bytes(), "").is_ok());
    let menu = "<div class=\"nav\">".repeat(250) + &"<p class=menu>甲".repeat(20_000);
    assert!(text_of(format!("<html>{menu}").as_bytes(), "").is_err());
}

#[test]
fn a_page_without_text_is_empty() {
    let page = b"<html><body><script>1</script></body></html>";
    assert_eq!(text_of(page, ""), Err(ReadError::Empty));
}

proptest! {
    #[test]
    fn any_tags_are_read(tags in prop::collection::vec((0..14_usize, 0..3_usize), 0..80)) {
        const NAMES: [&str; 14] = ["p", "table", "tr", "td", "th", "div", "ol", "li", "a", "br", "thead", "script", "h1", "b"];
        let mut page = String::from("<html>");
        for (name, kind) in tags {
            let name = NAMES[name];
            page.push_str(&match kind {
                0 => format!("<{name} rowspan=2 class=nav>字。"),
                1 => format!("<{name} colspan=3>"),
                _ => format!("</{name}>"),
            });
        }
        let _ = text_of(page.as_bytes(), "");
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = text_of(&bytes, "a.html");
    }
}
