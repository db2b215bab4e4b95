//! A witness's side of a confirmed dialog: what its requests say.

use crate::{
    network::Party,
    post::Post,
    wire::{Letter, Message},
};

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
    /// The dialog that a response makes of the INVITE.
    pub(crate) fn made_by(invite: &Message, response: &Letter) -> Dialog {
        Dialog {
            target: response
                .contact()
                .unwrap_or("sip:nobody@invalid")
                .to_owned(),
            from: invite.from().to_owned(),
            to: response.to().to_owned(),
            call_id: response.call_id().to_owned(),
        }
    }

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

/// CANCEL and the ACK of a refusal repeat the INVITE's key headers (RFC 3261 §9.1, §17.1.1.3).
pub(crate) fn copy_of(invite: &Message, method: &str, cseq: &str, to: &str) -> Message {
    let uri = invite.uri().unwrap_or("sip:nobody@invalid");
    Message::request(method, uri)
        .with("Max-Forwards", "70")
        .with("From", invite.from())
        .with("To", to)
        .with("Call-ID", invite.call_id())
        .with("CSeq", cseq)
}
