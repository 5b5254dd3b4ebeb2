//! Any bytes as what follows the mark of a PDF file.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../packed.rs"]
mod packed;

fuzz_target!(|data: &[u8]| {
    let mut file = b"%PDF-1.5\n".to_vec();
    file.extend(data);
    let _ = luoshi_documents::read(&file, "a.pdf", &packed::limits());
});
