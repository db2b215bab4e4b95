//! SIPp: one scenario file, one call or several, and its message log read back as a ladder with times.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    kring::{A_SLOW_MACHINE, eventually},
    scenario::Scenario,
};

/// A running SIPp.
pub struct Sipp {
    child: Child,
    log: PathBuf,
    errors: PathBuf,
    at: SocketAddr,
}

/// A message in SIPp's log.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Seconds since 1970, as SIPp's clock had it when it sent or received.
    pub at: f64,
    pub sent: bool,
    pub text: String,
}

impl Logged {
    /// `INVITE`, `486`, …
    pub fn is(&self, what: &str) -> bool {
        let first = self.text.lines().next().unwrap_or_default();
        let status = first
            .strip_prefix("SIP/2.0 ")
            .and_then(|rest| rest.split(' ').next());
        status.or(first.split(' ').next()) == Some(what)
    }

    /// The first value of a header, by the name as it is written.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The number and method of CSeq.
    pub fn cseq(&self) -> &str {
        self.get("CSeq").unwrap_or_default()
    }
}

/// Where and how SIPp plays.
pub struct Stage<'a> {
    /// For the scenario and the logs.
    pub folder: &'a Path,
    /// Its own address.
    pub ip: &'a str,
    /// 0: any.
    pub port: u16,
    /// More of SIPp's arguments, such as `-t t1`.
    pub more: Vec<String>,
}

impl<'a> Stage<'a> {
    /// On 127.0.0.1.
    pub fn local(folder: &'a Path, port: u16, more: &[&str]) -> Stage<'a> {
        Stage {
            folder,
            ip: "127.0.0.1",
            port,
            more: more.iter().map(|&text| text.to_owned()).collect(),
        }
    }
}

impl Sipp {
    /// Plays `scenario` (a file of `tests/interop/sipp`) as the PBX that calls 1203 at `target`.
    pub fn caller(folder: &Path, scenario: &str, target: u16, rtp: u16) -> Sipp {
        Sipp::pbx(folder, scenario, target, rtp, &[])
    }

    /// The same, with what stands for the keywords of the file: `("failure", "486 Busy Here")`. Where it
    /// says who it is, it is an Asterisk unless `pbx` is another.
    pub fn pbx(
        folder: &Path,
        scenario: &str,
        target: u16,
        rtp: u16,
        keys: &[(&str, &str)],
    ) -> Sipp {
        let target = format!("127.0.0.1:{target}");
        let mut more = vec![target.as_str(), "-s", "1203"];
        // Of two values SIPp takes the first.
        for (key, value) in [keys, &[("pbx", "Asterisk PBX 20.9.2")]].concat() {
            more.extend(["-key", key, value]);
        }
        Sipp::play_file(Stage::local(folder, 0, &more), scenario, rtp)
    }

    /// Plays `scenario` as the agent's phone at `port`.
    pub fn phone(folder: &Path, scenario: &str, port: u16, rtp: u16) -> Sipp {
        Sipp::play_file(Stage::local(folder, port, &[]), scenario, rtp)
    }

    fn play_file(mut stage: Stage<'_>, scenario: &str, rtp: u16) -> Sipp {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("interop/sipp")
            .join(scenario);
        assert!(file.exists(), "{} is missing", file.display());
        let rtp = rtp.to_string();
        stage.more.extend(["-key", "rtp", &rtp].map(str::to_owned));
        Sipp::start(stage, &file, 1)
    }

    /// Plays `scenario` (a file of `tests/load`) for so many calls.
    pub fn plays_many(stage: Stage<'_>, scenario: &str, calls: u32) -> Sipp {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("load");
        Sipp::start(stage, &folder.join(scenario), calls)
    }

    /// Plays a scenario that a test tells, once.
    pub fn plays(stage: Stage<'_>, name: &str, scenario: &Scenario) -> Sipp {
        let file = stage.folder.join(format!("{name}.xml"));
        std::fs::write(&file, scenario.bytes(name)).expect("the folder is writable");
        Sipp::start(stage, &file, 1)
    }

