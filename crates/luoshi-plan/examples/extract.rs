//! Prints a reading as JSON: `extract plan extract FILE --format json`.
//!
//! Stands in for the main program when the reader is scored or timed alone; `--time` reads the file
//! ten times and prints bytes per second instead.

use std::io::Write;
use std::time::Instant;

use luoshi_plan::reading::ReadOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let file = args
        .iter()
        .find(|a| a.ends_with(".txt"))
        .ok_or("name a .txt file")?;
    let text = std::fs::read_to_string(file)?;
    if args.iter().any(|a| a == "--time") {
        for _ in 0..5 {
            let began = Instant::now();
            let reading = luoshi_plan::read(&text, &ReadOptions::default());
            let seconds = began.elapsed().as_secs_f64();
            println!(
                "{} obligations, {} bytes in {seconds:.3} s",
                reading.obligations.len(),
                text.len()
            );
        }
        return Ok(());
    }
    let reading = luoshi_plan::read(&text, &ReadOptions::default());
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &reading)?;
    writeln!(out)?;
    Ok(())
}
