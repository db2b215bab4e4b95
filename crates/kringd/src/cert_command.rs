//! `kringd cert`: a private certificate authority and a server's certificate, for HTTPS in the local network.

use crate::{
    authority::{self, AuthorityRefused, Host, Made, Making, TlsFolder, of_this_machine},
    cli::CertOptions,
    clock::unix_s,
    config::Config,
    database,
    exit::Fault,
};
use std::path::Path;
use time::OffsetDateTime;

/// Where a page that HTTPS serves is usually looked for when nothing else is said.
const HTTPS_LISTEN: &str = "0.0.0.0:8443";

/// Makes what was asked for, and says what to do with it.
pub(crate) fn run(config: &Config, options: CertOptions) -> Result<(), Fault> {
    let hosts: Result<Vec<Host>, _> = options.name.iter().map(|text| text.parse()).collect();
    let mut hosts = hosts.map_err(|refused| Fault::Arguments(format!("--name: {refused}.")))?;
    let making = if options.renew {
        Making::Renewed
    } else {
        Making::First
    };
    if hosts.is_empty() && making == Making::First {
        hosts = of_this_machine();
    }
    database::prepare_folder(config)?;
    let folder = TlsFolder::of(&config.data_dir);
    let made = authority::make(&folder, hosts, options.days, making, unix_s()).map_err(fault)?;
    tell(config, &folder, &made);
    match making {
        Making::First => tell_what_to_set(config, &folder),
        Making::Renewed => println!("A kring that runs takes it up at SIGHUP."),
    }
    Ok(())
}

fn fault(refused: AuthorityRefused) -> Fault {
    let text = format!("{refused}.");
    match refused {
        AuthorityRefused::Exists(_)
        | AuthorityRefused::NoAuthority(_)
        | AuthorityRefused::Nobody
        | AuthorityRefused::TooMany
        | AuthorityRefused::MayNot { .. } => Fault::Arguments(text),
        AuthorityRefused::File(..) | AuthorityRefused::Unreadable(_) => Fault::Unavailable(text),
        AuthorityRefused::Library(_) => Fault::Own(refused.to_string()),
    }
}

fn tell(config: &Config, folder: &TlsFolder, made: &Made) {
    let hosts: Vec<String> = made.hosts.iter().map(ToString::to_string).collect();
    println!(
        "{} for {}",
        folder.server_cert().display(),
        hosts.join(", ")
    );
    println!("  good until {}", day(made.not_after_s));
    println!("{} is the authority", folder.authority_cert().display());
    println!("  SHA-256 {}", made.authority_sha256);
    let port = match config.http.listen {
        own if own.ip().is_loopback() => HTTPS_LISTEN.rsplit(':').next().map(str::to_owned),
        own => Some(own.port().to_string()),
    };
    if let (Some(first), Some(port)) = (made.hosts.first(), port) {
        println!(
            "Every PC and phone is given the authority once: that file, or what they find at\n  \
             https://{}:{port}/api/v1/setup/authority.crt\nLet people compare the SHA-256. How it is \
             installed: docs/certificates.md",
            first.in_url()
        );
    }
}

/// The lines of kring.toml that are not there yet.
fn tell_what_to_set(config: &Config, folder: &TlsFolder) {
    let absolute = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    println!("Set in kring.toml, then restart kring:");
    println!("  [http]");
    if config.http.listen.ip().is_loopback() {
        println!("  listen = {HTTPS_LISTEN:?}");
    }
    let shown = |path: &Path| absolute(path).display().to_string();
    println!("  tls_cert = {:?}", shown(&folder.server_cert()));
    println!("  tls_key = {:?}", shown(&folder.server_key()));
}

fn day(unix_s: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix_s);
    at.map_or_else(|_| unix_s.to_string(), |at| at.date().to_string())
}
