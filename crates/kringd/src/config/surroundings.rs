//! The tables of what surrounds the calls: numbers, database, journal, HTTP, metrics and privacy.

use super::section::Section;
use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// `[number]`. The numbers are those of Thailand; no other region is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// The area of numbers without one: `038`.
    pub(crate) area_default: String,
    /// What an internal extension looks like: `2###` is 2000 to 2999.
    pub(crate) internal_pattern: Option<String>,
    /// Short numbers that forward calls.
    pub(crate) hotlines: Vec<String>,
}

/// `[database]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Database {
    /// `sqlite:PATH` or `postgres://…`. May hold a password: never logged whole.
    pub(crate) url: String,
}

/// `[journal]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Journal {
    /// Facts are written at the latest so long after they happened, ms.
    pub(crate) group_ms: u32,
}

/// `[http]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Http {
    /// Where the console, the API and the metrics are.
    pub(crate) listen: SocketAddr,
    /// How browsers name us when a proxy stands between: `https://desk.example.go.th`.
    pub(crate) public_url: Option<String>,
    /// The certificate with its chain, and its key, both PEM: HTTPS by kring itself.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
}

/// `[metrics]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Metrics {
    /// What a scraper must send as `Authorization: Bearer`. `None`: nothing.
    pub(crate) token: Option<String>,
}

/// `[privacy]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Privacy {
    /// Whether logs show numbers with their middle masked.
    pub(crate) mask_numbers_in_logs: bool,
    /// Days after which persons and cases are erased where no rule says otherwise. `None`: never.
    pub(crate) retention_days: Option<u32>,
}

