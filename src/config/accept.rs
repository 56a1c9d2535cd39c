//! What a leaktight.toml sets for some findings and gaps only: `[gate.family.…]`, `[gate.environment.…]`, `[[gap]]`.
//!
//! In: written tables with their places. Out: [`OwnGate`]s in the order in which they decide, and [`AcceptedGap`]s. It
//! refuses to accept a gap that says the run itself is not sound (a damaged store, a missing base), and globs that every
//! path matches.

use super::reader::Reader;
use super::value::{CONFIDENCES, FAIL_ON, Source, name_of, quoted};
use crate::blob::GapKind;
use crate::fs::ConfigError;
use crate::policy::threshold::Override;
use crate::policy::{AcceptedGap, PathGlob};
use crate::rule::{Environment, Family};
use crate::text::mistake;
use crate::time::Date;
use serde::Deserialize;
use toml::Spanned;

/// A gate of a family or an environment, and where each value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGate {
    /// The section: `gate.family.credential`.
    pub section: String,
    /// What holds.
    pub gate: Override,
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

/// An accepted gap as one row of a table of settings.
pub(super) fn gap_row(gap: &AcceptedGap) -> (String, String, Source) {
    let mut value = format!("{{ kind = {}, path = {}", quoted(gap.kind.name()), quoted(gap.path.as_str()));
    if let Some(expires) = gap.expires {
        value.push_str(&format!(", expires = {}", quoted(&expires.to_string())));
    }
    value.push_str(" }");
    ("gap".to_owned(), value, Source::File(gap.line))
}

/// Kinds of gap that may be accepted, by their names.
pub(super) fn acceptable() -> impl Iterator<Item = (&'static str, GapKind)> {
    GapKind::ALL.iter().filter(|kind| kind.is_acceptable()).map(|kind| (kind.name(), *kind))
}

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
    documentation: Option<WrittenOwn>,
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
        (Environment::Production, &environments.production),
        (Environment::Staging, &environments.staging),
        (Environment::Test, &environments.test),
        (Environment::Development, &environments.development),
        (Environment::Documentation, &environments.documentation),
        (Environment::Unknown, &environments.unknown),
    ];
    let mut out = Vec::new();
    for (family, written) in of_family {
        let gate = Override { family: Some(family), ..Override::default() };
        out.extend(own(reader, format!("gate.family.{}", family.name()), gate, written)?);
    }
    for (environment, written) in of_environment {
        let gate = Override { environment: Some(environment), ..Override::default() };
        out.extend(own(reader, format!("gate.environment.{}", environment.name()), gate, written)?);
    }
    Ok(out)
}

fn own(
    reader: &Reader<'_>,
    section: String,
    gate: Override,
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
    let names: Vec<&str> = acceptable().map(|(name, _)| name).collect();
    let kind = match acceptable().find(|(name, _)| name == written.kind.get_ref()).map(|(_, kind)| kind) {
        Some(kind) => kind,
        None if GapKind::ALL.iter().any(|k| k.name() == written.kind.get_ref().as_str()) => {
            let message = format!(
                "a gap of this kind cannot be accepted: without what is missing the run says nothing. Acceptable: {}",
                names.join(", ")
            );
            return reader.wrong(&written.kind, message);
        }
        None => return reader.wrong(&written.kind, mistake::unknown("kind", written.kind.get_ref(), &names)),
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
