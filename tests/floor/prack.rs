//! The PRACKs of a caller: one for each provisional response that wants one, in their order, each
//! sent again until it is answered (RFC 3262 §4).

use crate::{
    clock::Repeats,
    dialog::Dialog,
    network::Party,
    post::{Post, Sent},
    wire::Letter,
};
use kring_time::Moment;

/// The PRACKs of one call.
#[derive(Debug, Default)]
pub(crate) struct Pracks {
    last: Option<u32>,
    sent: u32,
    open: Vec<(Sent, Repeats)>,
}

impl Pracks {
    /// How many were sent: the sequence numbers that they used up.
    pub(crate) fn sent(&self) -> u32 {
        self.sent
    }

    /// A provisional response with this RSeq came.
    pub(crate) fn heard(
        &mut self,
        now: Moment,
        number: u32,
        dialog: &Dialog,
        from: Party,
        post: &mut Post,
    ) {
        // A repetition, or one that another has overtaken.
        if self.last.is_some_and(|last| number != last + 1) {
            return;
        }
        self.last = Some(number);
        self.sent += 1;
        let prack = dialog
            .request("PRACK", 1 + self.sent, from, post)
            .with("RAck", format!("{number} 1 INVITE"));
        let prack = post.send(from, prack);
        let repeats = Repeats::bounded(now, post.wire(from));
        self.open.push((prack, repeats));
    }

    /// Takes a response.
    pub(crate) fn hear(&mut self, letter: &Letter) {
        if letter.code().is_some_and(|code| code >= 200) {
            self.open
                .retain(|(prack, _)| prack.letter.branch() != letter.branch());
        }
    }

    /// When one is to be sent again.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.open.iter().map(|(_, repeats)| repeats.due()).min()
    }

    /// Sends again what is due by `now`.
    pub(crate) fn wake(&mut self, now: Moment, from: Party, post: &mut Post) {
        self.open.retain_mut(|(prack, repeats)| {
            if repeats.due() > now {
                return true;
            }
            match repeats.again(now) {
                Some(again) => {
                    post.again(from, again.then_some(&*prack));
                    true
                }
                None => false,
            }
        });
    }
}
