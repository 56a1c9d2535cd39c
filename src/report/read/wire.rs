//! The fields of a `leaktight/1` document that a reader needs; all others are ignored.
//!
//! In: JSON. Out: these types, still unchecked: names of rules, kinds and times are text here.

use crate::finding::evidence::Confidence;
use crate::report::json::life::JsonLife;
use crate::report::json::location::JsonLocation;
use crate::rule::{Environment, Identity, Severity};
use serde::Deserialize;
use std::borrow::Cow;

#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(borrow)]
    pub(super) schema: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) tool: Tool<'a>,
}

#[derive(Deserialize)]
pub(super) struct Tool<'a> {
    #[serde(borrow)]
    pub(super) version: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) rules: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) run: About<'a>,
    pub(super) findings: Vec<ReadFinding<'a>>,
    pub(super) suppressed: Vec<serde::de::IgnoredAny>,
    pub(super) summary: Summary,
}

#[derive(Deserialize)]
pub(super) struct About<'a> {
    pub(super) command: String,
    pub(super) target: String,
    #[serde(default)]
    pub(super) repositories: Vec<String>,
    pub(super) made: Option<ReadMade>,
    pub(super) shard: Option<ReadShard>,
    pub(super) covered: ReadCovered,
    #[serde(borrow)]
    pub(super) gaps: Vec<ReadGap<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ReadMade {
    pub(super) now: String,
    pub(super) key: String,
    pub(super) state: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ReadShard {
    pub(super) index: u32,
    pub(super) count: u32,
    pub(super) list: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ReadCovered {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) links: u64,
    pub(super) ignored_files: u64,
    pub(super) ignored_folders: u64,
    #[serde(default)]
    pub(super) report_files: u64,
    #[serde(default)]
    pub(super) excluded: Vec<ReadExcluded>,
    pub(super) repositories: u64,
    pub(super) blobs: u64,
    pub(super) trees: u64,
    pub(super) commits: u64,
    pub(super) tags: u64,
    pub(super) refs: u64,
}

#[derive(Deserialize)]
pub(super) struct ReadExcluded {
    pub(super) glob: String,
    pub(super) files: u64,
    pub(super) bytes: u64,
}

#[derive(Deserialize)]
pub(super) struct ReadGap<'a> {
    #[serde(borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) what: Cow<'a, str>,
    pub(super) what_bytes: Option<String>,
    pub(super) why: String,
    pub(super) blocks: bool,
    #[serde(default)]
    pub(super) accepted_by: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Summary {
    pub(super) hidden: u64,
    pub(super) weak_ids: bool,
}

#[derive(Deserialize)]
pub(super) struct ReadFinding<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    pub(super) org_id: Option<String>,
    #[serde(borrow)]
    pub(super) rule: Cow<'a, str>,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) environment: Environment,
    pub(super) evidence: Vec<ReadEvidence<'a>>,
    pub(super) secret: ReadSecret,
    pub(super) location: JsonLocation<'a>,
    pub(super) also: Vec<JsonLocation<'a>>,
    pub(super) also_total: u64,
    pub(super) related: Vec<ReadRelated<'a>>,
    pub(super) life: Option<JsonLife<'a>>,
    pub(super) snippet: String,
    pub(super) snippet_line: u64,
    pub(super) snippet_mark: Option<(usize, usize, usize)>,
}

#[derive(Deserialize)]
pub(super) struct ReadEvidence<'a> {
    #[serde(borrow)]
    pub(super) reason: Cow<'a, str>,
    pub(super) weight: i32,
}

#[derive(Deserialize)]
pub(super) struct ReadSecret {
    pub(super) redacted: String,
    pub(super) length: Option<usize>,
    pub(super) identity: Identity,
}

#[derive(Deserialize)]
pub(super) struct ReadRelated<'a> {
    pub(super) role: String,
    pub(super) location: JsonLocation<'a>,
}
