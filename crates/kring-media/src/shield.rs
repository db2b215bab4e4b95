//! Whether a leg's sound may or must be secured, and with which keys of ours: offer and answer of SRTP by SDES
//! (RFC 4568). Only for legs whose signalling nobody can read, since it carries the keys.

use crate::{
    sdp::{AudioDescription, Crypto, SdpRefused},
    srtp::{MASTER_MAX, MasterKey, SrtpKeys, Suite},
};

/// Whether sound is secured, as somebody has configured it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SrtpPolicy {
    /// Never.
    Off,
    /// Where the other end can, and signalling is secure.
    #[default]
    Prefer,
    /// Always: whoever cannot has no call.
    Require,
}

impl SrtpPolicy {
    /// All of them.
    pub const ALL: [SrtpPolicy; 3] = [SrtpPolicy::Off, SrtpPolicy::Prefer, SrtpPolicy::Require];

    /// The word of configuration and tables.
    pub const fn name(self) -> &'static str {
        match self {
            SrtpPolicy::Off => "off",
            SrtpPolicy::Prefer => "prefer",
            SrtpPolicy::Require => "require",
        }
    }

    /// The one of this word.
    pub fn named(name: &str) -> Option<SrtpPolicy> {
        (SrtpPolicy::ALL.into_iter()).find(|policy| policy.name() == name)
    }
}

/// The keys by which kring may send to one leg, one for each suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shield {
    required: bool,
    /// In the order of [`Suite::ALL`], tagged from 1.
    lines: [Crypto; Suite::ALL.len()],
}

impl Shield {
    /// A shield of fresh keys; `chance` gives bytes of a cryptographic source.
    pub fn new(required: bool, mut chance: impl FnMut() -> [u8; MASTER_MAX]) -> Shield {
        let mut tag = 0;
        let lines = Suite::ALL.map(|suite| {
            tag += 1;
            let key = MasterKey::of_chance(suite, &chance());
            Crypto { tag, suite, key }
        });
        Shield { required, lines }
    }

    /// Without it there is no call.
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// The same demand with fresh keys.
    #[must_use]
    pub fn renewed(&self, chance: impl FnMut() -> [u8; MASTER_MAX]) -> Shield {
        Shield::new(self.required, chance)
    }

    /// What is offered: every suite.
    pub(crate) fn offer(&self) -> Vec<Crypto> {
        self.lines.to_vec()
    }

    /// What answers these: the first, as they prefer it, under its tag and by our key.
    pub(crate) fn answer(&self, offered: &[Crypto]) -> Option<Crypto> {
        let chosen = offered.first()?;
        let ours = self.lines.iter().find(|line| line.suite == chosen.suite)?;
        Some(Crypto {
            tag: chosen.tag,
            ..ours.clone()
        })
    }
}

impl AudioDescription {
    /// Its sound is secured.
    pub fn is_secured(&self) -> bool {
        !self.crypto.is_empty()
    }

    /// The same offer, secured in every way of `shield`.
    #[must_use]
    pub fn shielded(&self, shield: &Shield) -> AudioDescription {
        AudioDescription {
            proto: "RTP/SAVP".into(),
            crypto: shield.offer(),
            ..self.clone()
        }
    }

    /// The same where nobody can fall back on plain sound by refusing it: keys beside plain RTP, which may be passed
    /// over, unless the shield is required.
    #[must_use]
    pub fn softly(mut self, shield: Option<&Shield>) -> AudioDescription {
        if shield.is_some_and(|shield| !shield.required) {
            self.proto = "RTP/AVP".into();
        }
        self
    }

