//! Measures how fast files are read and analysed, each beside a baseline of the same run.
//!
//! The files are built here: thirty pages, about twenty thousand characters, with automatic numbers
//! and tables. `speed --memory FILE` reads one file and prints the most memory that it took.

#![expect(clippy::unwrap_used, reason = "a measurement fails by panicking")]

#[path = "../tests/it/pages.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod pages;
#[path = "../tests/it/parts.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod parts;

use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use luoshi_documents::limits::Limits;
use luoshi_plan::reading::ReadOptions;

const DUTY: &str = "航道科要在2026年6月底前完成沿线灯标的检查和更换，港口科每月对渡口缆绳开展检查并把结果报送安全科。";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path] = arguments.as_slice()
        && flag == "--memory"
    {
        println!("{}", memory_of(path));
        return;
    }
    for (what, bytes) in [("docx", word()), ("xlsx", sheet()), ("pdf", print())] {
        measure(what, &bytes);
    }
}

/// One line of the table of `make bench`.
fn measure(what: &str, bytes: &[u8]) {
    let name = format!("plan.{what}");
    let analyse = || {
        let document = luoshi_documents::read(bytes, &name, &Limits::default()).unwrap();
        let reading = luoshi_plan::read(&document.text, &ReadOptions::default());
        (document.text.chars().count(), reading.obligations.len())
    };
    let (characters, obligations) = analyse();
    let time = median(analyse);
    let baseline = median(|| unpacked(bytes));
    let (most, least) = (memory(&name, bytes), memory("nothing.txt", b"."));
    println!(
        "| read and analyse .{what}: {characters} characters, {obligations} obligations | {} KB | {:.1} ms, {} MB | \
         unpack and check UTF-8 {:.2} ms | {:.1} |",
        bytes.len() / 1000,
        time.as_secs_f64() * 1000.0,
        (most - least.min(most)).div_ceil(1000),
        baseline.as_secs_f64() * 1000.0,
        time.as_secs_f64() / baseline.as_secs_f64(),
    );
}

/// The median of nine runs after one to warm up.
fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    std::hint::black_box(work());
    let mut times: Vec<Duration> = (0..9)
        .map(|_run| {
            let began = Instant::now();
            std::hint::black_box(work());
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[4]
}

/// Unpacks every packed part of a file and checks whether it is UTF-8.
fn unpacked(bytes: &[u8]) -> usize {
    let mut all = 0;
    let mut part = Vec::new();
    if let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) {
        for i in 0..archive.len() {
            part.clear();
            archive.by_index(i).unwrap().read_to_end(&mut part).unwrap();
            all += std::str::from_utf8(&part).map_or(0, |text| text.chars().count());
        }
        return all;
    }
    for at in memchr::memmem::find_iter(bytes, b"stream\n") {
        part.clear();
        let body = &bytes[at + 7..];
        if flate2::read::ZlibDecoder::new(body)
            .read_to_end(&mut part)
            .is_ok()
        {
            all += std::str::from_utf8(&part).map_or(0, |text| text.chars().count());
        }
    }
    all
}

/// Thousands of bytes that a process takes at most to read and analyse a file.
fn memory(name: &str, bytes: &[u8]) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.arg("--memory").arg(&path).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.trim().parse().unwrap_or(0)
}

fn memory_of(path: &str) -> u64 {
    let bytes = std::fs::read(path).unwrap();
    if let Ok(document) = luoshi_documents::read(&bytes, path, &Limits::default()) {
        std::hint::black_box(luoshi_plan::read(&document.text, &ReadOptions::default()));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok());
    peak.unwrap_or(0)
}

fn word() -> Vec<u8> {
    let level = |at: u32, form: &str, text: &str| {
        format!(
            "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{form}\"/><w:lvlText w:val=\"{text}\"/></w:lvl>"
        )
    };
    let numbering = format!(
        "<w:numbering {}><w:abstractNum w:abstractNumId=\"0\">{}{}{}</w:abstractNum>\
         <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
        parts::WORD,
        level(0, "chineseCounting", "%1、"),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%3.")
    );
    let mut body = parts::p("云渡市港航局2026年安全工作方案");
    for part in 0..10 {
        body.push_str(&parts::item(1, 0, "工作措施"));
        for _ in 0..8 {
            body.push_str(&parts::item(1, 1, "加强检查"));
            body.push_str(&parts::item(1, 2, DUTY));
            body.push_str(&parts::item(1, 2, DUTY));
            body.push_str(&parts::p(DUTY));
        }
        body.push_str("<w:tbl>");
        let row = |cells: [&str; 4]| -> String {
            let cells: String = cells
                .iter()
                .map(|c| format!("<w:tc>{}</w:tc>", parts::p(c)))
                .collect();
            format!("<w:tr>{cells}</w:tr>")
        };
        body.push_str(&row(["序号", "任务", "责任单位", "时限"]));
        for i in 1..15 {
            let number = (part * 14 + i).to_string();
            body.push_str(&row([
                &number,
                "更换沿线灯标12座并清理淤点3处。",
                "航道科、港口科",
                "2026年6月底",
            ]));
        }
        body.push_str("</w:tbl>");
    }
    parts::docx_with(&body, &[("word/numbering.xml", &numbering)])
}

fn sheet() -> Vec<u8> {
    let mut data = parts::sheet_row(1, &["序号", "重点任务", "具体措施", "责任单位", "完成时限"]);
    for i in 2..302 {
        let number = format!("n:{}", i - 1);
        data.push_str(&parts::sheet_row(
            i,
            &[&number, "航标维护", DUTY, "航道科、港口科", "d:46203"],
        ));
    }
    parts::xlsx(&[("任务", &format!("<sheetData>{data}</sheetData>"))])
}

fn print() -> Vec<u8> {
    let lines: Vec<String> = DUTY
        .chars()
        .collect::<Vec<char>>()
        .chunks(26)
        .map(|line| line.iter().collect())
        .collect();
    let page: Vec<(f32, f32, &str)> = (0..13_u8)
        .flat_map(|i| {
            let top = 60.0 + f32::from(i) * 56.0;
            let places = lines.iter().zip([(122.0, top), (90.0, top + 28.0)]);
            places
                .map(|(line, (left, top))| (left, top, line.as_str()))
                .collect::<Vec<_>>()
        })
        .collect();
    pages::pdf(&vec![page; 30], pages::Coding::Table)
}
