//! An authority that is made, renewed and refused, judged as a browser would.

use super::*;
use std::os::unix::fs::PermissionsExt;

const NOW_S: i64 = 1_795_000_000;

fn hosts(texts: &[&str]) -> Vec<Host> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn first(folder: &TlsFolder, names: &[&str]) -> Made {
    make(folder, hosts(names), DAYS_MAX, Making::First, NOW_S).unwrap()
}

/// A certificate of this authority for `named`, whatever it may vouch for; whether browsers take it.
fn forged(folder: &TlsFolder, named: &str) -> bool {
    let authority = Authority::read(folder).unwrap();
    let now = OffsetDateTime::from_unix_timestamp(NOW_S).unwrap();
    let params = server(&hosts(&[named]), now, now + Duration::DAY);
    let key = KeyPair::generate().unwrap();
    let made = params.signed_by(&key, &authority.issuer()).unwrap();
    vouches_for(&authority.certificate, made.der(), named, NOW_S as u64).is_ok()
}

#[test]
fn a_stolen_authority_vouches_for_nobody_else() {
    let data = tempfile::tempdir().unwrap();
    let folder = TlsFolder::of(data.path());
    first(&folder, &["kring.local", "192.0.2.5"]);
    assert!(forged(&folder, "kring.local"));
    assert!(forged(&folder, "192.0.2.5"));
    for other in ["example.go.th", "192.0.2.6", "2001:db8::5"] {
        assert!(!forged(&folder, other), "{other}");
    }
}

#[test]
fn an_authority_for_names_alone_has_no_address_and_the_other_way_round() {
    let data = tempfile::tempdir().unwrap();
    let names = TlsFolder::of(&data.path().join("names"));
    first(&names, &["kring.local"]);
    assert!(!forged(&names, "192.0.2.5"));
    let addresses = TlsFolder::of(&data.path().join("addresses"));
    first(&addresses, &["192.0.2.5"]);
    assert!(!forged(&addresses, "example.go.th"));
}

#[test]
fn a_renewal_keeps_the_authority_and_the_names_and_changes_the_key() {
    let data = tempfile::tempdir().unwrap();
    let folder = TlsFolder::of(data.path());
    let before = first(&folder, &["kring.local", "192.0.2.5"]);
    let key = std::fs::read(folder.server_key()).unwrap();
    let again = make(&folder, hosts(&["kring.local"]), 1, Making::First, NOW_S);
    assert!(
        matches!(again, Err(AuthorityRefused::Exists(_))),
        "{again:?}"
    );
    let later = NOW_S + 86_400;
    let renewed = make(&folder, Vec::new(), 30, Making::Renewed, later).unwrap();
    assert_eq!(renewed.authority_sha256, before.authority_sha256);
    assert_eq!(renewed.hosts, before.hosts);
    assert_eq!(renewed.not_after_s, later + 30 * 86_400);
    assert_ne!(std::fs::read(folder.server_key()).unwrap(), key);
}

#[test]
fn a_renewal_for_a_name_that_the_authority_may_not_have_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let folder = TlsFolder::of(data.path());
    first(&folder, &["kring.local"]);
    let before = std::fs::read(folder.server_cert()).unwrap();
    let other = hosts(&["kring.local", "example.go.th"]);
    let refused = make(&folder, other, 30, Making::Renewed, NOW_S).unwrap_err();
    assert!(
        matches!(&refused, AuthorityRefused::MayNot { host, .. } if host == "example.go.th"),
        "{refused}"
    );
    assert_eq!(std::fs::read(folder.server_cert()).unwrap(), before);
}

#[test]
fn keys_are_for_one_user_alone() {
    let data = tempfile::tempdir().unwrap();
    let folder = TlsFolder::of(data.path());
    first(&folder, &["kring.local"]);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.server_key()), 0o600);
    assert_eq!(mode(&folder.path().join("authority.key")), 0o600);
    assert_eq!(mode(folder.path()), 0o700);
}

#[test]
fn what_is_no_host_is_refused() {
    for text in [
        "",
        "*",
        "*.example.go.th",
        "a b",
        "-a",
        "a..b",
        "กริ่ง",
        "300.1.1.1",
        "0.0.0.0",
        "a:80",
    ] {
        assert!(text.parse::<Host>().is_err(), "{text}");
    }
    assert_eq!("Kring.Local".parse(), Ok(Host::Name("kring.local".into())));
    assert_eq!(hosts(&["2001:db8::5"])[0].in_url(), "[2001:db8::5]");
}
