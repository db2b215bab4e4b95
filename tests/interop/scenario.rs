//! Scenarios told step by step and written as SIPp's XML: what one side of one call says, hears and
//! waits for. What SIPp hears out of turn fails the scenario, so every step is an assertion.

use std::{collections::BTreeSet, fmt::Write as _};

/// Whose part SIPp plays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Caller,
    Phone,
}

/// One side of one call.
pub struct Scenario {
    part: Part,
    steps: String,
    /// Steps so far: SIPp makes its branches of their numbers.
    count: usize,
    /// The step of our last INVITE: CANCEL and the ACK of a refusal share its branch.
    invite_at: usize,
    /// Our last CSeq number, and that of our last INVITE.
    seq: u32,
    invite_seq: u32,
    /// Our tag in what we answer to the first INVITE.
    tag: &'static str,
    /// What we heard last had no tag of ours yet.
    tagless: bool,
    invites_heard: usize,
    /// The method of our last request.
    asked: String,
    /// What stands for our name in From, the caller's side only.
    name: String,
    /// SIPp's variables that hold what was heard.
    kept: BTreeSet<String>,
    /// What is written for a mark, because XML in UTF-8 cannot hold it.
    bytes: Vec<(&'static str, Vec<u8>)>,
}

/// PCMA and telephone events at this port of 127.0.0.1.
pub fn sdp(port: u16) -> String {
    sdp_with(port, "8 101", &["a=rtpmap:8 PCMA/8000", EVENTS])
}

/// The same with one more line, such as `a=sendonly`.
pub fn sdp_that(port: u16, line: &str) -> String {
    sdp_with(port, "8 101", &["a=rtpmap:8 PCMA/8000", EVENTS, line])
}

/// With these formats and lines below the audio line. The version is the port: another port is
/// another version.
pub fn sdp_with(port: u16, formats: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!(
        "v=0\no=- 1 {port} IN IP[media_ip_type] [media_ip]\ns=-\nc=IN IP[media_ip_type] [media_ip]\n\
         t=0 0\nm=audio {port} RTP/AVP {formats}\n{lines}"
    )
}

const EVENTS: &str = "a=rtpmap:101 telephone-event/8000";

/// No more header lines.
pub const PLAIN: &[&str] = &[];

impl Scenario {
    /// The PBX, for a citizen who calls.
    pub fn caller() -> Scenario {
        Scenario {
            part: Part::Caller,
            steps: String::new(),
            count: 0,
            invite_at: 0,
            seq: 0,
            invite_seq: 0,
            tag: "c1",
            tagless: false,
            invites_heard: 0,
            asked: String::new(),
            name: "\"Citizen\" <sip:0812345678@[local_ip]:[local_port]>".to_owned(),
            kept: BTreeSet::new(),
            bytes: Vec::new(),
        }
    }

    /// An agent's phone.
    pub fn phone() -> Scenario {
        Scenario {
            part: Part::Phone,
            tag: "p1",
            ..Scenario::caller()
        }
    }

    /// The caller's From, without a tag.
    pub fn named(mut self, from: &str) -> Scenario {
        self.name = from.to_owned();
        self
    }

    /// From here on the phone answers the first INVITE with this tag: another fork of it.
    pub fn as_fork(mut self, tag: &'static str) -> Scenario {
        self.tag = tag;
        self
    }

    /// Must hear this request or response next; optional ones may come before it.
    pub fn hears(self, what: &str) -> Scenario {
        self.listens(what, "")
    }

    /// Waits until the test says so (`Sipp::cue`): nobody knows how long a program takes.
    pub fn hears_cue(self) -> Scenario {
        self.hears("MESSAGE")
    }

    /// Must hear this challenge next: `[authentication …]` answers it.
    pub fn hears_challenge(mut self, code: &str) -> Scenario {
        self.step(&format!("<recv response=\"{code}\" auth=\"true\"/>"));
        self
    }

    /// Must hear this reliable provisional response next: its number is `[$rseq]` from here on (RFC 3262 §7.1).
    pub fn hears_reliable(mut self, code: &str) -> Scenario {
        self.kept.extend(["to", "rseq"].map(str::to_owned));
        self.step(&format!(
            "<recv response=\"{code}\" rrs=\"true\"><action>\
             <ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" assign_to=\"to\"/>\
             <ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"RSeq:\" check_it=\"true\" assign_to=\"rseq\"/>\
             </action></recv>"
        ));
        self
    }

