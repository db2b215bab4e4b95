//! How a case's reference is written (`[case] ref_format`).

use kring_journal::WallTime;
use time::OffsetDateTime;

/// Text with `{be}` (year พ.ศ.) or `{ce}` (year ค.ศ.), `{n}` for the number in that year, with its least width
/// when it has one: `{n:6}`, and `{c}` for a digit that tells whether the others were read right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRefFormat(String);

/// A `[case] ref_format` that would give one reference to two cases, or is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no ref_format: it needs a year, {{be}} or {{ce}}, and a number, such as {{n:6}}, and may have a \
     check digit, {{c}}, behind them"
)]
pub struct CaseRefRefused(String);

/// From UTC to the wall clocks of Thailand, which know no summer time, s.
const BANGKOK_S: i64 = 7 * 3_600;
/// From ค.ศ. to พ.ศ.
const BUDDHIST_ERA: i64 = 543;
/// Digits of a number at most.
const WIDTH_MAX: usize = 12;

impl Default for CaseRefFormat {
    fn default() -> CaseRefFormat {
        CaseRefFormat("RY-{be}-{n:6}-{c}".to_owned())
    }
}

impl CaseRefFormat {
    /// As a file has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a `ref_format`.
    pub fn read(text: &str) -> Result<CaseRefFormat, CaseRefRefused> {
        let format = CaseRefFormat(text.to_owned());
        let (mut years, mut numbers, mut checks) = (0, 0, 0);
        let understood = format.pieces().all(|piece| match piece {
            // Nothing behind the check digit counts, so that it finds places that were changed.
            Piece::Text(text) => {
                let digits = text.contains(|c: char| c.is_ascii_digit());
                !(text.contains(['{', '}']) || digits && checks > 0)
            }
            Piece::Be | Piece::Ce => {
                years += 1;
                checks == 0
            }
            Piece::Number(width) => {
                numbers += 1;
                width <= WIDTH_MAX && checks == 0
            }
            Piece::Check => {
                checks += 1;
                true
            }
            Piece::Unknown => false,
        });
        if understood && years > 0 && numbers > 0 && checks <= 1 {
            Ok(format)
        } else {
            Err(CaseRefRefused(text.chars().take(80).collect()))
        }
    }

    /// The reference of the case with number `n` in `year` (พ.ศ.).
    pub(crate) fn write(&self, year: i64, n: i64) -> String {
        let with = |check: &str| -> String {
            let piece = |piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Be => year.to_string(),
                Piece::Ce => (year - BUDDHIST_ERA).to_string(),
                Piece::Number(width) => format!("{n:0width$}"),
                Piece::Check => check.to_owned(),
                Piece::Unknown => String::new(),
            };
            self.pieces().map(piece).collect()
        };
        with(&check_digit(&with("")).to_string())
    }

    /// Whether a reference, as [`ref_key`] makes it, is one of this format with the right check digit.
    pub(crate) fn check(&self, key: &str) -> RefRead {
        let mut rest = key;
        let mut others = String::new();
        let mut check = None;
        let mut pieces = self.pieces();
        while let Some(piece) = pieces.next() {
            let behind: usize = pieces.clone().map(|piece| piece.key_chars()).sum();
            let long = match piece {
                // The number takes what the others leave; of two numbers nobody knows where one ends.
                Piece::Number(_) => rest.chars().count().saturating_sub(behind),
                _ => piece.key_chars(),
            };
            let end = rest
                .char_indices()
                .nth(long)
                .map_or(rest.len(), |(at, _)| at);
            let (part, after) = rest.split_at(end);
            let fits = match piece {
                Piece::Text(text) => ref_key(text) == part,
                Piece::Number(width) => long >= width.max(1) && is_digits(part),
                _ => part.chars().count() == long && is_digits(part),
            };
            if !fits {
                return RefRead::Strange;
            }
            match piece {
                Piece::Check => check = part.bytes().next().map(|digit| digit - b'0'),
                _ => others.push_str(part),
            }
            rest = after;
        }
        match check {
            _ if !rest.is_empty() => RefRead::Strange,
            None => RefRead::Strange,
            Some(digit) if digit == check_digit(&others) => RefRead::Right,
            Some(_) => RefRead::Wrong,
        }
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> + Clone {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Some(inside) = rest.strip_prefix('{') else {
                let (text, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
                rest = after;
                return Some(Piece::Text(text));
            };
            let Some((name, after)) = inside.split_once('}') else {
                rest = "";
                return Some(Piece::Unknown);
            };
            rest = after;
            Some(match name.split_once(':').unwrap_or((name, "0")) {
                ("be", "0") => Piece::Be,
                ("ce", "0") => Piece::Ce,
                ("c", "0") => Piece::Check,
                ("n", width) => width.parse().map_or(Piece::Unknown, Piece::Number),
                _ => Piece::Unknown,
            })
        })
    }
}

#[derive(Clone, Copy)]
enum Piece<'f> {
    Text(&'f str),
    Be,
    Ce,
    Number(usize),
    Check,
    Unknown,
}

impl Piece<'_> {
    /// How many characters it has in a key, at least.
    fn key_chars(&self) -> usize {
        match self {
            Piece::Text(text) => ref_key(text).chars().count(),
            Piece::Be | Piece::Ce => 4,
            Piece::Number(width) => *width,
            Piece::Check => 1,
            Piece::Unknown => 0,
        }
    }
}

