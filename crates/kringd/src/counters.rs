//! SIP and media numbers for `/metrics`, in plain types: kring-web knows neither SIP nor RTP.

use crate::exchange_task::Load;
use kring_call::LineStatus;
use kring_sip::{Direction, SipCount};
use kring_web::{LineAddress, LineNow, metrics};

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

/// How a line to a PBX is: sets its gauges, and says it in plain types for the pages.
pub(crate) fn line(status: &LineStatus) -> LineNow {
    if let Some(registered) = status.registered {
        metrics::sip_registration_up(&status.trunk, registered);
    }
    for address in &status.addresses {
        metrics::sip_options_rtt(&address.peer.to_string(), address.round_trip);
    }
    let address = |address: &kring_call::AddressStatus| LineAddress {
        address: address.peer.to_string(),
        up: address.up,
        round_trip: address.round_trip,
    };
    LineNow {
        trunk: status.trunk.clone(),
        addresses: status.addresses.iter().map(address).collect(),
        up: status.up,
        registered: status.registered,
        account: status.account.clone(),
        last_error: status.last_error.clone(),
    }
}

/// Sets the gauges of the SIP side.
pub(crate) fn gauges(load: Load) {
    metrics::sip_load(load.transactions, load.dialogs);
    metrics::sip_registered_phones(load.phones);
    let (waiting, calling) = load.call_backs;
    metrics::call_backs(waiting, calling);
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}
