use axum::http::StatusCode;
use luoshi_web::routes::Access;

use crate::harness::TestApp;

/// Addresses with something in them that does not exist.
fn filled(path: &str) -> String {
    let unknown = "01970000-0000-7000-8000-00000000ffff";
    let named = path.split('/').map(|part| match part {
        "{n}" | "{clause}" | "{number}" => "0",
        "{name}" => "none.css",
        "{form}" => "edit",
        part if part.starts_with('{') => unknown,
        part => part,
    });
    named.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_lets_in_whom_its_entry_names() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    let mut stranger = app.as_user("ye").await;
    let leader = app.as_user("zhao").await;
    let table = luoshi_web::table();
    assert!(table.entries().len() > 20, "the table is empty");
    for entry in table
        .entries()
        .iter()
        .filter(|entry| entry.access != Access::Public)
    {
        let path = filled(entry.path);
        let at = format!("{} {path}", entry.method);
        let (anonymous, member) = match entry.method {
            "GET" => (nobody.get(&path).await, stranger.get(&path).await),
            "DELETE" => (nobody.delete(&path).await, stranger.delete(&path).await),
            _ => (
                nobody.post(&path, &[]).await,
                stranger.post(&path, &[]).await,
            ),
        };
        let refused = if path.starts_with("/api/") {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::SEE_OTHER
        };
        assert_eq!(anonymous.status, refused, "nobody at {at}");
        if refused == StatusCode::SEE_OTHER {
            assert!(
                anonymous.location().starts_with("/sign-in"),
                "nobody at {at}"
            );
        }
        assert!(
            !member.status.is_server_error(),
            "a member at {at}: {}",
            member.body
        );
        if path.ends_with("/sign-out") || path.ends_with("/session/end") {
            stranger = app.as_user("ye").await;
        }
        let few = [
            Access::Audit,
            Access::Bureau,
            Access::Office,
            Access::Security,
        ];
        if few.contains(&entry.access) {
            // What cannot be read may be said first; what can be read is not there for them.
            let hidden = [
                StatusCode::NOT_FOUND,
                StatusCode::UNPROCESSABLE_ENTITY,
                StatusCode::BAD_REQUEST,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ];
            assert!(
                hidden.contains(&member.status),
                "a member at {at}: {}",
                member.status
            );
            if entry.access == Access::Office && entry.method == "GET" {
                let leader = leader.get(&path).await;
                assert_eq!(leader.status, StatusCode::NOT_FOUND, "a leader at {at}");
            }
        }
    }
}

#[tokio::test]
async fn sys_03_what_one_may_not_know_of_does_not_exist() {
    let app = TestApp::new().await;
    let ye = app.as_user("ye").await;
    let zhou = app.as_user("zhou").await;
    for path in ["/imports", "/journal"] {
        assert_eq!(zhou.get(path).await.status, StatusCode::OK, "{path}");
        let answer = ye.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("没有找到"), "{path}");
    }
}
