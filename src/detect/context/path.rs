//! Tables of paths: tests, documents, vendored packages, lock files, languages, configuration of production.
//!
//! In: a path. Out: the reasons that hold for every value in its file ([`roles`]), and what its extension says. It knows
//! conventions, never a list of projects. Reads the path only.

use crate::detect::around::PRODUCTION;
use crate::finding::evidence::Reason;

/// Directories and parts of file names of tests and examples; whole words.
pub(super) const TEST: &[&[u8]] = &[
    b"androidtest",
    b"benchmark",
    b"benchmarks",
    b"cassette",
    b"cassettes",
    b"conftest",
    b"cypress",
    b"demo",
    b"demos",
    b"e2e",
    b"cy",
    b"example",
    b"examples",
    b"fixture",
    b"fixtures",
    b"mock",
    b"mocks",
    b"sample",
    b"samples",
    b"spec",
    b"specs",
    b"test",
    b"testdata",
    b"testing",
    b"tests",
    b"testutil",
    b"testutils",
    b"__tests__",
    b"stories",
    b"storybook",
    b"stub",
    b"stubs",
    b"playground",
    b"testcase",
    b"testcases",
    b"unittest",
    b"unittests",
    b"vcr",
];
const DOCS: &[&[u8]] =
    &[b"doc", b"docs", b"documentation", b"guide", b"guides", b"man", b"tutorial", b"tutorials", b"website"];
const VENDOR: &[&[u8]] = &[
    b"bower_components",
    b"node_modules",
    b".venv",
    b"venv",
    b"virtualenv",
    b"dist-packages",
    b"jspm_packages",
    b"pods",
    b"carthage",
    b"third_party",
    b"third-party",
    b"3rdparty",
    b"thirdparty",
    b"vendor",
    b"vendored",
    b"godeps",
    b"site-packages",
];
pub(super) const LOCK: &[&[u8]] = &[
    b"cargo.lock",
    b"composer.lock",
    b"flake.lock",
    b"gemfile.lock",
    b"go.sum",
    b"go.mod",
    b"npm-shrinkwrap.json",
    b"package-lock.json",
    b"packages.lock.json",
    b"pdm.lock",
    b"pipfile.lock",
    b"pnpm-lock.yaml",
    b"podfile.lock",
    b"poetry.lock",
    b"pubspec.lock",
    b"uv.lock",
    b"yarn.lock",
    b"bun.lock",
    b"deno.lock",
    b"package.resolved",
    b"cartfile.resolved",
    b"gradle.lockfile",
    b"conan.lock",
    b"chart.lock",
    b".terraform.lock.hcl",
    b"manifest.lock",
    b"paket.lock",
    b"pixi.lock",
    b"rebar.lock",
    b"shard.lock",
    b".cargo-checksum.json",
    b"mix.lock",
];
/// Languages in which a text needs quotes.
pub(super) const SOURCE: &[&[u8]] = &[
    b"as",
    b"c",
    b"cc",
    b"clj",
    b"cpp",
    b"cs",
    b"cxx",
    b"d",
    b"dart",
    b"erl",
    b"ex",
    b"exs",
    b"fs",
    b"go",
    b"groovy",
    b"h",
    b"hpp",
    b"hs",
    b"hx",
    b"java",
    b"js",
    b"jsx",
    b"jl",
    b"kt",
    b"kts",
    b"lua",
    b"m",
    b"mjs",
    b"cjs",
    b"mm",
    b"ml",
    b"php",
    b"pl",
    b"pm",
    b"ps1",
    b"py",
    b"pyi",
    b"r",
    b"rb",
    b"rs",
    b"scala",
    b"sol",
    b"svelte",
    b"swift",
    b"tl",
    b"ts",
    b"tsx",
    b"vb",
    b"vue",
    b"zig",
    b"graphql",
    b"proto",
    b"erb",
    b"j2",
    b"tpl",
    b"coffee",
    b"gql",
    b"gradle",
    b"bicep",
    b"cshtml",
    b"razor",
    b"twig",
    b"pug",
    b"hbs",
    b"nix",
    b"jsonnet",
    b"libsonnet",
    b"cue",
    b"rego",
    b"mts",
    b"cts",
];
/// Formats of documentation. Text, HTML, office files and mail hold anything, in a folder of documentation as well.
pub(super) const PAGE: &[&[u8]] =
    &[b"adoc", b"asciidoc", b"markdown", b"md", b"mdx", b"pod", b"rdoc", b"rmd", b"rst", b"tex", b"texi"];
const NO_PAGE: &[&[u8]] = &[
    b"txt", b"htm", b"html", b"doc", b"docx", b"odt", b"pdf", b"ppt", b"pptx", b"rtf", b"xls", b"xlsx", b"eml",
    b"mbox", b"msg",
];
/// Files that tell a coding agent what to do, which are used as they are; parts of paths.
const AGENTS: &[&[u8]] = &[
    b"claude.md",
    b"skill.md",
    b"memory.md",
    b"claude.local.md",
    b"agents.md",
    b"gemini.md",
    b"copilot-instructions.md",
    b".claude",
    b".cursor",
    b".codex",
    b".gemini",
    b".windsurf",
    b".clinerules",
    b".cursorrules",
];
/// Languages in which an indented comment is an example of the documentation.
pub(super) const HASH_DOCS: &[&[u8]] =
    &[b"cr", b"ex", b"exs", b"gemspec", b"jl", b"pl", b"pm", b"py", b"r", b"rake", b"rb", b"ru"];
