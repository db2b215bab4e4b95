//! The wallboard as of one moment: a look at the folds, with what is known beside them, for one who may see all of it
//! or only their own callers.

use super::{
    Inner, Live,
    beside::Beside,
    call::LiveCall,
    floor::{Floor, When},
    outbox::Screen,
    owed::OwedWhy,
    transferred::Target,
};
use crate::{
    clock::rfc3339,
    limits::{
        BOARD_CALLS_MAX, BOARD_ROWS_MAX, BOARD_SEATS_MAX, READERS_NOTED_MAX, WITHIN_TARGET_PCT,
    },
    wire::{
        BoardCall, BoardHalfHour, BoardSeat, FailingTarget, NumberOnWire, OldestWait,
        RingRuleToday, TransfersOnBoard, UnfinishedCount, UnfinishedOnBoard, WallboardOnWire,
        masked,
    },
};
use kring_journal::{AgentId, CallState, PresenceState};
use kring_store::{Access, AccessWhat, AgentRow, Role};
use kring_text::whole_name;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Who looks.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// Whether they may read whoever calls.
    pub(crate) reads_all: bool,
    /// Whose callers they may read in any case.
    pub(crate) own: Option<AgentId>,
    /// Whether they watch over others, and so see who listens to whom.
    pub(crate) watches: bool,
    /// Their name in the access log.
    pub(crate) key: String,
}

/// Each agent's screen: whether it is alive, where there is a socket.
type Screens = FxHashMap<AgentId, bool>;

impl Live {
    /// The wallboard, now.
    pub(crate) async fn wallboard(&self, viewer: &Viewer) -> WallboardOnWire {
        let inner = self.inner();
        let beside = inner.beside().await;
        let now = inner.now();
        let screens = inner.screens();
        let mut floor = inner.floor();
        let midnight = floor.midnight(now.wall);
        let names: FxHashMap<&AgentId, &str> = beside
            .agents
            .iter()
            .map(|agent| (&agent.login, agent.name.as_str()))
            .collect();
        let name_of = |agent: &AgentId| names.get(agent).map(|name| (*name).to_owned());
        let calls = inner.board_calls(&mut floor, now, viewer, &name_of);
        let transferred = floor.watch.transferred.on(midnight.0);
        WallboardOnWire {
            at: rfc3339(now.wall),
            day: rfc3339(floor.watch.today.shown(now.wall))[..10].to_owned(),
            ring_rule: ring_rule(&floor, now),
            oldest: oldest(&floor, now),
            unfinished: unfinished(&floor, now, viewer, &beside, &screens, &name_of),
            seats: seats(&floor, now, &beside, &screens),
            half_hours: half_hours(&floor, now),
            transfers: TransfersOnBoard {
                failed: transferred.failed,
                total: transferred.total,
                failing: transferred
                    .failing(BOARD_ROWS_MAX)
                    .into_iter()
                    .map(|(target, to)| {
                        let unit = match target {
                            Target::Unit(short) => Some(short),
                            Target::Extension(_) => None,
                        };
                        let directory = beside.directory.as_ref();
                        let known = unit.and_then(|short| directory?.find(short));
                        FailingTarget {
                            department: unit.cloned(),
                            name_th: known.map(|unit| unit.name_th.clone()),
                            name_en: known.map(|unit| unit.name_en.clone()),
                            extension: to.extension.clone(),
                            sip_code: to.sip_code,
                            failed: to.failed,
                            total: to.total,
                        }
                    })
                    .collect(),
            },
            callbacks_due: beside.call_backs_due,
            lines: self.lines().into_iter().map(Into::into).collect(),
            calls,
        }
    }
}

impl Viewer {
    fn may_read(&self, call: &LiveCall) -> bool {
        let own = |own: &AgentId| {
            call.winner() == Some(own) || call.offers.iter().any(|offer| offer.agent == *own)
        };
        self.reads_all || self.own.as_ref().is_some_and(own)
    }
}

impl Inner {
    /// Every screen that has a socket.
    fn screens(&self) -> Screens {
        let streams = self.streams_now();
        let with_socket = streams.iter().filter_map(|(agent, stream)| {
            let outbox = stream.outbox();
            let alive = outbox.screen() == Screen::Alive;
            (outbox.sockets() > 0).then(|| (agent.clone(), alive))
        });
        with_socket.collect()
    }

