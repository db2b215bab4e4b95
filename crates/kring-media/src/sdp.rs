//! SDP as kring understands it: one audio line, and what must be said about the others.
//!
//! Reading refuses what cannot be relayed, by name; it never guesses an address. Nothing of
//! `sdp-types` is seen outside this module and [`crate::offer_answer`].

use crate::limits::{CODECS_MAX, MEDIA_LINES_MAX, PARAMETER_MAX, SDP_MAX};
use sdp_types::{Attribute, Connection, Media, Session};
use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

/// One way of coding audio under its payload number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// 0 to 127.
    pub payload_type: u8,
    /// The encoding name as given: `PCMA`.
    pub name: String,
    /// The clock of the RTP timestamps, Hz.
    pub clock: u32,
    /// Channels, 1 if nothing was said.
    pub channels: u8,
    /// The value of `a=fmtp`, without the payload number.
    pub fmtp: Option<String>,
}

impl Codec {
    /// The same way of coding, whatever its number and parameters.
    pub fn is_same_coding(&self, other: &Codec) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
            && self.clock == other.clock
            && self.channels == other.channels
    }

    /// Key presses of RFC 4733, not speech.
    pub fn is_telephone_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }

    /// Something in which one can speak: neither key presses nor comfort noise.
    pub fn is_speech(&self) -> bool {
        !self.is_telephone_event() && !self.name.eq_ignore_ascii_case("CN")
    }
}

/// Which way sound goes, as seen by who says it (RFC 3264 §5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// I send and do not listen: hold.
    SendOnly,
    /// I listen only.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// From what is wanted.
    pub const fn of(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether who says so sends.
    pub const fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether who says so listens.
    pub const fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    /// The same as seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Direction {
        Direction::of(self.receives(), self.sends())
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Direction) -> Direction {
        Direction::of(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
    }

    /// The attribute's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    fn from_attribute(name: &str) -> Option<Direction> {
        let all = [
            Direction::SendRecv,
            Direction::SendOnly,
            Direction::RecvOnly,
            Direction::Inactive,
        ];
        all.into_iter().find(|direction| direction.as_str() == name)
    }
}

/// Who made the description and which one it is (`o=`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `-` when there was none.
    pub username: String,
    /// Names the session with the rest of the line but the version.
    pub session_id: String,
    /// Grows by one with every change (RFC 3264 §8).
    pub version: u64,
}

/// An `m=` line that kring does not take. It is answered with port 0 in its place
/// (RFC 3264 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherMedia {
    /// `video`, `image`, `application`, a second `audio`.
    pub media: String,
    /// `RTP/AVP`, `udptl`, …
    pub proto: String,
    /// The formats, as given.
    pub formats: String,
}

/// The audio of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioDescription {
    /// Where it wants RTP. The address may be unspecified (`0.0.0.0`): held by RFC 2543's way.
    pub rtp: SocketAddr,
    /// Where it wants RTCP: the port above unless `a=rtcp` says otherwise (RFC 3605).
    pub rtcp: SocketAddr,
    /// By preference, telephone-event among them. At least one is speech.
    pub codecs: Vec<Codec>,
    /// The payload number of key presses, if it knows them.
    pub telephone_event: Option<u8>,
    /// Which way sound goes, seen from this side. A held address does not receive.
    pub direction: Direction,
    /// The milliseconds of sound wanted in one packet.
    pub ptime: Option<u8>,
    /// `RTP/AVP` or `RTP/AVPF`; an answer must say the same.
    pub proto: String,
    /// Whose description this is.
    pub origin: Origin,
    /// The other `m=` lines that stand before the audio.
    pub before: Vec<OtherMedia>,
    /// Those that stand after it.
    pub after: Vec<OtherMedia>,
}

/// Why an SDP is not taken. [`SdpRefused::NoCommonCodec`] and the other refusals of well-formed
/// sound are 488; the rest is 400 ([`SdpRefused::is_malformed`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpRefused {
    /// Too long to be read.
    #[error("the SDP is longer than {SDP_MAX} bytes")]
    TooLong,
    /// Not SDP.
    #[error("not SDP: {0}")]
    Malformed(String),
    /// More `m=` lines than anybody needs.
    #[error("the SDP has more than {MEDIA_LINES_MAX} m= lines")]
    TooManyMedia,
    /// No audio, or audio refused with port 0.
    #[error("the SDP has no m=audio line that is in use")]
    NoAudio,
    /// Audio is there, but none over plain RTP.
    #[error("the audio is offered over {0} only; kring takes RTP/AVP")]
    NotPlainRtp(String),
    /// Nobody said where the audio is.
    #[error("neither the session nor m=audio has a c= line")]
    NoAddress,
    /// A name, a multicast address, or nonsense.
    #[error("{0:?} is no address that sound can be sent to")]
    BadAddress(String),
    /// The payload numbers name no codec in which both could speak.
    #[error("no codec in common")]
    NoCommonCodec,
}

