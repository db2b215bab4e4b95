//! What we say to whom.

use super::*;
use crate::StatusCode;

fn asks(code: u16, lines: &[&str]) -> Response {
    let mut response = Response::new(StatusCode::new(code).unwrap());
    let asker = Asker::of_status(code).unwrap_or(Asker::Server);
    for line in lines {
        response.headers.push(asker.challenge(), *line);
    }
    response
}

/// The challenges of RFC 8760 §2.4's proxy that knows more than one algorithm.
const BOTH: [&str; 2] = [
    r#"Digest realm="atlanta.com", qop="auth,auth-int", algorithm=MD5, nonce="f84f1cec41e6cbe5aea9c8e88d359""#,
    r#"Digest realm="atlanta.com", qop="auth,auth-int", algorithm=SHA-256, nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459""#,
];

#[test]
fn the_strongest_is_answered_and_its_words_are_repeated() {
    let bob = Credentials::with_password("bob", None, "zanzibar");
    let mut answer = Answer::to(&asks(407, &BOTH), &bob).unwrap();
    assert_eq!(answer.algorithm(), Algorithm::Sha256);
    let (name, line) = answer.line(&Method::Register, "sip:atlanta.com", 0xabc);
    assert_eq!(name, HeaderName::ProxyAuthorization);
    let start = concat!(
        r#"Digest username="bob", realm="atlanta.com", nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459", "#,
        r#"uri="sip:atlanta.com", response=""#
    );
    assert!(line.starts_with(start), "{line}");
    let end = r#"", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="0000000000000abc""#;
    assert!(line.ends_with(end), "{line}");
    let (_, again) = answer.line(&Method::Register, "sip:atlanta.com", 0xabd);
    assert!(again.contains("nc=00000002"), "{again}");
}

#[test]
fn an_ha1_answers_by_its_own_algorithm_and_realm_only() {
    let ha1 = Ha1::of_password(Algorithm::Md5, "bob", "atlanta.com", "zanzibar");
    let bob = Credentials::with_ha1("bob", "atlanta.com", [ha1].into_iter().collect());
    let both = asks(407, &BOTH);
    assert_eq!(Answer::to(&both, &bob).unwrap().algorithm(), Algorithm::Md5);
    let strong = asks(407, &BOTH[1..]);
    assert_eq!(Answer::to(&strong, &bob), Err(Unanswerable::OtherAlgorithm));
    let biloxi = asks(401, &[r#"Digest realm="biloxi.com", nonce="n""#]);
    let other = Err(Unanswerable::OtherRealm("biloxi.com".into()));
    assert_eq!(Answer::to(&biloxi, &bob), other);
    assert!(!format!("{bob:?}").contains(&ha1.hex()));
    let secret = Credentials::with_password("bob", None, "zanzibar");
    assert!(!format!("{secret:?}").contains("zanzibar"));
}

#[test]
fn who_asks_for_nothing_gets_nothing() {
    let bob = Credentials::with_password("bob", None, "zanzibar");
    let none = Err(Unanswerable::NoChallenge);
    assert_eq!(Answer::to(&asks(401, &[]), &bob), none);
    assert_eq!(Answer::to(&asks(403, &BOTH), &bob), none);
    assert_eq!(Answer::to(&asks(401, &["Basic realm=\"x\""]), &bob), none);
}

/// RFC 2069: no qop, no count, no cnonce; and the algorithm stays unsaid where it was unsaid.
#[test]
fn an_old_server_is_answered_in_its_old_way() {
    let line = r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41", stale=TRUE"#;
    let mufasa = Credentials::with_password("Mufasa", None, "CircleOfLife");
    let mut answer = Answer::to(&asks(401, &[line]), &mufasa).unwrap();
    assert!(answer.is_stale());
    let get = Method::from_token("GET").unwrap();
    let (name, line) = answer.line(&get, "/dir/index.html", 1);
    assert_eq!(name, HeaderName::Authorization);
    assert_eq!(
        line,
        concat!(
            r#"Digest username="Mufasa", realm="testrealm@host.com", "#,
            r#"nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", "#,
            r#"response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41""#
        )
    );
}
