//! The house: everything that runs while kring serves, opened in order and closed in the reverse.
//!
//! The exchange has a thread and a small runtime of its own, so that no page, lookup or report ever
//! stands in front of a call.

mod configured;
mod https;
mod means;
mod media;
mod needs_restart;
mod opening;
mod pid_file;
mod previewing;
mod recordings;
mod reloading;
mod screens;
mod stored;
mod terms;
mod watching;
mod web;

use crate::{
    ageing,
    browser::Browsers,
    case_upkeep,
    clock::Clock,
    config::{Config, Source},
    database,
    exchange_task::{self, Load},
    exit::Fault,
    knowledge_folder::Keeper,
    known, lines,
    media_io::MediaHandle,
    net::{Families, Resolver, Terms},
    opening_hours::{self, OpeningHours},
    phones::PhoneTasks,
    recorder::Recorder,
    seats,
    shutdown::{Reload, Shutdown, Wish},
    test_call::Tester,
    trace::Tap,
};
use configured::Configured;
use kring_call::command::{Admission, Command};
use kring_journal::{AgentId, Fact};
use kring_store::{AgentRow, Store};
use kring_web::{Ask, DocumentFolders, Web};
use means::{PageMeans, Welcome};
use opening::Opening;
pub(crate) use pid_file::PidFile;
use reloading::{Opened, Reread, Rereading, Retold};
use rustc_hash::FxHashMap;
use screens::Screens;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use stored::Stored;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};
use watching::Watching;

/// Version of kring, for people.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Notices of the media threads that may wait for the exchange.
const NOTICES_WAITING_MAX: usize = 8_192;

/// After the wish to end, running calls may go on so long; a second wish ends them at once.
const DRAIN_MAX: Duration = Duration::from_mins(5);

/// Time for the last BYE to be answered and the last bytes to leave.
const LAST_WORDS: Duration = Duration::from_millis(600);

/// What the command line adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServeOptions {
    /// Where to write our process id.
    pub(crate) pid_file: Option<PathBuf>,
    /// The configuration's file, if one was named: it is read again when that is wished.
    pub(crate) config: Option<PathBuf>,
}

/// Runs until a signal asks to end, and the running calls have ended.
pub(crate) async fn run(config: Config, options: ServeOptions) -> Result<(), Fault> {
    let mut shutdown = Shutdown::listen()?;
    let mut reload = Reload::listen()?;
    let _pid = PidFile::write(options.pid_file)?;
    let file = options.config;
    let house = House::open(config, Box::new(move || Source::open(file.as_deref()))).await?;
    if let Some(welcome) = &house.welcome {
        welcome.print();
    }
    tracing::info!(http = %house.http, sip = ?house.sip, "kring {VERSION} is open");
    loop {
        tokio::select! {
            _ = shutdown.wish() => break,
            () = reload.wanted() => house.reload().await,
        }
    }
    house.close(&mut shutdown).await
}

/// Everything that runs.
pub(crate) struct House {
    /// Where the console and the API are.
    pub(crate) http: SocketAddr,
    /// Where SIP is, UDP first.
    pub(crate) sip: Vec<SocketAddr>,
    pub(crate) store: Store,
    pub(crate) asks: mpsc::Sender<Ask>,
    pub(crate) clock: Clock,
    /// What is printed while nobody has an account.
    welcome: Option<Welcome>,
    load: watch::Receiver<Load>,
    stop: watch::Sender<bool>,
    exchange: std::thread::JoinHandle<()>,
    recorder: JoinHandle<Recorder>,
    web: JoinHandle<()>,
    /// What the exchange is told of as it changes: seats, lines, hours, callers, departments; who lets go what is too old;
    /// and what keeps cases in order.
    followers: [JoinHandle<()>; 8],
    /// Writes down what is recorded, until the last file is closed.
    tapes: JoinHandle<()>,
    /// Writes call-backs until the exchange is gone.
    keeping: JoinHandle<()>,
    phones: PhoneTasks,
    watching: Watching,
    media: MediaHandle,
    browsers: Browsers,
    rereading: Rereading,
}

