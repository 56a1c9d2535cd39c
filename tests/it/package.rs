//! The crate as it is packaged: everything that its sources and their tests read is in it.

use std::path::{Component, Path, PathBuf};

/// Folders and files of the package, from the manifest.
fn included() -> Vec<PathBuf> {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("a manifest");
    let list = manifest["package"]["include"].as_array().expect("a list");
    list.iter().map(|p| PathBuf::from(p.as_str().expect("a path").trim_start_matches('/'))).collect()
}

fn sources(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { sources(&path, all) } else { all.push(path) }
    }
}

/// The path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut out, part| {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            part => out.push(part),
        }
        out
    })
}

/// Files that a source names: `include_str!("...")`, `#[path = "..."]`, and what lies in the folder of the manifest.
fn named(source: &Path, text: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let folder = source.parent().expect("a folder");
    for (sign, from) in [
        ("include_str!(\"", folder),
        ("include_bytes!(\"", folder),
        ("#[path = \"", folder),
        ("env!(\"CARGO_MANIFEST_DIR\"), \"/", Path::new("")),
    ] {
        for rest in text.split(sign).skip(1) {
            all.push(plain(&from.join(rest.split('"').next().unwrap_or_default())));
        }
    }
    all
}

#[test]
fn everything_that_the_sources_read_is_in_the_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let included = included();
    let mut all = vec![root.join("build.rs")];
    sources(&root.join("src"), &mut all);
    let mut read = 0;
    for source in all.iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        let relative = source.strip_prefix(root).expect("below the root");
        for file in named(relative, &std::fs::read_to_string(source).expect("source text")) {
            read += 1;
            assert!(root.join(&file).is_file(), "{}: {} is missing", relative.display(), file.display());
            let packaged = included.iter().any(|i| file.starts_with(i));
            assert!(packaged, "{} reads {}, which is not in the package", relative.display(), file.display());
        }
    }
    assert!(read >= 7, "only {read} files were found to be read");
}
