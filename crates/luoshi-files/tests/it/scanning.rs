//! A scanner that speaks the protocol, within the test.

use std::time::Duration;

use luoshi_app::attachments::scanner::{Scanned, Scanner};
use luoshi_files::clamd::{Address, Clamd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers one file: finds something in what holds `virus`.
async fn answer_one(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _from) = listener.accept().await.unwrap();
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut bytes = Vec::new();
    loop {
        let length = stream.read_u32().await.unwrap();
        if length == 0 {
            break;
        }
        let mut part = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut part).await.unwrap();
        bytes.extend(part);
    }
    let bad = bytes.windows(5).any(|part| part == b"virus");
    let said: &[u8] = match bad {
        true => b"stream: Win.Test.EICAR FOUND\0",
        false => b"stream: OK\0",
    };
    stream.write_all(said).await.unwrap();
    bytes
}

#[tokio::test]
async fn sys_05_a_file_is_sent_whole_and_the_answer_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let clamd = Clamd::new(address.parse().unwrap());
    let clean = vec![1; 200_000];
    let (said, heard) = tokio::join!(clamd.scan(&clean), answer_one(&listener));
    assert_eq!(said.unwrap(), Scanned::Clean);
    assert_eq!(heard, clean);
    let (said, _heard) = tokio::join!(clamd.scan(b"a virus"), answer_one(&listener));
    assert_eq!(said.unwrap(), Scanned::Infected("Win.Test.EICAR".into()));
}

#[cfg(unix)]
#[tokio::test]
async fn sys_05_a_scanner_that_does_not_answer_lets_nothing_through() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clamd.ctl");
    let clamd = Clamd::new(Address::Unix(path.clone()));
    assert!(clamd.scan(b"x").await.is_err(), "nobody listens");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let clamd = clamd.within(Duration::from_millis(50));
    assert!(clamd.scan(b"x").await.is_err(), "it says nothing");
    drop(listener);
}
