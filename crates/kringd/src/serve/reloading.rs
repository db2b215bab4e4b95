//! The configuration read again while calls go on: at SIGHUP, and at `POST /api/v1/settings/reload`.
//!
//! Whole or not at all: a file with a mistake changes nothing, not even what is right in it. What cannot be
//! changed without a restart is left as it is, and named.

use super::{
    configured::{self, Configured},
    needs_restart::needs_restart,
    previewing::Previewed,
    terms,
};
use crate::{
    config::{Config, ConfigRefused, Knowledge, Layered, Source},
    lines::Trunks,
    media_io::MediaHandle,
    net::{Credentials, TrunkPeers, WebCertificate},
    opening_hours::OpeningHours,
    prompts::{Named, Voices},
    test_call::{self, Tester},
};
use kring_call::command::{Command, CommandRefused, Done};
use kring_journal::AgentId;
use kring_store::{ConfiguredRow, Store};
use kring_web::{
    Ask, ConfigurationWish, ConfiguredInForce, Live, Mistake, PreviewWanted, QueuePreview,
    ReloadRefused, Reloaded, Reloads, RulesInForce, Trial,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::MissedTickBehavior,
};

/// Wishes that may wait while one is carried out.
const WISHES_WAITING_MAX: usize = 16;

/// How often the database is looked into: another node may have changed what it configures.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What the log says when rows were taken up.
const TAKEN_UP: &str = "what the database configures was taken up";

/// Reads the configuration's file as it is now.
pub(crate) type Reread = Box<dyn Fn() -> Result<Source, ConfigRefused> + Send + Sync>;

/// Those who follow the configuration by themselves.
pub(super) struct Retold {
    pub(super) hours: watch::Sender<OpeningHours>,
    pub(super) knowledge: watch::Sender<Arc<Knowledge>>,
    pub(super) trunks: watch::Sender<Trunks>,
    /// Who is no stranger to the sockets.
    pub(super) peers: TrunkPeers,
}

/// The task that reads again, and the ways to it.
pub(super) struct Rereading {
    wishes: mpsc::Sender<ConfigurationWish>,
    rules: RulesInForce,
    configured: ConfiguredInForce,
    task: JoinHandle<()>,
}

/// What the task works with.
pub(super) struct Opened<'o> {
    pub(super) reread: Reread,
    pub(super) source: Source,
    pub(super) store: &'o Store,
    pub(super) layered: &'o Layered,
    /// The agents who have recorded a greeting.
    pub(super) greeters: Arc<BTreeSet<AgentId>>,
    /// Of SIP, and of pages where they come by HTTPS.
    pub(super) credentials: (Credentials, Option<WebCertificate>),
    pub(super) tester: Option<Tester>,
    pub(super) media: MediaHandle,
    pub(super) asks: &'o mpsc::Sender<Ask>,
    pub(super) live: &'o Live,
    pub(super) retold: Retold,
}

impl Rereading {
    /// Begins to listen for wishes.
    pub(super) fn open(opened: Opened<'_>) -> Rereading {
        let (wishes, wished) = mpsc::channel(WISHES_WAITING_MAX);
        let started = &opened.layered.config;
        let rules = RulesInForce::from(terms::house_rules(started));
        let configured = ConfiguredInForce::default();
        configured.put(opened.layered.told());
        let reloading = Reloading {
            reread: opened.reread,
            source: opened.source,
            store: opened.store.clone(),
            rows: opened.layered.rows.clone(),
            named: Named::of(started),
            greeters: opened.greeters,
            started: started.clone(),
            credentials: opened.credentials.0,
            certificate: opened.credentials.1,
            tester: opened.tester,
            media: opened.media,
            asks: opened.asks.clone(),
            live: opened.live.clone(),
            rules: rules.clone(),
            configured: configured.clone(),
            retold: opened.retold,
        };
        Rereading {
            wishes,
            rules,
            configured,
            task: tokio::spawn(reloading.run(wished)),
        }
    }

