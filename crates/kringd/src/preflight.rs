//! What surrounds the process, looked at before it matters: ports, folder, limits, clock, names,
//! database. Nothing is changed; every finding says what to do.

mod browsers;
mod pbx;
mod skills;

use crate::{
    authority::TlsFolder,
    config::{Config, Trunk},
    database,
    exit::Fault,
    file_limit, lines,
    net::{self, Credentials, Families, Net, Resolver, Sought, Terms, WebCertificate},
    prompts,
};
use kring_sip::Peer;
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    time::{Duration, SystemTime},
};
use tokio::{
    net::{TcpListener, TcpStream, UdpSocket},
    time::timeout,
};

/// How long a name or a database may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// kring was not there before: a clock that says so is wrong. 2026-01-01, seconds since 1970.
const NOT_BEFORE_S: u64 = 1_767_225_600;

/// A certificate should be good for so many days more.
const CERTIFICATE_DAYS_MIN: i64 = 30;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// What the kernel should allow as a socket's buffer, bytes.
const SOCKET_BUFFER: u64 = 4 << 20;

/// Addresses of one PBX that are asked: each silent one costs seconds.
const PBX_ADDRESSES_MAX: usize = 4;

/// Pairs of RTP ports that are tried: all of them would take seconds.
const PORTS_TRIED: usize = 64;

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Good,
    /// Worth knowing; calls work.
    Note,
    /// To be mended.
    Mend,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) what: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) text: String,
}

impl Finding {
    fn new(what: &'static str, verdict: Verdict, text: impl Into<String>) -> Finding {
        let text = text.into();
        Finding {
            what,
            verdict,
            text,
        }
    }

    fn of(what: &'static str, looked: Result<String, Fault>) -> Finding {
        match looked {
            Ok(text) => Finding::new(what, Verdict::Good, text),
            Err(fault) => Finding::new(what, Verdict::Mend, fault.to_string()),
        }
    }
}

/// A mobile number and one of a house, as citizens have them.
const CITIZENS: [&str; 2] = ["0812345678", "021234567"];

fn recordings(config: &Config) -> Result<String, Fault> {
    let voices = prompts::voices(config)?;
    let (own, agents) = (voices.own, voices.agents.len());
    Ok(match own {
        0 => "kring speaks with its own voice".to_owned(),
        _ => format!("{own} of your own, {agents} of them greetings of agents"),
    })
}

/// Looks at everything.
pub(crate) async fn look(config: &Config) -> Vec<Finding> {
    let resolver = Resolver::of_system(Families::of(&config.sip.listen));
    let mut findings = vec![
        Finding::of("data folder", folder(config)),
        Finding::of("SIP", sip(config, &resolver).await),
        Finding::of("HTTP", http(config).await),
        Finding::of("RTP ports", rtp_ports(config).await),
        Finding::of("recordings", recordings(config)),
        files(config),
        buffers(),
        clock(),
        database(config).await,
    ];
    findings.extend(certificates(config));
    findings.extend(unused_certificate(config));
    findings.extend(skills::unmet(config).await);
    findings.extend(browsers::look(config, &resolver).await);
    findings.extend(call_backs(config));
    for trunk in &config.trunks {
        let name = &trunk.name;
        findings.push(match &trunk.address {
            None => Finding::new(
                "trunk",
                Verdict::Good,
                format!("{name}: calls come in; it has no address, so pbx: devices cannot be rung"),
            ),
            Some(host) => {
                let found = resolver.resolve(&Sought::host(host, trunk.transport)).await;
                let found = found.map_err(|refused| {
                    Fault::Unavailable(format!(
                        "{name}: {refused}. Mend the name service, or write the address in \
                         trunk.address."
                    ))
                });
                match found {
                    Ok(found) => answers(config, &resolver, trunk, &found.peers).await,
                    Err(fault) => Finding::new("trunk", Verdict::Mend, fault.to_string()),
                }
            }
        });
    }
    findings
}

