//! kringd
