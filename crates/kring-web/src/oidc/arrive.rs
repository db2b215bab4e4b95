//! Going to the provider and coming back. Whoever comes back lands on the console, signed in or with a code that says why
//! not.

use super::{groups, provider::ProviderRefused};
use crate::{
    app::{App, Rooms},
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Cookie, Source, Way, new_token, same_secret},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{Account, AgentRow, ChangedBy, Role, StoreRefused};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Who changes accounts by what the provider says.
const PROVIDER: &str = "oidc";

/// How one can sign in here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ways {
    /// By a password: always.
    password: bool,
    /// At the identity provider; null where there is none.
    oidc: Option<Button>,
}

/// What the console's button says.
#[derive(Serialize, ToSchema)]
pub(crate) struct Button {
    button_th: String,
    button_en: String,
}

/// How one can sign in here. Nobody has to be signed in to ask.
#[utoipa::path(get, path = "/session/ways", tag = "session", operation_id = "ways_to_sign_in",
    security(), responses((status = 200, body = Ways)))]
pub(crate) async fn ways(State(app): State<App>) -> axum::Json<Ways> {
    let button = app.config.auth.oidc.as_ref().map(|oidc| Button {
        button_th: oidc.button_th.clone(),
        button_en: oidc.button_en.clone(),
    });
    axum::Json(Ways {
        password: true,
        oidc: button,
    })
}

/// Sends the browser to the identity provider. Where that cannot be asked, back to the console with
/// `?sign_in=oidc_unavailable`.
#[utoipa::path(get, path = "/session/oidc", tag = "session", operation_id = "begin_oidc",
    security(), responses((status = 303, description = "To the provider"), (status = 404)))]
pub(crate) async fn begin(State(app): State<App>) -> Result<Response, Problem> {
    let Some(oidc) = &app.oidc else {
        return Err(Problem::new(Code::NotFound));
    };
    let (now, _) = app.clock.now();
    match oidc.provider.begin(now).await {
        Ok((url, begun)) => {
            let secret = new_token();
            oidc.pending.put(&secret, begun);
            let cookie = app
                .cookies
                .set(Cookie::Oidc, &secret, limits::OIDC_PENDING_LIFE);
            Ok(to(&url, [cookie]))
        }
        Err(refused) => {
            tracing::warn!(%refused, "a sign-in at the identity provider");
            Ok(to_console(&app, "oidc_unavailable"))
        }
    }
}

/// What the provider sends back.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(crate) struct Back {
    code: Option<String>,
    state: Option<String>,
    /// Why it says no.
    error: Option<String>,
}

/// Where the provider sends people back to: 303 to the console, signed in, or with `?sign_in=` and a code: `oidc_expired`,
/// `oidc_denied`, `oidc_unavailable`, `oidc_failed`, `oidc_no_role`, `oidc_no_account`, `oidc_login_taken`,
/// `oidc_disabled`, `signed_in_elsewhere`.
#[utoipa::path(get, path = "/session/oidc/callback", tag = "session", operation_id = "end_oidc",
    params(Back), security(),
    responses((status = 303, description = "To the console"), (status = 404)))]
pub(crate) async fn end(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Filter(back): Filter<Back>,
) -> Result<Response, Problem> {
    if app.oidc.is_none() {
        return Err(Problem::new(Code::NotFound));
    }
    match arrive(&app, &source, &headers, back).await {
        Ok([session, device]) => {
            let gone = app.cookies.forget(Cookie::Oidc);
            Ok(to("/", [session, device, gone]))
        }
        Err(NotIn { code, login }) => {
            let by = ChangedBy {
                who: PROVIDER.to_owned(),
                at: app.clock.now().1,
            };
            let noted = Refused {
                address: source.address.to_string(),
                way: PROVIDER,
                why: code,
            };
            let subject = login.as_deref().unwrap_or("unknown");
            let event = app
                .store
                .note_event(&by, "session.refused", subject, &noted);
            event.await?;
            Ok(to_console(&app, code))
        }
    }
}

/// What the audit keeps of somebody who came back and did not get in.
#[derive(Serialize)]
struct Refused {
    address: String,
    way: &'static str,
    why: &'static str,
}

/// Why somebody does not get in, and as whom they would have.
struct NotIn {
    code: &'static str,
    login: Option<String>,
}

impl From<&'static str> for NotIn {
    fn from(code: &'static str) -> NotIn {
        NotIn { code, login: None }
    }
}

