//! Who hears whom in a relay now: those who are joined each other, a monitor all of them, and of those who are
//! joined as many the monitor as it may speak to.
//!
//! Whoever hears one alone gets that one's packets. Whoever hears several gets what the mixer makes of them.

use crate::{
    mixer::Mixer,
    order::{Joined, Monitoring, Side},
};

/// A set of sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides(u8);

/// How the sides are bound to each other.
#[derive(Clone, Debug)]
pub(crate) struct Bond {
    joined: Joined,
    monitoring: Option<Monitoring>,
    /// Whom each side hears, in the order of [`Side::ALL`].
    heard: [Sides; 4],
    /// Who hears each side.
    audiences: [Audience; 4],
    /// While anybody hears several.
    pub(crate) mixer: Option<Box<Mixer>>,
}

/// What a side hears of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    Nobody,
    One(Side),
    Mix,
}

/// A side's part in all this: a change of it is one in the stream that it gets, or in where its keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tie {
    pub(crate) hears: Hears,
    /// Who hears it and nobody else.
    pub(crate) heard_by: Option<Side>,
}

/// Who hears a side: at most one hears nobody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    /// Who hears it alone.
    pub(crate) alone: Option<Side>,
    /// Somebody hears it among others.
    pub(crate) in_a_mix: bool,
}

impl Sides {
    pub(crate) const fn has(self, side: Side) -> bool {
        self.0 & (1 << side as u8) != 0
    }

    fn with(self, side: Side) -> Sides {
        Sides(self.0 | 1 << side as u8)
    }

    fn without(self, side: Side) -> Sides {
        Sides(self.0 & !(1 << side as u8))
    }

    fn iter(self) -> impl Iterator<Item = Side> {
        Side::ALL.into_iter().filter(move |side| self.has(*side))
    }
}

impl FromIterator<Side> for Sides {
    fn from_iter<T: IntoIterator<Item = Side>>(sides: T) -> Sides {
        sides.into_iter().fold(Sides::default(), Sides::with)
    }
}

impl Bond {
    /// Caller and agent hear each other.
    pub(crate) fn new() -> Bond {
        let mut bond = Bond {
            joined: Joined::Without(Side::Third),
            monitoring: None,
            heard: Default::default(),
            audiences: Default::default(),
            mixer: None,
        };
        bond.settle(Sides::default());
        bond
    }

    /// What a side hears of the others, should they say something.
    pub(crate) fn hears(&self, side: Side) -> Hears {
        let heard = self.heard[side as usize];
        let mut sides = heard.iter();
        match (sides.next(), sides.next()) {
            (None, _) => Hears::Nobody,
            (Some(one), None) => Hears::One(one),
            (Some(_), Some(_)) => Hears::Mix,
        }
    }

    /// What a side hears, and who hears it alone.
    pub(crate) fn tie(&self, side: Side) -> Tie {
        Tie {
            hears: self.hears(side),
            heard_by: self.audience(side).alone,
        }
    }

    /// Who hears a side.
    #[inline]
    pub(crate) fn audience(&self, side: Side) -> Audience {
        self.audiences[side as usize]
    }

    /// Whether a side hears this one, alone or among others.
    pub(crate) fn is_heard_by(&self, speaker: Side, listener: Side) -> bool {
        self.heard[listener as usize].has(speaker)
    }

    /// From now on it is so. What does not mix by itself is `unmixable`: a monitor is not put to it.
    pub(crate) fn become_joined(&mut self, joined: Joined, unmixable: Sides) {
        self.joined = joined;
        self.settle(unmixable);
    }

    /// From now on the monitor is this to those who are joined; none: it is not there, or nothing to them.
    pub(crate) fn become_monitored(&mut self, monitoring: Option<Monitoring>, unmixable: Sides) {
        self.monitoring = monitoring;
        self.settle(unmixable);
    }

    /// The third has the agent's place: caller and new agent hear each other.
    pub(crate) fn succeed(&mut self, unmixable: Sides) {
        if let Some(mixer) = &mut self.mixer {
            mixer.succeed();
        }
        self.become_joined(Joined::Without(Side::Third), unmixable);
    }

    /// Something was said of what the sides speak.
    pub(crate) fn settle(&mut self, unmixable: Sides) {
        let members: Sides = self.members().collect();
        for side in Side::ALL {
            self.heard[side as usize] = self.heard_in(members, side, unmixable);
        }
        for side in Side::ALL {
            let hears = Side::ALL.map(|listener| (listener, self.hears(listener)));
            let mut alone = hears.iter().filter(|(_, hears)| *hears == Hears::One(side));
            let mut mixes = (hears.iter()).filter(|(_, hears)| *hears == Hears::Mix);
            self.audiences[side as usize] = Audience {
                alone: alone.next().map(|(listener, _)| *listener),
                in_a_mix: mixes.any(|(listener, _)| self.is_heard_by(side, *listener)),
            };
        }
        let mixes = |side: &Side| self.hears(*side) == Hears::Mix;
        if !Side::ALL.iter().any(mixes) {
            self.mixer = None;
        } else if self.mixer.is_none() {
            self.mixer = Some(Box::default());
        }
    }

