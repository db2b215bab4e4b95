//! kring calls itself, as a citizen would: real SIP and sound over the loopback from a socket that the process holds for
//! as long as it lives, so that nobody else can call by its trunk.

use crate::{
    clock::Clock,
    config::Config,
    demo::{
        ua::{Line, Part},
        voice::{Voice, description},
    },
    net::near,
};
use kring_call::{Settings, Trunk};
use kring_sip::{
    Branch, Endpoint, Invitation, LegEvent, LegId, NameAddr, Peer, Reason, Transport, Uri,
};
use kring_time::Moment;
use kring_web::{Means, MeansRefused, TEST_TRUNK, TestCall, TestCallPlaced, TestCalls};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Mutex, oneshot, watch};

/// How long a test may last, whatever becomes of it.
const CALL_MAX: Duration = Duration::from_secs(60);

/// After BYE or CANCEL, the last word is waited for so long.
const LAST_WORD: Duration = Duration::from_secs(5);

/// The tone that stands for the caller's voice, Hz.
const VOICE_HZ: f32 = 587.0;

/// Who calls: a number that is nobody's.
const CALLER: &str = "9999";

/// The caller's end of test calls.
#[derive(Clone)]
pub(crate) struct Tester(Arc<Held>);

struct Held {
    socket: UdpSocket,
    own: SocketAddr,
    /// Held by the call that goes on.
    busy: Arc<Mutex<()>>,
}

impl Tester {
    /// Binds the socket, near the first of kring's that speaks UDP; none where there is none.
    pub(crate) fn bind(config: &Config) -> io::Result<Option<Tester>> {
        let mut listens = config.sip.listen.iter();
        let Some(listen) = listens.find(|listen| listen.transport == Transport::Udp) else {
            return Ok(None);
        };
        let socket = UdpSocket::bind((near(listen.address.ip()), 0))?;
        socket.set_nonblocking(true)?;
        let own = socket.local_addr()?;
        let busy = Arc::default();
        Ok(Some(Tester(Arc::new(Held { socket, own, busy }))))
    }

    /// Its trunk: this one socket.
    fn trunk(&self) -> Option<Trunk> {
        let peer = self.0.own.to_string().parse().ok()?;
        Some(Trunk {
            max_calls: 1,
            built_in: true,
            ..Trunk::new(TEST_TRUNK, vec![peer])
        })
    }

    /// For pages: calls to the first of kring's sockets that speak UDP, where it was bound.
    pub(crate) fn calls(self, clock: Clock, sip: SocketAddr) -> TestCalls {
        let at = SocketAddr::new(near(sip.ip()), sip.port());
        Means::new(move |call| {
            let (tester, clock) = (self.clone(), clock.clone());
            Box::pin(async move { tester.call(&clock, at, call).await })
        })
    }

    /// Dials, and lets the call go on beside whoever asked for it.
    async fn call(
        &self,
        clock: &Clock,
        at: SocketAddr,
        call: TestCall,
    ) -> Result<TestCallPlaced, MeansRefused> {
        let cannot = |why: &str| MeansRefused::Wrong(why.to_owned());
        let Ok(place) = Arc::clone(&self.0.busy).try_lock_owned() else {
            return Err(MeansRefused::NotNow("a test call goes on".to_owned()));
        };
        let line = self.line(clock);
        let line = line.map_err(|refused| cannot(&format!("no socket for it: {refused}")))?;
        let (told, placed) = oneshot::channel();
        let caller = Caller::new(self.0.own, at, &call.number, (clock.now(), told));
        let caller = caller.ok_or_else(|| cannot("this number cannot be dialled"))?;
        let (stop, stopping) = watch::channel(false);
        tokio::spawn(async move {
            // The line is played until its time is over, also when the call is: late messages are answered.
            let over = caller.over.clone();
            let played = tokio::spawn(line.play(caller, stopping));
            let _ = tokio::time::timeout(CALL_MAX + LAST_WORD, over.notified()).await;
            stop.send_replace(true);
            let _ = played.await;
            drop(place);
        });
        let sip_call_id = placed.await.map_err(|_| cannot("kring is closing"))?;
        Ok(TestCallPlaced {
            sip_call_id,
            number: call.number,
        })
    }

