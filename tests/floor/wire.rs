//! SIP as the witnesses read and write it: a reader of their own, strict and small.
//!
//! It shares no line with kring-sip, so a message that kring writes wrongly is not read rightly by
//! the same mistake. What does not follow RFC 3261 to the letter is refused and becomes a violation.

use std::{fmt::Write as _, rc::Rc};

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A request.
    Request {
        /// Its method.
        method: String,
        /// Its request URI.
        uri: String,
    },
    /// A response.
    Response {
        /// 100 to 699.
        code: u16,
    },
}

/// A message that a witness has read, or is about to send.
#[derive(Clone, Debug)]
pub struct Message {
    /// The first line.
    pub start: Start,
    headers: Vec<(String, String)>,
    /// What follows the empty line.
    pub body: String,
}

impl Message {
    /// A request without headers.
    pub fn request(method: &str, uri: &str) -> Message {
        let (method, uri) = (method.to_owned(), uri.to_owned());
        Message {
            start: Start::Request { method, uri },
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// A response to `request`, with what RFC 3261 §8.2.6.2 has copied; `tag` goes to a To without one.
    pub fn answer(request: &Message, code: u16, tag: &str) -> Message {
        let copied = ["Via", "From", "To", "Call-ID", "CSeq", "Record-Route"];
        let mut headers: Vec<(String, String)> = request
            .headers
            .iter()
            .filter(|(name, _)| copied.contains(&name.as_str()))
            .cloned()
            .collect();
        if code > 100 && request.to_tag().is_none() {
            let to = headers.iter_mut().find(|(name, _)| name == "To");
            let to = &mut to.expect("every message that was read has a To").1;
            to.push_str(";tag=");
            to.push_str(tag);
        }
        Message {
            start: Start::Response { code },
            headers,
            body: String::new(),
        }
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Message {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a session description.
    pub fn describing(self, sdp: String) -> Message {
        self.carrying("application/sdp", sdp)
    }

    /// The message with a body of this kind.
    pub fn carrying(self, kind: &str, body: String) -> Message {
        let mut message = self.with("Content-Type", kind);
        message.body = body;
        message
    }

    /// Reads a whole message, or says what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Message, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or("no empty line")?;
        let mut lines = head.split("\r\n");
        let start = read_start(lines.next().unwrap_or_default())?;
        let mut headers = Vec::with_capacity(14);
        for line in lines {
            let (name, value) = line
                .split_once(": ")
                .ok_or_else(|| format!("header {line:?}"))?;
            headers.push((name.to_owned(), value.to_owned()));
        }
        let message = Message {
            start,
            headers,
            body: body.to_owned(),
        };
        message.check()?;
        Ok(message)
    }

    fn check(&self) -> Result<(), String> {
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            self.get(name).ok_or_else(|| format!("no {name}"))?;
        }
        for name in [
            "From",
            "To",
            "Call-ID",
            "CSeq",
            "Max-Forwards",
            "Content-Length",
        ] {
            if self
                .headers
                .iter()
                .filter(|(other, _)| other == name)
                .count()
                > 1
            {
                return Err(format!("{name} more than once"));
            }
        }
        let length = self
            .get("Content-Length")
            .and_then(|length| length.parse().ok());
        if length.is_some_and(|length: usize| length != self.body.len()) {
            return Err("Content-Length is not the body's".to_owned());
        }
        if !self.branch().starts_with("z9hG4bK") {
            return Err("a branch without the magic cookie".to_owned());
        }
        let (_, cseq_method) = self.cseq();
        match &self.start {
            Start::Request { method, .. } if method != cseq_method => {
                Err(format!("CSeq says {cseq_method}, the first line {method}"))
            }
            Start::Request { .. } if self.get("Max-Forwards").is_none() => {
                Err("no Max-Forwards".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// As it goes to the network.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(512 + self.body.len());
        let written = match &self.start {
            Start::Request { method, uri } => write!(text, "{method} {uri} SIP/2.0\r\n"),
            Start::Response { code } => write!(text, "SIP/2.0 {code} {}\r\n", phrase(*code)),
        };
        written.expect("writing to a String cannot fail");
        for (name, value) in &self.headers {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        write!(text, "Content-Length: {}\r\n\r\n", self.body.len())
            .expect("writing to a String cannot fail");
        text.push_str(&self.body);
        text
    }

    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a header, a line each.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let meant = move |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        self.headers.iter().filter(meant).map(|(_, value)| &**value)
    }

    /// The value of a header that every message has.
    fn must(&self, name: &str) -> &str {
        self.get(name)
            .expect("checked when the message was read or made")
    }

    /// The method, of requests only.
    pub fn method(&self) -> Option<&str> {
        match &self.start {
            Start::Request { method, .. } => Some(method),
            Start::Response { .. } => None,
        }
    }

    /// The status code, of responses only.
    pub fn code(&self) -> Option<u16> {
        match self.start {
            Start::Request { .. } => None,
            Start::Response { code } => Some(code),
        }
    }

    /// Whether it is this request.
    pub fn asks(&self, method: &str) -> bool {
        self.method() == Some(method)
    }

    /// The code, if it is a response to a request of this method.
    pub fn answers(&self, method: &str) -> Option<u16> {
        self.code().filter(|_| self.cseq().1 == method)
    }

    /// `INVITE`, or `180`: how a scenario names a message.
    pub fn label(&self) -> String {
        match &self.start {
            Start::Request { method, .. } => method.clone(),
            Start::Response { code } => code.to_string(),
        }
    }

    /// One line for a person: `INVITE sip:support@…` or `180 (INVITE)`.
    pub fn headline(&self) -> String {
        match &self.start {
            Start::Request { method, uri } => format!("{method} {uri}"),
            Start::Response { code } => format!("{code} ({})", self.cseq().1),
        }
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        self.must("Call-ID")
    }

    /// Sequence number and method of CSeq.
    pub fn cseq(&self) -> (u32, &str) {
        let (number, method) = self.must("CSeq").split_once(' ').unwrap_or(("0", ""));
        (number.parse().unwrap_or(0), method)
    }

    /// The branch of the topmost Via; empty when there is none.
    pub fn branch(&self) -> &str {
        param(self.must("Via"), "branch").unwrap_or_default()
    }

    /// The tag of To.
    pub fn to_tag(&self) -> Option<&str> {
        param(self.must("To"), "tag")
    }

    /// The tag of From.
    pub fn caller_tag(&self) -> Option<&str> {
        param(self.must("From"), "tag")
    }

    /// From, as written.
    pub fn from(&self) -> &str {
        self.must("From")
    }

    /// To, as written.
    pub fn to(&self) -> &str {
        self.must("To")
    }

    /// The user part of From's URI: the floor names its citizens there.
    pub fn caller(&self) -> &str {
        let after = self.from().split_once("sip:").map_or("", |(_, rest)| rest);
        after.split('@').next().unwrap_or_default()
    }

    /// The URI of Contact.
    pub fn contact(&self) -> Option<&str> {
        let contact = self.get("Contact")?;
        contact.split_once('<')?.1.split('>').next()
    }
}

/// Shared by the log and by every copy in flight.
pub(crate) type Letter = Rc<Message>;

fn read_start(line: &str) -> Result<Start, String> {
    let refused = || format!("first line {line:?}");
    if let Some(status) = line.strip_prefix("SIP/2.0 ") {
        let (code, _) = status.split_once(' ').ok_or_else(refused)?;
        let code = code.parse().ok().filter(|code| (100..700).contains(code));
        return Ok(Start::Response {
            code: code.ok_or_else(refused)?,
        });
    }
    let mut words = line.split(' ');
    let (Some(method), Some(uri), Some("SIP/2.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(refused());
    };
    Ok(Start::Request {
        method: method.to_owned(),
        uri: uri.to_owned(),
    })
}

/// A parameter of a header value, outside of its angle brackets.
fn param<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let outside = value.rfind('>').map_or(value, |end| &value[end + 1..]);
    outside.split(';').skip(1).find_map(|param| {
        let (key, value) = param.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn phrase(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        183 => "Session Progress",
        200 => "OK",
        404 => "Not Found",
        481 => "Call/Transaction Does Not Exist",
        486 => "Busy Here",
        487 => "Request Terminated",
        503 => "Service Unavailable",
        603 => "Decline",
        _ => "Final",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codecs::{G711, description_of};

    #[test]
    fn what_is_written_is_read_again() {
        let sent = Message::request("INVITE", "sip:support@192.0.2.1")
            .with("Via", "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKx;rport")
            .with("Max-Forwards", "70")
            .with("From", "\"a;tag=b\" <sip:citizen-1@192.0.2.10;x=y>;tag=f1")
            .with("To", "<sip:support@192.0.2.1>")
            .with("Call-ID", "abc")
            .with("CSeq", "7 INVITE")
            .describing(description_of("192.0.2.10", 4000, &G711));
        let read = Message::read(sent.write().as_bytes()).unwrap();
        assert_eq!(read.caller_tag(), Some("f1"));
        assert_eq!(read.caller(), "citizen-1");
        assert_eq!(read.cseq(), (7, "INVITE"));
        assert_eq!(read.branch(), "z9hG4bKx");
        assert_eq!(read.body, sent.body);
        let answer = Message::answer(&read, 180, "t1");
        assert_eq!(
            Message::read(answer.write().as_bytes()).unwrap().to_tag(),
            Some("t1")
        );
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for text in [
            "",
            "INVITE sip:a SIP/2.0\r\n\r\n",
            "SIP/2.0 99 x\r\nVia: a\r\n\r\n",
        ] {
            assert!(Message::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
