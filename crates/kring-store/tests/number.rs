//! Every spelling of product.md 11.6 to 11.8, and laws that hold for any text.

use kring_store::{Number, NumberClass, NumberPlan};
use proptest::prelude::*;

fn read(raw: &str) -> Number {
    Number::read(raw, &NumberPlan::default())
}

#[test]
fn every_spelling_of_a_mobile_is_one_number() {
    for raw in [
        "0812345678",
        "66812345678",
        "+66812345678",
        "0066812345678",
        "+660812345678",
        "660812345678",
        "00660812345678",
        "๐๘๑๒๓๔๕๖๗๘",
        "๐๘๑-๒๓๔-๕๖๗๘",
        "０８１２３４５６７８",
        "081-234-5678",
        "081 234 5678",
        "081.234.5678",
        "(081) 234-5678",
        "+66 (0)81 234 5678",
        "+66-81-234-5678",
        "＋66 81 234 5678",
        "081\u{200b}2345678",
        " 081\u{a0}234\u{2011}5678 ",
        "812345678",
        "โทร. 081-234-5678",
        "Tel: 081-234-5678",
        "tel:+66812345678",
        "sip:0812345678@pbx.example",
        "sip:+66812345678@192.0.2.1;user=phone",
        "0812345678@192.0.2.1",
        "0812345678 (คุณสมชาย)",
    ] {
        let number = read(raw);
        assert_eq!(number.canonical, "+66812345678", "{raw}");
        assert_eq!(number.display, "081-234-5678", "{raw}");
        assert_eq!(number.class, NumberClass::Mobile, "{raw}");
        assert_eq!(number.extension, None, "{raw}");
    }
}

#[test]
fn every_spelling_of_a_landline_is_one_number() {
    for (raw, extension) in [
        ("038-611-025 ต่อ 12", Some("12")),
        ("038-611-025 ต่อ ๑๒", Some("12")),
        ("038611025 ext. 12", Some("12")),
        ("038611025x12", Some("12")),
        ("038611025#12", Some("12")),
        ("tel:+6638611025;ext=12", Some("12")),
        ("038611025", None),
        ("6638611025", None),
        ("+6638611025", None),
        ("+66 38 611025", None),
        ("006638611025", None),
        ("๐๓๘๖๑๑๐๒๕", None),
        ("38611025", None),
        // Six digits are a local number of the default area, 038.
        ("611025", None),
        ("611-025", None),
        ("038-611-025/6", None),
    ] {
        let number = read(raw);
        assert_eq!(number.canonical, "+6638611025", "{raw}");
        assert_eq!(number.display, "038-611-025", "{raw}");
        assert_eq!(number.class, NumberClass::Landline, "{raw}");
        assert_eq!(number.extension.as_deref(), extension, "{raw}");
    }
}

#[test]
fn a_local_number_takes_the_default_area() {
    let bangkok = NumberPlan {
        area_default: "02".to_owned(),
        ..NumberPlan::default()
    };
    let local = Number::read("123-4567", &bangkok);
    assert_eq!(
        (local.canonical.as_str(), local.display.as_str()),
        ("+6621234567", "02-123-4567")
    );
    assert_eq!(Number::read("021234567", &bangkok), local);
    // There six digits are no local number, but an extension of the PBX.
    assert_eq!(Number::read("611025", &bangkok).canonical, "ext:611025");
}

#[test]
fn short_and_internal_numbers_are_nobodys_subscriber_line() {
    for raw in ["1203", "๑๒๐๓", "sip:1203@pbx.example", "short:1203"] {
        let hotline = read(raw);
        assert_eq!(hotline.canonical, "short:1203", "{raw}");
        assert_eq!(
            (hotline.display.as_str(), hotline.class),
            ("1203", NumberClass::Shortcode)
        );
        assert!(!hotline.is_personal());
    }
    assert_eq!(read("191").canonical, "short:191");
    for raw in ["2104", "ext:2104"] {
        let internal = read(raw);
        assert_eq!(
            (internal.canonical.as_str(), internal.class),
            ("ext:2104", NumberClass::Internal)
        );
    }
    let four_digits = NumberPlan {
        internal_patterns: vec!["1###".to_owned()],
        ..NumberPlan::default()
    };
    assert_eq!(Number::read("1669", &four_digits).canonical, "ext:1669");
    assert_eq!(
        Number::read("1203", &four_digits).canonical,
        "short:1203",
        "a configured hotline"
    );
    assert_eq!(Number::read("191", &four_digits).canonical, "short:191");
}

