//! One page's socket: hello and welcome, frames out, acknowledgements in.
//!
//! A socket is a reader of its agent's outbox with a place of its own in it. It never holds a lock
//! across a wait, and one that is slow or silent is cut: its page comes back and resumes.

use super::{
    Inner, Live,
    outbox::{Batch, Body, Dismissal, Frame, Slot},
    stream::Stream,
};
use crate::{
    limits,
    phone_desk::{PhoneLine, PhoneWish},
    session::{Gate, Signed},
    wire::{self, FromPage, Hello, Welcome, close},
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use kring_call::command::Command;
use kring_journal::{CallId, Fact};
use kring_time::Moment;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// Why a socket is closed: its code and a word for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leave(u16, &'static str);

/// The page went; nothing is said to it.
const GONE: Leave = Leave(1000, "");

/// One more of something, until dropped.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn one(count: &'a AtomicUsize) -> Counted<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Speaks with one page until one of the two has enough. `cookie` is who its cookie says it is, `phone` its way to
/// the agent's phone in the browser.
pub(crate) async fn open(
    live: Live,
    gate: Gate,
    mut socket: WebSocket,
    (cookie, phone): (Option<Signed>, PhoneLine),
) {
    let inner = Arc::clone(live.inner());
    let leave = match greet(&inner, &gate, &mut socket, cookie).await {
        Ok(known) => converse((&inner, &gate), &mut socket, known, phone).await,
        Err(leave) => leave,
    };
    if leave != GONE {
        tracing::debug!(code = leave.0, why = leave.1, "a socket is closed");
        let farewell = CloseFrame {
            code: leave.0,
            reason: Utf8Bytes::from_static(leave.1),
        };
        let said = socket.send(Message::Close(Some(farewell)));
        let _ = timeout(limits::SOCKET_WRITE_WITHIN, said).await;
    }
}

/// Waits for the hello and finds out who says it.
async fn greet(
    inner: &Inner,
    gate: &Gate,
    socket: &mut WebSocket,
    cookie: Option<Signed>,
) -> Result<(Hello, Signed), Leave> {
    let _stranger = Counted::one(&inner.strangers);
    if inner.strangers.load(Ordering::Relaxed) > limits::SOCKETS_UNKNOWN_MAX {
        return Err(Leave(1013, "too many sockets without a hello"));
    }
    let refused = Leave(close::NOT_SIGNED_IN, "sign in first");
    let first = timeout(limits::HELLO_WITHIN, socket.recv()).await;
    let hello = match first {
        Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
            Ok(FromPage::Hello(hello)) => hello,
            _ => return Err(Leave(close::NOT_UNDERSTOOD, "the first message is hello")),
        },
        Ok(None | Some(Err(_) | Ok(Message::Close(_)))) => return Err(GONE),
        Ok(Some(Ok(_))) => return Err(Leave(close::NOT_UNDERSTOOD, "the first message is hello")),
        Err(_) => return Err(refused),
    };
    let signed = match (cookie, &hello.token) {
        (Some(signed), _) => signed,
        (None, Some(token)) => gate.agent_by_secret(token).await.ok_or(refused)?,
        (None, None) => return Err(refused),
    };
    Ok((hello, signed))
}

/// Welcomes the page and serves it to the end.
async fn converse(
    (inner, gate): (&Arc<Inner>, &Gate),
    socket: &mut WebSocket,
    (hello, signed): (Hello, Signed),
    phone: PhoneLine,
) -> Leave {
    let Some(stream) = inner.stream(&signed.agent.login) else {
        return Leave(1013, "too many agents");
    };
    stream.set_supervisor(signed.watches_over_others());
    stream.set_devices(&signed.agent.devices);
    let _connection = Counted::one(&inner.connections);
    let slot = Slot::new(signed.session.clone(), signed.proof);
    let drafts = inner.unfinished(&stream.agent).await;
    let (welcome, after) = {
        let floor = inner.floor();
        let now = inner.now();
        let ringing = floor.ringing_at(&stream.agent).map(|call| call.id);
        let resume = hello
            .resume_after
            .filter(|_| hello.epoch.as_deref() == Some(&inner.epoch));
        let snapshot = inner.snapshot(&floor, now, &stream.agent, drafts);
        let mut outbox = stream.outbox();
        outbox.join(Arc::clone(&slot));
        let after = outbox.start(resume, ringing);
        let welcome = Welcome {
            t: "welcome",
            session: inner.stamp(now).id.to_string(),
            epoch: &inner.epoch,
            agent: stream.agent.as_str(),
            snapshot,
            from: after + 1,
        };
        (welcome_text(&welcome), after)
    };
    tracing::debug!(agent = %stream.agent, client = %hello.client_id, "a page is live");
    let mut page = Page {
        inner,
        gate,
        looked: Instant::now(),
        stream: &stream,
        slot: &slot,
        phone,
        after,
        heard: Instant::now(),
    };
    let leave = match page.send(socket, vec![Message::Text(welcome)]).await {
        Ok(()) => {
            inner.judge_screen(&stream, inner.now().at);
            page.serve(socket).await
        }
        Err(leave) => leave,
    };
    stream.outbox().leave(&slot);
    mourn(inner, &stream);
    leave
}

