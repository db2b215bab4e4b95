//! An agent's screen and the person in front of it: what is pressed, and how long after which fact.

use crate::{chance::Chance, person::Outage};
use kring_call::command::{
    Command, ConsultTurn, OnTransferFailed, PlaceOrigin, PresenceWish, RecordWish, TransferPlace,
    TransferWanted,
};
use kring_journal::{AgentId, CallId, Fact, MonitorMode, PresenceState, Service, TransferMode};
use kring_time::Moment;
use std::time::Duration;

/// Something that a person sometimes does, some time after the fact that invites it.
#[derive(Clone, Copy, Debug)]
pub struct Habit {
    /// How often, of a thousand.
    pub of_1000: u32,
    /// How long after.
    pub after: Duration,
}

impl Habit {
    /// Does it every time, `ms` later.
    pub fn always_ms(ms: u64) -> Habit {
        Habit {
            of_1000: 1_000,
            after: Duration::from_millis(ms),
        }
    }
}

/// Something that an agent does with a caller.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Sends the caller elsewhere, or asks somebody.
    Transfers(TransferWanted),
    /// Turns to somebody else.
    Turns(ConsultTurn),
    /// Lets the caller hear music.
    Holds,
    /// Talks with the caller again.
    Resumes,
    /// Wants the recording of the call to begin, pause, go on or end.
    Records(RecordWish),
    /// Hangs up.
    HangsUp,
    /// Hears another agent's call so.
    Monitors(MonitorMode),
    /// Hears no more of it.
    StopsMonitoring,
}

impl Deed {
    /// A transfer or consult to these extensions, which an administrator has written.
    fn to(mode: TransferMode, extensions: &[&str]) -> Deed {
        let place = |number: &&str| TransferPlace {
            number: (*number).to_owned(),
            rings: 0,
        };
        Deed::Transfers(TransferWanted {
            mode,
            department: None,
            places: extensions.iter().map(place).collect(),
            origin: PlaceOrigin::Directory,
            reason: None,
            note: None,
            failing: OnTransferFailed::Recall,
        })
    }

    /// A blind transfer to the first of these that answers.
    pub fn transfers(extensions: &[&str]) -> Deed {
        Deed::to(TransferMode::Blind, extensions)
    }

    /// A consult with the first of these that answers.
    pub fn consults(extensions: &[&str]) -> Deed {
        Deed::to(TransferMode::Attended, extensions)
    }

    fn command(self, agent: AgentId, call: CallId) -> Command {
        match self {
            Deed::Transfers(wanted) => Command::Transfer {
                agent: Some(agent),
                call,
                wanted: Box::new(wanted),
            },
            Deed::Turns(turn) => Command::Consult {
                agent: Some(agent),
                call,
                turn,
            },
            Deed::Records(wish) => Command::Record {
                agent: Some(agent.clone()),
                by: agent,
                call,
                wish,
            },
            Deed::Holds => Command::Hold { agent, call },
            Deed::Resumes => Command::Resume { agent, call },
            Deed::HangsUp => Command::HangUp { agent, call },
            Deed::Monitors(mode) => Command::Monitor {
                by: agent,
                call,
                mode,
            },
            Deed::StopsMonitoring => Command::EndMonitor { by: agent, call },
        }
    }
}

/// A screen and the habits of its agent.
#[derive(Clone, Debug, Default)]
pub struct ScreenSetup {
    /// When the agent signs in and is ready; none: never.
    pub signs_in: Option<Moment>,
    /// Presence asked for later.
    pub wishes: Vec<(Moment, PresenceWish)>,
    /// Says that the ring sounds, after the INVITE.
    pub sounds: Option<Habit>,
    /// Takes this much more time for each record, after it began, s.
    pub extends: Option<(Habit, u64)>,
    /// Whether the screen acknowledges pops.
    pub alive: bool,
    /// Declines an offer.
    pub declines: Option<Habit>,
    /// Answers on the screen, after the phone's 18x.
    pub answers: Option<Habit>,
    /// Hangs up on the screen.
    pub hangs_up: Option<Habit>,
    /// What the agent does in each call, so long after the answer.
    pub deeds: Vec<(Duration, Deed)>,
    /// What the agent does in calls of others, so long after each is answered.
    pub watches: Vec<(Duration, Deed)>,
    /// Finishes the record before the time is over.
    pub writes_up: Option<Habit>,
    /// When it is dead: nothing is seen and nothing pressed.
    pub outages: Vec<Outage>,
    /// Comes back after having been paused for missed calls.
    pub returns: Option<Habit>,
}

/// The screen.
#[derive(Debug)]
pub(crate) struct Screen {
    agent: AgentId,
    setup: ScreenSetup,
    chance: Chance,
    agenda: Vec<(Moment, Command)>,
}

