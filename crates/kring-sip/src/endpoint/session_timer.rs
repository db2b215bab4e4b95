//! Session timers (RFC 4028): what an INVITE or UPDATE asks for, what its 2xx settles, and when the
//! session must be refreshed or is over.
//!
//! Pure arithmetic: nobody here sends anything. Who refreshes does so at half the interval; whoever has
//! seen no refresh by the end of it, less a margin, hangs up.

use super::{draft::Draft, limits, screen::Refused};
use crate::{
    HeaderName, Headers,
    header::{Refresher, SessionExpires},
};
use kring_time::Moment;
use std::time::Duration;

/// What the sender of a request says about timers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    interval_s: Option<u32>,
    min_s: u32,
    refresher: Option<Refresher>,
    /// The sender knows timers; what it says is else a proxy's wish (RFC 4028 §8.1).
    supported: bool,
}

/// What a 2xx settles.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    interval_s: u32,
    min_s: u32,
    /// As the sender of the request counts: `Uas` is the sender of the 2xx.
    refresher: Refresher,
    supported: bool,
}

/// Which side refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    Ours,
    Theirs,
}

/// A session that must be refreshed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionTimer {
    interval_s: u32,
    min_s: u32,
    duty: Duty,
    /// Our next refresh; none while one is on its way, or when it is the other side's duty.
    refresh_at: Option<Moment>,
    ends_at: Moment,
}

/// What a timer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rings {
    Nothing,
    Refresh,
    End,
}

impl Asked {
    /// Reads it. What cannot be read was not said.
    pub(crate) fn of(headers: &Headers) -> Asked {
        let expires = headers.session_expires().ok().flatten();
        Asked {
            interval_s: expires.as_ref().map(|expires| expires.seconds),
            min_s: min_se(headers),
            refresher: expires.and_then(|expires| expires.refresher),
            supported: headers.lists(&HeaderName::Supported, "timer")
                || headers.lists(&HeaderName::Require, "timer"),
        }
    }

    /// What our 2xx says (RFC 4028 §9). `own_s` is what we should like, 0 nothing; `now` is the timer
    /// that runs already. None: no timer.
    ///
    /// # Errors
    /// 422 when the interval is too small for us.
    pub(crate) fn settle(
        &self,
        own_s: u32,
        running: Option<&SessionTimer>,
    ) -> Result<Option<Terms>, Refused> {
        let roles = running.map(SessionTimer::roles_of_theirs);
        let (interval_s, refresher) = match self.interval_s {
            Some(asked) if asked < limits::MIN_SE_S && self.supported => {
                let least = limits::MIN_SE_S.to_string();
                return Err(Refused::because(422, HeaderName::MinSe, least));
            }
            // It must not be raised, and whoever set it does not listen to 422.
            Some(asked) if asked < limits::MIN_SE_S => return Ok(None),
            Some(asked) => {
                let wanted = if own_s == 0 { asked } else { own_s };
                let interval = asked.min(wanted.max(self.min_s));
                let whose = match (self.supported, self.refresher.or(roles)) {
                    (false, _) => Refresher::Uas,
                    (true, Some(whose)) => whose,
                    // They asked, they work.
                    (true, None) => Refresher::Uac,
                };
                (interval, whose)
            }
            None => match (running, own_s) {
                // A refresh by somebody who leaves the terms as they are.
                (Some(running), _) => (running.interval_s, running.roles_of_theirs()),
                (None, 1..) if self.supported => (own_s.max(self.min_s), Refresher::Uas),
                (None, _) => return Ok(None),
            },
        };
        Ok(Some(Terms {
            interval_s,
            min_s: self.min_s,
            refresher,
            supported: self.supported,
        }))
    }
}

impl Terms {
    /// The lines of our 2xx.
    pub(crate) fn write(&self, draft: &mut Draft) {
        write_expires(draft, self.interval_s, Some(self.refresher));
        if self.supported && self.refresher == Refresher::Uac {
            draft.line("Require", "timer");
        }
    }

    /// From our 2xx on.
    pub(crate) fn begin(&self, now: Moment) -> SessionTimer {
        let duty = match self.refresher {
            Refresher::Uac => Duty::Theirs,
            Refresher::Uas => Duty::Ours,
        };
        SessionTimer::begin(now, self.interval_s, self.min_s, duty)
    }
}

