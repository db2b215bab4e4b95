//! Callers as PBXs and carriers write them.

use super::Caller;
use kring_sip::Message;
use proptest::prelude::*;

fn caller_of(from: &[u8], lines: &[&str], trusted: bool) -> Caller {
    let mut text =
        b"INVITE sip:1203@kring.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n\
        To: <sip:1203@kring.example>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nFrom: "
            .to_vec();
    text.extend_from_slice(from);
    text.extend_from_slice(b"\r\n");
    for line in lines {
        text.extend_from_slice(line.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    let Message::Request(invite) = kring_sip::parse(&text).unwrap() else {
        panic!("a request");
    };
    Caller::of(&invite.headers, &invite.headers.from().unwrap(), trusted)
}

const PLAIN: &[u8] = b"\"Somchai\" <sip:0812345678@192.0.2.2>;tag=1";

/// Number and name; `-` for a number that is withheld.
fn who(from: &[u8], lines: &[&str], trusted: bool) -> (String, String) {
    let identity = caller_of(from, lines, trusted).identity;
    assert_eq!(identity.anonymous, identity.user.is_empty());
    let user = if identity.anonymous {
        assert_eq!(identity.display, None, "a name would tell who it is");
        "-".to_owned()
    } else {
        identity.user
    };
    (user, identity.display.unwrap_or_default())
}

fn number(from: &str) -> String {
    who(from.as_bytes(), &[], true).0
}

#[test]
fn an_asserted_identity_counts_where_the_trunk_is_trusted() {
    let lines =
        ["P-Asserted-Identity: \"คุณมาลี\" <sip:malee@carrier.example>, <tel:+66-38-611-025>"];
    let pai = ("+6638611025".to_owned(), "คุณมาลี".to_owned());
    assert_eq!(who(PLAIN, &lines, true), pai);
    assert_eq!(who(PLAIN, &lines, false).0, "0812345678");
    let two = [
        "P-Asserted-Identity: <tel:+6638611025>",
        "P-Asserted-Identity: \"คุณมาลี\" <sip:malee@carrier.example>",
    ];
    assert_eq!(who(PLAIN, &two, true), pai, "on two lines");
    let nobody = ["P-Asserted-Identity: <sip:anonymous@carrier.example>"];
    assert_eq!(who(PLAIN, &nobody, true).0, "0812345678");
    let preferred = ["P-Preferred-Identity: <sip:1569@carrier.example>"];
    assert_eq!(
        who(PLAIN, &preferred, true).0,
        "0812345678",
        "a wish is no identity"
    );
}

#[test]
fn a_remote_party_counts_after_the_asserted_one() {
    let rpid =
        |params: &str| format!("Remote-Party-ID: \"Mali\" <sip:025551234@pbx.example>{params}");
    let both = [
        rpid(";party=calling"),
        "P-Asserted-Identity: <tel:1203>".into(),
    ];
    assert_eq!(who(PLAIN, &[&both[0], &both[1]], true).0, "1203");
    let of = |params: &str, trusted| who(PLAIN, &[&rpid(params)], trusted);
    let mali = ("025551234".to_owned(), "Mali".to_owned());
    assert_eq!(of("", true), mali);
    assert_eq!(of(";party=calling;privacy=off;screen=yes", true), mali);
    assert_eq!(of(";privacy=full", true).0, "-");
    assert_eq!(of(";party=calling;privacy=uri", true).0, "-");
    assert_eq!(
        of(";privacy=name", true),
        ("025551234".into(), String::new())
    );
    assert_eq!(of(";party=called", true).0, "0812345678");
    assert_eq!(
        of(";privacy=full", false).0,
        "0812345678",
        "not from a stranger to trust"
    );
}

#[test]
fn a_number_is_withheld_in_all_the_usual_ways() {
    let pai = "P-Asserted-Identity: <tel:+66812345678>";
    for wish in [
        "id",
        "user",
        "header",
        "header;user;critical",
        "id; critical",
        "ID",
        "none;id",
    ] {
        let privacy = format!("Privacy: {wish}");
        assert_eq!(who(PLAIN, &[pai, &privacy], true).0, "-", "{wish}");
        assert_eq!(who(PLAIN, &[&privacy], false).0, "-", "{wish}");
    }
    for wish in ["none", "critical", "session", "history"] {
        let privacy = format!("Privacy: {wish}");
        assert_eq!(who(PLAIN, &[&privacy], true).0, "0812345678", "{wish}");
    }
    let anonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1";
    assert_eq!(
        who(anonymous.as_bytes(), &[pai], true).0,
        "-",
        "From asks for it"
    );
    let shown = [pai, "Privacy: none"];
    assert_eq!(who(anonymous.as_bytes(), &shown, true).0, "+66812345678");
    for from in [
        "<sip:c8oqz84zk7z@anonymous.invalid>;tag=1",
        "Anonymous <sip:Anonymous@192.0.2.2>;tag=1",
        "<sip:Restricted@192.0.2.2>;tag=1",
        "<sip:unknown@192.0.2.2>;tag=1",
        "<sip:Unavailable@192.0.2.2>;tag=1",
        "<sip:private%20number@192.0.2.2>;tag=1",
        "<sip:no-caller-id@192.0.2.2>;tag=1",
        "<sip:192.0.2.2>;tag=1",
        "<sip:-@192.0.2.2>;tag=1",
    ] {
        assert_eq!(number(from), "-", "{from}");
    }
    let unknown = "\"Unknown\" <sip:unknown@192.0.2.2>;tag=1";
    assert_eq!(
        who(unknown.as_bytes(), &[pai], true).0,
        "+66812345678",
        "asks for nothing"
    );
}

#[test]
fn numbers_are_taken_in_without_what_stands_for_the_eye() {
    for (from, expected) in [
        ("<tel:+66-81-234-5678>;tag=1", "+66812345678"),
        ("<tel:(038)611.025;phone-context=+66>;tag=1", "038611025"),
        ("<tel:812345678;phone-context=+66>;tag=1", "+66812345678"),
        ("<tel:1203;phone-context=+66>;tag=1", "1203"),
        ("<tel:025;phone-context=+6638611>;tag=1", "025"),
        ("<tel:25;phone-context=+6638611>;tag=1", "+663861125"),
        ("<tel:5021;phone-context=pbx.example>;tag=1", "5021"),
        (
            "<sip:+66812345678;npdi@carrier.example;user=phone>;tag=1",
            "+66812345678",
        ),
        (
            "<sip:812345678;phone-context=+66@carrier.example;user=phone>;tag=1",
            "+66812345678",
        ),
        ("<sip:%2B66812345678@carrier.example>;tag=1", "+66812345678"),
        ("<sip:081%20234%205678@192.0.2.2>;tag=1", "0812345678"),
        ("<sip:*72%23@192.0.2.2>;tag=1", "*72#"),
        ("<sip:somchai.j@192.0.2.2>;tag=1", "somchai.j"),
        ("<sip:bad%0d%0aline@192.0.2.2>;tag=1", "badline"),
    ] {
        assert_eq!(number(from), expected, "{from}");
    }
}

#[test]
fn names_are_read_in_utf_8_and_tis_620_and_cleaned() {
    let name = |display: &[u8]| {
        let from = [b"\"", display, b"\" <sip:0812345678@192.0.2.2>;tag=1"].concat();
        who(&from, &[], true).1
    };
    assert_eq!(name("สมชาย ใจดี".as_bytes()), "สมชาย ใจดี");
    let tis_620 = [0xca, 0xc1, 0xaa, 0xd2, 0xc2, b' ', 0xe3, 0xa8, 0xb4, 0xd5];
    assert_eq!(name(&tis_620), "สมชาย ใจดี");
    assert_eq!(name("☎️ Somchai 🙏\u{202e}".as_bytes()), "Somchai");
    assert_eq!(name("  Mali\t\u{200b} J  ".as_bytes()), "Mali J");
    assert_eq!(
        name(b"=?UTF-8?B?4Liq?="),
        "=?UTF-8?B?4Liq?=",
        "RFC 2047 is not SIP's"
    );
    for empty in ["", "Anonymous", "Unknown", "🙂", "..."] {
        assert_eq!(name(empty.as_bytes()), "", "{empty}");
    }
}

/// `number`, and `rang` behind it; `-` for none.
fn forwarded(lines: &[&str]) -> String {
    let caller = caller_of(PLAIN, lines, true);
    let by = caller.identity.forwarded_by.unwrap_or_else(|| "-".into());
    format!("{by}{}", if caller.rang_before { " rang" } else { "" })
}

#[test]
fn the_topmost_diversion_tells_who_forwarded_the_call() {
    let of = |value: &str| forwarded(&[&format!("Diversion: {value}")]);
    assert_eq!(forwarded(&[]), "-");
    assert_eq!(of("<sip:1203@pbx.example>;reason=unconditional"), "1203");
    assert_eq!(
        of("<sip:1203@pbx.example>;reason=no-answer;counter=1"),
        "1203 rang"
    );
    assert_eq!(
        of("<sip:1203@pbx.example>;reason=\"no-answer\""),
        "1203 rang"
    );
    assert_eq!(
        of("<tel:+66-38-611-025>;reason=user-busy, <tel:1203>;reason=no-answer"),
        "+6638611025"
    );
    assert_eq!(
        of("<sip:1203@pbx.example>;privacy=full;reason=no-answer"),
        "- rang"
    );
    assert_eq!(of("<sip:anonymous@anonymous.invalid>"), "-");
    let lines = [
        "Diversion: <tel:1203>",
        "Diversion: <tel:1569>;reason=no-answer",
    ];
    assert_eq!(forwarded(&lines), "1203");
}

#[test]
fn the_history_tells_who_forwarded_the_call() {
    let of = |value: &str| forwarded(&[&format!("History-Info: {value}")]);
    let rfc_7044 = "<sip:1203@pbx.example>;index=1, \
        <sip:queue@kring.example;cause=408>;index=1.1;mp=1";
    assert_eq!(of(rfc_7044), "1203 rang");
    let deep = "<sip:1569@a.example>;index=1, <sip:1203@b.example;cause=408>;index=1.1;mp=1, \
        <sip:q@kring.example;cause=302>;index=1.1.1;mp=1.1, <sip:q@192.0.2.1>;index=1.1.1.1;rc=1.1.1";
    assert_eq!(of(deep), "1203", "the last one forwarded at once");
    let other_user = "<sip:1203@b.example>;index=1, <sip:q@192.0.2.1>;index=1.1;rc=1";
    assert_eq!(of(other_user), "1203");
    let rfc_4244 =
        "<sip:1203@b.example?Reason=SIP%3Bcause%3D408>;index=1, <sip:q@kring.example>;index=1.1";
    assert_eq!(of(rfc_4244), "1203 rang");
    let q850 =
        "<sip:1203@b.example?Reason=Q.850%3Bcause%3D19>;index=1, <sip:q@kring.example>;index=1.1";
    assert_eq!(of(q850), "1203 rang");
    let hidden =
        "<sip:1203@b.example?Privacy=history>;index=1, <sip:q@k.example;cause=302>;index=1.1;mp=1";
    assert_eq!(of(hidden), "-");
    assert_eq!(
        of("<sip:1203@kring.example>;index=1"),
        "-",
        "nobody was left"
    );
    assert_eq!(
        of("<sip:1203@kring.example;cause=302>;index=1;mp=1"),
        "-",
        "nor by itself"
    );
    let both = [
        "Diversion: <tel:1569>",
        "History-Info: <tel:1203>;index=1, <sip:q@k.example;cause=408>;index=1.1;mp=1",
    ];
    assert_eq!(forwarded(&both), "1569", "Diversion first");
}

proptest! {
    /// Whatever a peer writes: bounded, clean, and nobody's when withheld.
    #[test]
    fn whatever_is_written_can_be_shown(
        display in "[^\"\\\\\\r\\n]{0,300}", user in "[a-zA-Z0-9%;=+.()-]{0,200}", line in "\\PC{0,200}",
        name in 0_usize..5, trusted: bool,
    ) {
        let from = format!("\"{display}\" <sip:x{user}@192.0.2.2>;tag=1");
        let name = ["P-Asserted-Identity", "Remote-Party-ID", "Diversion", "History-Info", "Privacy"][name];
        let line = format!("{name}: {line}");
        let Caller { identity, .. } = caller_of(from.as_bytes(), &[&line], trusted);
        let texts = [Some(&identity.user), identity.display.as_ref(), identity.forwarded_by.as_ref()];
        for text in texts.into_iter().flatten() {
            prop_assert!(text.len() <= crate::limits::NAME_MAX);
            prop_assert!(!text.contains(char::is_control), "{text:?}");
        }
        prop_assert_eq!(identity.anonymous, identity.user.is_empty());
        prop_assert!(!identity.anonymous || identity.display.is_none());
    }

    /// A number is the same number however it is written.
    #[test]
    fn a_number_is_one_number(digits in "[1-9][0-9]{6,11}", gaps in proptest::collection::vec(0_usize..6, 12)) {
        let mut spelled = String::new();
        for (digit, gap) in digits.chars().zip(gaps) {
            spelled.push_str(["", "-", ".", "(", ")", ""][gap]);
            spelled.push(digit);
        }
        let plain = format!("+{digits}");
        for form in ["<tel:+N>;tag=1", "<sip:+N@192.0.2.2;user=phone>;tag=1", "<sip:%2bN;x=y@192.0.2.2>;tag=1"] {
            prop_assert_eq!(number(&form.replace('N', &spelled)), plain.clone());
        }
    }
}
