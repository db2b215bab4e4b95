//! `[auth.oidc]`: the house's identity provider, and which of its groups makes which role.

use super::section::Section;
use crate::{fetch, net};
use kring_store::Role;
use kring_web::OidcConfig;
use std::path::Path;

/// Longest secret, bytes.
const SECRET_FILE_MAX: u64 = 4_096;

/// Where the provider sends people back to, below our own address.
const CALLBACK: &str = "/api/v1/session/oidc/callback";

/// Reads the table; none when it cannot be used, which was told then.
pub(super) fn read(mut section: Section<'_>, public_url: Option<&str>) -> Option<OidcConfig> {
    let issuer = issuer(&mut section);
    let client_id = section.text("client_id");
    if client_id.is_none() {
        section.complain(
            "client_id",
            "auth.oidc needs client_id: who kring is there.",
        );
    }
    let (client_secret, roles) = (secret(&mut section), roles(&mut section));
    let list = |section: &mut Section<'_>, key| {
        let items = section.list(key).unwrap_or_default();
        items.into_iter().map(|item| item.text).collect::<Vec<_>>()
    };
    let mut scopes = list(&mut section, "scopes");
    if scopes.is_empty() {
        scopes = vec!["profile".to_owned(), "email".to_owned()];
    }
    scopes.retain(|scope| scope != "openid");
    let hosts = list(&mut section, "hosts");
    let or = |section: &mut Section<'_>, key, usual: &str| {
        section.text(key).unwrap_or_else(|| usual.to_owned())
    };
    let login_claim = or(&mut section, "login_claim", "preferred_username");
    let groups_claim = or(&mut section, "groups_claim", "groups");
    let button_th = or(&mut section, "button_th", "เข้าสู่ระบบด้วยบัญชีของหน่วยงาน");
    let button_en = or(
        &mut section,
        "button_en",
        "Sign in with the house's account",
    );
    let create = section.flag("create", false);
    let authority = section.text("tls_ca");
    let tls = match net::believing(authority.as_deref().map(Path::new)) {
        Ok(tls) => Some(tls),
        Err(refused) => {
            section.complain("tls_ca", format!("auth.oidc.tls_ca: {refused}."));
            None
        }
    };
    if public_url.is_none() {
        let text = "auth.oidc needs http.public_url: where the provider sends people back to.";
        section.complain("issuer", text);
    }
    section.finish();
    let public_url = public_url?.trim_end_matches('/');
    Some(OidcConfig {
        issuer: issuer?,
        hosts,
        client_id: client_id?,
        client_secret,
        scopes,
        login_claim,
        groups_claim,
        roles,
        create,
        redirect_uri: format!("{public_url}{CALLBACK}"),
        button_th,
        button_en,
        fetch: fetch::by_tls(tls?),
    })
}

fn issuer(section: &mut Section<'_>) -> Option<String> {
    let issuer = section.text("issuer");
    let own_machine = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let good = |url: &String| {
        let plain = own_machine.iter().any(|own| {
            let rest = url.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        (plain || url.starts_with("https://")) && !url.contains(['@', '#', '?', ' '])
    };
    if !issuer.as_ref().is_some_and(good) {
        let text = "auth.oidc.issuer must be like https://id.example.go.th/realms/house.";
        section.complain("issuer", text);
        return None;
    }
    issuer
}

fn secret(section: &mut Section<'_>) -> Option<String> {
    let file = section.text("client_secret_file")?;
    let read = || {
        if std::fs::metadata(&file)?.len() > SECRET_FILE_MAX {
            return Err(std::io::Error::other("it is too large to be a secret"));
        }
        std::fs::read_to_string(&file)
    };
    match read() {
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(refused) => {
            let text = format!(
                "auth.oidc.client_secret_file: cannot read {file}: {refused}. Put the secret there."
            );
            section.complain("client_secret_file", text);
            None
        }
    }
}

fn roles(section: &mut Section<'_>) -> Vec<(String, Role)> {
    let pairs = section.pairs("roles");
    if pairs.is_empty() {
        let text = "auth.oidc needs roles = { \"a group there\" = \"agent\" }: without a role nobody gets in.";
        section.complain("roles", text);
    }
    let mut roles = Vec::new();
    for (group, name) in pairs {
        match Role::from_name(&name) {
            Some(role) => roles.push((group, role)),
            None => {
                let text = format!("auth.oidc.roles has {name:?}, which is no role of kring.");
                section.complain("roles", text);
            }
        }
    }
    roles
}
