//! leaktight.toml: read, checked with places, laid between the defaults and the flags.
//!
//! In: the file at the root of the work tree or in a tree of git (`read`), or the one that was named, and the flags. Out:
//! [`Settings`], each value with where it comes from. A file that was found lies in a repository that is not trusted: it
//! is read only if it is a plain file, and may name rule files only below its own folder. It refuses unknown keys, so that
//! a misspelt gate is no gate that is silently missing. Messages mask what is no known setting ([`crate::fs::ConfigError`]).

mod accept;
pub mod diff;
mod place;
mod read;
mod reader;
mod settings;
mod value;

pub use accept::OwnGate;
pub use place::{SALT, hex32, parse_salts, read_salts, root, salts};
pub use read::{read_at, read_files, read_named};
pub use settings::{File, Layer, Settings, threads};
pub use value::{
    ALSO_LIMIT, CONFIDENCES, FAIL_ON, FILE_NAME, FailOn, MAX_RULES, RuleFile, Setting, Source, by_name, name_of,
};

/// JSON schema of the file, without the names of formats and of gaps.
const SCHEMA: &str = include_str!("config.schema.json");

/// JSON schema of the file, for editors. `formats`: the names of all formats.
pub fn schema(formats: &[&str]) -> String {
    let list = |names: &[&str]| names.iter().map(|name| value::quoted(name)).collect::<Vec<_>>().join(", ");
    let gaps: Vec<&str> = accept::acceptable().map(|(name, _)| name).collect();
    SCHEMA.replace("\"FORMATS\"", &list(formats)).replace("\"GAPS\"", &list(&gaps))
}

#[cfg(test)]
mod tests;
