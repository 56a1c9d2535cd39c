//! A hostile pull request in many variants: none passes, and nothing that is printed holds the secret or drives a terminal,
//! a workflow or a page.

use crate::change::Ask;
use crate::change::repo::{Repo, filler, utf16};
use crate::harness::{command, token};

/// A variant: what the request does with the token on the branch `work`, and the exit code.
struct Variant {
    name: &'static str,
    make: fn(&Repo, &str),
    code: i32,
}

const fn caught(name: &'static str, make: fn(&Repo, &str)) -> Variant {
    Variant { name, make, code: 1 }
}

/// A line with the token.
fn set(token: &str) -> String {
    format!("API_TOKEN={token}\n")
}

/// The token in `x.env`, with another file of the request.
fn beside(r: &Repo, token: &str, path: &str, content: impl AsRef<[u8]>) {
    r.put("x.env", set(token));
    r.commit_file(path, content);
}

/// The id that the finding has.
fn id_of(token: &str) -> String {
    let r = Repo::new(&[]);
    r.stage("x.env", set(token));
    let said = r.ask(&Ask::new(&["staged"]));
    said.json["findings"][0]["id"].as_str().expect("an id").to_owned()
}

fn entry(token: &str, path: &str) -> String {
    format!("id = \"{}\"\nrule = \"github-pat\"\npath = \"{path}\"\nreason = \"known and harmless\"\n", id_of(token))
}

