//! Which versions of its organisation and rules a bureau has.

use luoshi_domain::ids::BureauId;
use luoshi_domain::ports::{RulesVersions, StoreResult};

use crate::conn::Conn;
use crate::sql::values;

/// Which version of its organisation and rules a bureau has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Versions {
    /// 0 before the first event.
    pub(crate) organisation: i64,
    pub(crate) rules: RulesVersions,
}

/// What every page asks and one transaction that only reads always answers alike.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// The bureau it was asked of.
    versions: Option<(BureauId, Versions)>,
}

/// The versions: one question for all, because every request asks it, and one that only reads asks
/// it once.
pub(crate) async fn current(conn: &mut Conn, bureau: BureauId) -> StoreResult<Versions> {
    if let Some((_, known)) = conn.seen.versions.filter(|(of, _)| *of == bureau) {
        return Ok(known);
    }
    let sql = "SELECT (SELECT version FROM organisations WHERE bureau_id = $1), \
               (SELECT packs_version FROM rule_versions WHERE bureau_id = $1), \
               (SELECT calendar_version FROM rule_versions WHERE bureau_id = $1), \
               (SELECT max(number) FROM light_editions WHERE bureau_id = $1)";
    let row = conn.fetch_one(sql, values![bureau]).await?;
    let mut cells = row.cells();
    let mut version = || cells.take::<Option<i64>>().map(Option::unwrap_or_default);
    let versions = Versions {
        organisation: version()?,
        rules: RulesVersions {
            packs: version()?,
            calendar: version()?,
            lights: version()?,
        },
    };
    if conn.only_reads() {
        conn.seen.versions = Some((bureau, versions));
    }
    Ok(versions)
}
