//! Route and Record-Route (RFC 3261 §12.1, §12.2.1.1): through whom a dialog's requests go.

use super::HeaderRefused;
use crate::{HeaderName, Headers, NameAddr, Uri};

/// Whether a route is a loose router (RFC 3261 §19.1.1): leaves the Request-URI alone.
pub fn is_loose(route: &NameAddr) -> bool {
    route.uri.params().contains("lr")
}

/// The proxies between us and the other side, nearest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteSet(Vec<NameAddr>);

impl RouteSet {
    /// No proxies.
    pub const fn new() -> RouteSet {
        RouteSet(Vec::new())
    }

    /// Proxies known before the dialog: Service-Route, Path, an outbound proxy. Nearest first.
    pub const fn preset(routes: Vec<NameAddr>) -> RouteSet {
        RouteSet(routes)
    }

    /// The callee's route set: the request's Record-Route in order (RFC 3261 §12.1.1).
    pub fn of_uas(request: &Headers) -> Result<RouteSet, HeaderRefused> {
        request
            .record_routes()
            .collect::<Result<_, _>>()
            .map(RouteSet)
    }

    /// The caller's: the response's Record-Route in reverse (RFC 3261 §12.1.2).
    pub fn of_uac(response: &Headers) -> Result<RouteSet, HeaderRefused> {
        let mut set = RouteSet::of_uas(response)?;
        set.0.reverse();
        Ok(set)
    }

    /// The routes, nearest first.
    pub fn routes(&self) -> &[NameAddr] {
        &self.0
    }

    /// The Request-URI of a request to `target` and the Route lines it must carry. A first proxy
    /// that is a strict router becomes the Request-URI, and the target goes to the end of the list.
    pub fn aim(&self, target: &Uri) -> (Uri, Vec<NameAddr>) {
        match self.0.split_first() {
            None => (target.clone(), Vec::new()),
            Some((first, _)) if is_loose(first) => (target.clone(), self.0.clone()),
            Some((first, rest)) => {
                let mut request_uri = first.uri.clone();
                request_uri.clear_headers();
                let mut routes = rest.to_vec();
                routes.push(NameAddr::new(target.clone()));
                (request_uri, routes)
            }
        }
    }

    /// Adds the Route lines of [`RouteSet::aim`] to a request, and gives its Request-URI.
    pub fn apply(&self, target: &Uri, headers: &mut Headers) -> Uri {
        let (request_uri, routes) = self.aim(target);
        for route in routes {
            headers.push(HeaderName::Route, route.to_string());
        }
        request_uri
    }

    /// The URI that decides where the request is sent: the first route, or else the target.
    pub fn next_hop<'a>(&'a self, target: &'a Uri) -> &'a Uri {
        self.0.first().map_or(target, |first| &first.uri)
    }
}
