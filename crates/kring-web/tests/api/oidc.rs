//! Signing in at an identity provider, which here is a few functions that sign with a key: what is right gets in, and
//! nothing else does.

use crate::{
    house::{House, Reply, patient, request},
    users::cookie_of,
};
use axum::http::{Request, Response, StatusCode};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kring_store::{Account, AgentRow, ChangedBy, Role};
use kring_web::{AuthConfig, Fetch, FetchRefused, OidcConfig, WebConfig};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ISSUER: &str = "https://id.example.go.th";
const BEGIN: &str = "/api/v1/session/oidc";
const PEM: [&str; 2] = [
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIM7d4SuY5nCfw6nS6nqsZFYoXoVhssHL9tUEbwxrlVzg\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJUG1fgTsEgvymrepKAaki0dN3O3dXQhiQtDQmEXpVB7\n-----END PRIVATE KEY-----\n",
];

/// What the provider does next.
struct Provider {
    down: bool,
    /// With which key it signs; the other is unknown to who has asked before.
    key: usize,
    /// Which keys it shows.
    shown: usize,
    asked: Vec<String>,
    codes: Vec<String>,
    /// Of the sign-in that is under way.
    nonce: String,
    header: Value,
    claims: Value,
}

type Shared = Arc<Mutex<Provider>>;

fn key(n: usize) -> CoreEdDsaPrivateSigningKey {
    let id = JsonWebKeyId::new(format!("key-{n}"));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(PEM[n], Some(id)).unwrap()
}

impl Provider {
    fn answers(&mut self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchRefused> {
        self.asked.push(request.uri().to_string());
        if self.down {
            return Err(FetchRefused::Failed("connection refused".into()));
        }
        let body = match request.uri().path() {
            "/.well-known/openid-configuration" => json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
            }),
            "/keys" => json!({"keys": [key(self.shown).as_verification_key()]}),
            "/token" => {
                let form = String::from_utf8_lossy(request.body()).into_owned();
                let code = form.split('&').find_map(|pair| pair.strip_prefix("code="));
                let code = code.unwrap_or_default().to_owned();
                if self.codes.contains(&code) || !form.contains("code_verifier=") {
                    return Ok(Response::builder()
                        .status(400)
                        .header("content-type", "application/json")
                        .body(br#"{"error":"invalid_grant"}"#.to_vec())
                        .unwrap());
                }
                self.codes.push(code);
                json!({"access_token": "x", "token_type": "Bearer", "id_token": self.token()})
            }
            other => panic!("{other} is not asked"),
        };
        Ok(Response::builder()
            .status(200)
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes())
            .unwrap())
    }

    fn token(&self) -> String {
        let mut claims = json!({
            "iss": ISSUER, "sub": "4711", "aud": "kring", "iat": 1_700_000_000_i64,
            "exp": 4_000_000_000_i64, "nonce": self.nonce, "preferred_username": "Somsri@moc.go.th",
            "name": "สมศรี มีสุข", "groups": ["kring-desk", "others"],
        });
        let mut header = json!({"alg": "EdDSA", "typ": "JWT", "kid": format!("key-{}", self.key)});
        for (text, more) in [(&mut claims, &self.claims), (&mut header, &self.header)] {
            if let (Some(text), Some(more)) = (text.as_object_mut(), more.as_object()) {
                text.extend(more.clone());
            }
        }
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = match header["alg"].as_str() {
            Some("none") => Vec::new(),
            _ => key(self.key)
                .sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes())
                .unwrap(),
        };
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn house(create: bool) -> (House, Shared) {
    let provider = Arc::new(Mutex::new(Provider {
        down: false,
        key: 0,
        shown: 0,
        asked: Vec::new(),
        codes: Vec::new(),
        nonce: String::new(),
        header: json!({}),
        claims: json!({}),
    }));
    let there = Arc::clone(&provider);
    let fetch = Fetch::new(move |request| {
        let answer = there.lock().unwrap().answers(&request);
        Box::pin(async move { answer })
    });
    let oidc = OidcConfig {
        issuer: ISSUER.into(),
        hosts: Vec::new(),
        client_id: "kring".into(),
        client_secret: Some("the secret that both know".into()),
        scopes: vec!["profile".into()],
        login_claim: "preferred_username".into(),
        groups_claim: "groups".into(),
        roles: vec![
            ("kring-desk".into(), Role::Agent),
            ("kring-supervisors".into(), Role::Supervisor),
            ("kring-admins".into(), Role::Admin),
        ],
        create,
        redirect_uri: "https://desk.example.go.th/api/v1/session/oidc/callback".into(),
        button_th: "เข้าด้วยบัญชีกระทรวง".into(),
        button_en: "Sign in with the ministry's account".into(),
        fetch,
    };
    let config = WebConfig {
        auth: AuthConfig {
            oidc: Some(oidc),
            ..AuthConfig::default()
        },
        ..WebConfig::default()
    };
    (House::open_with(patient(), config).await, provider)
}

