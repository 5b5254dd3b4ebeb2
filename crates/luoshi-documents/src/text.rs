//! Plain text files: which encoding, and what they say.
//!
//! Offsets into the result are Unicode code points of the text as it stands on disk.
//! A byte order mark is one code point of that text and stays in it as U+FEFF; it counts.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::ReadError;
use crate::format::{self, Format};
use crate::limits::MAX_BYTES;

/// A decoded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedText {
    /// The text, with its byte order mark where it had one.
    pub text: String,
    /// Name of the encoding, such as `UTF-8`, `UTF-16LE` or `gb18030`.
    pub encoding: &'static str,
}

/// Decodes a `.txt` file: UTF-8, UTF-16 with a byte order mark, or GB18030.
///
/// A text is decoded whole or not at all; nothing is replaced.
pub fn decode_text(bytes: &[u8]) -> Result<DecodedText, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge {
            limit: MAX_BYTES,
            size: bytes.len(),
        });
    }
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if let Some(format) = format::sniff(bytes) {
        return Err(ReadError::Unsupported { format });
    }
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if bytes.contains(&0) => {
            return Err(ReadError::Unsupported {
                format: Format::Unknown,
            });
        }
        None => guess(bytes).ok_or(ReadError::UnknownEncoding)?,
    };
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(ReadError::UnknownEncoding)?;
    if text.contains('\0') {
        return Err(ReadError::Unsupported {
            format: Format::Unknown,
        });
    }
    if crate::is_blank(&text) {
        return Err(ReadError::Empty);
    }
    if !reads_like_text(&text) {
        return Err(ReadError::UnknownEncoding);
    }
    Ok(DecodedText {
        text: text.into_owned(),
        encoding: encoding.name(),
    })
}

/// UTF-8 where the bytes are valid, else what the detector says, if it is one that plans come in.
fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    if std::str::from_utf8(bytes).is_ok() {
        return Some(UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    if guessed == GBK || guessed == GB18030 {
        return Some(GB18030);
    }
    (guessed == UTF_16LE || guessed == UTF_16BE).then_some(guessed)
}

/// Whether a text is free of control characters that no text has.
///
/// GB18030 gives almost every run of bytes some reading, so a reading alone proves little.
fn reads_like_text(text: &str) -> bool {
    let mut odd = 0_usize;
    let mut all = 0_usize;
    for c in text.chars() {
        all += 1;
        let control = c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
        if control || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}') {
            odd += 1;
        }
    }
    odd * 50 <= all
}
