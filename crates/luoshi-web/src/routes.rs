//! The route table: which paths there are and who may come.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::routing::MethodRouter;

use luoshi_domain::accounts::tokens::Scope;

use crate::WebState;

/// Who may come to a route; the policies behind it decide about single rows and acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    Member,
    /// What is one person's alone: sessions, tokens, mandates.
    Own,
    /// A task or an entry of a register: those whose business it is.
    Row,
    /// A row of a unit's own: the unit, the leaders and the supervision office.
    Unit,
    /// The leaders and the supervision office.
    Bureau,
    /// The supervision office.
    Office,
    /// Packs and notices: the leaders, the supervision office and the system administrator.
    Rules,
    /// The organisation and the packs: the supervision office and the system administrator.
    Keepers,
    /// The journal: the leaders, the supervision office and the auditor.
    Journal,
    /// What messages leave the bureau through: the system administrator.
    System,
    /// Accounts: the security administrator.
    Security,
    /// What was done and seen: the auditor.
    Audit,
}

/// Who comes to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Nobody signed in.
    Anonymous,
    /// Of a unit that has no part in the row.
    Stranger,
    /// Of a unit that has a part in the row.
    Member,
    /// Of the unit whose row it is, or who made it.
    Owner,
    /// A leader of the bureau.
    Leader,
    /// Of the supervision office.
    Office,
    System,
    Security,
    Auditor,
}

impl Audience {
    pub const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Stranger,
        Self::Member,
        Self::Owner,
        Self::Leader,
        Self::Office,
        Self::System,
        Self::Security,
        Self::Auditor,
    ];

    /// What it is called in Chinese.
    pub fn label(self) -> &'static str {
        match self {
            Self::Anonymous => "未登录",
            Self::Stranger => "无关人员",
            Self::Member => "有关人员",
            Self::Owner => "承办人、本人",
            Self::Leader => "领导",
            Self::Office => "督查办",
            Self::System => "系统管理员",
            Self::Security => "安全管理员",
            Self::Auditor => "审计员",
        }
    }
}

/// What an audience gets at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gets {
    /// The page or the act; a policy may still refuse an act, and then says why.
    Open,
    /// The way to sign in.
    SignIn,
    /// 404: it does not exist for them.
    Absent,
}

impl Access {
    pub const ALL: [Self; 13] = [
        Self::Public,
        Self::Member,
        Self::Own,
        Self::Row,
        Self::Unit,
        Self::Bureau,
        Self::Office,
        Self::Rules,
        Self::Keepers,
        Self::Journal,
        Self::System,
        Self::Security,
        Self::Audit,
    ];

    /// What the audience gets.
    pub fn gets(self, audience: Audience) -> Gets {
        use Audience as A;
        let open: &[Audience] = match self {
            Self::Public => return Gets::Open,
            Self::Member => &Audience::ALL,
            Self::Own => &[A::Owner],
            Self::Row => &[A::Member, A::Owner, A::Leader, A::Office],
            Self::Unit => &[A::Owner, A::Leader, A::Office],
            Self::Bureau => &[A::Leader, A::Office],
            Self::Office => &[A::Office],
            Self::Rules => &[A::Leader, A::Office, A::System],
            Self::Keepers => &[A::Office, A::System],
            Self::Journal => &[A::Leader, A::Office, A::Auditor],
            Self::System => &[A::System],
            Self::Security => &[A::Security],
            Self::Audit => &[A::Auditor],
        };
        match audience {
            A::Anonymous => Gets::SignIn,
            known if open.contains(&known) => Gets::Open,
            _ => Gets::Absent,
        }
    }
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    /// What a program's token must be good for here; `None` where no token is taken.
    pub scope: Option<Scope>,
}

/// The table as a page of the documentation: what each kind of route gives, then the routes.
pub fn documented(entries: &[Entry]) -> String {
    let mut text = String::from(
        "# Access\n\nWritten by `luoshi policy routes`; a test holds it to the program.\n\n\
         Who may do what on a single row, and which act, the policies say: `luoshi policy`.\n\n\
         | access |",
    );
    let columns = Audience::ALL.map(|audience| format!(" {} |", audience.label()));
    text.push_str(&columns.concat());
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Audience::ALL.len()));
    for access in Access::ALL {
        text.push_str(&format!("\n| {access:?} |"));
        for audience in Audience::ALL {
            text.push_str(match access.gets(audience) {
                Gets::Open => " open |",
                Gets::SignIn => " sign in |",
                Gets::Absent => " 404 |",
            });
        }
    }
    text.push_str("\n\n| method | path | access | token |\n|---|---|---|---|\n");
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by_key(|entry| (entry.path, entry.method));
    for entry in entries {
        let scope = entry
            .scope
            .map_or(String::new(), |scope| format!("{scope:?}"));
        let line = format!(
            "| {} | `{}` | {:?} | {} |\n",
            entry.method, entry.path, entry.access, scope
        );
        text.push_str(&line);
    }
    text
}

/// What a token must be good for at the route with this path.
pub fn scope_of(method: &str, path: &str) -> Option<Scope> {
    static SCOPES: LazyLock<HashMap<(&str, &str), Scope>> = LazyLock::new(|| {
        let table = crate::table();
        let entries = table.entries().iter();
        let scopes = entries.filter_map(|entry| {
            let scope = entry.scope?;
            Some(((entry.method, entry.path), scope))
        });
        scopes.collect()
    });
    let method = if method == "HEAD" { "GET" } else { method };
    SCOPES.get(&(method, path)).copied()
}

/// Reading and writing through the API, but nothing about how people sign in and where messages
/// go.
fn scope_for(method: &str, path: &str, access: Access) -> Option<Scope> {
    let own = ["/session", "/tokens", "/mandates", "/accounts", "/hooks"];
    let below = path.strip_prefix("/api/v1")?;
    let own = own.iter().any(|start| below.starts_with(start));
    if own || access == Access::Public {
        return None;
    }
    Some(match method {
        "GET" => Scope::Read,
        _ => Scope::Write,
    })
}

/// Routes under construction, with the list of what they are.
#[derive(Default)]
pub struct Table {
    router: Router<WebState>,
    entries: Vec<Entry>,
}

impl Table {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a GET route.
    #[must_use]
    pub fn get(self, path: &'static str, access: Access, handler: MethodRouter<WebState>) -> Self {
        self.add("GET", path, access, handler)
    }

    /// Adds a POST route.
    #[must_use]
    pub fn post(self, path: &'static str, access: Access, handler: MethodRouter<WebState>) -> Self {
        self.add("POST", path, access, handler)
    }

    /// Adds a DELETE route.
    #[must_use]
    pub fn delete(
        self,
        path: &'static str,
        access: Access,
        handler: MethodRouter<WebState>,
    ) -> Self {
        self.add("DELETE", path, access, handler)
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn into_router(self) -> Router<WebState> {
        self.router
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<WebState>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.entries.push(Entry {
            method,
            path,
            access,
            scope: scope_for(method, path, access),
        });
        self
    }
}
