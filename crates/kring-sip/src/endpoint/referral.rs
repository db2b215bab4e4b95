//! The REFERs of one dialog (RFC 3515): at most one of ours and one of theirs at a time.
//!
//! Each makes a subscription to how it goes, which lives on the leg and ends with it. What is to be sent
//! or told is said to the caller; nobody here sends anything.

use super::{
    effect::LegEvent,
    limits::{REFERRAL_AFTER_BYE, REFERRAL_EXPIRES_S, REFERRAL_GRACE},
    notice::{Notice, Subscription},
    reply::Reply,
};
use crate::{
    HeaderName, NameAddr, Uri,
    header::{ReferTo, Replaces},
    transaction::{ClientKey, ServerKey},
};
use kring_time::Moment;
use std::time::Duration;

/// A REFER that we send within a call (RFC 3515, RFC 5589).
#[derive(Clone, Debug)]
pub struct Referral {
    /// Refer-To: whom the other side is to call.
    pub to: Uri,
    /// The dialog of whoever is called that the new call is to take the place of: see
    /// [`super::Endpoint::replaces_of`]. It goes into Refer-To.
    pub replaces: Option<Replaces>,
    /// In whose name (RFC 3892).
    pub referred_by: Option<NameAddr>,
    /// Further headers.
    pub extra: Vec<(HeaderName, String)>,
}

/// The REFERs of one dialog.
#[derive(Debug, Default)]
pub(crate) struct Referrals {
    pub(crate) ours: Ours,
    pub(crate) theirs: Theirs,
    /// So many of theirs came: all but the first are told of by their number (RFC 3515 §2.4.6).
    pub(crate) received: u32,
}

/// A REFER that we have sent.
#[derive(Debug, Default)]
pub(crate) enum Ours {
    /// There is none.
    #[default]
    None,
    /// It is not answered yet.
    Asked {
        request: ClientKey,
        seq: u32,
        naming: Naming,
    },
    /// The other side has taken it on, and tells how it goes.
    Followed(Followed),
    /// How it ended was told. That the subscription ends is no news then, if it comes by then.
    Told { seq: u32, until: Moment },
    /// Nothing more was heard of it, but may be yet.
    Lost,
}

/// Whether a NOTIFY that names no REFER can be of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// There is no other.
    Optional,
    /// It may be of one before it.
    Needed,
}

/// A REFER of ours that goes on.
#[derive(Debug)]
pub(crate) struct Followed {
    /// Its answer is still on the way: a NOTIFY has overtaken it (RFC 3515 §2.4.4).
    request: Option<ClientKey>,
    seq: u32,
    naming: Naming,
    /// How it went last.
    code: u16,
    /// When it is given up, if nothing more is heard.
    until: Moment,
}

/// A REFER that the other side has sent.
#[derive(Debug, Default)]
pub(crate) enum Theirs {
    /// There is none.
    #[default]
    None,
    /// The exchange thinks about it.
    Undecided(Box<Undecided>),
    /// It is done, and the other side told how it goes.
    Reported(Reported),
}

/// A REFER that is not answered yet.
#[derive(Debug)]
pub(crate) struct Undecided {
    pub(crate) request: ServerKey,
    pub(crate) reply: Reply,
    /// What our NOTIFYs say of which REFER they are.
    pub(crate) id: Option<u32>,
    /// It wants to be told how it goes (RFC 4488).
    pub(crate) subscribes: bool,
}

/// A REFER that we do.
#[derive(Debug)]
pub(crate) struct Reported {
    pub(crate) id: Option<u32>,
    /// What was told last.
    pub(crate) code: u16,
    /// By this NOTIFY.
    pub(crate) latest: ClientKey,
    /// When the subscription ends by itself.
    pub(crate) until: Moment,
}

/// What a NOTIFY of ours says besides the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// It goes on.
    Going,
    /// That was all.
    Over,
    /// The subscription has run out.
    TimedOut,
}

/// A NOTIFY of ours that can be written now.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) seq: u32,
    pub(crate) id: Option<u32>,
    /// For how long the subscription lasts, s.
    pub(crate) left_s: u64,
}

impl Referral {
    /// The value of Refer-To.
    pub(crate) fn refer_to(&self) -> ReferTo {
        match &self.replaces {
            Some(replaces) => ReferTo::replace(self.to.clone(), replaces.clone()),
            None => ReferTo::call(self.to.clone()),
        }
    }
}

impl Referrals {
    /// When something runs out.
    pub(crate) fn due(&self) -> Option<Moment> {
        let theirs = match &self.theirs {
            Theirs::Reported(reported) => Some(reported.until),
            _ => None,
        };
        self.ours.due().into_iter().chain(theirs).min()
    }
}

impl Theirs {
    /// Takes what waits for a decision.
    pub(crate) fn take_undecided(&mut self) -> Option<Undecided> {
        match std::mem::take(self) {
            Theirs::Undecided(undecided) => Some(*undecided),
            other => {
                *self = other;
                None
            }
        }
    }

    /// The NOTIFY was sent again under another key, with proof of who we are.
    pub(crate) fn sent_again(&mut self, before: ClientKey, now: ClientKey) {
        if let Theirs::Reported(reported) = self
            && reported.latest == before
        {
            reported.latest = now;
        }
    }

