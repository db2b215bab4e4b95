//! Offer and answer between two sides that never see each other's SDP (RFC 3264).
//!
//! kring speaks no codec itself: it passes on what the caller can, under the caller's payload
//! numbers, and what the agent's phone took of it. Only addresses, ports and the session are
//! kring's own.

use crate::{
    sdp::{AudioDescription, Codec, Crypto, Direction, Origin, SdpRefused, write},
    shield::Shield,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// What kring says of itself in SDP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAudio {
    /// The address that the reader of the SDP sends to.
    pub address: IpAddr,
    /// The RTP port, even; RTCP is the one above.
    pub port: u16,
    /// The same in every description of one leg.
    pub session_id: u64,
    /// Grows with every description of one leg that differs from the last (RFC 3264 §8).
    pub version: u64,
    /// The keys of the leg, if its sound may be secured.
    pub shield: Option<Arc<Shield>>,
}

/// The offer to an agent's phone: the caller's audio codecs under their numbers, cut to those whose
/// names are in `allowed` (any case; empty: all). Key presses always pass. Also gives what was
/// offered.
///
/// Without a caller's offer (an INVITE without SDP) it offers all of `allowed` that kring has
/// numbers for: PCMA, PCMU, G722, G729, opus, and key presses.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when the caller has none of the allowed codecs: 488.
pub fn offer_to_agent(
    caller: Option<&AudioDescription>,
    allowed: &[String],
    own: &OwnAudio,
) -> Result<(Vec<u8>, AudioDescription), SdpRefused> {
    let offered = match caller {
        Some(caller) => caller
            .codecs
            .iter()
            .filter(|codec| is_allowed(codec, allowed))
            .cloned()
            .collect(),
        None => own_codecs(allowed),
    };
    let direction = caller.map_or(Direction::SendRecv, |caller| caller.direction);
    let ptime = caller.and_then(|caller| caller.ptime);
    let (_, plain) = describe(own, offered, direction, ptime)?;
    let offer = match &own.shield {
        Some(shield) => plain.shielded(shield),
        None => plain,
    };
    Ok((write(&offer), offer))
}

/// The answer to the caller: what the agent's phone took of the caller's offer, under the numbers
/// that the phone gave it, in the phone's order. The offer's other `m=` lines are refused in their
/// places. Sound goes the ways that both want.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when the phone answered with nothing that the caller offered.
pub fn answer_to_caller(
    offer: &AudioDescription,
    agents_answer: &AudioDescription,
    own: &OwnAudio,
) -> Result<AudioDescription, SdpRefused> {
    let ways = agents_answer.direction.and(offer.direction.reversed());
    answer(offer, &agents_answer.codecs, agents_answer.ptime, ways, own)
}

/// The answer to an offer in a call that already has sound (hold, resume, another address, another
/// codec): what of `agreed` it has, under the numbers of the other side. That side is not told of a
/// hold, so the answer agrees with every direction.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when the offer has left the codecs of the other side.
pub fn answer_to_change(
    offer: &AudioDescription,
    agreed: &[Codec],
    ptime: Option<u8>,
    own: &OwnAudio,
) -> Result<AudioDescription, SdpRefused> {
    answer(offer, agreed, ptime, offer.direction.reversed(), own)
}

/// The offer to one side of a call that has sound: what the other side can now, cut to `allowed` (any
/// case; empty: all), or what it has agreed to before. `last` is what the side that is asked said last:
/// its other `m=` lines keep their places and stay refused (RFC 3264 §8), and it is secured as it was.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when nothing allowed is left: 488.
pub fn offer_of_change(
    codecs: &[Codec],
    ptime: Option<u8>,
    last: Option<&AudioDescription>,
    allowed: &[String],
    own: &OwnAudio,
) -> Result<AudioDescription, SdpRefused> {
    let codecs = codecs.iter().filter(|codec| is_allowed(codec, allowed));
    let codecs = codecs.cloned().collect();
    let (_, mut audio) = describe(own, codecs, Direction::SendRecv, ptime)?;
    if let Some(last) = last {
        audio.crypto = answered(last, own)?;
        audio.proto.clone_from(&last.proto);
        audio.before.clone_from(&last.before);
        audio.after.clone_from(&last.after);
    }
    Ok(audio)
}

