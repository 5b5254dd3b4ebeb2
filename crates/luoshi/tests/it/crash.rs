//! Killing the server in the middle of writing loses nothing that was confirmed (SYS-04).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

/// Answers waited for before the kill.
const CONFIRMED_BEFORE_KILL: usize = 12;

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        Self::start_with(data, &[], "error", Stdio::inherit())
    }

    /// With further options, logging so much to there.
    fn start_with(data: &Path, options: &[&str], log: &str, to: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_luoshi"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(options)
            .env_remove("LUOSHI_DATABASE")
            .env("LUOSHI_LOG", log)
            .stdout(Stdio::piped())
            .stderr(to)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it ended before it served").unwrap();
            if let Some(rest) = line.split("http://").nth(1) {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends one request; the answer, or nothing when the server went away.
fn send(address: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

fn sign_in(address: &str, login: &str) -> (String, String) {
    let body = format!(r#"{{"login":"{login}","password":"luoshi-demo"}}"#);
    let head = "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json";
    let answer = send(address, head, &body).unwrap();
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, json(&answer)["csrf"].as_str().unwrap().to_owned())
}

fn json(answer: &str) -> serde_json::Value {
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn get(address: &str, cookie: &str, path: &str) -> serde_json::Value {
    let head = format!("GET {path} HTTP/1.1\r\nCookie: {cookie}");
    json(&send(address, &head, "").unwrap())
}

fn audit(data: &Path, args: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_luoshi"))
        .arg("audit")
        .args(args)
        .arg("--data")
        .arg(data)
        .env_remove("LUOSHI_DATABASE")
        .output()
        .unwrap();
    (
        done.status.success(),
        String::from_utf8_lossy(&done.stdout).into_owned(),
    )
}

#[test]
fn sys_04_kill_9_during_writes_loses_nothing_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let server = Server::start(&data);
    let (cookie, csrf) = sign_in(&server.address, "zhao");
    let all = get(&server.address, &cookie, "/api/v1/tasks?size=200");
    let rows = all["rows"].as_array().unwrap();
    let open: Vec<String> = rows
        .iter()
        .filter(|row| row["state"] != "closed" && row["state"] != "cancelled")
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        open.len() > CONFIRMED_BEFORE_KILL,
        "too few open tasks: {}",
        open.len()
    );

    // One thread cancels tasks, each with its own reason; this one kills once enough are confirmed.
    let (confirm, confirmed) = mpsc::channel();
    let (address, writer_cookie) = (server.address.clone(), cookie);
    let writer = std::thread::spawn(move || {
        for (n, id) in open.iter().enumerate() {
            let body = format!(r#"{{"command":"cancel","reason":"第 {n} 次"}}"#);
            let head = format!(
                "POST /api/v1/tasks/{id}/commands HTTP/1.1\r\nContent-Type: application/json\r\n\
                 Cookie: {writer_cookie}\r\nX-CSRF-Token: {csrf}"
            );
            let Some(answer) = send(&address, &head, &body) else {
                return;
            };
            if answer.starts_with("HTTP/1.1 200") && confirm.send((id.clone(), n)).is_err() {
                return;
            }
        }
    });
    let mut kept = Vec::new();
    while kept.len() < CONFIRMED_BEFORE_KILL {
        kept.push(confirmed.recv().expect("the writer ended too early"));
    }
    server.kill();
    writer.join().unwrap();
    kept.extend(confirmed.try_iter());

    let (whole, said) = audit(&data, &["verify"]);
    assert!(whole, "{said}");
    let (same, said) = audit(&data, &["rebuild", "--check"]);
    assert!(same, "{said}");
    let server = Server::start(&data);
    let (cookie, _csrf) = sign_in(&server.address, "zhao");
    for (id, n) in &kept {
        let task = get(&server.address, &cookie, &format!("/api/v1/tasks/{id}"));
        assert_eq!(task["state"], "cancelled", "task {id}");
        let said = task.to_string();
        assert!(
            said.contains(&format!("第 {n} 次")),
            "the reason of {id} is lost: {said}"
        );
    }
    server.kill();
}

/// Posts JSON as somebody who is signed in; the answer.
fn post(address: &str, (cookie, csrf): &(String, String), path: &str, body: &str) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nCookie: {cookie}\r\n\
         X-CSRF-Token: {csrf}"
    );
    send(address, &head, body).unwrap()
}

/// A robot's address, and what comes there.
fn robot() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/send?key={TOKEN}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"errcode\":0}";
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            if tell.send(String::from_utf8(body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, told)
}

const TOKEN: &str = "0f1e2d3c-robot-token-4b5a";

#[test]
fn time_10_kill_9_between_what_happened_and_its_message_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let log = folder.path().join("log");
    let to = || {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log);
        Stdio::from(file.unwrap())
    };
    let options = ["--hooks", "--hooks-allow", "127.0.0.0/8"];
    let server = Server::start_with(&data, &options, "trace", to());
    let (address, told) = robot();
    let ding = sign_in(&server.address, "ding");
    let wish = serde_json::json!({
        "kind": "wecom", "address": address,
        "details": {
            "name": "全局群", "unit": null, "digest": false, "topics": ["urged"],
            "from": 0, "until": 24, "workdays": false, "plain": true,
        },
    });
    let made = post(&server.address, &ding, "/api/v1/hooks", &wish.to_string());
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");

    let zhou = sign_in(&server.address, "zhou");
    let all = get(
        &server.address,
        &zhou.0,
        "/api/v1/tasks?size=200&state=in_progress",
    );
    let soon = DateTime::<Utc>::from(SystemTime::now()) + TimeDelta::days(5);
    let urging = serde_json::json!({
        "command": "urge", "text": "请抓紧", "respond_by": soon.date_naive(),
    });
    let mut rows = all["rows"].as_array().unwrap().iter();
    let urged = rows.find(|row| {
        let path = format!("/api/v1/tasks/{}/commands", row["id"].as_str().unwrap());
        let answer = post(&server.address, &zhou, &path, &urging.to_string());
        answer.starts_with("HTTP/1.1 200")
    });
    server.kill();
    let title = urged.expect("no task can be urged")["title"]
        .as_str()
        .unwrap();
    assert!(told.try_recv().is_err(), "it went before the kill");

    let (same, said) = audit(&data, &["rebuild", "--check"]);
    assert!(same, "{said}");
    let server = Server::start_with(&data, &options, "trace", to());
    let message = told.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(
        message.contains("催办") && message.contains(title),
        "{message}"
    );
    server.kill();
    // Whatever is logged, the address is not.
    let logged = std::fs::read_to_string(&log).unwrap();
    assert!(logged.len() > 1000 && !logged.contains(TOKEN));
}
