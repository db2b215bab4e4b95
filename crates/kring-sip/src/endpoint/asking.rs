//! Requests of ours outside of dialogs, to which one final answer is all there is: OPTIONS and REGISTER.
//!
//! A question is asked of its peers in turn while they are silent or cannot serve, and once more with
//! a password where one is asked for. It ends exactly once, by [`Effect::Answered`] or in its account.

use super::{
    AccountId, Effect, Endpoint, SipCount,
    limits::{ASKS_MAX, PEERS_MAX},
    proofs::{Hopeless, LoginId, Proofs},
    responses::End,
    table::{Machine, Owner},
};
use crate::{
    HeaderName, Method, NameAddr, Peer, Response, StatusCode, Uri,
    dialog::Dialog,
    header::RouteSet,
    transaction::{ClientKey, Purpose},
};
use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

/// One question. Unique for the life of the endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct AskId(pub u64);

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// OPTIONS, for instance. Nothing that makes a dialog.
    pub method: Method,
    /// The request URI.
    pub target: Uri,
    /// Proxies on the way, nearest first.
    pub route: Vec<NameAddr>,
    /// Who is asked, in turn. At most four.
    pub peers: Vec<Peer>,
    /// From, without a tag.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Further headers.
    pub extra: Vec<(HeaderName, String)>,
    /// The password, should one be asked for.
    pub login: Option<LoginId>,
    /// How long an answer is waited for, all peers together; at most 64*T1.
    pub patience: Duration,
}

/// The end of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status; 408 for silence and 503 for a failed transport.
    pub code: u16,
    /// The reason phrase.
    pub reason: String,
    /// Made here, not received.
    pub local: bool,
    /// Who was asked last; nobody if nobody could be.
    pub peer: Option<Peer>,
    /// From the last asking to the answer.
    pub round_trip: Duration,
    /// What was received.
    pub heard: Option<Box<Response>>,
}

/// For whom something is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    /// For whoever has called [`Endpoint::ask`].
    Asker,
    /// To hold a registration, for so many seconds.
    Account { id: AccountId, expires_s: u32 },
}

/// By what requests outside of dialogs belong together: those of one registration do (RFC 3261 §10.2).
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) call_id: String,
    pub(crate) tag: u64,
    /// The number of the next request.
    pub(crate) seq: u32,
}

/// A question that waits for its answer.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) whose: Whose,
    /// Call-ID, tag and number.
    pub(crate) seed: Dialog,
    pub(crate) proofs: Proofs,
    /// Why a password that was asked for did not help.
    pub(crate) hopeless: Option<Hopeless>,
    client: ClientKey,
    method: Method,
    others: VecDeque<Peer>,
    extra: Vec<(HeaderName, String)>,
    sent_at: Moment,
    next_at: Option<Moment>,
    until: Moment,
}

impl Machine for Ask {
    type Key = AskId;

    fn owner(key: AskId) -> Owner {
        Owner::Ask(key)
    }

    fn due(&self) -> Option<Moment> {
        Some(self.next_at.unwrap_or(self.until).min(self.until))
    }
}

impl Endpoint {
    /// Asks. The answer comes by [`Effect::Answered`]; beyond the endpoint's bounds, or without anybody
    /// to ask, it is 503 at once.
    pub fn ask(&mut self, now: Moment, question: Question) -> AskId {
        let thread = self.new_thread();
        let asked = self.begin_ask(now, Whose::Asker, question, &thread, Proofs::default());
        asked.unwrap_or_else(|id| {
            let end = End::Unheard(503);
            self.outbox
                .push_back(Effect::Answered(id, end.answered(None, Duration::ZERO)));
            id
        })
    }

    /// A Call-ID and a tag.
    pub(super) fn new_thread(&mut self) -> Thread {
        Thread {
            call_id: format!("{:032x}@{}", self.entropy.call_id(), self.identity.host),
            tag: self.entropy.token(),
            seq: 1,
        }
    }

    /// Asks for somebody, who goes on with `thread` and what is known from before. An error: nobody
    /// could be asked, and nothing more will be heard of it.
    pub(super) fn begin_ask(
        &mut self,
        now: Moment,
        whose: Whose,
        question: Question,
        thread: &Thread,
        proofs: Proofs,
    ) -> Result<AskId, AskId> {
        let id = AskId(self.next_ask);
        self.next_ask += 1;
        if self.asks.len() >= ASKS_MAX {
            self.count(SipCount::BoundReached { bound: "asks" });
            return Err(id);
        }
        let mut others: VecDeque<Peer> = question.peers.iter().copied().take(PEERS_MAX).collect();
        let hop = others.pop_front().ok_or(id)?;
        let ask = Ask {
            whose,
            seed: thread.seed(&question, hop),
            proofs,
            hopeless: None,
            client: ClientKey::of_branch(0),
            method: question.method,
            others,
            extra: question.extra,
            sent_at: now,
            next_at: None,
            until: now + question.patience.min(self.timers.patience()),
        };
        self.put_question(now, id, ask);
        Ok(id)
    }