#[test]
fn a_withheld_number_is_anonymous() {
    for raw in [
        "",
        " ",
        "anonymous",
        "Anonymous",
        "Restricted",
        "unknown",
        "Unavailable",
        "anon",
    ] {
        assert_eq!(read(raw), Number::anonymous(), "{raw}");
    }
    for raw in [
        "sip:anonymous@anonymous.invalid",
        "-",
        "alice",
        "*67",
        "+",
        "+5",
        "ไม่แสดงเบอร์",
    ] {
        assert_eq!(read(raw).class, NumberClass::Anon, "{raw}");
    }
    assert_eq!(read(&"9".repeat(64)).class, NumberClass::Anon);
    assert_eq!(read(&"0812345678 ".repeat(9)).class, NumberClass::Anon);
}

#[test]
fn numbers_abroad_keep_their_country() {
    for (raw, canonical, display) in [
        ("+14155552671", "+14155552671", "+1 415-555-2671"),
        ("+44 20 7946 0018", "+442079460018", "+44 20 7946 0018"),
        ("001 44 20 7946 0018", "+442079460018", "+44 20 7946 0018"),
        ("+856 21 212 345", "+85621212345", "+856 21 212 345"),
        ("+999 123 4567", "+9991234567", "+9991234567"),
    ] {
        let number = read(raw);
        assert_eq!(
            (number.canonical.as_str(), number.display.as_str()),
            (canonical, display),
            "{raw}"
        );
        assert_eq!(number.class, NumberClass::Foreign, "{raw}");
    }
}

#[test]
fn toll_free_numbers_are_hotlines() {
    let number = read("1800-123-456");
    assert_eq!(
        (number.canonical.as_str(), number.display.as_str()),
        ("+661800123456", "1800-123-456")
    );
    assert_eq!(number.class, NumberClass::Hotline);
    assert!(!number.is_personal());
}

#[test]
fn a_range_newer_than_the_metadata_is_kept_when_it_says_its_country() {
    let number = read("+66 70 123 4567");
    assert_eq!(number.canonical, "+66701234567");
    assert_eq!(read("0701234567").canonical, "ext:0701234567");
}

proptest! {
    /// Any text is read without a panic, and the canonical text of a number reads as that number.
    #[test]
    fn reading_is_total_and_settles(raw in "\\PC{0,40}") {
        let number = read(&raw);
        let again = read(&number.canonical);
        prop_assert_eq!(&again.canonical, &number.canonical);
        prop_assert_eq!(again.class, number.class);
    }

    #[test]
    fn digits_with_ornaments_settle(raw in "[+(]?[0-9๐-๙ -]{1,22}( ?(ต่อ|ext|x|#) ?[0-9]{1,4})?") {
        let number = read(&raw);
        let again = read(&number.canonical);
        prop_assert_eq!(&again.canonical, &number.canonical);
        prop_assert_eq!(again.class, number.class);
        prop_assert_eq!(&again.display, &number.display);
    }

    /// The display of a Thai number is dialled back as the same number.
    #[test]
    fn a_thai_display_reads_as_its_number(national in "(8[0-9]{8}|9[0-9]{8}|6[1-6][0-9]{7}|2[0-9]{7}|3[2-9][0-9]{6}|7[3-7][0-9]{6})") {
        let number = read(&format!("+66{national}"));
        prop_assert_eq!(&number.canonical, &format!("+66{national}"));
        prop_assert_eq!(&read(&number.display), &number);
    }

    /// What is decided without the library is what the library would say.
    #[test]
    fn the_short_cut_agrees_with_the_metadata(national in "[1-9][0-9]{7,8}") {
        let number = read(&format!("0{national}"));
        let library = phonenumber::parse(None, format!("+66{national}")).unwrap();
        let kind = library.is_valid().then(|| library.number_type(&phonenumber::metadata::DATABASE));
        let expected = match kind {
            None => NumberClass::Internal,
            Some(phonenumber::Type::Mobile) => NumberClass::Mobile,
            Some(_) => NumberClass::Landline,
        };
        prop_assert_eq!(number.class, expected);
    }
}
