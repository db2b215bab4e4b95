//! The daemon under test: its own folder, its own free ports, ended with the test.

pub use crate::ports::free_port;
use crate::{
    scenario::Scenario,
    sipp::{Sipp, Stage},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The binary: what `KRINGD` names, else the debug build beside this test.
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("KRINGD") {
        return named.into();
    }
    let test = std::env::current_exe().expect("a test has a path");
    let debug = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("deps lies in a folder");
    debug.join("kringd")
}

/// A running daemon.
pub struct Kring {
    child: Child,
    pub folder: tempfile::TempDir,
    pub sip: u16,
    /// The port of callers; 0: any.
    pbx: u16,
    http: u16,
    /// Of a token that may read everything.
    token: String,
}

/// A signed-in agent.
pub struct Agent {
    pub login: &'static str,
    /// `Cookie: …`
    session: String,
    http: u16,
}

/// What the daemon is started with.
pub struct House<'a> {
    /// Tables of the configuration beside `[sip]`, `[http]` and `[media]`.
    pub tables: &'a str,
    /// More keys of `[sip]`.
    pub sip: &'a str,
    /// The address of the sockets for SIP, as in a URI.
    pub ip: &'a str,
    /// The only port of 127.0.0.1 that is the PBX's; 0: everything on this machine is.
    pub pbx: u16,
    /// More keys of `[media]`.
    pub media: &'a str,
    /// More sockets, each as `, "tls:127.0.0.1:5061"`.
    pub listen: &'a str,
    /// Logins and devices.
    pub seats: Vec<(&'static str, String)>,
}

impl Default for House<'_> {
    fn default() -> Self {
        House {
            tables: "",
            sip: "",
            media: "",
            ip: "127.0.0.1",
            pbx: 0,
            listen: "",
            seats: Vec::new(),
        }
    }
}

impl House<'_> {
    /// Starts the daemon; everybody is signed in and ready, in this order.
    pub fn open(&self) -> (Kring, Vec<Agent>) {
        self.prepare().open()
    }

    /// Writes the configuration and adds the agents; the daemon is not started.
    pub fn prepare(&self) -> Prepared {
        let folder = tempfile::tempdir().expect("a folder");
        let (sip, http) = (free_port(), free_port());
        let House { tables, ip, .. } = self;
        let pbx = match self.pbx {
            0 => String::new(),
            port => format!("[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.1:{port}\"]\n"),
        };
        let config = format!(
            "data_dir = {:?}\n{tables}\n{pbx}\n[sip]\nlisten = [\"udp:{ip}:{sip}\", \"tcp:{ip}:{sip}\"{}]\n{}\n\
             [http]\nlisten = \"127.0.0.1:{http}\"\n[media]\ndead_after_s = 90\n{}",
            folder.path().join("data"),
            self.listen,
            self.sip,
            self.media,
        );
        std::fs::write(folder.path().join("kring.toml"), config).expect("the folder is writable");
        for (login, device) in &self.seats {
            add_agent(&folder, login, device);
        }
        let made = run(&folder, &["token", "add", "tests", "--scope", "admin"], "");
        assert!(made.status.success(), "{made:?}");
        let printed = String::from_utf8_lossy(&made.stdout).into_owned();
        let words = printed.split_whitespace();
        let secret = words
            .max_by_key(|word| word.len())
            .expect("the token is printed");
        Prepared {
            token: format!("Authorization: Bearer {secret}"),
            logins: self.seats.iter().map(|(login, _)| *login).collect(),
            folder,
            sip,
            pbx: self.pbx,
            http,
        }
    }
}

fn add_agent(folder: &tempfile::TempDir, login: &str, device: &str) {
    let add = ["user", "add", login, "--role", "agent", "--name", login];
    let rest = ["--device", device, "--password-stdin"];
    let added = run(folder, &[&add[..], &rest].concat(), PASSWORD);
    assert!(added.status.success(), "{added:?}");
}

/// A house whose daemon is not started yet.
pub struct Prepared {
    pub folder: tempfile::TempDir,
    pub sip: u16,
    pbx: u16,
    http: u16,
    token: String,
    logins: Vec<&'static str>,
}