async fn arrive(
    app: &App,
    source: &Source,
    headers: &HeaderMap,
    back: Back,
) -> Result<[HeaderValue; 2], NotIn> {
    let oidc = app.oidc.as_ref().ok_or("oidc_unavailable")?;
    let (now, _) = app.clock.now();
    let secret = app.cookies.read(headers, Cookie::Oidc);
    let begun = secret.and_then(|secret| oidc.pending.take(secret, now));
    let begun = begun.ok_or("oidc_expired")?;
    if !same_secret(&begun.state, back.state.as_deref().unwrap_or_default()) {
        return Err("oidc_expired".into());
    }
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        return Err("oidc_denied".into());
    };
    let proven = oidc.provider.end(now, begun, code).await;
    let proven = proven.map_err(|refused| {
        tracing::warn!(%refused, "a sign-in at the identity provider");
        match refused {
            ProviderRefused::Unavailable(_) => "oidc_unavailable",
            ProviderRefused::Unproven(_) => "oidc_failed",
        }
    })?;
    let login = groups::login(&oidc.config, &proven.claims);
    let not_in = |code| NotIn {
        code,
        login: login.clone(),
    };
    let role = groups::role(&oidc.config, &proven.claims);
    let role = role.ok_or_else(|| not_in("oidc_no_role"))?;
    let name = login
        .as_deref()
        .map(|login| groups::name(&proven.claims, login));
    let wanted = login.clone().zip(name);
    let account = account_of(app, &proven.subject, wanted, (role, oidc.config.create)).await;
    let account = account.map_err(not_in)?;
    let signed = app.signs_in(&account, source, headers, Way::Oidc, false);
    signed.await.map_err(|refused| {
        not_in(match refused.code() {
            Code::SignedInElsewhere => "signed_in_elsewhere",
            _ => "oidc_unavailable",
        })
    })
}

/// The account of somebody who has shown who they are at the provider, as it is from now on.
async fn account_of(
    app: &Rooms,
    subject: &str,
    wanted: Option<(String, String)>,
    (role, create): (Role, bool),
) -> Result<Account, &'static str> {
    let down = |refused: StoreRefused| {
        tracing::error!(%refused, "the store failed a sign-in");
        "oidc_unavailable"
    };
    let by = ChangedBy {
        who: PROVIDER.to_owned(),
        at: app.clock.now().1,
    };
    let known = app.store.account_of_subject(subject).await.map_err(down)?;
    let (login, name) = match (&known, wanted) {
        (Some(account), _) => (account.agent.login.to_string(), String::new()),
        (None, Some(wanted)) => wanted,
        (None, None) => return Err("oidc_failed"),
    };
    let login = AgentId::new(&login);
    let there = app.store.account(&login).await.map_err(down)?;
    match there {
        Some(account) if account.agent.disabled => Err("oidc_disabled"),
        Some(account) if known.is_none() && !is_free_for_provider(&account) => {
            Err("oidc_login_taken")
        }
        Some(account) => {
            let changed = app.store.change_account(&by, &login, |account| {
                account.agent.role = role;
                account.oidc_subject = Some(subject.to_owned());
                Ok(())
            });
            match changed.await {
                // The house keeps the administrator that it has.
                Err(StoreRefused::LastAdministrator) => Ok(account),
                changed => changed.map_err(down),
            }
        }
        None if !create => Err("oidc_no_account"),
        None => {
            let agent = AgentRow {
                login,
                name,
                role,
                password_hash: None,
                devices: Vec::new(),
                auto_answer: false,
                queues: Vec::new(),
                disabled: false,
                department: None,
                skills: Vec::new(),
                record: false,
            };
            let mut account = Account::new(agent, by.at);
            account.oidc_subject = Some(subject.to_owned());
            app.store.add_account(&by, &account).await.map_err(down)?;
            Ok(account)
        }
    }
}

/// An account that an administrator has made for the provider, and nobody has come for yet. One with a password is
/// somebody's already.
fn is_free_for_provider(account: &Account) -> bool {
    account.oidc_subject.is_none() && account.agent.password_hash.is_none()
}

fn to<const N: usize>(place: &str, cookies: [HeaderValue; N]) -> Response {
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    match HeaderValue::try_from(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)], cookies).into_response(),
        Err(_) => Problem::new(Code::Internal).into_response(),
    }
}

fn to_console(app: &Rooms, code: &str) -> Response {
    to(
        &format!("/?sign_in={code}"),
        [app.cookies.forget(Cookie::Oidc)],
    )
}
