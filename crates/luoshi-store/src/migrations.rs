//! The schema of each database. An applied migration never changes.

use std::borrow::Cow;

use luoshi_domain::ports::StoreResult;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::sql;

struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        version: 1,
        name: "initial",
        sqlite: include_str!("../migrations/sqlite/0001_initial.sql"),
        postgres: include_str!("../migrations/postgres/0001_initial.sql"),
    },
    Step {
        version: 2,
        name: "plan_lineage",
        sqlite: include_str!("../migrations/sqlite/0002_plan_lineage.sql"),
        postgres: include_str!("../migrations/postgres/0002_plan_lineage.sql"),
    },
    Step {
        version: 3,
        name: "lessons",
        sqlite: include_str!("../migrations/sqlite/0003_lessons.sql"),
        postgres: include_str!("../migrations/postgres/0003_lessons.sql"),
    },
    Step {
        version: 4,
        name: "plan_acts",
        sqlite: include_str!("../migrations/sqlite/0004_plan_acts.sql"),
        postgres: include_str!("../migrations/postgres/0004_plan_acts.sql"),
    },
    Step {
        version: 5,
        name: "organisation_days",
        sqlite: include_str!("../migrations/sqlite/0005_organisation_days.sql"),
        postgres: include_str!("../migrations/postgres/0005_organisation_days.sql"),
    },
    Step {
        version: 6,
        name: "rules",
        sqlite: include_str!("../migrations/sqlite/0006_rules.sql"),
        postgres: include_str!("../migrations/postgres/0006_rules.sql"),
    },
    Step {
        version: 7,
        name: "accounts",
        sqlite: include_str!("../migrations/sqlite/0007_accounts.sql"),
        postgres: include_str!("../migrations/postgres/0007_accounts.sql"),
    },
    Step {
        version: 9,
        name: "registers",
        sqlite: include_str!("../migrations/sqlite/0009_registers.sql"),
        postgres: include_str!("../migrations/postgres/0009_registers.sql"),
    },
    Step {
        version: 11,
        name: "open_register",
        sqlite: include_str!("../migrations/sqlite/0011_open_register.sql"),
        postgres: include_str!("../migrations/postgres/0011_open_register.sql"),
    },
    Step {
        version: 12,
        name: "audit",
        sqlite: include_str!("../migrations/sqlite/0012_audit.sql"),
        postgres: include_str!("../migrations/postgres/0012_audit.sql"),
    },
    Step {
        version: 13,
        name: "marks",
        sqlite: include_str!("../migrations/sqlite/0013_marks.sql"),
        postgres: include_str!("../migrations/postgres/0013_marks.sql"),
    },
    Step {
        version: 14,
        name: "mandates",
        sqlite: include_str!("../migrations/sqlite/0014_mandates.sql"),
        postgres: include_str!("../migrations/postgres/0014_mandates.sql"),
    },
    Step {
        version: 15,
        name: "lights",
        sqlite: include_str!("../migrations/sqlite/0015_lights.sql"),
        postgres: include_str!("../migrations/postgres/0015_lights.sql"),
    },
    Step {
        version: 16,
        name: "search",
        sqlite: include_str!("../migrations/sqlite/0016_search.sql"),
        postgres: include_str!("../migrations/postgres/0016_search.sql"),
    },
    Step {
        version: 18,
        name: "blockers",
        sqlite: include_str!("../migrations/sqlite/0018_blockers.sql"),
        postgres: include_str!("../migrations/postgres/0018_blockers.sql"),
    },
    Step {
        version: 19,
        name: "supervision",
        sqlite: include_str!("../migrations/sqlite/0019_supervision.sql"),
        postgres: include_str!("../migrations/postgres/0019_supervision.sql"),
    },
    Step {
        version: 22,
        name: "hierarchy",
        sqlite: include_str!("../migrations/sqlite/0022_hierarchy.sql"),
        postgres: include_str!("../migrations/postgres/0022_hierarchy.sql"),
    },
    Step {
        version: 24,
        name: "inbox",
        sqlite: include_str!("../migrations/sqlite/0024_inbox.sql"),
        postgres: include_str!("../migrations/postgres/0024_inbox.sql"),
    },
    Step {
        version: 27,
        name: "attachments",
        sqlite: include_str!("../migrations/sqlite/0027_attachments.sql"),
        postgres: include_str!("../migrations/postgres/0027_attachments.sql"),
    },
    Step {
        version: 29,
        name: "ledger_speed",
        sqlite: include_str!("../migrations/sqlite/0029_ledger_speed.sql"),
        postgres: include_str!("../migrations/postgres/0029_ledger_speed.sql"),
    },
    Step {
        version: 30,
        name: "tags",
        sqlite: include_str!("../migrations/sqlite/0030_tags.sql"),
        postgres: include_str!("../migrations/postgres/0030_tags.sql"),
    },
    Step {
        version: 31,
        name: "reports",
        sqlite: include_str!("../migrations/sqlite/0031_reports.sql"),
        postgres: include_str!("../migrations/postgres/0031_reports.sql"),
    },
    Step {
        version: 32,
        name: "hooks",
        sqlite: include_str!("../migrations/sqlite/0032_hooks.sql"),
        postgres: include_str!("../migrations/postgres/0032_hooks.sql"),
    },
    Step {
        version: 33,
        name: "lists",
        sqlite: include_str!("../migrations/sqlite/0033_lists.sql"),
        postgres: include_str!("../migrations/postgres/0033_lists.sql"),
    },
    Step {
        version: 34,
        name: "lights_speed",
        sqlite: include_str!("../migrations/sqlite/0034_lights_speed.sql"),
        postgres: include_str!("../migrations/postgres/0034_lights_speed.sql"),
    },
    Step {
        version: 35,
        name: "merged",
        sqlite: include_str!("../migrations/sqlite/0035_merged.sql"),
        postgres: include_str!("../migrations/postgres/0035_merged.sql"),
    },
    Step {
        version: 36,
        name: "above",
        sqlite: include_str!("../migrations/sqlite/0036_above.sql"),
        postgres: include_str!("../migrations/postgres/0036_above.sql"),
    },
];

pub(crate) async fn migrate_sqlite(pool: &sqlx::SqlitePool) -> StoreResult<()> {
    migrator(|step| step.sqlite)
        .run(pool)
        .await
        .map_err(sql::migration_failed)
}

pub(crate) async fn migrate_postgres(pool: &sqlx::PgPool) -> StoreResult<()> {
    migrator(|step| step.postgres)
        .run(pool)
        .await
        .map_err(sql::migration_failed)
}

fn migrator(text: fn(&Step) -> &'static str) -> Migrator {
    let migrations = STEPS.iter().map(|step| {
        let name = Cow::Borrowed(step.name);
        let sql = text(step).into_sql_str();
        Migration::new(step.version, name, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}
