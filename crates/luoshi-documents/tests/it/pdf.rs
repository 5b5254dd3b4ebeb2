//! PDF files, written by hand.

use luoshi_documents::error::{Excess, ReadError};
use luoshi_documents::format::Format;
use luoshi_documents::limits::Limits;
use luoshi_documents::read;
use proptest::prelude::*;

use crate::pages::{Coding, deflated, file, pdf, stream};
use crate::parts::{hasty, limits, text_of};

const TITLE: (f32, f32, &str) = (200.0, 100.0, "渡口安全工作方案");

#[test]
fn import_02_lines_of_a_paragraph_are_joined_whatever_the_coding() {
    for coding in [Coding::Table, Coding::Gbk, Coding::Wide] {
        let page = vec![
            TITLE,
            (122.0, 140.0, "一、工作目标"),
            (122.0, 168.0, "各渡口要在六月底前完成缆绳更换，机务科"),
            (90.0, 196.0, "每月检查一次并把结果报送安全科。"),
            (122.0, 224.0, "二、工作措施"),
        ];
        let text = text_of(&pdf(&[page], coding), "").unwrap();
        assert_eq!(
            text,
            "渡口安全工作方案\n一、工作目标\n各渡口要在六月底前完成缆绳更换，机务科每月检查一次并把结果报送安全科。\n\
             二、工作措施\n",
            "{coding:?}"
        );
    }
}

#[test]
fn import_02_a_paragraph_goes_on_over_heads_feet_and_page_numbers() {
    let page = |first: &'static str, last: &'static str, number: &'static str| {
        vec![
            (90.0, 60.0, "云渡局文件"),
            (90.0, 120.0, first),
            (122.0, 148.0, "各渡口要完成缆绳更换。"),
            (122.0, 176.0, "各码头要完成灯标更换。"),
            (90.0, 204.0, last),
            (290.0, 790.0, number),
        ]
    };
    let pages = [
        page(
            "一、工作目标",
            "航道科要在六月底前补设灯标十二座并且清理",
            "— 1 —",
        ),
        page(
            "淤点六处。",
            "港口科要在七月底前修好三座码头并且把总结",
            "— 2 —",
        ),
        page("报送安全科。", "机务科要在八月底前更换六台锚机。", "— 3 —"),
    ];
    let text = text_of(&pdf(&pages, Coding::Table), "").unwrap();
    assert!(!text.contains("文件") && !text.contains('—'), "{text}");
    assert!(text.contains("十二座并且清理淤点六处。\n"), "{text}");
    assert!(text.contains("并且把总结报送安全科。\n"), "{text}");
}

#[test]
fn a_file_without_a_text_layer_says_so() {
    let blank = pdf(&[vec![]], Coding::Table);
    assert_eq!(text_of(&blank, ""), Err(ReadError::Scanned));
    assert!(ReadError::Scanned.message_zh().contains("文字识别"));
    let blind = pdf(&[vec![TITLE]], Coding::Blind);
    assert_eq!(text_of(&blind, ""), Err(ReadError::Scanned));
}

#[test]
fn too_many_pages_are_refused() {
    let limits = Limits {
        pages: 3,
        ..limits()
    };
    let pages: Vec<_> = (0..4).map(|_| vec![TITLE]).collect();
    let error = read(&pdf(&pages, Coding::Table), "", &limits).unwrap_err();
    assert_eq!(error, ReadError::TooManyPages { limit: 3 });
    assert!(read(&pdf(&pages[..3], Coding::Table), "", &limits).is_ok());
}

/// A file of one page with this content and these further objects from 4 on.
fn one_page(content: &[u8], filter: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>".to_vec(),
        stream(filter, content),
    ];
    objects.extend(more.iter().cloned());
    file(&objects, "")
}

