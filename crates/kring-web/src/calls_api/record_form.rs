//! The record of a call as a form says it (S6a, S6b): read whole, with every mistake at once.
//!
//! A new caller needs a name, the matter, the unit and, if the call was transferred, the extension; one who
//! called before needs all but the name. Whoever does not want to be named is not asked: a tip, a withheld number,
//! or the form's own word.

use kring_journal::{AgentId, CallId};
use kring_store::{
    CallRow, CaseFields, CaseKind, ConfirmWrite, ContactChoice, ContactId, ContactPatch,
    DepartmentId, FieldMistake, FieldWhy, NewContact, NumberClass, Resolution, limits,
};
use kring_time::Day;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::str::FromStr;
use utoipa::ToSchema;

/// The record, as the form has it; the same members as the draft. Absent, null and empty mean the
/// same.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Record {
    /// The person, when they called before (S6b).
    contact_id: Option<String>,
    /// The person does not want to be named: nobody is asked for a name.
    anonymous: Option<bool>,
    prefix: Option<String>,
    /// The name of a new caller (S6a), or a correction.
    given: Option<String>,
    family: Option<String>,
    org: Option<String>,
    notes: Option<String>,
    /// เรื่อง, in a line.
    subject: Option<String>,
    detail: Option<String>,
    /// The unit concerned. A tip need not have one.
    department_id: Option<String>,
    /// The internal extension; needed when the call was transferred.
    extension: Option<String>,
    /// `inquiry`, `consultation`, `complaint` or `tip`; `inquiry` when nothing is said.
    kind: Option<String>,
    /// `answered`, `consulted`, `transferred`, `follow_up`, `referred` or `unresolved`; `answered`
    /// when nothing is said.
    resolution: Option<String>,
    /// The PDPA notice was read out in this call.
    notice_told: Option<bool>,
    /// What the kind of matter has beside: see `POST /cases`.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
}

/// What a record is measured by.
pub(crate) struct Asked<'c> {
    /// The call.
    pub(crate) call: &'c CallRow,
    /// Who writes it.
    pub(crate) agent: &'c AgentId,
    /// The day that it is, where the centre is.
    pub(crate) today: Option<Day>,
}

/// Text that says something.
pub(crate) fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The mistakes that are found while a form is read.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(pub(crate) Vec<FieldMistake>);

impl Mistakes {
    pub(crate) fn add(&mut self, field: &str, why: FieldWhy) {
        self.0.push(FieldMistake::new(field, why));
    }

    /// One of the names, or the usual one when nothing is said.
    pub(crate) fn named<T>(
        &mut self,
        field: &str,
        text: Option<String>,
        usual: T,
        (read, names): (impl Fn(&str) -> Option<T>, &'static str),
    ) -> T {
        match said(text).map(|text| read(&text)) {
            None => usual,
            Some(Some(named)) => named,
            Some(None) => {
                self.add(field, FieldWhy::NoneOf(names));
                usual
            }
        }
    }

    /// An id, if one is said.
    pub(crate) fn id<T: FromStr>(&mut self, field: &str, text: Option<String>) -> Option<T> {
        let read = said(text)?.parse();
        if read.is_err() {
            self.add(field, FieldWhy::NoId);
        }
        read.ok()
    }

    /// A text that must be there.
    pub(crate) fn filled(&mut self, field: &str, text: Option<String>, most: usize) -> String {
        match said(text) {
            None => {
                self.add(field, FieldWhy::Missing);
                String::new()
            }
            text => self.short(field, text, most).unwrap_or_default(),
        }
    }

    /// A text that may be there.
    pub(crate) fn short(
        &mut self,
        field: &str,
        text: Option<String>,
        most: usize,
    ) -> Option<String> {
        let text = said(text)?;
        if text.chars().count() > most {
            self.add(field, FieldWhy::TooLong(most));
        }
        if text.contains('\0') {
            self.add(field, FieldWhy::NotText);
        }
        Some(text)
    }

    /// The fields of a kind.
    pub(crate) fn fields(
        &mut self,
        kind: CaseKind,
        fields: Option<Map<String, Value>>,
        today: Option<Day>,
    ) -> Option<CaseFields> {
        match CaseFields::read(kind, &fields.unwrap_or_default(), today) {
            Ok(fields) => fields,
            Err(mistakes) => {
                self.0.extend(mistakes);
                None
            }
        }
    }
}

/// The names of kinds and resolutions, as refusals tell them.
pub(crate) const KINDS: &str = "inquiry, consultation, complaint, tip";
pub(crate) const RESOLUTIONS: &str =
    "answered, consulted, transferred, follow_up, referred, unresolved";

impl Record {
    /// Whom and which unit it names, as far as these are ids.
    pub(crate) fn names(&self) -> (Option<ContactId>, Option<DepartmentId>) {
        let id = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned());
        (
            id(&self.contact_id).and_then(|id| id.parse().ok()),
            id(&self.department_id).and_then(|id| id.parse().ok()),
        )
    }

