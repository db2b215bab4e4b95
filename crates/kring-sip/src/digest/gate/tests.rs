//! Both sides of digest against each other, and what must not pass.

use super::*;
use crate::{
    Message, Request, Response, StatusCode,
    digest::{Answer, Credentials},
    parse,
};

const NOW: Moment = Moment::from_millis(5_000);

fn gate(algorithms: &[Algorithm]) -> Gate {
    Gate::new(GateConfig {
        realm: "kring".into(),
        secret: [3; 32],
        nonce_lifetime: Duration::from_mins(5),
        algorithms: algorithms.to_vec(),
    })
}

fn register(proof: Option<(HeaderName, String)>) -> Request {
    let text = "REGISTER sip:kring SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKa\r\n\
                From: <sip:5021@kring>;tag=1\r\nTo: <sip:5021@kring>\r\nCall-ID: 1\r\n\
                CSeq: 1 REGISTER\r\n\r\n";
    let Ok(Message::Request(mut request)) = parse(text.as_bytes()) else {
        panic!("a request");
    };
    if let Some((name, line)) = proof {
        request.headers.push(name, line);
    }
    request
}

fn phone(user: &str, algorithm: Algorithm) -> Option<Ha1> {
    (user == "5021").then(|| Ha1::of_password(algorithm, user, "kring", "secret"))
}

fn check(gate: &mut Gate, now: Moment, request: &Request) -> Result<Box<str>, Denied> {
    gate.check(
        now,
        (&request.method, &request.uri, &request.headers),
        phone,
    )
}

/// What a phone with these credentials makes of the gate's challenges.
fn answer(gate: &Gate, credentials: &Credentials, denied: &Denied) -> Answer {
    let mut response = Response::new(StatusCode::new(401).unwrap());
    for (name, line) in gate.challenges(NOW, 9, denied) {
        response.headers.push(name, line);
    }
    Answer::to(&response, credentials).unwrap()
}

fn credentials(password: &str) -> Credentials {
    Credentials::with_password("5021", None, password)
}

const REGISTER: crate::Method = crate::Method::Register;

#[test]
fn who_knows_the_password_passes_by_every_algorithm() {
    for at in 0..Algorithm::ALL.len() {
        let mut gate = gate(&Algorithm::ALL[at..]);
        let denied = check(&mut gate, NOW, &register(None));
        assert_eq!(denied, Err(Denied::Unproved));
        let mut answer = answer(&gate, &credentials("secret"), &Denied::Unproved);
        assert_eq!(
            answer.algorithm(),
            Algorithm::ALL[at],
            "the strongest that is offered"
        );
        for cnonce in 0..3 {
            let proof = answer.line(&REGISTER, "sip:KRING:5060", cnonce);
            let request = register(Some(proof));
            assert_eq!(check(&mut gate, NOW, &request).as_deref(), Ok("5021"));
            assert_eq!(
                check(&mut gate, NOW, &request),
                Err(Denied::Stale),
                "a replay"
            );
        }
        assert_eq!(gate.nonces(), 1);
    }
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_the_same() {
    let mut gate = gate(&Algorithm::ALL);
    let mut wrong = answer(&gate, &credentials("guess"), &Denied::Unproved);
    let proof = wrong.line(&REGISTER, "sip:kring", 1);
    let denied = check(&mut gate, NOW, &register(Some(proof)));
    assert_eq!(denied, Err(Denied::Wrong("5021".into())));
    let nobody = Credentials::with_password("5099", None, "secret");
    let proof = answer(&gate, &nobody, &Denied::Unproved).line(&REGISTER, "sip:kring", 1);
    let denied = check(&mut gate, NOW, &register(Some(proof)));
    assert_eq!(denied, Err(Denied::Wrong("5099".into())));
    assert_eq!(gate.nonces(), 0, "a stranger fills nothing");
}

#[test]
fn an_old_nonce_is_stale_and_one_of_another_process_too() {
    let mut gate = gate(&Algorithm::ALL);
    let mut old = answer(&gate, &credentials("secret"), &Denied::Unproved);
    let proof = old.line(&REGISTER, "sip:kring", 1);
    let later = NOW + Duration::from_secs(301);
    let denied = check(&mut gate, later, &register(Some(proof))).unwrap_err();
    assert_eq!(denied, Denied::Stale);
    let again = answer(&gate, &credentials("secret"), &denied);
    assert!(again.is_stale());
    let mut other = Gate::new(GateConfig {
        realm: "kring".into(),
        secret: [4; 32],
        nonce_lifetime: Duration::from_mins(5),
        algorithms: Algorithm::ALL.to_vec(),
    });
    let proof = old.line(&REGISTER, "sip:kring", 2);
    assert_eq!(
        check(&mut other, NOW, &register(Some(proof))),
        Err(Denied::Stale)
    );
}

#[test]
fn what_was_proved_for_another_resource_method_or_realm_is_no_proof() {
    let mut gate = gate(&Algorithm::ALL);
    let mut answer = answer(&gate, &credentials("secret"), &Denied::Unproved);
    let wrong = Err(Denied::Wrong("5021".into()));
    let elsewhere = answer.line(&REGISTER, "sip:5022@kring", 1);
    assert_eq!(check(&mut gate, NOW, &register(Some(elsewhere))), wrong);
    let invite = answer.line(&crate::Method::Invite, "sip:kring", 2);
    assert_eq!(check(&mut gate, NOW, &register(Some(invite))), wrong);
    let (name, line) = answer.line(&REGISTER, "sip:kring", 3);
    let foreign = line.replace("realm=\"kring\"", "realm=\"other\"");
    let denied = check(&mut gate, NOW, &register(Some((name, foreign))));
    assert_eq!(denied, Err(Denied::Unproved));
}

/// RFC 2069: without qop nothing is counted, so one answer uses the nonce up.
#[test]
fn an_uncounted_proof_passes_once() {
    let mut gate = gate(&[Algorithm::Md5]);
    let (_, challenge) = gate.challenges(NOW, 1, &Denied::Unproved).next().unwrap();
    let mut response = Response::new(StatusCode::new(401).unwrap());
    let old = challenge.replace(", qop=\"auth\"", "");
    response.headers.push(HeaderName::WwwAuthenticate, old);
    let mut answer = Answer::to(&response, &credentials("secret")).unwrap();
    let proof = answer.line(&REGISTER, "sip:kring", 1);
    assert!(!proof.1.contains("qop"));
    let request = register(Some(proof));
    assert_eq!(check(&mut gate, NOW, &request).as_deref(), Ok("5021"));
    assert_eq!(check(&mut gate, NOW, &request), Err(Denied::Stale));
}

#[test]
fn secrets_are_not_printed() {
    let config = GateConfig {
        realm: "kring".into(),
        secret: [253; 32],
        nonce_lifetime: Duration::from_secs(1),
        algorithms: vec![Algorithm::Md5],
    };
    assert!(!format!("{config:?}{:?}", Gate::new(config.clone())).contains("253"));
}