    /// What pages are told of the configuration, and their way to have it read again.
    pub(super) fn for_pages(&self) -> (RulesInForce, ConfiguredInForce, Reloads) {
        let reloads = Reloads::to(self.wishes.clone());
        (self.rules.clone(), self.configured.clone(), reloads)
    }

    /// Has it read again; what comes of it is told in the log.
    pub(super) async fn wish(&self) {
        let (reply, _) = oneshot::channel();
        // The task lives as long as the house.
        let _ = self.wishes.send(ConfigurationWish::Reload(reply)).await;
    }

    /// Reads no more.
    pub(super) fn end(&self) {
        self.task.abort();
    }
}

/// Reads again when asked to.
struct Reloading {
    reread: Reread,
    /// The file as it was read last.
    source: Source,
    store: Store,
    /// The rows as they were taken up last.
    rows: Vec<ConfiguredRow>,
    /// Which recordings are loaded.
    named: Named,
    greeters: Arc<BTreeSet<AgentId>>,
    /// What the process was started with: what holds until it ends.
    started: Config,
    credentials: Credentials,
    /// That of pages, where they come by HTTPS.
    certificate: Option<WebCertificate>,
    /// Its trunk is there whatever is configured.
    tester: Option<Tester>,
    media: MediaHandle,
    asks: mpsc::Sender<Ask>,
    live: Live,
    rules: RulesInForce,
    configured: ConfiguredInForce,
    retold: Retold,
}

