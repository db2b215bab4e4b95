//! Debian's rtpengine in user space, and as much of its control protocol (ng: a cookie and a bencoded dictionary) as a call needs.

use crate::{Outcome, house::free_port};
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How often it is asked whether it listens, half a second apart.
const TRIES: u32 = 20;

/// Ended when dropped.
pub(super) struct Rtpengine {
    child: Child,
    control: UdpSocket,
    asked: u32,
}

impl Rtpengine {
    /// None: it is not installed here.
    pub(super) fn open((first, last): (u16, u16)) -> Outcome<Option<Rtpengine>> {
        let port = free_port()?;
        let child = Command::new("rtpengine")
            .args(["--config-file=none", "--config-section=none", "-f", "-E"])
            // No module of the kernel's: all packets pass by the process.
            .args(["--table=-1", "--interface=127.0.0.1", "--log-level=3"])
            .args([
                "--delete-delay=0",
                "--timeout=3600",
                "--silent-timeout=3600",
            ])
            .arg(format!("--listen-ng=127.0.0.1:{port}"))
            .arg(format!("--port-min={first}"))
            .arg(format!("--port-max={last}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = match child {
            Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let control = UdpSocket::bind("127.0.0.1:0")?;
        control.connect(("127.0.0.1", port))?;
        control.set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut rtpengine = Rtpengine {
            child,
            control,
            asked: 0,
        };
        for _ in 0..TRIES {
            if rtpengine.ask("ping", &[]).is_ok() {
                return Ok(Some(rtpengine));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("rtpengine does not answer".into())
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A call between these two ports of 127.0.0.1; gives where each of them speaks to.
    pub(super) fn call(&mut self, n: usize, caller: u16, phone: u16) -> Outcome<[SocketAddrV4; 2]> {
        let (id, offer, answer) = (format!("call-{n}"), sdp(caller), sdp(phone));
        let common = [
            ("call-id", &id[..]),
            ("from-tag", "caller"),
            ("ICE", "remove"),
        ];
        let offered = self.ask("offer", &[&common[..], &[("sdp", &offer)]].concat())?;
        let more = [("to-tag", "phone"), ("sdp", &answer[..])];
        let answered = self.ask("answer", &[&common[..], &more].concat())?;
        // The answer to an offer names the port that faces whom it is offered to.
        Ok([target(&answered)?, target(&offered)?])
    }

    fn ask(&mut self, command: &str, with: &[(&str, &str)]) -> Outcome<String> {
        self.asked += 1;
        let mut pairs = [with, &[("command", command)]].concat();
        pairs.sort_unstable();
        let text = |text: &str| format!("{}:{text}", text.len());
        let pairs: String = (pairs.iter())
            .map(|(key, value)| text(key) + &text(value))
            .collect();
        let cookie = format!("kring{}", self.asked);
        self.control
            .send(format!("{cookie} d{pairs}e").as_bytes())?;
        let mut buffer = [0; 8_192];
        loop {
            let length = self.control.recv(&mut buffer)?;
            let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if answer.split(' ').next() == Some(&cookie) {
                return Ok(answer);
            }
        }
    }
}

impl Drop for Rtpengine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sdp(port: u16) -> String {
    format!(
        "v=0\r\no=u 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
}

fn target(answer: &str) -> Outcome<SocketAddrV4> {
    let after = answer.split_once("m=audio ");
    let port = after.and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    let port = port.ok_or_else(|| format!("rtpengine said {answer}"))?;
    Ok(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}
