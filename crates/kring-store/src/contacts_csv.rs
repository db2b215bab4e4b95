//! Persons as a file of rows: one row a person, columns known by English or Thai names, in any order.
//!
//! A column that is not there leaves what is stored; an empty cell of one that is there empties it. Numbers are
//! given and never taken away.

use crate::{
    Contact, ContactId, Number, NumberPlan,
    csv_mistake::CsvMistake,
    csv_rows::{Row, guarded, rows},
    limits,
};
use kring_text::{folded, split_name};

/// The columns, by the name that is written, and those that are read, too.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("id", &["รหัส"]),
    ("prefix", &["คำนำหน้า", "คำนำหน้าชื่อ"]),
    ("given", &["ชื่อ", "ชื่อจริง"]),
    ("family", &["นามสกุล", "สกุล", "ชื่อสกุล"]),
    ("name", &["ชื่อ-นามสกุล", "ชื่อ นามสกุล", "ชื่อ-สกุล", "ชื่อเต็ม"]),
    ("org", &["หน่วยงาน", "บริษัท", "องค์กร"]),
    (
        "numbers",
        &[
            "หมายเลข",
            "เบอร์",
            "เบอร์โทร",
            "โทรศัพท์",
            "หมายเลขโทรศัพท์",
            "number",
            "phone",
        ],
    ),
    ("notes", &["หมายเหตุ", "บันทึก"]),
    ("vip", &["คนสำคัญ", "สำคัญ"]),
    ("language", &["ภาษา"]),
];

const ID: usize = 0;
const GIVEN: usize = 2;
const NAME: usize = 4;
const NUMBERS: usize = 6;
const NOTES: usize = 7;
const VIP: usize = 8;
const LANGUAGE: usize = 9;

/// A person as a row tells them; none: the file has no column for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedContact {
    /// The line of the row.
    pub(crate) row: u64,
    pub(crate) id: Option<ContactId>,
    pub(crate) prefix: Option<String>,
    /// Not empty.
    pub(crate) given: String,
    pub(crate) family: Option<String>,
    pub(crate) org: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) vip: Option<bool>,
    pub(crate) language: Option<String>,
    pub(crate) numbers: Vec<Number>,
}

/// Reads a file in UTF-8, with or without byte order mark. Every mistake in it is told, up to
/// [`limits::CSV_MISTAKES_MAX`].
pub fn read_contacts_csv(
    bytes: &[u8],
    plan: &NumberPlan,
) -> Result<Vec<ImportedContact>, Vec<CsvMistake>> {
    let rows = rows(bytes, &COLUMNS, "")?;
    let mut mistakes = Vec::new();
    let contacts = rows
        .iter()
        .map(|row| contact(row, plan, &mut mistakes))
        .collect();
    mistakes.truncate(limits::CSV_MISTAKES_MAX);
    if mistakes.is_empty() {
        Ok(contacts)
    } else {
        Err(mistakes)
    }
}

