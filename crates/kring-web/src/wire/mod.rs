//! The words of `/ws/v1`: what is said on the socket, byte for byte.
//!
//! Pages are written against these names. A frame is never renamed, a member never removed; a page
//! passes over frames and members that it does not know.

mod board;
mod card;
mod phone;
mod pop;
mod said;

pub(crate) use board::*;
pub(crate) use card::{Card, ContactOnWire, NumberOnWire, PastCase, masked};
pub(crate) use phone::PHONE_SAID_WAITING_MAX;
pub use phone::{PhoneCall, PhoneQuality, PhoneSaid, PhoneState};
pub(crate) use pop::{Pop, PopNow, RingCount, Via};
pub(crate) use said::{Alert, Said, SoundNow, TransferProgress};

use crate::clock::rfc3339;
use axum::extract::ws::Utf8Bytes;
use kring_journal::{AgentId, CallId, MonitorMode, MonitorState, PresenceState, WallTime};
use kring_time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ulid::Ulid;
use utoipa::ToSchema;

/// The subprotocol that a client asks for.
pub(crate) const SUBPROTOCOL: &str = "kring.v1";

/// Close codes of ours, from the range that RFC 6455 §7.4.2 leaves to applications.
pub(crate) mod close {
    /// No hello in time, or not signed in.
    pub(crate) const NOT_SIGNED_IN: u16 = 4401;
    /// The message could not be read.
    pub(crate) const NOT_UNDERSTOOD: u16 = 4400;
    /// The socket was too slow; connect again.
    pub(crate) const TOO_SLOW: u16 = 4408;
    /// The session was signed out.
    pub(crate) const SIGNED_OUT: u16 = 4410;
    /// The agent has signed in at another screen.
    pub(crate) const TAKEN_OVER: u16 = 4411;
    /// Too many sockets of this agent; the oldest goes.
    pub(crate) const REPLACED: u16 = 4429;
}

/// The last word to a page whose agent has signed in at another screen. It is no frame of the agent's stream,
/// which goes on there.
pub(crate) const TAKEN_OVER: &str = r#"{"v":1,"t":"session.replaced","ack":false,"d":{}}"#;

/// What a page says.
#[derive(Debug, Deserialize)]
#[serde(tag = "t")]
pub(crate) enum FromPage {
    /// The first message of a socket.
    #[serde(rename = "hello")]
    Hello(Hello),
    /// Everything up to `seq` has been received.
    #[serde(rename = "ack")]
    Ack { seq: u64 },
    /// The frame `seq` was on the screen `ms` after it was received.
    #[serde(rename = "painted")]
    Painted { seq: u64, ms: u64 },
    /// The page or its phone began to sound the ring.
    #[serde(rename = "ring.audible")]
    RingAudible { call: CallId },
    /// The page's sound, as `RTCPeerConnection` offers it. `offer` is the page's own number for it.
    #[serde(rename = "phone.offer")]
    PhoneOffer {
        #[serde(default)]
        offer: u32,
        sdp: String,
    },
    /// This page has the leg of this name still, and has lost its socket only.
    #[serde(rename = "phone.keep")]
    PhoneKeep { leg: String },
    /// The page needs no leg any more.
    #[serde(rename = "phone.close")]
    PhoneClose,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// `{"t":"hello",…}`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Hello {
    /// A token, where there is no cookie.
    #[serde(default)]
    pub(crate) token: Option<String>,
    /// The page's own name for itself; for the log.
    #[serde(default)]
    pub(crate) client_id: String,
    /// The epoch that the page has frames of.
    #[serde(default)]
    pub(crate) epoch: Option<String>,
    /// The newest frame that it has of that epoch.
    #[serde(default)]
    pub(crate) resume_after: Option<u64>,
}

/// `{"t":"welcome",…}`: the answer to the hello.
#[derive(Debug, Serialize)]
pub(crate) struct Welcome<'a> {
    pub(crate) t: &'static str,
    pub(crate) session: String,
    pub(crate) epoch: &'a str,
    pub(crate) agent: &'a str,
    pub(crate) snapshot: Snapshot,
    pub(crate) from: u64,
}

/// All that a page needs to draw itself anew.
#[derive(Debug, Serialize)]
pub(crate) struct Snapshot {
    pub(crate) presence: Presence,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<CallSnapshot>,
    /// Calls that lack their record; null when the database did not answer in time.
    pub(crate) drafts: Option<Vec<UnfinishedOnWire>>,
    pub(crate) queue: QueueStats,
    /// The page must show that the process is shutting down.
    pub(crate) draining: bool,
}

