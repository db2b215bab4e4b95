//! The configuration read again at a person's wish: whoever reads it is `kringd`; here is the way to it, and
//! what pages are told of the configuration in force.

use crate::{
    configured::{Mistake, PreviewWanted, QueuePreview, Trial},
    limits,
};
use kring_store::{Allowance, CaseTerms, UsualHours};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// What came of reading the configuration again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// What is in force now and was not: tables, keys and queues.
    pub changed: Vec<String>,
    /// What differs in the file and holds only after a restart.
    pub needs_restart: Vec<String>,
}

/// Why the old configuration stays, a line for each mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReloadRefused(pub Vec<String>);

/// Where an answer goes.
pub(crate) type Answer<T, E> = oneshot::Sender<Result<T, E>>;

/// What is asked of whoever reads the configuration.
#[derive(Debug)]
pub enum ConfigurationWish {
    /// To read all of it again: the file, the certificates, the recordings, the database.
    Reload(Answer<Reloaded, ReloadRefused>),
    /// To take up what the database configures now.
    Follow(Answer<Reloaded, ReloadRefused>),
    /// To say what would be wrong with a change. Nothing changes.
    Try(Trial, Answer<(), Vec<Mistake>>),
    /// To say how a call to a queue would be led. Nothing changes.
    Preview(PreviewWanted, Answer<QueuePreview, Vec<Mistake>>),
}

/// The way to whoever reads the configuration. The default leads nowhere.
#[derive(Clone, Debug, Default)]
pub struct Reloads(Option<mpsc::Sender<ConfigurationWish>>);

impl Reloads {
    /// To whoever receives at the other end.
    pub fn to(wishes: mpsc::Sender<ConfigurationWish>) -> Reloads {
        Reloads(Some(wishes))
    }

    /// Asks and waits, at most [`limits::RELOAD_ANSWER`]; `None` when nobody answers.
    pub(crate) async fn ask<T, E>(
        &self,
        wish: impl FnOnce(Answer<T, E>) -> ConfigurationWish,
    ) -> Option<Result<T, E>> {
        let wishes = self.0.as_ref()?;
        let (reply, answer) = oneshot::channel();
        let asked = async {
            wishes.send(wish(reply)).await.ok()?;
            answer.await.ok()
        };
        tokio::time::timeout(limits::RELOAD_ANSWER, asked)
            .await
            .ok()
            .flatten()
    }
}

/// What the configuration in force says to pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseRules {
    /// Why an agent may pause (`agent.pause_reasons`); the exchange has the last word.
    pub pause_reasons: Vec<String>,
    /// ค่ะ or ครับ (`agent.particle`).
    pub particle: String,
    /// The names of the queues.
    pub queues: Vec<String>,
    /// Each queue that is for all callers, with the first number that leads to it; none: what no other has.
    pub dialled: Vec<(String, Option<String>)>,
    /// Of units that have no hours of their own (`[hours]`).
    pub hours: UsualHours,
    /// Whether callers go back to their agent where a transfer does not say otherwise (`transfer.recall`).
    pub recall: bool,
    /// Whether an agent must say why a caller is transferred (`transfer.require_reason`).
    pub require_reason: bool,
    /// Whether calls of some queue are recorded when somebody asks for it.
    pub records_on_demand: bool,
    /// What was decided about cases.
    pub cases: CaseRules,
}

/// What was decided about cases (`[case]`, `[video]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRules {
    /// In what time each kind is answered (`case.sla_days`).
    pub sla: BTreeMap<&'static str, Allowance>,
    /// For how long a closed case can be reopened (`case.reopen_days`).
    pub reopen_days: u32,
    /// How large a file may be (`case.attachment_max_mb`), bytes.
    pub attachment_bytes_max: u64,
    /// Where people meet (`video.link_template`).
    pub video_link: Option<String>,
    /// How long before a session its citizen is reminded (`video.remind_hours`).
    pub video_remind: Duration,
}

impl Default for CaseRules {
    fn default() -> CaseRules {
        let usual = CaseTerms::default();
        CaseRules {
            sla: usual.sla,
            reopen_days: usual.reopen_days,
            attachment_bytes_max: 20 << 20,
            video_link: None,
            video_remind: Duration::from_hours(24),
        }
    }
}

impl HouseRules {
    /// As the store is told them.
    pub fn case_terms(&self) -> CaseTerms {
        CaseTerms {
            sla: self.cases.sla.clone(),
            reopen_days: self.cases.reopen_days,
            hours: self.hours.clone(),
        }
    }
}

impl Default for HouseRules {
    fn default() -> HouseRules {
        HouseRules {
            pause_reasons: Vec::new(),
            particle: "ค่ะ".into(),
            queues: Vec::new(),
            dialled: Vec::new(),
            hours: UsualHours::default(),
            recall: true,
            require_reason: false,
            records_on_demand: false,
            cases: CaseRules::default(),
        }
    }
}

/// The rules in force now. Clones are the same rules.
#[derive(Clone, Debug, Default)]
pub struct RulesInForce(Arc<RwLock<Arc<HouseRules>>>);

impl RulesInForce {
    /// These from now on.
    pub fn put(&self, rules: HouseRules) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// Those in force.
    pub fn now(&self) -> Arc<HouseRules> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl From<HouseRules> for RulesInForce {
    fn from(rules: HouseRules) -> RulesInForce {
        RulesInForce(Arc::new(RwLock::new(Arc::new(rules))))
    }
}