    fn line(&self, clock: &Clock) -> io::Result<Line> {
        let socket = tokio::net::UdpSocket::from_std(self.0.socket.try_clone()?)?;
        Ok(Line::on(socket, self.0.own, clock, "kring test"))
    }
}

/// The configuration with the trunk of test calls before its own: another trunk may be this whole machine.
pub(crate) fn joined(tester: Option<&Tester>, mut settings: Settings) -> Settings {
    settings.trunks.splice(0..0, tester.and_then(Tester::trunk));
    settings
}

/// The caller of one call.
struct Caller {
    invitation: Option<Invitation>,
    told: Option<oneshot::Sender<String>>,
    voice: Voice,
    /// Where sound is sent, whatever address kring tells the world.
    sound_at: IpAddr,
    stage: Stage,
    over: Arc<tokio::sync::Notify>,
}

#[derive(Clone, Copy)]
enum Stage {
    Dials { at: Moment },
    Rings { leg: LegId, until: Moment },
    Talks { leg: LegId, until: Moment },
    Over,
}

impl Caller {
    fn new(
        own: SocketAddr,
        at: SocketAddr,
        number: &str,
        (now, told): (Moment, oneshot::Sender<String>),
    ) -> Option<Caller> {
        let voice = Voice::open(VOICE_HZ).ok()?;
        let uri = |user: &str, address: SocketAddr| {
            let host = match address.ip() {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            };
            Uri::sip(Some(user), &host, Some(address.port())).ok()
        };
        let target = uri(number, at)?;
        let kring = Peer {
            transport: Transport::Udp,
            address: at,
        };
        Some(Caller {
            invitation: Some(Invitation {
                to: NameAddr::new(target.clone()),
                branches: vec![Branch::to(target, kring)],
                from: NameAddr::new(uri(CALLER, own)?),
                body: Some(description(None, voice.port())?.into()),
                extra: Vec::new(),
                max_forwards: 70,
            }),
            told: Some(told),
            voice,
            sound_at: Ipv4Addr::LOCALHOST.into(),
            stage: Stage::Dials { at: now },
            over: Arc::default(),
        })
    }

    fn end(&mut self) {
        self.stage = Stage::Over;
        self.over.notify_one();
    }
}

impl Part for Caller {
    fn event(&mut self, now: Moment, line: &mut Endpoint, leg: LegId, event: LegEvent) {
        match (event, self.stage) {
            (LegEvent::Incoming(_), _) => line.reject(now, leg, 486, Vec::new()),
            (LegEvent::Accepted { body, .. }, Stage::Rings { until, .. }) => {
                line.acknowledge(now, leg, None);
                if let Some(Ok(theirs)) = body.as_deref().map(kring_media::read) {
                    let at = SocketAddr::new(self.sound_at, theirs.rtp.port());
                    self.voice.speak_to(at);
                }
                self.stage = Stage::Talks { leg, until };
            }
            // It crossed our CANCEL.
            (LegEvent::Accepted { .. }, _) => {
                line.acknowledge(now, leg, None);
                line.bye(now, leg, None);
            }
            (LegEvent::Rejected { .. } | LegEvent::Bye { .. } | LegEvent::Gone { .. }, _) => {
                self.end();
            }
            // Ringback is nobody's to hear.
            _ => {}
        }
    }

    fn due(&self) -> Option<Moment> {
        match self.stage {
            Stage::Dials { at } => Some(at),
            Stage::Rings { until, .. } | Stage::Talks { until, .. } => Some(until),
            Stage::Over => None,
        }
    }

    fn act(&mut self, now: Moment, line: &mut Endpoint) {
        match self.stage {
            Stage::Dials { .. } => {
                let Some(invitation) = self.invitation.take() else {
                    return self.end();
                };
                let leg = line.invite(now, invitation);
                let until = now + CALL_MAX;
                self.stage = Stage::Rings { leg, until };
                if let (Some(told), Some(id)) = (self.told.take(), line.call_id(leg)) {
                    // Whoever asked may have left; the call rings all the same.
                    let _ = told.send(id.to_owned());
                }
            }
            Stage::Rings { leg, .. } => {
                line.cancel(now, leg, Reason::sip(487, "The test is over"));
                self.stage = Stage::Over;
            }
            Stage::Talks { leg, .. } => {
                line.bye(now, leg, None);
                self.stage = Stage::Over;
            }
            Stage::Over => {}
        }
    }
}
