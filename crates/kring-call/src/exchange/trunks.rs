//! The lines to the PBXs: registered and kept so, and asked again and again whether they are there.
//!
//! An address is up after one answer, whatever it says but 408 and 503, and down after two silences.

use super::{Exchange, Output};
use crate::{
    command::{CommandRefused, Done},
    limits::{PING_AFTER_SILENCE, PING_PATIENCE, PINGED_PEERS_MAX, SILENCES_MAX},
    line::{AddressStatus, LineAccount, LineStatus},
    trunk::Trunk,
};
use kring_journal::{AccountDown, AccountUp, Fact, TrunkAway, TrunkThere};
use kring_sip::{Account, AccountEvent, AccountId, Answered, AskId, LoginId, Peer, Question};
use kring_time::Moment;
use rustc_hash::FxHashMap;

/// All lines, in the order of the trunks.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) rows: Vec<Row>,
    /// The trunks that are configured, by index, in the order of the configuration; the others are retired.
    pub(super) serving: Vec<usize>,
    /// Pings on their way: which trunk, which of its addresses.
    asked: FxHashMap<AskId, (usize, Peer)>,
    pub(super) accounts: FxHashMap<AccountId, usize>,
    /// When the next ping is due; none while nobody is pinged.
    due: Option<Moment>,
}

/// The line of one trunk.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) pings: Vec<Ping>,
    pub(super) account: Option<(AccountId, LoginId)>,
    /// Where its passwords are kept, one after another.
    pub(super) login: Option<LoginId>,
    pub(super) up: Option<bool>,
    pub(super) registered: Option<bool>,
    pub(super) last_error: Option<String>,
}

#[derive(Debug)]
pub(super) struct Ping {
    peer: Peer,
    /// When it is asked next; none while an answer is waited for.
    next: Option<Moment>,
    silences: u8,
    status: AddressStatus,
}

impl Ping {
    fn new(now: Moment, peer: Peer) -> Ping {
        Ping {
            peer,
            next: Some(now),
            silences: 0,
            status: AddressStatus {
                peer,
                up: None,
                round_trip: None,
            },
        }
    }
}

impl Row {
    /// The account and its password.
    pub(super) fn account(&self) -> Option<(AccountId, LoginId)> {
        self.account
    }

    /// Whether this address was asked and does not answer.
    pub(super) fn is_down(&self, peer: &Peer) -> bool {
        let ping = self.pings.iter().find(|ping| ping.peer == *peer);
        ping.is_some_and(|ping| ping.status.up == Some(false))
    }
}

impl Lines {
    /// The line of one trunk.
    pub(super) fn row(&self, trunk: usize) -> &Row {
        &self.rows[trunk]
    }

    /// Nothing is registered and nobody is asked yet.
    pub(super) fn new(trunks: &[Trunk]) -> Lines {
        Lines {
            rows: trunks.iter().map(|_| Row::default()).collect(),
            serving: (0..trunks.len()).collect(),
            ..Lines::default()
        }
    }

    /// When the next ping is due.
    pub(super) fn due(&self) -> Option<Moment> {
        self.due
    }

    pub(super) fn reckon(&mut self) {
        let pings = self.rows.iter().flat_map(|row| &row.pings);
        self.due = pings.filter_map(|ping| ping.next).min();
    }
}

impl Exchange {
    /// Registers where that is configured, and begins to ask whether the PBXs are there.
    pub fn connect(&mut self, now: Moment) {
        for trunk in 0..self.config.trunks.len() {
            let line = &self.config.trunks[trunk].line;
            if let Some(account) = line.account.clone() {
                self.register(now, trunk, account);
            }
            let peers = self.config.trunks[trunk].line.peers.clone();
            self.watch(now, trunk, &peers);
            self.tell_line(trunk);
        }
        self.lines.reckon();
        self.settle(now);
    }

    pub(super) fn register(&mut self, now: Moment, trunk: usize, account: LineAccount) {
        let login = if let Some(login) = self.lines.rows[trunk].login {
            self.endpoint.change_login(login, account.credentials);
            login
        } else {
            self.endpoint.add_login(account.credentials)
        };
        let account = Account {
            registrar: account.registrar,
            aor: account.aor,
            route: account.route,
            peers: account.peers,
            login,
            contact_user: account.contact_user,
            expires_s: account.expires_s,
            learns_address: account.learns_address,
        };
        let id = self.endpoint.register(now, account);
        self.lines.accounts.insert(id, trunk);
        self.lines.rows[trunk].account = Some((id, login));
        self.lines.rows[trunk].login = Some(login);
    }

