//! Floods of two seconds beside an honest caller: every call of the caller gets through, and soon. The
//! long ones are `load floods`.

#[path = "../src/bin/load/floods/traffic.rs"]
mod traffic;

use crate::kring::Kring;
use crate::ports::free_port;
use std::{net::SocketAddr, time::Duration};
use traffic::{BOUND_PBX, Flood, PBX, TRUNK_CPS, TRUNKS, call_honestly, phones};

/// A call beside nothing takes less than this, before and after, or the machine is busy with something else: then what
/// gets through beside a flood, and when, says nothing of kring.
const QUICK: Duration = Duration::from_millis(30);

#[test]
fn an_honest_caller_gets_through_beside_floods() {
    let port = free_port();
    let logins = ["malee", "somsri", "preecha", "wichai", "kanya", "anong"];
    let agents = logins.map(|login| (login, port));
    let extra = format!("[agent]\nwrapup_s = 0\n{TRUNKS}");
    let (kring, _agents) = Kring::with_agents(&extra, &agents);
    let at = SocketAddr::from(([127, 0, 0, 1], kring.sip));
    let _phones = phones(SocketAddr::from(([127, 0, 0, 1], port)));
    let lasting = Duration::from_secs(2);
    let is_quick = || call_honestly(at, PBX, lasting).percentile(95) < QUICK;
    let mut quick = is_quick();
    let mut beside_each = Vec::new();
    for kind in Flood::ALL {
        let flood = kind.begin(at);
        let beside = (kind == Flood::TrunksCalls)
            .then(|| std::thread::spawn(move || call_honestly(at, BOUND_PBX, lasting)));
        let tally = call_honestly(at, PBX, lasting);
        let beside = beside.map(|thread| thread.join().expect("a caller does not panic"));
        let sent = flood.end();
        assert!(sent >= 400, "{kind:?}: {sent}");
        assert!(tally.good() > 0, "{kind:?}: {tally:?}");
        beside_each.push((kind, tally));
        if let Some(beside) = beside {
            let share = f64::from(TRUNK_CPS) * lasting.as_secs_f64() / sent as f64;
            let least = share * beside.offered as f64;
            assert!(beside.good() as f64 >= least, "{least}: {beside:?}");
        }
    }
    quick &= is_quick();
    for (kind, tally) in beside_each.iter().filter(|_| quick) {
        assert!(tally.offered >= 10, "{kind:?}: {tally:?}");
        assert_eq!(tally.good(), tally.offered, "{kind:?}: {tally:?}");
        let p95 = tally.percentile(95);
        assert!(p95 < Duration::from_millis(250), "{kind:?}: {p95:?}");
    }
    let metrics = kring.metrics_until("kring_sip_bounds_reached_total{bound=\"trunk_rate\"}");
    assert!(metrics.contains("kring_sip_bounds_reached_total{bound=\"stranger_rate\"}"));
    for method in ["INVITE", "REGISTER", "OPTIONS"] {
        let line = format!("kring_sip_strangers_total{{method=\"{method}\"}}");
        assert!(metrics.contains(&line), "{line}");
    }
}
