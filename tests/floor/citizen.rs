//! A citizen: whom they call, when, for how long they wait, and how long they talk.

use crate::{codecs::G711, in_call::Reoffer, keys::KeysBy, referred::Obedience};
use kring_time::Moment;
use std::time::Duration;

/// What the PBX says about provisional responses that are not to be lost (RFC 3262).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// Nothing.
    Unknown,
    /// That it knows them.
    Supported,
    /// That it wants no others.
    Required,
}

/// A session timer that the PBX asks for.
#[derive(Clone, Copy, Debug)]
pub struct SessionWish {
    /// Session-Expires, s.
    pub seconds: u64,
    /// `uac`, `uas`, or nothing.
    pub refresher: Option<&'static str>,
}

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
    /// How long the citizen waits with kring's music after it has answered; none: without end.
    pub waits: Option<Duration>,
    /// Keys that are pressed so long after kring began to speak.
    pub presses: Vec<(Duration, char)>,
    /// How the PBX tells of them.
    pub keys_by: KeysBy,
    /// How long the citizen talks; none: leaves it to the agent.
    pub talks: Option<Duration>,
    /// How long after the answer the citizen's PBX holds the call; none: never.
    pub holds: Option<Duration>,
    /// The codecs that the PBX knows, by payload number, the best first.
    pub knows: Vec<u8>,
    /// Those that it takes when asked, and does not offer.
    pub knows_besides: Vec<u8>,
    /// How long after the answer the PBX changes to which codec; none: never.
    pub changes: Option<(Duration, u8)>,
    /// Provisional responses.
    pub reliability: Reliability,
    /// The session timer that the PBX asks for.
    pub session: Option<SessionWish>,
    /// By which request the PBX holds, resumes and refreshes.
    pub reoffers_by: Reoffer,
    /// Whether the PBX says that it takes UPDATE.
    pub takes_update: bool,
    /// Whether the PBX acknowledges the 200.
    pub confirms: bool,
    /// Whether the INVITE comes without a session description (late offer).
    pub offers_late: bool,
    /// The number that forwarded the call.
    pub forwarded_by: Option<String>,
    /// How the PBX takes it that it is to transfer the caller.
    pub obedience: Obedience,
    /// As whom the PBX says that they call, if not by their name.
    pub calls_as: Option<&'static str>,
    /// What the PBX calls itself.
    pub user_agent: Option<&'static str>,
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
            waits: None,
            presses: Vec::new(),
            keys_by: KeysBy::Sound,
            talks: Some(Duration::from_secs(10)),
            holds: None,
            knows: G711.to_vec(),
            knows_besides: Vec::new(),
            changes: None,
            reliability: Reliability::Unknown,
            session: None,
            reoffers_by: Reoffer::Invite,
            takes_update: true,
            confirms: true,
            offers_late: false,
            forwarded_by: None,
            obedience: Obedience::default(),
            calls_as: None,
            user_agent: None,
            is_stranger: false,
        }
    }

    /// Is connected by a PBX that takes REFERs so.
    pub fn obeys(mut self, obedience: Obedience) -> Citizen {
        self.obedience = obedience;
        self
    }

    /// Is one whom the floor knows by another name.
    pub fn calls_as(mut self, name: &'static str) -> Citizen {
        self.calls_as = Some(name);
        self
    }

    /// Is connected by a PBX that calls itself so.
    pub fn comes_by(mut self, user_agent: &'static str) -> Citizen {
        self.user_agent = Some(user_agent);
        self
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

    /// Hangs up after having waited with music for `ms`.
    pub fn waits_ms(mut self, ms: u64) -> Citizen {
        self.waits = Some(Duration::from_millis(ms));
        self
    }

    /// Presses `key` when kring has spoken for `ms`, or later than the one named before.
    pub fn presses_after_ms(mut self, ms: u64, key: char) -> Citizen {
        self.presses.push((Duration::from_millis(ms), key));
        self
    }

    /// Is connected by a PBX that tells of keys so.
    pub fn tells_keys_by(mut self, way: KeysBy) -> Citizen {
        self.keys_by = way;
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

    /// Is connected by a PBX that knows these codecs, by payload number.
    pub fn knows(mut self, codecs: &[u8]) -> Citizen {
        self.knows = codecs.to_vec();
        self
    }

    /// Is connected by a PBX that takes this codec, too, when it is asked.
    pub fn knows_besides(mut self, codec: u8) -> Citizen {
        self.knows_besides.push(codec);
        self
    }

    /// Is connected by a PBX that changes to this codec `ms` after the answer.
    pub fn changes_codec_after_ms(mut self, ms: u64, codec: u8) -> Citizen {
        self.changes = Some((Duration::from_millis(ms), codec));
        self
    }

    /// Is connected by a PBX that knows provisional responses so.
    pub fn with_reliability(mut self, reliability: Reliability) -> Citizen {
        self.reliability = reliability;
        self
    }

    /// Is connected by a PBX that asks for a session timer; `refresher` is `uac`, `uas` or left open.
    pub fn with_session_s(mut self, seconds: u64, refresher: Option<&'static str>) -> Citizen {
        self.session = Some(SessionWish { seconds, refresher });
        self
    }

    /// Is connected by a PBX that holds, resumes and refreshes by this request.
    pub fn reoffers_by(mut self, request: Reoffer) -> Citizen {
        self.reoffers_by = request;
        self
    }

    /// Is connected by a PBX that does not take UPDATE.
    pub fn without_update(mut self) -> Citizen {
        self.takes_update = false;
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
