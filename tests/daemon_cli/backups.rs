//! The whole of kring in one file, made beside a daemon that runs, and put back where nothing is.

use crate::shell::Shell;

#[test]
fn a_backup_of_a_running_daemon_is_put_back_elsewhere() {
    let shell = Shell::new();
    shell.configure_quietly();
    shell.run(&["token", "add", "crm", "--scope", "admin"]).ok();
    let mut daemon = shell.serve(&[]);
    let made = shell.run(&["export", "backup", "kring.backup"]).ok();
    assert!(made.contains("rows are in kring.backup"), "{made}");
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
    let mode = std::fs::metadata(shell.path("kring.backup"))
        .expect("the file")
        .permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );

    let into_itself = shell.run(&["import", "backup", "kring.backup"]);
    assert_eq!(into_itself.code, Some(64), "{into_itself:?}");
    assert!(
        into_itself.err.contains("a database that is new"),
        "{}",
        into_itself.err
    );

    let elsewhere = Shell::new();
    elsewhere.configure_quietly();
    std::fs::copy(shell.path("kring.backup"), elsewhere.path("kring.backup")).expect("a copy");
    let told = elsewhere.run(&["import", "backup", "kring.backup"]).ok();
    assert!(told.contains("rows and 0 files are put back"), "{told}");
    assert!(elsewhere.run(&["token", "list"]).ok().contains("crm"));
    assert!(
        elsewhere
            .run(&["journal", "--verify"])
            .ok()
            .contains("whole")
    );
    let mut daemon = elsewhere.serve(&[]);
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
}

#[test]
fn a_file_that_is_no_backup_changes_nothing() {
    let shell = Shell::new();
    shell.configure_quietly();
    std::fs::write(shell.path("other"), b"not a backup").expect("the folder is writable");
    let said = shell.run(&["import", "backup", "other"]);
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(said.err.contains("no backup of kring"), "{}", said.err);
    let missing = shell.run(&["import", "backup", "missing"]);
    assert_eq!(missing.code, Some(64));
}

#[test]
fn old_rows_are_told_before_they_go() {
    let shell = Shell::new();
    shell.configure_quietly();
    let told = shell.run(&["retention", "--dry-run"]).ok();
    assert!(told.contains("no rule"), "{told}");
    let quiet = std::fs::read_to_string(shell.path("kring.toml")).expect("it is there");
    shell.configure(&format!("{quiet}[privacy]\nretention_days = 365\n"));
    let told = shell.run(&["retention", "--dry-run"]).ok();
    assert!(
        told.contains("cases: 0 older than 365 days would go"),
        "{told}"
    );
}
