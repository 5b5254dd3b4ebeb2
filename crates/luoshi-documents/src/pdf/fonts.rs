//! Codes of a font to signs and their widths.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;
use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use lopdf::{Dictionary, Document, Object};

/// Most bytes of a table of signs.
const TABLE: usize = 4_000_000;

/// A font as far as reading needs it.
pub(super) struct Font {
    /// Several bytes a sign, by this table; `None` for one byte a sign.
    codes: Option<CMap>,
    /// Whether the codes are UTF-16 themselves.
    is_unicode: bool,
    to_unicode: Option<CMap>,
    /// Numbers of a Chinese collection to signs.
    collection: Option<CMap>,
    /// Signs by one-byte code that differ from the usual.
    differences: HashMap<u8, String>,
    widths: HashMap<u32, f32>,
    usual_width: f32,
}

/// One code of a string.
pub(super) struct Sign {
    /// What it reads as; `None` where nothing tells.
    pub(super) text: Option<String>,
    /// Its width in thousandths of the size.
    pub(super) width: f32,
    /// Whether it is the one-byte blank, which word spacing widens.
    pub(super) is_blank: bool,
}

impl Font {
    pub(super) fn read(document: &Document, font: &Dictionary) -> Self {
        let get = |dict: &'_ Dictionary, key: &[u8]| -> Option<Object> {
            let object = dict.get(key).ok()?;
            document
                .dereference(object)
                .ok()
                .map(|(_, found)| found.clone())
        };
        let stream = |object: Object| match object {
            Object::Stream(stream) => stream.decompressed_content_with_limit(TABLE).ok(),
            _ => None,
        };
        let table = |bytes: Vec<u8>| CMap::parse(&bytes, load_embedded);
        let to_unicode = get(font, b"ToUnicode").and_then(stream).and_then(table);
        let subtype = font
            .get(b"Subtype")
            .and_then(Object::as_name)
            .unwrap_or(b"");
        let mut made = Self {
            codes: None,
            is_unicode: false,
            to_unicode,
            collection: None,
            differences: HashMap::new(),
            widths: HashMap::new(),
            usual_width: 500.0,
        };
        if subtype != b"Type0" {
            made.simple(document, font);
            return made;
        }
        made.usual_width = 1000.0;
        match get(font, b"Encoding") {
            Some(Object::Name(name)) => {
                made.is_unicode = name.starts_with(b"Uni")
                    && (memchr::memmem::find(&name, b"UCS2").is_some()
                        || memchr::memmem::find(&name, b"UTF16").is_some());
                made.codes = match CMapName::from_bytes(&name) {
                    CMapName::IdentityH => Some(CMap::identity_h()),
                    CMapName::IdentityV => Some(CMap::identity_v()),
                    known => {
                        load_embedded(known).and_then(|bytes| CMap::parse(bytes, load_embedded))
                    }
                };
            }
            Some(object) => made.codes = stream(object).and_then(table),
            None => {}
        }
        made.codes.get_or_insert_with(CMap::identity_h);
        let below = get(font, b"DescendantFonts").and_then(|list| match list {
            Object::Array(list) => list.first().cloned(),
            _ => None,
        });
        let below = below.and_then(|object| {
            let (_, found) = document.dereference(&object).ok()?;
            found.as_dict().ok().cloned()
        });
        if let Some(below) = below {
            made.collected(document, &below);
        }
        made
    }

    /// The collection and the widths of a font with many signs.
    fn collected(&mut self, document: &Document, font: &Dictionary) {
        let number = |key: &[u8]| font.get(key).and_then(Object::as_float).ok();
        self.usual_width = number(b"DW").unwrap_or(1000.0);
        let dereferenced = |key: &[u8]| {
            let object = font.get(key).ok()?;
            document.dereference(object).ok().map(|(_, found)| found)
        };
        if let Some(Object::Dictionary(about)) = dereferenced(b"CIDSystemInfo") {
            let word = |key: &[u8]| about.get(key).and_then(Object::as_str).unwrap_or(b"");
            let family = CidFamily::from_registry_ordering(word(b"Registry"), word(b"Ordering"));
            let table = family.ucs2_cmap().and_then(load_embedded);
            self.collection = table.and_then(|bytes| CMap::parse(bytes, load_embedded));
        }
        let Some(Object::Array(list)) = dereferenced(b"W") else {
            return;
        };
        let whole = |object: Option<&Object>| {
            let number = object?.as_i64().ok()?;
            u32::try_from(number)
                .ok()
                .filter(|number| *number <= 0xffff)
        };
        let mut at = 0;
        while let Some(first) = whole(list.get(at)) {
            match list.get(at + 1).map(|object| document.dereference(object)) {
                Some(Ok((_, Object::Array(widths)))) => {
                    for (number, width) in (first..=0xffff).zip(widths) {
                        self.widths
                            .insert(number, width.as_float().unwrap_or(1000.0));
                    }
                    at += 2;
                }
                _ => {
                    let last = whole(list.get(at + 1)).unwrap_or(first);
                    let width = list.get(at + 2).and_then(|width| width.as_float().ok());
                    for number in first..=last {
                        self.widths.insert(number, width.unwrap_or(1000.0));
                    }
                    at += 3;
                }
            }
            if self.widths.len() > 0x2_0000 {
                return;
            }
        }
    }

    /// The widths and differences of a font with one byte a sign.
    fn simple(&mut self, document: &Document, font: &Dictionary) {
        let dereferenced = |key: &[u8]| {
            let object = font.get(key).ok()?;
            document.dereference(object).ok().map(|(_, found)| found)
        };
        let first = dereferenced(b"FirstChar").and_then(|first| first.as_i64().ok());
        if let (Some(Object::Array(widths)), Some(first)) = (dereferenced(b"Widths"), first) {
            let first = u32::try_from(first).unwrap_or(0).min(255);
            for (code, width) in (first..=255).zip(widths) {
                self.widths.insert(code, width.as_float().unwrap_or(500.0));
            }
        }
        let Some(Object::Dictionary(encoding)) = dereferenced(b"Encoding") else {
            return;
        };
        let Ok(Object::Array(list)) = encoding.get(b"Differences") else {
            return;
        };
        let mut code = Some(0_u8);
        for object in list {
            match object {
                Object::Integer(number) => code = u8::try_from(*number).ok(),
                Object::Name(name) => {
                    if let (Some(at), Some(text)) = (code, named(name)) {
                        self.differences.insert(at, text);
                    }
                    code = code.and_then(|code| code.checked_add(1));
                }
                _ => {}
            }
        }
    }

    /// The signs of a string.
    pub(super) fn signs(&self, string: &[u8]) -> Vec<Sign> {
        let Some(codes) = &self.codes else {
            return string.iter().map(|byte| self.byte(*byte)).collect();
        };
        let mut signs = Vec::new();
        let mut rest = string;
        while !rest.is_empty() {
            let (length, code, number) = next_code(codes, rest);
            rest = rest.get(length..).unwrap_or_default();
            signs.push(Sign {
                text: self.text(code, length, number),
                width: self.width(number.unwrap_or(code)),
                is_blank: length == 1 && code == 32,
            });
        }
        signs
    }

    fn text(&self, code: u32, length: usize, number: Option<u32>) -> Option<String> {
        let own = self
            .to_unicode
            .as_ref()
            .and_then(|table| table.lookup_bf_string(code));
        if let Some(text) = own.and_then(readable) {
            return Some(text);
        }
        if self.is_unicode && length == 2 {
            return char::from_u32(code).map(String::from);
        }
        let found = self.collection.as_ref()?.lookup_bf_string(number?)?;
        readable(found)
    }

    fn byte(&self, byte: u8) -> Sign {
        let code = u32::from(byte);
        let own = self
            .to_unicode
            .as_ref()
            .and_then(|table| table.lookup_bf_string(code));
        let text = own
            .and_then(readable)
            .or_else(|| self.differences.get(&byte).cloned())
            .or_else(|| {
                let bytes = [byte];
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
                Some(text.into_owned()).filter(|text| !text.contains(|c: char| c.is_control()))
            });
        Sign {
            text,
            width: self.width(code),
            is_blank: byte == 32,
        }
    }

    fn width(&self, number: u32) -> f32 {
        let width = self
            .widths
            .get(&number)
            .copied()
            .unwrap_or(self.usual_width);
        if width.is_finite() {
            width.clamp(0.0, 4000.0)
        } else {
            0.0
        }
    }
}

