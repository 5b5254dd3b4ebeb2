//! Files as they arrive: good ones, foreign ones and hostile ones.

use encoding_rs::GB18030;
use luoshi_documents::error::ReadError;
use luoshi_documents::format::Format;
use luoshi_documents::limits::MAX_BYTES;
use luoshi_documents::text::decode_text;
use proptest::prelude::*;

const PLAN: &str = "一、工作目标\n各车队每月报送油耗，6月底前修完三座涵洞。\n";

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in "\u{feff}".encode_utf16().chain(text.encode_utf16()) {
        bytes.extend(if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        });
    }
    bytes
}

#[test]
fn utf_8_comes_back_as_it_was() {
    let read = decode_text(PLAN.as_bytes()).unwrap();
    assert_eq!((read.text.as_str(), read.encoding), (PLAN, "UTF-8"));
}

#[test]
fn a_byte_order_mark_stays_and_counts_as_one_code_point() {
    let marked = format!("\u{feff}{PLAN}");
    let read = decode_text(marked.as_bytes()).unwrap();
    assert_eq!(read.text, marked);
    assert_eq!(read.text.chars().count(), PLAN.chars().count() + 1);
}

#[test]
fn utf_16_is_read_in_both_orders() {
    for (little, name) in [(true, "UTF-16LE"), (false, "UTF-16BE")] {
        let read = decode_text(&utf16(PLAN, little)).unwrap();
        assert_eq!(read.encoding, name);
        assert_eq!(read.text.trim_start_matches('\u{feff}'), PLAN);
    }
}

#[test]
fn gbk_is_recognised() {
    let (bytes, _, _) = GB18030.encode(PLAN);
    let read = decode_text(&bytes).unwrap();
    assert_eq!((read.text.as_str(), read.encoding), (PLAN, "gb18030"));
}

#[test]
fn nothing_and_blanks_are_empty() {
    for bytes in [&b""[..], b" \r\n\t ", "\u{feff}\u{3000}\n".as_bytes()] {
        assert_eq!(decode_text(bytes), Err(ReadError::Empty), "{bytes:?}");
    }
}

#[test]
fn other_formats_are_named() {
    for (bytes, format) in [
        (&b"%PDF-1.7\n%\xe2\xe3"[..], Format::Pdf),
        (
            b"PK\x03\x04\x14\0\x06\0[Content_Types].xml word/document.xml",
            Format::Docx,
        ),
        (b"PK\x03\x04\x14\0photos/a.jpg", Format::Zip),
        (b"PK\x03\x04\x14\0OFD.xml", Format::Ofd),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", Format::Office),
        (b"{\\rtf1\\ansi", Format::Rtf),
        (b"\x89PNG\r\n\x1a\n", Format::Picture),
        (b"abc\0def", Format::Unknown),
    ] {
        assert_eq!(
            decode_text(bytes),
            Err(ReadError::Unsupported { format }),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_file_of_50_megabytes_is_refused_without_reading_it() {
    let bytes = vec![b'a'; 50_000_000];
    let error = decode_text(&bytes).unwrap_err();
    assert_eq!(
        error,
        ReadError::TooLarge {
            limit: MAX_BYTES,
            size: 50_000_000
        }
    );
    assert!(decode_text(bytes.get(..MAX_BYTES).unwrap()).is_ok());
}

#[test]
fn garbage_is_no_text() {
    let bytes: Vec<u8> = (0..4000_u32)
        .map(|i| u8::try_from(128 + i * 97 % 128).unwrap())
        .collect();
    assert_eq!(decode_text(&bytes), Err(ReadError::UnknownEncoding));
    assert_eq!(
        decode_text(b"\xff\xff\xff\xff"),
        Err(ReadError::UnknownEncoding)
    );
}

#[test]
fn every_refusal_says_what_happened_what_was_kept_and_what_to_do() {
    let errors = [
        ReadError::Empty,
        ReadError::TooLarge {
            limit: MAX_BYTES,
            size: 50_000_000,
        },
        ReadError::Unsupported {
            format: Format::Pdf,
        },
        ReadError::UnknownEncoding,
    ];
    for error in &errors {
        let message = error.message_zh();
        assert!(message.contains("没有保存任何内容"), "{message}");
        assert!(message.contains('请'), "{message}");
    }
    assert!(errors[1].message_zh().contains("50 MB，超过上限 20 MB"));
    assert!(errors[2].message_zh().starts_with("这是 PDF 文件，读不了"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = decode_text(&bytes);
    }

    #[test]
    fn any_text_in_utf_8_comes_back(text in "[\u{4e00}-\u{9fa5}a-z。，\n]{1,200}") {
        prop_assume!(!text.trim().is_empty());
        prop_assert_eq!(decode_text(text.as_bytes()).unwrap().text, text);
    }
}
