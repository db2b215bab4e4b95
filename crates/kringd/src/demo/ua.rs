//! A SIP user agent of the demo on a socket of its own: real datagrams over loopback, played by the
//! same sans-IO endpoint that kring itself is made of.

use crate::clock::Clock;
use kring_sip::{Advertised, Effect, Endpoint, EndpointConfig, LegEvent, LegId, Peer, Transport};
use kring_time::Moment;
use std::{io, net::SocketAddr};
use tokio::{net::UdpSocket, sync::watch};

/// Largest datagram that is read, bytes.
const DATAGRAM_MAX: usize = 65_535;

/// Who speaks through a user agent, and when.
pub(crate) trait Part {
    /// Something happened to one of its legs.
    fn event(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, event: LegEvent);

    /// When it next wants to do something by itself.
    fn due(&self) -> Option<Moment>;

    /// It is due.
    fn act(&mut self, now: Moment, line: &mut Endpoint);
}

/// A bound socket and the endpoint that will speak through it.
pub(crate) struct Line {
    socket: UdpSocket,
    endpoint: Endpoint,
    clock: Clock,
    pub(crate) address: SocketAddr,
}

impl Line {
    /// Binds a free port of the loopback. `talkable`: NOTIFY with `Event: talk` makes it answer.
    pub(crate) async fn open(
        clock: &Clock,
        name: &str,
        seed: u64,
        talkable: bool,
    ) -> io::Result<Line> {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
        let address = socket.local_addr()?;
        let endpoint = Endpoint::new(EndpointConfig {
            user_agent: name.to_owned(),
            talkable,
            ..EndpointConfig::new(Advertised::everywhere(address), seed)
        });
        Ok(Line {
            socket,
            endpoint,
            clock: clock.clone(),
            address,
        })
    }

    /// On a socket that is bound already.
    pub(crate) fn on(socket: UdpSocket, address: SocketAddr, clock: &Clock, name: &str) -> Line {
        let endpoint = Endpoint::new(EndpointConfig {
            user_agent: name.to_owned(),
            ..EndpointConfig::new(Advertised::everywhere(address), rand::random())
        });
        Line {
            socket,
            endpoint,
            clock: clock.clone(),
            address,
        }
    }

    /// Plays a part until `stop` says so.
    pub(crate) async fn play<P: Part>(mut self, mut part: P, mut stop: watch::Receiver<bool>) {
        let mut datagram = vec![0; DATAGRAM_MAX];
        loop {
            self.settle(&mut part).await;
            let due = [self.endpoint.deadline(), part.due()]
                .into_iter()
                .flatten()
                .min();
            let timer = async {
                match due {
                    Some(at) => tokio::time::sleep_until(self.clock.timer_for(at)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = stop.changed() => return,
                () = timer => {}
                received = self.socket.recv_from(&mut datagram) => {
                    // An ICMP refusal of an earlier datagram is told here too; timers see to that.
                    if let Ok((length, address)) = received {
                        let from = Peer { transport: Transport::Udp, address };
                        self.endpoint.receive(self.clock.now(), from, &datagram[..length]);
                    }
                }
            }
        }
    }

    /// Does everything that is due, and sends everything that it says.
    async fn settle<P: Part>(&mut self, part: &mut P) {
        let now = self.clock.now();
        if self.endpoint.deadline().is_some_and(|due| due <= now) {
            self.endpoint.wake(now);
        }
        while part.due().is_some_and(|due| due <= now) {
            part.act(now, &mut self.endpoint);
        }
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(transmit) => {
                    // A datagram that cannot be sent is a lost one: it is sent again.
                    let _ = self
                        .socket
                        .send_to(&transmit.bytes, transmit.to.address)
                        .await;
                }
                Effect::Event(leg, event) => part.event(now, &mut self.endpoint, leg, event),
                Effect::Counted(_)
                | Effect::Phone(_)
                | Effect::Answered(..)
                | Effect::Account(..) => {}
            }
        }
    }
}
