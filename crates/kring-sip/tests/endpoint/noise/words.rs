//! Messages of the other side: made of what the endpoint said, so that they fit, and then sometimes
//! smudged, so that they nearly do.

use super::{
    lines::{
        AGREED, BODIES, CALLERS, ERRANDS, EXTRAS, FRAGMENTS, GRANTS, METHODS, NOTICES, SDP,
        STATUSES,
    },
    script::Script,
    stage::{Said, Stage, peer},
};
use kring_sip::Peer;

/// Text, sometimes with a byte changed, a line doubled, or the end cut off.
pub(super) fn smudged(script: &mut Script<'_>, text: String) -> Vec<u8> {
    let mut message = text.into_bytes();
    match script.below(24) {
        21 => {
            let at = script.below(256) * 7 % message.len();
            message[at] = script.one().unwrap_or_default();
        }
        22 => message.truncate(script.below(256) * 5),
        23 => {
            let at = script.below(256) * 3 % message.len();
            let more = message[at..(at + 40).min(message.len())].to_vec();
            message.splice(at..at, more);
        }
        _ => {}
    }
    message
}

/// The value of the first line of that name.
fn line<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text
        .split("\r\n")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_default()
}

fn number(text: &str) -> u32 {
    let digits = text.split(' ').next().unwrap_or_default();
    digits.parse().unwrap_or(1)
}

/// Who says what follows, and to whom.
struct Dialog {
    from: String,
    to: String,
    call_id: String,
    via: String,
    seq: u32,
    /// How much more the number of the next request is.
    step: u32,
    rseq: u32,
    with: Peer,
}

impl Stage {
    fn said(&self, script: &mut Script<'_>, wanted: impl Fn(&Said) -> bool) -> Option<&Said> {
        let fitting: Vec<&Said> = self.said.iter().filter(|said| wanted(said)).collect();
        // Mostly the latest.
        let back = if script.once_in(3) {
            script.below(256)
        } else {
            0
        };
        fitting.get(back % fitting.len().max(1)).copied()
    }

    /// An answer to something that the endpoint asked.
    pub(super) fn respond(&mut self, script: &mut Script<'_>) {
        let status = script.pick(&STATUSES);
        self.respond_with(script, status);
    }

    pub(super) fn respond_with(&mut self, script: &mut Script<'_>, status: &str) {
        let is_request =
            |said: &Said| !said.text.starts_with("SIP/") && !said.text.starts_with("ACK");
        let Some(said) = self.said(script, is_request) else {
            return;
        };
        let (request, with) = (said.text.clone(), said.to);
        let method = request.split(' ').next().unwrap_or_default();
        let mut out = format!("SIP/2.0 {status}\r\n");
        for name in ["Via", "From", "Call-ID", "CSeq"] {
            out += &format!("{name}: {}\r\n", line(&request, name));
        }
        if script.once_in(8) {
            out = out.replacen(";rport", ";rport=40000;received=203.0.113.5", 1);
        }
        let to = line(&request, "To");
        let tag = script.below(4);
        out += &match tag {
            3 => format!("To: {to}\r\n"),
            _ if to.contains(";tag=") => format!("To: {to}\r\n"),
            _ => format!("To: {to};tag={tag}\r\n"),
        };
        self.explain(script, &mut out, (status, method));
        out += script.pick(&EXTRAS);
        let body = match method {
            "INVITE" | "UPDATE" | "PRACK" if !script.once_in(4) => SDP,
            _ => "",
        };
        out += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.say(script, with, out);
    }

