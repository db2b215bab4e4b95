//! A caller on the way to somebody else: who has them meanwhile, who is asked, and how far it has come.
//!
//! The citizen's leg is never part of it: whatever becomes of a transfer, the call has it still
//! (invariant I7).

use crate::{
    command::{OnTransferFailed, TransferPlace},
    dial::DialPattern,
    outward::Outward,
};
use kring_journal::{AgentId, TransferId, TransferOver};
use kring_media::{AudioDescription, Shield, Side};
use kring_sip::{HeaderName, LegId};
use kring_time::Moment;
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// A transfer or consult that is on its way.
#[derive(Clone, Debug)]
pub(crate) struct Transfer {
    pub(crate) id: TransferId,
    /// Who has the caller.
    pub(crate) agent: AgentId,
    /// None: the agent has hung up, and waits for nothing.
    pub(crate) agent_leg: Option<LegId>,
    /// Since when agent and caller have talked.
    pub(crate) since: Moment,
    /// When it was wished.
    pub(crate) began: Moment,
    pub(crate) aim: Aim,
    pub(crate) failing: OnTransferFailed,
    /// The phone that asked for it by REFER, and is told how it goes.
    pub(crate) referrer: Option<LegId>,
    /// The call that the agent's phone makes for it, if it was wished by dialling there.
    pub(crate) second: Option<Second>,
    /// What the third party is told besides who calls.
    pub(crate) tells: Vec<(HeaderName, String)>,
    pub(crate) stage: Stage,
}

/// The second call of an agent's phone, by which it talks with the third party.
#[derive(Clone, Debug)]
pub(crate) struct Second {
    pub(crate) leg: LegId,
    /// What the phone said of its sound there.
    pub(crate) offer: Box<AudioDescription>,
    /// The keys of this leg.
    pub(crate) shield: Option<Arc<Shield>>,
    pub(crate) answered: bool,
}

/// What is to happen when the third party answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// It gets the caller.
    HandOver,
    /// The agent talks to it first.
    Consult,
}

/// How far it has come.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Nobody was asked yet.
    Waiting,
    /// The caller's PBX was asked to do it (REFER).
    Referred {
        /// The extension.
        place: TransferPlace,
        /// Those after it.
        others: VecDeque<TransferPlace>,
        word: Word,
    },
    /// kring dials.
    Dialling {
        outward: Outward,
        others: VecDeque<TransferPlace>,
    },
    /// The third party has answered.
    Met {
        third: LegId,
        to: String,
        circle: Circle,
    },
    /// The PBX was asked to join caller and third party, both of whom it has (REFER with Replaces).
    Joining {
        third: LegId,
        to: String,
        circle: Circle,
        word: Word,
    },
    /// It came to nothing, and the phone that had asked for it was told so. Agent and caller hear each
    /// other; many phones hang up on being told, whatever they are told, and that is no wish to let the
    /// caller go.
    Settling {
        until: Moment,
        why: TransferOver,
        code: u16,
    },
}

/// How far the PBX is with what it was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) accepted: bool,
    /// When it must have said what became of it.
    pub(crate) until: Moment,
    /// The caller's leg, when it was hung up meanwhile: many a PBX does so first, and says 200 after.
    pub(crate) left: Option<LegId>,
}

/// Who hears whom once the third party has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Circle {
    /// Agent and third party; the caller hears music.
    Unit,
    /// Agent and caller; the third party hears music.
    Caller,
    /// All three.
    All,
}

impl Circle {
    /// Who hears music meanwhile.
    pub(crate) const fn left_out(self) -> Option<Side> {
        match self {
            Circle::Unit => Some(Side::Caller),
            Circle::Caller => Some(Side::Third),
            Circle::All => None,
        }
    }
}

