//! What agents look for is found, and the best stands first: by the table that both databases keep, too.

use kring_text::{Bearing, Book, Query, Synonyms, Texts, search, snippet};
use std::sync::Arc;

#[path = "../../../tests/store_contract/knowledge_table.rs"]
mod table;

/// The article of one unit, as it ships.
const UNIT: &str = "## ช่องทางติดต่อ\n\n- เว็บไซต์ www.moc.go.th\n- สายด่วน 1203\n\n## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้\n\n\
                    - ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน";

fn shelf() -> Vec<Arc<Book<&'static str>>> {
    let rows = table::ARTICLES.iter().copied();
    let units = [
        (
            "UNIT:MOC",
            "กระทรวงพาณิชย์ (MOC) ดูแลเรื่องใด และติดต่อได้ที่ไหน",
            "MOC",
            UNIT,
        ),
        (
            "UNIT:DBD",
            "กรมพัฒนาธุรกิจการค้า (DBD) ดูแลเรื่องใด และติดต่อได้ที่ไหน",
            "DBD; จดทะเบียนพาณิชย์",
            UNIT,
        ),
        (
            "WEB:DFT",
            "เว็บไซต์ของกรมการค้าต่างประเทศ",
            "DFT; www.dft.go.th",
            "",
        ),
        (
            "WEB:DIP",
            "เว็บไซต์ของกรมทรัพย์สินทางปัญญา",
            "DIP; www.ipthailand.go.th",
            "",
        ),
    ];
    let book = |(name, title, topics, body)| {
        let texts = Texts {
            title,
            topics,
            body,
        };
        Arc::new(Book::of(name, &texts))
    };
    rows.chain(units).map(book).collect()
}

fn synonyms() -> Synonyms {
    Synonyms::of([
        vec!["กรมพัฒนาธุรกิจการค้า", "DBD", "ดีบีดี"],
        vec!["ความตกลงการค้าเสรี", "FTA", "เอฟทีเอ"],
        vec!["หนังสือรับรองถิ่นกำเนิดสินค้า", "C/O", "certificate of origin"],
        vec!["เครื่องหมายการค้า", "trademark", "เทรดมาร์ค"],
        vec!["ลิขสิทธิ์", "copyright"],
        vec!["ประชุมทางไกล", "VDO Conference", "วิดีโอคอนเฟอเรนซ์"],
        vec!["จดทะเบียนพาณิชย์", "ทะเบียนพาณิชย์"],
    ])
}

fn found(books: &[Arc<Book<&'static str>>], text: &str) -> Vec<(&'static str, f32)> {
    let Some(query) = Query::read(text, &synonyms()) else {
        return Vec::new();
    };
    let all = |_: &&str| {
        Some(Bearing {
            last: false,
            favour: 1.0,
        })
    };
    let hits = search(books, &query, 5, all);
    hits.iter().map(|hit| (*hit.about(), hit.score)).collect()
}

#[test]
fn every_question_of_the_table_is_answered() {
    let books = shelf();
    let mut wrong = Vec::new();
    for (text, wanted) in table::FINDS {
        let found = found(&books, text);
        if !found.iter().take(3).any(|(name, _)| *name == wanted) {
            wrong.push(format!("{text}: {wanted} is not in {found:?}"));
        }
    }
    for text in table::FINDS_NOTHING {
        let found = found(&books, text);
        if !found.is_empty() {
            wrong.push(format!("{text}: nothing should be found, but {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A short word has few sounds: many texts seem to hold it, and the one that does must not be lost among them.
#[test]
fn a_short_word_is_found_in_a_crowd() {
    let mut seed = 7_u32;
    let mut letter = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let n = seed >> 16;
        char::from_u32(if n.is_multiple_of(5) {
            0xe32
        } else {
            0xe01 + n % 30
        })
        .expect("a letter")
    };
    let mut crowd = |n: usize| -> String { (0..n).map(|_| letter()).collect() };
    let texts: Vec<(String, String)> = (0..3_000).map(|_| (crowd(40), crowd(400))).collect();
    let book = |(n, (title, body)): (usize, &(String, String))| {
        let body = if n == 2_999 {
            format!("{body} XQ ฮูก")
        } else {
            body.clone()
        };
        let texts = Texts {
            title,
            topics: "",
            body: &body,
        };
        Arc::new(Book::of(n, &texts))
    };
    let books: Vec<_> = texts.iter().enumerate().map(book).collect();
    for q in ["xq", "ฮูก"] {
        let query = Query::read(q, &Synonyms::default()).unwrap();
        let all = |_: &usize| {
            Some(Bearing {
                last: false,
                favour: 1.0,
            })
        };
        let hits = search(&books, &query, 5, all);
        let found: Vec<usize> = hits.iter().map(|hit| *hit.about()).collect();
        assert!(found.contains(&2_999), "{q}: {found:?}");
    }
}

#[test]
fn what_comes_last_is_last_and_what_is_left_out_is_not_there() {
    let books = shelf();
    let query = Query::read("ทะเบียน", &Synonyms::default()).unwrap();
    let bearing = |name: &&str| match *name {
        "ecommerce" => Some(Bearing {
            last: true,
            favour: 1.0,
        }),
        "trademark" => None,
        _ => Some(Bearing {
            last: false,
            favour: 1.0,
        }),
    };
    let hits = search(&books, &query, 50, bearing);
    assert!(hits.len() > 2);
    assert_eq!(hits.last().map(|hit| *hit.about()), Some("ecommerce"));
    assert!(hits.iter().all(|hit| *hit.about() != "trademark"));
    assert_eq!(search(&books, &query, 1, bearing).len(), 1);
}

#[test]
fn a_snippet_shows_what_was_found_and_cuts_no_letter() {
    let body = format!(
        "{}\n# เอกสาร\nยื่น**คำขอจดทะเบียนพาณิชย์**ได้ที่เทศบาล {}",
        "ก่อนอื่น".repeat(40),
        "น้ำใจ".repeat(60)
    );
    let told = |text: &str, most: usize| -> (String, Vec<String>) {
        let query = Query::read(text, &Synonyms::default()).unwrap();
        let pieces = snippet(&body, &query, most);
        let whole = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let hits = pieces.into_iter().filter(|piece| piece.hit);
        (whole, hits.map(|piece| piece.text).collect())
    };
    let (whole, hits) = told("จดทะเบียนพานิช", 80);
    assert_eq!(hits, ["จดทะเบียนพาณิชย์"]);
    assert!(whole.starts_with('…') && whole.ends_with('…'), "{whole}");
    assert!(!whole.contains(['*', '#', '\n']), "{whole}");
    for most in 1..120 {
        let (whole, _) = told("เทศบาล", most);
        let is_mark =
            |c: char| matches!(c, '\u{e31}' | '\u{e33}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}');
        assert!(
            !whole.trim_start_matches('…').starts_with(is_mark),
            "{most}: {whole}"
        );
        assert!(!whole.contains("น้…"), "{most}: {whole}");
    }
    let (whole, hits) = told("ไม่มีคำนี้", 20);
    assert!(hits.is_empty() && whole.starts_with("ก่อนอื่น"));
}
