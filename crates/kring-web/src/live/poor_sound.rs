//! What supervisors are told of a line that sounds poor: whose, and which of its two ways.

use crate::wire::Alert;
use kring_journal::{MediaSide, Way};

/// The alert for one way of one side's line.
pub(super) const fn of(side: MediaSide, way: Way) -> Alert {
    let (text_th, text_en) = match (side, way) {
        (MediaSide::Caller, Way::From) => (
            "เสียงจากผู้โทรขาดหายหรือไม่สม่ำเสมอ เจ้าหน้าที่ฟังไม่ชัด ตรวจสายจากตู้สาขา",
            "The caller's sound is broken: the agent hears badly. Look at the line from the PBX.",
        ),
        (MediaSide::Caller, Way::To) => (
            "เสียงที่ส่งถึงผู้โทรขาดหายหรือไม่สม่ำเสมอ ผู้โทรฟังไม่ชัด ตรวจสายไปตู้สาขา",
            "The sound to the caller is broken: the caller hears badly. Look at the line to the PBX.",
        ),
        (MediaSide::Agent, Way::From) => (
            "เสียงจากเครื่องของเจ้าหน้าที่ขาดหายหรือไม่สม่ำเสมอ ผู้โทรฟังไม่ชัด ตรวจเครือข่ายของเครื่องนั้น",
            "The agent's sound is broken: the caller hears badly. Look at the network of that phone.",
        ),
        (MediaSide::Agent, Way::To) => (
            "เสียงที่ส่งถึงเครื่องของเจ้าหน้าที่ขาดหายหรือไม่สม่ำเสมอ เจ้าหน้าที่ฟังไม่ชัด ตรวจเครือข่ายของเครื่องนั้น",
            "The sound to the agent is broken: the agent hears badly. Look at the network of that phone.",
        ),
        (MediaSide::Third, Way::From) => (
            "เสียงจากหน่วยงานที่ปรึกษาขาดหายหรือไม่สม่ำเสมอ",
            "The sound of the unit that is consulted is broken.",
        ),
        (MediaSide::Third, Way::To) => (
            "เสียงที่ส่งถึงหน่วยงานที่ปรึกษาขาดหายหรือไม่สม่ำเสมอ",
            "The sound to the unit that is consulted is broken.",
        ),
    };
    Alert {
        code: "poor_sound",
        severity: "warning",
        text_th,
        text_en,
    }
}
