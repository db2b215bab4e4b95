//! `[knowledge]`: where documents are, and websites beside those of the manual.

use super::section::Section;
use std::{path::PathBuf, time::Duration};

/// Folders of documents at most.
const DIRS_MAX: usize = 50;

/// Websites at most.
const WEBSITES_MAX: usize = 200;

/// `[knowledge]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Knowledge {
    /// Folders whose documents are read, from the top of the disk.
    pub(crate) dirs: Vec<PathBuf>,
    /// Addresses of websites that are added to those that are there.
    pub(crate) websites: Vec<String>,
    /// How often the folders are looked into (`rescan_s`).
    pub(crate) every: Duration,
}

impl Knowledge {
    pub(super) fn read(mut section: Section<'_>) -> Knowledge {
        let mut dirs = Vec::new();
        for item in section.list("dirs").unwrap_or_default() {
            // What is handed out is compared with it: it must mean the same wherever kring is started.
            match std::path::absolute(&item.text) {
                Ok(dir) if dirs.len() < DIRS_MAX => dirs.push(dir),
                Ok(_) => section.complain_of(
                    &item,
                    format!("knowledge.dirs has more than {DIRS_MAX} folders."),
                ),
                Err(refused) => section.complain_of(&item, format!("knowledge.dirs: {refused}.")),
            }
        }
        let mut websites = Vec::new();
        for item in section.list("websites").unwrap_or_default() {
            if !kring_store::is_web_address(&item.text) {
                let text = format!(
                    "knowledge.websites: {:?} is no address of a website. Write one such as \"www.example.go.th\".",
                    item.text
                );
                section.complain_of(&item, text);
            } else if websites.len() == WEBSITES_MAX {
                section.complain_of(
                    &item,
                    format!("knowledge.websites has more than {WEBSITES_MAX}."),
                );
            } else {
                websites.push(item.text);
            }
        }
        let every = Duration::from_secs(section.number("rescan_s", 300, 10..=86_400));
        section.finish();
        Knowledge {
            dirs,
            websites,
            every,
        }
    }
}
