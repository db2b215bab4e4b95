//! How a call to a queue would be led: the queue as the configuration reads it, the agents as the exchange knows
//! them, and the rules of hops as calls are led by them.

use super::terms;
use crate::config::{Config, Queue, Source, action, told};
use kring_call::{
    RehearsedHop, Seated,
    command::{Command, CommandRefused, Done},
    rehearse,
};
use kring_journal::{AgentId, PresenceState};
use kring_store::{ConfiguredKind, ConfiguredRow};
use kring_time::Moment;
use kring_web::{
    Keys, Mistake, PreviewAgent, PreviewCase, PreviewHop, PreviewWanted, QueuePreview,
};
use serde_json::json;

/// The number of a queue that takes no calls, and its name: no other has these.
const NOWHERE: &str = " preview ";

/// The queue in question, and the configuration beside it.
pub(super) struct Previewed {
    config: Config,
    queue: Queue,
    free: Option<usize>,
}

impl Previewed {
    /// Reads the keys beside everything else; its number and its callers decide nothing of who rings.
    pub(super) fn read(
        source: &Source,
        rows: &[ConfiguredRow],
        wanted: PreviewWanted,
    ) -> Result<Previewed, Vec<Mistake>> {
        let mut keys: Keys = wanted.keys;
        let name = keys.remove("name");
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or("?");
        let name = name.to_owned();
        keys.remove("callers");
        keys.insert("did".to_owned(), json!([NOWHERE]));
        let trial = kring_web::Trial {
            kind: ConfiguredKind::Queue,
            name: NOWHERE.to_owned(),
            keys: Some(keys),
        };
        let read = super::configured::attempt(source, rows, trial);
        let config = read.map_err(|mut mistakes| {
            for mistake in &mut mistakes {
                mistake.en = mistake.en.replace(NOWHERE, &name);
                mistake.th = mistake.th.replace(NOWHERE, &name);
            }
            mistakes
        })?;
        let found = config.queues.iter().find(|queue| queue.name == NOWHERE);
        let Some(mut queue) = found.cloned() else {
            return Err(vec![told("", "there can be no more queues.", None)]);
        };
        queue.name = name;
        Ok(Previewed {
            config,
            queue,
            free: wanted.free,
        })
    }

    /// Asks the exchange who would serve it.
    pub(super) fn survey(&self) -> Command {
        Command::Survey(Box::new(terms::queue(&self.queue)))
    }

    /// The preview, with what the exchange has said.
    pub(super) fn told(&self, said: Option<Result<Done, CommandRefused>>) -> QueuePreview {
        let (now, mut agents) = match said {
            Some(Ok(Done::Surveyed(now, agents))) => (now, agents),
            _ => (Moment::BOOT, Vec::new()),
        };
        if let Some(free) = self.free {
            set_free(&mut agents, free);
        }
        let terms = &self.config.ring.terms;
        let hops = rehearse(&self.queue.plan, &agents);
        let ms = |time: std::time::Duration| time.as_millis() as u64;
        let period = ms(terms.period());
        let rung = |agent: &AgentId| bursts(&hops, agent);
        let agent = |seated: &Seated| PreviewAgent {
            login: seated.agent.to_string(),
            name: String::new(),
            device: seated.devices.first().cloned(),
            state: state(seated.state),
            idle_ms: (seated.state == PresenceState::Ready)
                .then(|| ms(now.since(seated.idle_since))),
            bursts: rung(&seated.agent),
        };
        let hop = |hop: &RehearsedHop| PreviewHop {
            at_ms: period * u64::from(hop.first_ring.saturating_sub(1)),
            strategy: hop.strategy.name().to_owned(),
            rings: hop.rings,
            agents: hop.agents.iter().map(AgentId::to_string).collect(),
        };
        let (deadline, guard) = (ms(terms.budget()), ms(terms.guard()));
        QueuePreview {
            limit: terms.limit,
            period_ms: period,
            on_ms: terms.on_ms.into(),
            guard_ms: guard,
            deadline_ms: deadline,
            cancel_ms: deadline.saturating_sub(guard),
            deadline_action: action(self.queue.deadline_action).to_owned(),
            agents: agents.iter().map(agent).collect(),
            hops: hops.iter().map(hop).collect(),
            cases: self.cases(&agents),
            toml: format!("plan = {}", self.queue.plan),
        }
    }

    fn cases(&self, agents: &[Seated]) -> Vec<PreviewCase> {
        let case = |(word, free): (&str, usize)| {
            let mut agents = agents.to_vec();
            set_free(&mut agents, free);
            let hops = rehearse(&self.queue.plan, &agents);
            let each = |hop: &RehearsedHop| {
                let phones = u32::try_from(hop.agents.len()).unwrap_or(u32::MAX);
                vec![phones; usize::from(hop.rings)]
            };
            PreviewCase {
                free: word.to_owned(),
                phones: hops.iter().flat_map(each).collect(),
            }
        };
        [("all", usize::MAX), ("one", 1), ("none", 0)]
            .into_iter()
            .map(case)
            .collect()
    }
}

/// The first so many of those who have a phone are free, and nobody else.
fn set_free(agents: &mut [Seated], free: usize) {
    let mut order: Vec<usize> = (0..agents.len()).collect();
    order.sort_by_key(|at| {
        let seated = &agents[*at];
        (seated.priority, seated.idle_since, seated.agent.clone())
    });
    let mut left = free;
    for at in order {
        let seated = &mut agents[at];
        seated.free = left > 0 && !seated.devices.is_empty();
        // A page is opened before one is free.
        seated.screen_dead = false;
        left -= usize::from(seated.free);
    }
}

fn bursts(hops: &[RehearsedHop], agent: &AgentId) -> Vec<u8> {
    let rung = hops.iter().filter(|hop| hop.agents.contains(agent));
    rung.flat_map(|hop| hop.first_ring..hop.first_ring + hop.rings)
        .collect()
}

/// As presence is told everywhere.
fn state(state: PresenceState) -> String {
    serde_json::to_value(state)
        .ok()
        .and_then(|word| Some(word.as_str()?.to_owned()))
        .unwrap_or_default()
}
