//! An offer: one INVITE usage that rings all the devices of one agent, and what each of them has said.
//!
//! The exchange sees one leg an agent. Which device it was matters for the evidence, for devices with a
//! ring period of their own, and for those that are dead or silent while another one rings.

use crate::{
    command::Device,
    limits::{AUDIBLE_WITHIN, PHONE_SILENT_AFTER},
    ring::RingClock,
};
use kring_journal::{AgentId, Withdrawal};
use kring_media::Shield;
use kring_sip::{BranchId, LegId};
use kring_time::Moment;
use std::{net::IpAddr, ops::Range, sync::Arc, time::Duration};

/// An INVITE to an agent's phones.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) leg: LegId,
    pub(crate) agent: AgentId,
    pub(crate) invited: Moment,
    /// The version of the sound that it was offered.
    pub(crate) offered: u64,
    /// The keys that each branch was offered.
    pub(crate) shields: Vec<Option<Arc<Shield>>>,
    /// At least one.
    pub(crate) devices: Vec<RungDevice>,
    /// It was offered the last ring only, by an `all` hop: not answering that is no fault.
    pub(crate) last_ring_only: bool,
    /// CANCEL is out, and a 200 may be on its way.
    pub(crate) withdrawn: Option<Told>,
}

/// The phones were told to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) why: Withdrawal,
    pub(crate) at: Moment,
}

/// One device that rings for an offer.
#[derive(Clone, Debug)]
pub(crate) struct RungDevice {
    pub(crate) name: String,
    /// Its own ring period, if it has one.
    pub(crate) own_period: Option<Duration>,
    /// Its branches of the leg: as many as the places from which it has registered.
    pub(crate) branches: Range<u8>,
    /// Of each, from which address its sound may turn out to come.
    pub(crate) behind: Vec<Option<IpAddr>>,
    /// How many of them have not ended.
    pub(crate) open: u8,
    /// It has answered with something, if only 100.
    pub(crate) heard: bool,
    pub(crate) alerting: bool,
    /// The phone can be made to answer.
    pub(crate) answerable: bool,
    /// When its page must have said that it sounds; none: it need not, or has.
    pub(crate) audible_by: Option<Moment>,
    /// When it must be silent at the latest.
    pub(crate) silent_by: Moment,
    pub(crate) state: DeviceState,
}

/// Whether a device is part of the offer still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceState {
    /// It rings, or will.
    Ringing,
    /// It has rung as often as it may, and was told to stop.
    RungOut,
    /// It ended by itself, or was given up.
    Out,
}

/// Why a device must be seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// It has said nothing at all.
    Silent,
    /// Its page has not said that it sounds.
    Inaudible,
    /// It has rung as often as it may by its own period.
    RungOut,
}

impl RungDevice {
    /// `device`, invited `now` in these branches.
    pub(crate) fn new(
        now: Moment,
        device: &Device,
        branches: Range<u8>,
        clock: &RingClock,
    ) -> RungDevice {
        RungDevice {
            name: device.name.clone(),
            own_period: device.ring_period,
            open: branches.end - branches.start,
            branches,
            behind: Vec::new(),
            heard: false,
            alerting: false,
            answerable: false,
            audible_by: device.must_be_heard.then(|| now + AUDIBLE_WITHIN),
            silent_by: clock.silent_by(now, device.ring_period),
            state: DeviceState::Ringing,
        }
    }

    fn due(&self, invited: Moment, clock: &RingClock) -> Option<(Moment, Overdue)> {
        if self.state != DeviceState::Ringing {
            return None;
        }
        let silent = (!self.heard).then(|| (invited + PHONE_SILENT_AFTER, Overdue::Silent));
        let audible = self.audible_by.map(|at| (at, Overdue::Inaudible));
        let own = self.own_period.map(|period| {
            let ends = clock.own_allowance_ends(invited, period);
            (ends, Overdue::RungOut)
        });
        // Rings that end with the call's are withdrawn with all the others'.
        let own = own.filter(|(ends, _)| self.heard && *ends < clock.withdraw_at());
        [silent, audible, own]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}

impl Offer {
    /// The keys that a branch was offered.
    pub(crate) fn shield(&self, branch: BranchId) -> Option<Arc<Shield>> {
        self.shields.get(usize::from(branch.0)).cloned().flatten()
    }

