//! The directory out of a file and as a file, while a daemon runs.

use crate::shell::{Daemon, Shell};

const FILE: &str = "\u{feff}ชื่อย่อ,ชื่อหน่วยงาน,หมายเลข,จุดรับสาย,จำนวนครั้ง,เวลาทำการ\r\n\
    RYG,พาณิชย์จังหวัดระยอง,๒๑๐๔,โต๊ะหนึ่ง,4,always\r\nRYG,,2105,สำรอง,,\r\n\
    DFT,กรมการค้าต่างประเทศ,2101,,,\r\n";

/// What the daemon answers at this path.
fn get(daemon: &Daemon, token: &str, path: &str) -> serde_json::Value {
    let told = daemon.told.split("http=").nth(1).expect("where HTTP is");
    let address = told.split_whitespace().next().expect("an address");
    let url = format!("http://{address}/api/v1{path}");
    let request = ureq::get(&url).header("authorization", format!("Bearer {token}"));
    let mut answer = request.call().expect("an answer");
    answer.body_mut().read_json().expect("JSON")
}

#[test]
fn a_file_is_read_while_the_daemon_runs_and_written_back() {
    let shell = Shell::new();
    shell.configure_quietly();
    let secret = shell.run(&["token", "add", "crm", "--scope", "admin"]).ok();
    let mut daemon = shell.serve(&[]);
    let token = secret.trim();
    assert_eq!(
        get(&daemon, token, "/departments/search?q=2104")["items"],
        serde_json::json!([])
    );
    std::fs::write(shell.path("units.csv"), FILE).expect("the folder is writable");
    let import = ["import", "departments", "units.csv"];
    let dry = shell.run(&[&import[..], &["--dry-run"]].concat()).ok();
    assert_eq!(dry, "1 would be added: RYG\n1 would be changed: DFT\n");
    assert_eq!(shell.run(&import).ok(), "1 added: RYG\n1 changed: DFT\n");
    assert_eq!(shell.run(&import).ok(), "2 left as they were: RYG, DFT\n");
    let found = get(&daemon, token, "/departments/search?q=2104");
    assert_eq!(found["items"][0]["short"], "RYG", "seen at once");
    assert_eq!(get(&daemon, token, "/departments/RYG/status")["open"], true);
    let who = &get(&daemon, token, "/audit")["items"][0]["who"];
    assert_eq!(who, "kringd");
    let exported = shell.run(&["export", "departments"]).ok();
    assert!(exported.starts_with("\u{feff}short,name_th,"), "{exported}");
    assert!(
        exported.contains("always,10,2104,โต๊ะหนึ่ง,1,4,yes\n"),
        "{exported}"
    );
    shell.run(&["export", "departments", "again.csv"]).ok();
    let again = shell.run(&["import", "departments", "again.csv"]).ok();
    assert!(again.starts_with("10 left as they were: "), "{again}");
    daemon.signal(libc::SIGTERM);
    assert_eq!(daemon.end(), Some(0), "{}", daemon.told);
}

#[test]
fn every_mistake_is_named_and_nothing_is_changed() {
    let shell = Shell::new();
    let file = "short,name_th,rings,extension\nRYG,ระยอง,12,2104\nRYG,,2,none at all\n";
    std::fs::write(shell.path("units.csv"), file).expect("the folder is writable");
    let said = shell.run(&["import", "departments", "units.csv"]);
    let lines: Vec<&str> = said.err.lines().collect();
    assert_eq!(said.code, Some(64), "{said:?}");
    assert_eq!(lines.len(), 3, "{said:?}");
    assert_eq!(
        lines[0],
        "units.csv: row 2, rings: is not 1 to 10 / ต้องเป็น 1 ถึง 10"
    );
    assert!(lines[1].starts_with("units.csv: row 3, extension: "));
    assert_eq!(lines[2], "Nothing was changed.");
    let missing = shell.run(&["import", "departments", "nowhere.csv"]);
    assert_eq!(missing.code, Some(64));
    assert!(
        missing.err.starts_with("cannot read nowhere.csv: "),
        "{missing:?}"
    );
    assert!(!shell.run(&["export", "departments"]).ok().contains("RYG"));
}
