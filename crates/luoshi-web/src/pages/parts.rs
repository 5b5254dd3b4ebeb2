//! What several pages show: lights, badges, form fields, pagers. All texts are final.

use luoshi_domain::lights::{Colour, Light as DomainLight};

/// An address with its words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub href: String,
    pub label: String,
}

/// A light: shape, word and reason, never a colour alone.
#[derive(Clone, Debug, Default)]
pub struct Light {
    pub tone: &'static str,
    pub shape: &'static str,
    pub word: &'static str,
    pub reason: String,
    pub rule: String,
}

impl From<DomainLight> for Light {
    fn from(light: DomainLight) -> Self {
        let (tone, shape, word) = match light.colour {
            Colour::Red => ("red", "●", "红"),
            Colour::Yellow => ("yellow", "▲", "黄"),
            Colour::Green => ("green", "■", "绿"),
            Colour::Grey => ("grey", "○", "灰"),
            Colour::Done => ("done", "✓", "结"),
        };
        Self {
            tone,
            shape,
            word,
            reason: light.reason,
            rule: light.rule,
        }
    }
}

/// A badge.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    pub tone: &'static str,
    pub label: &'static str,
}

/// Percent done against percent expected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    pub done: u8,
    pub expected: u8,
    pub behind: bool,
}

/// One entry of a list to choose from.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

impl Choice {
    /// A choice that is selected when it is the current value.
    pub fn new(value: impl Into<String>, label: impl Into<String>, current: &str) -> Self {
        let value = value.into();
        let selected = value == current;
        Self {
            value,
            label: label.into(),
            selected,
        }
    }
}

/// A labelled value; `href` is empty when it leads nowhere.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    pub label: String,
    pub value: String,
    pub href: String,
}

impl Fact {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            href: String::new(),
        }
    }

    pub fn linked(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    pub field: String,
    pub text: String,
}

/// Where one is in a list; empty addresses where there is no such page.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    pub said: String,
    pub previous: String,
    pub next: String,
}

/// A number that leads to the rows it counts.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub href: String,
    pub count: u64,
    pub label: String,
    pub note: String,
    pub red: bool,
    pub current: bool,
}

/// A form field as `macros.html` draws it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// `text`, `area`, `date`, `number`, `select`, `radio`, `checks`, `file`, `check` or `password`.
    pub kind: &'static str,
    pub id: String,
    pub name: String,
    pub label: String,
    pub value: String,
    pub must: bool,
    /// Most characters; 0 for no limit.
    pub max: usize,
    /// Completes a date without a year.
    pub year: String,
    pub hint: String,
    pub fault: String,
    pub choices: Vec<Choice>,
    /// Suggestions; of a file, the endings that are taken.
    pub list: Vec<String>,
}

impl Field {
    pub fn text(name: &str, label: &str, value: impl Into<String>) -> Self {
        Self {
            kind: "text",
            id: name.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            value: value.into(),
            ..Self::default()
        }
    }

    pub fn area(name: &str, label: &str, value: impl Into<String>) -> Self {
        Self {
            kind: "area",
            max: TEXT_LIMIT,
            ..Self::text(name, label, value)
        }
    }

    pub fn date(name: &str, label: &str, value: impl Into<String>) -> Self {
        Self {
            kind: "date",
            ..Self::text(name, label, value)
        }
    }

    pub fn select(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            kind: "select",
            choices,
            ..Self::text(name, label, "")
        }
    }

    pub fn radio(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            kind: "radio",
            choices,
            ..Self::text(name, label, "")
        }
    }

    /// Of which any may be ticked.
    pub fn checks(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self {
            kind: "checks",
            ..Self::radio(name, label, choices)
        }
    }

    pub fn required(mut self) -> Self {
        self.must = true;
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Makes the field's id unique on a page that shows several forms.
    pub fn of_form(mut self, form: &str) -> Self {
        self.id = format!("{form}-{}", self.name);
        self
    }
}

/// As long as the domain takes.
const TEXT_LIMIT: usize = luoshi_domain::tasks::commands::TEXT_LIMIT;
