//! The name of our JSON schema, and what a document is that has another one.
//!
//! In: bytes that anybody may have written. Out: nothing, or a [`ReadError`] that says what was passed instead. It reads no
//! finding; `report::read` does, and `policy::baseline` takes ids and places.

use std::fmt;

/// Name and version of the format.
pub const SCHEMA: &str = "leaktight/1";

/// Why a report cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    text: String,
    foreign: bool,
}

impl ReadError {
    /// Whether it is a sound report that another version or rule set made, so that it belongs to another run.
    pub fn is_foreign(&self) -> bool {
        self.foreign
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ReadError {}

pub(crate) fn wrong(text: impl Into<String>) -> ReadError {
    ReadError { text: text.into(), foreign: false }
}

pub(crate) fn foreign(text: String) -> ReadError {
    ReadError { text, foreign: true }
}

/// Refuses what is not a report of this schema version, whatever else is in it.
///
/// # Errors
/// What it is instead.
pub fn of_this_schema(document: &[u8]) -> Result<(), ReadError> {
    let name: SchemaName<'_> = serde_json::from_slice(document).map_err(|e| not_ours(document, &e))?;
    is_this_schema(&name.schema)
}

/// Why a SARIF log is refused where our JSON is read.
pub const SARIF: &str = "is a SARIF report; pass the JSON report of that run instead (`-o FILE.json` writes one)";

/// What a document is that has not the fields of our reports, and what to pass instead.
pub fn not_ours(document: &[u8], error: &serde_json::Error) -> ReadError {
    if is_sarif(document) {
        return wrong(SARIF);
    }
    let place = format!("line {}, column {}", error.line(), error.column());
    wrong(format!("is not a JSON report of leaktight ({place}); `-o FILE.json` writes one"))
}

/// Refuses another name of a schema.
///
/// # Errors
/// That it is not a report, or of which version it is.
pub fn is_this_schema(name: &str) -> Result<(), ReadError> {
    match name.strip_prefix("leaktight/") {
        Some(_) if name == SCHEMA => Ok(()),
        Some(version) => Err(foreign(format!(
            "has schema version {}, and this program reads `{SCHEMA}`; make the report again with this version",
            short(version)
        ))),
        None => Err(wrong("is not a JSON report of leaktight")),
    }
}

pub(crate) fn is_sarif(document: &[u8]) -> bool {
    serde_json::from_slice::<SarifLog>(document).is_ok_and(|log| log.version.starts_with("2."))
}

#[derive(serde::Deserialize)]
struct SchemaName<'a> {
    #[serde(borrow)]
    schema: std::borrow::Cow<'a, str>,
}

/// What every SARIF log has.
#[derive(serde::Deserialize)]
struct SarifLog {
    version: String,
    #[serde(rename = "runs")]
    _runs: Vec<serde::de::IgnoredAny>,
}

/// The start of a text that somebody else wrote, for a message.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
