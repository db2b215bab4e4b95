//! Kamailio, with the very files of `deploy/pbx/kamailio`, in front of the daemon: as the PBX, and as the
//! balancer before two. Each test has loopback addresses of its own, so that everybody is on port 5060
//! as in life.

use crate::{
    kring::{A_SLOW_MACHINE, Agent, House, Kring, eventually},
    parts::{AGENT, CITIZEN},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::{Sipp, Stage},
};
use std::{
    fs,
    net::UdpSocket,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The loopback addresses of one test.
pub struct Street {
    network: String,
}

impl Street {
    fn new() -> Street {
        let port = free_port();
        let network = format!("127.{}.{}", 1 + port / 256 % 250, port % 256);
        Street { network }
    }

    /// 127.x.y.`number`.
    pub fn house(&self, number: u8) -> String {
        format!("{}.{number}", self.network)
    }
}

/// A running Kamailio.
struct Kamailio {
    child: Child,
}

impl Kamailio {
    /// Starts it with a file of `deploy/pbx/kamailio` in which these texts are replaced; open when it
    /// answers OPTIONS that come from `asker`.
    fn start(
        folder: &Path,
        file: &str,
        changes: &[(&str, &str)],
        defines: &[&str],
        [asker, own]: [&str; 2],
    ) -> Kamailio {
        let deployed = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../deploy/pbx/kamailio")
            .join(file);
        let mut text = fs::read_to_string(deployed).expect("it is deployed");
        let socket = folder.join(format!("{own}.ctl"));
        let control = format!(
            "loadmodule \"ctl.so\"\nmodparam(\"ctl\", \"binrpc\", \"unixs:{}\")",
            socket.display()
        );
        for (from, to) in [
            ("loadmodule \"ctl.so\"", control.as_str()),
            ("children=4", "children=2"),
        ]
        .iter()
        .chain(changes)
        {
            assert!(text.contains(from), "{file} has no {from}");
            text = text.replace(from, to);
        }
        let config = folder.join(file);
        fs::write(&config, text).expect("the folder is writable");
        let log = fs::File::create(folder.join("kamailio.log")).expect("the folder is writable");
        let defines = defines.iter().flat_map(|name| ["-A", name]);
        let mut command = Command::new("kamailio");
        command
            .args(["-DD", "-E", "-m", "32", "-M", "4", "-f"])
            .arg(&config)
            .args(["-Y", &folder.display().to_string()])
            .args(defines)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let mut start = || {
            let child = command.spawn();
            child.expect("kamailio is installed (Debian: kamailio)")
        };
        let mut kamailio = Kamailio { child: start() };
        let open = eventually(A_SLOW_MACHINE, || {
            // Some telephones take port 5060 of all addresses for a moment when they start.
            if let Ok(Some(_)) = kamailio.child.try_wait() {
                kamailio.child = start();
            }
            answers_options(asker, own).then_some(())
        });
        assert!(
            open.is_some(),
            "{}",
            fs::read_to_string(folder.join("kamailio.log")).unwrap_or_default()
        );
        kamailio
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Its first process takes the others along, if it is asked.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let gone = eventually(A_SLOW_MACHINE, || self.child.try_wait().ok().flatten());
        if gone.is_none() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn answers_options(from: &str, to: &str) -> bool {
    let socket = UdpSocket::bind((from, 0)).expect("a loopback address");
    let wait = Some(Duration::from_millis(200));
    socket.set_read_timeout(wait).expect("a timeout");
    let port = socket.local_addr().expect("bound").port();
    let ask = format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from}:{port};branch=z9hG4bKopen{port}\r\n\
         From: <sip:probe@{from}>;tag=1\r\nTo: <sip:{to}>\r\nCall-ID: open-{port}\r\nCSeq: 1 OPTIONS\r\n\
         Max-Forwards: 5\r\nContent-Length: 0\r\n\r\n"
    );
    let sent = socket.send_to(ask.as_bytes(), (to, 5060));
    let mut answer = [0; 2_000];
    let heard = || {
        socket
            .recv(&mut answer)
            .is_ok_and(|length| answer[..length].starts_with(b"SIP/2.0 200"))
    };
    sent.is_ok() && { heard }()
}

pub const REALM: &str = "pbx.example.go.th";

/// Kamailio as the PBX, a carrier at `.5`, the PBX at `.10`, kring at `.20`, a phone at `.30`.
pub struct Town {
    pub street: Street,
    pub kring: Kring,
    pub agents: Vec<Agent>,
    _pbx: Kamailio,
}

impl Town {
    /// `trunk` is more of the `[[trunk]]` table.
    pub fn build(trunk: &str, did: &str, defines: &[&str]) -> Town {
        let street = Street::new();
        let [carrier, pbx, kring_ip] = [5, 10, 20].map(|n| street.house(n));
        let trunk = trunk.replace("PBX:", &format!("{pbx}:"));
        let tables = format!(
            "[[trunk]]\nname = \"kamailio\"\naddress = \"{pbx}:5060\"\npeers = [\"{pbx}\"]\n{trunk}\n\
             [[queue]]\nname = \"support\"\ndid = [{did}]\n"
        );
        let house = House {
            tables: &tables,
            ip: &kring_ip,
            seats: vec![("malee", "pbx:5021".to_owned())],
            ..House::default()
        };
        // The PBX first: kring may register as soon as it is open.
        let folder = tempfile::tempdir().expect("a folder");
        let prepared = house.prepare();
        let uri = format!("sip:{kring_ip}:{}", prepared.sip);
        let changes = [
            ("192.0.2.10", pbx.as_str()),
            ("sip:192.0.2.20:5060", &uri),
            ("192.0.2.20", &kring_ip),
            ("203.0.113.5", &carrier),
        ];
        let pbx = Kamailio::start(
            folder.path(),
            "pbx.cfg",
            &changes,
            defines,
            [&carrier, &pbx],
        );
        let (kring, agents) = prepared.open();
        Town {
            street,
            kring,
            agents,
            _pbx: pbx,
        }
    }

    fn stage(&self, number: u8, more: &[&str]) -> (String, Vec<String>) {
        let more = more.iter().map(|&text| text.to_owned()).collect();
        (self.street.house(number), more)
    }

    fn plays(&self, name: &str, number: u8, port: u16, more: &[&str], scenario: &Scenario) -> Sipp {
        let (ip, more) = self.stage(number, more);
        let stage = Stage {
            folder: self.kring.folder.path(),
            ip: &ip,
            port,
            more,
        };
        Sipp::plays(stage, name, scenario)
    }

    /// The agent's phone registers with the PBX by digest, as extension 5021.
    pub fn register_phone(&self) {
        let register = |proof: &str, seq: u32| {
            format!(
                "REGISTER sip:{REALM} SIP/2.0\n\
                 Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
                 From: <sip:5021@{REALM}>;tag=r1\nTo: <sip:5021@{REALM}>\nCall-ID: [call_id]\n\
                 CSeq: {seq} REGISTER\nContact: <sip:5021@[local_ip]:[local_port]>\nExpires: 300\n\
                 {proof}Max-Forwards: 70\nContent-Length: 0\n"
            )
        };
        let proof = "[authentication username=5021 password=change-me-5021]\n";
        let scenario = Scenario::caller()
            .sends(&register("", 1))
            .hears_challenge("401")
            .sends(&register(proof, 2))
            .hears("200");
        let pbx = format!("{}:5060", self.street.house(10));
        self.plays("register", 30, 5060, &[&pbx], &scenario)
            .finish();
    }

    pub fn phone(&self, scenario: &Scenario) -> Sipp {
        self.plays("phone", 30, 5060, &[], scenario)
    }

    /// A citizen whom the carrier sends to the PBX's hotline.
    fn citizen(&self, scenario: &Scenario) -> Sipp {
        let pbx = format!("{}:5060", self.street.house(10));
        self.plays("citizen", 5, 5060, &[&pbx, "-s", "1203"], scenario)
    }
}

fn citizen_is_answered() -> Scenario {
    Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
}

fn phone_is_answered() -> Scenario {
    Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(300)
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
}

/// From the carrier through Kamailio to kring, back through Kamailio to a phone that has registered there;
/// every request within both dialogs takes the recorded route.
#[test]
fn a_call_goes_through_kamailio_twice_and_the_citizen_ends_it() {
    let town = Town::build("", "\"038611025\"", &[]);
    town.register_phone();
    let phone = town.phone(
        &phone_is_answered()
            .hears("BYE")
            .answers("200 OK", PLAIN, ""),
    );
    let citizen = citizen_is_answered()
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    town.citizen(&citizen).finish();
    phone.finish();
    let call = town.kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["ended_by"], "caller", "{call}");
    assert_eq!(
        call["forwarded_by"], "1203",
        "the PBX says which hotline was called: {call}"
    );
    assert_eq!(call["did"], "038611025", "{call}");
    assert_eq!(call["number"]["canonical"], "+66812345678", "{call}");
}

