//! Names that look like those of Thailand: a few are everywhere, most are somebody's own.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// The most frequent first: each is drawn half as often as the one at half its place.
const GIVEN: [(&str, &str); 48] = [
    ("นาย", "สมชาย"),
    ("นาง", "สมหญิง"),
    ("นางสาว", "สุภาพร"),
    ("นาย", "ประเสริฐ"),
    ("นาง", "มาลี"),
    ("นาย", "วิชัย"),
    ("นางสาว", "พรทิพย์"),
    ("นาย", "สมศักดิ์"),
    ("นาง", "บุญมี"),
    ("นาย", "สุรชัย"),
    ("นางสาว", "กนกวรรณ"),
    ("นาย", "อนันต์"),
    ("นาง", "สมศรี"),
    ("นาย", "ประยุทธ"),
    ("นางสาว", "จิราภรณ์"),
    ("นาย", "ธีระ"),
    ("นาง", "ลัดดา"),
    ("นาย", "ชัยวัฒน์"),
    ("นางสาว", "วิภาดา"),
    ("นาย", "บุญเลิศ"),
    ("นาง", "ทองใบ"),
    ("นาย", "สุรศักดิ์"),
    ("นางสาว", "อรุณี"),
    ("นาย", "นิรันดร์"),
    ("นาง", "จินดา"),
    ("นาย", "ณัฐพล"),
    ("นางสาว", "ณัฐธิดา"),
    ("นาย", "กิตติ"),
    ("นาง", "เพ็ญศรี"),
    ("นาย", "เกียรติศักดิ์"),
    ("นางสาว", "แก้วตา"),
    ("นาย", "เฉลิม"),
    ("นาง", "อัมพร"),
    ("นาย", "ไพโรจน์"),
    ("นางสาว", "เบญจมาศ"),
    ("นาย", "ศุภชัย"),
    ("นาง", "น้ำฝน"),
    ("นาย", "ก้องเกียรติ"),
    ("นางสาว", "ปิยะนุช"),
    ("นาย", "มานะ"),
    ("นาง", "ชูใจ"),
    ("นาย", "ปิติ"),
    ("นางสาว", "วีณา"),
    ("นาย", "ยุทธนา"),
    ("นาง", "รัตนา"),
    ("นาย", "ฤทธิ์"),
    ("นางสาว", "ฟ้าใส"),
    ("นาย", "อำนวย"),
];

/// Of which other given names are made.
const GIVEN_STEMS: [&str; 40] = [
    "ธน",
    "ศิริ",
    "วรรณ",
    "พร",
    "กิตติ",
    "ณัฐ",
    "ภัทร",
    "สุ",
    "อร",
    "ปิยะ",
    "จิรา",
    "นันท์",
    "รัตน์",
    "พงษ์",
    "เดช",
    "ศักดิ์",
    "พล",
    "ภรณ์",
    "กานต์",
    "ดา",
    "นี",
    "ชา",
    "วุฒิ",
    "เพ็ญ",
    "ธีร",
    "อภิ",
    "ชน",
    "วิ",
    "มนัส",
    "ลักษณ์",
    "ทิพย์",
    "รุ่ง",
    "เอก",
    "นภา",
    "ปวีณ",
    "ฐิติ",
    "กัญญา",
    "ชล",
    "ธิดา",
    "ไกร",
];

/// The most frequent family names.
const FAMILY: [&str; 24] = [
    "ใจดี",
    "แซ่ลิ้ม",
    "แซ่ตั้ง",
    "ทองดี",
    "มีสุข",
    "แสงทอง",
    "ศรีสุข",
    "บุญมา",
    "แก้วมณี",
    "รุ่งเรือง",
    "วงศ์ใหญ่",
    "สายชล",
    "พูลผล",
    "จันทร์แก้ว",
    "ทองคำ",
    "สุขสวัสดิ์",
    "อินทร์แก้ว",
    "เพชรรัตน์",
    "คำแก้ว",
    "บุญเรือง",
    "ชัยชนะ",
    "ศรีสวัสดิ์",
    "สมบูรณ์",
    "ณ ระยอง",
];

/// Of which other family names are made.
const FAMILY_STEMS: [&str; 60] = [
    "ศรี",
    "ทอง",
    "สุข",
    "วงศ์",
    "แก้ว",
    "บุญ",
    "จันทร์",
    "ไทย",
    "เจริญ",
    "พันธุ์",
    "ชัย",
    "เรือง",
    "พงษ์",
    "สกุล",
    "วัฒน์",
    "กิจ",
    "ใจ",
    "ดี",
    "งาม",
    "มณี",
    "คำ",
    "อินทร์",
    "เพชร",
    "ประเสริฐ",
    "สมบูรณ์",
    "ธรรม",
    "รัตน",
    "ภักดี",
    "เกษม",
    "วิจิตร",
    "สว่าง",
    "มงคล",
    "พิพัฒน์",
    "ทรัพย์",
    "มั่น",
    "คง",
    "ยืน",
    "ยง",
    "เลิศ",
    "วิไล",
    "นาค",
    "พรหม",
    "โพธิ์",
    "หอม",
    "สิงห์",
    "เสือ",
    "ป่า",
    "น้ำ",
    "นา",
    "เขา",
    "ชล",
    "ธาร",
    "กุล",
    "ชาติ",
    "เดช",
    "อุดม",
    "สาย",
    "ปัญญา",
    "วิเศษ",
    "สิริ",
];

const TRADES: [&str; 12] = [
    "การค้า",
    "พาณิชย์",
    "ก่อสร้าง",
    "ขนส่ง",
    "การเกษตร",
    "อุตสาหกรรม",
    "เทคโนโลยี",
    "บริการ",
    "ฟู้ดส์",
    "พลังงาน",
    "ยานยนต์",
    "เอ็นจิเนียริ่ง",
];

/// A person or a company.
pub(crate) struct Name {
    pub(crate) prefix: &'static str,
    pub(crate) given: String,
    pub(crate) family: String,
}

/// Draws one.
pub(crate) fn name(chance: &mut ChaCha8Rng) -> Name {
    if chance.random_ratio(3, 100) {
        return company(chance);
    }
    let (prefix, common) = GIVEN[frequent(chance, GIVEN.len())];
    let given = if chance.random_ratio(6, 10) {
        common.to_owned()
    } else {
        made_of(chance, &GIVEN_STEMS, 2)
    };
    let family = match chance.random_range(0..100) {
        // Some have none, or did not tell it.
        0..5 => String::new(),
        5..17 => FAMILY[frequent(chance, FAMILY.len())].to_owned(),
        17..40 => made_of(chance, &FAMILY_STEMS, 2),
        _ => made_of(chance, &FAMILY_STEMS, 3),
    };
    Name {
        prefix,
        given,
        family,
    }
}

fn company(chance: &mut ChaCha8Rng) -> Name {
    let trade = TRADES[chance.random_range(0..TRADES.len())];
    let given = made_of(chance, &FAMILY_STEMS, 2) + trade;
    let prefix = if chance.random_ratio(1, 3) {
        "ร้าน"
    } else {
        "บริษัท … จำกัด"
    };
    Name {
        prefix,
        given,
        family: String::new(),
    }
}

/// A place among `n`, the first ones far more often.
fn frequent(chance: &mut ChaCha8Rng, n: usize) -> usize {
    let even: f64 = chance.random();
    ((n as f64 + 1.0).powf(even) - 1.0) as usize % n
}

fn made_of(chance: &mut ChaCha8Rng, stems: &[&str], n: usize) -> String {
    let stem = |_| stems[chance.random_range(0..stems.len())];
    (0..n).map(stem).collect()
}
