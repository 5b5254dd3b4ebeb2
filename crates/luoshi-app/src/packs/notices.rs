//! Yearly notices from TOML, or from JSON that maps days to `off` and `work`.

use chrono::{Datelike, NaiveDate};
use luoshi_domain::calendar::{DayKind, Notice, NoticeDay};
use std::collections::BTreeMap;

use super::reader::{Fault, Node, Placed, Source};

/// The longest file, in bytes.
pub const NOTICE_LIMIT: usize = 64 * 1024;

/// The longest stretch of days in one entry.
const STRETCH_LIMIT: i64 = 30;

/// Reads the notices of a file, TOML or JSON by its first letter.
pub fn notices(file: &str, text: &str) -> Result<Vec<Notice>, Fault> {
    let source = Source { file, text };
    if text.len() > NOTICE_LIMIT {
        return Err(source.fault(0, format!("文件超过 {} KB", NOTICE_LIMIT / 1024)));
    }
    if text.trim_start().starts_with('{') {
        return from_json(source);
    }
    let tree = source.parse()?;
    let root = Node::root(source, &tree);
    let mut notices: Vec<Notice> = Vec::new();
    for node in root.tables("notices")? {
        let notice = notice(&node)?;
        if notices.iter().any(|known| known.year == notice.year) {
            return Err(node.fault(format!("{} 年出现了两次", notice.year)));
        }
        notices.push(notice);
        node.finish()?;
    }
    root.finish()?;
    if notices.is_empty() {
        return Err(source.fault(0, "没有 [[notices]]，读不出放假通知"));
    }
    Ok(notices)
}

fn notice(node: &Node<'_>) -> Result<Notice, Fault> {
    let year = node.number("year", 2000..=2199)?;
    let mut notice = Notice::of_year(i32::try_from(year).unwrap_or_default());
    notice.title = node.text_or_empty("title")?;
    if node.has("number") {
        notice.number = match node.optional_text("number") {
            Ok(number) => number.map(|placed| placed.value).unwrap_or_default(),
            // A number that nobody gave is written as an empty text.
            Err(_empty) => String::new(),
        };
    }
    for holiday in node.tables("holidays")? {
        let name = holiday.text("name")?.value;
        for (key, kind) in [("off", DayKind::Off), ("work", DayKind::Work)] {
            if !holiday.has(key) {
                continue;
            }
            for text in holiday.texts(key)? {
                for day in days(&holiday, &text)? {
                    let known = NoticeDay {
                        kind,
                        holiday: name.clone(),
                    };
                    if notice.days.insert(day, known).is_some() {
                        return Err(holiday.fault_at(&text, format!("{day} 出现了两次")));
                    }
                }
            }
        }
        holiday.finish()?;
    }
    notice
        .check()
        .map_err(|fault| node.fault(fault.to_string().trim_end_matches('。')))?;
    Ok(notice)
}

/// `2027-02-06` or `2027-02-06/2027-02-12`.
fn days(node: &Node<'_>, text: &Placed<String>) -> Result<Vec<NaiveDate>, Fault> {
    stretch(&text.value).ok_or_else(|| {
        let reason = format!(
            "“{}”不是日期，应写作 2027-02-06 或 2027-02-06/2027-02-12",
            text.value
        );
        node.fault_at(text, reason)
    })
}

/// The days of a stretch; nothing when it is none.
pub(crate) fn stretch(text: &str) -> Option<Vec<NaiveDate>> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let first: NaiveDate = first.trim().parse().ok()?;
    let last: NaiveDate = last.trim().parse().ok()?;
    let length = (last - first).num_days();
    if !(0..=STRETCH_LIMIT).contains(&length) {
        return None;
    }
    Some(first.iter_days().take_while(|day| *day <= last).collect())
}

