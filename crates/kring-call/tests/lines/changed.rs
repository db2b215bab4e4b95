//! Lines that are changed while kring runs: another password, another account, another address, none.

use crate::house::{House, account, answer, at, pbx, trunk};
use kring_call::{Line, LineAccount};
use kring_sip::digest::Credentials;

fn registering(account: LineAccount) -> Line {
    Line {
        account: Some(account),
        ..Line::default()
    }
}

fn registers(house: &House) -> Vec<&str> {
    let sent = house.sent.iter().map(|(_, text)| text.as_str());
    sent.filter(|text| text.starts_with("REGISTER")).collect()
}

/// The new registration takes the place of the old one: nothing is taken back behind it.
#[test]
fn another_password_registers_anew_under_the_same_contact() {
    let mut house = House::registered();
    house.sent.clear();
    house.retrunk(vec![trunk(registering(account()))]);
    assert!(
        house.sent.is_empty() && house.gone.is_empty(),
        "nothing has changed"
    );
    house.retrunk(vec![trunk(registering(LineAccount {
        credentials: Credentials::with_password("5000", None, "another"),
        ..account()
    }))]);
    assert_eq!(house.line().registered, None);
    house.found(&[], &[pbx()]);
    let sent = registers(&house);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].contains("Expires: 600"), "{}", sent[0]);
    let register = sent[0].to_owned();
    house.sent.clear();
    let nonce = "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n1\"";
    house.say(&answer(&register, "401 Unauthorized", &[nonce]));
    let proof = registers(&house)[0].to_owned();
    house.say(&answer(&proof, "200 OK", &["Expires: 600"]));
    assert_eq!(house.line().registered, Some(true));
    assert_eq!(house.exchange.registered(), 1);
}

#[test]
fn another_account_takes_the_old_one_back() {
    let mut house = House::registered();
    house.sent.clear();
    house.retrunk(vec![trunk(registering(LineAccount {
        user: "5001".to_owned(),
        aor: "sip:5001@pbx.example.net".parse().unwrap(),
        contact_user: "kring-8a4b".to_owned(),
        ..account()
    }))]);
    house.found(&[], &[pbx()]);
    let sent = registers(&house);
    let of = |aor: &str| sent.iter().filter(|text| text.contains(aor)).count();
    assert_eq!(
        (sent.len(), of("Expires: 0"), of("sip:5001@")),
        (2, 1, 1),
        "{sent:?}"
    );
}

#[test]
fn a_trunk_that_goes_unregisters_and_is_asked_nothing_more() {
    let mut house = House::registered();
    house.sent.clear();
    house.retrunk(Vec::new());
    let sent = registers(&house);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].contains("Expires: 0"), "{}", sent[0]);
    let last = sent[0].to_owned();
    house.say(&answer(&last, "200 OK", &[]));
    assert_eq!((house.exchange.registered(), house.gone.len()), (0, 1));
    house.sent.clear();
    house.pass_s(600);
    assert!(house.sent.is_empty(), "{:?}", house.sent);

    house.retrunk(vec![trunk(registering(account()))]);
    house.found(&[], &[pbx()]);
    assert_eq!(registers(&house).len(), 1, "it comes back");
}

#[test]
fn a_pbx_that_moves_is_asked_where_it_is_now() {
    let mut house = House::pinged();
    let (_, options) = house.sent.remove(0);
    house.say(&answer(&options, "200 OK", &[]));
    house.retrunk(vec![trunk(Line {
        uri: Some("sip:other.example.net".parse().unwrap()),
        ..Line::default()
    })]);
    assert_eq!((house.line().up, house.line().addresses.len()), (None, 0));
    let moved = at("192.0.2.20:5060");
    house.sent.clear();
    house.found(&[moved], &[]);
    let asked: Vec<_> = house.sent.iter().map(|(to, _)| *to).collect();
    assert_eq!(asked, [moved]);
}