impl Reloading {
    /// Carries out one wish after another, for as long as anybody can wish.
    async fn run(mut self, mut wishes: mpsc::Receiver<ConfigurationWish>) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => self.carry_out(wish).await,
                    None => return,
                },
                _ = looks.tick() => self.look().await,
            }
        }
    }

    async fn carry_out(&mut self, wish: ConfigurationWish) {
        // Whoever wished may have left; what was done stands.
        match wish {
            ConfigurationWish::Reload(reply) => {
                let answer = self.reload().await;
                tell(
                    "the configuration and the certificates were read again",
                    &answer,
                );
                if let Err(ReloadRefused(complaints)) = &answer {
                    let complaints = u32::try_from(complaints.len()).unwrap_or(u32::MAX);
                    // A refusal that the exchange cannot be told stands in the log.
                    let _ = self
                        .ask(Command::NoteRefusedConfiguration { complaints })
                        .await;
                }
                let _ = reply.send(answer);
            }
            ConfigurationWish::Follow(reply) => {
                let answer = self.follow().await;
                tell(TAKEN_UP, &answer);
                let _ = reply.send(answer);
            }
            ConfigurationWish::Try(trial, reply) => {
                let _ = reply.send(self.attempt(trial).await);
            }
            ConfigurationWish::Preview(wanted, reply) => {
                let _ = reply.send(self.preview(wanted).await);
            }
        }
    }

    /// The file, the certificates, the recordings and the database.
    async fn reload(&mut self) -> Result<Reloaded, ReloadRefused> {
        let source = (self.reread)().map_err(|refused| lines(&refused))?;
        let rows = self.stored().await?;
        let Configured { layered, voices } = read(source.clone(), rows).await?;
        self.credentials
            .reload()
            .map_err(|refused| lines(&refused))?;
        if let Some(certificate) = &self.certificate {
            certificate.reload().map_err(|refused| lines(&refused))?;
        }
        self.source = source;
        self.put(layered, Some(voices)).await
    }

    /// What the database configures now. Recordings are read only if others are named.
    async fn follow(&mut self) -> Result<Reloaded, ReloadRefused> {
        let rows = self.stored().await?;
        let layered = configured::with(&self.source, &rows).map_err(|refused| lines(&refused))?;
        if self.named.covers(&Named::of(&layered.config)) {
            return self.put(layered, None).await;
        }
        let Configured { layered, voices } = read(self.source.clone(), rows).await?;
        self.put(layered, Some(voices)).await
    }

    /// Whether the database configures something else than was taken up.
    async fn look(&mut self) {
        let stored = self.stored().await;
        if stored.is_ok_and(|rows| rows != self.rows) {
            let answer = self.follow().await;
            tell(TAKEN_UP, &answer);
        }
    }

    async fn stored(&self) -> Result<Vec<ConfiguredRow>, ReloadRefused> {
        let rows = self.store.configured().await;
        rows.map_err(|refused| lines(&refused))
    }

    async fn put(
        &mut self,
        layered: Layered,
        voices: Option<Voices>,
    ) -> Result<Reloaded, ReloadRefused> {
        let (greeters, library) = match voices {
            Some(voices) => (voices.agents.into(), Some(voices.library)),
            None => (self.greeters.clone(), None),
        };
        let config = &layered.config;
        self.credentials
            .follow(&config.trunks)
            .map_err(|refused| lines(&refused))?;
        let settings = terms::settings(config, &greeters);
        let settings = Box::new(test_call::joined(self.tester.as_ref(), settings));
        let changed = match self.ask(Command::Reconfigure(settings)).await {
            Some(Ok(Done::Reconfigured(changed))) => changed,
            Some(Ok(_)) => Vec::new(),
            Some(Err(refused)) => return Err(lines(&refused)),
            None => return Err(ReloadRefused(vec!["the exchange has ended.".to_owned()])),
        };
        if let Some(library) = library {
            self.media.speak_with(&library.into());
            self.greeters = greeters;
            self.named = Named::of(config);
        }
        self.live
            .greet_with(&config.agent.greeting_th, &config.agent.particle);
        self.rules.put(terms::house_rules(config));
        self.configured.put(layered.told());
        configured::tell(&layered.left_out);
        self.retold.hours.send_replace(OpeningHours::of(config));
        // Its folders are looked into anew, be they the same.
        let knowledge = Arc::new(config.knowledge.clone());
        self.retold.knowledge.send_replace(knowledge);
        self.retold.peers.put(&config.trunks);
        let trunks = &config.trunks;
        self.retold
            .trunks
            .send_if_modified(|known| known.change(trunks));
        let needs_restart = needs_restart(&self.started, config);
        self.rows = layered.rows;
        Ok(Reloaded {
            changed,
            needs_restart,
        })
    }

    async fn attempt(&self, trial: Trial) -> Result<(), Vec<Mistake>> {
        let rows = self.stored().await.map_err(|refused| whole(&refused))?;
        let source = self.source.clone();
        let tried = tokio::task::spawn_blocking(move || {
            configured::attempt(&source, &rows, trial).map(|_| ())
        });
        tried.await.unwrap_or_else(|_| Err(Vec::new()))
    }

    async fn preview(&self, wanted: PreviewWanted) -> Result<QueuePreview, Vec<Mistake>> {
        let rows = self.stored().await.map_err(|refused| whole(&refused))?;
        let previewed = Previewed::read(&self.source, &rows, wanted)?;
        let said = self.ask(previewed.survey()).await;
        Ok(previewed.told(said))
    }

    async fn ask(&self, command: Command) -> Option<Result<Done, CommandRefused>> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask { command, reply }).await.ok()?;
        answer.await.ok()
    }
}

/// All recordings anew, beside the calls: it takes a second or two.
async fn read(source: Source, rows: Vec<ConfiguredRow>) -> Result<Configured, ReloadRefused> {
    let read = tokio::task::spawn_blocking(move || configured::read(&source, &rows)).await;
    let read = read.map_err(|refused| lines(&refused))?;
    read.map_err(|refused| lines(&refused))
}

fn whole(refused: &ReloadRefused) -> Vec<Mistake> {
    let lines = refused.0.iter();
    lines
        .map(|line| crate::config::told("", line, None))
        .collect()
}

fn tell(what: &str, answer: &Result<Reloaded, ReloadRefused>) {
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
            tracing::info!("{what}; changed: {changed}");
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
