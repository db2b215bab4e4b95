//! A call of ours while it rings: the INVITEs that still wait for an answer, and the best refusal of
//! those that have one (RFC 3261 §16.7).
//!
//! Every INVITE here is wanted, or on its way to being given up by order. One that lost, or that was
//! silent so long that another peer was asked, belongs to nobody: see [`super::orphans`].

use super::{BranchId, LegEvent, OwnOffer, limits, proofs::Proofs};
use crate::{
    HeaderName, Headers, Peer, Reason, Response, StatusCode, dialog::Dialog, endpoint::Heads,
    transaction::ClientKey,
};
use bytes::Bytes;
use kring_time::Moment;
use std::collections::VecDeque;

/// We call.
#[derive(Debug)]
pub(crate) struct Calling {
    /// The same in every branch.
    pub(crate) local_tag: u64,
    /// What every INVITE of it says.
    pub(crate) wording: Wording,
    /// The INVITEs without a final response, at most one for a branch.
    pub(crate) attempts: Vec<Attempt>,
    /// The best refusal so far.
    pub(crate) refusal: Option<Refusal>,
}

/// What stands in the INVITE of every branch.
#[derive(Debug, Default)]
pub(crate) struct Wording {
    pub(crate) max_forwards: u8,
    pub(crate) extra: Vec<(HeaderName, String)>,
    pub(crate) body: Option<Bytes>,
}

/// One INVITE on its way.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Which branch it is of.
    pub(crate) branch: BranchId,
    /// Its transaction.
    pub(crate) invite: ClientKey,
    /// What INVITE, CANCEL and the ACK of a refusal are made of.
    pub(crate) seed: Dialog,
    /// Who we are, as far as somebody on the way has asked.
    pub(crate) proofs: Proofs,
    /// Whether it is to be given up.
    pub(crate) cancel: Cancelling,
    /// Headers that no other branch has.
    pub(crate) extra: Vec<(HeaderName, String)>,
    /// What is offered here and nowhere else.
    pub(crate) offer: Option<OwnOffer>,
    /// The shortest session that this way has asked for, s; 0: it has not.
    pub(crate) min_se_s: u32,
    /// The forks that have spoken.
    pub(crate) early: Vec<Early>,
    /// Where else it may be sent.
    pub(crate) others: VecDeque<Peer>,
    /// When the next of them is asked, if nothing at all has come back by then.
    pub(crate) next_at: Option<Moment>,
}

/// What the next INVITE of a branch is made of.
#[derive(Debug)]
pub(crate) struct Onwards {
    pub(crate) branch: BranchId,
    /// Headers that no other branch has.
    pub(crate) extra: Vec<(HeaderName, String)>,
    /// What is offered here and nowhere else.
    pub(crate) offer: Option<OwnOffer>,
    pub(crate) seed: Dialog,
    pub(crate) proofs: Proofs,
    /// Where else it may be sent afterwards.
    pub(crate) others: VecDeque<Peer>,
    /// The shortest session that this way has asked for, s; 0: it has not (RFC 4028 §7.3).
    pub(crate) min_se_s: u32,
}

/// How far the giving up has got.
#[derive(Debug)]
pub(crate) enum Cancelling {
    /// Nobody wants it.
    No,
    /// Wanted, but nothing has come back yet: a CANCEL might overtake its INVITE (RFC 3261 §9.1). When
    /// the INVITE has timed out, its last copy is still waited for, for `until` then.
    WhenHeard {
        reason: Reason,
        until: Option<Moment>,
    },
    /// Sent; without any final response until then, the INVITE is taken for dead (RFC 3261 §9.1).
    Sent { give_up: Moment },
}

/// A fork's early dialog.
#[derive(Debug)]
pub(crate) struct Early {
    pub(crate) dialog: Dialog,
    /// It can be made to answer.
    pub(crate) talk: bool,
    /// The RSeq of its latest reliable response (RFC 3262 §4).
    pub(crate) rseq: Option<u32>,
    /// The answer to our offer that a reliable response gave: it holds, and the 2xx need not repeat it
    /// (RFC 3261 §13.2.1).
    pub(crate) answer: Option<Bytes>,
}

/// Why an INVITE was not accepted.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    reason: String,
    retry_after: Option<u32>,
    local: bool,
}

impl Calling {
    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.attempts.iter().filter_map(Attempt::due).min()
    }

    /// The attempt with this transaction.
    pub(crate) fn attempt(&self, invite: ClientKey) -> Option<&Attempt> {
        self.attempts.iter().find(|it| it.invite == invite)
    }

    /// The same, to be changed.
    pub(crate) fn attempt_mut(&mut self, invite: ClientKey) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|it| it.invite == invite)
    }

    /// Takes the attempt with this transaction out.
    pub(crate) fn take(&mut self, invite: ClientKey) -> Option<Attempt> {
        let at = self.attempts.iter().position(|it| it.invite == invite)?;
        Some(self.attempts.remove(at))
    }

    /// Whether any branch rings that is wanted.
    pub(crate) fn goes_on(&self) -> bool {
        let mut attempts = self.attempts.iter();
        attempts.any(|attempt| matches!(attempt.cancel, Cancelling::No))
    }

    /// All early dialogs of all branches.
    pub(crate) fn early(&self) -> impl DoubleEndedIterator<Item = &Early> {
        self.attempts.iter().flat_map(|attempt| &attempt.early)
    }

    /// The same, to be changed.
    pub(crate) fn early_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Early> {
        self.attempts
            .iter_mut()
            .flat_map(|attempt| &mut attempt.early)
    }

    /// The early dialog that a request of the other side means.
    pub(crate) fn early_meant(&mut self, heads: &Heads<'_>) -> Option<&mut Early> {
        self.early_mut().find(|early| early.dialog.is_meant(heads))
    }

    /// Keeps the better one of two refusals.
    pub(crate) fn note(&mut self, refusal: Refusal) {
        match &self.refusal {
            Some(best) if best.rank() <= refusal.rank() => {}
            _ => self.refusal = Some(refusal),
        }
    }
}

