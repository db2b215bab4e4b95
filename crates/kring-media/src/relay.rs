//! The relay of one call: which packet goes where, and when silence is worth a word.
//!
//! A packet is taken only from exactly the address that its side signalled; everybody else is a
//! stranger and is counted and dropped. Only [`Relay::set_remote`] moves a target: no packet ever
//! does, so nobody can pull a call's sound to himself by sending some. Packets pass unchanged, but for
//! key presses that take the place of some, and for the numbers of a stream in which kring has spoken or
//! of which the speaker has changed. In a conference none passes: what was said in them is mixed. RTCP is read here and
//! goes no further: each side gets kring's own (`reporting`).

mod mixing;
mod silence;

use crate::{
    bond::{Audience, Bond, Hears, Sides, Tie},
    end::{Ear, End, Taken},
    limits::RELAY_NOTICES_MAX,
    notice::{MediaNotice, SideStats},
    order::{Joined, Monitoring, SessionId, Side},
    player::Player,
    quality::RtpSeen,
    reporting::Reporting,
    sdp::Codec,
    speaking::{FramePacket, Turn},
    speech::{Speech, Tongue},
    verdict::{PacketKind, Recode, Remote, Verdict, Why},
};
use kring_time::Moment;
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// One call's relay.
#[derive(Clone, Debug)]
pub struct Relay {
    pub(crate) session: SessionId,
    dead_after: Duration,
    /// In the order of [`Side::ALL`].
    pub(crate) ends: [End; 4],
    bond: Bond,
    life: Life,
    pub(crate) reporting: Reporting,
    notices: VecDeque<MediaNotice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Alive,
    ToldDead,
}

impl Relay {
    /// A relay that forwards nothing yet. `dead_after` zero: it is never told dead.
    pub fn new(session: SessionId, dead_after: Duration) -> Relay {
        Relay {
            session,
            dead_after,
            ends: Default::default(),
            bond: Bond::new(),
            life: Life::Alive,
            reporting: Reporting::default(),
            notices: VecDeque::new(),
        }
    }

    /// What a side takes, and what it was told: under these numbers it sends, or under those of `codecs` where
    /// `told` is empty. Where `codecs` is empty too, whatever comes for it passes as it is.
    /// `chances` as in [`Relay::join`]: whom kring can mix now may hear a monitor from now on.
    pub fn set_codecs(
        &mut self,
        now: Moment,
        side: Side,
        (codecs, told): (&Arc<[Codec]>, &Arc<[Codec]>),
        chances: [u64; 4],
    ) {
        let before = Side::ALL.map(|side| self.bond.tie(side));
        self.ends[side as usize].speech = Speech::new(codecs, told);
        self.bond.settle(self.unmixable());
        self.settle(now, before, chances);
    }

    /// What a side signalled, at first or anew. The wait for its sound, and for that of whom it hears,
    /// begins again.
    pub fn set_remote(&mut self, now: Moment, side: Side, remote: Remote) {
        let end = &mut self.ends[side as usize];
        if end.remote != Some(remote) {
            end.remote = Some(remote);
            end.ear = Ear::Closed;
            for other in Side::ALL {
                if self.bond.is_heard_by(other, side) {
                    self.ends[other as usize].ear = Ear::Closed;
                }
            }
        }
        self.wait_for(now);
    }

    /// From which address a side behind a translator of addresses may turn out to speak, which `set_remote` follows:
    /// until it has been heard, any port of that address may be its own (RFC 4961).
    pub fn set_symmetric(&mut self, side: Side, from: Option<IpAddr>) {
        let lock = &mut self.ends[side as usize].lock;
        *lock = lock.asked_anew(from);
    }

    /// Who hears whom from now on; `chances` are random numbers, with which the streams of a mix
    /// begin where nothing was sent yet. In a third place that nobody has, nobody hears or is heard.
    pub fn join(&mut self, now: Moment, joined: Joined, chances: [u64; 4]) {
        let before = Side::ALL.map(|side| self.bond.tie(side));
        self.bond.become_joined(joined, self.unmixable());
        self.settle(now, before, chances);
    }

    /// The third side leaves; caller and agent hear each other.
    pub fn dismiss(&mut self, now: Moment, chances: [u64; 4]) {
        self.leave(Side::Third);
        self.join(now, Joined::Without(Side::Third), chances);
    }

