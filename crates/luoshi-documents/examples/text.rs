//! Prints the text of a file: `cargo run --example text -- FILE`.

use std::process::ExitCode;

use luoshi_documents::limits::Limits;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: text FILE");
        return ExitCode::FAILURE;
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match luoshi_documents::read(&bytes, &path, &Limits::default()) {
        Ok(document) => {
            print!("{}", document.text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{path}: {}", error.message_zh());
            ExitCode::FAILURE
        }
    }
}
