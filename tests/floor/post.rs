//! What a witness hands to the network, and the branches that only it may choose.

use crate::{
    clock::Wire,
    network::Party,
    wire::{Letter, Message},
};
use bytes::Bytes;
use std::rc::Rc;

/// A message as it was sent, ready to be sent again unchanged.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// What it says.
    pub letter: Letter,
    /// As it was on the wire.
    pub bytes: Bytes,
}

/// The letter box of the floor: everything that the witnesses send is for kring.
#[derive(Debug, Default)]
pub(crate) struct Post {
    out: Vec<(Party, Sent)>,
    branches: u64,
    streams: Vec<Party>,
    unreachable: Vec<Party>,
}

impl Post {
    /// Sends a message and keeps it for repetition.
    pub(crate) fn send(&mut self, from: Party, message: Message) -> Sent {
        let bytes = Bytes::from(message.write());
        let sent = Sent {
            letter: Rc::new(message),
            bytes,
        };
        self.out.push((from, sent.clone()));
        sent
    }

    /// Answers a request statelessly.
    pub(crate) fn answer(&mut self, from: Party, request: &Letter, answer: Message) {
        debug_assert_eq!(request.call_id(), answer.call_id());
        self.send(from, answer);
    }

    /// Sends again what was sent before, if there is something.
    pub(crate) fn again(&mut self, from: Party, sent: Option<&Sent>) {
        self.out.extend(sent.map(|sent| (from, sent.clone())));
    }

    /// A Via with a branch that was never used.
    pub(crate) fn new_via(&mut self, from: Party) -> String {
        self.branches += 1;
        let address = from.address();
        let transport = match self.wire(from) {
            Wire::Datagrams => "UDP",
            Wire::Stream => "TCP",
        };
        format!(
            "SIP/2.0/{transport} {address};branch=z9hG4bK-floor-{};rport",
            self.branches
        )
    }

    /// A letter box for parties of which these speak by stream.
    pub(crate) fn new(streams: Vec<Party>) -> Post {
        Post {
            streams,
            ..Post::default()
        }
    }

    /// How this party's messages travel.
    pub(crate) fn wire(&self, party: Party) -> Wire {
        if self.streams.contains(&party) {
            Wire::Stream
        } else {
            Wire::Datagrams
        }
    }

    /// The Contact of this party.
    pub(crate) fn contact(&self, party: Party) -> String {
        match self.wire(party) {
            Wire::Datagrams => format!("<sip:witness@{}>", party.address()),
            Wire::Stream => format!("<sip:witness@{};transport=tcp>", party.address()),
        }
    }

    /// The network tells kring that nobody is there.
    pub(crate) fn nobody_there(&mut self, party: Party) {
        self.unreachable.push(party);
    }

    /// Takes out whom kring is told to be unreachable.
    pub(crate) fn collect_unreachable(&mut self) -> Vec<Party> {
        std::mem::take(&mut self.unreachable)
    }

    /// Takes out what is to be carried.
    pub(crate) fn collect(&mut self) -> Vec<(Party, Sent)> {
        std::mem::take(&mut self.out)
    }
}
