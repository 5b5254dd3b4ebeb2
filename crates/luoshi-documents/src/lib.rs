//! Bytes of an uploaded file to plain text.
//!
//! This crate decodes and refuses; it stores nothing, writes to no place but a temporary folder for
//! the converter of older formats, and knows nothing of plans.
//! Heavy format libraries belong here and nowhere else, so that no other crate waits for them.
//!
//! The other way, a list becomes an Excel file ([`workbook`]).
//!
//! Whatever the format, the text has one paragraph a line with its number, and one table row a line
//! as `| cell | cell |`, the names of the columns first.

pub mod attached;
pub mod error;
pub mod format;
pub mod ics;
pub mod limits;
pub mod programs;
pub mod text;
pub mod workbook;

mod converter;
mod csv;
mod docx;
mod html;
mod package;
mod pdf;
mod tables;
mod xlsx;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

use error::ReadError;
use format::Format;
use limits::{Budget, Limits};

/// Endings of the file names that are offered, without dots.
pub const ENDINGS: [&str; 14] = [
    "docx", "pdf", "xlsx", "csv", "html", "htm", "txt", "md", "doc", "wps", "xls", "et", "rtf",
    "odt",
];

/// The same in words, as they stand in a Chinese sentence.
pub const FORMATS_ZH: &str = "Word（.docx）、PDF（有文字的）、Excel（.xlsx）、CSV、网页（.html）、纯文本（.txt、.md）；\
    旧版 .doc、.wps、.xls 需要服务器装有 LibreOffice";

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its text; offsets of whatever is found in it count in code points of this.
    pub text: String,
    /// What the file is.
    pub format: Format,
    /// The encoding, where the file is text: `UTF-8`, `UTF-16LE`, `gb18030` …
    pub encoding: Option<&'static str>,
}

impl Document {
    /// Whether the text is the file itself, so that offsets count in the file as it stands on disk.
    pub fn is_plain(&self) -> bool {
        self.format == Format::Text
    }
}

/// Reads a file of any known format as text; the name only helps where the bytes do not say.
///
/// A file is read whole or not at all. Blocks the thread for at most [`Limits::time`], so it belongs
/// on a thread for such work. A fault inside a library is caught and told as [`ReadError::Broken`].
pub fn read(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Document, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge {
            limit: limits.bytes,
            size: bytes.len(),
        });
    }
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let sniffed = format::sniff(bytes);
    let read = AssertUnwindSafe(|| read_as(sniffed, bytes, file_name, limits));
    catch_unwind(read).unwrap_or_else(|_fault| {
        let format = sniffed.unwrap_or(Format::Text);
        Err(ReadError::Broken { format })
    })
}

fn read_as(
    sniffed: Option<Format>,
    bytes: &[u8],
    file_name: &str,
    limits: &Limits,
) -> Result<Document, ReadError> {
    let budget = Budget::new(limits);
    let made = |text: String, format| {
        if is_blank(&text) {
            return Err(ReadError::Empty);
        }
        Ok(Document {
            text,
            format,
            encoding: None,
        })
    };
    let Some(format) = sniffed else {
        if html::is_page(bytes, file_name) {
            let (text, encoding) = html::read(bytes, &budget)?;
            let document = made(text, Format::Html)?;
            return Ok(Document {
                encoding: Some(encoding),
                ..document
            });
        }
        let decoded = text::decode_text(bytes)?;
        let (format, text) = if format::ends(file_name, &["csv", "tsv"]) {
            (Format::Csv, csv::read(&decoded.text, &budget)?)
        } else {
            (Format::Text, decoded.text)
        };
        return Ok(Document {
            text,
            format,
            encoding: Some(decoded.encoding),
        });
    };
    if format::is_encrypted_office(bytes) {
        return Err(ReadError::Encrypted {
            format: Format::Office,
        });
    }
    match format {
        Format::Docx => made(docx::read(bytes, &budget)?, format),
        Format::Pdf => made(pdf::read(bytes, &budget)?, format),
        Format::Xlsx => made(xlsx::read(bytes, &budget)?, format),
        Format::Xls => {
            let xlsx = converter::convert(bytes, format, limits)?;
            made(xlsx::read(&xlsx, &Budget::new(limits))?, format)
        }
        Format::Doc | Format::Rtf | Format::Odt => {
            let docx = converter::convert(bytes, format, limits)?;
            // The time of the reading begins when the conversion is done.
            made(docx::read(&docx, &Budget::new(limits))?, format)
        }
        _ => Err(ReadError::Unsupported { format }),
    }
}

/// Whether a text has nothing to read.
pub(crate) fn is_blank(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    text.chars().all(blank)
}
