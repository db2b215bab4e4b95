//! The newcomer's door: the whole of kring on a fresh database, with a PBX, citizens, agents' phones and
//! officers that speak real SIP and RTP over loopback.
//!
//! What is printed at the end is told twice: by kring's own history, and by the people who called.

mod past;
mod pbx;
mod people;
mod phone;
mod robot;
mod tally;
pub(crate) mod ua;
pub(crate) mod voice;

use crate::{
    cli::DemoOptions, clock::Clock, config::Source, database, exit::Fault, serve::House,
    shutdown::Shutdown,
};
use kring_journal::Outcome;
use kring_sip::{Peer, Transport};
use kring_store::{CallFilter, Store};
use past::Phones;
use pbx::Pbx;
use people::{NEWCOMER, SEATS};
use phone::Phone;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use robot::Robot;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    time::Duration,
};
use tally::{Seen, Tally};
use tokio::{sync::watch, task::JoinHandle};
use ua::Line;

/// Tones of the agents' and officers' voices, Hz.
const AGENT_HZ: f32 = 440.0;
const OFFICER_HZ: f32 = 330.0;

/// The last calls may end by themselves for so long before the house is closed.
const ENDING: Duration = Duration::from_secs(3);

/// Runs until Ctrl+C, or for the given time, then says how it went.
pub(crate) async fn run(options: DemoOptions, pid_file: Option<PathBuf>) -> Result<(), Fault> {
    let mut shutdown = Shutdown::listen()?;
    let _pid = crate::serve::PidFile::write(pid_file)?;
    let folder = Folder::make()?;
    let password = format!("kring-{:04}", rand::rng().random_range(0..10_000));
    let stage = Stage::open().await?;
    let source = source(&folder.0, options.port, stage.pbx.address)?;
    let config = source.alone()?;
    let store = database::open(&config).await?;
    let now = Clock::start();
    past::fill(&store, &stage.phones(), &password, now.wall(now.now())).await?;
    drop(store);
    let house = House::open(config, Box::new(move || Ok(source.clone()))).await?;
    welcome(&house, &password, &folder.0);
    let tally = Tally::default();
    let show = stage.begin(&house, &tally).await?;
    let length = options.seconds.map(Duration::from_secs);
    let ended = async {
        match length {
            Some(length) => tokio::time::sleep(length).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = ended => {}
        _ = shutdown.wish() => {}
    }
    show.last_calls().await;
    let store = house.store.clone();
    house.end().await?;
    summary(&store, tally.seen()).await
}

/// The user agents, bound but silent.
struct Stage {
    clock: Clock,
    pbx: Line,
    seats: Vec<Line>,
}

/// Everybody at work.
struct Show {
    stop: watch::Sender<bool>,
    dialling: watch::Sender<bool>,
    parts: Vec<JoinHandle<()>>,
}

impl Stage {
    async fn open() -> Result<Stage, Fault> {
        let clock = Clock::start();
        let open = |name: &str, seed, talkable| {
            let (clock, name) = (clock.clone(), name.to_owned());
            async move {
                let line = Line::open(&clock, &name, seed, talkable).await;
                line.map_err(|refused| Fault::Own(format!("no free port for the demo: {refused}")))
            }
        };
        let mut seats = Vec::new();
        for seat in &SEATS {
            seats.push(open("demo phone", rand::random(), seat.login == NEWCOMER).await?);
        }
        let pbx = open("demo PBX", rand::random(), false).await?;
        Ok(Stage { clock, pbx, seats })
    }

    fn phones(&self) -> Phones {
        let seats = SEATS.iter().zip(&self.seats);
        seats
            .map(|(seat, line)| (seat.login, line.address))
            .collect()
    }

    /// Phones first, then the robots' screens, then the citizens.
    async fn begin(self, house: &House, tally: &Tally) -> Result<Show, Fault> {
        let (stop, stopping) = watch::channel(false);
        let (dialling, dials) = watch::channel(true);
        let mut parts = Vec::new();
        for (seat, line) in SEATS.iter().zip(self.seats) {
            let picks_up = seat.picks_up_after_ms.map(Duration::from_millis);
            let phone = Phone::new(tally.clone(), AGENT_HZ, picks_up, None);
            parts.push(tokio::spawn(line.play(phone, stopping.clone())));
            if seat.login != NEWCOMER {
                let now = house.clock.wall(house.clock.now());
                let robot = Robot::sign_in(&house.store, seat.login, house.http, now).await?;
                parts.push(tokio::spawn(robot.work()));
            }
        }
        let kring = Peer {
            transport: Transport::Udp,
            address: loopback(house.sip.first().copied())?,
        };
        let chance = ChaCha8Rng::from_os_rng();
        let pbx = Pbx::new(
            self.pbx.address,
            kring,
            tally.clone(),
            chance,
            self.clock.now(),
            dials,
        );
        parts.push(tokio::spawn(self.pbx.play(pbx, stopping)));
        Ok(Show {
            stop,
            dialling,
            parts,
        })
    }
}

impl Show {
    /// No new calls; those that go on get a moment to end as calls do.
    async fn last_calls(self) {
        self.dialling.send_replace(false);
        tokio::time::sleep(ENDING).await;
        self.stop.send_replace(true);
        for part in self.parts {
            part.abort();
        }
    }
}

fn loopback(address: Option<SocketAddr>) -> Result<SocketAddr, Fault> {
    let address = address.ok_or_else(|| Fault::Own("no SIP socket was bound".to_owned()))?;
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())))
}

