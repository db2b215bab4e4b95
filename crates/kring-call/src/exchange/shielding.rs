//! Whose sound may or must be secured (SRTP by SDES), and with which keys. Keys travel in SDP, so they are given only to
//! legs whose signalling is encrypted on the way to us.

use super::Exchange;
use crate::{
    command::{Device, Place},
    sound::Sound,
};
use kring_journal::CallId;
use kring_media::{
    AudioDescription, MASTER_MAX, MediaOrder, SdpRefused, Shield, Side, SrtpPolicy, write,
};
use kring_sip::{Branch, HeaderName, OwnOffer, Transport};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

/// Whether what this transport carries can be read on the way.
pub(super) const fn is_private(transport: Transport) -> bool {
    matches!(transport, Transport::Tls | Transport::Wss)
}

/// What is known of a phone that registers, besides its password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneTraits {
    /// Whether its sound is secured; none: as `[media]` says.
    pub srtp: Option<SrtpPolicy>,
    /// It stands behind a translator of addresses: where its sound comes from is learned (RFC 4961).
    pub symmetric: bool,
}

impl Exchange {
    /// Keys of sound come from here on from this seed, which must be of a cryptographic source. Without it they come
    /// from the seed of everything else: enough for tests, and for nothing more.
    pub fn seed_keys(&mut self, seed: [u8; 32]) {
        self.keys = ChaCha20Rng::from_seed(seed);
    }

    fn key_of_chance(&mut self) -> [u8; MASTER_MAX] {
        let mut bytes = [0; MASTER_MAX];
        self.keys.fill_bytes(&mut bytes);
        bytes
    }

    /// The keys of a leg under this policy; none where its sound stays plain.
    ///
    /// # Errors
    /// [`SdpRefused::NotSecured`] when it must be secured and its signalling can be read.
    fn shield(
        &mut self,
        policy: SrtpPolicy,
        private: bool,
    ) -> Result<Option<Arc<Shield>>, SdpRefused> {
        match (policy, private) {
            (SrtpPolicy::Off, _) | (SrtpPolicy::Prefer, false) => Ok(None),
            (SrtpPolicy::Require, false) => Err(SdpRefused::NotSecured),
            (SrtpPolicy::Prefer | SrtpPolicy::Require, true) => {
                let required = policy == SrtpPolicy::Require;
                let shield = Shield::new(required, || self.key_of_chance());
                Ok(Some(Arc::new(shield)))
            }
        }
    }

    /// The keys of a leg that came by a trunk.
    pub(super) fn shield_of_trunk(
        &mut self,
        trunk: usize,
        transport: Transport,
    ) -> Result<Option<Arc<Shield>>, SdpRefused> {
        let policy = self.config.trunks[trunk].srtp;
        let policy = policy.unwrap_or(self.config.srtp);
        self.shield(policy, is_private(transport))
    }

    /// The keys of a leg that a registered phone began.
    pub(super) fn shield_of_phone(
        &mut self,
        user: &str,
        transport: Transport,
    ) -> Result<Option<Arc<Shield>>, SdpRefused> {
        let policy = self.policy_of_phone(user);
        self.shield(policy, is_private(transport))
    }

    fn policy_of_phone(&self, user: &str) -> SrtpPolicy {
        let traits = self.phones.get(user);
        traits.and_then(|it| it.srtp).unwrap_or(self.config.srtp)
    }

    /// How the sound of a device is secured: as it says itself, as its phone or its trunk does, or as `[media]` does.
    pub(super) fn policy_of_device(&self, device: &Device) -> SrtpPolicy {
        if let Some(policy) = device.srtp {
            return policy;
        }
        match &device.place {
            Place::Registered { user } => self.policy_of_phone(user),
            Place::At { .. } if device.name.starts_with("pbx:") => {
                let mut trunks = self.config.trunks.iter();
                let trunk = trunks.find(|trunk| trunk.line.uri.is_some());
                let policy = trunk.and_then(|trunk| trunk.srtp);
                policy.unwrap_or(self.config.srtp)
            }
            Place::At { .. } => self.config.srtp,
        }
    }

    /// Gives a branch an offer with keys of its own, where `policy` has it and nobody reads it on the way; the keys.
    ///
    /// # Errors
    /// [`SdpRefused::NotSecured`] when it must be secured and cannot be.
    pub(super) fn shield_branch(
        &mut self,
        branch: &mut Branch,
        policy: SrtpPolicy,
        plain: &AudioDescription,
    ) -> Result<Option<Arc<Shield>>, SdpRefused> {
        let shield = self.shield(policy, is_private_way(branch))?;
        if let Some(shield) = &shield {
            branch.offer = Some(OwnOffer {
                sdp: write(&plain.shielded(shield)).into(),
                instead: (!shield.is_required()).then(|| write(plain).into()),
            });
        }
        Ok(shield)
    }

    /// Whoever has sent this offer may want new keys: then it gets new ones of ours in return.
    pub(super) fn renew_shield(&mut self, id: CallId, side: Side, offer: &AudioDescription) {
        let sound = self.calls.get(&id).map(|call| &call.sound);
        let wanted = sound.and_then(|sound| {
            let before = sound.theirs(side)?;
            let shield = sound.shield(side)?;
            offer.rekeys(before).then(|| shield.clone())
        });
        let Some(old) = wanted else {
            return;
        };
        let new = old.renewed(|| self.key_of_chance());
        if let Some(call) = self.calls.get_mut(&id) {
            call.sound.shielded_by(side, Some(Arc::new(new)));
        }
    }

    /// Tells the media threads the keys of a side, if they are others than before. `said` is what it was told,
    /// `theirs` what it says.
    pub(super) fn order_keys(
        &mut self,
        sound: &Sound,
        side: Side,
        (said, theirs): (Option<&AudioDescription>, &AudioDescription),
    ) {
        // What does not fit was refused when it was read.
        let keys = said.map(|said| said.keys_with(theirs));
        let keys = keys.and_then(Result::ok).flatten();
        let session = sound.session;
        if keys.is_some() || sound.shield(side).is_some() {
            let keys = keys.map(Box::new);
            self.order(MediaOrder::Secure {
                session,
                side,
                keys,
            });
        }
    }
}

/// Every way by which the INVITE of a branch may go is encrypted.
pub(super) fn is_private_way(branch: &Branch) -> bool {
    (branch.peers.iter()).all(|peer| is_private(peer.transport))
}

/// What a caller is told whose sound must be secured and is not.
pub(super) fn unsecured_warning() -> Option<(HeaderName, String)> {
    let said = "399 kring \"SRTP over TLS is required here\"".to_owned();
    HeaderName::from_token("Warning").map(|name| (name, said))
}
