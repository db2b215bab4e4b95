//! The commands that do one thing: users, tokens, journal, check.

use crate::shell::Shell;

const PASSWORD: &str = "correct horse";

#[test]
fn a_user_is_added_changed_listed_and_disabled() {
    let shell = Shell::new();
    let add = [
        "user",
        "add",
        "malee",
        "--name",
        "มาลี ใจดี",
        "--device",
        "sip:5021@127.0.0.1:5062",
        "--password-stdin",
    ];
    assert_eq!(
        shell.run_with(PASSWORD, &add).ok(),
        "malee may sign in as agent.\n"
    );
    let listed = shell.run(&["user", "list"]).ok();
    let row = listed.lines().nth(1).expect("one person");
    for part in [
        "malee",
        "agent",
        "enabled",
        "sip:5021@127.0.0.1:5062",
        "all",
        "มาลี ใจดี",
    ] {
        assert!(row.contains(part), "{row}");
    }

    shell.run_with(PASSWORD, &add).refused(
        64,
        "there is a user malee already. To change this person add --replace; for the password alone use `kringd user passwd malee`.",
    );
    let promote = ["user", "add", "malee", "--role", "supervisor", "--replace"];
    assert_eq!(
        shell.run(&promote).ok(),
        "malee may sign in as supervisor.\n"
    );

    let disabled = shell.run(&["user", "disable", "malee"]).ok();
    assert_eq!(
        disabled,
        "malee may not sign in any more and is signed out everywhere.\n"
    );
    assert!(shell.run(&["user", "list"]).ok().contains("disabled"));
}

#[test]
fn a_password_is_made_when_nobody_can_be_asked_and_shown_once() {
    let shell = Shell::new();
    let said = shell.run(&["user", "add", "somchai"]).ok();
    let made = said.lines().nth(1).expect("a second line");
    let secret = made
        .strip_prefix("The password, shown this once: ")
        .expect("the password");
    assert_eq!(secret.len(), 16);
    let again = shell.run(&["user", "passwd", "somchai"]).ok();
    assert!(
        again.starts_with("somchai has a new password and is signed out everywhere.\n"),
        "{again}"
    );
    assert!(!again.contains(secret), "a new one");
}

#[test]
fn what_a_user_cannot_be_is_said() {
    let shell = Shell::new();
    let refused = |arguments: &[&str], line: &str| {
        let arguments = [&["user", "add"], arguments, &["--password-stdin"]].concat();
        shell.run_with(PASSWORD, &arguments).refused(64, line);
    };
    refused(
        &["Malee!"],
        "\"Malee!\" is no login. Write 1 to 64 of a-z, 0-9, '.', '_' and '-'.",
    );
    refused(
        &["malee", "--role", "boss"],
        "\"boss\" is no role. Write agent, supervisor, admin, tip_officer, unit_officer, kb_editor, dpo, integrator or auditor.",
    );
    refused(
        &["malee", "--queue", "sales"],
        "there is no queue \"sales\". Configured are: main.",
    );
    refused(
        &["malee", "--device", "phone:malee"],
        "--device: there is no phone \"malee\". Add it first: kringd phone add malee",
    );
    refused(
        &["malee", "--device", "pbx:5021"],
        "--device: \"pbx:5021\" needs a [[trunk]] with an address: that is the PBX that has the extension.",
    );
    let short = shell.run_with("short", &["user", "add", "malee", "--password-stdin"]);
    short.refused(
        64,
        "a password has 12 characters or more, and at most 256 bytes. Choose another.",
    );
    shell
        .run_with(PASSWORD, &["user", "passwd", "nobody", "--password-stdin"])
        .refused(64, "nobody has the login nobody: see `kringd user list`.");
    shell
        .run(&["user", "disable", "nobody"])
        .refused(64, "nobody has this login: see `kringd user list`.");
    assert!(shell.run(&["user", "list"]).ok().starts_with("nobody yet"));
}

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
    let shell = Shell::new();
    let secret = shell.run(&["token", "add", "crm", "--scope", "admin"]).ok();
    assert!(
        secret.trim().len() >= 32,
        "a secret alone, for scripts: {secret}"
    );
    let listed = shell.run(&["token", "list"]).ok();
    assert!(
        listed.contains("crm") && listed.contains("admin"),
        "{listed}"
    );
    assert!(!listed.contains(secret.trim()));
    let twice = shell.run(&["token", "add", "crm", "--scope", "admin"]);
    assert_eq!(twice.code, Some(64), "{twice:?}");
    let unknown = shell.run(&["token", "add", "x", "--scope", "everything"]);
    assert_eq!(unknown.code, Some(64), "{unknown:?}");
    assert!(
        unknown
            .err
            .starts_with("\"everything\" is no scope. Write one of: "),
        "{unknown:?}"
    );
    assert_eq!(
        shell.run(&["token", "revoke", "crm"]).ok(),
        "the token crm is worth nothing any more.\n"
    );
    shell
        .run(&["token", "revoke", "crm"])
        .refused(64, "there is no token \"crm\": see `kringd token list`.");
}