    /// Takes note of what is told, by the request `key` with the number that `next_seq` gives: none if
    /// nobody wants to know.
    pub(crate) fn tell(
        &mut self,
        now: Moment,
        key: ClientKey,
        (code, report): (u16, Report),
        next_seq: impl FnOnce() -> u32,
    ) -> Option<Told> {
        let Theirs::Reported(reported) = self else {
            return None;
        };
        (reported.code, reported.latest) = (code, key);
        let told = Told {
            seq: next_seq(),
            id: reported.id,
            left_s: reported.until.since(now).as_secs(),
        };
        if report != Report::Going {
            *self = Theirs::None;
        }
        Some(told)
    }
}

impl Ours {
    /// When it is given up.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self {
            Ours::Followed(Followed { until, .. }) | Ours::Told { until, .. } => Some(*until),
            Ours::None | Ours::Asked { .. } | Ours::Lost => None,
        }
    }

    /// Whether anything of it may still come.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Ours::None | Ours::Lost)
    }

    /// The other side has hung up: what it does for us may take it a while longer, but not for ever.
    pub(crate) fn outlive(&mut self, now: Moment) {
        if let Ours::Followed(followed) = self {
            followed.until = followed.until.min(now + REFERRAL_AFTER_BYE);
        }
    }

    /// Whether another one may go out.
    pub(crate) fn may_begin(&self) -> bool {
        !matches!(self, Ours::Asked { .. } | Ours::Followed(_))
    }

    /// It goes out.
    pub(crate) fn begin(&mut self, request: ClientKey, seq: u32) {
        let naming = match self {
            Ours::Lost => Naming::Needed,
            _ => Naming::Optional,
        };
        *self = Ours::Asked {
            request,
            seq,
            naming,
        };
    }

    /// It was sent again under another key and number, with proof of who we are.
    pub(crate) fn sent_again(&mut self, before: ClientKey, now: ClientKey, number: u32) {
        if let Ours::Asked { request, seq, .. } = self
            && *request == before
        {
            (*request, *seq) = (now, number);
        }
    }

    /// Whether a NOTIFY with this `id` is of it.
    pub(crate) fn is_meant(&self, id: Option<&str>) -> bool {
        let (number, naming) = match self {
            Ours::Asked { seq, naming, .. } => (*seq, *naming),
            Ours::Followed(followed) => (followed.seq, followed.naming),
            Ours::Told { seq, .. } => (*seq, Naming::Optional),
            Ours::None | Ours::Lost => return false,
        };
        match id {
            Some(id) => id.parse() == Ok(number),
            None => naming == Naming::Optional,
        }
    }

    /// The final response to the request `key`, or what stands for it: `local` if there was none.
    pub(crate) fn answered(
        &mut self,
        now: Moment,
        key: ClientKey,
        code: u16,
        local: bool,
    ) -> Option<LegEvent> {
        match self {
            Ours::Asked {
                request,
                seq,
                naming,
            } if *request == key => {
                if local || code >= 300 {
                    *self = Ours::None;
                    return Some(LegEvent::ReferralRefused { code, local });
                }
                *self = Ours::Followed(Followed {
                    request: None,
                    seq: *seq,
                    naming: *naming,
                    code: 100,
                    until: now + patience(REFERRAL_EXPIRES_S),
                });
                Some(LegEvent::ReferralAccepted)
            }
            Ours::Followed(followed) if followed.request == Some(key) => {
                followed.request = None;
                if local || code < 300 {
                    return None;
                }
                // It said that it goes on, and now that it never began.
                *self = Ours::None;
                Some(LegEvent::ReferralProgress { code, over: true })
            }
            _ => None,
        }
    }

    /// A NOTIFY that is meant for it.
    pub(crate) fn notified(&mut self, now: Moment, notice: &Notice) -> [Option<LegEvent>; 2] {
        let mut accepted = None;
        if let Ours::Asked {
            request,
            seq,
            naming,
        } = self
        {
            accepted = Some(LegEvent::ReferralAccepted);
            *self = Ours::Followed(Followed {
                request: Some(*request),
                seq: *seq,
                naming: *naming,
                code: 100,
                until: now,
            });
        }
        let (seq, code) = match self {
            Ours::Followed(followed) => (followed.seq, notice.code.unwrap_or(followed.code)),
            Ours::Told { .. } => {
                if notice.subscription == Subscription::Over {
                    *self = Ours::None;
                }
                return [None, None];
            }
            Ours::None | Ours::Asked { .. } | Ours::Lost => return [None, None],
        };
        let over = match notice.subscription {
            Subscription::Over => {
                *self = Ours::None;
                true
            }
            Subscription::Lasts { .. } if code >= 200 => {
                let until = now + REFERRAL_GRACE;
                *self = Ours::Told { seq, until };
                true
            }
            Subscription::Lasts { expires_s } => {
                if let Ours::Followed(followed) = self {
                    followed.code = code;
                    let expires_s = expires_s.unwrap_or(REFERRAL_EXPIRES_S);
                    followed.until = now + patience(expires_s.min(REFERRAL_EXPIRES_S));
                }
                false
            }
        };
        [accepted, Some(LegEvent::ReferralProgress { code, over })]
    }

    /// Gives up what nothing more was heard of.
    pub(crate) fn wake(&mut self, now: Moment) -> Option<LegEvent> {
        match self {
            Ours::Followed(followed) if followed.until <= now => {
                let code = followed.code;
                *self = Ours::Lost;
                Some(LegEvent::ReferralProgress { code, over: true })
            }
            Ours::Told { until, .. } if *until <= now => {
                *self = Ours::None;
                None
            }
            _ => None,
        }
    }
}

/// A subscription that was to last so long may end a little later: its last word is repeated.
fn patience(expires_s: u32) -> Duration {
    Duration::from_secs(u64::from(expires_s)) + REFERRAL_GRACE
}
