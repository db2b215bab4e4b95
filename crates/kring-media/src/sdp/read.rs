//! Reading SDP. What cannot be relayed is refused by name; an address is never guessed.

use super::{AudioDescription, Codec, Crypto, Direction, Origin, OtherMedia, SdpRefused};
use crate::{
    limits::{CODECS_MAX, CRYPTO_MAX, MEDIA_LINES_MAX, PARAMETER_MAX, SDP_MAX},
    shield::Shield,
};
use sdp_types::{Attribute, Connection, Media, Session};
use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

/// Reads an offer or an answer of plain sound. See [`read_under`].
///
/// # Errors
/// See [`SdpRefused`].
pub fn read(sdp: &[u8]) -> Result<AudioDescription, SdpRefused> {
    read_under(None, sdp)
}

/// Reads the answer to what kring has said of this leg.
///
/// # Errors
/// See [`SdpRefused`]; [`SdpRefused::NotSecured`] when it is secured otherwise than was offered.
pub fn read_answer(
    said: &AudioDescription,
    shield: Option<&Shield>,
    sdp: &[u8],
) -> Result<AudioDescription, SdpRefused> {
    let answer = read_under(shield, sdp)?;
    if answer.is_secured() {
        said.keys_with(&answer)?;
    }
    Ok(answer)
}

/// Reads an offer or an answer of a leg that may be secured, and must be if its shield says so; without a shield of
/// one whose sound is plain.
///
/// Of two lines of audio that can be met, the secured one is taken. Keys beside plain RTP count: some devices offer
/// so what they could.
///
/// Bytes that are no UTF-8 (a session name in TIS-620, say) are replaced, since nothing that
/// matters can stand there.
///
/// # Errors
/// See [`SdpRefused`].
pub fn read_under(shield: Option<&Shield>, sdp: &[u8]) -> Result<AudioDescription, SdpRefused> {
    if sdp.len() > SDP_MAX {
        return Err(SdpRefused::TooLong);
    }
    let text = clean(sdp);
    let session =
        Session::parse(&text).map_err(|refused| SdpRefused::Malformed(refused.to_string()))?;
    if session.medias.len() > MEDIA_LINES_MAX {
        return Err(SdpRefused::TooManyMedia);
    }
    let at = choose_audio(&session.medias, shield)?;
    let audio = &session.medias[at];
    let crypto = shield.map_or_else(Vec::new, |_| crypto_of(audio));
    if shield.is_some_and(Shield::is_required) && crypto.is_empty() {
        return Err(SdpRefused::NotSecured);
    }
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
        crypto,
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

/// The first audio line over RTP that is in use: secured if there is a shield, else plain.
fn choose_audio(medias: &[Media], shield: Option<&Shield>) -> Result<usize, SdpRefused> {
    let in_use = |media: &&Media| media.media == "audio" && media.port != 0;
    let plain = |media: &Media| matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
    let secure = |media: &Media| matches!(media.proto.as_str(), "RTP/SAVP" | "RTP/SAVPF");
    let secured = |media: &&Media| in_use(media) && secure(media) && !crypto_of(media).is_empty();
    let secured = shield.and_then(|_| medias.iter().position(|media| secured(&media)));
    secured
        .or_else(|| {
            medias
                .iter()
                .position(|media| in_use(&media) && plain(media))
        })
        .ok_or_else(|| match medias.iter().find(in_use) {
            Some(media) if shield.is_some() && secure(media) => SdpRefused::NoCommonCipher,
            Some(media) => SdpRefused::NotPlainRtp(short(&media.proto)),
            None => SdpRefused::NoAudio,
        })
}

/// The ways of securing it that kring can keep to, in its order.
fn crypto_of(audio: &Media) -> Vec<Crypto> {
    let lines = audio.attributes.iter();
    let lines = lines.filter(|line| line.attribute == "crypto");
    let lines = lines.filter_map(|line| Crypto::read(line.value.as_deref()?));
    lines.take(CRYPTO_MAX).collect()
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