    /// The addresses of a PBX and of its registrar, found anew.
    pub(super) fn move_line(
        &mut self,
        now: Moment,
        name: &str,
        peers: Vec<Peer>,
        registrar: Vec<Peer>,
    ) -> Result<Done, CommandRefused> {
        let index = self.trunk_named(name)?;
        let line = &mut self.config.trunks[index].line;
        line.peers.clone_from(&peers);
        if let Some(account) = &mut line.account {
            account.peers.clone_from(&registrar);
        }
        if let Some((account, _)) = self.lines.rows[index].account {
            self.endpoint.move_account(now, account, registrar);
        }
        self.watch(now, index, &peers);
        self.lines.reckon();
        self.tell_line(index);
        Ok(Done::Ok)
    }

    /// The name of a PBX leads nowhere. What was known of it before is still tried.
    pub(super) fn lose_line(
        &mut self,
        now: Moment,
        name: &str,
        why: String,
    ) -> Result<Done, CommandRefused> {
        let index = self.trunk_named(name)?;
        let row = &mut self.lines.rows[index];
        row.last_error = Some(why.clone());
        let never_was = row.account.is_some() && row.registered.is_none();
        if never_was {
            row.registered = Some(false);
            let fact = Fact::Unregistered(AccountDown {
                trunk: name.to_owned(),
                code: 503,
                reason: Some(why),
            });
            self.record_apart(now, fact);
        }
        self.tell_line(index);
        Ok(Done::Ok)
    }

    fn trunk_named(&self, name: &str) -> Result<usize, CommandRefused> {
        let named = |trunk: &&usize| self.config.trunks[**trunk].name == name;
        let index = self.lines.serving.iter().find(named);
        index.copied().ok_or(CommandRefused::NoSuchTrunk)
    }

    /// Asks these addresses from now on and no others; what is known of them is kept.
    fn watch(&mut self, now: Moment, trunk: usize, peers: &[Peer]) {
        if self.config.options_ping.is_zero() || self.config.trunks[trunk].line.uri.is_none() {
            return;
        }
        let row = &mut self.lines.rows[trunk];
        row.pings.retain(|ping| peers.contains(&ping.peer));
        for peer in peers {
            let is_new = row.pings.iter().all(|ping| ping.peer != *peer);
            if is_new && row.pings.len() < PINGED_PEERS_MAX {
                row.pings.push(Ping::new(now, *peer));
            }
        }
    }

    /// Sends the pings that are due.
    pub(super) fn see_to_lines(&mut self, now: Moment) {
        if self.lines.due.is_none_or(|due| due > now) {
            return;
        }
        for trunk in 0..self.lines.rows.len() {
            for at in 0..self.lines.rows[trunk].pings.len() {
                let ping = &mut self.lines.rows[trunk].pings[at];
                if ping.next.is_some_and(|next| next <= now) {
                    ping.next = None;
                    let peer = ping.peer;
                    self.ping(now, trunk, peer);
                }
            }
        }
        self.lines.reckon();
        self.pump(now);
    }

    fn ping(&mut self, now: Moment, trunk: usize, peer: Peer) {
        let Some(target) = self.config.trunks[trunk].line.uri.clone() else {
            return;
        };
        let question = Question {
            login: self.lines.rows[trunk].account.map(|(_, login)| login),
            patience: PING_PATIENCE.min(self.config.options_ping),
            ..self.are_you_there(target, peer)
        };
        let ask = self.endpoint.ask(now, question);
        self.lines.asked.insert(ask, (trunk, peer));
    }

