//! What screens are told and what the recorder takes over, opened before the first call can come: the
//! facts that this boot owes to the one before are on the disk first.

use super::{VERSION, terms};
use crate::{
    clock::Clock,
    config::Config,
    database,
    exit::Fault,
    recorder::{self, Recorder, RecorderSender},
};
use kring_call::Restored;
use kring_store::{Boot, Store, closing_facts};
use kring_web::{Ask, Desk, Live, Note};
use std::time::Duration;
use tokio::sync::mpsc;

/// Facts and trusted writes of screens that may wait for the recorder.
const NOTES_WAITING_MAX: usize = 4_096;

/// The screens' side of the house.
pub(super) struct Screens {
    pub(super) live: Live,
    pub(super) desk: Desk,
    /// What each agent was doing when the last boot ended.
    pub(super) restored: Vec<Restored>,
    pub(super) recorder: Recorder,
    pub(super) facts: RecorderSender,
}

impl Screens {
    pub(super) async fn open(
        config: &Config,
        clock: &Clock,
        store: &Store,
        asks: &mpsc::Sender<Ask>,
    ) -> Result<Screens, Fault> {
        let boot = store
            .begin_boot(clock.wall(clock.now()), VERSION)
            .await
            .map_err(database::refused)?;
        let (notes, noted) = mpsc::channel(NOTES_WAITING_MAX);
        let desk = Desk {
            exchange: asks.clone(),
            journal: notes,
        };
        let live = Live::new(
            terms::live_config(config),
            web_clock(clock),
            store.clone(),
            desk.clone(),
        );
        let restored = terms::restored(&boot);
        terms::tell_presence(&live, clock, &boot);
        let (recorder, facts) = open_recorder(config, clock, &live, boot, noted).await?;
        Ok(Screens {
            live,
            desk,
            restored,
            recorder,
            facts,
        })
    }
}

async fn open_recorder(
    config: &Config,
    clock: &Clock,
    live: &Live,
    mut boot: Boot,
    notes: mpsc::Receiver<Note>,
) -> Result<(Recorder, RecorderSender), Fault> {
    let (sender, facts) = recorder::channel();
    let owed = closing_facts(&boot, VERSION);
    let open_calls = std::mem::take(&mut boot.open_calls);
    let mut recorder = Recorder::new(
        boot.journal,
        clock.clone(),
        live.clone(),
        database::number_plan(config),
        Duration::from_millis(u64::from(config.journal.group_ms)),
        facts,
        notes,
    );
    recorder.take_over(open_calls);
    recorder.write(owed).await.map_err(database::refused)?;
    Ok((recorder, sender))
}

fn web_clock(clock: &Clock) -> kring_web::Clock {
    let clock = clock.clone();
    kring_web::Clock::new(move || {
        let now = clock.now();
        (now, clock.wall(now))
    })
}
