//! One contract, two stores.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use luoshi_app::attachments::store::{ContentError, ContentStore};
use luoshi_domain::attachments::ContentKey;
use luoshi_domain::ids::BureauId;
use luoshi_files::{FileStore, S3Config};
use uuid::Uuid;

const BUREAU: BureauId = BureauId(Uuid::from_u128(1));
const OTHER: BureauId = BureauId(Uuid::from_u128(2));

/// A store that speaks S3, beside the test; it ends with this.
struct Bucket {
    child: Child,
    config: S3Config,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Bucket {
    /// `None` where none can run.
    fn start() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../luoshi/tests/provider");
        let module = folder.join("node_modules/@20minutes/s3rver");
        if !module.exists() || Command::new("node").arg("--version").output().is_err() {
            let line = "S3 is skipped: run npm ci in crates/luoshi/tests/provider\n";
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            let must = std::env::var_os("LUOSHI_TEST_PROVIDER").is_some();
            assert!(!must, "it must run");
            return None;
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = Command::new("node")
            .arg(folder.join("bucket.mjs"))
            .arg(port.to_string())
            .arg("luoshi")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), "ready", "the store did not start");
        let config = S3Config {
            endpoint: format!("http://127.0.0.1:{port}"),
            bucket: "luoshi".into(),
            region: "us-east-1".into(),
            key_id: "S3RVER".into(),
            secret: "S3RVER".into(),
        };
        Some(Self { child, config })
    }
}

async fn contract(store: &dyn ContentStore) {
    let bytes = "验收单".repeat(100_000).into_bytes();
    let size = u64::try_from(bytes.len()).unwrap();
    let key = ContentKey::of(BUREAU, &bytes);
    // Nothing is there, and taking nothing away is no fault.
    assert_eq!(store.size(&key).await.unwrap(), None);
    assert_eq!(store.get(&key, size).await.unwrap(), None);
    store.delete(&key).await.unwrap();

    store.put(&key, bytes.clone()).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), Some(size));
    assert_eq!(store.get(&key, size).await.unwrap().unwrap(), bytes);
    // The same again changes nothing.
    store.put(&key, bytes.clone()).await.unwrap();
    assert_eq!(store.size(&key).await.unwrap(), Some(size));
    // More than was attached is not read.
    let more = store.get(&key, size - 1).await;
    assert!(matches!(more, Err(ContentError::Other)), "{more:?}");

    // Another bureau has its own.
    let elsewhere = ContentKey::of(OTHER, &bytes);
    assert_eq!(store.size(&elsewhere).await.unwrap(), None);
    store.put(&elsewhere, bytes.clone()).await.unwrap();
    store.delete(&key).await.unwrap();
    assert_eq!(store.get(&key, size).await.unwrap(), None);
    assert_eq!(store.size(&elsewhere).await.unwrap(), Some(size));

    let largest = vec![7; 20_000_000];
    let key = ContentKey::of(BUREAU, &largest);
    store.put(&key, largest.clone()).await.unwrap();
    assert!(store.get(&key, 20_000_000).await.unwrap().unwrap() == largest);
    store
        .tidy("2100-01-01T00:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(store.size(&key).await.unwrap(), Some(20_000_000));
}

#[tokio::test]
async fn flow_05_a_folder_keeps_bytes_under_their_hash() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("files");
    contract(&FileStore::folder(&place).unwrap()).await;
}

#[tokio::test]
async fn flow_05_a_store_that_speaks_s3_keeps_bytes_under_their_hash() {
    let Some(bucket) = Bucket::start() else {
        return;
    };
    contract(&FileStore::s3(&bucket.config).unwrap()).await;
    // Who has another secret gets nothing, and is not told that there is nothing.
    let forged = S3Config {
        secret: "other".into(),
        ..bucket.config.clone()
    };
    let forged = FileStore::s3(&forged).unwrap();
    let key = ContentKey::of(BUREAU, b"x");
    let refused = forged.put(&key, b"x".to_vec()).await;
    assert!(matches!(refused, Err(ContentError::Unavailable(_))));
}

#[tokio::test]
async fn flow_05_a_store_that_cannot_be_reached_is_no_empty_one() {
    let config = S3Config {
        endpoint: "http://127.0.0.1:9".into(),
        bucket: "luoshi".into(),
        region: "us-east-1".into(),
        key_id: "a".into(),
        secret: "b".into(),
    };
    let store = FileStore::s3(&config).unwrap();
    let key = ContentKey::of(BUREAU, b"x");
    let asked = store.size(&key).await;
    assert!(
        matches!(asked, Err(ContentError::Unavailable(_))),
        "{asked:?}"
    );
}

#[tokio::test]
async fn flow_05_what_a_write_left_that_was_broken_off_is_taken_away_once_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::folder(folder.path()).unwrap();
    let key = ContentKey::of(BUREAU, b"whole");
    store.put(&key, b"whole".to_vec()).await.unwrap();
    let whole = std::fs::read_dir(folder.path().join(BUREAU.to_string()))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let left = whole.join(format!("{}#1", key.hash()));
    std::fs::write(&left, b"wh").unwrap();
    let written: DateTime<Utc> = left.metadata().unwrap().modified().unwrap().into();
    store.tidy(written - TimeDelta::hours(1)).await.unwrap();
    assert!(left.exists(), "somebody may be writing it");
    store.tidy(written + TimeDelta::hours(1)).await.unwrap();
    assert!(!left.exists());
    assert_eq!(store.size(&key).await.unwrap(), Some(5));
}
