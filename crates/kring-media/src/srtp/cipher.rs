//! The ciphers under their session keys: what becomes of the bytes of one packet whose index is known.

use super::{
    SrtpRefused, header_of,
    keys::{MasterKey, Suite},
    word,
};
use aes::{
    Aes128Enc, Aes256Enc,
    cipher::{
        BlockCipherEncrypt, InnerIvInit, KeyInit, StreamCipherCore, array::Array, consts::U12,
    },
};
use aes_gcm::{AeadInOut, AesGcm};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use std::fmt;
use zeroize::Zeroizing;

/// Says in the index of SRTCP that the packet is encrypted (RFC 3711 §3.4).
const ENCRYPTED: u32 = 1 << 31;

/// Bytes of a tag of HMAC-SHA1, of 20.
const HMAC_TAG: usize = 10;

const GCM_TAG: usize = 16;

/// The bytes of RTCP that stay plain: the first header and the sender's name.
const RTCP_CLEAR: usize = 8;

/// One direction of RTP or of RTCP.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each direction, in a box already"
)]
pub(super) enum Cipher {
    Cm {
        aes: Aes128Enc,
        salt: [u8; 14],
        mac: Hmac<Sha1>,
    },
    Gcm128 {
        aead: AesGcm<Aes128Enc, U12>,
        salt: [u8; 12],
    },
    Gcm256 {
        aead: AesGcm<Aes256Enc, U12>,
        salt: [u8; 12],
    },
}

/// What session keys are for: the first of three labels (RFC 3711 §4.3.2).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Rtp = 0,
    Rtcp = 3,
}

impl Cipher {
    /// Derives the session keys.
    pub(super) fn new(suite: Suite, master: &MasterKey, purpose: Purpose) -> Cipher {
        let (key, salt) = master.bytes().split_at(suite.key_len());
        let label = purpose as u8;
        let mut long_key = Zeroizing::new([0; 32]);
        let session_key = &mut long_key[..suite.key_len()];
        derive(key, salt, label, session_key);
        let mut session_salt = [0; 14];
        derive(key, salt, label + 2, &mut session_salt[..suite.salt_len()]);
        let mut auth = Zeroizing::new([0; 20]);
        derive(key, salt, label + 1, &mut *auth);
        Cipher::of_session(suite, session_key, &session_salt, &auth)
    }

    /// Of session keys that are known already. The salt's last two bytes, and the key of authentication, are for
    /// counter mode only.
    pub(super) fn of_session(suite: Suite, key: &[u8], salt: &[u8; 14], auth: &[u8; 20]) -> Cipher {
        const LENGTH: &str = "the suite's length";
        let short_salt = || salt[..12].try_into().expect(LENGTH);
        match suite {
            Suite::AesCm128HmacSha1_80 => Cipher::Cm {
                aes: Aes128Enc::new_from_slice(key).expect(LENGTH),
                salt: *salt,
                mac: <Hmac<Sha1> as KeyInit>::new_from_slice(auth).expect("any length"),
            },
            Suite::AeadAes128Gcm => Cipher::Gcm128 {
                aead: AesGcm::new_from_slice(key).expect(LENGTH),
                salt: short_salt(),
            },
            Suite::AeadAes256Gcm => Cipher::Gcm256 {
                aead: AesGcm::new_from_slice(key).expect(LENGTH),
                salt: short_salt(),
            },
        }
    }

    /// Seals RTP of this 48 bit index; the buffer has room for the tag.
    pub(super) fn seal_rtp(
        &self,
        buffer: &mut [u8],
        length: usize,
        index: u64,
    ) -> Result<usize, SrtpRefused> {
        let header = header_of(&buffer[..length]).ok_or(SrtpRefused::Short)?;
        let ssrc = word(buffer, 8);
        if let Cipher::Cm { aes, salt, mac } = self {
            count(aes, salt, ssrc, index, &mut buffer[header..length]);
            let tag = tag_of(mac, &buffer[..length], (index >> 16) as u32);
            buffer[length..length + HMAC_TAG].copy_from_slice(&tag);
            return Ok(length + HMAC_TAG);
        }
        let nonce = self.nonce(ssrc, index);
        let (clear, rest) = buffer.split_at_mut(header);
        let (body, after) = rest.split_at_mut(length - header);
        let tag = self.gcm_seal(nonce, clear, body)?;
        after[..GCM_TAG].copy_from_slice(&tag);
        Ok(length + GCM_TAG)
    }

