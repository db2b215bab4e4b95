//! The configuration is changed while calls ring, wait and talk.
//!
//! Queues are known by their names and keep their index, which every call holds: one that changes is
//! changed in its place, a new one is put at the end or into a place that nobody needs any more, and
//! one that is named no longer is *retired*: no call comes to it, and those in it and those who are to be
//! called back are served to the end, by its own members and rules. It has no hours any more. A ring that was counted is not counted anew: a call keeps the clock and
//! the plan with which it began until it is offered again.

use super::{Exchange, choosing::Numbers, queue::Queue};
use crate::{
    call::Call,
    command::{CommandRefused, Done},
    config::QueueConfig,
    limits::{CHANGES_TOLD_MAX, QUEUES_MAX},
    settings::Settings,
};
use kring_journal::{Fact, Mistakes, Reconfiguration};
use kring_time::Moment;

impl Exchange {
    /// Everything at once, or nothing when there is no room for the new queues.
    pub(super) fn reconfigure(
        &mut self,
        now: Moment,
        mut settings: Settings,
    ) -> Result<Done, CommandRefused> {
        let queues = std::mem::take(&mut settings.queues);
        let trunks = std::mem::take(&mut settings.trunks);
        let places = self.places_of(&queues)?;
        let trunk_places = self.trunk_places(&trunks)?;
        let mut changed = settings.differences(&self.config);
        settings.put(&mut self.config);
        self.retire_all_but(&places, &mut changed);
        for (place, queue) in places.iter().zip(queues) {
            self.put_queue(*place, queue, &mut changed);
        }
        self.put_trunks(now, &trunk_places, trunks, &mut changed);
        if changed.is_empty() && self.numbers.serving != places {
            changed.push("the order of the queues".to_owned());
        }
        self.numbers = Numbers::new(&self.config.queues, places);
        if changed.is_empty() {
            return Ok(Done::Unchanged);
        }
        self.roster.reseat(&self.config.queues);
        let more = changed.len().saturating_sub(CHANGES_TOLD_MAX);
        let told: Vec<String> = changed.iter().take(CHANGES_TOLD_MAX).cloned().collect();
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let what = Reconfiguration {
            changed: told,
            more,
        };
        self.record_apart(now, Fact::Reconfigured(what));
        self.serve_waiting(now);
        // The last one who served a closed queue may serve it no longer.
        self.empty_closed_queues(now);
        Ok(Done::Reconfigured(changed))
    }

    /// A configuration was refused before it came here: the one in force stays.
    pub(super) fn note_refused_configuration(&mut self, now: Moment, complaints: u32) -> Done {
        self.record_apart(now, Fact::ConfigurationRefused(Mistakes { complaints }));
        Done::Ok
    }

    /// The queues that take calls, with their indexes, in the order of the configuration.
    pub(super) fn serving_queues(&self) -> impl Iterator<Item = (usize, &QueueConfig)> {
        let places = self.numbers.serving.iter();
        places.map(|place| (*place, &self.config.queues[*place]))
    }

    /// Whether anybody is in this queue, came through it on the way to another one, or is to be called back by
    /// its agents.
    fn is_needed(&self, place: usize) -> bool {
        let knows_it = |call: &Call| {
            let kept = call.kept.as_ref();
            call.queue == place || kept.is_some_and(|kept| kept.came_through.contains(&place))
        };
        self.calls.values().any(|call| knows_it(call))
            || self.callbacks.has_any_of(&self.config.queues[place].name)
    }

    /// Where each of these goes: its own place, a retired one's that nobody needs, or a new one.
    fn places_of(&self, queues: &[QueueConfig]) -> Result<Vec<usize>, CommandRefused> {
        let known = &self.config.queues;
        let own = |queue: &QueueConfig| known.iter().position(|old| old.name == queue.name);
        let mut free: Vec<usize> = (0..known.len())
            .filter(|place| !self.numbers.serving.contains(place))
            .filter(|place| !queues.iter().any(|queue| own(queue) == Some(*place)))
            .filter(|place| !self.is_needed(*place))
            .rev()
            .collect();
        let mut end = known.len();
        let mut places = Vec::with_capacity(queues.len());
        for queue in queues {
            let place = own(queue).or_else(|| free.pop()).unwrap_or_else(|| {
                end += 1;
                end - 1
            });
            places.push(place);
        }
        if end > QUEUES_MAX {
            return Err(CommandRefused::TooManyQueues);
        }
        Ok(places)
    }

    fn retire_all_but(&self, places: &[usize], changed: &mut Vec<String>) {
        for (place, old) in self.serving_queues() {
            if !places.contains(&place) {
                changed.push(format!("queue {} retired", old.name));
            }
        }
    }

