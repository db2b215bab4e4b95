//! What the wire says of each leg: read from the datagrams alone, so that it can contradict the journal.

use crate::{
    account::Account,
    clock::GIVE_UP,
    network::{Datagram, Party},
};
use kring_call::Plan;
use kring_journal::{AgentId, BackWith, CallId, Entry, Fact, PickUp, Service, TransferStep};
use kring_time::Moment;
use std::collections::HashMap;

/// kring's leg to a phone. Moments are kring's: when it sent, when something reached it.
#[derive(Debug)]
pub(crate) struct PhoneLeg<'a> {
    pub(crate) phone: u8,
    pub(crate) caller: &'a str,
    pub(crate) call_id: &'a str,
    /// The call that it is for, as its INVITE says.
    mark: &'a str,
    pub(crate) invited: Moment,
    pub(crate) cancels: Vec<Moment>,
    pub(crate) cancel_reason: Option<&'a str>,
    pub(crate) cancel_answered: Option<Moment>,
    /// First provisional response.
    pub(crate) heard_back: Option<Moment>,
    /// First final response.
    pub(crate) final_back: Option<(Moment, u16)>,
    /// Which telephone said it: its tag.
    final_tag: Option<&'a str>,
    pub(crate) acks: u32,
    /// kring's BYEs, and when the first left.
    pub(crate) byes: u32,
    bye_sent: Option<Moment>,
    /// When the phone's BYE came.
    pub(crate) bye_came: Option<Moment>,
    /// When the phone answered kring's BYE.
    bye_answered: Option<Moment>,
    /// When the network said that nobody is there.
    bounced: Option<Moment>,
}

/// An INVITE transaction in which kring is the server.
#[derive(Debug)]
pub(crate) struct CallerLeg<'a> {
    pub(crate) caller: &'a str,
    pub(crate) call_id: &'a str,
    branch: &'a str,
    pub(crate) arrived: Option<Moment>,
    /// First 180 or 183 that kring sent.
    pub(crate) ringback: Option<Moment>,
    /// The distinct final responses that kring sent: when first, code, To tag.
    pub(crate) finals: Vec<(Moment, u16, Option<&'a str>)>,
}

/// One call of the journal, with its legs.
#[derive(Debug)]
pub(crate) struct Story<'a> {
    pub(crate) id: CallId,
    pub(crate) name: &'a str,
    pub(crate) entries: Vec<&'a Entry>,
    pub(crate) t0: Moment,
    /// When its outcome was recorded.
    pub(crate) decided: Option<Moment>,
    /// Each time that phones could win it: once, or again when a transfer came to nothing.
    races: Vec<Race<'a>>,
    /// Phones may win it now.
    is_open: bool,
    /// When the offers of a caller who is kept began anew.
    rounds: Vec<Moment>,
}

/// A race of phones for a call, from the moment on at which none could win it any more: with the outcome, or
/// later for a caller who is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Race<'a> {
    pub(crate) over: Moment,
    pub(crate) winner: Option<&'a AgentId>,
}

/// Everything, sorted by leg and by call.
#[derive(Debug)]
pub(crate) struct Evidence<'a> {
    pub(crate) account: &'a Account,
    pub(crate) phone_legs: Vec<PhoneLeg<'a>>,
    pub(crate) caller_legs: Vec<CallerLeg<'a>>,
    pub(crate) stories: Vec<Story<'a>>,
    /// Which legs to phones had this caller.
    legs_by_caller: HashMap<&'a str, Vec<usize>>,
    /// Which legs this phone had, in the order of their INVITEs.
    legs_by_agent: HashMap<&'a AgentId, Vec<usize>>,
    /// The first leg of this caller.
    caller_by_name: HashMap<&'a str, usize>,
}