#[test]
fn a_call_through_kamailio_is_ended_by_the_agent() {
    let town = Town::build("", "\"038611025\"", &[]);
    town.register_phone();
    let hangs_up = phone_is_answered()
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let phone = town.phone(&hangs_up);
    let citizen = citizen_is_answered()
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    town.citizen(&citizen).finish();
    phone.finish();
    assert_eq!(
        town.kring.newest_call("state", "ended")["ended_by"],
        "agent"
    );
}

/// CANCEL through two proxies' worth of Via, all the way to the phone.
#[test]
fn a_citizen_who_gives_up_is_heard_through_kamailio() {
    let town = Town::build("", "\"038611025\"", &[]);
    town.register_phone();
    let rings = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .hears("CANCEL")
        .answers("200 OK", PLAIN, "")
        .answers_invite("487 Request Terminated", PLAIN, "")
        .hears("ACK");
    let phone = town.phone(&rings);
    let citizen = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(500)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    town.citizen(&citizen).finish();
    phone.finish();
    assert_eq!(
        town.kring.newest_call("state", "ended")["outcome"],
        "abandoned"
    );
}

/// kring is extension 5000 of the PBX: it proves its password by digest, calls reach it where it has
/// registered, and its own calls to phones are challenged (407) and proved as well.
#[test]
fn kring_registers_with_kamailio_and_is_called_there() {
    let secrets = tempfile::tempdir().expect("a folder");
    let town = registered(&secrets, "change-me-5000");
    town.kring
        .metrics_until("kring_sip_registration_up{account=\"kamailio\"} 1");
    town.register_phone();
    let phone = town.phone(
        &phone_is_answered()
            .hears("BYE")
            .answers("200 OK", PLAIN, ""),
    );
    let citizen = citizen_is_answered()
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    town.citizen(&citizen).finish();
    let ladder = phone.finish();
    let invite = ladder.iter().find(|m| m.is("INVITE")).expect("an INVITE");
    assert!(
        invite.get("Proxy-Authorization").is_none(),
        "the PBX keeps the proof: {}",
        invite.text
    );
    let call = town.kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["ended_by"], "caller", "{call}");
    let journal = town.kring.journal_until("registered kamailio");
    assert!(journal.contains("registered kamailio"), "{journal}");
}

