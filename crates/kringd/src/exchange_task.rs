//! The one owner of the exchange: it waits for the next input, gives it, and does what the exchange
//! says, in order. There are no locks; whoever wants something sends it here.
//!
//! A fact reaches the agents' screens and the recorder before the datagrams that follow it leave.

use crate::{
    call_backs::CallBackSender,
    clock::{Clock, PAIR_EVERY},
    media_io::MediaHandle,
    net::{Arrival, Net},
    phones::PhoneSender,
    recorder::{Recorded, RecorderSender},
    trace::Tap,
};
use kring_call::{
    Exchange, Input, Output,
    command::{Admission, Command, CommandRefused, Done, ReplySlot},
};
use kring_journal::{CallId, Fact, WallStep};
use kring_media::MediaNotice;
use kring_time::Moment;
use kring_web::{Ask, Live, TEST_TRUNK};
use std::{collections::HashMap, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// Messages taken in one go before timers and commands are looked at again.
const BURST_MAX: usize = 64;

/// Commands that may wait for the exchange.
const ASKS_WAITING_MAX: usize = 4_096;

/// Time for the last messages over TCP to be written.
const LAST_BYTES: Duration = Duration::from_millis(500);

/// The media threads bind the first ports in milliseconds; a daemon without any opens all the same,
/// and refuses calls until there are some.
const WARM_UP_MAX: Duration = Duration::from_secs(2);

/// How often the gauges are told.
const GAUGES_EVERY: Duration = Duration::from_secs(1);

/// What the exchange is busy with, for the drain and the gauges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// SIP transactions that hold state.
    pub(crate) transactions: usize,
    /// SIP legs.
    pub(crate) dialogs: usize,
    /// Calls, answered or not.
    pub(crate) calls: usize,
    /// Registrations of ours at PBXs.
    pub(crate) registered: usize,
    /// Phones that are registered.
    pub(crate) phones: usize,
    /// Citizens who wait to be called back, and who are being called.
    pub(crate) call_backs: (usize, usize),
}

