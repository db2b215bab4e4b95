//! Our accounts at PBXs: the REGISTERs that [`Registration`] wants, and what comes back to them.

use super::{
    Effect, Endpoint, LoginId,
    asking::{Ask, Question, Whose},
    identity::ALLOW,
    proofs::Proofs,
    responses::End,
    table::{Machine, Owner},
};
use crate::{
    HeaderName, Method, NameAddr, Peer, Transport,
    registration::{Account, AccountId, Ending, Registration},
};
use kring_time::Moment;
use std::time::Duration;

/// How long an answer to the last REGISTER is waited for: the process is about to end.
const LEAVING: Duration = Duration::from_secs(2);

impl Machine for Registration {
    type Key = AccountId;

    fn owner(key: AccountId) -> Owner {
        Owner::Account(key)
    }

    fn due(&self) -> Option<Moment> {
        Registration::due(self)
    }
}

impl Endpoint {
    /// Registers an account and keeps it registered. What happens comes by [`Effect::Account`].
    pub fn register(&mut self, now: Moment, account: Account) -> AccountId {
        let id = AccountId(self.next_account);
        self.next_account += 1;
        let registration = Registration::new(now, account, self.new_thread());
        self.accounts.insert(&mut self.queue, id, registration);
        self.account_woken(now, id);
        id
    }

    /// The addresses of its registrar or proxy, the best first: they are known now, or have changed.
    pub fn move_account(&mut self, now: Moment, id: AccountId, peers: Vec<Peer>) {
        self.accounts.change(&mut self.queue, id, |registration| {
            registration.move_to(now, peers);
        });
        self.account_woken(now, id);
    }

    /// Takes the registration back; [`AccountEvent::Down`] tells when that is done. Nothing is told if
    /// there was none.
    pub fn unregister(&mut self, now: Moment, id: AccountId) {
        let leaves = self
            .accounts
            .change(&mut self.queue, id, Registration::leaves);
        if leaves == Some(true) {
            self.send_register(now, id, 0);
        } else {
            self.forget_account(id);
        }
    }

    /// Nobody asks for it any more, and nothing is taken back: another account has the same Contact now.
    pub fn forget_account(&mut self, id: AccountId) {
        self.accounts.remove(&mut self.queue, id);
    }

    /// Through which proxies calls to this PBX go (RFC 3608), nearest first.
    pub fn service_route(&self, id: AccountId) -> &[NameAddr] {
        let registration = self.accounts.get(id);
        registration.map_or(&[], |registration| &registration.service_route)
    }

    /// The password of the account.
    pub fn login_of(&self, id: AccountId) -> Option<LoginId> {
        Some(self.accounts.get(id)?.account.login)
    }

    /// The time of a registration has come.
    pub(super) fn account_woken(&mut self, now: Moment, id: AccountId) {
        let due = self.accounts.change(&mut self.queue, id, |registration| {
            (registration.runs_out(now), registration.begins(now))
        });
        let Some((ran_out, begins)) = due else {
            return;
        };
        if let Some(event) = ran_out {
            self.outbox.push_back(Effect::Account(id, event));
        }
        if let Some(expires_s) = begins {
            self.send_register(now, id, expires_s);
        }
    }

    fn send_register(&mut self, now: Moment, id: AccountId, expires_s: u32) {
        let Some(registration) = self.accounts.get(id) else {
            return;
        };
        let account = &registration.account;
        let question = Question {
            method: Method::Register,
            target: account.registrar.clone(),
            route: account.route.clone(),
            peers: registration.peers(),
            from: NameAddr::new(account.aor.clone()),
            to: NameAddr::new(account.aor.clone()),
            extra: vec![
                (HeaderName::Expires, expires_s.to_string()),
                (HeaderName::Supported, "path".to_owned()),
                (HeaderName::Allow, ALLOW.to_owned()),
            ],
            login: Some(account.login),
            patience: match expires_s {
                0 => LEAVING,
                _ => self.timers.patience(),
            },
        };
        let (thread, proofs) = (registration.thread.clone(), registration.proofs.clone());
        let whose = Whose::Account { id, expires_s };
        if self
            .begin_ask(now, whose, question, &thread, proofs.carry())
            .is_err()
        {
            self.account_ended(now, id, &Ending::Unheard(503));
        }
    }

    /// The Contact of its REGISTERs.
    pub(super) fn contact_of(&self, id: AccountId, to: Peer, expires_s: u32) -> Option<String> {
        let own = self.identity.own.towards(to);
        let registration = self.accounts.get(id)?;
        Some(registration.contact(to.transport, own, expires_s))
    }

    /// Its REGISTER has ended.
    pub(super) fn account_heard(&mut self, now: Moment, id: AccountId, ask: Ask, end: &End<'_>) {
        let seq = ask.seed.local_seq() + 1;
        let peer = ask.seed.hop();
        let hopeless = ask.hopeless.map(|why| why.to_string());
        // What was refused is not said again before somebody asks.
        let proofs = match end {
            End::Heard(response) if response.status.is_success() => ask.proofs,
            _ => Proofs::default(),
        };
        self.accounts.change(&mut self.queue, id, |registration| {
            registration.thread.seq = seq;
            registration.proofs = proofs;
        });
        let ending = match end {
            End::Heard(response) => Ending::Heard(response, peer, hopeless),
            End::Unheard(code) => Ending::Unheard(*code),
        };
        self.account_ended(now, id, &ending);
    }

    fn account_ended(&mut self, now: Moment, id: AccountId, ending: &Ending<'_>) {
        let own = self.identity.own.at(Transport::Udp);
        let entropy = &mut self.entropy;
        let events = self.accounts.change(&mut self.queue, id, |registration| {
            registration.heard(now, own, ending, entropy)
        });
        for event in events.unwrap_or_default() {
            self.outbox.push_back(Effect::Account(id, event));
        }
        if self.accounts.get(id).is_some_and(Registration::is_over) {
            self.forget_account(id);
        }
    }
}
