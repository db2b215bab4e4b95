//! Which recordings are heard when something is ordered by name, in one language or two.

use crate::stage::{Stage, program, tone_of};
use kring_media::{
    Clip, EnglishSentence, Ground, Language, Languages, Library, Particle, Phrase, Program, Prompt,
    ThaiSentence,
};
use std::time::Duration;

const TONES: [f32; 5] = [400.0, 500.0, 600.0, 700.0, 800.0];

/// Every Thai recording is 700 Hz and every English one 800 Hz, 100 ms each.
fn bilingual() -> Library {
    let (on, off) = (Duration::from_secs(1), Duration::from_secs(4));
    let mut library = Library::new(Particle::Ka, Prompt::ringback(400.0, on, off));
    for clip in Clip::all() {
        let hz = match clip.language() {
            Language::Thai => 700.0,
            Language::English => 800.0,
        };
        library.add(clip, tone_of(hz, 100));
    }
    library.set_music(tone_of(500.0, 2_000));
    library
}

/// What is heard, tenth of a second by tenth: `7` for 700 Hz.
fn heard(library: Library, program: &Program, tenths: u64) -> String {
    let mut stage = Stage::alone();
    stage.library = library;
    stage.play(0, program);
    stage.run(0, tenths * 100);
    stage.assert_one_stream();
    let tone = |n: u64| stage.heard(n * 100, n * 100 + 100, &TONES);
    let digit = |hz: f32| char::from_digit(hz as u32 / 100, 10);
    (0..tenths)
        .filter_map(|n| tone(n).map_or(Some('-'), digit))
        .collect()
}

fn in_languages(say: &[Phrase], languages: Languages) -> Program {
    Program {
        languages,
        ..program(say, Ground::Music)
    }
}

/// ขณะนี้ท่านอยู่ในลำดับที่ · ยี่ · สิบ · เอ็ด · ค่ะ, and: You are now number · twenty · one.
#[test]
fn a_place_is_told_in_the_languages_of_the_call() {
    let place = [Phrase::Position(21)];
    for (languages, expected) in [
        (Languages::Thai, "777775555"),
        (Languages::English, "888555555"),
        (Languages::ThaiThenEnglish, "777778885"),
        (Languages::EnglishThenThai, "888777775"),
    ] {
        let program = in_languages(&place, languages);
        assert_eq!(heard(bilingual(), &program, 9), expected, "{languages}");
        assert_eq!(languages.code().parse(), Ok(languages));
    }
}

/// All is said in one language and then all in the other; a recording without a language once.
#[test]
fn what_has_no_language_is_heard_once() {
    let mut library = bilingual();
    library.add_named("songkran", None, tone_of(600.0, 100));
    let say = [Phrase::clip("songkran"), Phrase::clip("please_wait")];
    let program = in_languages(&say, Languages::ThaiThenEnglish);
    assert_eq!(heard(library, &program, 5), "67785");
}

/// A recording that was made in one language only is better than nothing in the other.
#[test]
fn what_there_is_in_another_language_is_heard_rather_than_nothing() {
    let mut library = bilingual();
    library.add_named("songkran", Some(Language::Thai), tone_of(600.0, 100));
    let say = [Phrase::clip("songkran")];
    for (languages, expected) in [
        (Languages::English, "655"),
        (Languages::ThaiThenEnglish, "655"),
        (Languages::EnglishThenThai, "665"),
    ] {
        let program = in_languages(&say, languages);
        assert_eq!(heard(library.clone(), &program, 3), expected, "{languages}");
    }
}

/// Whoever records a whole sentence says its polite end; of the beginnings and the words nothing changes.
#[test]
fn the_centres_own_recording_is_heard_as_it_was_made() {
    let mut library = bilingual();
    library.add_own(
        Clip::ThaiSentence(ThaiSentence::PleaseWait),
        tone_of(600.0, 100),
    );
    library.add_own(
        Clip::ThaiSentence(ThaiSentence::PositionIs),
        tone_of(600.0, 100),
    );
    library.add_own(
        Clip::EnglishSentence(EnglishSentence::PleaseWait),
        tone_of(400.0, 100),
    );
    let say = [Phrase::clip("please_wait"), Phrase::Position(1)];
    let program = in_languages(&say, Languages::ThaiThenEnglish);
    assert_eq!(heard(library, &program, 8), "66774885");
}

/// A queue may have music of its own; where it is not known, the house's is heard.
#[test]
fn a_program_may_have_its_own_music() {
    let mut library = bilingual();
    library.add_named("ranad", None, tone_of(600.0, 500));
    let with = |music: &str| Program {
        music: Some(music.into()),
        ..program(&[], Ground::Music)
    };
    assert_eq!(heard(library.clone(), &with("ranad"), 4), "6666");
    assert_eq!(heard(library, &with("no such music"), 4), "5555");
}
