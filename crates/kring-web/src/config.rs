//! What this crate is told at start. Reading files and checking values is `kringd`'s.

use crate::{
    configured::ConfiguredInForce,
    first_run::FirstRun,
    folders::DocumentFolders,
    means::{AuthorityFile, Certificates, TestCalls, TrunkTests},
    oidc::OidcConfig,
    phone_desk::PhoneDesk,
    phone_proofs::PhoneProofs,
    recordings::{RecordingRemovals, Recordings},
    reload::{Reloads, RulesInForce},
    session::PasswordRules,
    trace::LiveTraces,
};
use kring_store::NumberPlan;
use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

/// The terms of the live streams.
#[derive(Clone, Debug)]
pub struct LiveConfig {
    /// How numbers are read (`[number]`).
    pub numbers: NumberPlan,
    /// What the agent says first; `{particle}` stands for ค่ะ or ครับ (`agent.greeting_th`).
    pub greeting_th: String,
    /// ค่ะ or ครับ (`agent.particle`).
    pub particle: String,
    /// How long a frame may stay unacknowledged before the screen is dead (`pop.screen_dead_ms`).
    pub screen_dead: Duration,
    /// How long a pop waits for its caller's name before it goes without.
    pub pop_hold: Duration,
    /// Past cases in a pop (`pop.history_items`).
    pub history_items: u32,
    /// How far ahead of UTC the centre's midnight is (`hours.tz`).
    pub day_ahead_of_utc: Duration,
}

impl Default for LiveConfig {
    fn default() -> LiveConfig {
        LiveConfig {
            numbers: NumberPlan::default(),
            greeting_th: "ศูนย์บริการกระทรวงพาณิชย์ สวัสดี{particle}".into(),
            particle: "ค่ะ".into(),
            screen_dead: Duration::from_millis(1_500),
            pop_hold: Duration::from_millis(2),
            history_items: 3,
            day_ahead_of_utc: Duration::from_hours(7),
        }
    }
}

impl LiveConfig {
    /// The greeting with this particle.
    pub(crate) fn greeting(&self, particle: &str) -> Arc<str> {
        self.greeting_th.replace("{particle}", particle).into()
    }
}

/// How people sign in (`[auth]`).
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// How long a session counts that nobody uses.
    pub session_idle: Duration,
    /// How long a session counts at most.
    pub session_life: Duration,
    /// What a new password must be.
    pub passwords: PasswordRules,
    /// The house's identity provider.
    pub oidc: Option<OidcConfig>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

impl Default for AuthConfig {
    fn default() -> AuthConfig {
        AuthConfig {
            session_idle: Duration::from_hours(1),
            session_life: Duration::from_hours(12),
            passwords: PasswordRules::default(),
            oidc: None,
            proxies: Vec::new(),
        }
    }
}

/// The terms of the HTTP side.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Whether pages come by HTTPS: the session's cookie is then `Secure`.
    pub secure_cookies: bool,
    /// How people sign in.
    pub auth: AuthConfig,
    /// Origins beside our own that may use a session's cookie, such as `https://desk.example.go.th`
    /// when a proxy changes the host.
    pub origins: Vec<String>,
    /// What the configuration in force says to pages.
    pub rules: RulesInForce,
    /// What is configured, by the file and by the database.
    pub configured: ConfiguredInForce,
    /// The way to whoever reads the configuration again.
    pub reloads: Reloads,
    /// What `/metrics` asks for as a bearer token; none leaves it open (`metrics.token`).
    pub metrics_token: Option<String>,
    /// The version of kring, for `/healthz` and OpenAPI.
    pub version: String,
    /// Days after which persons and cases are erased where no rule says otherwise (`privacy.retention_days`).
    pub retention_days: Option<u32>,
    /// Where the ids of what was erased are kept beside the database (`data_dir`); none: nowhere.
    pub data_dir: Option<PathBuf>,
    /// The folders whose documents may be handed out (`knowledge.dirs`).
    pub folders: DocumentFolders,
    /// Who may make the first account.
    pub first_run: FirstRun,
    /// How certificates are made.
    pub certificates: Certificates,
    /// Where the private authority's is.
    pub authority: AuthorityFile,
    /// How a PBX is asked whether it is there.
    pub trunk_tests: TrunkTests,
    /// How kring calls itself.
    pub test_calls: TestCalls,
    /// What there is to hear of recorded calls.
    pub recordings: Recordings,
    /// How a file of them is taken away at once.
    pub recording_removals: RecordingRemovals,
    /// Whether agents hear their own calls (`media.record_own`).
    pub record_own: bool,
    /// What proves phones' passwords.
    pub phones: PhoneProofs,
    /// Who holds the phones in browsers.
    pub phone_desk: PhoneDesk,
    /// The SIP traces of live calls.
    pub traces: LiveTraces,
    /// The journal's newest committed fact may be so far behind before `/readyz` says no.
    pub journal_lag_max: Duration,
}

impl Default for WebConfig {
    fn default() -> WebConfig {
        WebConfig {
            secure_cookies: false,
            auth: AuthConfig::default(),
            origins: Vec::new(),
            rules: RulesInForce::default(),
            configured: ConfiguredInForce::default(),
            reloads: Reloads::default(),
            metrics_token: None,
            version: env!("CARGO_PKG_VERSION").into(),
            retention_days: None,
            data_dir: None,
            folders: DocumentFolders::default(),
            first_run: FirstRun::default(),
            certificates: Certificates::default(),
            authority: AuthorityFile::default(),
            trunk_tests: TrunkTests::default(),
            test_calls: TestCalls::default(),
            recordings: Recordings::default(),
            recording_removals: RecordingRemovals::default(),
            record_own: false,
            phones: PhoneProofs::default(),
            phone_desk: PhoneDesk::default(),
            traces: LiveTraces::default(),
            journal_lag_max: Duration::from_secs(5),
        }
    }
}