impl SdpRefused {
    /// It could not be understood (400), as opposed to not be met (488).
    pub const fn is_malformed(&self) -> bool {
        matches!(
            self,
            SdpRefused::TooLong | SdpRefused::Malformed(_) | SdpRefused::NoAddress
        )
    }
}

/// Reads an offer or an answer.
///
/// Bytes that are no UTF-8 (a session name in TIS-620, say) are replaced, since nothing that
/// matters can stand there.
///
/// # Errors
/// See [`SdpRefused`].
pub fn read(sdp: &[u8]) -> Result<AudioDescription, SdpRefused> {
    if sdp.len() > SDP_MAX {
        return Err(SdpRefused::TooLong);
    }
    let text = clean(sdp);
    let session =
        Session::parse(&text).map_err(|refused| SdpRefused::Malformed(refused.to_string()))?;
    if session.medias.len() > MEDIA_LINES_MAX {
        return Err(SdpRefused::TooManyMedia);
    }
    let at = choose_audio(&session.medias)?;
    let audio = &session.medias[at];
    let codecs = codecs_of(audio);
    if !codecs.iter().any(Codec::is_speech) {
        return Err(SdpRefused::NoCommonCodec);
    }
    let rtp = SocketAddr::new(address_of(&session, audio)?, audio.port);
    let said = direction_of(&audio.attributes)
        .or_else(|| direction_of(&session.attributes))
        .unwrap_or_default();
    // RFC 3264 §8.4: the unspecified address is the old way to say "send me nothing".
    let held = Direction::of(true, !rtp.ip().is_unspecified());
    Ok(AudioDescription {
        rtp,
        rtcp: rtcp_of(audio, rtp),
        telephone_event: codecs
            .iter()
            .find(|codec| codec.is_telephone_event())
            .map(|codec| codec.payload_type),
        codecs,
        direction: said.and(held),
        ptime: value(audio, "ptime").and_then(|ptime| ptime.trim().parse().ok()),
        proto: audio.proto.clone(),
        origin: Origin {
            username: session
                .origin
                .username
                .clone()
                .unwrap_or_else(|| "-".into()),
            session_id: session.origin.sess_id.clone(),
            version: session.origin.sess_version,
        },
        before: session.medias[..at].iter().map(other).collect(),
        after: session.medias[at + 1..].iter().map(other).collect(),
    })
}