impl<'a> Evidence<'a> {
    pub(crate) fn of(account: &'a Account) -> Evidence<'a> {
        let mut evidence = Evidence {
            account,
            phone_legs: Vec::new(),
            caller_legs: Vec::new(),
            stories: Vec::new(),
            legs_by_caller: HashMap::new(),
            legs_by_agent: HashMap::new(),
            caller_by_name: HashMap::new(),
        };
        let mut by_call_id: HashMap<(&str, u8), usize> = HashMap::new();
        let mut by_branch: HashMap<&str, usize> = HashMap::new();
        for datagram in &account.datagrams {
            let letter = &datagram.letter;
            match (datagram.from, datagram.to) {
                (_, Party::Kring) if letter.asks("INVITE") => {
                    evidence.note_invite(datagram, &mut by_branch);
                }
                (Party::Phone(phone), _) => {
                    if let Some(leg) = by_call_id.get(&(letter.call_id(), phone)) {
                        evidence.phone_legs[*leg].hear(datagram);
                    }
                }
                (Party::Kring, _) if letter.code().is_some() => {
                    if let Some(leg) = by_branch.get(letter.branch()) {
                        let leg: usize = *leg;
                        evidence.caller_legs[leg].tell(datagram);
                    }
                }
                (Party::Kring, Party::Phone(phone)) => {
                    evidence.note_to_phone(phone, datagram, &mut by_call_id);
                }
                _ => {}
            }
        }
        for rung in &account.rung {
            let heard = &rung.heard;
            let leg = by_call_id.get(&(heard.call_id.as_str(), rung.phone));
            if let (true, Some(leg)) = (heard.bounced, leg) {
                evidence.phone_legs[*leg].bounced = Some(heard.invited);
            }
        }
        evidence.read_journal();
        evidence.sort();
        evidence
    }

    /// So that no law need look at all legs for the few that it wants.
    fn sort(&mut self) {
        for (n, leg) in self.phone_legs.iter().enumerate() {
            self.legs_by_caller.entry(leg.caller).or_default().push(n);
            if let Some((agent, _)) = self.account.seats.get(usize::from(leg.phone)) {
                self.legs_by_agent.entry(agent).or_default().push(n);
            }
        }
        for (n, leg) in self.caller_legs.iter().enumerate() {
            self.caller_by_name.entry(leg.caller).or_insert(n);
        }
    }

    fn note_to_phone(
        &mut self,
        phone: u8,
        datagram: &'a Datagram,
        by_call_id: &mut HashMap<(&'a str, u8), usize>,
    ) {
        let letter = &datagram.letter;
        let call_id = letter.call_id();
        let Some(leg) = by_call_id.get(&(call_id, phone)) else {
            if letter.asks("INVITE") {
                by_call_id.insert((call_id, phone), self.phone_legs.len());
                self.phone_legs.push(PhoneLeg {
                    phone,
                    caller: letter.caller(),
                    call_id,
                    mark: letter.get("X-Kring-Call").unwrap_or_default(),
                    invited: datagram.sent,
                    cancels: Vec::new(),
                    cancel_reason: None,
                    cancel_answered: None,
                    heard_back: None,
                    final_back: None,
                    final_tag: None,
                    acks: 0,
                    byes: 0,
                    bye_sent: None,
                    bye_came: None,
                    bye_answered: None,
                    bounced: None,
                });
            }
            return;
        };
        let leg = &mut self.phone_legs[*leg];
        match letter.method() {
            Some("CANCEL") => {
                leg.cancels.push(datagram.sent);
                leg.cancel_reason = letter.get("Reason");
            }
            Some("ACK") => leg.acks += 1,
            // A second telephone that answered, too, is told so; that ends nothing.
            Some("BYE") if letter.to_tag() == leg.final_tag => {
                leg.byes += 1;
                leg.bye_sent.get_or_insert(datagram.sent);
            }
            _ => {}
        }
    }

    fn note_invite(&mut self, datagram: &'a Datagram, by_branch: &mut HashMap<&'a str, usize>) {
        let letter = &datagram.letter;
        let leg = *by_branch.entry(letter.branch()).or_insert_with(|| {
            self.caller_legs.push(CallerLeg {
                caller: letter.caller(),
                call_id: letter.call_id(),
                branch: letter.branch(),
                arrived: None,
                ringback: None,
                finals: Vec::new(),
            });
            self.caller_legs.len() - 1
        });
        let leg = &mut self.caller_legs[leg];
        let arrived = datagram.arrived.first().copied();
        leg.arrived = leg.arrived.into_iter().chain(arrived).min();
    }

    fn read_journal(&mut self) {
        let mut by_id: HashMap<CallId, usize> = HashMap::new();
        for entry in &self.account.entries {
            let Some(id) = entry.call else { continue };
            let place = *by_id.entry(id).or_insert_with(|| {
                let name = self
                    .account
                    .names
                    .get(&id)
                    .map_or("", |(_, name)| name.as_str());
                self.stories.push(Story {
                    id,
                    name,
                    entries: Vec::new(),
                    t0: entry.at,
                    decided: None,
                    races: Vec::new(),
                    is_open: true,
                    rounds: Vec::new(),
                });
                self.stories.len() - 1
            });
            let story = &mut self.stories[place];
            story.entries.push(entry);
            if is_outcome(&entry.fact) {
                story.decided.get_or_insert(entry.at);
            }
            if reopens_race(&entry.fact) {
                story.is_open = true;
            } else if ends_race(&entry.fact) && std::mem::take(&mut story.is_open) {
                let winner = match &entry.fact {
                    Fact::Answered { agent, .. }
                    | Fact::PickedUp(PickUp { agent })
                    | Fact::Served(Service { agent, .. }) => Some(agent),
                    _ => None,
                };
                let over = entry.at;
                story.races.push(Race { over, winner });
            }
            if let Fact::OfferedAgain { .. } = &entry.fact {
                story.rounds.push(entry.at);
            }
        }
    }

    /// The legs to phones that this call had.
    pub(crate) fn legs_of(&self, story: &Story<'a>) -> impl Iterator<Item = &PhoneLeg<'a>> {
        let mark = story.id.to_string();
        let legs = self.legs_by_caller.get(story.name).into_iter().flatten();
        let legs = legs.map(|n| &self.phone_legs[*n]);
        legs.filter(move |leg| leg.mark == mark)
    }

    /// The call for which this leg was.
    pub(crate) fn story_of(&self, leg: &PhoneLeg<'_>) -> Option<&Story<'a>> {
        let mut stories = self.stories.iter().filter(|story| story.name == leg.caller);
        stories.find(|story| story.id.to_string() == leg.mark)
    }

    /// The caller's leg of this call.
    pub(crate) fn caller_leg(&self, story: &Story<'a>) -> Option<&CallerLeg<'a>> {
        let first = self.caller_by_name.get(story.name)?;
        self.caller_legs.get(*first)
    }

    /// The plan of a queue.
    pub(crate) fn plan(&self, queue: &str) -> Option<&'a Plan> {
        let mut plans = self.account.plans.iter();
        plans
            .find(|(name, _)| name == queue)
            .map(|(_, plan)| &**plan)
    }

    /// Whether this agent is a member of this queue.
    pub(crate) fn serves(&self, agent: &AgentId, queue: &str) -> bool {
        let mut skilled = self.account.skilled.iter();
        if skilled.any(|(name, able)| name == queue && !able.contains(agent)) {
            return false;
        }
        let mut lists = self.account.lists.iter();
        if let Some((_, members)) = lists.find(|(name, _)| name == queue) {
            return members.iter().any(|member| member.agent == *agent);
        }
        let queues = self
            .account
            .members
            .iter()
            .find(|(other, _)| other == agent);
        queues.is_some_and(|(_, queues)| queues.is_empty() || queues.iter().any(|q| q == queue))
    }

    /// Whether a leg to this agent's phone is not over at `now`.
    pub(crate) fn is_engaged(&self, agent: &AgentId, now: Moment) -> bool {
        let legs = self.legs_by_agent.get(agent).into_iter().flatten();
        let mut legs = legs.map(|n| &self.phone_legs[*n]);
        legs.any(|leg| leg.invited <= now && leg.over().is_none_or(|over| over > now))
    }

    /// Whose phone it is.
    pub(crate) fn agent(&self, phone: u8) -> Option<&'a AgentId> {
        self.account
            .seats
            .get(usize::from(phone))
            .map(|(agent, _)| agent)
    }
}

impl<'a> Story<'a> {
    /// The race in which a phone took part that was invited then.
    pub(crate) fn race_of(&self, invited: Moment) -> Option<Race<'a>> {
        let mut races = self.races.iter();
        let race = races.find(|race| race.over >= invited);
        race.or(self.races.last()).copied()
    }

    /// Who won it, each time.
    pub(crate) fn winners(&self) -> impl Iterator<Item = &'a AgentId> {
        self.races.iter().filter_map(|race| race.winner)
    }

    /// Whether kring placed it.
    pub(crate) fn is_placed(&self) -> bool {
        let first = self.entries.first().map(|entry| &entry.fact);
        matches!(
            first,
            Some(Fact::Offered {
                outbound: Some(_),
                ..
            })
        )
    }

    /// When the rings of a phone that was invited then began to count.
    pub(crate) fn rings_from(&self, invited: Moment) -> Moment {
        let mut rounds = self.rounds.iter().rev();
        let round = rounds.find(|round| **round <= invited);
        round.copied().unwrap_or(self.t0)
    }
}

impl<'a> PhoneLeg<'a> {
    /// When the leg was over for kring: refused, or BYE was answered, or came. Of two BYEs that cross,
    /// kring's own is waited for. Whoever says nothing is given up in the end (RFC 3261 §9.1, §17.1.1.2).
    pub(crate) fn over(&self) -> Option<Moment> {
        let given_up = |sent: Option<Moment>| sent.map(|sent| sent + GIVE_UP);
        let silent = match self.heard_back {
            None => Some(self.invited),
            Some(_) => self.cancels.first().copied(),
        };
        let either = |said: Option<Moment>, sent| said.into_iter().chain(given_up(sent)).min();
        match self.final_back {
            Some((at, code)) if code >= 300 => Some(at),
            Some(_) if self.byes > 0 => either(self.bye_answered, self.bye_sent),
            Some(_) => self.bye_came,
            None => either(self.bounced, silent),
        }
    }