    fn board_calls(
        &self,
        floor: &mut Floor,
        now: When,
        viewer: &Viewer,
        name_of: &impl Fn(&AgentId) -> Option<String>,
    ) -> Vec<BoardCall> {
        let live = |call: &&LiveCall| call.record.is_some() && call.state() != CallState::Ended;
        let mut order: Vec<_> = floor
            .calls()
            .filter(live)
            .map(|call| (Reverse(call.waits()), call.t0, call.id))
            .collect();
        order.sort_unstable();
        order.truncate(BOARD_CALLS_MAX);
        let shown = order.into_iter().filter_map(|(_, _, id)| {
            let call = floor.call_mut(id)?;
            let reads = viewer.may_read(call);
            if reads {
                self.note_reading(now, viewer, call);
            }
            board_call(call, now, (reads, viewer.watches), name_of)
        });
        shown.collect()
    }

    /// Whoever reads a name here is in the access log, once for each call.
    fn note_reading(&self, now: When, viewer: &Viewer, call: &mut LiveCall) {
        let card = call.card();
        let Some(contact) = card.contact.as_ref().and_then(|who| who.id.parse().ok()) else {
            return;
        };
        if call.read_by.contains(&viewer.key) {
            return;
        }
        if call.read_by.len() >= READERS_NOTED_MAX {
            call.read_by.clear();
        }
        call.read_by.push(viewer.key.clone());
        self.access.note(Access {
            at: now.wall,
            who: viewer.key.clone(),
            contact,
            what: AccessWhat::Lookup,
        });
    }
}

fn board_call(
    call: &LiveCall,
    now: When,
    (reads, watches): (bool, bool),
    name_of: &impl Fn(&AgentId) -> Option<String>,
) -> Option<BoardCall> {
    let record = call.record.as_ref()?;
    let card = call.card();
    let agent = record.agent.clone().filter(|_| !call.handed_over);
    let since = record.answered_at.unwrap_or(record.arrived_at);
    let waited_until = call.answered_at.unwrap_or(now.at);
    Some(BoardCall {
        id: call.id,
        state: record.state.as_str(),
        queue: record.queue.clone(),
        ring: call.ring.map(|ring| ring.n),
        of: call.ring.map(|ring| ring.of),
        number: Some(call.number.clone()).filter(|_| reads),
        name: card.contact.as_ref().map(|who| {
            if reads {
                whole_name(&who.prefix, &who.given, &who.family)
            } else {
                masked(&who.given)
            }
        }),
        did: record.did.clone(),
        forwarded_by: record.forwarded_by.clone(),
        agent_name: agent.as_ref().and_then(name_of),
        agent,
        connected_to: call
            .transferred_to
            .clone()
            .or_else(|| record.connected_to.clone()),
        ringing_at: call.offers.iter().map(|o| o.agent.clone()).collect(),
        since: rfc3339(since),
        wait_ms: waited_until.since(call.t0).as_millis() as u64,
        talk_ms: call
            .answered_at
            .map(|at| now.at.since(at).as_millis() as u64),
        held: call.held_since.is_some(),
        monitor: call
            .monitor
            .as_ref()
            .filter(|_| watches)
            .map(|monitor| monitor.on_wire(name_of)),
    })
}

fn ring_rule(floor: &Floor, now: When) -> RingRuleToday {
    let tally = floor.watch.today.tally(now.wall);
    RingRuleToday {
        decided: tally.decided,
        within: tally.within,
        within_pct: tally.within_pct(),
        target_pct: WITHIN_TARGET_PCT,
        rescued: tally.rescued,
        refused: tally.refused,
        breached: tally.breached,
        abandoned: tally.abandoned,
    }
}

fn oldest(floor: &Floor, now: When) -> Option<OldestWait> {
    let waiting = floor.calls().filter(|call| call.waits());
    let oldest = waiting
        .filter(|call| call.record.is_some())
        .min_by_key(|call| (call.t0, call.id))?;
    Some(OldestWait {
        call: oldest.id,
        wait_ms: now.at.since(oldest.t0).as_millis() as u64,
        ring: oldest.ring.map(|ring| ring.n),
        of: oldest.ring.map(|ring| ring.of),
    })
}

