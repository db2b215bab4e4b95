//! The centre's own recordings: in the folder `media.prompts`, under the names of kring's and under names of
//! their own, and in files that settings name.

use super::{LANGUAGES, RecordingRefused};
use crate::config::{Config, is_file};
use kring_journal::AgentId;
use kring_media::{Clip, FRAME_LENGTH, Library, Prompt, Samples};
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// All own recordings together, s: two hours in three codings are 173 MB of memory.
const SECONDS_MAX: u64 = 7_200;

/// Files of one folder: an agent each, or a piece of music; more is a folder of another kind.
const FILES_MAX: usize = 5_000;

/// The key that names the folder.
const PROMPTS: &str = "media.prompts";

/// Reads the centre's recordings into a library.
pub(super) struct Folder<'l> {
    path: Option<PathBuf>,
    library: &'l mut Library,
    count: usize,
    frames: u64,
}

impl<'l> Folder<'l> {
    pub(super) fn new(path: Option<PathBuf>, library: &'l mut Library) -> Folder<'l> {
        Folder {
            path,
            library,
            count: 0,
            frames: 0,
        }
    }

    /// How many recordings were read.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Everything in the folder; the agents who have recorded a greeting.
    pub(super) fn read(&mut self) -> Result<BTreeSet<AgentId>, RecordingRefused> {
        let Some(path) = self.path.clone() else {
            return Ok(BTreeSet::new());
        };
        for (stem, file) in files(PROMPTS, &path)? {
            let prompt = self.play(PROMPTS, &file)?;
            if stem == "music" {
                self.library.set_music(prompt);
            } else {
                self.library.add_named(&stem, None, prompt);
            }
        }
        for (language, name) in LANGUAGES {
            let folder = path.join(name);
            for (stem, file) in files_if_any(&folder)? {
                let prompt = self.play(PROMPTS, &file)?;
                let place = format!("{name}/{stem}.wav");
                match Clip::all().find(|clip| clip.file() == place) {
                    Some(clip) => self.library.add_own(clip, prompt),
                    None => self.library.add_named(&stem, Some(language), prompt),
                }
            }
        }
        let mut agents = BTreeSet::new();
        for (login, file) in files_if_any(&path.join("agents"))? {
            let prompt = self.play(PROMPTS, &file)?;
            self.library
                .add_named(&format!("agents/{login}"), None, prompt);
            agents.insert(AgentId::new(&login));
        }
        Ok(agents)
    }

    /// What the settings name: files are read, and names must be known by now.
    pub(super) fn read_named(&mut self, config: &Config) -> Result<(), RecordingRefused> {
        if let Some(music) = &config.media.music {
            let prompt = self.music("media.music", music)?;
            self.library.set_music(prompt);
        }
        if let Some(greeting) = &config.media.greeting {
            self.one("media.greeting", greeting)?;
        }
        for queue in &config.queues {
            if let Some(music) = &queue.voice.music {
                let prompt = self.music("queue.music", music)?;
                self.library.add_named(music, None, prompt);
            }
            self.one("queue.greeting", &queue.waiting.greeting)?;
            for announcement in queue.waiting.announcements.iter() {
                self.one("queue.announcements", announcement)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, key: &'static str, name: &Arc<str>) -> Result<(), RecordingRefused> {
        if self.library.has(name) {
            return Ok(());
        }
        if !is_file(name) {
            return Err(RecordingRefused::NoSuch {
                key,
                name: name.to_string(),
                folder: self.path.clone(),
            });
        }
        let prompt = self.play(key, &self.place(name))?;
        self.library.add_named(name, None, prompt);
        Ok(())
    }

    /// One piece, or all of a folder one after another.
    fn music(&mut self, key: &'static str, name: &str) -> Result<Prompt, RecordingRefused> {
        let path = self.place(name);
        if is_file(name) {
            return self.play(key, &path);
        }
        let mut pieces = Vec::new();
        for (_, file) in files(key, &path)? {
            pieces.push(self.play(key, &file)?);
        }
        if pieces.is_empty() {
            return Err(RecordingRefused::NoMusic { key, path });
        }
        Ok(Prompt::joined(&pieces))
    }

    /// Where a file is that the settings name: in the folder, unless its path says otherwise.
    fn place(&self, name: &str) -> PathBuf {
        let folder = self.path.as_deref();
        folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
    }

    fn play(&mut self, key: &'static str, path: &Path) -> Result<Prompt, RecordingRefused> {
        let bytes = fs::read(path).map_err(|source| unread(key, path, source))?;
        let samples = Samples::from_wav(&bytes);
        let samples = samples.map_err(|refused| RecordingRefused::Unplayable {
            key,
            path: path.to_owned(),
            refused,
        })?;
        let prompt = Prompt::new(&samples);
        self.count += 1;
        self.frames += (prompt.length().as_millis() / FRAME_LENGTH.as_millis()) as u64;
        if self.frames * FRAME_LENGTH.as_millis() as u64 > SECONDS_MAX * 1_000 {
            return Err(RecordingRefused::TooMuch(SECONDS_MAX));
        }
        Ok(prompt)
    }
}

fn unread(key: &'static str, path: &Path, source: io::Error) -> RecordingRefused {
    let path = path.to_owned();
    RecordingRefused::Unread { key, path, source }
}

/// The WAV files of a folder in the order of their names, each with its name without ending.
fn files(key: &'static str, folder: &Path) -> Result<Vec<(String, PathBuf)>, RecordingRefused> {
    let told = |source| unread(key, folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)?.take(FILES_MAX) {
        let path = entry.map_err(told)?.path();
        let ends_well = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("wav"));
        if let Some(stem) = path
            .file_stem()
            .and_then(OsStr::to_str)
            .filter(|_| ends_well)
        {
            found.push((stem.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

fn files_if_any(folder: &Path) -> Result<Vec<(String, PathBuf)>, RecordingRefused> {
    if folder.is_dir() {
        files(PROMPTS, folder)
    } else {
        Ok(Vec::new())
    }
}
