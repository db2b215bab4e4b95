//! What people and programs ask of the exchange, and what it answers.
//!
//! Commands are the whole of `kring-call` that `kring-web` may know.

mod refused;
mod transferring;

pub use refused::CommandRefused;
pub use transferring::{ConsultTurn, OnTransferFailed, PlaceOrigin, TransferPlace, TransferWanted};

/// What an agent is told to be by: skills, and how many phones.
pub use crate::{limits::DEVICES_MAX, skill::Skill, tape::RecordWish};

use crate::{config::QueueConfig, exchange::PhoneTraits, rehearsal::Seated, settings::Settings};
use kring_journal::{
    AgentId, CallId, ClosedWhy, MonitorId, MonitorMode, MonitorState, TransferId, WallTime,
};
use kring_media::SrtpPolicy;
use kring_sip::{Answered, Peer, Uri, digest::Ha1Set};
use kring_time::Moment;
use std::time::Duration;

/// Names the asker of a command, so that the reply finds its way. Made by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplySlot(pub u64);

/// Who calls, as the PBX says it. Goes to the screen and the customer tables, never into a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The user part of the identity, as given: a number in any spelling.
    pub user: String,
    /// The display name, if there was one.
    pub display: Option<String>,
    /// The caller withholds the number (`Privacy: id`, `anonymous`, no user part).
    pub anonymous: bool,
    /// The number that forwarded the call, from Diversion.
    pub forwarded_by: Option<String>,
}

/// Where an agent's phone is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// As configured, for the journal: `sip:5021@192.0.2.7:5060` or `pbx:5021`.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Its own ring period, if it does not ring by the national cadence.
    pub ring_period: Option<Duration>,
    /// Whether its page must say that it sounds ([`Command::RingAudible`]): a browser may keep a page
    /// silent, and nobody hears a ring that is only drawn.
    pub must_be_heard: bool,
    /// Whether its sound is secured; none: as its phone, its trunk or `[media]` says.
    pub srtp: Option<SrtpPolicy>,
}

/// Where a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a fixed address, or behind a PBX.
    At {
        /// The request URI of its INVITEs.
        uri: Uri,
        /// Where they are sent: the first that answers, in this order (RFC 3263 §4.3). At least one.
        peers: Vec<Peer>,
    },
    /// Wherever it has registered from.
    Registered {
        /// The phone's user.
        user: String,
    },
}

/// An agent as the exchange needs to know one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentProfile {
    /// Login.
    pub id: AgentId,
    /// The phones, which ring together and count as one; at most [`crate::limits::DEVICES_MAX`]. An agent
    /// without any can sign in and write records but is never offered a call.
    pub devices: Vec<Device>,
    /// Queues by name. An agent without any serves all queues.
    pub queues: Vec<String>,
    /// Whether the phones are asked to answer by themselves, as headset agents like it: they hear a beep,
    /// then the caller.
    pub auto_answer: bool,
    /// What the agent can do.
    pub skills: Vec<Skill>,
    /// Whether all of the agent's calls are recorded, whatever their queue's are.
    pub record: bool,
}

/// What an agent may ask to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceWish {
    /// Ready for a call. Ends a wrap-up: its draft stays in the unfinished list.
    Ready,
    /// Away.
    Paused {
        /// One of the configured reasons.
        reason: String,
    },
    /// Signed out.
    Offline,
}

/// Whether new calls are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Open,
    /// No: the process is shutting down.
    Draining,
    /// No: the queue to the journal is full.
    JournalFull,
}

