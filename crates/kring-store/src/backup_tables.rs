//! Which tables a backup holds, in the order in which their rows can be put back, and why the others are left
//! out. A test compares the list with both databases: a new table without a place here is found.

/// A table of a backup.
pub(crate) struct Saved {
    pub(crate) table: &'static str,
    /// What is put back before what: where rows refer to rows of the same table.
    pub(crate) order: &'static str,
    /// Columns that the database computes by itself.
    pub(crate) computed: &'static [&'static str],
}

const fn saved(table: &'static str) -> Saved {
    Saved {
        table,
        order: "",
        computed: &[],
    }
}

/// What a backup holds: whoever is referred to comes first.
pub(crate) const SAVED: &[Saved] = &[
    saved("boot"),
    saved("journal"),
    saved("journal_segment"),
    saved("call"),
    saved("call_transfer"),
    saved("call_rung_out"),
    saved("presence"),
    saved("phone_number"),
    saved("caller"),
    Saved {
        // Who was merged is a sign-post to a row that must be there.
        order: " ORDER BY CASE WHEN merged_into IS NULL THEN 0 ELSE 1 END, id",
        // A start computes them from the names.
        computed: &["sort_key", "found_by"],
        ..saved("contact")
    },
    saved("contact_number"),
    saved("contact_merge"),
    saved("contact_merge_moved"),
    saved("contact_unlinked"),
    saved("department"),
    saved("department_endpoint"),
    saved("department_exception"),
    saved("holiday"),
    saved("directory_revision"),
    saved("case_counter"),
    saved("case_file"),
    saved("case_activity"),
    saved("follow_up"),
    saved("video_session"),
    saved("attachment"),
    saved("draft"),
    saved("agent"),
    saved("api_token"),
    saved("phone"),
    saved("call_back"),
    saved("sip_trace"),
    // The rows: the files are large, sealed already, and copied as files are (docs/OPERATIONS.md).
    saved("recording"),
    saved("audit"),
    saved("consent_text"),
    saved("consent"),
    saved("privacy_request"),
    saved("erased"),
    saved("access_log"),
    saved("retention_rule"),
    saved("knowledge_source"),
    saved("knowledge_version"),
    saved("knowledge_document"),
    saved("knowledge_synonym"),
    saved("knowledge_revision"),
    saved("knowledge_gap"),
    saved("knowledge_asked"),
    saved("case_knowledge"),
    saved("knowledge_use"),
    saved("configured"),
];

/// Where a table stands with backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InBackup {
    /// Its rows are in them.
    Saved,
    /// They are not, for this reason.
    LeftOut(&'static str),
}

impl InBackup {
    /// Where the table of this name stands; none: nobody has thought of it.
    pub fn of(table: &str) -> Option<InBackup> {
        if SAVED.iter().any(|saved| saved.table == table) {
            return Some(InBackup::Saved);
        }
        let (_, why) = LEFT_OUT.iter().find(|(left_out, _)| *left_out == table)?;
        Some(InBackup::LeftOut(why))
    }
}

/// What it does not hold, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("_sqlx_migrations", "told by the steps in the first line"),
    ("contact_part", "a start computes them from the names"),
    ("report_day", "counted from the calls"),
    ("report_state", "of the counting of calls at one place"),
    ("session", "nobody is signed in at another machine"),
    ("known_source", "where people sign in is learnt again"),
    ("sign_in_brake", "who guessed there does not guess here"),
    (
        "phone_binding",
        "phones register again, where they are then",
    ),
];
