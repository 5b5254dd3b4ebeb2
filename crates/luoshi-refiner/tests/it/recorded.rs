//! A server that replays what model servers answer, byte by byte, and notes what it was asked.

use std::sync::{Arc, Mutex};

use luoshi_refiner::HttpRefiner;
use luoshi_refiner::config::Config;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One answer of the server.
pub(crate) enum Answer {
    /// These bytes, then the connection closes.
    Bytes(String),
    /// Nothing, and the connection stays open.
    Silence,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `POST /v1/chat/completions HTTP/1.1`
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut known = self.headers.iter();
        known.find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }
}

/// Gives its answers one after another.
pub(crate) struct Recorded {
    /// `http://127.0.0.1:PORT/v1`
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recorded {
    pub(crate) async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        let answers: Vec<Answer> = answers.into_iter().collect();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            for answer in answers {
                let (stream, _from) = listener.accept().await.unwrap();
                let mut stream = BufReader::new(stream);
                let request = read(&mut stream).await;
                notes.lock().unwrap().push(request);
                match answer {
                    Answer::Bytes(bytes) => {
                        // A client that has heard enough may have gone.
                        stream.get_mut().write_all(bytes.as_bytes()).await.ok();
                        stream.get_mut().shutdown().await.ok();
                    }
                    Answer::Silence => silent.push(stream),
                }
            }
            std::future::pending::<()>().await;
        });
        Self { base, asked }
    }

    pub(crate) fn config(&self) -> Config {
        Config::new(&self.base, "qwen3-14b")
    }

    pub(crate) async fn refiner(&self) -> HttpRefiner {
        HttpRefiner::connect(self.config()).await.unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Asked {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.unwrap();
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut length = headers.iter().filter(|(name, _)| name == "content-length");
    let length = length.next().unwrap().1.parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Asked {
        line: line.trim_end().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap(),
    }
}

/// An answer with a status, more header lines (each ended) and a body.
pub(crate) fn status(status: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    Answer::Bytes(format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    ))
}

/// What such servers answer, with this text as the model's.
pub(crate) fn said(content: &str) -> Answer {
    let body = json!({
        "id": "chatcmpl-81",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "qwen3-14b",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "tool_calls": [] },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 512, "completion_tokens": 64, "total_tokens": 576 },
    });
    status("200 OK", "", &body.to_string())
}
