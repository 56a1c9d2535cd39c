use super::*;
use crate::detect::{Detector, Input};
use crate::example::expand;
use crate::rule::RuleSet;

fn reasons(path: &str) -> Vec<Reason> {
    Context::new(path.as_bytes()).roles
}

#[test]
fn roles_of_paths() {
    for path in [
        "tests/login.py",
        "src/UserServiceTest.java",
        "src/Core.Tests/Uri.cs",
        "spec/cassettes/a.yml",
        "a_test.go",
        "app/x.spec.ts",
    ] {
        assert_eq!(reasons(path), [Reason::TestPath], "{path}");
    }
    for path in ["README", "README.md", "docs/setup.yml", "guide/start.adoc"] {
        assert_eq!(reasons(path), [Reason::DocsPath], "{path}");
    }
    assert_eq!(reasons("vendor/a/b.go"), [Reason::VendoredPath]);
    for path in ["config/prod.yml", ".env.production", "deploy/prd/app.env", "values-prod.yaml", "deploy/live/.env"] {
        assert_eq!(reasons(path), [Reason::ProductionFile], "{path}");
    }
    assert_eq!(reasons("web/package-lock.json"), [Reason::LockFile]);
    assert_eq!(reasons("web/app.min.js"), [Reason::GeneratedFile]);
    for path in ["src/main.rs", "contest/latest.go", "", "/", "a.", ".env", "src/attestation.py"] {
        assert_eq!(reasons(path), [], "{path}");
    }
}

#[test]
fn only_assignments_hear_of_source_code() {
    let bare = [Evidence::new(Reason::NamePassword), Evidence::new(Reason::Unquoted)];
    let of = |path: &str, evidence: &[Evidence]| -> Vec<Reason> {
        of_assignment(path.as_bytes(), evidence).into_iter().map(|e| e.reason).collect()
    };
    assert_eq!(of("src/main.py", &bare), [Reason::BareInSource]);
    assert_eq!(of("conf/app.ini", &bare), []);
    assert_eq!(of("src/main.py", &bare[..1]), []);
    assert_eq!(
        of("config/locales/nl.yml", &[Evidence::new(Reason::NamePassword), Evidence::new(Reason::Label)]),
        [Reason::LocaleFile]
    );
    assert_eq!(of("src/main.py", &[Evidence::new(Reason::ProviderShape)]), []);
}

#[test]
fn environments() {
    let of = |path: &str, host: &str| {
        let context = Context::new(path.as_bytes());
        let roles: Vec<Evidence> = context.roles.iter().copied().map(Evidence::new).collect();
        environment(&context.lower, host.as_bytes(), &roles)
    };
    assert_eq!(of("deploy/prod/app.env", ""), Environment::Production);
    assert_eq!(of("app.yml", "db.staging.acme-corp.io"), Environment::Staging);
    assert_eq!(of("tests/app.yml", ""), Environment::Test);
    assert_eq!(of(".env.local", ""), Environment::Development);
    // A workflow that runs tests has the credentials that they need.
    assert_eq!(of(".github/workflows/test.yml", ""), Environment::Unknown);
    assert_eq!(of("ci/run.sh", ""), Environment::Development);
    assert_eq!(of("src/product.rs", "db.acme-corp.io"), Environment::Unknown);
}

/// A password that a person made up, and words: what each is worth where.
const MADE_UP: &str = "Sommer2024!";

/// What the detector finds of `text` in a file of this path: confidence, severity, environment of the worst.
fn assessed(path: &str, text: &str) -> Option<(Confidence, Severity, Environment)> {
    let rules = RuleSet::builtin();
    let found = Detector::new(&rules, 0).candidates(&Input::all(text.as_bytes())).candidates;
    let place = Context::new(path.as_bytes());
    let at_place = found.iter().filter_map(|c| assess(rules.rule(c.rule), &c.evidence, &c.host, Some(&place)));
    at_place.map(|a| (a.confidence, a.severity, a.environment)).max_by_key(|a| (a.0, a.1))
}