#[test]
fn an_empty_journal_is_whole_and_has_no_call() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["journal"]).ok(), "");
    assert!(
        shell
            .run(&["journal", "--verify"])
            .ok()
            .starts_with("the journal is whole: 0 facts")
    );
    shell
        .run(&["journal", "--call", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
        .refused(64, "the journal has no call 01ARZ3NDEKTSV4RRFFQ69G5FAV.");
}

#[test]
fn check_names_every_thing_it_looked_at_and_what_to_mend() {
    let shell = Shell::new();
    shell.configure_quietly();
    let said = shell.run(&["check"]);
    for what in [
        "configuration",
        "data folder",
        "SIP",
        "HTTP",
        "RTP ports",
        "open files",
        "wall clock",
        "database",
        "trunk",
    ] {
        assert!(
            said.out.contains(&format!(" {what}: ")),
            "no {what} in {said:?}"
        );
    }
    assert_eq!(said.code, Some(0), "{said:?}");

    let held = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = held.local_addr().expect("bound").to_string();
    let said = shell.run_under(&[("KRING_HTTP__LISTEN", &taken)], &["check"]);
    assert_eq!(said.code, Some(69), "{said:?}");
    let mend = format!(
        "mend  HTTP: cannot listen on {taken}: address in use. Stop the other service or set http.listen."
    );
    assert!(said.out.contains(&mend), "{said:?}");
    assert_eq!(said.err, "one thing is to be mended: see above.\n");
}

#[test]
fn a_phone_is_added_with_what_is_to_be_set_in_it_and_removed_again() {
    let shell = Shell::new();
    let said = shell.run(&["phone", "add", "5021", "--name", "โต๊ะ ๑"]).ok();
    let secret = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("password, shown this once:"))
        .expect("the password")
        .trim();
    assert_eq!(secret.len(), 16);
    assert!(said.contains("UDP port 5060 or TCP port 5060"), "{said}");
    assert!(said.contains("--device phone:5021"), "{said}");
    shell.run(&["phone", "add", "5021"]).refused(
        64,
        "there is a phone 5021 already. For another password use `kringd phone passwd 5021`.",
    );
    shell.run(&["phone", "add", "50 21"]).refused(
        64,
        "\"50 21\" is no user of a phone. Write 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', such as 5021.",
    );
    let listed = shell.run(&["phone", "list"]).ok();
    let row = listed.lines().nth(1).expect("one phone");
    for part in ["5021", "enabled", "not registered", "โต๊ะ ๑"] {
        assert!(row.contains(part), "{row}");
    }
    assert!(!listed.contains(secret));
    let given = shell.run_with(PASSWORD, &["phone", "passwd", "5021", "--password-stdin"]);
    assert!(!given.ok().contains(PASSWORD));
    let disabled = shell.run(&["phone", "disable", "5021"]).ok();
    assert_eq!(disabled, "5021 may not register.\n");
    let enabled = shell.run(&["phone", "enable", "5021"]).ok();
    assert_eq!(enabled, "5021 may register.\n");
    let add = [
        "user",
        "add",
        "malee",
        "--device",
        "phone:5022",
        "--password-stdin",
    ];
    shell.run_with(PASSWORD, &add).refused(
        64,
        "--device: there is no phone \"5022\". Add it first: kringd phone add 5022",
    );
    assert_eq!(
        shell.run(&["phone", "remove", "5021"]).ok(),
        "5021 is removed.\n"
    );
    shell
        .run(&["phone", "remove", "5021"])
        .refused(64, "there is no phone \"5021\": see `kringd phone list`.");
}
