//! The configuration: a TOML file under environment variables over defaults that work.
//!
//! A value that is here has been checked, alone and against the others. A key that this version
//! does not act on is refused: no setting is taken in silence.

mod account;
mod address;
mod auth;
mod browser;
mod cases;
mod complaint;
mod deadline;
mod dialling;
mod document;
mod entrance;
mod floor;
mod hep;
mod hours;
mod house;
mod knowledge;
mod later;
mod layered;
mod listed;
mod monitoring;
mod oidc;
mod recording;
pub(crate) mod recordings;
mod registrar;
mod section;
mod security;
mod signalling;
mod sound;
mod surroundings;
#[cfg(test)]
mod tests;
mod told;
mod transfers;

pub(crate) use account::name_transport;
pub(crate) use address::{AddressRefused, HostPort, Listen};
pub(crate) use browser::Browser;
pub(crate) use cases::Case;
pub(crate) use complaint::{Bounds, Complaint, ConfigRefused, Origin, RowPlace};
pub(crate) use floor::{Agent, Pop, Queue, Ring};
pub(crate) use hep::Hep;
pub(crate) use hours::Hours;
pub(crate) use house::HouseName;
pub(crate) use knowledge::Knowledge;
pub(crate) use layered::{Layered, LeftOut, Source};
pub(crate) use listed::action;
pub(crate) use recording::is_file;
pub(crate) use security::{ClientCertificates, Tls};
pub(crate) use signalling::{Sip, Trunk};
pub(crate) use sound::Media;
pub(crate) use surroundings::{Database, Http, Journal, Metrics, Number, Privacy};
pub(crate) use told::told;
pub(crate) use transfers::Transfers;

use kring_call::{DialPolicy, MonitorRules};
use kring_sip::registrar::RegistrarConfig;
use kring_web::AuthConfig;
use section::Section;
use std::{
    io,
    path::{Path, PathBuf},
};

/// The file that is read when none is named and it is there.
const USUAL_FILE: &str = "kring.toml";

/// The folder of everything that is kept, when none is named.
const USUAL_DATA_DIR: &str = "./kring-data";

/// Largest file, bytes: more is a file of another kind.
const FILE_MAX: u64 = 1 << 20;

/// Trunks and queues, each: they are read at every call.
const TABLES_MAX: usize = 200;

/// What kring was told to be.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The folder of the embedded database and of everything else that is kept.
    pub(crate) data_dir: PathBuf,
    /// This process among others on one database; part of every journal entry's key.
    pub(crate) node: String,
    pub(crate) sip: Sip,
    /// At least one.
    pub(crate) trunks: Vec<Trunk>,
    /// What may be called.
    pub(crate) dial: DialPolicy,
    /// How callers are transferred.
    pub(crate) transfer: Transfers,
    /// How supervisors hear calls.
    pub(crate) monitor: MonitorRules,
    /// Phones that register with kring.
    pub(crate) registrar: RegistrarConfig,
    pub(crate) ring: Ring,
    /// What the centre is called.
    pub(crate) house: HouseName,
    /// Where the centre is, and its hours.
    pub(crate) hours: Hours,
    /// At least one.
    pub(crate) queues: Vec<Queue>,
    pub(crate) agent: Agent,
    pub(crate) pop: Pop,
    pub(crate) number: Number,
    pub(crate) media: Media,
    pub(crate) database: Database,
    pub(crate) journal: Journal,
    pub(crate) http: Http,
    /// How people sign in.
    pub(crate) auth: AuthConfig,
    pub(crate) metrics: Metrics,
    pub(crate) privacy: Privacy,
    pub(crate) case: Case,
    pub(crate) knowledge: Knowledge,
    /// Where copies of SIP messages go.
    pub(crate) hep: Option<Hep>,
}

