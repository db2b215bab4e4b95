//! What came with the program, and what a centre puts in its place.

use super::*;
use kring_media::{Coding, Ground, Languages, Phrase, Playable, Program};
use std::{fmt::Write, fs, path::Path};

#[test]
fn every_recording_of_both_languages_is_there_and_can_be_read() {
    let config = Config::read("kring.toml", "", []).unwrap();
    let voices = voices(&config).unwrap();
    for (language, _) in LANGUAGES {
        assert!(voices.library.is_whole(language), "{language:?}");
    }
    assert_eq!((voices.own, voices.agents.len()), (0, 0));
}

/// Who records the texts anew reads the same words as the program means.
#[test]
fn the_texts_to_record_are_those_that_the_program_says() {
    let listed = include_str!("../../../../deploy/prompts/texts.tsv");
    let listed = listed.lines().fold(String::new(), |mut all, line| {
        let mut columns = line.split('\t');
        let (file, text) = (columns.next().unwrap(), columns.next().unwrap());
        writeln!(all, "{file}\t{text}").unwrap();
        all
    });
    let said = Clip::all().fold(String::new(), |mut all, clip| {
        writeln!(all, "{}\t{}", clip.file(), clip.text()).unwrap();
        all
    });
    assert_eq!(listed, said);
}

/// A word is not clipped away, not silence, and not a whole minute; all together are small enough to
/// be carried in the program.
#[test]
fn recordings_have_the_length_of_words() {
    let mut bytes = 0;
    for clip in Clip::all() {
        let file = Recordings::get(clip.file()).unwrap();
        bytes += file.data.len();
        let sound = Samples::from_wav(&file.data).unwrap();
        let ms = sound.samples.len() / (sound.rate as usize / 1_000);
        assert!((200..12_000).contains(&ms), "{}: {ms} ms", clip.file());
        let loudest = sound
            .samples
            .iter()
            .map(|s| s.unsigned_abs())
            .max()
            .unwrap();
        assert!(
            (8_000..16_000).contains(&loudest),
            "{}: {loudest}",
            clip.file()
        );
    }
    assert!(bytes < 3_000_000, "{bytes} bytes");
}

/// A WAV file of so many milliseconds, 16 kHz.
fn wav(ms: u32) -> Vec<u8> {
    let bytes = ms * 32;
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend((0..bytes / 2).flat_map(|n| ((n % 100) as i16 * 100).to_le_bytes()));
    let length = (file.len() as u32 - 8).to_le_bytes();
    file[4..8].copy_from_slice(&length);
    file
}

fn put(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn of(folder: &Path, text: &str) -> Result<Voices, RecordingRefused> {
    let media = format!("[media]\nprompts = {:?}\n{text}", folder.display());
    voices(&Config::read("kring.toml", &media, []).unwrap())
}

/// How long a recording is heard in these languages, ms.
fn heard_ms(library: &Library, name: &str, languages: Languages) -> u64 {
    use kring_media::{Relay, Remote, SessionId, Side};
    let program = Program {
        languages,
        ..Program::new(vec![Phrase::clip(name)], Ground::Other)
    };
    let coding = Coding {
        codec: Playable::Pcma,
        payload_type: 8,
    };
    let at = |port| std::net::SocketAddr::new([192, 0, 2, 10].into(), port);
    let remote = Remote {
        rtp: at(4_000),
        rtcp: at(4_001),
        sends: true,
        receives: true,
    };
    let mut relay = Relay::new(SessionId(1), Duration::ZERO);
    relay.set_remote(kring_time::Moment::BOOT, Side::Caller, remote);
    let player = library.player(&program, coding);
    relay.play(kring_time::Moment::BOOT, Side::Caller, player, 8, 7);
    let mut packet = [0; 172];
    let turns = (0..).take_while(|turn| {
        let now = kring_time::Moment::from_millis(turn * 20);
        relay.next_frame(now, Side::Caller, &mut packet).is_some()
    });
    turns.count() as u64 * 20
}

/// Own sentences take the place of kring's, as they were recorded; names of one's own are there; agents and
/// music are found.
#[test]
fn a_folder_of_recordings_takes_the_place_of_krings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (name, ms) in [
        ("th/greeting.wav", 500),
        ("songkran.wav", 700),
        ("th/documents.wav", 300),
        ("en/documents.wav", 400),
        ("agents/malee.wav", 900),
        ("music.wav", 2_000),
        ("waiting/1.wav", 1_000),
        ("waiting/2.WAV", 1_000),
        ("loud.wav", 200),
    ] {
        put(path, name, &wav(ms));
    }
    put(path, "README.txt", b"no recording");
    let queue = "music = \"waiting\"\n[[queue]]\nname = \"support\"\ngreeting = \"songkran\"\n\
                 announcements = [\"documents\", \"loud.wav\"]\nmusic = \"waiting/1.wav\"\n";
    let voices = of(path, queue).unwrap();
    assert_eq!(voices.agents, BTreeSet::from([AgentId::new("malee")]));
    let library = &voices.library;
    for (name, languages, ms) in [
        ("greeting", Languages::Thai, 500),
        ("songkran", Languages::ThaiThenEnglish, 700),
        ("documents", Languages::ThaiThenEnglish, 700),
        ("documents", Languages::English, 400),
        ("agents/malee", Languages::English, 900),
        ("loud.wav", Languages::Thai, 200),
        ("waiting/1.wav", Languages::Thai, 1_000),
        ("beep", Languages::Thai, 280),
    ] {
        assert_eq!(heard_ms(library, name, languages), ms, "{name}");
    }
    assert!(library.is_whole(Language::Thai));
}

#[test]
fn a_recording_that_cannot_be_had_is_told_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let told = |text: &str| {
        let refused = of(path, text).unwrap_err();
        let fault = Fault::from(refused);
        assert!(matches!(fault, Fault::Arguments(_)), "{fault}");
        fault
            .to_string()
            .replace(&path.display().to_string(), "DIR")
    };
    assert_eq!(
        told("greeting = \"songkran\"\n"),
        "media.greeting names the recording \"songkran\", but there is none: it is none of kring's, and \
         there is no songkran.wav in DIR. Record it, or write another name."
    );
    assert_eq!(
        told("music = \"gone.wav\"\n"),
        "cannot read DIR/gone.wav (media.music): No such file or directory (os error 2). Mend the path or \
         its permissions."
    );
    put(path, "empty/README", b"");
    assert_eq!(
        told("music = \"empty\"\n"),
        "there is no music in DIR/empty (media.music): put WAV files there."
    );
    put(path, "th/greeting.wav", b"ID3 this is an MP3");
    assert!(
        told("").starts_with("cannot play DIR/th/greeting.wav (media.prompts): not a WAV file")
    );
}
