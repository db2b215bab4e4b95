//! What goes along with a caller who is transferred: who calls, whom they had called, what the agent has
//! written, and where the record is.

use super::{Exchange, inviting::call_header};
use crate::{
    call::Call, command::TransferWanted, limits::TRANSFER_NOTE_MAX, trunk::RedirectHeader,
};
use kring_journal::CallId;
use kring_sip::HeaderName;

type Lines = Vec<(HeaderName, String)>;

/// The mark of the call, with the agent's note and the address of the record where there are any.
pub(super) fn said_along(id: CallId, wanted: &TransferWanted, link: Option<&str>) -> Lines {
    let mut mark = id.to_string();
    if let Some(link) = link {
        let link = link.replace("{call}", &id.to_string());
        mark.push_str(&format!(";record={}", quoted(&link)));
    }
    if let Some(note) = &wanted.note {
        let note = shortened(note, TRANSFER_NOTE_MAX);
        mark.push_str(&format!(";note={}", quoted(&note)));
    }
    vec![(call_header(), mark)]
}

impl Exchange {
    /// Who calls and whom they had called, for whoever is dialled through this trunk.
    pub(super) fn caller_told(&self, call: &Call, trunk: usize, number: &str) -> Lines {
        let trunk = &self.config.trunks[trunk];
        let mut lines = Vec::new();
        if call.identity.anonymous {
            // RFC 3323 section 4.2: whoever withholds the number still does.
            lines.push((HeaderName::Privacy, "id".to_owned()));
        } else if trunk.trust_identity {
            let asserted = format!("<{}>", call.from.uri);
            lines.push((HeaderName::PAssertedIdentity, asserted));
        }
        let dialled = &call.dialled;
        match trunk.redirect_header {
            RedirectHeader::Diversion => {
                // RFC 5806 section 4.
                let diversion = format!("<{dialled}>;reason=deflection;counter=1");
                lines.push((HeaderName::Diversion, diversion));
            }
            RedirectHeader::HistoryInfo => {
                // RFC 7044 section 5.3: the entry that is left, and the one that it leads to.
                let index = &call.history_index;
                let target = trunk.line.uri.clone().map(|mut uri| {
                    uri.set_user(Some(number));
                    uri
                });
                let next = target.map_or_else(String::new, |target| {
                    format!(", <{target}>;index={index}.1;mp={index}")
                });
                let history = format!("<{dialled}>;index={index}{next}");
                lines.push((HeaderName::HistoryInfo, history));
            }
            RedirectHeader::None => {}
        }
        if trunk.user_to_user
            && let Some(name) = HeaderName::from_token("User-to-User")
        {
            // RFC 7433 section 4.
            let hex: String = call
                .id
                .to_string()
                .bytes()
                .map(|b| format!("{b:02x}"))
                .collect();
            lines.push((name, format!("{hex};encoding=hex")));
        }
        lines
    }
}

/// A quoted string (RFC 3261 section 25.1): no line ends in it, and quotes and backslashes escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// No longer than this, whole characters.
fn shortened(text: &str, bytes_max: usize) -> String {
    let fits = |(at, c): &(usize, char)| at + c.len_utf8() <= bytes_max;
    text.char_indices()
        .take_while(fits)
        .map(|(_, c)| c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_line_and_bounded() {
        assert_eq!(
            quoted("ถาม \"ใบอนุญาต\"\r\nด่วน"),
            "\"ถาม \\\"ใบอนุญาต\\\"  ด่วน\""
        );
        assert_eq!(shortened("กขค", 7), "กข");
        assert_eq!(shortened("abc", 3), "abc");
    }
}
