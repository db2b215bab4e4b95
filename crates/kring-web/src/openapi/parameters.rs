//! What routes take by their paths and queries. The description is made from our own extractors, which the generator
//! does not know: what is not named in a path is of the query, and what a path names is text.

use utoipa::openapi::{
    ObjectBuilder, RefOr, Required, Schema, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::SchemaType,
};

/// Puts the parameters of an operation in their places.
pub(super) fn put_right(path: &str, operation: &mut Operation) {
    let named = |name: &str| path.contains(&format!("{{{name}}}"));
    let parameters = operation.parameters.get_or_insert_default();
    for parameter in parameters.iter_mut() {
        if parameter.parameter_in == ParameterIn::Path && !named(&parameter.name) {
            parameter.parameter_in = ParameterIn::Query;
            if is_optional(parameter) {
                parameter.required = Required::False;
            }
        }
    }
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    for name in names {
        if !parameters.iter().any(|parameter| parameter.name == name) {
            parameters.push(of_path(name));
        }
    }
}

/// Whether it may be left out: it may be null, or has a value of its own.
fn is_optional(parameter: &Parameter) -> bool {
    let Some(RefOr::T(schema)) = &parameter.schema else {
        return false;
    };
    let (kind, default) = match schema {
        Schema::Object(object) => (&object.schema_type, &object.default),
        Schema::Array(array) => (&array.schema_type, &array.default),
        _ => return false,
    };
    let nullable = matches!(kind, SchemaType::Array(kinds) if kinds.contains(&Type::Null));
    nullable || default.is_some()
}

fn of_path(name: &str) -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(text.build()))
        .build()
}