impl Screen {
    /// The screen of `agent`.
    pub(crate) fn new(agent: AgentId, setup: ScreenSetup, chance: Chance) -> Screen {
        let mut screen = Screen {
            agent: agent.clone(),
            setup,
            chance,
            agenda: Vec::new(),
        };
        if let Some(at) = screen.setup.signs_in {
            if screen.setup.alive {
                screen.plan(
                    at,
                    Command::ScreenAlive {
                        agent: agent.clone(),
                    },
                );
            }
            screen.plan(
                at,
                Command::SetPresence {
                    agent: agent.clone(),
                    wish: PresenceWish::Ready,
                },
            );
        }
        for outage in screen.setup.outages.clone() {
            let agent = agent.clone();
            screen.plan(outage.from, Command::ScreenDead { agent });
            let agent = screen.agent.clone();
            screen.plan(outage.until, Command::ScreenAlive { agent });
        }
        for (at, wish) in std::mem::take(&mut screen.setup.wishes) {
            screen.plan(
                at,
                Command::SetPresence {
                    agent: agent.clone(),
                    wish,
                },
            );
        }
        screen
    }

    /// When the next key is pressed.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// What is asked by `now`.
    pub(crate) fn command(&mut self, now: Moment) -> Option<Command> {
        while self.deadline()? <= now {
            let (at, command) = self.agenda.remove(0);
            let of_itself = matches!(
                command,
                Command::ScreenAlive { .. } | Command::ScreenDead { .. }
            );
            if of_itself || !self.is_dead(at) {
                return Some(command);
            }
        }
        None
    }

    fn is_dead(&self, now: Moment) -> bool {
        self.setup.outages.iter().any(|outage| outage.lasts(now))
    }

    /// Whose it is.
    pub(crate) fn agent(&self) -> &AgentId {
        &self.agent
    }

    /// Takes a fact that is shown to this agent, as the live socket would bring it.
    pub(crate) fn see(&mut self, now: Moment, call: Option<CallId>, fact: &Fact) {
        if self.is_dead(now) {
            return;
        }
        let agent = self.agent.clone();
        match (fact, call) {
            (Fact::Invited { .. }, Some(call)) => {
                let sounds = Command::RingAudible {
                    agent: agent.clone(),
                    call,
                };
                self.perhaps(now, self.setup.sounds, sounds);
                self.perhaps(now, self.setup.declines, Command::Decline { agent, call });
            }
            (Fact::Alerting { .. }, Some(call)) => {
                self.perhaps(now, self.setup.answers, Command::Answer { agent, call });
            }
            (Fact::Answered { .. } | Fact::Served(_), Some(call)) => {
                for (after, deed) in self.setup.deeds.clone() {
                    self.plan(now + after, deed.command(agent.clone(), call));
                }
                let hangs_up = self.setup.hangs_up;
                let hangs_up = hangs_up.filter(|_| matches!(fact, Fact::Answered { .. }));
                self.perhaps(now, hangs_up, Command::HangUp { agent, call });
            }
            (Fact::WrapUpOpened { .. }, Some(call)) => {
                if let Some((habit, more)) = self.setup.extends {
                    let longer = Command::ExtendWrapUp {
                        agent: agent.clone(),
                        call,
                        by: Duration::from_secs(more),
                    };
                    self.perhaps(now, Some(habit), longer);
                }
                self.perhaps(
                    now,
                    self.setup.writes_up,
                    Command::WrapUpDone { agent, call },
                );
            }
            (Fact::Presence { state, reason, .. }, _)
                if *state == PresenceState::Paused && is_for_missing(reason.as_deref()) =>
            {
                let wish = PresenceWish::Ready;
                self.perhaps(
                    now,
                    self.setup.returns,
                    Command::SetPresence { agent, wish },
                );
            }
            _ => {}
        }
    }

    /// Takes a fact of any call, as the wallboard shows it.
    pub(crate) fn watch(&mut self, now: Moment, call: CallId, fact: &Fact) {
        let by_another = match fact {
            Fact::Answered { agent, .. } | Fact::Served(Service { agent, .. }) => {
                *agent != self.agent
            }
            Fact::Connected(_) => true,
            _ => false,
        };
        if by_another && !self.is_dead(now) {
            for (after, deed) in self.setup.watches.clone() {
                self.plan(now + after, deed.command(self.agent.clone(), call));
            }
        }
    }

    fn perhaps(&mut self, now: Moment, habit: Option<Habit>, command: Command) {
        if let Some(habit) = habit
            && self.chance.happens(habit.of_1000)
        {
            self.plan(now + habit.after, command);
        }
    }

    fn plan(&mut self, at: Moment, command: Command) {
        let place = self.agenda.partition_point(|(other, _)| *other <= at);
        self.agenda.insert(place, (at, command));
    }
}

/// Whose screen makes somebody act on this fact, if any does.
pub(crate) fn shown_to(fact: &Fact) -> Option<&AgentId> {
    match fact {
        Fact::Invited { agent, .. }
        | Fact::Alerting { agent, .. }
        | Fact::Answered { agent, .. }
        | Fact::Served(Service { agent, .. })
        | Fact::WrapUpOpened { agent, .. }
        | Fact::Presence { agent, .. } => Some(agent),
        _ => None,
    }
}

/// Paused by kring for calls that were not taken.
fn is_for_missing(reason: Option<&str>) -> bool {
    let reasons = ["rona", "declined", "busy", "unregistered", "device"];
    reason.is_some_and(|reason| reasons.contains(&reason))
}
