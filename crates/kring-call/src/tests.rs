//! What the unit tests of this crate share.

use crate::command::{Device, Place};
use kring_sip::{Peer, Transport, Uri};

/// A phone at a fixed address.
pub(crate) fn device(user: &str) -> Device {
    Device {
        name: format!("sip:{user}@127.0.0.1:5071"),
        place: Place::At {
            uri: Uri::sip(Some(user), "127.0.0.1", Some(5071)).unwrap(),
            peers: vec![Peer {
                transport: Transport::Udp,
                address: ([127, 0, 0, 1], 5071).into(),
            }],
        },
        ring_period: None,
    }
}
