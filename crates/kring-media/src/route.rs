//! How packets of one side go on to another, by their payload number.
//!
//! Found when a number comes for the first time and kept for the next packet: one call is one packet of every
//! call, and most of them never change.

use crate::speech::{Recodable, Speech, Tongue};

/// The way of the packets of one number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// The payload number at the speaker; above 127: none yet.
    pub(crate) number: u8,
    pub(crate) way: Way,
    /// From the speaker's clock to the listener's.
    pub(crate) scale: Scale,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    AsItIs,
    /// Under another number.
    Under(u8),
    /// As another packet, under this number.
    Recoded(u8, Recoding),
    /// Its listener does not know what it is.
    NotUnderstood,
}

/// What is made of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recoding {
    Sound {
        from: Recodable,
        to: Recodable,
    },
    /// Key events (RFC 4733) of one clock, Hz, as those of another.
    Keys {
        from: u32,
        to: u32,
    },
}

/// Units of one clock in those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

impl Scale {
    /// One clock of telephone sound on both sides.
    pub(crate) const PLAIN: Scale = Scale::same(8_000);

    pub(crate) const fn same(clock: u32) -> Scale {
        Scale {
            from: clock,
            to: clock,
        }
    }

    pub(crate) const fn is_one(self) -> bool {
        self.from == self.to
    }
}

impl Default for Scale {
    fn default() -> Scale {
        Scale::PLAIN
    }
}

impl Default for Route {
    fn default() -> Route {
        Route {
            number: u8::MAX,
            way: Way::AsItIs,
            scale: Scale::PLAIN,
        }
    }
}

impl Route {
    /// The way of what `speaker` sends under `number` to `listener`. `sound` is the way that its sound went
    /// last: key events lie on its line of timestamps.
    pub(crate) fn find(number: u8, speaker: &Speech, listener: &Speech, sound: Scale) -> Route {
        let known = speaker.sent_under(number);
        if listener.is_unknown() {
            let clock = known.map_or(8_000, |codec| codec.clock);
            return Route {
                number,
                way: Way::AsItIs,
                scale: Scale::same(clock),
            };
        }
        let (way, scale) = match known {
            Some(codec) if codec.is_telephone_event() => keys(number, codec.clock, listener, sound),
            Some(codec) => match listener.takes(codec, number) {
                Some(theirs) => (as_is(number, theirs), Scale::same(codec.clock)),
                None => recoded(Recodable::of(codec), listener),
            },
            None => foreign(number, speaker, listener),
        };
        Route { number, way, scale }
    }

    /// The codecs whose state is needed to go this way.
    pub(crate) fn needs(&self) -> Option<(Recodable, Recodable)> {
        match self.way {
            Way::Recoded(_, Recoding::Sound { from, to }) => Some((from, to)),
            _ => None,
        }
    }
}

fn as_is(number: u8, theirs: u8) -> Way {
    if number == theirs {
        Way::AsItIs
    } else {
        Way::Under(theirs)
    }
}

fn recoded(from: Option<Recodable>, listener: &Speech) -> (Way, Scale) {
    let (Some(from), Some(Tongue { codec: to, number })) = (from, listener.preferred()) else {
        return (Way::NotUnderstood, Scale::PLAIN);
    };
    let scale = Scale {
        from: from.clock(),
        to: to.clock(),
    };
    (Way::Recoded(number, Recoding::Sound { from, to }), scale)
}

fn keys(number: u8, clock: u32, listener: &Speech, sound: Scale) -> (Way, Scale) {
    let wanted = if sound.is_one() { clock } else { sound.to };
    match listener.keys(wanted) {
        Some((theirs, to)) if to == clock && sound.is_one() => (as_is(number, theirs), sound),
        Some((theirs, to)) => {
            let recoding = Recoding::Keys { from: clock, to };
            (Way::Recoded(theirs, recoding), sound)
        }
        None => (Way::NotUnderstood, sound),
    }
}

/// A number that nobody has named: a static one means something all the same.
fn foreign(number: u8, speaker: &Speech, listener: &Speech) -> (Way, Scale) {
    match speaker.tongue_under(number) {
        None if listener.clock_under(number).is_some() => (Way::AsItIs, Scale::PLAIN),
        None => (Way::NotUnderstood, Scale::PLAIN),
        Some(codec) => match listener.number_of(codec, number) {
            Some(theirs) => (as_is(number, theirs), Scale::same(codec.clock())),
            None => recoded(Some(codec), listener),
        },
    }
}