impl Prepared {
    /// One of the daemon's commands, which must succeed; what it printed.
    pub fn run(&self, arguments: &[&str], input: &str) -> String {
        let done = run(&self.folder, arguments, input);
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// One agent more, whose phone registers with kring.
    pub fn with_phone(mut self, login: &'static str, user: &str, password: &str) -> Prepared {
        self.run(&["phone", "add", user, "--password-stdin"], password);
        add_agent(&self.folder, login, &format!("phone:{user}"));
        self.logins.push(login);
        self
    }

    /// A supervisor with a phone, who takes no calls.
    pub fn with_supervisor(self, login: &str, device: &str) -> Prepared {
        let add = [
            "user",
            "add",
            login,
            "--role",
            "supervisor",
            "--name",
            login,
        ];
        let rest = ["--device", device, "--password-stdin"];
        self.run(&[&add[..], &rest].concat(), PASSWORD);
        self
    }

    /// Starts the daemon; everybody is signed in and ready.
    pub fn open(self) -> (Kring, Vec<Agent>) {
        let kring = Kring {
            child: open(&self.folder),
            folder: self.folder,
            sip: self.sip,
            pbx: self.pbx,
            http: self.http,
            token: self.token,
        };
        let agents = self
            .logins
            .iter()
            .map(|login| kring.sign_in(login))
            .collect();
        (kring, agents)
    }
}

impl Kring {
    /// Starts it with agents at these SIP ports, each signed in and ready, in this order.
    pub fn with_agents(tables: &str, agents: &[(&'static str, u16)]) -> (Kring, Vec<Agent>) {
        let at =
            |&(login, port): &(&'static str, u16)| (login, format!("sip:{login}@127.0.0.1:{port}"));
        House {
            tables,
            seats: agents.iter().map(at).collect(),
            ..House::default()
        }
        .open()
    }

    /// Plays a caller of 1203.
    pub fn caller(&self, name: &str, scenario: &Scenario) -> Sipp {
        self.caller_that(name, &[], scenario)
    }

    /// The same with more of SIPp's arguments.
    pub fn caller_that(&self, name: &str, more: &[&str], scenario: &Scenario) -> Sipp {
        let target = format!("127.0.0.1:{}", self.sip);
        let more = [&[&target, "-s", "1203"], more].concat();
        Sipp::plays(
            Stage::local(self.folder.path(), self.pbx, &more),
            name,
            scenario,
        )
    }

    /// Plays an agent's phone.
    pub fn phone(&self, name: &str, port: u16, scenario: &Scenario) -> Sipp {
        self.phone_that(name, port, &[], scenario)
    }

    /// The same with more of SIPp's arguments.
    pub fn phone_that(&self, name: &str, port: u16, more: &[&str], scenario: &Scenario) -> Sipp {
        Sipp::plays(Stage::local(self.folder.path(), port, more), name, scenario)
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// SIGHUP: reads configuration and certificates again.
    pub fn hangs_up(&self) {
        self.signal(libc::SIGHUP);
    }

    fn signal(&self, signal: i32) {
        let id = i32::try_from(self.child.id()).expect("process ids are small");
        // SAFETY: kill takes two numbers and touches no memory of ours; the process is our child.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// SIGTERM, and the end that follows when there are no calls.
    pub fn end(&mut self) {
        self.signal(libc::SIGTERM);
        assert!(self.child.wait().expect("it ends").success());
    }

    /// What is no text, for a reader of everything.
    pub fn get_bytes(&self, path: &str) -> Vec<u8> {
        let (name, value) = self.token.split_once(": ").expect("a header line");
        let url = format!("http://127.0.0.1:{}{path}", self.http);
        let answer = ureq::get(url).header(name, value).call();
        let mut answer = answer.expect("the daemon answers");
        answer.body_mut().read_to_vec().expect("a body")
    }

    /// The same daemon on the same folder and ports.
    pub fn start_again(&mut self) {
        self.child = open(&self.folder);
    }

    fn sign_in(&self, login: &'static str) -> Agent {
        let agent = self.enter(login);
        let ready = agent.post("/api/v1/me/presence", r#"{"state":"ready"}"#);
        assert!(ready.status < 300, "{ready:?}");
        agent
    }

    /// Signs in, and takes no calls.
    pub fn enter(&self, login: &'static str) -> Agent {
        let body = format!("{{\"login\":{login:?},\"password\":{PASSWORD:?}}}");
        let answer = http(self.http, "POST", "/api/v1/session", "", &body);
        assert!(answer.status < 300, "{answer:?}");
        let cookie = answer.cookie.expect("a session has a cookie");
        let session = format!("Cookie: {cookie}");
        Agent {
            login,
            session,
            http: self.http,
        }
    }

    /// The transcript of the only call, once a line contains `last`.
    pub fn journal_until(&self, last: &str) -> String {
        eventually(A_SLOW_MACHINE, || {
            let written = run(&self.folder, &["journal"], "");
            let text = String::from_utf8_lossy(&written.stdout).into_owned();
            text.contains(last).then_some(text)
        })
        .unwrap_or_else(|| {
            let written = run(&self.folder, &["journal"], "");
            panic!(
                "no {last:?} in\n{}",
                String::from_utf8_lossy(&written.stdout)
            )
        })
    }

    /// Everything in the journal is chained as it should be.
    pub fn verify_journal(&self) {
        let verified = run(&self.folder, &["journal", "--verify"], "");
        assert!(verified.status.success(), "{verified:?}");
    }

    /// `/metrics`, once it contains `line`.
    pub fn metrics_until(&self, line: &str) -> String {
        let text = || http(self.http, "GET", "/metrics", "", "").body;
        eventually(A_SLOW_MACHINE, || {
            Some(text()).filter(|text| text.contains(line))
        })
        .unwrap_or_else(|| panic!("no {line:?} in\n{}", text()))
    }

    /// Everything that a reader of everything is told.
    pub fn get(&self, path: &str) -> Answer {
        http(self.http, "GET", path, &self.token, "")
    }

    /// Asks as an administrator, with an empty body.
    pub fn post(&self, path: &str) -> Answer {
        self.post_that(path, "{}")
    }

    /// The same with this body.
    pub fn post_that(&self, path: &str, body: &str) -> Answer {
        http(self.http, "POST", path, &self.token, body)
    }

    /// One who may read everything, and whom the daemon may leave.
    pub fn reader(&self) -> Reader {
        Reader {
            token: self.token.clone(),
            http: self.http,
        }
    }

    /// The newest call's history row, once `field` of it is `value`.
    pub fn newest_call(&self, field: &str, value: &str) -> Value {
        let newest = || {
            let calls: Value = serde_json::from_str(&self.get("/api/v1/calls").body).ok()?;
            calls["items"].get(0).cloned()
        };
        eventually(A_SLOW_MACHINE, || {
            newest().filter(|call| call[field] == value)
        })
        .unwrap_or_else(|| panic!("no {field} = {value} in {:?}", self.get("/api/v1/calls")))
    }

    /// What the daemon's threads of this name have used so far, s.
    pub fn cpu(&self, thread: &str) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let ticks = |task: std::fs::DirEntry| {
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            // utime and stime are the 14th and 15th field (proc(5)); the first after the name is the third.
            let fields: Vec<&str> = rest.trim().split(' ').collect();
            let used = |n: usize| fields.get(n)?.parse::<u64>().ok();
            (name == thread).then(|| used(11).unwrap_or(0) + used(12).unwrap_or(0))
        };
        let all: u64 = tasks.flatten().filter_map(ticks).sum();
        all as f64 / 100.0
    }

    /// The daemon's memory, kB.
    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .expect("Linux tells");
        line.split_whitespace()
            .nth(1)
            .and_then(|kb| kb.parse().ok())
            .expect("a number of kB")
    }
}

/// See [`Kring::reader`].
pub struct Reader {
    token: String,
    http: u16,
}

impl Reader {
    /// `None` when the daemon is gone.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        try_http(self.http, "GET", path, &self.token, "")
    }
}

impl Drop for Kring {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Agent {
    pub fn get(&self, path: &str) -> Answer {
        http(self.http, "GET", path, &self.session, "")
    }

    pub fn post(&self, path: &str, body: &str) -> Answer {
        http(self.http, "POST", path, &self.session, body)
    }

    pub fn delete(&self, path: &str) -> Answer {
        http(self.http, "DELETE", path, &self.session, "")
    }

    /// Where its page opens the live socket, and the cookie that it shows there.
    pub fn socket(&self) -> (u16, &str) {
        let cookie = self.session.strip_prefix("Cookie: ");
        (self.http, cookie.expect("a cookie"))
    }

    /// `None` when the daemon is gone.
    pub fn try_post(&self, path: &str, body: &str) -> Option<Answer> {
        try_http(self.http, "POST", path, &self.session, body)
    }

    /// `None` when the daemon is gone.
    pub fn try_put(&self, path: &str, body: &str) -> Option<Answer> {
        try_http(self.http, "PUT", path, &self.session, body)
    }
}

/// The priority that `deploy/kring.service` gives the daemon: sound is due every 20 ms, whatever else the
/// machine does. Whoever may not give it does without.
pub const NICE: i32 = -5;

fn open(folder: &tempfile::TempDir) -> Child {
    let mut daemon = Command::new(binary());
    daemon
        .arg("--config")
        .arg(folder.path().join("kring.toml"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    // A service has a share of the machine for itself: without a session of its own it would wait for what the test
    // and SIPp have used (sched(7), autogroups).
    // SAFETY: two calls that a signal's own code could make, before the daemon is there.
    let daemon = unsafe {
        daemon.pre_exec(|| {
            libc::setsid();
            libc::setpriority(libc::PRIO_PROCESS, 0, NICE);
            Ok(())
        })
    };
    let mut child = daemon.spawn().expect("KRINGD names the daemon");
    let log = child.stderr.take().expect("it is piped");
    let said = wait_for_line(log, "is open");
    assert!(
        said.is_none(),
        "the daemon did not open ({:?}) and said\n{}",
        child.try_wait(),
        said.unwrap_or_default()
    );
    child
}

const PASSWORD: &str = "correct horse battery";

/// Runs one of the daemon's commands to its end.
pub fn run(folder: &tempfile::TempDir, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(binary())
        .arg("--config")
        .arg(folder.path().join("kring.toml"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("KRINGD names the daemon");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that wants no input may have ended already.
    let _ = writeln!(stdin, "{input}");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// Reads the log until `text`, and goes on reading it in a thread so that the daemon never waits. What it said when
/// `text` did not come: it ended, or a minute is over.
fn wait_for_line(log: impl std::io::Read + Send + 'static, text: &'static str) -> Option<String> {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("ERROR") || line.contains("kringd:") {
                eprintln!("{line}");
            }
            let _ = tell.send(line);
        }
    });
    let until = Instant::now() + A_SLOW_MACHINE;
    let mut said = String::new();
    while let Ok(line) = told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if line.contains(text) {
            return None;
        }
        said += &line;
        said.push('\n');
    }
    Some(said)
}

/// What a program may need that has nothing to wait for but the processor. Tests wait for events and never for time, so
/// this costs only whoever fails.
pub const A_SLOW_MACHINE: Duration = Duration::from_secs(60);

/// Asks again and again until there is an answer; nobody sleeps longer than a breath.
pub fn eventually<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + within;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > until {
            return None;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    cookie: Option<String>,
}

/// `who` is a header line, or nothing.
fn http(port: u16, method: &str, path: &str, who: &str, body: &str) -> Answer {
    try_http(port, method, path, who, body).expect("the daemon answers")
}

fn try_http(port: u16, method: &str, path: &str, who: &str, body: &str) -> Option<Answer> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(A_SLOW_MACHINE))
        .build()
        .into();
    let (name, value) = who.split_once(": ").unwrap_or(("X-Nobody", ""));
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://127.0.0.1:{port}{path}"))
        .header("Content-Type", "application/json")
        .header("Origin", format!("http://127.0.0.1:{port}"))
        .header(name, value)
        .body(body.to_owned())
        .expect("a request");
    let mut answer = agent.run(request).ok()?;
    let cookie = answer
        .headers()
        .get("set-cookie")
        .and_then(|value| value.to_str().ok());
    let cookie = cookie
        .and_then(|value| value.split(';').next())
        .map(str::to_owned);
    Some(Answer {
        status: answer.status().as_u16(),
        body: answer.body_mut().read_to_string().ok()?,
        cookie,
    })
}
