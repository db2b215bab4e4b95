//! Whose calls come to which queue, when, and who may serve it.

use super::read;
use kring_call::{CallbackRules, CallerTrait, OnClosed};
use kring_media::Language;
use kring_time::{CivilMinute, Openness, WeekHours};

fn refused(text: &str) -> String {
    read(text).expect_err("this must be refused").to_string()
}

#[test]
fn several_queues_share_a_number_by_whose_callers_they_take() {
    let config = read(
        r#"
        [[queue]]
        name = "support"
        did = ["1203"]
        [[queue]]
        name = "vip"
        did = ["1203"]
        callers = ["vip", "open_case", "language:en"]
        priority = 1
        skills = ["tax:3", "english"]
        "#,
    )
    .unwrap();
    let [support, vip] = &config.queues[..] else {
        panic!("two queues");
    };
    assert!(support.callers.is_empty() && support.priority == 5);
    let english = CallerTrait::Language(Language::English);
    assert_eq!(
        vip.callers,
        [CallerTrait::Vip, CallerTrait::OpenCase, english]
    );
    let skills: Vec<String> = vip.skills.iter().map(ToString::to_string).collect();
    assert_eq!(
        (vip.priority, skills),
        (1, vec!["tax:3".to_owned(), "english".to_owned()])
    );
}

#[test]
fn every_caller_of_a_number_must_find_a_queue() {
    let only_vip = "[[queue]]\nname = \"vip\"\ndid = [\"1203\"]\ncallers = [\"vip\"]\n";
    let told = refused(only_vip);
    assert!(
        told.contains("the queue \"vip\" is for some callers only, and nobody takes the rest of the calls of 1203"),
        "{told}"
    );
    let rest = format!("{only_vip}[[queue]]\nname = \"rest\"\n");
    assert!(
        refused(&rest).contains("the calls of 1203"),
        "of that number nobody does"
    );
    let both = format!("{only_vip}[[queue]]\nname = \"a\"\ndid = [\"1203\"]\n");
    assert!(read(&both).is_ok());
    let rivals = format!("{both}[[queue]]\nname = \"b\"\ndid = [\"1203\"]\n");
    assert!(refused(&rivals).contains("leads to the queue \"a\" already"));
    let told = refused("[[queue]]\nname = \"a\"\n[[queue]]\nname = \"b\"\ncallers = [\"rich\"]\n");
    assert!(told.contains("queue.callers has \"rich\""), "{told}");
    let told = refused("[[queue]]\nname = \"a\"\nskills = [\"tax:12\"]\n");
    assert!(
        told.contains("queue.skills: \"tax:12\" is no skill"),
        "{told}"
    );
    let told = refused("[[queue]]\nname = \"a\"\npriority = 0\n");
    assert!(told.contains("queue.priority is 0"), "{told}");
}

#[test]
fn hours_are_of_the_house_or_of_a_queue() {
    let config = read(
        r#"
        [hours]
        tz = "Asia/Bangkok"
        default = "mon-fri 08:30-16:30"
        holidays = ["2569-12-10"]
        [[queue]]
        name = "support"
        [[queue]]
        name = "law"
        did = ["5001"]
        hours = "mon 09:00-10:00"
        closed_action = "announce_busy"
        [[queue]]
        name = "urgent"
        did = ["5002"]
        hours = "always"
        "#,
    )
    .unwrap();
    let [support, law, urgent] = &config.queues[..] else {
        panic!("three queues");
    };
    let at = CivilMinute {
        day: "2026-12-10".parse().unwrap(),
        minute: 600,
    };
    let hours = support.hours.as_ref().unwrap();
    assert_eq!(hours.at(at), Openness::Holiday);
    let own: WeekHours = "mon 09:00-10:00".parse().unwrap();
    assert_eq!(law.hours.as_ref().unwrap().week, own);
    assert_eq!(
        (support.on_closed, law.on_closed),
        (OnClosed::Announce, OnClosed::AnnounceBusy)
    );
    assert_eq!(urgent.hours, None);
    assert_eq!(read("").unwrap().queues[0].hours, None, "always open");
}

#[test]
fn hours_that_tell_nothing_are_refused() {
    for (text, told) in [
        (
            "[hours]\ntz = \"Asia/Rayong\"\n",
            "hours.tz is \"Asia/Rayong\", which is no time zone",
        ),
        (
            "[hours]\ndefault = \"office\"\n",
            "hours.default: \"office\" tells no hours",
        ),
        (
            "[hours]\nholidays = [\"2026-02-30\"]\n",
            "hours.holidays: \"2026-02-30\" is no date",
        ),
        (
            "[[queue]]\nname = \"a\"\nclosed_action = \"sleep\"\n",
            "queue.closed_action is \"sleep\", but must be",
        ),
    ] {
        let refused = refused(text);
        assert!(refused.contains(told), "{refused}");
    }
}

#[test]
fn a_closed_queue_may_overflow_or_offer_a_call_back() {
    let trunk = r#"
        [[trunk]]
        name = "pbx"
        address = "192.0.2.10"
        peers = ["192.0.2.10"]
        [ring]
        deadline_action = "announce_busy"
        "#;
    let config = read(&format!(
        "{trunk}
        [[queue]]
        name = \"support\"
        closed_action = \"offer_callback\"
        [[queue]]
        name = \"law\"
        did = [\"5001\"]
        closed_action = \"overflow\"
        overflow = \"queue:support\"
        "
    ))
    .unwrap();
    let [support, law] = &config.queues[..] else {
        panic!("two queues");
    };
    assert_eq!(support.on_closed, OnClosed::OfferCallback);
    assert_eq!(support.callback, Some(CallbackRules::default()));
    assert_eq!((law.on_closed, law.callback), (OnClosed::Overflow, None));
    let told = refused(&format!(
        "{trunk}[[queue]]\nname = \"a\"\nclosed_action = \"overflow\"\n"
    ));
    assert!(
        told.contains("overflow, but it does not say where to"),
        "{told}"
    );
    let told = refused(&format!(
        "{trunk}[[queue]]\nname = \"a\"\nclosed_action = \"offer_callback\"\ncallback = false\n"
    ));
    assert!(
        told.contains("but closed_action is \"offer_callback\""),
        "{told}"
    );
}