impl House {
    /// Opens everything. What fails says what to do, and leaves nothing running but what ends with
    /// the process. `file` is the configuration's file by itself, `reread` reads it as it is by then.
    #[expect(
        clippy::too_many_lines,
        reason = "each step needs what the ones before it made"
    )]
    pub(crate) async fn open(file: Config, reread: Reread) -> Result<House, Fault> {
        let clock = Clock::start();
        kring_web::metrics::install(VERSION);
        let store = database::open(&file).await?;
        let source = reread()?;
        let rows = store.configured().await.map_err(database::refused)?;
        let Configured { layered, voices } = configured::read(&source, &rows)?;
        configured::tell(&layered.left_out);
        let config = layered.config.clone();
        let store = database::opened_for(store, &file, &config).await?;
        ageing::keep_erased(&config, &store, &clock).await?;
        let certificate = web::certificate(&config)?;
        let listener = web::listen(&config).await?;
        let http = listener.local_addr().map_err(|refused| own(&refused))?;
        let (first_run, welcome) = means::first_run(&config, &store, http).await?;
        let tester = Tester::bind(&config).map_err(|refused| own(&refused))?;
        let (asks, asked) = exchange_task::asks();
        let screens = Screens::open(&config, &clock, &store, &asks).await?;
        let stored = Stored::open(&config, &store, &clock, &asks).await?;
        let (notices, noticed) = mpsc::channel(NOTICES_WAITING_MAX);
        let greeters = Arc::new(voices.agents);
        let recordings = recordings::Recordings::open(&config)?;
        let media = media::open(&config, voices.library, recordings.config.clone(), notices)?;
        let resolver = Resolver::of_system(Families::of(&config.sip.listen));
        let browsers = Browsers::open(&config, &clock, &resolver).await?;
        let tap = Tap::default();
        let terms = Terms::of(&config, &resolver)?;
        let credentials = terms.credentials.clone();
        let (stop, stopping) = watch::channel(false);
        let (load, loaded) = watch::channel(Load::default());
        let (new_hours, hours) = watch::channel(OpeningHours::of(&config));
        let (new_trunks, trunks) = watch::channel(lines::Trunks::new(config.trunks.clone()));
        let (new_knowledge, knowledge) = watch::channel(Arc::new(config.knowledge.clone()));
        let rereading = Rereading::open(Opened {
            reread,
            source,
            store: &store,
            layered: &layered,
            greeters: greeters.clone(),
            credentials: (credentials, certificate.clone()),
            tester: tester.clone(),
            media: media.clone(),
            asks: &asks,
            live: &screens.live,
            retold: Retold {
                hours: new_hours,
                knowledge: new_knowledge,
                trunks: new_trunks,
                peers: terms.trunks.clone(),
            },
        });
        let opening = Opening {
            phones: stored.phones,
            call_backs: stored.call_backs,
            departments: stored.directory.directory,
            config: config.clone(),
            clock: clock.clone(),
            resolver: resolver.clone(),
            terms,
            agents: stored.agents.clone(),
            restored: screens.restored,
            asked,
            noticed,
            media: media.clone(),
            browsers: browsers.clone(),
            agent_greetings: greeters,
            live: screens.live.clone(),
            facts: screens.facts,
            tap: tap.clone(),
            tester: tester.clone(),
            hours: hours
                .borrow()
                .closed_also_on(&stored.directory.holidays.borrow()),
            known: stored.known.clone(),
            load,
            stopping,
        };
        let (exchange, sip) = opening.start().await?;
        browsers.hear_kring(&sip);
        let recorder = tokio::spawn(screens.recorder.run());
        let (watching, traces) = Watching::open(&config, &clock, &store, tap).await;
        let documents = Keeper {
            store: store.clone(),
            clock: clock.clone(),
            config: knowledge,
            folders: DocumentFolders::default(),
            node: config.node.clone(),
        };
        let folders = documents.folders.clone();
        let pages = rereading.for_pages();
        let cases = case_upkeep::keep(store.clone(), clock.clone(), pages.0.clone());
        let means = PageMeans {
            resolver: resolver.clone(),
            asks: asks.clone(),
            clock: clock.clone(),
            tester,
            sip: sip.first().copied(),
            browsers: browsers.clone(),
            proofs: stored.proofs,
            first_run,
        };
        let web_config = terms::web_config(&config, (traces, folders), pages);
        let web_config = means.hand_to(&config, web_config);
        let web_config = recordings.hand_to(&config, web_config);
        let tapes = recordings.keep(store.clone(), clock.clone());
        let web = Web::new(web_config, store.clone(), screens.desk, screens.live);
        let web = web::serve(listener, certificate, web, stop.subscribe());
        let web = tokio::spawn(web);
        let lines = lines::follow(trunks.clone(), resolver.clone(), asks.clone());
        let agents = by_login(stored.agents);
        let seats = seats::follow(
            store.clone(),
            trunks,
            (resolver, browsers.clone()),
            asks.clone(),
            agents,
        );
        let holidays = stored.directory.holidays;
        let hours = opening_hours::follow(hours, holidays, clock.clone(), asks.clone());
        let known = known::follow(stored.known, store.clone());
        let usual = config.privacy.retention_days;
        let ageing = ageing::follow(store.clone(), clock.clone(), usual, config.data_dir);
        Ok(House {
            http,
            sip,
            store,
            asks,
            clock,
            welcome,
            load: loaded,
            stop,
            exchange,
            recorder,
            web,
            followers: [
                tokio::spawn(seats),
                tokio::spawn(lines),
                tokio::spawn(hours),
                tokio::spawn(known),
                tokio::spawn(ageing),
                tokio::spawn(documents.run()),
                tokio::spawn(cases),
                stored.directory.task,
            ],
            tapes: tokio::spawn(tapes),
            keeping: stored.keeping,
            phones: stored.phone_tasks,
            watching,
            media,
            browsers,
            rereading,
        })
    }

    /// Has the configuration and the certificates read again. Calls and connections go on as they are;
    /// what came of it is told in the log.
    async fn reload(&self) {
        self.rereading.wish().await;
    }

    /// Takes no new calls, lets the running ones end, then closes everything; nothing that was
    /// recorded is lost.
    pub(crate) async fn close(mut self, shutdown: &mut Shutdown) -> Result<(), Fault> {
        self.ask(Command::Admit(Admission::Draining)).await;
        let calls = self.load.borrow().calls;
        tracing::info!(
            calls,
            "draining: no new calls; a second signal ends the running ones"
        );
        let drained = async {
            // Fails only when the exchange is gone, and then there is nothing to wait for.
            let _ = self.load.wait_for(|load| load.calls == 0).await;
        };
        tokio::select! {
            () = drained => {}
            wish = shutdown.wish() => debug_assert_eq!(wish, Wish::End),
            () = tokio::time::sleep(DRAIN_MAX) => {}
        }
        self.end().await
    }

    /// Ends every call and closes everything.
    pub(crate) async fn end(mut self) -> Result<(), Fault> {
        self.ask(Command::EndAll).await;
        let quiet = |load: &Load| load.dialogs == 0 && load.registered == 0;
        let quiet = self.load.wait_for(quiet);
        // Phones that no longer answer are not waited for.
        let _ = tokio::time::timeout(LAST_WORDS, quiet).await;
        self.rereading.end();
        for follower in &self.followers {
            follower.abort();
        }
        self.stop.send_replace(true);
        let exchange = self.exchange;
        let joined = tokio::task::spawn_blocking(move || exchange.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            return Err(Fault::Own("the exchange ended by a panic".to_owned()));
        }
        self.phones.end().await;
        // What cannot be written now is taken up by the next start as it was.
        let _ = tokio::time::timeout(LAST_WORDS, self.keeping).await;
        self.web.abort();
        self.watching.close().await;
        drop(self.asks);
        let mut recorder = self
            .recorder
            .await
            .map_err(|refused| Fault::Own(format!("the recorder ended: {refused}")))?;
        recorder
            .write(vec![(None, Fact::Stopped)])
            .await
            .map_err(database::refused)?;
        self.browsers.stop();
        let media = self.media;
        let _ = tokio::task::spawn_blocking(move || media.stop()).await;
        // What is not written down by then is mended by the next start.
        let _ = tokio::time::timeout(LAST_WORDS, self.tapes).await;
        tracing::info!("closed");
        Ok(())
    }

    async fn ask(&self, command: Command) {
        let (reply, answer) = oneshot::channel();
        // An exchange that is gone needs no asking.
        if self.asks.send(Ask { command, reply }).await.is_ok() {
            let _ = answer.await;
        }
    }
}

fn by_login(agents: Vec<AgentRow>) -> FxHashMap<AgentId, AgentRow> {
    agents
        .into_iter()
        .map(|row| (row.login.clone(), row))
        .collect()
}

fn own(refused: &std::io::Error) -> Fault {
    Fault::Own(refused.to_string())
}