/// The next code of a string: its length, itself, and its number in the font.
fn next_code(codes: &CMap, string: &[u8]) -> (usize, u32, Option<u32>) {
    let mut code = 0_u32;
    for (byte, length) in string.iter().zip(1_u8..=4) {
        code = code.wrapping_shl(8) | u32::from(*byte);
        if let Some(number) = codes.lookup_cid_code(code, length) {
            return (usize::from(length), code, Some(number));
        }
    }
    // No code of the table: two bytes, as nearly all are.
    let pair = string.iter().take(2);
    let code = pair.fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    (string.len().min(2), code, None)
}

fn readable(found: BfString) -> Option<String> {
    let text = match found {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    };
    let empty = text.is_empty() || text.contains(['\0', '\u{fffd}']);
    (!empty).then_some(text)
}

/// A sign by its name in a font: `uni4E00`, `A`, `one`.
fn named(name: &[u8]) -> Option<String> {
    const WORDS: [(&str, &str); 25] = [
        ("space", " "),
        ("zero", "0"),
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("period", "."),
        ("comma", ","),
        ("hyphen", "-"),
        ("colon", ":"),
        ("semicolon", ";"),
        ("slash", "/"),
        ("percent", "%"),
        ("parenleft", "("),
        ("parenright", ")"),
        ("endash", "–"),
        ("emdash", "—"),
        ("bullet", "•"),
        ("quotedblleft", "“"),
        ("quotedblright", "”"),
    ];
    let name = std::str::from_utf8(name).ok()?;
    if let Some((_, text)) = WORDS.iter().find(|(word, _)| *word == name) {
        return Some((*text).to_owned());
    }
    if let Some(code) = name.strip_prefix("uni") {
        let code = u32::from_str_radix(code.get(..4)?, 16).ok()?;
        return char::from_u32(code).map(String::from);
    }
    (name.len() == 1).then(|| name.to_owned())
}
