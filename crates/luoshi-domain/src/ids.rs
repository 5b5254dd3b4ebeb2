//! Typed ids. Each is a UUIDv7 handed out by [`crate::ports::Ids`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// A tenant: one bureau with its own organisation, plans, tasks and journal.
    BureauId
);
id!(
    /// A line of the access log.
    AccessId
);
id!(
    /// A signed-in browser.
    SessionId
);
id!(
    /// A token with which a program acts for a person.
    TokenId
);
id!(
    /// A node of the organisation tree.
    UnitId
);
id!(
    /// A post in a unit, held by at most one person at a time.
    PostId
);
id!(
    /// A natural person.
    PersonId
);
id!(
    /// A leading group, task force or team.
    BodyId
);
id!(
    /// A list of what each unit has to name by a day.
    RosterId
);
id!(
    /// A record of something that people did.
    ActivityId
);
id!(
    /// A field of business that a leader is in charge of.
    DomainId
);
id!(
    /// Leave to type for somebody else.
    MandateId
);
id!(
    /// A unit's ledger of a quarter as it was handed in.
    FilingId
);
id!(
    /// An appeal against a light, a grade or a refusal.
    AppealId
);
id!(
    /// Tasks that came from a table together.
    ImportId
);
id!(
    /// A saved view of the ledger.
    ViewId
);
id!(
    /// A row of a list.
    ListRowId
);
id!(
    /// A hand-over sheet.
    HandoverId
);
id!(
    /// An imported plan document.
    PlanId
);
id!(
    /// One thing read out of a plan, waiting for a person's decision.
    ProposalId
);
id!(
    /// One tracked piece of work.
    TaskId
);
id!(
    /// A file that somebody attached.
    AttachmentId
);
id!(
    /// A sentence sent to one recipient.
    NotificationId
);
id!(
    /// Work that is done later.
    JobId
);
id!(
    /// What messages are sent out through: a group's robot or another program.
    HookId
);
id!(
    /// One message through a hook.
    DeliveryId
);