    /// May hear this before what it must hear next.
    pub fn may_hear(self, what: &str) -> Scenario {
        self.listens(what, " optional=\"true\"")
    }

    /// Must hear nothing out of turn for so long.
    pub fn waits(mut self, ms: u32) -> Scenario {
        self.step(&format!("<pause milliseconds=\"{ms}\"/>"));
        self
    }

    /// The caller's first INVITE; an empty `body` makes no offer.
    pub fn calls(self, lines: &[&str], body: &str) -> Scenario {
        self.calls_at(
            "sip:[service]@[remote_ip]:[remote_port]",
            &[&["Max-Forwards: 70"], lines].concat(),
            body,
        )
    }

    /// The same with its own request URI and all its own lines, Max-Forwards too.
    pub fn calls_at(mut self, uri: &str, lines: &[&str], body: &str) -> Scenario {
        self.begin_invite();
        let from = self.local();
        let to = "<sip:[service]@[remote_ip]:[remote_port]>";
        let message = request(
            "INVITE",
            uri,
            [&from, to],
            self.seq,
            "[branch]",
            lines,
            body,
        );
        self.send("500", &message);
        self
    }

    /// A request outside of any dialog, such as OPTIONS.
    pub fn asks(mut self, method: &str, lines: &[&str], body: &str) -> Scenario {
        self.seq += 1;
        let from = self.local();
        let (uri, to) = (
            "sip:[service]@[remote_ip]:[remote_port]",
            "<sip:[service]@[remote_ip]:[remote_port]>",
        );
        let lines = [&["Max-Forwards: 70"], lines].concat();
        let message = request(method, uri, [&from, to], self.seq, "[branch]", &lines, body);
        self.send("500", &message);
        self
    }

    /// CANCEL of the caller's INVITE.
    pub fn cancels(mut self, lines: &[&str]) -> Scenario {
        let (from, branch) = (self.local(), self.branch_of_invite());
        let (uri, to) = (
            "sip:[service]@[remote_ip]:[remote_port]",
            "<sip:[service]@[remote_ip]:[remote_port]>",
        );
        let lines = [&["Max-Forwards: 70"], lines].concat();
        let message = request(
            "CANCEL",
            uri,
            [&from, to],
            self.invite_seq,
            &branch,
            &lines,
            "",
        );
        self.send("500", &message);
        self
    }

    /// The ACK of a refusal of our last INVITE.
    pub fn acks_refusal(mut self) -> Scenario {
        let (from, branch) = (self.local(), self.branch_of_invite());
        let (uri, to) = match self.part {
            Part::Caller if self.invite_seq == 1 => {
                ("sip:[service]@[remote_ip]:[remote_port]", "[$to]")
            }
            _ => ("[next_url]", "[$to]"),
        };
        let lines = ["Max-Forwards: 70"];
        let message = request(
            "ACK",
            uri,
            [&from, to],
            self.invite_seq,
            &branch,
            &lines,
            "",
        );
        self.send("", &message);
        self
    }

    /// The ACK of the 2xx of our last INVITE; `body` answers an offer in it.
    pub fn acks(mut self, body: &str) -> Scenario {
        let (from, to) = (self.local(), self.remote());
        let lines = ["[routes]", "Max-Forwards: 70"];
        let seq = self.invite_seq;
        let message = request(
            "ACK",
            "[next_url]",
            [&from, &to],
            seq,
            "[branch]",
            &lines,
            body,
        );
        self.send("", &message);
        self
    }

    /// The ACK of the 2xx of another INVITE of ours than the last.
    pub fn acks_number(mut self, seq: u32) -> Scenario {
        let last = std::mem::replace(&mut self.invite_seq, seq);
        let mut done = self.acks("");
        done.invite_seq = last;
        done
    }

    /// A request with a number that was used before.
    pub fn says_numbered(mut self, method: &str, seq: u32) -> Scenario {
        let last = std::mem::replace(&mut self.seq, seq - 1);
        let mut done = self.says(method, PLAIN, "");
        done.seq = last;
        done
    }

