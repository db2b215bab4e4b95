//! The fields of a matter as a form says them, while they are read: whatever nobody asks for is a mistake, and
//! the reading goes on to the next one.

use crate::{Complainant, FieldMistake, FieldWhy, limits};
use kring_time::Day;
use serde_json::{Map, Value};

/// A form while it is read.
pub(crate) struct Form<'f> {
    path: &'static str,
    said: &'f Map<String, Value>,
    asked: Vec<&'static str>,
    mistakes: Vec<FieldMistake>,
}

impl<'f> Form<'f> {
    pub(crate) fn new(said: &'f Map<String, Value>) -> Form<'f> {
        Form::at("fields", said)
    }

    fn at(path: &'static str, said: &'f Map<String, Value>) -> Form<'f> {
        Form {
            path,
            said,
            asked: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    fn take(&mut self, name: &'static str) -> Option<&'f Value> {
        self.asked.push(name);
        self.said.get(name).filter(|value| !value.is_null())
    }

    fn complain(&mut self, name: &str, why: FieldWhy) {
        let field = format!("{}.{name}", self.path);
        self.mistakes.push(FieldMistake::new(field, why));
    }

    fn text(&mut self, name: &'static str, most: usize) -> String {
        let Some(value) = self.take(name) else {
            return String::new();
        };
        let Some(text) = value.as_str() else {
            self.complain(name, FieldWhy::NotText);
            return String::new();
        };
        let text = text.trim();
        if text.chars().count() > most {
            self.complain(name, FieldWhy::TooLong(most));
        }
        if text.contains('\0') {
            self.complain(name, FieldWhy::NotText);
        }
        text.to_owned()
    }

    pub(crate) fn short(&mut self, name: &'static str) -> String {
        self.text(name, limits::SHORT_CHARS_MAX)
    }

    pub(crate) fn long(&mut self, name: &'static str) -> String {
        self.text(name, limits::FIELD_CHARS_MAX)
    }

    pub(crate) fn truth(&mut self, name: &'static str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(truth)) => *truth,
            Some(_) => {
                self.complain(name, FieldWhy::NoneOf("true, false"));
                false
            }
        }
    }

    pub(crate) fn day(&mut self, name: &'static str, today: Option<Day>) -> Option<Day> {
        let text = self.short(name);
        if text.is_empty() {
            return None;
        }
        let Ok(day) = kring_text::folded(&text).parse::<Day>() else {
            self.complain(name, FieldWhy::NoDate);
            return None;
        };
        if today.is_some_and(|today| day > today) {
            self.complain(name, FieldWhy::InTheFuture);
        }
        Some(day)
    }

    /// `"contact"`, or a person.
    pub(crate) fn complainant(&mut self) -> Complainant {
        let name = "complainant";
        match self.take(name) {
            None => Complainant::Contact,
            Some(Value::String(text)) if text == "contact" || text.is_empty() => {
                Complainant::Contact
            }
            Some(Value::Object(person)) => {
                // How it is stored, and how it is asked for.
                let person: Map<String, Value> = person
                    .iter()
                    .filter(|(member, _)| *member != "who")
                    .map(|(member, value)| (member.clone(), value.clone()))
                    .collect();
                if person.is_empty() {
                    return Complainant::Contact;
                }
                let mut form = Form::at("fields.complainant", &person);
                let other = Complainant::Other {
                    name: form.short("name"),
                    phone: form.short("phone"),
                    address: form.short("address"),
                };
                if matches!(&other, Complainant::Other { name, .. } if name.is_empty()) {
                    form.complain("name", FieldWhy::Missing);
                }
                let mistakes = form.finish();
                self.mistakes.extend(mistakes);
                other
            }
            Some(_) => {
                self.complain(
                    name,
                    FieldWhy::NoneOf("\"contact\", {name, phone, address}"),
                );
                Complainant::Contact
            }
        }
    }

    pub(crate) fn finish(mut self) -> Vec<FieldMistake> {
        let asked = std::mem::take(&mut self.asked);
        let known = |name: &str| asked.contains(&name) || name == "kind";
        let strange: Vec<String> = self
            .said
            .keys()
            .filter(|name| !known(name))
            .cloned()
            .collect();
        for name in strange {
            let name: String = name.chars().take(limits::SHORT_NAME_CHARS_MAX).collect();
            self.complain(&name, FieldWhy::Unknown);
        }
        self.mistakes
    }
}
