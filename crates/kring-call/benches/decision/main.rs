//! Who rings next in a full house: 1,000 agents and 1,000 callers who are kept in eight queues. Each step
//! is measured from the input to the last output, so the SIP that it reads and writes is in it; the
//! same step in a house of five agents and one caller tells what of it is the decision.
//!
//! The promise is a decision under 20 µs: that is what the full house takes more than the small one.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

mod setting;
mod wire;

use criterion::{Criterion, criterion_group, criterion_main};
use kring_call::{
    Exchange, Input, Output,
    command::{AgentProfile, Command, Device, Place, PresenceWish, ReplySlot},
};
use kring_journal::AgentId;
use kring_media::{MediaNotice, MediaOrder, PortPair};
use kring_sip::{Peer, Uri};
use kring_time::Moment;
use setting::config;
use std::time::{Duration, Instant};
use wire::{PBX, ack_of, answer_of, at, datagram};

/// Queues in which callers wait. One more has none of them.
const QUEUES: usize = 7;

/// Who becomes free is one of those who serve this queue first.
const ASKED: usize = 4;

/// How often one call is offered before it makes way for others.
const OFFERED_MAX: u32 = 500;

/// Between two measured steps: every bar has ended, and every transaction.
const REST: Duration = Duration::from_secs(70);

/// What the agents of a house do, but the first, who is paused in every queue in which callers wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Staff {
    /// They are paused, too, and each is in two of these queues.
    Paused,
    /// They are ready, in the queue in which nobody waits.
    Ready,
}

#[derive(Clone, Copy)]
struct Size {
    agents: usize,
    callers: usize,
}

const SMALL: Size = Size {
    agents: 5,
    callers: 1,
};
const FULL: Size = Size {
    agents: 1_000,
    callers: 1_000,
};

/// The INVITEs of kring's that were sent to phones, and whatever else the world must answer.
struct House {
    now: Moment,
    exchange: Exchange,
    invited: Vec<(Peer, String)>,
    next_port: u16,
    calls: u64,
    acks: u64,
    /// How often the first of those who wait was offered.
    offered: u32,
}

impl House {
    /// Callers are kept in the queues `q0` to `q6`, and none in `free`.
    fn open(size: Size, staff: Staff) -> House {
        let mut house = House {
            now: Moment::from_millis(1_000),
            exchange: Exchange::new(config(size, staff)),
            invited: Vec::new(),
            next_port: 20_000,
            calls: 0,
            acks: 0,
            offered: 0,
        };
        house.drain();
        for n in 0..size.agents {
            house.hire(n);
        }
        for n in 0..size.callers {
            // One queue after the other, that of the agents who are asked for last.
            let after = (size.callers - 1 - n) / size.callers.div_ceil(QUEUES);
            house.call(&format!("q{}", (ASKED + QUEUES - after) % QUEUES));
        }
        house.pass(Duration::from_secs(20));
        for n in 1..size.agents {
            if staff == Staff::Ready {
                house.wish(n, PresenceWish::Ready);
            }
        }
        house
    }

    fn hire(&mut self, n: usize) {
        let agent = login(n);
        let host = [10, 0, (n >> 8) as u8, n as u8];
        let address = at(host).address;
        let uri = Uri::sip(Some("agent"), &address.ip().to_string(), Some(5060));
        let device = Device {
            name: format!("sip:{agent}"),
            place: Place::At {
                uri: uri.expect("an address is a host"),
                peers: vec![at(host)],
            },
            ring_period: None,
            must_be_heard: false,
            srtp: None,
        };
        self.ask(Command::PutAgent(AgentProfile {
            id: agent.clone(),
            devices: vec![device],
            queues: Vec::new(),
            auto_answer: false,
            skills: Vec::new(),
            record: false,
        }));
        self.ask(Command::ScreenAlive {
            agent: agent.clone(),
        });
        let wish = paused();
        self.ask(Command::SetPresence { agent, wish });
    }

    fn ask(&mut self, command: Command) {
        let slot = ReplySlot(0);
        self.tell(Input::Command { slot, command });
    }

    fn wish(&mut self, n: usize, wish: PresenceWish) {
        let agent = login(n);
        self.ask(Command::SetPresence { agent, wish });
    }

    fn tell(&mut self, input: Input) {
        self.exchange.handle(self.now, input);
        self.drain();
    }

    /// Does for the world what it must: ports are bound, callers who were answered confirm it.
    fn drain(&mut self) {
        while let Some(output) = self.exchange.poll() {
            match output {
                Output::Media(MediaOrder::Reserve { pairs }) => {
                    let ports = (0..pairs).map(|_| {
                        self.next_port = self.next_port.wrapping_add(2).max(20_000);
                        PortPair {
                            rtp: self.next_port,
                        }
                    });
                    let notice = MediaNotice::Reserved {
                        pairs: ports.collect(),
                    };
                    self.exchange.handle(self.now, Input::Media(notice));
                }
                Output::Send(sent) => {
                    let text = String::from_utf8_lossy(&sent.bytes).into_owned();
                    if text.starts_with("INVITE ") {
                        self.invited.push((sent.to, text));
                    } else if text.starts_with("SIP/2.0 200 ") && text.contains(" INVITE\r\n") {
                        self.acks += 1;
                        let ack = ack_of(&text, self.acks);
                        let from = at(PBX);
                        let bytes = ack.into_bytes().into();
                        let input = Input::Datagram { from, bytes };
                        self.exchange.handle(self.now, input);
                    }
                }
                _ => {}
            }
        }
    }