    /// The third side takes the agent's place; caller and new agent hear each other. To whom of them this
    /// is no change, it is none in the stream either.
    pub fn succeed(&mut self, now: Moment, chances: [u64; 4]) {
        let [caller, _, third, monitor] = Side::ALL.map(|side| self.bond.tie(side));
        self.ends[Side::Agent as usize] = std::mem::take(&mut self.ends[Side::Third as usize]);
        self.bond.succeed(self.unmixable());
        let before = [caller.after_succession(), third, Tie::NONE, monitor];
        self.settle(now, before, chances);
    }

    /// The monitor hears those who are joined from now on, and is heard as `mode` says; `chances` as in
    /// [`Relay::join`].
    pub fn listen(&mut self, now: Moment, mode: Monitoring, chances: [u64; 4]) {
        self.become_monitored(now, Some(mode), chances);
    }

    /// The monitor leaves.
    pub fn depart(&mut self, now: Moment) {
        self.leave(Side::Monitor);
        // Nobody hears a mix who did not before.
        self.become_monitored(now, None, [0; 4]);
    }

    fn become_monitored(&mut self, now: Moment, mode: Option<Monitoring>, chances: [u64; 4]) {
        let before = Side::ALL.map(|side| self.bond.tie(side));
        self.bond.become_monitored(mode, self.unmixable());
        self.settle(now, before, chances);
    }

    fn leave(&mut self, side: Side) {
        self.ends[side as usize] = End::default();
        if let Some(mixer) = &mut self.bond.mixer {
            mixer.leave(side);
        }
    }

    fn unmixable(&self) -> Sides {
        let sides = Side::ALL.into_iter();
        sides
            .filter(|side| !self.ends[*side as usize].speech.is_mixable())
            .collect()
    }

    /// Whether a packet from `from` at the port `kind` of `side` would be taken as that side's: what it is sealed with
    /// is worth looking at.
    pub fn expects(&self, side: Side, kind: PacketKind, from: SocketAddr) -> bool {
        self.ends[side as usize].expects(kind, from)
    }

    /// A packet came from `from` to the port `kind` of `side`.
    pub fn packet(
        &mut self,
        now: Moment,
        side: Side,
        kind: PacketKind,
        from: SocketAddr,
        bytes: &[u8],
    ) -> Verdict {
        let end = &mut self.ends[side as usize];
        let seen = match end.take(now, kind, from, bytes) {
            Taken::Strange => return Verdict::Drop(Why::Stranger),
            Taken::Garbage => return Verdict::Drop(Why::Garbage),
            Taken::Goodbye => return Verdict::Drop(Why::Goodbye),
            Taken::Report => return Verdict::Drop(Why::Read),
            Taken::Sound(seen) => seen,
        };
        let (key, is_first) = (end.speaking.key(seen, bytes), end.began_just_now());
        let verdict = self.pass_sound(now, side, seen, bytes);
        let session = self.session;
        if is_first {
            self.tell(MediaNotice::Flowing { session, side });
        }
        if let Some(key) = key {
            self.tell(MediaNotice::Pressed { session, side, key });
        }
        verdict
    }

    fn pass_sound(&mut self, now: Moment, side: Side, seen: RtpSeen, bytes: &[u8]) -> Verdict {
        let Audience { alone, in_a_mix } = self.bond.audience(side);
        if in_a_mix {
            self.mix(side, seen, bytes);
        }
        let Some(out) = alone else {
            return Verdict::Drop(if in_a_mix { Why::Mixed } else { Why::LeftOut });
        };
        let listener = &self.ends[out as usize];
        let Some(to) = listener.target(PacketKind::Rtp) else {
            return Verdict::Drop(Why::NotWanted);
        };
        if listener.speaking.speaks() {
            return Verdict::Drop(Why::SpokenTo);
        }
        if self.ends[side as usize].route.number != seen.payload_type {
            self.find_way(side, out, seen.payload_type);
        }
        let speaker = &mut self.ends[side as usize];
        let (key, route) = (speaker.presses.instead_of(bytes), speaker.route);
        let listener = &mut self.ends[out as usize];
        match key {
            Some(by) => listener.replaced(now, (out, to), route.scale, by),
            None => listener.pass(now, (out, to), (side, route), seen, bytes),
        }
    }

    /// The packet of which [`Verdict::Recode`] told, written into `into`: how long it is, bytes. 0: it was no
    /// sound, and nothing is to be sent.
    pub fn recode(&mut self, by: Recode, packet: &[u8], into: &mut [u8]) -> usize {
        let Some(both) = ends_of(&mut self.ends, by.speaker, by.listener) else {
            return 0;
        };
        by.write(both, packet, into).unwrap_or(0)
    }

