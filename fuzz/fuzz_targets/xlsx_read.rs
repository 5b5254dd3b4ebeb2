//! Any bytes as the sheet of an Excel file.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../packed.rs"]
mod packed;

fuzz_target!(|data: &[u8]| {
    let book = packed::archive(&[
        ("_rels/.rels", packed::RELATIONS),
        ("xl/workbook.xml", packed::BOOK),
        ("xl/_rels/workbook.xml.rels", packed::SHEETS),
        ("xl/worksheets/sheet1.xml", data),
    ]);
    let _ = luoshi_documents::read(&book, "a.xlsx", &packed::limits());
});
