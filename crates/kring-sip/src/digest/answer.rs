//! Proving who we are to others: choosing among their challenges and answering the strongest.

use super::{
    Algorithm, Asker, Challenge, Ha1, Ha1Set,
    response::{Counted, Proof},
};
use crate::{HeaderName, Method, Response, token::write_quoted};
use std::fmt::{self, Write as _};

/// Who we are to others.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: Box<str>,
    /// None: whoever asks is told.
    realm: Option<Box<str>>,
    secret: Secret,
}

#[derive(Clone, PartialEq, Eq)]
enum Secret {
    Password(Box<str>),
    Ha1(Ha1Set),
}

impl Credentials {
    /// With a password, for the realm named or for any that asks.
    pub fn with_password(user: &str, realm: Option<&str>, password: &str) -> Credentials {
        Credentials {
            user: user.into(),
            realm: realm.map(Into::into),
            secret: Secret::Password(password.into()),
        }
    }

    /// With HA1 only, which hold for one realm.
    pub fn with_ha1(user: &str, realm: &str, ha1: Ha1Set) -> Credentials {
        Credentials {
            user: user.into(),
            realm: Some(realm.into()),
            secret: Secret::Ha1(ha1),
        }
    }

    /// The name that the password belongs to.
    pub fn user(&self) -> &str {
        &self.user
    }

    fn answers_realm(&self, realm: &str) -> bool {
        self.realm.as_deref().is_none_or(|ours| ours == realm)
    }

    fn answers_by(&self, algorithm: Algorithm) -> bool {
        match &self.secret {
            Secret::Password(_) => true,
            Secret::Ha1(set) => set.get(algorithm).is_some(),
        }
    }

    fn ha1(&self, algorithm: Algorithm, realm: &str) -> Option<Ha1> {
        match &self.secret {
            Secret::Password(password) => {
                Some(Ha1::of_password(algorithm, &self.user, realm, password))
            }
            Secret::Ha1(set) => set.get(algorithm).copied(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({} in {:?}, …)", self.user, self.realm)
    }
}

/// Why a response cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// It asks for nothing, or for nothing by a scheme and algorithm that we know.
    #[error("no challenge by digest with MD5, SHA-256 or SHA-512-256")]
    NoChallenge,
    /// All its challenges are for passwords that we do not have.
    #[error("asked for a password of the realm {0:?}")]
    OtherRealm(Box<str>),
    /// We have an HA1, but of none of its algorithms.
    #[error("asked for an algorithm for which no password is known")]
    OtherAlgorithm,
}

/// A challenge that is being answered, for as many requests as its nonce lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    asker: Asker,
    challenge: Challenge,
    ha1: Ha1,
    user: Box<str>,
    /// Requests answered with this nonce.
    count: u32,
}

impl Answer {
    /// What to say to a 401 or 407: of its challenges the strongest that `credentials` can answer, and
    /// of equals the first (RFC 8760 §2.4 leaves the choice to us).
    pub fn to(response: &Response, credentials: &Credentials) -> Result<Answer, Unanswerable> {
        let asker = Asker::of_status(response.status.code()).ok_or(Unanswerable::NoChallenge)?;
        let all = Challenge::all(&response.headers, asker);
        let first = all.first().ok_or(Unanswerable::NoChallenge)?;
        let foreign = Unanswerable::OtherRealm(first.realm.clone());
        let mut ours = all
            .into_iter()
            .filter(|challenge| credentials.answers_realm(&challenge.realm))
            .peekable();
        if ours.peek().is_none() {
            return Err(foreign);
        }
        let can = ours.filter(|challenge| credentials.answers_by(challenge.algorithm));
        let challenge = can
            .reduce(|best, next| {
                if next.algorithm > best.algorithm {
                    next
                } else {
                    best
                }
            })
            .ok_or(Unanswerable::OtherAlgorithm)?;
        let ha1 = credentials
            .ha1(challenge.algorithm, &challenge.realm)
            .ok_or(Unanswerable::OtherAlgorithm)?;
        Ok(Answer {
            asker,
            challenge,
            ha1,
            user: credentials.user.clone(),
            count: 0,
        })
    }

    /// Whether the one before was refused for its age only: then trying again is no second guess.
    pub fn is_stale(&self) -> bool {
        self.challenge.stale
    }

    /// Who asked.
    pub fn asker(&self) -> Asker {
        self.asker
    }

    /// Whose password was asked for.
    pub fn realm(&self) -> &str {
        &self.challenge.realm
    }

    /// By which algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.challenge.algorithm
    }

    /// The line that proves one request. `uri` is its Request-URI as written there; `cnonce` is new each
    /// time. A repetition of the same bytes is the same request; any other wants a line of its own, because
    /// each is counted.
    pub fn line(&mut self, method: &Method, uri: &str, cnonce: u64) -> (HeaderName, String) {
        self.count = self.count.saturating_add(1);
        let (nc, cnonce) = (format!("{:08x}", self.count), format!("{cnonce:016x}"));
        let proof = Proof {
            method: method.as_str(),
            uri,
            nonce: &self.challenge.nonce,
            counted: self.challenge.counted.then_some(Counted {
                nc: &nc,
                cnonce: &cnonce,
                qop: "auth",
            }),
        };
        let response = proof.by(&self.ha1).hex();
        let mut line = String::with_capacity(384);
        self.write(&mut line, uri, &response)
            .expect("writing to a String cannot fail");
        if self.challenge.counted {
            write!(line, ", qop=auth, nc={nc}, cnonce=\"{cnonce}\"")
                .expect("writing to a String cannot fail");
        }
        (self.asker.answer(), line)
    }

    fn write(&self, out: &mut String, uri: &str, response: &str) -> fmt::Result {
        let challenge = &self.challenge;
        out.write_str("Digest username=")?;
        write_quoted(out, &self.user)?;
        out.write_str(", realm=")?;
        write_quoted(out, &challenge.realm)?;
        out.write_str(", nonce=")?;
        write_quoted(out, &challenge.nonce)?;
        out.write_str(", uri=")?;
        write_quoted(out, uri)?;
        write!(out, ", response=\"{response}\"")?;
        // Old servers choke on a name that they did not say.
        if challenge.named {
            write!(out, ", algorithm={}", challenge.algorithm)?;
        }
        if let Some(opaque) = &challenge.opaque {
            out.write_str(", opaque=")?;
            write_quoted(out, opaque)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
