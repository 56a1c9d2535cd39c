//! How to mend what a change brings: steps for its provider, and the line of code that reads the value from elsewhere.
//!
//! In: a finding of a gate and its rule. Out: at most three steps in plain words. The name of the variable is taken from
//! the masked line, so nothing of a secret can be in it; path and name are somebody's text, and the caller escapes them.

use crate::blob::GitKind;
use crate::finding::{Finding, State};
use crate::policy;
use crate::rule::{Family, Identity, Parser, Rule};
use crate::text::escape;

/// Longest name of a variable that is suggested.
const LONGEST: usize = 40;

/// How a language reads `NAME` from the environment: its name, where `leaktight explain` lists it; the endings or names of its
/// files; and how.
const LANGUAGES: &[(&str, &[&str], &str)] = &[
    ("Python", &["py", "pyw", "ipynb"], "os.environ[\"NAME\"]"),
    ("JavaScript", &["js", "jsx", "ts", "tsx", "mjs", "cjs", "vue", "svelte"], "process.env.NAME"),
    ("Go", &["go"], "os.Getenv(\"NAME\")"),
    ("Rust", &["rs"], "std::env::var(\"NAME\")?"),
    ("Java", &["java", "kt", "kts", "groovy", "gradle"], "System.getenv(\"NAME\")"),
    ("C#", &["cs", "fs", "vb"], "Environment.GetEnvironmentVariable(\"NAME\")"),
    ("PHP", &["php"], "getenv('NAME')"),
    ("Ruby", &["rb", "rake", "erb", "gemspec"], "ENV.fetch(\"NAME\")"),
    ("", &["scala"], "sys.env(\"NAME\")"),
    ("", &["sh", "bash", "zsh", "ksh"], "\"${NAME:?}\""),
    ("", &["ps1", "psm1"], "$env:NAME"),
    ("", &["bat", "cmd"], "%NAME%"),
    ("", &["c", "h", "cc", "cpp", "hpp", "m", "mm"], "getenv(\"NAME\")"),
    ("", &["swift"], "ProcessInfo.processInfo.environment[\"NAME\"]"),
    ("", &["dart"], "Platform.environment['NAME']"),
    ("", &["pl", "pm"], "$ENV{NAME}"),
    ("", &["lua"], "os.getenv(\"NAME\")"),
    ("", &["ex", "exs"], "System.fetch_env!(\"NAME\")"),
    ("", &["r"], "Sys.getenv(\"NAME\")"),
    ("", &["clj"], "(System/getenv \"NAME\")"),
    ("", &["hs"], "getEnv \"NAME\""),
    ("", &["jl"], "ENV[\"NAME\"]"),
    ("", &["tf", "tfvars", "hcl"], "var.NAME, set by TF_VAR_NAME"),
    (
        "",
        &["yml", "yaml", "toml", "properties", "conf", "npmrc", "xml", "json"],
        "${NAME}, filled in when it is deployed",
    ),
    ("", &["dockerfile", "containerfile"], "RUN --mount=type=secret,id=NAME"),
];

/// The best known languages, each with how it reads `NAME` from the environment.
pub(crate) fn languages() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES.iter().filter(|(name, ..)| !name.is_empty()).map(|(name, _, call)| (*name, *call))
}

/// The steps, in the order in which they are done.
pub(super) fn steps(finding: &Finding, rule: &Rule) -> Vec<String> {
    // The help of a rule says first what to do at the provider, and last where its use is logged.
    let mut sentences: Vec<&str> = sentences(&rule.help);
    let secret =
        rule.family == Family::Credential && matches!(finding.identity, Identity::Random | Identity::Guessable);
    if !secret {
        return sentences.into_iter().take(3).map(str::to_owned).collect();
    }
    let mut steps = Vec::new();
    if !sentences.is_empty() {
        steps.push(sentences.remove(0).to_owned());
    }
    steps.push(taken_out(finding, rule));
    steps.extend(sentences.last().map(|s| (*s).to_owned()));
    steps
}

