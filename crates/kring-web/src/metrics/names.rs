//! Names, buckets and what each number means.

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
    (
        "kring_transfer_seconds",
        &[
            1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 300.0,
        ],
    ),
    (
        "kring_browser_leg_setup_seconds",
        &[0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0],
    ),
    ("kring_journal_append_seconds", DISK),
    ("kring_journal_fsync_seconds", DISK),
    (
        "kring_rtp_jitter_seconds",
        &[0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
    ),
    // The limits of G.107 Annex B among them: 2.58, 3.10, 3.60, 4.02 and 4.34.
    (
        "kring_call_mos",
        &[1.5, 2.0, 2.58, 3.1, 3.6, 4.02, 4.2, 4.34, 4.5],
    ),
];

/// What each number means.
const MEANINGS: &[(Kind, &str, &str)] = &[
    (Kind::Gauge, "kring_build_info", "1, with the version"),
    (
        Kind::Counter,
        "kring_calls_total",
        "Calls by their one outcome",
    ),
    (
        Kind::Counter,
        "kring_transfers_total",
        "Transfers and consults by how they ended; the department is its short name, or \"extension\"",
    ),
    (
        Kind::Histogram,
        "kring_transfer_seconds",
        "From the wish to transfer or consult to its end",
    ),
    (
        Kind::Gauge,
        "kring_calls_active",
        "Calls in progress by state",
    ),
    (
        Kind::Counter,
        "kring_ring_rule_total",
        "Calls by how the ring rule ended",
    ),
    (
        Kind::Histogram,
        "kring_call_rings",
        "Rings begun before a call was decided",
    ),
    (
        Kind::Histogram,
        "kring_call_ring_seconds",
        "From t0 to the decision",
    ),
    (
        Kind::Histogram,
        "kring_ring_deadline_lateness_seconds",
        "How late the deadline action was",
    ),
    (
        Kind::Counter,
        "kring_ring_silent_total",
        "Phones that said nothing when they were rung, and pages that did not say that they sound, by kind of device",
    ),
    (
        Kind::Histogram,
        "kring_screen_pop_seconds",
        "Time of a pop by stage",
    ),
    (
        Kind::Counter,
        "kring_screen_pop_total",
        "Pops by what became of them",
    ),
    (
        Kind::Gauge,
        "kring_screen_dead_agents",
        "Agents at work without a live screen",
    ),
    (
        Kind::Counter,
        "kring_contact_lookups_total",
        "Lookups of callers by result",
    ),
    (Kind::Gauge, "kring_agents", "Agents by state"),
    (Kind::Gauge, "kring_queue_calls", "Calls that ring or wait"),
    (
        Kind::Gauge,
        "kring_queue_oldest_wait_seconds",
        "How long the longest has waited",
    ),
    (
        Kind::Histogram,
        "kring_wrapup_seconds",
        "From the end of a call to its record",
    ),
    (
        Kind::Gauge,
        "kring_wrapup_pending",
        "Ended calls of this boot that lack their record",
    ),
    (Kind::Counter, "kring_cases_total", "Confirmed cases"),
    (Kind::Counter, "kring_sip_requests_total", "SIP requests"),
    (Kind::Counter, "kring_sip_responses_total", "SIP responses"),
    (
        Kind::Counter,
        "kring_sip_retransmissions_total",
        "SIP messages sent again",
    ),
    (
        Kind::Gauge,
        "kring_sip_transactions",
        "SIP transactions that hold state",
    ),
    (Kind::Gauge, "kring_sip_dialogs", "SIP legs"),
    (
        Kind::Gauge,
        "kring_sip_registered_phones",
        "Phones that are registered with kring",
    ),
    (
        Kind::Gauge,
        "kring_browser_legs",
        "Legs of phones in browsers, by state",
    ),
    (
        Kind::Histogram,
        "kring_browser_leg_setup_seconds",
        "From a browser's offer until sound can pass",
    ),
    (
        Kind::Gauge,
        "kring_callbacks",
        "Citizens who are to be called back, by state",
    ),
    (
        Kind::Counter,
        "kring_sip_parse_errors_total",
        "SIP messages that could not be read",
    ),
    (
        Kind::Counter,
        "kring_sip_bounds_reached_total",
        "SIP work refused, dropped or cut because a bound was reached, by bound",
    ),
    (
        Kind::Gauge,
        "kring_known_callers",
        "Numbers of callers who are marked, speak a language or have an open case",
    ),
    (
        Kind::Counter,
        "kring_sip_strangers_total",
        "SIP requests of sources that are nobody's",
    ),
    (
        Kind::Gauge,
        "kring_sip_registration_up",
        "1 while we are registered with this trunk's PBX, else 0",
    ),
    (
        Kind::Gauge,
        "kring_sip_options_rtt_seconds",
        "From OPTIONS to its answer, by address; NaN while there is none",
    ),
    (
        Kind::Counter,
        "kring_rtp_packets_total",
        "RTP packets received, by the side they came from",
    ),
    (
        Kind::Counter,
        "kring_rtp_lost_total",
        "RTP packets lost on the way to us",
    ),
    (
        Kind::Histogram,
        "kring_rtp_jitter_seconds",
        "Interarrival jitter at the end of a call",
    ),
    (
        Kind::Histogram,
        "kring_call_mos",
        "Mean opinion score by the E-model (G.107), of each way of each side's line, from 2 s of sound on",
    ),
    (
        Kind::Histogram,
        "kring_journal_append_seconds",
        "Time to commit a group of facts",
    ),
    (
        Kind::Histogram,
        "kring_journal_fsync_seconds",
        "Time of a commit that is on the disk before it is answered",
    ),
    (
        Kind::Gauge,
        "kring_journal_last_seq",
        "Number of the newest fact on the disk",
    ),
    (
        Kind::Gauge,
        "kring_journal_lag_seconds",
        "How long the oldest fact of the last group waited",
    ),
    (
        Kind::Counter,
        "kring_journal_refusals_total",
        "Groups that the database did not take at once",
    ),
    (
        Kind::Counter,
        "kring_invariant_violations_total",
        "Laws of the house found broken at run time",
    ),
    (
        Kind::Counter,
        "kring_recordings_total",
        "Recordings of calls that are over, by how they ended",
    ),
    (Kind::Gauge, "kring_ws_connections", "Live sockets of pages"),
];

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Tells Prometheus what each number means.
pub(super) fn describe() {
    for &(kind, name, meaning) in MEANINGS {
        match kind {
            Kind::Counter => metrics::describe_counter!(name, meaning),
            Kind::Gauge => metrics::describe_gauge!(name, meaning),
            Kind::Histogram => metrics::describe_histogram!(name, meaning),
        }
    }
}
