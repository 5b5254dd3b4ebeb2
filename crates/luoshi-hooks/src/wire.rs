//! What goes over the line: bodies, signatures, and what an answer means.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use luoshi_app::hooks::sender::{Again, Line, Message, Outgoing, SendError};
use luoshi_domain::calendar::local_time;
use luoshi_domain::hooks::HookKind;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::client::Answer;

const DELIVERY: HeaderName = HeaderName::from_static("luoshi-delivery");
const TIMESTAMP: HeaderName = HeaderName::from_static("luoshi-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("luoshi-signature");

/// Longest content of WeCom, in bytes: of text, and of text with marks.
const WECOM_TEXT: usize = 2048;
const WECOM_MARKED: usize = 4096;

/// Longest content of DingTalk, in bytes; the whole request may have 20,000.
const DINGTALK: usize = 16_000;

/// What every message of ours begins with; robots may be told to take nothing else.
const MARK: &str = "【落实】";

/// A request that is ready to go.
pub(crate) struct Prepared {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The request of a message to an address.
pub(crate) fn prepare(outgoing: &Outgoing, uri: &Uri) -> Option<Prepared> {
    let body = body(outgoing).to_string().into_bytes();
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    let secret = outgoing.credential.secret.as_str();
    let uri = match outgoing.kind {
        HookKind::General => {
            let timestamp = outgoing.at.timestamp().to_string();
            let signature = format!("sha256={}", signed(secret, &timestamp, &body)?);
            let id = outgoing.id.to_string();
            for (name, value) in [
                (DELIVERY, id),
                (TIMESTAMP, timestamp),
                (SIGNATURE, signature),
            ] {
                headers.insert(name, HeaderValue::from_str(&value).ok()?);
            }
            uri.clone()
        }
        HookKind::Dingtalk if !secret.is_empty() => signed_uri(uri, secret, outgoing.at)?,
        HookKind::Dingtalk | HookKind::Wecom => uri.clone(),
    };
    Some(Prepared { uri, headers, body })
}

/// HMAC-SHA256 of `TIMESTAMP.BODY`, in lower-case hex.
fn signed(secret: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let code = hmac(secret, &[timestamp.as_bytes(), b".", body])?;
    Some(code.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The address with DingTalk's `timestamp` and `sign` behind it.
fn signed_uri(uri: &Uri, secret: &str, at: DateTime<Utc>) -> Option<Uri> {
    let timestamp = at.timestamp_millis().to_string();
    let code = hmac(secret, &[timestamp.as_bytes(), b"\n", secret.as_bytes()])?;
    let code = STANDARD.encode(code);
    let sign = utf8_percent_encode(&code, NON_ALPHANUMERIC);
    format!("{uri}&timestamp={timestamp}&sign={sign}")
        .parse()
        .ok()
}

fn hmac(secret: &str, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().to_vec())
}

fn body(outgoing: &Outgoing) -> Value {
    let message = &outgoing.message;
    match (outgoing.kind, outgoing.plain) {
        (HookKind::General, _) => general(outgoing),
        (HookKind::Wecom, true) => {
            json!({"msgtype": "text", "text": {"content": plain(message, WECOM_TEXT)}})
        }
        (HookKind::Wecom, false) => {
            json!({"msgtype": "markdown", "markdown": {"content": marked(message, WECOM_MARKED)}})
        }
        (HookKind::Dingtalk, true) => {
            json!({"msgtype": "text", "text": {"content": plain(message, DINGTALK)}})
        }
        (HookKind::Dingtalk, false) => json!({
            "msgtype": "markdown",
            "markdown": {
                "title": one_line(&format!("{MARK}{}", message.title)),
                "text": marked(message, DINGTALK),
            },
        }),
    }
}

fn general(outgoing: &Outgoing) -> Value {
    let message = &outgoing.message;
    let items = message.lines.iter().map(|line| {
        json!({
            "topic": line.topic.map(|topic| topic.key()),
            "at": line.at,
            "task": line.task.map(|task| task.0.to_string()),
            "text": line.text,
            "link": line.link,
        })
    });
    json!({
        "id": outgoing.id.to_string(),
        "purpose": message.purpose.key(),
        "sent_at": outgoing.at,
        "bureau": message.bureau,
        "title": message.title,
        "items": items.collect::<Vec<_>>(),
        "more": message.more,
        "link": message.link,
    })
}

/// Text as any program shows it.
fn plain(message: &Message, limit: usize) -> String {
    let lines = message.lines.iter().map(|line| {
        let link = line.link.as_ref().map(|link| format!("\n{link}"));
        let (said, text) = (said(line), one_line(&line.text));
        format!("\n· {said}{text}{}", link.unwrap_or_default())
    });
    let end = |more: u32| match &message.link {
        Some(link) => format!("{}\n全部：{link}", more_said(more)),
        None => more_said(more),
    };
    let head = format!("{MARK}{}", one_line(&message.title));
    fit(&head, &lines.collect::<Vec<_>>(), message.more, limit, end)
}

/// Text with the marks that both robots know.
fn marked(message: &Message, limit: usize) -> String {
    let lines = message.lines.iter().map(|line| {
        let link = line.link.as_ref().map(|link| format!(" [查看]({link})"));
        let (said, text) = (said(line), unmarked(&line.text));
        format!("\n- {said}{text}{}", link.unwrap_or_default())
    });
    let end = |more: u32| match &message.link {
        Some(link) => format!("{}\n\n[打开落实系统]({link})", more_said(more)),
        None => more_said(more),
    };
    let head = format!("**{MARK}{}**\n", unmarked(&message.title));
    fit(&head, &lines.collect::<Vec<_>>(), message.more, limit, end)
}

fn more_said(more: u32) -> String {
    match more {
        0 => String::new(),
        more => format!("\n另有 {more} 条，请登录系统查看。"),
    }
}

/// What stands before a sentence: its topic and when.
fn said(line: &Line) -> String {
    let topic = line.topic.map(|topic| format!("{} ", topic.label()));
    let at = line
        .at
        .map(|at| local_time(at).format("%m-%d %H:%M ").to_string());
    topic.unwrap_or_default() + &at.unwrap_or_default()
}

/// As many lines as there is room for, with how many are not there.
fn fit(
    head: &str,
    lines: &[String],
    more: u32,
    limit: usize,
    end: impl Fn(u32) -> String,
) -> String {
    for count in (1..=lines.len()).rev() {
        let shown = lines.get(..count).unwrap_or_default().concat();
        let left = u32::try_from(lines.len() - count).unwrap_or(u32::MAX);
        let text = format!("{head}{shown}{}", end(more.saturating_add(left)));
        if text.len() <= limit {
            return text;
        }
    }
    let left = u32::try_from(lines.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let end = end(more.saturating_add(left));
    let first = lines.first().map(String::as_str).unwrap_or_default();
    let room = limit.saturating_sub(end.len());
    format!("{}{end}", cut(&format!("{head}{first}"), room))
}

/// At most so many bytes, cut between letters.
fn cut(text: &str, limit: usize) -> String {
    const DOTS: &str = "……";
    if text.len() <= limit {
        return text.to_owned();
    }
    let place = text.floor_char_boundary(limit.saturating_sub(DOTS.len()));
    format!("{}{DOTS}", text.get(..place).unwrap_or_default())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing that was entered is taken for a mark, a link or a call to everybody.
fn unmarked(text: &str) -> String {
    let letter = |letter: char| match letter {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '_' => '＿',
        '`' => '｀',
        '#' => '＃',
        '@' => '＠',
        '\\' => '＼',
        '!' => '！',
        other => other,
    };
    one_line(text).chars().map(letter).collect()
}

/// What a robot says in the body of every answer.
#[derive(Deserialize)]
struct RobotAnswer {
    errcode: i64,
}

/// Codes with which robots say that they are sent too much or are busy.
const PASSING: [i64; 5] = [-1, 45009, 130_101, 410_100, 50_001];

/// What an answer means: that it got there, or why not.
pub(crate) fn judge(kind: HookKind, answer: &Answer) -> Result<u16, SendError> {
    let status = answer.status;
    let number = status.as_u16();
    let failed = |why: String, again| {
        Err(SendError {
            status: Some(number),
            why,
            again,
        })
    };
    if status.is_redirection() {
        let why = format!("对方要转到别的地址（{number}），没有跟去；请填写最终的地址。");
        return failed(why, Again::Never);
    }
    if !status.is_success() {
        let passing = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
            );
        return if passing {
            let why = format!("对方出错或者忙（{number}）。");
            failed(why, Again::Later(asked_wait(&answer.headers)))
        } else {
            let why = format!("对方不接受（{number}），请检查地址。");
            failed(why, Again::Never)
        };
    }
    if kind == HookKind::General {
        return Ok(number);
    }
    match serde_json::from_slice::<RobotAnswer>(&answer.body) {
        Ok(RobotAnswer { errcode: 0 }) => Ok(number),
        Ok(RobotAnswer { errcode }) if PASSING.contains(&errcode) => {
            let why = format!("机器人忙或者发得太快（errcode {errcode}）。");
            failed(why, Again::Later(Some(TimeDelta::minutes(10))))
        }
        Ok(RobotAnswer { errcode }) => {
            let hint = hint(kind, errcode);
            failed(
                format!("机器人不接受（errcode {errcode}）{hint}。"),
                Again::Never,
            )
        }
        Err(_unreadable) => {
            let why = "答复的不是群机器人，请检查地址。".to_owned();
            failed(why, Again::Never)
        }
    }
}

/// What is to be mended, where the code says it.
fn hint(kind: HookKind, errcode: i64) -> &'static str {
    match (kind, errcode) {
        (HookKind::Wecom, 93_000 | 93_008) => "，地址里的 key 无效或机器人已被移出群",
        (HookKind::Dingtalk, 310_000) => {
            "，安全设置不符：请核对加签密钥；用关键词的，关键词设为“落实”"
        }
        (HookKind::Dingtalk, 300_001 | 300_005 | 400_013 | 400_101 | 400_102) => {
            "，地址里的 access_token 无效或机器人已停用"
        }
        _ => "，请检查地址和安全设置",
    }
}

/// The wait that the other side asks for, in seconds; a date is not read.
fn asked_wait(headers: &HeaderMap) -> Option<TimeDelta> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds: u32 = seconds.parse().ok()?;
    Some(TimeDelta::seconds(i64::from(seconds)))
}

#[cfg(test)]
mod tests;
