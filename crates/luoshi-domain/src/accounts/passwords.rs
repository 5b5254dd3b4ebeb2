//! What a password must be, and for how long it may be used.

use chrono::{DateTime, TimeDelta, Utc};

use super::Credential;
use crate::calendar::local_day;

/// No configuration goes below.
pub const SHORTEST: usize = 8;

/// Unless configured otherwise.
pub const DEFAULT_LENGTH: usize = 10;

/// Longest password taken, in bytes; hashing more is work for nothing.
pub const LONGEST_BYTES: usize = 256;

/// A new password is none of this many before it.
pub const FORMER_KEPT: u32 = 5;

/// Days after which a password must be changed.
pub const LIFE_DAYS: i64 = 90;

/// Days before its end at which the person is reminded.
pub const REMINDER_DAYS: i64 = 14;

/// Days without a sign-in after which an account is closed until its password is reset.
pub const UNUSED_DAYS: i64 = 90;

/// Kinds of signs of which a password has at least three: capitals, small letters, digits, others.
const CLASSES: usize = 3;

/// A rule for passwords, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    Length,
    Classes,
    NoLogin,
    NotWeak,
    NotFormer,
}

impl PasswordRule {
    /// Every rule.
    pub const ALL: [Self; 5] = [
        Self::Length,
        Self::Classes,
        Self::NoLogin,
        Self::NotWeak,
        Self::NotFormer,
    ];

    /// The rule in plain Chinese.
    pub fn sentence(self, length: usize) -> String {
        match self {
            Self::Length => format!("至少 {length} 个字符"),
            Self::Classes => "大写字母、小写字母、数字、符号中至少有三种".into(),
            Self::NoLogin => "不含登录名".into(),
            Self::NotWeak => "不是常见的弱口令，不是连续或重复的字符".into(),
            Self::NotFormer => format!("不与最近 {FORMER_KEPT} 次用过的口令相同"),
        }
    }
}

/// The rules that a password breaks; [`PasswordRule::NotFormer`] needs the former hashes and is
/// found elsewhere.
pub fn broken(password: &str, login: &str, length: usize) -> Vec<PasswordRule> {
    let small = password.to_lowercase();
    let mut broken = Vec::new();
    if password.chars().count() < length.max(SHORTEST) {
        broken.push(PasswordRule::Length);
    }
    if classes(password) < CLASSES {
        broken.push(PasswordRule::Classes);
    }
    if !login.is_empty() && small.contains(&login.to_lowercase()) {
        broken.push(PasswordRule::NoLogin);
    }
    if is_weak(&small) {
        broken.push(PasswordRule::NotWeak);
    }
    broken
}

fn classes(password: &str) -> usize {
    let kinds: [fn(char) -> bool; 3] = [
        |sign| sign.is_uppercase(),
        |sign| sign.is_lowercase(),
        |sign| sign.is_numeric(),
    ];
    let other = password
        .chars()
        .any(|sign| !kinds.iter().any(|is| is(sign)));
    let found = kinds.iter().filter(|is| password.chars().any(is));
    found.count() + usize::from(other)
}

/// Words that weak passwords are made of, with all but the letters taken away.
const WEAK_WORDS: &[&str] = &[
    "abc",
    "abcd",
    "abcabc",
    "admin",
    "administrator",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "changeme",
    "china",
    "default",
    "dragon",
    "guest",
    "hello",
    "iloveyou",
    "jiaotong",
    "jtj",
    "letmein",
    "login",
    "luoshi",
    "master",
    "mima",
    "monkey",
    "office",
    "pass",
    "passw",
    "password",
    "passwd",
    "qaz",
    "qazwsx",
    "qazwsxedc",
    "qwe",
    "qweasd",
    "qweasdzxc",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyuiop",
    "root",
    "secret",
    "system",
    "test",
    "user",
    "wang",
    "welcome",
    "woaini",
    "woaizhongguo",
    "xitong",
    "zhongguo",
    "zxc",
    "zxcvbn",
    "zxcvbnm",
];

/// Rows of signs along which fingers walk.
const WALKS: [&str; 8] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "!@#$%^&*()",
    "1qaz2wsx3edc4rfv5tgb",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Signs in a row that count as a walk.
const WALK_LENGTH: usize = 4;

/// Whether a password, in small letters, is one of those that are tried first.
fn is_weak(small: &str) -> bool {
    // What is hung on behind is no disguise.
    let stem = small.trim_end_matches(|sign: char| !sign.is_alphabetic());
    let plain: String = stem.chars().map(straightened).collect();
    let letters =
        |text: &str| -> String { text.chars().filter(|sign| sign.is_alphabetic()).collect() };
    let known = |text: &str| WEAK_WORDS.contains(&letters(text).as_str());
    known(small) || known(&plain) || is_mostly_walk(small)
}

