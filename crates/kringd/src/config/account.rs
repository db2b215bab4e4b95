//! `trunk.register`: who kring is at a PBX that calls its extensions or accounts.

use super::{address::HostPort, section::Section};
use kring_sip::{NameAddr, Scheme, Transport, Uri, digest::Credentials};
use std::path::Path;

/// Longest password file, bytes: more is a file of another kind.
const PASSWORD_FILE_MAX: u64 = 4_096;

/// An account at a PBX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Who registers: `sip:5000@pbx.example.net`.
    pub(crate) aor: Uri,
    /// The extension. Calls to the registration count as calls to it.
    pub(crate) user: String,
    /// With the password from its file.
    pub(crate) credentials: Credentials,
    /// How long a registration shall last, s.
    pub(crate) expires_s: u32,
    /// Where everything to this PBX goes, if not to the host of `aor`.
    pub(crate) outbound_proxy: Option<HostPort>,
}

impl Account {
    /// Reads the table. None if it cannot be used: what is wrong has been said.
    pub(super) fn read(mut section: Section<'_>) -> Option<Account> {
        let aor: Option<Uri> = section.read("uri");
        let own_user = aor.as_ref().and_then(Uri::user).map(str::to_owned);
        let user = section.text("user").or(own_user);
        let auth_user = section.text("auth_user");
        let password = password(&mut section);
        let account = Account {
            credentials: Credentials::with_password(
                auth_user
                    .or_else(|| user.clone())
                    .as_deref()
                    .unwrap_or_default(),
                None,
                &password.unwrap_or_default(),
            ),
            user: user.unwrap_or_default(),
            expires_s: section.number("expires_s", 600, 60..=86_400) as u32,
            outbound_proxy: section.read("outbound_proxy"),
            aor: aor.clone().unwrap_or_else(nobody),
        };
        let is_account =
            |uri: &Uri| matches!(uri.scheme(), Scheme::Sip | Scheme::Sips) && uri.user().is_some();
        if !aor.as_ref().is_some_and(is_account) {
            let text = "trunk.register needs the account at the PBX. Write \
                        uri = \"sip:5000@pbx.example.net\".";
            section.complain("uri", text);
        }
        section.finish();
        aor.is_some().then_some(account)
    }

    /// The Request-URI of its REGISTERs: the domain of the account (RFC 3261 §10.2).
    pub(crate) fn registrar(&self, transport: Option<Transport>) -> Uri {
        let mut registrar = self.aor.clone();
        registrar.set_user(None);
        name_transport(&mut registrar, transport);
        registrar
    }

    /// The host and port that the account itself names.
    pub(crate) fn host(&self) -> HostPort {
        HostPort {
            host: self.aor.host().trim_matches(['[', ']']).to_owned(),
            port: self.aor.port(),
        }
    }

    /// The Route that its requests carry.
    pub(crate) fn route(&self, transport: Option<Transport>) -> Vec<NameAddr> {
        let uri = self.outbound_proxy.as_ref().and_then(|proxy| {
            let mut uri = Uri::sip(None, &proxy.uri_host(), proxy.port).ok()?;
            name_transport(&mut uri, transport);
            uri.set_param("lr", "");
            Some(uri)
        });
        uri.map(NameAddr::new).into_iter().collect()
    }
}

/// Says in a URI by which transport it is reached, where that is not UDP.
pub(crate) fn name_transport(uri: &mut Uri, transport: Option<Transport>) {
    if let Some(transport) = transport.filter(|transport| *transport != Transport::Udp) {
        uri.set_param("transport", transport.name());
    }
}

/// The password, without the line end that editors add.
fn password(section: &mut Section<'_>) -> Option<String> {
    let Some(file) = section.text("password_file") else {
        let text = "trunk.register needs the password, in a file that only kring can read. Write \
                    password_file = \"/etc/kring/pbx.password\".";
        section.complain("password_file", text);
        return None;
    };
    let read = || {
        let size = std::fs::metadata(Path::new(&file))?.len();
        if size > PASSWORD_FILE_MAX {
            return Err(std::io::Error::other("it is too large to be a password"));
        }
        std::fs::read_to_string(Path::new(&file))
    };
    let password = match read() {
        Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
        Err(refused) => {
            let text = format!(
                "trunk.register.password_file: cannot read {file}: {refused}. Put the password there."
            );
            section.complain("password_file", text);
            return None;
        }
    };
    if password.is_empty() || password.contains(char::is_control) {
        let text =
            format!("trunk.register.password_file: {file} must hold one line, the password.");
        section.complain("password_file", text);
    }
    Some(password)
}

/// Stands for an account that was not written: the complaint about it ends the reading.
fn nobody() -> Uri {
    "sip:nobody@invalid".parse().expect("a URI by RFC 3261")
}