    /// The record of this call; the clock is wound by whoever writes it.
    pub(crate) fn read(self, asked: &Asked<'_>) -> Result<ConfirmWrite, Vec<FieldMistake>> {
        let mut wrong = Mistakes::default();
        let kind = wrong.named(
            "kind",
            self.kind,
            CaseKind::Inquiry,
            (CaseKind::from_name, KINDS),
        );
        let names = (Resolution::from_name as fn(&str) -> _, RESOLUTIONS);
        let resolution = wrong.named("resolution", self.resolution, Resolution::Answered, names);
        let record = &asked.call.record;
        let class = asked.call.number.as_ref().map(|number| number.class);
        let withheld = class.is_none_or(|class| class == NumberClass::Anon);
        let nameless = kind == CaseKind::Tip || withheld || self.anonymous == Some(true);
        let id = wrong.id::<ContactId>("contact_id", self.contact_id);
        let typed = Typed {
            prefix: wrong.short("prefix", self.prefix, limits::SHORT_CHARS_MAX),
            given: wrong.short("given", self.given, limits::SHORT_CHARS_MAX),
            family: wrong.short("family", self.family, limits::SHORT_CHARS_MAX),
            org: wrong.short("org", self.org, limits::SHORT_CHARS_MAX),
            notes: wrong.short("notes", self.notes, limits::DETAIL_CHARS_MAX),
        };
        let contact = match self.anonymous {
            Some(true) => ContactChoice::Nobody,
            _ => contact(&mut wrong, id, typed, nameless),
        };
        let subject = wrong.filled("subject", self.subject, limits::SHORT_CHARS_MAX);
        let detail = wrong.short("detail", self.detail, limits::DETAIL_CHARS_MAX);
        let unit = said(self.department_id);
        if unit.is_none() && kind != CaseKind::Tip {
            wrong.add("department_id", FieldWhy::Missing);
        }
        let department = wrong.id::<DepartmentId>("department_id", unit);
        let extension = wrong.short("extension", self.extension, limits::SHORT_CHARS_MAX);
        let transferred = resolution == Resolution::Transferred || record.connected_to.is_some();
        if transferred && extension.is_none() {
            wrong.add("extension", FieldWhy::MissingOfTransfer);
        }
        let fields = wrong.fields(kind, self.fields, asked.today);
        if !wrong.0.is_empty() {
            return Err(wrong.0);
        }
        Ok(ConfirmWrite {
            call: asked.call_id(),
            agent: asked.agent.clone(),
            contact,
            kind,
            subject,
            detail: detail.unwrap_or_default(),
            department,
            extension,
            resolution,
            confidentiality: kind.confidentiality(),
            fields,
            sla: None,
            due: None,
            notice_told: self.notice_told.unwrap_or(false),
        })
    }
}

impl Asked<'_> {
    fn call_id(&self) -> CallId {
        self.call.record.id
    }
}

/// What was typed of the person.
struct Typed {
    prefix: Option<String>,
    given: Option<String>,
    family: Option<String>,
    org: Option<String>,
    notes: Option<String>,
}

/// Who called: one who called before, a new person when a name was typed, or nobody.
fn contact(
    wrong: &mut Mistakes,
    id: Option<ContactId>,
    typed: Typed,
    nameless: bool,
) -> ContactChoice {
    let Typed {
        prefix,
        given,
        family,
        org,
        notes,
    } = typed;
    if let Some(contact) = id {
        let patch = ContactPatch {
            prefix,
            given,
            family,
            org,
            notes,
            ..ContactPatch::default()
        };
        return ContactChoice::Known { contact, patch };
    }
    let id_was_wrong = wrong.0.iter().any(|mistake| mistake.field == "contact_id");
    match given {
        Some(given) => ContactChoice::New(NewContact {
            prefix: prefix.unwrap_or_default(),
            given,
            family: family.unwrap_or_default(),
            org: org.unwrap_or_default(),
            notes: notes.unwrap_or_default(),
        }),
        None => {
            if family.is_some() {
                wrong.add("given", FieldWhy::FamilyAlone);
            } else if !nameless && !id_was_wrong {
                wrong.add("given", FieldWhy::Missing);
            }
            ContactChoice::Nobody
        }
    }
}
