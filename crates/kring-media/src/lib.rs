//! kring-media
