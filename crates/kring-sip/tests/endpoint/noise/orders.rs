//! Orders for the endpoint: calls, answers, accounts and phones, for legs that exist or not.

use super::{
    lines::{REALM, SDP},
    script::Script,
    stage::{Stage, peer},
};
use kring_sip::{
    Account, Branch, HeaderName, Invitation, LegId, Method, Peer, Question, Reason, Referral,
    digest::Ha1Set,
};
use std::time::Duration;

impl Stage {
    fn peers(&mut self, script: &mut Script<'_>) -> Vec<Peer> {
        let peers = (0..=script.below(3)).map(|_| peer(script.below(5)));
        let peers: Vec<Peer> = peers.collect();
        for peer in &peers {
            self.given.peer(*peer);
        }
        peers
    }

    /// A call of ours: to one phone, to several, or to wherever a phone has registered.
    pub(super) fn invite(&mut self, script: &mut Script<'_>) -> LegId {
        let mut branches = Vec::new();
        for _ in 0..=[0, 0, 1, 2][script.below(4)] {
            branches.push(Branch {
                target: "sip:5021@192.0.2.2".parse().expect("a URI"),
                route: match script.below(4) {
                    3 => vec!["<sip:10.0.0.6;lr>".parse().expect("an address")],
                    _ => Vec::new(),
                },
                peers: self.peers(script),
                keeps_way: script.once_in(4),
                login: (!script.once_in(4)).then_some(self.login),
                extra: vec![(HeaderName::AlertInfo, script.words())],
                offer: None,
            });
        }
        if script.once_in(3) {
            branches = self.endpoint.phone_branches(self.now, "5021");
        }
        if let Some(account) = self.accounts.last().filter(|_| script.once_in(4)) {
            branches[..].iter_mut().for_each(|branch| {
                branch.route = self.endpoint.service_route(*account).to_vec();
            });
        }
        let call = Invitation {
            branches,
            from: "<sip:0812345678@192.0.2.1>".parse().expect("an address"),
            to: "<sip:5021@192.0.2.2>".parse().expect("an address"),
            body: (!script.once_in(4)).then(|| SDP.into()),
            extra: vec![(HeaderName::Subject, script.words())],
            max_forwards: 70,
        };
        let leg = self.endpoint.invite(self.now, call);
        self.legs.push(leg);
        self.drain();
        leg
    }

    pub(super) fn question(&mut self, script: &mut Script<'_>) {
        let question = Question {
            method: Method::Options,
            target: "sip:pbx.example".parse().expect("a URI"),
            route: Vec::new(),
            peers: self.peers(script),
            from: "<sip:kring@192.0.2.1>".parse().expect("an address"),
            to: "<sip:pbx.example>".parse().expect("an address"),
            extra: vec![(HeaderName::Subject, script.words())],
            login: (!script.once_in(4)).then_some(self.login),
            patience: Duration::from_secs([2, 64, 0][script.below(3)]),
        };
        let ask = self.endpoint.ask(self.now, question);
        self.asks.insert(ask);
        self.drain();
    }

    pub(super) fn account(&mut self, script: &mut Script<'_>) {
        let peers = if script.once_in(8) {
            Vec::new()
        } else {
            self.peers(script)
        };
        let (now, which) = (self.now, script.below(256));
        match (script.below(4), self.accounts.len()) {
            (0 | 1, 0..8) => {
                let account = Account {
                    registrar: "sip:pbx.example".parse().expect("a URI"),
                    aor: "sip:5000@pbx.example".parse().expect("a URI"),
                    route: Vec::new(),
                    peers,
                    login: self.login,
                    contact_user: "5000-7f3a".to_owned(),
                    expires_s: [600, 60][script.below(2)],
                    learns_address: !script.once_in(4),
                };
                let account = self.endpoint.register(now, account);
                self.accounts.push(account);
            }
            (_, 0) => {}
            (2, known) => {
                let account = self.accounts[which % known];
                self.endpoint.move_account(now, account, peers);
            }
            (_, known) => self.endpoint.unregister(now, self.accounts[which % known]),
        }
        self.drain();
    }

    /// What is known of phones changes.
    pub(super) fn house(&mut self, script: &mut Script<'_>) {
        let (now, user) = (self.now, script.pick(&["5021", "5022"]));
        match script.below(6) {
            0 => self.endpoint.remove_phone(user),
            1 | 2 => {
                let password = if user == "5021" { "secret" } else { "geheim" };
                self.endpoint
                    .put_phone(user, Ha1Set::of_password(user, REALM, password));
            }
            3 => {
                if let Some(binding) = self.bindings.pop_back() {
                    self.endpoint.restore_binding(now, user, binding);
                }
            }
            _ => {
                if let Some((leg, invite)) = self.incoming.take() {
                    self.endpoint.prove_caller(now, leg, &invite);
                }
            }
        }
        self.drain();
    }

    /// The other side of a leg is to call somebody, perhaps in the place of another leg.
    pub(super) fn refer(&mut self, script: &mut Script<'_>, leg: LegId) -> bool {
        let which = script.below(256) % self.legs.len();
        let replaces = self.endpoint.replaces_of(self.legs[which]);
        let referral = Referral {
            to: "sip:2104@192.0.2.2".parse().expect("a URI"),
            replaces,
            referred_by: Some("<sip:5021@192.0.2.1>".parse().expect("an address")),
            extra: vec![(HeaderName::Subject, script.words())],
        };
        let done = self.endpoint.refer(self.now, leg, referral);
        self.drain();
        done
    }

    pub(super) fn order(&mut self, script: &mut Script<'_>) {
        let back = if script.once_in(3) {
            script.below(256)
        } else {
            0
        };
        let leg = self.legs[self.legs.len() - 1 - back % self.legs.len()];
        let now = self.now;
        let body = (!script.once_in(3)).then(|| SDP.into());
        let order = script.below(18);
        let code = match order {
            3 | 4 => [180, 183, 199, 99][script.below(4)],
            _ => [486, 480, 302, 200, 700, 488][script.below(6)],
        };
        let reason = Reason::sip(code, &script.words());
        let end = &mut self.endpoint;
        match order {
            0 => end.cancel(now, leg, reason),
            1 => end.acknowledge(now, leg, body),
            2 => end.notify_talk(now, leg),
            3 | 4 => end.provisional(now, leg, code, body),
            5 => end.accept(now, leg, body),
            6 => end.reject(
                now,
                leg,
                code,
                vec![(HeaderName::Warning, "399 x\r\ny".into())],
            ),
            7 => end.turn_away(now, leg, code, Vec::new()),
            8 => end.bye(now, leg, Some(reason)),
            9 | 10 => end.accept_offer(now, leg, body),
            11 => end.reject_offer(now, leg, code),
            12 => end.set_login(leg, self.login),
            13 => end.accept_referral(now, leg),
            14 => end.reject_referral(now, leg, code),
            15 => end.report_referral(now, leg, code),
            16 => {
                self.refer(script, leg);
            }
            _ => end.reoffer(now, leg, SDP.into()),
        }
        self.drain();
    }
}
