//! The exchange's thread: its sockets are bound, its agents known and restored before it begins.

use super::{own, terms};
use crate::{
    browser::Browsers,
    call_backs::CallBacks,
    clock::Clock,
    config::Config,
    directory,
    exchange_task::{ExchangeTask, Load},
    exit::Fault,
    known::Known,
    media_io::MediaHandle,
    net::{self, Net, Resolver, Terms},
    opening_hours::OpeningHours,
    phones::Phones,
    recorder::RecorderSender,
    seats,
    test_call::{self, Tester},
    trace::Tap,
};
use kring_call::{Exchange, ExchangeConfig, Restored};
use kring_journal::AgentId;
use kring_media::MediaNotice;
use kring_sip::{Advertised, EndpointConfig};
use kring_store::{AgentRow, Directory};
use kring_web::{Ask, Live};
use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot, watch};

/// What the exchange's thread takes along.
pub(super) struct Opening {
    pub(super) config: Config,
    pub(super) clock: Clock,
    pub(super) resolver: Resolver,
    pub(super) terms: Terms,
    pub(super) agents: Vec<AgentRow>,
    pub(super) restored: Vec<Restored>,
    pub(super) phones: Phones,
    pub(super) call_backs: CallBacks,
    pub(super) departments: Arc<Directory>,
    pub(super) asked: mpsc::Receiver<Ask>,
    pub(super) noticed: mpsc::Receiver<MediaNotice>,
    pub(super) media: MediaHandle,
    /// The phones in browsers, which are rung from here.
    pub(super) browsers: Browsers,
    /// Who has recorded a greeting.
    pub(super) agent_greetings: Arc<BTreeSet<AgentId>>,
    pub(super) live: Live,
    pub(super) facts: RecorderSender,
    pub(super) tap: Tap,
    /// Who makes test calls.
    pub(super) tester: Option<Tester>,
    pub(super) hours: OpeningHours,
    pub(super) known: Arc<Known>,
    pub(super) load: watch::Sender<Load>,
    pub(super) stopping: watch::Receiver<bool>,
}

type Opened = Result<Vec<SocketAddr>, Fault>;

impl Opening {
    /// Starts the thread and waits until its sockets are bound.
    pub(super) async fn start(
        self,
    ) -> Result<(std::thread::JoinHandle<()>, Vec<SocketAddr>), Fault> {
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
        let mut task = ExchangeTask {
            exchange,
            clock: self.clock,
            net,
            asks: self.asked,
            media: self.media,
            notices: self.noticed,
            live: self.live,
            recorder: self.facts,
            tap: self.tap,
            phones: self.phones.sender,
            call_backs: self.call_backs.sender,
            load: self.load,
            stop: self.stopping,
        };
        task.warm_up().await;
        if told.send(Ok(sip)).is_ok() {
            task.run().await;
        }
    }

    async fn prepare(&self) -> Result<(Net, Exchange), Fault> {
        let net = Net::bind(&self.terms)?;
        let mut exchange = Exchange::new(self.exchange_config(&net).await?);
        exchange.seed_keys(rand::random());
        let now = self.clock.now();
        for row in self.agents.iter().filter(|row| !row.disabled) {
            let profile =
                seats::profile(row, &self.config.trunks, &self.resolver, &self.browsers).await;
            exchange.introduce_agent(profile);
        }
        exchange.restore(now, &self.restored);
        for (queue, opening) in self.hours.now(&self.clock) {
            exchange.open_by_hours(now, &queue, opening);
        }
        let realm = &self.config.registrar.realm;
        self.phones.introduce(&mut exchange, &self.clock, realm);
        for department in self.departments.departments() {
            exchange.introduce_department(&department.short, directory::extensions(department));
        }
        self.call_backs.introduce(&mut exchange, &self.clock);
        Ok((net, exchange))
    }

    async fn exchange_config(&self, net: &Net) -> Result<ExchangeConfig, Fault> {
        let config = &self.config;
        let listens = net.listens();
        let Some(first) = listens.first().copied() else {
            return Err(Fault::Own("no SIP socket was bound".to_owned()));
        };
        let mut advertised =
            Advertised::everywhere(net::facing(config, &self.resolver, first).await?);
        for listen in listens.iter().rev() {
            advertised = advertised.with(
                listen.transport,
                net::facing(config, &self.resolver, *listen).await?,
            );
        }
        self.tap.reached_by(advertised);
        let endpoint = EndpointConfig {
            user_agent: config.sip.user_agent.clone(),
            strangers: config.sip.strangers,
            session_timer_s: config.sip.session_timer_s,
            registrar: Some(config.registrar.clone()),
            ..EndpointConfig::new(advertised, rand::random())
        };
        let settings = terms::settings(config, &self.agent_greetings);
        let settings = test_call::joined(self.tester.as_ref(), settings);
        let wall_us = self.clock.wall(kring_time::Moment::BOOT).0;
        Ok(ExchangeConfig {
            endpoint,
            seed: rand::random(),
            wall_at_boot_ms: u64::try_from(wall_us / 1_000).unwrap_or(0),
            media_address: config
                .media
                .address
                .unwrap_or(advertised.at(first.transport).ip()),
            codecs: config
                .media
                .codecs
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            srtp: config.media.srtp,
            terms: settings.terms,
            ringback: settings.ringback,
            agent_greetings: settings.agent_greetings,
            queues: settings.queues,
            known_callers: self.known.clone(),
            trunks: settings.trunks,
            wrap_up: settings.wrap_up,
            rona_limit: settings.rona_limit,
            pause_reasons: settings.pause_reasons,
            pass_headers: settings.pass_headers,
            dial: settings.dial,
            transfer: settings.transfer,
            monitor: settings.monitor,
            cps_max: config.sip.max_cps,
            options_ping: Duration::from_secs(u64::from(config.sip.options_ping_s)),
        })
    }
}