fn answer(
    offer: &AudioDescription,
    other_side: &[Codec],
    ptime: Option<u8>,
    direction: Direction,
    own: &OwnAudio,
) -> Result<AudioDescription, SdpRefused> {
    let codecs: Vec<Codec> = other_side
        .iter()
        .filter(|theirs| offer.codecs.iter().any(|ours| ours.is_same_coding(theirs)))
        .cloned()
        .collect();
    let (_, mut audio) = describe(own, codecs, direction, ptime)?;
    audio.crypto = answered(offer, own)?;
    audio.proto.clone_from(&offer.proto);
    audio.before.clone_from(&offer.before);
    audio.after.clone_from(&offer.after);
    Ok(audio)
}

/// How sound is secured towards somebody who has said this: by our key in the way that they prefer, or not at all.
pub(crate) fn answered(
    theirs: &AudioDescription,
    own: &OwnAudio,
) -> Result<Vec<Crypto>, SdpRefused> {
    let shield = own.shield.as_deref();
    let answer = shield.and_then(|shield| shield.answer(&theirs.crypto));
    let must = shield.is_some_and(Shield::is_required) || theirs.is_secured();
    if answer.is_none() && must {
        return Err(SdpRefused::NotSecured);
    }
    Ok(answer.into_iter().collect())
}

fn is_allowed(codec: &Codec, allowed: &[String]) -> bool {
    codec.is_telephone_event()
        || allowed.is_empty()
        || allowed
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&codec.name))
}

fn describe(
    own: &OwnAudio,
    codecs: Vec<Codec>,
    direction: Direction,
    ptime: Option<u8>,
) -> Result<(Vec<u8>, AudioDescription), SdpRefused> {
    if !codecs.iter().any(Codec::is_speech) {
        return Err(SdpRefused::NoCommonCodec);
    }
    let rtp = SocketAddr::new(own.address, own.port);
    let audio = AudioDescription {
        rtp,
        rtcp: SocketAddr::new(own.address, own.port | 1),
        telephone_event: codecs
            .iter()
            .find(|codec| codec.is_telephone_event())
            .map(|codec| codec.payload_type),
        codecs,
        direction,
        ptime,
        proto: "RTP/AVP".into(),
        crypto: Vec::new(),
        origin: Origin {
            username: "kring".into(),
            session_id: own.session_id.to_string(),
            version: own.version,
        },
        before: Vec::new(),
        after: Vec::new(),
    };
    Ok((write(&audio), audio))
}

/// What kring offers by itself, in the order of `allowed`.
fn own_codecs(allowed: &[String]) -> Vec<Codec> {
    let known = [
        ("PCMA", 8, 8_000, 1, None),
        ("PCMU", 0, 8_000, 1, None),
        ("G722", 9, 8_000, 1, None),
        ("G729", 18, 8_000, 1, Some("annexb=no")),
        ("opus", 96, 48_000, 2, Some("useinbandfec=1")),
    ];
    let codec =
        |(name, payload_type, clock, channels, fmtp): (&str, u8, u32, u8, Option<&str>)| Codec {
            payload_type,
            name: name.into(),
            clock,
            channels,
            fmtp: fmtp.map(str::to_owned),
        };
    let mut codecs: Vec<Codec> = match allowed {
        [] => known.into_iter().map(codec).collect(),
        _ => allowed
            .iter()
            .filter_map(|name| {
                known
                    .iter()
                    .find(|known| known.0.eq_ignore_ascii_case(name))
            })
            .map(|known| codec(*known))
            .collect(),
    };
    codecs.push(codec(("telephone-event", 101, 8_000, 1, Some("0-16"))));
    codecs
}