impl Number {
    pub(super) fn read(mut section: Section<'_>) -> Number {
        let hotlines = section.list("hotlines");
        section.choice("region", &[("TH", ())], ());
        let area = section
            .text("area_default")
            .unwrap_or_else(|| "038".to_owned());
        let number = Number {
            internal_pattern: section.text("internal_pattern"),
            hotlines: hotlines.map_or_else(
                || vec!["1203".to_owned(), "1569".to_owned()],
                |items| items.into_iter().map(|item| item.text).collect(),
            ),
            area_default: area,
        };
        if !is_area(&number.area_default) {
            let text = format!(
                "number.area_default is {:?}, but must be 02 or 0 and two digits, such as 038.",
                number.area_default
            );
            section.complain("area_default", text);
        }
        if number
            .internal_pattern
            .as_deref()
            .is_some_and(|p| !is_pattern(p))
        {
            let text =
                "number.internal_pattern must be 1 to 8 digits, or # for any digit, such as 2###.";
            section.complain("internal_pattern", text);
        }
        let is_short = |text: &String| matches!(text.len(), 3..=6) && is_digits(text);
        if !number.hotlines.iter().all(is_short) {
            section.complain(
                "hotlines",
                "number.hotlines must be numbers of 3 to 6 digits.",
            );
        }
        section.finish();
        number
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_area(text: &str) -> bool {
    text == "02" || (text.len() == 3 && text.starts_with('0') && is_digits(text))
}

fn is_pattern(text: &str) -> bool {
    let one = |byte: u8| byte.is_ascii_digit() || byte == b'#';
    matches!(text.len(), 1..=8) && text.bytes().all(one)
}

impl Database {
    pub(super) fn read(mut section: Section<'_>, data_dir: &Path) -> Database {
        let embedded = || format!("sqlite:{}", data_dir.join("kring.db").display());
        let url = section.text("url").unwrap_or_else(embedded);
        let schemes = ["sqlite:", "postgres://", "postgresql://"];
        if !schemes.iter().any(|scheme| url.starts_with(scheme)) {
            let text = "database.url must begin with sqlite: or postgres://. \
                        Write \"sqlite:/var/lib/kring/kring.db\" or \"postgres://USER@HOST/kring\".";
            section.complain("url", text);
        }
        section.finish();
        Database { url }
    }

    /// Host and port of a database server; none for an embedded one.
    pub(crate) fn server(&self) -> Option<(String, u16)> {
        let (scheme, rest) = self.url.split_once("://")?;
        if !scheme.starts_with("postgres") {
            return None;
        }
        let place = rest.split(['/', '?']).next().unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (place, 5432),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = if host.is_empty() { "localhost" } else { host };
        Some((host.to_owned(), port))
    }

    /// The URL without its password.
    pub(crate) fn shown(&self) -> String {
        match (self.url.split_once("://"), self.url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
            _ => self.url.clone(),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.shown()).finish()
    }
}

impl Journal {
    pub(super) fn read(mut section: Section<'_>) -> Journal {
        let journal = Journal {
            group_ms: section.number("group_ms", 20, 1..=20) as u32,
        };
        section.finish();
        journal
    }
}

impl Http {
    pub(super) fn read(mut section: Section<'_>) -> Http {
        let text = section.text("listen");
        let listen: Option<SocketAddr> = text.as_ref().and_then(|text| text.parse().ok());
        if let (Some(text), None) = (&text, listen) {
            let text = format!("http.listen is {text:?}, but must be like 127.0.0.1:8080.");
            section.complain("listen", text);
        }
        let public_url = public_url(&mut section);
        let tls = own_certificate(&mut section);
        section.finish();
        Http {
            public_url,
            tls,
            listen: listen.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into()),
        }
    }
}

impl Http {
    /// Whether browsers come by HTTPS, ours or that of a proxy.
    pub(crate) fn is_secret(&self) -> bool {
        let url = self.public_url.as_deref();
        self.tls.is_some() || url.is_some_and(|url| url.starts_with("https:"))
    }
}

/// Both of `tls_cert` and `tls_key`, or neither.
fn own_certificate(section: &mut Section<'_>) -> Option<(PathBuf, PathBuf)> {
    let cert = section.text("tls_cert");
    let key = section.text("tls_key");
    if cert.is_some() != key.is_some() {
        let at = if cert.is_some() {
            "tls_cert"
        } else {
            "tls_key"
        };
        let text = "http.tls_cert and http.tls_key go together: write both.";
        section.complain(at, text);
    }
    cert.zip(key)
        .map(|(cert, key)| (PathBuf::from(cert), PathBuf::from(key)))
}

/// An origin: scheme and host, without a path (RFC 6454 §6.2).
fn public_url(section: &mut Section<'_>) -> Option<String> {
    let text = section.text("public_url")?;
    let url = text.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_none_or(|host| host.is_empty() || !host.chars().all(letter)) {
        let text =
            format!("http.public_url is {text:?}, but must be like https://desk.example.go.th.");
        section.complain("public_url", text);
        return None;
    }
    Some(url.to_owned())
}

impl Metrics {
    pub(super) fn read(mut section: Section<'_>) -> Metrics {
        let token = section.text("token");
        if token.as_deref().is_some_and(|token| token.len() < 16) {
            let text =
                "metrics.token must be 16 bytes or longer. Make one with: openssl rand -hex 16";
            section.complain("token", text);
        }
        section.finish();
        Metrics { token }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "…");
        f.debug_struct("Metrics").field("token", &token).finish()
    }
}

impl Privacy {
    pub(super) fn read(mut section: Section<'_>) -> Privacy {
        let privacy = Privacy {
            mask_numbers_in_logs: section.flag("mask_numbers_in_logs", true),
            retention_days: retention_days(&mut section),
        };
        section.finish();
        privacy
    }
}

/// 0 is never, and so is nothing.
fn retention_days(section: &mut Section<'_>) -> Option<u32> {
    let most = u64::from(kring_store::RETENTION_DAYS_MAX);
    let days = section.number("retention_days", 0, 0..=most);
    u32::try_from(days).ok().filter(|days| *days > 0)
}
