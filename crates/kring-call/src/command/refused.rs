//! Why the exchange does not do what it is asked, in words for who asked, and the codes of REST.

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
    /// It is somebody else's call.
    #[error("this is another agent's call")]
    NotYourCall,
    /// A transfer of this call is on its way.
    #[error("a transfer of this call is on its way: wait for it, or take the caller back first")]
    TransferInProgress,
    /// There is no consult, or it is not so far.
    #[error("nobody is being consulted in this call, or nobody has answered yet")]
    NoConsult,
    /// Caller and agent speak in no codec that kring can speak.
    #[error("kring cannot hold this caller: the phones agreed on a codec that it does not speak")]
    CannotHold,
    /// Calls of this queue are not recorded.
    #[error(
        "calls of this queue are not recorded: set record = \"on_demand\" in the queue or in [media]"
    )]
    RecordingOff,
    /// The house wants it.
    #[error("all calls here are recorded: the recording can be paused, and not ended")]
    RecordingRequired,
    /// There is none.
    #[error("this call is not being recorded")]
    NotRecording,
    /// There was one.
    #[error("the recording of this call is over: a call has one")]
    RecordingOver,
    /// Somebody else listens to this call.
    #[error("another supervisor listens to this call")]
    Monitored,
    /// Caller and agent speak in no codec that kring can speak, or kring may speak none.
    #[error("kring cannot listen: the phones agreed on a codec that it does not speak")]
    CannotListen,
    /// The phone is registered nowhere.
    #[error("your phone is registered nowhere, so it cannot ring")]
    PhoneAway,
    /// Nobody is named.
    #[error("say where the caller is to go: a department with an endpoint, or an extension")]
    NoTarget,
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
    /// There is no place for the trunks that are new: those that were taken out still have calls.
    #[error(
        "no more trunks can be known at once: try again when the calls of the old ones are over"
    )]
    TooManyTrunks,
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
            CommandRefused::NotYourCall => "not_yours",
            CommandRefused::TransferInProgress => "transfer_in_progress",
            CommandRefused::NoConsult => "no_consult",
            CommandRefused::CannotHold => "cannot_hold",
            CommandRefused::RecordingOff => "recording_off",
            CommandRefused::RecordingRequired => "recording_required",
            CommandRefused::NotRecording => "not_recording",
            CommandRefused::RecordingOver => "recording_over",
            CommandRefused::Monitored => "monitored",
            CommandRefused::CannotListen => "cannot_listen",
            CommandRefused::PhoneAway => "phone_away",
            CommandRefused::NoTarget => "no_target",
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
            CommandRefused::TooManyTrunks => "too_many_trunks",
            CommandRefused::NoSuchReason(_) => "no_such_reason",
        }
    }
}
