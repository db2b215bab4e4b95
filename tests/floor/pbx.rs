//! The PBX that sends the citizens' calls: a SIP user agent client of its own, with its own
//! repetitions, CANCEL, ACK and BYE. It notes what each citizen was told, and when.

use crate::{
    citizen::Citizen,
    codecs::Agreed,
    extension::{Extension, Extensions},
    line::Line,
    media::MediaThreads,
    network::Party,
    phone::Heard,
    ping::Ping,
    post::Post,
    wire::{Letter, Message},
};
use kring_time::Moment;
use std::collections::{BTreeSet, HashMap};

/// What a citizen was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// When the first INVITE left.
    pub dialled: Option<Moment>,
    /// When the ringback began: the first 180 or 183.
    pub ringback: Option<Moment>,
    /// The first final response: when, and its code.
    pub settled: Option<(Moment, u16)>,
    /// Every other final response to the same INVITE. There must be none.
    pub contradicted: Vec<u16>,
    /// Contact of a 302.
    pub redirected_to: Option<String>,
    /// Retry-After of a refusal.
    pub retry_after: Option<String>,
    /// When the citizen hung up before an answer.
    pub gave_up: Option<Moment>,
    /// When the call was over, after an answer.
    pub hung_up: Option<Moment>,
    /// When the session, which then ran out, had been refreshed last.
    pub lapsed: Option<Moment>,
    /// In which codecs the PBX and kring spoke at the end.
    pub agreed: Option<Agreed>,
    /// What kring did that nobody should do.
    pub(crate) complaints: Vec<String>,
    /// Whether kring said BYE.
    pub bye_came: bool,
    /// Our port and the description of the early media, if there was any.
    pub(crate) early: Option<(u16, String)>,
    /// The session at whose other end the citizen's ear was.
    pub(crate) session: Option<kring_media::SessionId>,
}

/// The PBX, or the stranger who pretends to be one.
#[derive(Debug)]
pub(crate) struct Pbx {
    party: Party,
    lines: Vec<Line>,
    /// Which line each Call-ID is.
    by_call_id: HashMap<String, usize>,
    /// When each line next does something by itself.
    agenda: BTreeSet<(Moment, usize)>,
    dues: Vec<Option<Moment>>,
    /// The lines that have yet to find out what they hear.
    listening: BTreeSet<usize>,
    extensions: Extensions,
    pings: Vec<Ping>,
}

impl Pbx {
    /// A PBX whose lines these citizens use, and which asks at these moments whether kring is alive.
    pub(crate) fn new(
        party: Party,
        citizens: Vec<Citizen>,
        extensions: &[Extension],
        pings: &[Moment],
    ) -> Pbx {
        let pings = pings.iter().enumerate();
        let lines: Vec<Line> = citizens.into_iter().map(Line::new).collect();
        let mut pbx = Pbx {
            party,
            by_call_id: HashMap::new(),
            agenda: BTreeSet::new(),
            dues: vec![None; lines.len()],
            listening: BTreeSet::new(),
            lines,
            extensions: Extensions::new(extensions),
            pings: pings
                .map(|(number, at)| Ping::planned(*at, number))
                .collect(),
        };
        for line in 0..pbx.lines.len() {
            pbx.reschedule(line);
        }
        pbx
    }

    /// Takes note of when a line, to which something has happened, acts next, and whether it listens.
    fn reschedule(&mut self, number: usize) {
        let line = &self.lines[number];
        let due = line.due();
        let listens = line.listens();
        if due != self.dues[number] {
            if let Some(before) = std::mem::replace(&mut self.dues[number], due) {
                self.agenda.remove(&(before, number));
            }
            self.agenda.extend(due.map(|due| (due, number)));
        }
        if listens {
            self.listening.insert(number);
        } else {
            self.listening.remove(&number);
        }
    }

    /// What each citizen was told.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&Citizen, &Told)> {
        self.lines.iter().map(|line| (&line.citizen, &line.told))
    }

    /// Which calls are not over, and which questions were not answered.
    pub(crate) fn restless(&self) -> impl Iterator<Item = String> {
        let lines = self.lines.iter().filter_map(Line::restless);
        let lines = lines.chain(self.extensions.restless());
        lines.chain(self.pings.iter().filter_map(Ping::complaint))
    }

    /// What kring did that nobody should do.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        let mut found = self.extensions.complaints();
        let lines = self.lines.iter_mut();
        found.extend(lines.flat_map(Line::take_complaints));
        found
    }

    /// What the telephones behind it sounded.
    pub(crate) fn dialled(&self) -> impl Iterator<Item = (&str, &Heard)> {
        self.extensions.heard()
    }

    /// Lets every citizen who was answered listen to what is at the port that kring named.
    pub(crate) fn listen(&mut self, now: Moment, media: &mut MediaThreads) {
        for number in self.listening.iter().copied().collect::<Vec<_>>() {
            self.lines[number].listen(now, media);
            self.reschedule(number);
        }
    }

    /// When it next does something by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let lines = self.agenda.first().map(|(at, _)| *at);
        let lines = lines.into_iter().chain(self.extensions.deadline());
        lines.chain(self.pings.iter().filter_map(Ping::due)).min()
    }

    /// Does what is due by `now`, line by line.
    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        let due = self.agenda.iter().take_while(|(at, _)| *at <= now);
        let mut due: Vec<usize> = due.map(|(_, number)| *number).collect();
        due.sort_unstable();
        for number in due {
            self.lines[number].wake(now, self.party, post);
            if let Some(call_id) = self.lines[number].call_id() {
                self.by_call_id.insert(call_id.to_owned(), number);
            }
            self.reschedule(number);
        }
        self.extensions.wake(now, post);
        for ping in &mut self.pings {
            ping.wake(now, self.party, post);
        }
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        if let Some(number) = self.by_call_id.get(letter.call_id()).copied() {
            self.lines[number].receive(now, letter, party, post);
            self.reschedule(number);
            return;
        }
        if self.extensions.receive(now, letter, post) {
            return;
        }
        match letter.method() {
            None if letter.answers("OPTIONS").is_some() => {
                self.pings.iter_mut().for_each(|ping| ping.hear(letter));
            }
            // Nobody has this number.
            Some("INVITE") => post.answer(party, letter, Message::answer(letter, 404, "none")),
            None | Some("ACK") => {}
            Some(_) => post.answer(party, letter, Message::answer(letter, 481, "none")),
        }
    }
}
