//! The configuration read again at a person's wish: whoever reads it is `kringd`; here is the way to it, and
//! what pages are told of the configuration in force.

use crate::limits;
use kring_store::UsualHours;
use std::sync::{Arc, PoisonError, RwLock};
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

/// A wish to have the configuration read again, with the place for the answer.
pub type ReloadWish = oneshot::Sender<Result<Reloaded, ReloadRefused>>;

/// The way to whoever reads the configuration. The default leads nowhere.
#[derive(Clone, Debug, Default)]
pub struct Reloads(Option<mpsc::Sender<ReloadWish>>);

impl Reloads {
    /// To whoever receives at the other end.
    pub fn to(wishes: mpsc::Sender<ReloadWish>) -> Reloads {
        Reloads(Some(wishes))
    }

    /// Asks and waits, at most [`limits::RELOAD_ANSWER`]; `None` when nobody answers.
    pub(crate) async fn ask(&self) -> Option<Result<Reloaded, ReloadRefused>> {
        let wishes = self.0.as_ref()?;
        let (reply, answer) = oneshot::channel();
        let asked = async {
            wishes.send(reply).await.ok()?;
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
    /// Of units that have no hours of their own (`[hours]`).
    pub hours: UsualHours,
    /// Whether callers go back to their agent where a transfer does not say otherwise (`transfer.recall`).
    pub recall: bool,
    /// Whether an agent must say why a caller is transferred (`transfer.require_reason`).
    pub require_reason: bool,
}

impl Default for HouseRules {
    fn default() -> HouseRules {
        HouseRules {
            pause_reasons: Vec::new(),
            particle: "ค่ะ".into(),
            queues: Vec::new(),
            hours: UsualHours::default(),
            recall: true,
            require_reason: false,
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
    pub(crate) fn now(&self) -> Arc<HouseRules> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl From<HouseRules> for RulesInForce {
    fn from(rules: HouseRules) -> RulesInForce {
        RulesInForce(Arc::new(RwLock::new(Arc::new(rules))))
    }
}
