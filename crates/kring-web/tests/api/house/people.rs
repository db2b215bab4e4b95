//! Who works in the house, and what they sign in with.

use super::House;
use kring_journal::{AgentId, WallTime};
use kring_store::{AgentRow, ApiToken, ChangedBy, NewSession, Role, SignedFrom};
use kring_web::session;

impl House {
    pub(crate) async fn agent(&self, login: &str, role: Role) -> AgentId {
        self.agent_with_password(login, role, None).await
    }

    pub(crate) async fn agent_with_password(
        &self,
        login: &str,
        role: Role,
        password: Option<&str>,
    ) -> AgentId {
        let row = AgentRow {
            login: AgentId::new(login),
            name: format!("คุณ{login}"),
            role,
            password_hash: password.map(session::hash_password),
            devices: vec!["sip:5021@127.0.0.1:5060".into()],
            auto_answer: false,
            queues: vec!["support".into()],
            disabled: false,
            department: None,
            skills: Vec::new(),
            record: false,
        };
        self.store.put_agent(&row).await.unwrap();
        row.login
    }

    /// A cookie of this agent, as a sign-in gives it.
    pub(crate) async fn cookie(&self, login: &str) -> String {
        let secret = session::new_token();
        let now = self.clock.now().1;
        let session = NewSession {
            token: session::hash_token(&secret),
            agent: AgentId::new(login),
            created: now,
            expires: WallTime(now.0 + 3_600_000_000),
            from: SignedFrom::default(),
        };
        self.store.open_session(&session).await.unwrap();
        format!("kring_session={secret}")
    }

    /// A program's `Authorization`, with these scopes.
    pub(crate) async fn program(&self, scopes: &[&str]) -> String {
        let secret = session::new_token();
        let by = ChangedBy {
            who: "kringd".to_owned(),
            at: self.clock.now().1,
        };
        let given = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let name = format!("{} {}", scopes.join(" "), &secret[..6]);
        let token = ApiToken::new(name, given, by.at);
        let hash = session::hash_token(&secret);
        self.store.add_token(&by, &hash, &token).await.unwrap();
        format!("Bearer {secret}")
    }

    /// The actions in the audit on this subject, the oldest first.
    pub(crate) async fn audited(&self, subject: &str) -> Vec<String> {
        let page = self.store.audit(Some(subject), None, 200).await.unwrap();
        page.rows.into_iter().rev().map(|row| row.action).collect()
    }

    /// A new administrator, signed in.
    pub(crate) async fn administrator(&self) -> String {
        self.agent_with_password("malee", Role::Admin, Some("ช้างกินกล้วยบนดาวอังคาร"))
            .await;
        self.cookie("malee").await
    }

    /// A new agent, signed in.
    pub(crate) async fn signed_in(&self, login: &str) -> (AgentId, String) {
        let agent = self.agent(login, Role::Agent).await;
        (agent, self.cookie(login).await)
    }
}
