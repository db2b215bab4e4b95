//! What alerts say, in Thai and English, and the names of reasons.

use crate::wire::Alert;
use kring_journal::{MediaSide, RecordingFault, Unreached};

/// What an agent is told who was paused for calls that were not taken; nothing of another reason.
pub(crate) fn paused(reason: &str) -> Option<Alert> {
    Some(match reason {
        "rona" => RONA_PAUSED,
        "declined" => DECLINED_PAUSED,
        "busy" => BUSY_PAUSED,
        "unregistered" | "device" => DEVICE_PAUSED,
        _ => return None,
    })
}

/// What a queue's last ready agent is told instead.
pub(crate) fn warned(reason: Option<&str>) -> Alert {
    match reason {
        None => RONA_WARNED,
        Some("declined") => DECLINED_WARNED,
        Some("busy") => BUSY_WARNED,
        Some(_) => DEVICE_WARNED,
    }
}

const DECLINED_PAUSED: Alert = Alert {
    code: "declined_paused",
    severity: "warning",
    text_th: "ระบบพักการรับสายให้ เพราะปฏิเสธสายติดต่อกัน กดพร้อมรับสายเมื่อพร้อม",
    text_en: "You were paused because you declined calls. Press ready when you can take them.",
};

const DECLINED_WARNED: Alert = Alert {
    code: "declined_warned",
    severity: "warning",
    text_th: "มีสายที่ปฏิเสธติดต่อกัน คุณเป็นเจ้าหน้าที่คนสุดท้ายที่พร้อมรับสาย",
    text_en: "You declined calls, and you are the last one ready.",
};

const BUSY_PAUSED: Alert = Alert {
    code: "busy_paused",
    severity: "warning",
    text_th: "ระบบพักการรับสายให้ เพราะเครื่องโทรศัพท์ไม่ว่าง กดพร้อมรับสายเมื่อวางสายแล้ว",
    text_en: "You were paused because your phone was busy. Press ready when it is free.",
};

const BUSY_WARNED: Alert = Alert {
    code: "busy_warned",
    severity: "warning",
    text_th: "เครื่องโทรศัพท์ของคุณไม่ว่าง และคุณเป็นเจ้าหน้าที่คนสุดท้ายที่พร้อมรับสาย",
    text_en: "Your phone is busy, and you are the last one ready.",
};

const DEVICE_PAUSED: Alert = Alert {
    code: "device_paused",
    severity: "warning",
    text_th: "ระบบพักการรับสายให้ เพราะติดต่อเครื่องโทรศัพท์ของคุณไม่ได้ ตรวจเครื่องแล้วกดพร้อมรับสาย",
    text_en: "You were paused because your phone cannot be reached. Check it, then press ready.",
};

const DEVICE_WARNED: Alert = Alert {
    code: "device_warned",
    severity: "warning",
    text_th: "ติดต่อเครื่องโทรศัพท์ของคุณไม่ได้ และคุณเป็นเจ้าหน้าที่คนสุดท้ายที่พร้อมรับสาย",
    text_en: "Your phone cannot be reached, and you are the last one ready.",
};

/// The queue's last ready agent let calls ring out.
const RONA_WARNED: Alert = Alert {
    code: "rona_warned",
    severity: "warning",
    text_th: "มีสายที่ไม่ได้รับติดต่อกัน คุณเป็นเจ้าหน้าที่คนสุดท้ายที่พร้อมรับสาย",
    text_en: "Calls rang out at your phone, and you are the last one ready.",
};

/// The agent was paused because calls rang out.
const RONA_PAUSED: Alert = Alert {
    code: "rona_paused",
    severity: "warning",
    text_th: "ระบบพักการรับสายให้ เพราะมีสายที่ไม่ได้รับติดต่อกัน กดพร้อมรับสายเมื่อกลับมา",
    text_en: "You were paused because calls rang out. Press ready when you are back.",
};

/// kring caught itself breaking a law.
pub(crate) const INVARIANT_BROKEN: Alert = Alert {
    code: "invariant_broken",
    severity: "critical",
    text_th: "ระบบตรวจพบความผิดปกติภายใน กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "kring found a fault of its own. Tell the administrator.",
};

/// The configuration was read again and has mistakes.
pub(crate) const CONFIGURATION_REFUSED: Alert = Alert {
    code: "configuration_refused",
    severity: "warning",
    text_th: "ไฟล์ตั้งค่าใหม่มีข้อผิดพลาด ระบบใช้ค่าเดิมต่อไป กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "The new configuration has mistakes; the old one stays. Tell the administrator.",
};