fn unfinished(
    floor: &Floor,
    now: When,
    viewer: &Viewer,
    beside: &Beside,
    screens: &Screens,
    name_of: &impl Fn(&AgentId) -> Option<String>,
) -> UnfinishedCount {
    let mut told = UnfinishedCount {
        count: 0,
        under_15_min: 0,
        under_60_min: 0,
        over_60_min: 0,
        oldest: Vec::new(),
    };
    for (call, owed) in floor.watch.owed.iter() {
        told.count += 1;
        match (now.wall.0 - owed.since.0) / 60_000_000 {
            ..15 => told.under_15_min += 1,
            15..60 => told.under_60_min += 1,
            _ => told.over_60_min += 1,
        }
        if told.oldest.len() == BOARD_ROWS_MAX {
            continue;
        }
        let has_page = screens.get(&owed.agent) == Some(&true);
        let why = match owed.why {
            OwedWhy::Open if !has_page => OwedWhy::PageGone,
            why => why,
        };
        let reads = viewer.reads_all || viewer.own.as_ref() == Some(&owed.agent);
        told.oldest.push(UnfinishedOnBoard {
            call,
            agent: owed.agent.clone(),
            agent_name: name_of(&owed.agent),
            number: number_of(floor, beside, call).filter(|_| reads),
            since: rfc3339(owed.since),
            why: why.as_str(),
        });
    }
    told
}

fn number_of(floor: &Floor, beside: &Beside, call: kring_journal::CallId) -> Option<NumberOnWire> {
    let live = || floor.call(call).map(|call| call.number.clone());
    beside.numbers.get(&call).cloned().or_else(live)
}

fn seats(floor: &Floor, now: When, beside: &Beside, screens: &Screens) -> Vec<BoardSeat> {
    let has_seat = |agent: &&AgentRow| {
        let takes_calls = matches!(agent.role, Role::Agent | Role::TipOfficer)
            || (matches!(agent.role, Role::Supervisor) && !agent.devices.is_empty());
        let here = floor
            .presence(&agent.login)
            .is_some_and(|now| now.state != PresenceState::Offline);
        !agent.disabled && (takes_calls || here)
    };
    let seats = beside.agents.iter().filter(has_seat).take(BOARD_SEATS_MAX);
    seats
        .map(|agent| seat(floor, now, beside, screens, agent))
        .collect()
}

fn seat(
    floor: &Floor,
    now: When,
    beside: &Beside,
    screens: &Screens,
    agent: &AgentRow,
) -> BoardSeat {
    let presence = floor.presence(&agent.login);
    let state = presence.map_or(PresenceState::Offline, |presence| presence.state);
    let dead = floor.watch.dead_since(&agent.login);
    let screen = match (screens.get(&agent.login), dead) {
        (Some(true), _) => "alive",
        (Some(false), _) => "dead",
        (None, Some(_)) if state != PresenceState::Offline => "dead",
        (None, _) => "none",
    };
    let phones = agent
        .devices
        .iter()
        .filter_map(|d| d.strip_prefix("phone:"));
    let there: Vec<bool> = phones
        .map(|phone| beside.registered.contains(phone))
        .collect();
    let call = floor.shown_to(&agent.login);
    let call = call.filter(|call| !call.is_over_for_agent());
    BoardSeat {
        login: agent.login.clone(),
        name: agent.name.clone(),
        device: agent.devices.first().cloned(),
        state,
        reason: presence.and_then(|presence| presence.reason.clone()),
        since: presence.map(|presence| rfc3339(presence.since)),
        call: call.map(|call| call.id),
        screen,
        dead_ms: dead
            .filter(|_| screen == "dead")
            .map(|since| now.at.since(since).as_millis() as u64),
        registered: (!there.is_empty()).then(|| there.contains(&true)),
        queues: agent.queues.clone(),
    }
}

fn half_hours(floor: &Floor, now: When) -> Vec<BoardHalfHour> {
    let told = floor.watch.today.half_hours(now.wall).into_iter();
    told.map(|(at, counts)| BoardHalfHour {
        at: rfc3339(at),
        within: counts.within,
        other: counts.other,
    })
    .collect()
}