/// What `path`, in small letters `lower`, says of every value in its file.
pub(super) fn roles(path: &[u8], lower: &[u8]) -> Vec<Reason> {
    let (name, extension) = name_of(lower);
    let mut roles = Roles::default();
    let mut agents = false;
    // `.github/workflows/test.yml` runs tests, and has the credentials that they need.
    let workflow = lower.starts_with(b".github/workflows/") || lower.starts_with(b".gitlab/");
    let parts = lower.split(|b| *b == b'/').count();
    for (at, part) in lower.split(|b| *b == b'/').enumerate() {
        let folder = at + 1 < parts;
        roles.vendor |= VENDOR.contains(&part);
        agents |= AGENTS.contains(&part);
        // Perl, and git: `t/t0300-credentials.sh`.
        roles.test |= part == b"t";
        for word in part.split(|b| matches!(b, b'.' | b'-' | b'_')).chain([part]) {
            roles.test |= TEST.contains(&word) && (folder || !workflow);
            // `src/docs.py` is code about documentation.
            roles.docs |= DOCS.contains(&word) && folder;
        }
    }
    // `UserServiceTest.java`, `client_tests.rs`: camel case loses its humps above.
    let stem = path.rsplit(|b| *b == b'/').next().unwrap_or(&[]);
    let stem = stem.split(|b| *b == b'.').next().unwrap_or(&[]);
    roles.test |= [&b"Test"[..], b"Tests", b"Spec", b"Mock", b"IT"].iter().any(|w| stem.ends_with(w))
        || stem.starts_with(b"Test")
        || camel_test(path);
    // Behaviour-driven tests, and templates of configuration: `.env.dist`, `.env.template`.
    roles.test |= extension == b"feature" || extension == b"dist";
    roles.test |= name.starts_with(b".env") && [&b"template"[..], b"tmpl", b"tpl", b"defaults"].contains(&extension);
    // Names without an ending are text that is shown with the repository.
    roles.docs |= matches!(name, b"readme" | b"changelog" | b"contributing");
    roles.docs |= PAGE.contains(&extension) || is_manual(name, extension);
    roles.docs &= !NO_PAGE.contains(&extension) && !agents;
    let production = !roles.test && !roles.docs && !roles.vendor && is_production(lower);
    let minified = name.windows(5).any(|w| w == b".min.")
        || name.ends_with(b".map")
        || name.windows(8).any(|w| w == b".bundle.")
        || name.windows(5).any(|w| w == b".gen.")
        || name.windows(4).any(|w| w == b".pb.");
    let mut out = Vec::new();
    for (holds, reason) in [
        (roles.test, Reason::TestPath),
        (roles.docs, Reason::DocsPath),
        (roles.vendor, Reason::VendoredPath),
        (LOCK.contains(&name), Reason::LockFile),
        (minified, Reason::GeneratedFile),
        (production, Reason::ProductionFile),
    ] {
        if holds {
            out.push(reason);
        }
    }
    out
}

/// File name and extension of a path in small letters; a name without a dot is its own extension (`dockerfile`).
pub(super) fn name_of(lower: &[u8]) -> (&[u8], &[u8]) {
    let name = lower.rsplit(|b| *b == b'/').next().unwrap_or(&[]);
    let extension = name.iter().rposition(|b| *b == b'.').and_then(|i| name.get(i + 1..)).unwrap_or(name);
    (name, extension)
}

#[derive(Default)]
struct Roles {
    test: bool,
    docs: bool,
    vendor: bool,
}

/// A page of a manual: `shop.1`, `shop.3pm`.
fn is_manual(name: &[u8], section: &[u8]) -> bool {
    let digits = section.first().is_some_and(|b| (b'1'..=b'9').contains(b));
    let plain = name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let stem = &name[..name.len() - section.len()];
    digits
        && plain
        && matches!(section, [_] | [_, b'a'..=b'z'] | [_, b'p', b'm'])
        && stem.iter().any(u8::is_ascii_alphabetic)
}

/// A configuration of production by its name or profile: `application-prod.yml`, `.env.production`, `deploy/prod/app.env`.
fn is_production(lower: &[u8]) -> bool {
    let (name, extension) = name_of(lower);
    let word = |part: &[u8]| part.split(|b| !b.is_ascii_alphanumeric()).any(|w| PRODUCTION.contains(&w));
    let env = name.starts_with(b".env") || extension == b"env";
    (CONFIGURATION.contains(&extension) || env) && word(lower)
}

/// Formats of configuration.
const CONFIGURATION: &[&[u8]] = &[
    b"cfg",
    b"cnf",
    b"conf",
    b"config",
    b"env",
    b"hcl",
    b"ini",
    b"json",
    b"plist",
    b"properties",
    b"production",
    b"prod",
    b"tf",
    b"tfvars",
    b"toml",
    b"xml",
    b"yaml",
    b"yml",
];

/// A directory such as `Shared.Tests` or `UnitTests`.
fn camel_test(path: &[u8]) -> bool {
    path.split(|b| matches!(b, b'/' | b'.'))
        .any(|part| [&b"Tests"[..], b"Test", b"Mocks", b"Fixtures"].iter().any(|w| part.ends_with(w)))
}
