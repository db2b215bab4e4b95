//! Real programs against the real daemon, on loopback: SIPp as the PBX, SIPp as the agents' phones, and
//! this process as the ears and mouths of both. Each call is told by the journal, the history row,
//! the metrics, and by what SIPp's own log says was sent and when.

mod browser;
mod desk;
mod kring;
mod linphone;
mod parts;
mod peer;
mod ports;
mod scenario;
mod sipp;
mod sound;
mod talker;
mod tape;

mod answered;
mod bad_input;
mod baresip;
mod browser_phone;
mod cancels;
mod changes;
mod dialogs;
mod doors;
mod floods;
mod identity;
mod kamailio;
mod large;
mod line_quality;
mod monitored;
mod passed_over;
mod phones;
mod power_cut;
mod registered;
mod registrar;
mod reliable;
mod reload;
mod rings;
mod secured;
mod seeing;
mod sessions;
mod srtp;
mod strangers;
mod transfers;
mod transfers_bridged;
mod transfers_by_consult;
mod transfers_by_phone;
mod twenty_browsers;
mod unanswered;
mod waiting;
mod ways;
mod web_phone;
