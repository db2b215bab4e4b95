//! A caller on hold, as the agent's screens see it.

use super::{
    call::LiveCall,
    floor::{Delivery, When},
    screens::to,
};
use crate::wire::Said;
use kring_journal::{Fact, Hold, HoldOver};

/// The caller hears music by the agent's wish, or the agent again.
pub(super) fn of_hold(now: When, call: &mut LiveCall, fact: &Fact) -> Vec<Delivery> {
    match fact {
        Fact::Held(Hold { agent }) => {
            call.held_since = Some(now.at);
            to(agent, Some(call.id), Said::Held {})
        }
        Fact::Resumed(HoldOver { agent, held_ms }) => {
            call.held_since = None;
            let held_ms = *held_ms;
            to(agent, Some(call.id), Said::Resumed { held_ms })
        }
        _ => Vec::new(),
    }
}