/// `{"2027-01-01": "off", …}`; the holidays stay without a name.
fn from_json(source: Source<'_>) -> Result<Vec<Notice>, Fault> {
    let days: BTreeMap<String, String> = serde_json::from_str(source.text).map_err(|error| {
        let reason = "JSON 应写成 {\"2027-01-01\": \"off\", …}";
        Fault {
            file: source.file.to_owned(),
            line: error.line().max(1),
            reason: reason.to_owned(),
        }
    })?;
    let place = |text: &str| source.text.find(text).unwrap_or_default();
    let mut notices: BTreeMap<i32, Notice> = BTreeMap::new();
    for (text, word) in days {
        let day: NaiveDate = text.parse().map_err(|_no_date| {
            source.fault(place(&text), format!("“{text}”不是日期，应写作 2027-01-01"))
        })?;
        let kind = match word.as_str() {
            "off" => DayKind::Off,
            "work" => DayKind::Work,
            _ => {
                let reason = format!("“{word}”应写 off（放假）或 work（上班）");
                return Err(source.fault(place(&text), reason));
            }
        };
        // The last day of December belongs to the New Year's Day that it begins.
        let eve = kind == DayKind::Off && (day.month(), day.day()) >= (12, 29);
        let year = day.year() + i32::from(eve);
        let notice = notices.entry(year).or_insert_with(|| Notice::of_year(year));
        let holiday = String::new();
        notice.days.insert(day, NoticeDay { kind, holiday });
    }
    // A New Year's Eve alone is no notice: the year after has none yet.
    let lone: Vec<i32> = notices
        .values()
        .filter(|notice| notice.days.keys().all(|day| day.year() < notice.year))
        .map(|notice| notice.year)
        .collect();
    for year in lone {
        let Some(alone) = notices.remove(&year) else {
            continue;
        };
        let before = notices
            .entry(year - 1)
            .or_insert_with(|| Notice::of_year(year - 1));
        before.days.extend(alone.days);
    }
    for notice in notices.values() {
        let fault = |fault: luoshi_domain::calendar::NoticeFault| {
            source.fault(0, fault.to_string().trim_end_matches('。'))
        };
        notice.check().map_err(fault)?;
    }
    if notices.is_empty() {
        return Err(source.fault(0, "没有日期"));
    }
    Ok(notices.into_values().collect())
}

/// A notice as typed into a form, as the text of a file; the sentence says what cannot be read.
///
/// A row is `春节 2.5-2.11 班 1.31 2.14`: the holiday's name, days off, and after `班` days worked.
pub fn draft(year: &str, title: &str, rows: &[&str]) -> Result<String, String> {
    let year: i32 = year
        .parse()
        .map_err(|_no_number| "请填写年份，如 2027。".to_owned())?;
    let quoted = |text: &str| text.replace(['"', '\\'], "");
    let mut text = format!("[[notices]]\nyear = {year}\n");
    if !title.is_empty() {
        text.push_str(&format!("title = \"{}\"\n", quoted(title)));
    }
    let mut any = false;
    for row in rows.iter().filter(|row| !row.trim().is_empty()) {
        any = true;
        let mut words = row.split_whitespace();
        let name = words.next().unwrap_or_default();
        let (mut off, mut work, mut working) = (Vec::new(), Vec::new(), false);
        for word in words {
            if matches!(word, "班" | "上班" | "调休") {
                working = true;
                continue;
            }
            let days = typed_stretch(word, year).ok_or_else(|| {
                format!("“{row}”里的“{word}”不是日期，应写成：春节 2.5-2.11 班 1.31 2.14。")
            })?;
            if working { &mut work } else { &mut off }.push(format!("\"{days}\""));
        }
        if off.is_empty() {
            return Err(format!("“{row}”没有写放假的日子，应写成：元旦 1.1-1.3。"));
        }
        text.push_str(&format!(
            "\n[[notices.holidays]]\nname = \"{}\"\noff = [{}]\n",
            quoted(name),
            off.join(", ")
        ));
        if !work.is_empty() {
            text.push_str(&format!("work = [{}]\n", work.join(", ")));
        }
    }
    if any {
        Ok(text)
    } else {
        Err("请选文件，或者填写至少一个假期。".into())
    }
}

/// `2.5-2.11` of a year; a stretch that begins in December begins in the year before.
fn typed_stretch(word: &str, year: i32) -> Option<String> {
    let (first, last) = word
        .split_once(['-', '至', '—', '~'])
        .unwrap_or((word, word));
    let day = |text: &str| {
        let (month, day) = text.split_once(['.', '月'])?;
        let day = day.trim_end_matches('日');
        Some((month.parse::<u32>().ok()?, day.parse::<u32>().ok()?))
    };
    let (first, last) = (day(first)?, day(last)?);
    let before = i32::from(first.0 > last.0);
    let first = NaiveDate::from_ymd_opt(year - before, first.0, first.1)?;
    let last = NaiveDate::from_ymd_opt(year, last.0, last.1)?;
    Some(if first == last {
        first.to_string()
    } else {
        format!("{first}/{last}")
    })
}