impl Attempt {
    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Option<Moment> {
        [self.cancel.due(), self.next_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// The early dialog of a fork that has spoken.
    pub(crate) fn known(&mut self, tag: &str) -> Option<&mut Early> {
        let mut forks = self.early.iter_mut();
        forks.find(|early| early.dialog.remote_tag() == tag)
    }

    /// The early dialog of a fork, made if there is room for it.
    pub(crate) fn early(&mut self, headers: &Headers, tag: &str) -> Option<&mut Early> {
        let known = self
            .early
            .iter()
            .position(|early| early.dialog.remote_tag() == tag);
        let at = match known {
            Some(at) => at,
            None if self.early.len() < limits::FORKS_MAX => {
                self.early.push(Early {
                    dialog: self.seed.fork(headers, tag),
                    talk: false,
                    rseq: None,
                    answer: None,
                });
                self.early.len() - 1
            }
            None => return None,
        };
        self.early.get_mut(at)
    }

    /// The same INVITE to its next peer, if there is one; what is left of this one waits for nothing.
    pub(crate) fn onwards(&mut self) -> Option<Onwards> {
        let hop = self.others.pop_front()?;
        let seed = self.seed.clone().through(hop);
        Some(Onwards {
            branch: self.branch,
            extra: std::mem::take(&mut self.extra),
            offer: self.offer.take(),
            seed,
            proofs: std::mem::take(&mut self.proofs),
            others: std::mem::take(&mut self.others),
            min_se_s: self.min_se_s,
        })
    }

    /// Whether another peer may be asked after this end.
    pub(crate) fn may_go_on(&self, refusal: &Refusal) -> bool {
        matches!(self.cancel, Cancelling::No)
            && !self.others.is_empty()
            && (refusal.code == 503 || refusal.local && refusal.code == 408)
    }
}

impl Cancelling {
    /// The INVITE has timed out: whether what its last copy may bring is still waited for, `until` then.
    pub(crate) fn wait_until(&mut self, then: Moment) -> bool {
        match self {
            Cancelling::WhenHeard { until, .. } => {
                *until = Some(then);
                true
            }
            Cancelling::No | Cancelling::Sent { .. } => false,
        }
    }

    /// When it is given up.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self {
            Cancelling::Sent { give_up } => Some(*give_up),
            Cancelling::WhenHeard { until, .. } => *until,
            Cancelling::No => None,
        }
    }
}

impl Refusal {
    /// A response.
    pub(crate) fn heard(response: &Response) -> Refusal {
        Refusal {
            code: response.status.code(),
            reason: response.reason.to_string(),
            retry_after: response.headers.retry_after(),
            local: false,
        }
    }

    /// None: `code` says what is the matter.
    pub(crate) fn here(code: u16) -> Refusal {
        let reason = StatusCode::new(code).map_or("", StatusCode::reason_phrase);
        Refusal {
            code,
            reason: reason.to_owned(),
            retry_after: None,
            local: true,
        }
    }

    /// It was made here.
    pub(crate) fn is_local(&self) -> bool {
        self.local
    }

    /// It ends all the branches (RFC 3261 §16.7, number 5).
    pub(crate) fn is_global(&self) -> bool {
        self.code >= 600
    }

    /// As the leg is told.
    pub(crate) fn event(self) -> LegEvent {
        LegEvent::Rejected {
            code: self.code,
            reason: self.reason,
            retry_after: self.retry_after,
            local: self.local,
        }
    }

    /// RFC 3261 §16.7, number 6: 6xx, then the lowest class; in 4xx what says how to ask better, then
    /// busy; 503 only if there is nothing else. What we made up ourselves is worth less than any word.
    fn rank(&self) -> u8 {
        match (self.code, self.local) {
            (600.., _) => 0,
            (503, false) => 8,
            (503, true) => 9,
            (_, true) => 7,
            (..400, _) => 1,
            (401 | 407 | 415 | 420 | 484, _) => 2,
            (486, _) => 3,
            (..500, _) => 4,
            (500.., _) => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(codes: &[u16]) -> u16 {
        let mut calling = Calling {
            local_tag: 1,
            wording: Wording {
                max_forwards: 70,
                extra: Vec::new(),
                body: None,
            },
            attempts: Vec::new(),
            refusal: None,
        };
        for code in codes {
            let refusal = Refusal {
                local: false,
                ..Refusal::here(*code)
            };
            calling.note(refusal);
        }
        calling.refusal.unwrap().code
    }

    #[test]
    fn the_best_refusal_is_that_of_rfc_3261_section_16_7() {
        assert_eq!(best(&[486, 603, 302]), 603);
        assert_eq!(best(&[500, 404]), 404);
        assert_eq!(best(&[404, 486]), 486);
        assert_eq!(best(&[486, 415]), 415);
        assert_eq!(best(&[503, 500]), 500);
        assert_eq!(best(&[503]), 503);
        assert_eq!(best(&[480, 404]), 480, "the first of equals");
    }
}
