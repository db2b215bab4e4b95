//! What a case can be: its kind, how its call was resolved, who may read it.

use crate::names::stored_names;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What kind of matter a case is.
    CaseKind {
        /// สอบถาม.
        Inquiry => "inquiry",
        /// ปรึกษาเชิงลึก.
        Consultation => "consultation",
        /// ร้องเรียน/ร้องทุกข์.
        Complaint => "complaint",
        /// แจ้งเบาะแส.
        Tip => "tip",
    }
}

stored_names! {
    /// How a call's matter was resolved.
    Resolution {
        /// The agent answered it.
        Answered => "answered",
        /// The agent answered it after asking the unit.
        Consulted => "consulted",
        /// The caller was transferred to the unit.
        Transferred => "transferred",
        /// Somebody will call back or write.
        FollowUp => "follow_up",
        /// The matter was sent to the unit.
        Referred => "referred",
        /// It could not be resolved.
        Unresolved => "unresolved",
    }
}

stored_names! {
    /// Who may read a case.
    Confidentiality {
        /// Everybody who works on cases.
        Normal => "normal",
        /// Officers of tips only.
        Restricted => "restricted",
    }
}

impl CaseKind {
    /// Every kind.
    pub const ALL: [CaseKind; 4] = [
        CaseKind::Inquiry,
        CaseKind::Consultation,
        CaseKind::Complaint,
        CaseKind::Tip,
    ];

    /// Who may read a case of this kind when nobody says otherwise: what a tip says is for its officers.
    pub const fn confidentiality(self) -> Confidentiality {
        match self {
            CaseKind::Tip => Confidentiality::Restricted,
            CaseKind::Inquiry | CaseKind::Consultation | CaseKind::Complaint => {
                Confidentiality::Normal
            }
        }
    }
}
