//! Builds files in memory.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use luoshi_documents::error::ReadError;
use luoshi_documents::limits::Limits;
use luoshi_documents::programs::Programs;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The usual limits, without programs and with a clock that never moves.
pub(crate) fn limits() -> Limits {
    Limits {
        clock: Arc::new(|| Duration::ZERO),
        programs: Programs::none(),
        ..Limits::default()
    }
}

/// The same, with a clock that goes on by so many milliseconds at each look.
pub(crate) fn hasty(milliseconds: u64) -> Limits {
    let now = AtomicU64::new(0);
    Limits {
        clock: Arc::new(move || {
            Duration::from_millis(now.fetch_add(milliseconds, Ordering::Relaxed))
        }),
        ..limits()
    }
}

/// An archive of these parts.
pub(crate) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) const WORD: &str =
    "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// A Word file with this inside its body and these other parts.
pub(crate) fn docx_with(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document {WORD} \
         xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
         xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" \
         xmlns:v=\"urn:schemas-microsoft-com:vml\"><w:body>{body}<w:sectPr/></w:body></w:document>"
    );
    let mut parts = vec![("word/document.xml", document.as_bytes())];
    parts.extend(others.iter().map(|(name, text)| (*name, text.as_bytes())));
    zipped(&parts)
}

pub(crate) fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

/// A paragraph.
pub(crate) fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A paragraph at a level of a list.
pub(crate) fn item(list: u32, level: u32, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>\
         <w:r><w:t>{text}</w:t></w:r></w:p>"
    )
}

/// The text of a file.
pub(crate) fn text_of(bytes: &[u8], name: &str) -> Result<String, ReadError> {
    luoshi_documents::read(bytes, name, &limits()).map(|document| document.text)
}

/// An Excel file; each sheet has its name and what stands inside its `worksheet`.
pub(crate) fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    const NS: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    const KIND: &str =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    let mut book = String::new();
    let mut relations = String::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    for (i, (name, inside)) in sheets.iter().enumerate() {
        let id = i + 1;
        book.push_str(&format!(
            "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"r{id}\"/>"
        ));
        relations.push_str(&format!(
            "<Relationship Id=\"r{id}\" Type=\"{KIND}\" Target=\"worksheets/sheet{id}.xml\"/>"
        ));
        parts.push((
            format!("xl/worksheets/sheet{id}.xml"),
            format!("<worksheet {NS}>{inside}</worksheet>"),
        ));
    }
    // Formats: 1 a day, 2 a month, 3 per cent.
    let styles = format!(
        "<styleSheet {NS}><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>\
         </numFmts><cellXfs count=\"4\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"9\"/>\
         </cellXfs></styleSheet>"
    );
    parts.push((
        "xl/workbook.xml".into(),
        format!("<workbook {NS}><sheets>{book}</sheets></workbook>"),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}\
             </Relationships>"
        ),
    ));
    parts.push(("xl/styles.xml".into(), styles));
    let main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    parts.push((
        "_rels/.rels".into(),
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"a\" Type=\"{main}\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    ));
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    zipped(&parts)
}

/// Cells from the first column on; `n:` a number, `d:` a day, `m:` a month, `%:` a share, nothing no cell.
pub(crate) fn sheet_row(row: u32, cells: &[&str]) -> String {
    let mut text = format!("<row r=\"{row}\">");
    for (column, cell) in ('A'..='Z').zip(cells) {
        let place = format!("{column}{row}");
        let value =
            |style: u32, value: &str| format!("<c r=\"{place}\" s=\"{style}\"><v>{value}</v></c>");
        text.push_str(&match cell.split_once(':') {
            Some(("n", number)) => value(0, number),
            Some(("d", number)) => value(1, number),
            Some(("m", number)) => value(2, number),
            Some(("%", number)) => value(3, number),
            _ if cell.is_empty() => String::new(),
            _ => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        });
    }
    text + "</row>"
}