/// What a check digit tells of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefRead {
    /// It fits.
    Right,
    /// A digit is wrong, or two neighbours have changed places.
    Wrong,
    /// It is of another format, or has no check digit.
    Strange,
}

/// A reference as it is compared: in capital letters and ASCII digits, without what people leave out.
pub(crate) fn ref_key(written: &str) -> String {
    let left_out = |c: &char| {
        c.is_whitespace()
            || matches!(
                c,
                '-' | '/' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{200b}'
            )
    };
    let plain = |c: char| match c {
        '๐'..='๙' => char::from(b'0' + (u32::from(c) - u32::from('๐')) as u8),
        c => c.to_ascii_uppercase(),
    };
    written
        .chars()
        .filter(|c| !left_out(c))
        .map(plain)
        .collect()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The quasigroup of H. M. Damm ("Totally anti-symmetric quasigroups", 2004): its digit finds every single wrong
/// digit and every two neighbours that have changed places, and needs no letter as ISO 7064's does.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The check digit of the digits in this text.
fn check_digit(text: &str) -> u8 {
    let digits = text.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |check, digit| {
        DAMM[usize::from(check)][usize::from(digit - b'0')]
    })
}

/// The year พ.ศ. in Thailand at this time.
pub(crate) fn thai_year(now: WallTime) -> i64 {
    let seconds = now.0.div_euclid(1_000_000) + BANGKOK_S;
    let year = OffsetDateTime::from_unix_timestamp(seconds).map_or(1970, OffsetDateTime::year);
    i64::from(year) + BUDDHIST_ERA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_gives_the_year_the_number_and_a_check_digit() {
        let usual = CaseRefFormat::default();
        assert_eq!(CaseRefFormat::read("RY-{be}-{n:6}-{c}"), Ok(usual.clone()));
        assert_eq!(usual.write(2569, 123), "RY-2569-000123-4");
        let other = CaseRefFormat::read("{n}/{ce}").unwrap();
        assert_eq!(other.write(2569, 1_234_567), "1234567/2026");
        // The example of the one who found it.
        assert_eq!(check_digit("572"), 4);
    }

    #[test]
    fn a_format_that_would_repeat_itself_is_refused() {
        for text in [
            "",
            "RY",
            "RY-{be}",
            "{n:6}",
            "{be}-{n:99}",
            "{be}{n:x}",
            "{be}{n",
            "{BE}{n}",
            "{be}}{n}",
            "{be}{n}{c}{c}",
            "{be}{n}{c:2}",
            "{be}{c}{n}",
            "{be}{n}{c}-1",
        ] {
            assert!(CaseRefFormat::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_wrong_digit_and_every_two_changed_places_are_found() {
        for format in ["RY-{be}-{n:6}-{c}", "{n}/{ce}{c}", "ก1.{be}-{n:4}{c}ข"] {
            let format = CaseRefFormat::read(format).unwrap();
            for n in [1, 9, 90, 123, 4_711, 900_009, 1_234_567] {
                let key = ref_key(&format.write(2569, n));
                assert_eq!(format.check(&key), RefRead::Right, "{key}");
                let chars: Vec<char> = key.chars().collect();
                let digit = |at: &usize| chars[*at].is_ascii_digit();
                for at in (0..chars.len()).filter(digit) {
                    for other in ('0'..='9').filter(|other| *other != chars[at]) {
                        let mut wrong = chars.clone();
                        wrong[at] = other;
                        let wrong: String = wrong.iter().collect();
                        assert_ne!(format.check(&wrong), RefRead::Right, "{key} as {wrong}");
                    }
                    let next = at + 1;
                    if next < chars.len() && digit(&next) && chars[at] != chars[next] {
                        let mut turned = chars.clone();
                        turned.swap(at, next);
                        let turned: String = turned.iter().collect();
                        assert_ne!(format.check(&turned), RefRead::Right, "{key} as {turned}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_reference_is_read_however_it_is_written() {
        for written in [
            "RY-2569-000123-4",
            "ry 2569 000123 4",
            "RY–๒๕๖๙–๐๐๐๑๒๓–๔",
            " Ry25690001234",
            "RY.2569/000123_4",
        ] {
            assert_eq!(ref_key(written), "RY25690001234", "{written}");
        }
        let usual = CaseRefFormat::default();
        assert_eq!(usual.check("RY25690001243"), RefRead::Wrong);
        for strange in ["RY2569000123", "CH25690001233", "RY256900012X3", "", "RY"] {
            assert_eq!(usual.check(strange), RefRead::Strange, "{strange}");
        }
        let without = CaseRefFormat::read("RY-{be}-{n:6}").unwrap();
        assert_eq!(without.check("RY2569000123"), RefRead::Strange);
    }

    #[test]
    fn the_year_turns_at_midnight_in_thailand() {
        // 2026-12-31T16:59:59Z is the last second of พ.ศ. 2569 in Rayong.
        let last = WallTime(1_798_736_399_000_000);
        assert_eq!(thai_year(last), 2569);
        assert_eq!(thai_year(WallTime(last.0 + 1_000_000)), 2570);
    }
}
