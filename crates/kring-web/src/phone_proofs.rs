//! What proves a phone's password, and word to the registrar that the phones have changed. SIP is `kringd`'s: it hands
//! in how a proof is made.

use std::{fmt, sync::Arc};
use tokio::sync::Notify;

type Prove = dyn Fn(&str, &str) -> String + Send + Sync;

/// The way to the registrar. The default proves nothing, so that no phone of it can register.
#[derive(Clone, Default)]
pub struct PhoneProofs(Option<Arc<Way>>);

struct Way {
    realm: String,
    prove: Box<Prove>,
    changed: Arc<Notify>,
}

impl fmt::Debug for PhoneProofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let realm = self.0.as_ref().map(|way| &way.realm);
        f.debug_tuple("PhoneProofs").field(&realm).finish()
    }
}

impl PhoneProofs {
    /// Proofs in this realm: `prove` makes of user and password what the store keeps. `changed` is told of each change.
    pub fn new(
        realm: &str,
        changed: Arc<Notify>,
        prove: impl Fn(&str, &str) -> String + Send + Sync + 'static,
    ) -> PhoneProofs {
        PhoneProofs(Some(Arc::new(Way {
            realm: realm.to_owned(),
            prove: Box::new(prove),
            changed,
        })))
    }

    /// The realm in which passwords hold, and what the store keeps of this one.
    pub(crate) fn of(&self, user: &str, password: &str) -> (String, String) {
        let told = |way: &Arc<Way>| (way.realm.clone(), (way.prove)(user, password));
        let none = || ("kring".to_owned(), String::new());
        self.0.as_ref().map_or_else(none, told)
    }

    /// The phones are others now.
    pub(crate) fn have_changed(&self) {
        if let Some(way) = &self.0 {
            way.changed.notify_one();
        }
    }
}
