//! Whether phones in browsers could work: only where somebody has one.

use super::{Finding, Verdict};
use crate::{browser, config::Config, database, exit::Fault, net::Resolver, seats};
use kring_sip::Transport;

/// What is to be said of them; nothing where nobody's phone is in the browser.
pub(super) async fn look(config: &Config, resolver: &Resolver) -> Vec<Finding> {
    let what = "browser phones";
    let agents = agents(config).await;
    if agents == 0 {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut listens = config.sip.listen.iter();
    if !listens.any(|listen| listen.transport == Transport::Udp) {
        let text =
            "kring rings them by UDP on this machine. Add \"udp:127.0.0.1:5060\" to sip.listen.";
        findings.push(Finding::new(what, Verdict::Mend, text));
    }
    let port = config.media.browser.port;
    findings.push(match browser::try_port(config, resolver).await {
        Ok(told) => {
            let told: Vec<String> = told.iter().map(ToString::to_string).collect();
            let text = format!(
                "port {port} is free, browsers are told {}; agents with device browser: {agents}",
                told.join(" and ")
            );
            Finding::new(what, Verdict::Good, text)
        }
        Err(Fault::Unavailable(text)) => Finding::new(what, Verdict::Mend, text),
        Err(fault) => Finding::new(what, Verdict::Mend, fault.to_string()),
    });
    if !config.http.is_secret() {
        let (verdict, who) = if config.http.listen.ip().is_loopback() {
            (Verdict::Note, "at other computers than this one ")
        } else {
            (Verdict::Mend, "")
        };
        let text = format!(
            "browsers {who}give a page no microphone without HTTPS. Make a certificate (kringd cert), or put a proxy \
             before kring and set http.public_url."
        );
        findings.push(Finding::new(what, verdict, text));
    }
    findings
}

/// How many have one. A database that is not there, or cannot be opened, has nobody to ask.
async fn agents(config: &Config) -> usize {
    let Some(store) = database::look_into(config).await else {
        return 0;
    };
    let agents = store.agents().await;
    store.close().await;
    let rows = agents.unwrap_or_default();
    let has_one = |row: &&kring_store::AgentRow| {
        !row.disabled && row.devices.iter().any(|device| device == seats::BROWSER)
    };
    rows.iter().filter(has_one).count()
}
