//! What pre-commit and pip are given: in step with the program, and calling commands that exist.

use crate::hooks::world::World;

fn file(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn the_mirror_installs_this_version() {
    let pin = format!("dependencies = [\"leaktight=={}\"]", env!("CARGO_PKG_VERSION"));
    assert!(file("packaging/pre-commit-mirror/pyproject.toml").contains(&pin), "run packaging/pre-commit-mirror/bump");
    let place = "packaging/pre-commit-mirror/README.md";
    assert!(file(place).contains(&format!("rev: v{}\n", env!("CARGO_PKG_VERSION"))), "{place}");
}

#[test]
fn the_mirror_follows_to_another_version() {
    let world = World::new();
    for name in ["pyproject.toml", "README.md"] {
        world.file(&format!("mirror/{name}"), &file(&format!("packaging/pre-commit-mirror/{name}")));
    }
    world.script("mirror/bump", &file("packaging/pre-commit-mirror/bump"));
    let bump = world.path("mirror/bump");
    world.run(&bump, "", &["10.2.3"], "").fine();
    let text = world.text("mirror/pyproject.toml");
    assert!(text.contains("\nversion = \"10.2.3\"\n") && text.contains("[\"leaktight==10.2.3\"]"), "{text}");
    assert!(world.text("mirror/README.md").contains("rev: v10.2.3\n"));
    let done = world.all("mirror");
    for wrong in ["", "v1.2.3", "1.2", "1.2.3/x", "1.2.3\nx", "$(id)"] {
        assert_eq!(world.run(&bump, "", &[wrong], "").code, Some(2), "{wrong}");
    }
    assert_eq!(world.all("mirror"), done);
}

#[test]
fn the_sample_of_the_readme_names_every_hook_and_two_placeholders() {
    let readme = file("README.md");
    let sample = readme.split("```yaml\n# .pre-commit-config.yaml").nth(1).and_then(|t| t.split("```").next());
    let sample = sample.expect("a sample for pre-commit");
    let value = |key: &str| sample.lines().find_map(|l| l.trim().trim_start_matches("- ").strip_prefix(key));
    assert_eq!((value("repo: "), value("rev: ")), (Some("URL-OF-THIS-REPOSITORY"), Some("COMMIT-OF-A-RELEASE")));
    let ids = |text: &str| -> Vec<String> {
        let ids = text.lines().filter_map(|l| l.trim().strip_prefix("- id: "));
        ids.map(|id| id.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(ids(sample), ids(&file(".pre-commit-hooks.yaml")));
}

#[test]
fn only_a_call_by_name_runs_the_hook_for_whole_files() {
    let manifest = file(".pre-commit-hooks.yaml");
    let whole = manifest.split("- id: ").find(|h| h.starts_with("leaktight-files\n")).expect("the hook");
    assert!(whole.contains("\n  stages: [manual]\n"), "{whole}");
    // After `--` the name of a file is no flag.
    assert!(whole.contains("\n  entry: leaktight hook files --no-progress --\n"), "{whole}");
}

#[test]
fn both_manifests_call_commands_that_exist() {
    let world = World::new();
    let (own, mirror) = (file(".pre-commit-hooks.yaml"), file("packaging/pre-commit-mirror/.pre-commit-hooks.yaml"));
    let hooks = |text: &str| -> Vec<String> {
        text.lines().filter(|l| !l.starts_with('#') && !l.contains("language:")).map(str::to_owned).collect()
    };
    assert_eq!(hooks(&own), hooks(&mirror), "the two manifests differ in more than the language");
    let entries: Vec<&str> = own.lines().filter_map(|l| l.trim().strip_prefix("entry: leaktight ")).collect();
    assert_eq!(entries.len(), own.lines().filter(|l| l.starts_with("- id: ")).count());
    for entry in entries {
        let args: Vec<&str> = entry.split(' ').filter(|a| *a != "--").chain(["--help"]).collect();
        let said = world.run(&world.program, "", &args, "").fine();
        assert!(said.contains("Usage: leaktight"), "{entry}: {said}");
    }
}
