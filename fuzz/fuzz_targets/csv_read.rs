//! Any bytes as a table with separators.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../packed.rs"]
mod packed;

fuzz_target!(|data: &[u8]| {
    let _ = luoshi_documents::read(data, "a.csv", &packed::limits());
});