impl Transfer {
    /// When it must be seen to if nothing happens before.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.stage {
            Stage::Referred { word, .. } | Stage::Joining { word, .. } => Some(word.until),
            Stage::Dialling { outward, .. } => Some(outward.until),
            Stage::Settling { until, .. } => Some(*until),
            Stage::Waiting | Stage::Met { .. } => None,
        }
    }

    /// The leg of the third party: dialled, or talking.
    pub(crate) fn third(&self) -> Option<LegId> {
        match &self.stage {
            Stage::Dialling { outward, .. } => Some(outward.leg),
            Stage::Met { third, .. } | Stage::Joining { third, .. } => Some(*third),
            Stage::Waiting | Stage::Referred { .. } | Stage::Settling { .. } => None,
        }
    }

    /// The caller's leg, when it was hung up before the PBX had said its last word.
    pub(crate) fn left(&self) -> Option<LegId> {
        match &self.stage {
            Stage::Referred { word, .. } | Stage::Joining { word, .. } => word.left,
            _ => None,
        }
    }

    /// How far the PBX is that was asked.
    pub(crate) fn word_mut(&mut self) -> Option<&mut Word> {
        match &mut self.stage {
            Stage::Referred { word, .. } | Stage::Joining { word, .. } => Some(word),
            _ => None,
        }
    }

    /// For how long it has been on its way, ms.
    pub(crate) fn took_ms(&self, now: Moment) -> u64 {
        now.since(self.began).as_millis() as u64
    }

    /// How long agent and caller have had each other, ms.
    pub(crate) fn talk_ms(&self, now: Moment) -> u64 {
        now.since(self.since).as_millis() as u64
    }
}

/// How callers are transferred (`[transfer]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRules {
    /// Who joins caller and third party where the trunk does not say.
    pub method: TransferMethod,
    /// How often a third party may ring, whose own number of rings is not known.
    pub recall_rings: u8,
    /// How long the PBX may take to say what became of a REFER.
    pub final_word: Duration,
    /// A record's address with `{call}` in it, for the third party; none: it is not told.
    pub record_link: Option<String>,
    /// What an extension of the house looks like: an agent may type these.
    pub internal: Option<DialPattern>,
}

impl Default for TransferRules {
    /// kring chooses; three rings; 40 s.
    fn default() -> TransferRules {
        TransferRules {
            method: TransferMethod::Auto,
            recall_rings: 3,
            final_word: Duration::from_secs(40),
            record_link: None,
            internal: None,
        }
    }
}

/// Who joins a caller and whom they are transferred to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransferMethod {
    /// Whoever calls is asked by REFER if it is known to keep its call until the other one has answered,
    /// and else kring bridges.
    #[default]
    Auto,
    /// The caller's PBX, by REFER.
    Refer,
    /// kring, by an INVITE of its own.
    Bridge,
}

/// User agents that keep the call from which they were referred until the new one is answered, as RFC 5589
/// §6 has it, by the beginning of what they call themselves: tried, not believed. A PBX is not among them.
/// Asterisk takes the caller out of the call with its 202, and where the extension is busy or silent its
/// usual dialplan hangs them up; rustpbx answers 481 while the call goes on.
const KEEPS_THE_CALL: [&str; 2] = ["baresip", "linphone"];

impl TransferMethod {
    /// Whether whoever calls itself `user_agent` is to do it.
    pub(crate) fn refers(self, user_agent: Option<&str>) -> bool {
        match self {
            TransferMethod::Refer => true,
            TransferMethod::Bridge => false,
            TransferMethod::Auto => user_agent.is_some_and(|name| {
                let name = name.trim().to_ascii_lowercase();
                KEEPS_THE_CALL.iter().any(|known| name.starts_with(known))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_known_to_keep_the_caller_is_not_asked() {
        let auto = TransferMethod::Auto;
        assert!(auto.refers(Some("baresip v1.0.0 (x86_64/linux)")));
        for name in [None, Some("Asterisk PBX 20.6"), Some("FPBX-16.0"), Some("")] {
            assert!(!auto.refers(name), "{name:?}");
        }
        assert!(
            TransferMethod::Refer.refers(None) && !TransferMethod::Bridge.refers(Some("baresip"))
        );
    }
}