    fn put_queue(&mut self, place: usize, queue: QueueConfig, changed: &mut Vec<String>) {
        let Some(old) = self.config.queues.get_mut(place) else {
            changed.push(format!("queue {} added", queue.name));
            self.config.queues.push(queue);
            self.queues.push(Queue::default());
            return;
        };
        if old.name != queue.name {
            changed.push(format!("queue {} added", queue.name));
            self.queues[place] = Queue::default();
        } else if !self.numbers.serving.contains(&place) {
            changed.push(format!("queue {} added", queue.name));
        } else if *old != queue {
            changed.push(format!("queue {}", queue.name));
        }
        *old = queue;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MonitorRules, TransferRules, config::ExchangeConfig, tests::queue};
    use kring_sip::{Advertised, EndpointConfig};
    use std::{sync::Arc, time::Duration};

    fn exchange(names: &[&str]) -> Exchange {
        let own = "192.0.2.1:5060".parse().unwrap();
        Exchange::new(ExchangeConfig {
            endpoint: EndpointConfig::new(Advertised::everywhere(own), 7),
            seed: 7,
            wall_at_boot_ms: 0,
            media_address: own.ip(),
            codecs: Vec::new(),
            srtp: Default::default(),
            terms: Arc::new(kring_journal::RingTerms::thailand()),
            ringback: crate::Ringback::Pbx,
            agent_greetings: Arc::default(),
            queues: names.iter().map(|name| queue(name, &[])).collect(),
            known_callers: Arc::new(crate::NobodyKnown),
            trunks: Vec::new(),
            pass_headers: Vec::new(),
            wrap_up: Duration::ZERO,
            rona_limit: 0,
            transfer: TransferRules::default(),
            monitor: MonitorRules::default(),
            pause_reasons: Vec::new(),
            dial: crate::DialPolicy::default(),
            cps_max: 0,
            options_ping: Duration::ZERO,
        })
    }

    /// What is told of a configuration with these queues, `;` between; nothing if it is as it was.
    fn told(exchange: &mut Exchange, names: &[&str]) -> String {
        let settings = Settings {
            queues: names.iter().map(|name| queue(name, &[])).collect(),
            ..Settings::of(&exchange.config)
        };
        match exchange.reconfigure(Moment::BOOT, settings) {
            Ok(Done::Reconfigured(changed)) => changed.join("; "),
            Ok(_) => String::new(),
            Err(refused) => refused.code().to_owned(),
        }
    }

    fn serving(exchange: &Exchange) -> Vec<(usize, &str)> {
        let serving = exchange.serving_queues();
        serving
            .map(|(place, queue)| (place, queue.name.as_str()))
            .collect()
    }

    #[test]
    fn a_queue_keeps_its_place_and_a_place_that_everybody_has_left_is_taken() {
        let mut exchange = exchange(&["support", "law"]);
        assert_eq!(told(&mut exchange, &["support", "law"]), "");
        assert_eq!(told(&mut exchange, &["law"]), "queue support retired");
        assert_eq!(serving(&exchange), [(1, "law")]);
        assert_eq!(
            told(&mut exchange, &["law", "support"]),
            "queue support added"
        );
        assert_eq!(serving(&exchange), [(1, "law"), (0, "support")]);
        assert_eq!(
            told(&mut exchange, &["support", "trade", "tips"]),
            "queue law retired; queue trade added; queue tips added"
        );
        assert_eq!(
            serving(&exchange),
            [(0, "support"), (2, "trade"), (3, "tips")]
        );
        assert_eq!(
            told(&mut exchange, &["support", "fair"]),
            "queue trade retired; queue tips retired; queue fair added"
        );
        assert_eq!(serving(&exchange), [(0, "support"), (1, "fair")]);
    }

    /// Of several queues for a caller the first in the file is taken, so its order counts.
    #[test]
    fn queues_are_looked_at_in_the_order_of_the_configuration() {
        let mut exchange = exchange(&["support", "law"]);
        assert_eq!(
            told(&mut exchange, &["law", "support"]),
            "the order of the queues"
        );
        assert_eq!(
            told(&mut exchange, &["trade", "law", "support"]),
            "queue trade added"
        );
        assert_eq!(
            serving(&exchange),
            [(2, "trade"), (1, "law"), (0, "support")]
        );
    }

    #[test]
    fn there_is_a_bound_and_then_nothing_is_changed() {
        let mut exchange = exchange(&["support"]);
        let many: Vec<String> = (0..=QUEUES_MAX).map(|n| format!("queue-{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told(&mut exchange, &many), "too_many_queues");
        assert_eq!(serving(&exchange), [(0, "support")]);
    }
}
