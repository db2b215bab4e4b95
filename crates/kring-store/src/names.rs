//! Enumerations that are stored and shown by a fixed name.

/// Declares one, with `as_str` and `from_name`; serde uses the same names.
macro_rules! stored_names {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident => $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $type { $($(#[$vdoc])* #[serde(rename = $name)] $variant),+ }

        impl $type {
            /// The name used in JSON, in SQL and in metric labels.
            pub const fn as_str(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<$type> {
                match name { $($name => Some($type::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use stored_names;
