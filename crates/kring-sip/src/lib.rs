//! kring-sip
