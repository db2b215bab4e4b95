//! The non-INVITE client transaction (RFC 3261 §17.1.2).

use super::{Outward, Repeating, Woken};
use crate::{
    Method, Peer,
    endpoint::{AskId, LegId, Proofs},
    timers::Timers,
};
use bytes::Bytes;
use kring_time::Moment;

/// Why a request was sent, and so who is told of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Withdraws the leg's INVITE. Its own answer matters to nobody.
    Cancel,
    /// Ends the leg.
    Bye(LegId),
    /// Ends a dialog that no leg has: the 2xx of a fork that came second, or a call that is lost.
    ByeOfFork,
    /// Asks the leg's phone to answer.
    Talk(LegId),
    /// A question outside of dialogs.
    Options(AskId),
    /// Makes, keeps or ends a registration.
    Register(AskId),
    /// Acknowledges a provisional response of a phone that rings.
    Prack(LegId),
    /// Refreshes the leg's session.
    Update(LegId),
    /// Asks the other side of the leg to call somebody.
    Refer(LegId),
    /// Tells the other side of the leg how its own REFER goes.
    Report(LegId),
}

impl Purpose {
    /// The leg within whose dialog it is asked.
    pub(crate) fn leg(self) -> Option<LegId> {
        match self {
            Purpose::Bye(leg)
            | Purpose::Talk(leg)
            | Purpose::Update(leg)
            | Purpose::Refer(leg)
            | Purpose::Report(leg) => Some(leg),
            Purpose::Cancel | Purpose::ByeOfFork | Purpose::Prack(_) => None,
            Purpose::Options(_) | Purpose::Register(_) => None,
        }
    }

    /// The method of the request.
    pub(crate) fn method(self) -> Method {
        match self {
            Purpose::Cancel => Method::Cancel,
            Purpose::Bye(_) | Purpose::ByeOfFork => Method::Bye,
            Purpose::Talk(_) | Purpose::Report(_) => Method::Notify,
            Purpose::Refer(_) => Method::Refer,
            Purpose::Options(_) => Method::Options,
            Purpose::Register(_) => Method::Register,
            Purpose::Update(_) => Method::Update,
            Purpose::Prack(_) => Method::Prack,
        }
    }

    /// Whether something goes on at the other side until this request is heard: a phone that rings, a
    /// call that nobody is in.
    fn ends_something(self) -> bool {
        matches!(self, Purpose::Cancel | Purpose::Bye(_) | Purpose::ByeOfFork)
    }
}

/// One request on its way.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) purpose: Purpose,
    pub(crate) to: Peer,
    /// Who we are, as far as somebody has asked.
    pub(crate) proofs: Option<Box<Proofs>>,
    /// Where it is repeated to, if that is not where it was sent.
    datagrams_to: Option<Peer>,
    state: State,
    /// Whether the transport has failed it before.
    failed_once: bool,
}

#[derive(Debug)]
enum State {
    /// Trying or Proceeding: they differ in the interval of repetition only.
    Waiting(Repeating),
    Completed {
        until: Moment,
    },
}

/// What a response means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientHeard {
    /// Nothing: provisional, late or repeated.
    Nothing,
    /// The first final response.
    Final,
    /// The same: it asks who we are. With the request.
    Asked(Bytes),
}

/// What becomes of a request whose transport has failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum AfterFailure {
    /// It has failed, too.
    Fails,
    /// Its next repetition may get through, or it is answered already.
    WaitsOn,
    /// To be sent over a new connection, or as a datagram.
    SendsAgain(Bytes),
}

impl Client {
    /// Just sent.
    pub(crate) fn sent(
        now: Moment,
        timers: &Timers,
        purpose: Purpose,
        request: &Outward,
    ) -> Client {
        Client {
            purpose,
            to: request.to,
            proofs: None,
            datagrams_to: request.datagram.as_ref().map(|(to, _)| *to),
            state: State::Waiting(Repeating::outward(now, timers, request)),
            failed_once: false,
        }
    }

    /// Takes a response with status `code`.
    pub(crate) fn response(&mut self, now: Moment, timers: &Timers, code: u16) -> ClientHeard {
        match (&mut self.state, code) {
            (State::Waiting(request), 200..) => {
                let request = request.bytes();
                let until = if self.to.transport.is_reliable() {
                    now
                } else {
                    now + timers.t4
                };
                self.state = State::Completed { until };
                match code {
                    401 | 407 => ClientHeard::Asked(request),
                    _ => ClientHeard::Final,
                }
            }
            (State::Waiting(request), _) => {
                request.slow_down(timers.t2);
                ClientHeard::Nothing
            }
            // Repetitions, and provisional responses that were overtaken.
            (State::Completed { .. }, _) => ClientHeard::Nothing,
        }
    }

    /// The transport failed. What may go as a datagram does so at once. A lost CANCEL or BYE would leave a phone ringing, or off the hook, for nobody:
    /// it gets a second chance, over a stream by being sent again at once (a stream repeats nothing by
    /// itself), else by its next repetition.
    pub(crate) fn transport_failed(&mut self, now: Moment, timers: &Timers) -> AfterFailure {
        let State::Waiting(request) = &mut self.state else {
            return AfterFailure::WaitsOn;
        };
        if let Some(to) = self.datagrams_to.filter(|to| *to != self.to) {
            self.to = to;
            let bytes = request.bytes();
            *request = Repeating::sent(now, timers, to.transport, bytes.clone());
            return AfterFailure::SendsAgain(bytes);
        }
        if self.failed_once || !self.purpose.ends_something() {
            return AfterFailure::Fails;
        }
        self.failed_once = true;
        if self.to.transport.is_reliable() {
            AfterFailure::SendsAgain(request.bytes())
        } else {
            AfterFailure::WaitsOn
        }
    }

    /// When [`Client::wake`] is wanted.
    pub(crate) fn due(&self) -> Moment {
        match &self.state {
            State::Waiting(request) => request.due(),
            State::Completed { until } => *until,
        }
    }

    /// Timers E, F and K.
    pub(crate) fn wake(&mut self, now: Moment, timers: &Timers) -> Woken {
        match &mut self.state {
            State::Waiting(request) => {
                let woken = request.wake(now, timers.t2);
                if let (Woken::Again(_), Some(to)) = (&woken, self.datagrams_to) {
                    self.to = to;
                }
                woken
            }
            State::Completed { until } if now >= *until => Woken::Over,
            State::Completed { .. } => Woken::Early,
        }
    }
}