    /// What belongs to a status.
    fn explain(
        &mut self,
        script: &mut Script<'_>,
        out: &mut String,
        (status, method): (&str, &str),
    ) {
        match (status.as_bytes()[0], &status[..3], method) {
            (_, "401" | "407", _) => {
                for _ in 0..=script.below(2) {
                    *out += &challenge(script, &status[..3]);
                }
            }
            (_, "422", _) => {
                *out += script.pick(&["Min-SE: 120\r\n", "Min-SE: 3600\r\n", "Min-SE: 1\r\n", ""])
            }
            (_, "423", _) => {
                *out += script.pick(&["Min-Expires: 120\r\n", "Min-Expires: 90000\r\n", ""])
            }
            (b'3', ..) => *out += "Contact: <sip:5022@192.0.2.2>, <sip:5023@10.0.0.4>;q=0.5\r\n",
            (_, "500" | "503" | "491", _) => {
                *out += script.pick(&[
                    "Retry-After: 1\r\n",
                    "Retry-After: 0\r\n",
                    "Retry-After: 31\r\n",
                    "",
                ]);
            }
            (b'1', ..) if !script.once_in(2) => {
                let rseq = if script.once_in(3) { self.fresh() } else { 1 };
                *out += &format!(
                    "Require: 100rel\r\nRSeq: {rseq}\r\nAllow: UPDATE\r\n{}",
                    AGREED[0]
                );
            }
            (b'1', ..) => *out += "Allow-Events: talk\r\nContact: <sip:phone@192.0.2.2:5060>\r\n",
            (b'2', _, "REGISTER") => *out += script.pick(&GRANTS),
            (b'2', _, "INVITE" | "UPDATE") => *out += script.pick(&AGREED),
            _ => {}
        }
    }

    /// A call of the other side.
    pub(super) fn call(&mut self, script: &mut Script<'_>) {
        let with = peer(script.below(4));
        let number = match script.below(5) {
            // The same call on another way.
            4 => self.called,
            _ => self.fresh(),
        };
        self.called = number;
        let dialog = Dialog {
            from: format!("<sip:081@192.0.2.2>;tag=caller{number}"),
            to: "<sip:1203@192.0.2.1>".to_owned(),
            call_id: format!("call-{number}"),
            via: String::new(),
            seq: 1,
            step: 0,
            rseq: 1,
            with,
        };
        let lines = script.pick(&CALLERS).to_owned() + &self.place(script);
        self.request_of(script, "INVITE", &dialog, &lines);
    }

    /// Perhaps the place of a call that stands, by the name that the endpoint gave it.
    fn place(&mut self, script: &mut Script<'_>) -> String {
        if !script.once_in(6) {
            return String::new();
        }
        let of_answer = |said: &Said| said.text.starts_with("SIP/2.0");
        let early = script.pick(&["", "", ";early-only"]);
        let Some(said) = self.said(script, of_answer) else {
            return String::new();
        };
        let tag = |name| {
            line(&said.text, name)
                .rsplit("tag=")
                .next()
                .unwrap_or_default()
        };
        let (call_id, to, from) = (line(&said.text, "Call-ID"), tag("To"), tag("From"));
        format!("Replaces: {call_id};to-tag={to};from-tag={from}{early}\r\n")
    }

    /// A request within something that the endpoint said, or out of the blue.
    pub(super) fn request(&mut self, script: &mut Script<'_>) {
        let method = script.pick(&METHODS);
        if script.once_in(8) {
            let (call, with) = (script.below(4), peer(script.below(5)));
            let dialog = Dialog {
                from: "<sip:081@192.0.2.2>;tag=caller".to_owned(),
                to: "<sip:1203@192.0.2.1>".to_owned(),
                call_id: format!("blue-{call}"),
                via: String::new(),
                seq: 1,
                step: 1,
                rseq: 1,
                with,
            };
            self.request_of(script, method, &dialog, "");
        } else {
            self.request_within(script, method);
        }
    }

    pub(super) fn request_within(&mut self, script: &mut Script<'_>, method: &str) {
        let wants_answer = matches!(method, "PRACK" | "ACK" | "CANCEL");
        let anywhere = script.once_in(8);
        let said = self.said(script, |said| {
            let of_refer = method == "NOTIFY" && said.text.starts_with("REFER");
            let of_invite = line(&said.text, "CSeq").ends_with("INVITE") || of_refer;
            let fits = !wants_answer || said.text.starts_with("SIP/2.0");
            anywhere || of_invite && fits
        });
        let Some(said) = said else {
            return;
        };
        let (text, with) = (said.text.clone(), said.to);
        let tag = script.below(4);
        let (mut from, mut to) = (line(&text, "From"), line(&text, "To"));
        let tagged;
        if !text.starts_with("SIP/2.0") {
            (from, to) = (to, from);
            if !from.contains(";tag=") {
                tagged = format!("{from};tag={tag}");
                from = &tagged;
            }
        }
        let dialog = Dialog {
            from: from.to_owned(),
            to: to.to_owned(),
            call_id: line(&text, "Call-ID").to_owned(),
            via: line(&text, "Via").to_owned(),
            seq: number(line(&text, "CSeq")),
            step: self.fresh + 1,
            rseq: number(line(&text, "RSeq")),
            with,
        };
        let lines = match method {
            "INVITE" | "UPDATE" => script.pick(&AGREED),
            "INFO" => "Content-Type: application/dtmf-relay\r\n",
            "NOTIFY" if text.starts_with("REFER") || script.once_in(4) => script.pick(&NOTICES),
            "NOTIFY" => "Event: talk\r\n",
            "REFER" => script.pick(&ERRANDS),
            _ => "",
        };
        self.request_of(script, method, &dialog, lines);
    }

