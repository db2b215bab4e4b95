//! The sound of a call: its ports, what the two sides said of theirs, what each was told, and a change
//! that waits for one of them.
//!
//! kring says to each side what the other can, under the other's numbers. So whatever a side sends is
//! understood by the other, as long as what they agreed fits together: that is decided here.

mod change;

pub(crate) use change::{Change, Place, Why, patience};

use crate::tape::Tape;
use kring_media::{
    AudioDescription, Codec, Coding, OwnAudio, PortPair, SdpRefused, SessionId, Shield, Side, write,
};
use kring_sip::OfferKind;
use kring_time::Moment;
use std::{net::IpAddr, sync::Arc};

/// The sound of one call.
#[derive(Clone, Debug)]
pub(crate) struct Sound {
    pub(crate) session: SessionId,
    pub(crate) caller_ports: PortPair,
    pub(crate) agent_ports: PortPair,
    /// What the caller said last; none when the caller makes no offer before our 200 (late offer).
    pub(crate) callers: Option<AudioDescription>,
    /// What the phone that won said last.
    pub(crate) agents: Option<AudioDescription>,
    /// From which address its sound may turn out to come, whatever it said.
    pub(crate) agent_behind: Option<IpAddr>,
    /// The side that was sent an offer of ours in a 200, and whose answer comes with its ACK.
    pub(crate) answer_due: Option<Side>,
    /// What the phones are offered.
    pub(crate) to_phones: AudioDescription,
    /// What they were offered before kring and the caller had agreed: one of those may answer yet.
    offered_before: Option<Box<AudioDescription>>,
    /// What the caller was told last.
    said_to_caller: Option<AudioDescription>,
    /// What the phone that won was told last.
    said_to_agent: AudioDescription,
    /// The highest version of what the caller and the phone were told or offered.
    versions: [u64; 4],
    /// A change that one side wants and the other is asked about.
    pub(crate) change: Option<Change>,
    /// How kring speaks to the caller, once they have agreed on it.
    pub(crate) voice: Option<Coding>,
    /// Since when the agent lets the caller hear music.
    pub(crate) on_hold: Option<Moment>,
    /// How far its recording is.
    pub(crate) tape: Tape,
    /// Somebody who is consulted, or to whom the caller goes.
    third: Option<Box<Third>>,
    /// The keys of each side whose sound may be secured, in the order of [`Side::ALL`].
    shields: [Option<Arc<Shield>>; Side::ALL.len()],
}

/// The sound of a third party.
#[derive(Clone, Debug)]
struct Third {
    ports: PortPair,
    theirs: Option<AudioDescription>,
    /// What it was offered or told last.
    said: AudioDescription,
}

impl Sound {
    /// Of a call that has just come, whose phones will be offered `to_phones`.
    pub(crate) fn new(
        session: SessionId,
        (caller_ports, agent_ports): (PortPair, PortPair),
        callers: Option<AudioDescription>,
        to_phones: AudioDescription,
    ) -> Sound {
        Sound {
            session,
            caller_ports,
            agent_ports,
            answer_due: callers.is_none().then_some(Side::Caller),
            callers,
            agents: None,
            agent_behind: None,
            versions: [0, to_phones.origin.version, 0, 0],
            offered_before: None,
            said_to_caller: None,
            said_to_agent: to_phones.clone(),
            to_phones,
            change: None,
            voice: None,
            on_hold: None,
            tape: Tape::Blank,
            third: None,
            shields: Default::default(),
        }
    }

    /// Of a call that kring places: whoever is called makes no offer, but answers one.
    pub(crate) fn placed(
        session: SessionId,
        ports: (PortPair, PortPair),
        to_phones: AudioDescription,
    ) -> Sound {
        Sound {
            answer_due: None,
            ..Sound::new(session, ports, None, to_phones)
        }
    }

    /// The caller has agreed with kring itself: phones are offered that and nothing else.
    pub(crate) fn settle_on(&mut self, voice: Coding, to_phones: AudioDescription) {
        self.voice = Some(voice);
        self.used(Side::Agent, &to_phones);
        self.said_to_agent = to_phones.clone();
        let before = std::mem::replace(&mut self.to_phones, to_phones);
        self.offered_before = Some(Box::new(before));
    }

    /// The plain offer of this version, which phones were made.
    pub(crate) fn offered_as(&self, version: u64) -> &AudioDescription {
        let before = self.offered_before.as_deref();
        let before = before.filter(|before| before.origin.version == version);
        before.unwrap_or(&self.to_phones)
    }

