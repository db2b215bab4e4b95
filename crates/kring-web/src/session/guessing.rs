//! One attempt to sign in by a password, from its beginning to its end: counted, kept over a restart, told to those who
//! watch over the house, and written into the audit.

use super::{
    Source, hash_token,
    secret::hexadecimal,
    throttle::{Brake, Trier},
};
use crate::{
    app::App,
    limits,
    problem::{Code, Problem},
};
use kring_journal::{AgentId, WallTime};
use kring_store::{BrakeRow, ChangedBy};
use serde::Serialize;
use std::time::Duration;

/// Who has not shown who they are, in the audit.
const STRANGER: &str = "stranger";

/// In place of a login that nobody has: people type passwords there by mistake.
const NO_SUCH_LOGIN: &str = "unknown";

/// In place of a login, where the code of the first run is tried; no login has a slash.
pub(crate) const SETUP: &str = "/setup";

/// An attempt that was counted.
pub(crate) struct Attempt<'a> {
    app: &'a App,
    source: &'a Source,
    login: &'a str,
    known: Known,
}

/// Where the attempt comes from, as the owner of the login sees it.
enum Known {
    /// The owner's browser, by the hash of its secret.
    Device(String),
    /// An address of the owner.
    Address,
    /// Anywhere else.
    No,
}

/// What the audit keeps of an attempt.
#[derive(Serialize)]
struct Noted<'a> {
    address: String,
    user_agent: &'a str,
    /// Whether the login's owner has signed in from there before.
    known_source: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    brake: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_s: Option<u64>,
}

impl Source {
    /// The address, as the store remembers it.
    pub(super) fn by_address(&self) -> String {
        format!("address {}", self.block())
    }

    /// The browser with this secret, as the store remembers it.
    pub(super) fn by_device(secret: &str) -> String {
        format!("device {}", hexadecimal(&hash_token(secret)))
    }
}

impl<'a> Attempt<'a> {
    /// Counts it; refused with 429 while it is to be waited. Nothing of it depends on whether there is such a login.
    pub(crate) async fn begin(
        app: &'a App,
        source: &'a Source,
        login: &'a str,
    ) -> Result<Attempt<'a>, Problem> {
        let (now, wall) = app.clock.now();
        take_up(app, wall).await?;
        let device = source.device.as_deref().map(Source::by_device);
        let device = device.unwrap_or_default();
        let address = source.by_address();
        let since = ago(wall, limits::DEVICE_LIFE);
        let found = app
            .store
            .known_sources(&AgentId::new(login), (&device, &address), since)
            .await?;
        let known = if found.contains(&device) {
            Known::Device(device)
        } else if found.contains(&address) {
            Known::Address
        } else {
            Known::No
        };
        let attempt = Attempt {
            app,
            source,
            login,
            known,
        };
        match app.throttle.attempt(now, attempt.trier(), login) {
            Ok(()) => Ok(attempt),
            Err(wait) => {
                if wait.is_news {
                    attempt.is_braked(wait.brake, wait.seconds).await?;
                }
                Err(Problem::new(Code::TooMany).retry_after(wait.seconds))
            }
        }
    }

    fn trier(&self) -> Trier<'_> {
        match &self.known {
            Known::Device(device) => Trier::Device(device),
            Known::Address => Trier::KnownAddress(self.source.block()),
            Known::No => Trier::Stranger(self.source.block()),
        }
    }

    /// The password was the right one.
    pub(crate) fn was_right(&self) {
        self.app.throttle.succeeded(self.trier(), self.login);
    }

    /// It was not.
    pub(crate) async fn was_wrong(&self) -> Result<(), Problem> {
        let (_, wall) = self.app.clock.now();
        let failures = self.app.throttle.of_strangers(self.login);
        if matches!(self.known, Known::No) && u64::from(failures) >= limits::THROTTLE_KEPT_FROM {
            let brake = BrakeRow {
                login: self.login.to_owned(),
                failures,
                last: wall,
            };
            let since = ago(wall, limits::THROTTLE_FORGETS);
            self.app.store.keep_sign_in_brake(&brake, since).await?;
        }
        self.note("session.refused", self.noted()).await
    }

    async fn is_braked(&self, brake: Brake, wait_s: u64) -> Result<(), Problem> {
        let noted = Noted {
            brake: Some(brake.name()),
            wait_s: Some(wait_s),
            ..self.noted()
        };
        tracing::warn!(address = %self.source.address, brake = brake.name(), "wrong passwords");
        // Somebody who has mistyped five times is no attack.
        if matches!(brake, Brake::Address | Brake::Account) {
            self.app.live.tell_of_guessing();
        }
        self.note("session.locked", noted).await
    }

    fn noted(&self) -> Noted<'_> {
        Noted {
            address: self.source.address.to_string(),
            user_agent: &self.source.browser,
            known_source: !matches!(self.known, Known::No),
            brake: None,
            wait_s: None,
        }
    }

    async fn note(&self, action: &'static str, noted: Noted<'_>) -> Result<(), Problem> {
        let there = self.app.store.agent(&AgentId::new(self.login)).await?;
        let is_named = there.is_some() || self.login == SETUP;
        let subject = if is_named { self.login } else { NO_SUCH_LOGIN };
        let by = ChangedBy {
            who: STRANGER.to_owned(),
            at: self.app.clock.now().1,
        };
        let event = self.app.store.note_event(&by, action, subject, &noted);
        Ok(event.await?)
    }
}

/// What braked before the last restart brakes on.
async fn take_up(app: &App, wall: WallTime) -> Result<(), Problem> {
    let read = async || {
        let since = ago(wall, limits::THROTTLE_FORGETS);
        let (now, _) = app.clock.now();
        for brake in app.store.sign_in_brakes(since).await? {
            let us = u64::try_from(wall.0 - brake.last.0).unwrap_or(0);
            let ago = Duration::from_micros(us);
            app.throttle.restore(now, &brake.login, brake.failures, ago);
        }
        Ok::<(), Problem>(())
    };
    app.brakes_read.get_or_try_init(read).await?;
    Ok(())
}

fn ago(now: WallTime, time: Duration) -> WallTime {
    WallTime(now.0.saturating_sub(time.as_micros() as i64))
}
