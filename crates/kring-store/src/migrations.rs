//! The steps by which the tables came to be what they are, for both databases alike where one SQL serves.
//!
//! A step that a released version has taken is never changed: the next one mends it.

use crate::connect::Engine;
use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// A step that is the same for both databases.
macro_rules! step {
    ($number:literal, $what:literal, $file:literal) => {
        (
            $number,
            $what,
            include_str!(concat!("../migrations/", $file)),
        )
    };
}

/// A step that each database has its own way of taking.
macro_rules! step_by_engine {
    ($engine:expr, $number:literal, $what:literal, $file:literal) => {
        (
            $number,
            $what,
            match $engine {
                Engine::Sqlite => include_str!(concat!("../migrations/sqlite/", $file)),
                Engine::Postgres => include_str!(concat!("../migrations/postgres/", $file)),
            },
        )
    };
}

/// All steps of this database, in order.
pub(crate) fn of(engine: Engine) -> Migrator {
    up_to(engine, i64::MAX)
}

/// The number of the last step.
pub(crate) fn last() -> i64 {
    let steps = of(Engine::Sqlite);
    steps.iter().map(|step| step.version).max().unwrap_or(0)
}

/// The steps up to this one.
pub(crate) fn up_to(engine: Engine, last: i64) -> Migrator {
    let steps = [
        step!(1, "tables", "0001_tables.sql"),
        step_by_engine!(engine, 2, "append only", "0002_append_only.sql"),
        step!(
            3,
            "departments of the manual",
            "0003_departments_of_the_manual.sql"
        ),
        step_by_engine!(engine, 5, "SIP traces", "0005_sip_traces.sql"),
        step!(6, "phones", "0006_phones.sql"),
        step!(7, "segments of facts", "0007_segments_of_facts.sql"),
        step!(10, "devices of agents", "0010_devices_of_agents.sql"),
        step!(11, "replaced sessions", "0011_replaced_sessions.sql"),
        step!(20, "callers and skills", "0020_callers_and_skills.sql"),
        step!(30, "call backs", "0030_call_backs.sql"),
        step!(40, "directory", "0040_directory.sql"),
        step!(50, "contacts", "0050_contacts.sql"),
        step_by_engine!(
            engine,
            51,
            "looking for contacts",
            "0051_looking_for_contacts.sql"
        ),
        step!(60, "cases", "0060_cases.sql"),
        step_by_engine!(
            engine,
            61,
            "activities only grow",
            "0061_activities_only_grow.sql"
        ),
        step!(70, "knowledge", "0070_knowledge.sql"),
        step_by_engine!(
            engine,
            71,
            "looking for knowledge",
            "0071_looking_for_knowledge.sql"
        ),
        step!(80, "accounts", "0080_accounts.sql"),
        step_by_engine!(engine, 81, "audit only grows", "0081_audit_only_grows.sql"),
        step!(90, "privacy", "0090_privacy.sql"),
        step!(100, "reports", "0100_reports.sql"),
        step!(110, "configured", "0110_configured.sql"),
        step!(130, "recordings", "0130_recordings.sql"),
        step!(140, "SRTP of phones", "0140_srtp_of_phones.sql"),
        step!(
            141,
            "phones behind translators",
            "0141_phones_behind_translators.sql"
        ),
    ];
    Migrator::with_migrations(
        steps
            .into_iter()
            .filter(|(version, _, _)| *version <= last)
            .map(|(version, what, sql)| {
                let kind = MigrationType::Simple;
                Migration::new(version, what.into(), kind, sql.into_sql_str(), false)
            })
            .collect(),
    )
}
