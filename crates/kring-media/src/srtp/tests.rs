//! The vectors of the RFCs, and what must not be taken or sent.

mod changes;

use super::{
    MasterKey, OVERHEAD, Srtp, SrtpKeys, SrtpRefused, Suite,
    cipher::{Cipher, derive},
    header_of,
    incoming::Incoming,
    outgoing::Outgoing,
};
use crate::{rtcp, rtp, verdict::PacketKind};
use PacketKind::{Rtcp, Rtp};
use proptest::prelude::*;

const MASTER: &str = "E1F97A0D3E018BE0D64FA32C06DE4139";
const SALT: &str = "0EC675AD498AFEEBB6960B3AABE6";

/// RFC 7714 §16 and §17: the same for both lengths of key.
const GCM_SALT: &str = "517569642070726f2071756f";
const GCM_RTP: &str = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e6973206469766973612069\
                       6e207061727465732074726573";
const GCM_RTCP: &str = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefde\
                        adbeefdeadbeefdeadbeefdeadbeef";
const GCM_RTCP_INDEX: u32 = 0x5d4;

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn derived(key: &str, salt: &str, label: u8, length: usize) -> Vec<u8> {
    let mut out = vec![0xaa; length];
    derive(&bytes(key), &bytes(salt), label, &mut out);
    out
}

