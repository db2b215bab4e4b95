//! REGISTERs of phones, and what else the registrar has us say: keep-alives, and the question who an
//! INVITE is from.

use super::{
    Effect, Endpoint, IncomingInvite, LegId, Peer, SipCount, draft::Draft, effect::Branch,
    heads::Arrival, identity::own_branch, reply::Reply, screen::Refused,
};
use crate::{
    HeaderName, Method, NameAddr, Request, Response,
    digest::Ha1Set,
    header::RouteSet,
    registrar::{Binding, Came, Ping, Reach, Registrar, Verdict},
    transaction::Server,
};
use kring_time::Moment;
use std::sync::Arc;

/// Extensions that a REGISTER may demand (RFC 3327 §5.1, RFC 5626 §6, RFC 5627 §5.1).
const KNOWN: [&str; 2] = ["path", "outbound"];

impl Endpoint {
    /// Makes a phone known to the registrar, or its password another. `false`: there is no registrar, or
    /// it has [`crate::registrar::PHONES_MAX`] phones.
    pub fn put_phone(&mut self, user: &str, secrets: Ha1Set) -> bool {
        let registrar = self.registrar.as_mut();
        registrar.is_some_and(|registrar| registrar.put(user, secrets))
    }

    /// The phone may not register any more, and what it has registered is forgotten.
    pub fn remove_phone(&mut self, user: &str) {
        if let Some(registrar) = &mut self.registrar {
            registrar.remove(user);
        }
        self.tell_of_phones();
    }

    /// Gives a phone a binding back that it had in the process before this one, if it can still be
    /// reached by it.
    pub fn restore_binding(&mut self, now: Moment, user: &str, binding: Binding) {
        if let Some(registrar) = &mut self.registrar {
            registrar.restore(now, user, binding);
        }
    }

    /// Where a phone is called, the freshest first; nowhere if it is not registered.
    pub fn phone_branches(&self, now: Moment, user: &str) -> Vec<Branch> {
        let registrar = self.registrar.as_ref();
        let bindings = registrar.map(|registrar| registrar.bindings(now, user));
        let branch = |binding: &Binding| {
            let keeps_way = binding.reach == Reach::Flow || !binding.path.is_empty();
            Branch {
                route: binding.path.clone(),
                keeps_way,
                ..Branch::to(binding.contact.clone(), binding.peer())
            }
        };
        bindings
            .unwrap_or_default()
            .into_iter()
            .map(branch)
            .collect()
    }

    /// Whether a phone is registered from exactly there.
    pub fn is_phone_at(&self, from: Peer) -> bool {
        let registrar = self.registrar.as_ref();
        registrar.is_some_and(|registrar| registrar.is_at(from))
    }

    /// Phones that are registered, and the ways to them.
    pub fn registered_phones(&self) -> (usize, usize) {
        self.registrar.as_ref().map_or((0, 0), Registrar::counts)
    }

    /// Whose an INVITE is, by digest. None: it was answered with 401 instead, and the leg is over.
    pub fn prove_caller(
        &mut self,
        now: Moment,
        leg: LegId,
        invite: &IncomingInvite,
    ) -> Option<Arc<str>> {
        let salt = self.entropy.token();
        let registrar = self.registrar.as_mut()?;
        let said = (&Method::Invite, &invite.request_uri, &invite.headers);
        let proved = registrar.prove(now, invite.from_peer, said, salt);
        self.tell_of_phones();
        match proved {
            Ok(user) => Some(user),
            Err(Verdict::Unproved(lines) | Verdict::Proved(_, lines)) => {
                self.turn_away(now, leg, 401, lines);
                None
            }
        }
    }

    /// Whether a REGISTER is for our registrar.
    pub(super) fn registers_phones(&self) -> bool {
        self.registrar.as_ref().is_some_and(Registrar::is_open)
    }

    /// Whether a REGISTER of a stranger is looked at now.
    pub(super) fn has_time_to_register(&mut self, now: Moment, from: Peer) -> bool {
        let Some(registrar) = &mut self.registrar else {
            return false;
        };
        match registrar.has_time(now, from) {
            Ok(()) => true,
            Err(bound) => {
                self.count(SipCount::BoundReached { bound });
                false
            }
        }
    }

