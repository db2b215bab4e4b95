//! Names of the rows that people make: ULIDs, so that they sort by age and are made without asking
//! the database.

use kring_journal::WallTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};
use ulid::Ulid;

macro_rules! ulid_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// A new id, made at `now`.
            pub fn new(now: WallTime) -> $name {
                $name(Ulid::from_parts((now.0 / 1_000).max(0) as u64, rand::random()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ulid::DecodeError;

            fn from_str(text: &str) -> Result<$name, ulid::DecodeError> {
                Ulid::from_string(text).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<$name, D::Error> {
                String::deserialize(d)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

ulid_id! {
    /// A person or company that called.
    ContactId,
    /// A case.
    CaseId,
    /// A unit of the ministry.
    DepartmentId,
    /// A way to reach a unit.
    EndpointId,
    /// A line of the audit.
    AuditId,
    /// Something that agents look things up in.
    SourceId,
    /// A group of words that mean the same.
    SynonymId,
    /// A question that nobody could answer.
    GapId,
    /// A source that a case was answered by.
    AttachmentId,
    /// A request at the PDPA desk.
    PrivacyRequestId,
    /// What a person said to a text.
    ConsentId,
    /// A line of the access log.
    AccessId,
    /// Two persons found to be one.
    MergeId,
    /// A number taken from a person.
    UnlinkId,
    /// Something that was done about a case.
    ActivityId,
    /// Something that is to be done about one.
    FollowUpId,
    /// A consultation by video.
    VideoSessionId,
    /// A file of a case.
    CaseFileId,
}
