//! kring on the screen: REST, the live socket, metrics and the console.
//!
//! This crate shows what the journal says and passes on what people ask; it decides nothing of a
//! call. It knows the exchange by its commands alone, and owns no socket and no clock.

#![forbid(unsafe_code)]

mod access;
mod app;
mod audit_api;
mod body;
mod callbacks_api;
mod calls_api;
mod cases_api;
mod clock;
mod config;
mod configured;
mod configuring;
mod console;
mod crm_api;
mod departments_api;
mod desk;
mod directory_api;
mod etag;
mod first_run;
mod folders;
mod headers;
mod health;
mod house_api;
mod idempotency;
mod json;
mod knowledge_api;
mod limits;
mod live;
mod means;
pub mod metrics;
mod oidc;
mod openapi;
mod phone_desk;
mod phone_proofs;
mod phones_api;
mod preview_api;
mod privacy_api;
mod problem;
mod problem_of_cases;
mod queues_api;
mod recordings;
mod reload;
mod reports_api;
pub mod session;
mod settings_api;
mod setup_api;
mod socket_api;
mod tokens_api;
mod trace;
mod trunk_secrets;
mod trunk_test_api;
mod trunks_api;
mod users_api;
mod wallboard_api;
mod wire;

pub use app::{Web, prompt};
pub use clock::Clock;
pub use config::{AuthConfig, LiveConfig, WebConfig};
pub use configured::{
    ConfiguredIn, ConfiguredInForce, ConfiguredItem, ConfiguredNow, Keys, Mistake, PreviewAgent,
    PreviewCase, PreviewHop, PreviewWanted, QueuePreview, SettingNow, Trial,
};
pub use desk::{Ask, Desk, DeskRefused, Note};
pub use first_run::{FirstRun, setup_code};
pub use folders::DocumentFolders;
pub use live::{LineAddress, LineNow, Live};
pub use means::{
    AuthorityFile, Certificates, Doing, Means, MeansRefused, NewCertificate, TEST_TRUNK, TestCall,
    TestCallPlaced, TestCalls, TrunkLearnt, TrunkQuestion, TrunkStep, TrunkTested, TrunkTests,
};
pub use oidc::{Fetch, FetchAnswer, FetchRefused, OidcConfig};
pub use phone_desk::{
    BrowserPhones, IceServer, LegState, PhoneDesk, PhonePage, PhoneRefused, PhoneWish,
};
pub use phone_proofs::PhoneProofs;
pub use recordings::{
    RecordingMissing, RecordingPieces, RecordingRemovals, RecordingWanted, Recordings,
};
pub use reload::{
    CaseRules, ConfigurationWish, HouseRules, ReloadRefused, Reloaded, Reloads, RulesInForce,
};
pub use trace::{Carrier, LiveTraces, PackedRefused, Side, Trace, TraceMessage, TraceParty};
pub use wire::{PhoneCall, PhoneQuality, PhoneSaid, PhoneState};
