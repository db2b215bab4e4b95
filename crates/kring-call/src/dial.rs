//! What kring may call: the one place that says so, asked before every INVITE.
//!
//! What an administrator has written (an agent's device, a department) may be called. What a phone
//! says of itself may not lead where the administrator has not: the address that a phone registers, a
//! redirect or a transfer reaches a PBX's numbers only where `[dial]` lets it. The rule is a list of
//! what is allowed; everything else is refused, however it is spelled.

use crate::{identity::number_of, trunk::Trunk};
use kring_sip::Uri;
use std::str::FromStr;

/// Longest number of a pattern: E.164 has 15 digits, and prefixes of a PBX come before it.
const DIGITS_MAX: usize = 24;

/// Numbers of one length: digits, `*` and `#` as they are, `X` for any digit, `+` in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialPattern(Box<str>);

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no pattern of numbers: write digits, and X for any digit, as in \"0XXXXXXXXX\" or \
     \"2XXX\""
)]
pub struct PatternRefused(String);

/// Why something is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialRefused {
    /// No pattern of `[dial]` has this number.
    #[error("no pattern of dial.patterns has this number")]
    NoSuchNumber,
    /// The number may be called, but not through this trunk.
    #[error("dial.trunks does not name this trunk")]
    NotThisTrunk,
}

/// Which numbers may be called, and through which trunks. The default allows none: departments,
/// extensions and agents' own devices need no permission, for an administrator has written them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialPolicy {
    /// The numbers.
    pub patterns: Vec<DialPattern>,
    /// The trunks by name; none: all.
    pub trunks: Vec<String>,
    /// The country whose numbers are also written with a 0 in place of `+` and this code: `66`.
    pub country: Option<String>,
}

impl DialPattern {
    /// Whether `number`, without visual separators, is one of these.
    pub fn matches(&self, number: &str) -> bool {
        let fits = |(pattern, digit): (u8, u8)| match pattern {
            b'X' => digit.is_ascii_digit(),
            same => same == digit,
        };
        self.0.len() == number.len() && self.0.bytes().zip(number.bytes()).all(fits)
    }
}

impl FromStr for DialPattern {
    type Err = PatternRefused;

    fn from_str(text: &str) -> Result<DialPattern, PatternRefused> {
        let pattern = text.to_ascii_uppercase();
        let digits = pattern.strip_prefix('+').unwrap_or(&pattern);
        let may_stand = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'X' | b'*' | b'#');
        if !(1..=DIGITS_MAX).contains(&digits.len()) || !digits.bytes().all(may_stand) {
            return Err(PatternRefused(text.chars().take(40).collect()));
        }
        Ok(DialPattern(pattern.into()))
    }
}

impl DialPolicy {
    /// Whether the number or user of `target` may be called through `trunk`.
    pub fn may_dial(&self, target: &Uri, trunk: &str) -> Result<(), DialRefused> {
        let number = number_of(target);
        if !self.patterns.iter().any(|pattern| pattern.matches(&number)) {
            return Err(DialRefused::NoSuchNumber);
        }
        if !self.trunks.is_empty() && !self.trunks.iter().any(|name| name == trunk) {
            return Err(DialRefused::NotThisTrunk);
        }
        Ok(())
    }

    /// How a number is dialled through `trunk`: as it is written or, in the other of its two spellings,
    /// national or international, as far as a pattern allows it. None: it is not.
    pub fn spelling(&self, number: &str, trunk: &str) -> Option<String> {
        let number: String = number.chars().filter(|c| !" -.()".contains(*c)).collect();
        let other = self.country.as_ref().and_then(|code| {
            let international = format!("+{code}");
            match number.strip_prefix(&international) {
                Some(rest) => Some(format!("0{rest}")),
                None => {
                    let rest = number.strip_prefix('0')?;
                    (!rest.starts_with('0')).then(|| format!("{international}{rest}"))
                }
            }
        });
        let may = |number: &String| {
            let uri = Uri::sip(Some(number), "pbx.invalid", None);
            uri.is_ok_and(|uri| self.may_dial(&uri, trunk).is_ok())
        };
        [Some(number), other].into_iter().flatten().find(may)
    }