impl Config {
    /// Reads a file's text, called `name` in complaints, under `variables`.
    #[cfg(test)]
    pub(crate) fn read<I>(name: &str, text: &str, variables: I) -> Result<Config, ConfigRefused>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        Source::of(name, text, variables).alone()
    }

    fn of(mut root: Section<'_>) -> Config {
        let data_dir = root
            .text("data_dir")
            .unwrap_or_else(|| USUAL_DATA_DIR.to_owned());
        let data_dir = PathBuf::from(data_dir);
        let node = node(&mut root);
        let ring = Ring::read(root.table("ring"));
        let hours = Hours::read(root.table("hours"));
        let hep = root.table("hep");
        let hep = Hep::read(hep, root.says("hep"));
        let trunks = trunks(&mut root);
        let media = Media::read(root.table("media"));
        let http = Http::read(root.table("http"));
        let (queues, places) = queues(&mut root, &ring, &hours, &media);
        let auth = auth::read(root.table("auth"), http.public_url.as_deref());
        let config = Config {
            node,
            sip: Sip::read(root.table("sip")),
            dial: dialling::read(root.table("dial"), &trunks),
            transfer: Transfers::read(root.table("transfer")),
            monitor: monitoring::read(root.table("monitor")),
            trunks,
            registrar: registrar::read(root.table("registrar")),
            queues,
            ring,
            house: HouseName::read(root.table("house")),
            hours,
            agent: Agent::read(root.table("agent")),
            pop: Pop::read(root.table("pop")),
            number: Number::read(root.table("number")),
            media,
            database: Database::read(root.table("database"), &data_dir),
            journal: Journal::read(root.table("journal")),
            http,
            auth,
            metrics: Metrics::read(root.table("metrics")),
            privacy: Privacy::read(root.table("privacy")),
            case: Case::read(root.table("case"), root.table("video")),
            knowledge: Knowledge::read(root.table("knowledge")),
            hep,
            data_dir,
        };
        config.check_ports(&root);
        deadline::check_ways(&root, (&config.queues, &places), &config.trunks);
        root.finish();
        config
    }

    /// RTP must leave the ports of SIP and HTTP alone.
    fn check_ports(&self, root: &Section<'_>) {
        let ports = self.media.rtp_ports;
        let told = |key: &str, port: u16| {
            format!(
                "media.rtp_ports = \"{ports}\" holds port {port} of {key}. Move one of the two."
            )
        };
        let listens = self.sip.listen.iter();
        if let Some(taken) = listens.map(|l| l.address.port()).find(|p| ports.holds(*p)) {
            root.complain("media", told("sip.listen", taken));
        }
        let http = self.http.listen.port();
        if ports.holds(http) {
            root.complain("media", told("http.listen", http));
        }
        let browsers = self.media.browser.port;
        if ports.holds(browsers) {
            root.complain("media", told("media.browser_port", browsers));
        }
    }
}

fn node(root: &mut Section<'_>) -> String {
    let node = root.text("node").unwrap_or_else(|| "kring-1".to_owned());
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if node.len() > 32 || !node.chars().all(letter) {
        let text = format!("node is {node:?}, but must be 1 to 32 of a-z, 0-9 and -.");
        root.complain("node", text);
    }
    node
}

fn trunks(root: &mut Section<'_>) -> Vec<Trunk> {
    let sections = root.tables("trunk");
    if sections.len() > TABLES_MAX {
        root.complain("trunk", format!("there are more than {TABLES_MAX} trunks."));
    }
    let mut trunks = Vec::new();
    for section in sections.into_iter().take(TABLES_MAX) {
        let trunk = Trunk::read(section, &trunks);
        trunks.push(trunk);
    }
    if trunks.is_empty() {
        trunks.push(Trunk::local());
    }
    trunks
}

/// The queues, each with the place where it is written.
fn queues(
    root: &mut Section<'_>,
    ring: &Ring,
    hours: &Hours,
    media: &Media,
) -> (Vec<Queue>, Vec<Origin>) {
    let sections = root.tables("queue");
    if sections.len() > TABLES_MAX {
        root.complain("queue", format!("there are more than {TABLES_MAX} queues."));
    }
    let is_row = |section: &Section<'_>| matches!(section.origin(), Origin::Row(_));
    let file_has_some = !sections.iter().all(is_row);
    let (mut queues, mut places) = (Vec::new(), Vec::new());
    for section in sections.into_iter().take(TABLES_MAX) {
        places.push(section.origin().clone());
        let queue = Queue::read(section, (ring, hours, media), &queues);
        queues.push(queue);
    }
    let only = Queue::only(ring, hours, media);
    // What the console makes beside it takes no number away from it.
    let is_in_place = |queue: &Queue| {
        queue.name == only.name || (queue.did.is_empty() && queue.callers.is_empty())
    };
    if !file_has_some && !queues.iter().any(is_in_place) {
        places.push(Origin::Nowhere);
        queues.push(only);
    }
    if let Some((at, number)) = entrance::unserved(&queues) {
        let name = &queues[at].name;
        let which = number.map_or("of no other queue".to_owned(), |did| format!("of {did}"));
        let text = format!(
            "the queue {name:?} is for some callers only, and nobody takes the rest of the calls {which}. \
             Add a [[queue]] without callers that has the same did."
        );
        root.complain_there(&places[at], "callers", text);
    }
    (queues, places)
}

fn read_file(file: &Path) -> Result<String, ConfigRefused> {
    let name = file.display().to_string();
    let told = |refused: io::Error| {
        let text = match refused.kind() {
            io::ErrorKind::NotFound => {
                "there is no such file. Write one (deploy/kring.toml is an example), \
                 or leave --config out for the defaults."
                    .to_owned()
            }
            io::ErrorKind::InvalidData => "the file is not UTF-8. Save it as UTF-8.".to_owned(),
            _ => format!("cannot read the file: {refused}. Mend its permissions."),
        };
        ConfigRefused::of_file(&name, text)
    };
    let size = std::fs::metadata(file).map_err(told)?.len();
    if size > FILE_MAX {
        let text = format!("the file has {size} bytes: that is no configuration of kring.");
        return Err(ConfigRefused::of_file(&name, text));
    }
    std::fs::read_to_string(file).map_err(told)
}
