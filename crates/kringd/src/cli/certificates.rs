//! What `kringd cert` is told.

use crate::authority;
use clap::Args;

/// For whom a certificate is made, and for how long.
#[derive(Clone, Debug, Args)]
pub(crate) struct CertOptions {
    /// A name or an address under which browsers look for kring, once for each; without any, those of this machine, and
    /// at a renewal those of before.
    #[arg(long, value_name = "HOST_OR_IP")]
    pub(crate) name: Vec<String>,
    /// For how many days it is good.
    #[arg(long, value_name = "N", default_value_t = authority::DAYS_MAX,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(authority::DAYS_MAX)))]
    pub(crate) days: u32,
    /// Makes a new certificate of the authority that is there.
    #[arg(long)]
    pub(crate) renew: bool,
}