/// RFC 3711 B.3, and RFC 6188 §7.2 for the long key of AEAD_AES_256_GCM.
#[test]
fn session_keys_are_derived_as_in_the_rfcs() {
    let (key, salt) = (MASTER, SALT);
    let told = |label, length| derived(key, salt, label, length);
    assert_eq!(told(0, 16), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(told(2, 14), bytes("30CBBC08863D8C85D49DB34A9AE1"));
    let auth = "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4";
    assert_eq!(told(1, 20), bytes(auth));
    let long = "F0F04914B513F2763A1B1FA130F10E2998F6F6E43E4309D1E622A0E332B9F1B6";
    let told = |label, length| derived(long, "3B04803DE51EE7C96423AB5B78D2", label, length);
    let session = "5BA1064E30EC51613CAD926C5A28EF731EC7FB397F70A960653CAF06554CD8C4";
    assert_eq!(told(0, 32), bytes(session));
    assert_eq!(told(2, 14), bytes("FA31791685CA444A9E07C6C64E93"));
    let auth = "FD9C32D39ED5FBB5A9DC96B30818454D1313DC05";
    assert_eq!(told(1, 20), bytes(auth));
}

fn sealed(cipher: &Cipher, plain: &str, index: u64, kind: PacketKind) -> Vec<u8> {
    let mut buffer = bytes(plain);
    let length = buffer.len();
    buffer.resize(length + OVERHEAD, 0);
    let length = match kind {
        Rtp => cipher.seal_rtp(&mut buffer, length, index),
        Rtcp => cipher.seal_rtcp(&mut buffer, length, index as u32),
    };
    buffer.truncate(length.expect("it is a packet"));
    buffer
}

fn opened(cipher: &Cipher, sealed: &str, index: u64, kind: PacketKind) -> Vec<u8> {
    let mut buffer = bytes(sealed);
    let length = buffer.len();
    let length = match kind {
        Rtp => cipher.open_rtp(&mut buffer, length, index),
        Rtcp => {
            let told = cipher.rtcp_index(&buffer).expect("an index");
            assert_eq!(u64::from(told), index);
            cipher.open_rtcp(&mut buffer, length, told)
        }
    };
    buffer.truncate(length.expect("it is the key's"));
    buffer
}

fn goes_both_ways(cipher: &Cipher, kind: PacketKind, index: u64, plain: &str, secret: &str) {
    assert_eq!(sealed(cipher, plain, index, kind), bytes(secret));
    assert_eq!(opened(cipher, secret, index, kind), bytes(plain));
}

fn gcm(suite: Suite) -> Cipher {
    let key: Vec<u8> = (0..suite.key_len() as u8).collect();
    let mut salt = [0; 14];
    salt[..12].copy_from_slice(&bytes(GCM_SALT));
    Cipher::of_session(suite, &key, &salt, &[0; 20])
}

/// RFC 7714 §16.1.1, §16.1.2, §17.1.
#[test]
fn aead_aes_128_gcm_is_that_of_rfc_7714() {
    let cipher = gcm(Suite::AeadAes128Gcm);
    let secret = "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a\
                  51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce";
    goes_both_ways(&cipher, Rtp, 0xf17b, GCM_RTP, secret);
    let secret = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda\
                  4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
    goes_both_ways(&cipher, Rtcp, GCM_RTCP_INDEX.into(), GCM_RTCP, secret);
}

/// RFC 7714 §16.2.1, §16.2.2, §17.2.
#[test]
fn aead_aes_256_gcm_is_that_of_rfc_7714() {
    let cipher = gcm(Suite::AeadAes256Gcm);
    let secret = "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a02\
                  76ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";
    goes_both_ways(&cipher, Rtp, 0xf17b, GCM_RTP, secret);
    let secret = "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be\
                  8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4";
    goes_both_ways(&cipher, Rtcp, GCM_RTCP_INDEX.into(), GCM_RTCP, secret);
}

/// RFC 7714 §17.3: a report that is only signed. It is not taken, since nobody was told that some are plain.
#[test]
fn reports_that_are_not_encrypted_are_not_taken() {
    let mut plain = bytes(GCM_RTCP);
    plain.extend(bytes("841dd9683dd78ec92ae58790125f62b3000005d4"));
    let refused = gcm(Suite::AeadAes128Gcm).rtcp_index(&plain);
    assert_eq!(refused, Err(SrtpRefused::Forged));
}

fn keys(suite: Suite, ours: u8, theirs: u8) -> SrtpKeys {
    let key = |n: u8| {
        let bytes: Vec<u8> = (0..suite.master_len() as u8).map(|at| at ^ n).collect();
        MasterKey::new(suite, &bytes).expect("the suite's length")
    };
    let (ours, theirs) = (key(ours), key(theirs));
    SrtpKeys {
        suite,
        ours,
        theirs,
    }
}

fn ends(suite: Suite) -> (Srtp, Srtp) {
    (Srtp::new(keys(suite, 1, 2)), Srtp::new(keys(suite, 2, 1)))
}

/// Counter mode with HMAC-SHA1: the packets with which libsrtp tests itself, under the master key of RFC 3711 B.3.
#[test]
fn aes_cm_128_hmac_sha1_80_is_that_of_others() {
    let suite = Suite::AesCm128HmacSha1_80;
    let both = bytes(&format!("{MASTER}{SALT}"));
    let master = MasterKey::new(suite, &both).expect("the suite's length");
    let (mut out, mut back) = (Outgoing::new(suite, &master), Incoming::new(suite, &master));
    let plain = format!("800f1234decafbadcafebabe{}", "ab".repeat(16));
    let secret = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb";
    let mut buffer = bytes(&plain);
    buffer.resize(28 + OVERHEAD, 0);
    let length = out.seal(Rtp, &mut buffer, 28).expect("a packet");
    assert_eq!(buffer[..length], bytes(secret));
    let length = back.open(Rtp, &mut buffer, length).expect("the key's");
    assert_eq!(buffer[..length], bytes(&plain));

    let plain = format!("81c8000bcafebabe{}", "ab".repeat(16));
    let secret = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798";
    let mut buffer = bytes(secret);
    let length = back
        .open(Rtcp, &mut buffer, bytes(secret).len())
        .expect("the key's");
    assert_eq!(buffer[..length], bytes(&plain));
}

fn sound(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = Vec::new();
    let at = u32::from(sequence) * 160;
    rtp::write(&mut packet, 8, sequence, at, ssrc, &[sequence as u8; 160]);
    packet
}

fn seal(end: &mut Srtp, kind: PacketKind, packet: &[u8]) -> Result<Vec<u8>, SrtpRefused> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + OVERHEAD, 0);
    let length = end.seal(kind, &mut buffer, packet.len())?;
    buffer.truncate(length);
    Ok(buffer)
}

fn open(end: &mut Srtp, kind: PacketKind, packet: &[u8]) -> Result<Vec<u8>, SrtpRefused> {
    let mut buffer = packet.to_vec();
    let length = end.open(kind, &mut buffer, packet.len())?;
    buffer.truncate(length);
    Ok(buffer)
}

#[test]
fn what_one_end_seals_the_other_opens_over_wraps_losses_and_reordering() {
    for suite in Suite::ALL {
        let (mut one, mut other) = ends(suite);
        let mut taken = 0;
        for n in 65_000..200_000_u32 {
            let plain = sound(n as u16, 7);
            let packet = seal(&mut one, Rtp, &plain).expect("new");
            assert_ne!(packet[12..172], plain[12..]);
            // A tenth is lost, and now and then a second's worth.
            if n % 10 == 3 || n % 5_000 < 50 {
                continue;
            }
            assert_eq!(open(&mut other, Rtp, &packet), Ok(plain), "{suite:?} {n}");
            taken += 1;
        }
        assert!(taken > 100_000);
        // Those under way change their places around a wrap.
        let packets = [65_534_u16, 65_535, 0, 1].map(|n| seal(&mut one, Rtp, &sound(n, 9)));
        let packets = packets.map(|packet| packet.expect("new"));
        for n in [0, 2, 1, 3] {
            assert!(open(&mut other, Rtp, &packets[n]).is_ok(), "{suite:?} {n}");
        }
    }
}

