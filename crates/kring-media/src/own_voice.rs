//! Offer and answer where kring speaks itself: before anybody else has answered, or instead (RFC 3264).
//!
//! One codec of speech is agreed, so that whoever comes later can be offered exactly that.

use crate::{
    offer_answer::{OwnAudio, answered, offer_to_agent},
    program::{Coding, Playable},
    sdp::{AudioDescription, Codec, Direction, SdpRefused},
};

/// The answer to a caller whom kring speaks to: one codec that kring can speak and that is among
/// `allowed` (any case; empty: all), and key presses. G.711 comes before G.722, because whichever phone
/// answers later must have it, too.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when the caller offers nothing that kring can speak.
pub fn answer_by_kring(
    offer: &AudioDescription,
    allowed: &[String],
    own: &OwnAudio,
) -> Result<(AudioDescription, Coding), SdpRefused> {
    let is_allowed = |codec: &&Codec| {
        let mut names = allowed.iter();
        allowed.is_empty() || names.any(|name| name.eq_ignore_ascii_case(&codec.name))
    };
    let spoken = offer.codecs.iter().filter(is_allowed);
    let spoken = spoken
        .filter_map(|codec| Some((codec, Coding::of(codec)?)))
        .min_by_key(|(_, coding)| coding.codec == Playable::G722);
    let Some((speech, coding)) = spoken else {
        return Err(SdpRefused::NoCommonCodec);
    };
    let keys = offer
        .codecs
        .iter()
        .find(|codec| codec.is_telephone_event() && codec.clock == speech.clock);
    let said = AudioDescription {
        codecs: [Some(speech), keys]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        direction: offer.direction.reversed(),
        ..offer.clone()
    };
    let (_, mut audio) = offer_to_agent(Some(&said), &[], own)?;
    audio.crypto = answered(offer, own)?;
    audio.proto.clone_from(&offer.proto);
    audio.before.clone_from(&offer.before);
    audio.after.clone_from(&offer.after);
    Ok((audio, coding))
}

/// The offer to a caller who made none: G.711 in both laws as far as `allowed`, and key presses.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when neither is allowed.
pub fn offer_by_kring(allowed: &[String], own: &OwnAudio) -> Result<AudioDescription, SdpRefused> {
    let laws = [Playable::Pcma, Playable::Pcmu].map(Playable::name);
    let is_allowed = |law: &&str| {
        allowed.is_empty() || allowed.iter().any(|name| name.eq_ignore_ascii_case(law))
    };
    let spoken: Vec<String> = laws
        .into_iter()
        .filter(is_allowed)
        .map(str::to_owned)
        .collect();
    if spoken.is_empty() {
        return Err(SdpRefused::NoCommonCodec);
    }
    offer_to_agent(None, &spoken, own).map(|(_, offer)| offer)
}

/// How kring may speak to a side that has said this: its first codec that kring can speak.
pub fn coding_of(theirs: &AudioDescription) -> Option<Coding> {
    theirs.codecs.iter().find_map(Coding::of)
}

/// What phones are offered for a caller who has agreed with kring: of the caller's codecs the one that
/// kring speaks, and key presses.
///
/// # Errors
/// [`SdpRefused::NoCommonCodec`] when the caller has not that codec.
pub fn offer_of_agreed(
    callers: &AudioDescription,
    coding: Coding,
    own: &OwnAudio,
) -> Result<AudioDescription, SdpRefused> {
    let agreed = |codec: &&Codec| codec.is_telephone_event() || Coding::of(codec) == Some(coding);
    let said = AudioDescription {
        codecs: callers.codecs.iter().filter(agreed).cloned().collect(),
        direction: Direction::SendRecv,
        ..callers.clone()
    };
    offer_to_agent(Some(&said), &[], own).map(|(_, offer)| offer)
}
