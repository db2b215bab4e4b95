//! Transfers that an agent makes at the phone, by its own button: a REFER within the call (RFC 5589). They
//! are the same transfers as those of the screen, within the same rules of what may be dialled.

use super::{Exchange, transferring::SaidAt};
use crate::{
    command::{CommandRefused, Done, OnTransferFailed, PlaceOrigin, TransferPlace, TransferWanted},
    identity::number_of,
};
use kring_journal::{CallId, TransferMode, TransferOver, TransferStep};
use kring_sip::{LegId, NameAddr, Uri, header::Replaces};
use kring_time::Moment;

impl Exchange {
    /// The agent's phone wants the caller elsewhere.
    pub(super) fn phone_refers(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        (to, replaces): (&NameAddr, Option<&Replaces>),
    ) {
        if replaces.is_some() {
            self.phone_joins(now, id, leg, replaces);
            return;
        }
        let agent = self.talking_agent(id).cloned();
        let wanted = wanted_at_phone(TransferMode::Blind, &to.uri);
        let asked = agent
            .ok_or(CommandRefused::CallGone)
            .and_then(|agent| self.transfer(now, Some(&agent), id, wanted, SaidAt::Phone(leg)));
        match asked {
            Ok(Done::Transferring(_)) => self.endpoint.accept_referral(now, leg),
            Ok(_) => {}
            Err(refused) => {
                let code = code_of(&refused);
                self.endpoint.reject_referral(now, leg, code);
            }
        }
    }

    /// A phone that asked for this transfer hears of it what the screen hears.
    pub(super) fn report_to_phone(&mut self, now: Moment, id: CallId, step: &TransferStep) {
        let referrer = self.calls.get(&id).and_then(|call| call.transfer());
        let Some(leg) = referrer.and_then(|transfer| transfer.referrer) else {
            return;
        };
        let code = match step {
            TransferStep::Progress { code } => *code,
            TransferStep::Done { .. } => 200,
            TransferStep::Over { why, code, .. } => code_of_failure(*why, *code),
            _ => return,
        };
        self.endpoint.report_referral(now, leg, code);
    }

    /// It came to nothing: the phone hears so, if it is the phone that asked.
    pub(super) fn report_failure(&mut self, now: Moment, id: CallId, why: TransferOver, code: u16) {
        let transfer = self.calls.get(&id).and_then(|call| call.transfer());
        if let Some(leg) = transfer.and_then(|transfer| transfer.referrer) {
            self.endpoint
                .report_referral(now, leg, code_of_failure(why, code));
        }
    }
}

/// What an agent wishes by the buttons of a phone.
pub(super) fn wanted_at_phone(mode: TransferMode, to: &Uri) -> TransferWanted {
    let place = TransferPlace {
        number: number_of(to),
        rings: 0,
    };
    TransferWanted {
        mode,
        department: None,
        places: vec![place],
        origin: PlaceOrigin::Typed,
        reason: None,
        note: None,
        failing: OnTransferFailed::Recall,
    }
}

/// The status by which a phone is told what has become of its transfer.
pub(super) fn code_of_failure(why: TransferOver, code: u16) -> u16 {
    match (why, code) {
        (_, 300..=699) => code,
        (TransferOver::Busy, _) => 486,
        (TransferOver::NoAnswer | TransferOver::NotTold, _) => 408,
        (TransferOver::Declined, _) => 603,
        (TransferOver::Cancelled | TransferOver::CallerLeft, _) => 487,
        _ => 503,
    }
}

/// The status by which a phone is told why not.
pub(super) fn code_of(refused: &CommandRefused) -> u16 {
    match refused {
        CommandRefused::NumberNotAllowed | CommandRefused::NotYourCall => 403,
        CommandRefused::NoTarget => 404,
        CommandRefused::TransferInProgress => 491,
        CommandRefused::CannotHold => 488,
        CommandRefused::CallGone | CommandRefused::NoSuchAgent => 481,
        _ => 503,
    }
}
