//! SIP and media numbers for `/metrics`, in plain types: kring-web knows neither SIP nor RTP.

use crate::exchange_task::Load;
use kring_sip::{Direction, SipCount};
use kring_web::metrics;

/// Counts one SIP event.
pub(crate) fn count(count: &SipCount) {
    match count {
        SipCount::Request { method, direction } => {
            metrics::sip_request(method.as_str(), name(*direction));
        }
        SipCount::Response {
            method,
            code,
            direction,
        } => {
            metrics::sip_response(method.as_str(), *code, name(*direction));
        }
        SipCount::Retransmission { method } => metrics::sip_retransmission(method.as_str()),
        SipCount::ParseError => metrics::sip_parse_error(),
        SipCount::BoundReached { bound } => bound_reached(bound),
        SipCount::Stranger { method, .. } => metrics::sip_stranger(method.as_str()),
    }
}

/// Counts that a bound of the SIP side was reached, so that something was refused, dropped or cut.
/// `bound` is a short word of ours (`connections_per_address`), never anything from outside.
pub(crate) fn bound_reached(bound: &'static str) {
    metrics::sip_bound_reached(bound);
}

/// Sets the gauges of the SIP side.
pub(crate) fn gauges(load: Load) {
    metrics::sip_load(load.transactions, load.dialogs);
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}
