//! The rooms of the house that a request may enter, and the way to each: the router.

use crate::{
    access::AccessNotes,
    audit_api, body, callbacks_api, calls_api, cases_api,
    clock::Clock,
    config::WebConfig,
    console, crm_api, departments_api,
    desk::Desk,
    directory_api, headers, health, house_api,
    idempotency::{self, Answers},
    knowledge_api, limits,
    live::Live,
    oidc::{self, Oidc},
    openapi, phones_api, preview_api, privacy_api,
    problem::{Code, Problem},
    reports_api,
    session::{self, Cookies, Gate, OwnOrigins, PasswordGate, Throttle},
    settings_api, setup_api, socket_api, tokens_api, trunk_test_api, trunks_api, users_api,
    wallboard_api,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::get,
    serve::{ListenerExt as _, TapIo},
};
use kring_store::Store;
use std::{ops::Deref, sync::Arc};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, OnceCell, Semaphore},
};
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

/// The HTTP side of kring: REST, the live socket, metrics, health and the console.
#[derive(Clone, Debug)]
pub struct Web(App);

/// Everything that a request may need. Clones are the same rooms.
#[derive(Clone, Debug)]
pub(crate) struct App(Arc<Rooms>);

/// See [`App`].
#[derive(Debug)]
pub(crate) struct Rooms {
    pub(crate) config: WebConfig,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) live: Live,
    pub(crate) gate: Gate,
    pub(crate) cookies: Cookies,
    pub(crate) origins: OwnOrigins,
    pub(crate) passwords: PasswordGate,
    pub(crate) throttle: Throttle,
    pub(crate) oidc: Option<Oidc>,
    /// Set once what braked before the last restart was taken up.
    pub(crate) brakes_read: OnceCell<()>,
    pub(crate) answers: Answers,
    pub(crate) access: AccessNotes,
    /// Held by whoever changes what the database configures.
    pub(crate) configuring: Mutex<()>,
    /// Tests of trunks that may go on at once.
    pub(crate) trunk_tests: Semaphore,
}

impl Deref for App {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

impl Rooms {
    /// Somebody was erased: the ids go beside the database at once, and once a day if that fails.
    pub(crate) async fn erased(&self) {
        let Some(folder) = &self.config.data_dir else {
            return;
        };
        let (_, now) = self.clock.now();
        if let Err(refused) = self.store.keep_erasures(now, folder).await {
            tracing::error!(%refused, "what was erased is not noted beside the database");
        }
    }
}

impl Web {
    /// The HTTP side over these rooms, inside a tokio runtime.
    pub fn new(config: WebConfig, store: Store, desk: Desk, live: Live) -> Web {
        let clock = live.clock().clone();
        let rooms = Arc::new(Rooms {
            gate: Gate::new(store.clone(), clock.clone(), config.auth.session_idle),
            cookies: Cookies::of(config.secure_cookies),
            origins: OwnOrigins::new(&config.origins),
            passwords: PasswordGate::new(),
            throttle: Throttle::default(),
            oidc: config.auth.oidc.as_ref().map(Oidc::new),
            brakes_read: OnceCell::new(),
            answers: Answers::default(),
            access: live.access(),
            configuring: Mutex::default(),
            trunk_tests: Semaphore::new(limits::TRUNK_TESTS_MAX),
            config,
            clock,
            store,
            desk,
            live,
        });
        tokio::spawn(reports_api::keep_days(Arc::downgrade(&rooms)));
        Web(App(rooms))
    }

    /// The router. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that
    /// wrong passwords are counted by address, and on a [`prompt`] listener.
    pub fn router(self) -> Router {
        let app = self.0;
        let (api, description) = api().split_for_parts();
        let description = openapi::finish(description, &app.config.version, app.cookies);
        let api = api
            .route(
                "/openapi.json",
                get(async move || openapi::show(&description)),
            )
            .fallback(no_such_path)
            .method_not_allowed_fallback(wrong_method)
            .layer(middleware::from_fn_with_state(
                app.clone(),
                idempotency::once,
            ))
            .layer(DefaultBodyLimit::max(limits::BODY_BYTES))
            .layer(middleware::from_fn(body::guard));
        Router::new()
            .nest("/api/v1", api)
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(health::metrics))
            .fallback(console::serve)
            .layer(CompressionLayer::new())
            // Not under the compression: a socket is no document.
            .route("/ws/v1", get(socket_api::upgrade))
            .layer(middleware::from_fn_with_state(app.clone(), headers::secure))
            .with_state(app)
    }
}

/// A listener whose connections send at once (`TCP_NODELAY`): a pop is one small packet, and must
/// not wait for the acknowledgement of the one before.
pub fn prompt(listener: TcpListener) -> TapIo<TcpListener, fn(&mut TcpStream)> {
    listener.tap_io(|connection: &mut TcpStream| {
        if let Err(refused) = connection.set_nodelay(true) {
            tracing::debug!(%refused, "a connection keeps its delay");
        }
    })
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(oidc::routes())
        .merge(directory_api::routes())
        .merge(departments_api::routes())
        .merge(audit_api::routes())
        .merge(settings_api::routes())
        .merge(house_api::routes())
        .merge(preview_api::routes())
        .merge(setup_api::routes())
        .merge(trunks_api::routes())
        .merge(trunk_test_api::routes())
        .merge(phones_api::routes())
        .merge(callbacks_api::routes())
        .merge(calls_api::routes())
        .merge(users_api::routes())
        .merge(tokens_api::routes())
        .merge(cases_api::routes())
        .merge(crm_api::routes())
        .merge(privacy_api::routes())
        .merge(knowledge_api::routes())
        .merge(wallboard_api::routes())
        .merge(reports_api::routes())
}

async fn no_such_path() -> Problem {
    Problem::new(Code::NotFound)
}

async fn wrong_method() -> Problem {
    Problem::new(Code::MethodNotAllowed)
}
