//! SIP as the witnesses read and write it: a reader of their own, strict and small.
//!
//! It shares no line with kring-sip, so a message that kring writes wrongly is not read rightly by
//! the same mistake. What does not follow RFC 3261 to the letter is refused and becomes a violation.

use std::{fmt::Write as _, rc::Rc};

/// How long the head of a message is at most, as a rule.
const HEAD_USUAL: usize = 640;

/// How many headers a message has, as a rule.
const FIELDS_USUAL: usize = 14;

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// A request: where its method ends, and its request URI.
    Request { method: u32, uri: u32 },
    /// A response: 100 to 699.
    Response { code: u16 },
}

/// Where a header line is in the head: its beginning, its colon and its end.
#[derive(Clone, Copy, Debug)]
struct Field {
    at: u32,
    colon: u32,
    end: u32,
}

/// A message that a witness has read, or is about to send. A day has a hundred thousand of them, so one is two
/// texts and a table.
#[derive(Clone, Debug)]
pub struct Message {
    start: Start,
    /// The first line and the headers, a line each.
    head: String,
    fields: Vec<Field>,
    /// What follows the empty line.
    pub body: String,
}

impl Message {
    /// A request without headers.
    pub fn request(method: &str, uri: &str) -> Message {
        let mut head = String::with_capacity(HEAD_USUAL);
        head.extend([method, " ", uri, " SIP/2.0\r\n"]);
        let method = method.len();
        let uri = method + 1 + uri.len();
        Message::begin(
            Start::Request {
                method: method as u32,
                uri: uri as u32,
            },
            head,
        )
    }

    /// A response to `request`, with what RFC 3261 §8.2.6.2 has copied; `tag` goes to a To without one.
    pub fn answer(request: &Message, code: u16, tag: &str) -> Message {
        let mut head = String::with_capacity(HEAD_USUAL);
        write!(head, "SIP/2.0 {code} {}\r\n", phrase(code))
            .expect("writing to a String cannot fail");
        let mut answer = Message::begin(Start::Response { code }, head);
        let copied = ["Via", "From", "To", "Call-ID", "CSeq", "Record-Route"];
        let tagged = code > 100 && request.to_tag().is_none();
        for (name, value) in request.headers() {
            match name {
                "To" if tagged => answer.put("To", &[value, ";tag=", tag]),
                _ if copied.contains(&name) => answer.put(name, &[value]),
                _ => {}
            }
        }
        answer
    }

    fn begin(start: Start, head: String) -> Message {
        Message {
            start,
            head,
            fields: Vec::with_capacity(FIELDS_USUAL),
            body: String::new(),
        }
    }

    fn put(&mut self, name: &str, value: &[&str]) {
        let at = self.head.len();
        self.head.extend([name, ": "]);
        self.head.extend(value.iter().copied());
        self.fields.push(Field {
            at: at as u32,
            colon: (at + name.len()) as u32,
            end: self.head.len() as u32,
        });
        self.head.push_str("\r\n");
    }

    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| self.header(*field))
    }

    fn header(&self, field: Field) -> (&str, &str) {
        let (at, colon, end) = (field.at as usize, field.colon as usize, field.end as usize);
        (&self.head[at..colon], &self.head[colon + 2..end])
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Message {
        self.put(name, &[value.as_ref()]);
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
        let first = lines.next().unwrap_or_default();
        let mut message = Message::begin(read_start(first)?, head.to_owned());
        let mut at = first.len() + 2;
        for line in lines {
            let (name, _) = line
                .split_once(": ")
                .ok_or_else(|| format!("header {line:?}"))?;
            let end = at + line.len();
            message.fields.push(Field {
                at: at as u32,
                colon: (at + name.len()) as u32,
                end: end as u32,
            });
            at = end + 2;
        }
        body.clone_into(&mut message.body);
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
            if self.headers().filter(|(other, _)| *other == name).count() > 1 {
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
        match self.method() {
            Some(method) if method != cseq_method => {
                Err(format!("CSeq says {cseq_method}, the first line {method}"))
            }
            Some(_) if self.get("Max-Forwards").is_none() => Err("no Max-Forwards".to_owned()),
            _ => Ok(()),
        }
    }

    /// As it goes to the network.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(self.head.len() + 32 + self.body.len());
        text.push_str(&self.head);
        write!(text, "Content-Length: {}\r\n\r\n", self.body.len())
            .expect("writing to a String cannot fail");
        text.push_str(&self.body);
        text
    }

    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// All values of a header, a line each.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let meant = move |(other, _): &(&str, &str)| other.eq_ignore_ascii_case(name);
        self.headers().filter(meant).map(|(_, value)| value)
    }

    /// The value of a header that every message has.
    fn must(&self, name: &str) -> &str {
        self.get(name)
            .expect("checked when the message was read or made")
    }

    /// The method, of requests only.
    pub fn method(&self) -> Option<&str> {
        match self.start {
            Start::Request { method, .. } => Some(&self.head[..method as usize]),
            Start::Response { .. } => None,
        }
    }

    /// The request URI, of requests only.
    pub fn uri(&self) -> Option<&str> {
        match self.start {
            Start::Request { method, uri } => Some(&self.head[method as usize + 1..uri as usize]),
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
        match self.start {
            Start::Request { method, .. } => self.head[..method as usize].to_owned(),
            Start::Response { code } => code.to_string(),
        }
    }

    /// One line for a person: `INVITE sip:support@…` or `180 (INVITE)`.
    pub fn headline(&self) -> String {
        match self.start {
            Start::Request { uri, .. } => self.head[..uri as usize].to_owned(),
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
        method: method.len() as u32,
        uri: (method.len() + 1 + uri.len()) as u32,
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
