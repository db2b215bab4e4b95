//! What an operator reads when the configuration is wrong, word for word.

use super::read;

pub(super) fn refused(text: &str) -> String {
    read(text).expect_err("this must be refused").to_string()
}

#[test]
fn an_unknown_key_names_file_line_and_the_nearest_key() {
    assert_eq!(
        refused("[ring]\nlimit = 3\ngard_ms = 500\n"),
        "kring.toml:3: ring.gard_ms is no key of kring. Did you mean ring.guard_ms?"
    );
    assert_eq!(
        refused("[rings]\nlimit = 3\n"),
        "kring.toml:1: rings is no key of kring. Did you mean ring?"
    );
    assert_eq!(
        refused("[journal]\ncompression_algorithm = 3\n"),
        "kring.toml:2: journal.compression_algorithm is no key of kring. [journal] has: group_ms."
    );
    assert_eq!(
        refused("[[trunk]]\nname = \"a\"\npeers = [\"::1\"]\ntrust_identiti = true\n"),
        "kring.toml:4: trunk.trust_identiti is no key of kring. Did you mean trunk.trust_identity?"
    );
}

#[test]
fn a_registrar_must_make_sense() {
    for (text, told) in [
        (
            "[registrar]\nrealm = \"a b\"\n",
            "kring.toml:2: registrar.realm is \"a b\", but must be 1 to 64 of A-Z, a-z, 0-9, '.', '-' and '_'. A change of it makes the passwords of all phones void.",
        ),
        (
            "[registrar]\nmin_expires_s = 600\nmax_expires_s = 300\n",
            "kring.toml:3: registrar.max_expires_s is less than registrar.min_expires_s.",
        ),
        (
            "[registrar]\nalgorithms = [\"SHA-1\"]\n",
            "kring.toml:2: registrar.algorithms: \"SHA-1\" is none of MD5, SHA-256 and SHA-512-256.",
        ),
        (
            "[registrar]\nalgorithms = []\n",
            "kring.toml:2: registrar.algorithms is empty, so no phone could prove its password. Leave the line out for MD5, which all phones know.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn what_comes_later_is_said_and_never_taken_in_silence() {
    for (text, told) in [
        (
            "[case]\nsla_days = 15\n",
            "kring.toml:2: case.sla_days must be a table: write case.sla_days = { … }.",
        ),
        (
            "[case]\nsla_days = { complaint = 0, gossip = 3 }\n",
            "kring.toml:2: case.sla_days.complaint: \"0\" is no time to answer in: write working days, such as 15 \
             or \"15d\", or hours, such as \"4h\".\n\
             kring.toml:2: case.sla_days.gossip is no key of kring. [case.sla_days] has: complaint, consultation, \
             inquiry, tip.",
        ),
        (
            "[video]\nlink_template = \"https://meet.example.go.th/{ref}\"\n",
            "kring.toml:2: video.link_template is \"https://meet.example.go.th/{ref}\", but must begin with https:// \
             and hold {secret}, which nobody can guess: \"https://meet.example.go.th/{ref}-{secret}\".",
        ),
        (
            "[transfer]\nrecord_link = \"/calls\"\n",
            "kring.toml:2: transfer.record_link must be an address with {call} in it, such as \"https://kring.example/calls/{call}\".",
        ),
        (
            "[media]\nmode = \"direct\"\n",
            "kring.toml:2: media.mode = \"direct\" is not in this version. Choose another value.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
    for table in ["webhook", "otel"] {
        let told = refused(&format!("[{table}]\n"));
        assert!(
            told.starts_with(&format!("kring.toml:1: {table} is not in this version")),
            "{told}"
        );
    }
}

#[test]
fn how_people_sign_in_is_checked() {
    for (text, told) in [
        (
            "[auth]\nsession_hours = 48\n",
            "kring.toml:2: auth.session_hours is 48, but must be a whole number, 1 to 24.",
        ),
        (
            "[auth]\npassword_min = 4\n",
            "kring.toml:2: auth.password_min is 4, but must be a whole number, 8 to 64.",
        ),
        (
            "[auth]\ntrusted_proxies = [\"proxy\"]\n",
            "kring.toml:2: auth.trusted_proxies has \"proxy\", but must have addresses: [\"127.0.0.1\"].",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
    let told = refused("[auth]\nbreached_passwords = \"/nowhere/pwned.txt\"\n");
    assert!(
        told.starts_with(
            "kring.toml:2: auth.breached_passwords: /nowhere/pwned.txt cannot be read"
        ),
        "{told}"
    );
}

#[test]
fn an_identity_provider_is_asked_by_https_and_gives_roles() {
    let told = refused(
        "[auth.oidc]\nissuer = \"http://id.example\"\nclient_id = \"kring\"\nroles = { desk = \"boss\" }\n",
    );
    for part in [
        "auth.oidc.issuer must be like https://id.example.go.th/realms/house.",
        "auth.oidc.roles has \"boss\", which is no role of kring.",
        "auth.oidc needs http.public_url",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn an_account_that_cannot_be_used_is_told_with_the_remedy() {
    let told =
        refused("[[trunk]]\nname = \"pbx\"\nregister = { uri = \"tel:5000\", pasword = \"x\" }\n");
    for part in [
        "trunk.register needs the account at the PBX. Write uri = \"sip:5000@pbx.example.net\".",
        "trunk.register needs the password, in a file that only kring can read.",
        "trunk.register.pasword is no key of kring. Did you mean trunk.register.password_file?",
    ] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
    let told = refused(
        "[[trunk]]\nname = \"pbx\"\nregister = { uri = \"sip:5@pbx\", password_file = \"/nowhere/secret\" }\n",
    );
    assert!(told.contains("cannot read /nowhere/secret: "), "{told}");
    let told = refused("[[trunk]]\nname = \"pbx\"\nregister = \"sip:5000@pbx\"\n");
    assert!(
        told.contains("trunk.register must be a table: write trunk.register = { … }."),
        "{told}"
    );
}

#[test]
fn a_value_out_of_bounds_is_told_with_its_bounds() {
    for (text, told) in [
        (
            "[ring]\nlimit = 0\n",
            "kring.toml:2: ring.limit is 0, but must be a whole number, 1 to 20.",
        ),
        (
            "[ring]\nlimit = \"three\"\n",
            "kring.toml:2: ring.limit is \"three\", but must be a whole number, 1 to 20.",
        ),
        (
            "[privacy]\nmask_numbers_in_logs = 1\n",
            "kring.toml:2: privacy.mask_numbers_in_logs is 1, but must be true or false.",
        ),
        (
            "[ring]\npolicy = \"never\"\n",
            "kring.toml:2: ring.policy is \"never\", but must be \"before_next_ring\" or \"end_of_burst\".",
        ),
        (
            "[http]\nlisten = \"localhost\"\n",
            "kring.toml:2: http.listen is \"localhost\", but must be like 127.0.0.1:8080.",
        ),
        (
            "[sip]\nstrangers = \"greet\"\n",
            "kring.toml:2: sip.strangers is \"greet\", but must be \"refuse\" or \"ignore\".",
        ),
        (
            "[dial]\npatterns = [\"0.\"]\n",
            "kring.toml:2: dial.patterns: \"0.\" is no pattern of numbers: write digits, and X for any digit, as in \"0XXXXXXXXX\" or \"2XXX\".",
        ),
        (
            "[dial]\ntrunks = [\"carrier\"]\n",
            "kring.toml:2: dial.trunks: no [[trunk]] is called \"carrier\".",
        ),
        (
            "[metrics]\ntoken = \"short\"\n",
            "kring.toml:2: metrics.token must be 16 bytes or longer. Make one with: openssl rand -hex 16",
        ),
        (
            "node = \"Rayong 1\"\n",
            "kring.toml:1: node is \"Rayong 1\", but must be 1 to 32 of a-z, 0-9 and -.",
        ),
        (
            "[sip]\nadvertised = \"0.0.0.0\"\n",
            "kring.toml:2: sip.advertised: \"0.0.0.0\" is no address to advertise. Write 192.0.2.20 or 192.0.2.20:5060.",
        ),
        (
            "[media]\ncodecs = [\"GSM\"]\n",
            "kring.toml:2: media.codecs: \"GSM\" is none of PCMA, PCMU, G722, G729, opus.",
        ),
        (
            "[number]\narea_default = \"38\"\n",
            "kring.toml:2: number.area_default is \"38\", but must be 02 or 0 and two digits, such as 038.",
        ),
        (
            "sip = 5060\n",
            "kring.toml:1: sip must be a table: write [sip].",
        ),
        (
            "[trunk]\nname = \"pbx\"\n",
            "kring.toml:1: there may be several of these: write [[trunk]].",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn values_are_checked_against_each_other() {
    for (text, told) in [
        (
            "[ring]\nguard_ms = 4000\n",
            "kring.toml:2: ring.guard_ms is 4000, but must be shorter than the silence, ring.cadence_off_ms = 4000: it would cut the last ring. Set it to 500.",
        ),
        (
            "[ring]\nplan = [\"longest_idle:2\", \"all:2\"]\n",
            "kring.toml:2: ring.plan: the plan's rings add up to 4, but ring.limit is 3: make them equal.",
        ),
        (
            "[ring]\nlimit = 2\n[[queue]]\nname = \"a\"\nplan = [\"all:3\"]\n",
            "kring.toml:5: queue.plan: the plan's rings add up to 3, but ring.limit is 2: make them equal.",
        ),
        (
            "[ring]\ndeadline_action = \"announce_busy\"\n[[queue]]\nname = \"a\"\nmax_wait_s = 60\n",
            "kring.toml:5: queue.max_wait_s is for callers who wait, but ring.deadline_action is not \"answer_greet_queue\". Set that, or take the line out.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn where_callers_go_is_checked_with_when_they_go() {
    for (text, told) in [
        (
            "[[queue]]\nname = \"a\"\ndeadline_action = \"redirect\"\n",
            "kring.toml:1: queue.deadline_action is \"redirect\", but queue \"a\" does not say where to. Write overflow = \"sip:NUMBER@HOST\".",
        ),
        (
            "[ring]\ndeadline_action = \"redirect\"\n[[queue]]\nname = \"a\"\n",
            "kring.toml:3: ring.deadline_action is \"redirect\", but queue \"a\" does not say where to. Write overflow = \"sip:NUMBER@HOST\".",
        ),
        (
            "[[queue]]\nname = \"a\"\noverflow = \"sip:1500@pbx\"\n",
            "kring.toml:3: queue.overflow is where callers go, but ring.deadline_action is neither \"redirect\" nor \"overflow\", nor is when_full, when_waited or closed_action. Set one, or take the line out.",
        ),
        (
            "[[queue]]\nname = \"a\"\ndeadline_action = \"overflow\"\n",
            "kring.toml:1: the callers of queue \"a\" overflow, but it does not say where to. Write overflow = \"queue:NAME\", \"department:SHORTNAME\", \"ext:1500\" or a URI.",
        ),
        (
            "[[queue]]\nname = \"a\"\noverflow = \"1500\"\nwhen_full = \"overflow\"\n",
            "kring.toml:3: queue.overflow: \"1500\" is no place to go: write \"queue:NAME\", \"department:SHORTNAME\", \"ext:1500\" or a URI such as sip:1500@pbx.example.net.",
        ),
        (
            "[[queue]]\nname = \"a\"\ndeadline_action = \"overflow\"\noverflow = \"queue:law\"\n",
            "kring.toml:1: queue \"a\" overflows to a queue \"law\", which there is not.",
        ),
        (
            "[[queue]]\nname = \"a\"\ndeadline_action = \"overflow\"\noverflow = \"ext:1500\"\n",
            "kring.toml:1: queue \"a\" overflows to somebody whom kring dials, but no [[trunk]] has an address. Write trunk.address.",
        ),
        (
            "[[queue]]\nname = \"a\"\ndeadline_action = \"redirect\"\noverflow = \"ext:1500\"\n",
            "kring.toml:4: queue.overflow must be a URI such as sip:1500@pbx.example.net for a redirect. Write one, or deadline_action = \"overflow\".",
        ),
        (
            "[[queue]]\nname = \"a\"\nwhen_waited = \"offer_callback\"\n",
            "kring.toml:1: the callers of queue \"a\" are asked whether they want to be called back, but it calls nobody back. Write callback = true.",
        ),
        (
            "[[queue]]\nname = \"a\"\ncallback_tries = 2\n",
            "kring.toml:3: queue.callback_tries is for call-backs, but queue.callback is not true. Set that, or take the line out.",
        ),
        (
            "[[queue]]\nname = \"a\"\ncallback = true\n",
            "kring.toml:1: queue \"a\" calls back, but no [[trunk]] has an address. Write trunk.address.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn names_numbers_and_ports_are_checked_against_each_other() {
    for (text, told) in [
        (
            "[[queue]]\nname = \"a\"\n[[queue]]\nname = \"b\"\n",
            "kring.toml:3: the queues \"a\" and \"b\" both have no did: only one can take the calls that are left over. Write did = [\"NUMBER\"], or callers = [\"vip\"].",
        ),
        (
            "[[queue]]\nname = \"a\"\ndid = [\"1\"]\n[[queue]]\nname = \"a\"\ndid = [\"2\"]\n",
            "kring.toml:5: two queues are called \"a\". Give each its own name.",
        ),
        (
            "[[queue]]\nname = \"a\"\ndid = [\"1\"]\n[[queue]]\nname = \"b\"\ndid = [\"2\",\n\"1\"]\n",
            "kring.toml:7: the number 1 leads to the queue \"a\" already. Take it out of one, or say by callers = [\"vip\"] whom one of them is for.",
        ),
        (
            "[media]\nrtp_ports = \"20001-29999\"\n",
            "kring.toml:2: media.rtp_ports: \"20001-29999\" must begin with an even port and end with an odd one: 20000 and 29999, say.",
        ),
        (
            "[media]\nrtp_ports = \"5000-6001\"\n",
            "kring.toml:1: media.rtp_ports = \"5000-6001\" holds port 5060 of sip.listen. Move one of the two.",
        ),
        (
            "[[trunk]]\nname = \"pbx\"\naddress = \"pbx.example.net\"\n",
            "kring.toml:1: trunk.peers must say who may send us calls. Write the PBX's address, peers = [\"192.0.2.10\"].",
        ),
        (
            "[sip]\nlisten = [\"udp:0.0.0.0:5060\", \"udp:0.0.0.0:5060\"]\n",
            "kring.toml:2: sip.listen names udp:0.0.0.0:5060 twice. Take one out.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let told = refused("[ring]\nlimit = = 3\n");
    assert!(
        told.starts_with("kring.toml:2: this is not TOML: "),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1);
    let twice = refused("node = \"a\"\nnode = \"b\"\n");
    assert!(
        twice.starts_with("kring.toml:2: this is not TOML: "),
        "{twice}"
    );
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_their_lines() {
    let told = refused("[sip]\nmax_cps = -1\n[ring]\nlimt = 3\n[agent]\nwrapup_s = 9999\n");
    let lines: Vec<&str> = told
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(lines, ["kring.toml:2", "kring.toml:4", "kring.toml:6"]);

    let many: Vec<String> = (0..30).map(|n| format!("unknown_key_{n} = 1")).collect();
    let told = refused(&many.join("\n"));
    assert_eq!(told.lines().count(), 21);
    assert!(told.ends_with("kring.toml: and 10 more mistakes"), "{told}");
}
