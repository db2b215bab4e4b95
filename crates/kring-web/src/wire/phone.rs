//! What is said to a page of its phone. These frames have no `seq`: they are no part of the agent's stream, and a page
//! that has missed them asks by a new offer.

use crate::phone_desk::{PhoneRefused, PhoneWish};
use axum::extract::ws::Utf8Bytes;
use serde::Serialize;

/// Frames that wait for one page: an answer, a few states, a figure every 5 s.
pub(crate) const PHONE_SAID_WAITING_MAX: usize = 32;

/// What is said: its `t` and its `d`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t", content = "d")]
pub enum PhoneSaid {
    /// The answer to an offer.
    #[serde(rename = "phone.answer")]
    Answer {
        /// The page's number of the offer.
        offer: u32,
        /// The leg's name, for `phone.keep`.
        leg: String,
        /// SDP.
        sdp: String,
    },
    /// How it stands with the leg.
    #[serde(rename = "phone.state")]
    State {
        /// See [`PhoneState`].
        state: PhoneState,
        /// Since its offer came.
        ms: u64,
        /// The leg's name.
        leg: String,
    },
    /// There is no leg.
    #[serde(rename = "phone.refused")]
    Refused {
        /// The page's number of the offer, if there was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        offer: Option<u32>,
        /// `no_browser_phone`, `no_leg`, `bad_offer`, `no_port` or `too_many`.
        code: &'static str,
        /// For people.
        text_th: &'static str,
        /// For people.
        text_en: &'static str,
    },
    /// What the phone itself is doing; said at each change and with each new leg.
    #[serde(rename = "phone.call")]
    Call {
        /// See [`PhoneCall`].
        state: PhoneCall,
    },
    /// How the sound was, every 5 s of a call.
    #[serde(rename = "phone.quality")]
    Quality {
        /// From the browser to kring.
        up: PhoneQuality,
        /// From kring to the browser, by its own word.
        down: PhoneQuality,
        /// There and back; null before it is known.
        rtt_ms: Option<f64>,
    },
}

/// How it stands with a leg, for its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneState {
    /// It was answered and is being set up.
    Connecting,
    /// Sound can pass.
    Connected,
    /// Nothing comes from the browser: for 3 s in a call, for 15 s without one.
    Lost,
    /// Another page of the agent has the phone now.
    Taken,
    /// It has ended.
    Closed,
}

/// What the phone is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneCall {
    /// Nothing.
    Idle,
    /// A call is offered to it.
    Ringing,
    /// It is in a call.
    Talking,
    /// It is in a call and is sent nothing (SDP: `sendonly` or `inactive` of ours).
    Held,
}

/// One direction, since the figures before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PhoneQuality {
    /// Packets that came.
    pub packets: u64,
    /// Packets that did not.
    pub lost: u64,
    /// The share of these, %, with one decimal.
    pub loss_pct: f64,
    /// RFC 3550 §6.4.1, ms.
    pub jitter_ms: f64,
}

impl PhoneSaid {
    /// What came of this wish: nothing.
    pub fn refused(wish: &PhoneWish, why: PhoneRefused) -> PhoneSaid {
        let (text_th, text_en) = why.texts();
        PhoneSaid::Refused {
            offer: match wish {
                PhoneWish::Offer { offer, .. } => Some(*offer),
                PhoneWish::Keep { .. } | PhoneWish::Close => None,
            },
            code: why.code(),
            text_th,
            text_en,
        }
    }

    /// The text of the frame.
    pub(crate) fn text(&self) -> Utf8Bytes {
        #[derive(Serialize)]
        struct Envelope<'a> {
            v: u8,
            ack: bool,
            #[serde(flatten)]
            said: &'a PhoneSaid,
        }
        let envelope = Envelope {
            v: 1,
            ack: false,
            said: self,
        };
        serde_json::to_string(&envelope)
            .expect("no member is a map with keys that are not strings")
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_pages_know_them() {
        let state = PhoneSaid::State {
            state: PhoneState::Connected,
            ms: 84,
            leg: "7f".to_owned(),
        };
        let text =
            r#"{"v":1,"ack":false,"t":"phone.state","d":{"state":"connected","ms":84,"leg":"7f"}}"#;
        assert_eq!(state.text().as_str(), text);
        let refused = PhoneSaid::refused(&PhoneWish::Close, PhoneRefused::NoLeg);
        assert!(refused.text().contains(r#""code":"no_leg""#));
    }
}
