//! What developers and operators read while kring runs: lines on standard error.
//!
//! No citizen's number leaves by this door whole. [`Redacted`] masks what we know to be a number; and
//! every finished line is masked once more, whoever wrote it, unless the configuration says not to.

use std::{
    borrow::Cow,
    fmt,
    io::{self, IsTerminal, Write},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// What is logged when `RUST_LOG` says nothing.
const USUAL_FILTER: &str = "info,sqlx=warn,hyper=warn,tower_http=warn";

/// Digits that make a person's number in a line of text: a Thai landline has nine with its 0.
const DIGITS_MIN: usize = 9;

/// Digits that make a person's number where a number is known to be: a local one has six, a
/// hotline or an extension fewer.
const LOCAL_MIN: usize = 6;

/// The longest international number has fifteen digits (E.164) after `+` or 00.
const DIGITS_MAX: usize = 17;

/// Digits that stay readable at the end.
const END_SHOWN: usize = 2;

/// A caller's number on its way to a person who may not see it whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Redacted<'a>(pub(crate) &'a str);

/// `+66812345678` prints as `+668••••••78`; what is shorter than a number prints as it is.
impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.chars().filter(char::is_ascii_digit).count();
        if digits < LOCAL_MIN {
            return f.pad(self.0);
        }
        let front = if digits < DIGITS_MIN { 1 } else { 3 };
        let mut seen = 0;
        let mask = |c: char| {
            if !c.is_ascii_digit() {
                return c;
            }
            seen += 1;
            if seen <= front || seen > digits - END_SHOWN {
                c
            } else {
                '•'
            }
        };
        f.pad(&self.0.chars().map(mask).collect::<String>())
    }
}

/// Masks whatever in `line` looks like a telephone number: nine digits or more, perhaps behind a
/// `+`, perhaps with single hyphens when they begin with `+` or 0 (so that dates stay).
pub(crate) fn masked(line: &str) -> Cow<'_, str> {
    let bytes = line.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let fresh = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let end = if fresh { number_end(bytes, at) } else { at };
        if end == at {
            at += 1;
            continue;
        }
        out.push_str(&line[copied..at]);
        out.push_str(&Redacted(&line[at..end]).to_string());
        (copied, at) = (end, end);
    }
    match copied {
        0 => Cow::Borrowed(line),
        _ => Cow::Owned(out + &line[copied..]),
    }
}

/// Where the number that begins at `start` ends; `start` when none does.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let national = matches!(bytes[start], b'+' | b'0');
    let mut end = start + usize::from(bytes[start] == b'+');
    let mut digits = 0;
    while let Some(byte) = bytes.get(end) {
        let joins = *byte == b'-' && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_digit() {
            digits += 1;
        } else if !(joins && national && digits > 0) {
            break;
        }
        end += 1;
    }
    let whole = bytes
        .get(end)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric());
    if whole && (DIGITS_MIN..=DIGITS_MAX).contains(&digits) {
        end
    } else {
        start
    }
}

/// Begins to log. Call it once. `RUST_LOG` chooses what is said.
pub(crate) fn begin(mask_numbers: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL_FILTER));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(Lines { mask_numbers })
        .init();
}

/// Makes the writer of each line.
struct Lines {
    mask_numbers: bool,
}

/// One line on its way out.
struct Line {
    mask_numbers: bool,
}

impl MakeWriter<'_> for Lines {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line {
            mask_numbers: self.mask_numbers,
        }
    }
}

/// The subscriber hands each line over in one piece, so no number is cut in two.
impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.mask_numbers {
            let text = String::from_utf8_lossy(line);
            io::stderr().write_all(masked(&text).as_bytes())?;
        } else {
            io::stderr().write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_class_and_loses_its_owner() {
        assert_eq!(Redacted("+66812345678").to_string(), "+668••••••78");
        assert_eq!(Redacted("081-234-5678").to_string(), "081-•••-••78");
        assert_eq!(Redacted("038611025").to_string(), "038••••25");
    }

    #[test]
    fn a_local_number_is_a_persons_too() {
        assert_eq!(Redacted("611025").to_string(), "6•••25");
    }

    #[test]
    fn extensions_and_hotlines_are_nobodys_secret() {
        assert_eq!(Redacted("1203").to_string(), "1203");
        assert_eq!(Redacted("ext:2104").to_string(), "ext:2104");
        assert_eq!(Redacted("anon").to_string(), "anon");
    }

    #[test]
    fn a_line_is_masked_whoever_wrote_it() {
        let line =
            "INVITE sip:0812345678@10.0.0.5 from=\"+66812345678\" shown 081-234-5678, 66812345678";
        let clean = masked(line);
        for secret in ["0812345678", "+66812345678", "081-234-5678", "66812345678"] {
            assert!(!clean.contains(secret), "{clean}");
        }
        assert!(clean.contains("@10.0.0.5 from="), "the rest stays: {clean}");
    }

    #[test]
    fn times_addresses_ids_and_counts_stay_readable() {
        for line in [
            "2026-11-23T20:58:00.123456Z  INFO kringd: listening on 0.0.0.0:5060",
            "call 01JD8ZQ4T0000000000000000A of c-00012345678abcd took 14500 ms",
            "192.168.100.200:5060 sent 1234567 bytes at 20:58:00",
            "กรมการค้าภายใน 1569",
        ] {
            assert_eq!(masked(line), line);
        }
    }
}