/// Puts a blob at a path that git itself would refuse to stage.
fn tree_with(r: &Repo, entries: &[(&str, &[u8], &str)]) {
    let mut tree = Vec::new();
    for (mode, name, id) in entries {
        tree.extend_from_slice(mode.as_bytes());
        tree.push(b' ');
        tree.extend_from_slice(name);
        tree.push(0);
        tree.extend((0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16).unwrap()));
    }
    let tree = r.fed(&["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], &tree);
    let commit = r.git(&["commit-tree", &tree, "-p", "work", "-m", "by hand"]);
    r.git(&["update-ref", "refs/heads/work", &commit]);
}

fn blob(r: &Repo, content: impl AsRef<[u8]>) -> String {
    r.fed(&["hash-object", "-w", "--stdin"], content.as_ref())
}

const VARIANTS: &[Variant] = &[
    caught("its configuration skips the family", |r, t| {
        beside(r, t, "leaktight.toml", "[rules]\nskip = [\"credential\"]\n");
    }),
    caught("its configuration lets nothing fail", |r, t| {
        beside(r, t, "leaktight.toml", "[gate]\nfail-on = \"never\"\nconfidence = \"proven\"\n");
    }),
    caught("its configuration has a secret where it is cut", |r, t| {
        let path = format!("{} {t}", "a".repeat(58));
        let gap = format!("[[gap]]\nkind = \"archive\"\npath = \"{path}\"\nreason = \"it is known\"\n");
        beside(r, t, "leaktight.toml", gap);
    }),
    caught("its configuration obeys comments", |r, t| {
        r.put("leaktight.toml", "[policy]\ncomments = true\n");
        r.commit_file("x.env", format!("{} # leaktight: allow(github-pat) known\n", set(t).trim_end()));
    }),
    caught("its configuration brings a rule of the same name", |r, t| {
        let rule = "[[rule]]\nid = \"github-pat\"\nname = \"x\"\nseverity = \"info\"\npattern = '(?<secret>never)'\n";
        r.put("rules/ours.toml", rule);
        beside(r, t, "leaktight.toml", "[rules]\nfiles = [\"rules/ours.toml\"]\n");
    }),
    caught("its configuration is broken", |r, t| beside(r, t, "leaktight.toml", "[[[\n")),
    caught("its configuration is a link", |r, t| {
        let id = blob(r, "/dev/zero");
        r.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{id},leaktight.toml")]);
        r.git(&["commit", "-q", "-m", "link"]);
        r.git(&["reset", "-q", "--hard"]);
        r.commit_file("x.env", set(t));
    }),
    caught("it accepts its own secret", |r, t| {
        beside(r, t, ".leaktight/allow.toml", format!("[[allow]]\n{}", entry(t, "x.env")));
    }),
    caught("it accepts its own secret in a file of the folder", |r, t| {
        beside(r, t, ".leaktight/allow/one.toml", format!("[[allow]]\n{}", entry(t, "x.env")));
    }),
    caught("a baseline with a wide pattern", |r, t| {
        let known = format!("known = [ {{ id = \"{}\", rule = \"github-pat\", path = \"**\" }} ]\n", id_of(t));
        beside(r, t, ".leaktight/baseline.toml", known);
    }),
    caught("another salt", |r, t| beside(r, t, ".leaktight/salt", "0".repeat(64))),
    caught("a comment that allows it", |r, t| {
        r.commit_file("x.env", format!("# leaktight: allow(github-pat) a test value\n{}", set(t)));
    }),
    caught("comments of every other scanner", |r, t| {
        let marks = "gitleaks:allow trufflehog:ignore pragma: allowlist secret ggignore nosec noqa kingfisher:ignore";
        r.commit_file("x.env", format!("# pragma: allowlist nextline secret\n{} # {marks}\n", set(t).trim_end()));
    }),
    caught("ignore files of other scanners", |r, t| {
        r.put(".gitleaksignore", "x.env:github-pat:1\n");
        r.put(".gitleaks.toml", "[allowlist]\npaths = ['''.*''']\n");
        beside(r, t, ".secrets.baseline", "{}");
    }),
    caught("attributes", |r, t| {
        let all = "* -diff binary -text linguist-generated linguist-vendored export-ignore filter=x merge=ours\n";
        beside(r, t, ".gitattributes", all);
    }),
    caught("ignored and forced", |r, t| {
        for name in [".gitignore", ".ignore", ".rgignore", ".leaktightignore"] {
            r.put(name, "*\n");
        }
        r.put("x.env", set(t));
        r.git(&["add", "-f", "."]);
        r.commit("x");
    }),
    caught("a path called test", |r, t| {
        r.commit_file("tests/fixtures/examples/mock_sample_spec.py", format!("TOKEN = \"{t}\"\n"));
    }),
    caught("vendored, in a folder of documents", |r, t| {
        r.commit_file("vendor/node_modules/docs/README.md", format!("Use `{t}`.\n"));
    }),
    caught("a lock file", |r, t| {
        let text = format!("{{\"lockfileVersion\": 3, \"resolved\": \"https://x:{t}@github.com/a/b.git\"}}\n");
        r.commit_file("package-lock.json", text);
    }),
    caught("a minified file of one line", |r, t| {
        let code = "function a(b){return b+1};".repeat(8000);
        r.commit_file("dist/app.min.js", format!("/* @generated */{code}var k=\"{t}\";{code}"));
    }),
    caught("example words beside it", |r, t| {
        r.commit_file("x.env", format!("# EXAMPLE dummy placeholder, not a real token, changeme\nEXAMPLE_{}", set(t)));
    }),
    caught("a file named like a workflow command", |r, t| {
        r.commit_file("::error file=a::stopped", set(t));
        r.commit_file("%0A::set-output name=x::y", set(t));
    }),
    caught("escapes and marks of direction in a name", |r, t| {
        r.commit_file("\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}txt.\u{200b}env", set(t));
    }),
    caught("a line end in a name", |r, t| {
        r.commit_file("a\n::add-mask::b\r\nc", set(t));
    }),
    caught("Markdown and HTML in a name", |r, t| {
        r.commit_file("<img src=x onerror=alert(1)>|`[a](http:x)`.env", set(t));
    }),
    caught("a merge", |r, t| {
        r.git(&["checkout", "-q", "-b", "side"]);
        r.commit_file("s.txt", "s\n");
        r.git(&["checkout", "-q", "work"]);
        r.commit_file("w.txt", "w\n");
        r.git(&["merge", "-q", "--no-commit", "side"]);
        r.commit_file("s.txt", set(t));
    }),
    caught("a merge with an old commit of the base, which brings back what was removed", |r, t| {
        r.git(&["checkout", "-q", "main"]);
        let old = r.commit_file("x.env", set(t));
        r.commit_file("x.env", "removed\n");
        r.git(&["checkout", "-q", "work"]);
        r.git(&["merge", "-q", "--no-edit", "main"]);
        r.commit_file("w.txt", "w\n");
        let tree = r.git(&["rev-parse", &format!("{old}^{{tree}}")]);
        let merge = r.git(&["commit-tree", &tree, "-p", "work", "-p", &old, "-m", "merge"]);
        r.git(&["update-ref", "refs/heads/work", &merge]);
    }),
    caught("a message", |r, t| {
        r.git(&["commit", "-q", "--allow-empty", "-m", &format!("x\u{1b}[8m\n\n::error::{t}")]);
    }),
    caught("a name and a mail", |r, t| {
        r.git(&["commit", "-q", "--allow-empty", "-m", "x", "--author", &format!("A <{t}@example.org>")]);
    }),
    caught("a file that is deleted again", |r, t| {
        r.commit_file("x.env", set(t));
        r.git(&["rm", "-q", "x.env"]);
        r.commit("gone");
    }),
    caught("a branch that is merged and thrown away", |r, t| {
        r.git(&["checkout", "-q", "-b", "side"]);
        r.commit_file("x.env", set(t));
        r.git(&["checkout", "-q", "work"]);
        r.git(&["merge", "-q", "--no-ff", "--no-edit", "-s", "ours", "side"]);
    }),
    caught("the target of a link", |r, t| {
        let id = blob(r, t);
        r.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{id},l")]);
        r.git(&["commit", "-q", "-m", "link"]);
    }),
    caught("behind a NUL", |r, t| {
        r.commit_file("x.bin", format!("GIF89a\0\0\0{}", set(t)));
    }),
    caught("UTF-16 with its mark", |r, t| {
        r.commit_file("x.ps1", utf16(&set(t)));
    }),
    caught("UTF-16 without, big end first", |r, t| {
        r.commit_file("x.ps1", set(t).encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    }),
    caught("base64", |r, t| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(format!("{{\"token\": \"{t}\"}}"));
        r.commit_file("x.yaml", format!("data: {text}\n"));
    }),
    caught("carriage returns only", |r, t| {
        r.commit_file("x.env", format!("a=1\rb=2\r{}\rc=3\r", set(t).trim_end()));
    }),
    caught("letters of another script beside it", |r, t| {
        r.commit_file("x.env", format!("ключ=\u{fe0f}{t}\u{3164}é\n"));
    }),
    caught("far inside of a large file", |r, t| {
        r.commit_file("x.txt", format!("{}{}{}", filler(60_000), set(t), filler(60_000)));
    }),
    caught("a tree with one name twice", |r, t| {
        let (clean, dirty) = (blob(r, "clean\n"), blob(r, set(t)));
        tree_with(r, &[("100644", b"x.env", &clean), ("100644", b"x.env", &dirty)]);
    }),
    caught("a tree with names and modes that git refuses", |r, t| {
        let dirty = blob(r, set(t));
        tree_with(r, &[("0", b"..", &dirty), ("100600", b".git", &dirty), ("777777", b"a/b", &dirty)]);
    }),
    caught("a name that is no UTF-8", |r, t| {
        let dirty = blob(r, set(t));
        tree_with(r, &[("100644", b"x\xff\xfe.env", &dirty)]);
    }),
    caught("folders three hundred deep", |r, t| {
        r.commit_file(&format!("{}x.env", "d/".repeat(300)), set(t));
    }),
    caught("moved around until the last commit takes it away", |r, t| {
        r.commit_file("a", set(t));
        r.git(&["mv", "a", "b"]);
        r.commit("b");
        r.git(&["mv", "b", "c"]);
        r.commit("c");
        r.git(&["rm", "-q", "c"]);
        r.commit("gone");
    }),
    caught("on the line of a secret that was there", |r, t| {
        r.commit_file("known.env", format!("{} {t}\n", set(&token(900)).trim_end()));
    }),
    caught("a pointer of Git LFS with more behind it", |r, t| {
        let oid = "a".repeat(64);
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 4\n{t}\n");
        r.commit_file("big.bin", text);
    }),
    Variant {
        name: "a submodule",
        make: |r, t| {
            let id = r.commit_file("x.txt", "x\n");
            assert_eq!(t.len(), 40);
            r.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},lib")]);
            r.git(&["commit", "-q", "-m", "link"]);
        },
        code: 3,
    },
    Variant {
        name: "an archive",
        make: |r, _| {
            r.commit_file("x.zip", b"PK\x03\x04\x14\0\0\0\x08\0rest of an archive that is not opened");
        },
        code: 3,
    },
    Variant {
        name: "compressed",
        make: |r, _| {
            r.commit_file("x.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03rest of a stream that is not opened");
        },
        code: 3,
    },
];

