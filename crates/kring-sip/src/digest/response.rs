//! The proof itself (RFC 7616 §3.4.1), the same for who makes it and who checks it.

use super::algorithm::{Ha1, Sum};

/// Everything but the HA1 that goes into a proof.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    /// None for those who know only RFC 2069.
    pub(super) counted: Option<Counted<'a>>,
}

/// What `qop` brings in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    /// As written: it is hashed as a text.
    pub(super) nc: &'a str,
    pub(super) cnonce: &'a str,
    /// As written; `auth`.
    pub(super) qop: &'a str,
}

impl Proof<'_> {
    /// `KD(HA1, nonce [":" nc ":" cnonce ":" qop] ":" HA2)`
    pub(super) fn by(&self, ha1: &Ha1) -> Sum {
        let algorithm = ha1.algorithm();
        let (one, two) = (ha1.hex(), algorithm.sum(&[self.method, self.uri]).hex());
        match self.counted {
            Some(Counted { nc, cnonce, qop }) => {
                algorithm.sum(&[&one, self.nonce, nc, cnonce, qop, &two])
            }
            None => algorithm.sum(&[&one, self.nonce, &two]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;

    const AUTH: Counted<'static> = Counted {
        nc: "00000001",
        cnonce: "0a4f113b",
        qop: "auth",
    };

    fn proof<'a>(uri: &'a str, nonce: &'a str, counted: Option<Counted<'a>>) -> Proof<'a> {
        Proof {
            method: "GET",
            uri,
            nonce,
            counted,
        }
    }

    /// RFC 2617 §3.5, and RFC 2069 §2.4 with the value that its errata 749 gives.
    #[test]
    fn the_examples_of_rfc_2617_and_2069() {
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        let realm = "testrealm@host.com";
        let ha1 = |password| Ha1::of_password(Algorithm::Md5, "Mufasa", realm, password);
        let counted = proof("/dir/index.html", nonce, Some(AUTH)).by(&ha1("Circle Of Life"));
        assert_eq!(counted.hex(), "6629fae49393a05397450978507c4ef1");
        let plain = proof("/dir/index.html", nonce, None).by(&ha1("CircleOfLife"));
        assert_eq!(plain.hex(), "1949323746fe6a43ef61f9606e7febea");
    }

    /// RFC 7616 §3.9.1: the same exchange by MD5 and by SHA-256.
    #[test]
    fn the_examples_of_rfc_7616() {
        let counted = Counted {
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            ..AUTH
        };
        let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        let by = |algorithm| {
            let realm = "http-auth@example.org";
            let ha1 = Ha1::of_password(algorithm, "Mufasa", realm, "Circle of Life");
            proof("/dir/index.html", nonce, Some(counted))
                .by(&ha1)
                .hex()
        };
        assert_eq!(by(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            by(Algorithm::Sha256),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    /// RFC 7616 §3.9.2 with the value of errata 4897: the text's own is of a draft of the hash.
    #[test]
    fn the_example_of_sha_512_256_and_a_name_beyond_ascii() {
        let counted = Counted {
            cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
            ..AUTH
        };
        let nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
        let (user, realm) = ("J\u{e4}s\u{f8}n Doe", "api@example.org");
        let ha1 = Ha1::of_password(Algorithm::Sha512_256, user, realm, "Secret, or not?");
        assert_eq!(
            proof("/doe.json", nonce, Some(counted)).by(&ha1).hex(),
            "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
        );
    }

    #[test]
    fn proofs_compare_whole_and_in_either_case() {
        let ha1 = Ha1::of_password(Algorithm::Md5, "5021", "kring", "secret");
        let right = proof("sip:kring", "n", None).by(&ha1);
        let upper = Sum::of_hex(Algorithm::Md5, &right.hex().to_uppercase()).unwrap();
        assert!(right.is(&upper));
        assert!(!right.is(&proof("sip:kring", "m", None).by(&ha1)));
        let other = Ha1::of_password(Algorithm::Sha256, "5021", "kring", "secret");
        assert!(!right.is(&proof("sip:kring", "n", None).by(&other)));
    }
}
