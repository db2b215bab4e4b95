//! Reading what was written gives what was meant, for any values.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use kring_sip::{
    HeaderName, Headers, Message, Method, NameAddr, Params, Request, Response, StatusCode, Uri,
    header::{
        Contact, RAck, Reason, ReferTarget, ReferTo, Refresher, Replaces, SessionExpires, Via,
    },
    parse,
};
use proptest::{collection::vec, option, prelude::*};

fn token() -> impl Strategy<Value = String> {
    "[-A-Za-z0-9.!%*_+`'~]{1,12}"
}

/// What people are called, and what attackers are.
fn display() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ก-๙ ]{1,12}".prop_filter("a name", |name| !name.is_empty()),
        "[ -~]{1,16}",
        Just("\\\"><sip:x@y>\\".to_owned()),
        Just("\u{7}\0\u{7f}".to_owned()),
    ]
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}(\\.[a-z0-9-]{1,8}){0,2}",
        any::<[u8; 4]>().prop_map(|ip| std::net::Ipv4Addr::from(ip).to_string()),
        any::<[u8; 16]>().prop_map(|ip| format!("[{}]", std::net::Ipv6Addr::from(ip))),
    ]
}

fn params() -> impl Strategy<Value = Params> {
    vec(("[a-z]{1,8}", option::of(".{0,8}")), 0..4).prop_map(|list| {
        let mut params = Params::new();
        for (name, value) in list {
            match value {
                Some(value) => params.set(&name, &value.replace(['\r', '\n'], "")),
                None => params.set_flag(&name),
            }
        }
        params
    })
}

fn uri() -> impl Strategy<Value = Uri> {
    let sip = (
        option::of(".{1,12}"),
        host(),
        option::of(any::<u16>()),
        vec((token(), ".{0,8}"), 0..3),
    )
        .prop_map(|(user, host, port, params)| {
            let mut uri = Uri::sip(user.as_deref(), &host, port).unwrap();
            for (name, value) in params {
                uri.set_param(&name, &value);
            }
            uri
        });
    let with_headers = (sip, vec((token(), ".{0,12}"), 0..2)).prop_map(|(mut uri, headers)| {
        for (name, value) in headers {
            uri.push_header(&name, &value);
        }
        uri
    });
    prop_oneof![
        8 => with_headers,
        1 => "tel:[+]?[0-9][-.()0-9]{1,14}(;phone-context=[+][0-9]{1,4})?"
            .prop_map(|text| text.parse().unwrap()),
        1 => "[a-rA-R][a-z0-9.+-]{0,7}x:[!#-;=?-~]{1,12}".prop_map(|text| text.parse().unwrap()),
    ]
}

fn name_addr() -> impl Strategy<Value = NameAddr> {
    (option::of(display()), uri(), params()).prop_map(|(display, uri, params)| NameAddr {
        display: display.map(Into::into),
        uri,
        params,
    })
}

fn via() -> impl Strategy<Value = Via> {
    (token(), host(), option::of(any::<u16>()), params()).prop_map(
        |(transport, host, port, params)| {
            let mut via: Via = format!("SIP/2.0/{transport} {host}").parse().unwrap();
            via.port = port;
            via.params = params;
            via
        },
    )
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        proptest::sample::select(Method::KNOWN.to_vec()),
        token().prop_map(|token| Method::from_token(&token).unwrap()),
    ]
}

fn headers(method: Method) -> impl Strategy<Value = Headers> {
    let more = vec((token(), "[ -~ก-๙]{0,24}"), 0..6);
    let key = (
        vec(via(), 1..4),
        name_addr(),
        name_addr(),
        "[!-~]{1,24}",
        0..1_u32 << 31,
    );
    (key, vec(name_addr(), 0..3), more).prop_map(move |(key, contacts, more)| {
        let (vias, from, to, call_id, cseq) = key;
        let mut headers = Headers::new();
        for via in vias {
            headers.push(HeaderName::Via, via.to_string());
        }
        headers.push(HeaderName::From, from.to_string());
        headers.push(HeaderName::To, to.to_string());
        headers.push(HeaderName::CallId, call_id);
        headers.push(HeaderName::CSeq, format!("{cseq} {method}"));
        let contacts: Vec<_> = contacts.iter().map(ToString::to_string).collect();
        if !contacts.is_empty() {
            headers.push(HeaderName::Contact, contacts.join(", "));
        }
        for (name, value) in more {
            let name = HeaderName::from_token(&format!("X-{name}")).unwrap();
            headers.push(name, value.trim());
        }
        headers
    })
}

