//! Who has which place in a session of the simulated media, and what each of them hears.

use crate::ear::{Ear, People, Source, Who};
use kring_media::{Joined, Monitoring, PortPair, Program, Side};
use kring_time::Moment;

/// Somebody in a session, with the place's ports.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) ports: PortPair,
    pub(crate) ear: Ear,
    /// kring knows where to send sound.
    pub(crate) known: bool,
    /// It says that it sends sound.
    pub(crate) sends: bool,
    /// It neither sends nor listens: whoever was there has hung up.
    pub(crate) is_unplugged: bool,
    program: Option<Program>,
}

impl Seat {
    pub(crate) fn new(who: Who, ports: PortPair) -> Seat {
        Seat {
            ports,
            ear: Ear::of(who),
            known: false,
            sends: true,
            is_unplugged: false,
            program: None,
        }
    }
}

/// The places of one session, in the order of `Side::ALL`.
#[derive(Debug)]
pub(crate) struct Seats {
    seats: [Option<Seat>; 4],
    joined: Joined,
    /// Who hears the supervisor; none: they hear nobody yet, and nobody hears them.
    monitoring: Option<Monitoring>,
    /// Caller and agent were both there once.
    pub(crate) began: bool,
}

impl Seats {
    pub(crate) fn new(caller: PortPair, agent: PortPair) -> Seats {
        let seat = |who, ports| Some(Seat::new(who, ports));
        Seats {
            seats: [
                seat(Who::Caller, caller),
                seat(Who::Agent, agent),
                None,
                None,
            ],
            joined: Joined::Without(Side::Third),
            monitoring: None,
            began: false,
        }
    }

    pub(crate) fn get(&self, side: Side) -> Option<&Seat> {
        self.seats[side as usize].as_ref()
    }

    pub(crate) fn get_mut(&mut self, side: Side) -> Option<&mut Seat> {
        self.seats[side as usize].as_mut()
    }

    pub(crate) fn is_known(&self, side: Side) -> bool {
        self.get(side).is_some_and(|seat| seat.known)
    }

    pub(crate) fn ports(&self) -> impl Iterator<Item = PortPair> {
        self.seats.iter().flatten().map(|seat| seat.ports)
    }

    /// A third comes in. False: there is one already.
    pub(crate) fn admit(&mut self, third: PortPair) -> bool {
        self.takes_place(Side::Third, Seat::new(Who::Unit, third))
    }

    /// A supervisor comes in. False: there is one already.
    pub(crate) fn attend(&mut self, monitor: PortPair) -> bool {
        self.takes_place(Side::Monitor, Seat::new(Who::Monitor, monitor))
    }

    fn takes_place(&mut self, side: Side, seat: Seat) -> bool {
        let place = &mut self.seats[side as usize];
        let is_free = place.is_none();
        if is_free {
            *place = Some(seat);
        }
        is_free
    }

    /// The supervisor hears, and is heard so.
    pub(crate) fn monitor(&mut self, now: Moment, mode: Monitoring) {
        self.monitoring = Some(mode);
        self.listen(now);
    }

    /// The supervisor leaves.
    pub(crate) fn depart(&mut self, now: Moment) -> Option<Seat> {
        let monitor = self.seats[Side::Monitor as usize].take()?;
        self.monitoring = None;
        self.listen(now);
        Some(monitor)
    }

    pub(crate) fn join(&mut self, now: Moment, joined: Joined) {
        self.joined = joined;
        self.listen(now);
    }

    /// The third leaves.
    pub(crate) fn dismiss(&mut self, now: Moment) -> Option<Seat> {
        let third = self.seats[Side::Third as usize].take()?;
        self.join(now, Joined::Without(Side::Third));
        Some(third)
    }

    /// The third takes the agent's place; gives the former agent.
    pub(crate) fn succeed(&mut self, now: Moment) -> Option<Seat> {
        let third = self.seats[Side::Third as usize].take()?;
        let former = self.seats[Side::Agent as usize].replace(third);
        self.join(now, Joined::Without(Side::Third));
        former
    }

    /// A program that is played again begins anew.
    pub(crate) fn play(&mut self, now: Moment, side: Side, program: Option<Program>) {
        if let Some(seat) = self.get_mut(side) {
            seat.ear.begin_anew(now);
            seat.program = program;
        }
        self.listen(now);
    }

    /// Turns each ear to where sound now comes from.
    pub(crate) fn listen(&mut self, now: Moment) {
        let people = Side::ALL.map(|side| self.heard_by(side));
        for (seat, people) in self.seats.iter_mut().zip(people) {
            let Some(seat) = seat else { continue };
            let source = match &seat.program {
                _ if !seat.known || seat.is_unplugged => Source::Unplugged,
                Some(program) => Source::Kring(program.clone(), people),
                None => Source::Person(people),
            };
            if *seat.ear.source() != source {
                seat.ear.turn(now, source);
            }
        }
    }

    /// Whom of the others a side would hear if kring did not speak to it.
    pub(crate) fn heard_by(&self, side: Side) -> People {
        let heard = Side::ALL
            .into_iter()
            .filter(|other| self.is_heard(side, *other))
            .filter_map(|other| self.get(other))
            .filter(|seat| seat.known && seat.sends);
        People::of(heard.map(|seat| seat.ear.who()))
    }

    fn is_heard(&self, by: Side, of: Side) -> bool {
        match (by, of) {
            (Side::Monitor, Side::Monitor) => false,
            (Side::Monitor, party) => self.monitoring.is_some() && self.is_joined(party),
            (party, Side::Monitor) => match self.monitoring {
                None | Some(Monitoring::Listen) => false,
                Some(Monitoring::Whisper) => party == Side::Agent && self.is_joined(party),
                Some(Monitoring::Barge) => self.is_joined(party),
            },
            (by, of) => by != of && self.is_joined(by) && self.is_joined(of),
        }
    }

    fn is_joined(&self, side: Side) -> bool {
        match self.joined {
            Joined::Without(left_out) => side != left_out,
            Joined::Conference(_) => true,
        }
    }

    /// The one side that hears this one, if it is one.
    pub(crate) fn only_listener(&self, side: Side) -> Option<Side> {
        let Joined::Without(left_out) = self.joined else {
            return None;
        };
        let mut others = Side::PARTIES
            .into_iter()
            .filter(|other| ![side, left_out].contains(other));
        let listener = others.next().filter(|_| side != left_out)?;
        self.is_known(listener).then_some(listener)
    }

    pub(crate) fn into_seats(self) -> impl Iterator<Item = Seat> {
        self.seats.into_iter().flatten()
    }
}
