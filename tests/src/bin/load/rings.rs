//! The ring rule in real time: callers at a steady rate, agents of whom half never answer, and a capture
//! of the packets on loopback that knows nothing of kring. What the phones were told is the measure.

mod capture;
mod phones;

use crate::{
    Options, Outcome,
    house::{House, free_port},
};
use capture::{Capture, Packet};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A budget of three Thai rings, s.
const BUDGET_S: f64 = 15.0;

/// When a call that nobody answers is decided: the budget less half the guard, s.
const DECIDED_S: f64 = 14.75;

/// The longest that a call of this load lives: the budget, the talk, and what is repeated.
const CALL_AT_MOST: Duration = Duration::from_secs(60);

/// Rings calls through and tells what the capture saw.
pub(crate) fn in_real_time(options: &Options) -> Outcome<()> {
    let (calls, rate) = (
        options.number("--calls", 200)?,
        options.number("--rate", 2)?,
    );
    let agents = options.number("--agents", 40)?.max(2);
    let plan = options.text("--plan").unwrap_or("longest_idle:2,all:1");
    let (answering, silent, pbx) = (free_port()?, free_port()?, free_port()?);
    let hops: Vec<String> = plan.split(',').map(|hop| format!("{hop:?}")).collect();
    // Nobody is kept: a caller whom nobody answers is told so at the deadline.
    let tables = format!(
        "[[trunk]]\nname = \"load\"\naddress = \"127.0.0.1:{pbx}\"\npeers = [\"127.0.0.0/8\"]\n\
         [ring]\ndeadline_action = \"announce_busy\"\nplan = [{}]\n",
        hops.join(", ")
    );
    let house = House::at(
        agents,
        &tables,
        |n| {
            if n % 2 == 0 { answering } else { silent }
        },
    )?;
    let all = [house.sip, answering, silent, pbx];
    let capture = Capture::start(&all)?;
    let _phones = [phones::that_answer(answering)?, phones::that_ring(silent)?];
    let lasts = Duration::from_secs(u64::from(calls / rate.max(1))) + CALL_AT_MOST;
    let (good, bad) = phones::callers(pbx, house.sip, rate, calls, lasts)?;
    let seen = Seen::by(&capture.finish()?, house.sip, &[answering, silent], pbx);
    println!(
        "rings calls={calls} rate={rate}/s agents={agents} plan={plan} as_told={good} otherwise={bad}"
    );
    seen.tell()
}

/// One INVITE of kring's to a phone, or of a caller to kring. Moments are those of the capture, s.
#[derive(Clone, Copy, Debug, Default)]
struct Leg {
    invited: f64,
    rang: Option<f64>,
    cancelled: Option<f64>,
    ended: Option<(f64, u16)>,
}

impl Leg {
    /// For how long it was to be heard: from the 180 to the CANCEL or the final response.
    fn sounded(&self) -> Option<f64> {
        let end = self.cancelled.or(self.ended.map(|(at, _)| at))?;
        Some(end - self.rang?)
    }
}

/// What the packets say.
struct Seen {
    phones: Vec<Leg>,
    callers: Vec<Leg>,
}

impl Seen {
    fn by(packets: &[Packet], kring: u16, phones: &[u16], pbx: u16) -> Seen {
        let mut at_phones: BTreeMap<&str, Leg> = BTreeMap::new();
        let mut at_callers: BTreeMap<&str, Leg> = BTreeMap::new();
        for packet in packets {
            let other = if packet.from == kring {
                packet.to
            } else {
                packet.from
            };
            let legs = if phones.contains(&other) {
                &mut at_phones
            } else if other == pbx {
                &mut at_callers
            } else {
                continue;
            };
            if packet.asks("INVITE") {
                let new = || Leg {
                    invited: packet.at,
                    ..Leg::default()
                };
                legs.entry(&packet.call_id).or_insert_with(new);
            }
            let Some(leg) = legs.get_mut(packet.call_id.as_str()) else {
                continue;
            };
            if packet.asks("CANCEL") {
                leg.cancelled.get_or_insert(packet.at);
            }
            match packet.answers("INVITE") {
                Some(180) => {
                    leg.rang.get_or_insert(packet.at);
                }
                Some(code @ 200..) => {
                    leg.ended.get_or_insert((packet.at, code));
                }
                _ => {}
            }
        }
        Seen {
            phones: at_phones.into_values().collect(),
            callers: at_callers.into_values().collect(),
        }
    }

    /// Prints the figures; an error when the rule was broken.
    fn tell(&self) -> Outcome<()> {
        let sounded: Vec<f64> = self.phones.iter().filter_map(Leg::sounded).collect();
        let most = sounded.iter().copied().fold(0.0, f64::max);
        let over = sounded.iter().filter(|s| **s > BUDGET_S).count();
        let mut rings = BTreeMap::new();
        for sounded in &sounded {
            *rings.entry((sounded / 5.0).floor() as u32 + 1).or_insert(0) += 1;
        }
        println!(
            "phones legs={} rang={} longest={most:.3}s above_15s={over} rings={rings:?}",
            self.phones.len(),
            sounded.len(),
        );
        let decided = self.callers.iter().filter_map(|leg| {
            let (at, code) = leg.ended?;
            (code == 486).then_some((at - leg.rang?, at - leg.invited))
        });
        let mut lateness: Vec<f64> = decided
            .clone()
            .map(|(waited, _)| waited - DECIDED_S)
            .collect();
        lateness.sort_by(f64::total_cmp);
        let slowest = decided
            .map(|(_, since_invite)| since_invite)
            .fold(0.0, f64::max);
        println!(
            "deadline calls={} lateness_ms p50={:.1} p99={:.1} max={:.1} from_invite_max={slowest:.3}s",
            lateness.len(),
            quantile(&lateness, 0.5) * 1_000.0,
            quantile(&lateness, 0.99) * 1_000.0,
            lateness.last().copied().unwrap_or(0.0) * 1_000.0,
        );
        let codes: BTreeSet<_> = self
            .callers
            .iter()
            .map(|leg| leg.ended.map(|(_, c)| c))
            .collect();
        println!("callers legs={} ended={codes:?}", self.callers.len());
        if over > 0 || slowest > BUDGET_S {
            return Err("somebody rang longer than three rings".into());
        }
        if lateness.is_empty() || sounded.is_empty() {
            return Err("the capture has seen no call that nobody answered".into());
        }
        Ok(())
    }
}

/// Of sorted values.
fn quantile(sorted: &[f64], of: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * of).ceil() as usize)
        .copied()
        .unwrap_or(0.0)
}
