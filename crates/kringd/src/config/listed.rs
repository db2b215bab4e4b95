//! The settings that the console may change, and what each is in a configuration.
//!
//! Everything else belongs to the process, and to the file.

use super::{Config, Ring};
use kring_call::{Ringback, TransferMethod};
use kring_journal::{DeadlineAction, RingPolicyKind};
use serde_json::{Value, json};

/// A setting.
pub(crate) struct Listed {
    pub(crate) key: &'static str,
    pub(crate) unit: Option<&'static str>,
    /// Whether a change holds only after a restart.
    pub(crate) needs_restart: bool,
}

const fn now(key: &'static str) -> Listed {
    Listed {
        key,
        unit: None,
        needs_restart: false,
    }
}

const fn now_in(unit: &'static str, key: &'static str) -> Listed {
    Listed {
        unit: Some(unit),
        ..now(key)
    }
}

const fn later(key: &'static str) -> Listed {
    Listed {
        needs_restart: true,
        ..now(key)
    }
}

const fn later_in(unit: &'static str, key: &'static str) -> Listed {
    Listed {
        unit: Some(unit),
        ..later(key)
    }
}

/// All of them, in the order in which they are shown.
pub(crate) const LISTED: &[Listed] = &[
    now("house.name"),
    now("house.name_en"),
    now_in("rings", "ring.limit"),
    now_in("ms", "ring.cadence_on_ms"),
    now_in("ms", "ring.cadence_off_ms"),
    now_in("ms", "ring.guard_ms"),
    now("ring.policy"),
    now("ring.plan"),
    now("ring.deadline_action"),
    now("ring.ringback"),
    now_in("Hz", "ring.tone_hz"),
    now_in("s", "agent.wrapup_s"),
    now_in("calls", "agent.rona_limit"),
    now("agent.pause_reasons"),
    now("agent.greeting_th"),
    now("agent.particle"),
    later_in("ms", "pop.screen_dead_ms"),
    later_in("cases", "pop.history_items"),
    now("hours.tz"),
    now("hours.default"),
    now("hours.holidays"),
    later("number.area_default"),
    later("number.hotlines"),
    now("transfer.method"),
    now_in("rings", "transfer.recall_rings"),
    now_in("s", "transfer.wait_final_notify_s"),
    now("transfer.recall"),
    now("transfer.require_reason"),
    now("transfer.record_link"),
    later("case.ref_format"),
    now("case.sla_days.inquiry"),
    now("case.sla_days.consultation"),
    now("case.sla_days.complaint"),
    now("case.sla_days.tip"),
    now_in("days", "case.reopen_days"),
    now_in("MB", "case.attachment_max_mb"),
    now("media.greeting"),
    now("media.music"),
    now("media.record"),
    now("media.record_notice"),
];

/// Their full names.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    LISTED.iter().map(|listed| listed.key)
}

/// The tables and the key that a full name leads through; none: it is no setting.
pub(super) fn steps(name: &str) -> Option<Vec<&str>> {
    keys()
        .any(|key| key == name)
        .then(|| name.split('.').collect())
}

/// What a setting is in a configuration, as a file would have it; null: nothing, or it is shown as it is written.
pub(crate) fn value(config: &Config, key: &str) -> Value {
    let (ring, agent, transfer) = (&config.ring, &config.agent, &config.transfer);
    match key {
        "house.name" => json!(config.house.thai),
        "house.name_en" => json!(config.house.english),
        "agent.wrapup_s" => json!(agent.wrapup_s),
        "agent.rona_limit" => json!(agent.rona_limit),
        "agent.pause_reasons" => json!(agent.pause_reasons),
        "agent.greeting_th" => json!(agent.greeting_th),
        "agent.particle" => json!(agent.particle),
        "pop.screen_dead_ms" => json!(config.pop.screen_dead_ms),
        "pop.history_items" => json!(config.pop.history_items),
        "hours.tz" => json!(config.hours.zone.name()),
        "number.area_default" => json!(config.number.area_default),
        "number.hotlines" => json!(config.number.hotlines),
        "transfer.method" => json!(match transfer.rules.method {
            TransferMethod::Auto => "auto",
            TransferMethod::Refer => "refer",
            TransferMethod::Bridge => "bridge",
        }),
        "transfer.recall_rings" => json!(transfer.rules.recall_rings),
        "transfer.wait_final_notify_s" => json!(transfer.rules.final_word.as_secs()),
        "transfer.recall" => json!(transfer.recall),
        "transfer.require_reason" => json!(transfer.require_reason),
        "transfer.record_link" => json!(transfer.rules.record_link),
        "media.greeting" => json!(config.media.greeting),
        "media.music" => json!(config.media.music),
        "media.record" => json!(super::recordings::policy(config.media.record.rules.policy)),
        "media.record_notice" => json!(config.media.record.rules.notice),
        key if key.starts_with("case.") => of_cases(config, key),
        key => of_ring(ring, key),
    }
}

fn of_ring(ring: &Ring, key: &str) -> Value {
    match key {
        "ring.limit" => json!(ring.terms.limit),
        "ring.cadence_on_ms" => json!(ring.terms.on_ms),
        "ring.cadence_off_ms" => json!(ring.terms.off_ms),
        "ring.guard_ms" => json!(ring.terms.guard_ms),
        "ring.policy" => json!(match ring.terms.policy {
            RingPolicyKind::EndOfBurst => "end_of_burst",
            RingPolicyKind::BeforeNextRing => "before_next_ring",
        }),
        "ring.plan" => json!(plan(&ring.plan)),
        "ring.deadline_action" => json!(action(ring.deadline_action)),
        "ring.ringback" => json!(match ring.ringback {
            Ringback::Pbx => "pbx",
            Ringback::Own => "own",
        }),
        "ring.tone_hz" => json!(ring.tone_hz),
        _ => Value::Null,
    }
}

fn of_cases(config: &Config, key: &str) -> Value {
    let (rules, case) = (&config.case.rules, &config.case);
    match key {
        "case.ref_format" => json!(case.ref_format.as_str()),
        "case.reopen_days" => json!(rules.reopen_days),
        "case.attachment_max_mb" => json!(rules.attachment_bytes_max >> 20),
        key => {
            let kind = key.rsplit('.').next().unwrap_or_default();
            json!(rules.sla.get(kind).map(ToString::to_string))
        }
    }
}

/// A plan as a file has it.
pub(crate) fn plan(plan: &kring_call::Plan) -> Vec<String> {
    let hop = |(strategy, rings, _): (kring_call::Strategy, u8, u8)| {
        kring_call::Hop { strategy, rings }.to_string()
    };
    plan.hops().map(hop).collect()
}

/// A deadline action as a file has it.
pub(crate) fn action(action: DeadlineAction) -> &'static str {
    match action {
        DeadlineAction::Announce => "announce",
        DeadlineAction::Redirect => "redirect",
        DeadlineAction::AnswerGreetQueue => "answer_greet_queue",
        DeadlineAction::Overflow => "overflow",
        DeadlineAction::OfferCallback => "offer_callback",
        DeadlineAction::AnnounceBusy => "announce_busy",
    }
}
