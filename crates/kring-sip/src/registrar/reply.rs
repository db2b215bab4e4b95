//! What a REGISTER is answered with.

use super::{asked::Asked, binding::Binding, phone::Phone};
use crate::HeaderName;
use kring_time::Moment;

/// Lines of a response.
pub(crate) type Lines = Vec<(HeaderName, String)>;

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// 401: nobody proved anything. To be forgotten.
    Unproved(Lines),
    /// Somebody's, and answered so. To be remembered: a repetition is the same request.
    Proved(u16, Lines),
}

impl Verdict {
    pub(super) fn plain(code: u16) -> Verdict {
        Verdict::Proved(code, Vec::new())
    }

    pub(super) fn too_brief(min_s: u32) -> Verdict {
        Verdict::Proved(423, vec![(HeaderName::MinExpires, min_s.to_string())])
    }
}

/// 200 with every binding (RFC 3261 §10.3, step 8).
pub(super) fn bindings(now: Moment, phone: &Phone, asked: &Asked) -> Verdict {
    let supports = asked.supports;
    let mut lines: Lines = phone
        .bindings
        .iter()
        .map(|binding| (HeaderName::Contact, contact(now, binding)))
        .collect();
    // RFC 3327 §5.3: what was in the way is told to the phone.
    let path = asked
        .path
        .iter()
        .map(|proxy| (HeaderName::Path, proxy.to_string()));
    lines.extend(path);
    // RFC 5626 §6. Over UDP it would oblige us to answer STUN at the SIP port, so it is not offered.
    let is_flow = |binding: &Binding| {
        binding.call_id == asked.call_id
            && binding.reg_id.is_some()
            && binding.flow.transport.is_reliable()
    };
    if supports.outbound && phone.bindings.iter().any(is_flow) {
        lines.push((HeaderName::Require, "outbound".to_owned()));
    }
    Verdict::Proved(200, lines)
}

/// No GRUU (RFC 5627) is told: a phone signs its calls with it, and requests would have to be led from there.
fn contact(now: Moment, binding: &Binding) -> String {
    let mut line = format!(
        "<{}>;expires={}",
        binding.contact,
        binding.seconds_left(now)
    );
    let mut add = |name: &str, value: &str| {
        line.push_str(name);
        line.push_str(value);
    };
    if binding.preference != 1_000 {
        add(";q=", &format!("0.{:03}", binding.preference));
    }
    let Some(instance) = binding.instance.as_deref() else {
        return line;
    };
    add(";+sip.instance=", instance);
    if let Some(reg_id) = binding.reg_id {
        add(";reg-id=", &reg_id.to_string());
    }
    line
}
