//! Until when a certificate is good: one field of its DER (RFC 5280 §4.1). Nothing else is read, and
//! nothing is believed: it is for a warning.

use time::{Date, Month, PrimitiveDateTime, Time};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of `notAfter`, seconds since 1970. `None` for what is no certificate.
pub(super) fn not_after_s(der: &[u8]) -> Option<i64> {
    let (certificate, _) = field(der, SEQUENCE)?;
    let (tbs, _) = field(certificate, SEQUENCE)?;
    let rest = field(tbs, VERSION).map_or(tbs, |(_, rest)| rest);
    let (_serial, rest) = field(rest, INTEGER)?;
    let (_signature, rest) = field(rest, SEQUENCE)?;
    let (_issuer, rest) = field(rest, SEQUENCE)?;
    let (validity, _) = field(rest, SEQUENCE)?;
    let (_, after) = any(validity)?;
    let (tag, text) = (after.first()?, any(after)?.0);
    let digits = str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u8>().ok();
    // Two digits of a year are 1950 to 2049 (RFC 5280 §4.1.2.5.1).
    let (year, at) = match *tag {
        UTC_TIME => match i32::from(number(0, 2)?) {
            late @ 50.. => (1900 + late, 2),
            early => (2000 + early, 2),
        },
        GENERALIZED_TIME => (digits.get(0..4)?.parse().ok()?, 4),
        _ => return None,
    };
    let month = Month::try_from(number(at, at + 2)?).ok()?;
    let date = Date::from_calendar_date(year, month, number(at + 2, at + 4)?).ok()?;
    let (hour, minute) = (number(at + 4, at + 6)?, number(at + 6, at + 8)?);
    let time = Time::from_hms(hour, minute, number(at + 8, at + 10)?).ok()?;
    Some(
        PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp(),
    )
}

/// The content of the first field, which must have this tag, and what follows it.
pub(super) fn field(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    (*der.first()? == tag).then(|| any(der)).flatten()
}

/// The content of the first field and what follows it.
pub(super) fn any(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = (*der.get(1)?, der.get(2..)?);
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
            let length = bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(year: i32) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["sip.test".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 3, 4);
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_ways_of_writing_it() {
        // 2026-03-04 and 2063-03-04: the second needs four digits.
        assert_eq!(not_after_s(&until(2026)), Some(1_772_582_400));
        assert_eq!(not_after_s(&until(2063)), Some(2_940_192_000));
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let der = until(2030);
        for length in 0..der.len() {
            not_after_s(&der[..length]);
        }
        assert_eq!(not_after_s(b""), None);
        assert_eq!(not_after_s(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
