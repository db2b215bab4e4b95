//! What each message is about: the point that RFC 4475 makes with it.

use super::{refused, request, response};
use kring_sip::{
    HeaderName, Method, Refusal, Scheme,
    header::{Contact, HeaderRefused, ViaTransport},
};

#[test]
fn wsinv_white_space_compact_names_and_lists() {
    let wsinv = request("valid/wsinv");
    let headers = &wsinv.headers;
    assert_eq!(
        wsinv.uri.to_string(),
        "sip:vivekg@chair-dnrc.example.com;unknownparam"
    );
    assert_eq!(headers.max_forwards(), Ok(Some(68)));
    assert_eq!(
        headers.from().unwrap().display.as_deref(),
        Some(r#"J Rosenberg \""#)
    );
    assert_eq!(headers.get(&HeaderName::Subject), Some(""));
    let new = HeaderName::from_token("newfangledheader").unwrap();
    assert_eq!(
        headers.get(&new),
        Some("newfangled value continued newfangled value")
    );
    let unknown = HeaderName::from_token("UnknownHeaderWithUnusualValue").unwrap();
    assert_eq!(headers.get(&unknown), Some(";;,,;;,;"));
    let vias: Vec<_> = headers.vias().map(Result::unwrap).collect();
    let hosts: Vec<_> = vias.iter().map(|via| &*via.host).collect();
    assert_eq!(
        hosts,
        ["192.0.2.2", "spindle.example.com", "192.168.255.111"]
    );
    assert_eq!(vias[1].transport, ViaTransport::Tcp);
    assert_eq!(vias[2].branch(), Some("z9hG4bK30239"));
    let contact = headers.contacts().next().unwrap().unwrap();
    assert_eq!(contact.preference(), 330);
    let address = contact.address().unwrap();
    assert_eq!(address.display.as_deref(), Some(r#"Quoted string """#));
    assert_eq!(address.param("newparam"), Some("newvalue"));
    assert_eq!(address.param("secondparam"), Some(""));
    let route = headers.routes().next().unwrap().unwrap();
    assert_eq!(route.uri.param("lr"), Some(""));
    assert_eq!(route.uri.param("unknownwith"), Some("value"));
}

#[test]
fn intmeth_every_character_that_may_stand() {
    let intmeth = request("valid/intmeth");
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    assert_eq!(intmeth.method, Method::Other(method.into()));
    assert_eq!(
        intmeth.uri.user(),
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(
        intmeth.uri.password(),
        Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    );
    let to = intmeth.headers.to().unwrap();
    assert_eq!(to.display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    let from = intmeth.headers.from().unwrap();
    assert_eq!(
        from.display.as_deref(),
        Some("token1~` token2'+_ token3*%!.-")
    );
    assert_eq!(
        from.params.text("fromParam''~+*_!.-%").as_deref(),
        Some("\u{440}\u{430}\u{431}\u{43e}\u{442}\u{430}\u{44e}\u{449}\u{438}\u{439}")
    );
    let extension = HeaderName::from_token("extensionHeader-!.%*+_`'~").unwrap();
    assert_eq!(
        intmeth.headers.get(&extension),
        Some("\u{feff}\u{5927}\u{505c}\u{96fb}")
    );
}

#[test]
fn esc_escapes_are_kept_and_can_be_resolved() {
    let esc01 = request("valid/esc01");
    assert_eq!(esc01.uri.user(), Some("sips%3Auser%40example.com"));
    assert_eq!(
        esc01.uri.user_decoded().as_deref(),
        Some("sips:user@example.com")
    );
    assert_eq!(esc01.uri.host(), "example.net");
    let to = esc01.headers.to().unwrap();
    assert_eq!(to.uri, "sip:user@example.com".parse().unwrap());
    let contact = esc01.headers.contact().unwrap();
    // `%6C%72` is `lr`, but parameter names are not compared after unescaping.
    assert!(contact.uri.params().contains("%6C%72"));

    let esc02 = request("valid/esc02");
    assert_eq!(esc02.method, Method::Other("RE%47IST%45R".into()));
    assert_eq!(
        esc02.headers.to().unwrap().display.as_deref(),
        Some("%Z%45")
    );

    let escnull = request("valid/escnull");
    assert_eq!(
        escnull.headers.to().unwrap().uri.user_decoded().as_deref(),
        Some("null-\0-null")
    );
    assert_eq!(escnull.headers.content_length(), Ok(Some(0)));
}

#[test]
fn longreq_long_values_and_many_vias() {
    let longreq = request("valid/longreq");
    let last = longreq.headers.vias().last().unwrap().unwrap();
    assert_eq!(last.received().unwrap().to_string(), "192.0.2.5");
    assert!(
        longreq
            .headers
            .to()
            .unwrap()
            .display
            .unwrap()
            .ends_with(" proportion")
    );
    assert!(longreq.headers.from().unwrap().tag().unwrap().len() > 150);
}

#[test]
fn dblreq_bytes_behind_the_datagrams_message_are_ignored() {
    let dblreq = request("valid/dblreq");
    assert_eq!(dblreq.method, Method::Register);
    assert!(dblreq.body.is_empty());
}

#[test]
fn semiuri_semicolons_in_the_user_part() {
    let semiuri = request("valid/semiuri");
    assert_eq!(
        semiuri.uri.user_decoded().as_deref(),
        Some("user;par=u@example.net")
    );
    assert_eq!(semiuri.uri.host(), "example.com");
    assert!(semiuri.uri.params().is_empty());
    assert_eq!(semiuri.headers.all(&HeaderName::Accept).count(), 6);
}

#[test]
fn transports_known_and_unknown() {
    let transports = request("valid/transports");
    let names: Vec<_> = transports
        .headers
        .vias()
        .map(|via| via.unwrap().transport.as_str().to_owned())
        .collect();
    assert_eq!(names, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

#[test]
fn lwsdisp_no_space_before_the_bracket() {
    let lwsdisp = request("valid/lwsdisp");
    assert_eq!(
        lwsdisp.headers.from().unwrap().display.as_deref(),
        Some("caller")
    );
}

#[test]
fn mpart01_a_binary_body_stays_binary() {
    let mpart01 = request("valid/mpart01");
    assert_eq!(
        mpart01.headers.content_type().as_deref(),
        Some("multipart/mixed")
    );
    assert!(str::from_utf8(&mpart01.body).is_err());
}

#[test]
fn unreason_and_noreason_phrases() {
    assert!(
        response("valid/unreason")
            .reason
            .starts_with("= 2**3 * 5**2 ")
    );
    assert_eq!(&*response("valid/noreason").reason, "");
}

#[test]
fn faults_are_named() {
    let header = |name, why| Refusal::Header(name, why);
    let faults = [
        ("escruri", Refusal::RequestUriHeaders),
        ("bigcode", Refusal::StatusCode),
        ("clerr", Refusal::ShortBody),
        ("lwsstart", Refusal::StartLine),
        ("trws", Refusal::StartLine),
        ("lwsruri", Refusal::StartLine),
        ("test", Refusal::StartLine),
        ("badvers", Refusal::Version),
        ("mismatch01", Refusal::OtherMethod),
        ("mismatch02", Refusal::OtherMethod),
        ("mcl01", Refusal::Repeated(HeaderName::ContentLength)),
        ("multi01", Refusal::Repeated(HeaderName::CSeq)),
        ("insuf", header(HeaderName::From, HeaderRefused::Missing)),
        (
            "ncl",
            header(HeaderName::ContentLength, HeaderRefused::Number),
        ),
        ("scalar02", header(HeaderName::CSeq, HeaderRefused::Number)),
        ("scalarlg", header(HeaderName::CSeq, HeaderRefused::Number)),
    ];
    for (name, why) in faults {
        assert_eq!(refused(&format!("invalid/{name}")).why, why, "{name}");
    }
    let places = [
        ("badaspec", HeaderName::To),
        ("badinv01", HeaderName::Via),
        ("quotbal", HeaderName::To),
        ("regbadct", HeaderName::Contact),
    ];
    for (name, place) in places {
        let why = refused(&format!("invalid/{name}")).why;
        assert!(
            matches!(&why, Refusal::Header(at, _) if *at == place),
            "{name}: {why}"
        );
    }
    assert!(matches!(
        refused("invalid/ltgtruri").why,
        Refusal::RequestUri(_)
    ));
}

#[test]
fn what_the_endpoint_answers_by_can_be_read() {
    // 415: a body of a type that nobody knows.
    let invut = request("invalid/invut");
    assert_eq!(
        invut.headers.content_type().as_deref(),
        Some("application/unknownformat")
    );
    // 416: a Request-URI of another scheme.
    let novelsc = request("invalid/novelsc");
    assert_eq!(*novelsc.uri.scheme(), Scheme::Other("soap.beep".into()));
    let unkscm = request("invalid/unkscm");
    assert_eq!(
        *unkscm.uri.scheme(),
        Scheme::Other("nobodyknowsthisscheme".into())
    );
    assert_eq!(unkscm.uri.opaque(), Some("totallyopaquecontent"));
    // 420: extensions that nobody knows.
    let bext01 = request("invalid/bext01");
    let require: Vec<_> = bext01.headers.require().collect();
    assert_eq!(
        require,
        ["nothingSupportsThis", "nothingSupportsThisEither"]
    );
    // 483: no hops left.
    assert_eq!(
        request("invalid/zeromf").headers.max_forwards(),
        Ok(Some(0))
    );
    // 406 or 488: an answer that the caller does not accept.
    let sdp01 = request("invalid/sdp01");
    assert_eq!(
        sdp01.headers.all(&HeaderName::Accept).collect::<Vec<_>>(),
        ["text/nobodyKnowsThis"]
    );
    // 401: credentials of an unknown scheme.
    let regaut01 = request("invalid/regaut01");
    assert_eq!(
        regaut01.headers.get(&HeaderName::Authorization),
        Some("NoOneKnowsThisScheme opaque-data=here")
    );
    // Dropped: the topmost Via is not ours to match, and the response has been through another.
    let bcast = response("invalid/bcast");
    assert_eq!(bcast.headers.vias().count(), 2);
    assert_eq!(
        &*bcast.headers.vias().nth(1).unwrap().unwrap().host,
        "255.255.255.255"
    );
}

#[test]
fn old_and_odd_senders_are_understood() {
    // RFC 2543: no branch, no tag, no Max-Forwards, no Content-Length.
    let inv2543 = request("invalid/inv2543");
    assert_eq!(inv2543.headers.via().unwrap().branch(), None);
    assert_eq!(inv2543.headers.from().unwrap().tag(), None);
    assert_eq!(inv2543.headers.max_forwards(), Ok(None));
    assert!(inv2543.body.ends_with(b"m=audio 49217 RTP/AVP 0\r\n"));
    let to = inv2543.headers.to().unwrap();
    assert_eq!(
        to.param("user"),
        Some("phone"),
        "outside brackets it is the header's"
    );
    // A branch that is only the cookie is not unique.
    let via = request("invalid/badbranch").headers.via().unwrap();
    assert_eq!((via.branch(), via.unique_branch()), (Some("z9hG4bK"), None));
    let from = request("invalid/baddn").headers.from().unwrap();
    assert_eq!(from.display.as_deref(), Some("Bell, Alexander"));
    let date = request("invalid/baddate");
    assert_eq!(
        date.headers.get(&HeaderName::Date),
        Some("Fri, 01 Jan 2010 16:00:00 EST")
    );
}

#[test]
fn contacts_with_unknown_parts_are_understood() {
    let contact = request("invalid/cparam01").headers.contact().unwrap();
    assert_eq!(contact.param("unknownparam"), Some(""));
    let contact = request("invalid/cparam02").headers.contact().unwrap();
    assert_eq!(
        (
            contact.param("unknownparam"),
            contact.uri.param("unknownparam")
        ),
        (None, Some(""))
    );
    let contact = request("invalid/regescrt").headers.contact().unwrap();
    assert_eq!(
        contact.uri.header("route").as_deref(),
        Some("<sip:sip.example.com>")
    );
    let contacts: Vec<_> = request("invalid/unksm2")
        .headers
        .contacts()
        .map(|contact| contact.as_ref().ok().and_then(Contact::address).cloned())
        .collect();
    assert_eq!(
        contacts[0].as_ref().unwrap().uri.opaque(),
        Some("John_Smith")
    );
}