    /// The keys of a leg to which kring has said this, and that says `theirs`: one of the two answers the other. None:
    /// it is plain.
    ///
    /// # Errors
    /// [`SdpRefused::NotSecured`] when one is secured and the other does not answer it.
    pub fn keys_with(&self, theirs: &AudioDescription) -> Result<Option<SrtpKeys>, SdpRefused> {
        let (said, heard) = (&self.crypto[..], &theirs.crypto[..]);
        let (answer, tag) = match (said, heard) {
            ([], []) => return Ok(None),
            ([said], [heard]) if said.tag == heard.tag => (heard, said.tag),
            (_, [answer]) => (answer, answer.tag),
            ([answer], _) => (answer, answer.tag),
            _ => return Err(SdpRefused::NotSecured),
        };
        let of_tag = |lines: &[Crypto]| lines.iter().find(|line| line.tag == tag).cloned();
        let (Some(ours), Some(theirs)) = (of_tag(said), of_tag(heard)) else {
            return Err(SdpRefused::NotSecured);
        };
        if ours.suite != answer.suite || theirs.suite != answer.suite {
            return Err(SdpRefused::NotSecured);
        }
        Ok(Some(SrtpKeys {
            suite: answer.suite,
            ours: ours.key,
            theirs: theirs.key,
        }))
    }