    /// From which address the sound of this branch's phone may turn out to come.
    pub(crate) fn behind(&self, branch: BranchId) -> Option<IpAddr> {
        let mut devices = self.devices.iter();
        let device = devices.find(|device| device.branches.contains(&branch.0))?;
        let nth = usize::from(branch.0 - device.branches.start);
        device.behind.get(nth).copied().flatten()
    }

    /// When a phone of it must be seen to, apart from the call's own steps.
    pub(crate) fn due(&self, clock: &RingClock) -> Option<Moment> {
        self.next(clock).map(|(at, ..)| at)
    }

    /// The first device that must be seen to by `now`, and why.
    pub(crate) fn overdue(&self, now: Moment, clock: &RingClock) -> Option<(usize, Overdue)> {
        let (at, device, why) = self.next(clock)?;
        (at <= now).then_some((device, why))
    }

    fn next(&self, clock: &RingClock) -> Option<(Moment, usize, Overdue)> {
        let devices = self.devices.iter().enumerate();
        let due = devices.filter_map(|(index, device)| {
            let (at, why) = device.due(self.invited, clock)?;
            Some((at, index, why))
        });
        due.min_by_key(|(at, ..)| *at)
    }

    /// Whether other devices than this one ring still.
    pub(crate) fn others_ring(&self, device: usize) -> bool {
        let mut devices = self.devices.iter().enumerate();
        devices.any(|(index, other)| index != device && other.state == DeviceState::Ringing)
    }

    /// Which device this branch belongs to.
    pub(crate) fn device_of(&self, branch: BranchId) -> Option<usize> {
        let mut devices = self.devices.iter();
        devices.position(|device| device.branches.contains(&branch.0))
    }

    /// The name of a device, as facts say it: of the only one nothing.
    pub(crate) fn named(&self, device: Option<usize>) -> Option<String> {
        let several = self.devices.len() > 1;
        let device = device
            .filter(|_| several)
            .and_then(|at| self.devices.get(at));
        device.map(|device| device.name.clone())
    }

    /// Whether any phone sounded, by what it said.
    pub(crate) fn alerting(&self) -> bool {
        self.devices.iter().any(|device| device.alerting)
    }

    /// Whether any phone that rings can be made to answer.
    pub(crate) fn answerable(&self) -> bool {
        self.devices.iter().any(|device| device.answerable)
    }

    /// When all that ring must be silent.
    pub(crate) fn silent_by(&self) -> Moment {
        let ringing = |device: &&RungDevice| device.state == DeviceState::Ringing;
        let ringing = self.devices.iter().filter(ringing);
        let last = ringing.map(|device| device.silent_by).max();
        let any = || self.devices.iter().map(|device| device.silent_by).max();
        last.or_else(any).unwrap_or(self.invited)
    }

    /// When this device must be silent; when all must, if it is not known which it is.
    pub(crate) fn silent_by_of(&self, device: Option<usize>) -> Moment {
        let device = device.and_then(|at| self.devices.get(at));
        device.map_or_else(|| self.silent_by(), |device| device.silent_by)
    }

    /// The devices that were told to stop after their own rings, and have not said that they did.
    pub(crate) fn sounding_on(&self) -> impl Iterator<Item = &RungDevice> {
        let devices = self.devices.iter();
        devices.filter(|device| device.state == DeviceState::RungOut && device.open > 0)
    }

    /// Whether a phone of it has rung as often as it may by its own period.
    pub(crate) fn has_rung_out(&self) -> bool {
        let mut devices = self.devices.iter();
        devices.any(|device| device.state == DeviceState::RungOut)
    }
}
