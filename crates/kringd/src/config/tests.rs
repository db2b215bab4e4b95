//! What a configuration that is taken comes to, and what variables do to it.

mod entrance;
mod layered;
mod refused;
mod refused_by_kind;
mod waiting;

use super::*;
use kring_journal::{DeadlineAction, RingPolicyKind, RingTerms};
use kring_sip::Transport;

fn read(text: &str) -> Result<Config, ConfigRefused> {
    Config::read("kring.toml", text, [])
}

fn under(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigRefused> {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read("kring.toml", text, variables)
}

#[test]
fn nothing_at_all_is_a_configuration_that_works() {
    let config = read("").unwrap();
    let listens: Vec<String> = config.sip.listen.iter().map(Listen::to_string).collect();
    assert_eq!(listens, ["udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"]);
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.media.rtp_ports.to_string(), "20000-29999");
    assert_eq!(config.media.rtp_ports.pairs(), 5_000);
    assert_eq!(config.data_dir, Path::new("./kring-data"));
    assert_eq!(config.database.url, "sqlite:./kring-data/kring.db");
    assert_eq!(config.ring.terms, RingTerms::thailand());
    assert_eq!(config.ring.plan, kring_call::Plan::usual(3));
    assert_eq!(
        config.ring.deadline_action,
        DeadlineAction::AnswerGreetQueue
    );
    assert_eq!(config.agent.rona_limit, 2);
    assert_eq!(config.queues.len(), 1);
    assert!(config.queues[0].did.is_empty(), "it takes every number");

    let trunk = &config.trunks[0];
    assert_eq!(trunk.name, "local");
    let admits = |from: &str| {
        trunk
            .peers
            .iter()
            .any(|peer| peer.matches(from.parse().unwrap()))
    };
    assert!(admits("127.0.0.1:5060") && admits("[::1]:40000"));
    assert!(!admits("192.0.2.1:5060"), "nobody else may call");
}

const EVERYTHING: &str = r#"
        data_dir = "/var/lib/kring"
        node = "rayong-1"
        [sip]
        listen = ["udp:192.0.2.5:5060", "tcp:[2001:db8::5]:5070", "tls:192.0.2.5:5061", "ws:192.0.2.5:5066"]
        tls_cert = "/etc/kring/cert.pem"
        tls_key = "/etc/kring/key.pem"
        tls_client_ca = "/etc/kring/phones.pem"
        advertised = "203.0.113.5:5062"
        user_agent = "centre"
        max_cps = 20
        strangers = "ignore"
        session_timer_s = 600
        [[trunk]]
        name = "pbx"
        address = "pbx.example.net:5080"
        peers = ["192.0.2.10", "192.0.2.0/24", "192.0.2.11:5060"]
        tls_ca = "/etc/kring/pbx.pem"
        transport = "tls"
        trust_identity = false
        max_cps = 10
        max_calls = 60
        redirect_header = "history-info"
        [dial]
        patterns = ["2XXX", "0XXXXXXXXX"]
        trunks = ["pbx"]
        [ring]
        limit = 4
        cadence_on_ms = 2000
        cadence_off_ms = 3000
        ringback = "pbx"
        policy = "end_of_burst"
        plan = ["longest_idle:3", "all:1"]
        deadline_action = "redirect"
        guard_ms = 250
        [[queue]]
        name = "support"
        did = ["038611025"]
        plan = ["linear:2", "all:2"]
        members = ["malee", "somchai", "wichai:2"]
        overflow = "sip:1500@pbx.example.net"
        [agent]
        wrapup_s = 0
        rona_limit = 0
        pause_reasons = ["พัก"]
        greeting_th = "สวัสดี{particle}"
        particle = "ครับ"
        [pop]
        screen_dead_ms = 2000
        history_items = 5
        [number]
        region = "TH"
        area_default = "02"
        internal_pattern = "2###"
        hotlines = ["1203"]
        [media]
        mode = "relay"
        rtp_ports = "30000-30999"
        codecs = ["pcma", "opus"]
        dead_after_s = 30
        address = "203.0.113.5"
        [database]
        url = "postgres://kring:hush-hush@db.example.net/kring"
        [journal]
        group_ms = 10
        [http]
        listen = "0.0.0.0:8080"
        public_url = "https://desk.example.go.th/"
        [metrics]
        token = "0123456789abcdef"
        [privacy]
        mask_numbers_in_logs = false
        [case]
        ref_format = "CH-{ce}-{n:5}"
        sla_days = { complaint = 15, tip = "30d", inquiry = "4h" }
        reopen_days = 60
        attachment_max_mb = 5
        [video]
        link_template = "https://meet.example.go.th/{ref}-{secret}"
        remind_hours = 3
        "#;

