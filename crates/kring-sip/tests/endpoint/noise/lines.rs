//! What peers write: statuses, methods and lines, each more than once that leads further.

pub(crate) const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n";
pub(crate) const REALM: &str = "kring.example";

pub(crate) const METHODS: [&str; 22] = [
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "NOTIFY", "PRACK", "REFER",
    "REGISTER", "JUMP", "INVITE", "INVITE", "UPDATE", "ACK", "PRACK", "INFO", "ACK", "UPDATE",
    "BYE", "BYE",
];

pub(crate) const STATUSES: [&str; 32] = [
    "200 OK",
    "180 Ringing",
    "183 Session Progress",
    "401 Unauthorized",
    "407 Proxy Authentication Required",
    "200 OK",
    "422 Session Interval Too Small",
    "491 Request Pending",
    "100 Trying",
    "181 Call Is Being Forwarded",
    "199 Early Dialog Terminated",
    "202 Accepted",
    "300 Multiple Choices",
    "302 Moved Temporarily",
    "305 Use Proxy",
    "400 Bad Request",
    "404 Not Found",
    "408 Request Timeout",
    "420 Bad Extension",
    "423 Interval Too Brief",
    "480 Temporarily Unavailable",
    "481 Call/Transaction Does Not Exist",
    "486 Busy Here",
    "487 Request Terminated",
    "488 Not Acceptable Here",
    "500 Server Internal Error",
    "503 Service Unavailable",
    "504 Server Time-out",
    "603 Decline",
    "699 No",
    "401 Unauthorized",
    "183 Session Progress",
];

/// Of an INVITE that begins a call.
pub(crate) const CALLERS: [&str; 12] = [
    "Supported: 100rel, timer\r\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\r\n",
    "Require: 100rel\r\nSupported: 100rel\r\n",
    "",
    "Session-Expires: 90;refresher=uac\r\nSupported: timer\r\n",
    "Session-Expires: 120;refresher=uas\r\nSupported: timer\r\nAllow: UPDATE\r\n",
    "Session-Expires: 60\r\nSupported: timer\r\n",
    "Session-Expires: 60\r\n",
    "Session-Expires: 1800\r\nMin-SE: 1200\r\nAllow: UPDATE\r\n",
    "x: 4294967295\r\nMin-SE: 4294967295\r\nk: timer\r\n",
    "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2:5070;transport=tcp>\r\n",
    "Require: replaces, timer\r\n",
    "Timestamp: 1.5\r\nSubject: hello\r\n",
];

/// Anywhere.
pub(crate) const EXTRAS: [&str; 24] = [
    "",
    "",
    "",
    "",
    "Contact: <sip:phone@192.0.2.2:5070>\r\n",
    "Contact: <sip:phone@pbx.example;transport=tls>\r\n",
    "Contact: <sip:phone@192.0.2.2;transport=tcp>\r\nAllow-Events: talk\r\n",
    "Contact: <sip:phone@[2001:db8::2]:5090;maddr=10.0.0.7>\r\n",
    "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2>\r\nContact: sip:a@192.0.2.2\r\n",
    "Record-Route: <sip:10.0.0.1>\r\n",
    "Record-Route: nonsense\r\nContact: *\r\n",
    "Require: 100rel\r\nRSeq: 1\r\n",
    "Content-Type: text/plain\r\nAccept: text/plain\r\n",
    "Max-Forwards: 0\r\nRetry-After: 9\r\n",
    "Event: talk\r\nSubscription-State: active\r\n",
    "Content-Type: application/dtmf-relay\r\n",
    "Reason: SIP;cause=200;text=\"over\"\r\n",
    "Session-Expires: 90;refresher=uac\r\nRequire: timer\r\n",
    "Session-Expires: 90;refresher=uas\r\n",
    "Min-SE: 300\r\n",
    "Require: path\r\nProxy-Require: foo\r\n",
    "Content-Disposition: session;handling=optional\r\nContent-Encoding: gzip\r\n",
    "Info-Package: conference\r\n",
    "Route: <sip:10.0.0.9;lr>\r\nVia: SIP/2.0/TCP [2001:db8::9];branch=z9hG4bKlow\r\n",
];

pub(crate) const BODIES: [&str; 6] = [
    SDP,
    "",
    "Signal=5\r\nDuration=160\r\n",
    "Signal=17",
    "v=0",
    "\u{feff}\0",
];

/// What is asked for by REFER.
pub(crate) const ERRANDS: [&str; 8] = [
    "Refer-To: <sip:2104@192.0.2.1>\r\nReferred-By: <sip:5021@192.0.2.2>\r\n",
    "r: sip:2104@192.0.2.1\r\n",
    "Refer-To: <sip:2104@192.0.2.1?Replaces=a%40b%3Bto-tag%3Dx%3Bfrom-tag%3Dy>\r\n",
    "Refer-To: <tel:1203>\r\nRefer-Sub: false\r\nRequire: norefersub\r\n",
    "Refer-To: <sip:2104@192.0.2.1;method=BYE>\r\n",
    "Refer-To: <sip:2104@192.0.2.1?Replaces=x>\r\nb: nonsense\r\n",
    "Refer-To: \u{e01}\r\n",
    "",
];

