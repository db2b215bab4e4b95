//! The threads that carry sound: sockets, epoll and nothing that could be decided without them.
//!
//! What goes where is [`kring_media::Relay`]'s word. These threads live apart from the runtime, are
//! never waited for, and never wait for it: orders come by bounded channels, notices leave by a
//! bounded channel, and what it cannot take stays here till it can.
//!
//! `ports` binds pairs and lets used ones rest; `placement` knows which thread has which call; `worker` relays and plays, by the beat of `metronome`;
//! `outbox` tells.

mod call;
mod limits;
mod metronome;
mod outbox;
mod pace;
mod placement;
mod ports;
mod wire;
mod worker;

#[cfg(test)]
mod tests;

use crate::{
    clock::Clock,
    recording::{RecordingConfig, Taps, Writer},
};
use kring_media::{Library, MediaNotice, MediaOrder, SessionId};
pub(crate) use outbox::Outbox;
use placement::Placement;
use ports::{Landlord, PoolOrder, PortRange, SharedPool, Sockets};
use rustix::event::{EventfdFlags, eventfd};
use std::{
    io,
    net::IpAddr,
    num::NonZero,
    ops::RangeInclusive,
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::mpsc;
use worker::{Worker, WorkerOrder};

/// What the media threads are told once.
#[derive(Clone, Debug)]
pub(crate) struct MediaConfig {
    /// The address that ports are bound on; `0.0.0.0` for all of IPv4, `::` for both families.
    pub(crate) bind: IpAddr,
    /// RTP on the even ports, RTCP on the odd ones above them.
    pub(crate) ports: RangeInclusive<u16>,
    /// Relaying threads; 0: one for each core.
    pub(crate) threads: usize,
    /// The code point of packets sent (RFC 2474), 0 to 63.
    pub(crate) dscp: u8,
    /// Both sides silent for so long is a dead call. Zero: never.
    pub(crate) dead_after: Duration,
    /// What kring itself says.
    pub(crate) library: Arc<Library>,
    /// Where recordings go; none: nothing can be recorded.
    pub(crate) recording: Option<RecordingConfig>,
}

/// Why the media threads did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaRefused {
    /// The configured range holds no pair.
    #[error("media.rtp_ports {0}-{1} holds no pair of ports")]
    NoPorts(u16, u16),
    /// The kernel gave no epoll or thread.
    #[error("cannot start the media threads: {0}")]
    Kernel(#[from] io::Error),
}

/// Orders go in here. Clones are the same threads; the last one ends them.
#[derive(Clone, Debug)]
pub(crate) struct MediaHandle(Arc<Threads>);

#[derive(Debug)]
struct Threads {
    pool: SharedPool,
    landlord: SyncSender<PoolOrder>,
    workers: Vec<WorkerLink>,
    /// Locked for an order, never for a packet.
    placement: Mutex<Placement>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug)]
struct WorkerLink {
    orders: SyncSender<WorkerOrder>,
    waker: Waker,
}

/// Gets a worker out of `epoll_wait`.
#[derive(Clone, Debug)]
struct Waker(Arc<OwnedFd>);

impl Waker {
    fn new() -> io::Result<Waker> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Waker(Arc::new(fd)))
    }

    fn wake(&self) {
        // Refused only when the counter is full: it is readable then anyway.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    fn settle(&self) {
        let _ = rustix::io::read(&self.0, &mut [0_u8; 8]);
    }
}

/// Starts the threads. Notices go to `notices`, whose bound is the caller's choice.
///
/// # Errors
/// When the range is empty or the kernel refuses.
pub(crate) fn start(
    config: MediaConfig,
    notices: mpsc::Sender<MediaNotice>,
) -> Result<MediaHandle, MediaRefused> {
    start_resting(config, limits::PORTS_REST, notices)
}

/// `rest` is how long used ports wait for late packets before another call gets them.
fn start_resting(
    config: MediaConfig,
    rest: Duration,
    notices: mpsc::Sender<MediaNotice>,
) -> Result<MediaHandle, MediaRefused> {
    let (first, last) = (*config.ports.start(), *config.ports.end());
    let range = PortRange::new(first, last).ok_or(MediaRefused::NoPorts(first, last))?;
    // Its moments never leave these threads, so it need not be the clock of the calls.
    let clock = Clock::start();
    let pool = SharedPool::default();
    let (landlord, pool_orders) = sync_channel(range.pairs() + limits::RESERVES_WAITING_MAX);
    // The handle comes first: if a later thread does not start, dropping it ends the others.
    let mut threads = Threads {
        pool: pool.clone(),
        landlord,
        workers: Vec::new(),
        placement: Mutex::default(),
        running: Mutex::default(),
    };
    let outbox = Outbox::new(notices.clone());
    let sockets = Sockets {
        ip: config.bind,
        dscp: config.dscp,
    };
    let keeper = Landlord::new(sockets, range, rest, clock.clone(), pool, outbox);
    threads.spawn("kring-ports", move || keeper.run(&pool_orders))?;
    let workers = threads_of(config.threads);
    let mut taps = Vec::new();
    if let Some(recording) = config.recording {
        let (ends, others) = Taps::new(workers);
        let outbox = Outbox::new(notices.clone());
        let writer = Writer::new(recording, others, clock.clone(), outbox);
        threads.spawn("kring-recording", move || writer.run())?;
        taps = ends;
    }
    for n in 0..workers {
        let (orders, inbox) = sync_channel(limits::ORDERS_WAITING_MAX);
        let waker = Waker::new()?;
        let outbox = Outbox::new(notices.clone());
        let landlord = threads.landlord.clone();
        let worker = Worker::new(
            config.dead_after,
            Arc::clone(&config.library),
            clock.clone(),
            (outbox, taps.pop()),
            landlord,
            waker.clone(),
        )?;
        threads.spawn(&format!("kring-media-{n}"), move || worker.run(&inbox))?;
        threads.workers.push(WorkerLink { orders, waker });
    }
    Ok(MediaHandle(Arc::new(threads)))
}

