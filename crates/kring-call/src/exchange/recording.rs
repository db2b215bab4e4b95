//! The recording of a caller's sound: which calls, who may begin, pause and end it, and what became of the file.
//!
//! It is the citizen's leg, for as long as one of kring's agents has the call: whoever has the caller after that
//! was told of no recording. The call never depends on it.

use super::{Exchange, transferring::common_voice};
use crate::{
    call::{Call, State},
    command::{CommandRefused, Done},
    limits::RECORDINGS_MAX,
    tape::{Demand, RecordPolicy, RecordWish, Tape},
};
use kring_journal::{
    AgentId, CallId, Fact, RecordedFile, RecordedWhy, RecordingFault, RecordingStep,
};
use kring_media::{Ground, MediaOrder, NotRecorded, Phrase, Recorded, Recording, SessionId};
use kring_time::Moment;

type Answer = Result<Done, CommandRefused>;

/// What a caller hears who is recorded.
const NOTICE: &str = "recorded";

impl Exchange {
    /// Caller and agent are connected: it is recorded if the house wants that.
    pub(super) fn record_by_rule(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let State::Talking { agent, .. } = &call.state else {
            return;
        };
        let rules = self.config.queues[call.queue].voice.record;
        let of_agent = self.roster.get(agent).is_some_and(|a| a.profile.record);
        let why = match rules.policy {
            RecordPolicy::All => RecordedWhy::Queue,
            _ if of_agent => RecordedWhy::Agent,
            RecordPolicy::Off | RecordPolicy::OnDemand => return,
        };
        if call.sound.tape == Tape::Blank {
            self.begin_recording(now, id, why, None);
        }
    }

    /// What somebody wants of it; without an agent, somebody who watches over all.
    pub(super) fn record_call(
        &mut self,
        now: Moment,
        (agent, by): (Option<&AgentId>, AgentId),
        id: CallId,
        wish: RecordWish,
    ) -> Answer {
        let call = self.owned_call(agent, id)?;
        let rules = self.config.queues[call.queue].voice.record;
        match (wish, call.sound.tape) {
            (RecordWish::Start, Tape::Running { .. } | Tape::Paused { .. })
            | (RecordWish::Pause, Tape::Paused { .. })
            | (RecordWish::Resume, Tape::Running { .. })
            | (RecordWish::Stop, Tape::Over) => Ok(Done::Unchanged),
            (RecordWish::Start, Tape::Over) => Err(CommandRefused::RecordingOver),
            (RecordWish::Start, Tape::Blank) => {
                if rules.policy == RecordPolicy::Off {
                    return Err(CommandRefused::RecordingOff);
                }
                if !matches!(call.state, State::Talking { .. }) {
                    return Err(CommandRefused::TransferInProgress);
                }
                self.begin_recording(now, id, RecordedWhy::Asked, Some(by));
                self.tell_recorded(now, id);
                Ok(Done::Ok)
            }
            (RecordWish::Pause, Tape::Running { demand }) => {
                let paused = Tape::Paused { demand, since: now };
                self.turn_tape(id, paused, Recording::Pause);
                self.note_recording(now, id, RecordingStep::Paused { by });
                Ok(Done::Ok)
            }
            (RecordWish::Resume, Tape::Paused { demand, since }) => {
                self.turn_tape(id, Tape::Running { demand }, Recording::Resume);
                let paused_ms = now.since(since).as_millis() as u64;
                self.note_recording(now, id, RecordingStep::Resumed { by, paused_ms });
                Ok(Done::Ok)
            }
            (RecordWish::Stop, Tape::Running { demand } | Tape::Paused { demand, .. }) => {
                if demand == Demand::House {
                    return Err(CommandRefused::RecordingRequired);
                }
                self.turn_tape(id, Tape::Over, Recording::End);
                self.note_recording(now, id, RecordingStep::Stopped { by });
                Ok(Done::Ok)
            }
            (RecordWish::Pause | RecordWish::Resume | RecordWish::Stop, _) => {
                Err(CommandRefused::NotRecording)
            }
        }
    }

