//! A daemon with as many ready agents as the load needs, in a folder of its own.

use crate::Outcome;
use kring_journal::{AgentId, PresenceState, WallTime};
use kring_store::{
    AgentRow, Group, NewSession, PhoneRow, PresenceRow, Role, SignedFrom, Store, StoreConfig,
    StoreRefused,
};
use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, UdpSocket},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The daemon and its ports; ended when dropped.
pub(crate) struct House {
    child: Child,
    folder: PathBuf,
    keep: bool,
    pub(crate) sip: u16,
    pub(crate) http: u16,
}

impl House {
    /// Starts it with `agents` ready agents whose phones are all at `phone`, and no wrap-up time.
    pub(crate) fn open(agents: u32, phone: u16, database: Option<&str>) -> Outcome<House> {
        let trunk = "[[trunk]]\nname = \"load\"\naddress = \"127.0.0.1:5998\"\n\
                     peers = [\"127.0.0.0/8\"]\n";
        House::with_trunks(agents, phone, database, trunk)
    }

    /// The same with these trunks.
    pub(crate) fn with_trunks(
        agents: u32,
        phone: u16,
        database: Option<&str>,
        trunks: &str,
    ) -> Outcome<House> {
        let ready = PresenceState::Ready;
        House::furnished(database, trunks, |store| {
            staff(store, agents, |_| phone, ready)
        })
    }

    /// Starts it with `agents` ready agents, each of whose phones is at the port that `phone` says, and
    /// these tables of the configuration.
    pub(crate) fn at(agents: u32, tables: &str, phone: impl Fn(u32) -> u16) -> Outcome<House> {
        let ready = PresenceState::Ready;
        House::furnished(None, tables, |store| staff(store, agents, phone, ready))
    }

    /// Starts it with one agent and these phones that may register.
    pub(crate) fn with_phones(rows: &[PhoneRow], trunks: &str) -> Outcome<House> {
        House::furnished(None, trunks, async |store| {
            store.put_phones(rows).await?;
            staff(store, 1, |_| 0, PresenceState::Ready).await
        })
    }

    /// Starts it with a trunk for everybody on this machine and these tables, and nobody signed in.
    pub(crate) fn unstaffed(tables: &str) -> Outcome<House> {
        let trunk = "[[trunk]]\nname = \"load\"\npeers = [\"127.0.0.0/8\"]\n";
        let nobody = PresenceState::Offline;
        House::furnished(None, &format!("{trunk}{tables}"), |store| {
            staff(store, 1, |_| 0, nobody)
        })
    }

    fn furnished(
        database: Option<&str>,
        trunks: &str,
        furnish: impl AsyncFnOnce(Store) -> Result<(), StoreRefused>,
    ) -> Outcome<House> {
        static HOUSES: AtomicU32 = AtomicU32::new(0);
        let nth = HOUSES.fetch_add(1, Relaxed);
        let name = format!("kring-load-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)?;
        let url = match database {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", folder.join("kring.db").display()),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let store = Store::open(&StoreConfig::new(&url, "kring")).await?;
            furnish(store).await
        })?;
        let (sip, http) = (free_port()?, free_port()?);
        let config = format!(
            "data_dir = {folder:?}\n[sip]\nlisten = [\"udp:127.0.0.1:{sip}\", \"tcp:127.0.0.1:{sip}\"]\nmax_cps = 0\n\
             [http]\nlisten = \"127.0.0.1:{http}\"\n[agent]\nwrapup_s = 0\nrona_limit = 0\n\
             [database]\nurl = {url:?}\n{trunks}"
        );
        let file = folder.join("kring.toml");
        std::fs::write(&file, config)?;
        let mut child = Command::new(binary()?)
            .arg("--config")
            .arg(&file)
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let log = child.stderr.take().ok_or("no log")?;
        wait_until_open(log)?;
        Ok(House {
            child,
            folder,
            keep: database.is_some(),
            sip,
            http,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Agents, a session for each, and a journal that says how all of them are: the daemon restores that.
async fn staff(
    store: Store,
    agents: u32,
    phone: impl Fn(u32) -> u16,
    state: PresenceState,
) -> Result<(), StoreRefused> {
    let now = wall();
    let mut presence = Vec::new();
    for n in 0..agents {
        let login = AgentId::new(&format!("load-{n}"));
        let agent = AgentRow {
            login: login.clone(),
            name: format!("Load {n}"),
            role: Role::Agent,
            password_hash: None,
            devices: vec![format!("sip:load-{n}@127.0.0.1:{}", phone(n))],
            auto_answer: false,
            queues: Vec::new(),
            disabled: false,
            department: None,
            skills: Vec::new(),
            record: false,
        };
        store.put_agent(&agent).await?;
        presence.push(PresenceRow {
            agent: login,
            state,
            reason: None,
            since: now,
        });
        let session = NewSession {
            token: kring_web::session::hash_token(&secret(n)),
            agent: AgentId::new(&format!("load-{n}")),
            created: now,
            expires: WallTime(now.0 + 3_600_000_000),
            from: SignedFrom::default(),
        };
        // A database that is used again has the session already.
        let _ = store.open_session(&session).await;
    }
    let mut boot = store.begin_boot(now, "load").await?;
    let stopped = boot.journal.entry(
        kring_time::Moment::BOOT,
        now,
        None,
        kring_journal::Fact::Stopped,
    );
    let group = Group {
        entries: vec![stopped],
        presence,
        ..Group::default()
    };
    boot.journal.append(&group).await?;
    Ok(())
}

/// The cookie of an agent's session.
pub(crate) fn cookie(agent: u32) -> String {
    format!("kring_session={}", secret(agent))
}

fn secret(agent: u32) -> String {
    format!("load-generator-session-{agent}")
}

/// Now, as the store counts it.
pub(crate) fn wall() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    WallTime(since.map_or(0, |since| since.as_micros() as i64))
}

fn binary() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("KRINGD") {
        return Ok(named.into());
    }
    let own = std::env::current_exe()?;
    Ok(own.parent().ok_or("no folder")?.join("kringd"))
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> Outcome<u16> {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
}

fn wait_until_open(log: impl std::io::Read + Send + 'static) -> Outcome<()> {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("is open") {
                let _ = tell.send(());
            } else if line.contains("ERROR") || line.contains("kringd:") {
                eprintln!("{line}");
            }
        }
    });
    told.recv_timeout(Duration::from_secs(60))
        .map_err(|_| "the daemon did not open".into())
}