/// NULs and bytes that are no UTF-8 replaced; a bare CR is no line end for everybody, so it goes.
fn clean(sdp: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(sdp);
    let stray_cr = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'\r' && pair[1] != b'\n');
    if stray_cr || text.contains('\0') {
        let text = text.replace("\r\n", "\n").replace(['\r', '\0'], " ");
        return Cow::Owned(text.into_bytes());
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The first audio line over plain RTP that is in use.
fn choose_audio(medias: &[Media]) -> Result<usize, SdpRefused> {
    let in_use = |media: &&Media| media.media == "audio" && media.port != 0;
    let plain = |media: &Media| matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
    medias
        .iter()
        .position(|media| in_use(&media) && plain(media))
        .ok_or_else(|| match medias.iter().find(in_use) {
            Some(media) => SdpRefused::NotPlainRtp(short(&media.proto)),
            None => SdpRefused::NoAudio,
        })
}

fn other(media: &Media) -> OtherMedia {
    OtherMedia {
        media: media.media.clone(),
        proto: media.proto.clone(),
        formats: media.fmt.clone(),
    }
}

/// What may be quoted in an error.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

fn address_of(session: &Session, audio: &Media) -> Result<IpAddr, SdpRefused> {
    let connection = audio
        .connections
        .first()
        .or(session.connection.as_ref())
        .ok_or(SdpRefused::NoAddress)?;
    let ip = ip_of(connection)
        .ok_or_else(|| SdpRefused::BadAddress(short(&connection.connection_address)))?;
    let broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    if ip.is_multicast() || broadcast {
        return Err(SdpRefused::BadAddress(ip.to_string()));
    }
    Ok(ip)
}

fn ip_of(connection: &Connection) -> Option<IpAddr> {
    // A TTL or a count belongs to multicast; some devices write it everywhere.
    let text = &connection.connection_address;
    let ip: IpAddr = text.split('/').next()?.parse().ok()?;
    Some(ip.to_canonical())
}

/// RFC 3605: `a=rtcp:53020` or `a=rtcp:53020 IN IP4 192.0.2.4`. Anything unreadable is as good
/// as absent.
fn rtcp_of(audio: &Media, rtp: SocketAddr) -> SocketAddr {
    let said = value(audio, "rtcp").and_then(|said| {
        let mut words = said.split_ascii_whitespace();
        let port: u16 = words.next()?.parse().ok().filter(|port| *port != 0)?;
        let ip = match words.nth(2) {
            Some(ip) => ip.parse().ok()?,
            None => rtp.ip(),
        };
        Some(SocketAddr::new(ip, port))
    });
    // Above 65535 there is nothing; such a side gets no RTCP.
    said.unwrap_or_else(|| SocketAddr::new(rtp.ip(), rtp.port().wrapping_add(1)))
}

fn direction_of(attributes: &[Attribute]) -> Option<Direction> {
    attributes
        .iter()
        .find_map(|attribute| Direction::from_attribute(attribute.attribute.trim()))
}

fn value<'a>(media: &'a Media, name: &str) -> Option<&'a str> {
    media
        .attributes
        .iter()
        .find(|attribute| attribute.attribute == name)
        .and_then(|attribute| attribute.value.as_deref())
}

/// The codecs of the line in its order; numbers that name none are left out.
fn codecs_of(audio: &Media) -> Vec<Codec> {
    let mut codecs: Vec<Codec> = Vec::new();
    for number in audio.fmt.split_ascii_whitespace() {
        let Some(payload_type) = number.parse::<u8>().ok().filter(|number| *number < 128) else {
            continue;
        };
        if codecs
            .iter()
            .any(|codec| codec.payload_type == payload_type)
        {
            continue;
        }
        if let Some(codec) = mapped(audio, payload_type).or_else(|| well_known(audio, payload_type))
        {
            codecs.push(codec);
        }
        if codecs.len() == CODECS_MAX {
            break;
        }
    }
    codecs
}

/// What `attribute:NUMBER …` says about this number.
fn about<'a>(audio: &'a Media, attribute: &str, payload_type: u8) -> Option<&'a str> {
    audio
        .attributes
        .iter()
        .filter(|one| one.attribute == attribute)
        .find_map(|one| {
            let (number, rest) = one.value.as_deref()?.trim().split_once(' ')?;
            (number.parse() == Ok(payload_type)).then_some(rest.trim())
        })
        .filter(|rest| rest.len() <= PARAMETER_MAX)
}

fn mapped(audio: &Media, payload_type: u8) -> Option<Codec> {
    let mut parts = about(audio, "rtpmap", payload_type)?.split('/');
    Some(Codec {
        payload_type,
        name: parts.next().filter(|name| !name.is_empty())?.to_owned(),
        clock: parts
            .next()?
            .trim()
            .parse()
            .ok()
            .filter(|clock| *clock > 0)?,
        channels: match parts.next() {
            Some(channels) => channels
                .trim()
                .parse()
                .ok()
                .filter(|channels| *channels > 0)?,
            None => 1,
        },
        fmtp: parameters(audio, payload_type),
    })
}

fn parameters(audio: &Media, payload_type: u8) -> Option<String> {
    about(audio, "fmtp", payload_type).map(str::to_owned)
}

/// The static numbers of RFC 3551 §6 that telephones still use without an rtpmap.
fn well_known(audio: &Media, payload_type: u8) -> Option<Codec> {
    let (name, clock) = match payload_type {
        0 => ("PCMU", 8_000),
        3 => ("GSM", 8_000),
        4 => ("G723", 8_000),
        8 => ("PCMA", 8_000),
        9 => ("G722", 8_000),
        13 => ("CN", 8_000),
        15 => ("G728", 8_000),
        18 => ("G729", 8_000),
        _ => return None,
    };
    Some(Codec {
        payload_type,
        name: name.to_owned(),
        clock,
        channels: 1,
        fmtp: parameters(audio, payload_type),
    })
}