    /// The phone that has won was made the offer of this version, with these keys, and gave this answer.
    pub(crate) fn won_by(
        &mut self,
        version: u64,
        shield: Option<Arc<Shield>>,
        answer: &AudioDescription,
    ) {
        let before = &mut self.offered_before;
        if let Some(before) = before.take_if(|before| before.origin.version == version) {
            self.said_to_agent = *before;
        }
        self.was_offered(Side::Agent, shield, answer);
    }

    /// A side whom kring has called was offered these keys, and gave this answer.
    pub(crate) fn was_offered(
        &mut self,
        side: Side,
        shield: Option<Arc<Shield>>,
        answer: &AudioDescription,
    ) {
        if let Some(shield) = shield.as_ref().filter(|_| answer.is_secured()) {
            let said = match side {
                Side::Caller => self.said_to_caller.as_mut(),
                Side::Agent => Some(&mut self.said_to_agent),
                Side::Third => self.third.as_mut().map(|third| &mut third.said),
                Side::Monitor => None,
            };
            if let Some(said) = said {
                *said = said.shielded(shield);
            }
        }
        self.shielded_by(side, shield);
    }

    /// The keys of a side, if its sound may be secured.
    pub(crate) fn shield(&self, side: Side) -> Option<&Arc<Shield>> {
        self.shields[side as usize].as_ref()
    }

    /// A side has these keys from now on.
    pub(crate) fn shielded_by(&mut self, side: Side, shield: Option<Arc<Shield>>) {
        self.shields[side as usize] = shield;
    }

    /// Reads what a side offers.
    pub(crate) fn read_offer(
        &self,
        side: Side,
        sdp: &[u8],
    ) -> Result<AudioDescription, SdpRefused> {
        kring_media::read_under(self.shield(side).map(|shield| &**shield), sdp)
    }

    /// Reads what a side answers to what it was told last.
    pub(crate) fn read_answer(
        &self,
        side: Side,
        sdp: &[u8],
    ) -> Result<AudioDescription, SdpRefused> {
        let shield = self.shield(side).map(|shield| &**shield);
        match self.said_to(side) {
            Some(said) => kring_media::read_answer(said, shield, sdp),
            None => kring_media::read_under(shield, sdp),
        }
    }

    /// A third party is offered what the caller takes of kring, at these ports; what is offered.
    pub(crate) fn admit(
        &mut self,
        address: IpAddr,
        ports: PortPair,
        voice: Coding,
    ) -> Option<AudioDescription> {
        let own = OwnAudio {
            address,
            port: ports.rtp,
            session_id: self.session.0,
            version: self.versions[Side::Third as usize] + 1,
            shield: None,
        };
        let callers = self.callers.as_ref()?;
        let said = kring_media::offer_of_agreed(callers, voice, &own).ok()?;
        self.used(Side::Third, &said);
        let third = Third {
            ports,
            theirs: None,
            said: said.clone(),
        };
        self.shields[Side::Third as usize] = None;
        self.third = Some(Box::new(third));
        Some(said)
    }

    /// What the third party was offered: every extension that is dialled gets the same.
    pub(crate) fn to_third(&self) -> Option<AudioDescription> {
        self.third.as_ref().map(|third| third.said.clone())
    }

    /// The third party is gone: whether there was one.
    pub(crate) fn dismiss(&mut self) -> bool {
        self.third.take().is_some()
    }

    /// The third party has the agent's place.
    pub(crate) fn succeed(&mut self) {
        let Some(third) = self.third.take() else {
            return;
        };
        self.agent_behind = None;
        self.agent_ports = third.ports;
        self.agents = third.theirs;
        self.said_to_agent = third.said;
        self.shields[Side::Agent as usize] = self.shields[Side::Third as usize].take();
        self.versions[Side::Agent as usize] = self.versions[Side::Third as usize];
        // What was asked of the agent before is answered by nobody any more.
        self.change = None;
        self.answer_due = self.answer_due.filter(|side| *side == Side::Caller);
    }

    /// What a side said last.
    pub(crate) fn theirs(&self, side: Side) -> Option<&AudioDescription> {
        match side {
            Side::Caller => self.callers.as_ref(),
            Side::Agent => self.agents.as_ref(),
            Side::Third => self.third.as_ref()?.theirs.as_ref(),
            Side::Monitor => None,
        }
    }

    /// What a side was told last.
    pub(crate) fn said_to(&self, side: Side) -> Option<&AudioDescription> {
        match side {
            Side::Caller => self.said_to_caller.as_ref(),
            Side::Agent => Some(&self.said_to_agent),
            Side::Third => self.third.as_ref().map(|third| &third.said),
            Side::Monitor => None,
        }
    }