    /// A ping was answered, or was not.
    pub(super) fn ping_answered(&mut self, now: Moment, ask: AskId, answered: &Answered) {
        let Some((trunk, peer)) = self.lines.asked.remove(&ask) else {
            return;
        };
        let every = self.config.options_ping;
        let row = &mut self.lines.rows[trunk];
        let Some(ping) = row.pings.iter_mut().find(|ping| ping.peer == peer) else {
            // Its name no longer leads there.
            return;
        };
        if matches!(answered.code, 408 | 503) {
            ping.silences = ping.silences.saturating_add(1);
            ping.next = Some(now + every.min(PING_AFTER_SILENCE));
            if ping.silences >= SILENCES_MAX {
                ping.next = Some(now + every);
                ping.status.up = Some(false);
                ping.status.round_trip = None;
            }
            let (code, reason) = (answered.code, &answered.reason);
            row.last_error = Some(format!("OPTIONS to {peer}: {code} {reason}"));
        } else {
            ping.silences = 0;
            ping.next = Some(now + every);
            ping.status.up = Some(true);
            ping.status.round_trip = Some(answered.round_trip);
        }
        let code = answered.code;
        self.judge_line(now, trunk, code);
        self.lines.reckon();
        self.tell_line(trunk);
    }

    /// A PBX is there while one of its addresses is.
    fn judge_line(&mut self, now: Moment, trunk: usize, code: u16) {
        let row = &mut self.lines.rows[trunk];
        let any = |wanted| row.pings.iter().any(|ping| ping.status.up == wanted);
        let up = match (any(Some(true)), any(None)) {
            (true, _) => Some(true),
            (false, true) => row.up,
            (false, false) => Some(false),
        };
        if up == Some(true) && row.registered != Some(false) {
            row.last_error = None;
        }
        if up == row.up {
            return;
        }
        row.up = up;
        let round_trip = row.pings.iter().find_map(|ping| ping.status.round_trip);
        let trunk = self.config.trunks[trunk].name.clone();
        let fact = match up {
            Some(true) => Fact::TrunkUp(TrunkThere {
                trunk,
                rtt_us: round_trip.map(|rtt| rtt.as_micros() as u64),
            }),
            _ => Fact::TrunkDown(TrunkAway { trunk, code }),
        };
        self.record_apart(now, fact);
    }

    /// Something happened to an account.
    pub(super) fn account_event(&mut self, now: Moment, id: AccountId, event: AccountEvent) {
        let Some(index) = self.lines.accounts.get(&id).copied() else {
            return;
        };
        let trunk = self.config.trunks[index].name.clone();
        let row = &mut self.lines.rows[index];
        let was = row.registered;
        let fact = match event {
            AccountEvent::Up { expires_s, .. } => {
                row.registered = Some(true);
                row.last_error = None;
                Some(Fact::Registered(AccountUp { trunk, expires_s }))
            }
            AccountEvent::Failed {
                code,
                reason,
                retry_in,
            } => {
                let again_s = retry_in.as_secs();
                row.last_error = Some(format!("REGISTER: {code} {reason}, again in {again_s} s"));
                // What is up is told when it goes down; what never was, at the first failure.
                (was.is_none()).then(|| {
                    row.registered = Some(false);
                    Fact::Unregistered(AccountDown {
                        trunk,
                        code,
                        reason: Some(reason),
                    })
                })
            }
            AccountEvent::Down { code } => {
                row.registered = Some(false);
                Some(Fact::Unregistered(AccountDown {
                    trunk,
                    code,
                    reason: None,
                }))
            }
        };
        if let Some(fact) = fact {
            self.record_apart(now, fact);
        }
        self.tell_line(index);
    }

    /// Takes back every registration: the process is about to end.
    pub(super) fn unregister_all(&mut self, now: Moment) {
        let accounts: Vec<AccountId> = self.lines.accounts.keys().copied().collect();
        for account in accounts {
            self.endpoint.unregister(now, account);
        }
    }

    /// Lines that are registered: none are left when all has been taken back.
    pub fn registered(&self) -> usize {
        let rows = self.lines.rows.iter();
        rows.filter(|row| row.registered == Some(true)).count()
    }

    pub(super) fn tell_line(&mut self, trunk: usize) {
        let row = &self.lines.rows[trunk];
        let line = &self.config.trunks[trunk].line;
        let known = |peer: &Peer| {
            let ping = row.pings.iter().find(|ping| ping.peer == *peer);
            ping.map_or(
                AddressStatus {
                    peer: *peer,
                    up: None,
                    round_trip: None,
                },
                |ping| ping.status,
            )
        };
        let status = LineStatus {
            trunk: self.config.trunks[trunk].name.clone(),
            addresses: line.peers.iter().map(known).collect(),
            up: row.up,
            registered: row.registered,
            account: line.account.as_ref().map(|account| account.aor.to_string()),
            last_error: row.last_error.clone(),
        };
        self.outputs.push_back(Output::Line(status));
    }
}
