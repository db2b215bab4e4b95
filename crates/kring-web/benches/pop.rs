//! How long a pop takes from the call's introduction to a page, over a real socket and a real
//! database with 20,000 contacts. Prints percentiles; the target is p50 < 0.5 ms, p99 < 1.5 ms.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the house is made for the tests, which use all of it"
)]

#[path = "../tests/api/house/mod.rs"]
mod house;

use house::{House, Page, invited};
use kring_journal::Fact;
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
        let call = house.call_at(&agent, &user);
        let pop = page.hear_of("call.offered").await;
        took.push(began.elapsed());
        with_name += u32::from(pop["d"]["contact"].is_object());
        page.ack(&pop).await;
        let gone = Fact::Abandoned {
            rings: 1,
            wait_ms: 20,
        };
        house.happens(Some(call), gone);
    }
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
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

impl House {
    /// A call rings at this agent at once, as the exchange tells of it.
    fn call_at(&self, agent: &kring_journal::AgentId, user: &str) -> kring_journal::CallId {
        let call = self.call_from(user);
        self.happens(Some(call), invited(agent));
        call
    }
}
