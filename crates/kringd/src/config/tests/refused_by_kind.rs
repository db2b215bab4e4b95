//! What an operator reads when one kind of setting is wrong: certificates, sessions, members, sound.

use super::refused::refused;

#[test]
fn certificates_are_asked_for_where_they_are_needed_and_go_together() {
    for (text, told) in [
        (
            "[sip]\nlisten = [\"tls:0.0.0.0:5061\"]\n",
            "kring.toml:2: sip.listen has tls:0.0.0.0:5061, which needs a certificate. Set sip.tls_cert and sip.tls_key.",
        ),
        (
            "[sip]\nadvertised = [\"192.0.2.20\", \"192.0.2.21\"]\n",
            "kring.toml:2: sip.advertised may have one IPv4 and one IPv6 address. Take one out.",
        ),
        (
            "[sip]\ntls_key = \"key.pem\"\n",
            "kring.toml:2: sip.tls_cert and sip.tls_key go together: write both.",
        ),
        (
            "[sip]\ntls_verify = \"require\"\n",
            "kring.toml:2: sip.tls_verify needs sip.tls_client_ca: the authority of those who connect.",
        ),
        (
            "[sip]\ntls_client_ca = \"ca.pem\"\ntls_verify = \"none\"\n",
            "kring.toml:3: sip.tls_verify = \"none\" makes sip.tls_client_ca useless. Take one of them out.",
        ),
        (
            "[sip]\nlisten = [\"sctp:0.0.0.0:5060\"]\n",
            "kring.toml:2: sip.listen: \"sctp:0.0.0.0:5060\" is no socket to listen on. Write udp:, tcp:, tls:, ws: or wss: and the address, such as udp:0.0.0.0:5060 or tls:0.0.0.0:5061.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn a_session_timer_is_off_or_long_enough() {
    let told = refused("[sip]\nsession_timer_s = 60\n");
    assert!(told.contains("must be 0 (off) or 90 to 86400"), "{told}");
}

#[test]
fn a_member_is_a_login_with_a_priority() {
    for (text, told) in [
        (
            "[[queue]]\nname = \"law\"\nmembers = [\"malee:0\"]\n",
            "kring.toml:3: queue.members has \"malee:0\": write a login, or LOGIN:PRIORITY with a priority \
             of 1 to 9.",
        ),
        (
            "[[queue]]\nname = \"law\"\nmembers = [\"malee\", \"malee:2\"]\n",
            "kring.toml:3: malee is in queue.members twice. Take one out.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}

#[test]
fn what_callers_hear_must_make_sense() {
    for (text, told) in [
        (
            "[[queue]]\nname = \"a\"\nlanguage = \"fr\"\n",
            "kring.toml:3: queue.language: \"fr\" names no languages of kring: write \"th\", \"en\", \"th+en\" or \"en+th\".",
        ),
        (
            "[media]\ngreeting = \"Good day!\"\n",
            "kring.toml:2: media.greeting is \"Good day!\", but must be the name of a recording (a-z, 0-9, _ and -, such as greeting), or a file that ends in .wav.",
        ),
        (
            "[ring]\ntone_hz = 50\n",
            "kring.toml:2: ring.tone_hz is 50, but must be a whole number, 300 to 3000.",
        ),
    ] {
        assert_eq!(refused(text), told);
    }
}
