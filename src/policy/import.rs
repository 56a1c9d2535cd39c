//! The exceptions of other tools, so that a team that changes to leaktight can keep them.
//!
//! In: a report or baseline of gitleaks, detect-secrets or trufflehog. It holds secrets in clear: nothing of it is shown
//! but file and line. Out: [`Known`] values and places. Which of our findings they are is decided by value wherever there
//! is one ([`Known::is`]), else by file and line, once, when it is carried over.

use crate::finding::secret::Secret;
use crate::git::sha1;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Tools whose files are read.
pub const TOOLS: &[&str] = &["gitleaks", "detect-secrets", "trufflehog"];
/// Shortest of our values that counts as a part of theirs, in bytes: the secret half of a pair, for example.
pub const MIN_PART: usize = 16;

/// A secret that somebody accepted elsewhere.
#[derive(Debug, Clone)]
pub struct Known {
    /// The file that it was seen in; with `/`.
    pub file: String,
    /// Its line; 0: unknown.
    pub line: u64,
    /// Its value in each form that the tool keeps; none: only the place is known.
    values: Vec<Secret>,
    /// SHA-1 of its value.
    hash: Option<[u8; 20]>,
}

impl Known {
    /// Whether there is a value to compare.
    pub fn has_value(&self) -> bool {
        !self.values.is_empty() || self.hash.is_some()
    }

    /// Its value in each form that the tool keeps.
    pub fn values(&self) -> &[Secret] {
        &self.values
    }

    /// The SHA-1 of its value.
    pub fn hash(&self) -> Option<[u8; 20]> {
        self.hash
    }

    /// Whether this is its value. `hash`: the SHA-1 of `secret`.
    pub fn is(&self, secret: &Secret, hash: Option<[u8; 20]>) -> bool {
        let ours = secret.expose_in_clear();
        let part = |theirs: &Secret| {
            let theirs = theirs.expose_in_clear();
            ours.len() >= MIN_PART && theirs.windows(ours.len()).any(|w| w == ours)
        };
        (self.hash.is_some() && self.hash == hash) || self.values.iter().any(|v| v == secret || part(v))
    }
}

/// Reads a file of that tool.
///
/// # Errors
/// What it is not, without quoting it.
pub fn read(tool: &str, bytes: &[u8]) -> Result<Vec<Known>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match tool {
        "gitleaks" if text.trim_start().starts_with('[') => gitleaks_report(text),
        "gitleaks" if text.trim_start().starts_with('{') => Err("is no list: give the JSON report of gitleaks".into()),
        "gitleaks" => gitleaks_ignore(text),
        "detect-secrets" => detect_secrets(text),
        "trufflehog" => trufflehog(text),
        _ => Err(format!("is of a tool that is not known; known: {}", TOOLS.join(", "))),
    }
}

fn wrong(what: &str, e: &serde_json::Error) -> String {
    format!("is no {what} (line {}, column {})", e.line(), e.column())
}

fn slashed(file: &str) -> String {
    let file = file.replace('\\', "/");
    file.strip_prefix("./").unwrap_or(&file).to_owned()
}

