//! The phone's sound towards kring: plain RTP and RTCP over this machine, as any phone's. kring's relay sees the browser's
//! line by it: gaps and jitter pass as they come, and what the browser says of its own hearing goes on in our reports.

use super::{
    coding::{Heard, put},
    joint::{Joint, Placed},
    leg::Figures,
    limits,
    report::{self, Told},
};
use kring_media::{
    AudioDescription, Codec, Direction, OwnAudio, answer_to_change, offer_to_agent,
    quality::RtpSeen, rtp,
};
use kring_time::Moment;
use rustix::net::sockopt;
use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
};

/// Two sockets, and what was agreed for them.
pub(super) struct Line {
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    own: OwnAudio,
    far: Option<Far>,
    out: Joint,
    ssrc: u32,
    sent: report::Sent,
    theirs: report::Theirs,
    packet: Vec<u8>,
    report_at: Moment,
}

/// The other end, and what passes.
struct Far {
    rtp: SocketAddr,
    rtcp: SocketAddr,
    /// The address that its SDP names; sound over this machine may show another one of it.
    named: IpAddr,
    speech: (Heard, u8),
    keys: Option<u8>,
    agreed: Vec<Codec>,
    direction: Direction,
}

/// A packet of kring's.
pub(super) struct FromKring<'p> {
    pub(super) heard: Heard,
    pub(super) seen: RtpSeen,
    pub(super) marked: bool,
    pub(super) payload: &'p [u8],
}

impl Line {
    /// An even port and its odd neighbour of this address.
    pub(super) fn open(now: Moment, at: IpAddr) -> io::Result<Line> {
        let (rtp, rtcp) = pair(at)?;
        let port = rtp.local_addr()?.port();
        Ok(Line {
            rtp,
            rtcp,
            own: OwnAudio {
                address: at,
                port,
                session_id: u64::from(rand::random::<u32>()),
                version: 1,
                shield: None,
            },
            far: None,
            out: Joint::default(),
            ssrc: rand::random(),
            sent: report::Sent::default(),
            theirs: report::Theirs::default(),
            packet: Vec::with_capacity(1_500),
            report_at: now + limits::FIGURES_EVERY,
        })
    }

    /// The answer to an offer of kring's. `None`: no G.711 in it.
    pub(super) fn answer(&mut self, offer: &AudioDescription) -> Option<Vec<u8>> {
        let known = self.far.as_ref().map(|far| far.speech.0);
        let speech = |codec: &&Codec| matches!(Heard::of(codec), Some(Heard::Alaw | Heard::Ulaw));
        // What is spoken already goes on.
        let same = offer
            .codecs
            .iter()
            .find(|codec| Heard::of(codec) == known && known.is_some());
        let speech = same.or_else(|| offer.codecs.iter().find(speech))?;
        let keys = offer
            .codecs
            .iter()
            .find(|codec| Heard::of(codec) == Some(Heard::Keys));
        let agreed: Vec<Codec> = [Some(speech), keys]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if self.far.is_some() {
            self.own.version += 1;
        }
        let answer = answer_to_change(offer, &agreed, offer.ptime, &self.own).ok()?;
        self.face(offer, agreed);
        Some(kring_media::write(&answer))
    }

    /// An offer of ours, where kring asks for one.
    pub(super) fn offer(&self) -> Option<Vec<u8>> {
        let spoken = super::coding::SPOKEN.map(str::to_owned);
        Some(offer_to_agent(None, &spoken, &self.own).ok()?.0)
    }

    /// What kring has answered to it.
    pub(super) fn answered(&mut self, answer: &AudioDescription) {
        self.face(answer, answer.codecs.clone());
    }

    fn face(&mut self, said: &AudioDescription, agreed: Vec<Codec>) {
        let numbered = |codec: &Codec| Some((Heard::of(codec)?, codec.payload_type));
        let speech = agreed
            .iter()
            .filter_map(numbered)
            .find(|(heard, _)| *heard != Heard::Keys);
        let Some(speech) = speech else {
            return;
        };
        let keys = agreed
            .iter()
            .filter_map(numbered)
            .find(|(heard, _)| *heard == Heard::Keys);
        let near = |named: SocketAddr| SocketAddr::new(self.own.address, named.port());
        self.far = Some(Far {
            rtp: near(said.rtp),
            rtcp: near(said.rtcp),
            named: said.rtp.ip(),
            speech,
            keys: keys.map(|(_, number)| number),
            agreed,
            direction: said.direction,
        });
    }

