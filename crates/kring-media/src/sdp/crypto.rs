//! Keys in SDP (RFC 4568): what a line of `a=crypto` says, as far as kring can keep to it.

use crate::srtp::{MasterKey, Suite};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Some devices leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Digits of a tag, at most (RFC 4568 §9.1).
const TAG_DIGITS_MAX: usize = 9;

/// One way of securing the sound that is offered, or the one that was chosen: `a=crypto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// By which an answer names it.
    pub tag: u32,
    /// The cipher.
    pub suite: Suite,
    /// By which whoever says so sends.
    pub key: MasterKey,
}

impl Crypto {
    /// Reads what stands behind `a=crypto:`. None: nothing that kring can keep to. That is another suite, several keys
    /// or one with an identifier (MKI), a rate of derivation, or sound that is to stay plain or unsigned.
    pub fn read(value: &str) -> Option<Crypto> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?;
        let digits = tag.len() <= TAG_DIGITS_MAX && tag.bytes().all(|byte| byte.is_ascii_digit());
        let tag = tag.parse().ok().filter(|_| digits)?;
        let suite = Suite::named(words.next()?)?;
        let key = key_of(suite, words.next()?)?;
        words.all(is_harmless).then_some(Crypto { tag, suite, key })
    }

    /// What stands behind `a=crypto:`.
    pub fn write(&self) -> String {
        let (tag, suite) = (self.tag, self.suite.name());
        let key = BASE64.encode(self.key.bytes());
        format!("{tag} {suite} inline:{key}")
    }
}

/// `inline:KEY`, perhaps with a lifetime, which nobody reaches: 2^31 packets are 1.3 years of speech.
fn key_of(suite: Suite, word: &str) -> Option<MasterKey> {
    let (method, key) = word.split_once(':')?;
    if !method.eq_ignore_ascii_case("inline") {
        return None;
    }
    let mut parts = key.split('|');
    let key = parts.next()?;
    // What has a colon is the identifier of a key, which every packet would carry.
    if parts.any(|part| part.contains(':')) || key.len() > 64 {
        return None;
    }
    let mut bytes = [0; 48];
    let length = BASE64.decode_slice(key, &mut bytes).ok()?;
    MasterKey::new(suite, bytes.get(..length)?)
}

/// Parameters of the session that change nothing for us: a hint for the window, and what may be passed over by its own
/// word (RFC 4568 §6.3).
fn is_harmless(parameter: &str) -> bool {
    let upper = parameter.to_ascii_uppercase();
    upper.starts_with("WSH=") || upper == "KDR=0" || upper.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
    const GCM: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw";

    fn line(rest: &str) -> Option<Crypto> {
        Crypto::read(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{rest}"))
    }

    /// The example of RFC 4568 §4.1, with and without what may stand behind.
    #[test]
    fn a_line_is_read_and_written() {
        let plain = line(KEY).expect("a line");
        assert_eq!((plain.tag, plain.key.bytes().len()), (1, 30));
        let said = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
        assert_eq!(plain.write(), said);
        for rest in ["|2^20", "|1048576", " WSH=128", " KDR=0", "|2^20 -some"] {
            assert_eq!(line(&format!("{KEY}{rest}")), Some(plain.clone()), "{rest}");
        }
        for padded in [GCM.to_owned(), format!("{GCM}==")] {
            let gcm = Crypto::read(&format!("22 aead_aes_128_gcm INLINE:{padded}"));
            let gcm = gcm.expect("a line");
            assert_eq!((gcm.tag, gcm.suite), (22, Suite::AeadAes128Gcm));
            assert_eq!(gcm.key.bytes(), (0..28).collect::<Vec<u8>>());
            assert!(gcm.write().ends_with("=="), "{}", gcm.write());
        }
    }

    #[test]
    fn what_kring_cannot_keep_to_is_passed_over() {
        for rest in [
            "|2^20|1:4",
            "|1:4",
            ";inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|2:4",
            " UNENCRYPTED_SRTP",
            " UNENCRYPTED_SRTCP",
            " UNAUTHENTICATED_SRTP",
            " KDR=3",
            " FEC_ORDER=FEC_SRTP",
            " future",
        ] {
            assert_eq!(line(&format!("{KEY}{rest}")), None, "{rest}");
        }
        assert_eq!(line(&KEY[1..]), None);
        assert_eq!(line(&format!("{KEY}{KEY}")), None);
        assert_eq!(line("*"), None);
        let other = format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}");
        assert_eq!(Crypto::read(&other), None);
        for tag in ["", "x", "-1", "+1", "1234567890"] {
            let line = format!("{tag} AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
            assert_eq!(Crypto::read(&line), None, "{tag}");
        }
    }

    proptest! {
        /// Any text, and any change of a good line, is read or passed over; what is read is written again.
        #[test]
        fn any_line_is_read_or_passed_over(
            wild in ".{0,200}",
            at in 0_usize..70,
            what in prop::char::any(),
            cut in 0_usize..70,
        ) {
            let good = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20");
            let mut changed: Vec<char> = good.chars().collect();
            let last = changed.len() - 1;
            changed[at.min(last)] = what;
            let changed: String = changed.into_iter().collect();
            for text in [wild.as_str(), changed.as_str(), &good[..cut.min(good.len())]] {
                if let Some(crypto) = Crypto::read(text) {
                    prop_assert_eq!(Crypto::read(&crypto.write()), Some(crypto));
                }
            }
        }
    }
}