fn message() -> impl Strategy<Value = Message> {
    let request =
        (method(), uri(), vec(any::<u8>(), 0..64)).prop_flat_map(|(method, uri, body)| {
            headers(method.clone()).prop_map(move |headers| {
                let mut request = Request::new(method.clone(), uri.clone());
                request.uri.clear_headers();
                request.headers = headers;
                request.body = body.clone().into();
                Message::Request(request)
            })
        });
    let response = (100..700_u16, "[ -~ก-๙]{0,16}", headers(Method::Invite)).prop_map(
        |(code, reason, headers)| {
            let mut response = Response::new(StatusCode::new(code).unwrap());
            response.reason = reason.into();
            response.headers = headers;
            Message::Response(response)
        },
    );
    prop_oneof![3 => request, 1 => response]
}

/// The same but for Content-Length, which the writer makes.
fn without_length(mut message: Message) -> Message {
    match &mut message {
        Message::Request(request) => request.headers.remove(&HeaderName::ContentLength),
        Message::Response(response) => response.headers.remove(&HeaderName::ContentLength),
    };
    message
}

proptest! {
    #[test]
    fn messages(message in message()) {
        let bytes = message.to_bytes();
        let again = parse(&bytes).map_err(|refused| {
            TestCaseError::fail(format!("{refused}: {}", String::from_utf8_lossy(&bytes)))
        })?;
        prop_assert_eq!(again.to_bytes(), bytes);
        prop_assert_eq!(without_length(again), message);
    }

    #[test]
    fn uris(uri in uri()) {
        let text = uri.to_string();
        let again: Uri = text.parse().unwrap();
        prop_assert_eq!(again.to_string(), text);
        prop_assert_eq!(&again, &uri);
        prop_assert_eq!(again.user_decoded(), uri.user_decoded());
        prop_assert_eq!(again.headers().collect::<Vec<_>>(), uri.headers().collect::<Vec<_>>());
    }

    #[test]
    fn addresses(address in name_addr()) {
        let again: NameAddr = address.to_string().parse().unwrap();
        prop_assert_eq!(again, address);
    }

    #[test]
    fn a_list_of_addresses(list in vec(name_addr(), 1..5)) {
        let mut headers = Headers::new();
        let texts: Vec<_> = list.iter().map(ToString::to_string).collect();
        headers.push(HeaderName::Route, texts.join(","));
        let again: Vec<_> = headers.routes().map(Result::unwrap).collect();
        prop_assert_eq!(again, list);
    }

    #[test]
    fn vias(via in via()) {
        prop_assert_eq!(via.to_string().parse::<Via>().unwrap(), via);
    }

    #[test]
    fn contacts(address in name_addr()) {
        let contact = Contact::Address(address);
        prop_assert_eq!(contact.to_string().parse::<Contact>().unwrap(), contact);
    }

    #[test]
    fn replaces_alone_and_in_refer_to(
        call_id in "[!-:<-~]{1,20}", to_tag in token(), from_tag in token(), early_only: bool,
        host in host(),
    ) {
        let replaces = Replaces {
            call_id: call_id.into(), to_tag: to_tag.into(), from_tag: from_tag.into(), early_only,
        };
        prop_assert_eq!(&replaces.to_string().parse::<Replaces>().unwrap(), &replaces);
        let refer_to = ReferTo::replace(Uri::sip(Some("2104"), &host, None).unwrap(), replaces.clone());
        let again: ReferTo = refer_to.to_string().parse().unwrap();
        prop_assert_eq!(&again.target, &ReferTarget::Replace(replaces));
        prop_assert!(!again.request_uri().has_headers());
    }

    #[test]
    fn racks(rseq in 1..u32::MAX, cseq in 0..1_u32 << 31, method in method()) {
        let rack = RAck { rseq, cseq, method };
        prop_assert_eq!(rack.to_string().parse::<RAck>().unwrap(), rack);
    }

    #[test]
    fn session_expires(seconds: u32, who in 0..3) {
        let refresher = [None, Some(Refresher::Uac), Some(Refresher::Uas)][who as usize];
        let value = SessionExpires { seconds, refresher };
        prop_assert_eq!(value.to_string().parse::<SessionExpires>().unwrap(), value);
    }

    #[test]
    fn reasons(cause: u16, text in "[ -~ก-๙]{0,20}") {
        let reason = Reason::sip(cause, &text);
        prop_assert_eq!(reason.to_string().parse::<Reason>().unwrap(), reason);
    }
}