    fn hear(&mut self, datagram: &'a Datagram) {
        let letter = &datagram.letter;
        let Some(arrived) = datagram.arrived.first().copied() else {
            return;
        };
        let earliest = |known: Option<Moment>| known.into_iter().chain([arrived]).min();
        let said_by = match letter.method() {
            Some(_) => letter.caller_tag(),
            None => letter.to_tag(),
        };
        let is_winner = self.final_tag.is_none() || self.final_tag == said_by;
        if letter.asks("BYE") && is_winner {
            self.bye_came = earliest(self.bye_came);
        } else if let Some(code) = letter.answers("INVITE") {
            if code < 200 {
                self.heard_back = earliest(self.heard_back);
            } else if self.final_back.is_none_or(|(at, _)| arrived < at) {
                self.final_back = Some((arrived, code));
                self.final_tag = letter.to_tag();
            }
        } else if is_winner && letter.answers("BYE").is_some_and(|code| code >= 200) {
            self.bye_answered = earliest(self.bye_answered);
        } else if letter.answers("CANCEL").is_some() {
            self.cancel_answered = earliest(self.cancel_answered);
        }
    }
}

impl<'a> CallerLeg<'a> {
    fn tell(&mut self, datagram: &'a Datagram) {
        let letter = &datagram.letter;
        let Some(code) = letter.answers("INVITE") else {
            return;
        };
        debug_assert_eq!(self.branch, letter.branch());
        if matches!(code, 180 | 183) {
            self.ringback.get_or_insert(datagram.sent);
        }
        let said = (code, letter.to_tag());
        if code >= 200
            && !self
                .finals
                .iter()
                .any(|(_, code, tag)| (*code, *tag) == said)
        {
            self.finals.push((datagram.sent, code, letter.to_tag()));
        }
    }
}

/// Whether this fact decides the call.
pub(crate) fn is_outcome(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Answered { .. }
            | Fact::Refused { .. }
            | Fact::Rescued(_)
            | Fact::Reached(_)
            | Fact::Abandoned { .. }
            | Fact::Failed { .. }
    )
}

/// Whether after this fact phones may win a call again that was won already.
pub(crate) fn reopens_race(fact: &Fact) -> bool {
    let Fact::Transfer(transfer) = fact else {
        return false;
    };
    matches!(
        transfer.step,
        TransferStep::Over {
            back: BackWith::AgentRung | BackWith::Queue,
            ..
        }
    )
}

/// Whether after this fact no phone can win the call.
pub(crate) fn ends_race(fact: &Fact) -> bool {
    match fact {
        Fact::Rescued(_) => false,
        Fact::Served(_)
        | Fact::Connected(_)
        | Fact::PickedUp(_)
        | Fact::LeftQueue { .. }
        | Fact::Ended { .. } => true,
        other => is_outcome(other),
    }
}
