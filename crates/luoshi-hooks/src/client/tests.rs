use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use luoshi_domain::hooks::HookKind;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::connector::System;

const AUTHORITY: &[u8] = include_bytes!("../../tests/certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../tests/certificates/server.pem");
const KEY: &[u8] = include_bytes!("../../tests/certificates/server.key");

/// What a server answers.
#[derive(Clone, Copy)]
enum Answers {
    Text(&'static str),
    /// Nothing, ever.
    Nothing,
    /// A body without an end.
    Endless,
}

const OK: Answers = Answers::Text("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

/// A server beside the test, and how often somebody connected.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answers: Answers, tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let acceptor = tls.then(acceptor);
        tokio::spawn(async move {
            while let Ok((stream, _from)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor {
                        None => answer(stream, answers).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                answer(stream, answers).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, answers: Answers) {
    let mut request = [0; 4096];
    if stream.read(&mut request).await.is_err() {
        return;
    }
    match answers {
        Answers::Text(text) => {
            stream.write_all(text.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
        Answers::Nothing => std::future::pending().await,
        Answers::Endless => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).await.ok();
            let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
            while stream.write_all(chunk.as_bytes()).await.is_ok() {}
        }
    }
}

/// Gives one answer after another for whatever name.
struct Names {
    answers: Mutex<Vec<Vec<SocketAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    /// Each answer is some addresses; the last is given again and again.
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let address = |text: &&str| SocketAddr::new(text.parse().unwrap(), 1);
        let answers = answers.iter().rev();
        Arc::new(Self {
            answers: Mutex::new(
                answers
                    .map(|all| all.iter().map(address).collect())
                    .collect(),
            ),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        Ok(match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop().unwrap(),
        })
    }
}

fn client(named: &[&str], authority: Option<&[u8]>, names: Arc<dyn Resolve>) -> Client {
    let named = named.iter().map(|network| network.parse().unwrap());
    Client::new(
        named.collect(),
        authority,
        names,
        Duration::from_millis(500),
    )
    .unwrap()
}

async fn post(client: &Client, address: &str) -> Result<Answer, Fault> {
    let target = Target::read(HookKind::General, address).unwrap();
    let uri = target.uri.clone();
    client
        .post(&target, uri, HeaderMap::new(), b"{}".to_vec())
        .await
}

fn refused(answer: Result<Answer, Fault>) -> String {
    match answer {
        Err(Fault::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn passing(answer: Result<Answer, Fault>) -> String {
    match answer {
        Err(Fault::Passing(why)) => why,
        other => panic!("{other:?}"),
    }
}

const HERE: [&str; 1] = ["127.0.0.0/8"];

#[tokio::test]
async fn a_named_network_is_reached_and_any_other_on_the_inside_is_not() {
    let server = Server::start(OK, false).await;
    let address = format!("http://127.0.0.1:{}/in", server.port);
    let answered = post(&client(&HERE, None, Arc::new(System)), &address).await;
    assert_eq!(answered.unwrap().body, b"ok");
    assert_eq!(server.connections(), 1);
    // The same machine under other names and in other clothes.
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
    ] {
        let address = format!("http://{host}:{}/in", server.port);
        let answered = post(&client(&[], None, Arc::new(System)), &address).await;
        assert!(answered.is_err(), "{host}");
    }
    let refused = refused(post(&client(&[], None, Arc::new(System)), &address).await);
    assert!(refused.contains("--hooks-allow 127.0.0.0/24"), "{refused}");
    assert_eq!(server.connections(), 1, "nobody was connected to");
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once_and_reached_where_it_was_judged() {
    let server = Server::start(OK, false).await;
    let address = format!("http://hook.example:{}/in", server.port);
    let names = Names::of(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let client_here = client(&HERE, None, Arc::<Names>::clone(&names));
    assert!(post(&client_here, &address).await.is_ok());
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    // The next message is judged anew.
    let why = refused(post(&client_here, &address).await);
    assert!(why.contains("169.254.169.254"), "{why}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn one_bad_address_of_a_name_is_enough() {
    let server = Server::start(OK, false).await;
    let address = format!("http://hook.example:{}/in", server.port);
    for mixed in [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]] {
        let names = Names::of(&[&mixed]);
        let why = refused(post(&client(&HERE, None, names), &address).await);
        assert!(why.contains("10.0.0.1"), "{why}");
    }
    assert_eq!(server.connections(), 0);
    let nothing = Names::of(&[&[]]);
    passing(post(&client(&HERE, None, nothing), &address).await);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let text = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/x\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(Answers::Text(text), false).await;
    let address = format!("http://127.0.0.1:{}/in", server.port);
    let answered = post(&client(&HERE, None, Arc::new(System)), &address).await;
    assert_eq!(answered.unwrap().status, StatusCode::FOUND);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn who_never_answers_or_never_ends_is_left() {
    let server = Server::start(Answers::Nothing, false).await;
    let address = format!("http://127.0.0.1:{}/in", server.port);
    let here = client(&HERE, None, Arc::new(System));
    assert!(passing(post(&here, &address).await).contains("没有答复"));
    let server = Server::start(Answers::Endless, false).await;
    let address = format!("http://127.0.0.1:{}/in", server.port);
    assert!(passing(post(&here, &address).await).contains("超过"));
    let server = Server::start(
        Answers::Text("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"),
        false,
    );
    let address = format!("http://127.0.0.1:{}/in", server.await.port);
    assert!(passing(post(&here, &address).await).contains("没有传完"));
    // Nobody is there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/in", listener.local_addr().unwrap());
    drop(listener);
    assert!(passing(post(&here, &address).await).contains("连不上"));
}

#[tokio::test]
async fn the_name_in_the_certificate_is_the_name_that_was_asked_for() {
    let server = Server::start(OK, true).await;
    let names = || Names::of(&[&["127.0.0.1"]]);
    let address = format!("https://hook.example:{}/in", server.port);
    let trusting = client(&HERE, Some(AUTHORITY), names());
    assert_eq!(post(&trusting, &address).await.unwrap().body, b"ok");
    let other = format!("https://other.example:{}/in", server.port);
    assert!(refused(post(&trusting, &other).await).contains("证书"));
    let strange = client(&HERE, None, names());
    assert!(refused(post(&strange, &address).await).contains("证书"));
}

#[test]
fn a_file_without_a_certificate_is_no_authority() {
    let named = Vec::new();
    let made = Client::new(named, Some(b"nothing"), Arc::new(System), Duration::ZERO);
    assert!(made.is_err());
}
