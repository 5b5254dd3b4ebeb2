//! Speed and memory, each beside a baseline measured in the same run.
//!
//! Run by hand (`make bench`), never by a test: a busy machine must not fail a build.

mod duplicates;
mod ledger;
mod lights;
mod measures;
mod organisation;
mod policy;
mod reading;
pub(crate) mod seed;
mod startup;

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::cli::{BenchArgs, BenchCommand};

/// Measures everything and prints a table.
pub(crate) async fn bench(args: &BenchArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        Some(BenchCommand::Seed(args)) => return seed::seed(args).await,
        Some(BenchCommand::Ledger(place)) => return measures::measure(place).await,
        None => {}
    }
    heading();
    reading::bench(&args.text)?;
    duplicates::bench();
    lights::spans(args.tasks);
    ledger::bench(args.tasks).await?;
    organisation::bench().await?;
    policy::bench()?;
    startup::bench()?;
    Ok(Outcome::Done)
}

/// The table's head, under what the machine is.
fn heading() {
    println!("{}", machine());
    println!("| what | size | figure | baseline | ratio |\n|---|---|---|---|---|");
}

/// The median of how long `runs` runs took.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How long `work` takes, the median of `runs` runs after one to warm up.
fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    std::hint::black_box(work());
    let times = (0..runs).map(|_run| {
        let began = Instant::now();
        std::hint::black_box(work());
        began.elapsed()
    });
    median(times.collect())
}

/// One line of the table.
fn row(what: &str, size: &str, figure: &str, baseline: &str, ratio: f64) {
    println!("| {what} | {size} | {figure} | {baseline} | {ratio:.1} |");
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// Processors and memory of this machine, where the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown processor", |rest| {
        rest.trim_start_matches([' ', '\t', ':'])
    });
    format!("{cores} cores, {model}\n")
}
