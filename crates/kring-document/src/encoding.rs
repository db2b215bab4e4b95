//! Bytes of texts as characters: UTF-8, what a mark or a page says, else Windows-874, in which Thai offices
//! wrote (TIS-620 is its older half).

use crate::limits;
use encoding_rs::{Encoding, UTF_8, WINDOWS_874};

/// Plain text.
pub(crate) fn plain(bytes: &[u8]) -> String {
    decode(bytes, None)
}

/// A web page.
pub(crate) fn page(bytes: &[u8]) -> String {
    decode(bytes, said(bytes))
}

fn decode(bytes: &[u8], said: Option<&'static Encoding>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let encoding = said.filter(|said| *said != UTF_8).unwrap_or(WINDOWS_874);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// What `charset=` near the beginning names.
fn said(bytes: &[u8]) -> Option<&'static Encoding> {
    let begin = &bytes[..bytes.len().min(limits::ENCODING_WITHIN)];
    let begin = begin.to_ascii_lowercase();
    let key = b"charset=";
    let at = begin.windows(key.len()).position(|window| window == key)?;
    let rest = &begin[at + key.len()..];
    let rest = rest
        .strip_prefix(b"\"")
        .or_else(|| rest.strip_prefix(b"'"))
        .unwrap_or(rest);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let end = rest
        .iter()
        .position(|byte| !is_of_name(byte))
        .unwrap_or(rest.len());
    Encoding::for_label(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thai_of_every_age_is_read() {
        let (old, _, _) = WINDOWS_874.encode("จดทะเบียน");
        assert_eq!(plain(&old), "จดทะเบียน");
        assert_eq!(plain("\u{feff}จดทะเบียน".as_bytes()), "จดทะเบียน");
        assert_eq!(plain(b"\xff\xfe\x01\x0e"), "ก");
        let mut tis = b"<meta charset=\"tis-620\">".to_vec();
        tis.extend_from_slice(&old);
        assert!(page(&tis).ends_with("จดทะเบียน"));
        let mut wrong = b"<meta charset=utf-8>".to_vec();
        wrong.extend_from_slice(&old);
        assert!(page(&wrong).ends_with("จดทะเบียน"), "what it says is not so");
    }
}
