//! The configuration in the terms of each part, and the last boot in the terms of the exchange.

use super::VERSION;
use crate::{clock::Clock, config::Config, database, lines, trace::KeeperTerms};
use kring_call::{
    DialPattern, OnDeadline, QueueConfig, RecordPolicy, Restored, Settings, TransferRules, Trunk,
};
use kring_journal::{AgentId, DeadlineAction, Fact, PresenceState};
use kring_store::Boot;
use kring_web::{
    ConfiguredInForce, DocumentFolders, HouseRules, Live, LiveConfig, LiveTraces, Reloads,
    RulesInForce, WebConfig,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

fn queues(config: &Config) -> Vec<QueueConfig> {
    config.queues.iter().map(queue).collect()
}

/// A queue in the terms of the exchange.
pub(super) fn queue(queue: &crate::config::Queue) -> QueueConfig {
    let on_deadline = match (queue.deadline_action, &queue.overflow) {
        (DeadlineAction::Redirect, Some(to)) => OnDeadline::Redirect { to: to.to_string() },
        (DeadlineAction::Announce, _) => OnDeadline::Announce,
        (DeadlineAction::AnswerGreetQueue, _) => OnDeadline::AnswerGreetQueue,
        (DeadlineAction::Overflow, _) => OnDeadline::Overflow,
        (DeadlineAction::OfferCallback, _) => OnDeadline::OfferCallback,
        _ => OnDeadline::AnnounceBusy,
    };
    QueueConfig {
        name: queue.name.clone(),
        did: queue.did.clone(),
        callers: queue.callers.clone(),
        skills: queue.skills.clone(),
        priority: queue.priority,
        on_closed: queue.on_closed,
        plan: Arc::new(queue.plan.clone()),
        members: queue.members.clone().into(),
        on_deadline,
        overflow: queue.overflow.clone(),
        callback: queue.callback,
        waiting: queue.waiting.clone(),
        voice: queue.voice.clone(),
    }
}

/// What can be changed while calls go on.
pub(super) fn settings(config: &Config, agent_greetings: &Arc<BTreeSet<AgentId>>) -> Settings {
    Settings {
        terms: Arc::new(config.ring.terms.clone()),
        ringback: config.ring.ringback,
        agent_greetings: Arc::clone(agent_greetings),
        queues: queues(config),
        trunks: trunks(config),
        pass_headers: config.sip.pass_headers.clone(),
        wrap_up: Duration::from_secs(u64::from(config.agent.wrapup_s)),
        rona_limit: config.agent.rona_limit,
        pause_reasons: config.agent.pause_reasons.clone(),
        dial: config.dial.clone(),
        transfer: TransferRules {
            internal: internal(config),
            ..config.transfer.rules.clone()
        },
        monitor: config.monitor,
    }
}

/// What an extension of the house looks like, as numbers that may be dialled are written.
fn internal(config: &Config) -> Option<DialPattern> {
    let pattern = config.number.internal_pattern.as_ref()?;
    pattern.replace('#', "X").parse().ok()
}

/// What pages are told of the configuration in force.
pub(super) fn house_rules(config: &Config) -> HouseRules {
    HouseRules {
        pause_reasons: config.agent.pause_reasons.clone(),
        particle: config.agent.particle.clone(),
        queues: config
            .queues
            .iter()
            .map(|queue| queue.name.clone())
            .collect(),
        dialled: config
            .queues
            .iter()
            .filter(|queue| queue.callers.is_empty())
            .map(|queue| (queue.name.clone(), queue.did.first().cloned()))
            .collect(),
        hours: config.hours.of_units(),
        recall: config.transfer.recall,
        require_reason: config.transfer.require_reason,
        records_on_demand: (config.queues.iter())
            .any(|queue| queue.voice.record.policy == RecordPolicy::OnDemand),
        cases: config.case.rules.clone(),
    }
}

pub(super) fn trunks(config: &Config) -> Vec<Trunk> {
    let trunk = |trunk: &crate::config::Trunk| Trunk {
        name: trunk.name.clone(),
        peers: trunk.peers.clone(),
        trust_identity: trunk.trust_identity,
        max_cps: trunk.max_cps,
        max_calls: trunk.max_calls,
        redirect_header: trunk.redirect_header,
        transfer_method: trunk.transfer_method,
        user_to_user: trunk.user_to_user,
        srtp: trunk.srtp,
        built_in: trunk.is_local(),
        line: lines::line(config, trunk),
    };
    config.trunks.iter().map(trunk).collect()
}

/// What each agent was doing, with the call that died if there was one.
pub(super) fn restored(boot: &Boot) -> Vec<Restored> {
    let died = |agent: &AgentId| {
        let mine = |call: &&kring_journal::CallRecord| call.agent.as_ref() == Some(agent);
        boot.open_calls.iter().rev().find(mine).map(|call| call.id)
    };
    let row = |row: &kring_store::PresenceRow| Restored {
        agent: row.agent.clone(),
        state: row.state,
        reason: row.reason.clone(),
        call: died(&row.agent),
    };
    boot.presence.iter().map(row).collect()
}

/// The screens' fold begins where the last boot's ended.
pub(super) fn tell_presence(live: &Live, clock: &Clock, boot: &Boot) {
    for row in &boot.presence {
        if row.state == PresenceState::Offline {
            continue;
        }
        let fact = Fact::Presence {
            agent: row.agent.clone(),
            state: row.state,
            reason: row.reason.clone(),
            by: None,
        };
        live.fact(clock.now(), row.since, None, &fact);
    }
}

pub(super) fn live_config(config: &Config) -> LiveConfig {
    LiveConfig {
        numbers: database::number_plan(config),
        greeting_th: config.agent.greeting_th.clone(),
        particle: config.agent.particle.clone(),
        screen_dead: Duration::from_millis(u64::from(config.pop.screen_dead_ms)),
        history_items: u32::from(config.pop.history_items),
        ..LiveConfig::default()
    }
}

pub(super) fn keeper(config: &Config) -> KeeperTerms {
    KeeperTerms {
        keep_days: config.sip.trace_keep_days,
        hep: config.hep.clone(),
    }
}

/// The HTTP side, with the traces of live calls and what it is told anew when the configuration is.
pub(super) fn web_config(
    config: &Config,
    (traces, folders): (LiveTraces, DocumentFolders),
    (rules, configured, reloads): (RulesInForce, ConfiguredInForce, Reloads),
) -> WebConfig {
    WebConfig {
        secure_cookies: config.http.is_secret(),
        auth: config.auth.clone(),
        origins: config.http.public_url.iter().cloned().collect(),
        rules,
        configured,
        reloads,
        metrics_token: config.metrics.token.clone(),
        version: VERSION.to_owned(),
        folders,
        traces,
        retention_days: config.privacy.retention_days,
        data_dir: Some(config.data_dir.clone()),
        ..WebConfig::default()
    }
}
