//! Phones that register with kring: whoever has one is told when it can be rung nowhere any more, and when it is back.

use super::{Inner, floor::When};
use crate::{clock::rfc3339, wire::Said};
use kring_journal::Fact;

impl Inner {
    /// Tells those whose device the phone is, if the fact is about one. A phone that is left in another place is not gone.
    pub(super) fn tell_of_phone(&self, when: When, fact: &Fact) {
        let (phone, there) = match fact {
            Fact::PhoneRegistered(phone) => (&phone.phone, true),
            Fact::PhoneGone(phone) if phone.bindings == Some(0) => (&phone.phone, false),
            _ => return,
        };
        let device = format!("phone:{phone}");
        let mut owners = self.all_streams();
        owners.retain(|stream| stream.has_device(&device));
        let said = Said::Device {
            device,
            there,
            since: rfc3339(when.wall),
        };
        for owner in owners {
            owner.outbox().put(self.stamp(when), None, &said);
        }
    }
}