/// The letter that a sign stands for in disguise.
fn straightened(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether at least three quarters of the signs repeat or walk along a row of the keyboard.
fn is_mostly_walk(small: &str) -> bool {
    let signs: Vec<char> = small.chars().collect();
    let mut walked = vec![false; signs.len()];
    for (start, window) in signs.windows(WALK_LENGTH).enumerate() {
        let text: String = window.iter().collect();
        let back: String = window.iter().rev().collect();
        let along = WALKS
            .iter()
            .any(|walk| walk.contains(&text) || walk.contains(&back));
        let same = window.iter().all(|sign| Some(sign) == window.first());
        if along || same {
            walked
                .iter_mut()
                .skip(start)
                .take(WALK_LENGTH)
                .for_each(|sign| *sign = true);
        }
    }
    let count = walked.iter().filter(|walked| **walked).count();
    count > 0 && count * 4 >= signs.len() * 3
}

/// How a password stands with regard to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordAge {
    Good,
    /// Days left until it must be changed.
    EndsSoon(i64),
    /// Chosen by somebody else.
    Initial,
    /// Too old, or of unknown age.
    Over,
}

/// How the credential's password stands at `now`.
pub fn age(credential: &Credential, now: DateTime<Utc>) -> PasswordAge {
    if credential.must_change {
        return PasswordAge::Initial;
    }
    let Some(changed) = credential.changed_at else {
        return PasswordAge::Over;
    };
    let left = LIFE_DAYS - (local_day(now) - local_day(changed)).num_days();
    match left {
        ..=0 => PasswordAge::Over,
        1..=REMINDER_DAYS => PasswordAge::EndsSoon(left),
        _ => PasswordAge::Good,
    }
}

/// Whether nobody used the account for so long that it is closed until its password is reset.
pub fn is_unused(credential: &Credential, now: DateTime<Utc>) -> bool {
    let last = credential.last_used_at.max(credential.changed_at);
    last.is_some_and(|last| now - last > TimeDelta::days(UNUSED_DAYS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::PersonId;

    fn rules(password: &str) -> Vec<PasswordRule> {
        broken(password, "fangxiao", DEFAULT_LENGTH)
    }

    #[test]
    fn a_password_is_long_mixed_and_not_the_login() {
        use PasswordRule::{Classes, Length, NoLogin};
        assert_eq!(rules("Tie-lu8xing"), []);
        assert_eq!(rules("青山 Green 9 号楼下"), []);
        assert_eq!(rules("Kx9-fw"), [Length]);
        assert_eq!(rules("onlysmallletters"), [Classes]);
        assert_eq!(rules("small-with-sign"), [Classes]);
        assert_eq!(rules("My-FangXiao-77"), [NoLogin]);
    }

    #[test]
    fn no_configuration_allows_fewer_than_eight() {
        assert_eq!(broken("Kx9-fwm", "a", 1), [PasswordRule::Length]);
        assert_eq!(broken("Kx9-fwmq", "fang", 1), []);
    }

    #[test]
    fn what_is_tried_first_is_weak() {
        for weak in [
            "Password@123",
            "P@ssw0rd2026",
            "Admin@20260101",
            "Qwerty123456!",
            "Aa123456789",
            "1qaz2wsx3EDC",
            "Luoshi@2026",
            "Woaini-1314",
            "Aaaa1111!!!!",
            "Abcd1234!@#$",
        ] {
            assert!(rules(weak).contains(&PasswordRule::NotWeak), "{weak}");
        }
        for good in ["Tie-lu8xing", "Huo-che9dao-zhan", "w7Rk-pq2Zv-1m"] {
            assert_eq!(rules(good), [], "{good}");
        }
    }

    #[test]
    fn a_password_is_reminded_of_and_ends() {
        let now: DateTime<Utc> = "2026-11-25T02:00:00Z".parse().unwrap();
        let old = |days| Credential {
            person: PersonId(uuid::Uuid::from_u128(1)),
            login: "fang".into(),
            password_hash: String::new(),
            changed_at: Some(now - TimeDelta::days(days)),
            must_change: false,
            last_used_at: None,
        };
        assert_eq!(age(&old(0), now), PasswordAge::Good);
        assert_eq!(age(&old(75), now), PasswordAge::Good);
        assert_eq!(age(&old(76), now), PasswordAge::EndsSoon(14));
        assert_eq!(age(&old(89), now), PasswordAge::EndsSoon(1));
        assert_eq!(age(&old(90), now), PasswordAge::Over);
        let unknown = Credential {
            changed_at: None,
            ..old(0)
        };
        assert_eq!(age(&unknown, now), PasswordAge::Over);
        let initial = Credential {
            must_change: true,
            ..old(0)
        };
        assert_eq!(age(&initial, now), PasswordAge::Initial);

        assert!(!is_unused(&old(90), now) && is_unused(&old(91), now));
        let used = Credential {
            last_used_at: Some(now),
            ..old(91)
        };
        assert!(!is_unused(&used, now));
        assert!(!is_unused(&unknown, now));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_trouble(password in "\\PC{0,80}", login in "\\PC{0,12}") {
            let broken = broken(&password, &login, DEFAULT_LENGTH);
            if password.chars().count() < DEFAULT_LENGTH {
                prop_assert!(broken.contains(&PasswordRule::Length));
            }
        }
    }
}
