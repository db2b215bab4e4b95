//! The record of a call: how long somebody waits until it is on the disk.

use crate::{Done, MORNING, say};
use kring_journal::{AgentId, CallId, WallTime};
use kring_store::{
    CaseKind, Confidentiality, ConfirmWrite, ContactChoice, DraftWrite, Group, JournalLog,
    NewContact, Resolution, Trusted, TrustedDone, TrustedWrite,
};
use kring_time::Moment;
use std::{
    error::Error,
    time::{Duration, Instant},
};

/// Records that are confirmed, each in a commit of its own.
const CONFIRMS: usize = 500;

async fn write(
    log: &mut JournalLog,
    write: TrustedWrite,
) -> Result<(TrustedDone, Duration, Duration), Box<dyn Error>> {
    let trusted = Trusted {
        at: Moment::from_millis(90_000),
        wall: WallTime(MORNING + 90_000_000),
        write,
    };
    let group = Group {
        trusted: vec![trusted],
        ..Group::default()
    };
    let begun = Instant::now();
    let mut appended = log.append(&group).await?;
    let took = begun.elapsed();
    let done = appended.trusted.pop().ok_or("no answer")??;
    Ok((done, took, appended.synced_in.unwrap_or_default()))
}

/// What is typed, saved as it is typed.
pub(crate) async fn drafts(log: &mut JournalLog, call: CallId) -> Done {
    let mut times = Vec::new();
    for version in 0..200 {
        let draft = DraftWrite {
            call,
            agent: AgentId::new("agent7"),
            expected_version: (version > 0).then_some(version),
            body: serde_json::json!({ "detail": "จดทะเบียน".repeat(20), "n": version }),
        };
        times.push(write(log, TrustedWrite::SaveDraft(draft)).await?.1);
    }
    say("draft, on the disk", &mut times);
    Ok(())
}

/// Records of new callers, whose names are made findable in the same commit.
pub(crate) async fn confirms(log: &mut JournalLog, calls: &[CallId]) -> Done {
    let (mut times, mut syncs) = (Vec::new(), Vec::new());
    for (n, call) in calls.iter().take(CONFIRMS).enumerate() {
        let contact = NewContact {
            prefix: "นาย".to_owned(),
            given: format!("สมชาย{n}"),
            family: "ศรีรุ่งเรืองวัฒนากุล".to_owned(),
            ..NewContact::default()
        };
        let record = ConfirmWrite {
            call: *call,
            agent: AgentId::new("agent7"),
            contact: ContactChoice::New(contact),
            kind: CaseKind::Inquiry,
            subject: "จดทะเบียนพาณิชย์".to_owned(),
            detail: String::new(),
            department: None,
            extension: None,
            resolution: Resolution::Answered,
            confidentiality: Confidentiality::Normal,
            due: None,
            notice_told: false,
            fields: None,
            sla: None,
        };
        let confirm = TrustedWrite::Confirm(Box::new(record));
        let (done, took, synced) = write(log, confirm).await?;
        if !matches!(done, TrustedDone::Confirmed { .. }) {
            return Err(format!("not confirmed: {done:?}").into());
        }
        times.push(took);
        syncs.push(synced);
    }
    say("confirm, on the disk", &mut times);
    say("    of which the commit", &mut syncs);
    Ok(())
}
