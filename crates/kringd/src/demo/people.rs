//! The people of the demo: citizens, their earlier matters, agents, and officers of departments. All
//! are made up; the numbers are of a form that Thailand does not assign.

use kring_store::Role;

/// One who calls.
pub(super) struct Citizen {
    /// From of the call: a number in one of its spellings, or `anonymous`.
    pub(super) number: &'static str,
    /// Whether the call came by the hotline 1203.
    pub(super) by_hotline: bool,
    /// The tone that stands for the voice, Hz.
    pub(super) voice_hz: f32,
    /// How long the citizen lets it ring, s.
    pub(super) patience_s: u64,
}

/// One whom the centre knows.
pub(super) struct Known {
    pub(super) number: &'static str,
    pub(super) prefix: &'static str,
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    /// Earlier matters: short name of the department and the matter, oldest first.
    pub(super) matters: &'static [(&'static str, &'static str)],
}

/// An agent of the demo.
pub(super) struct Seat {
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    /// How long the agent lets it ring, ms; `None`: only the page answers.
    pub(super) picks_up_after_ms: Option<u64>,
}

/// An officer of a department, behind an extension.
pub(super) struct Officer {
    pub(super) department: &'static str,
    pub(super) extension: &'static str,
}

/// One who works without a telephone on the desk, and looks at what their role shows.
pub(super) struct Account {
    /// Also what the demo prints.
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) role: Role,
    /// Short name of the unit, for an officer of one.
    pub(super) unit: Option<&'static str>,
}

/// For each role beside the agents': the same password as the newcomer's.
pub(super) const ACCOUNTS: [Account; 7] = [
    account(HEADSET, "ผู้ทดลองใช้หูฟัง", Role::Agent),
    account("supervisor", "หัวหน้างาน", Role::Supervisor),
    account("admin", "ผู้ดูแลระบบ", Role::Admin),
    account("editor", "ผู้ดูแลคลังความรู้", Role::KbEditor),
    Account {
        unit: Some("DIT"),
        ..account("officer", "เจ้าหน้าที่กรมการค้าภายใน", Role::UnitOfficer)
    },
    account("tips", "เจ้าหน้าที่รับแจ้งเบาะแส", Role::TipOfficer),
    account("dpo", "เจ้าหน้าที่คุ้มครองข้อมูล", Role::Dpo),
];

const fn account(login: &'static str, name: &'static str, role: Role) -> Account {
    Account {
        login,
        name,
        role,
        unit: None,
    }
}

/// The newcomer's login.
pub(super) const NEWCOMER: &str = "demo";

/// An agent whose telephone is the page itself.
pub(super) const HEADSET: &str = "headset";

/// New, returning, two on one number, anonymous, in a hurry.
pub(super) const CITIZENS: [Citizen; 6] = [
    Citizen {
        number: "0812345670",
        by_hotline: false,
        voice_hz: 523.0,
        patience_s: 60,
    },
    Citizen {
        number: "66891234560",
        by_hotline: true,
        voice_hz: 587.0,
        patience_s: 60,
    },
    Citizen {
        number: "038610020",
        by_hotline: false,
        voice_hz: 659.0,
        patience_s: 60,
    },
    Citizen {
        number: "anonymous",
        by_hotline: true,
        voice_hz: 698.0,
        patience_s: 60,
    },
    Citizen {
        number: "+66861112220",
        by_hotline: false,
        voice_hz: 784.0,
        patience_s: 60,
    },
    Citizen {
        number: "0951239870",
        by_hotline: false,
        voice_hz: 880.0,
        patience_s: 3,
    },
];

/// Two of them share a number: a chooser on the screen.
pub(super) const KNOWN: [Known; 4] = [
    Known {
        number: "0812345670",
        prefix: "นางสาว",
        given: "กมลชนก",
        family: "แก้วประเสริฐ",
        matters: &[
            ("DIP", "สอบถามค่าธรรมเนียมต่ออายุเครื่องหมายการค้า"),
            ("DBD", "ขอแบบฟอร์มจดทะเบียนพาณิชย์ร้านออนไลน์"),
            ("DIT", "สอบถามการแจ้งราคาปุ๋ยเคมีและป้ายแสดงราคา"),
        ],
    },
    Known {
        number: "0891234560",
        prefix: "นาย",
        given: "ธนากร",
        family: "ศรีสมบูรณ์",
        matters: &[("DFT", "สอบถามหนังสือรับรองถิ่นกำเนิดสินค้า")],
    },
    Known {
        number: "038610020",
        prefix: "นาง",
        given: "สมศรี",
        family: "ทองดี",
        matters: &[("DBD", "สอบถามการจดทะเบียนห้างหุ้นส่วน")],
    },
    Known {
        number: "038610020",
        prefix: "นาย",
        given: "วิชัย",
        family: "ทองดี",
        matters: &[("DIT", "สอบถามเครื่องชั่งในตลาดสด")],
    },
];

/// One who answers at once, one who takes a while, and the newcomer.
pub(super) const SEATS: [Seat; 3] = [
    Seat {
        login: "malee",
        name: "มาลี ใจดี",
        picks_up_after_ms: Some(2_200),
    },
    Seat {
        login: "somchai",
        name: "สมชาย รักงาน",
        picks_up_after_ms: Some(6_400),
    },
    Seat {
        login: NEWCOMER,
        name: "ผู้ทดลองใช้",
        picks_up_after_ms: None,
    },
];

/// Officers who answer at their extensions.
pub(super) const OFFICERS: [Officer; 3] = [
    Officer {
        department: "DBD",
        extension: "2104",
    },
    Officer {
        department: "DIT",
        extension: "2201",
    },
    Officer {
        department: "DIP",
        extension: "2305",
    },
];

/// What the robots write into the record: department, matter.
pub(super) const RECORDS: [(&str, &str); 4] = [
    ("DBD", "สอบถามขั้นตอนจดทะเบียนพาณิชย์อิเล็กทรอนิกส์"),
    ("DIT", "สอบถามราคาสินค้าควบคุม"),
    ("DIP", "สอบถามการจดลิขสิทธิ์"),
    ("DFT", "สอบถามใบอนุญาตนำเข้า"),
];
