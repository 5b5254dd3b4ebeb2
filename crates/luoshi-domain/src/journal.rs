//! The journal: every step as an event in a chain of SM3 hashes (SYS-02).
//!
//! `hash = SM3(previous hash in the stream ‖ the event's stored bytes)`. The stored bytes are an
//! [`Envelope`] in JSON; sequence numbers run without a gap through a bureau's whole journal.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sm3::{Digest, Sm3};
use uuid::Uuid;

use crate::ids::{BureauId, PersonId};

/// Hex length of an SM3 hash.
pub const HASH_HEX_LENGTH: usize = 64;

/// Who did it, in which post, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub at: DateTime<Utc>,
    pub person: PersonId,
    /// Name as it was at the time.
    pub name: String,
    /// Unit and post as they were at the time.
    pub title: String,
    /// Who typed it for them (代填), under a mandate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<Hand>,
}

/// Who types for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    pub person: PersonId,
    /// Name as it was at the time.
    pub name: String,
    /// Unit and post as they were at the time.
    pub title: String,
}

impl Signed {
    /// What nobody did by hand; `title` says what of the program did it.
    pub fn system(bureau: BureauId, at: DateTime<Utc>, title: &str) -> Self {
        Self {
            at,
            person: PersonId(bureau.0),
            name: "系统".into(),
            title: title.into(),
            hand: None,
        }
    }

    /// The name, with the hand that typed it, as every page shows it.
    pub fn who(&self) -> String {
        match &self.hand {
            Some(hand) => format!("{}（{}代填）", self.name, hand.name),
            None => self.name.clone(),
        }
    }

    /// As [`Signed::who`], with the post behind the name.
    pub fn who_and_post(&self) -> String {
        match &self.hand {
            Some(hand) => format!(
                "{} {}（{} {}代填）",
                self.name, self.title, hand.name, hand.title
            ),
            None => format!("{} {}", self.name, self.title),
        }
    }
}

/// What is hashed and stored of an event, in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    pub bureau: BureauId,
    /// Position in the bureau's journal, from 1, without a gap.
    pub seq: i64,
    /// The aggregate's kind, e.g. `task`.
    pub stream: String,
    /// The aggregate's id.
    pub id: Uuid,
    /// Position in the stream, from 1, without a gap.
    pub version: i64,
    pub by: Signed,
    /// The aggregate's event.
    pub event: Value,
}

/// An event row as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub seq: i64,
    pub stream: String,
    pub id: Uuid,
    pub version: i64,
    /// The envelope's JSON exactly as hashed.
    pub bytes: String,
    /// Lower-case hex.
    pub hash: String,
}

/// The first place at which a journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    pub seq: i64,
    pub fault: Fault,
}

/// Which events; every field that is set narrows the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Who signed.
    pub person: Option<PersonId>,
    /// The aggregate's kind.
    pub stream: Option<String>,
    /// The event's name within its stream, e.g. `issued`.
    pub act: Option<String>,
    /// The aggregate's id; of the stream above, where one is set.
    pub object: Option<Uuid>,
    /// First local day.
    pub from: Option<NaiveDate>,
    /// Last local day.
    pub until: Option<NaiveDate>,
}

/// What is wrong at a [`Break`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The bytes do not give the hash.
    Altered,
    /// A column does not say what the hashed bytes say, or the bytes cannot be read.
    Mislabelled,
    /// A sequence number is missing.
    Missing,
    /// An event of a stream is missing or out of order.
    Reordered,
}

/// The next hash of a stream.
pub fn chain(previous: Option<&str>, bytes: &str) -> String {
    let mut hasher = Sm3::new();
    hasher.update(previous.unwrap_or_default().as_bytes());
    hasher.update(bytes.as_bytes());
    hex(&hasher.finalize())
}

/// The hex SM3 digest of `bytes`.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

/// Walks a bureau's journal in sequence order and finds the first break.
#[derive(Debug, Default)]
pub struct Verifier {
    next_seq: i64,
    heads: std::collections::HashMap<(String, Uuid), (i64, String)>,
}

impl Verifier {
    /// A verifier at the start of a journal.
    pub fn new() -> Self {
        Self {
            next_seq: 1,
            heads: std::collections::HashMap::new(),
        }
    }

    /// A verifier behind an event that an earlier walk ended with. What went before in a stream is
    /// handed in by [`Verifier::learn`] when [`Verifier::lacks`] asks for it.
    pub fn behind(seq: i64) -> Self {
        Self {
            next_seq: seq + 1,
            ..Self::new()
        }
    }

    /// Whether the event has one before it in its stream that this walk has not seen.
    pub fn lacks(&self, event: &StoredEvent) -> bool {
        event.version > 1 && !self.heads.contains_key(&(event.stream.clone(), event.id))
    }

    /// The hash that the event before `event` in its stream is stored with.
    pub fn learn(&mut self, event: &StoredEvent, hash: String) {
        let key = (event.stream.clone(), event.id);
        self.heads.insert(key, (event.version - 1, hash));
    }