fn welcome_text(welcome: &Welcome<'_>) -> Utf8Bytes {
    serde_json::to_string(welcome)
        .expect("no member is a map with keys that are not strings")
        .into()
}

/// A reload takes a second: only an agent who stays without a socket has no screen.
fn mourn(inner: &Arc<Inner>, stream: &Arc<Stream>) {
    let (inner, stream) = (Arc::clone(inner), Arc::clone(stream));
    let runtime = inner.runtime.clone();
    runtime.spawn(async move {
        tokio::time::sleep(inner.config.screen_dead).await;
        inner.judge_screen(&stream, inner.now().at);
    });
}

struct Page<'a> {
    inner: &'a Arc<Inner>,
    gate: &'a Gate,
    /// When it was last looked whether the session still counts.
    looked: Instant,
    stream: &'a Arc<Stream>,
    slot: &'a Arc<Slot>,
    phone: PhoneLine,
    /// The newest frame that was sent here.
    after: u64,
    heard: Instant,
}

impl Page<'_> {
    async fn serve(&mut self, socket: &mut WebSocket) -> Leave {
        let mut ping = tokio::time::interval(limits::SOCKET_PING);
        ping.reset();
        loop {
            match self.slot.dismissal() {
                Some(Dismissal::SignedOut) => return Leave(close::SIGNED_OUT, "signed out"),
                Some(Dismissal::TakenOver) => {
                    let told = Utf8Bytes::from_static(wire::TAKEN_OVER);
                    let told = vec![Message::Text(told)];
                    let _ = self.send(socket, told).await;
                    return Leave(close::TAKEN_OVER, "signed in elsewhere");
                }
                Some(Dismissal::Replaced) => return Leave(close::REPLACED, "too many sockets"),
                None => {}
            }
            match self.send_new(socket).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(leave) => return leave,
            }
            let overdue = self.overdue();
            let heard = tokio::select! {
                () = self.slot.wake.notified() => continue,
                heard = socket.recv() => heard,
                said = self.phone.said() => {
                    match self.send(socket, vec![Message::Text(said.text())]).await {
                        Ok(()) => continue,
                        Err(leave) => return leave,
                    }
                }
                () = sleep_for(overdue) => {
                    self.inner.judge_screen(self.stream, self.inner.now().at);
                    continue;
                }
                _ = ping.tick() => {
                    if self.heard.elapsed() > limits::SOCKET_SILENT {
                        return Leave(close::TOO_SLOW, "nothing was heard");
                    }
                    self.look_after_session();
                    let ping = vec![Message::Ping(bytes::Bytes::new())];
                    match self.send(socket, ping).await {
                        Ok(()) => continue,
                        Err(leave) => return leave,
                    }
                }
            };
            let Some(Ok(message)) = heard else {
                return GONE;
            };
            self.heard = Instant::now();
            if let Err(leave) = self.hear(message) {
                return leave;
            }
        }
    }

    /// A page that is open keeps its session alive, and learns when that has ended. Nothing waits for it here.
    fn look_after_session(&mut self) {
        if self.looked.elapsed() < limits::USE_NOTED_EVERY {
            return;
        }
        self.looked = Instant::now();
        let (gate, slot) = (self.gate.clone(), Arc::clone(self.slot));
        self.inner.runtime.spawn(async move {
            if !gate.still_counts(&slot.session, slot.proof).await {
                slot.dismiss(Dismissal::SignedOut);
            }
        });
    }

    /// Sends what is new. Whether there may be more at once.
    async fn send_new(&mut self, socket: &mut WebSocket) -> Result<bool, Leave> {
        let now = self.inner.now().at;
        let batch = self.stream.outbox().take(now, self.after);
        let frames = match batch {
            Batch::Frames(frames) => frames,
            Batch::FellBehind => return Err(Leave(close::TOO_SLOW, "too far behind")),
        };
        let Some(last) = frames.last() else {
            return Ok(false);
        };
        let newest = last.label.seq;
        let more = frames.len() == limits::SOCKET_BATCH;
        let texts = frames.iter().map(|frame| Message::Text(text(frame, now)));
        self.send(socket, texts.collect()).await?;
        self.after = newest;
        Ok(more)
    }

    async fn send(&self, socket: &mut WebSocket, messages: Vec<Message>) -> Result<(), Leave> {
        let written = async {
            for message in messages {
                socket.feed(message).await?;
            }
            socket.flush().await
        };
        match timeout(limits::SOCKET_WRITE_WITHIN, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(GONE),
            Err(_) => Err(Leave(close::TOO_SLOW, "too slow")),
        }
    }

    /// How long until a frame that was sent becomes overdue; `None` when none is, or when the
    /// screen is dead already.
    fn overdue(&self) -> Option<Duration> {
        let outbox = self.stream.outbox();
        if outbox.screen() == super::outbox::Screen::Dead {
            return None;
        }
        let due = outbox.ack_deadline(self.inner.config.screen_dead)?;
        Some(due.since(self.inner.now().at))
    }

    fn hear(&mut self, message: Message) -> Result<(), Leave> {
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(GONE),
            Message::Binary(_) => return Err(Leave(close::NOT_UNDERSTOOD, "text is expected")),
        };
        let now = self.inner.now().at;
        match serde_json::from_str(&text) {
            Ok(FromPage::Ack { seq }) => self.acknowledged(now, seq),
            Ok(FromPage::Painted { seq, ms }) => {
                if let Some(call) = self.stream.outbox().painted(seq) {
                    let agent = self.stream.agent.clone();
                    self.note(
                        call,
                        Fact::PopPainted {
                            agent,
                            after_ms: ms,
                        },
                    );
                }
            }
            Ok(FromPage::RingAudible { call }) => {
                let agent = self.stream.agent.clone();
                if self.inner.floor().sounded(call, &agent) {
                    let heard = agent.clone();
                    self.note(call, Fact::RingAudible { agent });
                    let agent = heard;
                    self.inner.desk.tell(Command::RingAudible { agent, call });
                }
            }
            Ok(FromPage::PhoneOffer { offer, sdp }) => {
                self.wish(PhoneWish::Offer { offer, sdp });
            }
            Ok(FromPage::PhoneKeep { leg }) => self.wish(PhoneWish::Keep { leg }),
            Ok(FromPage::PhoneClose) => self.wish(PhoneWish::Close),
            // A later version of the page may know more than we do.
            Ok(FromPage::Hello(_) | FromPage::Unknown) => {}
            Err(_) => return Err(Leave(close::NOT_UNDERSTOOD, "not a message of kring.v1")),
        }
        Ok(())
    }

    fn wish(&mut self, wish: PhoneWish) {
        self.phone.wish(&self.stream.agent, wish);
    }

    fn acknowledged(&self, now: Moment, seq: u64) {
        let seen = self.stream.outbox().acknowledge(now, seq);
        for pop in seen {
            let fact = Fact::PopAcknowledged {
                agent: self.stream.agent.clone(),
                after_us: pop.after.as_micros() as u64,
            };
            self.note(pop.call, fact);
        }
        self.inner.judge_screen(self.stream, now);
    }

    fn note(&self, call: CallId, fact: Fact) {
        self.inner.desk.note(Some(call), fact);
    }
}

async fn sleep_for(length: Option<Duration>) {
    match length {
        // A little more than due: a timer that is early by its own grain would find nothing.
        Some(length) => tokio::time::sleep(length + Duration::from_millis(1)).await,
        None => std::future::pending().await,
    }
}

fn text(frame: &Frame, now: Moment) -> Utf8Bytes {
    match &frame.body {
        Body::Text(text) => text.clone(),
        Body::Pop(pop) => wire::offered(frame.label, pop, now),
        // The outbox hands out nothing that is held.
        Body::Held(pop) => wire::offered(frame.label, pop, now),
    }
}