    /// How the members of a conference are spoken to, as the exchange said it.
    pub(crate) fn coding(&self, side: Side) -> Option<crate::program::Coding> {
        match self.joined {
            Joined::Conference(codings) => codings.get(side as usize).copied(),
            Joined::Without(_) => None,
        }
    }

    /// Those of whom a side hears each, and itself not.
    pub(crate) fn heard(&self, side: Side) -> Sides {
        self.heard[side as usize]
    }

    fn heard_in(&self, members: Sides, side: Side, unmixable: Sides) -> Sides {
        let Some(monitoring) = self.monitoring else {
            return Bond::others(members, side);
        };
        if side == Side::Monitor {
            return members;
        }
        let others = Bond::others(members, side);
        let speaks_to = match monitoring {
            Monitoring::Listen => false,
            Monitoring::Whisper => side == Side::Agent,
            Monitoring::Barge => true,
        };
        // What would be mixed for it would be silence: rather the others as they are.
        let is_lost = unmixable.has(side) || others.iter().any(|other| unmixable.has(other));
        if speaks_to && members.has(side) && !is_lost {
            others.with(Side::Monitor)
        } else {
            others
        }
    }

    fn others(members: Sides, side: Side) -> Sides {
        if members.has(side) {
            members.without(side)
        } else {
            Sides::default()
        }
    }

    /// Those who are joined.
    pub(crate) fn members(&self) -> impl Iterator<Item = Side> + use<> {
        let left_out = match self.joined {
            Joined::Without(left_out) => Some(left_out),
            Joined::Conference(_) => None,
        };
        (Side::PARTIES.into_iter()).filter(move |side| Some(*side) != left_out)
    }
}

impl Tie {
    /// Of a place that nobody had.
    pub(crate) const NONE: Tie = Tie {
        hears: Hears::Nobody,
        heard_by: None,
    };

    /// The same after the third has taken the agent's place.
    pub(crate) fn after_succession(self) -> Tie {
        let new_place = |side| match side {
            Side::Third => Side::Agent,
            // The former agent, who has no place any more.
            Side::Agent => Side::Third,
            Side::Caller | Side::Monitor => side,
        };
        Tie {
            hears: match self.hears {
                Hears::One(side) => Hears::One(new_place(side)),
                Hears::Nobody | Hears::Mix => self.hears,
            },
            heard_by: self.heard_by.map(new_place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Side::{Agent, Caller, Monitor, Third};

    fn heard(bond: &Bond, side: Side) -> Vec<Side> {
        bond.heard(side).iter().collect()
    }

    /// The whole table of who hears whom, by hand.
    #[test]
    fn whoever_is_joined_hears_the_others_and_a_monitor_hears_all() {
        let all = [
            None,
            Some(Monitoring::Listen),
            Some(Monitoring::Whisper),
            Some(Monitoring::Barge),
        ];
        for monitoring in all {
            for left_out in Side::PARTIES {
                let mut bond = Bond::new();
                bond.become_joined(Joined::Without(left_out), Sides::default());
                bond.become_monitored(monitoring, Sides::default());
                let members: Vec<Side> = bond.members().collect();
                assert_eq!(heard(&bond, left_out), [], "{left_out:?}");
                for side in &members {
                    let mut expected: Vec<Side> = members
                        .iter()
                        .copied()
                        .filter(|other| other != side)
                        .collect();
                    match monitoring {
                        Some(Monitoring::Barge) => expected.push(Monitor),
                        Some(Monitoring::Whisper) if *side == Agent => expected.push(Monitor),
                        _ => {}
                    }
                    assert_eq!(heard(&bond, *side), expected, "{monitoring:?} {side:?}");
                }
                let monitor = if monitoring.is_some() {
                    members
                } else {
                    Vec::new()
                };
                assert_eq!(heard(&bond, Monitor), monitor);
            }
        }
    }

    #[test]
    fn packets_go_to_whom_hears_nobody_else_and_into_the_mix_of_others() {
        let mut bond = Bond::new();
        let audience = |bond: &Bond, side| {
            let Audience { alone, in_a_mix } = bond.audience(side);
            (alone, in_a_mix)
        };
        assert_eq!(audience(&bond, Caller), (Some(Agent), false));
        assert_eq!(audience(&bond, Third), (None, false));
        assert!(bond.mixer.is_none());
        bond.become_monitored(Some(Monitoring::Listen), Sides::default());
        assert_eq!(audience(&bond, Caller), (Some(Agent), true));
        assert_eq!(audience(&bond, Monitor), (None, false));
        bond.become_monitored(Some(Monitoring::Whisper), Sides::default());
        assert_eq!(audience(&bond, Caller), (None, true));
        assert_eq!(audience(&bond, Agent), (Some(Caller), true));
        assert_eq!(audience(&bond, Monitor), (None, true));
        bond.become_monitored(None, Sides::default());
        assert!(bond.mixer.is_none());
    }

    /// They would lose each other.
    #[test]
    fn a_monitor_is_not_put_to_those_who_cannot_be_mixed() {
        let unmixable = Sides::default().with(Caller);
        for monitoring in [Monitoring::Whisper, Monitoring::Barge] {
            let mut bond = Bond::new();
            bond.become_monitored(Some(monitoring), unmixable);
            assert_eq!(heard(&bond, Agent), [Caller]);
            assert_eq!(heard(&bond, Caller), [Agent]);
        }
    }
}