/// So many as are configured; one for each core as a rule.
fn threads_of(configured: usize) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    match configured {
        0 => cores().min(limits::THREADS_MAX),
        some => some.min(limits::THREADS_MAX),
    }
}

impl MediaHandle {
    /// Passes an order on; never waits. An order that cannot be taken is an error of ours or a
    /// thread that is stuck, and is logged: the call ends as one without sound.
    pub(crate) fn order(&self, order: MediaOrder) {
        let threads = &self.0;
        let what = order.name();
        let taken = match order {
            MediaOrder::Reserve { pairs } => threads
                .landlord
                .try_send(PoolOrder::Reserve { pairs })
                .is_ok(),
            MediaOrder::Open {
                session,
                caller,
                agent,
            } => match threads.pool.take_two(caller, agent) {
                Some((caller, agent)) => threads.pass(
                    session,
                    WorkerOrder::Open {
                        session,
                        caller,
                        agent,
                    },
                ),
                None => false,
            },
            MediaOrder::Admit { session, third } => match threads.pool.take(third) {
                Some(third) => threads.pass(session, WorkerOrder::Admit { session, third }),
                None => false,
            },
            MediaOrder::Attend { session, monitor } => match threads.pool.take(monitor) {
                Some(monitor) => threads.pass(session, WorkerOrder::Attend { session, monitor }),
                None => false,
            },
            MediaOrder::Remote { session, .. }
            | MediaOrder::Secure { session, .. }
            | MediaOrder::Press { session, .. }
            | MediaOrder::Play { session, .. }
            | MediaOrder::Hush { session, .. }
            | MediaOrder::Join { session, .. }
            | MediaOrder::Dismiss { session }
            | MediaOrder::Succeed { session }
            | MediaOrder::Listen { session, .. }
            | MediaOrder::Depart { session }
            | MediaOrder::Record { session, .. }
            | MediaOrder::Close { session } => threads.pass(session, WorkerOrder::Session(order)),
        };
        if !taken {
            tracing::error!(order = what, "a media order was not taken");
        }
    }

    /// From now on kring speaks with these recordings; what is being said is said to its end.
    pub(crate) fn speak_with(&self, library: &Arc<Library>) {
        for link in &self.0.workers {
            let sent = link
                .orders
                .try_send(WorkerOrder::SpeakWith(Arc::clone(library)));
            link.waker.wake();
            if sent.is_err() {
                tracing::error!("a media thread goes on with the old recordings: restart kring");
            }
        }
    }

    /// Ends the threads and waits for them. Calls still open are cut.
    pub(crate) fn stop(&self) {
        self.0.stop();
    }
}

impl Threads {
    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)?;
        self.running().push(thread);
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To the thread that has the session. Ports of an order that it does not take go back.
    fn pass(&self, session: SessionId, order: WorkerOrder) -> bool {
        let mut placement = self
            .placement
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let worker = match &order {
            WorkerOrder::Open { .. } => placement.open(session, self.workers.len()),
            WorkerOrder::Session(MediaOrder::Close { .. }) => placement.close(session),
            _ => placement.of(session),
        };
        drop(placement);
        let link = &self.workers[worker];
        let sent = link.orders.try_send(order);
        link.waker.wake();
        match sent {
            Ok(()) => true,
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => {
                match order {
                    WorkerOrder::Open { caller, agent, .. } => {
                        self.pool.put(caller);
                        self.pool.put(agent);
                    }
                    WorkerOrder::Admit { third, .. } => self.pool.put(third),
                    WorkerOrder::Attend { monitor, .. } => self.pool.put(monitor),
                    WorkerOrder::Session(_) | WorkerOrder::SpeakWith(_) | WorkerOrder::Stop => {}
                }
                false
            }
        }
    }

    fn stop(&self) {
        for link in &self.workers {
            // Blocks only while a living thread has thousands of orders before it.
            let _ = link.orders.send(WorkerOrder::Stop);
            link.waker.wake();
        }
        let _ = self.landlord.send(PoolOrder::Stop);
        for thread in self.running().drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop();
    }
}
