//! Secured sound (SRTP by SDES over TLS) with real phones: baresip takes nothing else, and the tones of both ends are
//! heard at the other.

use crate::{
    baresip::Baresip,
    kring::{A_SLOW_MACHINE, House, Kring, eventually},
    peer::{Authority, SipPeer, Streamed, Tls, header, pcma, streamed},
    phones::{PASSWORD, house},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    talker::{self, CITIZEN, Talker},
    tape::rms,
};
use kring_media::{
    AudioDescription, MASTER_MAX, PacketKind, SRTP_OVERHEAD, Shield, Srtp, g711, read, read_answer,
    rtp, tone, write,
};
use std::{
    net::UdpSocket,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What baresip says, Hz.
const PHONE: f32 = 440.0;

/// A house with TLS, and the phone 5021 of malee; kring, the port of TLS, and the authority.
fn secured_house(media: &str, phone: &[&str]) -> (Kring, u16, Authority, PathBuf) {
    let authority = Authority::new();
    let secrets = tempfile::tempdir().expect("a folder").keep();
    let keys = authority.papers().write(&secrets);
    let ca = secrets.join("ca.pem");
    authority.write(&ca);
    let port = free_port();
    let prepared = house(House {
        listen: &format!(", \"tls:127.0.0.1:{port}\""),
        sip: &keys,
        media,
        ..House::default()
    });
    let prepared = prepared.with_phone("malee", "5021", PASSWORD);
    if !phone.is_empty() {
        prepared.run(&[&["phone", "srtp", "5021"], phone].concat(), "");
    }
    let (kring, _agents) = prepared.open();
    (kring, port, authority, ca)
}

/// baresip at this port of TLS, with this word for its `mediaenc`.
fn baresip(kring: &Kring, port: u16, ca: &Path, mediaenc: &str) -> Baresip {
    let account = format!(
        "<sip:5021@127.0.0.1:{port};transport=tls>;auth_user=5021;auth_pass={PASSWORD};regint=60;\
         answermode=auto{mediaenc}"
    );
    let more = format!("sip_cafile {}\nmodule srtp.so\n", ca.display());
    let phone = Baresip::start_with(kring.folder.path(), free_port(), &account, &more);
    phone.has_said("200 OK");
    phone
}

/// A citizen who talks until somebody hangs up.
fn citizen(kring: &Kring, talker: &Talker) -> crate::sipp::Sipp {
    let scenario = Scenario::caller()
        .calls(PLAIN, &sdp(talker.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    kring.caller("citizen", &scenario)
}

/// Whether the phone's loudspeaker gave this tone: baresip writes what it plays, and has written all of it when the call
/// is over.
fn phone_heard(phone: &Baresip, hz: f32) {
    let found = eventually(A_SLOW_MACHINE, || {
        let sound = phone.played();
        let last = sound.len().checked_sub(4_000)?;
        (tone::heard(&sound[last..], &[hz]) == Some(hz)).then_some(())
    });
    let sound = phone.played();
    assert!(
        found.is_some(),
        "no {hz} Hz in {} samples of {}",
        sound.len(),
        rms(&sound)
    );
}

/// It takes SRTP and nothing else: both hear each other, it holds, resumes and hangs up.
#[test]
fn baresip_talks_by_srtp_both_ways_holds_and_resumes() {
    let (kring, port, _, ca) = secured_house("", &[]);
    let mut phone = baresip(&kring, port, &ca, ";mediaenc=srtp-mand");
    let mut talker = Talker::open(CITIZEN);
    let caller = citizen(&kring, &talker);
    talker.speak_to(&caller.wait_for(false, "200"));
    phone.wait_for("CALL_ESTABLISHED");
    talker.hears_only(PHONE);
    phone.tell("hold", "");
    phone.wait_for("\"ok\":true");
    talker.hears_music();
    phone.tell("resume", "");
    phone.wait_for("\"ok\":true");
    talker.hears_only(PHONE);
    phone.tell("hangup", "");
    caller.finish();
    phone_heard(&phone, CITIZEN);
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// A phone that knows nothing of SRTP refuses it and is offered plain sound, unless it must be secured.
#[test]
fn a_phone_without_srtp_talks_plain_where_it_is_only_preferred() {
    let (kring, port, _, ca) = secured_house("", &[]);
    let mut phone = baresip(&kring, port, &ca, "");
    let mut talker = Talker::open(CITIZEN);
    let caller = citizen(&kring, &talker);
    talker.speak_to(&caller.wait_for(false, "200"));
    phone.wait_for("CALL_ESTABLISHED");
    talker.hears_only(PHONE);
    phone.tell("hangup", "");
    caller.finish();
    phone_heard(&phone, CITIZEN);
}

/// A PBX over TLS whose sound is its own.
struct Pbx {
    sip: SipPeer<Streamed<Tls>>,
    socket: UdpSocket,
    /// What it offered last, and what kring answered.
    said: AudioDescription,
    heard: AudioDescription,
    srtp: Srtp,
    to: String,
    target: String,
    seq: u32,
    number: u16,
    voice: tone::Sine,
}

const NAMES: &str = "From: <sip:0812345678@127.0.0.1>;tag=a\r\nCall-ID: secured\r\n";
const CONTACT: &str = "Contact: <sip:pbx@127.0.0.1:5061;transport=tls>\r\n";

/// PCMA at this port, secured by fresh keys.
fn offer(port: u16, seed: u8) -> (AudioDescription, Shield) {
    let mut next = seed;
    let shield = Shield::new(true, || {
        next = next.wrapping_add(1);
        [next; MASTER_MAX]
    });
    let mut plain = read(pcma(port).as_bytes()).expect("a description");
    plain.origin.version = u64::from(seed);
    (plain.shielded(&shield), shield)
}

impl Pbx {
    /// Calls 1203 and is answered.
    fn calls(mut sip: SipPeer<Streamed<Tls>>) -> Pbx {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_nonblocking(true).expect("a socket");
        let (said, shield) = offer(socket.local_addr().expect("bound").port(), 10);
        let uri = "sip:1203@127.0.0.1";
        let lines = format!("{NAMES}To: <{uri}>\r\nCSeq: 1 INVITE\r\n{CONTACT}");
        sip.asks("INVITE", uri, &lines, &text(&said));
        sip.hears("SIP/2.0 180 ");
        let answered = sip.hears("SIP/2.0 200 ");
        let contact = header(&answered, "Contact");
        let target = contact.split(['<', '>']).nth(1).expect("an address");
        let heard = answer(&said, &shield, &answered);
        let keys = said.keys_with(&heard).expect("they fit").expect("secured");
        let mut pbx = Pbx {
            to: header(&answered, "To").to_owned(),
            target: target.to_owned(),
            sip,
            socket,
            said,
            heard,
            srtp: Srtp::new(keys),
            seq: 1,
            number: 0,
            voice: tone::Sine::new(CITIZEN, 13_000),
        };
        pbx.asks("ACK", "");
        pbx
    }

    fn asks(&mut self, method: &str, body: &str) {
        let (to, seq) = (&self.to, self.seq);
        let lines = format!("{NAMES}To: {to}\r\nCSeq: {seq} {method}\r\n{CONTACT}");
        self.sip.asks(method, &self.target, &lines, body);
    }

    /// Offers fresh keys within the call, and has kring's.
    fn changes_keys(&mut self, seed: u8) {
        let port = self.socket.local_addr().expect("bound").port();
        let (said, shield) = offer(port, seed);
        self.seq += 1;
        self.asks("INVITE", &text(&said));
        let answered = self.sip.hears("SIP/2.0 200 ");
        self.asks("ACK", "");
        let heard = answer(&said, &shield, &answered);
        assert_ne!(
            heard.crypto[0].key, self.heard.crypto[0].key,
            "fresh keys of kring's, too"
        );
        let keys = said.keys_with(&heard).expect("they fit").expect("secured");
        (self.said, self.heard) = (said, heard);
        self.srtp.rekey(keys);
    }

    /// Talks, and listens until this tone is heard.
    #[track_caller]
    fn talks_until(&mut self, hz: f32) {
        let began = Instant::now();
        let mut sound: Vec<i16> = Vec::new();
        for n in 0_u32.. {
            let due = began + Duration::from_millis(20) * n;
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            self.says();
            let mut buffer = [0; 2_000];
            while let Ok(length) = self.socket.recv(&mut buffer) {
                // What is under way from before a change is not ours any more.
                if let Ok(length) = self.srtp.open(PacketKind::Rtp, &mut buffer, length) {
                    let payload = rtp::payload(&buffer[..length]).expect("RTP");
                    sound.extend(payload.iter().map(|byte| g711::from_alaw(*byte)));
                }
            }
            let last = sound.len().saturating_sub(2_400);
            if sound.len() > 2_400 && tone::heard(&sound[last..], &[hz]) == Some(hz) {
                return;
            }
            assert!(
                began.elapsed() < A_SLOW_MACHINE,
                "no {hz} Hz in {}",
                sound.len()
            );
        }
    }

    fn says(&mut self) {
        let payload: Vec<u8> = (0..160)
            .map(|_| g711::alaw(self.voice.next_sample()))
            .collect();
        let mut packet = Vec::new();
        let at = u32::from(self.number) * 160;
        rtp::write(&mut packet, 8, self.number, at, 0xcafe, &payload);
        self.number += 1;
        let length = packet.len();
        packet.resize(length + SRTP_OVERHEAD, 0);
        let sealed = self.srtp.seal(PacketKind::Rtp, &mut packet, length);
        let sealed = &packet[..sealed.expect("a new number")];
        self.socket.send_to(sealed, self.heard.rtp).expect("sent");
    }
}

fn text(said: &AudioDescription) -> String {
    String::from_utf8(write(said)).expect("text")
}

fn answer(said: &AudioDescription, shield: &Shield, message: &str) -> AudioDescription {
    let body = message.split("\r\n\r\n").nth(1).expect("a body");
    read_answer(said, Some(shield), body.as_bytes()).unwrap_or_else(|why| panic!("{why}: {body}"))
}

/// A PBX whose sound must be secured, and the phone of malee at a port of SIPp.
fn pbx_house(sip: &str, authority: &Authority, tls: u16, at: u16) -> Kring {
    let tables = "[[trunk]]\nname = \"pbx\"\ntransport = \"tls\"\npeers = [\"127.0.0.1\"]\n\
                  srtp = \"require\"\n";
    let secrets = tempfile::tempdir().expect("a folder").keep();
    let house = House {
        tables,
        sip: &format!("{sip}{}", authority.papers().write(&secrets)),
        listen: &format!(", \"tls:127.0.0.1:{tls}\""),
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    };
    house.prepare().open().0
}

/// Both directions are heard before and after each change of keys by a re-INVITE.
#[test]
fn a_pbx_changes_its_keys_within_a_call() {
    let (authority, tls, at) = (Authority::new(), free_port(), free_port());
    let kring = pbx_house("", &authority, tls, at);
    let mut malee = Talker::open(talker::AGENT);
    let scenario = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(malee.port))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &scenario);
    let stream = streamed(authority.connects(tls, None));
    let mut pbx = Pbx::calls(SipPeer::over(stream, "TLS 127.0.0.1:5061"));
    malee.speak_to(&phone.wait_for(false, "INVITE"));
    pbx.talks_until(talker::AGENT);
    malee.hears_only(CITIZEN);
    for seed in [40, 80] {
        pbx.changes_keys(seed);
        pbx.talks_until(talker::AGENT);
        malee.hears_only(CITIZEN);
    }
    pbx.seq += 1;
    pbx.asks("BYE", "");
    pbx.sip.hears("SIP/2.0 200 ");
    phone.finish();
}

/// Plain sound from a PBX whose sound must be secured is refused, and the refusal says why.
#[test]
fn a_call_without_keys_is_refused_where_they_are_required() {
    let (authority, tls, at) = (Authority::new(), free_port(), free_port());
    let _kring = pbx_house("", &authority, tls, at);
    let stream = streamed(authority.connects(tls, None));
    let mut sip = SipPeer::over(stream, "TLS 127.0.0.1:5061");
    let uri = "sip:1203@127.0.0.1";
    let lines = format!("{NAMES}To: <{uri}>\r\nCSeq: 1 INVITE\r\n{CONTACT}");
    sip.asks("INVITE", uri, &lines, &pcma(30_000));
    let refused = sip.hears("SIP/2.0 488 ");
    assert!(refused.contains("SRTP over TLS is required"), "{refused}");
}