/// The agent ends a call that came by the registration: BYE is challenged, too, or passes by the route.
#[test]
fn a_call_by_registration_is_ended_by_the_agent() {
    let secrets = tempfile::tempdir().expect("a folder");
    let town = registered(&secrets, "change-me-5000");
    town.kring
        .metrics_until("kring_sip_registration_up{account=\"kamailio\"} 1");
    town.register_phone();
    let hangs_up = phone_is_answered()
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    let phone = town.phone(&hangs_up);
    let citizen = citizen_is_answered()
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    town.citizen(&citizen).finish();
    phone.finish();
    assert_eq!(
        town.kring.newest_call("state", "ended")["ended_by"],
        "agent"
    );
}

/// A wrong password: told, and not tried again and again.
#[test]
fn a_wrong_password_does_not_register_with_kamailio() {
    let secrets = tempfile::tempdir().expect("a folder");
    let town = registered(&secrets, "not-the-password");
    town.kring.journal_until("no account kamailio 401");
    town.kring
        .metrics_until("kring_sip_registration_up{account=\"kamailio\"} 0");
}

/// The town in which kring registers as extension 5000 with this password.
fn registered(secrets: &tempfile::TempDir, password: &str) -> Town {
    let file = secrets.path().join("pbx.password");
    fs::write(&file, format!("{password}\n")).expect("the folder is writable");
    let only_ours = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&file, only_ours).expect("it is ours");
    let register = format!(
        "register = {{ uri = \"sip:5000@{REALM}\", user = \"5000\", password_file = {file:?}, \
         outbound_proxy = \"PBX:5060\" }}"
    );
    Town::build(&register, "\"038611025\", \"5000\"", &["KRING_REGISTERS"])
}

