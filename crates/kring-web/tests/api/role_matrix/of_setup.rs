//! The rows of the first run, of phones and of tests.

use super::For::{self, Anybody, Right};

pub(super) const RULES: &[(&str, For)] = &[
    ("add_phone", Right("admin")),
    ("authority_certificate", Anybody),
    ("change_phone", Right("admin")),
    ("make_certificate", Right("admin")),
    ("remove_phone", Right("admin")),
    ("renew_phone_secret", Right("admin")),
    ("set_up", Anybody),
    ("setup", Anybody),
    ("test_call", Right("admin")),
    ("test_trunk", Right("admin")),
];