#[test]
fn the_keys_of_this_version_are_all_taken() {
    let config = read(EVERYTHING).unwrap();
    assert_eq!(config.node, "rayong-1");
    let cases = &config.case.rules;
    assert_eq!(cases.sla["inquiry"], kring_store::Allowance::Hours(4));
    assert_eq!((cases.sla.len(), cases.reopen_days), (3, 60));
    assert_eq!(cases.attachment_bytes_max, 5 << 20);
    assert_eq!(config.sip.listen[1].transport, Transport::Tcp);
    assert_eq!(config.sip.strangers, kring_sip::Strangers::Ignore);
    let trunk = &config.trunks[0];
    assert_eq!((trunk.max_cps, trunk.max_calls), (10, 60));
    assert_eq!(
        trunk.redirect_header,
        kring_call::RedirectHeader::HistoryInfo
    );
    assert_eq!(config.dial.patterns.len(), 2);
    assert_eq!(config.dial.trunks, ["pbx"]);
    assert_eq!(config.sip.listen[3].transport, Transport::Ws);
    let tls = &config.sip.tls;
    assert!(tls.own.is_some() && tls.verify == ClientCertificates::Optional);
    assert!(config.trunks[0].tls_ca.is_some());
    assert_eq!(config.trunks[0].transport, Some(Transport::Tls));
    assert_eq!(config.ring.terms.policy, RingPolicyKind::EndOfBurst);
    assert_eq!(config.ring.terms.cadence_from, "config");
    assert_eq!(
        config.queues[0]
            .overflow
            .as_ref()
            .map(ToString::to_string)
            .as_deref(),
        Some("sip:1500@pbx.example.net")
    );
    let members = config.queues[0].members.iter();
    let members: Vec<(&str, u8)> = members.map(|m| (m.agent.as_str(), m.priority)).collect();
    assert_eq!(members, [("malee", 1), ("somchai", 1), ("wichai", 2)]);
    assert_eq!(config.media.codecs, ["PCMA", "opus"]);
    assert_eq!(
        config.http.public_url.as_deref(),
        Some("https://desk.example.go.th")
    );
    assert!(
        !format!("{config:?}").contains("hush-hush"),
        "no password in a log"
    );
    assert!(
        !format!("{config:?}").contains("0123456789abcdef"),
        "no token in a log"
    );
    assert_eq!(config.database.shown(), "postgres://…@db.example.net/kring");
    assert_eq!(
        config.database.server(),
        Some(("db.example.net".to_owned(), 5432))
    );
}

#[test]
fn a_trunk_with_an_address_alone_is_called_by_that_address() {
    let config = read("[[trunk]]\nname = \"pbx\"\naddress = \"192.0.2.10\"\n").unwrap();
    let trunk = &config.trunks[0];
    let address = trunk.address.as_ref().unwrap();
    assert_eq!(
        (address.to_string().as_str(), address.port),
        ("192.0.2.10", None)
    );
    assert!(trunk.peers[0].matches("192.0.2.10:9".parse().unwrap()));
}

#[test]
fn variables_override_keys_of_every_type() {
    let config = under(
        "[http]\nlisten = \"127.0.0.1:8080\"\n[[trunk]]\nname = \"pbx\"\npeers = [\"192.0.2.1\"]\n",
        &[
            ("KRING_HTTP__LISTEN", "0.0.0.0:9090"),
            ("KRING_DATA_DIR", "/srv/kring"),
            ("KRING_RING__GUARD_MS", "300"),
            ("KRING_PRIVACY__MASK_NUMBERS_IN_LOGS", "false"),
            ("KRING_SIP__LISTEN", "udp:127.0.0.1:0, tcp:127.0.0.1:0"),
            ("KRING_METRICS__TOKEN", "1234567890123456"),
            ("KRING_TRUNK__0__PEERS", "192.0.2.2"),
            ("KRING_TRUNK__1__NAME", "second"),
            ("KRING_TRUNK__1__PEERS", "192.0.2.3"),
        ],
    )
    .unwrap();
    assert_eq!(config.http.listen.to_string(), "0.0.0.0:9090");
    assert_eq!(config.data_dir, Path::new("/srv/kring"));
    assert_eq!(config.database.url, "sqlite:/srv/kring/kring.db");
    assert_eq!(config.ring.terms.guard_ms, 300);
    assert!(!config.privacy.mask_numbers_in_logs);
    assert_eq!(config.sip.listen.len(), 2);
    assert_eq!(config.metrics.token.as_deref(), Some("1234567890123456"));
    assert!(config.trunks[0].peers[0].matches("192.0.2.2:5060".parse().unwrap()));
    assert_eq!(config.trunks[1].name, "second");
}

#[test]
fn a_wrong_variable_is_named() {
    let told = |name: &str, value: &str| under("", &[(name, value)]).unwrap_err().to_string();
    assert_eq!(
        told("KRING_RING__LIMIT", "many"),
        "KRING_RING__LIMIT: ring.limit is \"many\", but must be a whole number, 1 to 20."
    );
    assert_eq!(
        told("KRING_RING__LIMT", "3"),
        "KRING_RING__LIMT: ring.limt is no key of kring. Did you mean ring.limit?"
    );
    assert_eq!(
        told("KRING_TRUNK__7__NAME", "x"),
        "KRING_TRUNK__7__NAME: this name leads to no key. Write it as KRING_SECTION__KEY, or KRING_TRUNK__0__KEY for the first trunk."
    );
    assert_eq!(
        told("KRING_DATA_DIRECTORY", "x"),
        "KRING_DATA_DIRECTORY: data_directory is no key of kring. Did you mean data_dir?"
    );
}