/// Whether a queue takes calls, by its hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// Yes.
    #[default]
    Open,
    /// No.
    Closed {
        /// Why.
        why: ClosedWhy,
        /// When it will open; none: not within a year.
        next_open: Option<WallTime>,
    },
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Adds an agent, or replaces the profile of one. A call in progress keeps its phone.
    PutAgent(AgentProfile),
    /// The agent is no longer known: is signed out as soon as no call is in progress.
    RemoveAgent(AgentId),
    /// Lets a phone register, or gives it another password. What it has registered stays.
    PutPhone {
        /// Its user.
        user: String,
        /// What proves its password.
        secrets: Ha1Set,
        /// What else is known of it.
        traits: PhoneTraits,
    },
    /// The phone may not register any more, and rings no more.
    RemovePhone(String),
    /// The agent asks for a state.
    SetPresence {
        /// The agent.
        agent: AgentId,
        /// The state.
        wish: PresenceWish,
    },
    /// Somebody who watches over others sets an agent's state. In a call it holds when the call is over.
    ForcePresence {
        /// The agent.
        agent: AgentId,
        /// The state.
        wish: PresenceWish,
        /// Who says so.
        by: AgentId,
    },
    /// The agent's page sounds the ring of this call.
    RingAudible {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// Makes the agent's ringing phone answer (`NOTIFY` with `Event: talk`).
    Answer {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// The agent does not want this call; others get it.
    Decline {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// The agent's caller hears music, and the agent nothing.
    Hold {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// They hear each other again.
    Resume {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// Ends the agent's call.
    HangUp {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// The record was confirmed or closed without a case: the wrap-up of this call is over.
    WrapUpDone {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// More time for the record.
    ExtendWrapUp {
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
        /// How much more.
        by: Duration,
    },
    /// A screen of the agent is (again) or is no longer alive. Sent by the live socket's keeper.
    ScreenAlive {
        /// The agent.
        agent: AgentId,
    },
    /// See [`Command::ScreenAlive`].
    ScreenDead {
        /// The agent.
        agent: AgentId,
    },
    /// A queue opens or closes by its hours. Whoever waits in it goes on waiting while somebody who serves
    /// it is signed in.
    SetOpening {
        /// Its name.
        queue: String,
        /// Whether it takes calls.
        opening: Opening,
    },
    /// Opens or closes the door to new calls.
    Admit(Admission),
    /// Makes a department known to which callers may overflow, or gives it other extensions.
    PutDepartment {
        /// Its short name.
        short: String,
        /// What is dialled, in this order.
        extensions: Vec<String>,
    },
    /// Nobody can overflow to this department any more.
    RemoveDepartment(String),
    /// The agent calls somebody: the agent's phone rings first.
    Call {
        /// The agent.
        agent: AgentId,
        /// Whom, in any spelling without letters.
        number: String,
        /// About which case.
        case_id: Option<String>,
    },
    /// The caller is to talk with somebody else, with the agent or in place of the agent.
    Transfer {
        /// The agent; none: whoever has the caller.
        agent: Option<AgentId>,
        /// The call.
        call: CallId,
        /// Where to, and how.
        wanted: Box<TransferWanted>,
    },
    /// Changes a consult or a transfer that is on its way.
    Consult {
        /// The agent; none: whoever has the caller.
        agent: Option<AgentId>,
        /// The call.
        call: CallId,
        /// How.
        turn: ConsultTurn,
    },
    /// Begins, pauses or ends the recording of a call.
    Record {
        /// The agent whose call it must be; none: it is anybody's.
        agent: Option<AgentId>,
        /// Who asks.
        by: AgentId,
        /// The call.
        call: CallId,
        /// What is wanted.
        wish: RecordWish,
    },
    /// Somebody who watches over others wants to hear a call, or to speak in it otherwise than before: their own
    /// phone rings.
    Monitor {
        /// Who, with phones of their own.
        by: AgentId,
        /// The call.
        call: CallId,
        /// Who hears them.
        mode: MonitorMode,
    },
    /// They want to hear no more of it.
    EndMonitor {
        /// Who.
        by: AgentId,
        /// The call.
        call: CallId,
    },
    /// The citizen who asked for it in this call is not called back.
    CancelCallBack(CallId),
    /// The addresses of a PBX were found anew.
    MoveTrunk {
        /// The name of the trunk.
        trunk: String,
        /// Its addresses, the best first.
        peers: Vec<Peer>,
        /// Those of its registrar or outbound proxy, if we register with it.
        registrar: Vec<Peer>,
    },
    /// Asks somebody by OPTIONS whether they are there. Answered when they have answered, or have not for a while.
    Probe {
        /// The request URI.
        target: Uri,
        /// Where it is sent.
        peer: Peer,
    },
    /// The name of a PBX or of its registrar leads nowhere.
    LoseTrunk {
        /// The name of the trunk.
        trunk: String,
        /// What the name service said.
        why: String,
    },
    /// Who would serve this queue, and what each is doing. Nothing changes.
    Survey(Box<QueueConfig>),
    /// From now on by these settings. Calls that ring, wait and talk go on.
    Reconfigure(Box<Settings>),
    /// A configuration was refused before it came here; it is noted, and nothing changes.
    NoteRefusedConfiguration {
        /// Mistakes in it.
        complaints: u32,
    },
    /// Ends every call now and takes back every registration: the drain's time is over.
    EndAll,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was done.
    Ok,
    /// It was so already.
    Unchanged,
    /// These tables, keys and queues of the configuration are others now.
    Reconfigured(Vec<String>),
    /// These would serve the queue, at this moment.
    Surveyed(Moment, Vec<Seated>),
    /// It will be done when the call that the agent has now is over.
    AfterCall,
    /// This call was placed.
    Placed(CallId),
    /// This transfer has begun.
    Transferring(TransferId),
    /// The supervisor's phone rings, or they hear the call already.
    Monitoring(MonitorId, MonitorState),
    /// Whoever was asked has answered, or has not.
    Probed(Box<Answered>),
}
