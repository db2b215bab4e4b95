//! The configuration read again while calls go on: at SIGHUP, and at `POST /api/v1/settings/reload`.
//!
//! Whole or not at all: a file with a mistake changes nothing, not even what is right in it. What cannot be
//! changed without a restart is left as it is, and named.

use super::terms;
use crate::{
    config::{Config, ConfigRefused, Knowledge},
    media_io::MediaHandle,
    net::Credentials,
    opening_hours::OpeningHours,
    prompts::{self, Voices},
};
use kring_call::command::{Command, CommandRefused, Done};
use kring_web::{Ask, Live, ReloadRefused, ReloadWish, Reloaded, Reloads, RulesInForce};
use std::sync::Arc;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// Wishes that may wait while one is carried out.
const WISHES_WAITING_MAX: usize = 16;

/// Reads the configuration as it is now.
pub(crate) type Reread = Box<dyn Fn() -> Result<Config, ConfigRefused> + Send + Sync>;

/// Those who follow the configuration by themselves.
pub(super) struct Retold {
    pub(super) hours: watch::Sender<OpeningHours>,
    pub(super) knowledge: watch::Sender<Arc<Knowledge>>,
}

/// The task that reads again, and the ways to it.
pub(super) struct Rereading {
    wishes: mpsc::Sender<ReloadWish>,
    rules: RulesInForce,
    task: JoinHandle<()>,
}

impl Rereading {
    /// Begins to listen for wishes.
    pub(super) fn open(
        reread: Reread,
        started: &Config,
        credentials: Credentials,
        media: MediaHandle,
        asks: &mpsc::Sender<Ask>,
        live: &Live,
        retold: Retold,
    ) -> Rereading {
        let (wishes, wished) = mpsc::channel(WISHES_WAITING_MAX);
        let rules = RulesInForce::from(terms::house_rules(started));
        let reloading = Reloading {
            reread,
            started: started.clone(),
            credentials,
            media,
            asks: asks.clone(),
            live: live.clone(),
            rules: rules.clone(),
            retold,
        };
        Rereading {
            wishes,
            rules,
            task: tokio::spawn(reloading.run(wished)),
        }
    }

    /// What pages are told of the configuration, and their way to have it read again.
    pub(super) fn for_pages(&self) -> (RulesInForce, Reloads) {
        (self.rules.clone(), Reloads::to(self.wishes.clone()))
    }

    /// Has it read again; what comes of it is told in the log.
    pub(super) async fn wish(&self) {
        let (reply, _) = oneshot::channel();
        // The task lives as long as the house.
        let _ = self.wishes.send(reply).await;
    }

    /// Reads no more.
    pub(super) fn end(&self) {
        self.task.abort();
    }
}

/// Reads again when asked to.
struct Reloading {
    reread: Reread,
    /// What the process was started with: what holds until it ends.
    started: Config,
    credentials: Credentials,
    media: MediaHandle,
    asks: mpsc::Sender<Ask>,
    live: Live,
    rules: RulesInForce,
    retold: Retold,
}

impl Reloading {
    /// Carries out one wish after another, for as long as anybody can wish.
    async fn run(self, mut wishes: mpsc::Receiver<ReloadWish>) {
        while let Some(wish) = wishes.recv().await {
            let answer = self.reload().await;
            tell(&answer);
            if let Err(ReloadRefused(complaints)) = &answer {
                let complaints = u32::try_from(complaints.len()).unwrap_or(u32::MAX);
                // A refusal that the exchange cannot be told stands in the log.
                let _ = self
                    .ask(Command::NoteRefusedConfiguration { complaints })
                    .await;
            }
            // Whoever wished may have left; what was done stands.
            let _ = wish.send(answer);
        }
    }

    async fn reload(&self) -> Result<Reloaded, ReloadRefused> {
        let config = (self.reread)().map_err(|refused| lines(&refused))?;
        let voices = voices(&config).await?;
        self.credentials
            .reload()
            .map_err(|refused| lines(&refused))?;
        let settings = Box::new(terms::settings(&config, &voices.agents.into()));
        let changed = match self.ask(Command::Reconfigure(settings)).await {
            Some(Ok(Done::Reconfigured(changed))) => changed,
            Some(Ok(_)) => Vec::new(),
            Some(Err(refused)) => return Err(lines(&refused)),
            None => return Err(ReloadRefused(vec!["the exchange has ended.".to_owned()])),
        };
        self.media.speak_with(&voices.library.into());
        self.live
            .greet_with(&config.agent.greeting_th, &config.agent.particle);
        self.rules.put(terms::house_rules(&config));
        self.retold.hours.send_replace(OpeningHours::of(&config));
        // Its folders are looked into anew, be they the same.
        let knowledge = Arc::new(config.knowledge.clone());
        self.retold.knowledge.send_replace(knowledge);
        Ok(Reloaded {
            changed,
            needs_restart: needs_restart(&self.started, &config),
        })
    }

    async fn ask(&self, command: Command) -> Option<Result<Done, CommandRefused>> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask { command, reply }).await.ok()?;
        answer.await.ok()
    }
}

/// All recordings anew, beside the calls: it takes a second or two.
async fn voices(config: &Config) -> Result<Voices, ReloadRefused> {
    let config = config.clone();
    let read = tokio::task::spawn_blocking(move || prompts::voices(&config)).await;
    let read = read.map_err(|refused| lines(&refused))?;
    read.map_err(|refused| lines(&refused))
}

fn tell(answer: &Result<Reloaded, ReloadRefused>) {
    match answer {
        Ok(Reloaded {
            changed,
            needs_restart,
        }) => {
            let changed = if changed.is_empty() {
                "nothing".to_owned()
            } else {
                changed.join(", ")
            };
            tracing::info!(
                "the configuration and the certificates were read again; changed: {changed}"
            );
            if !needs_restart.is_empty() {
                let left = needs_restart.join(", ");
                tracing::warn!("restart kring for what cannot change while it runs: {left}");
            }
        }
        Err(ReloadRefused(complaints)) => {
            let complaints = complaints.join(" | ");
            tracing::error!("the configuration stays as it was: {complaints}");
        }
    }
}

fn lines(refused: &impl ToString) -> ReloadRefused {
    ReloadRefused(refused.to_string().lines().map(str::to_owned).collect())
}

/// The tables and keys that differ and hold only after a restart.
fn needs_restart(started: &Config, config: &Config) -> Vec<String> {
    // What can change within `[sip]` is no difference here.
    let mut sip = config.sip.clone();
    sip.pass_headers.clone_from(&started.sip.pass_headers);
    // Nor are recordings.
    let mut media = config.media.clone();
    media.prompts.clone_from(&started.media.prompts);
    media.music.clone_from(&started.media.music);
    media.greeting.clone_from(&started.media.greeting);
    let differ = [
        ("data_dir", started.data_dir != config.data_dir),
        ("node", started.node != config.node),
        ("sip", started.sip != sip),
        ("trunk", started.trunks != config.trunks),
        ("registrar", started.registrar != config.registrar),
        ("pop", started.pop != config.pop),
        ("number", started.number != config.number),
        ("media", started.media != media),
        ("database", started.database != config.database),
        ("journal", started.journal != config.journal),
        ("http", started.http != config.http),
        ("metrics", started.metrics != config.metrics),
        ("privacy", started.privacy != config.privacy),
        (
            "case.ref_format",
            started.case.ref_format != config.case.ref_format,
        ),
        ("hep", started.hep != config.hep),
    ];
    let names = differ.into_iter().filter(|(_, differs)| *differs);
    names.map(|(name, _)| name.to_owned()).collect()
}
