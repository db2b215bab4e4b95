//! What is wrong with a table: a mistake stands where its key is written, and a key that nobody asks for is one.

use super::{Item, Section};
use crate::config::{complaint::Origin, later};

/// How like a known key an unknown one must be to be taken for a slip of the keys (Jaro-Winkler).
const LIKENESS_MIN: f64 = 0.8;

impl Section<'_> {
    /// Notes a mistake at `key`, or at the table when the key is not written.
    pub(in crate::config) fn complain(&self, key: &'static str, text: impl Into<String>) {
        self.complain_in_both(key, text, None);
    }

    pub(super) fn complain_in_both(
        &self,
        key: &'static str,
        text: impl Into<String>,
        thai: impl Into<Option<String>>,
    ) {
        let origin = match (self.asked.get(key), &self.origin) {
            // The page has a field for the key, be it empty.
            (None | Some(Origin::Nowhere), Origin::Row(place)) => &Origin::Row(place.within(key)),
            (None | Some(Origin::Nowhere), origin) | (Some(origin), _) => origin,
        };
        self.complaints.add_told(origin, text, thai.into());
    }

    /// Where the table is written.
    pub(in crate::config) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Notes a mistake of the whole at `key` of a table that was read before.
    pub(in crate::config) fn complain_there(
        &self,
        there: &Origin,
        key: &str,
        text: impl Into<String>,
    ) {
        let at = match there {
            Origin::Row(place) => &Origin::Row(place.within(key)),
            other => other,
        };
        self.complaints.add(at, text);
    }

    /// Notes a mistake at an item of a list.
    pub(in crate::config) fn complain_of(&self, item: &Item, text: impl Into<String>) {
        self.complaints.add(&item.origin, text);
    }

    /// Whatever is left was asked for by nobody.
    pub(in crate::config) fn finish(self) {
        for (key, node) in &self.entries {
            let name = self.name(key);
            let text = later::key(&name).unwrap_or_else(|| self.unknown(key));
            self.complaints.add(&node.origin, text);
        }
    }

    fn unknown(&self, key: &str) -> String {
        let name = self.name(key);
        let likeness = |known: &&str| strsim::jaro_winkler(known, key);
        let near = self
            .asked
            .keys()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
            .filter(|known| likeness(known) >= LIKENESS_MIN);
        if let Some(known) = near {
            let meant = self.name(known);
            return format!("{name} is no key of kring. Did you mean {meant}?");
        }
        let known: Vec<_> = self.asked.keys().copied().collect();
        let place = match self.path {
            "" => "kring knows".to_owned(),
            path => format!("[{path}] has"),
        };
        format!("{name} is no key of kring. {place}: {}.", known.join(", "))
    }
}
