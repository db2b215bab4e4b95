//! A citizen: whom they call, when, for how long they wait, and how long they talk.

use kring_time::Moment;
use std::time::Duration;

/// One citizen and one call.
#[derive(Clone, Debug)]
#[must_use = "a citizen dials when a floor has them"]
pub struct Citizen {
    /// The name in transcripts and the user part of From.
    pub name: String,
    /// The number dialled.
    pub dials: String,
    /// When the PBX sends the INVITE.
    pub dials_at: Moment,
    /// How long the citizen lets it ring before hanging up; none: without end.
    pub patience: Option<Duration>,
    /// How long the citizen talks; none: leaves it to the agent.
    pub talks: Option<Duration>,
    /// How long after the answer the citizen's PBX holds the call; none: never.
    pub holds: Option<Duration>,
    /// Whether the PBX acknowledges the 200.
    pub confirms: bool,
    /// Whether the INVITE comes without a session description (late offer).
    pub offers_late: bool,
    /// The number that forwarded the call.
    pub forwarded_by: Option<String>,
    /// Whether the call comes from an address that is no trunk.
    pub is_stranger: bool,
}

impl Citizen {
    /// A patient citizen who dials at once and talks for ten seconds.
    pub fn new(name: &str, dials: &str) -> Citizen {
        Citizen {
            name: name.to_owned(),
            dials: dials.to_owned(),
            dials_at: Moment::from_millis(1_000),
            patience: None,
            talks: Some(Duration::from_secs(10)),
            holds: None,
            confirms: true,
            offers_late: false,
            forwarded_by: None,
            is_stranger: false,
        }
    }

    /// Dials `ms` after the floor opened.
    pub fn dials_at_ms(mut self, ms: u64) -> Citizen {
        self.dials_at = Moment::from_millis(1_000 + ms);
        self
    }

    /// Hangs up when nobody has answered after `ms`.
    pub fn gives_up_after_ms(mut self, ms: u64) -> Citizen {
        self.patience = Some(Duration::from_millis(ms));
        self
    }

    /// Hangs up after talking for `ms`.
    pub fn talks_ms(mut self, ms: u64) -> Citizen {
        self.talks = Some(Duration::from_millis(ms));
        self
    }

    /// Talks until the agent hangs up.
    pub fn talks_on(mut self) -> Citizen {
        self.talks = None;
        self
    }

    /// Is connected by a PBX that never sends ACK.
    pub fn is_never_confirmed(mut self) -> Citizen {
        self.confirms = false;
        self
    }

    /// Is connected by a PBX that makes its offer in the ACK.
    pub fn offers_late(mut self) -> Citizen {
        self.offers_late = true;
        self
    }

    /// Is put on hold by the PBX `ms` after the answer.
    pub fn is_held_after_ms(mut self, ms: u64) -> Citizen {
        self.holds = Some(Duration::from_millis(ms));
        self
    }

    /// Was forwarded by this number.
    pub fn forwarded_by(mut self, number: &str) -> Citizen {
        self.forwarded_by = Some(number.to_owned());
        self
    }

    /// Calls from an address that is no trunk.
    pub fn without_trunk(mut self) -> Citizen {
        self.is_stranger = true;
        self
    }
}