    /// A side has said this of itself.
    pub(crate) fn hear(&mut self, side: Side, theirs: AudioDescription) {
        match side {
            Side::Caller => self.callers = Some(theirs),
            Side::Agent => self.agents = Some(theirs),
            Side::Third => {
                if let Some(third) = &mut self.third {
                    third.theirs = Some(theirs);
                }
            }
            // A supervisor's leg is not the call's.
            Side::Monitor => {}
        }
    }

    /// What kring says of itself to a side, should it differ from what it said last (RFC 3264 §8: the
    /// version grows by one).
    pub(crate) fn own(&self, address: IpAddr, side: Side) -> OwnAudio {
        let ports = match side {
            Side::Caller => self.caller_ports,
            Side::Agent | Side::Monitor => self.agent_ports,
            Side::Third => self.third.as_ref().map_or(self.agent_ports, |t| t.ports),
        };
        OwnAudio {
            address,
            port: ports.rtp,
            session_id: self.session.0,
            version: self.versions[side as usize] + 1,
            shield: self.shields[side as usize].clone(),
        }
    }

    /// Takes note of what a side is told, and writes it. What is the same as before keeps its version.
    pub(crate) fn say(&mut self, side: Side, mut said: AudioDescription) -> Vec<u8> {
        if let Some(before) = self.said_to(side) {
            let version = said.origin.version;
            said.origin.version = before.origin.version;
            if said != *before {
                said.origin.version = version;
            }
        }
        let written = write(&said);
        self.used(side, &said);
        match side {
            Side::Caller => self.said_to_caller = Some(said),
            Side::Agent => self.said_to_agent = said,
            Side::Third => {
                if let Some(third) = &mut self.third {
                    third.said = said;
                }
            }
            Side::Monitor => {}
        }
        written
    }

    /// What a side was told last, word for word.
    pub(crate) fn said_again(&self, side: Side) -> Vec<u8> {
        self.said_to(side).map(write).unwrap_or_default()
    }

    /// A side is asked for a change by this offer.
    pub(crate) fn ask(&mut self, asked: Side, offered: AudioDescription, why: Why) {
        // Refused or not, its version is not used again.
        self.used(asked, &offered);
        self.change = Some(Change {
            asked,
            offered,
            why,
        });
    }

    /// The codecs that a side was told last: it sends under their numbers.
    pub(crate) fn told(&self, side: Side) -> Arc<[Codec]> {
        self.said_to(side)
            .map_or_else(Default::default, |said| said.codecs.clone().into())
    }

    fn used(&mut self, side: Side, said: &AudioDescription) {
        let highest = &mut self.versions[side as usize];
        *highest = said.origin.version.max(*highest);
    }

    /// The codecs in which a side and kring may speak: its own, as far as it was told them.
    pub(crate) fn agreed(&self, side: Side) -> Vec<Codec> {
        let told = self.said_to(side).map_or(&[][..], |said| &said.codecs);
        let Some(theirs) = self.theirs(side) else {
            return told.to_vec();
        };
        let both = |codec: &&Codec| told.iter().any(|told| told.is_same_coding(codec));
        theirs.codecs.iter().filter(both).cloned().collect()
    }

    /// Those of them that are understood by whoever makes this `offer`: it has them, under the numbers
    /// by which `side` sends them.
    pub(crate) fn in_common(&self, side: Side, offer: &AudioDescription) -> Vec<Codec> {
        let mut agreed = self.agreed(side);
        agreed.retain(|codec| self.sent_as(side, codec, offer) == Some(true));
        agreed
    }

    /// Where an offer of the side opposite to `other` can be answered. Whoever narrows the choice while
    /// listening wants the other side to know: it might send what was left out.
    pub(crate) fn place(&self, other: Side, offer: &AudioDescription) -> Place {
        let agreed = self.agreed(other);
        let (mut fits, mut some_fits) = (true, false);
        for codec in &agreed {
            match self.sent_as(other, codec, offer) {
                Some(true) => some_fits |= codec.is_speech(),
                Some(false) => fits = false,
                None => fits &= !codec.is_speech(),
            }
        }
        match (fits && some_fits, some_fits && !offer.direction.receives()) {
            (false, false) => Place::There {
                else_here: some_fits,
            },
            _ => Place::Here,
        }
    }

    /// Whether an offer has this codec of `side` under the number by which the side sends it; none: it
    /// has it not at all.
    fn sent_as(&self, side: Side, codec: &Codec, offer: &AudioDescription) -> Option<bool> {
        let told = self.said_to(side).map_or(&[][..], |said| &said.codecs);
        let sent = told.iter().find(|told| told.is_same_coding(codec))?;
        let mut same = offer
            .codecs
            .iter()
            .filter(|offered| offered.is_same_coding(codec))
            .peekable();
        same.peek()?;
        Some(same.any(|offered| offered.payload_type == sent.payload_type))
    }
}
