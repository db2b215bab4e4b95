//! Whether an agent has a live screen: what the exchange is told, and when.

use crate::house::{House, Page, invited, patient};
use kring_store::Role;
use kring_web::{LiveConfig, WebConfig};
use serde_json::json;
use std::time::Duration;

async fn house() -> House {
    let config = LiveConfig {
        screen_dead: Duration::from_millis(80),
        ..patient()
    };
    House::open_with(config, WebConfig::default()).await
}

#[tokio::test]
async fn a_screen_that_does_not_acknowledge_is_dead_and_comes_back() {
    let house = house().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.await_command("ScreenAlive").await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let pop = page.hear_of("call.offered").await;
    house.await_command("ScreenDead").await;
    page.ack(&pop).await;
    crate::house::await_until("a second ScreenAlive", || {
        let commands = house.commands();
        commands
            .iter()
            .filter(|command| command.starts_with("ScreenAlive"))
            .count()
            == 2
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_on_any_of_the_sockets_is_enough() {
    let house = house().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut silent, _) = Page::hello(at, &cookie, json!({})).await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    silent.hear_of("call.offered").await;
    let pop = page.hear_of("call.offered").await;
    page.ack(&pop).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(
        !house
            .commands()
            .iter()
            .any(|command| command.starts_with("ScreenDead"))
    );
}

#[tokio::test]
async fn a_reload_is_no_death_and_an_absence_is() {
    let house = house().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (page, _) = Page::hello(at, &cookie, json!({})).await;
    page.close().await;
    let (page, _) = Page::hello(at, &cookie, json!({})).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let dead = |house: &House| house.commands().iter().any(|c| c.starts_with("ScreenDead"));
    assert!(!dead(&house), "it came back in time");
    page.close().await;
    house.await_command("ScreenDead").await;
}

#[tokio::test]
async fn the_ninth_socket_of_an_agent_replaces_the_first() {
    let house = house().await;
    house.agent("somsri", Role::Agent).await;
    let cookie = house.cookie("somsri").await;
    let at = house.serve().await;
    let (mut first, _) = Page::hello(at, &cookie, json!({})).await;
    let mut others = Vec::new();
    for _ in 0..8 {
        others.push(Page::hello(at, &cookie, json!({})).await);
    }
    assert_eq!(first.closed_with().await, 4429);
}
