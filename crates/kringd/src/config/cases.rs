//! `[case]` and `[video]`: references, the time to answer, files, and where people meet.

use super::section::Section;
use kring_store::{Allowance, CaseKind, CaseRefFormat};
use kring_web::CaseRules;
use std::{collections::BTreeMap, time::Duration};

/// Days for which a closed case can be reopened at most.
const REOPEN_DAYS_MAX: u64 = 3_650;

/// Megabytes of a file at most: each is held in memory while it is taken in.
const ATTACHMENT_MB_MAX: u64 = 200;

/// Hours before a session that its citizen is reminded.
const REMIND_HOURS_MAX: u64 = 240;

/// `[case]` and `[video]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// How a case's reference is written.
    pub(crate) ref_format: CaseRefFormat,
    /// What pages are told.
    pub(crate) rules: CaseRules,
}

impl Case {
    pub(super) fn read(mut section: Section<'_>, video: Section<'_>) -> Case {
        let ref_format = match section
            .text("ref_format")
            .map(|text| CaseRefFormat::read(&text))
        {
            None => CaseRefFormat::default(),
            Some(Ok(format)) => format,
            Some(Err(refused)) => {
                section.complain("ref_format", format!("case.ref_format: {refused}."));
                CaseRefFormat::default()
            }
        };
        let usual = CaseRules::default();
        let sla = match section.inner("sla_days", "case.sla_days") {
            None => usual.sla,
            Some(section) => sla(section),
        };
        let reopen_days = u64::from(usual.reopen_days);
        let reopen_days = section.number("reopen_days", reopen_days, 0..=REOPEN_DAYS_MAX);
        let megabytes = section.number("attachment_max_mb", 20, 1..=ATTACHMENT_MB_MAX);
        section.finish();
        let (video_link, video_remind) = read_video(video);
        Case {
            ref_format,
            rules: CaseRules {
                sla,
                reopen_days: reopen_days as u32,
                attachment_bytes_max: megabytes << 20,
                video_link,
                video_remind,
            },
        }
    }
}

/// The time that each kind of matter may take; kinds that are not named may take any.
fn sla(mut section: Section<'_>) -> BTreeMap<&'static str, Allowance> {
    let mut sla = BTreeMap::new();
    for kind in CaseKind::ALL {
        if let Some(allowance) = section.read_or_number::<Allowance>(kind.as_str()) {
            sla.insert(kind.as_str(), allowance);
        }
    }
    section.finish();
    sla
}

fn read_video(mut section: Section<'_>) -> (Option<String>, Duration) {
    let link = section.text("link_template");
    if let Some(link) = &link {
        let is_link = link.starts_with("https://") || link.starts_with("http://");
        if !is_link || !link.contains("{secret}") {
            let text = format!(
                "video.link_template is {link:?}, but must begin with https:// and hold {{secret}}, which nobody \
                 can guess: \"https://meet.example.go.th/{{ref}}-{{secret}}\"."
            );
            section.complain("link_template", text);
        }
    }
    let hours = section.number("remind_hours", 24, 1..=REMIND_HOURS_MAX);
    section.finish();
    (link, Duration::from_secs(hours * 3_600))
}
