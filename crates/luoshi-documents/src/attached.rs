//! What an attached file is, told by its bytes alone.
//!
//! Only what offices send is known here; pages, scripts and programs are nothing. The bytes are not
//! read any further: who opens the file reads it with a program of their own.

use crate::format::{self, Format};
use crate::text;

/// A sort of file that may be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// PDF.
    Pdf,
    /// Word's `.docx`.
    Docx,
    /// Word's older `.doc`.
    Doc,
    /// Excel's `.xlsx`.
    Xlsx,
    /// Excel's older `.xls`.
    Xls,
    /// Slides in the newer format, `.pptx`.
    Pptx,
    /// Slides in the older format, `.ppt`.
    Ppt,
    /// OFD.
    Ofd,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// MP4.
    Mp4,
    /// Plain text.
    Text,
    /// Another ZIP archive.
    Zip,
}

/// Why a file is none of the sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Nothing in it.
    Empty,
    /// Text with markup, which a browser would run.
    Markup,
    /// An office file with a password.
    Encrypted,
    /// Anything else.
    Unknown,
}

/// What the bytes are.
pub fn sort(bytes: &[u8]) -> Result<Sort, Odd> {
    if bytes.is_empty() {
        return Err(Odd::Empty);
    }
    if is_markup(bytes) {
        return Err(Odd::Markup);
    }
    if format::is_encrypted_office(bytes) {
        return Err(Odd::Encrypted);
    }
    // Archives and compound files are told apart by what they hold.
    if let Some(known) = format::sniff(bytes) {
        return match known {
            Format::Pdf => Ok(Sort::Pdf),
            Format::Docx => Ok(Sort::Docx),
            Format::Xlsx => Ok(Sort::Xlsx),
            Format::Slides if bytes.starts_with(b"PK") => Ok(Sort::Pptx),
            Format::Slides => Ok(Sort::Ppt),
            Format::Doc => Ok(Sort::Doc),
            Format::Xls => Ok(Sort::Xls),
            Format::Ofd => Ok(Sort::Ofd),
            Format::Zip => Ok(Sort::Zip),
            Format::Picture => picture(bytes),
            _ => Err(Odd::Unknown),
        };
    }
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some("image/webp") => Ok(Sort::Webp),
        Some("video/mp4") => Ok(Sort::Mp4),
        Some(_) => Err(Odd::Unknown),
        None => match text::decode_text(bytes) {
            Ok(_) => Ok(Sort::Text),
            Err(_) => Err(Odd::Unknown),
        },
    }
}

fn picture(bytes: &[u8]) -> Result<Sort, Odd> {
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some("image/jpeg") => Ok(Sort::Jpeg),
        Some("image/png") => Ok(Sort::Png),
        _ => Err(Odd::Unknown),
    }
}

/// Whether a browser could take the bytes for a page, a drawing or a script, whatever follows.
fn is_markup(bytes: &[u8]) -> bool {
    const TAGS: [&str; 6] = ["<script", "<svg", "<html", "<iframe", "<body", "<!doctype"];
    let head = bytes.get(..1024).unwrap_or(bytes);
    let bare: Vec<u8> = head
        .iter()
        .filter(|byte| **byte != 0) // UTF-16 is told as well
        .map(u8::to_ascii_lowercase)
        .collect();
    let start = bare
        .strip_prefix(b"\xef\xbb\xbf")
        .or_else(|| bare.strip_prefix(b"\xff\xfe"))
        .or_else(|| bare.strip_prefix(b"\xfe\xff"))
        .unwrap_or(&bare)
        .trim_ascii_start();
    let opens = match start {
        [b'<', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/'),
        _ => false,
    };
    let holds = |tag: &&str| memchr::memmem::find(&bare, tag.as_bytes()).is_some();
    // Packed bytes hold anything by chance; only text is looked through.
    let packed = format::sniff(bytes).is_some();
    opens || (!packed && TAGS.iter().any(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn sys_05_a_file_is_what_its_bytes_are() {
        let mp4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41";
        let cases: [(&[u8], Sort); 10] = [
            (b"%PDF-1.7\n1 0 obj", Sort::Pdf),
            (b"PK\x03\x04....word/document.xml", Sort::Docx),
            (b"PK\x03\x04....xl/workbook.xml", Sort::Xlsx),
            (b"PK\x03\x04....ppt/presentation.xml", Sort::Pptx),
            (b"PK\x03\x04....OFD.xml", Sort::Ofd),
            (b"PK\x03\x04....readme", Sort::Zip),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Sort::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Sort::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Sort::Webp),
            (mp4, Sort::Mp4),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sort(bytes), Ok(expected));
        }
        assert_eq!(sort("验收情况说明".as_bytes()), Ok(Sort::Text));
        let (gbk, _, _) = encoding_rs::GB18030.encode("验收情况说明，附照片三张。");
        assert_eq!(sort(&gbk), Ok(Sort::Text));
        assert_eq!(sort("进度 < 80% 的 <3 项>".as_bytes()), Ok(Sort::Text));
    }

    #[test]
    fn sys_05_pages_drawings_and_programs_are_refused() {
        let markup = [
            "<!DOCTYPE html><p>x",
            " \n<html>",
            "<?xml version=\"1.0\"?><svg/>",
            "<svg onload=alert(1)>",
            "前言\n<ScRiPt>alert(1)</script>",
            "<!-- --><b>",
            "<html>%PDF-1.4",
        ];
        for text in markup {
            assert_eq!(sort(text.as_bytes()), Err(Odd::Markup), "{text}");
            assert_eq!(sort(&wide(text)), Err(Odd::Markup), "{text}");
        }
        let programs: [&[u8]; 6] = [
            b"MZ\x90\0\x03\0\0\0PK\x03\x04",
            b"\x7fELF\x02\x01\x01",
            b"\xca\xfe\xba\xbe\0\0\0\x34",
            b"GIF89a\x01\0",
            b"{\\rtf1}",
            b"\0\x01\x02\x03",
        ];
        for bytes in programs {
            assert_eq!(sort(bytes), Err(Odd::Unknown), "{bytes:?}");
        }
        assert_eq!(sort(b""), Err(Odd::Empty));
    }
}
