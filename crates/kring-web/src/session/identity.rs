//! Who makes this request: a person by cookie, or a program by token.

use super::{Cookie, Right, Signed, bearer, rights::token_has, sign_in_needed};
use crate::{
    app::App,
    problem::{Code, Problem},
};
use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use kring_journal::AgentId;
use kring_store::{AgentRow, CaseAccess, CaseUnits, Role};

/// Who asks. Taking this as an argument refuses everybody else with 401, and a page of another
/// site with 403.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// A person.
    Person(Signed),
    /// A program.
    Program {
        name: String,
        scopes: Vec<String>,
        /// The agent for whom it acts, by the scope `agent:LOGIN`.
        acts_for: Option<AgentRow>,
    },
}

impl Identity {
    /// Refuses those who lack the right.
    pub(crate) fn must(&self, right: Right) -> Result<(), Problem> {
        if self.may(right) {
            return Ok(());
        }
        Err(Problem::new(Code::Forbidden).with("scope", right.scope()))
    }

    /// Whether they have it.
    pub(crate) fn may(&self, right: Right) -> bool {
        match self {
            Identity::Person(signed) => right.is_of(signed.agent.role),
            Identity::Program {
                scopes, acts_for, ..
            } => {
                let as_agent = acts_for
                    .as_ref()
                    .is_some_and(|agent| right.is_of(agent.role));
                as_agent || token_has(scopes, right)
            }
        }
    }

    /// The agent who acts, for what only an agent can do.
    pub(crate) fn agent(&self) -> Result<&AgentRow, Problem> {
        self.person().ok_or_else(|| {
            let detail = "this token acts for no agent: give it the scope agent:LOGIN";
            Problem::new(Code::Forbidden).detail(detail)
        })
    }

    /// The person, or the agent for whom a program acts.
    pub(crate) fn person(&self) -> Option<&AgentRow> {
        match self {
            Identity::Person(signed) => Some(&signed.agent),
            Identity::Program { acts_for, .. } => acts_for.as_ref(),
        }
    }

    /// Whose calls and cases they are limited to; `None` for those who see all.
    pub(crate) fn only_own(&self) -> Option<&AgentId> {
        let own = |agent: &AgentRow| matches!(agent.role, Role::Agent | Role::TipOfficer);
        match self {
            Identity::Program { scopes, .. } if token_has(scopes, Right::ReadCalls) => None,
            _ => self
                .person()
                .filter(|agent| own(agent))
                .map(|agent| &agent.login),
        }
    }

    /// Which cases they are shown, and how much of them.
    pub(crate) fn case_access(&self) -> CaseAccess {
        let of_unit = |agent: &AgentRow| match (agent.role, agent.department) {
            (Role::UnitOfficer, Some(unit)) => CaseUnits::Only(unit),
            (Role::UnitOfficer, None) => CaseUnits::Nobodys,
            _ => CaseUnits::All,
        };
        let units = match self {
            Identity::Program { scopes, .. } if token_has(scopes, Right::ReadCases) => {
                CaseUnits::All
            }
            _ => self.person().map_or(CaseUnits::All, of_unit),
        };
        CaseAccess {
            tips: self.may(Right::ReadTips),
            units,
        }
    }

    /// Who says something, as facts name it: the login, or the name of a program that acts for nobody.
    pub(crate) fn says(&self) -> AgentId {
        match self {
            Identity::Person(signed) => signed.agent.login.clone(),
            Identity::Program { name, acts_for, .. } => acts_for
                .as_ref()
                .map_or_else(|| AgentId::new(name), |agent| agent.login.clone()),
        }
    }

    /// A name for tables of ours: never two for one user.
    pub(crate) fn key(&self) -> String {
        match self {
            Identity::Person(signed) => format!("person {}", signed.agent.login),
            Identity::Program { name, .. } => format!("program {name}"),
        }
    }
}

impl FromRequestParts<App> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Identity, Problem> {
        if let Some(known) = parts.extensions.get::<Identity>() {
            return Ok(known.clone());
        }
        if let Some(secret) = bearer(&parts.headers) {
            let token = app.gate.token(secret).await?.ok_or_else(sign_in_needed)?;
            let acts_for = app.gate.acts_for(&token).await?;
            return Ok(Identity::Program {
                name: token.name,
                scopes: token.scopes,
                acts_for,
            });
        }
        let secret = app.cookies.read(&parts.headers, Cookie::Session);
        let secret = secret.ok_or_else(sign_in_needed)?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            app.origins.check(parts)?;
        }
        let signed = app.gate.session(secret).await?.ok_or_else(sign_in_needed)?;
        if signed.must_change && !is_open_before_the_change(&parts.method, parts.uri.path()) {
            return Err(Problem::new(Code::PasswordChangeNeeded));
        }
        Ok(Identity::Person(signed))
    }
}

/// What somebody may ask who has to choose a password first: who they are, the change itself, and to leave.
fn is_open_before_the_change(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    match path {
        "/me" => matches!(*method, Method::GET | Method::HEAD),
        "/me/password" => *method == Method::POST,
        "/session" => *method == Method::DELETE,
        _ => false,
    }
}