impl SessionTimer {
    fn begin(now: Moment, interval_s: u32, min_s: u32, duty: Duty) -> SessionTimer {
        let margin_s = (interval_s / 3).min(limits::SESSION_MARGIN_S);
        let refresh_at = now + Duration::from_secs(u64::from(interval_s)) / 2;
        SessionTimer {
            interval_s,
            min_s,
            duty,
            refresh_at: (duty == Duty::Ours).then_some(refresh_at),
            ends_at: now + Duration::from_secs(u64::from(interval_s - margin_s)),
        }
    }

    /// What a 2xx to a request of ours has settled; none if it says nothing (RFC 4028 §7.2).
    pub(crate) fn agreed(now: Moment, answer: &Headers) -> Option<SessionTimer> {
        let expires = answer.session_expires().ok().flatten()?;
        if expires.seconds < limits::MIN_SE_S {
            return None;
        }
        let duty = match expires.refresher {
            Some(Refresher::Uas) => Duty::Theirs,
            Some(Refresher::Uac) | None => Duty::Ours,
        };
        Some(SessionTimer::begin(
            now,
            expires.seconds,
            min_se(answer),
            duty,
        ))
    }

    /// A refresh of ours was accepted. Whoever leaves the terms out leaves them as they are.
    pub(crate) fn refreshed(&self, now: Moment, answer: &Headers) -> SessionTimer {
        SessionTimer::agreed(now, answer)
            .unwrap_or_else(|| SessionTimer::begin(now, self.interval_s, self.min_s, self.duty))
    }

    /// The lines of a request of ours in this session.
    pub(crate) fn write(&self, draft: &mut Draft) {
        let refresher = match self.duty {
            Duty::Ours => Refresher::Uac,
            Duty::Theirs => Refresher::Uas,
        };
        write_expires(draft, self.interval_s, Some(refresher));
        write_min(draft, self.min_s);
    }

    /// 422: not below this (RFC 4028 §7.4). Says whether that changes anything.
    pub(crate) fn raise(&mut self, refusal: &Headers) -> bool {
        let least = min_se(refusal);
        let raised = least > self.interval_s;
        self.min_s = self.min_s.max(least);
        self.interval_s = self.interval_s.max(least);
        raised
    }

    /// A refresh failed in a way that may pass: another one halfway to the end, while there is time.
    pub(crate) fn try_again(&mut self, now: Moment) {
        let left = self.ends_at.since(now);
        if self.duty == Duty::Ours && left >= limits::REFRESH_AGAIN_MIN {
            self.refresh_at = Some(now + left / 2);
        }
    }

    /// When [`SessionTimer::wake`] is wanted.
    pub(crate) fn due(&self) -> Moment {
        self.refresh_at.unwrap_or(self.ends_at).min(self.ends_at)
    }

    /// What is to be done by `now`.
    pub(crate) fn wake(&mut self, now: Moment) -> Rings {
        if self.ends_at <= now {
            return Rings::End;
        }
        if self.refresh_at.is_some_and(|at| at <= now) {
            self.refresh_at = None;
            return Rings::Refresh;
        }
        Rings::Nothing
    }

    /// Who refreshes, as the sender of a request to us calls it.
    fn roles_of_theirs(&self) -> Refresher {
        match self.duty {
            Duty::Ours => Refresher::Uas,
            Duty::Theirs => Refresher::Uac,
        }
    }
}

/// The lines of an INVITE that asks for a timer of `own_s`, 0 for none.
pub(crate) fn write_wish(draft: &mut Draft, own_s: u32, min_s: u32) {
    if own_s > 0 {
        write_expires(draft, own_s.max(min_s), None);
        write_min(draft, min_s);
    }
}

/// Min-SE, at least what RFC 4028 §5 takes for granted, at most a day.
pub(crate) fn min_se(headers: &Headers) -> u32 {
    let least = headers.min_se().ok().flatten().unwrap_or(0);
    least.clamp(limits::MIN_SE_S, limits::MIN_SE_MAX_S)
}

fn write_expires(draft: &mut Draft, seconds: u32, refresher: Option<Refresher>) {
    draft.line("Session-Expires", SessionExpires { seconds, refresher });
}

fn write_min(draft: &mut Draft, min_s: u32) {
    if min_s > limits::MIN_SE_S {
        draft.line("Min-SE", min_s);
    }
}
