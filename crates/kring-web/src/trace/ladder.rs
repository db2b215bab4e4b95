//! The ladder of a call: who spoke with whom, message by message, for a person who looks for the
//! reason.

use super::{Carrier, Side, Trace, TraceMessage};
use crate::clock::rfc3339;
use kring_journal::CallId;
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::net::SocketAddr;
use utoipa::ToSchema;

/// The column in the middle.
const KRING: &str = "kring";

/// How much of each message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What it is.
    Labels,
    /// Its text, too.
    Texts,
}

/// A call's SIP messages as a ladder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ladder {
    call: String,
    /// Whether more may come.
    live: bool,
    /// Columns from left to right: the caller's trunk, kring, and each phone that was rung.
    parties: Vec<Column>,
    messages: Vec<Rung>,
    /// Messages that were let go because the call had too many; 0 in every usual call.
    left_out: u64,
    /// Index of the first message after those that were let go.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_before: Option<usize>,
}

/// One column.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Column {
    /// What `from` and `to` say: `caller`, `kring`, `phone-1`.
    id: String,
    /// `trunk`, `kring` or `phone`.
    kind: &'static str,
    /// The trunk's name, or the agent's login.
    name: String,
    /// Where it was last seen: `udp:192.0.2.10:5060`.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rung {
    at: String,
    /// Since the message before, ms.
    delta_ms: f64,
    /// Column of the sender.
    from: String,
    /// Column of the receiver.
    to: String,
    from_address: String,
    to_address: String,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: &'static str,
    /// `INVITE` or `180 Ringing`.
    label: String,
    cseq: String,
    /// Call-ID of the leg.
    call_id: String,
    /// The very same message went the same way before.
    retransmission: bool,
    /// It holds a session description.
    sdp: bool,
    /// The whole message without digest responses and media keys (`raw=1`).
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

impl Ladder {
    /// The ladder of a trace.
    pub(crate) fn of(call: CallId, trace: &Trace, live: bool, wanted: Wanted) -> Ladder {
        let columns = Columns::of(trace);
        let mut seen = FxHashSet::default();
        let mut before = trace.messages.first().map_or(0, |first| first.at.0);
        let rung = |message: &TraceMessage| {
            let delta_us = message.at.0.saturating_sub(before);
            before = message.at.0;
            let again = !seen.insert((message.sent, message.theirs, message.bytes.clone()));
            columns.rung(trace, message, delta_us, again, wanted)
        };
        Ladder {
            call: call.to_string(),
            live,
            messages: trace.messages.iter().map(rung).collect(),
            parties: columns.columns,
            left_out: trace.left_out,
            gap_before: (trace.left_out > 0).then_some(trace.gap_after),
        }
    }
}

struct Columns {
    columns: Vec<Column>,
    /// The column of each party.
    of_party: Vec<usize>,
}

impl Columns {
    /// A phone that was rung twice has one column.
    fn of(trace: &Trace) -> Columns {
        let mut columns = Vec::new();
        let mut of_party = Vec::new();
        let add_kring = |columns: &mut Vec<Column>| {
            columns.push(Column::new(KRING.to_owned(), KRING, KRING));
        };
        for (index, party) in trace.parties.iter().enumerate() {
            let kind = match party.side {
                Side::Caller => "trunk",
                Side::Phone => "phone",
            };
            let known = columns
                .iter()
                .position(|column: &Column| column.kind == kind && column.name == party.name);
            let at = known.unwrap_or_else(|| {
                let phones = columns.iter().filter(|c| c.kind == "phone").count();
                let id = match party.side {
                    Side::Caller => "caller".to_owned(),
                    Side::Phone => format!("phone-{}", phones + 1),
                };
                columns.push(Column::new(id, kind, &party.name));
                columns.len() - 1
            });
            of_party.push(at);
            if index == 0 {
                add_kring(&mut columns);
            }
        }
        if columns.is_empty() {
            add_kring(&mut columns);
        }
        for message in &trace.messages {
            if let Some(at) = of_party.get(message.party) {
                columns[*at].address =
                    Some(format!("{}:{}", message.carrier.name(), message.theirs));
            }
        }
        Columns { columns, of_party }
    }

    fn rung(
        &self,
        trace: &Trace,
        message: &TraceMessage,
        delta_us: i64,
        again: bool,
        wanted: Wanted,
    ) -> Rung {
        let column = self.of_party.get(message.party);
        let theirs = column.map_or("?", |at| &self.columns[*at].id).to_owned();
        let party = trace.parties.get(message.party);
        let pair = |ours: String, theirs: String| {
            if message.sent {
                (ours, theirs)
            } else {
                (theirs, ours)
            }
        };
        let (from, to) = pair(KRING.to_owned(), theirs);
        let shown = |address: SocketAddr| address.to_string();
        let (from_address, to_address) = pair(shown(message.ours), shown(message.theirs));
        Rung {
            at: rfc3339(message.at),
            delta_ms: delta_us as f64 / 1_000.0,
            from,
            to,
            from_address,
            to_address,
            transport: message.carrier.name(),
            label: message.label.clone(),
            cseq: message.cseq.clone(),
            call_id: party.map(|party| party.call_id.clone()).unwrap_or_default(),
            retransmission: again,
            sdp: message.sdp,
            raw: (wanted == Wanted::Texts)
                .then(|| String::from_utf8_lossy(&message.bytes).into_owned()),
        }
    }
}

impl Column {
    fn new(id: String, kind: &'static str, name: &str) -> Column {
        Column {
            id,
            kind,
            name: name.to_owned(),
            address: None,
        }
    }
}

impl Carrier {
    /// As configuration and URIs write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Carrier::Udp => "udp",
            Carrier::Tcp => "tcp",
            Carrier::Tls => "tls",
            Carrier::Ws => "ws",
            Carrier::Wss => "wss",
        }
    }
}
