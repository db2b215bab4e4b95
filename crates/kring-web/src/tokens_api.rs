//! `/tokens`: secrets for programs. The database keeps their hash, so a token is shown once.

use crate::{
    app::App,
    clock::{read_rfc3339, rfc3339},
    departments_api::changed_by,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right, SCOPES, hash_token, new_token},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::ApiToken;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Longest name, characters, and most scopes of a token, as the command line has them.
const NAME_MAX: usize = 64;
const SCOPES_MAX: usize = 20;

/// The routes of tokens.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tokens, add_token))
        .routes(routes!(remove_token))
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenOnWire {
    name: String,
    scopes: Vec<String>,
    created: String,
    /// Null: until it is removed.
    expires_at: Option<String>,
    /// To the minute.
    last_used: Option<String>,
    /// `person LOGIN`, `program NAME`, or `kringd` for the command line.
    made_by: String,
}

impl From<&ApiToken> for TokenOnWire {
    fn from(token: &ApiToken) -> TokenOnWire {
        TokenOnWire {
            name: token.name.clone(),
            scopes: token.scopes.clone(),
            created: rfc3339(token.created),
            expires_at: token.expires.map(rfc3339),
            last_used: token.last_used.map(rfc3339),
            made_by: token.made_by.clone(),
        }
    }
}

/// Tokens by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenList {
    items: Vec<TokenOnWire>,
}

/// Every token, also those that have expired.
#[utoipa::path(get, path = "/tokens", tag = "tokens", operation_id = "tokens",
    responses((status = 200, body = TokenList), (status = 403)))]
async fn tokens(State(app): State<App>, who: Identity) -> Result<axum::Json<TokenList>, Problem> {
    who.must(Right::Administer)?;
    let tokens = app.store.tokens().await?;
    let items = tokens.iter().map(TokenOnWire::from).collect();
    Ok(axum::Json(TokenList { items }))
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "crm", "scopes": ["calls:read", "cases:read"],
    "expires_at": "2027-01-31T00:00:00Z"}))]
pub(crate) struct NewToken {
    /// Unique; 1 to 64 characters.
    name: String,
    /// What it may do; `agent:LOGIN` acts for that agent.
    scopes: Vec<String>,
    /// RFC 3339, in the future; absent: until it is removed.
    #[serde(default)]
    expires_at: Option<String>,
}

/// A token with its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenWithSecret {
    #[serde(flatten)]
    token: TokenOnWire,
    /// Shown this once. Send it as `Authorization: Bearer SECRET`.
    secret: String,
}

/// Makes a token. 409 `taken`: another has this name.
#[utoipa::path(post, path = "/tokens", tag = "tokens", operation_id = "add_token",
    request_body = NewToken,
    responses((status = 201, body = TokenWithSecret), (status = 403), (status = 409),
        (status = 422)))]
async fn add_token(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewToken>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let name = &new.name;
    if name.trim().is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control)
    {
        let why = format!("has 1 to {NAME_MAX} characters");
        return Err(Problem::field("name", why));
    }
    if new.scopes.is_empty() || new.scopes.len() > SCOPES_MAX {
        return Err(Problem::field("scopes", format!("are 1 to {SCOPES_MAX}")));
    }
    for scope in &new.scopes {
        check_scope(&app, scope).await?;
    }
    let by = changed_by(&app, &who);
    let expires = new.expires_at.as_deref().map(|text| {
        let read = read_rfc3339(text).filter(|expires| *expires > by.at);
        read.ok_or_else(|| Problem::field("expires_at", "is RFC 3339 and in the future"))
    });
    let secret = new_token();
    let mut token = ApiToken::new(new.name, new.scopes, by.at);
    token.expires = expires.transpose()?;
    token.made_by.clone_from(&by.who);
    app.store
        .add_token(&by, &hash_token(&secret), &token)
        .await?;
    let told = TokenWithSecret {
        token: TokenOnWire::from(&token),
        secret,
    };
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// A scope by name, or `agent:LOGIN` of somebody who is there.
async fn check_scope(app: &App, scope: &str) -> Result<(), Problem> {
    if SCOPES.contains(&scope) {
        return Ok(());
    }
    let Some(login) = scope.strip_prefix("agent:") else {
        let why = format!("are of: {}, agent:LOGIN", SCOPES.join(", "));
        return Err(Problem::field("scopes", why));
    };
    match app.store.agent(&AgentId::new(login)).await? {
        Some(_) => Ok(()),
        None => Err(Problem::field(
            "scopes",
            format!("nobody has the login {login:?}"),
        )),
    }
}

/// Ends a token; sockets that it has opened are closed within a minute.
#[utoipa::path(delete, path = "/tokens/{name}", tag = "tokens", operation_id = "remove_token",
    responses((status = 204), (status = 403), (status = 404)))]
async fn remove_token(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let by = changed_by(&app, &who);
    if app.store.revoke_token(&by, &name).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::NotFound))
    }
}
