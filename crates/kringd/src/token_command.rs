//! `kringd token`: secrets for programs. The database keeps their hash, so a token is shown once.

use crate::{
    cli::TokenCommand, config::Config, database, exit::Fault, user_command::by_command_line,
};
use kring_journal::AgentId;
use kring_store::{ApiToken, Store};
use kring_web::session;

/// Longest name, characters, and most scopes of a token.
const NAME_MAX: usize = 64;
const SCOPES_MAX: usize = 20;

/// Carries one out.
pub(crate) async fn run(config: &Config, command: TokenCommand) -> Result<(), Fault> {
    let store = database::open(config).await?;
    let done = match command {
        TokenCommand::Add { name, scope } => add(&store, name, scope).await,
        TokenCommand::List => list(&store).await,
        TokenCommand::Revoke { name } => revoke(&store, &name).await,
    };
    store.close().await;
    done
}

async fn add(store: &Store, name: String, scopes: Vec<String>) -> Result<(), Fault> {
    if name.is_empty() || name.chars().count() > NAME_MAX || name.contains(char::is_control) {
        let what = format!("a token's name has 1 to {NAME_MAX} characters.");
        return Err(Fault::Arguments(what));
    }
    if scopes.len() > SCOPES_MAX {
        return Err(Fault::Arguments(format!(
            "at most {SCOPES_MAX} times --scope."
        )));
    }
    for scope in &scopes {
        check_scope(store, scope).await?;
    }
    let secret = session::new_token();
    let by = by_command_line();
    let token = ApiToken::new(name, scopes, by.at);
    let hash = session::hash_token(&secret);
    store
        .add_token(&by, &hash, &token)
        .await
        .map_err(database::refused)?;
    println!("{secret}");
    eprintln!(
        "This is the token {}, shown this once. Send it as: Authorization: Bearer TOKEN",
        token.name
    );
    Ok(())
}

/// A scope by name, or `agent:LOGIN` of somebody who is there.
async fn check_scope(store: &Store, scope: &str) -> Result<(), Fault> {
    if session::SCOPES.contains(&scope) {
        return Ok(());
    }
    let Some(login) = scope.strip_prefix("agent:") else {
        return Err(Fault::Arguments(format!(
            "{scope:?} is no scope. Write one of: {}, agent:LOGIN.",
            session::SCOPES.join(", ")
        )));
    };
    let login = AgentId::new(login);
    match store.agent(&login).await.map_err(database::refused)? {
        Some(_) => Ok(()),
        None => Err(Fault::Arguments(format!(
            "nobody has the login {login}: see `kringd user list`."
        ))),
    }
}

async fn list(store: &Store) -> Result<(), Fault> {
    let tokens = store.tokens().await.map_err(database::refused)?;
    if tokens.is_empty() {
        println!("none yet: make one with `kringd token add NAME --scope SCOPE`.");
    }
    for token in tokens {
        println!("{:<24} {}", token.name, token.scopes.join(","));
    }
    Ok(())
}

async fn revoke(store: &Store, name: &str) -> Result<(), Fault> {
    let by = by_command_line();
    let ended = store.revoke_token(&by, name).await;
    if ended.map_err(database::refused)? {
        println!("the token {name} is worth nothing any more.");
        Ok(())
    } else {
        Err(Fault::Arguments(format!(
            "there is no token {name:?}: see `kringd token list`."
        )))
    }
}