    /// Opens RTP of this index: the plain length.
    pub(super) fn open_rtp(
        &self,
        buffer: &mut [u8],
        length: usize,
        index: u64,
    ) -> Result<usize, SrtpRefused> {
        let plain = self.plain_rtp(length)?;
        let header = header_of(&buffer[..plain]).ok_or(SrtpRefused::Short)?;
        let ssrc = word(buffer, 8);
        let (packet, tag) = buffer[..length].split_at_mut(plain);
        if let Cipher::Cm { aes, salt, mac } = self {
            check(mac, packet, (index >> 16) as u32, tag)?;
            count(aes, salt, ssrc, index, &mut packet[header..]);
            return Ok(plain);
        }
        let nonce = self.nonce(ssrc, index);
        let (clear, body) = packet.split_at_mut(header);
        self.gcm_open(nonce, clear, body, tag)?;
        Ok(plain)
    }

    /// The length of what is within sealed RTP.
    pub(super) fn plain_rtp(&self, length: usize) -> Result<usize, SrtpRefused> {
        let plain = length.checked_sub(self.tag()).ok_or(SrtpRefused::Short)?;
        if plain < 12 {
            return Err(SrtpRefused::Short);
        }
        Ok(plain)
    }

    /// Seals RTCP of this 31 bit index; the buffer has room for tag and index.
    pub(super) fn seal_rtcp(
        &self,
        buffer: &mut [u8],
        length: usize,
        index: u32,
    ) -> Result<usize, SrtpRefused> {
        if length < RTCP_CLEAR {
            return Err(SrtpRefused::Short);
        }
        let (ssrc, told) = (word(buffer, 4), (index | ENCRYPTED).to_be_bytes());
        if let Cipher::Cm { aes, salt, mac } = self {
            count(
                aes,
                salt,
                ssrc,
                index.into(),
                &mut buffer[RTCP_CLEAR..length],
            );
            buffer[length..length + 4].copy_from_slice(&told);
            let tag = tag_of(mac, &buffer[..length], index | ENCRYPTED);
            buffer[length + 4..length + 4 + HMAC_TAG].copy_from_slice(&tag);
            return Ok(length + 4 + HMAC_TAG);
        }
        let nonce = self.nonce(ssrc, index.into());
        let (clear, rest) = buffer.split_at_mut(RTCP_CLEAR);
        let (body, after) = rest.split_at_mut(length - RTCP_CLEAR);
        let tag = self.gcm_seal(nonce, &beside(clear, told), body)?;
        after[..GCM_TAG].copy_from_slice(&tag);
        after[GCM_TAG..GCM_TAG + 4].copy_from_slice(&told);
        Ok(length + GCM_TAG + 4)
    }

    /// The index that sealed RTCP says it has. None of ours is sent plain, and none taken.
    pub(super) fn rtcp_index(&self, packet: &[u8]) -> Result<u32, SrtpRefused> {
        let at = match self {
            Cipher::Cm { .. } => packet.len().checked_sub(HMAC_TAG + 4),
            Cipher::Gcm128 { .. } | Cipher::Gcm256 { .. } => packet.len().checked_sub(4),
        };
        let shortest = RTCP_CLEAR + self.tag() + 4;
        let at = at.filter(|_| packet.len() >= shortest && packet[0] >> 6 == 2);
        let told = word(packet, at.ok_or(SrtpRefused::Short)?);
        if told & ENCRYPTED == 0 {
            return Err(SrtpRefused::Forged);
        }
        Ok(told & !ENCRYPTED)
    }

    /// Opens RTCP of the index that it said: the plain length.
    pub(super) fn open_rtcp(
        &self,
        buffer: &mut [u8],
        length: usize,
        index: u32,
    ) -> Result<usize, SrtpRefused> {
        let plain = (length.checked_sub(self.tag() + 4)).filter(|plain| *plain >= RTCP_CLEAR);
        let plain = plain.ok_or(SrtpRefused::Short)?;
        let (ssrc, told) = (word(buffer, 4), index | ENCRYPTED);
        let (packet, after) = buffer[..length].split_at_mut(plain);
        if let Cipher::Cm { aes, salt, mac } = self {
            check(mac, packet, told, &after[4..])?;
            count(aes, salt, ssrc, index.into(), &mut packet[RTCP_CLEAR..]);
            return Ok(plain);
        }
        let nonce = self.nonce(ssrc, index.into());
        let (clear, body) = packet.split_at_mut(RTCP_CLEAR);
        let beside = beside(clear, told.to_be_bytes());
        self.gcm_open(nonce, &beside, body, &after[..GCM_TAG])?;
        Ok(plain)
    }

    const fn tag(&self) -> usize {
        match self {
            Cipher::Cm { .. } => HMAC_TAG,
            Cipher::Gcm128 { .. } | Cipher::Gcm256 { .. } => GCM_TAG,
        }
    }