/// The phone has not registered: the PBX says 480, and nobody else is there to ring.
#[test]
fn an_extension_that_nobody_registered_is_told_by_kamailio() {
    let town = Town::build("", "\"038611025\"", &[]);
    let citizen = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(500)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    town.citizen(&citizen).finish();
    let journal = town.kring.journal_until("abandoned");
    assert!(
        journal.contains("unreached  malee Unregistered 480"),
        "{journal}"
    );
}

/// Two kringd behind one address: calls go to them in turns, and all to one when the other is gone.
#[test]
fn kamailio_balances_over_two_kringd_and_leaves_the_dead_one() {
    let street = Street::new();
    let [balancer, pbx, one, two] = [5, 10, 21, 22].map(|n| street.house(n));
    let tables = format!(
        "[agent]\nwrapup_s = 0\n[[trunk]]\nname = \"pbx\"\naddress = \"{balancer}:5060\"\npeers = [\"{balancer}\"]\n"
    );
    let phones = [free_port(), free_port()];
    let kringd = |ip: &str, port: u16| {
        let house = House {
            tables: &tables,
            ip,
            seats: vec![("malee", format!("sip:malee@127.0.0.1:{port}"))],
            ..House::default()
        };
        house.open().0
    };
    let (mut first, second) = (kringd(&one, phones[0]), kringd(&two, phones[1]));
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("dispatcher.list");
    let lines = format!(
        "1 sip:{one}:{} 0 10\n1 sip:{two}:{} 0 5\n",
        first.sip, second.sip
    );
    fs::write(&list, lines).expect("the folder is writable");
    let list = list.display().to_string();
    let changes = [
        ("192.0.2.5", balancer.as_str()),
        ("192.0.2.10", &pbx),
        ("/etc/kamailio/dispatcher.list", &list),
        ("\"ds_ping_interval\", 5", "\"ds_ping_interval\", 1"),
    ];
    let _balancer = Kamailio::start(
        folder.path(),
        "balancer.cfg",
        &changes,
        &[],
        [&pbx, &balancer],
    );
    let call = |name: &str, listening: &[(&Kring, u16)]| {
        let played: Vec<Sipp> = listening
            .iter()
            .map(|(kring, port)| {
                let phone = phone_is_answered()
                    .hears("BYE")
                    .answers("200 OK", PLAIN, "");
                kring.phone(&format!("{name}-{port}"), *port, &phone)
            })
            .collect();
        let target = format!("{balancer}:5060");
        let more = [&target, "-s", "1203"].map(str::to_owned).to_vec();
        let stage = Stage {
            folder: folder.path(),
            ip: &pbx,
            port: 0,
            more,
        };
        let citizen = citizen_is_answered()
            .waits(200)
            .says("BYE", PLAIN, "")
            .hears("200");
        Sipp::plays(stage, name, &citizen).finish();
        // Those whose phone did not ring are taken back.
        drop(played);
    };
    let both = [(&first, phones[0]), (&second, phones[1])];
    call("citizen-1", &both);
    call("citizen-2", &both);
    let answered = |kring: &Kring| {
        kring
            .get("/api/v1/calls")
            .body
            .matches("\"outcome\":\"answered\"")
            .count()
    };
    // A call is in the history a moment after its phones know.
    let came_to = |kring: &Kring, calls: usize| {
        let all = || (answered(kring) == calls).then_some(());
        eventually(A_SLOW_MACHINE, all).is_some()
    };
    assert!(came_to(&first, 1) && came_to(&second, 1), "in turns");
    first.kill();
    for n in 3..6 {
        call(&format!("citizen-{n}"), &[(&second, phones[1])]);
        assert!(came_to(&second, n - 1), "all to the one that is left");
    }
}
