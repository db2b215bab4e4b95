//! Adding, changing and removing phones. A secret is made here and shown once; it holds at once.

use super::{PhoneOnWire, one};
use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right, one_time_password},
    users_api::check_name,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_store::PhoneRow;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Longest user, characters, as the command line has them.
const USER_MAX: usize = 64;

/// A new phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"user": "5021", "name": "โต๊ะ ๑"}))]
pub(crate) struct NewPhone {
    /// Often an extension: 1 to 64 of a-z, A-Z, 0-9, `.`, `_` and `-`.
    user: String,
    /// What people call it; without it, its user.
    name: Option<String>,
    /// It stands behind a translator of addresses (NAT): where its sound comes from is learned from its first packet,
    /// which must come from the address at which it is registered. Without it, no.
    symmetric: Option<bool>,
    /// Whether its sound is secured; without it, as the configuration says.
    srtp: Option<Srtp>,
}

/// Whether the sound of a phone is secured by SRTP, where it signals over TLS.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Srtp {
    /// Never.
    Off,
    /// Where the phone can.
    Prefer,
    /// Always: a phone that cannot is not called.
    Require,
}

impl Srtp {
    /// As the store keeps it.
    const fn name(self) -> &'static str {
        match self {
            Srtp::Off => "off",
            Srtp::Prefer => "prefer",
            Srtp::Require => "require",
        }
    }

    /// What the store has kept.
    pub(super) fn kept(name: &str) -> Option<Srtp> {
        [Srtp::Off, Srtp::Prefer, Srtp::Require]
            .into_iter()
            .find(|srtp| srtp.name() == name)
    }
}

/// What is to be; absent members stay.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"name": "โต๊ะ ๒", "disabled": true}))]
pub(crate) struct PhoneFields {
    name: Option<String>,
    /// It may not register, and is called no more.
    disabled: Option<bool>,
    /// It stands behind a translator of addresses (NAT); from the next call on.
    symmetric: Option<bool>,
    /// Whether its sound is secured; null: as the configuration says.
    #[serde(deserialize_with = "told")]
    srtp: Option<Option<Srtp>>,
}

/// A member that is there says something, if only null.
fn told<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Srtp>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// What is typed into a phone.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneSecret {
    user: String,
    /// Its password: shown this once.
    secret: String,
    /// Where a phone wants one.
    realm: String,
}

/// Lets a phone register, at once. 409 `taken`: there is one of this user.
#[utoipa::path(post, path = "/phones", tag = "directory", operation_id = "add_phone", request_body = NewPhone,
    responses((status = 201, body = PhoneSecret), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn add_phone(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewPhone>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    check_user(&new.user)?;
    let name = new.name.unwrap_or_else(|| new.user.clone());
    check_name(&name)?;
    let secret = one_time_password();
    let (realm, secrets) = app.config.phones.of(&new.user, &secret);
    let by = changed_by(&app, &who);
    let row = PhoneRow {
        phone: new.user.clone(),
        realm: realm.clone(),
        secrets,
        name: name.trim().to_owned(),
        disabled: false,
        created: by.at,
        srtp: new.srtp.map(|srtp| srtp.name().to_owned()),
        symmetric: new.symmetric.unwrap_or(false),
    };
    app.store.add_phone(&by, &row).await?;
    app.config.phones.have_changed();
    let told = PhoneSecret {
        user: new.user,
        secret,
        realm,
    };
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// Changes what a phone is called, whether it may register, and whether it stands behind a translator of addresses.
#[utoipa::path(patch, path = "/phones/{user}", tag = "directory", operation_id = "change_phone",
    request_body = PhoneFields,
    responses((status = 200, body = PhoneOnWire), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn change_phone(
    State(app): State<App>,
    who: Identity,
    Path(user): Path<String>,
    Json(fields): Json<PhoneFields>,
) -> Result<axum::Json<PhoneOnWire>, Problem> {
    who.must(Right::Administer)?;
    if let Some(name) = &fields.name {
        check_name(name)?;
    }
    let by = changed_by(&app, &who);
    let changed = app.store.change_phone(&by, &user, |row| {
        if let Some(name) = &fields.name {
            name.trim().clone_into(&mut row.name);
        }
        row.disabled = fields.disabled.unwrap_or(row.disabled);
        if let Some(srtp) = fields.srtp {
            row.srtp = srtp.map(|srtp| srtp.name().to_owned());
        }
        row.symmetric = fields.symmetric.unwrap_or(row.symmetric);
    });
    let row = changed.await?.ok_or_else(nobody)?;
    app.config.phones.have_changed();
    Ok(axum::Json(one(&app, row).await?))
}

/// Gives a phone another password. It may go on with what it has registered until that ends.
#[utoipa::path(post, path = "/phones/{user}/secret", tag = "directory", operation_id = "renew_phone_secret",
    responses((status = 200, body = PhoneSecret), (status = 403), (status = 404)))]
pub(crate) async fn renew_phone_secret(
    State(app): State<App>,
    who: Identity,
    Path(user): Path<String>,
) -> Result<axum::Json<PhoneSecret>, Problem> {
    who.must(Right::Administer)?;
    let secret = one_time_password();
    let (realm, secrets) = app.config.phones.of(&user, &secret);
    let by = changed_by(&app, &who);
    let changed = app.store.change_phone(&by, &user, |row| {
        row.realm.clone_from(&realm);
        row.secrets = secrets;
    });
    let row = changed.await?.ok_or_else(nobody)?;
    app.config.phones.have_changed();
    Ok(axum::Json(PhoneSecret {
        user: row.phone,
        secret,
        realm,
    }))
}

/// Forgets a phone. 409 `in_use` while it is the device of an account.
#[utoipa::path(delete, path = "/phones/{user}", tag = "directory", operation_id = "remove_phone",
    responses((status = 204), (status = 403), (status = 404), (status = 409)))]
pub(crate) async fn remove_phone(
    State(app): State<App>,
    who: Identity,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    if !app.store.take_phone_away(&by, &user).await? {
        return Err(nobody());
    }
    app.config.phones.have_changed();
    Ok(StatusCode::NO_CONTENT)
}

fn nobody() -> Problem {
    Problem::new(Code::NotFound).detail("there is no phone of this user")
}

fn check_user(user: &str) -> Result<(), Problem> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if user.is_empty() || user.len() > USER_MAX || !user.chars().all(letter) {
        let why = format!("has 1 to {USER_MAX} of a-z, A-Z, 0-9, '.', '_' and '-'");
        return Err(Problem::field("user", why));
    }
    Ok(())
}