fn contact(row: &Row, plan: &NumberPlan, mistakes: &mut Vec<CsvMistake>) -> ImportedContact {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let mut told = ImportedContact {
        row: row.line,
        id: None,
        prefix: text(1),
        given: text(GIVEN).unwrap_or_default(),
        family: text(3),
        org: text(5),
        notes: text(NOTES),
        vip: None,
        language: text(LANGUAGE).map(|language| folded(&language)),
        numbers: Vec::new(),
    };
    if let Some(name) = row.text(NAME).filter(|name| !name.is_empty()) {
        let name = split_name(name);
        if told.given.is_empty() {
            // Written without a prefix: it is not said that there is none.
            told.prefix = Some(name.prefix)
                .filter(|prefix| !prefix.is_empty())
                .or(told.prefix);
            told.given = name.given;
            told.family = Some(name.family);
        } else {
            mistakes.push(row.mistake(NAME, beside_its_parts()));
        }
    }
    if told.given.trim().is_empty() {
        mistakes.push(row.mistake(GIVEN, ("is empty".to_owned(), "ต้องไม่ว่าง".to_owned())));
    }
    for column in 0..COLUMNS.len() {
        let most = if column == NOTES {
            limits::DETAIL_CHARS_MAX
        } else {
            limits::SHORT_CHARS_MAX
        };
        if row
            .text(column)
            .is_some_and(|text| text.chars().count() > most)
        {
            mistakes.push(row.mistake(column, too_long(most)));
        }
    }
    match row.text(ID).filter(|id| !id.is_empty()).map(str::parse) {
        None => {}
        Some(Ok(id)) => told.id = Some(id),
        Some(Err(_)) => mistakes.push(row.mistake(ID, no_id())),
    }
    match row.text(VIP).map(folded).as_deref() {
        None => {}
        Some("" | "no" | "n" | "false" | "0" | "ไม่" | "ไม่ใช่") => {
            told.vip = Some(false)
        }
        Some("yes" | "y" | "true" | "1" | "ใช่") => told.vip = Some(true),
        Some(_) => mistakes.push(row.mistake(VIP, no_truth())),
    }
    if let Some(language) = &mut told.language {
        match language.as_str() {
            "" | "th" | "en" => {}
            "ไทย" | "thai" => "th".clone_into(language),
            "อังกฤษ" | "english" => "en".clone_into(language),
            _ => mistakes.push(row.mistake(LANGUAGE, no_language())),
        }
    }
    told.numbers = numbers(row, plan, mistakes);
    told
}

/// Numbers stand beside each other, with semicolons or bars between or each in a line of its own.
fn numbers(row: &Row, plan: &NumberPlan, mistakes: &mut Vec<CsvMistake>) -> Vec<Number> {
    let cell = row.text(NUMBERS).unwrap_or_default();
    let written = cell.split([';', '|', '\n']).map(str::trim);
    let mut numbers: Vec<Number> = Vec::new();
    for text in written.filter(|text| !text.is_empty()) {
        let number = Number::read(text, plan);
        if !number.is_personal() {
            let told = (
                format!("{text} is no number that a person has"),
                format!("{text} ไม่ใช่หมายเลขของบุคคล"),
            );
            mistakes.push(row.mistake(NUMBERS, told));
        } else if !numbers
            .iter()
            .any(|other| other.canonical == number.canonical)
        {
            numbers.push(number);
        }
    }
    if numbers.len() as i64 > limits::NUMBERS_OF_CONTACT_MAX {
        let told = (
            "has too many numbers".to_owned(),
            "มีหมายเลขมากเกินไป".to_owned(),
        );
        mistakes.push(row.mistake(NUMBERS, told));
    }
    numbers
}

fn beside_its_parts() -> (String, String) {
    let thai = "ระบุทั้งชื่อเต็มและชื่อแยกไม่ได้";
    ("is given beside its parts".to_owned(), thai.to_owned())
}

fn no_id() -> (String, String) {
    ("is no id of kring".to_owned(), "ไม่ใช่รหัสของระบบ".to_owned())
}

fn no_truth() -> (String, String) {
    (
        "is neither yes nor no".to_owned(),
        "ต้องเป็น ใช่ หรือ ไม่".to_owned(),
    )
}

fn no_language() -> (String, String) {
    let thai = "ต้องเป็น th หรือ en หรือเว้นว่าง";
    ("is neither th nor en nor empty".to_owned(), thai.to_owned())
}

fn too_long(most: usize) -> (String, String) {
    (
        format!("has more than {most} characters"),
        format!("ยาวเกิน {most} ตัวอักษร"),
    )
}

/// The first line of such a file, with a byte order mark, as spreadsheets want it.
pub(crate) fn header() -> String {
    let names = COLUMNS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| *name != "name");
    written([names.map(str::to_owned).collect()], "\u{feff}")
}

/// Rows of it: persons with their numbers as people write them.
pub(crate) fn lines(contacts: &[(Contact, Vec<String>)]) -> String {
    let row = |(contact, numbers): &(Contact, Vec<String>)| {
        vec![
            contact.id.to_string(),
            guarded(&contact.prefix),
            guarded(&contact.given),
            guarded(&contact.family),
            guarded(&contact.org),
            guarded(&numbers.join("; ")),
            guarded(&contact.notes),
            if contact.vip { "yes" } else { "no" }.to_owned(),
            contact.language.clone(),
        ]
    };
    written(contacts.iter().map(row), "")
}

