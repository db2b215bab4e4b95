//! A message as a line for a terminal, and its text if that is wanted.
//!
//! What strangers wrote must not move a terminal's cursor: control characters become dots.

use kring_journal::CallId;
use kring_web::TraceMessage;
use std::fmt::Write;
use time::{OffsetDateTime, macros::format_description};

/// Characters of a Call-ID that are shown: enough to tell two apart.
const CALL_ID_SHOWN: usize = 16;

/// One message that somebody watches.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    pub(crate) call: Option<CallId>,
    pub(crate) call_id: String,
    pub(crate) message: TraceMessage,
}

/// How much of a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Line,
    Whole,
}

impl Sight {
    /// Whether the line or the message holds this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.message.bytes).contains(text) || self.line().contains(text)
    }

    /// As it is printed, with the line end.
    pub(crate) fn text(&self, detail: Detail) -> String {
        let mut text = self.line();
        text.push('\n');
        if detail == Detail::Whole {
            let whole = String::from_utf8_lossy(&self.message.bytes).replace("\r\n", "\n");
            for line in whole.trim_end().lines() {
                text.push_str("    ");
                text.extend(line.chars().map(visible));
                text.push('\n');
            }
            text.push('\n');
        }
        text
    }

    /// `2026-11-23T08:12:00.000123Z <- udp:192.0.2.10:5060 INVITE 1 INVITE a84b4c76e66710 01J…`
    fn line(&self) -> String {
        let message = &self.message;
        let arrow = if message.sent { "->" } else { "<-" };
        let carrier = format!("{:?}:{}", message.carrier, message.theirs).to_lowercase();
        let label = match message.label.as_str() {
            "" => "(no SIP)",
            label => label,
        };
        let mut line = String::new();
        let short: String = self.call_id.chars().take(CALL_ID_SHOWN).collect();
        let call = self
            .call
            .map_or_else(|| "-".to_owned(), |call| call.to_string());
        write!(
            line,
            "{} {arrow} {carrier:<25} {label:<28} {:<12} {short:<16} {call}",
            wall(message.at.0),
            message.cseq,
        )
        .expect("a String takes everything");
        line.chars().map(visible).collect()
    }
}

fn visible(c: char) -> char {
    if c.is_control() && c != '\t' { '·' } else { c }
}

fn wall(us: i64) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1_000)
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_else(|| us.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use kring_journal::WallTime;
    use kring_web::Carrier;

    fn sight() -> Sight {
        let text = "INVITE sip:1203@kring SIP/2.0\r\nSubject: \x1b[2J\r\n\r\n";
        Sight {
            call: None,
            call_id: "a84b4c76e66710@pc33.example.com".to_owned(),
            message: TraceMessage {
                at: WallTime(1_795_421_520_000_123),
                sent: false,
                carrier: Carrier::Udp,
                ours: "192.0.2.20:5060".parse().unwrap(),
                theirs: "192.0.2.10:5060".parse().unwrap(),
                party: 0,
                label: "INVITE".to_owned(),
                cseq: "1 INVITE".to_owned(),
                sdp: false,
                bytes: Bytes::from_static(text.as_bytes()),
            },
        }
    }

    #[test]
    fn a_line_says_when_whence_what_and_whose() {
        let line = sight().text(Detail::Line);
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            words,
            [
                "2026-11-23T08:12:00.000123Z",
                "<-",
                "udp:192.0.2.10:5060",
                "INVITE",
                "1",
                "INVITE",
                "a84b4c76e66710@p",
                "-"
            ]
        );
    }

    #[test]
    fn the_whole_message_cannot_move_the_cursor() {
        let text = sight().text(Detail::Whole);
        assert!(text.contains("    Subject: ·[2J\n"));
        assert!(!text.contains('\x1b') && !text.contains('\r'));
        assert!(sight().holds("1203") && !sight().holds("1569"));
    }
}