#[test]
fn an_account_at_a_pbx_says_where_the_pbx_is_and_what_we_are_there() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "open sesame\r\n").unwrap();
    let text = format!(
        "[sip]\noptions_ping_s = 10\n[[trunk]]\nname = \"pbx\"\ntransport = \"tcp\"\nregister = {{ \
         uri = \"sip:5000@pbx.example.net:5070\", auth_user = \"line5000\", password_file = {:?} }}\n",
        secret.path()
    );
    let config = read(&text).unwrap();
    let trunk = &config.trunks[0];
    assert_eq!(config.sip.options_ping_s, 10);
    assert_eq!(
        trunk.address.as_ref().unwrap().to_string(),
        "pbx.example.net:5070"
    );
    let account = trunk.register.as_ref().unwrap();
    assert_eq!((account.user.as_str(), account.expires_s), ("5000", 600));
    assert_eq!(account.credentials.user(), "line5000");
    let registrar = account.registrar(trunk.transport).to_string();
    assert_eq!(registrar, "sip:pbx.example.net:5070;transport=tcp");
    let shown = format!("{config:?}");
    assert!(!shown.contains("sesame"), "a password is never shown");

    let line = crate::lines::line(&config, trunk);
    let account = line.account.unwrap();
    assert_eq!(
        account.credentials,
        kring_sip::digest::Credentials::with_password("line5000", None, "open sesame")
    );
    let again = crate::lines::line(&config, trunk).account.unwrap();
    assert_eq!(
        account.contact_user, again.contact_user,
        "the same after a restart"
    );

    let proxied = text.replace(
        "auth_user",
        "outbound_proxy = \"edge.example.net\", auth_user",
    );
    let config = read(&proxied).unwrap();
    let trunk = &config.trunks[0];
    assert_eq!(
        trunk.address.as_ref().unwrap().to_string(),
        "edge.example.net"
    );
    let route = trunk.register.as_ref().unwrap().route(trunk.transport);
    assert_eq!(
        route[0].to_string(),
        "<sip:edge.example.net;transport=tcp;lr>"
    );
}

#[test]
fn variables_of_others_are_left_alone() {
    let foreign = [
        ("KRING_CONFIG", "kring.toml"),
        ("KRING_CONSOLE", "skip"),
        ("KRING_PORT", "tcp://10.0.0.1:8080"),
        ("KRING_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("KRING_SERVICE_HOST", "10.0.0.1"),
        ("HOME", "/root"),
    ];
    assert!(under("", &foreign).is_ok());
}

#[test]
fn a_file_that_is_not_there_is_told_with_the_remedy() {
    let told = Source::open(Some(Path::new("/nowhere/kring.toml")))
        .unwrap_err()
        .to_string();
    assert_eq!(
        told,
        "/nowhere/kring.toml: there is no such file. Write one (deploy/kring.toml is an example), or leave --config out for the defaults."
    );
}

#[test]
fn the_example_that_is_shipped_is_a_configuration() {
    let example = include_str!("../../../../deploy/kring.toml");
    let config = Config::read("deploy/kring.toml", example, []).unwrap();
    assert_eq!(config.trunks[0].name, "pbx");

    let uncommented: String = example
        .lines()
        .flat_map(|line| [line.strip_prefix("#: ").unwrap_or(line), "\n"])
        .collect();
    let password = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&password, "a relay's\n").unwrap();
    let there = password.path().to_str().unwrap();
    let uncommented = uncommented.replace("/etc/kring/turn.password", there);
    let all = Config::read("deploy/kring.toml", &uncommented, []);
    assert!(
        all.is_ok(),
        "every key that the example shows is taken: {}",
        all.unwrap_err()
    );
}

#[test]
fn a_capture_server_is_named_with_what_it_asks_for() {
    let config = read("[hep]\naddress = \"homer.example.net\"\npassword = \"x\"\n").unwrap();
    let hep = config.hep.expect("it is written");
    assert_eq!((hep.address.port, hep.capture_id), (None, 2_001));
    assert_eq!(hep.password.as_deref(), Some("x"));
    assert_eq!(config.sip.trace_keep_days, 30);
    let none = read("[sip]\ntrace_keep_days = 0\n").unwrap();
    assert_eq!((none.hep, none.sip.trace_keep_days), (None, 0));
    let refused = read("[hep]\ncapture_id = 7\n").unwrap_err().to_string();
    assert!(
        refused.contains("[hep] needs the capture server"),
        "{refused}"
    );
}
