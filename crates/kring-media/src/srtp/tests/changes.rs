//! Keys that change within a call, and what is printed of them.

use super::*;

/// Until the first packet under the new key comes, those that were under way under the old one are heard.
#[test]
fn a_change_of_keys_loses_nothing() {
    let suite = Suite::AesCm128HmacSha1_80;
    let (mut one, mut other) = ends(suite);
    let packet = seal(&mut one, Rtp, &sound(1, 7)).expect("new");
    assert!(open(&mut other, Rtp, &packet).is_ok());
    let under_way = seal(&mut one, Rtp, &sound(2, 7)).expect("new");
    let late = seal(&mut one, Rtp, &sound(3, 7)).expect("new");

    let gcm = Suite::AeadAes128Gcm;
    one.rekey(keys(gcm, 5, 6));
    other.rekey(keys(gcm, 6, 5));
    assert!(open(&mut other, Rtp, &under_way).is_ok());
    let again = open(&mut other, Rtp, &under_way);
    assert_eq!(
        again,
        Err(SrtpRefused::Forged),
        "old ones are not taken twice"
    );
    let packet = seal(&mut one, Rtp, &sound(4, 7)).expect("new");
    assert!(open(&mut other, Rtp, &packet).is_ok());
    assert!(open(&mut other, Rtp, &late).is_err(), "the old key is gone");

    // The same keys said again change nothing: a packet that was there was there.
    other.rekey(keys(gcm, 6, 5));
    let again = open(&mut other, Rtp, &packet);
    assert_eq!(again, Err(SrtpRefused::Replayed));
}

/// A phone turns from its first call to its second and back: no number of the first is used again, and it goes on.
#[test]
fn keys_that_come_back_go_on_where_they_were() {
    let suite = Suite::AeadAes128Gcm;
    let (mut one, mut other) = ends(suite);
    let first = seal(&mut one, Rtp, &sound(1, 7)).expect("new");
    assert!(open(&mut other, Rtp, &first).is_ok());
    for (ours, theirs) in [(5, 6), (1, 2)] {
        one.rekey(keys(suite, ours, theirs));
        other.rekey(keys(suite, theirs, ours));
        let packet = seal(&mut one, Rtp, &sound(ours.into(), 9)).expect("new");
        assert!(open(&mut other, Rtp, &packet).is_ok());
    }
    let again = seal(&mut one, Rtp, &sound(1, 7));
    assert_eq!(
        again,
        Err(SrtpRefused::Replayed),
        "it was sent under this key"
    );
    let again = open(&mut other, Rtp, &first);
    assert_eq!(
        again,
        Err(SrtpRefused::Replayed),
        "it was taken under this key"
    );
}

#[test]
fn keys_are_not_printed() {
    let keys = keys(Suite::AesCm128HmacSha1_80, 0, 0xff);
    let (srtp, printed) = (Srtp::new(keys.clone()), format!("{keys:?}"));
    assert!(
        printed.contains("MasterKey(…)") && !printed.contains("13"),
        "{printed}"
    );
    assert!(!format!("{srtp:?}").contains("13"));
}

#[test]
fn suites_know_their_names_and_lengths() {
    for suite in Suite::ALL {
        let name = suite.name().to_ascii_lowercase();
        assert_eq!(Suite::named(&name), Some(suite));
        assert_eq!(MasterKey::new(suite, &[0; 29]), None);
    }
    assert_eq!(Suite::named("AES_CM_128_HMAC_SHA1_32"), None);
}

proptest! {
    /// Any bytes at all are refused, and leave what they met as it was.
    #[test]
    fn any_bytes_are_refused(packet in prop::collection::vec(any::<u8>(), 0..300)) {
        for suite in Suite::ALL {
            let (mut one, mut other) = ends(suite);
            for kind in [Rtp, Rtcp] {
                prop_assert!(open(&mut other, kind, &packet).is_err());
            }
            let _ = header_of(&packet);
            for kind in [Rtp, Rtcp] {
                let _ = seal(&mut one, kind, &packet);
            }
            let packet = seal(&mut one, Rtp, &sound(9, 7)).expect("new");
            prop_assert!(open(&mut other, Rtp, &packet).is_ok());
        }
    }

    /// Whatever the header has before the sound: sources, an extension, padding.
    #[test]
    fn headers_of_any_length_pass(
        sources in 0_usize..16,
        words in prop::option::of(0_usize..20),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut plain = sound(1, 7)[..12].to_vec();
        plain[0] |= sources as u8;
        plain.extend(std::iter::repeat_n(0x55, sources * 4));
        if let Some(words) = words {
            plain[0] |= 0x10;
            plain.extend([0xbe, 0xde, 0, words as u8]);
            plain.extend(std::iter::repeat_n(0x66, words * 4));
        }
        let header = plain.len();
        plain.extend(body);
        for suite in Suite::ALL {
            let (mut one, mut other) = ends(suite);
            let packet = seal(&mut one, Rtp, &plain).expect("new");
            prop_assert_eq!(&packet[..header], &plain[..header]);
            prop_assert_eq!(open(&mut other, Rtp, &packet), Ok(plain.clone()));
        }
    }
}
