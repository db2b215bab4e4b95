//! The keys of `[media]` and of a queue that say which calls are recorded, and where that goes.

use super::section::Section;
use kring_call::{RecordPolicy, RecordRules};
use std::path::PathBuf;

/// What is told of recordings once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recordings {
    /// Which calls of a queue that says nothing else, and whether callers are told.
    pub(crate) rules: RecordRules,
    /// The folder; none: `recordings` in the data folder.
    pub(crate) folder: Option<PathBuf>,
    /// The key file of age; none: kring makes its own.
    pub(crate) key: Option<PathBuf>,
    /// Whether agents may hear their own calls.
    pub(crate) own: bool,
}

const POLICIES: [(&str, RecordPolicy); 3] = [
    ("off", RecordPolicy::Off),
    ("on_demand", RecordPolicy::OnDemand),
    ("all", RecordPolicy::All),
];

impl Recordings {
    pub(super) fn read(section: &mut Section<'_>) -> Recordings {
        Recordings {
            rules: RecordRules {
                policy: section.choice("record", &POLICIES, RecordPolicy::Off),
                notice: section.flag("record_notice", true),
            },
            folder: section.text("record_dir").map(PathBuf::from),
            key: section.text("record_key").map(PathBuf::from),
            own: section.flag("record_own", false),
        }
    }
}

/// The key `record` of a queue.
pub(super) fn of_queue(section: &mut Section<'_>, house: RecordRules) -> RecordRules {
    RecordRules {
        policy: section.choice("record", &POLICIES, house.policy),
        ..house
    }
}

/// A policy as a file has it.
pub(crate) fn policy(policy: RecordPolicy) -> &'static str {
    let named = POLICIES.iter().find(|(_, one)| *one == policy);
    named.map_or("off", |(name, _)| name)
}
