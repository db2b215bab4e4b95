//! A witness's side of a confirmed dialog: its requests, and the re-INVITE with which it holds the sound.

use crate::{
    clock::Repeats,
    network::Party,
    post::{Post, Sent},
    wire::{Letter, Message, description},
};
use kring_time::Moment;

/// What every request within the dialog says.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    /// Contact of the other side.
    pub(crate) target: String,
    /// This side, with its tag.
    pub(crate) from: String,
    /// The other side, with its tag.
    pub(crate) to: String,
    /// Call-ID.
    pub(crate) call_id: String,
}

impl Dialog {
    /// A request within the dialog; its branch is new.
    pub(crate) fn request(&self, method: &str, seq: u32, from: Party, post: &mut Post) -> Message {
        Message::request(method, &self.target)
            .with("Via", post.new_via(from))
            .with("Max-Forwards", "70")
            .with("From", self.from.clone())
            .with("To", self.to.clone())
            .with("Call-ID", self.call_id.clone())
            .with("CSeq", format!("{seq} {method}"))
    }
}

#[derive(Debug)]
enum State {
    Planned {
        at: Moment,
    },
    /// Nothing came back yet.
    Asked {
        invite: Sent,
        repeats: Repeats,
    },
    /// Something came back.
    Heard {
        invite: Sent,
    },
}

/// A re-INVITE that says `sendonly`: hold, as every telephone has it.
#[derive(Debug)]
pub(crate) struct Hold {
    seq: u32,
    state: State,
}

impl Hold {
    /// A hold at `at`, with this sequence number.
    pub(crate) fn planned(at: Moment, seq: u32) -> Hold {
        Hold {
            seq,
            state: State::Planned { at },
        }
    }

    /// When it wants to do something.
    pub(crate) fn due(&self) -> Option<Moment> {
        match &self.state {
            State::Planned { at } => Some(*at),
            State::Asked { repeats, .. } => Some(repeats.due()),
            State::Heard { .. } => None,
        }
    }

    /// Does what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, dialog: &Dialog, from: Party, post: &mut Post) {
        match &mut self.state {
            State::Planned { at } if *at <= now => {
                let held = description(&from.address().ip().to_string(), 4_002);
                let invite = dialog
                    .request("INVITE", self.seq, from, post)
                    .with("Contact", post.contact(from))
                    .describing(held.replace("sendrecv", "sendonly"));
                let invite = post.send(from, invite);
                self.state = State::Asked {
                    invite,
                    repeats: Repeats::of_invite(now, post.wire(from)),
                };
            }
            State::Asked { invite, repeats } if repeats.due() <= now => match repeats.again(now) {
                Some(again) => post.again(from, again.then_some(&*invite)),
                None => {
                    self.state = State::Heard {
                        invite: invite.clone(),
                    }
                }
            },
            _ => {}
        }
    }

    /// Takes a response, if it is to this re-INVITE: whether it was.
    pub(crate) fn hear(
        &mut self,
        letter: &Letter,
        dialog: &Dialog,
        from: Party,
        post: &mut Post,
    ) -> bool {
        let (State::Asked { invite, .. } | State::Heard { invite }) = &self.state else {
            return false;
        };
        if invite.letter.branch() != letter.branch() {
            return false;
        }
        let invite = invite.clone();
        match letter.code() {
            Some(200..=299) => {
                let ack = dialog.request("ACK", self.seq, from, post);
                post.send(from, ack);
            }
            Some(300..) => {
                // The ACK of a refusal has the branch of its INVITE (RFC 3261 §17.1.1.3).
                let ack = Message::request("ACK", &dialog.target)
                    .with("Via", invite.letter.get("Via").unwrap_or_default())
                    .with("Max-Forwards", "70")
                    .with("From", dialog.from.clone())
                    .with("To", letter.to())
                    .with("Call-ID", dialog.call_id.clone())
                    .with("CSeq", format!("{} ACK", self.seq));
                post.send(from, ack);
            }
            _ => {}
        }
        self.state = State::Heard { invite };
        true
    }
}
