//! Names, buckets and what each number means.

use metrics::{
    describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram,
};

const POP: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];
const DISK: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// Upper bounds of every histogram.
pub(super) const BUCKETS: &[(&str, &[f64])] = &[
    (
        "kring_call_rings",
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0],
    ),
    (
        "kring_call_ring_seconds",
        &[1.0, 5.0, 6.0, 10.0, 11.0, 15.0, 16.0, 20.0, 30.0, 60.0],
    ),
    (
        "kring_ring_deadline_lateness_seconds",
        &[
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
        ],
    ),
    ("kring_screen_pop_seconds", POP),
    (
        "kring_wrapup_seconds",
        &[
            5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 300.0, 600.0, 1_800.0,
        ],
    ),
    ("kring_journal_append_seconds", DISK),
    (
        "kring_rtp_jitter_seconds",
        &[0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
    ),
];

/// Tells Prometheus what each number means.
pub(super) fn describe() {
    gauge!("kring_build_info", "1, with the version");
    counter!("kring_calls_total", "Calls by their one outcome");
    gauge!("kring_calls_active", "Calls in progress by state");
    counter!("kring_ring_rule_total", "Calls by how the ring rule ended");
    histogram!("kring_call_rings", "Rings begun before a call was decided");
    histogram!("kring_call_ring_seconds", "From t0 to the decision");
    histogram!(
        "kring_ring_deadline_lateness_seconds",
        "How late the deadline action was"
    );
    histogram!("kring_screen_pop_seconds", "Time of a pop by stage");
    counter!("kring_screen_pop_total", "Pops by what became of them");
    gauge!(
        "kring_screen_dead_agents",
        "Agents at work without a live screen"
    );
    counter!(
        "kring_contact_lookups_total",
        "Lookups of callers by result"
    );
    gauge!("kring_agents", "Agents by state");
    gauge!("kring_queue_calls", "Calls that ring or wait");
    gauge!(
        "kring_queue_oldest_wait_seconds",
        "How long the longest has waited"
    );
    histogram!(
        "kring_wrapup_seconds",
        "From the end of a call to its record"
    );
    gauge!(
        "kring_wrapup_pending",
        "Ended calls of this boot that lack their record"
    );
    counter!("kring_cases_total", "Confirmed cases");
    counter!("kring_sip_requests_total", "SIP requests");
    counter!("kring_sip_responses_total", "SIP responses");
    counter!("kring_sip_retransmissions_total", "SIP messages sent again");
    gauge!("kring_sip_transactions", "SIP transactions that hold state");
    gauge!("kring_sip_dialogs", "SIP legs");
    counter!(
        "kring_sip_parse_errors_total",
        "SIP messages that could not be read"
    );
    counter!(
        "kring_rtp_packets_total",
        "RTP packets received, by the side they came from"
    );
    counter!("kring_rtp_lost_total", "RTP packets lost on the way to us");
    histogram!(
        "kring_rtp_jitter_seconds",
        "Interarrival jitter at the end of a call"
    );
    histogram!(
        "kring_journal_append_seconds",
        "Time to commit a group of facts"
    );
    gauge!(
        "kring_journal_last_seq",
        "Number of the newest fact on the disk"
    );
    gauge!(
        "kring_journal_lag_seconds",
        "How long the oldest fact of the last group waited"
    );
    counter!(
        "kring_journal_refusals_total",
        "Groups that the database did not take at once"
    );
    counter!(
        "kring_invariant_violations_total",
        "Laws of the house found broken at run time"
    );
    gauge!("kring_ws_connections", "Live sockets of pages");
}
