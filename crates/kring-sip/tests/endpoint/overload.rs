//! Bounds that one message can reach. Those of the tables are tested beside them.

use crate::wire::{CONTACT, Wire, invite};

#[test]
fn a_head_too_long_to_be_kept_is_refused() {
    let mut wire = Wire::new();
    let long = format!("Record-Route: <sip:{}@192.0.2.9;lr>", "x".repeat(10_000));
    wire.say(&invite("z9hG4bK-1", &[CONTACT, &long], "v=0"));
    assert_eq!(wire.heard(), ["513 INVITE"]);
    assert_eq!(wire.endpoint.counts().transactions, 0);
}
