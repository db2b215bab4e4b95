//! The house: everything that runs while kring serves, opened in order and closed in the reverse.
//!
//! The exchange has a thread and a small runtime of its own, so that no page, lookup or report ever
//! stands in front of a call.

use crate::{
    clock::Clock,
    config::Config,
    database,
    exchange_task::{self, ExchangeTask, Load},
    exit::Fault,
    media_io::{self, MediaHandle},
    net::{self, Net},
    recorder::{self, Recorder, RecorderSender},
    seats,
    shutdown::{Shutdown, Wish},
};
use kring_call::{
    Exchange, ExchangeConfig, OnDeadline, QueueConfig, Restored, Trunk,
    command::{Admission, Command},
};
use kring_journal::{AgentId, DeadlineAction, Fact, PresenceState};
use kring_media::MediaNotice;
use kring_sip::{EndpointConfig, Timers, Transport};
use kring_store::{AgentRow, Boot, Store, closing_facts};
use kring_web::{Ask, Desk, Live, LiveConfig, Note, Web, WebConfig};
use rustc_hash::FxHashMap;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// Version of kring, for people.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Facts and trusted writes of screens that may wait for the recorder.
const NOTES_WAITING_MAX: usize = 4_096;

/// Notices of the media threads that may wait for the exchange.
const NOTICES_WAITING_MAX: usize = 8_192;

/// After the wish to end, running calls may go on so long; a second wish ends them at once.
const DRAIN_MAX: Duration = Duration::from_secs(300);

/// Time for the last BYE to be answered and the last bytes to leave.
const LAST_WORDS: Duration = Duration::from_millis(600);

/// What the command line adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServeOptions {
    /// Where to write our process id.
    pub(crate) pid_file: Option<PathBuf>,
}

/// Runs until a signal asks to end, and the running calls have ended.
pub(crate) async fn run(config: Config, options: ServeOptions) -> Result<(), Fault> {
    let mut shutdown = Shutdown::listen()?;
    let _pid = PidFile::write(options.pid_file)?;
    let house = House::open(config).await?;
    tracing::info!(http = %house.http, sip = ?house.sip, "kring {VERSION} is open");
    shutdown.wish().await;
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
    load: watch::Receiver<Load>,
    stop: watch::Sender<bool>,
    exchange: std::thread::JoinHandle<()>,
    recorder: JoinHandle<Recorder>,
    web: JoinHandle<()>,
    seats: JoinHandle<()>,
    media: MediaHandle,
}

impl House {
    /// Opens everything. What fails says what to do, and leaves nothing running but what ends with
    /// the process.
    pub(crate) async fn open(config: Config) -> Result<House, Fault> {
        let clock = Clock::start();
        kring_web::metrics::install(VERSION);
        let store = database::open(&config).await?;
        let listener = listen_http(&config).await?;
        let http = listener.local_addr().map_err(|refused| own(&refused))?;
        let boot = store
            .begin_boot(clock.wall(clock.now()), VERSION)
            .await
            .map_err(database::refused)?;
        let (asks, asked) = exchange_task::asks();
        let (notes, noted) = mpsc::channel(NOTES_WAITING_MAX);
        let desk = Desk {
            exchange: asks.clone(),
            journal: notes,
        };
        let web_clock = web_clock(&clock);
        let live = Live::new(live_config(&config), web_clock, store.clone(), desk.clone());
        let restored = restored(&boot);
        tell_presence(&live, &clock, &boot);
        let (recorder, facts) = open_recorder(&config, &clock, &live, boot, noted).await?;
        let agents = store.agents().await.map_err(database::refused)?;
        let (notices, noticed) = mpsc::channel(NOTICES_WAITING_MAX);
        let media = open_media(&config, notices)?;
        let (stop, stopping) = watch::channel(false);
        let (load, loaded) = watch::channel(Load::default());
        let opening = Opening {
            config: config.clone(),
            clock: clock.clone(),
            agents: agents.clone(),
            restored,
            asked,
            noticed,
            media: media.clone(),
            live: live.clone(),
            facts,
            load,
            stopping,
        };
        let (exchange, sip) = opening.start().await?;
        let recorder = tokio::spawn(recorder.run());
        let web = Web::new(web_config(&config), store.clone(), desk, live);
        let web = tokio::spawn(serve_http(listener, web, stop.subscribe()));
        let known: FxHashMap<AgentId, AgentRow> =
            agents.into_iter().map(|row| (row.login.clone(), row)).collect();
        let seats = seats::follow(store.clone(), config.trunks.clone(), asks.clone(), known);
        Ok(House {
            http,
            sip,
            store,
            asks,
            clock,
            load: loaded,
            stop,
            exchange,
            recorder,
            web,
            seats: tokio::spawn(seats),
            media,
        })
    }

