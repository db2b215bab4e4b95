//! In which codecs the witnesses speak: what they say of themselves, and what they have agreed on.

use kring_time::Moment;

/// What a simple telephone knows: G.711 in both its laws.
pub(crate) const G711: [u8; 2] = [8, 0];

/// What one side and kring have agreed on.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// Since when.
    pub since: Moment,
    /// Payload numbers that this side has said it understands.
    pub own: Vec<u8>,
    /// Those that kring has said it understands.
    pub kring: Vec<u8>,
}

impl Agreed {
    /// What this side may send now.
    pub fn sends(&self) -> impl Iterator<Item = u8> {
        let both = self.kring.iter().filter(|codec| self.own.contains(codec));
        both.copied()
    }
}

/// A session description with these codecs, the best first, and telephone events.
pub(crate) fn description_of(host: &str, port: u16, codecs: &[u8]) -> String {
    let numbers: Vec<String> = codecs.iter().map(u8::to_string).collect();
    let maps: String = codecs.iter().map(|codec| rtpmap(*codec)).collect();
    format!(
        "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {} 101\r\n{maps}\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n",
        numbers.join(" ")
    )
}

fn rtpmap(codec: u8) -> String {
    let name = match codec {
        0 => "PCMU",
        8 => "PCMA",
        9 => "G722",
        18 => "G729",
        other => panic!("no witness speaks {other}"),
    };
    format!("a=rtpmap:{codec} {name}/8000\r\n")
}

/// The codecs for speech in a description, in its order.
pub(crate) fn codecs_of(sdp: &str) -> Vec<u8> {
    let line = sdp.lines().find(|line| line.starts_with("m=audio "));
    let formats = line.unwrap_or_default().split(' ').skip(3);
    let numbers = formats.filter_map(|format| format.trim().parse().ok());
    numbers.filter(|codec| *codec < 96).collect()
}

/// Those of a description that somebody `knows`.
pub(crate) fn known_of(sdp: &str, knows: &[u8]) -> Vec<u8> {
    let mut codecs = codecs_of(sdp);
    codecs.retain(|codec| knows.contains(codec));
    codecs
}
