//! How a case's reference is written (`[case] ref_format`).

use kring_journal::WallTime;
use time::OffsetDateTime;

/// Text with `{be}` (year พ.ศ.) or `{ce}` (year ค.ศ.), and `{n}` for the number in that year, with
/// its least width when it has one: `{n:6}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRefFormat(String);

/// A `[case] ref_format` that would give one reference to two cases, or is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ref_format: it needs a year, {{be}} or {{ce}}, and a number, such as {{n:6}}")]
pub struct CaseRefRefused(String);

/// From UTC to the wall clocks of Thailand, which know no summer time, s.
const BANGKOK_S: i64 = 7 * 3_600;
/// From ค.ศ. to พ.ศ.
const BUDDHIST_ERA: i64 = 543;
/// Digits of a number at most.
const WIDTH_MAX: usize = 12;

impl Default for CaseRefFormat {
    fn default() -> CaseRefFormat {
        CaseRefFormat("RY-{be}-{n:6}".to_owned())
    }
}

impl CaseRefFormat {
    /// Reads a `ref_format`.
    pub fn read(text: &str) -> Result<CaseRefFormat, CaseRefRefused> {
        let format = CaseRefFormat(text.to_owned());
        let (mut years, mut numbers) = (0, 0);
        let understood = format.pieces().all(|piece| match piece {
            Piece::Text(text) => !text.contains(['{', '}']),
            Piece::Be | Piece::Ce => {
                years += 1;
                true
            }
            Piece::Number(width) => {
                numbers += 1;
                width <= WIDTH_MAX
            }
            Piece::Unknown => false,
        });
        if understood && years > 0 && numbers > 0 {
            Ok(format)
        } else {
            Err(CaseRefRefused(text.chars().take(80).collect()))
        }
    }

    /// The reference of the case with number `n` in `year` (พ.ศ.).
    pub(crate) fn write(&self, year: i64, n: i64) -> String {
        self.pieces()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Be => year.to_string(),
                Piece::Ce => (year - BUDDHIST_ERA).to_string(),
                Piece::Number(width) => format!("{n:0width$}"),
                Piece::Unknown => String::new(),
            })
            .collect()
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
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
                ("n", width) => width.parse().map_or(Piece::Unknown, Piece::Number),
                _ => Piece::Unknown,
            })
        })
    }
}

enum Piece<'f> {
    Text(&'f str),
    Be,
    Ce,
    Number(usize),
    Unknown,
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
    fn a_format_gives_the_year_and_the_number() {
        let usual = CaseRefFormat::default();
        assert_eq!(CaseRefFormat::read("RY-{be}-{n:6}"), Ok(usual.clone()));
        assert_eq!(usual.write(2569, 123), "RY-2569-000123");
        let other = CaseRefFormat::read("{n}/{ce}").unwrap();
        assert_eq!(other.write(2569, 1_234_567), "1234567/2026");
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
        ] {
            assert!(CaseRefFormat::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_year_turns_at_midnight_in_thailand() {
        // 2026-12-31T16:59:59Z is the last second of พ.ศ. 2569 in Rayong.
        let last = WallTime(1_798_736_399_000_000);
        assert_eq!(thai_year(last), 2569);
        assert_eq!(thai_year(WallTime(last.0 + 1_000_000)), 2570);
    }
}