#[test]
fn a_packet_is_taken_once_and_changed_or_cut_off_not_at_all() {
    for suite in Suite::ALL {
        let (mut one, mut other) = ends(suite);
        let report = rtcp::sender_report(7, 1, 160, 0);
        for (kind, plain) in [(Rtp, sound(10, 7)), (Rtcp, report)] {
            let packet = seal(&mut one, kind, &plain).expect("new");
            for at in 0..packet.len() {
                let mut changed = packet.clone();
                changed[at] ^= 0x40;
                assert!(open(&mut other, kind, &changed).is_err(), "{suite:?} {at}");
                assert!(open(&mut other, kind, &packet[..at]).is_err());
            }
            assert_eq!(open(&mut other, kind, &packet), Ok(plain));
            let again = open(&mut other, kind, &packet);
            assert_eq!(again, Err(SrtpRefused::Replayed));
        }
    }
}

/// What is older than the window is not taken: nobody knows whether it was there.
#[test]
fn a_packet_from_before_the_window_is_not_taken() {
    let (mut one, mut other) = ends(Suite::AeadAes128Gcm);
    let packets: Vec<Vec<u8>> = (100..400)
        .map(|n| seal(&mut one, Rtp, &sound(n, 7)).expect("new"))
        .collect();
    assert!(open(&mut other, Rtp, &packets[299]).is_ok());
    assert!(open(&mut other, Rtp, &packets[299 - 127]).is_ok());
    let late = open(&mut other, Rtp, &packets[299 - 128]);
    assert_eq!(late, Err(SrtpRefused::Replayed));
}

#[test]
fn a_wrong_key_opens_nothing_and_makes_no_source_known() {
    for suite in Suite::ALL {
        let (_, mut other) = ends(suite);
        let mut stranger = Srtp::new(keys(suite, 3, 4));
        for ssrc in 0..100 {
            let packet = seal(&mut stranger, Rtp, &sound(1, ssrc)).expect("new");
            let refused = open(&mut other, Rtp, &packet);
            assert_eq!(refused, Err(SrtpRefused::Forged));
        }
        let (mut one, _) = ends(suite);
        let packet = seal(&mut one, Rtp, &sound(1, 7)).expect("new");
        assert!(open(&mut other, Rtp, &packet).is_ok());
    }
}

/// A key stream is used once: the same number is not sent again with other sound, and a source that begins anew is sent
/// under another name.
#[test]
fn no_key_stream_is_used_twice() {
    let (mut one, mut other) = ends(Suite::AeadAes128Gcm);
    for n in 5_000..5_200 {
        let packet = seal(&mut one, Rtp, &sound(n, 7)).expect("new");
        assert!(open(&mut other, Rtp, &packet).is_ok());
    }
    let again = seal(&mut one, Rtp, &sound(5_150, 7));
    assert_eq!(again, Err(SrtpRefused::Replayed));
    for beginning in [100, 40_000] {
        for n in beginning..beginning + 50 {
            let packet = seal(&mut one, Rtp, &sound(n, 7)).expect("new under a new name");
            assert!(open(&mut other, Rtp, &packet).is_ok(), "{n}");
            assert_ne!(packet[8..12], 7_u32.to_be_bytes());
        }
    }
    // Its reports go by that name, too.
    let packet = seal(&mut one, Rtp, &sound(40_050, 7)).expect("new");
    let report = seal(&mut one, Rtcp, &rtcp::sender_report(7, 1, 1, 1)).expect("new");
    assert_eq!(report[4..8], packet[8..12]);
}

/// More sources than are remembered: none of them comes back under a name and number that were used.
#[test]
fn sources_that_were_forgotten_come_back_under_another_name() {
    let (mut one, mut other) = ends(Suite::AeadAes256Gcm);
    let mut names = std::collections::HashSet::new();
    for round in 0..3 {
        for ssrc in 0..20 {
            let packet = seal(&mut one, Rtp, &sound(1, ssrc)).expect("new");
            assert!(open(&mut other, Rtp, &packet).is_ok(), "{round} {ssrc}");
            let fresh = names.insert(packet[8..12].to_vec());
            assert!(fresh, "{round} {ssrc}: the name was used");
        }
    }
}