/// The command that asks for an exception. What is in no file of the work tree has to be named; a path goes there only if
/// no shell could take it for anything else.
pub(super) fn ask(finding: &Finding, rule: &str) -> String {
    let in_tree = finding.state != Some(State::RemovedAgain) && finding.location.origin.is_file();
    let places = std::iter::once(&finding.location).chain(&finding.also);
    let mut paths: Vec<_> = places.map(|l| policy::place(&l.origin)).collect();
    paths.sort();
    paths.dedup();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b":/._-@+".contains(b);
    let named = if in_tree {
        String::new()
    } else if paths.len() <= 3 && paths.iter().all(|p| p.iter().all(plain)) {
        let paths: String = paths.iter().map(|p| format!(" --path={}", String::from_utf8_lossy(p))).collect();
        format!(" --rule {}{paths}", escape::terminal(rule.as_bytes()))
    } else {
        " --from REPORT.json".to_owned()
    };
    format!("leaktight allow {}{named} --reason 'WHY'", finding.id.as_str())
}

/// How it is taken out of what is being committed or merged.
fn taken_out(finding: &Finding, rule: &Rule) -> String {
    let (kind, object, commit) = match finding.location.origin.git() {
        Some(place) => (place.kind, place.object.is_some(), place.commit.is_some()),
        None => (GitKind::Index, false, false),
    };
    match (finding.state, kind) {
        (_, GitKind::Event) => "Edit the text of the request.".into(),
        (_, GitKind::Ref) => "Give the branch or tag another name.".into(),
        (Some(State::RemovedAgain), _) => {
            "Rewrite the branch before merging (`git rebase -i`): the commit still holds it.".into()
        }
        // git keeps what was written when a hook refuses it.
        (_, GitKind::Message) if !object => {
            "Take it out of the message: `git commit -e -F .git/COMMIT_EDITMSG`.".into()
        }
        (_, GitKind::Message) if !commit => "Make the tag again without it: `git tag -f -a NAME`.".into(),
        (_, GitKind::Message | GitKind::Author) => {
            "Rewrite the commit: `git commit --amend`, or `git rebase -i` for an older one.".into()
        }
        (_, GitKind::Name) => "Rename the file.".into(),
        // A further commit would leave it in the history.
        _ if commit => {
            format!("{} Change the commit that adds it (`git rebase -i`).", sentence(replaced(finding, rule)))
        }
        _ => replaced(finding, rule),
    }
}

/// With a full stop, so that another sentence can follow.
fn sentence(text: String) -> String {
    if text.ends_with('.') { text } else { text + "." }
}

/// What to write instead of it.
fn replaced(finding: &Finding, rule: &Rule) -> String {
    let path = finding.location.origin.path().unwrap_or_default();
    let name = String::from_utf8_lossy(path.rsplit(|b| *b == b'/').next().unwrap_or_default()).to_ascii_lowercase();
    let shown = String::from_utf8_lossy(path);
    let key = matches!(rule.parser, Some(Parser::Pem | Parser::File));
    let whole = key || name.ends_with(".env") || name.starts_with(".env.");
    if whole && finding.location.origin.is_file() {
        return format!("Keep the file out of git: `git rm --cached {shown}`, and name it in .gitignore.");
    }
    let ending = name.rsplit('.').next().unwrap_or_default();
    let of = |(_, endings, _): &&(&str, &[&str], &str)| endings.contains(&ending);
    let variable = variable(finding, rule);
    match LANGUAGES.iter().find(of) {
        Some((.., call)) => format!("Read it from elsewhere: {}", call.replace("NAME", &variable)),
        None => format!("Take it out; what needs it reads it from the environment: {variable}"),
    }
}

/// A name for the variable: the one that the line gives it, else one made of the rule's.
fn variable(finding: &Finding, rule: &Rule) -> String {
    let (line, from, _) = finding.snippet.mark;
    let before: String = finding.snippet.lines.get(line).map(|l| l.chars().take(from).collect()).unwrap_or_default();
    let before = before.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let separated = finding.snippet.lines.get(line).is_some_and(|l| {
        let between: String = l.chars().take(from).skip(before.chars().count()).collect();
        between.contains(['=', ':'])
    });
    let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).map_or(0, |i| i + 1);
    let written = before.get(start..).unwrap_or_default();
    let in_url = before.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("://"));
    let good = separated
        && !in_url
        && (3..=LONGEST).contains(&written.len())
        && written.starts_with(|c: char| c.is_ascii_alphabetic());
    let source = if good { written } else { &rule.id };
    let mut name = String::new();
    let mut last = ' ';
    for c in source.chars() {
        if c.is_ascii_uppercase() && last.is_ascii_lowercase() {
            name.push('_');
        }
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
        last = c;
    }
    name
}

