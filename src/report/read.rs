//! Reads a `leaktight/1` document back into an [`Outcome`], so that shards and interrupted runs become one report.
//!
//! In: bytes that anybody may have written. Out: everything that the reports show, or a [`ReadError`] with the line and
//! column. It refuses what would make another result than one run: another version or rule set, findings or places that
//! were left out of the report, accepted findings. Memory is bounded by the length of the input, which the caller bounds.

mod wire;

use super::json::life::JsonLife;
use super::json::location::{JsonLocation, Pool, bytes};
use super::run::{Part, RunInputs};
use crate::blob::{Gap, GapKind};
use crate::finding::evidence::Evidence;
use crate::finding::schema::{ReadError, SARIF, foreign, is_sarif, is_this_schema, short, wrong};
use crate::finding::secret::Id;
use crate::finding::{Covered, Excluded, Finding, Outcome, Related, Snippet};
use crate::rule::RuleSet;
use crate::time;
use wire::{Body, Head, ReadExcluded, ReadFinding, ReadGap};

/// A report that was read.
#[derive(Debug, Clone)]
pub struct Document {
    /// Name of the command that made it.
    pub command: String,
    /// What the command was to look at.
    pub target: String,
    /// Names of the repositories, sorted.
    pub repositories: Vec<String>,
    /// What else its result follows from.
    pub made: Option<RunInputs>,
    /// Which part of a list of repositories it is.
    pub shard: Option<Part>,
    /// The result.
    pub outcome: Outcome,
}

/// Reads reports that were made with one rule set.
#[derive(Debug)]
pub struct Reader<'r> {
    rules: &'r RuleSet,
    hash: String,
}

impl<'r> Reader<'r> {
    /// A reader for reports that were made with these rules.
    pub fn new(rules: &'r RuleSet) -> Self {
        Self { rules, hash: rules.hash() }
    }