    /// A request within the dialog.
    pub fn says(mut self, method: &str, lines: &[&str], body: &str) -> Scenario {
        if method == "INVITE" {
            self.begin_invite();
        } else {
            self.seq += 1;
        }
        let (from, to) = (self.local(), self.remote());
        let lines = [&["[routes]", "Max-Forwards: 70"], lines].concat();
        let seq = self.seq;
        let message = request(
            method,
            "[next_url]",
            [&from, &to],
            seq,
            "[branch]",
            &lines,
            body,
        );
        self.send("500", &message);
        self
    }

    /// The same, said once: whatever answers it is heard in other steps, or never.
    pub fn says_once(mut self, method: &str, lines: &[&str], body: &str) -> Scenario {
        if method == "INVITE" {
            self.begin_invite();
        } else {
            self.seq += 1;
        }
        let (from, to) = (self.local(), self.remote());
        let lines = [&["[routes]", "Max-Forwards: 70"], lines].concat();
        let seq = self.seq;
        let message = request(
            method,
            "[next_url]",
            [&from, &to],
            seq,
            "[branch]",
            &lines,
            body,
        );
        self.send("", &message);
        self
    }

    /// Answers the request heard last.
    pub fn answers(self, status: &str, lines: &[&str], body: &str) -> Scenario {
        let tag = if self.tagless {
            format!(";tag={}", self.tag)
        } else {
            String::new()
        };
        let heads = format!(
            "[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:]{tag}\n[last_Call-ID:]\n[last_CSeq:]\n"
        );
        self.respond(status, &heads, lines, body)
    }

    /// Answers the INVITE heard last, whatever was heard since.
    pub fn answers_invite(self, status: &str, lines: &[&str], body: &str) -> Scenario {
        self.answers_to("INVITE", status, lines, body)
    }

    /// Answers the request of this method that was heard last, whatever was heard since.
    pub fn answers_to(self, method: &str, status: &str, lines: &[&str], body: &str) -> Scenario {
        let first_invite = method == "INVITE" && self.invites_heard == 1;
        let tag = if self.part == Part::Phone && first_invite {
            format!(";tag={}", self.tag)
        } else {
            String::new()
        };
        let heads = format!(
            "Via: [${method}Via]\nFrom: [${method}From]\nTo: [${method}To]{tag}\n\
             Call-ID: [call_id]\nCSeq: [${method}CSeq]\n"
        );
        self.respond(status, &heads, lines, body)
    }

    /// A whole message, as it is.
    pub fn sends(mut self, message: &str) -> Scenario {
        self.begin_invite();
        self.send("500", message);
        self
    }

    /// A whole message beside the call: it is no INVITE of the call's own.
    pub fn sends_beside(mut self, message: &str) -> Scenario {
        self.send("", message);
        self
    }

    fn listens(mut self, what: &str, more: &str) -> Scenario {
        let is_response = what.starts_with(|c: char| c.is_ascii_digit());
        let kind = if is_response { "response" } else { "request" };
        let mut keep = String::new();
        let mut ereg = |header: &str, name: &str| {
            self.kept.insert(name.to_owned());
            let _ = write!(
                keep,
                "<ereg regexp=\".*\" search_in=\"hdr\" header=\"{header}:\" assign_to=\"{name}\"/>"
            );
        };
        if ANSWERED_LATER.contains(&what) {
            for header in ["Via", "From", "To", "CSeq"] {
                ereg(header, &format!("{what}{header}"));
            }
        } else if is_response {
            ereg("To", "to");
        }
        if what == "INVITE" {
            self.invites_heard += 1;
            if self.part == Part::Phone && self.invites_heard == 1 {
                ereg("From", "caller");
            }
        }
        let first_invite = what == "INVITE" && self.invites_heard == 1;
        self.tagless = self.part == Part::Phone && (first_invite || what == "CANCEL");
        // Only what makes or changes a dialog tells where the next request goes.
        let makes_dialog =
            what == "INVITE" || (is_response && self.asked == "INVITE" && what < "300");
        let rrs = if makes_dialog { " rrs=\"true\"" } else { "" };
        let step = format!("<recv {kind}=\"{what}\"{rrs}{more}><action>{keep}</action></recv>");
        let step = step.replace("<action></action>", "");
        self.step(&step);
        self
    }

