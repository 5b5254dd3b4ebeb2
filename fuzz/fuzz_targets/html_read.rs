//! Any bytes as a web page.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../packed.rs"]
mod packed;

fuzz_target!(|data: &[u8]| {
    let _ = luoshi_documents::read(data, "a.html", &packed::limits());
});
