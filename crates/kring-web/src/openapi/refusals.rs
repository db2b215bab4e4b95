//! What every route may answer beside what it says itself: refusals that come of what it takes, said in one place, so
//! that no route forgets one. All are `application/problem+json`.

use super::{operations, parameters};
use crate::problem::PROBLEM_JSON;
use utoipa::openapi::{
    Components, Content, ContentBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Required,
    ResponseBuilder, Schema, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::AdditionalProperties,
    security::SecurityRequirement,
};

/// The schema of refusals.
const PROBLEM: &str = "Problem";

/// Puts them on every operation.
pub(super) fn add_to(description: &mut OpenApi) {
    let components = description.components.get_or_insert_default();
    add_schema(components);
    for (path, item) in &mut description.paths.paths {
        for (method, operation) in each(item) {
            operations::put_right(path, operation);
            parameters::put_right(path, operation);
            let asked = Asked::of(path, method, operation);
            asked.add_to(operation);
        }
    }
}

/// The operations of a path, by method.
fn each(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// What an operation takes.
struct Asked {
    identity: bool,
    path: bool,
    filters: bool,
    body: bool,
    once: bool,
}

impl Asked {
    fn of(path: &str, method: &str, operation: &Operation) -> Asked {
        let parameters = operation.parameters.as_deref().unwrap_or_default();
        let takes = |wanted: ParameterIn| {
            parameters
                .iter()
                .any(|parameter| parameter.parameter_in == wanted)
        };
        // An empty list of requirements says that nobody has to sign in.
        let open = operation.security.as_ref().is_some_and(Vec::is_empty);
        Asked {
            identity: !(open || (path == "/session" && method == "post")),
            path: path.contains('{'),
            filters: takes(ParameterIn::Query),
            body: operation.request_body.is_some(),
            once: method == "post",
        }
    }

    /// Status codes, and what they say.
    fn refusals(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            (
                self.filters || self.body || self.once || self.path,
                "400",
                "It cannot be read",
            ),
            (self.identity, "401", "Nobody is signed in"),
            (true, "403", "Not allowed, or sent by another site's page"),
            (
                self.path || self.filters || self.body,
                "404",
                "There is no such thing",
            ),
            (self.once, "409", "Not now: `code` says why"),
            (self.body, "413", "Too large"),
            (self.body, "415", "Not of the kind that is taken"),
            (
                self.body || self.once,
                "422",
                "A field is not as it can be: `field` says which",
            ),
            (true, "429", "Too often: Retry-After says when again"),
            (true, "500", "A fault of kring's own"),
            (
                true,
                "503",
                "Not at this moment: Retry-After says when again",
            ),
        ]
        .into_iter()
        .filter_map(|(holds, status, told)| holds.then_some((status, told)))
    }

    fn add_to(&self, operation: &mut Operation) {
        let responses = &mut operation.responses.responses;
        for (status, told) in self.refusals() {
            let response = || ResponseBuilder::new().description(told).build();
            responses
                .entry(status.to_owned())
                .or_insert_with(|| RefOr::T(response()));
        }
        for (status, response) in responses.iter_mut() {
            let RefOr::T(response) = response else {
                continue;
            };
            let refused = status.starts_with(['4', '5']);
            if refused && response.content.is_empty() {
                response.content.insert(PROBLEM_JSON.to_owned(), problem());
            }
            if response.description.is_empty() {
                told_by_status(status).clone_into(&mut response.description);
            }
        }
        if self.once {
            let parameters = operation.parameters.get_or_insert_default();
            parameters.push(idempotency_key());
        }
        if self.identity && operation.security.is_none() {
            let needs = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
            operation.security = Some(vec![needs("cookie"), needs("token")]);
        }
    }
}

fn told_by_status(status: &str) -> &'static str {
    match status {
        "200" => "Done",
        "201" => "Made",
        "202" => "Begun",
        "204" => "Done, and nothing to say",
        "400" => "It cannot be read",
        "401" => "Nobody is signed in, or the password is wrong",
        "403" => "Not allowed",
        "404" => "There is no such thing",
        "409" => "Not now: `code` says why",
        "412" => "It was changed meanwhile: the version in If-Match is not the one that is stored",
        "413" => "Too large",
        "415" => "Not of the kind that is taken",
        "422" => "A field is not as it can be",
        "423" => "Something else goes on with it",
        "429" => "Too often",
        _ => "Not at this moment",
    }
}

fn problem() -> Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(PROBLEM)))
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "1 to 128 characters. The same key with the same request is done once and answered twice.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(crate::limits::IDEMPOTENCY_KEY_CHARS))
                .pattern(Some("^[!-~]+$"))
                .build(),
        ))
        .build()
}

fn add_schema(components: &mut Components) {
    let text = |told: &str| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(told.to_owned()))
            .build()
    };
    let schema = ObjectBuilder::new()
        .description(Some(
            "A refusal (RFC 9457). Scripts compare `code`; people read the titles.",
        ))
        .property("type", text("`urn:kring:problem:` and the code"))
        .property("title", text("In English"))
        .property("title_th", text("In Thai"))
        .property(
            "status",
            ObjectBuilder::new().schema_type(Type::Integer).build(),
        )
        .property("code", text("Stable"))
        .property("detail", text("What was wrong with this very request"))
        .property("field", text("Which field of the body"))
        .required("type")
        .required("title")
        .required("title_th")
        .required("status")
        .required("code")
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .build();
    let schema = RefOr::T(Schema::Object(schema));
    components.schemas.insert(PROBLEM.to_owned(), schema);
}
