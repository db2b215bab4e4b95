//! The exchange, or an exchange that somebody has broken on purpose: each break must turn a law red,
//! or the law is not worth its name.

use crate::network::Party;
use bytes::Bytes;
use kring_call::{Exchange, Input, Output};
use kring_journal::{CallId, Fact};
use kring_media::{MediaOrder, Monitoring, Side};
use kring_sip::Transmit;
use kring_time::Moment;
use std::{
    collections::VecDeque,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How often the process has gambled: something that no seed decides.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// What is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// Nothing.
    #[default]
    None,
    /// CANCELs never leave.
    SwallowsCancels,
    /// A timer wakes the exchange 600 ms late.
    WakesLate,
    /// A timer wakes the exchange 1 ms late.
    Dawdles,
    /// Callers are told nothing final.
    ForgetsCallers,
    /// Of two callers the one who came last is offered first.
    PrefersTheLast,
    /// A talking agent's phone gets a second INVITE, with another Call-ID.
    OffersTwice,
    /// The caller who was refused is told 200 afterwards.
    ContradictsItself,
    /// The end of answered calls is not recorded.
    ForgetsEnds,
    /// The INVITE leaves before the pop.
    PopsLate,
    /// Tags depend on more than the seed.
    Gambles,
    /// The journal says another agent than the one who answered, and more rings.
    Embellishes,
    /// BYEs never leave.
    SwallowsByes,
    /// Whoever listens is heard by all.
    LetsListenersSpeak,
    /// A caller on hold hears the agent.
    HoldsNobody,
    /// Telephones are not told that they are registered.
    SwallowsGrants,
}

/// The exchange behind whatever is broken about it.
#[derive(Debug)]
pub(crate) struct Engine {
    exchange: Exchange,
    sabotage: Sabotage,
    forged: VecDeque<Output>,
    last_invite: Option<Transmit>,
    /// The calls in the order of their coming.
    came: Vec<CallId>,
    done: bool,
}

impl Engine {
    /// An exchange, broken or not.
    pub(crate) fn new(exchange: Exchange, sabotage: Sabotage) -> Engine {
        Engine {
            exchange,
            sabotage,
            forged: VecDeque::new(),
            last_invite: None,
            came: Vec::new(),
            done: false,
        }
    }

