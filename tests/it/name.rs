//! The product has one name. Its former one belongs to another scanner, which package indexes would install.

use std::path::{Path, PathBuf};

/// The former name, put together here so that this file passes its own test.
const FORMER: &str = concat!("leak", "gate");

#[test]
fn the_former_name_is_left_nowhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, &mut files);
    assert!(files.len() > 200, "{} files", files.len());
    let names = |path: &PathBuf| {
        let shown = path.strip_prefix(root).expect("below the root").to_string_lossy().to_lowercase();
        let content = std::fs::read(path).expect("a file");
        shown.contains(FORMER) || String::from_utf8_lossy(&content).to_lowercase().contains(FORMER)
    };
    let left: Vec<&PathBuf> = files.iter().filter(|path| names(path)).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Every file of the tree; what is built and what git keeps is not ours.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some(".git" | "target") => {}
            _ if path.is_symlink() => {}
            _ if path.is_dir() => collect(&path, files),
            _ => files.push(path),
        }
    }
}
