//! Asking others who they are: challenges, and proofs checked against the HA1 that we hold.
//!
//! A name that nobody has and a password that is wrong take the same work and get the same answer, so a
//! stranger learns no names here.

use super::{
    Algorithm, Asker, Challenge, Ha1, Ha1Set,
    algorithm::Sum,
    fields::Fields,
    nonce::Nonces,
    response::{Counted, Proof},
};
use crate::{HeaderName, Headers, Method, Uri};
use kring_time::Moment;
use std::{fmt, time::Duration};

/// Proofs of one request that are looked at: some phones answer every challenge.
const PROOFS_MAX: usize = 8;

/// What a gate asks for.
#[derive(Clone)]
pub struct GateConfig {
    /// Whose passwords: part of every HA1.
    pub realm: Box<str>,
    /// Who knows it can make nonces: of this process only, and told to nobody.
    pub secret: [u8; 32],
    /// How long a nonce may be used.
    pub nonce_lifetime: Duration,
    /// By which algorithms a proof is taken.
    pub algorithms: Vec<Algorithm>,
}

/// Why somebody is not let through: each wants [`Gate::challenges`] as its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// There is no proof, or none that could be read.
    #[error("no proof of who it is")]
    Unproved,
    /// The password is right; the nonce is too old or its count was used before.
    #[error("the nonce is too old or was used before")]
    Stale,
    /// The password is wrong, or there is nobody of that name.
    #[error("no such user or a wrong password: {0:?}")]
    Wrong(Box<str>),
}

/// Lets through who proves to be somebody.
pub struct Gate {
    realm: Box<str>,
    algorithms: Vec<Algorithm>,
    nonces: Nonces,
    /// Proofs of nobody are checked against these: no password makes them.
    nobody: Ha1Set,
}

/// What somebody says to be proved by.
struct Claim<'a> {
    user: &'a str,
    algorithm: Algorithm,
    nonce: &'a str,
    uri: &'a str,
    response: &'a str,
    counted: Option<(u32, Counted<'a>)>,
}

impl Gate {
    /// A gate that has let nobody through yet.
    pub fn new(config: GateConfig) -> Gate {
        let secret: String = config
            .secret
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut algorithms = config.algorithms;
        algorithms.sort_unstable_by(|one, two| two.cmp(one));
        algorithms.dedup();
        Gate {
            nobody: Ha1Set::of_password("", &config.realm, &secret),
            nonces: Nonces::new(config.secret, config.nonce_lifetime),
            realm: config.realm,
            algorithms,
        }
    }

    /// Whose passwords are asked for.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Nonces of which counts are remembered.
    pub fn nonces(&self) -> usize {
        self.nonces.remembered()
    }

    /// The lines of a 401 that ask for proof, the strongest algorithm first (RFC 8760 §2.3). `salt` makes
    /// the nonce one of its own.
    pub fn challenges(
        &self,
        now: Moment,
        salt: u64,
        denied: &Denied,
    ) -> impl Iterator<Item = (HeaderName, String)> {
        let nonce: Box<str> = self.nonces.mint(now, salt).into();
        let stale = *denied == Denied::Stale;
        self.algorithms.iter().map(move |algorithm| {
            let challenge = Challenge {
                realm: self.realm.clone(),
                nonce: nonce.clone(),
                opaque: None,
                algorithm: *algorithm,
                named: true,
                counted: true,
                stale,
            };
            (HeaderName::WwwAuthenticate, challenge.to_string())
        })
    }

    /// Whose request it is, by its method, Request-URI and headers. `ha1_of` says what a user's password makes by one algorithm.
    pub fn check(
        &mut self,
        now: Moment,
        (method, uri, headers): (&Method, &Uri, &Headers),
        ha1_of: impl FnOnce(&str, Algorithm) -> Option<Ha1>,
    ) -> Result<Box<str>, Denied> {
        let name = Asker::Server.answer();
        let lines = headers.all(&name).take(PROOFS_MAX);
        let fields: Vec<Fields<'_>> = lines.flat_map(Fields::of_line).take(PROOFS_MAX).collect();
        let mut claims = fields.iter().filter_map(|fields| self.claim(fields));
        let claim = claims.next().ok_or(Denied::Unproved)?;
        let ha1 = ha1_of(claim.user, claim.algorithm);
        let nobody = self.nobody.get(claim.algorithm);
        let expected = claim.proof(method.as_str());
        let expected = expected.by(ha1.as_ref().or(nobody).ok_or(Denied::Unproved)?);
        let given = Sum::of_hex(claim.algorithm, claim.response);
        let right = given.is_some_and(|given| given.is(&expected));
        if !right || ha1.is_none() || !is_same_resource(claim.uri, uri) {
            return Err(Denied::Wrong(claim.user.into()));
        }
        let count = claim.counted.map(|(count, _)| count);
        let nonce = self.nonces.read(claim.nonce).ok_or(Denied::Stale)?;
        if !self.nonces.spend(now, nonce, count) {
            return Err(Denied::Stale);
        }
        Ok(claim.user.into())
    }

    fn claim<'a>(&self, fields: &'a Fields<'_>) -> Option<Claim<'a>> {
        if !fields.is_digest() || fields.get("realm")? != &*self.realm {
            return None;
        }
        let algorithm = fields.get("algorithm");
        let algorithm = algorithm.map_or(Some(Algorithm::Md5), Algorithm::named)?;
        if !self.algorithms.contains(&algorithm) {
            return None;
        }
        let counted = match fields.get("qop") {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => Some(counted(fields, qop)?),
            Some(_) => return None,
        };
        Some(Claim {
            user: fields.get("username")?,
            algorithm,
            nonce: fields.get("nonce")?,
            uri: fields.get("uri")?,
            response: fields.get("response")?,
            counted,
        })
    }
}

fn counted<'a>(fields: &'a Fields<'_>, qop: &'a str) -> Option<(u32, Counted<'a>)> {
    let (nc, cnonce) = (fields.get("nc")?, fields.get("cnonce")?);
    let proper = nc.len() == 8 && nc.bytes().all(|byte| byte.is_ascii_hexdigit());
    let count = u32::from_str_radix(nc, 16).ok().filter(|_| proper)?;
    Some((count, Counted { nc, cnonce, qop }))
}

impl<'a> Claim<'a> {
    fn proof(&self, method: &'a str) -> Proof<'a> {
        Proof {
            method,
            uri: self.uri,
            nonce: self.nonce,
            counted: self.counted.map(|(_, counted)| counted),
        }
    }
}

/// RFC 3261 §22.4: the URI that was proved must be the one asked for. Ports and parameters change on the
/// way and in the phones of the field; user and host say what is asked for.
fn is_same_resource(proved: &str, asked: &Uri) -> bool {
    proved.parse::<Uri>().is_ok_and(|proved| {
        proved.user() == asked.user() && proved.host().eq_ignore_ascii_case(asked.host())
    })
}

impl fmt::Debug for GateConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "GateConfig({:?}, {:?}, …)",
            self.realm, self.algorithms
        )
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Gate({:?}, {:?}, …)", self.realm, self.algorithms)
    }
}

#[cfg(test)]
mod tests;
