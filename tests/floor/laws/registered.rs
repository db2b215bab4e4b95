//! Who was told that it is registered is called there as long as that lasts, and nobody else is.

use super::Court;
use crate::{network::Party, witness::Evidence};
use kring_journal::{Fact, Unreached};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What kring has told one telephone: when, and until when it is registered.
type Told = Vec<(Moment, Moment)>;

/// Compares every INVITE, and every agent passed over as unregistered, with what kring told the phones.
pub(super) fn called_where_they_are(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    let told: BTreeMap<u8, Told> = (0_u8..)
        .zip(&account.enrolled)
        .filter(|(_, enrolled)| **enrolled)
        .map(|(phone, _)| (phone, told(evidence, phone)))
        .collect();
    if told.is_empty() {
        return;
    }
    let of_same_agent = |phone: u8| {
        let phones = told.keys().copied();
        phones.filter(move |other| evidence.agent(*other) == evidence.agent(phone))
    };
    // A connection may be lost without the phone's knowing.
    let surely = |phone: u8, at| !account.on_tcp[usize::from(phone)] && lasts(&told[&phone], at);
    let mut rung: BTreeMap<(&str, Moment), BTreeSet<u8>> = BTreeMap::new();
    for leg in &evidence.phone_legs {
        let (phone, at) = (leg.phone, leg.invited);
        let Some(told) = told.get(&phone) else {
            continue;
        };
        rung.entry((leg.call_id, at)).or_default().insert(phone);
        if !told
            .iter()
            .any(|(since, until)| *since <= at && at <= *until)
        {
            court.accuse("registered", format!("phone {phone} was rung at {at}"));
        }
    }
    for ((_, at), phones) in rung {
        let one = phones.first().copied().unwrap_or_default();
        let missing =
            of_same_agent(one).find(|other| !phones.contains(other) && surely(*other, at));
        if let Some(other) = missing {
            court.accuse("registered", format!("phone {other} was not rung at {at}"));
        }
    }
    for entry in &account.entries {
        let Fact::Unreached {
            agent,
            why: Unreached::Unregistered,
            code: 0,
        } = &entry.fact
        else {
            continue;
        };
        let mut phones = told.keys().copied();
        let own = phones.find(|n| evidence.agent(*n) == Some(agent) && surely(*n, entry.at));
        if let Some(phone) = own {
            court.accuse("registered", format!("{entry}: phone {phone} is"));
        }
    }
}

/// Told before `at`, and not to the contrary since.
fn lasts(told: &Told, at: Moment) -> bool {
    let last = told.iter().rev().find(|(since, _)| *since <= at);
    last.is_some_and(|(since, until)| *since < at && *until > at)
}

fn told(evidence: &Evidence<'_>, phone: u8) -> Told {
    let own = Party::Phone(phone);
    let place = own.address().to_string();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut told: Told = Vec::new();
    for datagram in &evidence.account.datagrams {
        let letter = &datagram.letter;
        let is_told = datagram.from == Party::Kring
            && datagram.to == own
            && letter.answers("REGISTER") == Some(200);
        if !is_told || !known.insert(letter.branch()) {
            continue;
        }
        let contact = letter
            .all("Contact")
            .find(|contact| contact.contains(&place));
        let expires = contact.and_then(|contact| contact.split_once("expires="));
        let expires_s: u64 = expires.and_then(|(_, s)| s.parse().ok()).unwrap_or(0);
        let since = datagram.sent;
        // What it was told before ends here.
        if let Some((_, until)) = told.last_mut() {
            *until = since.min(*until);
        }
        told.push((since, since + Duration::from_secs(expires_s)));
    }
    told
}