/// What is told of a REFER, and who wants to be answered.
pub(crate) const NOTICES: [&str; 10] = [
    "Event: refer\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag;version=2.0\r\n",
    "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: message/sipfrag\r\n",
    "Event: talk\r\n",
    "Event: refer\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag;version=2.0\r\n",
    "Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: message/sipfrag\r\n",
    "o: refer\r\nSubscription-State: active;expires=4294967295\r\n",
    "Event: refer;id=2\r\nSubscription-State: active\r\nc: message/sipfrag\r\n",
    "Event: refer\r\nSubscription-State: terminated\r\nContent-Type: text/plain\r\n",
    "Event: refer;id=x\r\nSubscription-State: pending;expires=x\r\n",
    "Event: talk\r\n",
];

pub(crate) const FRAGMENTS: [&str; 6] = [
    "SIP/2.0 100 Trying\r\n",
    "SIP/2.0 200 OK\r\n",
    "SIP/2.0 486 Busy Here\r\nTo: x\r\n",
    "SIP/2.0 180",
    "",
    "SIP/2.0 99 \u{feff}\0",
];

/// What a phone says of where it is.
pub(crate) const PLACES: [&str; 20] = [
    "Contact: <sip:5021@192.0.2.2:5060>\r\nExpires: 120\r\n",
    "Contact: <sip:5021@10.9.9.9:5066>;expires=60\r\n",
    "Contact: <sip:5021@192.0.2.2:5060>, <sip:5021@192.0.2.2:5062;transport=tcp>;expires=61\r\n",
    "Contact: *\r\nExpires: 0\r\n",
    "",
    "Contact: <sip:5021@192.0.2.2:5060>;expires=0\r\n",
    "Contact: <sip:5021@192.0.2.2>;expires=59\r\n",
    "Contact: <sip:5021@192.0.2.2>;expires=99999999999;q=0.7\r\n",
    "Contact: *\r\n",
    "Contact: *, <sip:5021@192.0.2.2>\r\nExpires: 0\r\n",
    "Contact: <sip:5021@10.0.0.9>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\nSupported: outbound, gruu, path\r\n",
    "Contact: <sip:5021@10.0.0.9:7>;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\nSupported: outbound\r\n",
    "Contact: <sip:5021@10.0.0.8;transport=ws>;+sip.instance=\"<urn:uuid:2>\"\r\nRequire: outbound\r\n",
    "Path: <sip:192.0.2.2:5064;lr>\r\nSupported: path\r\nContact: <sip:5021@10.1.1.1>\r\n",
    "Path: <sip:10.2.2.2;lr>, <sip:10.3.3.3>\r\nContact: <sip:5021@10.1.1.2>\r\nRequire: path\r\n",
    "Contact: <mailto:somchai@example.com>\r\n",
    "Contact: <sip:5021@kring.example>;expires=soon\r\n",
    "Contact: <sips:5021@192.0.2.2>\r\nExpires: 90\r\n",
    "m: sip:a@192.0.2.2, sip:b@192.0.2.2, sip:c@192.0.2.2, sip:d@192.0.2.2, sip:e@192.0.2.2, sip:f@192.0.2.2, sip:g@192.0.2.2, sip:h@192.0.2.2, sip:i@192.0.2.2, sip:j@192.0.2.2\r\n",
    "Contact: <sip:5021@[2001:db8::2]:5060>, <sip:k@192.0.2.2>, <sip:l@192.0.2.2>\r\nExpires: 600\r\n",
];

/// What a registrar adds to a 200.
pub(crate) const GRANTS: [&str; 8] = [
    "Expires: 60\r\n",
    "Contact: <sip:5000-7f3a@192.0.2.1:5060>;expires=90\r\nService-Route: <sip:10.0.0.3;lr>\r\n",
    "Contact: <sip:other@192.0.2.1>;expires=9, <sip:5000-7f3a@192.0.2.1>;expires=3600\r\n",
    "",
    "Expires: 0\r\n",
    "Contact: <sip:5000-7f3a@192.0.2.1>;expires=0\r\n",
    "Service-Route: <sip:10.0.0.3>, nonsense, <sip:[2001:db8::3];lr>\r\nExpires: 4294967295\r\n",
    "Contact: *\r\nExpires: soon\r\n",
];

/// What comes with 2xx to an INVITE or UPDATE.
pub(crate) const AGREED: [&str; 8] = [
    "Contact: <sip:phone@192.0.2.2:5060>\r\n",
    "Contact: <sip:phone@192.0.2.2:5060>\r\nSession-Expires: 90;refresher=uac\r\nRequire: timer\r\nAllow: UPDATE\r\n",
    "Contact: <sip:phone@192.0.2.2:5060>\r\nSession-Expires: 120;refresher=uas\r\n",
    "Contact: <sip:phone@10.0.0.2:5062;transport=tcp>\r\nRecord-Route: <sip:10.0.0.1;lr>\r\nAllow: UPDATE\r\n",
    "Contact: <sip:phone@192.0.2.2:5060>\r\nSession-Expires: 1800\r\nAllow: UPDATE\r\n",
    "Session-Expires: 1\r\n",
    "Session-Expires: 4294967295;refresher=uac\r\nMin-SE: 4294967295\r\n",
    "",
];
