//! Files that are built to do harm.

use std::sync::Arc;
use std::time::Duration;

use luoshi_documents::error::{Excess, ReadError};
use luoshi_documents::format::Format;
use luoshi_documents::limits::Limits;
use luoshi_documents::read;

use crate::parts::{WORD, docx, docx_with, hasty, item, limits, p, text_of, zipped};

fn excessive(what: Excess) -> Result<String, ReadError> {
    Err(ReadError::Excessive { what })
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![b' '; 9_000_000];
    let bomb = zipped(&[("word/document.xml", &zeros)]);
    assert!(bomb.len() < 20_000);
    assert_eq!(text_of(&bomb, ""), excessive(Excess::Unpacked));
    let limits = Limits {
        ratio: u64::MAX,
        unpacked: 8_000_000,
        ..limits()
    };
    assert_eq!(
        read(&bomb, "", &limits).map(|d| d.text),
        excessive(Excess::Unpacked)
    );
}

#[test]
fn a_size_that_lies_is_not_believed() {
    let mut bomb = zipped(&[("word/document.xml", &vec![b' '; 5_000_000])]);
    let real = 5_000_000_u32.to_le_bytes();
    let lie = 100_u32.to_le_bytes();
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == real {
            bomb[at..at + 4].copy_from_slice(&lie);
        }
    }
    let error = text_of(&bomb, "").unwrap_err();
    let broken = ReadError::Broken {
        format: Format::Docx,
    };
    let excess = ReadError::Excessive {
        what: Excess::Unpacked,
    };
    assert!(error == broken || error == excess, "{error:?}");
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let mut one = zipped(&[
        ("word/document.xml", docx_part(&p("甲")).as_bytes()),
        ("word/document.xm2", docx_part(&p("甲")).as_bytes()),
    ]);
    // The second entry of the directory points to the bytes of the first.
    let second = one.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    one[second + 42..second + 46].copy_from_slice(&0_u32.to_le_bytes());
    let error = text_of(&one, "").unwrap_err();
    assert_eq!(
        error,
        ReadError::Excessive {
            what: Excess::Unpacked
        }
    );
}

fn docx_part(body: &str) -> String {
    format!("<w:document {WORD}><w:body>{body}</w:body></w:document>")
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<String> = (0..10_001).map(|i| format!("media/{i}")).collect();
    let mut parts: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    parts.push(("word/document.xml", b""));
    assert_eq!(text_of(&zipped(&parts), ""), excessive(Excess::Entries));
}

#[test]
fn an_archive_inside_is_not_opened_and_no_name_is_followed() {
    let inner = zipped(&[("bomb", &vec![0; 3_000_000])]);
    let bytes = zipped(&[
        ("word/document.xml", docx_part(&p("甲")).as_bytes()),
        ("word/embeddings/a.zip", &inner),
        ("../../../../tmp/evil", b"x"),
        ("/etc/evil", b"x"),
        ("..\\evil", b"x"),
    ]);
    assert_eq!(text_of(&bytes, ""), Ok("甲\n".to_owned()));
    let outside = "<Relationships><Relationship Type=\"x/officeDocument\" Target=\"../../etc/passwd\"/></Relationships>";
    let bytes = zipped(&[
        ("_rels/.rels", outside.as_bytes()),
        ("word/document.xml", docx_part(&p("甲")).as_bytes()),
    ]);
    assert!(text_of(&bytes, "").is_err());
}

#[test]
fn declarations_are_refused_whether_they_grow_or_fetch() {
    for declaration in [
        "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE a SYSTEM \"http://example.invalid/a.dtd\">",
    ] {
        let document = format!("{declaration}{}", docx_part(&p("甲&b;")));
        let bytes = zipped(&[("word/document.xml", document.as_bytes())]);
        assert_eq!(text_of(&bytes, ""), excessive(Excess::Declarations));
    }
    let bytes = docx(&p("甲&unknown;乙"));
    assert_eq!(text_of(&bytes, ""), Ok("甲乙\n".to_owned()));
}

#[test]
fn deep_nesting_is_refused() {
    let deep = "<w:sdt>".repeat(100_000);
    assert_eq!(text_of(&docx(&deep), ""), excessive(Excess::Depth));
    let tables = "<w:tbl><w:tr><w:tc>".repeat(80);
    let closed = "</w:tc></w:tr></w:tbl>".repeat(80);
    let body = format!("{tables}{}{closed}", p("甲"));
    assert_eq!(text_of(&docx(&body), ""), Ok("甲\n".to_owned()));
}

#[test]
fn text_that_numbers_and_merged_cells_multiply_is_bounded() {
    let cell = format!(
        "<w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>{}</w:tc><w:tc/></w:tr>",
        p(&"长".repeat(10_000))
    );
    let row = "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc><w:tc/></w:tr>";
    let body = format!("<w:tbl>{cell}{}</w:tbl>", row.repeat(1_000));
    let limits = Limits {
        text: 5_000_000,
        ..limits()
    };
    let text = |body: &str| read(&docx(body), "", &limits).map(|d| d.text);
    assert_eq!(text(&body), excessive(Excess::Text));
    let wide = "<w:tr><w:trPr><w:gridBefore w:val=\"4000000000\"/></w:trPr></w:tr>";
    let body = format!("<w:tbl>{}</w:tbl>", wide.repeat(5_000));
    assert_eq!(text(&body), excessive(Excess::Text));
    let numbering = format!(
        "<w:numbering {WORD}><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:lvlText w:val=\"{}\"/></w:lvl>\
         </w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
        "%1".repeat(50_000)
    );
    let bytes = docx_with(
        &item(1, 0, "甲").repeat(100),
        &[("word/numbering.xml", &numbering)],
    );
    assert!(text_of(&bytes, "").unwrap().len() < 100 * 400);
}

#[test]
fn a_reading_that_takes_too_long_is_given_up() {
    let body = p("各渡口要检查缆绳。").repeat(5_000);
    let error = read(&docx(&body), "", &hasty(400)).unwrap_err();
    assert_eq!(error, ReadError::TooSlow { seconds: 10 });
}

#[test]
fn very_long_lines_are_read() {
    let text = "各渡口要检查缆绳，".repeat(200_000);
    assert_eq!(text_of(&docx(&p(&text)), "").unwrap().trim_end(), text);
    assert_eq!(text_of(text.as_bytes(), "a.txt").unwrap(), text);
}

#[test]
fn a_file_above_the_limit_is_not_looked_at() {
    let limits = Limits {
        bytes: 100,
        clock: Arc::new(|| Duration::ZERO),
        ..limits()
    };
    let error = read(&[b'a'; 101], "a.txt", &limits).unwrap_err();
    assert_eq!(
        error,
        ReadError::TooLarge {
            limit: 100,
            size: 101
        }
    );
}

#[test]
fn an_encrypted_file_says_so() {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let error = text_of(&bytes, "a.docx").unwrap_err();
    assert!(matches!(error, ReadError::Encrypted { .. }));
    assert!(
        error.message_zh().contains("请去掉密码"),
        "{}",
        error.message_zh()
    );
}
