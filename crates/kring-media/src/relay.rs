//! The relay of one call: which packet goes where, and when silence is worth a word.
//!
//! A packet is taken only from exactly the address that its side signalled; everybody else is a
//! stranger and is counted and dropped. Only [`Relay::set_remote`] moves a target: no packet ever
//! does, so nobody can pull a call's sound to himself by sending some. Packets pass unchanged, but for
//! key presses that take the place of some, and for the numbers of a stream in which kring has spoken or
//! of which the speaker has changed. In a conference none passes: what was said in them is mixed. RTCP is read here and
//! goes no further: each side gets kring's own (`reporting`).

use crate::{
    bond::{Bond, Hears},
    conference::Beat,
    end::{Ear, End, Taken},
    limits::{RELAY_NOTICES_MAX, SILENT_AFTER},
    order::{Joined, MediaNotice, Monitoring, SessionId, Side, SideStats},
    player::Player,
    quality::RtpSeen,
    reporting::Reporting,
    rtp,
    sdp::Codec,
    speaking::{FramePacket, Turn},
    verdict::{PacketKind, Remote, Verdict, Why},
};
use kring_time::Moment;
use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Duration};

/// One call's relay.
#[derive(Clone, Debug)]
pub struct Relay {
    pub(crate) session: SessionId,
    dead_after: Duration,
    /// In the order of [`Side::ALL`].
    pub(crate) ends: [End; 4],
    bond: Bond,
    monitoring: Option<Monitoring>,
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
            bond: Bond::Without(Side::Third),
            monitoring: None,
            life: Life::Alive,
            reporting: Reporting::default(),
            notices: VecDeque::new(),
        }
    }

    /// What a side takes, and what it was told: under these numbers it sends, or under those of `codecs` where
    /// `told` is empty. Where `codecs` is empty too, whatever comes for it passes as it is.
    pub fn set_codecs(&mut self, side: Side, codecs: &Arc<[Codec]>, told: &Arc<[Codec]>) {
        self.ends[side as usize].speech = (Arc::clone(codecs), Arc::clone(told));
    }

    /// The monitor hears those who are joined from now on, and is heard as `mode` says.
    pub fn listen(&mut self, now: Moment, mode: Monitoring, chances: [u64; 4]) {
        self.monitoring = Some(mode);
        self.wait_for(now);
        let _ = chances;
    }

    /// The monitor leaves.
    pub fn depart(&mut self, now: Moment) {
        self.monitoring = None;
        self.ends[Side::Monitor as usize] = End::default();
        self.wait_for(now);
    }

    /// What a side signalled, at first or anew. The wait for its sound, and for that of whom it hears,
    /// begins again.
    pub fn set_remote(&mut self, now: Moment, side: Side, remote: Remote) {
        let end = &mut self.ends[side as usize];
        if end.remote != Some(remote) {
            end.remote = Some(remote);
            end.ear = Ear::Closed;
            match self.bond.hears(side) {
                Hears::Nobody => {}
                Hears::One(other) => self.ends[other as usize].ear = Ear::Closed,
                Hears::Mix => (self.ends.iter_mut()).for_each(|end| end.ear = Ear::Closed),
            }
        }
        self.wait_for(now);
    }

    /// Who hears whom from now on; `chances` are random numbers, with which the streams of a conference
    /// begin where nothing was sent yet. In a third place that nobody has, nobody hears or is heard.
    pub fn join(&mut self, now: Moment, joined: Joined, chances: [u64; 4]) {
        let before = Side::PARTIES.map(|side| self.bond.hears(side));
        self.bond.become_joined(joined);
        self.settle(now, before, chances);
    }

    /// The third side leaves; caller and agent hear each other.
    pub fn dismiss(&mut self, now: Moment) {
        // The chances are a conference's.
        self.join(now, Joined::Without(Side::Third), [0; 4]);
        self.ends[Side::Third as usize] = End::default();
    }

    /// The third side takes the agent's place; caller and new agent hear each other. To whom of them this
    /// is no change, it is none in the stream either.
    pub fn succeed(&mut self, now: Moment) {
        let [caller, _, third] = Side::PARTIES.map(|side| self.bond.hears(side));
        self.ends[Side::Agent as usize] = std::mem::take(&mut self.ends[Side::Third as usize]);
        self.bond = Bond::Without(Side::Third);
        let before = [caller.after_succession(), third, Hears::Nobody];
        self.settle(now, before, [0; 4]);
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
        let out = match &mut self.bond {
            Bond::Conference(conference) => {
                conference.hear(side, seen, bytes);
                return Verdict::Drop(Why::Mixed);
            }
            Bond::Without(left_out) => side.beside(*left_out),
        };
        let Some(out) = out else {
            return Verdict::Drop(Why::LeftOut);
        };
        let listener = &self.ends[out as usize];
        let Some(to) = listener.target(PacketKind::Rtp) else {
            return Verdict::Drop(Why::NotWanted);
        };
        if listener.speaking.speaks() {
            return Verdict::Drop(Why::SpokenTo);
        }
        let key = self.ends[side as usize].presses.instead_of(bytes);
        let listener = &mut self.ends[out as usize];
        match key {
            Some(by) => listener.replaced(now, (out, to), by),
            None => listener.pass(now, (out, to), seen, bytes),
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
        matches!(self.bond, Bond::Conference(_))
            || self.ends.iter().any(|end| end.speaking.speaks())
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

    /// The next frame of a conference that is due now, written into `out`, who hears it and where. Asked
    /// until it gives none, after [`Relay::next_frame`]: to whom kring speaks hears that and no other.
    pub fn next_mixed(&mut self, now: Moment, out: &mut FramePacket) -> Option<(Side, SocketAddr)> {
        let Bond::Conference(conference) = &mut self.bond else {
            return None;
        };
        loop {
            match conference.beat(now) {
                Beat::Frame { side, at } => {
                    let end = &mut self.ends[side as usize];
                    if end.speaking.speaks() {
                        continue;
                    }
                    let Some(to) = end.target(PacketKind::Rtp) else {
                        end.speaking.skip();
                        continue;
                    };
                    let number = conference.write(side, &mut out[rtp::HEADER..]);
                    out[..rtp::HEADER].copy_from_slice(&end.speaking.mixed(at, number));
                    return Some((side, to));
                }
                Beat::LeftOut => (self.ends.iter_mut()).for_each(|end| end.speaking.skip()),
                Beat::Later => return None,
            }
        }
    }

    /// A side pressed a key; the one that hears it knows key events by `payload_type`. Where no other one
    /// hears it, or two do, it is lost.
    pub fn press(&mut self, side: Side, key: char, duration_ms: u32, payload_type: u8) {
        if let Hears::One(_) = self.bond.hears(side) {
            let presses = &mut self.ends[side as usize].presses;
            presses.add(key, duration_ms, payload_type);
        }
    }

    /// When [`Relay::wake`] has something to say if nothing is heard till then.
    pub fn deadline(&self) -> Option<Moment> {
        let silent = |end: &End| match end.ear {
            Ear::Open { since } => Some(since + SILENT_AFTER),
            Ear::Closed | Ear::Told { .. } => None,
        };
        let silent = self.ends.iter().filter_map(silent).min();
        silent.into_iter().chain(self.dies_at()).min()
    }

    /// Time has passed: is somebody silent, or the call dead? Cheap enough to be asked often.
    pub fn wake(&mut self, now: Moment) {
        for side in Side::ALL {
            let ear = &mut self.ends[side as usize].ear;
            if let Ear::Open { since } = *ear
                && since + SILENT_AFTER <= now
            {
                *ear = Ear::Told { since };
                let for_ms = now.since(since).as_millis() as u64;
                let session = self.session;
                self.tell(MediaNotice::Silent {
                    session,
                    side,
                    for_ms,
                });
            }
        }
        self.look(now);
        if self.dies_at().is_some_and(|at| at <= now) {
            self.life = Life::ToldDead;
            let session = self.session;
            self.tell(MediaNotice::Dead { session });
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
    fn settle(&mut self, now: Moment, before: [Hears; 3], chances: [u64; 4]) {
        for side in Side::PARTIES {
            let (n, hears) = (side as usize, self.bond.hears(side));
            if hears == before[n] {
                continue;
            }
            let end = &mut self.ends[n];
            // They were for ears that have another number for key events, or none.
            end.presses = Default::default();
            match hears {
                Hears::Mix => end.speaking.hear_mix(now, chances[n]),
                Hears::One(_) | Hears::Nobody => end.speaking.hear_another(),
            }
        }
        self.wait_for(now);
    }

    /// Waits for whoever should send, and for nobody else. Who was not waited for has the full time.
    fn wait_for(&mut self, now: Moment) {
        for side in Side::ALL {
            let expected = self.ends[side as usize].sends() && self.is_listened_to(side);
            let ear = &mut self.ends[side as usize].ear;
            if expected {
                ear.open(now);
            } else {
                *ear = Ear::Closed;
            }
        }
    }

    fn is_listened_to(&self, side: Side) -> bool {
        let others = Side::ALL.into_iter().filter(|other| *other != side);
        match self.bond.hears(side) {
            Hears::Nobody => false,
            Hears::One(other) => self.ends[other as usize].receives(),
            Hears::Mix => (others.into_iter()).any(|other| self.ends[other as usize].receives()),
        }
    }

    /// All who are joined should send and none has been heard for so long. Not while one of them speaks
    /// or need not send: a mute or a hold is no death.
    fn dies_at(&self) -> Option<Moment> {
        if self.life == Life::ToldDead || self.dead_after.is_zero() {
            return None;
        }
        let mut heard = None;
        for side in self.bond.members() {
            heard = heard.max(Some(self.ends[side as usize].ear.since()?));
        }
        heard.map(|at| at + self.dead_after)
    }

    pub(crate) fn tell(&mut self, notice: MediaNotice) {
        // Reached only by a shell that never fetches: the oldest are worth least then.
        if self.notices.len() == RELAY_NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(notice);
    }
}
