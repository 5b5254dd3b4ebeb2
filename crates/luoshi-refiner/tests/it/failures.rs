use std::time::Duration;

use chrono::TimeDelta;
use luoshi_app::refiner::{RefineError, Refiner};
use luoshi_refiner::HttpRefiner;
use luoshi_refiner::config::{Config, ConfigError, Key};

use crate::batch;
use crate::recorded::{Answer, Recorded, said, status};

/// Why a server's answers are none.
async fn fault(answers: impl IntoIterator<Item = Answer>) -> RefineError {
    let server = Recorded::new(answers).await;
    let refiner = server.refiner().await;
    refiner.refine(&batch()).await.unwrap_err()
}

fn later(why: &str) -> RefineError {
    RefineError::Later {
        why: why.into(),
        after: None,
    }
}

fn never(why: &str) -> RefineError {
    RefineError::Never { why: why.into() }
}

#[tokio::test]
async fn import_07_a_refused_connection_is_tried_later() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let refiner = HttpRefiner::connect(Config::new(base, "m")).await.unwrap();
    let fault = refiner.refine(&batch()).await.unwrap_err();
    assert_eq!(fault, later("连不上模型服务。"));
}

#[tokio::test]
async fn import_07_a_server_that_is_silent_is_left_in_time() {
    let server = Recorded::new([Answer::Silence]).await;
    let mut config = server.config();
    config.timeout = Duration::from_millis(200);
    let refiner = HttpRefiner::connect(config).await.unwrap();
    let fault = refiner.refine(&batch()).await.unwrap_err();
    assert_eq!(fault, later("模型服务 0 秒内没有答复。"));
}

#[tokio::test]
async fn import_07_a_server_that_stops_halfway_is_left_in_time() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"choices\":";
    let fault = fault([Answer::Bytes(half.into())]).await;
    assert_eq!(fault, later("模型服务的答复没有传完。"));
}

#[tokio::test]
async fn import_07_a_wrong_key_is_not_tried_again() {
    let why = "模型服务不认口令（401），请检查口令文件。";
    let body = r#"{"error":{"message":"invalid key sk-local-7"}}"#;
    assert_eq!(
        fault([status("401 Unauthorized", "", body)]).await,
        never(why)
    );
}

#[tokio::test]
async fn import_07_a_busy_server_says_when_to_come_back() {
    let busy = |headers| fault([status("429 Too Many Requests", headers, "")]);
    let why = "模型服务忙（429）。".to_owned();
    let after = Some(TimeDelta::seconds(75));
    let expected = RefineError::Later {
        why: why.clone(),
        after,
    };
    assert_eq!(busy("retry-after: 75\r\n").await, expected);
    // A date is not read; the usual wait applies.
    let dated = busy("retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n").await;
    assert_eq!(dated, RefineError::Later { why, after: None });
}

#[tokio::test]
async fn import_07_a_broken_server_is_tried_later() {
    let broken = fault([status("500 Internal Server Error", "", "oops")]).await;
    assert_eq!(broken, later("模型服务出错（500）。"));
}

#[tokio::test]
async fn import_07_a_request_that_is_refused_in_both_forms_is_not_tried_again() {
    let refused = || status("400 Bad Request", "", "{}");
    let why = "模型服务不接受请求（400），请检查地址和模型名。";
    assert_eq!(fault([refused(), refused()]).await, never(why));
    let why = "模型服务不接受请求（404），请检查地址和模型名。";
    let unknown = fault([status("404 Not Found", "", "{}")]).await;
    assert_eq!(unknown, never(why));
}

#[tokio::test]
async fn import_07_no_redirect_is_followed() {
    let elsewhere = Recorded::new([said("{}")]).await;
    let to = format!("location: {}/chat/completions\r\n", elsewhere.base);
    let fault = fault([status("307 Temporary Redirect", &to, "")]).await;
    assert_eq!(fault, never("模型服务要转到别的地址（307），没有跟去。"));
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn import_07_an_answer_of_another_shape_is_no_answer() {
    let shape = "模型服务的答复不能用：内容不合约定的格式。";
    for content in [
        "好的，以下是建议：养护中心牵头。",
        r#"{"suggestions":[{"n":0"#,
        r#"{"suggestions":[{"n":0,"quote":"x","run":"rm"}]}"#,
        r#"{"suggestions":[{"n":-1,"quote":"x"}]}"#,
        "[]",
        "",
    ] {
        assert_eq!(fault([said(content)]).await, later(shape), "{content}");
    }
    let page = status("200 OK", "", "<html>proxy</html>");
    let why = "模型服务的答复不能用：不是所要的 JSON。";
    assert_eq!(fault([page]).await, later(why));
    let empty = status("200 OK", "", r#"{"choices":[]}"#);
    assert_eq!(
        fault([empty]).await,
        later("模型服务的答复不能用：没有内容。")
    );
    let null = r#"{"choices":[{"message":{"content":null}}]}"#;
    assert_eq!(
        fault([status("200 OK", "", null)]).await,
        later("模型服务的答复不能用：没有内容。")
    );
}

#[tokio::test]
async fn import_07_an_answer_that_is_too_large_is_not_read_to_its_end() {
    let large = "长".repeat(300 * 1024);
    assert_eq!(
        fault([said(&large)]).await,
        later("模型服务的答复超过 256 KB，没有采用。")
    );
    let item = r#"{"n":0,"quote":"修补"}"#;
    let many = format!(r#"{{"suggestions":[{}]}}"#, [item; 65].join(","));
    let why = "模型服务的答复不能用：内容过多。";
    assert_eq!(fault([said(&many)]).await, later(why));
    let long = format!(
        r#"{{"suggestions":[{{"n":0,"quote":"{}"}}]}}"#,
        "长".repeat(501)
    );
    assert_eq!(fault([said(&long)]).await, later(why));
}

#[tokio::test]
async fn import_07_an_address_outside_is_refused_unless_it_is_allowed() {
    let connect = |config| async { HttpRefiner::connect(config).await.err() };
    let public = || Config::new("http://203.0.113.9:8000/v1", "m");
    assert_eq!(connect(public()).await, Some(ConfigError::Public));
    let mut allowed = public();
    allowed.any_address = true;
    assert_eq!(connect(allowed).await, None);
    for base in [
        "https://10.0.0.1/v1",
        "http://user:word@10.0.0.1/v1",
        "http://10.0.0.1/v1?x=1",
        "10.0.0.1:8000",
        "file:///etc/passwd",
    ] {
        let fault = connect(Config::new(base, "m")).await;
        assert_eq!(fault, Some(ConfigError::Address), "{base}");
    }
}

#[tokio::test]
async fn import_07_a_key_that_is_no_header_is_refused_and_never_shown() {
    let mut config = Config::new("http://127.0.0.1:9/v1", "m");
    config.key = Some(Key::new("two\nlines"));
    assert!(!format!("{config:?}").contains("lines"));
    let fault = HttpRefiner::connect(config).await.err();
    assert_eq!(fault, Some(ConfigError::Key));
}