    /// Takes no new calls, lets the running ones end, then closes everything; nothing that was
    /// recorded is lost.
    pub(crate) async fn close(mut self, shutdown: &mut Shutdown) -> Result<(), Fault> {
        self.ask(Command::Admit(Admission::Draining)).await;
        let calls = self.load.borrow().calls;
        tracing::info!(calls, "draining: no new calls; a second signal ends the running ones");
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
        let quiet = self.load.wait_for(|load| load.dialogs == 0);
        // Phones that no longer answer are not waited for.
        let _ = tokio::time::timeout(LAST_WORDS, quiet).await;
        self.seats.abort();
        self.stop.send_replace(true);
        let exchange = self.exchange;
        let joined = tokio::task::spawn_blocking(move || exchange.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            return Err(Fault::Own("the exchange ended by a panic".to_owned()));
        }
        self.web.abort();
        drop(self.asks);
        let mut recorder = self
            .recorder
            .await
            .map_err(|refused| Fault::Own(format!("the recorder ended: {refused}")))?;
        recorder
            .write(vec![(None, Fact::Stopped)])
            .await
            .map_err(database::refused)?;
        self.media.stop();
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

/// What the exchange's thread takes along.
struct Opening {
    config: Config,
    clock: Clock,
    agents: Vec<AgentRow>,
    restored: Vec<Restored>,
    asked: mpsc::Receiver<Ask>,
    noticed: mpsc::Receiver<MediaNotice>,
    media: MediaHandle,
    live: Live,
    facts: RecorderSender,
    load: watch::Sender<Load>,
    stopping: watch::Receiver<bool>,
}

type Opened = Result<Vec<SocketAddr>, Fault>;

impl Opening {
    /// Starts the thread and waits until its sockets are bound.
    async fn start(self) -> Result<(std::thread::JoinHandle<()>, Vec<SocketAddr>), Fault> {
        let (told, opened) = oneshot::channel::<Opened>();
        let thread = std::thread::Builder::new().name("exchange".to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|refused| own(&refused))?;
        let thread = thread
            .spawn(move || runtime.block_on(self.run(told)))
            .map_err(|refused| own(&refused))?;
        let sip = opened
            .await
            .map_err(|_| Fault::Own("the exchange did not start".to_owned()))??;
        Ok((thread, sip))
    }

    async fn run(self, told: oneshot::Sender<Opened>) {
        let (net, exchange) = match self.prepare().await {
            Ok(ready) => ready,
            Err(fault) => {
                // Whoever waits for it is the only one who can be told.
                let _ = told.send(Err(fault));
                return;
            }
        };
        let sip = net.listens().iter().map(|listen| listen.address).collect();
        if told.send(Ok(sip)).is_err() {
            return;
        }
        let task = ExchangeTask {
            exchange,
            clock: self.clock,
            net,
            asks: self.asked,
            media: self.media,
            notices: self.noticed,
            live: self.live,
            recorder: self.facts,
            load: self.load,
            stop: self.stopping,
        };
        task.run().await;
    }

    async fn prepare(&self) -> Result<(Net, Exchange), Fault> {
        let net = Net::bind(&self.config.sip.listen)?;
        let mut exchange = Exchange::new(self.exchange_config(&net).await?);
        let now = self.clock.now();
        for row in self.agents.iter().filter(|row| !row.disabled) {
            let profile = seats::profile(row, &self.config.trunks).await;
            exchange.introduce_agent(profile);
        }
        exchange.restore(now, &self.restored);
        Ok((net, exchange))
    }

    async fn exchange_config(&self, net: &Net) -> Result<ExchangeConfig, Fault> {
        let config = &self.config;
        let listens = net.listens();
        let of = |transport| listens.iter().find(move |listen| listen.transport == transport);
        let first = listens.first().copied();
        let udp = of(Transport::Udp).copied().or(first);
        let tcp = of(Transport::Tcp).copied().or(first);
        let (Some(udp), Some(tcp)) = (udp, tcp) else {
            return Err(Fault::Own("no SIP socket was bound".to_owned()));
        };
        let advertised = net::facing(config, udp).await?;
        let endpoint = EndpointConfig {
            advertised,
            advertised_tcp: net::facing(config, tcp).await?,
            user_agent: config.sip.user_agent.clone(),
            seed: rand::random(),
            timers: Timers::default(),
            talkable: false,
        };
        let wall_us = self.clock.wall(kring_time::Moment::BOOT).0;
        Ok(ExchangeConfig {
            endpoint,
            seed: rand::random(),
            wall_at_boot_ms: u64::try_from(wall_us / 1_000).unwrap_or(0),
            media_address: config.media.address.unwrap_or(advertised.ip()),
            codecs: config.media.codecs.iter().map(|name| (*name).to_owned()).collect(),
            terms: Arc::new(config.ring.terms.clone()),
            queues: queues(config),
            trunks: trunks(config),
            wrap_up: Duration::from_secs(u64::from(config.agent.wrapup_s)),
            rona_limit: config.agent.rona_limit,
            pause_reasons: config.agent.pause_reasons.clone(),
            cps_max: config.sip.max_cps,
        })
    }
}

fn queues(config: &Config) -> Vec<QueueConfig> {
    let on_deadline = |to: &Option<String>| match (config.ring.deadline_action, to) {
        (DeadlineAction::Redirect, Some(to)) => OnDeadline::Redirect { to: to.clone() },
        _ => OnDeadline::AnnounceBusy,
    };
    let queue = |queue: &crate::config::Queue| QueueConfig {
        name: queue.name.clone(),
        did: queue.did.clone(),
        plan: Arc::new(queue.plan.clone()),
        on_deadline: on_deadline(&queue.overflow),
    };
    config.queues.iter().map(queue).collect()
}

fn trunks(config: &Config) -> Vec<Trunk> {
    let trunk = |trunk: &crate::config::Trunk| Trunk {
        name: trunk.name.clone(),
        peers: trunk.peers.clone(),
        trust_identity: trunk.trust_identity,
    };
    config.trunks.iter().map(trunk).collect()
}

/// What each agent was doing, with the call that died if there was one.
fn restored(boot: &Boot) -> Vec<Restored> {
    let died = |agent: &AgentId| {
        let mine = |call: &&kring_journal::CallRecord| call.agent.as_ref() == Some(agent);
        boot.open_calls.iter().rev().find(mine).map(|call| call.id)
    };
    let row = |row: &kring_store::PresenceRow| Restored {
        agent: row.agent.clone(),
        state: row.state,
        reason: row.reason.clone(),
        call: died(&row.agent),
    };
    boot.presence.iter().map(row).collect()
}

/// The screens' fold begins where the last boot's ended.
fn tell_presence(live: &Live, clock: &Clock, boot: &Boot) {
    for row in &boot.presence {
        if row.state == PresenceState::Offline {
            continue;
        }
        let fact = Fact::Presence {
            agent: row.agent.clone(),
            state: row.state,
            reason: row.reason.clone(),
        };
        live.fact(clock.now(), row.since, None, &fact);
    }
}

/// The recorder, with the facts that this boot owes to the one before already on the disk.
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

fn open_media(config: &Config, notices: mpsc::Sender<MediaNotice>) -> Result<MediaHandle, Fault> {
    let ports = config.media.rtp_ports;
    let bind = config.sip.listen.first().map(|listen| listen.address.ip());
    media_io::start(
        media_io::MediaConfig {
            bind: bind.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into()),
            ports: ports.first..=ports.last,
            dead_after: Duration::from_secs(u64::from(config.media.dead_after_s)),
        },
        notices,
    )
    .map_err(|refused| Fault::Unavailable(format!("{refused}. Set media.rtp_ports.")))
}

fn live_config(config: &Config) -> LiveConfig {
    LiveConfig {
        numbers: database::number_plan(config),
        greeting_th: config.agent.greeting_th.clone(),
        particle: config.agent.particle.clone(),
        screen_dead: Duration::from_millis(u64::from(config.pop.screen_dead_ms)),
        history_items: u32::from(config.pop.history_items),
        ..LiveConfig::default()
    }
}

fn web_config(config: &Config) -> WebConfig {
    WebConfig {
        secure_cookies: config.http.public_url.as_deref().is_some_and(|url| url.starts_with("https:")),
        origins: config.http.public_url.iter().cloned().collect(),
        pause_reasons: config.agent.pause_reasons.clone(),
        metrics_token: config.metrics.token.clone(),
        version: VERSION.to_owned(),
        ..WebConfig::default()
    }
}

fn web_clock(clock: &Clock) -> kring_web::Clock {
    let clock = clock.clone();
    kring_web::Clock::new(move || {
        let now = clock.now();
        (now, clock.wall(now))
    })
}

async fn listen_http(config: &Config) -> Result<TcpListener, Fault> {
    let address = config.http.listen;
    TcpListener::bind(address)
        .await
        .map_err(|refused| Fault::listen("http.listen", address, refused))
}

async fn serve_http(listener: TcpListener, web: Web, mut stop: watch::Receiver<bool>) {
    let service = web.router().into_make_service_with_connect_info::<SocketAddr>();
    let ended = async move {
        // The sender lives as long as the house; an error is the end, too.
        let _ = stop.changed().await;
    };
    let served = axum::serve(kring_web::prompt(listener), service).with_graceful_shutdown(ended);
    if let Err(refused) = served.await {
        tracing::error!(%refused, "the web server ended");
    }
}

fn own(refused: &std::io::Error) -> Fault {
    Fault::Own(refused.to_string())
}

/// A file with our process id, taken away again at the end.
pub(crate) struct PidFile(Option<PathBuf>);

impl PidFile {
    pub(crate) fn write(path: Option<PathBuf>) -> Result<PidFile, Fault> {
        if let Some(path) = &path {
            let told = |refused| Fault::file("--pid-file", path, refused);
            std::fs::write(path, format!("{}\n", std::process::id())).map_err(told)?;
        }
        Ok(PidFile(path))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if let Some(path) = self.0.as_deref().filter(|path| Path::exists(path)) {
            // It is only a courtesy; a file left behind names a process that is gone.
            let _ = std::fs::remove_file(path);
        }
    }
}
