//! The route table: which paths there are and who may come.

use axum::Router;
use axum::routing::MethodRouter;

use crate::WebState;

/// Who may come to a route; the use case behind it decides about single rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is signed in.
    Member,
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
        });
        self
    }
}
