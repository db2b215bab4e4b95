//! What the exchange is told once, when it is made.

use crate::{
    dial::DialPolicy,
    known::{CallerTrait, KnownCallers},
    monitor::MonitorRules,
    outward::OverflowTo,
    passed::PassedHeader,
    plan::Plan,
    skill::Skill,
    tape::RecordRules,
    transfer::TransferRules,
    trunk::Trunk,
};
use kring_journal::{AgentId, CallId, PresenceState, RingTerms};
use kring_media::{Languages, SrtpPolicy};
use kring_sip::EndpointConfig;
use std::{collections::BTreeSet, net::IpAddr, sync::Arc, time::Duration};

/// What is done at the deadline of a call that nobody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDeadline {
    /// 486 Busy Here with Retry-After; 480 when the queue is unstaffed.
    AnnounceBusy,
    /// 200, a recording that says so, and kring hangs up. A caller to whom kring cannot speak is told busy.
    Announce,
    /// 302 to this URI.
    Redirect {
        /// Where to, as a SIP or tel URI.
        to: String,
    },
    /// 200, greeting, place and music; the queue goes on offering. A caller to whom kring cannot speak,
    /// or for whom there is no place, is told busy.
    AnswerGreetQueue,
    /// To [`QueueConfig::overflow`]: by 302 if that is a URI, else kring answers and takes the caller there,
    /// who hears music on the way. Nobody is let go because nobody is there: then they wait in the queue.
    Overflow,
    /// As [`OnDeadline::AnswerGreetQueue`], and the caller may ask to be called back.
    OfferCallback,
}

/// How citizens are called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackRules {
    /// After so long whoever was busy or not there is called again.
    pub retry: Duration,
    /// So often at most.
    pub tries: u8,
}

impl Default for CallbackRules {
    /// Three times, five minutes apart.
    fn default() -> CallbackRules {
        CallbackRules {
            retry: Duration::from_mins(5),
            tries: 3,
        }
    }
}

/// What is done with a caller for whom a queue has no place, or no more time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recourse {
    /// They are told that everybody is busy.
    #[default]
    Refuse,
    /// They go where the queue overflows to.
    Overflow,
    /// They are asked whether they want to be called back, and have a little time to say so.
    OfferCallback,
}

/// What is done with callers of a queue that is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnClosed {
    /// 200, a recording that says so, and kring hangs up; 480 for one to whom kring cannot speak.
    #[default]
    Announce,
    /// 480 with Retry-After.
    AnnounceBusy,
    /// To [`QueueConfig::overflow`]: by 302 if that is a URI, else kring answers and takes them there. Where
    /// nobody is they hear that it is closed, as with [`OnClosed::Announce`].
    Overflow,
    /// As [`OnClosed::Announce`], and the caller may ask to be called back when it is open again.
    OfferCallback,
}

/// Who makes the tone that a caller hears while phones ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ringback {
    /// The PBX or the telephone network, when we say 180.
    #[default]
    Pbx,
    /// kring, as early media with 183. A caller who makes no offer, or has no codec in which kring can
    /// speak, is told 180 as ever.
    Own,
}

/// How callers wait whom kring has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRules {
    /// As long as this; zero: as long as they like.
    pub max_wait: Duration,
    /// So many at once; 0: any number.
    pub waiting_max: usize,
    /// How often they are told how things are; zero: never again.
    pub announce_every: Duration,
    /// Whether they are told their place and how long it may take.
    pub tells_position: bool,
    /// The recording that greets them.
    pub greeting: Arc<str>,
    /// The recordings of which one is heard each time, in turn; none: that they are asked to wait.
    pub announcements: Arc<[Arc<str>]>,
    /// What is done with a caller for whom there is no place.
    pub when_full: Recourse,
    /// What is done with a caller who has waited as long as is allowed.
    pub when_waited: Recourse,
}

/// How a queue sounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueVoice {
    /// The languages in which its callers are spoken to.
    pub languages: Languages,
    /// Its music, by its name in the library; none: the house's.
    pub music: Option<Arc<str>>,
    /// The recording that both hear when an agent answers, before they hear each other; none: at once.
    /// An agent's own recording takes its place.
    pub greeting_on_answer: Option<Arc<str>>,
    /// How its calls are recorded.
    pub record: RecordRules,
}

