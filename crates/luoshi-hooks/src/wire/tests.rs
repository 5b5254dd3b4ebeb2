use luoshi_domain::hooks::{Credential, Purpose};
use luoshi_domain::ids::{DeliveryId, TaskId};
use luoshi_domain::notifications::Topic;
use uuid::Uuid;

use super::*;

fn message(lines: usize, letters: usize) -> Message {
    let line = |n: usize| Line {
        topic: Some(Topic::Urged),
        at: Some("2026-11-25T02:03:00Z".parse().unwrap()),
        task: Some(TaskId(Uuid::from_u128(1))),
        text: format!("{n}{}", "字".repeat(letters)),
        link: Some("https://luoshi.example/tasks/1".into()),
    };
    Message {
        purpose: Purpose::News,
        bureau: "某局".into(),
        title: "规划科：新消息".into(),
        lines: (0..lines).map(line).collect(),
        more: 0,
        link: Some("https://luoshi.example/inbox".into()),
    }
}

fn outgoing(kind: HookKind, plain: bool, secret: &str) -> Outgoing {
    Outgoing {
        id: DeliveryId(Uuid::from_u128(7)),
        kind,
        credential: Credential {
            address: String::new(),
            secret: secret.into(),
        },
        plain,
        at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        message: message(2, 3),
    }
}

#[test]
fn our_signature_is_over_the_time_and_the_very_body() {
    let uri: Uri = "https://host/in?x=1".parse().unwrap();
    let outgoing = outgoing(HookKind::General, false, "geheim");
    let sent = prepare(&outgoing, &uri).unwrap();
    assert_eq!(sent.uri, uri);
    assert_eq!(sent.headers["luoshi-timestamp"], "1700000000");
    assert_eq!(
        sent.headers["luoshi-delivery"],
        "00000000-0000-0000-0000-000000000007"
    );
    let code = signed("geheim", "1700000000", &sent.body).unwrap();
    assert_eq!(
        sent.headers["luoshi-signature"],
        format!("sha256={code}").as_str()
    );
    // As `printf '1700000000.{}' | openssl dgst -sha256 -hmac geheim` gives it.
    assert_eq!(
        signed("geheim", "1700000000", b"{}").unwrap(),
        "75e8aa01e776401a6bfda6664664c1271ca25506052e3b8c43308bdf92f3c8d5"
    );
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(body["items"][0]["topic"], "urged");
    assert_eq!(body["purpose"], "news");
}

#[test]
fn dingtalk_signs_in_the_address_and_wecom_not_at_all() {
    let uri: Uri = "https://oapi.dingtalk.com/robot/send?access_token=abc"
        .parse()
        .unwrap();
    let sent = prepare(&outgoing(HookKind::Dingtalk, false, "SECabc"), &uri).unwrap();
    // As `printf '1700000000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64`.
    let expected = format!(
        "{uri}&timestamp=1700000000000&sign=jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D"
    );
    assert_eq!(sent.uri.to_string(), expected);
    assert!(!sent.headers.contains_key("luoshi-signature"));
    let without = prepare(&outgoing(HookKind::Dingtalk, false, ""), &uri).unwrap();
    assert_eq!(without.uri, uri);
    let wecom = prepare(&outgoing(HookKind::Wecom, false, ""), &uri).unwrap();
    assert_eq!(wecom.uri, uri);
}

#[test]
fn robots_get_the_bodies_that_they_know() {
    let body_of = |kind, plain| body(&outgoing(kind, plain, ""));
    let text = body_of(HookKind::Wecom, true);
    assert_eq!(text["msgtype"], "text");
    let content = text["text"]["content"].as_str().unwrap();
    assert!(content.starts_with("【落实】规划科：新消息\n· 催办 11-25 10:03 0字字字\nhttps://"));
    assert!(content.ends_with("全部：https://luoshi.example/inbox"));
    let marked = body_of(HookKind::Wecom, false);
    assert_eq!(marked["msgtype"], "markdown");
    let content = marked["markdown"]["content"].as_str().unwrap();
    assert!(
        content.contains("[查看](https://luoshi.example/tasks/1)"),
        "{content}"
    );
    let marked = body_of(HookKind::Dingtalk, false);
    assert_eq!(marked["markdown"]["title"], "【落实】规划科：新消息");
    assert!(
        marked["markdown"]["text"]
            .as_str()
            .unwrap()
            .contains("落实")
    );
    assert_eq!(body_of(HookKind::Dingtalk, true)["msgtype"], "text");
}

#[test]
fn what_is_too_long_is_cut_between_letters_and_says_so() {
    for (lines, letters) in [(1, 10), (20, 100), (20, 700), (1, 3000)] {
        let message = message(lines, letters);
        for limit in [WECOM_TEXT, WECOM_MARKED, DINGTALK] {
            for text in [plain(&message, limit), marked(&message, limit)] {
                assert!(text.len() <= limit, "{lines} {letters}: {}", text.len());
                assert!(text.contains("https://luoshi.example/inbox"), "{text}");
            }
        }
    }
    let text = plain(&message(20, 100), WECOM_TEXT);
    let shown = text.matches("催办").count();
    assert!(text.contains(&format!("另有 {} 条", 20 - shown)), "{text}");
    assert!(plain(&message(1, 3000), WECOM_TEXT).contains("……"));
}

#[test]
fn nothing_that_was_entered_is_a_mark_or_calls_everybody() {
    let text = unmarked("a\n<@all> [x](http://evil) **b** @所有人");
    assert_eq!(text, "a ＜＠all＞ ［x］(http://evil) ＊＊b＊＊ ＠所有人");
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn a_robot_that_answers_200_with_a_code_has_not_taken_it() {
    let of = |kind, status, body: &str| judge(kind, &answer(status, body));
    let again = |answered: Result<u16, SendError>| answered.unwrap_err().again;
    assert_eq!(
        of(HookKind::Wecom, 200, r#"{"errcode":0,"errmsg":"ok"}"#),
        Ok(200)
    );
    let refused = of(HookKind::Wecom, 200, r#"{"errcode":93000,"errmsg":"x"}"#).unwrap_err();
    assert_eq!(refused.again, Again::Never);
    assert!(refused.why.contains("93000") && !refused.why.contains('x'));
    let busy = of(HookKind::Dingtalk, 200, r#"{"errcode":130101}"#);
    assert!(matches!(again(busy), Again::Later(Some(_))));
    assert_eq!(again(of(HookKind::Dingtalk, 200, "<html>")), Again::Never);
    assert_eq!(of(HookKind::General, 204, ""), Ok(204));
    assert_eq!(again(of(HookKind::General, 500, "")), Again::Later(None));
    assert_eq!(again(of(HookKind::General, 429, "")), Again::Later(None));
    assert_eq!(again(of(HookKind::General, 302, "")), Again::Never);
    assert_eq!(again(of(HookKind::General, 404, "")), Again::Never);
}
