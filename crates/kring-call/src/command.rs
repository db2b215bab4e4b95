//! What people and programs ask of the exchange, and what it answers.
//!
//! Commands are the whole of `kring-call` that `kring-web` may know.

use crate::{settings::Settings, skill::Skill};
use kring_journal::{AgentId, CallId, ClosedWhy, WallTime};
use kring_sip::{Peer, Uri, digest::Ha1Set};
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
    /// The name of a PBX or of its registrar leads nowhere.
    LoseTrunk {
        /// The name of the trunk.
        trunk: String,
        /// What the name service said.
        why: String,
    },
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
    /// It will be done when the call that the agent has now is over.
    AfterCall,
    /// This call was placed.
    Placed(CallId),
}

/// Why a command was refused. Each has a stable code for REST.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefused {
    /// No such agent.
    #[error("no agent has this login: add one with `kringd user add`")]
    NoSuchAgent,
    /// The call is over, or is not (any more) this agent's.
    #[error("the call is over or has gone to somebody else")]
    CallGone,
    /// The agent has a call now.
    #[error("the agent has a call now; the state can be changed when it has ended")]
    AgentBusy,
    /// The phone cannot be made to answer.
    #[error("this phone cannot be answered from the screen: lift the handset")]
    AnswerOnPhone,
    /// The agent has no phone.
    #[error("the agent has no phone: set one with `kringd user add … --device`")]
    NoDevice,
    /// The house is full.
    #[error("no more agents can be known at once: remove some with `kringd user disable`")]
    TooManyAgents,
    /// The time for the record has been extended as far as it may be.
    #[error("the time for the record cannot be extended any further")]
    WrapUpTooLong,
    /// No such queue.
    #[error("no queue has this name: see [[queue]] in the configuration")]
    NoSuchQueue,
    /// No such trunk.
    #[error("no trunk has this name")]
    NoSuchTrunk,
    /// Nobody is to be called back of this name.
    #[error("nobody is to be called back for this call")]
    NoSuchCallBack,
    /// No pattern of `[dial]` allows it.
    #[error("this number may not be dialled: dial.patterns has no pattern of it")]
    NumberNotAllowed,
    /// No trunk has an address.
    #[error("kring cannot dial: no [[trunk]] has an address")]
    NoWayOut,
    /// No more calls.
    #[error("no more calls can be made now")]
    NoRoom,
    /// The directory is full.
    #[error("no more departments can be known at once: remove some")]
    TooManyDepartments,
    /// No registrar, or it is full.
    #[error("no more phones can be known at once: remove some with `kringd phone remove`")]
    TooManyPhones,
    /// No room for the queues that are new: those that were taken out still have callers.
    #[error(
        "no more queues can be served at once: try again when the callers of the old ones are served"
    )]
    TooManyQueues,
    /// The pause reason is not one of the configured ones.
    #[error("{0:?} is not one of the configured pause reasons")]
    NoSuchReason(String),
}

impl CommandRefused {
    /// The stable code of the REST error.
    pub const fn code(&self) -> &'static str {
        match self {
            CommandRefused::NoSuchAgent => "no_such_agent",
            CommandRefused::CallGone => "call_gone",
            CommandRefused::AgentBusy => "agent_busy",
            CommandRefused::AnswerOnPhone => "answer_on_phone",
            CommandRefused::NoDevice => "no_device",
            CommandRefused::TooManyPhones => "too_many_phones",
            CommandRefused::NoSuchCallBack => "no_such_callback",
            CommandRefused::NumberNotAllowed => "number_not_allowed",
            CommandRefused::NoWayOut => "no_way_out",
            CommandRefused::NoRoom => "no_room",
            CommandRefused::TooManyDepartments => "too_many_departments",
            CommandRefused::TooManyAgents => "too_many_agents",
            CommandRefused::WrapUpTooLong => "wrap_up_too_long",
            CommandRefused::NoSuchQueue => "no_such_queue",
            CommandRefused::NoSuchTrunk => "no_such_trunk",
            CommandRefused::TooManyQueues => "too_many_queues",
            CommandRefused::NoSuchReason(_) => "no_such_reason",
        }
    }
}