    /// Whether a URI that a phone has said (its Contact, a redirect, a transfer) may be called at
    /// `address`. Through a PBX of ours it is a number like any other.
    pub fn may_follow(
        &self,
        said: &Uri,
        address: std::net::SocketAddr,
        trunks: &[Trunk],
    ) -> Result<(), DialRefused> {
        let mut ways = trunks.iter().filter(|trunk| trunk.is_at(address));
        ways.try_for_each(|trunk| self.may_dial(said, &trunk.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_sip::{Peer, Transport};

    fn policy(patterns: &[&str], trunks: &[&str]) -> DialPolicy {
        DialPolicy {
            patterns: patterns.iter().map(|text| text.parse().unwrap()).collect(),
            trunks: trunks.iter().map(|name| (*name).to_owned()).collect(),
            country: None,
        }
    }

    /// Whether a phone that has registered so, from there, may be rung.
    fn may(policy: &DialPolicy, contact: &str, from: &str) -> Result<(), DialRefused> {
        policy.may_follow(&contact.parse().unwrap(), from.parse().unwrap(), &pbx())
    }

    fn pbx() -> [Trunk; 1] {
        [Trunk::new("pbx", vec!["192.0.2.10".parse().unwrap()])]
    }

    #[test]
    fn patterns_are_numbers_of_one_length() {
        let mobile: DialPattern = "0XXXXXXXXX".parse().unwrap();
        assert!(mobile.matches("0812345678"));
        for other in [
            "081234567",
            "08123456789",
            "1812345678",
            "081234567x",
            "0812345678;",
        ] {
            assert!(!mobile.matches(other), "{other}");
        }
        assert!(
            "+66XXXXXXXXX"
                .parse::<DialPattern>()
                .unwrap()
                .matches("+66812345678")
        );
        for text in [
            "",
            "+",
            "0.",
            "09!",
            "2XXXXXXXXXXXXXXXXXXXXXXXXXXX",
            "sip:1",
            "0 8",
        ] {
            assert!(text.parse::<DialPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_is_called_where_a_pattern_and_a_trunk_allow_it() {
        let policy = policy(&["2xxx", "0XXXXXXXXX"], &["pbx"]);
        let may = |uri: &str, trunk| policy.may_dial(&uri.parse().unwrap(), trunk);
        assert_eq!(may("sip:2104@pbx.example", "pbx"), Ok(()));
        assert_eq!(may("tel:081-234-5678", "pbx"), Ok(()));
        assert_eq!(
            may("sip:2104@pbx.example", "carrier"),
            Err(DialRefused::NotThisTrunk)
        );
        for uri in [
            "sip:0019001234567@pbx.example",
            "sip:%2B2104@pbx.example",
            "sip:21045@pbx.example",
            "sip:900@pbx.example;user=2104",
            "sip:pbx.example",
            "sip:+66812345678@pbx.example",
        ] {
            assert_eq!(may(uri, "pbx"), Err(DialRefused::NoSuchNumber), "{uri}");
        }
    }

    #[test]
    fn a_number_is_dialled_in_the_spelling_that_is_allowed() {
        let national = DialPolicy {
            country: Some("66".to_owned()),
            ..policy(&["0XXXXXXXXX"], &[])
        };
        for number in ["0812345678", "+66812345678", "081-234-5678"] {
            let dialled = national.spelling(number, "pbx");
            assert_eq!(dialled.as_deref(), Some("0812345678"), "{number}");
        }
        for number in ["", "+1812345678", "0019001234567", "812345678", "1203"] {
            assert_eq!(national.spelling(number, "pbx"), None, "{number}");
        }
        let international = DialPolicy {
            country: Some("66".to_owned()),
            ..policy(&["+66XXXXXXXXX"], &["carrier"])
        };
        let dialled = international.spelling("0812345678", "carrier");
        assert_eq!(dialled.as_deref(), Some("+66812345678"));
        assert_eq!(international.spelling("0812345678", "pbx"), None);
    }

    /// By default nothing that a phone says reaches a number of the PBX.
    #[test]
    fn a_phone_cannot_register_its_way_into_a_pbx() {
        let own = DialPolicy::default();
        let at_home = "198.51.100.7:5062";
        assert_eq!(may(&own, "sip:malee@198.51.100.7:5062", at_home), Ok(()));
        for number in ["0019001234567", "2104"] {
            let through = format!("sip:{number}@192.0.2.10");
            let refused = may(&own, &through, "192.0.2.10:5060");
            assert_eq!(refused, Err(DialRefused::NoSuchNumber));
        }
        let allowed = policy(&["2XXX"], &[]);
        assert_eq!(
            may(&allowed, "sip:2104@192.0.2.10", "192.0.2.10:5060"),
            Ok(())
        );
        let mut where_we_send = Trunk::new("carrier", vec!["192.0.2.77".parse().unwrap()]);
        where_we_send.line.peers = vec![Peer {
            transport: Transport::Udp,
            address: "192.0.2.10:5060".parse().unwrap(),
        }];
        let toll = "sip:0019001234567@192.0.2.10".parse().unwrap();
        let at_carrier = "192.0.2.10:5060".parse().unwrap();
        assert_eq!(
            own.may_follow(&toll, at_carrier, &[where_we_send]),
            Err(DialRefused::NoSuchNumber),
            "who never calls us may be called"
        );
    }

    /// Without a trunk everybody on this machine may call; a softphone there is no number of a PBX.
    #[test]
    fn a_phone_on_our_own_machine_is_no_pbx() {
        let own = DialPolicy::default();
        let mut here = Trunk::new("local", vec!["127.0.0.1".parse().unwrap()]);
        let softphone = "sip:5021@127.0.0.1:5062".parse().unwrap();
        let at = "127.0.0.1:5062".parse().unwrap();
        let named = own.may_follow(&softphone, at, std::slice::from_ref(&here));
        assert_eq!(named, Err(DialRefused::NoSuchNumber));
        here.built_in = true;
        assert_eq!(own.may_follow(&softphone, at, &[here]), Ok(()));
    }
}