/// Whether a terminal, a workflow or a page would take something in it for a command.
fn drives(text: &str, page: bool) -> Option<String> {
    let unsafe_char = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(c) = text.chars().find(|c| unsafe_char(*c)) {
        return Some(format!("{c:?}"));
    }
    let commands = text.lines().find(|l| l.trim_start().starts_with("::")).map(str::to_owned);
    commands.or_else(|| (page && text.contains("<img")).then(|| "a tag".to_owned()))
}

#[test]
fn no_hostile_request_passes_or_speaks() {
    assert!(VARIANTS.len() >= 35, "{}", VARIANTS.len());
    let failures = std::sync::Mutex::new(Vec::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(variant) = VARIANTS.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if let Err(why) = one(variant) {
                        failures.lock().unwrap().push(format!("{}: {why}", variant.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), VARIANTS.len(), failures.join("\n"));
}

fn one(variant: &Variant) -> Result<(), String> {
    let r = Repo::new(&[]);
    r.commit_file("known.env", set(&token(900)));
    r.git(&["checkout", "-q", "-b", "work"]);
    let secret = token(77);
    (variant.make)(&r, &secret);
    for format in ["human", "json", "jsonl", "sarif"] {
        let mut run = command(&r.path("r"));
        run.args(["range", "main..work", "--format", format]);
        // The formats for platforms come in the same run.
        let files = if format == "json" { ["junit", "gitlab", "codequality"].as_slice() } else { &[] };
        run.args(files.iter().flat_map(|name| ["-o".to_owned(), format!("{name}={}", r.path(name).display())]));
        let out = run.output().expect("leaktight runs");
        let mut said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        for name in files {
            said += &std::fs::read_to_string(r.path(name)).map_err(|e| format!("{name}: {e}"))?;
        }
        if out.status.code() != Some(variant.code) {
            return Err(format!("{format} ends with {:?} and not {}\n{said}", out.status.code(), variant.code));
        }
        for part in [&secret[..], &secret[4..24], &secret[24..]] {
            if said.contains(part) {
                return Err(format!("{format} shows the secret"));
            }
        }
        if let Some(what) = drives(&said, false) {
            return Err(format!("{format} prints {what}"));
        }
    }
    Ok(())
}
