//! A witness's view of a session timer (RFC 4028): how long the session lasts, and who keeps it alive.

use crate::wire::Message;
use kring_time::Moment;
use std::time::Duration;

/// A session that ends when nobody refreshes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    interval: Duration,
    /// Whether this side refreshes it.
    pub(crate) is_mine: bool,
    /// When it began, or was refreshed last.
    pub(crate) since: Moment,
}

/// Which side of a transaction the reader of a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It sent the request.
    Asked,
    /// It answered.
    Answered,
}

impl Session {
    /// What a Session-Expires in this message means for one side; none: no timer runs.
    pub(crate) fn told(now: Moment, message: &Message, role: Role) -> Option<Session> {
        let (seconds, refresher) = read(message)?;
        let mine = match role {
            Role::Asked => "uac",
            Role::Answered => "uas",
        };
        Some(Session {
            interval: Duration::from_secs(seconds),
            is_mine: refresher? == mine,
            since: now,
        })
    }

    /// When this side refreshes it, if it is to.
    pub(crate) fn refresh_at(&self) -> Option<Moment> {
        self.is_mine.then(|| self.since + self.interval / 2)
    }

    /// When the side that waits for a refresh gives up (RFC 4028 §10).
    pub(crate) fn lapses_at(&self) -> Moment {
        let reserve = (self.interval / 3).min(Duration::from_secs(32));
        self.since + self.interval.saturating_sub(reserve)
    }

    /// Session-Expires of this side's requests.
    pub(crate) fn to_ask(self) -> String {
        let refresher = if self.is_mine { "uac" } else { "uas" };
        format!("{};refresher={refresher}", self.interval.as_secs())
    }
}

/// Seconds and refresher of Session-Expires.
pub(crate) fn read(message: &Message) -> Option<(u64, Option<&str>)> {
    let mut parts = message.get("Session-Expires")?.split(';');
    let seconds = parts.next()?.trim().parse().ok()?;
    let refresher = parts.find_map(|param| param.trim().strip_prefix("refresher="));
    Some((seconds, refresher))
}
