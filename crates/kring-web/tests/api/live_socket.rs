//! The live socket: what a page hears of a call, byte for byte.

use crate::house::{
    House, Page, alerting, answered, await_until, ended, invited, presence, ring, withdrawn,
    wrap_up_opened,
};
use kring_journal::{Fact, LineSound, MediaSide, PresenceState, SoundClass, WaySound, Withdrawal};
use kring_store::Role;
use kring_web::{LiveConfig, WebConfig};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_page_is_welcomed_with_what_is() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    house.happens(None, presence(&agent, PresenceState::Ready));
    let at = house.serve().await;
    let (_page, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert_eq!(welcome["agent"], "somsri");
    assert_eq!(welcome["snapshot"]["presence"]["state"], "ready");
    assert_eq!(welcome["snapshot"]["drafts"], json!([]));
    assert_eq!(welcome["snapshot"]["call"], Value::Null);
    assert_eq!(welcome["snapshot"]["queue"]["ready"], 1);
    assert_eq!(welcome["from"], 2, "the frame of the presence has been");
    house.await_command("ScreenAlive").await;
}

#[tokio::test]
async fn the_pop_says_who_calls_and_how_long_it_has_rung() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let person = json!({"prefix": "นาย", "given": "สมชาย", "number": "0812345678"});
    let person = house.post("/api/v1/contacts", &cookie, person).await.json;
    let at = house.serve().await;
    let (mut page, welcome) = Page::hello(at, &cookie, json!({})).await;

    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let mut frame = page.hear_of("call.offered").await;

    let elapsed = frame["d"]["ring"]["elapsed_ms"].take().as_u64().unwrap();
    assert!(elapsed < 1_000, "{elapsed}");
    let id = frame["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 26);
    assert!(frame["ts"].take().as_str().unwrap().ends_with('Z'));
    assert_eq!(
        frame,
        json!({
            "v": 1, "seq": welcome["from"], "id": null, "ts": null, "t": "call.offered",
            "call": call.to_string(), "ack": true,
            "d": {
                "number": {"canonical": "+66812345678", "display": "081-234-5678", "class": "mobile"},
                "contact": person, "candidates": [], "history": [], "looked_up": true,
                "notice_due": true, "restricted": false,
                "via": {"did": "038611025", "forwarded_by": "1203"},
                "ring": {"elapsed_ms": null, "period_ms": 5_000, "on_ms": 1_000, "limit": 3},
                "answerable": false, "greeting": "ศูนย์บริการกระทรวงพาณิชย์ สวัสดีค่ะ",
                "hop": 1, "attempt": 1,
            },
        })
    );
    let looked = house
        .await_note("a lookup", |fact| matches!(fact, Fact::LookedUp { .. }))
        .await;
    assert!(matches!(looked, Fact::LookedUp { result, .. } if result == "known"));
}

#[tokio::test]
async fn a_call_is_told_from_ring_to_record_without_a_gap() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, welcome) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0898765432");
    for fact in [
        invited(&agent),
        alerting(&agent, true),
        ring(2),
        answered(&agent),
        ended(),
        wrap_up_opened(&agent),
    ] {
        house.happens(Some(call), fact);
    }
    house.written().await;
    let draft = format!("/api/v1/calls/{call}/draft");
    house
        .put(&draft, &cookie, json!({"subject": "x"}), &[])
        .await;
    let confirm = format!("/api/v1/calls/{call}/confirm");
    let case = house.post(&confirm, &cookie, House::record("x")).await.json;

    let mut heard = Vec::new();
    let mut seq = welcome["from"].as_u64().unwrap();
    while heard
        .last()
        .is_none_or(|frame: &Value| frame["t"] != "wrapup.confirmed")
    {
        let frame = page.hear().await;
        assert_eq!(frame["seq"], seq, "{frame}");
        seq += 1;
        if frame["t"] != "queue.stats" {
            heard.push(frame);
        }
    }
    let told: Vec<_> = heard
        .iter()
        .map(|frame| (frame["t"].as_str().unwrap(), &frame["d"]))
        .collect();
    assert_eq!(told[0].0, "call.offered");
    assert_eq!(told[1], ("call.alerting", &json!({"answerable": true})));
    assert_eq!(told[2], ("call.ring", &json!({"n": 2, "of": 3})));
    let by = json!({"by": "somsri", "rings": 1, "wait_ms": 2_000, "rule": "within"});
    assert_eq!(told[3], ("call.answered", &by));
    let end = json!({"by": "caller", "cause": "bye", "talk_ms": 61_000});
    assert_eq!(told[4], ("call.ended", &end));
    assert_eq!(
        (told[5].0, &told[5].1["for_ms"]),
        ("wrapup.opened", &json!(60_000))
    );
    assert_eq!(told[6], ("wrapup.saved", &json!({"version": 1})));
    assert_eq!(
        told[7],
        (
            "wrapup.confirmed",
            &json!({"case_ref": case["ref"], "no_case": null})
        )
    );
}

