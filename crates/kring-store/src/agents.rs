//! Who may sign in, and who is signed in. Passwords come and go as argon2 text, session and API
//! tokens as SHA-256: the store never sees a secret.

use crate::{Store, StoreRefused, cases::stored_names};
use kring_journal::{AgentId, WallTime};
use serde::{Deserialize, Serialize};

stored_names! {
    /// What a person may do (product.md section 12).
    Role {
        /// Own calls and cases.
        Agent => "agent",
        /// Tips too.
        TipOfficer => "tip_officer",
        /// Cases of the own unit.
        UnitOfficer => "unit_officer",
        /// Everybody's calls.
        Supervisor => "supervisor",
        /// The knowledge base.
        KbEditor => "kb_editor",
        /// Everything.
        Admin => "admin",
        /// The PDPA desk.
        Dpo => "dpo",
        /// A program.
        Integrator => "integrator",
        /// Reads only.
        Auditor => "auditor",
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The login.
    pub login: AgentId,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2 text (PHC format); none when this person cannot sign in by password.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// The phone: `sip:USER@HOST:PORT`, `pbx:EXT`, `phone:USER` or `browser`; none for none.
    pub device: Option<String>,
    /// Queues by name; empty means all.
    pub queues: Vec<String>,
    /// True when this person may not sign in any more.
    pub disabled: bool,
}

/// SHA-256 of a secret token.
pub type TokenHash = [u8; 32];

/// A sign-in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie's secret.
    pub token: TokenHash,
    /// Who.
    pub agent: AgentId,
    /// When.
    pub created: WallTime,
    /// Until when it counts.
    pub expires: WallTime,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOf {
    /// The person; never a disabled one.
    pub agent: AgentRow,
    /// Until when the session counts.
    pub expires: WallTime,
}

/// A program's token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its name; unique.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: WallTime,
}

impl Store {
    /// Every person, by login.
    pub async fn agents(&self) -> Result<Vec<AgentRow>, StoreRefused> {
        todo!()
    }

    /// The person with this login, disabled or not.
    pub async fn agent(&self, login: &AgentId) -> Result<Option<AgentRow>, StoreRefused> {
        todo!()
    }

    /// Stores a person in place of what was there.
    pub async fn put_agent(&self, agent: &AgentRow) -> Result<(), StoreRefused> {
        todo!()
    }

    /// Sets the password of a person and ends every session of theirs.
    pub async fn set_password(&self, login: &AgentId, hash: &str) -> Result<(), StoreRefused> {
        todo!()
    }

    /// Disables a person and ends every session of theirs.
    pub async fn disable_agent(&self, login: &AgentId) -> Result<(), StoreRefused> {
        todo!()
    }

    /// Records a sign-in, and forgets the sessions that have expired by then.
    pub async fn open_session(&self, session: &NewSession) -> Result<(), StoreRefused> {
        todo!()
    }

    /// Whose session this is; none when unknown, expired by `now`, or the person is disabled.
    pub async fn session(
        &self,
        token: &TokenHash,
        now: WallTime,
    ) -> Result<Option<SessionOf>, StoreRefused> {
        todo!()
    }

    /// Ends a session; whether there was one.
    pub async fn close_session(&self, token: &TokenHash) -> Result<bool, StoreRefused> {
        todo!()
    }

    /// Stores a program's token. [`StoreRefused::Taken`] when the name is in use.
    pub async fn add_token(&self, hash: &TokenHash, token: &ApiToken) -> Result<(), StoreRefused> {
        todo!()
    }

    /// The token with this hash.
    pub async fn token(&self, hash: &TokenHash) -> Result<Option<ApiToken>, StoreRefused> {
        todo!()
    }

    /// Every token, by name.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, StoreRefused> {
        todo!()
    }

    /// Revokes a token; whether there was one.
    pub async fn revoke_token(&self, name: &str) -> Result<bool, StoreRefused> {
        todo!()
    }
}