fn written(rows: impl IntoIterator<Item = Vec<String>>, before: &str) -> String {
    let mut out = csv::Writer::from_writer(before.as_bytes().to_vec());
    let full = "writing to memory does not fail";
    for row in rows {
        out.write_record(row).expect(full);
    }
    String::from_utf8(out.into_inner().expect(full)).expect("texts and commas")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::WallTime;

    fn read(file: &str) -> Result<Vec<ImportedContact>, Vec<CsvMistake>> {
        read_contacts_csv(file.as_bytes(), &NumberPlan::default())
    }

    #[test]
    fn headers_are_known_in_thai_and_english() {
        for file in [
            "\u{feff}คำนำหน้า;ชื่อ;นามสกุล;เบอร์โทร\nนาง;มาลี;ใจดี;๐๘๑-๒๓๔-๕๖๗๘\n",
            "prefix,given,family,phone\nนาง,มาลี,ใจดี,+66812345678\n",
            "ชื่อ-นามสกุล,เบอร์\nนางมาลี ใจดี,0812345678 | 081 234 5678\n",
        ] {
            let read = read(file).unwrap();
            assert_eq!(read.len(), 1, "{file}");
            let told = &read[0];
            assert_eq!(
                (
                    told.prefix.as_deref(),
                    told.given.as_str(),
                    told.family.as_deref()
                ),
                (Some("นาง"), "มาลี", Some("ใจดี")),
                "{file}"
            );
            assert_eq!(told.numbers.len(), 1);
            assert_eq!(told.numbers[0].canonical, "+66812345678");
        }
    }

    #[test]
    fn every_mistake_is_told_by_row_and_column() {
        let file = "id,given,name,numbers,vip,language\nx,,,1203,perhaps,fr\n,ก,นาย ข ค,,,\n";
        let places: Vec<(u64, String)> = read(file)
            .unwrap_err()
            .into_iter()
            .map(|told| (told.row, told.column))
            .collect();
        let expected = [
            (2, "given"),
            (2, "id"),
            (2, "vip"),
            (2, "language"),
            (2, "numbers"),
            (3, "name"),
        ];
        assert_eq!(places, expected.map(|(row, name)| (row, name.to_owned())));
        assert_eq!(read("colour\nred\n").unwrap_err()[0].column, "colour");
    }

    #[test]
    fn what_a_spreadsheet_would_calculate_comes_back_as_it_was() {
        let odd = [
            "=HYPERLINK(\"http://x\",\"y\")",
            "+66 81",
            "-1+1",
            "@SUM(A1)",
            "'=1",
            "''+2",
            "<b>ก</b>",
            "'ok",
            "a,b\"c\nd",
        ];
        let contacts: Vec<(Contact, Vec<String>)> = odd
            .iter()
            .map(|text| {
                let contact = Contact {
                    id: ContactId::new(WallTime(1)),
                    prefix: String::new(),
                    given: (*text).to_owned(),
                    family: (*text).to_owned(),
                    org: (*text).to_owned(),
                    notes: (*text).to_owned(),
                    vip: true,
                    language: "en".to_owned(),
                    version: 1,
                    created: WallTime(1),
                };
                (
                    contact,
                    vec!["+1 415-555-2671".to_owned(), "081-234-5678".to_owned()],
                )
            })
            .collect();
        let file = header() + &lines(&contacts);
        for cell in ["'=HYPERLINK", "'+66 81", "'-1+1", "'@SUM", "'+1 415"] {
            assert!(file.contains(cell), "{cell} in {file}");
        }
        let read = read(&file).unwrap();
        for ((contact, _), told) in contacts.iter().zip(&read) {
            assert_eq!(told.given, contact.given);
            assert_eq!(told.notes.as_deref(), Some(contact.notes.as_str()));
            assert_eq!((told.id, told.vip), (Some(contact.id), Some(true)));
            assert_eq!(told.numbers.len(), 2);
        }
    }
}