/// The sentences of a help text. A dot within a name (`.npmrc`, `npmjs.com`) ends none.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(". ") {
        if text[at + 2..].starts_with(|c: char| c.is_ascii_uppercase()) {
            out.push(text[start..=at].trim());
            start = at + 2;
        }
    }
    let last = text[start..].trim();
    out.extend((!last.is_empty()).then_some(last));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Location;
    use crate::report::fixtures::{at, finding, snippet};
    use crate::rule::RuleSet;

    fn second(path: &str, line: &str) -> String {
        let rules = RuleSet::builtin();
        let location: Location = at(path.as_bytes(), 1, 1, 40);
        let mut f = finding(&rules, "github-pat", 1, location, snippet(1, &[line], 0, "ghp_…x7"));
        f.state = Some(State::New);
        let steps = steps(&f, rules.rule(f.rule));
        assert_eq!(steps.len(), 3, "{steps:?}");
        assert!(steps[0].starts_with("Revoke it under Settings"), "{steps:?}");
        assert!(steps[2].contains("security log"), "{steps:?}");
        steps[1].clone()
    }

    #[test]
    fn the_line_reads_the_value_in_its_language() {
        for (path, line, call) in [
            ("a/app.py", "GITHUB_TOKEN = \"ghp_…x7\"", "os.environ[\"GITHUB_TOKEN\"]"),
            ("web/app.ts", "  githubToken: 'ghp_…x7',", "process.env.GITHUB_TOKEN"),
            ("main.go", "client.Login(\"ghp_…x7\")", "os.Getenv(\"GITHUB_PAT\")"),
            ("x.sh", "curl -H \"Authorization: token ghp_…x7\"", "\"${GITHUB_PAT:?}\""),
            ("Dockerfile", "ENV api-key=ghp_…x7", "RUN --mount=type=secret,id=API_KEY"),
        ] {
            assert_eq!(second(path, line), format!("Read it from elsewhere: {call}"), "{path}");
        }
        let plain = "Take it out; what needs it reads it from the environment: GITHUB_PAT";
        assert_eq!(second("notes", "ghp_…x7"), plain);
        let kept = "Keep the file out of git: `git rm --cached conf/.env`, and name it in .gitignore.";
        assert_eq!(second("conf/.env", "X=ghp_…x7"), kept);
    }

    #[test]
    fn what_is_in_a_commit_is_taken_out_of_that_commit() {
        let rules = RuleSet::builtin();
        let outcome = crate::report::fixtures::change(&rules);
        let steps = steps(&outcome.findings[0], rules.rule(outcome.findings[0].rule));
        let (keep, change) = ("Keep the file out of git: `git rm --cached config/live.env`", "`git rebase -i`).");
        assert!(steps[1].starts_with(keep) && steps[1].ends_with(change), "{steps:?}");
    }

    #[test]
    fn an_exception_can_be_asked_for_wherever_it_stands() {
        let rules = RuleSet::builtin();
        let mut f = finding(&rules, "github-pat", 1, at(b"a.py", 1, 1, 4), snippet(1, &["x = …"], 0, "…"));
        let id = f.id.as_str().to_owned();
        assert_eq!(ask(&f, "github-pat"), format!("leaktight allow {id} --reason 'WHY'"));
        f.state = Some(State::RemovedAgain);
        assert_eq!(ask(&f, "github-pat"), format!("leaktight allow {id} --rule github-pat --path=a.py --reason 'WHY'"));
        // What a shell would take for something else is not there to be copied.
        f.location = at(b"$(id).py", 1, 1, 4);
        assert_eq!(ask(&f, "github-pat"), format!("leaktight allow {id} --from REPORT.json --reason 'WHY'"));
    }

    #[test]
    fn sentences_end_where_the_next_one_begins() {
        assert_eq!(
            sentences("Go to npmjs.com now. Put it in .npmrc. Done"),
            ["Go to npmjs.com now.", "Put it in .npmrc.", "Done"]
        );
        assert_eq!(sentences(""), Vec::<&str>::new());
    }

    #[test]
    fn every_rule_has_a_first_step() {
        let rules = RuleSet::builtin();
        for (id, rule) in rules.iter() {
            let f = finding(&rules, &rule.id, 1, at(b"a.py", 1, 1, 4), snippet(1, &["x = …"], 0, "…"));
            assert_eq!(f.rule, id);
            assert!(!steps(&f, rule).is_empty(), "{}", rule.id);
        }
    }
}