#[tokio::test]
async fn a_slow_database_does_not_delay_the_pop() {
    let config = LiveConfig {
        pop_hold: Duration::ZERO,
        ..LiveConfig::default()
    };
    let house = House::open_with(config, WebConfig::default()).await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let person = json!({"given": "สมชาย", "number": "0812345678"});
    house.post("/api/v1/contacts", &cookie, person).await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;

    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let pop = page.hear_of("call.offered").await;
    assert_eq!(
        (&pop["d"]["looked_up"], &pop["d"]["contact"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(
        pop["d"]["number"]["display"], "081-234-5678",
        "the number needs no database"
    );
    let later = page.hear_of("call.caller").await;
    assert_eq!(later["call"], call.to_string());
    assert_eq!(later["d"]["contact"]["given"], "สมชาย");
    let looked = house
        .await_note("a lookup", |fact| matches!(fact, Fact::LookedUp { .. }))
        .await;
    assert!(matches!(looked, Fact::LookedUp { result, .. } if result == "late"));
}

#[tokio::test]
async fn those_who_do_not_get_the_call_are_told_why() {
    let house = House::open().await;
    let (winner, _) = house.signed_in("somsri").await;
    let (loser, cookie) = house.signed_in("wichai").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;

    let raced = house.call_from("0812345678");
    house.happens(Some(raced), invited(&winner));
    house.happens(Some(raced), invited(&loser));
    house.happens(Some(raced), answered(&winner));
    house.happens(
        Some(raced),
        withdrawn(&loser, Withdrawal::AnsweredElsewhere),
    );
    let lost = Fact::LostRace {
        agent: loser.clone(),
        winner: Some(winner.clone()),
    };
    house.happens(Some(raced), lost);
    assert_eq!(
        page.hear_of("call.withdrawn").await["d"]["reason"],
        "answered_elsewhere"
    );
    assert_eq!(
        page.hear_of("call.lost_race").await["d"],
        json!({"winner": "somsri"})
    );

    let left = house.call_from("0812345678");
    house.happens(Some(left), invited(&loser));
    house.happens(
        Some(left),
        Fact::Abandoned {
            rings: 1,
            wait_ms: 900,
        },
    );
    house.happens(Some(left), withdrawn(&loser, Withdrawal::CallerGaveUp));
    let crossed = Fact::LostRace {
        agent: loser.clone(),
        winner: None,
    };
    house.happens(Some(left), crossed);
    let gone = page.hear_of("call.abandoned").await;
    assert_eq!(
        (&gone["call"], &gone["d"]),
        (&json!(left.to_string()), &json!({}))
    );

    house.happens(None, presence(&loser, PresenceState::Ready));
    let next = page.hear().await;
    assert_eq!(
        next["t"], "presence.changed",
        "the caller's leaving is told once: {next}"
    );
}

#[tokio::test]
async fn acknowledged_and_painted_pops_and_sounding_phones_are_facts() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let pop = page.hear_of("call.offered").await;
    for _ in 0..3 {
        page.ack(&pop).await;
        page.say(json!({"t": "painted", "seq": pop["seq"], "ms": 38}))
            .await;
        page.say(json!({"t": "ring.audible", "call": call.to_string()}))
            .await;
        page.say(json!({"t": "mood", "of": "a later version"}))
            .await;
    }
    house
        .await_note("audible", |fact| matches!(fact, Fact::RingAudible { .. }))
        .await;
    page.say(json!({"t": "painted", "seq": 1_000_000, "ms": 1}))
        .await;
    page.say(json!({"t": "ack", "seq": 1_000_000})).await;
    let painted = house
        .await_note("painted", |fact| matches!(fact, Fact::PopPainted { .. }))
        .await;
    assert_eq!(
        painted,
        Fact::PopPainted {
            agent: agent.clone(),
            after_ms: 38
        }
    );
    house.happens(None, presence(&agent, PresenceState::Ringing));
    page.hear_of("presence.changed").await;
    let count =
        |wanted: fn(&Fact) -> bool| house.noted().iter().filter(|fact| wanted(fact)).count();
    assert_eq!(
        count(|fact| matches!(fact, Fact::PopAcknowledged { .. })),
        1,
        "once, however often said"
    );
    assert_eq!(count(|fact| matches!(fact, Fact::PopPainted { .. })), 1);
    assert_eq!(count(|fact| matches!(fact, Fact::RingAudible { .. })), 1);
}

#[tokio::test]
async fn only_those_who_are_signed_in_and_only_our_own_page_may_listen() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    assert_eq!(
        Page::open(at, &cookie, Some("http://evil.example"))
            .await
            .err(),
        Some(403)
    );
    let own = format!("http://{at}");
    assert!(Page::open(at, &cookie, Some(&own)).await.is_ok());

    let mut stranger = Page::open(at, "", Some("http://evil.example"))
        .await
        .unwrap();
    stranger.say(json!({"t": "hello", "client_id": "x"})).await;
    assert_eq!(stranger.closed_with().await, 4401);
    let mut mumbler = Page::open(at, &cookie, None).await.unwrap();
    mumbler.say(json!({"t": "ack", "seq": 1})).await;
    assert_eq!(mumbler.closed_with().await, 4400);

    let secret = cookie.trim_start_matches("kring_session=");
    let (_program, welcome) = Page::hello(at, "", json!({"token": secret})).await;
    assert_eq!(welcome["agent"], "somsri");
}

#[tokio::test]
async fn signing_out_closes_the_sockets_of_that_session() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let other = house.cookie("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let (_elsewhere, _) = Page::hello(at, &other, json!({})).await;
    await_until("two sockets", || house.live.connections() == 2).await;
    house
        .send(crate::house::request(
            "DELETE",
            "/api/v1/session",
            &cookie,
            &json!({}),
            &[],
        ))
        .await;
    assert_eq!(page.closed_with().await, 4410);
    await_until("one socket", || house.live.connections() == 1).await;
    let gone = house
        .commands()
        .iter()
        .any(|command| command.starts_with("SetPresence"));
    assert!(!gone, "another screen is still there");
}

/// The agent's light changes, and who watches over others is told in words of a line that has become poor.
#[tokio::test]
async fn a_line_that_sounds_poor_is_told_to_its_agent_and_to_supervisors() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let (mut watcher, _) = Page::hello(at, &boss, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    let way = |lost_permille, mos_hundredths| WaySound {
        lost_permille,
        jitter_us: 900,
        mos_hundredths,
    };
    let line = |class, from, to| {
        Fact::SoundChanged(LineSound {
            side: MediaSide::Caller,
            class,
            from: Some(from),
            to: Some(to),
            round_trip_us: Some(21_000),
        })
    };
    let (bad, well) = (way(120, 330), way(0, 439));
    house.happens(Some(call), line(SoundClass::Poor, bad, well));
    let told = page.hear_of("call.sound").await;
    let light = json!({"side": "caller", "class": "poor", "loss_pct": 12.0, "mos": 3.3});
    assert_eq!((&told["d"], &told["call"]), (&light, &json!(call)));
    let alert = watcher.hear_of("alert").await;
    assert_eq!(alert["d"]["code"], "poor_sound", "{alert}");
    assert_eq!(alert["call"], json!(call));
    let text = alert["d"]["text_th"].as_str().unwrap();
    assert!(text.starts_with("เสียงจากผู้โทร"), "{text}");
    house.written().await;
    let live = house.get(&format!("/api/v1/calls/{call}"), &boss).await;
    let caller = &live.json["sound"]["caller"];
    assert_eq!(caller["class"], "poor", "{caller}");
    assert_eq!(caller["from"]["loss_pct"], 12.0, "{caller}");

    house.happens(Some(call), line(SoundClass::Good, well, well));
    let told = page.hear_of("call.sound").await;
    assert_eq!(told["d"]["class"], "good", "{told}");
}