fn parameter(url: &str, name: &str) -> String {
    let found = url.split(['?', '&']).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.to_owned())
    });
    found.unwrap_or_default()
}

/// Goes to the provider: the browser's cookie, and what must come back.
async fn begin(house: &House, provider: &Shared) -> (String, String) {
    let sent = house.get(BEGIN, "").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let url = sent.header("location").to_owned();
    assert!(url.starts_with(&format!("{ISSUER}/authorize?")), "{url}");
    assert_eq!(parameter(&url, "code_challenge_method"), "S256");
    assert!(sent.header("set-cookie").contains("SameSite=Lax"));
    provider.lock().unwrap().nonce = parameter(&url, "nonce");
    (cookie_of(&sent), parameter(&url, "state"))
}

async fn back(house: &House, cookie: &str, query: &str) -> Reply {
    let reply = house
        .get(&format!("{BEGIN}/callback?{query}"), cookie)
        .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    reply
}

/// The whole way with a fresh code; where it ends.
async fn whole(house: &House, provider: &Shared, code: &str) -> Reply {
    let (cookie, state) = begin(house, provider).await;
    back(house, &cookie, &format!("code={code}&state={state}")).await
}

fn is_refused(reply: &Reply, code: &str) {
    assert_eq!(reply.header("location"), format!("/?sign_in={code}"));
    assert!(
        !reply.header("set-cookie").contains("kring_session"),
        "{code}"
    );
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_gets_an_account_and_a_role() {
    let (house, provider) = house(true).await;
    let ways = house.get("/api/v1/session/ways", "").await;
    assert_eq!(ways.json["oidc"]["button_th"], "เข้าด้วยบัญชีกระทรวง");
    let signed = whole(&house, &provider, "a").await;
    assert_eq!(signed.header("location"), "/");
    let cookie = cookie_of(&signed);
    let me = house.get("/api/v1/me", &cookie).await;
    assert_eq!(
        (&me.json["login"], &me.json["name"], &me.json["roles"]),
        (&json!("somsri"), &json!("สมศรี มีสุข"), &json!(["agent"]))
    );
    let listed = house.get("/api/v1/me/sessions", &cookie).await;
    assert_eq!(listed.json["items"][0]["way"], "oidc");

    // The groups there are the role here, at each sign-in; another role signs out elsewhere.
    provider.lock().unwrap().claims = json!({"groups": ["kring-desk", "kring-supervisors"]});
    let again = whole(&house, &provider, "b").await;
    let me = house.get("/api/v1/me", &cookie_of(&again)).await;
    assert_eq!(me.json["roles"], json!(["supervisor"]));
    assert_eq!(
        house.get("/api/v1/me", &cookie).await.code(),
        "sign_in_needed"
    );
    assert_eq!(
        house.audited("somsri").await,
        ["user.add", "session.begin", "user.change", "session.begin"]
    );
    let no_password = json!({"login": "somsri", "password": ""});
    let refused = house.post("/api/v1/session", "", no_password).await;
    assert_eq!(refused.code(), "wrong_password");
    // Another name there is the same person here.
    provider.lock().unwrap().claims = json!({"preferred_username": "somsri.m"});
    let renamed = whole(&house, &provider, "c").await;
    let me = house.get("/api/v1/me", &cookie_of(&renamed)).await;
    assert_eq!(me.json["login"], "somsri");
}

#[tokio::test]
async fn what_proves_nothing_signs_nobody_in() {
    let (house, provider) = house(true).await;
    let lies = [
        (json!({}), json!({"nonce": "another"})),
        (json!({}), json!({"aud": "another"})),
        (json!({}), json!({"iss": "https://evil.example"})),
        (json!({}), json!({"exp": 1_700_000_100_i64})),
        (json!({"alg": "none"}), json!({})),
        (json!({"alg": "HS256"}), json!({})),
        (json!({"kid": "key-9"}), json!({})),
    ];
    for (n, (header, claims)) in lies.into_iter().enumerate() {
        let told = format!("{header} {claims}");
        {
            let mut provider = provider.lock().unwrap();
            (provider.header, provider.claims) = (header, claims);
        }
        let refused = whole(&house, &provider, &format!("lie-{n}")).await;
        assert_eq!(
            refused.header("location"),
            "/?sign_in=oidc_failed",
            "{told}"
        );
    }
    {
        let mut provider = provider.lock().unwrap();
        (provider.header, provider.claims) = (json!({"kid": "key-0"}), json!({}));
        provider.key = 1;
    }
    is_refused(&whole(&house, &provider, "forged").await, "oidc_failed");
    assert!(house.store.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_sign_in_is_of_the_browser_that_began_it_and_ends_once() {
    let (house, provider) = house(true).await;
    let (cookie, state) = begin(&house, &provider).await;
    is_refused(
        &back(&house, "", &format!("code=a&state={state}")).await,
        "oidc_expired",
    );
    is_refused(
        &back(&house, &cookie, "code=a&state=another").await,
        "oidc_expired",
    );
    // The wrong state has ended it.
    is_refused(
        &back(&house, &cookie, &format!("code=a&state={state}")).await,
        "oidc_expired",
    );

    let (cookie, state) = begin(&house, &provider).await;
    let query = format!("code=b&state={state}");
    assert_eq!(back(&house, &cookie, &query).await.header("location"), "/");
    is_refused(&back(&house, &cookie, &query).await, "oidc_expired");
    is_refused(&whole(&house, &provider, "b").await, "oidc_failed");
    let (cookie, state) = begin(&house, &provider).await;
    let denied = format!("error=access_denied&state={state}");
    is_refused(&back(&house, &cookie, &denied).await, "oidc_denied");
}

#[tokio::test]
async fn the_providers_word_takes_nobodys_account_and_makes_nobody_without_a_group() {
    let (house, provider) = house(true).await;
    provider.lock().unwrap().claims = json!({"groups": ["others"]});
    is_refused(&whole(&house, &provider, "a").await, "oidc_no_role");
    // An account with a password is somebody's.
    house
        .agent_with_password("somsri", Role::Admin, Some("สามล้อ ใบชา กระดุม"))
        .await;
    provider.lock().unwrap().claims = json!({"groups": "kring-admins"});
    is_refused(&whole(&house, &provider, "b").await, "oidc_login_taken");
    provider.lock().unwrap().claims = json!({"preferred_username": "../../etc"});
    is_refused(&whole(&house, &provider, "c").await, "oidc_failed");
    assert_eq!(
        house.audited("somsri").await,
        ["session.refused", "session.refused"]
    );
}

#[tokio::test]
async fn only_who_is_expected_gets_in_where_no_accounts_are_made() {
    let (house, provider) = house(false).await;
    is_refused(&whole(&house, &provider, "a").await, "oidc_no_account");
    let by = ChangedBy {
        who: "kringd".into(),
        at: house.clock.now().1,
    };
    let agent = AgentRow {
        login: kring_journal::AgentId::new("somsri"),
        name: "สมศรี".into(),
        role: Role::Agent,
        password_hash: None,
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        disabled: false,
        department: None,
        skills: Vec::new(),
        record: false,
    };
    let account = Account::new(agent, by.at);
    house.store.add_account(&by, &account).await.unwrap();
    let signed = whole(&house, &provider, "b").await;
    assert_eq!(signed.header("location"), "/");
    // Another who calls themselves so is somebody else.
    provider.lock().unwrap().claims = json!({"sub": "4712"});
    is_refused(&whole(&house, &provider, "c").await, "oidc_login_taken");
    let disable = house
        .store
        .change_account(&by, &account.agent.login, |account| {
            account.agent.disabled = true;
            Ok(())
        });
    disable.await.unwrap();
    provider.lock().unwrap().claims = json!({});
    is_refused(&whole(&house, &provider, "d").await, "oidc_disabled");
}

#[tokio::test]
async fn a_provider_that_is_down_leaves_the_local_administrator() {
    let (house, provider) = house(true).await;
    provider.lock().unwrap().down = true;
    let sent = house.get(BEGIN, "").await;
    assert_eq!(sent.header("location"), "/?sign_in=oidc_unavailable");
    house
        .agent_with_password("malee", Role::Admin, Some("สามล้อ ใบชา กระดุม"))
        .await;
    let form = json!({"login": "malee", "password": "สามล้อ ใบชา กระดุม"});
    let signed = house
        .send(request("POST", "/api/v1/session", "", &form, &[]))
        .await;
    assert_eq!(signed.status, StatusCode::CREATED);
    provider.lock().unwrap().down = false;
    assert_eq!(whole(&house, &provider, "a").await.header("location"), "/");
}

/// Nobody is asked but the provider, and it is asked for its keys no more often than needed.
#[tokio::test]
async fn only_the_providers_hosts_are_asked() {
    let (house, provider) = house(true).await;
    whole(&house, &provider, "a").await;
    whole(&house, &provider, "b").await;
    let asked = provider.lock().unwrap().asked.clone();
    assert!(asked.iter().all(|url| url.starts_with(ISSUER)), "{asked:?}");
    let keys = asked.iter().filter(|url| url.ends_with("/keys")).count();
    assert_eq!(keys, 1);
    for path in [
        "/api/v1/session/oidc?issuer=http://169.254.169.254",
        "/api/v1/session/oidc/callback?iss=http://169.254.169.254&code=a&state=b",
    ] {
        house.get(path, "").await;
    }
    let asked = provider.lock().unwrap().asked.clone();
    assert!(asked.iter().all(|url| url.starts_with(ISSUER)), "{asked:?}");
    let plain = House::open().await;
    assert_eq!(plain.get(BEGIN, "").await.code(), "not_found");
}
