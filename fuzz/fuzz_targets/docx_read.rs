//! Any bytes as the body of a Word file.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../packed.rs"]
mod packed;

fuzz_target!(|data: &[u8]| {
    let document = packed::archive(&[("word/document.xml", data)]);
    let _ = luoshi_documents::read(&document, "a.docx", &packed::limits());
});
