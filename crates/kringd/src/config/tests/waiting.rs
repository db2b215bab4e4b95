//! How callers of a queue wait, where they go, and how they are called back.

use super::read;
use kring_journal::DeadlineAction;
use std::path::Path;

#[test]
fn queues_say_how_their_callers_wait() {
    let config = read(
        r#"
        [ring]
        ringback = "own"
        [[queue]]
        name = "support"
        max_wait_s = 300
        max_waiting = 20
        announce_every_s = 60
        announce_position = false
        [[queue]]
        name = "law"
        did = ["5001"]
        deadline_action = "announce_busy"
        "#,
    )
    .unwrap();
    assert_eq!(config.ring.ringback, kring_call::Ringback::Own);
    assert_eq!(config.ring.terms.t0_from, "own_ringback");
    let [support, law] = &config.queues[..] else {
        panic!("two queues");
    };
    assert_eq!(support.deadline_action, DeadlineAction::AnswerGreetQueue);
    assert_eq!(support.waiting.max_wait.as_secs(), 300);
    assert_eq!(support.waiting.waiting_max, 20);
    assert_eq!(support.waiting.announce_every.as_secs(), 60);
    assert!(!support.waiting.tells_position);
    assert_eq!(law.deadline_action, DeadlineAction::AnnounceBusy);
}

#[test]
fn queues_say_where_their_callers_go_and_how_they_are_called_back() {
    let config = read(
        r#"
        [ring]
        deadline_action = "offer_callback"
        [dial]
        patterns = ["0XXXXXXXXX"]
        [[trunk]]
        name = "pbx"
        address = "192.0.2.10"
        peers = ["192.0.2.10"]
        [[queue]]
        name = "support"
        deadline_action = "overflow"
        overflow = "department:DFT"
        when_waited = "overflow"
        when_full = "offer_callback"
        callback = true
        callback_retry_s = 60
        callback_tries = 5
        [[queue]]
        name = "law"
        did = ["5001"]
        "#,
    )
    .unwrap();
    let [support, law] = &config.queues[..] else {
        panic!("two queues");
    };
    assert_eq!(support.deadline_action, DeadlineAction::Overflow);
    let department = kring_call::OverflowTo::Department("DFT".to_owned());
    assert_eq!(support.overflow, Some(department));
    let recourse = (support.waiting.when_full, support.waiting.when_waited);
    let (back, overflow) = (
        kring_call::Recourse::OfferCallback,
        kring_call::Recourse::Overflow,
    );
    assert_eq!(recourse, (back, overflow));
    let rules = support.callback.unwrap();
    assert_eq!((rules.retry.as_secs(), rules.tries), (60, 5));
    assert_eq!(law.deadline_action, DeadlineAction::OfferCallback);
    assert_eq!(law.callback, Some(kring_call::CallbackRules::default()));
}

#[test]
fn what_callers_hear_is_configured() {
    let config = read(
        r#"
        [ring]
        tone_hz = 425
        [media]
        prompts = "/etc/kring/prompts"
        music = "music"
        greeting = "welcome"
        [[queue]]
        name = "support"
        did = ["1203"]
        language = "th+en"
        greeting_on_answer = true
        announcements = ["website", "documents.wav"]
        [[queue]]
        name = "tax"
        greeting = "tax.wav"
        music = "tax-music.wav"
        "#,
    )
    .unwrap();
    assert_eq!(config.ring.tone_hz, 425);
    assert_eq!(
        config.media.prompts.as_deref(),
        Some(Path::new("/etc/kring/prompts"))
    );
    assert_eq!(config.media.music.as_deref(), Some("music"));
    let [support, tax] = &config.queues[..] else {
        panic!("two queues");
    };
    assert_eq!(support.voice.languages.code(), "th+en");
    assert_eq!(&*support.waiting.greeting, "welcome");
    assert_eq!(support.voice.greeting_on_answer.as_deref(), Some("welcome"));
    let announcements: Vec<&str> = support
        .waiting
        .announcements
        .iter()
        .map(|one| &**one)
        .collect();
    assert_eq!(announcements, ["website", "documents.wav"]);
    assert_eq!(&*tax.waiting.greeting, "tax.wav");
    assert_eq!(tax.voice.music.as_deref(), Some("tax-music.wav"));
    assert_eq!(
        (tax.voice.languages.code(), &tax.voice.greeting_on_answer),
        ("th", &None)
    );
}
