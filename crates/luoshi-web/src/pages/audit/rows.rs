//! A line of either log in words.

use luoshi_app::audit::lists::{Known, Listed};
use luoshi_app::tasks::sentences::moment_exact;
use luoshi_domain::access_log::StoredAccess;
use luoshi_domain::journal::StoredEvent;
use uuid::Uuid;

use crate::pages::audit::query::Wish;
use crate::pages::audit::words;
use crate::pages::audit::{ACTS, READS};
use crate::pages::journal::told;
use crate::pages::parts::State as Badge;

/// Digits of a hash on the page.
const HASH_DIGITS: usize = 8;

/// A line of the page and of the table for spreadsheets.
pub(super) struct Row {
    pub(super) seq: String,
    pub(super) when: String,
    pub(super) who: String,
    /// The post at the time, or the login that was typed.
    pub(super) as_whom: String,
    pub(super) kind: &'static str,
    pub(super) what: String,
    /// The kind of what it was done to.
    pub(super) object_kind: &'static str,
    pub(super) object: String,
    /// Where the thing itself is; empty when the auditor may not open it.
    pub(super) open: String,
    /// The log narrowed to the thing; empty where none is named.
    pub(super) narrowed: String,
    pub(super) address: String,
    pub(super) outcome: Badge,
    pub(super) hash: String,
}

impl Row {
    /// A line of the journal.
    pub(super) fn act(event: &StoredEvent, listed: &Listed<StoredEvent>, wish: &Wish) -> Self {
        let told = told(event, &listed.organisation);
        let (object, open) = thing(&event.stream, event.id, listed.known.get(&event.id));
        Self {
            seq: event.seq.to_string(),
            when: told.at.map(moment_exact).unwrap_or_default(),
            who: told.name,
            as_whom: told.title,
            kind: words::act(&event.stream, &told.act),
            what: match listed.known.get(&event.id) {
                Some(known) if known.marked => String::new(),
                _ => told.what.unwrap_or_default(),
            },
            object_kind: words::stream(&event.stream),
            object,
            open,
            narrowed: wish.with(ACTS, "object", &format!("{}/{}", event.stream, event.id)),
            address: String::new(),
            outcome: Badge::default(),
            hash: event.hash.chars().take(HASH_DIGITS).collect(),
        }
    }

    /// A line of the access log.
    pub(super) fn read(stored: &StoredAccess, listed: &Listed<StoredAccess>, wish: &Wish) -> Self {
        let entry = &stored.entry;
        let who = entry
            .person
            .map(|person| listed.organisation.person_name(person).to_owned());
        let (mut object, mut open, mut narrowed) = <(String, String, String)>::default();
        let mut object_kind = "";
        if let Some(thing_of) = &entry.object {
            object_kind = words::stream(&thing_of.kind);
            if let Some(id) = thing_of.id {
                (object, open) = thing(&thing_of.kind, id, listed.known.get(&id));
                if thing_of.kind == "person" {
                    let person = listed.organisation.person_name(id.into());
                    person.clone_into(&mut object);
                }
                narrowed = wish.with(READS, "object", &format!("{}/{id}", thing_of.kind));
            }
        }
        let (tone, label) = if entry.success {
            ("done", "成功")
        } else {
            ("back", "未成功")
        };
        Self {
            seq: stored.seq.to_string(),
            when: moment_exact(entry.at),
            who: who.unwrap_or_else(|| "（未登录）".to_owned()),
            as_whom: entry.login.clone(),
            kind: words::action(entry.action),
            what: entry.detail.clone(),
            object_kind,
            object,
            open,
            narrowed,
            address: entry.address.clone(),
            outcome: Badge { tone, label },
            hash: stored.hash.chars().take(HASH_DIGITS).collect(),
        }
    }
}

/// A thing's label and its address, where the auditor may open it.
fn thing(kind: &str, id: Uuid, known: Option<&Known>) -> (String, String) {
    match known {
        Some(known) => {
            let open = if known.open {
                words::place(kind, id)
            } else {
                String::new()
            };
            (known.label.clone(), open)
        }
        None => (String::new(), words::place_for_all(kind, id)),
    }
}
