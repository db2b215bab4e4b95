//! A phone in a browser, as a web page's library is one (RFC 7118): a WebSocket of tungstenite's, digest, and plain RTP.

use crate::{
    kring::{House, Kring},
    parts::{AGENT, CITIZEN, caller_talks},
    peer::{Authority, SipPeer, Way, header, pcma, web_phone, web_socket},
    phones::{PASSWORD, house},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
};

/// As JsSIP and SIP.js write it: a name that leads nowhere, and who it is (RFC 7118 §5).
const CONTACT: &str = "<sip:ip6rgcg2@df7jal23ls0d.invalid;transport=ws>;\
                       +sip.instance=\"<urn:uuid:0b1d1f0e-3bd1-4cd4-a1f2-0123456789ab>\";reg-id=1";

fn house_with(listen: &str, sip: &str) -> Kring {
    let house = house(House {
        listen,
        sip,
        ..House::default()
    });
    house.with_phone("malee", "5021", PASSWORD).open().0
}

/// It is rung through the connection that it opened, answers, and is told of the end.
fn takes_a_call<W: Way>(kring: &Kring, mut phone: SipPeer<W>) {
    let bound = phone.registers(CONTACT, PASSWORD);
    assert!(header(&bound, "Contact").contains("df7jal23ls0d.invalid"));
    let caller = kring.caller("caller", &caller_talks(300));
    let invite = phone.hears("INVITE ");
    assert!(invite.starts_with("INVITE sip:ip6rgcg2@df7jal23ls0d.invalid;transport=ws SIP/2.0"));
    let contact = "Contact: <sip:ip6rgcg2@df7jal23ls0d.invalid;transport=ws>\r\n";
    phone.answers(&invite, "180 Ringing", contact, "");
    phone.answers(&invite, "200 OK", contact, &pcma(AGENT));
    phone.hears("ACK ");
    let bye = phone.hears("BYE ");
    phone.answers(&bye, "200 OK", "", "");
    caller.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["agent"], "malee", "{call}");
}

#[test]
fn a_web_phone_registers_and_takes_a_call() {
    let port = free_port();
    let kring = house_with(&format!(", \"ws:127.0.0.1:{port}\""), "");
    takes_a_call(&kring, web_phone(port));
}

#[test]
fn a_web_phone_registers_and_takes_a_call_over_tls() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new());
    let keys = authority.papers().write(folder.path());
    let port = free_port();
    let kring = house_with(&format!(", \"wss:127.0.0.1:{port}\""), &keys);
    let socket = web_socket(authority.connects(port, None));
    takes_a_call(&kring, SipPeer::over(socket, "WSS df7jal23ls0d.invalid"));
}

/// A page that is closed is no phone any more: nobody waits for it.
#[test]
fn a_web_page_that_is_closed_is_not_rung() {
    let port = free_port();
    let kring = house_with(&format!(", \"ws:127.0.0.1:{port}\""), "");
    let mut phone = web_phone(port);
    phone.registers(CONTACT, PASSWORD);
    kring.metrics_until("kring_sip_registered_phones 1");
    drop(phone);
    kring.metrics_until("kring_sip_registered_phones 0");
    let caller = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(300)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    kring.caller("caller", &caller).finish();
    kring.journal_until("unreached  malee Unregistered 0");
}
