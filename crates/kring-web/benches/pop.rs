//! How long a pop takes from the call's introduction to a page, over a real socket and a real
//! database with 20,000 contacts. Prints percentiles; the target is p50 < 0.5 ms, p99 < 1.5 ms.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the house is made for the tests, which use all of it"
)]

#[path = "../tests/api/house/mod.rs"]
mod house;

use house::{House, Page, invited, offered, ring};
use kring_call::command::CallerIdentity;
use kring_journal::{AgentId, CallId, CallerRef, Fact};
use kring_store::{NewContact, Number, NumberPlan};
use kring_web::{LiveConfig, WebConfig};
use serde_json::json;
use std::time::{Duration, Instant};

const CONTACTS: u32 = 20_000;
const CALLS: u32 = 500;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let house = House::open_with(LiveConfig::default(), WebConfig::default()).await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let plan = NumberPlan::default();
    for n in 0..CONTACTS {
        let contact = NewContact {
            given: format!("สมชาย {n}"),
            ..NewContact::default()
        };
        let number = Number::read(&number(n), &plan);
        let now = house.clock.now().1;
        house
            .store
            .create_contact(now, &contact, Some(&number))
            .await
            .unwrap();
    }
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let mut took = Vec::new();
    let mut with_name = 0;
    for n in 0..CALLS {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let user = number(n * 37 % CONTACTS);
        let began = Instant::now();
        let call = call_at(&house, &agent, n, &user);
        let pop = page.hear_of("call.offered").await;
        took.push(began.elapsed());
        with_name += u32::from(pop["d"]["contact"].is_object());
        page.ack(&pop).await;
        let gone = Fact::Abandoned {
            rings: 1,
            wait_ms: 20,
        };
        let (at, wall) = house.clock.now();
        house.live.fact(at, wall, Some(call), &gone);
    }
    let lookups = house.noted().into_iter().filter_map(|fact| match fact {
        Fact::LookedUp { took_us, .. } => Some(Duration::from_micros(took_us)),
        _ => None,
    });
    let mut lookups: Vec<_> = lookups.collect();
    lookups.sort_unstable();
    let middle = lookups[lookups.len() / 2];
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("of which the lookup: p50 {middle:?}");
    println!(
        "{CALLS} pops, {with_name} with their caller: p50 {:?}, p90 {:?}, p99 {:?}, longest {:?}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
}

fn number(n: u32) -> String {
    format!("08{:08}", 10_000_000 + n)
}

/// A call rings at this agent at once, as the exchange tells of it. The journal writes it later,
/// as the daemon's does.
fn call_at(house: &House, agent: &AgentId, n: u32, user: &str) -> CallId {
    let (at, wall) = house.clock.now();
    let call = CallId::new((wall.0 / 1_000) as u64, u128::from(n));
    let caller = CallerRef::new(u64::from(n));
    let identity = CallerIdentity {
        user: user.into(),
        ..CallerIdentity::default()
    };
    house.live.introduce(call, caller, &identity);
    for fact in [offered(caller, "call@pbx"), ring(1), invited(agent)] {
        house.live.fact(at, wall, Some(call), &fact);
    }
    call
}