    /// Sends a question to the hop of its seed.
    fn put_question(&mut self, now: Moment, id: AskId, mut ask: Ask) {
        let key = ClientKey::of_branch(self.entropy.token());
        let (seed, to) = (&ask.seed, ask.seed.hop());
        let method = ask.method.as_str();
        let mut draft = seed.request(&self.identity, method, seed.local_seq(), key.branch(), 70);
        let contact = match ask.whose {
            Whose::Asker => None,
            Whose::Account { id, expires_s } => self.contact_of(id, to, expires_s),
        };
        match contact {
            Some(contact) => draft.line("Contact", contact),
            None => self.identity.contact(&mut draft, to),
        }
        for (name, value) in &ask.extra {
            draft.foreign(name.as_str(), value);
        }
        let uri = draft.request_uri();
        for (name, value) in ask.proofs.lines(&ask.method, &uri, &mut self.entropy) {
            draft.line(name.as_str(), value);
        }
        draft.line("User-Agent", &self.identity.user_agent);
        ask.client = key;
        ask.sent_at = now;
        ask.next_at = (!ask.others.is_empty()).then(|| now + self.next_peer_after);
        let purpose = match ask.method {
            Method::Register => Purpose::Register(id),
            _ => Purpose::Options(id),
        };
        self.begin_client(now, key, purpose, to, draft.finish(None));
        self.asks.insert(&mut self.queue, id, ask);
    }

    /// Its present transaction has ended.
    pub(super) fn ask_ended(&mut self, now: Moment, id: AskId, end: End<'_>) {
        let Some(mut ask) = self.asks.remove(&mut self.queue, id) else {
            return;
        };
        if let End::Heard(response) = &end
            && self.may_prove(&mut ask, response)
        {
            ask.seed.next_seq();
            self.put_question(now, id, ask);
            return;
        }
        let may_go_on = match &end {
            End::Heard(response) => response.status.code() == 503,
            End::Unheard(_) => true,
        };
        match ask.others.pop_front() {
            Some(next) if may_go_on && now < ask.until => {
                ask.seed = ask.seed.through(next);
                self.put_question(now, id, ask);
            }
            _ => self.tell_answer(now, id, ask, end),
        }
    }

    fn may_prove(&self, ask: &mut Ask, response: &Response) -> bool {
        let login = ask.seed.login().and_then(|login| self.credentials(login));
        let (Some(credentials), 401 | 407) = (login, response.status.code()) else {
            return false;
        };
        let taken = ask.proofs.take(response, credentials);
        ask.hopeless = taken.err();
        ask.hopeless.is_none()
    }

    /// Nobody has said anything for so long that the next peer is asked, or nobody.
    pub(super) fn ask_woken(&mut self, now: Moment, id: AskId) {
        let Some(client) = self.asks.get(id).map(|ask| ask.client) else {
            return;
        };
        self.clients.remove(&mut self.queue, client);
        self.ask_ended(now, id, End::Unheard(408));
    }

    fn tell_answer(&mut self, now: Moment, id: AskId, ask: Ask, end: End<'_>) {
        match ask.whose {
            Whose::Account { id, .. } => self.account_heard(now, id, ask, &end),
            Whose::Asker => {
                let answered = end.answered(Some(ask.seed.hop()), now.since(ask.sent_at));
                self.outbox.push_back(Effect::Answered(id, answered));
            }
        }
    }
}

impl Thread {
    fn seed(&self, question: &Question, hop: Peer) -> Dialog {
        let way = RouteSet::preset(question.route.clone());
        let ends = (&question.from, &question.to);
        let seed = Dialog::seed(ends, (question.target.clone(), way), hop, self);
        seed.with_login(question.login)
    }
}

impl End<'_> {
    fn answered(&self, peer: Option<Peer>, round_trip: Duration) -> Answered {
        let (code, reason) = match self {
            End::Heard(response) => (response.status.code(), response.reason.to_string()),
            End::Unheard(code) => {
                let phrase = StatusCode::new(*code).map_or("", StatusCode::reason_phrase);
                (*code, phrase.to_owned())
            }
        };
        Answered {
            code,
            reason,
            local: matches!(self, End::Unheard(_)),
            peer,
            round_trip,
            heard: match self {
                End::Heard(response) => Some(Box::new((*response).clone())),
                End::Unheard(_) => None,
            },
        }
    }
}
