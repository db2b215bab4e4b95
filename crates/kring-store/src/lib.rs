//! The journal and the CRM on disk: SQLite embedded, PostgreSQL at scale, by the same SQL.
//!
//! One [`JournalLog`] writes; any number of [`Store`] clones read. A fact is appended and never
//! changed; what may be erased (numbers, names) lives in tables of its own that facts only refer to.

#![forbid(unsafe_code)]

mod access_log;
mod accounts;
mod agent_import;
mod agents;
mod agents_csv;
mod audit;
mod audit_csv;
mod backup;
mod backup_filling;
mod backup_lines;
mod backup_tables;
mod brakes;
mod call_backs;
mod call_history;
mod call_rows;
mod caller_card;
mod case_ref;
mod case_rows;
mod cases;
mod chain;
mod connect;
mod consents;
mod contact_duplicates;
mod contact_export;
mod contact_import;
mod contact_merges;
mod contact_numbers;
mod contact_parts;
mod contact_rows;
mod contact_search;
mod contacts_csv;
mod csv_mistake;
mod csv_rows;
mod customers;
mod department_check;
mod department_csv;
mod department_export;
mod department_import;
mod department_writes;
mod departments;
mod dialled;
mod directory;
mod directory_search;
mod drafts;
mod erased_ids;
mod erasing;
mod erasures_file;
mod holidays;
mod ids;
mod journal_log;
mod journal_read;
mod knowledge;
mod knowledge_csv;
mod knowledge_documents;
mod knowledge_gaps;
mod knowledge_import;
mod knowledge_kept;
mod knowledge_list;
mod knowledge_rows;
mod knowledge_search;
mod knowledge_synonyms;
mod knowledge_uses;
mod knowledge_writes;
mod known_callers;
pub mod limits;
mod migrations;
mod names;
mod number;
mod number_text;
mod phones;
mod privacy_request_rows;
mod privacy_requests;
mod query_plans;
mod reach;
mod refused;
mod restart;
mod retention;
mod sealed;
mod sign_in;
mod sql;
mod standing;
mod subject_export;
mod tokens;
mod traces;
mod trusted;
mod written;
mod zone;

pub use access_log::{Access, AccessWhat};
pub use accounts::Account;
pub use agents::{AgentRow, Role};
pub use agents_csv::{ImportedAgent, read_agents_csv, write_agents_csv};
pub use audit::{AuditCursor, AuditFilter, AuditPage, AuditRow, ChangedBy};
pub use audit_csv::write_audit_csv;
pub use backup::{BackupRefused, FileBeside, Restored};
pub use backup_lines::BackupFileRefused;
pub use backup_tables::InBackup;
pub use brakes::BrakeRow;
pub use call_backs::CallBackRow;
pub use call_history::{CallCursor, CallFilter, CallPage, CallRow, CallerNumber, CursorRefused};
pub use caller_card::{CallerCard, HistoryItem, OpenComplaints};
pub use case_ref::{CaseRefFormat, CaseRefRefused};
pub use cases::{
    CaseCursor, CaseFilter, CaseKind, CasePage, CasePatch, CaseRow, CaseStatus, Confidentiality,
    Resolution,
};
pub use connect::{Store, StoreConfig};
pub use consents::{Consent, ConsentSaid, ConsentText, NOTICE, NewConsent};
pub use contact_export::ContactExport;
pub use contact_import::ImportedContacts;
pub use contact_merges::Merged;
pub use contact_numbers::{NumberLink, Unlinked};
pub use contact_search::{ContactCursor, ContactPage, ContactSearch};
pub use contacts_csv::{ImportedContact, read_contacts_csv};
pub use csv_mistake::CsvMistake;
pub use customers::{Contact, ContactPatch, NewContact};
pub use department_csv::{ImportedUnit, read_departments_csv};
pub use department_export::write_departments_csv;
pub use department_import::{ImportRefused, ImportRun, Imported};
pub use departments::{DayException, Department, Endpoint};
pub use directory::Directory;
pub use directory_search::{Found, FoundBy};
pub use drafts::{Draft, Unfinished};
pub use erased_ids::{ErasedId, ErasedKind};
pub use erasing::{Erased, Subject};
pub use erasures_file::{ERASURES_FILE, ErasuresRefused};
pub use holidays::Holiday;
pub use ids::{
    AccessId, AttachmentId, AuditId, CaseId, ConsentId, ContactId, DepartmentId, EndpointId, GapId,
    MergeId, PrivacyRequestId, SourceId, SynonymId, UnlinkId,
};
pub use journal_log::{Appended, Group, JournalLog};
pub use journal_read::{Broken, Verified};
pub use knowledge::{Source, SourceKind, SourceStatus, SourceVersion, Validity, is_web_address};
pub use knowledge_csv::{ImportedSource, read_knowledge_csv, write_knowledge_csv};
pub use knowledge_documents::{DocumentFile, FileRead};
pub use knowledge_gaps::{Gap, Gaps};
pub use knowledge_list::{SourceFilter, SourcePage};
pub use knowledge_search::{KnowledgeFound, KnowledgeHit, KnowledgeQuestion, Readers};
pub use knowledge_synonyms::Synonym;
pub use knowledge_uses::{Attached, AttachedTo, SourceUse};
pub use known_callers::KnownCaller;
pub use number::{Ingress, Number, NumberClass, NumberPlan};
pub use phones::{BindingRow, PhoneRow};
pub use privacy_requests::{PrivacyFilter, PrivacyKind, PrivacyRequest, PrivacyStatus};
pub use query_plans::QueryPlan;
pub use reach::{EndpointOwner, Reach};
pub use refused::StoreRefused;
pub use restart::{Boot, CallerRow, PresenceRow, UncleanBoot, closing_facts};
pub use retention::{RETENTION_DAYS_MAX, Retained, RetentionRun, RetentionWhat};
pub use sealed::{ChainHead, SealedCall, SealedSegment};
pub use sign_in::{NewSession, SessionOf, SessionRow, Sessions, SignedFrom, TokenHash};
pub use standing::{Standing, UsualHours};
pub use subject_export::SubjectExport;
pub use tokens::ApiToken;
pub use traces::TraceRow;
pub use trusted::{
    ConfirmWrite, ContactChoice, DraftWrite, NoCaseWrite, Trusted, TrustedDone, TrustedWrite,
};
pub use written::Written;
pub use zone::Zone;
