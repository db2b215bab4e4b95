//! A supervisor who hears a call: by which leg, how far that is, who hears the supervisor, and who is told.

use kring_journal::{AgentId, MonitorId, MonitorMode};
use kring_media::{AudioDescription, Monitoring, OwnAudio, PortPair, SessionId, write};
use kring_sip::LegId;
use kring_time::Moment;
use std::net::IpAddr;

/// The supervisor of one call.
#[derive(Clone, Debug)]
pub(crate) struct Monitor {
    pub(crate) id: MonitorId,
    pub(crate) by: AgentId,
    pub(crate) mode: MonitorMode,
    pub(crate) leg: LegId,
    pub(crate) stage: MonitorStage,
    ports: PortPair,
    /// What its phone was told last.
    said: AudioDescription,
    /// Its phone was asked to answer by itself: the supervisor has asked for the call.
    pub(crate) is_called: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MonitorStage {
    /// The supervisor's phone rings.
    Ringing {
        /// And no longer than this.
        until: Moment,
    },
    /// The supervisor hears the call.
    Hearing { since: Moment },
}

impl Monitor {
    /// Whose phone is rung in `leg`, and was offered `said` at these ports.
    pub(crate) fn rung(
        (id, by): (MonitorId, AgentId),
        mode: MonitorMode,
        leg: LegId,
        (ports, said): (PortPair, AudioDescription),
        until: Moment,
    ) -> Monitor {
        Monitor {
            id,
            by,
            mode,
            leg,
            stage: MonitorStage::Ringing { until },
            ports,
            said,
            is_called: false,
        }
    }

    /// Since when it hears the call.
    pub(crate) fn hears_since(&self) -> Option<Moment> {
        match self.stage {
            MonitorStage::Ringing { .. } => None,
            MonitorStage::Hearing { since } => Some(since),
        }
    }

    /// Whether the agent of the call hears it.
    pub(crate) fn speaks(&self) -> bool {
        self.hears_since().is_some() && self.mode != MonitorMode::Listen
    }

    /// When it must be seen to.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self.stage {
            MonitorStage::Ringing { until } => Some(until),
            MonitorStage::Hearing { .. } => None,
        }
    }

    /// What kring says of itself to this phone, should it differ from what it said last (RFC 3264 §8).
    pub(crate) fn own(&self, address: IpAddr, session: SessionId) -> OwnAudio {
        OwnAudio {
            address,
            port: self.ports.rtp,
            session_id: session.0,
            version: self.said.origin.version + 1,
            shield: None,
        }
    }

    /// What it was told last, to be told again or compared with.
    pub(crate) fn said(&self) -> &AudioDescription {
        &self.said
    }

    /// Takes note of what it is told, and writes it.
    pub(crate) fn say(&mut self, said: AudioDescription) -> Vec<u8> {
        self.said = said;
        write(&self.said)
    }
}

/// How supervisors hear calls (`[monitor]`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonitorRules {
    /// When the agent of a call is told.
    pub tell_agent: TellAgent,
}

/// When an agent is told that a supervisor hears the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TellAgent {
    /// In every mode: whoever works here knows when somebody listens.
    #[default]
    Always,
    /// When the supervisor speaks.
    WhisperAndBarge,
    /// Never.
    Never,
}

impl TellAgent {
    /// Whether the agent is told of this mode.
    pub(crate) const fn tells(self, mode: MonitorMode) -> bool {
        match self {
            TellAgent::Always => true,
            TellAgent::WhisperAndBarge => !matches!(mode, MonitorMode::Listen),
            TellAgent::Never => false,
        }
    }
}

/// The same, as the media threads are told.
pub(crate) const fn monitoring(mode: MonitorMode) -> Monitoring {
    match mode {
        MonitorMode::Listen => Monitoring::Listen,
        MonitorMode::Whisper => Monitoring::Whisper,
        MonitorMode::Barge => Monitoring::Barge,
    }
}
