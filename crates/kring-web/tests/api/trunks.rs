//! The lines to the PBXs on the page of the administrator.

use crate::house::House;
use axum::http::StatusCode;
use kring_store::Role;
use kring_web::{LineAddress, LineNow};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn every_trunk_is_shown_as_it_is_now() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    let cookie = house.cookie("boss").await;
    house.live.line(LineNow {
        trunk: "pbx".to_owned(),
        addresses: vec![LineAddress {
            address: "udp:192.0.2.10:5060".to_owned(),
            up: Some(true),
            round_trip: Some(Duration::from_micros(1_840)),
        }],
        up: Some(true),
        registered: Some(false),
        account: Some("sip:5000@pbx.example.net".to_owned()),
        last_error: Some("REGISTER: 401 the password was refused, again in 300 s".to_owned()),
    });
    let told = house.get("/api/v1/trunks", &cookie).await;
    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(
        told.json,
        json!({"items": [{
            "name": "pbx",
            "address": "udp:192.0.2.10:5060",
            "addresses": [{"address": "udp:192.0.2.10:5060", "up": true, "rtt_ms": 1.84}],
            "up": true,
            "rtt_ms": 1.84,
            "registered": false,
            "account": "sip:5000@pbx.example.net",
            "last_error": "REGISTER: 401 the password was refused, again in 300 s",
            "source": null,
            "version": 0,
            "settings": {},
            "complaint": null,
        }]})
    );
    house.agent("officer", Role::UnitOfficer).await;
    let officer = house.cookie("officer").await;
    let refused = house.get("/api/v1/trunks", &officer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
