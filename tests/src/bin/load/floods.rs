//! An honest caller beside floods: how many calls get through, and how long each takes to be set up.
//! What one trunk brings too much is measured on that trunk and on another.

mod traffic;

use crate::{
    Options, Outcome,
    house::{House, free_port},
};
use std::{net::SocketAddr, time::Duration};
use traffic::{BOUND_PBX, Flood, PBX, TRUNK_CPS, TRUNKS, Tally, call_honestly, phones};

/// Each flood for `--seconds` (10) beside an honest caller, and first the honest caller alone.
pub(crate) fn beside(options: &Options) -> Outcome<()> {
    let lasting = Duration::from_secs(options.number("--seconds", 10)?.into());
    let phones_at = free_port()?;
    let house = House::with_trunks(60, phones_at, None, TRUNKS)?;
    let kring = SocketAddr::from(([127, 0, 0, 1], house.sip));
    let _phones = phones(SocketAddr::from(([127, 0, 0, 1], phones_at)));
    print("nothing", 0, &call_honestly(kring, PBX, lasting));
    let mut good = true;
    for kind in Flood::ALL {
        let flood = kind.begin(kring);
        let beside = (kind == Flood::TrunksCalls)
            .then(|| std::thread::spawn(move || call_honestly(kring, BOUND_PBX, lasting)));
        let tally = call_honestly(kring, PBX, lasting);
        let beside = beside.and_then(|thread| thread.join().ok());
        let sent = flood.end();
        print(&format!("{kind:?}"), sent, &tally);
        good &= tally.good() == tally.offered && tally.percentile(95) < Duration::from_millis(250);
        if let Some(beside) = beside {
            let share = f64::from(TRUNK_CPS) * lasting.as_secs_f64()
                / (sent as f64 + beside.offered as f64);
            print("the bound trunk itself", sent, &beside);
            println!("floods   its share is {:.1} %", share * 100.0);
            good &= beside.good() as f64 >= share * beside.offered as f64;
        }
    }
    if good {
        return Ok(());
    }
    Err("an honest caller was not served as promised".into())
}

fn print(beside: &str, sent: u64, tally: &Tally) {
    let ms = |percent| tally.percentile(percent).as_secs_f64() * 1_000.0;
    println!(
        "floods beside={beside} sent={sent} honest={}/{} failed={:?} setup_p50={:.1}ms setup_p95={:.1}ms",
        tally.good(),
        tally.offered,
        tally.failed,
        ms(50),
        ms(95),
    );
}