/// `presence.changed`, and its place in the snapshot.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Presence {
    pub(crate) state: PresenceState,
    pub(crate) reason: Option<String>,
    /// Who said so, if not the agent: a supervisor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    pub(crate) since: Option<String>,
}

/// `queue.stats`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct QueueStats {
    /// Calls that ring or wait.
    pub(crate) waiting: u32,
    /// How long the longest of them has waited.
    pub(crate) oldest_ms: u64,
    /// Agents that are ready.
    pub(crate) ready: u32,
    /// Of the calls decided today, the share answered within the rule, %; null before the first.
    pub(crate) within_pct_today: Option<f64>,
}

/// The call in a snapshot: the pop, and how far it has come.
#[derive(Debug, Serialize)]
pub(crate) struct CallSnapshot {
    pub(crate) id: CallId,
    /// `ringing`, `talking` or `wrap_up`.
    pub(crate) state: &'static str,
    /// The pop as it would be sent now.
    pub(crate) offered: PopNow,
    /// The last `call.ring`.
    pub(crate) ring: Option<RingCount>,
    /// How long the caller has been on hold, when they are.
    pub(crate) held_ms: Option<u64>,
    /// The last `call.sound` of each side.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sound: Vec<SoundNow>,
    /// `recording`, `paused`, `ended` or `failed`; null: it is not recorded.
    pub(crate) recording: Option<&'static str>,
    /// The supervisor who hears it, where the agent is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) monitored: Option<MonitorOnWire>,
    /// Since the answer when talking, the whole talk when over.
    pub(crate) talk_ms: Option<u64>,
    /// Left for the record, when there is a limit.
    pub(crate) wrapup_left_ms: Option<u64>,
    pub(crate) draft: Option<DraftOnWire>,
}

/// A supervisor who hears a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MonitorOnWire {
    /// Login.
    #[schema(value_type = String)]
    pub(crate) by: AgentId,
    pub(crate) name: Option<String>,
    /// `listen`, `whisper` or `barge`.
    #[schema(value_type = String)]
    pub(crate) mode: MonitorMode,
    /// `ringing` or `on`.
    #[schema(value_type = String)]
    pub(crate) state: MonitorState,
}

/// A call that lacks its record: a row of `GET /unfinished` and of the snapshot's `drafts`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnfinishedOnWire {
    pub(crate) call: String,
    /// Who owes the record.
    pub(crate) agent: Option<String>,
    pub(crate) number: Option<NumberOnWire>,
    pub(crate) contact: Option<ContactOnWire>,
    pub(crate) answered_at: Option<String>,
    pub(crate) ended_at: Option<String>,
    pub(crate) talk_ms: Option<u64>,
    pub(crate) draft: Option<DraftOnWire>,
}

/// A draft as the page last stored it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct DraftOnWire {
    /// From 1, one more with each save; the ETag in quotes.
    pub(crate) version: i64,
    pub(crate) body: Value,
    pub(crate) saved_at: Option<String>,
}

#[derive(Serialize)]
struct Envelope<'a, T: Serialize> {
    v: u8,
    seq: u64,
    id: String,
    ts: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<CallId>,
    ack: bool,
    #[serde(flatten)]
    said: &'a T,
}

#[derive(Serialize)]
struct Offered {
    t: &'static str,
    d: PopNow,
}

/// Which frame: its number, its name, its time, its call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) seq: u64,
    pub(crate) id: Ulid,
    pub(crate) wall: WallTime,
    pub(crate) call: Option<CallId>,
}

/// The text of a frame.
pub(crate) fn frame(label: Label, said: &Said) -> Utf8Bytes {
    text(label, said.must_ack(), said)
}

/// The text of `call.offered`, sent at `now`.
pub(crate) fn offered(label: Label, pop: &Pop, now: Moment) -> Utf8Bytes {
    let said = Offered {
        t: "call.offered",
        d: pop.at(now),
    };
    text(label, true, &said)
}

fn text(label: Label, ack: bool, said: &impl Serialize) -> Utf8Bytes {
    let envelope = Envelope {
        v: 1,
        seq: label.seq,
        id: label.id.to_string(),
        ts: rfc3339(label.wall),
        call: label.call,
        ack,
        said,
    };
    serde_json::to_string(&envelope)
        .expect("no member is a map with keys that are not strings")
        .into()
}