/// Loopback only, on free ports: the usual ones may be taken by a PBX. Callers are transferred to the demo's own.
fn source(folder: &Path, http: u16, pbx: SocketAddr) -> Result<Source, Fault> {
    let sip = free_port()?;
    let http = if http == 0 || TcpListener::bind((Ipv4Addr::LOCALHOST, http)).is_err() {
        free_port()?
    } else {
        http
    };
    let text = format!(
        "data_dir = {:?}\n[sip]\nlisten = [\"udp:127.0.0.1:{sip}\", \"tcp:127.0.0.1:{sip}\"]\n\
         [http]\nlisten = \"127.0.0.1:{http}\"\n[agent]\nwrapup_s = 45\n[media]\nbrowser_port = 0\n\
         [[trunk]]\nname = \"local\"\naddress = \"{pbx}\"\npeers = [\"127.0.0.1\"]\n",
        folder.display().to_string(),
    );
    Ok(Source::of("the demo", &text, std::iter::empty()))
}

fn free_port() -> Result<u16, Fault> {
    for _ in 0..100 {
        let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
        let port = port
            .map_err(|refused| Fault::Own(refused.to_string()))?
            .port();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Fault::Unavailable("no free port on 127.0.0.1".to_owned()))
}

fn welcome(house: &House, password: &str, folder: &Path) {
    let sip = house.sip.first().map_or(0, SocketAddr::port);
    println!("kring demo: a call centre with real SIP and RTP on this machine");
    println!();
    println!("  console   http://{}/", house.http);
    println!("  login     {NEWCOMER}");
    println!("  password  {password}");
    let others: Vec<&str> = people::ACCOUNTS
        .iter()
        .map(|account| account.login)
        .collect();
    println!("  also      {} (same password)", others.join(", "));
    println!();
    println!(
        "Sign in, press พร้อมรับสาย (ready), and answer the next call with F2: the demo's phone picks up."
    );
    println!(
        "Or sign in as {} with a microphone: the page itself is that agent's telephone.",
        people::HEADSET
    );
    println!(
        "Until then {} take the calls. Ctrl+C ends the demo.",
        robots()
    );
    let officers: Vec<String> = people::OFFICERS
        .iter()
        .map(|officer| format!("{} {}", officer.department, officer.extension))
        .collect();
    println!(
        "F7 transfers the caller, Shift+F7 asks a unit first: {} answer.",
        officers.join(", ")
    );
    println!("SIP on 127.0.0.1:{sip}, data in {}", folder.display());
    println!();
}

fn robots() -> String {
    let names: Vec<&str> = SEATS
        .iter()
        .filter(|seat| seat.login != NEWCOMER)
        .map(|seat| seat.login)
        .collect();
    names.join(" and ")
}

/// What kring's history says, what the people saw, and whether the two can be true together.
async fn summary(store: &Store, seen: Seen) -> Result<(), Fault> {
    let filter = CallFilter {
        limit: 100,
        ..CallFilter::default()
    };
    let page = store.calls(&filter).await.map_err(database::refused)?;
    let earlier: usize = people::KNOWN.iter().map(|known| known.matters.len()).sum();
    let calls = page.calls.len().saturating_sub(earlier);
    let calls = &page.calls[..calls];
    let with = |outcome| {
        calls
            .iter()
            .filter(|row| row.record.outcome == Some(outcome))
            .count()
    };
    println!();
    println!("{:<14} {:>5}", "calls", calls.len());
    for outcome in [
        Outcome::Answered,
        Outcome::Rescued,
        Outcome::Abandoned,
        Outcome::Rejected,
        Outcome::Failed,
    ] {
        println!("{:<14} {:>5}", outcome.as_str(), with(outcome));
    }
    for rings in 1..=3 {
        let answered = calls.iter().filter(|row| {
            row.record.outcome == Some(Outcome::Answered) && row.record.rings == rings
        });
        println!(
            "{:<14} {:>5}",
            format!("  in ring {rings}"),
            answered.count()
        );
    }
    println!("{:<14} {:>5}", "kept waiting", seen.kept);
    println!("{:<14} {:>5}", "most bursts", seen.bursts_most);
    println!(
        "{:<14} {:>5} of {}",
        "heard both ways", seen.heard_both_ways, seen.listened
    );
    let verified = store.verify().await;
    let verified =
        verified.map_err(|broken| Fault::Own(format!("the journal is broken: {broken}")))?;
    println!(
        "{:<14} {:>5} facts, chain verified",
        "journal", verified.entries
    );
    judge(calls.len(), with(Outcome::Answered), seen)
}

fn judge(calls: usize, answered: usize, seen: Seen) -> Result<(), Fault> {
    let wrong = if calls == 0 {
        "no call came"
    } else if answered == 0 && calls > 2 {
        "no call was answered"
    } else if seen.bursts_most > 3 {
        "a phone sounded a fourth ring"
    } else if seen.heard_both_ways < seen.listened {
        "a call was answered without sound both ways"
    } else {
        return Ok(());
    };
    Err(Fault::Own(wrong.to_owned()))
}

/// A fresh folder, taken away at the end.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Folder, Fault> {
        let name = format!("kring-demo-{:08x}", rand::random::<u32>());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).map_err(|refused| Fault::file("TMPDIR", &path, refused))?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it is the system's to clear, like everything in that place.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
