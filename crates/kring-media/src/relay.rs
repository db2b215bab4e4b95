//! The relay of one call: which packet goes where, and when silence is worth a word.
//!
//! A packet is taken only from exactly the address that its side signalled; everybody else is a
//! stranger and is counted and dropped. Only [`Relay::set_remote`] moves a target: no packet ever
//! does, so nobody can pull a call's sound to himself by sending some. Packets pass unchanged, but for
//! key presses that take the place of some, and for the numbers of a stream in which kring has spoken.

use crate::{
    limits::{PACKET_MAX, RELAY_NOTICES_MAX, SILENT_AFTER},
    order::{MediaNotice, SessionId, Side, SideStats},
    outgoing::Passage,
    player::Player,
    presses::{KeyPacket, Presses},
    quality::{Quality, RtpSeen},
    rtcp, rtp,
    speaking::{FramePacket, Speaking, Turn},
    verdict::{PacketKind, Remote, Verdict, Why},
};
use kring_time::Moment;
use std::{collections::VecDeque, net::SocketAddr, time::Duration};

/// One call's relay.
#[derive(Clone, Debug)]
pub struct Relay {
    session: SessionId,
    dead_after: Duration,
    caller: End,
    agent: End,
    third: End,
    life: Life,
    notices: VecDeque<MediaNotice>,
}

#[derive(Clone, Debug, Default)]
struct End {
    remote: Option<Remote>,
    ear: Ear,
    quality: Quality,
    presses: Presses,
    /// What this side hears of kring, and the stream it gets.
    speaking: Speaking,
    packets: u64,
    strangers: u64,
    garbage: u64,
}

