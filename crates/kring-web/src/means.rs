//! What pages want that is done elsewhere: certificates, the test of a trunk, a call to oneself. `kringd` hands in how;
//! without it there is none.

use serde::Serialize;
use std::{fmt, future::Future, pin::Pin, sync::Arc};
use utoipa::ToSchema;

/// What somebody will have answered.
pub type Doing<T> = Pin<Box<dyn Future<Output = T> + Send>>;

type Way<Q, A> = dyn Fn(Q) -> Doing<A> + Send + Sync;

/// The way to somebody who answers `A` to `Q`. The default leads nowhere.
pub struct Means<Q, A>(Option<Arc<Way<Q, A>>>);

impl<Q, A> Means<Q, A> {
    /// By this function.
    pub fn new(ask: impl Fn(Q) -> Doing<A> + Send + Sync + 'static) -> Means<Q, A> {
        Means(Some(Arc::new(ask)))
    }

    /// Asks; none where nobody can be asked.
    pub(crate) async fn ask(&self, question: Q) -> Option<A> {
        match &self.0 {
            Some(ask) => Some(ask(question).await),
            None => None,
        }
    }
}

impl<Q, A> Clone for Means<Q, A> {
    fn clone(&self) -> Means<Q, A> {
        Means(self.0.clone())
    }
}

impl<Q, A> Default for Means<Q, A> {
    fn default() -> Means<Q, A> {
        Means(None)
    }
}

impl<Q, A> fmt::Debug for Means<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Means").field(&self.0.is_some()).finish()
    }
}

/// Why something was not done, for the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeansRefused {
    /// This cannot be asked for.
    Wrong(String),
    /// Not now: something is lacking here, or it is being done already.
    NotNow(String),
}

/// For these names and addresses of kring; none: those of this machine.
pub type Certificates = Means<Vec<String>, Result<NewCertificate, MeansRefused>>;

/// The authority's certificate, PEM; none: there is none.
pub type AuthorityFile = Means<(), Option<Vec<u8>>>;

/// A certificate that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCertificate {
    /// The fingerprint of the authority, as systems show it.
    pub authority_sha256: String,
    /// Until when it is good, seconds since 1970.
    pub not_after_s: i64,
    /// For whom.
    pub names: Vec<String>,
    /// Whether pages come by it already.
    pub in_use: bool,
    /// The files for `http.tls_cert` and `http.tls_key`.
    pub files: [String; 2],
}

/// Asks a PBX whether it is there.
pub type TrunkTests = Means<TrunkQuestion, Result<TrunkTested, MeansRefused>>;

/// Whom to ask, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkQuestion {
    /// `pbx.example.net`, `192.0.2.10:5060`.
    pub address: String,
    /// `udp`, `tcp` or `tls`.
    pub transport: String,
    /// 1 to 16.
    pub count: u8,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TrunkTested {
    /// In their order: `address`, `sent`, `answered`, `way_back`.
    pub steps: Vec<TrunkStep>,
    /// From each question to its answer.
    pub round_trips_ms: Vec<f64>,
    /// Of the first answer.
    pub status: Option<u16>,
    /// What the PBX calls itself.
    pub user_agent: Option<String>,
    /// The methods that it takes.
    pub allow: Vec<String>,
    /// The codecs that it named; null if it named none.
    pub codecs: Option<Vec<String>>,
    /// The first answer as it came.
    pub raw: Option<String>,
    /// What follows for the trunk.
    pub learnt: TrunkLearnt,
}

/// What follows for the trunk; null where the PBX does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrunkLearnt {
    /// `refer`: it says that it takes REFER; `bridge`: kring has to join the two.
    pub transfer: Option<&'static str>,
    /// Whether provisional answers can be acknowledged (RFC 3262).
    pub prack: Option<bool>,
}

/// One step of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrunkStep {
    /// `address`, `sent`, `answered` or `way_back`.
    pub step: &'static str,
    /// `ok`, `failed` or `unknown`.
    pub state: &'static str,
    /// What was found.
    pub value: Option<String>,
    /// What it means.
    pub detail_th: String,
    /// The same in English.
    pub detail_en: String,
}

/// kring calls itself, as a citizen would.
pub type TestCalls = Means<TestCall, Result<TestCallPlaced, MeansRefused>>;

/// The trunk of these calls: they are in no report.
pub const TEST_TRUNK: &str = kring_store::TEST_TRUNK;

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCall {
    /// The number of a queue.
    pub number: String,
}

/// A call that rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCallPlaced {
    /// The Call-ID of the caller's leg.
    pub sip_call_id: String,
    /// The number that was dialled.
    pub number: String,
}
