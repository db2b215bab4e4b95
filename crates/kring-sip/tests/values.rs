//! URIs, addresses and what refers to them: the odd spellings that the field sends.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use kring_sip::{
    NameAddr, Scheme, Uri,
    header::{ReferTarget, ReferTo},
};

/// RFC 3261 §19.1.4, its own examples.
#[test]
fn uris_compare_as_the_standard_says() {
    let same = [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtLanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("tel:+66-38-611-025", "tel:+6638611025"),
        ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]"),
    ];
    let different = [
        (
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        (
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com:6000;transport=tcp",
        ),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        (
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off",
        ),
        ("sip:a@b", "sips:a@b"),
    ];
    let uri = |text: &str| text.parse::<Uri>().unwrap();
    for (one, two) in same {
        assert!(
            uri(one) == uri(two) && uri(two) == uri(one),
            "{one} is {two}"
        );
    }
    for (one, two) in different {
        assert!(
            uri(one) != uri(two) && uri(two) != uri(one),
            "{one} is not {two}"
        );
    }
}

#[test]
fn uris_of_every_kind() {
    let uri: Uri = "sips:*72#@[2001:db8::1]:5061;transport=tls;lr?Replaces=a%40b%3Bto-tag%3D1"
        .parse()
        .unwrap();
    assert_eq!(
        (uri.user(), uri.host(), uri.port()),
        (Some("*72#"), "[2001:db8::1]", Some(5061))
    );
    assert_eq!(uri.ip().unwrap().to_string(), "2001:db8::1");
    assert_eq!(uri.param("TRANSPORT"), Some("tls"));
    assert_eq!(uri.header("replaces").as_deref(), Some("a@b;to-tag=1"));
    let tel: Uri = "tel:2104;phone-context=rayong.example".parse().unwrap();
    assert_eq!(
        (tel.scheme(), tel.user(), tel.host()),
        (&Scheme::Tel, Some("2104"), "")
    );
    for bad in [
        "",
        "sip:",
        "sip:@host",
        "sip:a@",
        "sip:a@b:",
        "sip:a@b:70000",
        "sip:a@[::g]",
        "sip:a b@c",
        "1sip:a",
        "sip:a@b@c",
        "sip:a@b;;x",
        "tel:",
        "x:",
    ] {
        assert!(bad.parse::<Uri>().is_err(), "{bad}");
    }
}

#[test]
fn names_without_quotes_are_taken_as_they_are() {
    let name = |text: &str| text.parse::<NameAddr>().unwrap().display;
    assert_eq!(name("สมชาย ใจดี <sip:a@b>").as_deref(), Some("สมชาย ใจดี"));
    assert_eq!(
        name("Dept: Trade <sip:a@b>").as_deref(),
        Some("Dept: Trade")
    );
    assert_eq!(
        name("Joe \"J\" Doe <sip:a@b>").as_deref(),
        Some("Joe \"J\" Doe")
    );
    assert_eq!(name("\"\" <sip:a@b>"), None);
    let bare: NameAddr = "sip:a@b;x=\"<y>\";tag=1".parse().unwrap();
    assert_eq!((bare.tag(), &bare.display), (Some("1"), &None));
    for bad in [
        "\"a <sip:a@b>",
        "\"a\" b <sip:a@b>",
        "<sip:a@b",
        "sip:a@b?x=y",
        "<>",
        "\"a\"",
        "<sip:a@b> x",
    ] {
        assert!(bad.parse::<NameAddr>().is_err(), "{bad}");
    }
}

#[test]
fn an_attended_transfer_survives_the_uri() {
    let text = "<sip:2104@192.0.2.30?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>";
    let refer_to: ReferTo = text.parse().unwrap();
    let ReferTarget::Replace(replaces) = &refer_to.target else {
        panic!("{refer_to:?}");
    };
    assert_eq!(
        (&*replaces.call_id, &*replaces.to_tag, &*replaces.from_tag),
        ("a@b", "1", "2")
    );
    assert_eq!(refer_to.request_uri().to_string(), "sip:2104@192.0.2.30");
    assert_eq!(refer_to.to_string(), text);
}

#[test]
fn what_is_set_is_escaped() {
    let mut uri: Uri = "sip:a:secret@b;lr".parse().unwrap();
    uri.set_user(Some("ฝ่าย 1@x"));
    uri.set_param("note", "a;b\"c>");
    assert_eq!(
        uri.to_string(),
        "sip:%E0%B8%9D%E0%B9%88%E0%B8%B2%E0%B8%A2%201%40x:secret@b;lr;note=a%3Bb%22c%3E"
    );
    uri.set_user(None);
    assert!(uri.remove_param("NOTE"));
    assert_eq!(uri.to_string(), "sip:b;lr");
    let mut opaque: Uri = "isbn:2983792873".parse().unwrap();
    opaque.set_user(Some("x"));
    assert_eq!(
        (opaque.to_string().as_str(), opaque.user()),
        ("isbn:2983792873", None)
    );
}

#[test]
fn no_name_holds_a_line_break() {
    let name: NameAddr = "\"a\r\nb\\\rc\" <sip:a@b>".parse().unwrap();
    assert_eq!(name.display.as_deref(), Some("a  b c"));
}
