//! kring-web