/// Somebody tries passwords, for one login from many places or for many logins from one.
pub(crate) const PASSWORDS_GUESSED: Alert = Alert {
    code: "passwords_guessed",
    severity: "critical",
    text_th: "มีผู้พยายามเดารหัสผ่านเข้าสู่ระบบ ระบบหน่วงเวลาผู้นั้นแล้ว กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "Somebody is guessing passwords and is being held up. Tell the administrator.",
};

/// A PBX answers no more.
pub(crate) const TRUNK_DOWN: Alert = Alert {
    code: "trunk_down",
    severity: "critical",
    text_th: "ติดต่อตู้สาขาไม่ได้ สายอาจไม่เข้า กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "The PBX does not answer: calls may not come in. Tell the administrator.",
};

/// A PBX answers again.
pub(crate) const TRUNK_UP: Alert = Alert {
    code: "trunk_up",
    severity: "info",
    text_th: "ติดต่อตู้สาขาได้แล้ว",
    text_en: "The PBX answers.",
};

/// We are not registered with a PBX.
pub(crate) const UNREGISTERED: Alert = Alert {
    code: "unregistered",
    severity: "critical",
    text_th: "ลงทะเบียนกับตู้สาขาไม่ได้ สายจะไม่เข้า กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "kring is not registered with the PBX: calls do not come in. Tell the administrator.",
};

const RECORDING_DISK_FULL: Alert = Alert {
    code: "recording_failed",
    severity: "critical",
    text_th: "ดิสก์เต็ม บันทึกเสียงไม่ได้ สายสนทนาต่อได้ตามปกติ กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "The disk is full: calls are not recorded any more, and go on. Tell the administrator.",
};

const RECORDING_NO_KEY: Alert = Alert {
    code: "recording_failed",
    severity: "critical",
    text_th: "บันทึกเสียงไม่ได้ เพราะเปิดกุญแจเข้ารหัสไม่ได้ กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "Calls cannot be recorded: the key cannot be read. Tell the administrator.",
};

const RECORDING_FAILED: Alert = Alert {
    code: "recording_failed",
    severity: "critical",
    text_th: "บันทึกเสียงของสายหนึ่งไม่ได้ สายสนทนาต่อได้ตามปกติ กรุณาแจ้งผู้ดูแลระบบ",
    text_en: "A call could not be recorded, and goes on. Tell the administrator.",
};

/// A call is not recorded that should be.
pub(crate) const fn recording_failed(why: RecordingFault) -> Alert {
    match why {
        RecordingFault::DiskFull => RECORDING_DISK_FULL,
        RecordingFault::NoKey => RECORDING_NO_KEY,
        RecordingFault::Disk | RecordingFault::TooMany => RECORDING_FAILED,
    }
}

const CALLER_SILENT: Alert = Alert {
    code: "caller_silent",
    severity: "warning",
    text_th: "ไม่ได้ยินเสียงจากประชาชน",
    text_en: "Nothing is heard from the caller.",
};

const THIRD_SILENT: Alert = Alert {
    code: "unit_silent",
    severity: "warning",
    text_th: "ไม่มีเสียงจากหน่วยงานที่ปรึกษา",
    text_en: "Nothing is heard from the unit that you consult.",
};

const AGENT_SILENT: Alert = Alert {
    code: "agent_silent",
    severity: "warning",
    text_th: "ไม่มีเสียงจากเครื่องของคุณ ตรวจไมโครโฟนหรือปุ่มปิดเสียง",
    text_en: "Nothing is heard from your phone. Check the microphone and mute.",
};

/// One side of a call is silent.
pub(crate) const fn silent(side: MediaSide) -> Alert {
    match side {
        MediaSide::Caller => CALLER_SILENT,
        MediaSide::Agent => AGENT_SILENT,
        MediaSide::Third => THIRD_SILENT,
    }
}

/// The reason that `call.withdrawn` gives when the phone ended the offer itself.
pub(crate) const fn unreached(why: Unreached) -> &'static str {
    match why {
        Unreached::Busy => "phone_busy",
        Unreached::Declined => "phone_declined",
        Unreached::Unregistered => "phone_unregistered",
        Unreached::Silent => "phone_silent",
        Unreached::Failed => "phone_failed",
        Unreached::SilentDevice => "silent_device",
        Unreached::Redirected => "phone_redirected",
        // Only whom kring dials through a trunk rings out so.
        Unreached::NoAnswer => "no_answer",
    }
}
