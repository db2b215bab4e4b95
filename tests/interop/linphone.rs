//! linphone as a phone that registers with kring: it is told what to do on its standard input, and plays
//! a file in place of a microphone.

use crate::{
    kring::{A_SLOW_MACHINE, Kring, eventually},
    parts::CITIZEN,
    phones::{PASSWORD, house_of_malee},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    sound::Ear,
};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// A running linphone.
pub struct Linphone {
    child: Child,
    input: ChildStdin,
    said: Arc<Mutex<String>>,
    pub tone: String,
}

impl Linphone {
    /// Starts it as 5021 of this kring.
    pub fn start(kring: &Kring) -> Linphone {
        let home = kring.folder.path().join("linphone");
        // Without a folder for its database it never begins.
        fs::create_dir_all(home.join(".local/share/linphone")).expect("writable");
        let tone = home.join("tone.wav");
        fs::write(&tone, a_tone()).expect("writable");
        let config = home.join("linphonerc");
        fs::write(&config, settings(kring.sip)).expect("writable");
        let mut child = Command::new("linphone-daemon")
            .arg("--config")
            .arg(&config)
            .env("HOME", &home)
            .current_dir(&home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("linphone-daemon is installed (Debian: linphone-cli)");
        let output = child.stdout.take().expect("it is piped");
        let said = Arc::<Mutex<String>>::default();
        let heard = said.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let mut said = heard.lock().expect("nobody panics with it");
                *said += &line;
                said.push('\n');
            }
        });
        Linphone {
            input: child.stdin.take().expect("it is piped"),
            child,
            said,
            tone: tone.display().to_string(),
        }
    }

    pub fn tell(&mut self, command: &str) {
        writeln!(self.input, "{command}").expect("it listens");
    }

    /// Asks with `command` until it says `text`; what it said before is forgotten.
    pub fn says(&mut self, command: &str, text: &str) {
        self.said.lock().expect("nobody panics with it").clear();
        let found = eventually(A_SLOW_MACHINE, || {
            self.tell(command);
            std::thread::park_timeout(Duration::from_millis(150));
            let said = self.said.lock().expect("nobody panics with it");
            said.contains(text).then_some(())
        });
        let said = self.said.lock().expect("nobody panics with it");
        assert!(found.is_some(), "no {text:?} in\n{said}");
    }
}

impl Drop for Linphone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A plain account over UDP, on loopback only.
fn settings(kring: u16) -> String {
    let (sip, rtp) = (free_port(), free_port());
    format!(
        "[sip]\nsip_port={sip}\nsip_tcp_port=0\nsip_tls_port=0\nbind_address=127.0.0.1\nuse_ipv6=0\n\
         guess_hostname=0\ncontact=sip:5021@127.0.0.1:{sip}\ndefault_proxy=0\nmedia_encryption=none\n\
         [rtp]\naudio_rtp_port={rtp}\n[net]\nfirewall_policy=0\n[video]\nenabled=0\n\
         [sound]\nechocancellation=0\n\
         [auth_info_0]\nusername=5021\nuserid=5021\npasswd={PASSWORD}\nrealm=kring\n\
         [proxy_0]\nreg_proxy=<sip:127.0.0.1:{kring}>\nreg_identity=sip:5021@127.0.0.1\nreg_expires=120\n\
         reg_sendregister=1\npublish=0\navpf=0\n"
    )
}

/// Ten seconds of 500 Hz, 16 bit, 8 kHz, as a WAV file.
fn a_tone() -> Vec<u8> {
    let samples = (0..80_000_u32).map(|n| if n % 16 < 8 { 6_000_i16 } else { -6_000 });
    let sound: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let length = u32::try_from(sound.len()).expect("it is short");
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(sound);
    file
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

/// It registers, is rung, answers, is heard, holds, resumes, presses a key and hangs up.
#[test]
fn linphone_registers_and_takes_a_call() {
    let kring = house_of_malee();
    let mut phone = Linphone::start(&kring);
    phone.says("register-status ALL", "LinphoneRegistrationOk");
    let mut ear = Ear::open(0x2a);
    let citizen = citizen(&kring, &ear);
    phone.says("call-status", "LinphoneCallIncomingReceived");
    phone.tell("answer");
    ear.speak_to(&citizen.wait_for(false, "200"));
    phone.says("call-status", "LinphoneCallStreamsRunning");
    let tone = phone.tone.clone();
    phone.tell(&format!("incall-player-start {tone}"));
    let second = Duration::from_secs(10);
    assert!(ear.hears_sound(25, second) >= 25, "the tone of the phone");
    phone.tell("call-pause 1");
    phone.says("call-status 1", "LinphoneCallPaused");
    phone.tell("call-resume 1");
    phone.says("call-status", "LinphoneCallStreamsRunning");
    phone.tell("dtmf 5");
    assert!(ear.hears_key(5, Duration::from_secs(15)), "the key 5");
    phone.tell("terminate");
    citizen.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert_eq!(call["ended_by"], "agent", "{call}");
}

/// The citizen gives up while it rings: it is told to stop.
#[test]
fn linphone_is_told_that_the_citizen_has_gone() {
    let kring = house_of_malee();
    let mut phone = Linphone::start(&kring);
    phone.says("register-status ALL", "LinphoneRegistrationOk");
    let scenario = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(1_500)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    let citizen = kring.caller("citizen", &scenario);
    phone.says("call-status", "LinphoneCallIncomingReceived");
    phone.says("call-status", "No current call available");
    citizen.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "abandoned", "{call}");
}
