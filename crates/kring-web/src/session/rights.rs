//! What each role and each scope may do (product.md section 12).

use kring_store::Role;

/// Every scope that a token may have. Beside them there is `agent:LOGIN`, with which a program acts
/// for that agent.
pub const SCOPES: &[&str] = &[
    "admin",
    "calls:read",
    "calls:act",
    "contacts:read",
    "contacts:write",
    "cases:read",
    "cases:write",
    "knowledge:read",
    "knowledge:write",
    "privacy:act",
    "directory:read",
    "floor:read",
    "floor:act",
    "tips:read",
    "recordings:read",
    "traces:read",
    "audit:read",
    "reports:read",
];

/// Something that may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    ReadCalls,
    ActOnCalls,
    ReadContacts,
    WriteContacts,
    ReadCases,
    /// Changing cases and what belongs to them, and opening them without a call.
    WriteCases,
    ReadKnowledge,
    /// Writing articles and naming websites.
    WriteKnowledge,
    /// The PDPA desk: a person's export, erasing and restricting.
    ActOnPrivacy,
    ReadDirectory,
    ReadFloor,
    /// Setting the state of others.
    ActOnFloor,
    /// Reading what a tip says.
    ReadTips,
    /// Reading the SIP messages of calls: numbers and names of callers, for those who look for faults.
    ReadTraces,
    /// Hearing recorded calls; a tip's with the right to read tips besides.
    HearRecordings,
    /// Reading who changed what.
    ReadAudit,
    /// Reading what was counted over days and months.
    ReadReports,
    /// Changing what belongs to the process or to the house: the directory, holidays.
    Administer,
}

impl Right {
    /// The scope that gives a token this right.
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Right::ReadCalls => "calls:read",
            Right::ActOnCalls => "calls:act",
            Right::ReadContacts => "contacts:read",
            Right::WriteContacts => "contacts:write",
            Right::ReadCases => "cases:read",
            Right::WriteCases => "cases:write",
            Right::ReadKnowledge => "knowledge:read",
            Right::WriteKnowledge => "knowledge:write",
            Right::ActOnPrivacy => "privacy:act",
            Right::ReadDirectory => "directory:read",
            Right::ReadFloor => "floor:read",
            Right::ActOnFloor => "floor:act",
            Right::ReadTips => "tips:read",
            Right::ReadTraces => "traces:read",
            Right::HearRecordings => "recordings:read",
            Right::ReadAudit => "audit:read",
            Right::ReadReports => "reports:read",
            Right::Administer => "admin",
        }
    }

    /// Whether this role has it.
    pub(crate) const fn is_of(self, role: Role) -> bool {
        use Right::{
            ActOnCalls, ActOnFloor, ActOnPrivacy, HearRecordings, ReadAudit, ReadCalls, ReadCases,
            ReadContacts, ReadDirectory, ReadFloor, ReadKnowledge, ReadReports, ReadTips,
            ReadTraces, WriteCases, WriteContacts, WriteKnowledge,
        };
        match role {
            // Whoever keeps the house does not read what is confided to it.
            Role::Admin => !matches!(self, ReadTips),
            Role::Agent => matches!(
                self,
                ReadCalls
                    | ActOnCalls
                    | ReadContacts
                    | WriteContacts
                    | ReadCases
                    | WriteCases
                    | ReadKnowledge
                    | ReadDirectory
                    | ReadFloor
            ),
            Role::TipOfficer => {
                matches!(self, ReadTips | HearRecordings) || self.is_of(Role::Agent)
            }
            Role::Supervisor => {
                matches!(
                    self,
                    ReadTraces | HearRecordings | ActOnFloor | WriteKnowledge | ReadReports
                ) || self.is_of(Role::Agent)
            }
            Role::UnitOfficer => matches!(
                self,
                ReadContacts | ReadCases | WriteCases | ReadKnowledge | ReadDirectory
            ),
            Role::KbEditor => matches!(self, ReadKnowledge | WriteKnowledge | ReadDirectory),
            Role::Dpo => matches!(
                self,
                ReadCalls
                    | ReadContacts
                    | WriteContacts
                    | ReadCases
                    | ReadDirectory
                    | ReadAudit
                    | HearRecordings
                    | ActOnPrivacy
            ),
            Role::Auditor => matches!(
                self,
                ReadCalls
                    | ReadContacts
                    | ReadCases
                    | ReadKnowledge
                    | ReadDirectory
                    | ReadFloor
                    | ReadTraces
                    | HearRecordings
                    | ReadAudit
                    | ReadReports
            ),
            Role::Integrator => matches!(
                self,
                ReadCalls | ReadContacts | ReadCases | ReadKnowledge | ReadDirectory | ReadFloor
            ),
        }
    }
}