#[test]
fn streams_that_unpack_without_end_are_refused() {
    let bomb = deflated(&vec![b' '; 20_000_000]);
    let error = text_of(&one_page(&bomb, "/Filter/FlateDecode", &[]), "").unwrap_err();
    assert_ne!(error, ReadError::Empty);
    let twice = deflated(&bomb);
    let filter = "/Filter[/FlateDecode/FlateDecode]";
    assert!(text_of(&one_page(&twice, filter, &[]), "").is_err());
    let objects = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &bomb);
    let limits = Limits {
        unpacked: 8_000_000,
        ..limits()
    };
    let what = Excess::Unpacked;
    let error = read(&one_page(b"", "", &[objects]), "", &limits).unwrap_err();
    assert_eq!(error, ReadError::Excessive { what });
}

#[test]
fn nested_objects_and_circles_come_to_an_end() {
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    assert!(text_of(&one_page(b"", "", &[deep]), "").is_err());
    let content = [b"[".repeat(200_000), b"] TJ".to_vec()].concat();
    assert!(text_of(&one_page(&content, "", &[]), "").is_err());
    let itself = stream("/Type/XObject/Subtype/Form", b"/X Do /X Do");
    assert!(text_of(&one_page(b"/X Do", "", &[itself]), "").is_err());
    let circle = file(
        &[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2/Parent 3 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Resources 3 0 R>>".to_vec(),
        ],
        "/Prev 9",
    );
    assert!(text_of(&circle, "").is_err());
    let lying =
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 4294967295\n0000000000 65535 f \n\
        trailer<</Size 4294967295/Root 1 0 R>>\nstartxref\n40\n%%EOF";
    assert!(text_of(lying, "").is_err());
}

#[test]
fn an_encrypted_file_says_so() {
    let trailer = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<\
        2055C756C72E1AD702608E8196ACAD447AD32D17CFF583235F6DD15FED7DAB67>/U<\
        7055C756C72E1AD702608E8196ACAD447AD32D17CFF583235F6DD15FED7DAB67>>>";
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[]/Count 0>>".to_vec(),
    ];
    let format = Format::Pdf;
    let error = text_of(&file(&objects, trailer), "").unwrap_err();
    assert_eq!(error, ReadError::Encrypted { format });
}

#[test]
fn a_reading_that_takes_too_long_is_given_up() {
    let pages: Vec<_> = (0..40).map(|_| vec![TITLE]).collect();
    let error = read(&pdf(&pages, Coding::Table), "", &hasty(400)).unwrap_err();
    assert_eq!(error, ReadError::TooSlow { seconds: 10 });
}

#[cfg(unix)]
#[test]
fn pdftotext_is_asked_where_the_signs_have_no_reading() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pdftotext");
    let script = "#!/bin/sh\ncat > out.html <<'E'\n<!DOCTYPE html PUBLIC \"x\" \"y\">\n<html><body><doc>\n\
        <page width=\"595\" height=\"842\"><word xMin=\"90\" yMin=\"100\" xMax=\"250\" yMax=\"116\">渡口方案</word>\n\
        </page></doc></body></html>\nE\n";
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let limits = Limits {
        programs: luoshi_documents::programs::Programs::in_folders([folder.path().to_owned()]),
        ..limits()
    };
    let blind = pdf(&[vec![TITLE]], Coding::Blind);
    // The stand-in knows four signs only, which is still more than none.
    let document = read(&blind, "", &limits).unwrap();
    assert_eq!(document.text, "渡口方案\n");
    let good = pdf(&[vec![TITLE]], Coding::Table);
    assert_eq!(read(&good, "", &limits).unwrap().text, "渡口安全工作方案\n");
}

proptest! {
    #[test]
    fn no_change_of_bytes_makes_it_panic(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = pdf(&[vec![TITLE, (90.0, 200.0, "检查缆绳")]], Coding::Table);
        let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
        bytes[at] = byte;
        let _ = text_of(&bytes, "");
        bytes.truncate(cut);
        let _ = text_of(&bytes, "");
    }

    #[test]
    fn any_orders_on_a_page_are_read(content in "[BTEqQcmfjJd0-9 ./<>()\\[\\]-]{0,120}") {
        let _ = text_of(&one_page(content.as_bytes(), "", &[]), "");
    }
}