/// Everything that the task owns.
pub(crate) struct ExchangeTask {
    pub(crate) exchange: Exchange,
    pub(crate) clock: Clock,
    pub(crate) net: Net,
    pub(crate) asks: mpsc::Receiver<Ask>,
    pub(crate) media: MediaHandle,
    pub(crate) notices: mpsc::Receiver<MediaNotice>,
    pub(crate) live: Live,
    pub(crate) recorder: RecorderSender,
    pub(crate) tap: Tap,
    pub(crate) phones: PhoneSender,
    pub(crate) call_backs: CallBackSender,
    pub(crate) load: watch::Sender<Load>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl ExchangeTask {
    /// Waits until the first ports are bound, so that the first call finds some. What callers send
    /// meanwhile waits in the sockets.
    pub(crate) async fn warm_up(&mut self) {
        let mut slots = Slots::default();
        self.carry_out(&mut slots);
        let first = tokio::time::timeout(WARM_UP_MAX, self.notices.recv());
        if let Ok(Some(notice)) = first.await {
            self.step(Input::Media(notice), &mut slots);
        }
    }

    /// Runs until it is told to stop.
    pub(crate) async fn run(mut self) {
        let mut slots = Slots::default();
        let mut gauges = tokio::time::interval(GAUGES_EVERY);
        let mut pairing = tokio::time::interval(PAIR_EVERY);
        let mut full = false;
        self.exchange.connect(self.clock.now());
        self.carry_out(&mut slots);
        loop {
            let deadline = self.exchange.deadline();
            let timer = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(self.clock.timer_for(at)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                _ = self.stop.changed() => break,
                () = timer => self.step(Input::Deadline, &mut slots),
                arrival = self.net.recv() => self.arrivals(arrival, &mut slots),
                Some(ask) = self.asks.recv() => {
                    let Ask { command, reply } = ask;
                    let slot = slots.take(reply);
                    self.step(Input::Command { slot, command }, &mut slots);
                }
                Some(notice) = self.notices.recv() => self.step(Input::Media(notice), &mut slots),
                _ = gauges.tick() => self.tell_gauges(),
                _ = pairing.tick() => self.pair_clock(),
            }
            if self.recorder.is_nearly_full() != full {
                full = !full;
                self.admit(full, &mut slots);
            }
        }
        self.net.close(LAST_BYTES).await;
    }

    /// Takes what has arrived, a burst in one go: each wake-up of the task costs more than a message.
    fn arrivals(&mut self, first: Arrival, slots: &mut Slots) {
        self.arrival(first, slots);
        for _ in 1..BURST_MAX {
            let Some(arrival) = self.net.try_recv() else {
                return;
            };
            self.arrival(arrival, slots);
        }
    }

    fn arrival(&mut self, arrival: Arrival, slots: &mut Slots) {
        if let Arrival::Message { from, bytes } = &arrival {
            self.tap.came(self.clock.now(), *from, bytes);
        }
        let input = match arrival {
            Arrival::Message { from, bytes } => Input::Datagram { from, bytes },
            Arrival::Failed { to } => Input::TransportFailed { to },
            Arrival::Closed { from } => Input::ConnectionClosed { from },
        };
        self.step(input, slots);
    }

    fn step(&mut self, input: Input, slots: &mut Slots) {
        self.exchange.handle(self.clock.now(), input);
        self.carry_out(slots);
    }

    /// Does what the exchange says, in its order.
    fn carry_out(&mut self, slots: &mut Slots) {
        while let Some(output) = self.exchange.poll() {
            match output {
                Output::Send(transmit) => {
                    self.tap
                        .leaves(self.clock.now(), transmit.to, &transmit.bytes);
                    self.net.send(transmit);
                }
                Output::Media(order) => self.media.order(order),
                Output::Reply(slot, answer) => slots.answer(slot, answer),
                Output::Introduce(call, caller, identity) => {
                    self.live.introduce(call, caller, &identity);
                    self.recorder.send(Recorded::Caller(caller, identity));
                }
                Output::Belongs {
                    call,
                    sip_call_id,
                    party,
                } => self.tap.leg(call, sip_call_id, party),
                Output::Record(at, call, fact) => self.record(at, call, fact),
                // The trunk of test calls is no line to anybody.
                Output::Line(status) if status.trunk == TEST_TRUNK => {}
                Output::Line(status) => self.live.line(crate::counters::line(&status)),
                Output::LineGone(trunk) => self.live.line_gone(&trunk),
                Output::Phone(news) => self.phones.tell(&news),
                Output::CallBack(call_back) => self.call_backs.is(&call_back),
                Output::CallBackOver(asked) => self.call_backs.is_over(asked),
                Output::Counted(count) => crate::counters::count(&count),
            }
        }
    }

    fn record(&mut self, at: Moment, call: Option<CallId>, fact: Fact) {
        if let Some(call) = call {
            self.tap.fact(at, call, &fact);
        }
        self.live.fact(at, self.clock.wall(at), call, &fact);
        if !self.recorder.send(Recorded::Fact { at, call, fact }) {
            tracing::error!("a fact is lost: the queue to the journal is full");
        }
    }

    /// Opens or closes the door by the room in the queue to the disk.
    fn admit(&mut self, full: bool, slots: &mut Slots) {
        let admission = if full {
            Admission::JournalFull
        } else {
            Admission::Open
        };
        let (reply, _) = oneshot::channel();
        let slot = slots.take(reply);
        self.step(
            Input::Command {
                slot,
                command: Command::Admit(admission),
            },
            slots,
        );
        tracing::warn!(full, "the queue to the journal");
    }

    fn tell_gauges(&mut self) {
        let (transactions, dialogs, calls) = self.exchange.load();
        let load = Load {
            transactions,
            dialogs,
            calls,
            registered: self.exchange.registered(),
            phones: self.exchange.registered_phones(),
            call_backs: self.exchange.call_backs(),
        };
        crate::counters::gauges(load);
        self.load.send_replace(load);
    }

    fn pair_clock(&mut self) {
        if let Some(step) = self.clock.pair() {
            let stepped = WallStep { by_us: step.by_us };
            self.record(self.clock.now(), None, Fact::WallStepped(stepped));
        }
    }
}

type Reply = oneshot::Sender<Result<Done, CommandRefused>>;

/// Those who wait for the answer to a command. Every command but a probe is answered in the step that takes it, so this
/// never holds more than one beside the probes, of which the exchange takes a few at once.
#[derive(Default)]
struct Slots {
    next: u64,
    waiting: HashMap<ReplySlot, Reply>,
}

impl Slots {
    fn take(&mut self, reply: Reply) -> ReplySlot {
        let slot = ReplySlot(self.next);
        self.next += 1;
        self.waiting.insert(slot, reply);
        slot
    }

    fn answer(&mut self, slot: ReplySlot, answer: Result<Done, CommandRefused>) {
        if let Some(reply) = self.waiting.remove(&slot) {
            // Whoever asked may have left; what was done stands.
            let _ = reply.send(answer);
        }
    }
}

/// The queue of commands for the exchange.
pub(crate) fn asks() -> (mpsc::Sender<Ask>, mpsc::Receiver<Ask>) {
    mpsc::channel(ASKS_WAITING_MAX)
}
