//! Who we are to others: the passwords that we know, and what was said when one was asked for.
//!
//! A challenge is answered once (RFC 3261 §22.1): whoever asks again has refused the password, unless it
//! says that only the nonce was too old. So a wrong password is heard of once and never hammered.

use super::{Endpoint, LegId, leg::Leg};
use crate::{
    HeaderName, Method, Response,
    digest::{Answer, Credentials, Unanswerable},
    entropy::Entropy,
    transaction::ClientKey,
};
use bytes::Bytes;
use kring_time::Moment;

/// A user name and password that the endpoint was told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct LoginId(u32);

/// Why a 401 or 407 is not answered (again).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Hopeless {
    /// It was answered, and the answer was not good.
    #[error("the password was refused")]
    WrongPassword,
    /// It cannot be answered at all.
    #[error(transparent)]
    Unanswerable(#[from] Unanswerable),
}

/// The challenges that one request answers: its server's, and perhaps a proxy's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proofs {
    given: Vec<Given>,
    /// An old nonce was replaced once.
    renewed: bool,
}

#[derive(Clone, Debug)]
struct Given {
    answer: Answer,
    /// For an earlier request: its nonce may have aged without anybody saying so.
    carried: bool,
}

/// Who may ask on the way of one request: a server and three proxies.
const ASKERS_MAX: usize = 4;

impl Endpoint {
    /// Takes a user name and password. They are given to whoever asks in the calls and questions that
    /// name them.
    pub fn add_login(&mut self, credentials: Credentials) -> LoginId {
        let id = u32::try_from(self.logins.len()).unwrap_or(u32::MAX);
        self.logins.push(credentials);
        LoginId(id)
    }

    /// Another password in the place of this one, for dialogs, too.
    pub fn change_login(&mut self, login: LoginId, credentials: Credentials) {
        if let Some(old) = self.logins.get_mut(login.0 as usize) {
            *old = credentials;
        }
    }

    /// A call that came from somebody who may ask for a password when we change or end it.
    pub fn set_login(&mut self, leg: LegId, login: LoginId) {
        self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => called.dialog.set_login(login),
            Leg::Established(established) => established.dialog.set_login(login),
            Leg::Calling(_) | Leg::Leaving(_) | Leg::Left(_) => {}
        });
    }

    /// The other side of a dialog asks who we are before it does what `request` wants: whether that was
    /// sent again, saying it.
    pub(super) fn prove_within(
        &mut self,
        now: Moment,
        key: ClientKey,
        request: &[u8],
        response: &Response,
    ) -> bool {
        let Some(client) = self.clients.get(key) else {
            return false;
        };
        let (purpose, mut proofs) = (client.purpose, client.proofs.clone().unwrap_or_default());
        let dialog = purpose.leg().and_then(|leg| self.legs.get(leg)?.dialog());
        let Some((way, login)) = dialog.and_then(|dialog| Some((dialog.way(), dialog.login()?)))
        else {
            return false;
        };
        let known = self.credentials(login);
        if known.is_none_or(|known| proofs.take(response, known).is_err()) {
            return false;
        }
        let uri = request.split(|byte| *byte == b' ').nth(1);
        let uri = String::from_utf8_lossy(uri.unwrap_or_default()).into_owned();
        let lines = proofs.lines(&purpose.method(), &uri, &mut self.entropy);
        let next = ClientKey::of_branch(self.entropy.token());
        let Some(seq) = purpose.leg().and_then(|leg| self.next_seq_of(leg)) else {
            return false;
        };
        let Some(bytes) = again(request, next.branch(), seq, &lines) else {
            return false;
        };
        self.begin_client(now, next, purpose, way, bytes);
        self.clients.change(&mut self.queue, next, |client| {
            client.proofs = Some(proofs);
        });
        if let Some(leg) = purpose.leg() {
            self.change_established(leg, |established| {
                established.changes.sent_again(key, next);
                established.referrals.theirs.sent_again(key, next);
            });
            self.change_ours(leg, |ours| ours.sent_again(key, next, seq));
        }
        true
    }

    fn next_seq_of(&mut self, leg: LegId) -> Option<u32> {
        let seq = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Established(established) => Some(established.dialog.next_seq()),
            Leg::Leaving(leaving) => Some(leaving.dialog.next_seq()),
            Leg::Calling(_) | Leg::Called(_) | Leg::Left(_) => None,
        });
        seq.flatten()
    }

    pub(super) fn credentials(&self, login: LoginId) -> Option<&Credentials> {
        self.logins.get(login.0 as usize)
    }
}

/// A request of ours once more, as a transaction of its own and with proof of who we are. What stands
/// in it is our own writing, so its lines are known.
pub(crate) fn again(
    request: &[u8],
    branch: u64,
    seq: u32,
    lines: &[(HeaderName, String)],
) -> Option<Bytes> {
    let text = std::str::from_utf8(request).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut out = String::with_capacity(request.len() + 400);
    let mut is_first_via = true;
    for line in head.split("\r\n") {
        if line.starts_with("Via: ") && std::mem::take(&mut is_first_via) {
            out.push_str(line.get(..line.len().checked_sub(16)?)?);
            out.push_str(&format!("{branch:016x}"));
        } else if let Some(cseq) = line.strip_prefix("CSeq: ") {
            let (_, method) = cseq.split_once(' ')?;
            out.push_str(&format!("CSeq: {seq} {method}"));
            for (name, value) in lines {
                out.push_str(&format!("\r\n{}: {value}", name.as_str()));
            }
        } else if ["Authorization: ", "Proxy-Authorization: "]
            .iter()
            .any(|name| line.starts_with(name))
        {
            continue;
        } else {
            out.push_str(line);
        }
        out.push_str("\r\n");
    }
    out.push_str("\r\n");
    out.push_str(body);
    Some(out.into())
}

impl Proofs {
    /// Whether nobody has asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// For the next request: what was good for the last is said at once, and may be too old.
    pub(crate) fn carry(mut self) -> Proofs {
        self.renewed = false;
        for given in &mut self.given {
            given.carried = true;
        }
        self
    }

    /// Takes a 401 or 407: whether the request is to be sent again, with [`Proofs::lines`].
    pub(crate) fn take(
        &mut self,
        response: &Response,
        credentials: &Credentials,
    ) -> Result<(), Hopeless> {
        let answer = Answer::to(response, credentials)?;
        let (asker, realm) = (answer.asker(), answer.realm());
        let same =
            |given: &&mut Given| given.answer.asker() == asker && given.answer.realm() == realm;
        let Some(before) = self.given.iter_mut().find(same) else {
            if self.given.len() >= ASKERS_MAX {
                return Err(Hopeless::WrongPassword);
            }
            self.given.push(Given {
                answer,
                carried: false,
            });
            return Ok(());
        };
        if !before.carried {
            if self.renewed || !answer.is_stale() {
                return Err(Hopeless::WrongPassword);
            }
            self.renewed = true;
        }
        *before = Given {
            answer,
            carried: false,
        };
        Ok(())
    }

    /// The lines that prove a request to `uri`.
    pub(crate) fn lines(
        &mut self,
        method: &Method,
        uri: &str,
        entropy: &mut Entropy,
    ) -> Vec<(HeaderName, String)> {
        let given = self.given.iter_mut();
        given
            .map(|given| given.answer.line(method, uri, entropy.token()))
            .collect()
    }
}
