//! What ends the process before it has begun: one clear line, and the right code.

use crate::shell::Shell;
use std::{
    fs::{self, Permissions},
    net::{TcpListener, UdpSocket},
    os::unix::fs::PermissionsExt,
};

#[test]
fn a_configuration_that_is_not_there_is_64() {
    let shell = Shell::new();
    shell.run(&["--config", "missing.toml"]).refused(
        64,
        "missing.toml: there is no such file. Write one (deploy/kring.toml is an example), or leave --config out for the defaults.",
    );
}

#[test]
fn a_mistake_in_the_configuration_is_64_and_names_its_line() {
    let shell = Shell::new();
    shell.configure("[ring]\n\ngard_ms = 500\n");
    for command in ["serve", "check", "journal"] {
        shell.run(&[command]).refused(
            64,
            "kring.toml:3: ring.gard_ms is no key of kring. Did you mean ring.guard_ms?",
        );
    }
    shell.configure("[sip]\nlisten = [\"tls:0.0.0.0:5061\"]\n");
    shell.run(&[]).refused(
        64,
        "kring.toml:2: sip.listen has tls:0.0.0.0:5061, which needs a certificate. Set sip.tls_cert and sip.tls_key.",
    );
}

#[test]
fn a_mistake_in_a_variable_is_64_and_names_it() {
    let shell = Shell::new();
    shell
        .run_under(&[("KRING_RING__LIMIT", "0")], &["check"])
        .refused(
            64,
            "KRING_RING__LIMIT: ring.limit is 0, but must be a whole number, 1 to 20.",
        );
}

#[test]
fn arguments_that_mean_nothing_are_64_and_help_is_not() {
    let shell = Shell::new();
    for wrong in [
        &["dance"][..],
        &["--port", "1"],
        &["user"],
        &["journal", "--call", "x"],
    ] {
        let said = shell.run(wrong);
        assert_eq!(said.code, Some(64), "{said:?}");
        assert!(
            said.err.starts_with("error: ") || said.err.contains("Usage"),
            "{said:?}"
        );
    }
    assert!(shell.run(&["--help"]).ok().contains("journal"));
    assert_eq!(
        shell.run(&["--version"]).ok(),
        format!("kringd {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_taken_sip_port_is_69_and_says_what_to_do() {
    let shell = Shell::new();
    shell.configure_quietly();
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a free port");
    for (transport, taken) in [("udp", udp.local_addr()), ("tcp", tcp.local_addr())] {
        let taken = taken.expect("bound");
        let listen = format!("{transport}:{taken}");
        let said = shell.run_under(&[("KRING_SIP__LISTEN", &listen)], &[]);
        assert_eq!(said.code, Some(69), "{said:?}");
        let last = said.err.lines().last().unwrap_or_default();
        let told = format!(
            "cannot listen on {taken}: address in use. Stop the other SIP service or set sip.listen."
        );
        assert_eq!(last, told);
    }
}

#[test]
fn a_taken_http_port_is_69_and_says_what_to_do() {
    let shell = Shell::new();
    shell.configure_quietly();
    let held = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = held.local_addr().expect("bound").to_string();
    let said = shell.run_under(&[("KRING_HTTP__LISTEN", &taken)], &[]);
    assert_eq!(said.code, Some(69), "{said:?}");
    let last = said.err.lines().last().unwrap_or_default();
    let told = format!(
        "cannot listen on {taken}: address in use. Stop the other service or set http.listen."
    );
    assert_eq!(last, told);
}

#[test]
fn a_data_folder_that_cannot_be_used_is_69_and_says_what_to_do() {
    let shell = Shell::new();
    fs::write(shell.path("in-the-way"), "").expect("the folder is writable");
    shell.configure("data_dir = \"in-the-way\"\n");
    let said = shell.run(&["user", "list"]);
    assert_eq!(said.code, Some(69), "{said:?}");
    assert!(said.err.starts_with("cannot use in-the-way: "), "{said:?}");
    assert!(said.err.contains("set data_dir"), "{said:?}");
    assert_eq!(said.err.lines().count(), 1);
}

/// Root may write everywhere, so this one is proven only for other users.
#[test]
fn a_read_only_data_folder_is_69_and_says_what_to_do() {
    let shell = Shell::new();
    let folder = shell.path("locked");
    fs::create_dir(&folder).expect("the folder is writable");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).expect("it is ours");
    let everywhere = fs::write(folder.join("probe"), "").is_ok();
    shell.configure("data_dir = \"locked\"\n");
    let said = shell.run(&["user", "list"]);
    if everywhere {
        assert_eq!(said.code, Some(0), "{said:?}");
    } else {
        let told =
            "cannot use locked: permission denied. Let kring's user write there, or set data_dir.";
        said.refused(69, told);
    }
}

#[test]
fn a_database_that_cannot_be_had_is_69_and_hides_the_password() {
    let shell = Shell::new();
    let gone = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = gone.local_addr().expect("bound");
    drop(gone);
    let url = format!("postgres://kring:s3cret@{address}/kring");
    let said = shell.run_under(&[("KRING_DATABASE__URL", &url)], &["user", "list"]);
    assert_eq!(said.code, Some(69), "{said:?}");
    let told = format!("cannot open the database postgres://…@{address}/kring: ");
    assert!(said.err.starts_with(&told), "{said:?}");
    assert!(!said.err.contains("s3cret"), "{said:?}");
    assert_eq!(said.err.lines().count(), 1, "{said:?}");
}