    /// [`Exchange::handle`].
    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        self.exchange.handle(now, input);
    }

    /// [`Exchange::deadline`].
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let late = match self.sabotage {
            Sabotage::WakesLate => Duration::from_millis(600),
            Sabotage::Dawdles => Duration::from_millis(1),
            _ => Duration::ZERO,
        };
        Some(self.exchange.deadline()? + late)
    }

    /// [`Exchange::load`].
    pub(crate) fn load(&self) -> (usize, usize, usize) {
        self.exchange.load()
    }

    /// [`Exchange::poll`].
    pub(crate) fn poll(&mut self) -> Option<Output> {
        if self.sabotage == Sabotage::None {
            return self.exchange.poll();
        }
        loop {
            if let Some(output) = self.forged.pop_front() {
                return Some(output);
            }
            let output = self.exchange.poll()?;
            if let Some(output) = self.break_it(output) {
                return Some(output);
            }
        }
    }

    /// Gives the offer of the first of two callers to the second one.
    fn preferred(&mut self, call: Option<CallId>, fact: &Fact) -> Option<CallId> {
        match fact {
            Fact::Offered { .. } => self.came.extend(call),
            Fact::Invited { .. } if self.came.len() > 1 && call == self.came.first().copied() => {
                return self.came.last().copied();
            }
            _ => {}
        }
        call
    }

    fn break_it(&mut self, output: Output) -> Option<Output> {
        match (self.sabotage, output) {
            (Sabotage::SwallowsCancels, Output::Send(sent)) if says(&sent, "CANCEL ") => None,
            (Sabotage::SwallowsByes, Output::Send(sent)) if says(&sent, "BYE ") => None,
            (Sabotage::ForgetsCallers, Output::Send(sent)) if is_last_word(&sent) => None,
            (Sabotage::PrefersTheLast, Output::Record(at, call, fact)) => {
                let call = self.preferred(call, &fact);
                Some(Output::Record(at, call, fact))
            }
            (Sabotage::SwallowsGrants, Output::Send(sent)) if is_grant(&sent) => None,
            (Sabotage::OffersTwice, Output::Send(sent)) if is_offer(&sent) => {
                self.last_invite = Some(sent.clone());
                Some(Output::Send(sent))
            }
            (Sabotage::OffersTwice, Output::Record(at, call, fact @ Fact::Answered { .. })) => {
                let second = self.last_invite.take().map(|sent| another_call(&sent));
                self.forged.extend(second.map(Output::Send));
                Some(Output::Record(at, call, fact))
            }
            (Sabotage::ContradictsItself, Output::Send(sent)) if says(&sent, "SIP/2.0 486 ") => {
                let second = changed(&sent, "SIP/2.0 486 Busy Here", "SIP/2.0 200 OK");
                self.forged.push_back(Output::Send(second));
                Some(Output::Send(sent))
            }
            (Sabotage::ForgetsEnds, Output::Record(_, _, Fact::Ended { .. })) => None,
            (Sabotage::PopsLate, Output::Record(at, call, fact @ Fact::Invited { .. })) => {
                let mut rest: Vec<Output> = std::iter::from_fn(|| self.exchange.poll()).collect();
                rest.push(Output::Record(at, call, fact));
                self.forged.extend(rest);
                self.forged.pop_front()
            }
            (Sabotage::Gambles, Output::Send(sent)) if is_offer(&sent) && !self.done => {
                self.done = true;
                // What a static or a hash map with a random key would let through.
                let body = format!(
                    "X-Chance: {}\r\nContent-Length",
                    RUNS.fetch_add(1, Ordering::Relaxed)
                );
                Some(Output::Send(changed(&sent, "Content-Length", &body)))
            }
            (
                Sabotage::Embellishes,
                Output::Record(at, call, Fact::Abandoned { rings, wait_ms }),
            ) => {
                let code = 503;
                let cause = format!("after {rings} rings and {wait_ms} ms");
                Some(Output::Record(at, call, Fact::Failed { cause, code }))
            }
            (Sabotage::LetsListenersSpeak, Output::Media(MediaOrder::Listen { session, .. })) => {
                let mode = Monitoring::Barge;
                Some(Output::Media(MediaOrder::Listen { session, mode }))
            }
            (Sabotage::HoldsNobody, Output::Media(MediaOrder::Play { side, .. }))
                if side == Side::Caller =>
            {
                None
            }
            (_, output) => Some(output),
        }
    }
}

fn says(sent: &Transmit, beginning: &str) -> bool {
    sent.bytes.starts_with(beginning.as_bytes())
}

/// A final response to a caller's INVITE.
fn is_last_word(sent: &Transmit) -> bool {
    let text = String::from_utf8_lossy(&sent.bytes);
    let code = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3));
    let is_final = code
        .and_then(|code| code.parse().ok())
        .is_some_and(|code: u16| code >= 200);
    is_final && text.contains(" INVITE\r\n")
}

fn is_grant(sent: &Transmit) -> bool {
    let text = String::from_utf8_lossy(&sent.bytes);
    text.starts_with("SIP/2.0 200 ") && text.contains(" REGISTER\r\n")
}

fn is_offer(sent: &Transmit) -> bool {
    says(sent, "INVITE ") && matches!(Party::at(sent.to.address), Some(Party::Phone(_)))
}

fn changed(sent: &Transmit, what: &str, into: &str) -> Transmit {
    let text = String::from_utf8_lossy(&sent.bytes).replacen(what, into, 1);
    Transmit::new(sent.to, Bytes::from(text))
}

fn another_call(sent: &Transmit) -> Transmit {
    let sent = changed(sent, "Call-ID: ", "Call-ID: another-");
    changed(&sent, "branch=z9hG4bK", "branch=z9hG4bKanother")
}
