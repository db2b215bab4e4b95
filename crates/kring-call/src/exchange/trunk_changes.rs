//! Trunks come, change and go while calls ring, wait and talk.
//!
//! Calls hold the index of the trunk that brought them, so trunks keep theirs: one that changes is changed in its
//! place, and one that is named no longer is *retired*. Nobody gets in by it and nothing is sent to it but what
//! its calls still have to say; its registration is taken back, and its place is taken when they are over.

use super::{Exchange, Output, trunks::Row};
use crate::{command::CommandRefused, limits::TRUNKS_MAX, trunk::Trunk};
use kring_time::Moment;

impl Exchange {
    /// Where each of these goes: its own place, a retired one's that no call needs, or a new one.
    pub(super) fn trunk_places(&self, trunks: &[Trunk]) -> Result<Vec<usize>, CommandRefused> {
        let known = &self.config.trunks;
        let own = |trunk: &Trunk| known.iter().position(|old| old.name == trunk.name);
        let is_needed = |place: usize| self.calls.values().any(|call| call.trunk == place);
        let mut free: Vec<usize> = (0..known.len())
            .filter(|place| !self.lines.serving.contains(place))
            .filter(|place| !trunks.iter().any(|trunk| own(trunk) == Some(*place)))
            .filter(|place| !is_needed(*place))
            .rev()
            .collect();
        let mut end = known.len();
        let mut places = Vec::with_capacity(trunks.len());
        for trunk in trunks {
            let place = own(trunk).or_else(|| free.pop()).unwrap_or_else(|| {
                end += 1;
                end - 1
            });
            places.push(place);
        }
        if end > TRUNKS_MAX {
            return Err(CommandRefused::TooManyTrunks);
        }
        Ok(places)
    }

    /// These from now on, in these places.
    pub(super) fn put_trunks(
        &mut self,
        now: Moment,
        places: &[usize],
        trunks: Vec<Trunk>,
        changed: &mut Vec<String>,
    ) {
        for place in self.lines.serving.clone() {
            if !places.contains(&place) {
                self.retire_trunk(now, place);
                changed.push(format!("trunk {} retired", self.config.trunks[place].name));
            }
        }
        let before = std::mem::replace(&mut self.lines.serving, places.to_vec());
        for (place, trunk) in places.iter().zip(trunks) {
            if let Some(how) = self.put_trunk(now, *place, trunk, before.contains(place)) {
                changed.push(how);
            }
        }
        if changed.is_empty() && before != places {
            changed.push("the order of the trunks".to_owned());
        }
        self.lines.reckon();
    }

    /// What has become of it; none: it was so before.
    fn put_trunk(
        &mut self,
        now: Moment,
        place: usize,
        mut trunk: Trunk,
        served: bool,
    ) -> Option<String> {
        let name = trunk.name.clone();
        if place == self.config.trunks.len() {
            self.shares.put(place, &trunk);
            self.lines.rows.push(Row::default());
            let account = trunk.line.account.clone();
            self.config.trunks.push(trunk);
            if let Some(account) = account {
                self.register(now, place, account);
            }
            self.tell_line(place);
            return Some(format!("trunk {name} added"));
        }
        let old = self.config.trunks[place].clone();
        let is_same_line = served && old.line.as_configured() == trunk.line.as_configured();
        if is_same_line {
            trunk.line = old.line.clone();
        }
        if served && old == trunk {
            return None;
        }
        self.shares.put(place, &trunk);
        self.config.trunks[place] = trunk;
        if !is_same_line {
            self.change_line(now, place, &old);
        }
        self.tell_line(place);
        let how = if served { "" } else { " added" };
        Some(format!("trunk {name}{how}"))
    }

    /// The line of a trunk leads elsewhere, or is somebody else's: what was known of it counts no longer.
    fn change_line(&mut self, now: Moment, place: usize, old: &Trunk) {
        let line = &mut self.config.trunks[place].line;
        let row = &mut self.lines.rows[place];
        if line.uri == old.line.uri {
            // Until its name is looked up anew.
            line.peers.clone_from(&old.line.peers);
        } else {
            (row.pings, row.up, row.last_error) = (Vec::new(), None, None);
        }
        let new = line.account.clone();
        let same_contact = |old: &crate::line::LineAccount| {
            let new = new.as_ref().map(|account| &account.contact_user);
            new == Some(&old.contact_user)
        };
        if let Some((id, _)) = row.account.take() {
            (row.registered, row.last_error) = (None, None);
            self.lines.accounts.remove(&id);
            if old.line.account.as_ref().is_some_and(same_contact) {
                // The new registration takes the place of the old one.
                self.endpoint.forget_account(id);
            } else {
                self.endpoint.unregister(now, id);
            }
        }
        if let Some(account) = new {
            self.register(now, place, account);
        }
    }

    fn retire_trunk(&mut self, now: Moment, place: usize) {
        let row = &mut self.lines.rows[place];
        let login = row.login;
        if let Some((id, _)) = row.account {
            self.lines.accounts.remove(&id);
            self.endpoint.unregister(now, id);
        }
        // The password goes on to be known for calls that are to be ended, and for taking the registration back.
        self.lines.rows[place] = Row {
            login,
            ..Row::default()
        };
        let trunk = &mut self.config.trunks[place];
        trunk.close();
        let gone = Output::LineGone(trunk.name.clone());
        self.outputs.push_back(gone);
    }
}