    /// Takes the next event; the break, when this is not the event that was written here.
    pub fn take(&mut self, event: &StoredEvent) -> Result<(), Break> {
        let fault = |fault| Break {
            seq: event.seq,
            fault,
        };
        if event.seq != self.next_seq {
            return Err(Break {
                seq: self.next_seq,
                fault: Fault::Missing,
            });
        }
        self.next_seq += 1;
        let key = (event.stream.clone(), event.id);
        let head = self.heads.get(&key);
        if chain(head.map(|(_, hash)| hash.as_str()), &event.bytes) != event.hash {
            return Err(fault(Fault::Altered));
        }
        if event.version != head.map_or(0, |(version, _)| *version) + 1 {
            return Err(fault(Fault::Reordered));
        }
        let envelope: Envelope =
            serde_json::from_str(&event.bytes).map_err(|_unreadable| fault(Fault::Mislabelled))?;
        let same = envelope.seq == event.seq
            && envelope.stream == event.stream
            && envelope.id == event.id
            && envelope.version == event.version;
        if !same {
            return Err(fault(Fault::Mislabelled));
        }
        self.heads.insert(key, (event.version, event.hash.clone()));
        Ok(())
    }

    /// Ends the walk: events taken, or the break when fewer came than the journal counts.
    pub fn finish(self, counted: i64) -> Result<i64, Break> {
        let taken = self.next_seq - 1;
        if taken < counted {
            return Err(Break {
                seq: self.next_seq,
                fault: Fault::Missing,
            });
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Vec<StoredEvent> {
        let mut events = Vec::new();
        let mut previous: Option<String> = None;
        for seq in 1..=3 {
            let envelope = Envelope {
                bureau: BureauId(Uuid::from_u128(1)),
                seq,
                stream: "task".into(),
                id: Uuid::from_u128(7),
                version: seq,
                by: Signed {
                    at: DateTime::from_timestamp(seq, 0).unwrap(),
                    person: PersonId(Uuid::from_u128(2)),
                    name: "周敏".into(),
                    title: "督查办 主任".into(),
                    hand: None,
                },
                event: Value::from(seq),
            };
            let bytes = serde_json::to_string(&envelope).unwrap();
            let hash = chain(previous.as_deref(), &bytes);
            previous = Some(hash.clone());
            events.push(StoredEvent {
                seq,
                stream: "task".into(),
                id: envelope.id,
                version: seq,
                bytes,
                hash,
            });
        }
        events
    }

    fn verify(events: &[StoredEvent]) -> Result<i64, Break> {
        let mut verifier = Verifier::new();
        for event in events {
            verifier.take(event)?;
        }
        verifier.finish(3)
    }

    #[test]
    fn sys_02_an_untouched_journal_verifies() {
        assert_eq!(verify(&journal()), Ok(3));
    }

    #[test]
    fn sys_02_altering_one_event_breaks_there() {
        let mut events = journal();
        events[1].bytes = events[1].bytes.replace("周敏", "周明");
        assert_eq!(
            verify(&events),
            Err(Break {
                seq: 2,
                fault: Fault::Altered
            })
        );
    }

    #[test]
    fn sys_02_a_missing_a_cut_and_a_relabelled_event_are_found() {
        let mut missing = journal();
        missing.remove(1);
        assert_eq!(
            verify(&missing),
            Err(Break {
                seq: 2,
                fault: Fault::Missing
            })
        );
        let cut = &journal()[..2];
        assert_eq!(
            verify(cut),
            Err(Break {
                seq: 3,
                fault: Fault::Missing
            })
        );
        let mut relabelled = journal();
        relabelled[2].seq = 3;
        relabelled[2].version = 4;
        assert_eq!(
            verify(&relabelled),
            Err(Break {
                seq: 3,
                fault: Fault::Reordered
            })
        );
    }

    #[test]
    fn sys_02_a_walk_goes_on_where_another_ended() {
        let events = journal();
        let walk = |from: usize, learnt: &str, events: &[StoredEvent]| {
            let mut verifier = Verifier::behind(i64::try_from(from).unwrap());
            for event in &events[from..] {
                if verifier.lacks(event) {
                    verifier.learn(event, learnt.to_owned());
                }
                verifier.take(event)?;
            }
            verifier.finish(3)
        };
        assert_eq!(walk(2, &events[1].hash, &events), Ok(3));
        let altered = Err(Break {
            seq: 3,
            fault: Fault::Altered,
        });
        assert_eq!(walk(2, "another", &events), altered);
        let mut late = events.clone();
        late[2].seq = 4;
        let missing = Err(Break {
            seq: 3,
            fault: Fault::Missing,
        });
        assert_eq!(walk(2, &events[1].hash, &late), missing);
    }

    #[test]
    fn sm3_of_the_standard_s_first_example() {
        // GB/T 32905-2016, appendix A, example 1.
        assert_eq!(
            digest(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }
}
