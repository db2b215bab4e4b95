//! What pages ask of the process: certificates, tests of trunks, calls to oneself; and the first run.

use crate::{
    authority::{self, AuthorityRefused, Host, Making, TlsFolder, of_this_machine},
    browser::Browsers,
    clock::Clock,
    config::Config,
    database,
    exit::Fault,
    net::Resolver,
    test_call::Tester,
    trunk_test,
};
use kring_store::Store;
use kring_web::{
    Ask, AuthorityFile, Certificates, FirstRun, Means, MeansRefused, NewCertificate, PhoneDesk,
    PhoneProofs, TestCalls, WebConfig, setup_code,
};
use std::{net::SocketAddr, path::Path, sync::Arc};
use tokio::sync::{Mutex, mpsc};

/// What is printed when nobody has an account yet.
pub(super) struct Welcome {
    addresses: Vec<String>,
    code: String,
}

impl Welcome {
    /// For people at a terminal and in the journal of the service, whatever the log is set to.
    pub(super) fn print(&self) {
        eprintln!(
            "nobody has an account yet. Open {} and set kring up with the code {}",
            self.addresses.join(" or "),
            self.code
        );
    }
}

/// Everything that is handed to pages.
pub(super) struct PageMeans {
    pub(super) resolver: Resolver,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) clock: Clock,
    pub(super) tester: Option<Tester>,
    /// The first of the SIP sockets.
    pub(super) sip: Option<SocketAddr>,
    pub(super) browsers: Browsers,
    pub(super) proofs: PhoneProofs,
    pub(super) first_run: FirstRun,
}

impl PageMeans {
    pub(super) fn hand_to(self, config: &Config, web: WebConfig) -> WebConfig {
        // UDP stands first.
        let test_calls = match (self.tester, self.sip) {
            (Some(tester), Some(sip)) => tester.calls(self.clock, sip),
            _ => TestCalls::default(),
        };
        WebConfig {
            first_run: self.first_run,
            certificates: certificates(config),
            authority: authority_file(config),
            trunk_tests: trunk_test::by(self.resolver, self.asks),
            test_calls,
            phones: self.proofs,
            phone_desk: PhoneDesk::new(Arc::new(self.browsers)),
            ..web
        }
    }
}

/// Who may make the first account, and what is printed for them.
pub(super) async fn first_run(
    config: &Config,
    store: &Store,
    http: SocketAddr,
) -> Result<(FirstRun, Option<Welcome>), Fault> {
    let addresses = addresses(config, http);
    let behind_proxy = config.http.public_url.is_some() || !config.auth.proxies.is_empty();
    if !store.has_no_account().await.map_err(database::refused)? {
        return Ok((FirstRun::new(None, addresses, behind_proxy), None));
    }
    let code = setup_code();
    let first_run = FirstRun::new(Some(&code), addresses.clone(), behind_proxy);
    Ok((first_run, Some(Welcome { addresses, code })))
}

/// Where the console can be opened.
fn addresses(config: &Config, http: SocketAddr) -> Vec<String> {
    if let Some(url) = &config.http.public_url {
        return vec![url.clone()];
    }
    let scheme = if config.http.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let url = |host: String| format!("{scheme}://{host}:{}", http.port());
    if !http.ip().is_unspecified() {
        return vec![format!("{scheme}://{http}")];
    }
    let own = of_this_machine();
    if own.is_empty() {
        return vec![url("localhost".to_owned())];
    }
    own.iter().map(|host| url(host.in_url())).collect()
}

fn authority_file(config: &Config) -> AuthorityFile {
    let path = TlsFolder::of(&config.data_dir).authority_cert();
    Means::new(move |()| {
        let path = path.clone();
        Box::pin(async move { tokio::fs::read(path).await.ok() })
    })
}

/// One after the other: two would write the same files.
fn certificates(config: &Config) -> Certificates {
    let folder = TlsFolder::of(&config.data_dir);
    let named = config.http.tls.as_ref().map(|(cert, _)| cert.clone());
    let one_by_one = Arc::new(Mutex::new(()));
    Means::new(move |names| {
        let (folder, named) = (folder.clone(), named.clone());
        let one_by_one = Arc::clone(&one_by_one);
        Box::pin(async move {
            let _alone = one_by_one.lock().await;
            let made = tokio::task::spawn_blocking(move || certificate(&folder, names, named));
            let lost = |_| MeansRefused::NotNow("kring is closing".to_owned());
            made.await.map_err(lost)?
        })
    })
}

fn certificate(
    folder: &TlsFolder,
    names: Vec<String>,
    named: Option<std::path::PathBuf>,
) -> Result<NewCertificate, MeansRefused> {
    let hosts: Result<Vec<Host>, _> = names.iter().map(|name| name.parse()).collect();
    let wrong = |why: String| MeansRefused::Wrong(why);
    let mut hosts = hosts.map_err(|refused: authority::HostRefused| wrong(refused.to_string()))?;
    let making = if folder.authority_cert().exists() {
        Making::Renewed
    } else {
        Making::First
    };
    if hosts.is_empty() && making == Making::First {
        hosts = of_this_machine();
    }
    let now_s = crate::clock::unix_s();
    let made = authority::make(folder, hosts, authority::DAYS_MAX, making, now_s);
    let made = made.map_err(|refused| match refused {
        AuthorityRefused::Nobody | AuthorityRefused::TooMany | AuthorityRefused::MayNot { .. } => {
            wrong(refused.to_string())
        }
        other => MeansRefused::NotNow(other.to_string()),
    })?;
    let shown = |path: &Path| {
        let absolute = path.canonicalize();
        absolute
            .unwrap_or_else(|_| path.to_owned())
            .display()
            .to_string()
    };
    let files = [shown(&folder.server_cert()), shown(&folder.server_key())];
    Ok(NewCertificate {
        authority_sha256: made.authority_sha256,
        not_after_s: made.not_after_s,
        names: made.hosts.iter().map(ToString::to_string).collect(),
        in_use: named.is_some_and(|path| shown(&path) == files[0]),
        files,
    })
}
