//! The route table: which paths there are and who may come.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::routing::MethodRouter;

use luoshi_domain::accounts::tokens::Scope;

use crate::WebState;

/// Who may come to a route; the use case behind it decides about single rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    Member,
    /// Security administrators; for others it does not exist.
    Security,
    /// Auditors; for others it does not exist.
    Audit,
    /// The supervision office and the leaders; for others it does not exist.
    Bureau,
    /// The supervision office; for others it does not exist.
    Office,
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

/// Reading and writing through the API, but nothing about how people sign in.
fn scope_for(method: &str, path: &str, access: Access) -> Option<Scope> {
    let own = path.starts_with("/api/v1/session") || path.starts_with("/api/v1/tokens");
    if !path.starts_with("/api/") || own || access == Access::Public {
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