#[test]
fn the_same_made_up_password_in_each_kind_of_place() {
    use Environment::{Development, Documentation, Production, Test, Unknown};
    use Severity::{High, Low};
    let plain = format!("password = \"{MADE_UP}\"\n");
    let table: &[(&str, String, Severity, Environment)] = &[
        ("src/settings.py", plain.clone(), High, Unknown),
        ("config/app.yml", format!("password: {MADE_UP}\n"), High, Unknown),
        ("deploy/prod.env", format!("DB_PASSWORD={MADE_UP}\n"), High, Production),
        ("config/dev/app.ini", plain.clone(), High, Development),
        // A commented-out assignment keeps the severity of its file.
        ("src/settings.py", format!("# password = \"{MADE_UP}\"\n"), High, Unknown),
        ("src/Db.java", format!("// password = \"{MADE_UP}\";\n"), High, Unknown),
        ("config/app.yml", format!("#   password: {MADE_UP}\n"), High, Unknown),
        // Tests, by the conventions of their languages.
        ("tests/test_login.py", plain.clone(), Low, Test),
        ("internal/auth_test.go", plain.clone(), Low, Test),
        ("t/t0300-credentials.sh", format!("PASSWORD={MADE_UP}\n"), Low, Test),
        ("spec/login_spec.rb", plain.clone(), Low, Test),
        ("app/src/androidTest/java/L.kt", plain.clone(), Low, Test),
        ("pkg/testdata/users.yml", format!("password: {MADE_UP}\n"), Low, Test),
        ("src/Login.stories.tsx", plain.clone(), Low, Test),
        ("spec/cassettes/login.yml", format!("password: {MADE_UP}\n"), Low, Test),
        ("features/login.feature", format!("with password: \"{MADE_UP}\"\n"), Low, Test),
        ("src/test/java/LoginTest.java", plain.clone(), Low, Test),
        ("Shop.Tests/Login.cs", plain.clone(), Low, Test),
        // Examples.
        (".env.example", format!("DB_PASSWORD={MADE_UP}\n"), Low, Test),
        ("examples/basic/main.py", plain.clone(), Low, Test),
        ("config.sample.yml", format!("password: {MADE_UP}\n"), Low, Test),
        // Documentation.
        ("docs/install.yml", format!("password: {MADE_UP}\n"), Low, Documentation),
        ("README.md", format!("```\npassword = \"{MADE_UP}\"\n```\n"), Low, Documentation),
        ("api.rst", format!("   password='{MADE_UP}'\n"), Low, Documentation),
        ("man/shop.1", format!("password = \"{MADE_UP}\"\n"), Low, Documentation),
        ("src/lib.rs", format!("/// password = \"{MADE_UP}\"\npub fn x() {{}}\n"), Low, Documentation),
        ("src/a.js", format!("/**\n * login({{ password: '{MADE_UP}' }})\n */\n"), Low, Documentation),
        ("src/a.py", format!(">>> login(password='{MADE_UP}')\n"), Low, Documentation),
        ("lib/a.rb", format!("# Logs the user in again.\n#\n#   login(password: '{MADE_UP}')\n"), Low, Documentation),
        // Not documentation, wherever it is.
        ("notes.txt", format!("password: {MADE_UP}\n"), High, Unknown),
        ("docs/access.txt", format!("password: {MADE_UP}\n"), High, Unknown),
        ("page.html", format!("password: \"{MADE_UP}\"\n"), High, Unknown),
        ("src/docs.py", plain.clone(), High, Unknown),
        ("SKILL.md", format!("- db password: {MADE_UP}\n"), High, Unknown),
        ("CLAUDE.md", format!("- db password: {MADE_UP}\n"), High, Unknown),
        ("AGENTS.md", format!("- db password: {MADE_UP}\n"), High, Unknown),
        // Installed packages.
        ("node_modules/x/index.js", plain.clone(), Low, Unknown),
        ("vendor/x/x.go", plain.clone(), Low, Unknown),
        (".venv/lib/x.py", plain.clone(), Low, Unknown),
        // A production host or account beside it lifts it again.
        ("tests/db.yml", format!("host: db.prod.acme-corp.io\npassword: {MADE_UP}\n"), High, Production),
        ("docs/setup.md", format!("user: prod_app\npassword: {MADE_UP}\n"), High, Production),
        ("tests/app.py", format!("postgres://app:{MADE_UP}@db.prod.acme-corp.io/x\n"), High, Production),
    ];
    for (path, text, severity, environment) in table {
        let got = assessed(path, text);
        assert_eq!(got, Some((Confidence::Likely, *severity, *environment)), "{path}: {text}");
    }
    // A generated value keeps its severity everywhere.
    for path in ["src/a.py", "tests/a.py", "docs/a.md", "node_modules/a.js", ".env.example"] {
        let text =
            String::from_utf8(expand("API_TOKEN = '{{base62(32)}}'\n", 5).expect("a template").text).expect("text");
        assert_eq!(assessed(path, &text).map(|a| (a.0, a.1)), Some((Confidence::Likely, High)), "{path}");
    }
}

#[test]
fn words_fail_the_check_in_production_only() {
    for word in ["sunshine", "changeme", "guest", "root", "123456", "asdfghjkl"] {
        let text = format!("spring:\n  datasource:\n    password: {word}\n");
        for path in ["src/main/resources/application-prod.yml", "values-prod.yaml", "deploy/production/app.yml"] {
            let got = assessed(path, &text).map(|a| (a.0, a.1));
            assert_eq!(got, Some((Confidence::Likely, Severity::Medium)), "{word} in {path}");
        }
        for path in ["application.yml", "tests/application-prod.yml", "docs/application-prod.yml"] {
            let got = assessed(path, &text).map(|a| a.0);
            assert!(got < Some(Confidence::Likely), "{word} in {path}");
        }
        let beside = format!("host: db.prod.acme-corp.io\npassword: {word}\n");
        assert_eq!(assessed("app.yml", &beside).map(|a| a.0), Some(Confidence::Likely), "{word} beside");
        let url = format!("url: postgres://app:{word}@db.prod.acme-corp.io/x\n");
        assert_eq!(assessed("app.yml", &url).map(|a| a.0), Some(Confidence::Likely), "{word} in a URL");
        let seed = format!("User.create!(email: 'a@acme-corp.io', password: '{word}')\n");
        if word.chars().all(char::is_alphabetic) && word != "asdfghjkl" {
            assert_eq!(assessed("db/seeds.rb", &seed).map(|a| a.0), Some(Confidence::Likely), "{word} in a seed");
        }
        assert!(assessed("spec/db/seeds.rb", &seed).map(|a| a.0) < Some(Confidence::Likely), "{word} in a test");
    }
    // The name of the service, and that of the user.
    let own = "shopkeeper9";
    for (path, text) in [
        (".github/workflows/ci.yml", "POSTGRES_PASSWORD: postgres\n"),
        ("compose.yml", "MINIO_ROOT_PASSWORD=minioadmin\n"),
        ("config/dev.yml", &format!("username: {own}\npassword: {own}\n")),
    ] {
        assert!(assessed(path, text).map(|a| a.0) < Some(Confidence::Likely), "{text}");
    }
}
