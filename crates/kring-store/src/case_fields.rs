//! What a case says by its kind: a complaint names whom it is about, a tip may be nobody's, a consultation has
//! an officer. Kept as one JSON value, and typed.

use crate::{CaseKind, FieldMistake, case_form::Form, written::as_text};
use kring_time::Day;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of a kind. An inquiry has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseFields {
    /// ร้องเรียน/ร้องทุกข์.
    Complaint(ComplaintFields),
    /// แจ้งเบาะแส.
    Tip(TipFields),
    /// ปรึกษาเชิงลึก.
    Consultation(ConsultationFields),
}

/// Who complains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Complainant {
    /// The contact of the case.
    #[default]
    Contact,
    /// Somebody for whom the contact speaks.
    Other {
        /// The name.
        name: String,
        /// A number, as it was told.
        #[serde(default)]
        phone: String,
        /// Where they live.
        #[serde(default)]
        address: String,
    },
}

/// What a complaint says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComplaintFields {
    /// Who complains.
    pub complainant: Complainant,
    /// Whom it is about.
    pub respondent: String,
    /// The goods or the shop.
    pub goods_or_shop: String,
    /// Where it happened.
    pub place: String,
    /// On which day.
    #[serde(with = "some_day", skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Day>,
    /// What proves it.
    pub evidence: String,
    /// What the complainant wants.
    pub wish: String,
}

/// What a tip says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TipFields {
    /// Whoever gave it does not want to be known.
    pub anonymous: bool,
    /// Whom it is about.
    pub respondent: String,
    /// Where.
    pub place: String,
    /// What happens there.
    pub what: String,
    /// When, in words.
    pub when: String,
}

/// What a consultation says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsultationFields {
    /// The unit's officer who was asked.
    pub officer: String,
    /// What was asked.
    pub question: String,
    /// On what law the answer rests.
    pub legal_basis: String,
    /// What was answered.
    pub answer: String,
}

mod some_day {
    use super::{Day, as_text};
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(day: &Option<Day>, s: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => as_text::serialize(day, s),
            None => s.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Day>, D::Error> {
        let text = Option::<String>::deserialize(d)?;
        let read = text.map(|text| text.parse().map_err(serde::de::Error::custom));
        read.transpose()
    }
}

impl CaseFields {
    /// Reads what a form says of a matter of this kind, with every mistake at once. Empty fields are none; an
    /// inquiry has no fields.
    pub fn read(
        kind: CaseKind,
        said: &Map<String, Value>,
        today: Option<Day>,
    ) -> Result<Option<CaseFields>, Vec<FieldMistake>> {
        let mut form = Form::new(said);
        let fields = match kind {
            CaseKind::Inquiry => None,
            CaseKind::Complaint => Some(CaseFields::Complaint(ComplaintFields {
                complainant: form.complainant(),
                respondent: form.short("respondent"),
                goods_or_shop: form.short("goods_or_shop"),
                place: form.short("place"),
                happened_on: form.day("happened_on", today),
                evidence: form.long("evidence"),
                wish: form.long("wish"),
            })),
            CaseKind::Tip => Some(CaseFields::Tip(TipFields {
                anonymous: form.truth("anonymous"),
                respondent: form.short("respondent"),
                place: form.short("place"),
                what: form.long("what"),
                when: form.short("when"),
            })),
            CaseKind::Consultation => Some(CaseFields::Consultation(ConsultationFields {
                officer: form.short("officer"),
                question: form.long("question"),
                legal_basis: form.long("legal_basis"),
                answer: form.long("answer"),
            })),
        };
        let mistakes = form.finish();
        if mistakes.is_empty() {
            return Ok(fields.filter(|_| !said.is_empty()));
        }
        Err(mistakes)
    }

    /// Of which kind they are.
    pub const fn kind(&self) -> CaseKind {
        match self {
            CaseFields::Complaint(_) => CaseKind::Complaint,
            CaseFields::Tip(_) => CaseKind::Tip,
            CaseFields::Consultation(_) => CaseKind::Consultation,
        }
    }

    /// Whether they say that nobody is to be known.
    pub(crate) const fn is_anonymous(&self) -> bool {
        matches!(self, CaseFields::Tip(tip) if tip.anonymous)
    }

    /// What a case is found by beside its subject.
    pub(crate) fn words(&self) -> Vec<&str> {
        match self {
            CaseFields::Complaint(said) => {
                let other = match &said.complainant {
                    Complainant::Contact => "",
                    Complainant::Other { name, .. } => name,
                };
                vec![other, &said.respondent, &said.goods_or_shop, &said.place]
            }
            CaseFields::Tip(said) => vec![&said.respondent, &said.place, &said.what],
            CaseFields::Consultation(said) => vec![&said.officer, &said.question],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;
    use serde_json::json;

    fn read(
        kind: CaseKind,
        said: Value,
    ) -> Result<Option<CaseFields>, Vec<(String, &'static str)>> {
        let Value::Object(said) = said else {
            panic!("an object")
        };
        let today = "2026-11-23".parse().ok();
        CaseFields::read(kind, &said, today).map_err(|mistakes| {
            let told = |m: FieldMistake| (m.field, m.why.code());
            mistakes.into_iter().map(told).collect()
        })
    }

    #[test]
    fn a_complaint_is_read_typed_and_kept() {
        let said = json!({
            "complainant": {"name": "สมหญิง ใจดี", "phone": "081-234-5678"},
            "respondent": " ร้านโชคดี ", "goods_or_shop": "ไข่ไก่", "place": "ตลาดสตาร์",
            "happened_on": "๒๕๖๙-๑๑-๒๐", "evidence": "ใบเสร็จ", "wish": "คืนเงิน",
        });
        let Ok(Some(CaseFields::Complaint(complaint))) = read(CaseKind::Complaint, said) else {
            panic!("a complaint")
        };
        assert_eq!(complaint.respondent, "ร้านโชคดี");
        assert_eq!(complaint.happened_on, "2026-11-20".parse().ok());
        let fields = CaseFields::Complaint(complaint);
        let text = serde_json::to_string(&fields).unwrap();
        assert_eq!(serde_json::from_str::<CaseFields>(&text).unwrap(), fields);
        let Value::Object(again) = serde_json::to_value(&fields).unwrap() else {
            panic!("an object")
        };
        assert_eq!(
            CaseFields::read(CaseKind::Complaint, &again, None),
            Ok(Some(fields))
        );
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let said = json!({
            "complainant": {"phone": "1", "age": 4}, "respondent": 7, "happened_on": "2026-11-24",
            "wish": "ก".repeat(limits::FIELD_CHARS_MAX + 1), "colour": "red",
        });
        assert_eq!(
            read(CaseKind::Complaint, said).unwrap_err(),
            [
                ("fields.complainant.name".to_owned(), "required"),
                ("fields.complainant.age".to_owned(), "unknown"),
                ("fields.respondent".to_owned(), "not_text"),
                ("fields.happened_on".to_owned(), "in_the_future"),
                ("fields.wish".to_owned(), "too_long"),
                ("fields.colour".to_owned(), "unknown"),
            ]
        );
        let tip = read(CaseKind::Tip, json!({"anonymous": "yes"}));
        assert_eq!(tip.unwrap_err()[0].1, "bad_value");
        let inquiry = read(CaseKind::Inquiry, json!({"wish": "x"}));
        assert_eq!(inquiry.unwrap_err()[0].1, "unknown");
        assert_eq!(read(CaseKind::Inquiry, json!({})), Ok(None));
    }
}
