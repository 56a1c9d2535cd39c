//! What a leaktight.toml sets for some findings and gaps only: `[gate.family.…]`, `[gate.environment.…]`, `[[gap]]`.
//!
//! In: written tables with their places. Out: [`OwnGate`]s in the order in which they decide, and [`AcceptedGap`]s. It
//! refuses to accept a gap that says the run itself is not sound (a damaged store, a missing base), and globs that every
//! path matches.

use super::read::Reader;
use super::{CONFIDENCES, ConfigError, FAIL_ON, Source, error, name_of, quoted};
use crate::policy::PathGlob;
use crate::report::Gate;
use crate::rule::{Environment, Family};
use crate::source::GapKind;
use crate::time::Date;
use serde::Deserialize;
use toml::Spanned;

/// A gate of a family or an environment, and where each value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGate {
    /// The section: `gate.family.credential`.
    pub section: String,
    /// What holds.
    pub gate: Gate,
    confidence: Source,
    fail_on: Source,
}

impl OwnGate {
    /// Its keys with values and places.
    pub(super) fn rows(&self) -> Vec<(String, String, Source)> {
        let confidence = self.gate.confidence.map(|v| ("confidence", name_of(CONFIDENCES, &v), self.confidence));
        let fail_on = self.gate.fail_on.map(|v| ("fail-on", name_of(FAIL_ON, &v), self.fail_on));
        let row = |(key, value, source)| (format!("{}.{key}", self.section), quoted(value), source);
        confidence.into_iter().chain(fail_on).map(row).collect()
    }
}

/// A gap that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedGap {
    /// Its kind.
    pub kind: GapKind,
    /// What it is about.
    pub path: PathGlob,
    /// Why.
    pub reason: String,
    /// The last day on which this holds.
    pub expires: Option<Date>,
    /// The line of its kind.
    pub line: usize,
}

impl AcceptedGap {
    /// As one row of a table of settings.
    pub(super) fn row(&self) -> (String, String, Source) {
        let mut value = format!("{{ kind = {}, path = {}", quoted(self.kind.name()), quoted(self.path.as_str()));
        if let Some(expires) = self.expires {
            value.push_str(&format!(", expires = {}", quoted(&expires.to_string())));
        }
        value.push_str(" }");
        ("gap".to_owned(), value, Source::File(self.line))
    }
}

/// Kinds of gap that may be accepted: those of one thing that has a name. What is missing here says that the store, the
/// base or the program itself cannot be relied upon; whoever accepts that has no gate.
pub(super) const ACCEPTABLE: &[(&str, GapKind)] = &[
    ("unreadable", GapKind::Unreadable),
    ("special-file", GapKind::SpecialFile),
    ("limit", GapKind::Limit),
    ("submodule", GapKind::Submodule),
    ("lfs-pointer", GapKind::LfsPointer),
    ("archive", GapKind::Archive),
    ("missing-object", GapKind::MissingObject),
    ("alternate", GapKind::Alternate),
    ("broken-ref", GapKind::BrokenRef),
    ("empty", GapKind::Empty),
    ("fetch", GapKind::Fetch),
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct WrittenFamilies {
    credential: Option<WrittenOwn>,
    production_data: Option<WrittenOwn>,
    transport: Option<WrittenOwn>,
    exposed_file: Option<WrittenOwn>,
    policy: Option<WrittenOwn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct WrittenEnvironments {
    production: Option<WrittenOwn>,
    staging: Option<WrittenOwn>,
    test: Option<WrittenOwn>,
    development: Option<WrittenOwn>,
    unknown: Option<WrittenOwn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct WrittenOwn {
    confidence: Option<Spanned<String>>,
    fail_on: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenGap {
    kind: Spanned<String>,
    path: Spanned<String>,
    reason: Spanned<String>,
    expires: Option<Spanned<String>>,
}

/// Families first, then environments, so that what an environment says wins.
pub(super) fn gates(
    reader: &Reader<'_>,
    families: &WrittenFamilies,
    environments: &WrittenEnvironments,
) -> Result<Vec<OwnGate>, ConfigError> {
    let of_family = [
        (Family::Credential, &families.credential),
        (Family::ProductionData, &families.production_data),
        (Family::Transport, &families.transport),
        (Family::ExposedFile, &families.exposed_file),
        (Family::Policy, &families.policy),
    ];
    let of_environment = [
        (Environment::Production, "production", &environments.production),
        (Environment::Staging, "staging", &environments.staging),
        (Environment::Test, "test", &environments.test),
        (Environment::Development, "development", &environments.development),
        (Environment::Unknown, "unknown", &environments.unknown),
    ];
    let mut out = Vec::new();
    for (family, written) in of_family {
        let gate = Gate { family: Some(family), ..Gate::default() };
        out.extend(own(reader, format!("gate.family.{}", family.name()), gate, written)?);
    }
    for (environment, name, written) in of_environment {
        let gate = Gate { environment: Some(environment), ..Gate::default() };
        out.extend(own(reader, format!("gate.environment.{name}"), gate, written)?);
    }
    Ok(out)
}

fn own(
    reader: &Reader<'_>,
    section: String,
    gate: Gate,
    written: &Option<WrittenOwn>,
) -> Result<Option<OwnGate>, ConfigError> {
    let Some(written) = written else { return Ok(None) };
    let mut out = OwnGate { section, gate, confidence: Source::Default, fail_on: Source::Default };
    if let Some(text) = &written.confidence {
        let setting = reader.named(text, CONFIDENCES)?;
        (out.gate.confidence, out.confidence) = (Some(setting.value), setting.source);
    }
    if let Some(text) = &written.fail_on {
        let setting = reader.named(text, FAIL_ON)?;
        (out.gate.fail_on, out.fail_on) = (Some(setting.value), setting.source);
    }
    Ok(Some(out))
}

pub(super) fn gap(reader: &Reader<'_>, written: &WrittenGap) -> Result<AcceptedGap, ConfigError> {
    let names: Vec<&str> = ACCEPTABLE.iter().map(|(name, _)| *name).collect();
    let kind = match super::by_name(ACCEPTABLE, written.kind.get_ref()) {
        Some(kind) => kind,
        None if GapKind::ALL.iter().any(|k| k.name() == written.kind.get_ref().as_str()) => {
            let message = format!(
                "a gap of this kind cannot be accepted: without what is missing the run says nothing. Acceptable: {}",
                names.join(", ")
            );
            return reader.wrong(&written.kind, message);
        }
        None => return reader.wrong(&written.kind, error::unknown("kind", written.kind.get_ref(), &names)),
    };
    let path = PathGlob::new(written.path.get_ref()).or_else(|why| reader.wrong(&written.path, why))?;
    let expires = match &written.expires {
        None => None,
        Some(text) => Some(Date::parse(text.get_ref()).or_else(|why| reader.wrong(text, why))?),
    };
    let reason = written.reason.get_ref().trim();
    if reason.is_empty() {
        return reader.wrong(&written.reason, "say why this gap is accepted".into());
    }
    let Source::File(line) = reader.source(&written.kind) else {
        return reader.wrong(&written.kind, "has no line".into());
    };
    Ok(AcceptedGap { kind, path, reason: reason.to_owned(), expires, line })
}