    /// Whether kring hears and speaks both.
    pub(super) fn is_both_ways(&self) -> bool {
        let far = self.far.as_ref();
        far.is_none_or(|far| far.direction == Direction::SendRecv)
    }

    /// Another browser speaks from here on.
    pub(super) fn part(&mut self) {
        self.out.part();
    }

    /// A packet of the browser's, for kring.
    pub(super) fn speak(
        &mut self,
        now: Moment,
        heard: Heard,
        seen: RtpSeen,
        marked: bool,
        payload: &[u8],
    ) {
        let Some(far) = self.far.as_ref().filter(|far| far.direction.receives()) else {
            return;
        };
        let (wanted, number) = match heard {
            Heard::Keys => match far.keys {
                Some(number) => (Heard::Keys, number),
                None => return,
            },
            Heard::Alaw | Heard::Ulaw => far.speech,
        };
        let Some(Placed {
            sequence,
            timestamp,
            begins,
        }) = self.out.place(now, seen)
        else {
            return;
        };
        let marker = if marked || begins { rtp::MARKER } else { 0 };
        let number = number | marker;
        rtp::write(
            &mut self.packet,
            number,
            sequence as u16,
            timestamp,
            self.ssrc,
            &[],
        );
        put(&mut self.packet, payload, heard, wanted);
        self.sent.note(now, timestamp, payload.len());
        // What cannot be sent is lost, as the net may do.
        let _ = self.rtp.send_to(&self.packet, far.rtp);
    }

    /// A packet that came at our port: of nobody but kring.
    pub(super) fn hear<'p>(&mut self, from: SocketAddr, packet: &'p [u8]) -> Option<FromKring<'p>> {
        let far = self.far.as_ref()?;
        let is_kring =
            from.port() == far.rtp.port() && (from.ip() == far.rtp.ip() || from.ip() == far.named);
        let seen = rtp::look(packet).filter(|_| is_kring)?;
        let heard = match seen.payload_type {
            number if Some(number) == far.keys => Heard::Keys,
            number => far
                .agreed
                .iter()
                .find_map(|codec| Heard::of(codec).filter(|_| codec.payload_type == number))?,
        };
        let marked = packet[1] & rtp::MARKER != 0;
        self.theirs.heard(seen);
        Some(FromKring {
            heard,
            seen,
            marked,
            payload: rtp::payload(packet)?,
        })
    }

    /// A report of kring's.
    pub(super) fn hear_report(&mut self, now: Moment, from: SocketAddr, packet: &[u8]) {
        let far = self.far.as_ref();
        if far.is_some_and(|far| from.port() == far.rtcp.port()) {
            self.theirs.reported(now, packet);
        }
    }

    /// Tells kring how the browser hears, when it is time. Whether it was.
    pub(super) fn report(&mut self, now: Moment, wall_us: i64, figures: Option<&Figures>) -> bool {
        if now < self.report_at {
            return false;
        }
        self.report_at = now + limits::FIGURES_EVERY;
        let Some(far) = &self.far else {
            return false;
        };
        let told = Told {
            ssrc: self.ssrc,
            now,
            wall_us,
            figures,
        };
        if let Some(packet) = report::write(&told, &self.sent, &mut self.theirs) {
            let _ = self.rtcp.send_to(&packet, far.rtcp);
        }
        true
    }
}

fn pair(at: IpAddr) -> io::Result<(UdpSocket, UdpSocket)> {
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..limits::PAIR_TRIES {
        let one = UdpSocket::bind(SocketAddr::new(at, 0))?;
        let port = one.local_addr()?.port();
        let neighbour = port ^ 1;
        match UdpSocket::bind(SocketAddr::new(at, neighbour)) {
            Ok(other) => {
                for socket in [&one, &other] {
                    socket.set_nonblocking(true)?;
                    // A wish, not a need.
                    let _ = sockopt::set_socket_recv_buffer_size(socket, limits::SOUND_BACKLOG);
                }
                return Ok(if port % 2 == 0 {
                    (one, other)
                } else {
                    (other, one)
                });
            }
            Err(why) => refused = why,
        }
    }
    Err(refused)
}