    #[inline(never)]
    fn find_way(&mut self, side: Side, out: Side, number: u8) {
        if let Some((speaker, listener)) = ends_of(&mut self.ends, side, out) {
            speaker.find_route(number, listener);
        }
    }

    /// Something has changed of who hears whom, or of what they speak: the ways that packets will probably go
    /// are found before they come, and the mixer learns how each is spoken to.
    fn find_ways(&mut self) {
        for side in Side::ALL {
            let end = &mut self.ends[side as usize];
            end.forget_route();
            let (number, preferred) = (end.speech.first_number(), end.speech.preferred());
            if let (Some(out), Some(number)) = (self.bond.audience(side).alone, number) {
                self.find_way(side, out, number);
            }
            let said = self.bond.coding(side).map(Tongue::from);
            if let Some(mixer) = &mut self.bond.mixer {
                mixer.speak_in(side, said.or(preferred));
            }
        }
    }

    /// Speaks to a side from now on, instead of whatever it heard before; `chance` is any random number,
    /// with which a stream begins in which nothing was sent yet.
    pub fn play(&mut self, now: Moment, side: Side, player: Player, payload_type: u8, chance: u64) {
        let speaking = &mut self.ends[side as usize].speaking;
        speaking.play(now, player, payload_type, chance);
    }

    /// Speaks to a side no more: it hears again whom it is joined with.
    pub fn hush(&mut self, side: Side) {
        self.ends[side as usize].speaking.hush();
    }

    /// Whether it speaks to anybody or mixes: [`Relay::next_frame`] and [`Relay::next_mixed`] are then
    /// asked every 20 ms.
    pub fn speaks(&self) -> bool {
        self.bond.mixer.is_some() || self.ends.iter().any(|end| end.speaking.speaks())
    }

    /// The next frame for a side that is due now, written into `out`, and where it goes. Asked until it
    /// gives none: a late thread has several.
    pub fn next_frame(
        &mut self,
        now: Moment,
        side: Side,
        out: &mut FramePacket,
    ) -> Option<SocketAddr> {
        loop {
            let end = &mut self.ends[side as usize];
            let target = end.target(PacketKind::Rtp);
            match end.speaking.turn(now, target.is_some(), out) {
                Turn::Send => return target,
                Turn::Later => return None,
                Turn::Said => {
                    let session = self.session;
                    self.tell(MediaNotice::Said { session, side });
                }
            }
        }
    }

    /// A side pressed a key; the one that hears it knows key events by `payload_type`. Where no other one
    /// hears it, or two do, it is lost.
    pub fn press(&mut self, side: Side, key: char, duration_ms: u32, payload_type: u8) {
        if self.bond.audience(side).alone.is_some() {
            let presses = &mut self.ends[side as usize].presses;
            presses.add(key, duration_ms, payload_type);
        }
    }

    /// The next thing to tell. Fetch them after [`Relay::packet`] and [`Relay::wake`].
    pub fn poll_notice(&mut self) -> Option<MediaNotice> {
        self.notices.pop_front()
    }

    /// What was heard so far of whoever has this place now.
    pub fn stats(&self, side: Side) -> SideStats {
        self.ends[side as usize].stats()
    }

    /// What a side signalled last.
    pub fn remote(&self, side: Side) -> Option<Remote> {
        self.ends[side as usize].remote
    }

    /// Who hears somebody else than `before` goes on in one stream, whose numbers are kring's; and who is
    /// joined to nobody is waited for no more.
    fn settle(&mut self, now: Moment, before: [Tie; 4], chances: [u64; 4]) {
        for side in Side::ALL {
            let (n, tie) = (side as usize, self.bond.tie(side));
            let end = &mut self.ends[n];
            if tie.heard_by != before[n].heard_by {
                // They were for ears that have another number for key events, or none.
                end.presses = Default::default();
            }
            if tie.hears == before[n].hears {
                continue;
            }
            match tie.hears {
                Hears::Mix => end.speaking.hear_mix(now, chances[n]),
                Hears::One(_) | Hears::Nobody => end.speaking.hear_another(),
            }
        }
        self.find_ways();
        self.wait_for(now);
    }

    pub(crate) fn tell(&mut self, notice: MediaNotice) {
        // Reached only by a shell that never fetches: the oldest are worth least then.
        if self.notices.len() == RELAY_NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(notice);
    }
}

/// Two different ends at once.
fn ends_of(ends: &mut [End; 4], one: Side, other: Side) -> Option<(&mut End, &mut End)> {
    match ends.get_disjoint_mut([one as usize, other as usize]) {
        Ok([one, other]) => Some((one, other)),
        Err(_) => None,
    }
}