    /// RFC 7714 §8.1 and §9.1: an index of SRTCP stands where the lower 32 of 48 bits do.
    fn nonce(&self, ssrc: u32, index: u64) -> Array<u8, U12> {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
        if let Cipher::Gcm128 { salt, .. } | Cipher::Gcm256 { salt, .. } = self {
            for (byte, salt) in nonce.iter_mut().zip(salt) {
                *byte ^= salt;
            }
        }
        nonce.into()
    }

    fn gcm_seal(
        &self,
        nonce: Array<u8, U12>,
        beside: &[u8],
        body: &mut [u8],
    ) -> Result<[u8; GCM_TAG], SrtpRefused> {
        let sealed = match self {
            Cipher::Gcm128 { aead, .. } => aead.encrypt_inout_detached(&nonce, beside, body.into()),
            Cipher::Gcm256 { aead, .. } => aead.encrypt_inout_detached(&nonce, beside, body.into()),
            Cipher::Cm { .. } => return Err(SrtpRefused::Spent),
        };
        sealed.map(Into::into).map_err(|_| SrtpRefused::Spent)
    }

    fn gcm_open(
        &self,
        nonce: Array<u8, U12>,
        beside: &[u8],
        body: &mut [u8],
        tag: &[u8],
    ) -> Result<(), SrtpRefused> {
        let tag: [u8; GCM_TAG] = tag.try_into().map_err(|_| SrtpRefused::Short)?;
        let (tag, body) = (tag.into(), body.into());
        let opened = match self {
            Cipher::Gcm128 { aead, .. } => aead.decrypt_inout_detached(&nonce, beside, body, &tag),
            Cipher::Gcm256 { aead, .. } => aead.decrypt_inout_detached(&nonce, beside, body, &tag),
            Cipher::Cm { .. } => return Err(SrtpRefused::Forged),
        };
        opened.map_err(|_| SrtpRefused::Forged)
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(…)")
    }
}

/// What is authenticated beside the body of SRTCP (RFC 7714 §9.2).
fn beside(clear: &[u8], told: [u8; 4]) -> [u8; RTCP_CLEAR + 4] {
    let mut beside = [0; RTCP_CLEAR + 4];
    beside[..RTCP_CLEAR].copy_from_slice(clear);
    beside[RTCP_CLEAR..].copy_from_slice(&told);
    beside
}

/// Counter mode under the initial vector of RFC 3711 §4.1.1: seals and opens alike.
fn count(aes: &Aes128Enc, salt: &[u8; 14], ssrc: u32, index: u64, body: &mut [u8]) {
    let mut start = [0; 16];
    start[4..8].copy_from_slice(&ssrc.to_be_bytes());
    start[8..14].copy_from_slice(&index.to_be_bytes()[2..]);
    for (byte, salt) in start.iter_mut().zip(salt) {
        *byte ^= salt;
    }
    keystream(aes, start, body);
}

fn keystream<Aes>(aes: &Aes, start: [u8; 16], body: &mut [u8])
where
    Aes: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let counter = ctr::CtrCore::<&Aes, ctr::flavors::Ctr128BE>::inner_iv_init(aes, &start.into());
    counter.apply_keystream_partial(body.into());
}

fn mac_of(mac: &Hmac<Sha1>, packet: &[u8], told: u32) -> Hmac<Sha1> {
    let mut mac = mac.clone();
    mac.update(packet);
    mac.update(&told.to_be_bytes());
    mac
}

/// The tag of a packet and the word after it: the rollover counter of RTP, flag and index of RTCP
/// (RFC 3711 §4.2).
fn tag_of(mac: &Hmac<Sha1>, packet: &[u8], told: u32) -> [u8; HMAC_TAG] {
    let whole: [u8; 20] = mac_of(mac, packet, told).finalize().into_bytes().into();
    let mut tag = [0; HMAC_TAG];
    tag.copy_from_slice(&whole[..HMAC_TAG]);
    tag
}

fn check(mac: &Hmac<Sha1>, packet: &[u8], told: u32, tag: &[u8]) -> Result<(), SrtpRefused> {
    let checked = mac_of(mac, packet, told).verify_truncated_left(tag);
    checked.map_err(|_| SrtpRefused::Forged)
}

/// The pseudo-random function of RFC 3711 §4.3.3, and of RFC 6188 for long keys, with a rate of zero. A salt of 96 bits
/// is followed by zeros (RFC 7714 §11).
pub(super) fn derive(key: &[u8], salt: &[u8], label: u8, out: &mut [u8]) {
    let mut start = [0; 16];
    start[..salt.len()].copy_from_slice(salt);
    start[7] ^= label;
    out.fill(0);
    match key.len() {
        32 => {
            if let Ok(aes) = Aes256Enc::new_from_slice(key) {
                keystream(&aes, start, out);
            }
        }
        _ => {
            let aes = Aes128Enc::new_from_slice(key).expect("a key of 128 bits");
            keystream(&aes, start, out);
        }
    }
}
