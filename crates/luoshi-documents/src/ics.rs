//! Calendar feeds (RFC 5545): days with a summary, an address and an alarm.
//!
//! Lines end in CR LF and are folded at 75 octets, never inside a character.

use std::fmt::Write;

/// The most octets of a line, without its end.
const FOLD: usize = 75;

/// A calendar of whole days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    pub name: String,
    /// When it was made: `20260301T010000Z`.
    pub made_at: String,
    pub events: Vec<FeedDay>,
}

/// Something that falls on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedDay {
    /// The same whenever the feed is made again.
    pub uid: String,
    /// `20260301`
    pub day: String,
    /// The day after, since an end is not part of an event.
    pub next_day: String,
    pub summary: String,
    pub description: String,
    /// Minutes before the day begins at which the reader is told; none without.
    pub alarm_minutes: Option<u32>,
}

/// The feed as a text.
pub fn write(feed: &Feed) -> String {
    let mut text = String::new();
    line(&mut text, "BEGIN:VCALENDAR");
    line(&mut text, "VERSION:2.0");
    line(&mut text, "PRODID:-//Luoshi//Limits//ZH");
    line(&mut text, "CALSCALE:GREGORIAN");
    line(&mut text, "METHOD:PUBLISH");
    line(&mut text, &format!("X-WR-CALNAME:{}", escape(&feed.name)));
    line(&mut text, "X-WR-TIMEZONE:Asia/Shanghai");
    line(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT6H");
    for event in &feed.events {
        line(&mut text, "BEGIN:VEVENT");
        line(&mut text, &format!("UID:{}", escape(&event.uid)));
        line(&mut text, &format!("DTSTAMP:{}", feed.made_at));
        line(&mut text, &format!("DTSTART;VALUE=DATE:{}", event.day));
        line(&mut text, &format!("DTEND;VALUE=DATE:{}", event.next_day));
        line(&mut text, &format!("SUMMARY:{}", escape(&event.summary)));
        if !event.description.is_empty() {
            let described = escape(&event.description);
            line(&mut text, &format!("DESCRIPTION:{described}"));
        }
        line(&mut text, "TRANSP:TRANSPARENT");
        if let Some(minutes) = event.alarm_minutes {
            line(&mut text, "BEGIN:VALARM");
            line(&mut text, "ACTION:DISPLAY");
            line(
                &mut text,
                &format!("DESCRIPTION:{}", escape(&event.summary)),
            );
            line(&mut text, &format!("TRIGGER:-PT{minutes}M"));
            line(&mut text, "END:VALARM");
        }
        line(&mut text, "END:VEVENT");
    }
    line(&mut text, "END:VCALENDAR");
    text
}

/// A text value: backslash, semicolon, comma and line ends are escaped, other controls dropped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Adds a line, folded; a continuation begins with a space that counts.
fn line(text: &mut String, content: &str) {
    let mut octets = 0;
    for letter in content.chars() {
        if octets + letter.len_utf8() > FOLD {
            text.push_str("\r\n ");
            octets = 1;
        }
        octets += letter.len_utf8();
        // Writing into a text cannot fail.
        let _written = text.write_char(letter);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(summary: &str) -> Feed {
        Feed {
            name: "我的时限".into(),
            made_at: "20260301T010000Z".into(),
            events: vec![FeedDay {
                uid: "1@luoshi".into(),
                day: "20260304".into(),
                next_day: "20260305".into(),
                summary: summary.into(),
                description: "第一行\n第二行".into(),
                alarm_minutes: Some(1440),
            }],
        }
    }

    /// As a reader undoes the folding.
    fn unfolded(text: &str) -> Vec<String> {
        let lines = text.replace("\r\n ", "");
        lines.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn values_are_escaped_and_lines_end_in_cr_lf() {
        let text = write(&feed("编制规划;甲,乙\\丙"));
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        let lines = unfolded(&text);
        assert!(
            lines.contains(&r"SUMMARY:编制规划\;甲\,乙\\丙".to_owned()),
            "{text}"
        );
        assert!(lines.contains(&r"DESCRIPTION:第一行\n第二行".to_owned()));
        assert!(lines.contains(&"TRIGGER:-PT1440M".to_owned()));
        assert_eq!(text.matches("BEGIN:").count(), text.matches("END:").count());
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_longer_than_75_octets_and_unfolding_gives_it_back(summary in "\\PC{0,200}") {
            let text = write(&feed(&summary));
            for line in text.split("\r\n") {
                proptest::prop_assert!(line.len() <= FOLD, "{}", line);
                proptest::prop_assert!(!line.contains(['\r', '\n']));
            }
            let whole = format!("SUMMARY:{}", escape(&summary));
            proptest::prop_assert!(unfolded(&text).contains(&whole));
        }
    }
}
