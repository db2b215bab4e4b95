//! Keys of sound that stand in SDP (`a=crypto`, RFC 4568) are seen by nobody who watches: with them and a capture of
//! the network a call could be heard.

use bytes::Bytes;
use memchr::memmem;

/// What stands before a key.
const BEFORE: &[u8] = b"inline:";

/// The message with every key struck out, as long as it was.
pub(super) fn without_keys(message: &Bytes) -> Bytes {
    if memmem::find(message, BEFORE).is_none() {
        return message.clone();
    }
    let mut struck = message.to_vec();
    let places: Vec<usize> = memmem::find_iter(message, BEFORE).collect();
    for at in places {
        let key = struck[at + BEFORE.len()..].iter_mut();
        let key = key.take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
        key.for_each(|byte| *byte = b'x');
    }
    struck.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_struck_out_and_nothing_else() {
        let key = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";
        let line = |key: &str| {
            let text = format!(
                "v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20\r\na=crypto:2 \
                 AEAD_AES_128_GCM inline:{key}==\r\na=sendrecv\r\n"
            );
            Bytes::from(text)
        };
        let struck = without_keys(&line(key));
        let expected = line(&"x".repeat(40));
        assert_eq!(
            struck,
            String::from_utf8_lossy(&expected).replace("==", "xx")
        );
        let plain = Bytes::from_static(b"INVITE sip:inline@192.0.2.1 SIP/2.0\r\n");
        assert_eq!(without_keys(&plain), plain);
        assert_eq!(
            without_keys(&Bytes::from_static(b"inline:")),
            &b"inline:"[..]
        );
    }
}