/// Asks each address of a PBX whether it is there. Silence is worth knowing and no fault: a PBX may
/// answer nobody but those whom it knows.
async fn answers(config: &Config, resolver: &Resolver, trunk: &Trunk, peers: &[Peer]) -> Finding {
    let name = &trunk.name;
    let credentials = Credentials::load(config, resolver.clone());
    let credentials = credentials.map_err(|refused| refused.to_string());
    let mut said = Vec::new();
    let mut verdict = Verdict::Good;
    for peer in peers.iter().take(PBX_ADDRESSES_MAX) {
        let target = lines::line(config, trunk).uri;
        let asked = match (target, &credentials) {
            (Some(target), Ok(credentials)) => pbx::ask(*peer, &target, credentials).await,
            (None, _) => Err("trunk.address is no host".to_owned()),
            (_, Err(refused)) => Err(refused.clone()),
        };
        said.push(match asked {
            Ok(answer) if !answer.local => {
                let ms = answer.round_trip.as_micros() as f64 / 1e3;
                format!("{peer} answers OPTIONS with {} in {ms:.1} ms", answer.code)
            }
            Ok(_) => {
                verdict = Verdict::Note;
                format!(
                    "{peer} does not answer OPTIONS. Look whether the PBX runs, knows kring's \
                     address, and is let through by the firewalls"
                )
            }
            Err(why) => {
                verdict = Verdict::Note;
                format!("{peer} cannot be asked: {why}")
            }
        });
    }
    Finding::new("trunk", verdict, format!("{name}: {}", said.join("; ")))
}

/// Whether the dial policy lets any citizen be called back.
fn call_backs(config: &Config) -> Option<Finding> {
    let queue = config
        .queues
        .iter()
        .find(|queue| queue.callback.is_some())?;
    let may = |number: &&str| {
        let mut trunks = config.trunks.iter();
        trunks.any(|trunk| config.dial.spelling(number, &trunk.name).is_some())
    };
    let dialled = CITIZENS.iter().any(may);
    (!dialled).then(|| {
        let name = &queue.name;
        let text = format!(
            "queue {name:?} calls back, but no pattern of dial.patterns is a citizen's number, so nobody \
             is offered it. Write patterns = [\"0XXXXXXXXX\", \"0XXXXXXXX\"]."
        );
        Finding::new("call-backs", Verdict::Note, text)
    })
}

/// Makes the folder when it is not there, as the daemon would.
fn folder(config: &Config) -> Result<String, Fault> {
    database::prepare_folder(config)?;
    Ok(format!("{} can be written", config.data_dir.display()))
}

async fn sip(config: &Config, resolver: &Resolver) -> Result<String, Fault> {
    let net = Net::bind(&Terms::of(config, resolver)?)?;
    let mut shown = Vec::new();
    for listen in net.listens() {
        let own = net::facing(config, resolver, listen).await?;
        shown.push(format!("{listen} is free, others reach it by {own}"));
    }
    net.close(Duration::ZERO).await;
    Ok(shown.join("; "))
}

async fn http(config: &Config) -> Result<String, Fault> {
    let address = config.http.listen;
    let free = TcpListener::bind(address).await;
    free.map_err(|refused| Fault::listen("http.listen", address, refused))?;
    if let Some((cert, key)) = &config.http.tls {
        let loaded = WebCertificate::load(cert, key);
        loaded.map_err(|refused| Fault::Unavailable(format!("[http]: {refused}.")))?;
    }
    let reach = match (address.ip().is_loopback(), &config.http.tls) {
        (true, None) => ", for this machine only",
        (true, Some(_)) => ", by HTTPS, for this machine only",
        (false, Some(_)) => ", by HTTPS",
        (false, None) => {
            "; browsers need HTTPS for notifications: make a certificate (kringd cert), or put a proxy before it"
        }
    };
    Ok(format!("{address} is free{reach}"))
}

/// Tries pairs from one end of the range to the other.
async fn rtp_ports(config: &Config) -> Result<String, Fault> {
    let ports = config.media.rtp_ports;
    let pairs = ports.pairs();
    let any: IpAddr = [0, 0, 0, 0].into();
    let step = pairs.div_ceil(PORTS_TRIED).max(1);
    for pair in (0..pairs).step_by(step) {
        for port in [
            ports.first + 2 * pair as u16,
            ports.first + 2 * pair as u16 + 1,
        ] {
            let address = SocketAddr::new(any, port);
            let free = UdpSocket::bind(address).await;
            free.map_err(|refused| Fault::listen("media.rtp_ports", address, refused))?;
        }
    }
    Ok(format!("{ports} seem free: {} calls at once", pairs / 2))
}