    /// Whether an offer brings another key than `before` for the way by which both were secured: the sender wants new
    /// keys, and gets new ones of ours, too.
    pub fn rekeys(&self, before: &AudioDescription) -> bool {
        match (self.crypto.first(), before.crypto.first()) {
            (Some(now), Some(before)) => now.suite != before.suite || now.key != before.key,
            (None, _) | (_, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OwnAudio, answer_to_caller, offer_to_agent, read_answer, read_under, write};
    use std::sync::Arc;

    fn shield(required: bool, seed: u8) -> Arc<Shield> {
        let mut next = seed;
        Arc::new(Shield::new(required, || {
            next = next.wrapping_add(1);
            [next; MASTER_MAX]
        }))
    }

    fn own(shield: Option<&Arc<Shield>>) -> OwnAudio {
        OwnAudio {
            address: "192.0.2.1".parse().expect("an address"),
            port: 20_000,
            session_id: 1,
            version: 1,
            shield: shield.cloned(),
        }
    }

    fn phone(lines: &str, proto: &str) -> Vec<u8> {
        format!(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n\
             m=audio 4000 {proto} 8 101\r\n{lines}a=rtpmap:101 telephone-event/8000\r\n"
        )
        .into_bytes()
    }

    const CM: &str =
        "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\r\n";
    const OTHER: &str =
        "a=crypto:6 AES_CM_128_HMAC_SHA1_32 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\r\n";

    #[test]
    fn an_offer_is_answered_in_the_suite_that_it_prefers_and_both_have_the_keys() {
        let shield = shield(false, 0);
        let lines = format!("{OTHER}{CM}");
        let sdp = phone(&lines, "RTP/SAVP");
        let offer = read_under(Some(&shield), &sdp).expect("a secured offer");
        let answer = answer_to_caller(&offer, &offer, &own(Some(&shield))).expect("an answer");
        assert_eq!((&*answer.proto, answer.crypto.len()), ("RTP/SAVP", 1));
        assert_eq!(answer.crypto[0].tag, 7);
        let keys = answer
            .keys_with(&offer)
            .expect("they fit")
            .expect("secured");
        assert_eq!(keys.suite, Suite::AesCm128HmacSha1_80);
        assert_eq!(keys.theirs, offer.crypto[0].key);
        let said = String::from_utf8(write(&answer)).expect("text");
        assert!(said.contains("m=audio 20000 RTP/SAVP 8 101"), "{said}");
        assert!(
            said.contains("a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"),
            "{said}"
        );
        // Asked again, it says the same.
        let again = answer_to_caller(&offer, &offer, &own(Some(&shield)));
        assert_eq!(again, Ok(answer));
    }

    #[test]
    fn our_offer_is_answered_by_one_of_its_lines() {
        let shield = shield(false, 0);
        let (_, offer) = offer_to_agent(None, &[], &own(Some(&shield))).expect("an offer");
        assert_eq!((&*offer.proto, offer.crypto.len()), ("RTP/SAVP", 3));
        let line = format!("a=crypto:3 {}\r\n", &CM[11..].trim_end());
        let answer = read_answer(&offer, Some(&shield), &phone(&line, "RTP/SAVP"));
        let answer = answer.expect("an answer");
        let keys = offer
            .keys_with(&answer)
            .expect("they fit")
            .expect("secured");
        assert_eq!(
            (keys.ours, keys.suite),
            (offer.crypto[2].key.clone(), Suite::AesCm128HmacSha1_80)
        );
        // Another tag than was offered, or that of another suite.
        for tag in ["7", "1"] {
            let line = format!("a=crypto:{tag} {}\r\n", &CM[11..].trim_end());
            let refused = read_answer(&offer, Some(&shield), &phone(&line, "RTP/SAVP"));
            assert_eq!(refused, Err(SdpRefused::NotSecured));
        }
        // What is asked again within the call is that way and no other.
        let again = crate::offer_of_change(
            &answer.codecs,
            None,
            Some(&answer),
            &[],
            &own(Some(&shield)),
        );
        let again = again.expect("an offer");
        assert_eq!(again.crypto, offer.crypto[2..]);
    }

    #[test]
    fn what_is_not_wanted_secured_stays_plain_and_what_must_be_is_refused() {
        let (prefer, require) = (shield(false, 0), shield(true, 9));
        let plain = phone("", "RTP/AVP");
        let secured = phone(CM, "RTP/SAVP");
        let offer = read_under(Some(&prefer), &plain).expect("plain will do");
        let answer = answer_to_caller(&offer, &offer, &own(Some(&prefer))).expect("an answer");
        assert!(!answer.is_secured());
        assert_eq!(answer.keys_with(&offer), Ok(None));
        assert_eq!(
            read_under(Some(&require), &plain),
            Err(SdpRefused::NotSecured)
        );
        let refused = read_under(None, &secured);
        assert_eq!(refused, Err(SdpRefused::NotPlainRtp("RTP/SAVP".into())));
        let none = phone(OTHER, "RTP/SAVP");
        assert_eq!(
            read_under(Some(&prefer), &none),
            Err(SdpRefused::NoCommonCipher)
        );
    }

    /// Some phones offer keys with plain RTP and take what comes; some have a line of either kind.
    #[test]
    fn keys_beside_plain_rtp_are_taken_and_of_two_lines_the_secured_one() {
        let shield = shield(false, 0);
        let offer = read_under(Some(&shield), &phone(CM, "RTP/AVP")).expect("an offer");
        let answer = answer_to_caller(&offer, &offer, &own(Some(&shield))).expect("an answer");
        assert_eq!((&*answer.proto, answer.crypto.len()), ("RTP/AVP", 1));
        assert_eq!(
            read_under(None, &phone(CM, "RTP/AVP")).map(|it| it.is_secured()),
            Ok(false)
        );

        let mut both = phone("", "RTP/AVP");
        both.extend(format!("m=audio 4002 RTP/SAVP 8\r\n{CM}").bytes());
        let offer = read_under(Some(&shield), &both).expect("an offer");
        assert_eq!((offer.rtp.port(), offer.before.len()), (4002, 1));
        let offer = read_under(None, &both).expect("an offer");
        assert_eq!((offer.rtp.port(), offer.is_secured()), (4000, false));
    }

    #[test]
    fn another_key_in_an_offer_is_a_wish_for_new_ones() {
        let shield = shield(false, 0);
        let first = read_under(Some(&shield), &phone(CM, "RTP/SAVP")).expect("an offer");
        assert!(!first.rekeys(&first));
        let other = CM.replace("PS1u", "QS1u");
        let second = read_under(Some(&shield), &phone(&other, "RTP/SAVP")).expect("an offer");
        assert!(second.rekeys(&first));
    }

    #[test]
    fn policies_have_words() {
        for policy in SrtpPolicy::ALL {
            assert_eq!(SrtpPolicy::named(policy.name()), Some(policy));
        }
        assert_eq!(SrtpPolicy::named("always"), None);
    }
}
