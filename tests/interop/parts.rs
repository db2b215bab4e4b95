//! The usual parts: what a caller and a phone do when nothing is the matter.

use crate::scenario::{PLAIN, Scenario, sdp};

/// Where the citizen's SDP says that sound goes. Nobody listens there.
pub const CITIZEN: u16 = 30_000;
/// Where the agent's SDP says so.
pub const AGENT: u16 = 30_002;

/// A caller who has been sent 180 and 200, and has confirmed.
pub fn caller_is_answered() -> Scenario {
    Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
}

/// A caller who is answered and hangs up after so long.
pub fn caller_talks(ms: u32) -> Scenario {
    caller_is_answered()
        .waits(ms)
        .says("BYE", PLAIN, "")
        .hears("200")
}

/// A phone that rings, answers after so long, and is confirmed.
pub fn phone_is_answered(ms: u32) -> Scenario {
    Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(ms)
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
}

/// A phone that answers and listens until kring hangs up.
pub fn phone_answers(ms: u32) -> Scenario {
    phone_is_answered(ms)
        .hears("BYE")
        .answers("200 OK", PLAIN, "")
}

/// A phone that rings until it is cancelled.
pub fn phone_rings() -> Scenario {
    Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .hears("CANCEL")
        .answers("200 OK", PLAIN, "")
        .answers_invite("487 Request Terminated", PLAIN, "")
        .hears("ACK")
}
