//! The names that enums have in columns.

use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::SessionStage;
use luoshi_domain::accounts::failures::FailureKind;
use luoshi_domain::audit::Chain;
use luoshi_domain::journal::Fault;
use luoshi_domain::lights::Colour;
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::{Role, UnitKind};
use luoshi_domain::packs::PackKey;
use luoshi_domain::plans::{PlanState, ProposalKind};
use luoshi_domain::ports::{StoreError, StoreResult};
use luoshi_domain::tasks::{Grade, Level, TaskKind, TaskState, Tier};

/// An enum kept as a name in a text column.
pub(crate) trait Named: Sized {
    fn name(self) -> &'static str;

    fn of(name: &str) -> StoreResult<Self>;
}

macro_rules! names {
    ($type:ident { $($variant:ident => $name:literal,)+ }) => {
        impl Named for $type {
            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            fn of(name: &str) -> StoreResult<Self> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(unknown(stringify!($type), name)),
                }
            }
        }
    };
}

names!(TaskState {
    Draft => "draft",
    Approved => "approved",
    Issued => "issued",
    Accepted => "accepted",
    InProgress => "in_progress",
    Supervising => "supervising",
    Returned => "returned",
    Closed => "closed",
    Cancelled => "cancelled",
});

names!(Mark {
    None => "none",
    Internal => "internal",
    WorkSecret => "work_secret",
});

names!(TaskKind {
    Task => "task",
    Recurring => "recurring",
    Target => "target",
});

names!(Tier {
    Bureau => "bureau",
    Unit => "unit",
});

names!(Level {
    Ordinary => "ordinary",
    Major => "major",
});

names!(Grade {
    Good => "good",
    FairlyGood => "fairly_good",
    Basic => "basic",
    Weak => "weak",
    Poor => "poor",
});

names!(UnitKind {
    PartyGroup => "party_group",
    Leadership => "leadership",
    Section => "section",
    Subordinate => "subordinate",
    Bureau => "bureau",
});

names!(Role {
    Principal => "principal",
    Deputy => "deputy",
    Head => "head",
    Contact => "contact",
    Handler => "handler",
    Reviewer => "reviewer",
    Discipline => "discipline",
    Personnel => "personnel",
    Finance => "finance",
    Investment => "investment",
    Publicity => "publicity",
    SystemAdministrator => "system_administrator",
    SecurityAdministrator => "security_administrator",
    Auditor => "auditor",
});

names!(SessionStage {
    SecondFactor => "second_factor",
    SecondFactorOnly => "second_factor_only",
    NewPassword => "new_password",
    Full => "full",
});

names!(FailureKind {
    Login => "login",
    Address => "address",
    Code => "code",
});

names!(AccessAction {
    SignIn => "sign_in",
    SignOut => "sign_out",
    LockOut => "lock_out",
    AccountOpen => "account_open",
    PasswordChange => "password_change",
    PasswordReset => "password_reset",
    SecondFactorEnrol => "second_factor_enrol",
    SecondFactorRemove => "second_factor_remove",
    RecoveryCodeUse => "recovery_code_use",
    SessionRevoke => "session_revoke",
    TokenCreate => "token_create",
    TokenRevoke => "token_revoke",
    Read => "read",
    Export => "export",
    Sweep => "sweep",
});

names!(Chain {
    Journal => "journal",
    Access => "access",
});

names!(Fault {
    Altered => "altered",
    Mislabelled => "mislabelled",
    Missing => "missing",
    Reordered => "reordered",
});

names!(PlanState {
    Confirming => "confirming",
    Final => "final",
});

names!(ProposalKind {
    Task => "task",
    Recurring => "recurring",
    Target => "target",
    Rule => "rule",
    Principle => "principle",
});

names!(PackKey {
    W => "w",
    C => "c",
    E => "e",
    T1 => "t1",
    T2 => "t2",
    T3 => "t3",
    T4 => "t4",
    T5 => "t5",
    P => "p",
});

names!(Colour {
    Grey => "grey",
    Green => "green",
    Yellow => "yellow",
    Red => "red",
    Done => "done",
});

pub(crate) fn unknown(what: &str, name: &str) -> StoreError {
    StoreError::Fault {
        what: format!("`{name}` is not a {what}"),
        source: None,
    }
}
