//! What is told of a case that cannot be what somebody wants, and of a form with mistakes: all of them at once.

use crate::problem::{Code, Problem};
use kring_store::{CaseRefused, CaseStatus, FieldMistake};
use serde_json::{Value, json};

impl Problem {
    /// Every field that cannot be so. `field` and `detail` tell of the first.
    pub(crate) fn fields(mistakes: &[FieldMistake]) -> Problem {
        let error = |mistake: &FieldMistake| {
            json!({
                "field": mistake.field,
                "code": mistake.why.code(),
                "text_th": mistake.why.thai(),
                "text_en": mistake.why.english(),
            })
        };
        let errors: Vec<Value> = mistakes.iter().map(error).collect();
        let problem = Problem::new(Code::BadField).with("errors", errors);
        match mistakes.first() {
            None => problem,
            Some(first) => problem
                .with("field", first.field.as_str())
                .detail(first.why.english()),
        }
    }
}

impl From<&CaseRefused> for Problem {
    fn from(refused: &CaseRefused) -> Problem {
        let code = match refused {
            CaseRefused::WrongStatus { .. } => Code::WrongStatus,
            CaseRefused::NeedsOutcome => Code::NeedsOutcome,
            CaseRefused::NeedsReason => Code::NeedsReason,
            CaseRefused::ClosedTooLong { .. } => Code::ClosedTooLong,
            CaseRefused::Masked => Code::Masked,
            CaseRefused::BadReference | CaseRefused::AmbiguousReference => Code::BadReference,
            CaseRefused::NoSuchFollowUp => Code::NoSuchFollowUp,
            CaseRefused::NoSuchVideoSession => Code::NoSuchVideoSession,
            CaseRefused::NoSuchAttachment => Code::NoSuchAttachment,
            CaseRefused::SlotTaken => Code::SlotTaken,
            CaseRefused::SessionOver => Code::SessionOver,
            CaseRefused::NotAllowed { .. } => Code::FileNotAllowed,
            CaseRefused::FileTooLarge { .. } => Code::FileTooLarge,
            CaseRefused::NoFolder | CaseRefused::FileElsewhere { .. } | CaseRefused::Disk(_) => {
                // Where files lie is for the log, not for the page.
                tracing::error!(%refused, "a file of a case is not to be had");
                return Problem::new(Code::FileUnavailable);
            }
            CaseRefused::NothingOwed => Code::NothingOwed,
        };
        let problem = Problem::new(code).detail(refused.to_string());
        match refused {
            CaseRefused::WrongStatus { from, .. } => {
                let allowed: Vec<Value> = from
                    .next()
                    .iter()
                    .map(|status: &CaseStatus| status.as_str().into())
                    .collect();
                problem
                    .with("status", from.as_str())
                    .with("allowed", allowed)
            }
            _ => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_codes_are_those_of_the_answers() {
        for refused in [
            CaseRefused::WrongStatus {
                from: CaseStatus::Open,
                to: CaseStatus::Reopened,
            },
            CaseRefused::NeedsOutcome,
            CaseRefused::NeedsReason,
            CaseRefused::ClosedTooLong { days: 30 },
            CaseRefused::Masked,
            CaseRefused::BadReference,
            CaseRefused::NoSuchFollowUp,
            CaseRefused::NoSuchVideoSession,
            CaseRefused::NoSuchAttachment,
            CaseRefused::SlotTaken,
            CaseRefused::SessionOver,
            CaseRefused::NotAllowed { allowed: "pdf" },
            CaseRefused::FileTooLarge { bytes: 1 },
            CaseRefused::NoFolder,
            CaseRefused::NothingOwed,
        ] {
            assert_eq!(Problem::from(&refused).code().as_str(), refused.code());
        }
    }
}
