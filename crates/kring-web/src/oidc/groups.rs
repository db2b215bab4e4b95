//! What the claims of the provider make of somebody here.

use super::OidcConfig;
use kring_store::Role;
use serde_json::Value;

/// Whoever is in several groups has the first of these.
const ORDER: [Role; 9] = [
    Role::Admin,
    Role::Supervisor,
    Role::TipOfficer,
    Role::Dpo,
    Role::UnitOfficer,
    Role::KbEditor,
    Role::Agent,
    Role::Auditor,
    Role::Integrator,
];

/// The role that the groups give; none: they give none.
pub(super) fn role(config: &OidcConfig, claims: &Value) -> Option<Role> {
    let groups = match &claims[&config.groups_claim] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let given = |role: &Role| {
        let mut pairs = config.roles.iter();
        pairs.any(|(group, makes)| makes == role && groups.contains(&group.as_str()))
    };
    ORDER.into_iter().find(given)
}

/// The login that the claim gives, in small letters and without what follows `@`; none: it gives none that can be.
pub(super) fn login(config: &OidcConfig, claims: &Value) -> Option<String> {
    let said = claims[&config.login_claim].as_str()?.to_lowercase();
    let login = said.split('@').next().unwrap_or_default();
    let letter =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let good = !login.is_empty() && login.len() <= 64 && login.chars().all(letter);
    good.then(|| login.to_owned())
}

/// The name that colleagues see.
pub(super) fn name(claims: &Value, login: &str) -> String {
    let said = claims["name"].as_str().unwrap_or_default();
    let name: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
    match name.trim() {
        "" => login.to_owned(),
        name => name.to_owned(),
    }
}