/// How long each certificate is good. Whether they can be used at all, binding the sockets has told.
fn certificates(config: &Config) -> Vec<Finding> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now_s = now.map_or(0, |since| since.as_secs() as i64);
    let finding = |expiry: net::Expiry| {
        let (what, file) = ("certificate", expiry.file.display());
        match (expiry.not_after_s - now_s).div_euclid(DAY_S) {
            ..0 => {
                let text = format!("{file} has expired. Renew it; then SIGHUP.");
                Finding::new(what, Verdict::Mend, text)
            }
            days @ 0..CERTIFICATE_DAYS_MIN => {
                let text = format!("{file} expires in {days} days. Renew it; then SIGHUP.");
                Finding::new(what, Verdict::Note, text)
            }
            days => Finding::new(
                what,
                Verdict::Good,
                format!("{file} is good for {days} days"),
            ),
        }
    };
    net::expiries(config).into_iter().map(finding).collect()
}

/// A certificate that `kringd cert` has made and nothing names.
fn unused_certificate(config: &Config) -> Option<Finding> {
    let folder = TlsFolder::of(&config.data_dir);
    (config.http.tls.is_none() && folder.has_server()).then(|| {
        let (cert, key) = (folder.server_cert(), folder.server_key());
        let text = format!(
            "{} is there and not in use. Set http.tls_cert to it and http.tls_key to {}.",
            cert.display(),
            key.display()
        );
        Finding::new("certificate", Verdict::Note, text)
    })
}

fn files(config: &Config) -> Finding {
    let needed = file_limit::needed(config.media.rtp_ports.pairs());
    let what = "open files";
    let (_, most) = file_limit::limits();
    if most >= needed {
        let text = format!("{most} allowed, {needed} needed at most");
        return Finding::new(what, Verdict::Good, text);
    }
    let text = format!(
        "{most} allowed, but all of media.rtp_ports would need {needed}. Set \
         LimitNOFILE={needed} in the service (ulimit -n), or make the range smaller."
    );
    Finding::new(what, Verdict::Mend, text)
}

fn buffers() -> Finding {
    let what = "socket buffers";
    let read = std::fs::read_to_string(Path::new("/proc/sys/net/core/rmem_max"));
    match read.ok().and_then(|text| text.trim().parse::<u64>().ok()) {
        Some(most) if most < SOCKET_BUFFER => Finding::new(
            what,
            Verdict::Note,
            format!(
                "the kernel allows {most} bytes. For more than a hundred calls at once set \
                 sysctl net.core.rmem_max={SOCKET_BUFFER}."
            ),
        ),
        Some(most) => Finding::new(what, Verdict::Good, format!("{most} bytes allowed")),
        None => Finding::new(what, Verdict::Note, "what the kernel allows is not known"),
    }
}

fn clock() -> Finding {
    let what = "wall clock";
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    if since_1970.map_or(0, |since| since.as_secs()) < NOT_BEFORE_S {
        let text = "it is set to a time before kring was written. Set it, and run an NTP client.";
        return Finding::new(what, Verdict::Mend, text);
    }
    match is_synchronised() {
        Some(true) => Finding::new(what, Verdict::Good, "disciplined by NTP"),
        Some(false) => Finding::new(
            what,
            Verdict::Note,
            "not disciplined by NTP. Rings are counted right all the same; times on the screen \
             may be wrong. Run chrony or systemd-timesyncd.",
        ),
        None => Finding::new(
            what,
            Verdict::Note,
            "whether NTP disciplines it is not known",
        ),
    }
}

/// What the kernel says of its own clock; adjtimex without a mode only reads.
fn is_synchronised() -> Option<bool> {
    // SAFETY: timex is plain numbers, for which zero is a value.
    let mut state: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: adjtimex writes one timex where the pointer says, and the pointer is to one.
    let told = unsafe { libc::adjtimex(&raw mut state) };
    (told >= 0).then_some(told != libc::TIME_ERROR)
}

/// Whether it can be reached. It is not opened: opening would bring its tables up to date.
async fn database(config: &Config) -> Finding {
    let (what, shown) = ("database", config.database.shown());
    let Some(server) = config.database.server() else {
        let text = format!("{shown}, embedded");
        return Finding::new(what, Verdict::Good, text);
    };
    match timeout(ANSWER_WITHIN, TcpStream::connect(server.clone())).await {
        Ok(Ok(_)) => Finding::new(what, Verdict::Good, format!("{shown} answers")),
        Ok(Err(refused)) => {
            let text = format!(
                "{shown} cannot be reached: {refused}. Start PostgreSQL, or set database.url."
            );
            Finding::new(what, Verdict::Mend, text)
        }
        Err(_) => {
            let text =
                format!("{shown} does not answer. Look at the firewall, or set database.url.");
            Finding::new(what, Verdict::Mend, text)
        }
    }
}
