//! A capture of loopback by dumpcap, read back by tshark: when each SIP message was on the wire.

use crate::Outcome;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// The longest that it runs, s: it ends by itself when we do not.
const AT_MOST_S: u32 = 900;

/// One SIP message as it passed.
#[derive(Debug)]
pub(super) struct Packet {
    /// Seconds since 1970, by the kernel.
    pub(super) at: f64,
    pub(super) from: u16,
    pub(super) to: u16,
    method: String,
    code: Option<u16>,
    pub(super) call_id: String,
    cseq_method: String,
}

impl Packet {
    pub(super) fn asks(&self, method: &str) -> bool {
        self.method == method
    }

    /// The code, if it is a response to a request of this method.
    pub(super) fn answers(&self, method: &str) -> Option<u16> {
        self.code.filter(|_| self.cseq_method == method)
    }

    /// A line of tshark's fields.
    fn read(line: &str) -> Option<Packet> {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        Some(Packet {
            at: next().parse().ok()?,
            from: next().parse().ok()?,
            to: next().parse().ok()?,
            method: next().to_owned(),
            code: next().parse().ok(),
            call_id: next().to_owned(),
            cseq_method: next().to_owned(),
        })
    }
}

/// A running capture.
pub(super) struct Capture {
    child: Child,
    file: PathBuf,
    ports: Vec<u16>,
}

impl Capture {
    /// Begins to capture UDP to and from these ports.
    pub(super) fn start(ports: &[u16]) -> Outcome<Capture> {
        let file = std::env::temp_dir().join(format!("kring-load-{}.pcapng", std::process::id()));
        let filter: Vec<String> = ports
            .iter()
            .map(|port| format!("udp port {port}"))
            .collect();
        let mut child = Command::new("dumpcap")
            .args(["-i", "lo", "-q", "-B", "64", "-f", &filter.join(" or ")])
            .args(["-a", &format!("duration:{AT_MOST_S}"), "-w"])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|refused| format!("dumpcap (Debian: tshark): {refused}"))?;
        let said = child.stderr.take().ok_or("no log")?;
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if line.starts_with("File:") {
                    let _ = tell.send(());
                }
            }
        });
        told.recv_timeout(Duration::from_secs(30))
            .map_err(|_| "dumpcap does not capture: it wants CAP_NET_RAW")?;
        let ports = ports.to_vec();
        Ok(Capture { child, file, ports })
    }

    /// Ends it, and reads what it saw.
    pub(super) fn finish(mut self) -> Outcome<Vec<Packet>> {
        // The kernel hands packets over in blocks; SIGTERM lets dumpcap write the last ones.
        std::thread::park_timeout(Duration::from_secs(1));
        let id = self.child.id().to_string();
        Command::new("kill").arg(&id).status()?;
        self.child.wait()?;
        let mut read = Command::new("tshark");
        read.arg("-r").arg(&self.file);
        for port in &self.ports {
            read.args(["-d", &format!("udp.port=={port},sip")]);
        }
        let fields = [
            "frame.time_epoch",
            "udp.srcport",
            "udp.dstport",
            "sip.Method",
            "sip.Status-Code",
            "sip.Call-ID",
            "sip.CSeq.method",
        ];
        read.args(["-Y", "sip", "-T", "fields"]);
        read.args(fields.iter().flat_map(|field| ["-e", field]));
        let done = read.output()?;
        let text = String::from_utf8_lossy(&done.stdout);
        Ok(text.lines().filter_map(Packet::read).collect())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}
