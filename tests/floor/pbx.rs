//! The PBX that sends the citizens' calls: a SIP user agent client of its own, with its own
//! repetitions, CANCEL, ACK and BYE. It notes what each citizen was told, and when.

use crate::{
    citizen::Citizen,
    codecs::Agreed,
    line::Line,
    media::MediaThreads,
    network::Party,
    ping::Ping,
    post::Post,
    wire::{Letter, Message},
};
use kring_time::Moment;

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
    pings: Vec<Ping>,
}

impl Pbx {
    /// A PBX whose lines these citizens use, and which asks at these moments whether kring is alive.
    pub(crate) fn new(party: Party, citizens: Vec<Citizen>, pings: &[Moment]) -> Pbx {
        let pings = pings.iter().enumerate();
        Pbx {
            party,
            lines: citizens.into_iter().map(Line::new).collect(),
            pings: pings
                .map(|(number, at)| Ping::planned(*at, number))
                .collect(),
        }
    }

    /// What each citizen was told.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&Citizen, &Told)> {
        self.lines.iter().map(|line| (&line.citizen, &line.told))
    }

    /// Which calls are not over, and which questions were not answered.
    pub(crate) fn restless(&self) -> impl Iterator<Item = String> {
        let lines = self.lines.iter().filter_map(Line::restless);
        lines.chain(self.pings.iter().filter_map(Ping::complaint))
    }

    /// What kring did that nobody should do.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        self.lines
            .iter_mut()
            .flat_map(Line::take_complaints)
            .collect()
    }

    /// Lets every citizen who was answered listen to what is at the port that kring named.
    pub(crate) fn listen(&mut self, now: Moment, media: &mut MediaThreads) {
        for line in &mut self.lines {
            line.listen(now, media);
        }
    }

    /// When it next does something by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let lines = self.lines.iter().filter_map(Line::due);
        lines.chain(self.pings.iter().filter_map(Ping::due)).min()
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, post: &mut Post) {
        for line in &mut self.lines {
            if line.due().is_some_and(|due| due <= now) {
                line.wake(now, self.party, post);
            }
        }
        for ping in &mut self.pings {
            ping.wake(now, self.party, post);
        }
    }

    /// Takes what came from kring.
    pub(crate) fn receive(&mut self, now: Moment, letter: &Letter, post: &mut Post) {
        let party = self.party;
        if let Some(line) = self.lines.iter_mut().find(|line| line.is_meant(letter)) {
            line.receive(now, letter, party, post);
        } else if letter.answers("OPTIONS").is_some() {
            self.pings.iter_mut().for_each(|ping| ping.hear(letter));
        } else if letter.method().is_some_and(|method| method != "ACK") {
            post.answer(party, letter, Message::answer(letter, 481, "none"));
        }
    }
}
