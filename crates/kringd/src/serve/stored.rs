//! What the store holds of phones, callers, call-backs and departments, read before the first call.

use crate::{
    call_backs::CallBacks,
    clock::Clock,
    config::Config,
    database,
    directory::{self, Followed},
    exit::Fault,
    known::Known,
    phone_command,
    phones::{PhoneTasks, Phones},
};
use kring_store::{AgentRow, Store};
use kring_web::{Ask, PhoneProofs};
use std::sync::Arc;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};

/// What was read, with the tasks that keep it as it is stored.
pub(super) struct Stored {
    pub(super) agents: Vec<AgentRow>,
    pub(super) known: Arc<Known>,
    pub(super) phones: Phones,
    pub(super) phone_tasks: PhoneTasks,
    /// For pages that change phones.
    pub(super) proofs: PhoneProofs,
    pub(super) call_backs: CallBacks,
    /// Writes call-backs until the exchange is gone.
    pub(super) keeping: JoinHandle<()>,
    /// Departments and holidays.
    pub(super) directory: Followed,
}

impl Stored {
    /// Reads all of it.
    pub(super) async fn open(
        config: &Config,
        store: &Store,
        clock: &Clock,
        asks: &mpsc::Sender<Ask>,
    ) -> Result<Stored, Fault> {
        let agents = store.agents().await.map_err(database::refused)?;
        let known = Arc::new(Known::new(database::number_plan(config)));
        known.read(store).await?;
        let realm = &config.registrar.realm;
        let changed = Arc::new(Notify::new());
        let opened = Phones::open(store, clock, realm, asks, Arc::clone(&changed));
        let (phones, phone_tasks) = opened.await?;
        let own_realm = realm.to_string();
        let proofs = PhoneProofs::new(realm, changed, move |user, password| {
            phone_command::secrets(user, &own_realm, password)
        });
        let (call_backs, keeping) = CallBacks::open(store, clock).await?;
        let directory = directory::open(store, asks).await?;
        Ok(Stored {
            agents,
            known,
            phones,
            phone_tasks,
            proofs,
            call_backs,
            keeping,
            directory,
        })
    }
}
