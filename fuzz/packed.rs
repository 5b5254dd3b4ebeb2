//! Files around what is fuzzed, and limits that keep a run short.
#![allow(dead_code)]

use std::io::{Cursor, Write};

use luoshi_documents::limits::Limits;
use luoshi_documents::programs::Programs;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub const RELATIONS: &[u8] = br#"<Relationships><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
pub const BOOK: &[u8] = br#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
pub const SHEETS: &[u8] = br#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// No programs of the system, and little of everything.
pub fn limits() -> Limits {
    Limits {
        unpacked: 10_000_000,
        text: 10_000_000,
        programs: Programs::none(),
        ..Limits::default()
    }
}

/// An archive of these parts.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a name of an entry");
        writer.write_all(bytes).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}