    /// A REGISTER, when there is a registrar.
    pub(super) fn phone_registers(&mut self, now: Moment, arrival: &Arrival<'_>) {
        let request = arrival.request;
        if self.is_phone_at(arrival.from) && !self.has_time_to_register(now, arrival.from) {
            return;
        }
        if let Some(refused) = refusal(request) {
            self.refuse_statelessly(arrival, refused);
            return;
        }
        let Some(registrar) = &mut self.registrar else {
            return;
        };
        let came = Came {
            from: arrival.from,
            answer_to: arrival.answer_to,
        };
        let said = (&request.method, &request.uri, &request.headers);
        let entropy = &mut self.entropy;
        let verdict = registrar.register(now, came, said, || entropy.token());
        self.tell_of_phones();
        let reply = self.stateless_reply(arrival);
        let (code, lines) = match &verdict {
            Verdict::Unproved(lines) => (401, lines),
            Verdict::Proved(code, lines) => (*code, lines),
        };
        let bytes = self.draft_answer(&reply, code, lines).finish(None);
        // A proof counts once, so a repetition must find its answer here and not be judged again.
        if matches!(verdict, Verdict::Proved(..)) && self.has_room_to_remember() {
            let mut server = Server::received(reply.to, Method::Register);
            server.answered(now, &self.timers, bytes.clone());
            self.servers.insert(&mut self.queue, arrival.key, server);
        }
        self.send_response(reply.to, bytes, Method::Register, code);
    }

    fn draft_answer(&self, reply: &Reply, code: u16, lines: &[(HeaderName, String)]) -> Draft {
        let mut draft = reply.begin(code);
        for (name, value) in lines {
            draft.foreign(name.as_str(), value);
        }
        draft.line("Server", &self.identity.user_agent);
        draft
    }

    /// Does what is due for phones.
    pub(super) fn wake_registrar(&mut self, now: Moment) {
        let Some(registrar) = &mut self.registrar else {
            return;
        };
        if registrar.deadline().is_none_or(|at| at > now) {
            return;
        }
        for ping in registrar.wake(now) {
            self.send_ping(&ping);
        }
        self.tell_of_phones();
    }

    /// Nobody waits for its answer, so it costs no transaction.
    fn send_ping(&mut self, ping: &Ping) {
        let (uri, routes) = RouteSet::preset(ping.route.clone()).aim(&ping.target);
        let mut draft = Draft::request("OPTIONS", uri);
        self.identity.via(&mut draft, ping.to, ping.id);
        for route in routes {
            draft.line("Route", route);
        }
        let tag = self.entropy.token();
        draft.line("Max-Forwards", 70);
        let host = &self.identity.host;
        draft.line("From", format_args!("<sip:kring@{host}>;tag={tag:016x}"));
        draft.line("To", NameAddr::new(ping.target.clone()));
        draft.line("Call-ID", format_args!("{:016x}{tag:016x}@{host}", ping.id));
        draft.line("CSeq", "1 OPTIONS");
        self.identity.contact(&mut draft, ping.to);
        draft.line("User-Agent", &self.identity.user_agent);
        self.send_request(ping.to, draft.finish(None), Method::Options);
    }

    /// An answer to an OPTIONS that no transaction waits for: perhaps a phone's to a keep-alive.
    pub(super) fn ping_answered(&mut self, now: Moment, response: &Response) {
        let id = own_branch(&response.headers);
        if let (Some(id), Some(registrar)) = (id, &mut self.registrar) {
            registrar.ping_answered(now, id);
        }
    }

    /// The connection to `flow` is lost.
    pub(super) fn phone_flow_lost(&mut self, flow: Peer) {
        if let Some(registrar) = &mut self.registrar {
            registrar.flow_lost(flow);
            self.tell_of_phones();
        }
    }

    fn tell_of_phones(&mut self) {
        let Some(registrar) = &mut self.registrar else {
            return;
        };
        while let Some(news) = registrar.news() {
            self.outbox.push_back(Effect::Phone(news));
        }
    }
}

/// What is refused before anybody is asked for a password, whoever asks.
fn refusal(request: &Request) -> Option<Refused> {
    let known = |option: &&str| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(option));
    let demanded = request.headers.require().filter(|option| !known(option));
    let demanded: Vec<&str> = demanded.collect();
    if !demanded.is_empty() {
        return Some(Refused::unsupported(&demanded));
    }
    request
        .headers
        .max_forwards()
        .is_err()
        .then(|| Refused::plain(400))
}