/// How a side is listened for.
#[derive(Clone, Copy, Debug, Default)]
enum Ear {
    /// It need not send.
    #[default]
    Closed,
    /// It should send, and was last heard, or first waited for, then.
    Open { since: Moment },
    /// The same, and its silence was told.
    Told { since: Moment },
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
            caller: End::default(),
            agent: End::default(),
            third: End::default(),
            life: Life::Alive,
            notices: VecDeque::new(),
        }
    }

    /// What a side signalled, at first or anew. The wait for its sound begins again.
    pub fn set_remote(&mut self, now: Moment, side: Side, remote: Remote) {
        let moved = self.end(side).remote != Some(remote);
        self.end_mut(side).remote = Some(remote);
        for side in Side::BOTH {
            let expected = self.should_send(side);
            let ear = &mut self.end_mut(side).ear;
            *ear = match *ear {
                _ if !expected => Ear::Closed,
                heard if !moved => heard,
                _ => Ear::Open { since: now },
            };
        }
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
        let (end, opposite) = match side {
            Side::Caller => (&mut self.caller, &mut self.agent),
            Side::Agent => (&mut self.agent, &mut self.caller),
            Side::Third => (&mut self.third, &mut self.caller),
        };
        if !end
            .remote
            .is_some_and(|remote| is_from(from, remote.address(kind)))
        {
            end.strangers += 1;
            return Verdict::Drop(Why::Stranger);
        }
        let taken = end.take(now, kind, bytes);
        let out = side.other();
        let verdict = match (taken, opposite.target(kind)) {
            (Taken::Garbage, _) => return Verdict::Drop(Why::Garbage),
            (_, None) => Verdict::Drop(Why::NotWanted),
            (Taken::Report, Some(to)) => Verdict::Forward { out, to },
            (Taken::Sound(_), Some(_)) if opposite.speaking.speaks() => {
                Verdict::Drop(Why::SpokenTo)
            }
            (Taken::Sound(seen), Some(to)) => match end.presses.instead_of(bytes) {
                Some(by) => opposite.replaced(now, by, out, to),
                None => match opposite.speaking.pass(now, seen, bytes) {
                    Passage::Untouched => Verdict::Forward { out, to },
                    Passage::Under(header) => Verdict::Renumber { out, to, header },
                    Passage::TooLate => Verdict::Drop(Why::TooLate),
                },
            },
        };
        if let Taken::Sound(seen) = taken {
            let (key, is_first) = (end.speaking.key(seen, bytes), end.packets == 1);
            let session = self.session;
            if is_first {
                self.tell(MediaNotice::Flowing { session, side });
            }
            if let Some(key) = key {
                self.tell(MediaNotice::Pressed { session, side, key });
            }
        }
        verdict
    }

    /// Speaks to a side from now on, instead of whatever it heard before; `chance` is any random number,
    /// with which a stream begins in which nothing was sent yet.
    pub fn play(&mut self, now: Moment, side: Side, player: Player, payload_type: u8, chance: u64) {
        let speaking = &mut self.end_mut(side).speaking;
        speaking.play(now, player, payload_type, chance);
    }

    /// Speaks to a side no more: it hears the other one again.
    pub fn hush(&mut self, side: Side) {
        self.end_mut(side).speaking.hush();
    }

    /// Whether it speaks to anybody: [`Relay::next_frame`] is then asked every 20 ms.
    pub fn speaks(&self) -> bool {
        self.caller.speaking.speaks() || self.agent.speaking.speaks()
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
            let end = self.end_mut(side);
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

    /// A side pressed a key; the other side knows key events by `payload_type`.
    pub fn press(&mut self, side: Side, key: char, duration_ms: u32, payload_type: u8) {
        let presses = &mut self.end_mut(side).presses;
        presses.add(key, duration_ms, payload_type);
    }

    /// When [`Relay::wake`] has something to say if nothing is heard till then.
    pub fn deadline(&self) -> Option<Moment> {
        let silent = |end: &End| match end.ear {
            Ear::Open { since } => Some(since + SILENT_AFTER),
            Ear::Closed | Ear::Told { .. } => None,
        };
        [silent(&self.caller), silent(&self.agent), self.dies_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Time has passed: is somebody silent, or the call dead? Cheap enough to be asked often.
    pub fn wake(&mut self, now: Moment) {
        for side in Side::BOTH {
            if let Ear::Open { since } = self.end(side).ear
                && since + SILENT_AFTER <= now
            {
                self.end_mut(side).ear = Ear::Told { since };
                let for_ms = now.since(since).as_millis() as u64;
                let session = self.session;
                self.tell(MediaNotice::Silent {
                    session,
                    side,
                    for_ms,
                });
            }
        }
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

    /// What was heard of a side so far.
    pub fn stats(&self, side: Side) -> SideStats {
        let end = self.end(side);
        SideStats {
            packets: end.packets,
            lost: end.quality.lost(),
            jitter_us: end.quality.jitter_us(),
            strangers: end.strangers,
            garbage: end.garbage,
        }
    }

    /// What a side signalled last.
    pub fn remote(&self, side: Side) -> Option<Remote> {
        self.end(side).remote
    }

    fn end(&self, side: Side) -> &End {
        match side {
            Side::Caller => &self.caller,
            Side::Agent => &self.agent,
            Side::Third => &self.third,
        }
    }

    fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Caller => &mut self.caller,
            Side::Agent => &mut self.agent,
            Side::Third => &mut self.third,
        }
    }

    /// It says that it sends, from an address it can be known by, and the other side listens.
    fn should_send(&self, side: Side) -> bool {
        let sends = |remote: Remote| remote.sends && !remote.rtp.ip().is_unspecified();
        self.end(side).remote.is_some_and(sends)
            && self
                .end(side.other())
                .remote
                .is_some_and(|other| other.receives)
    }

    /// Both should send and neither has been heard for so long. Not while one side only is
    /// silent: a mute or a hold is no death.
    fn dies_at(&self) -> Option<Moment> {
        if self.life == Life::ToldDead || self.dead_after.is_zero() {
            return None;
        }
        let heard = self.caller.ear.since()?.max(self.agent.ear.since()?);
        Some(heard + self.dead_after)
    }

    fn tell(&mut self, notice: MediaNotice) {
        // Reached only by a shell that never fetches: the oldest are worth least then.
        if self.notices.len() == RELAY_NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(notice);
    }
}

#[derive(Clone, Copy)]
enum Taken {
    Sound(RtpSeen),
    Report,
    Garbage,
}

impl End {
    /// A packet from the right address: is it what it should be?
    fn take(&mut self, now: Moment, kind: PacketKind, bytes: &[u8]) -> Taken {
        let taken = match kind {
            _ if bytes.len() > PACKET_MAX => Taken::Garbage,
            PacketKind::Rtp => match rtp::look(bytes) {
                None => Taken::Garbage,
                Some(seen) => {
                    self.quality.note(now, seen);
                    self.packets += 1;
                    Taken::Sound(seen)
                }
            },
            PacketKind::Rtcp => match rtcp::look(bytes) {
                Err(_) => Taken::Garbage,
                Ok(_) => Taken::Report,
            },
        };
        match (&taken, self.ear) {
            (Taken::Garbage, _) => self.garbage += 1,
            (_, Ear::Closed) => {}
            (_, Ear::Open { .. } | Ear::Told { .. }) => self.ear = Ear::Open { since: now },
        }
        taken
    }

    /// A key event that goes to this side in the place of sound.
    fn replaced(&mut self, now: Moment, mut by: KeyPacket, out: Side, to: SocketAddr) -> Verdict {
        let passage = rtp::look(&by).map(|seen| self.speaking.pass(now, seen, &by));
        match passage {
            Some(Passage::Under(header)) => by[..rtp::HEADER].copy_from_slice(&header),
            Some(Passage::TooLate) => return Verdict::Drop(Why::TooLate),
            Some(Passage::Untouched) | None => {}
        }
        Verdict::Replace { out, to, by }
    }

    fn target(&self, kind: PacketKind) -> Option<SocketAddr> {
        let remote = self.remote?;
        // RTCP goes on during a hold (RFC 3264 §8.4).
        let wanted = remote.receives || kind == PacketKind::Rtcp;
        let to = remote.address(kind);
        (wanted && !to.ip().is_unspecified() && to.port() != 0).then_some(to)
    }
}

impl Ear {
    fn since(self) -> Option<Moment> {
        match self {
            Ear::Closed => None,
            Ear::Open { since } | Ear::Told { since } => Some(since),
        }
    }
}

/// Address and port; an IPv6 scope or flow label is the kernel's word and not the sender's.
fn is_from(from: SocketAddr, signalled: SocketAddr) -> bool {
    from.port() == signalled.port() && from.ip() == signalled.ip()
}
