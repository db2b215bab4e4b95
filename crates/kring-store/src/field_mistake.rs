//! What is wrong with a field of a form, for programs by `code` and for people in Thai and English.

/// A field that cannot be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMistake {
    /// Which, as the body names it: `subject`, `fields.happened_on`.
    pub field: String,
    /// What is wrong with it.
    pub why: FieldWhy,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldWhy {
    /// It must be filled.
    Missing,
    /// A name is missing though there is a family name.
    FamilyAlone,
    /// It must be filled, because the call was transferred.
    MissingOfTransfer,
    /// It has more characters than this.
    TooLong(usize),
    /// There is no such field.
    Unknown,
    /// It must be a text.
    NotText,
    /// It must be one of these.
    NoneOf(&'static str),
    /// It is no id.
    NoId,
    /// What it names is not there.
    NoSuch,
    /// It is no date.
    NoDate,
    /// It has not come yet.
    InTheFuture,
}

impl FieldMistake {
    /// This field is wrong in this way.
    pub fn new(field: impl Into<String>, why: FieldWhy) -> FieldMistake {
        let field = field.into();
        FieldMistake { field, why }
    }
}

impl FieldWhy {
    /// As scripts compare it.
    pub const fn code(&self) -> &'static str {
        match self {
            FieldWhy::Missing | FieldWhy::FamilyAlone | FieldWhy::MissingOfTransfer => "required",
            FieldWhy::TooLong(_) => "too_long",
            FieldWhy::Unknown => "unknown",
            FieldWhy::NotText => "not_text",
            FieldWhy::NoneOf(_) => "bad_value",
            FieldWhy::NoId => "bad_id",
            FieldWhy::NoSuch => "no_such",
            FieldWhy::NoDate => "bad_date",
            FieldWhy::InTheFuture => "in_the_future",
        }
    }

    /// For people.
    pub fn english(&self) -> String {
        match self {
            FieldWhy::Missing => "is empty".to_owned(),
            FieldWhy::FamilyAlone => "is empty, and there is a family name".to_owned(),
            FieldWhy::MissingOfTransfer => "is empty, and the call was transferred".to_owned(),
            FieldWhy::TooLong(most) => format!("has more than {most} characters"),
            FieldWhy::Unknown => "is no field of this kind of matter".to_owned(),
            FieldWhy::NotText => "is no text".to_owned(),
            FieldWhy::NoneOf(these) => format!("must be one of {these}"),
            FieldWhy::NoId => "is no id".to_owned(),
            FieldWhy::NoSuch => "names what is not there".to_owned(),
            FieldWhy::NoDate => "is no date: write YYYY-MM-DD".to_owned(),
            FieldWhy::InTheFuture => "has not come yet".to_owned(),
        }
    }

    /// For people.
    pub fn thai(&self) -> String {
        match self {
            FieldWhy::Missing => "กรุณากรอกข้อมูล".to_owned(),
            FieldWhy::FamilyAlone => "มีนามสกุลแต่ยังไม่มีชื่อ".to_owned(),
            FieldWhy::MissingOfTransfer => "มีการโอนสาย กรุณาระบุเบอร์โทรศัพท์ภายใน".to_owned(),
            FieldWhy::TooLong(most) => format!("ยาวเกิน {most} ตัวอักษร"),
            FieldWhy::Unknown => "เรื่องประเภทนี้ไม่มีช่องนี้".to_owned(),
            FieldWhy::NotText => "ต้องเป็นข้อความ".to_owned(),
            FieldWhy::NoneOf(these) => format!("ต้องเป็นค่าใดค่าหนึ่งใน {these}"),
            FieldWhy::NoId => "รหัสอ้างอิงไม่ถูกต้อง".to_owned(),
            FieldWhy::NoSuch => "ไม่พบข้อมูลที่อ้างถึง".to_owned(),
            FieldWhy::NoDate => "วันที่ไม่ถูกต้อง กรุณาใช้รูปแบบ ปปปป-ดด-วว".to_owned(),
            FieldWhy::InTheFuture => "วันที่ยังมาไม่ถึง".to_owned(),
        }
    }
}
