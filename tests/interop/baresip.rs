//! baresip as an agent's phone: it answers by itself, makes real sound, holds, resumes, and presses keys
//! when its control socket is told to.

use crate::{
    kring::{A_SLOW_MACHINE, House, Kring, eventually},
    parts::CITIZEN,
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    sound::Ear,
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A running baresip.
pub struct Baresip {
    child: Child,
    control: TcpStream,
    heard: String,
    log: PathBuf,
}

impl Baresip {
    /// Starts it at this port with this account line.
    pub fn start(folder: &Path, port: u16, account: &str) -> Baresip {
        Baresip::start_with(folder, port, account, "")
    }

    /// The same with more lines of its configuration.
    pub fn start_with(folder: &Path, port: u16, account: &str, more: &str) -> Baresip {
        let folder = folder.join(format!("baresip-{port}"));
        fs::create_dir(&folder).expect("the folder is writable");
        let control = free_port();
        let at = |name: &str| folder.join(name).display().to_string();
        let config = format!(
            "sip_listen 127.0.0.1:{port}\nnet_interface 127.0.0.1\nrtp_ports 30100-32700\n\
             module_path {MODULES}\nmodule g711.so\nmodule ausine.so\nmodule aufile.so\n\
             module_app account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen 127.0.0.1:{control}\naudio_source ausine,440\nausrc_srate 48000\nausrc_channels 2\n\
             audio_player aufile,{}\naudio_alert aufile,{}\n{more}",
            at("heard.wav"),
            at("alert.wav")
        );
        fs::write(folder.join("config"), config).expect("the folder is writable");
        fs::write(folder.join("accounts"), format!("{account}\n")).expect("writable");
        fs::write(folder.join("contacts"), "").expect("writable");
        let log = fs::File::create(folder.join("log")).expect("writable");
        let mut child = Command::new("baresip")
            .args(["-f", &folder.display().to_string()])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("baresip is installed (Debian: baresip-core)");
        let said = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        let control = eventually(A_SLOW_MACHINE, || {
            let ended = child.try_wait().ok().flatten();
            assert!(ended.is_none(), "baresip has ended: {}", said());
            TcpStream::connect(("127.0.0.1", control)).ok()
        });
        let control = control.unwrap_or_else(|| panic!("nobody listens: {}", said()));
        let wait = Some(Duration::from_millis(50));
        control.set_read_timeout(wait).expect("a timeout");
        Baresip {
            child,
            control,
            heard: String::new(),
            log: folder.join("log"),
        }
    }

    /// Waits until it has printed this, such as what its REGISTER was answered: that may be before anybody
    /// listens to what it tells.
    pub fn has_said(&self, text: &str) {
        let log = || fs::read_to_string(&self.log).unwrap_or_default();
        let found = eventually(A_SLOW_MACHINE, || log().contains(text).then_some(()));
        assert!(found.is_some(), "no {text:?} in\n{}", log());
    }

    /// SIGTERM: it takes its registration back.
    pub fn leave(mut self) {
        let id = i32::try_from(self.child.id()).expect("process ids are small");
        // SAFETY: kill takes two numbers and touches no memory of ours; the process is our child.
        assert_eq!(unsafe { libc::kill(id, libc::SIGTERM) }, 0);
        self.child.wait().expect("it ends");
    }

    /// What it has played so far, at 8 kHz: the file's header is written when it begins, and its sound as it comes.
    pub fn played(&self) -> Vec<i16> {
        let file = fs::read(self.log.with_file_name("heard.wav")).unwrap_or_default();
        if file.len() < 44 {
            return Vec::new();
        }
        let channels = usize::from(u16::from_le_bytes([file[22], file[23]])).max(1);
        let rate = u32::from_le_bytes([file[24], file[25], file[26], file[27]]) as usize;
        let every = (rate / 8_000).max(1) * channels * 2;
        let samples = file[44..].chunks_exact(every);
        samples.map(|s| i16::from_le_bytes([s[0], s[1]])).collect()
    }

    /// Tells it a command of its menu.
    pub fn tell(&mut self, command: &str, parameters: &str) {
        let text =
            format!("{{\"command\":\"{command}\",\"params\":\"{parameters}\",\"token\":\"t\"}}");
        let framed = format!("{}:{text},", text.len());
        self.control
            .write_all(framed.as_bytes())
            .expect("it listens");
    }

    /// Waits until it has told of this, such as `CALL_ESTABLISHED`; what it told before is forgotten.
    pub fn wait_for(&mut self, event: &str) {
        self.wait_within(event, A_SLOW_MACHINE);
    }

    /// The same within this time.
    pub fn wait_within(&mut self, event: &str, within: Duration) {
        let found = eventually(within, || {
            let mut buffer = [0; 16_384];
            if let Ok(length) = self.control.read(&mut buffer) {
                self.heard
                    .push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
            self.heard.find(event)
        });
        let at = found.unwrap_or_else(|| panic!("no {event} in {}", self.heard));
        self.heard.drain(..at + event.len());
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where Debian keeps them.
const MODULES: &str = "/usr/lib/baresip/modules";

fn with_phone(transport: &str) -> (Kring, Baresip) {
    let at = free_port();
    let house = House {
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}{transport}"))],
        ..House::default()
    };
    let (kring, _agents) = house.open();
    let account = "<sip:malee@127.0.0.1>;regint=0;answermode=auto";
    let phone = Baresip::start(kring.folder.path(), at, account);
    (kring, phone)
}

/// A citizen who listens with this ear until somebody hangs up.
fn citizen(kring: &Kring, ear: &Ear) -> Sipp {
    let scenario = Scenario::caller()
        .calls(PLAIN, &sdp(ear.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    kring.caller("citizen", &scenario)
}

/// It answers, its tone reaches the citizen, it holds and resumes, a key that is pressed comes as an
/// event of RFC 4733, and it hangs up.
fn a_whole_call(transport: &str) {
    let (kring, phone) = with_phone(transport);
    a_call_with(&kring, phone);
}

/// The same with a phone that kring can reach already.
pub fn a_call_with(kring: &Kring, mut phone: Baresip) {
    let mut ear = Ear::open(0x2a);
    let citizen = citizen(kring, &ear);
    ear.speak_to(&citizen.wait_for(false, "200"));
    phone.wait_for("CALL_ESTABLISHED");
    let soon = Duration::from_secs(10);
    assert!(ear.hears_sound(25, soon) >= 25, "the tone of the phone");
    phone.tell("hold", "");
    phone.wait_for("\"ok\":true");
    silent_soon(&ear, true);
    phone.tell("resume", "");
    phone.wait_for("\"ok\":true");
    silent_soon(&ear, false);
    phone.tell("sndcode", "5");
    assert!(ear.hears_key(5, Duration::from_secs(15)), "the key 5");
    phone.tell("hangup", "");
    citizen.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["ended_by"], "agent", "{call}");
    kring.journal_until("heard      Agent");
}

/// Whether sound stops, or comes back, within a few seconds.
fn silent_soon(ear: &Ear, silent: bool) {
    let quarter = Duration::from_millis(250);
    let reached = eventually(Duration::from_secs(20), || {
        let heard = ear.hears_sound(3, quarter);
        ((heard == 0) == silent).then_some(())
    });
    assert!(reached.is_some(), "silent: {silent}");
}

#[test]
fn baresip_answers_holds_resumes_and_presses_keys_over_udp() {
    a_whole_call("");
}

#[test]
fn baresip_answers_holds_resumes_and_presses_keys_over_tcp() {
    a_whole_call(";transport=tcp");
}

/// The citizen hangs up first: baresip is told.
#[test]
fn baresip_is_hung_up() {
    let (kring, mut phone) = with_phone("");
    let scenario = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(500)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("citizen", &scenario).finish();
    phone.wait_for("CALL_CLOSED");
    assert_eq!(kring.newest_call("state", "ended")["ended_by"], "caller");
}