    fn request_of(&mut self, script: &mut Script<'_>, method: &str, dialog: &Dialog, lines: &str) {
        let number = self.fresh();
        let same = matches!(method, "ACK" | "CANCEL");
        let seq = match (same, script.once_in(8)) {
            (true, false) => dialog.seq,
            (false, false) => dialog.seq.saturating_add(dialog.step),
            (_, true) => dialog.seq.saturating_add(script.below(3) as u32),
        };
        let via = if same && !script.once_in(4) && !dialog.via.is_empty() {
            dialog.via.clone()
        } else {
            let branch = if script.once_in(16) {
                number / 2
            } else {
                number
            };
            let via = dialog.with.transport.via();
            format!("SIP/2.0/{via} 192.0.2.2:5060;branch=z9hG4bK-{branch}")
        };
        let uri = match script.below(32) {
            31 => "tel:+6621234567",
            30 => "http://192.0.2.1/",
            _ => "sip:1203@192.0.2.1",
        };
        let which = script.below(12);
        let proof = if which < 3 {
            self.proof(which, method, uri)
        } else {
            String::new()
        };
        let rack = match method {
            "PRACK" => format!("RAck: {} {} INVITE\r\n", dialog.rseq, dialog.seq),
            _ => String::new(),
        };
        let long = match script.below(64) {
            63 => "Record-Route: <sip:proxy.example@10.0.0.1;lr>\r\n".repeat(220),
            _ => String::new(),
        };
        let extra = script.pick(&EXTRAS);
        let body = match (method, script.below(4)) {
            ("INVITE" | "UPDATE", 0..3) => SDP,
            ("INFO", 0..3) => BODIES[2],
            ("NOTIFY", 0..3) => script.pick(&FRAGMENTS),
            ("BYE" | "CANCEL" | "OPTIONS" | "REFER", 0..3) | ("ACK" | "PRACK", 0..2) => "",
            _ => script.pick(&BODIES),
        };
        let out = format!(
            "{method} {uri} SIP/2.0\r\nVia: {via}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\n\
             CSeq: {seq} {method}\r\nContact: <sip:caller@192.0.2.2:5062>\r\n{rack}{proof}{lines}{extra}{long}\
             Content-Length: {}\r\n\r\n{body}",
            dialog.from,
            dialog.to,
            dialog.call_id,
            body.len()
        );
        self.say(script, dialog.with, out);
    }

    /// Says it, mostly from where it would come.
    fn say(&mut self, script: &mut Script<'_>, with: Peer, text: String) {
        let message = smudged(script, text);
        let from = if script.once_in(8) {
            peer(script.below(5))
        } else {
            with
        };
        match script.below(8) {
            6 => self.hears_stranger(from, &message),
            7 => {
                self.hears(from, &message);
                self.hears(from, &message);
            }
            _ => self.hears(from, &message),
        }
    }
}

fn challenge(script: &mut Script<'_>, code: &str) -> String {
    let name = match (code, script.once_in(8)) {
        ("401", false) | (_, true) => "WWW-Authenticate",
        _ => "Proxy-Authenticate",
    };
    let realm = script.pick(&["pbx", "pbx", "proxy", "\u{e01}", ""]);
    let algorithm = script.pick(&["MD5", "SHA-256", "SHA-512-256", "MD5-sess", "token"]);
    let qop = script.pick(&[
        ", qop=\"auth\"",
        "",
        ", qop=\"auth-int\"",
        ", qop=\"auth,auth-int\", opaque=\"o\"",
    ]);
    let stale = script.pick(&["", ", stale=true"]);
    let nonce = script.below(5);
    format!(
        "{name}: Digest realm=\"{realm}\", nonce=\"n{nonce}\", algorithm={algorithm}{qop}{stale}\r\n"
    )
}
