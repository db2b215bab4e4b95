//! Articles by the thousand, as a file: what a national centre has beside what is looked for. The same number
//! gives the same file.

use std::fmt::Write as _;

/// Of other matters than those of the table.
const WORDS: &str = "ชาวนา ข้าวหอมมะลิ มะพร้าว ลำไย มังคุด ยางพารา ปาล์มน้ำมัน มันสำปะหลัง อ้อย กุ้งแห้ง ปลาทู น้ำปลา \
    กะปิ ผ้าขาวม้า เครื่องจักสาน ไม้ไผ่ เซรามิก เครื่องเงิน ดอกไม้ สมุนไพร นวดแผนไทย โรงแรม ท่องเที่ยว ชุมชน ตลาดนัด \
    เกาะเสม็ด หาดทราย ภูเขา แม่น้ำ ถนน สะพาน รถบรรทุก เรือประมง สนามบิน ไปรษณีย์ ธนาคาร สหกรณ์ ออมทรัพย์ กองทุน \
    หมู่บ้าน โรงเรียน ครู นักเรียน มหาวิทยาลัย งานวิจัย ห้องทดลอง เครื่องมือ แม่พิมพ์ เหล็ก ทองแดง พลาสติก แก้ว \
    กระดาษ สีทาบ้าน ปูน อิฐ กระเบื้อง หลังคา หน้าต่าง ประตู เฟอร์นิเจอร์ ที่นอน หมอน ผ้าห่ม พัดลมไอน้ำ ตู้เย็น เตาอบ \
    หม้อหุงข้าว จักรยาน มอเตอร์ไซค์ ยางรถ แบตเตอรี่ แสงอาทิตย์ กังหันลม ชลประทาน ปุ๋ย เมล็ดพันธุ์ ดิน ฝน อากาศ ฤดูหนาว \
    ที่ ของ และ ใน เป็น มี จาก โดย ความ ให้ ได้";

/// So many articles, with title, topics and body, as a file that is imported.
pub(crate) fn crowd(articles: usize) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut seed = 20_261_129_u64;
    let mut draw = move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let n = (seed >> 33) as usize;
        // The first of them more often than the last, as words are.
        words[n % words.len() * (n / 128 % words.len()) / words.len()]
    };
    let mut said = move |n: usize| -> String { (0..n).map(|_| draw()).collect() };
    let mut file = "title,topics,body\n".to_owned();
    for n in 0..articles {
        let (title, topic) = (said(5), said(2));
        let (head, body) = (said(3), said(160 + n % 160));
        writeln!(file, "{title} {n},{topic},\"# {head}\n{body}\"")
            .expect("a String takes everything");
    }
    file
}
