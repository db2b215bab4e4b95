//! Guessing, from one place and from many, and the owner who comes in between.

use super::*;
use std::net::Ipv4Addr;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const STRANGER: Trier<'static> = Trier::Stranger(HERE);

fn at(second: u64) -> Moment {
    Moment::from_millis(second * 1_000 + 1)
}

fn place(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n))
}

#[test]
fn after_five_wrong_passwords_the_wait_doubles_up_to_a_quarter_of_an_hour() {
    let throttle = Throttle::default();
    for _ in 0..5 {
        assert_eq!(throttle.attempt(at(0), STRANGER, "somsri"), Ok(()));
    }
    let mut now = 0;
    for wait in [30, 60, 120, 240, 480, 900, 900] {
        let refused = throttle.attempt(at(now), STRANGER, "somsri").unwrap_err();
        assert_eq!((refused.seconds, refused.brake), (wait, Brake::Source));
        assert!(refused.is_news, "each wait is told once");
        let again = throttle.attempt(at(now), STRANGER, "somsri").unwrap_err();
        assert!(!again.is_news);
        now += wait;
        assert_eq!(throttle.attempt(at(now), STRANGER, "somsri"), Ok(()));
    }
    assert_eq!(throttle.attempt(at(now), STRANGER, "wichai"), Ok(()));
    let next_day = now + 24 * 3_600;
    assert_eq!(throttle.attempt(at(next_day), STRANGER, "somsri"), Ok(()));
    assert_eq!(throttle.attempt(at(next_day), STRANGER, "somsri"), Ok(()));
}

#[test]
fn guessing_from_many_places_is_braked_and_the_owner_does_not_feel_it() {
    let throttle = Throttle::default();
    let tried = (0..1_000)
        .take_while(|n| {
            throttle
                .attempt(at(0), Trier::Stranger(place(*n)), "somsri")
                .is_ok()
        })
        .count();
    assert_eq!(tried as u64, limits::THROTTLE_ACCOUNT_FREE);
    let refused = throttle.attempt(at(0), Trier::Stranger(place(5_000)), "somsri");
    assert_eq!(refused.unwrap_err().brake, Brake::Account);

    let desk = Trier::KnownAddress(place(9_000));
    assert_eq!(throttle.attempt(at(0), desk, "somsri"), Ok(()));
    assert_eq!(
        throttle.attempt(at(0), Trier::Device("a1"), "somsri"),
        Ok(())
    );
    assert_eq!(
        throttle.attempt(at(0), Trier::Stranger(place(1)), "wichai"),
        Ok(())
    );
}

#[test]
fn an_attack_from_the_owners_own_address_leaves_the_owners_browser_alone() {
    let throttle = Throttle::default();
    let desk = Trier::KnownAddress(HERE);
    while throttle.attempt(at(0), desk, "somsri").is_ok() {}
    assert_eq!(
        throttle.attempt(at(0), Trier::Device("a1"), "somsri"),
        Ok(())
    );
    // A browser that was stolen is counted, too.
    while throttle
        .attempt(at(0), Trier::Device("a1"), "somsri")
        .is_ok()
    {}
    assert_eq!(
        throttle.attempt(at(0), Trier::Device("b2"), "somsri"),
        Ok(())
    );
}

#[test]
fn a_right_password_forgives() {
    let throttle = Throttle::default();
    for _ in 0..200 {
        assert_eq!(throttle.attempt(at(0), STRANGER, "somsri"), Ok(()));
        throttle.succeeded(STRANGER, "somsri");
    }
    assert_eq!(throttle.of_strangers("somsri"), 0);
}

#[test]
fn one_address_cannot_try_every_login() {
    let throttle = Throttle::default();
    let tries = |second| {
        (0..1_000)
            .take_while(|n| {
                throttle
                    .attempt(at(second), STRANGER, &format!("agent-{n}"))
                    .is_ok()
            })
            .count() as u64
    };
    assert_eq!(tries(0), limits::THROTTLE_ADDRESS_FREE);
    let refused = throttle.attempt(at(0), STRANGER, "another").unwrap_err();
    assert_eq!((refused.brake, refused.seconds), (Brake::Address, 30));
    assert_eq!(tries(60), 2, "two a minute run off");
}

#[test]
fn a_restart_gives_a_guesser_no_fresh_start() {
    let throttle = Throttle::default();
    throttle.restore(at(1), "somsri", 25, Duration::from_secs(60));
    let refused = throttle.attempt(at(1), STRANGER, "somsri").unwrap_err();
    assert_eq!(refused.brake, Brake::Account);
    assert!(refused.seconds > 500);
    assert_eq!(throttle.attempt(at(1), STRANGER, "wichai"), Ok(()));
}

#[test]
fn many_addresses_neither_fill_the_memory_nor_wash_out_what_brakes() {
    let throttle = Throttle::default();
    let from = |n| Trier::Stranger(place(n));
    while throttle.attempt(at(0), from(0), "somsri").is_ok() {}
    for n in 1..30_000 {
        let _ = throttle.attempt(at(1), from(n), &format!("agent-{n}"));
    }
    let entries = throttle.counts.lock().unwrap().len();
    assert!(entries <= limits::THROTTLE_ENTRIES_MAX, "{entries}");
    assert!(throttle.attempt(at(1), from(0), "somsri").is_err());
}
