//! Who hears whom in a relay now.

use crate::{
    conference::Conference,
    order::{Joined, Side},
};

/// How the sides are bound to each other.
#[derive(Clone, Debug)]
pub(crate) enum Bond {
    /// All but this side hear each other.
    Without(Side),
    /// All three do.
    Conference(Box<Conference>),
}

/// What a side hears of the others. Who is heard by one side alone hears it alone as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    Nobody,
    One(Side),
    Mix,
}

impl Bond {
    /// What a side hears of the others, should they say something.
    pub(crate) fn hears(&self, side: Side) -> Hears {
        match self {
            Bond::Without(left_out) => side.beside(*left_out).map_or(Hears::Nobody, Hears::One),
            Bond::Conference(_) => Hears::Mix,
        }
    }

    /// From now on it is so. A conference that goes on keeps what it has heard.
    pub(crate) fn become_joined(&mut self, joined: Joined) {
        match (&mut *self, joined) {
            (_, Joined::Without(left_out)) => *self = Bond::Without(left_out),
            (Bond::Conference(conference), Joined::Conference(codings)) => {
                conference.speak_in(codings);
            }
            (Bond::Without(_), Joined::Conference(codings)) => {
                *self = Bond::Conference(Box::new(Conference::new(codings)));
            }
        }
    }

    /// Those who hear each other.
    pub(crate) fn members(&self) -> impl Iterator<Item = Side> {
        let left_out = match self {
            Bond::Without(left_out) => Some(*left_out),
            Bond::Conference(_) => None,
        };
        (Side::PARTIES.into_iter()).filter(move |side| Some(*side) != left_out)
    }
}

impl Hears {
    /// The same after the third has taken the agent's place.
    pub(crate) fn after_succession(self) -> Hears {
        match self {
            Hears::One(Side::Third) => Hears::One(Side::Agent),
            // The former agent, who has no place any more.
            Hears::One(Side::Agent) => Hears::One(Side::Third),
            Hears::One(Side::Caller | Side::Monitor) | Hears::Nobody | Hears::Mix => self,
        }
    }
}