/// A value that the tool kept in clear; redacted ones, and blocks of lines (a key has another form here), are none.
fn value(text: &str) -> Option<Secret> {
    let redacted = text == "REDACTED" || text.ends_with("...") || text.chars().all(|c| c == '*');
    (!redacted && !text.trim().contains('\n') && !text.contains("-----BEGIN"))
        .then(|| Secret::normalise(text.as_bytes()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Gitleaks {
    #[serde(default)]
    secret: String,
    file: String,
    #[serde(default)]
    start_line: u64,
}

fn gitleaks_report(text: &str) -> Result<Vec<Known>, String> {
    let list: Vec<Gitleaks> = serde_json::from_str(text).map_err(|e| wrong("JSON report of gitleaks", &e))?;
    let one = |g: Gitleaks| Known {
        file: slashed(&g.file),
        line: g.start_line,
        values: value(&g.secret).into_iter().filter(|v| !v.is_empty()).collect(),
        hash: None,
    };
    Ok(list.into_iter().map(one).collect())
}

/// `.gitleaksignore`: `[commit:]file:rule:line`, one per line.
fn gitleaks_ignore(text: &str) -> Result<Vec<Known>, String> {
    let mut out = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        let (number, rule, file) = (parts.next(), parts.next(), parts.next());
        let number = number.and_then(|n| n.parse().ok());
        let (Some(number), Some(_), Some(file)) = (number, rule, file) else {
            return Err(format!("is no JSON report and no .gitleaksignore (line {})", n + 1));
        };
        let commit = |id: &str| id.len() >= 7 && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let file = file.split_once(':').filter(|(id, _)| commit(id)).map_or(file, |(_, file)| file);
        out.push(Known { file: slashed(file), line: number, values: Vec::new(), hash: None });
    }
    Ok(out)
}

#[derive(Deserialize)]
struct DetectSecrets {
    results: BTreeMap<String, Vec<DetectSecret>>,
}

#[derive(Deserialize)]
struct DetectSecret {
    #[serde(rename = "type", default)]
    kind: String,
    hashed_secret: String,
    #[serde(default)]
    line_number: u64,
}

fn detect_secrets(text: &str) -> Result<Vec<Known>, String> {
    let file: DetectSecrets = serde_json::from_str(text).map_err(|e| wrong("baseline of detect-secrets", &e))?;
    let mut out = Vec::new();
    for (name, list) in file.results {
        for known in list {
            // Of a private key it hashes the first line, which all keys of a kind share.
            let hash = if known.kind == "Private Key" { None } else { hex(&known.hashed_secret) };
            out.push(Known { file: slashed(&name), line: known.line_number, values: Vec::new(), hash });
        }
    }
    Ok(out)
}

fn hex(text: &str) -> Option<[u8; 20]> {
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; 20];
    for (i, slot) in out.iter_mut().enumerate() {
        *slot = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trufflehog {
    source_metadata: Option<Metadata>,
    #[serde(default)]
    raw: String,
    #[serde(default, rename = "RawV2")]
    raw_v2: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    data: BTreeMap<String, serde_json::Value>,
}

fn trufflehog(text: &str) -> Result<Vec<Known>, String> {
    let mut out = Vec::new();
    for found in serde_json::Deserializer::from_str(text).into_iter::<Trufflehog>() {
        let found = found.map_err(|e| wrong("JSON output of trufflehog", &e))?;
        // Lines of its log have no source.
        let Some(metadata) = found.source_metadata else { continue };
        let place = metadata.data.values().find(|d| d["file"].is_string());
        let file = place.and_then(|d| d["file"].as_str()).unwrap_or_default();
        let line = place.and_then(|d| d["line"].as_u64()).unwrap_or(0);
        let values = [&found.raw, &found.raw_v2].into_iter().filter(|v| !v.is_empty());
        let values = values.filter_map(|v| value(v)).collect();
        out.push(Known { file: slashed(file), line, values, hash: None });
    }
    Ok(out)
}

/// The SHA-1 of a value of ours, as detect-secrets keeps it.
pub fn hash_of(secret: &Secret) -> Option<[u8; 20]> {
    sha1(secret.expose_in_clear())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_read_as_it_writes() {
        let ours = Secret::normalise(b"some sample, 1234");
        let known =
            read("gitleaks", br#"[{"RuleID": "x", "Secret": "some sample, 1234", "File": "a\\b.py", "StartLine": 3}]"#)
                .expect("a report");
        assert_eq!((known[0].file.as_str(), known[0].line, known[0].is(&ours, None)), ("a/b.py", 3, true));
        let known = read("gitleaks", br#"[{"Secret": "REDACTED", "File": "a", "StartLine": 1}]"#).expect("a report");
        assert!(!known[0].has_value());
        let text = format!("# why\n{}:a:b.py:some-rule:7\nc.py:some-rule:8 # old\n\n", "0f".repeat(20));
        let known = read("gitleaks", text.as_bytes()).expect("an ignore file");
        let places: Vec<_> = known.iter().map(|k| (k.file.as_str(), k.line)).collect();
        assert_eq!(places, [("a:b.py", 7), ("c.py", 8)]);
        let digits: String = hash_of(&ours).expect("a hash").iter().map(|b| format!("{b:02x}")).collect();
        let text =
            format!(r#"{{"version": "1", "results": {{"a.py": [{{"type": "X", "hashed_secret": "{digits}"}}]}}}}"#);
        let known = read("detect-secrets", text.as_bytes()).expect("a baseline");
        assert!(known[0].is(&ours, hash_of(&ours)) && !known[0].is(&ours, None));
        let text = r#"{"level":"info","msg":"start"}
            {"SourceMetadata":{"Data":{"Git":{"commit":"0","file":"a.py","line":2}}},"Raw":"id","RawV2":"id:some sample, 1234"}"#;
        let known = read("trufflehog", text.as_bytes()).expect("lines");
        assert_eq!((known.len(), known[0].line, known[0].is(&ours, None)), (1, 2, true));
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting_it() {
        for (tool, text) in [
            ("gitleaks", r#"{"Secret": "very"}"#),
            ("gitleaks", r#"[{"Secret": "very"}]"#),
            ("gitleaks", "very secret text"),
            ("detect-secrets", r#"{"very": 1}"#),
            ("trufflehog", "very secret"),
            ("trufflehog", r#"{"Raw": 1}"#),
            ("other", "very"),
        ] {
            let why = read(tool, text.as_bytes()).expect_err("a mistake");
            assert!(!why.contains("very"), "{why}");
        }
    }
}