impl Default for WaitingRules {
    /// Ten minutes at most, any number, told every 45 s.
    fn default() -> WaitingRules {
        WaitingRules {
            max_wait: Duration::from_mins(10),
            waiting_max: 0,
            announce_every: Duration::from_secs(45),
            tells_position: true,
            greeting: "greeting".into(),
            announcements: Arc::default(),
            when_full: Recourse::Refuse,
            when_waited: Recourse::Refuse,
        }
    }
}

/// An agent in a queue's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub agent: AgentId,
    /// 1 is rung before 2: whoever has a higher number is rung while nobody before is free.
    pub priority: u8,
}

/// A queue of callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueConfig {
    /// Its name, in facts and labels.
    pub name: String,
    /// The numbers that lead here; none: every number that no other queue has.
    pub did: Vec<String>,
    /// Whom of the callers of these numbers it is for; any of these is enough. None: for all who are left.
    pub callers: Vec<CallerTrait>,
    /// What one must be able to do to serve it.
    pub skills: Vec<Skill>,
    /// Whose callers come first where an agent serves several queues: 1 before 2, up to 9; 5 is usual. Each
    /// step is worth a minute of waiting.
    pub priority: u8,
    /// Who rings when.
    pub plan: Arc<Plan>,
    /// Its members, in the order of `linear`; none: every agent whose profile names the queue, or none.
    pub members: Arc<[Member]>,
    /// What is done at the deadline.
    pub on_deadline: OnDeadline,
    /// What is done with its callers while it is closed.
    pub on_closed: OnClosed,
    /// Where callers go whom it cannot serve.
    pub overflow: Option<OverflowTo>,
    /// How those are called back who ask for it; none: nobody may.
    pub callback: Option<CallbackRules>,
    /// How its callers wait after the deadline.
    pub waiting: WaitingRules,
    /// How it sounds.
    pub voice: QueueVoice,
}

/// What an agent was doing when the process before this one ended.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The agent.
    pub agent: AgentId,
    /// The last recorded state.
    pub state: PresenceState,
    /// With its reason.
    pub reason: Option<String>,
    /// The call that died with the process, whose record the agent owes.
    pub call: Option<CallId>,
}

/// Everything the exchange needs to know about its surroundings.
#[derive(Clone, Debug)]
pub struct ExchangeConfig {
    /// The SIP side.
    pub endpoint: EndpointConfig,
    /// Chance for call ids and caller references. Same seed and inputs, same journal.
    pub seed: u64,
    /// Unix milliseconds at boot, for the time part of call ids only.
    pub wall_at_boot_ms: u64,
    /// The address that callers and phones are told to send sound to.
    pub media_address: IpAddr,
    /// Codec names that may pass, in lower case; empty: any.
    pub codecs: Vec<String>,
    /// Whether sound is secured, where nothing else is said of a trunk or phone.
    pub srtp: SrtpPolicy,
    /// How rings are counted.
    pub terms: Arc<RingTerms>,
    /// Who makes the ringing tone.
    pub ringback: Ringback,
    /// The agents who have recorded a greeting of their own: `agents/LOGIN` in the library.
    pub agent_greetings: Arc<BTreeSet<AgentId>>,
    /// Queues; those without numbers take what no other has.
    pub queues: Vec<QueueConfig>,
    /// Who knows callers when their queue is chosen.
    pub known_callers: Arc<dyn KnownCallers>,
    /// PBXs that may send calls.
    pub trunks: Vec<Trunk>,
    /// Headers of a caller's INVITE that the phones get, too.
    pub pass_headers: Vec<PassedHeader>,
    /// Time for the record; zero: straight to ready.
    pub wrap_up: Duration,
    /// Calls rung out one after another before the agent is paused; 0: never.
    pub rona_limit: u8,
    /// The reasons for which an agent may pause.
    pub pause_reasons: Vec<String>,
    /// What may be called beyond what is configured.
    pub dial: DialPolicy,
    /// How callers are transferred.
    pub transfer: TransferRules,
    /// How supervisors hear calls.
    pub monitor: MonitorRules,
    /// Calls accepted per second; 0: no bound.
    pub cps_max: u32,
    /// How often PBXs are asked whether they are there; zero: never.
    pub options_ping: Duration,
}