/// Whether a token with these scopes has the right. `admin` has all but reading tips, which is named or not had;
/// a token that acts for an agent has the agent's besides.
pub(crate) fn token_has(scopes: &[String], right: Right) -> bool {
    scopes
        .iter()
        .any(|scope| (scope == "admin" && right != Right::ReadTips) || scope == right.scope())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auditor_reads_and_does_not_act() {
        assert!(Right::ReadCalls.is_of(Role::Auditor));
        assert!(!Right::ActOnCalls.is_of(Role::Auditor));
        assert!(
            !Right::ReadTips.is_of(Role::Supervisor),
            "tips are masked to all but their officers"
        );
    }

    #[test]
    fn only_those_who_look_for_faults_read_traces() {
        let may = |role| Right::ReadTraces.is_of(role);
        assert!(may(Role::Admin) && may(Role::Supervisor) && may(Role::Auditor));
        assert!(!may(Role::Agent) && !may(Role::TipOfficer) && !may(Role::Integrator));
    }

    #[test]
    fn only_administrators_change_the_process() {
        let others = [
            Role::Agent,
            Role::Supervisor,
            Role::TipOfficer,
            Role::UnitOfficer,
            Role::KbEditor,
            Role::Dpo,
            Role::Auditor,
            Role::Integrator,
        ];
        assert!(Right::Administer.is_of(Role::Admin));
        assert!(!others.into_iter().any(|role| Right::Administer.is_of(role)));
    }

    #[test]
    fn only_officers_of_tips_read_them() {
        let others = [
            Role::Admin,
            Role::Agent,
            Role::Supervisor,
            Role::UnitOfficer,
            Role::KbEditor,
            Role::Dpo,
            Role::Auditor,
            Role::Integrator,
        ];
        assert!(Right::ReadTips.is_of(Role::TipOfficer));
        assert!(!others.into_iter().any(|role| Right::ReadTips.is_of(role)));
        assert!(!token_has(&["admin".to_owned()], Right::ReadTips));
        assert!(token_has(&["tips:read".to_owned()], Right::ReadTips));
    }

    #[test]
    fn every_right_can_be_given_to_a_token() {
        use Right::*;
        for right in [
            ReadCalls,
            ActOnCalls,
            ReadContacts,
            WriteContacts,
            ReadCases,
            WriteCases,
            ReadKnowledge,
            WriteKnowledge,
            ActOnPrivacy,
            ReadDirectory,
            ReadFloor,
            ActOnFloor,
            ReadTips,
            ReadTraces,
            HearRecordings,
            ReadAudit,
            ReadReports,
            Administer,
        ] {
            assert!(SCOPES.contains(&right.scope()));
        }
    }

    #[test]
    fn a_token_has_its_scopes_and_no_more() {
        let scopes = vec!["calls:read".to_owned()];
        assert!(token_has(&scopes, Right::ReadCalls));
        assert!(!token_has(&scopes, Right::ActOnCalls));
        assert!(token_has(&["admin".to_owned()], Right::WriteContacts));
    }
}
