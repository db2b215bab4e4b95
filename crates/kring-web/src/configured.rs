//! What is configured now, by the file and by the database, as pages are told it; and what is asked of whoever
//! reads configurations before one is changed. The keys and what they mean are `kringd`'s.

use kring_store::ConfiguredKind;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::{Arc, PoisonError, RwLock};
use utoipa::ToSchema;

/// Keys of a table, as a file has them.
pub type Keys = Map<String, Value>;

/// Where something is configured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfiguredIn {
    /// In the file or a variable: pages cannot change it.
    File,
    /// In the database.
    Database,
    /// Nowhere: kring's own.
    #[default]
    Default,
}

/// What is wrong, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mistake {
    /// At which key; none: not at one of the thing's own.
    pub field: Option<String>,
    /// In English.
    pub en: String,
    /// In Thai.
    pub th: String,
}

/// A queue or a trunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfiguredItem {
    /// Its name.
    pub name: String,
    /// Where.
    pub source: ConfiguredIn,
    /// Of a row of the database; else 0.
    pub version: i64,
    /// The keys that a file would have; never a password.
    pub settings: Keys,
    /// Why it is not in force.
    pub complaint: Option<Mistake>,
}

/// A setting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SettingNow {
    /// Its full name: `agent.wrapup_s`.
    pub key: String,
    /// What it is; null: nothing.
    #[schema(value_type = Value)]
    pub value: Value,
    /// What it would be if nobody said anything.
    #[schema(value_type = Value)]
    pub default: Value,
    /// Who says so.
    pub source: ConfiguredIn,
    /// Whether a change holds only after a restart.
    pub needs_restart: bool,
    /// Such as `s`.
    pub unit: Option<String>,
    /// The least that a number may be.
    pub min: Option<u64>,
    /// The most.
    pub max: Option<u64>,
    /// The words that it may be; null: any text, number or list.
    pub choices: Option<Vec<String>>,
    /// Whether it belongs to the process: pages can look at it.
    pub read_only: bool,
    /// Why what the database says is not in force.
    pub complaint: Option<Mistake>,
}

impl SettingNow {
    /// Whether pages cannot change it.
    pub(crate) fn is_of_the_file(&self) -> bool {
        self.read_only || self.source == ConfiguredIn::File
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfiguredNow {
    /// The queues, in the order in which numbers are looked up.
    pub queues: Vec<ConfiguredItem>,
    /// The trunks.
    pub trunks: Vec<ConfiguredItem>,
    /// The settings that pages may change, unless the file does.
    pub settings: Vec<SettingNow>,
    /// The version of those in the database; 0: there are none.
    pub settings_version: i64,
    /// What the centre is called in Thai and in English.
    pub house: [String; 2],
}

impl ConfiguredNow {
    /// Those of a kind that has names.
    pub(crate) fn items(&self, kind: ConfiguredKind) -> &[ConfiguredItem] {
        match kind {
            ConfiguredKind::Queue => &self.queues,
            ConfiguredKind::Trunk => &self.trunks,
            ConfiguredKind::Settings => &[],
        }
    }

    /// The one of this name.
    pub(crate) fn item(&self, kind: ConfiguredKind, name: &str) -> Option<&ConfiguredItem> {
        self.items(kind).iter().find(|item| item.name == name)
    }
}

/// What is configured now. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct ConfiguredInForce(Arc<RwLock<Arc<ConfiguredNow>>>);

impl ConfiguredInForce {
    /// This from now on.
    pub fn put(&self, now: ConfiguredNow) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
    }

    /// As it is.
    pub fn now(&self) -> Arc<ConfiguredNow> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A change that somebody has in mind.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Of what.
    pub kind: ConfiguredKind,
    /// Its name.
    pub name: String,
    /// All its keys as they would be; none: it would be gone.
    pub keys: Option<Keys>,
}

/// A queue that somebody has in mind, and a call to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewWanted {
    /// Its keys.
    pub keys: Keys,
    /// So many of its agents are free; none: as it is now.
    pub free: Option<usize>,
}

/// How a call to a queue would be led.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueuePreview {
    /// Rings of the budget.
    pub limit: u8,
    /// From one burst to the next, ms.
    pub period_ms: u64,
    /// A burst, ms.
    pub on_ms: u64,
    /// So long before the deadline the phones are told to be silent, ms.
    pub guard_ms: u64,
    /// The end of the budget, ms.
    pub deadline_ms: u64,
    /// When the phones are told, ms.
    pub cancel_ms: u64,
    /// What is done then.
    pub deadline_action: String,
    /// Everybody who serves the queue.
    pub agents: Vec<PreviewAgent>,
    /// The hops of the plan.
    pub hops: Vec<PreviewHop>,
    /// Phones that ring at each burst, with all of them free, one, and none.
    pub cases: Vec<PreviewCase>,
    /// The plan as a line of a file.
    pub toml: String,
}

/// One who serves the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewAgent {
    /// Who.
    pub login: String,
    /// What people call them.
    pub name: String,
    /// The first of the phones.
    pub device: Option<String>,
    /// What they do now.
    pub state: String,
    /// How long they have been idle, ms; none: not ready.
    pub idle_ms: Option<u64>,
    /// The bursts, from 1, at which their phone rings.
    pub bursts: Vec<u8>,
}

/// A hop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewHop {
    /// When it begins, ms.
    pub at_ms: u64,
    /// How its agents are chosen.
    pub strategy: String,
    /// How many rings it has.
    pub rings: u8,
    /// Whose phones ring.
    pub agents: Vec<String>,
}

/// How many phones ring when so many are free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewCase {
    /// `all`, `one` or `none`.
    pub free: String,
    /// At each burst.
    pub phones: Vec<u32>,
}
