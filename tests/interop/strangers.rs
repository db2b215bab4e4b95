//! Strangers and their tools: sipsak asks, and sipvicious looks for something to count, and finds nothing.

use crate::kring::{House, Kring};
use crate::ports::free_port;
use std::process::{Command, Stdio};

/// The PBX is elsewhere, so everything on 127.0.0.1 is a stranger.
fn among_strangers(sip: &str) -> Kring {
    let tables =
        "[[trunk]]\nname = \"pbx\"\naddress = \"127.0.0.7:5060\"\npeers = [\"127.0.0.7\"]\n";
    let house = House {
        tables,
        sip,
        seats: vec![("malee", format!("sip:100@127.0.0.7:{}", free_port()))],
        ..House::default()
    };
    house.open().0
}

/// Runs a program that must end by itself within this many seconds; what it said.
fn said(kring: &Kring, seconds: u32, program: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let ran = Command::new("timeout")
        .args([&seconds.to_string(), program])
        .args(arguments)
        // sipvicious keeps its sessions in the home folder.
        .env("HOME", kring.folder.path())
        .current_dir(kring.folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("coreutils are installed");
    // What `timeout` says when there is no such program.
    assert_ne!(
        ran.status.code(),
        Some(127),
        "{program} is missing: it is in Debian's packages sipsak and sipvicious"
    );
    let text = [ran.stdout, ran.stderr].concat();
    (
        ran.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn sipsak_from_the_pbx_is_told_that_kring_lives() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let target = format!("sip:1203@127.0.0.1:{}", kring.sip);
    let (code, text) = said(&kring, 20, "sipsak", &["-vv", "-s", &target]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("SIP/2.0 200"), "{text}");
    assert!(text.contains("Allow:") && text.contains("INVITE"), "{text}");
}

/// Over TCP as well.
#[test]
fn sipsak_over_tcp_is_told_that_kring_lives() {
    let (kring, _agents) = Kring::with_agents("", &[("malee", free_port())]);
    let target = format!("sip:1203@127.0.0.1:{}", kring.sip);
    let (code, text) = said(&kring, 20, "sipsak", &["-vv", "-E", "tcp", "-s", &target]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("SIP/2.0 200"), "{text}");
}

/// 403 with nothing in it: no methods, no product, and the same for every name.
#[test]
fn sipsak_of_a_stranger_hears_403_and_nothing_more() {
    let kring = among_strangers("");
    let answer = |user: &str| {
        let target = format!("sip:{user}@127.0.0.1:{}", kring.sip);
        let (_, text) = said(&kring, 20, "sipsak", &["-vv", "-s", &target]);
        let at = text
            .find("SIP/2.0 ")
            .unwrap_or_else(|| panic!("no answer: {text}"));
        let mut lines: Vec<String> = text[at..].lines().map(str::to_owned).collect();
        lines.retain(|line| !line.trim().is_empty());
        lines
    };
    let (agent, nobody) = (answer("100"), answer("999"));
    for lines in [&agent, &nobody] {
        assert!(lines[0].starts_with("SIP/2.0 403"), "{lines:#?}");
        for line in lines {
            let tells = line.starts_with("Server:") || line.starts_with("Allow:");
            assert!(!tells, "{lines:#?}");
        }
    }
}

/// With `strangers = "ignore"` a scan of the port finds nothing at all.
#[test]
fn svmap_finds_no_device_when_strangers_are_ignored() {
    let kring = among_strangers("strangers = \"ignore\"");
    let port = kring.sip.to_string();
    for method in ["OPTIONS", "INVITE", "REGISTER"] {
        let scan = ["-p", &port, "-m", method, "-t", "0.2", "127.0.0.1"];
        let (_, text) = said(&kring, 30, "svmap", &scan);
        assert!(text.contains("found nothing"), "{method}: {text}");
    }
}

/// By default the port answers, and does not say who it is.
#[test]
fn svmap_learns_no_product() {
    let kring = among_strangers("");
    let port = kring.sip.to_string();
    let (_, text) = said(
        &kring,
        30,
        "svmap",
        &["-p", &port, "-t", "0.2", "127.0.0.1"],
    );
    assert!(!text.to_lowercase().contains("kring"), "{text}");
    assert!(
        text.contains("unknown") || text.contains("found nothing"),
        "{text}"
    );
}

/// 100 is an agent's phone, 1203 is a number of the house: neither is told from the others.
#[test]
fn svwar_finds_no_extension() {
    for strangers in ["strangers = \"refuse\"", "strangers = \"ignore\""] {
        let kring = among_strangers(strangers);
        let port = kring.sip.to_string();
        for method in ["REGISTER", "OPTIONS", "INVITE"] {
            let scan = [
                "-p",
                &port,
                "-m",
                method,
                "-t",
                "0.2",
                "-e",
                "98-110,1200-1204",
            ];
            let (_, text) = said(&kring, 30, "svwar", &[&scan[..], &["127.0.0.1"]].concat());
            assert!(
                text.contains("found nothing"),
                "{strangers}, {method}: {text}"
            );
        }
    }
}

/// Even when it insists.
#[test]
fn svwar_by_force_finds_no_extension() {
    let kring = among_strangers("");
    let port = kring.sip.to_string();
    let scan = [
        "-p",
        &port,
        "--force",
        "-e",
        "98-110",
        "--maximumtime",
        "10",
        "127.0.0.1",
    ];
    let (_, text) = said(&kring, 40, "svwar", &scan);
    assert!(!text.contains("| 100 "), "{text}");
    kring.metrics_until("kring_sip_strangers_total");
}

/// The right name and a dictionary of passwords: no challenge comes, so there is nothing to crack.
#[test]
fn svcrack_finds_no_password() {
    let kring = among_strangers("");
    let port = kring.sip.to_string();
    let crack = [
        "-p",
        &port,
        "-u",
        "100",
        "-r",
        "100-110",
        "--maximumtime",
        "8",
        "127.0.0.1",
    ];
    let (_, text) = said(&kring, 40, "svcrack", &crack);
    assert!(!text.contains("password for"), "{text}");
    assert!(!text.contains("| 100 "), "{text}");
}