    /// No agent of kring's has the caller any more.
    pub(super) fn end_recording(&mut self, id: CallId) {
        if self
            .calls
            .get(&id)
            .is_some_and(|call| call.sound.tape.turns())
        {
            self.turn_tape(id, Tape::Over, Recording::End);
        }
    }

    /// The same of a call that is out of every list.
    pub(super) fn end_recording_of(&mut self, call: &Call) {
        if call.sound.tape.turns() {
            let session = call.sound.session;
            let what = Recording::End;
            self.order(MediaOrder::Record { session, what });
        }
    }

    /// Whether the caller is to be told at the answer.
    pub(super) fn notice_of(&self, call: &Call) -> Option<Phrase> {
        let rules = self.config.queues[call.queue].voice.record;
        (rules.notice && call.sound.tape.turns()).then(|| Phrase::clip(NOTICE))
    }

    /// The caller, and the agent with them, hear that it is recorded.
    pub(super) fn tell_recorded(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let Some(notice) = self.notice_of(call) else {
            return;
        };
        if call.sound.on_hold.is_some() {
            self.note_said(now, id, std::slice::from_ref(&notice));
            self.speak(id, vec![notice], Ground::Music);
            return;
        }
        self.say_to_both(now, id, vec![notice], Vec::new());
    }

    /// A file is closed, or there is none.
    pub(super) fn recorded(
        &mut self,
        now: Moment,
        session: SessionId,
        file: Option<Recorded>,
        why: Option<NotRecorded>,
    ) {
        let Some(id) = self.tapes.remove(&session) else {
            return;
        };
        if let Some(call) = self.calls.get_mut(&id) {
            call.sound.tape = Tape::Over;
        }
        let file = file.map(|file| file_of(&file));
        let step = match (why, file) {
            (None, Some(file)) => RecordingStep::Ended(file),
            (why, kept) => RecordingStep::Failed {
                why: why.map_or(RecordingFault::Disk, fault_of),
                kept,
            },
        };
        self.note_recording(now, id, step);
    }

    fn begin_recording(&mut self, now: Moment, id: CallId, why: RecordedWhy, by: Option<AgentId>) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if self.tapes.len() >= RECORDINGS_MAX {
            call.sound.tape = Tape::Over;
            let why = RecordingFault::TooMany;
            self.note_recording(now, id, RecordingStep::Failed { why, kept: None });
            return;
        }
        let demand = match why {
            RecordedWhy::Queue | RecordedWhy::Agent => Demand::House,
            RecordedWhy::Asked => Demand::Asked,
        };
        // A caller who made no offer says with the ACK what can be said to them.
        let can_be_told = call.sound.callers.is_none() || common_voice(call).is_some();
        let notice = self.config.queues[call.queue].voice.record.notice && can_be_told;
        self.tapes.insert(call.sound.session, id);
        let name = id.to_string().into();
        self.turn_tape(id, Tape::Running { demand }, Recording::Begin { name });
        self.note_recording(now, id, RecordingStep::Started { why, by, notice });
    }

    fn turn_tape(&mut self, id: CallId, tape: Tape, what: Recording) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.sound.tape = tape;
            let session = call.sound.session;
            self.order(MediaOrder::Record { session, what });
        }
    }

    fn note_recording(&mut self, now: Moment, id: CallId, step: RecordingStep) {
        self.record(now, id, Fact::Recording(step));
    }
}

fn file_of(file: &Recorded) -> RecordedFile {
    let hex = |byte: &u8| format!("{byte:02x}");
    RecordedFile {
        length_ms: file.length_ms,
        bytes: file.bytes,
        sha256: file.sha256.iter().map(hex).collect(),
        missing_ms: file.missing_ms,
    }
}

const fn fault_of(why: NotRecorded) -> RecordingFault {
    match why {
        NotRecorded::DiskFull => RecordingFault::DiskFull,
        NotRecorded::Disk => RecordingFault::Disk,
        NotRecorded::NoKey => RecordingFault::NoKey,
        NotRecorded::TooMany => RecordingFault::TooMany,
    }
}