    fn respond(mut self, status: &str, heads: &str, lines: &[&str], body: &str) -> Scenario {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        // Responses that a request waits for are repeated by us, as a phone does (RFC 3261 13.3.1.4).
        let repeat = if status.starts_with('2') && heads.contains("INVITE") {
            "500"
        } else {
            ""
        };
        let contact = match lines.contains("Contact:") {
            true => String::new(),
            false => format!("{CONTACT}\n"),
        };
        let message = format!(
            "SIP/2.0 {status}\n{heads}{contact}{lines}{}",
            with_body(body)
        );
        self.send(repeat, &message);
        self
    }

    fn begin_invite(&mut self) {
        self.seq += 1;
        self.invite_seq = self.seq;
        self.invite_at = self.count;
    }

    fn branch_of_invite(&self) -> String {
        format!("[branch-{}]", self.count - self.invite_at)
    }

    fn local(&self) -> String {
        match self.part {
            Part::Caller => format!("{};tag={}", self.name, self.tag),
            Part::Phone => format!("<sip:agent@[local_ip]:[local_port]>;tag={}", self.tag),
        }
    }

    fn remote(&self) -> String {
        match self.part {
            Part::Caller => "<sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]".to_owned(),
            Part::Phone => "[$caller]".to_owned(),
        }
    }

    fn send(&mut self, retrans: &str, message: &str) {
        let retrans = match retrans {
            "" => String::new(),
            ms => format!(" retrans=\"{ms}\""),
        };
        let first = message.split(' ').next().unwrap_or_default();
        if !matches!(first, "SIP/2.0" | "ACK") {
            self.asked = first.to_owned();
        }
        self.step(&format!("<send{retrans}><![CDATA[\n{message}\n]]></send>"));
    }

    fn step(&mut self, xml: &str) {
        self.steps.push_str(xml);
        self.steps.push('\n');
        self.count += 1;
    }

    /// Bytes that are no UTF-8 stand where the mark stands.
    pub fn with_bytes(mut self, mark: &'static str, bytes: &[u8]) -> Scenario {
        self.bytes.push((mark, bytes.to_vec()));
        self
    }

    /// The scenario as a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let mut file = self.xml(name).into_bytes();
        for (mark, bytes) in &self.bytes {
            while let Some(at) = file.windows(mark.len()).position(|w| w == mark.as_bytes()) {
                file.splice(at..at + mark.len(), bytes.iter().copied());
            }
        }
        file
    }

    fn xml(&self, name: &str) -> String {
        // SIPp refuses a variable that nobody uses.
        let kept: Vec<&str> = self.kept.iter().map(String::as_str).collect();
        let reference = match kept.as_slice() {
            [] => String::new(),
            kept => format!("<Reference variables=\"{}\"/>\n", kept.join(",")),
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"{name}\">\n{}{reference}</scenario>\n",
            self.steps
        )
    }
}

/// Requests that may be answered after something else was heard.
const ANSWERED_LATER: [&str; 6] = ["INVITE", "UPDATE", "BYE", "PRACK", "INFO", "OPTIONS"];

const CONTACT: &str = "Contact: <sip:agent@[local_ip]:[local_port];transport=[transport]>";

fn request(
    method: &str,
    uri: &str,
    [from, to]: [&str; 2],
    seq: u32,
    branch: &str,
    lines: &[&str],
    body: &str,
) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let contact = match method {
        "ACK" | "BYE" | "CANCEL" => String::new(),
        _ => format!("{CONTACT}\n"),
    };
    format!(
        "{method} {uri} SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}\n\
         From: {from}\nTo: {to}\nCall-ID: [call_id]\nCSeq: {seq} {method}\n{contact}{lines}{}",
        with_body(body)
    )
}

fn with_body(body: &str) -> String {
    match body {
        "" => "Content-Length: 0\n".to_owned(),
        sdp if sdp.starts_with("v=") => {
            format!("Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}")
        }
        other => format!("Content-Length: [len]\n\n{other}"),
    }
}
