//! What a server asks for (RFC 7616 §3.3, RFC 8760 §2.3): read from others, written by us.

use super::{Algorithm, Asker, fields::Fields};
use crate::{Headers, token::write_quoted};
use std::fmt;

/// Challenges of one response that are looked at. One realm has three, and few responses pass two realms.
const CHALLENGES_MAX: usize = 16;

/// One challenge that we can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Whose passwords are asked for.
    pub realm: Box<str>,
    /// To be repeated in the answer.
    pub nonce: Box<str>,
    /// To be repeated in the answer, if there.
    pub opaque: Option<Box<str>>,
    /// How the answer is computed.
    pub algorithm: Algorithm,
    /// Whether the challenge says the algorithm; MD5 is meant where it does not.
    pub named: bool,
    /// Whether the answer is counted (`qop=auth`); who does not offer that knows only RFC 2069.
    pub counted: bool,
    /// The password was right and only the nonce too old.
    pub stale: bool,
}

impl Challenge {
    /// The challenges in a response that we could answer, in their order. Other schemes, algorithms that
    /// we do not know (RFC 8760 §2.4), those that want bodies proved (`auth-int` alone), and what nobody
    /// can make sense of are passed over.
    pub fn all(headers: &Headers, asker: Asker) -> Vec<Challenge> {
        let name = asker.challenge();
        let lines = headers.all(&name).take(CHALLENGES_MAX);
        let fields = lines.flat_map(Fields::of_line).take(CHALLENGES_MAX);
        fields.filter_map(|fields| Challenge::of(&fields)).collect()
    }

    fn of(fields: &Fields<'_>) -> Option<Challenge> {
        if !fields.is_digest() {
            return None;
        }
        let named = fields.get("algorithm");
        let algorithm = named.map_or(Some(Algorithm::Md5), Algorithm::named)?;
        let mut offered = fields.get("qop").unwrap_or_default().split([',', ' ']);
        let counted = match fields.get("qop") {
            None | Some("") => false,
            Some(_) if offered.any(|qop| qop.eq_ignore_ascii_case("auth")) => true,
            Some(_) => return None,
        };
        let says = |value: &str| value.eq_ignore_ascii_case("true");
        Some(Challenge {
            realm: fields.get("realm")?.into(),
            nonce: fields.get("nonce")?.into(),
            opaque: fields.get("opaque").map(Into::into),
            algorithm,
            named: named.is_some(),
            counted,
            stale: fields.get("stale").is_some_and(says),
        })
    }
}

/// As the value of the header that asks.
impl fmt::Display for Challenge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Digest realm=")?;
        write_quoted(out, &self.realm)?;
        out.write_str(", nonce=")?;
        write_quoted(out, &self.nonce)?;
        if let Some(opaque) = &self.opaque {
            out.write_str(", opaque=")?;
            write_quoted(out, opaque)?;
        }
        if self.named {
            write!(out, ", algorithm={}", self.algorithm)?;
        }
        if self.counted {
            out.write_str(", qop=\"auth\"")?;
        }
        if self.stale {
            out.write_str(", stale=true")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HeaderName;

    fn read(lines: &[&str]) -> Vec<Challenge> {
        let mut headers = Headers::new();
        for line in lines {
            headers.push(HeaderName::WwwAuthenticate, *line);
        }
        Challenge::all(&headers, Asker::Server)
    }

    #[test]
    fn what_is_written_is_read() {
        let challenge = Challenge {
            realm: "a \"b\" \\ c".into(),
            nonce: "n".into(),
            opaque: Some("".into()),
            algorithm: Algorithm::Sha256,
            named: true,
            counted: true,
            stale: true,
        };
        assert_eq!(read(&[&challenge.to_string()]), [challenge]);
    }

    /// RFC 8760 §2.4: what is not understood is ignored, not refused.
    #[test]
    fn unknown_algorithms_schemes_and_demands_are_passed_over() {
        let all = read(&[
            r#"Digest realm="x", nonce="1", algorithm=SHA-384"#,
            r#"Digest realm="x", nonce="2", algorithm=MD5-sess, qop="auth""#,
            r#"Bearer realm="x", Digest realm="x", nonce="3", algorithm=sha-256, qop="auth-int, AUTH""#,
            r#"digest Realm="x",Nonce="4",STALE=TRUE,qop=auth"#,
            r#"Digest realm="x", nonce="5", qop="auth-int""#,
            r#"Digest realm="x""#,
            r#"Digest nonce="6", realm="x", opaque="o""#,
        ]);
        let nonces: Vec<&str> = all.iter().map(|challenge| &*challenge.nonce).collect();
        assert_eq!(nonces, ["3", "4", "6"]);
        assert_eq!(all[0].algorithm, Algorithm::Sha256);
        assert!(all[0].counted && all[0].named && !all[0].stale);
        assert!(all[1].stale && all[1].counted && !all[1].named);
        assert_eq!(all[1].algorithm, Algorithm::Md5);
        assert!(!all[2].counted);
        assert_eq!(all[2].opaque.as_deref(), Some("o"));
    }
}