    fn start(stage: Stage<'_>, file: &Path, calls: u32) -> Sipp {
        let port = match stage.port {
            0 => crate::ports::free_port(),
            port => port,
        };
        let name = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("sipp");
        let left = |kind: &str| stage.folder.join(format!("{name}-{port}.{kind}"));
        let (log, errors) = (left("log"), left("err"));
        let said = std::fs::File::create(left("said")).expect("the folder is writable");
        let child = Command::new("sipp")
            .args(&stage.more)
            .arg("-sf")
            .arg(file)
            .args(["-i", stage.ip, "-p", &port.to_string()])
            .args(["-m", &calls.to_string()])
            .args(["-nostdin", "-timeout", "110", "-timeout_error"])
            .args(["-trace_msg", "-message_overwrite", "true", "-message_file"])
            .arg(&log)
            .args(["-trace_err", "-error_file"])
            .arg(&errors)
            .current_dir(stage.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .expect("sipp is installed (Debian: sip-tester)");
        let ip: IpAddr = stage.ip.parse().expect("an address");
        let at = SocketAddr::new(ip, port);
        let mut sipp = Sipp {
            child,
            log,
            errors,
            at,
        };
        if stage.port != 0 && !stage.more.iter().any(|word| word == "-t") {
            sipp.waits_until_it_listens(port);
        }
        sipp
    }

    /// A phone that is called before it listens is one that is switched off.
    fn waits_until_it_listens(&mut self, port: u16) {
        let bound = format!(":{port:04X} ");
        let listens = || {
            let tables = ["/proc/net/udp", "/proc/net/udp6"];
            let texts = tables.map(|file| std::fs::read_to_string(file).unwrap_or_default());
            let listens = texts.iter().any(|text| text.contains(&bound));
            // It may have played its part already.
            let over = self.child.try_wait().is_ok_and(|ended| ended.is_some());
            (listens || over).then_some(())
        };
        let found = eventually(A_SLOW_MACHINE, listens);
        assert!(
            found.is_some(),
            "nobody listens at {port}: {:?}",
            self.errors
        );
    }

    /// Its log so far.
    pub fn ladder(&self) -> Vec<Logged> {
        let text = std::fs::read(&self.log).unwrap_or_default();
        read_log(&String::from_utf8_lossy(&text))
    }

    /// Waits until it has logged such a message.
    pub fn wait_for(&self, sent: bool, what: &str) -> Logged {
        let found = || {
            self.ladder()
                .into_iter()
                .find(|m| m.sent == sent && m.is(what))
        };
        eventually(A_SLOW_MACHINE, found)
            .unwrap_or_else(|| panic!("no {what} (sent: {sent}) in {:#?}", self.ladder()))
    }

    /// Whoever waits for a cue ([`Scenario::hears_cue`]) goes on: a request that belongs to its call, over UDP.
    pub fn cue(&self) {
        let first = self.ladder().into_iter().find(|m| m.is("INVITE"));
        let first = first.expect("it has begun a call");
        let call = first.get("Call-ID").expect("every message has one");
        // Its own tags are in the answer that made the dialog.
        let made = self.wait_for(!first.sent, "200");
        let (from, to) = (made.get("From"), made.get("To"));
        let (from, to) = (from.expect("From"), to.expect("To"));
        let [theirs, ours] = if first.sent { [to, from] } else { [from, to] };
        let socket = UdpSocket::bind((self.at.ip(), 0)).expect("a free port");
        let port = socket.local_addr().expect("bound").port();
        let cue = format!(
            "MESSAGE sip:cue@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {ip}:{port};branch=z9hG4bKcue{port}\r\n\
             From: {theirs}\r\nTo: {ours}\r\nCall-ID: {call}\r\nCSeq: 900 MESSAGE\r\nMax-Forwards: 1\r\n\
             Content-Length: 0\r\n\r\n",
            at = self.at,
            ip = self.at.ip(),
        );
        socket
            .send_to(cue.as_bytes(), self.at)
            .expect("it is there");
    }

    /// Waits for its end; the call must have gone as the scenario says.
    pub fn finish(mut self) -> Vec<Logged> {
        let ended = eventually(Duration::from_secs(110), || {
            self.child.try_wait().ok().flatten()
        });
        let ladder = self.ladder();
        let errors = [self.errors.clone(), self.errors.with_extension("said")]
            .map(|file| std::fs::read_to_string(file).unwrap_or_default())
            .concat();
        let code = ended.and_then(|status| status.code());
        assert_eq!(code, Some(0), "the scenario failed: {errors}\n{ladder:#?}");
        ladder
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// SIPp writes a dashed line with the time, then what it did, an empty line, and the message.
fn read_log(text: &str) -> Vec<Logged> {
    const RULE: &str = "-----------------------------------------------";
    text.split(RULE)
        .filter_map(|part| {
            let (head, rest) = part.trim_start().split_once('\n')?;
            let at = time_of_day(head.trim())?;
            let (did, message) = rest.split_once("\n\n")?;
            let sent = did.contains("sent");
            let text = message.trim_start().to_owned();
            Some(Logged { at, sent, text })
        })
        .collect()
}

/// `2026-11-23 21:00:01.123456`, parted by a space or a tab: only differences are used, within one
/// day.
fn time_of_day(head: &str) -> Option<f64> {
    let clock = head.split_whitespace().nth(1)?;
    let mut parts = clock.split(':').map(|part| part.parse::<f64>().ok());
    Some(parts.next()?? * 3600.0 + parts.next()?? * 60.0 + parts.next()??)
}
