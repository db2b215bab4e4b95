//! ETags: a row's version in quotes.

use axum::http::HeaderValue;

/// `"3"`.
pub(crate) fn write(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits and quotes")
}

/// Reads `"3"`; also `W/"3"`, because a proxy that compresses makes it weak.
pub(crate) fn read(tag: &HeaderValue) -> Option<i64> {
    let text = tag.to_str().ok()?.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    text.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_goes_out_and_comes_back() {
        assert_eq!(read(&write(42)), Some(42));
        assert_eq!(read(&HeaderValue::from_static("W/\"7\"")), Some(7));
        assert_eq!(read(&HeaderValue::from_static("7")), None);
        assert_eq!(read(&HeaderValue::from_static("*")), None);
    }
}