    /// Time goes by.
    fn pass(&mut self, length: Duration) {
        let until = self.now + length;
        while let Some(due) = self.exchange.deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.tell(Input::Deadline);
        }
        self.now = until;
    }

    /// A caller's INVITE.
    fn invite(&mut self, number: &str) -> Input {
        self.calls += 1;
        let n = self.calls;
        let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
                   m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";
        let text = format!(
            "INVITE sip:{number}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKc{n}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:08{n:08}@192.0.2.10>;tag=c{n}\r\nTo: <sip:{number}@192.0.2.1>\r\n\
             Call-ID: call-{n}\r\nCSeq: 1 INVITE\r\nContact: <sip:pbx@192.0.2.10>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        datagram(at(PBX), text)
    }

    fn call(&mut self, number: &str) {
        let invite = self.invite(number);
        self.tell(invite);
    }

    /// The caller who came last gives up.
    fn hang_up(&mut self, number: &str) {
        let n = self.calls;
        let text = format!(
            "CANCEL sip:{number}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bKc{n}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:08{n:08}@192.0.2.10>;tag=c{n}\r\nTo: <sip:{number}@192.0.2.1>\r\n\
             Call-ID: call-{n}\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n"
        );
        self.tell(datagram(at(PBX), text));
    }

    /// The phones that were rung say this.
    fn phones_say(&mut self, status: &str) {
        for (phone, invite) in self.invited.clone() {
            self.tell(datagram(phone, answer_of(&invite, status)));
        }
    }

    /// The phones that were rung are silent, and everything is as it was before.
    fn settle(&mut self) {
        self.phones_say("487 Request Terminated");
        self.invited.clear();
        self.pass(REST);
        assert!(self.invited.is_empty(), "somebody rings on");
    }
}

fn login(n: usize) -> AgentId {
    AgentId::new(&format!("agent-{n:04}"))
}

fn paused() -> PresenceWish {
    PresenceWish::Paused {
        reason: "lunch".to_owned(),
    }
}

/// Measures `step` each time after `before`, and lets everything settle afterwards.
fn measured(
    house: &mut House,
    times: u64,
    mut before: impl FnMut(&mut House, usize) -> Input,
    mut after: impl FnMut(&mut House, usize),
) -> Duration {
    let mut took = Duration::ZERO;
    for n in 0..times as usize {
        let input = before(house, n);
        let began = Instant::now();
        house.exchange.handle(house.now, input);
        took += began.elapsed();
        house.drain();
        assert_eq!(house.invited.len(), 1, "one phone is rung");
        after(house, n);
    }
    took
}

/// An agent of several queues becomes free: the longest waiting of their callers is offered.
fn an_agent_becomes_free(house: &mut House, size: Size, times: u64) -> Duration {
    let who = |n: usize| (ASKED + QUEUES * n) % (size.agents / QUEUES * QUEUES).max(QUEUES);
    measured(
        house,
        times,
        |_, n| Input::Command {
            slot: ReplySlot(0),
            command: Command::SetPresence {
                agent: login(who(n)),
                wish: PresenceWish::Ready,
            },
        },
        |house, n| {
            house.wish(who(n), paused());
            house.settle();
            house.offered += 1;
            // A call is not offered for ever (`limits::ATTEMPTS_MAX`).
            if house.offered >= OFFERED_MAX {
                *house = House::open(size, Staff::Paused);
            }
        },
    )
}

/// A call comes to the queue in which everybody is free and nobody waits.
fn a_call_comes(house: &mut House, times: u64) -> Duration {
    measured(
        house,
        times,
        |house, _| house.invite("free"),
        |house, _| {
            house.hang_up("free");
            house.settle();
        },
    )
}

/// The first agent has let it ring: the next one is rung at the beginning of the second ring.
fn a_hop(house: &mut House, times: u64) -> Duration {
    measured(
        house,
        times,
        |house, _| {
            house.call("free");
            house.phones_say("180 Ringing");
            house.pass(Duration::from_millis(4_990));
            house.phones_say("487 Request Terminated");
            house.invited.clear();
            house.now = house.now + Duration::from_millis(10);
            Input::Deadline
        },
        |house, _| {
            house.hang_up("free");
            house.settle();
        },
    )
}

fn decisions(c: &mut Criterion) {
    for (name, size) in [("small", SMALL), ("full", FULL)] {
        let mut house = House::open(size, Staff::Paused);
        c.bench_function(&format!("an agent becomes free, {name} house"), |b| {
            b.iter_custom(|times| an_agent_becomes_free(&mut house, size, times));
        });
        let mut house = House::open(size, Staff::Ready);
        c.bench_function(&format!("a call comes, {name} house"), |b| {
            b.iter_custom(|times| a_call_comes(&mut house, times));
        });
        c.bench_function(&format!("a hop, {name} house"), |b| {
            b.iter_custom(|times| a_hop(&mut house, times));
        });
    }
}

criterion_group!(benches, decisions);
criterion_main!(benches);
