//! The first account.

use crate::{
    app::{App, Rooms},
    configured::Keys,
    configuring::{Change, carry_out},
    directory_api::Me,
    json::Json,
    limits,
    problem::{Code, Problem},
    session::{Attempt, OwnPage, SETUP, Source, Way},
    settings_api::ROW,
    users_api::{check_login, check_name},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Version, header, uri::Authority},
    response::{AppendHeaders, IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{Account, AgentRow, ChangedBy, ConfiguredKind, Role};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;

/// The setting that names the house.
const HOUSE_NAME: &str = "house.name";

/// What the wizard begins with.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetupOnWire {
    /// Always true: afterwards there is no such page.
    needed: bool,
    /// Whether `code` is asked for: not at the machine itself.
    code_wanted: bool,
    /// Where the console can be opened.
    addresses: Vec<String>,
    /// Whether pages come by HTTPS.
    https: bool,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "7KQM2-XPTRA", "login": "admin", "name": "ผู้ดูแลระบบ",
    "password": "ช้างกินกล้วยบนดาวอังคาร", "house_name": "ศูนย์บริการประชาชน จังหวัดระยอง"}))]
pub(crate) struct FirstAccount {
    /// What the daemon printed at its start, where `code_wanted` says so.
    code: Option<String>,
    login: String,
    name: String,
    password: String,
    /// What the centre is called (`house.name`).
    house_name: Option<String>,
}

/// Whether the house is still to be set up. 404 once somebody has an account.
#[utoipa::path(get, path = "/setup", tag = "setup", operation_id = "setup", security(),
    responses((status = 200, body = SetupOnWire), (status = 404)))]
pub(crate) async fn setup(
    State(app): State<App>,
    source: Source,
    version: Version,
    headers: HeaderMap,
) -> Result<axum::Json<SetupOnWire>, Problem> {
    app.must_be_first().await?;
    Ok(axum::Json(SetupOnWire {
        needed: true,
        code_wanted: !is_at_the_machine(&app, &source, version, &headers),
        addresses: app.config.first_run.addresses().to_vec(),
        https: app.config.secure_cookies,
    }))
}

/// Makes the first account, an administrator's, and signs it in. 403 `wrong_setup_code`, and 429 after some; 422
/// `weak_password` as at `POST /me/password`; 404 once somebody has an account.
#[utoipa::path(post, path = "/setup", tag = "setup", operation_id = "set_up", security(),
    request_body = FirstAccount,
    responses((status = 201, body = Me), (status = 403), (status = 404), (status = 422), (status = 429)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    _own: OwnPage,
    source: Source,
    version: Version,
    headers: HeaderMap,
    Json(form): Json<FirstAccount>,
) -> Result<Response, Problem> {
    app.must_be_first().await?;
    if !is_at_the_machine(&app, &source, version, &headers) {
        check_code(&app, &source, form.code.as_deref()).await?;
    }
    check_login(&form.login)?;
    check_name(&form.name)?;
    let house_name = form.house_name.filter(|name| !name.trim().is_empty());
    if house_name
        .as_deref()
        .is_some_and(|name| check_name(name).is_err())
    {
        return Err(Problem::field("house_name", "is too long"));
    }
    if form.password.len() > limits::PASSWORD_BYTES {
        return Err(Problem::field("password", "is too long"));
    }
    let hash = app
        .good_password(form.password, &form.login, &form.name)
        .await?;
    let agent = AgentRow {
        login: AgentId::new(&form.login),
        name: form.name.trim().to_owned(),
        role: Role::Admin,
        password_hash: Some(hash),
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        disabled: false,
        skills: Vec::new(),
        department: None,
        record: false,
    };
    let by = ChangedBy {
        who: SETUP.to_owned(),
        at: app.clock.now().1,
    };
    let account = Account::new(agent, by.at);
    let is_first = app.store.add_first_account(&by, &account).await?;
    app.config.first_run.end();
    if !is_first {
        return Err(Problem::new(Code::NotFound));
    }
    if let Some(name) = house_name {
        name_house(&app, by, name.trim()).await;
    }
    let signed = app
        .signs_in(&account, &source, &headers, Way::Password, false)
        .await?;
    let me = axum::Json(Me::of(&app, &account.agent));
    let cookies = signed.map(|cookie| (header::SET_COOKIE, cookie));
    Ok((StatusCode::CREATED, AppendHeaders(cookies), me).into_response())
}

/// The first administrator is there already: what the house is called can be said again on the page of the settings.
async fn name_house(app: &App, by: ChangedBy, name: &str) {
    let now = app.config.configured.now();
    let mut known = now.settings.iter();
    if known.any(|setting| setting.key == HOUSE_NAME && setting.is_of_the_file()) {
        return;
    }
    let keys = Keys::from_iter([(HOUSE_NAME.to_owned(), name.into())]);
    let change = Change::Patch(keys, None);
    let named = carry_out(app, by, ConfiguredKind::Settings, ROW, change).await;
    if let Err(problem) = named {
        let code = problem.code().as_str();
        tracing::warn!(code, "the house has not got its name");
    }
}

/// Counted and braked as a wrong password is.
async fn check_code(app: &App, source: &Source, code: Option<&str>) -> Result<(), Problem> {
    let attempt = Attempt::begin(app, source, SETUP).await?;
    let code = code.filter(|code| code.len() <= limits::LOGIN_BYTES);
    if !code.is_some_and(|code| app.config.first_run.is_code(code)) {
        attempt.was_wrong().await?;
        return Err(Problem::new(Code::WrongSetupCode));
    }
    attempt.was_right();
    Ok(())
}

impl Rooms {
    /// Refuses when somebody has an account, as if there never was such a page.
    async fn must_be_first(&self) -> Result<(), Problem> {
        let first = &self.config.first_run;
        if !first.is_over() && !self.store.has_no_account().await? {
            first.end();
        }
        if first.is_over() {
            return Err(Problem::new(Code::NotFound));
        }
        Ok(())
    }
}

/// Whether whoever asks sits at this machine, and no proxy asks for them: a proxy comes from this machine, too. One
/// says so by its headers, or speaks HTTP/1.0 as nginx does unless told otherwise, or is named in the configuration.
fn is_at_the_machine(app: &App, source: &Source, version: Version, headers: &HeaderMap) -> bool {
    const OF_PROXIES: [&str; 5] = [
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
    ];
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    source.address.is_loopback()
        && version >= Version::HTTP_11
        && !app.config.first_run.is_behind_proxy()
        && !OF_PROXIES.iter().any(|name| headers.contains_key(*name))
        && host.is_some_and(is_loopback)
}

/// Whether a browser at this machine writes so: a name from outside that leads here does not (DNS rebinding).
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
