//! The numbers of product.md section 9, as Prometheus reads them.
//!
//! A number is a fold over facts, or it is told by the shell that alone can count it (SIP, RTP,
//! the disk). No label ever holds a number or a call's id.

mod fold;
mod names;
mod process;
mod shell;
mod sound;
#[cfg(test)]
mod tests;
mod transfers;

pub use fold::fold;
pub use shell::{
    browser_leg_set_up, browser_legs, call_backs, journal_is_well, journal_refused, journal_synced,
    journal_written, known_callers, rtp, sip_bound_reached, sip_load, sip_options_rtt,
    sip_parse_error, sip_registered_phones, sip_registration_up, sip_request, sip_response,
    sip_retransmission, sip_stranger, ws_connections,
};

use kring_time::Moment;
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::sync::OnceLock;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Makes the recorder of this process; before this, numbers go nowhere. A second call is nothing.
pub fn install(version: &str) {
    let recorder = recorder();
    let handle = recorder.handle();
    if HANDLE.set(handle).is_ok() && metrics::set_global_recorder(recorder).is_err() {
        tracing::error!("another recorder of numbers is there already: /metrics stays empty");
    }
    names::describe();
    metrics::gauge!("kring_build_info", "version" => version.to_owned()).set(1.0);
}

/// The numbers in Prometheus' text format as they are at `now`, with those of every one of `queues`; empty
/// before [`install`].
pub fn render(now: Moment, queues: &[String]) -> String {
    let Some(handle) = HANDLE.get() else {
        return String::new();
    };
    fold::tell_waits(now, queues);
    handle.run_upkeep();
    let mut text = handle.render();
    process::append(&mut text);
    text
}

fn recorder() -> PrometheusRecorder {
    let builder =
        names::BUCKETS
            .iter()
            .fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
                builder
                    .set_buckets_for_metric(Matcher::Full((*name).to_owned()), bounds)
                    .expect("no histogram of ours has an empty list of buckets")
            });
    builder.build_recorder()
}

/// What these facts come to, in a recorder of their own.
#[cfg(test)]
pub(crate) fn rendered(told: impl FnOnce()) -> String {
    let recorder = recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, told);
    handle.run_upkeep();
    handle.render()
}