    /// Reads one document.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(&self, document: &[u8]) -> Result<Document, ReadError> {
        // The head first: of a report of another kind or version it is not worth knowing which field is missing.
        let head: Head<'_> = serde_json::from_slice(document).map_err(|e| match is_sarif(document) {
            true => wrong(SARIF),
            false => wrong(format!("is not a JSON report of leaktight: {e}")),
        })?;
        is_this_schema(&head.schema)?;
        let ours = env!("CARGO_PKG_VERSION");
        if head.tool.version != ours {
            return Err(foreign(format!("was made by leaktight {}, and this is {ours}", short(&head.tool.version))));
        }
        if head.tool.rules != self.hash {
            let theirs = short(&head.tool.rules);
            return Err(foreign(format!(
                "was made with other rules (their hash is {theirs}, here {}); give the same --rules, --only and --skip",
                self.hash
            )));
        }
        let body: Body<'_> = serde_json::from_slice(document).map_err(|e| wrong(format!("cannot be read: {e}")))?;
        if body.summary.hidden > 0 {
            return Err(wrong("leaves findings out (--min-confidence); make it again without"));
        }
        if !body.suppressed.is_empty() {
            return Err(wrong("holds accepted findings, which cannot be merged yet"));
        }
        let mut pool = Pool::default();
        let mut findings = Vec::with_capacity(body.findings.len());
        for (n, f) in body.findings.into_iter().enumerate() {
            findings.push(self.finding(f, &mut pool).map_err(|e| wrong(format!("finding {}: {e}", n + 1)))?);
        }
        let mut gaps = Vec::with_capacity(body.run.gaps.len());
        let mut accepted = Vec::new();
        for (n, gap) in body.run.gaps.iter().enumerate() {
            let read = read_gap(gap).map_err(|e| wrong(format!("gap {}: {e}", n + 1)))?;
            match &gap.accepted_by {
                Some(reason) => accepted.push((read, reason.clone())),
                None => gaps.push(read),
            }
        }
        let made = body.run.made.map(|m| {
            let now = time::seconds(&m.now).ok_or_else(|| wrong("`made.now` is no time in UTC"))?;
            Ok(RunInputs { now, key: m.key, state: m.state })
        });
        let shard = body.run.shard.map(|s| {
            let sound = (1..=s.count).contains(&s.index) && is_hash(&s.list);
            sound
                .then_some(Part { index: s.index, count: s.count, list: s.list })
                .ok_or_else(|| wrong("has an invalid `run.shard`"))
        });
        let c = body.run.covered;
        Ok(Document {
            command: body.run.command,
            target: body.run.target,
            repositories: body.run.repositories,
            made: made.transpose()?,
            shard: shard.transpose()?,
            outcome: Outcome {
                findings,
                gaps,
                accepted,
                covered: Covered {
                    files: c.files,
                    bytes: c.bytes,
                    repositories: c.repositories,
                    blobs: c.blobs,
                    trees: c.trees,
                    commits: c.commits,
                    tags: c.tags,
                    refs: c.refs,
                    links: c.links,
                    ignored_files: c.ignored_files,
                    ignored_folders: c.ignored_folders,
                    report_files: c.report_files,
                    excluded: c.excluded.into_iter().map(excluded).collect(),
                },
                weak_ids: body.summary.weak_ids,
                ..Outcome::default()
            },
        })
    }

    fn finding(&self, f: ReadFinding<'_>, pool: &mut Pool) -> Result<Finding, String> {
        let id = Id::parse(&f.id).ok_or("its id is none of leaktight's")?;
        let org_id = match f.org_id {
            Some(text) if Id::parse(&text).is_none() => return Err("its org_id is none of leaktight's".into()),
            org_id => org_id,
        };
        let rule = self.rules.find(&f.rule).ok_or_else(|| format!("there is no rule `{}`", short(&f.rule)))?;
        let more = f.also_total.checked_sub(f.also.len() as u64);
        // Of a secret at very many places no report lists all.
        let told = |more: u64| {
            let note = Finding::places_cut(more).text();
            f.evidence.iter().any(|e| e.reason == note)
        };
        let Some(more) = more.filter(|more| *more == 0 || told(*more)) else {
            return Err("places are left out of the report; make it again with --also-limit 0 or --shard".into());
        };
        let evidence = f.evidence.iter().map(|e| {
            Evidence::parse(&e.reason, e.weight).ok_or_else(|| format!("unknown reason `{}`", short(&e.reason)))
        });
        let evidence = evidence.collect::<Result<_, _>>()?;
        let mut place = |location: JsonLocation<'_>| location.read(pool);
        let location = place(f.location)?;
        let state = location.state;
        let also = f.also.into_iter().map(&mut place).collect::<Result<_, _>>()?;
        let related = f.related.into_iter().map(|r| Ok(Related { role: r.role, location: place(r.location)? }));
        let related = related.collect::<Result<_, String>>()?;
        let lines: Vec<String> = match (f.snippet.as_str(), f.snippet_mark, f.snippet_line) {
            ("", None, 0) => Vec::new(),
            (text, _, _) => text.split('\n').map(str::to_owned).collect(),
        };
        let mark = f.snippet_mark.or_else(|| find_mark(&lines, f.snippet_line, location.line, &f.secret.redacted));
        Ok(Finding {
            id,
            org_id,
            rule,
            severity: f.severity,
            confidence: f.confidence,
            environment: f.environment,
            evidence,
            redacted: f.secret.redacted,
            length: f.secret.length,
            identity: f.secret.identity,
            location,
            also,
            more,
            related,
            snippet: Snippet { first_line: f.snippet_line, lines, mark: mark.unwrap_or_default(), draft: None },
            life: f.life.map(JsonLife::read).transpose()?,
            state,
            comment: None,
            malformed: Vec::new(),
            known_as: crate::finding::KnownAs::default(),
        })
    }
}

/// Where a report that gives no mark shows the masked secret: its first place on the line of the finding.
fn find_mark(lines: &[String], first: u64, line: u64, redacted: &str) -> Option<(usize, usize, usize)> {
    let at = usize::try_from(line.checked_sub(first)?).ok()?;
    let before = lines.get(at)?.split_once(redacted).filter(|_| !redacted.is_empty())?.0.chars().count();
    Some((at, before, before + redacted.chars().count()))
}

fn excluded(e: ReadExcluded) -> Excluded {
    Excluded { glob: e.glob, files: e.files, bytes: e.bytes }
}

fn read_gap(gap: &ReadGap<'_>) -> Result<Gap, String> {
    let kind = GapKind::ALL.iter().copied().find(|k| k.name() == gap.kind);
    Ok(Gap {
        kind: kind.ok_or_else(|| format!("there is no kind `{}`", short(&gap.kind)))?,
        what: bytes(&gap.what, gap.what_bytes.as_deref())?,
        why: gap.why.clone(),
        blocks: gap.blocks,
    })
}

fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
