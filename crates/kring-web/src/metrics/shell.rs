//! Numbers that only the shell can count. It calls these with plain types: this crate knows
//! neither SIP nor RTP nor the disk.

use metrics::{counter, gauge, histogram};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

/// Whether the last group of facts was refused, and how long the last one waited, µs.
static REFUSED: AtomicBool = AtomicBool::new(false);
static LAG_US: AtomicU64 = AtomicU64::new(0);

/// A SIP request; `direction` is `in` or `out`.
pub fn sip_request(method: &str, direction: &'static str) {
    let method = method_label(method);
    counter!("kring_sip_requests_total", "method" => method, "direction" => direction).increment(1);
}

/// A SIP response to a request of this method.
pub fn sip_response(method: &str, code: u16, direction: &'static str) {
    let (method, code) = (method_label(method), code.to_string());
    counter!(
        "kring_sip_responses_total",
        "method" => method, "code" => code, "direction" => direction
    )
    .increment(1);
}

/// A SIP message was sent again.
pub fn sip_retransmission(method: &str) {
    counter!("kring_sip_retransmissions_total", "method" => method_label(method)).increment(1);
}

/// A SIP message could not be read.
pub fn sip_parse_error() {
    counter!("kring_sip_parse_errors_total").increment(1);
}

/// A bound of the SIP side was reached: something was refused, dropped or cut.
pub fn sip_bound_reached(bound: &'static str) {
    counter!("kring_sip_bounds_reached_total", "bound" => bound).increment(1);
}

/// Callers whose queue may be chosen by what is known of them; `left_out` when there are more than fit.
pub fn known_callers(callers: usize, left_out: bool) {
    gauge!("kring_known_callers").set(callers as f64);
    if left_out {
        sip_bound_reached("known_callers");
    }
}

/// A SIP request came from a source that is nobody's.
pub fn sip_stranger(method: &str) {
    counter!("kring_sip_strangers_total", "method" => method_label(method)).increment(1);
}

/// Whether an account of ours is registered; `account` is the name of its trunk.
pub fn sip_registration_up(account: &str, up: bool) {
    gauge!("kring_sip_registration_up", "account" => account.to_owned())
        .set(f64::from(u8::from(up)));
}

/// From OPTIONS to its answer, for an address of a configured PBX; none while it does not answer.
pub fn sip_options_rtt(peer: &str, round_trip: Option<Duration>) {
    let seconds = round_trip.map_or(f64::NAN, |round_trip| round_trip.as_secs_f64());
    gauge!("kring_sip_options_rtt_seconds", "peer" => peer.to_owned()).set(seconds);
}

/// How much the SIP side holds now.
pub fn sip_load(transactions: usize, dialogs: usize) {
    gauge!("kring_sip_transactions").set(transactions as f64);
    gauge!("kring_sip_dialogs").set(dialogs as f64);
}

/// Citizens who wait to be called back, and who are being called.
pub fn call_backs(waiting: usize, calling: usize) {
    gauge!("kring_callbacks", "state" => "waiting").set(waiting as f64);
    gauge!("kring_callbacks", "state" => "calling").set(calling as f64);
}

/// Phones that are registered with kring now.
pub fn sip_registered_phones(phones: usize) {
    gauge!("kring_sip_registered_phones").set(phones as f64);
}

/// Legs of phones in browsers now.
pub fn browser_legs(connecting: usize, connected: usize, lost: usize) {
    let states = [
        ("connecting", connecting),
        ("connected", connected),
        ("lost", lost),
    ];
    for (state, legs) in states {
        gauge!("kring_browser_legs", "state" => state).set(legs as f64);
    }
}

/// A leg of a phone in a browser is set up: how long that took, from its offer.
pub fn browser_leg_set_up(took: Duration) {
    histogram!("kring_browser_leg_setup_seconds").record(took.as_secs_f64());
}

/// RTP of one side of a session since it was told last; `direction` is `caller` or `agent`.
pub fn rtp(direction: &'static str, packets: u64, lost: u64) {
    counter!("kring_rtp_packets_total", "direction" => direction).increment(packets);
    counter!("kring_rtp_lost_total").increment(lost);
}

/// A group of facts is on the disk: how long the commit took, how long its oldest fact had waited
/// in all, and the number of its last fact.
pub fn journal_written(took: Duration, lag: Duration, last_seq: u64) {
    REFUSED.store(false, Ordering::Relaxed);
    LAG_US.store(lag.as_micros() as u64, Ordering::Relaxed);
    histogram!("kring_journal_append_seconds").record(took.as_secs_f64());
    gauge!("kring_journal_lag_seconds").set(lag.as_secs_f64());
    gauge!("kring_journal_last_seq").set(last_seq as f64);
}

/// A group with a write that a person trusts was committed: how long the disk took for it.
pub fn journal_synced(took: Duration) {
    histogram!("kring_journal_fsync_seconds").record(took.as_secs_f64());
}

/// A group of facts could not be written and is tried again.
pub fn journal_refused() {
    REFUSED.store(true, Ordering::Relaxed);
    counter!("kring_journal_refusals_total").increment(1);
}

/// Whether the journal is written, with at most this lag; for `/readyz`.
pub fn journal_is_well(lag_max: Duration) -> bool {
    let lag = Duration::from_micros(LAG_US.load(Ordering::Relaxed));
    !REFUSED.load(Ordering::Relaxed) && lag <= lag_max
}

/// Live sockets of pages.
pub fn ws_connections(open: usize) {
    gauge!("kring_ws_connections").set(open as f64);
}

/// Anybody may send any method: a label must not grow with what strangers write.
fn method_label(method: &str) -> &'static str {
    const KNOWN: [&str; 14] = [
        "INVITE",
        "ACK",
        "BYE",
        "CANCEL",
        "OPTIONS",
        "REGISTER",
        "NOTIFY",
        "REFER",
        "INFO",
        "UPDATE",
        "PRACK",
        "SUBSCRIBE",
        "MESSAGE",
        "PUBLISH",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::rendered;

    #[test]
    fn a_bound_that_was_reached_is_counted_by_its_name() {
        let text = rendered(|| {
            sip_bound_reached("connections");
            sip_bound_reached("connections");
        });
        assert!(text.contains(r#"kring_sip_bounds_reached_total{bound="connections"} 2"#));
    }

    #[test]
    fn a_line_is_a_gauge_by_its_name() {
        let text = rendered(|| {
            sip_registration_up("pbx", true);
            sip_options_rtt("udp:192.0.2.10:5060", Some(Duration::from_millis(2)));
            sip_options_rtt("udp:192.0.2.11:5060", None);
        });
        for line in [
            r#"kring_sip_registration_up{account="pbx"} 1"#,
            r#"kring_sip_options_rtt_seconds{peer="udp:192.0.2.10:5060"} 0.002"#,
            r#"kring_sip_options_rtt_seconds{peer="udp:192.0.2.11:5060"} NaN"#,
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }

    #[test]
    fn strangers_cannot_make_labels() {
        let text = rendered(|| {
            sip_request("INVITE", "in");
            sip_request("x-0812345678", "in");
        });
        assert!(text.contains(r#"kring_sip_requests_total{method="INVITE",direction="in"} 1"#));
        assert!(text.contains(r#"method="other""#) && !text.contains("0812345678"));
    }
}
