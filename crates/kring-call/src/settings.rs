//! What may be changed of the exchange while calls wait, and how two such states differ.
//!
//! Everything else that the exchange was told when it was made (addresses, codecs, the registrar)
//! stays until the process is started again.

use crate::{
    config::{ExchangeConfig, QueueConfig, Ringback},
    dial::DialPolicy,
    monitor::MonitorRules,
    passed::PassedHeader,
    transfer::TransferRules,
    trunk::Trunk,
};
use kring_journal::{AgentId, RingTerms};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// The part of the configuration that can be changed at any moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How rings are counted: of calls that come, and of rounds that begin, from then on.
    pub terms: Arc<RingTerms>,
    /// Who makes the ringing tone.
    pub ringback: Ringback,
    /// The agents who have recorded a greeting of their own.
    pub agent_greetings: Arc<BTreeSet<AgentId>>,
    /// The queues, known again by their names.
    pub queues: Vec<QueueConfig>,
    /// The PBXs, known again by their names; where each is, is told by `MoveTrunk`.
    pub trunks: Vec<Trunk>,
    /// Headers of a caller's INVITE that the phones get, too.
    pub pass_headers: Vec<PassedHeader>,
    /// Time for the record; zero: straight to ready.
    pub wrap_up: Duration,
    /// Calls rung out one after another before the agent is paused; 0: never.
    pub rona_limit: u8,
    /// The reasons for which an agent may pause.
    pub pause_reasons: Vec<String>,
    /// What may be called beyond what is configured.
    pub dial: DialPolicy,
    /// How callers are transferred.
    pub transfer: TransferRules,
    /// How supervisors hear calls.
    pub monitor: MonitorRules,
}

impl Settings {
    /// Those of this configuration.
    pub fn of(config: &ExchangeConfig) -> Settings {
        Settings {
            terms: config.terms.clone(),
            ringback: config.ringback,
            agent_greetings: config.agent_greetings.clone(),
            queues: config.queues.clone(),
            trunks: config.trunks.clone(),
            pass_headers: config.pass_headers.clone(),
            wrap_up: config.wrap_up,
            rona_limit: config.rona_limit,
            pause_reasons: config.pause_reasons.clone(),
            dial: config.dial.clone(),
            transfer: config.transfer.clone(),
            monitor: config.monitor,
        }
    }

    /// The names of the tables and keys that differ from those of `config`, but for the queues and the trunks.
    pub(crate) fn differences(&self, config: &ExchangeConfig) -> Vec<String> {
        let differ = [
            ("ring", self.terms != config.terms),
            ("ring.ringback", self.ringback != config.ringback),
            (
                "media.prompts",
                self.agent_greetings != config.agent_greetings,
            ),
            ("sip.pass_headers", self.pass_headers != config.pass_headers),
            ("agent.wrapup_s", self.wrap_up != config.wrap_up),
            ("agent.rona_limit", self.rona_limit != config.rona_limit),
            (
                "agent.pause_reasons",
                self.pause_reasons != config.pause_reasons,
            ),
            ("dial", self.dial != config.dial),
            ("transfer", self.transfer != config.transfer),
            ("monitor", self.monitor != config.monitor),
        ];
        let names = differ.into_iter().filter(|(_, differs)| *differs);
        names.map(|(name, _)| name.to_owned()).collect()
    }

    /// Puts everything but the queues and the trunks in its place.
    pub(crate) fn put(self, config: &mut ExchangeConfig) {
        config.terms = self.terms;
        config.ringback = self.ringback;
        config.agent_greetings = self.agent_greetings;
        config.pass_headers = self.pass_headers;
        config.wrap_up = self.wrap_up;
        config.rona_limit = self.rona_limit;
        config.pause_reasons = self.pause_reasons;
        config.dial = self.dial;
        config.transfer = self.transfer;
        config.monitor = self.monitor;
    }
}
