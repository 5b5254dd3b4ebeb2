//! How soon the program serves, and how much memory it then holds.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::{median, milliseconds, row, timed};

/// Starts measured.
const STARTS: usize = 7;

/// Starts the demonstration on a free port; the baseline is the same program saying its version.
pub(super) fn bench() -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let folder = std::env::temp_dir().join(format!("luoshi-bench-{}", std::process::id()));
    let start = || -> anyhow::Result<(Duration, Option<f64>)> {
        let began = Instant::now();
        let mut child = Command::new(&program)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(&folder)
            .env("LUOSHI_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()?;
        let measured = ready(&mut child).map(|()| began.elapsed());
        let memory = resident_megabytes(child.id());
        child.kill()?;
        child.wait()?;
        Ok((measured?, memory))
    };
    // The first start makes the demonstration.
    start()?;
    let mut times = Vec::new();
    let mut memory = None;
    for _start in 0..STARTS {
        let (time, resident) = start()?;
        times.push(time);
        memory = resident;
    }
    let version = timed(STARTS, || Command::new(&program).arg("--version").output());
    let serving = median(times);
    row(
        "process start to ready",
        "demo data",
        &milliseconds(serving),
        &format!("--version {}", milliseconds(version)),
        serving.as_secs_f64() / version.as_secs_f64(),
    );
    if let Some(memory) = memory {
        row(
            "idle memory",
            "demo data",
            &format!("{memory:.1} MB"),
            "limit 60 MB",
            memory / 60.0,
        );
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Waits until the address is printed and the database answers.
fn ready(child: &mut Child) -> anyhow::Result<()> {
    let output = child.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    let address = loop {
        let line = lines.next().context("ended before it served")??;
        if let Some(rest) = line.split("http://").nth(1) {
            break rest
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
        }
    };
    let mut stream = TcpStream::connect(&address)?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 200"), "not ready: {answer}");
    Ok(())
}

/// Resident memory of a process, where the system tells.
fn resident_megabytes(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
