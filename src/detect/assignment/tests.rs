//! One table row a syntax: a template and what must be found in it.

use super::parse;
use crate::detect::argument;
use crate::detect::structure::FAR;
use crate::example;
use crate::finding::evidence;
use crate::rule::{Parser, RuleSet};

/// Texts that the assignment rules find in `text`, with their evidence, each once.
fn found(text: &[u8]) -> Vec<(Vec<u8>, super::Parsed)> {
    let rules = RuleSet::builtin();
    let mut out: Vec<(Vec<u8>, super::Parsed)> = Vec::new();
    for (id, rule) in rules.iter() {
        let by_name = match rule.parser {
            Some(Parser::Assignment) => |text: &[u8], word| parse(text, word, FAR).parsed,
            Some(Parser::Command) => argument::of_command,
            _ => continue,
        };
        let regex = rules.regex(id).expect("a rule's pattern");
        let mut from = 0;
        while let Some(c) = regex.captures_at(text, from) {
            let word = c.name("secret").expect("the group").range();
            from = word.start + 1;
            for parsed in by_name(text, word) {
                if !out.iter().any(|(_, p)| p.secret == parsed.secret) {
                    out.push((text[parsed.secret.clone()].to_vec(), parsed));
                }
            }
        }
    }
    out
}

const V: &str = "{{password()}}";

/// `$` stands for the value.
const LITERAL: &[&str] = &[
    // env, INI, properties, shells
    "DB_PASSWORD=$\n",
    "export DB_PASSWORD='$'\n",
    "DB_PASSWORD=\"$\" ./run.sh\n",
    "[mysql]\npassword = $\n",
    "spring.datasource.password=$\n",
    "password : $   # never rotate\n",
    "docker run -e MYSQL_ROOT_PASSWORD=$ \\\n  mysql\n",
    "set DB_PASSWORD=$\r\n",
    "setx DB_PASSWORD $\r\n",
    "$env:DB_PASSWORD = \"$\"\n",
    // YAML
    "db:\n  password: $\n",
    "db:\n  password: \"$\"\n",
    "db: {user: app, password: '$'}\n",
    "db:\n  password:\n    \"$\"\n",
    "password: |\n  $\nuser: app\n",
    "env:\n  - name: DB_PASSWORD\n    value: $\n",
    "env:\n  - name: DB_PASSWORD\n    value: \"$\"\n",
    "environment:\n  - DB_PASSWORD=$\n",
    "password: ${DB_PASSWORD:$}\n",
    "DB_PASSWORD=${DB_PASSWORD:-$}\n",
    // JSON
    "{\"user\": \"app\", \"password\": \"$\"}",
    "{\"body\": \"{\\\"password\\\":\\\"$\\\",\\\"x\\\":1}\"}",
    "{\"key\": \"password\", \"value\": \"$\"}",
    "{\"password\": {\"type\": \"string\", \"value\": \"$\"}}",
    "{\"passwords\": [\"$\"]}",
    // TOML, HCL
    "[db]\npassword = '$'\n",
    "variable \"db_password\" {\n  type = string\n  default = \"$\"\n}\n",
    "  master_password = \"$\"\n",
    // XML
    "<user name=\"app\" password=\"$\"/>",
    "<password>$</password>",
    "<db:password type=\"clear\">$</db:password>",
    "<password><![CDATA[$]]></password>",
    "<add key=\"DbPassword\" value=\"$\" />",
    "<property name=\"password\" value=\"$\"/>",
    "<entry key=\"db.password\">$</entry>",
    // Dockerfile
    "ENV DB_PASSWORD=$\n",
    "ENV DB_PASSWORD $\n",
    "ARG DB_PASSWORD=$\n",
    // languages
    "password = '$'\n",
    "password: str = \"$\"\n",
    "password: Optional[str] = \"$\"\n",
    "connect(host, password=\"$\", timeout=3)\n",
    "config[\"password\"] = \"$\"\n",
    "os.environ[\"DB_PASSWORD\"] = '$'\n",
    "p = os.getenv(\"DB_PASSWORD\", \"$\")\n",
    "password = os.environ.get('DB_PASSWORD', '$')\n",
    "const password = process.env.DB_PASSWORD || '$';\n",
    "const options = { user: 'app', password: '$' };\n",
    "const password: string = `$`;\n",
    "password := \"$\"\n",
    "var password string = \"$\"\n",
    "const dbPassword = \"$\"\n",
    "private static final String PASSWORD = \"$\";\n",
    "String password = new String(\"$\");\n",
    "dataSource.setPassword(\"$\");\n",
    "builder.password(\"$\").build()\n",
    "props.put(\"password\", \"$\");\n",
    "string password = @\"$\";\n",
    "val password: String = \"$\"\n",
    "let password: &'static str = \"$\";\n",
    "'password' => '$',\n",
    ":password => \"$\",\n",
    "define('DB_PASSWORD', '$');\n",
    "$password = \"$\";\n",
    "#define PASSWORD \"$\"\n",
    "NSString *password = @\"$\";\n",
    "key.setCipherKey(Base64.decode(\"{{base64_bytes(16)}}\"));\n",
    "if password == \"$\":\n",
    "password ||= '$'\n",
    "fill_in 'Password', with: '$'\n",
    // SQL
    "CREATE USER app WITH PASSWORD '$';\n",
    "CREATE USER app IDENTIFIED BY '$';\n",
    "alter user sys identified by $ container=all;\n",
    // commands
    "tool --user app --password $ run\n",
    "tool --password=$ run\n",
    "tool \"--password=$\"\n",
    "sshpass -p $ ssh app@10.0.0.4\n",
    "sshpass -p '$' ssh app@10.0.0.4\n",
    "curl -s -u app:$ https://ci.acme-corp.io/\n",
    "curl --user 'app:$' https://ci.acme-corp.io/\n",
    "mysql -u root -p$ app\n",
    "machine git.acme-corp.io login deploy password $\n",
    "bind 0.0.0.0\nrequirepass $\n",
    "  auth_pass $\n",
    "ConvertTo-SecureString \"$\" -AsPlainText -Force\n",
    "ConvertTo-SecureString -String '$' -AsPlainText\n",
    "var c = new NetworkCredential(\"app\", \"$\");\n",
    "<property name=\"password\"><value>$</value></property>",
    // URLs and connection strings
    "\"host=db user=app password=$ dbname=app\"",
    "\"Server=db;User=sa;Password=$;\"",
    "https://api.acme-corp.io/login?user=app&password={{base62(12)}}&x=1",
    "password={{base62(12)}}&user=app",
    // documents
    "| password | `$` |\n",
    "The password is `$`.\n",
    "password: $\n",
    // other words
    "api_key: \"{{base62(32)}}\"",
    "apiKey='{{hex(32)}}'",
    "AWS_SECRET_ACCESS_KEY={{base64(40)}}",
    "\"client_secret\":\"{{base62(24)}}\"",
    "access_token = '{{base64url(40)}}'",
    "\"tenant_key\": \"{{base62(24)}}\"",
    "passphrase=\"$\"",
    "DB_PASS=$\n",
    "\"pwd\": \"$\"",
    // headers
    "Authorization: Bearer {{base62(40)}}",
    "Authorization:\n  - Bearer {{hex(64)}}\n",
    "headers = {'Authorization': 'Basic {{b64(\"deploy:\" + password())}}'}",
];

#[test]
fn every_syntax_gives_its_value() {
    let mut wrong = Vec::new();
    for (row, template) in LITERAL.iter().enumerate() {
        // `$env`, `${` and `$password` are the syntax's own.
        let mut template = (*template).to_owned();
        for own in ["${", "$env", "$password"] {
            template = template.replace(own, &own.replace('$', "\u{1}"));
        }
        let template = template.replace('$', V).replace('\u{1}', "$");
        for seed in 0..8 {
            let text = example::expand(&template, seed).expect("a template");
            let value = text.text[text.generated[0].clone()].to_vec();
            let values: Vec<_> = found(&text.text).into_iter().map(|(v, _)| v).collect();
            if values != [value] {
                let values: Vec<_> = values.iter().map(|v| String::from_utf8_lossy(v)).collect();
                wrong.push(format!("row {row}: {} gives {values:?}", String::from_utf8_lossy(&text.text)));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const NONE: &[&str] = &[
    "\"hashed_secret\": \"{{hex(40)}}\",",
    "<Reference Include=\"System.Core, Culture=neutral, PublicKeyToken={{hex(16)}}\" />",
    "password = getpass.getpass(\"Password: \")",
    "password = user.password",
    "password: ${DB_PASSWORD}",
    "password: {{ db_password }}",
    "password: <%= ENV['DB_PASSWORD'] %>",
    "password = \"%(db_password)s\"",
    "password=$DB_PASSWORD",
    "PASSWORD=$(cat /run/secrets/db)",
    "PASSWORD=`cat /run/secrets/db`",
    "const password = process.env.DB_PASSWORD;",
    "password = os.environ[\"DB_PASSWORD\"]",
    "password: null",
    "password: ''",
    "password =",
    "password: true",
    "def login(user: str, password: str) -> bool:",
    "function login(user, password) {",
    "if (password.length < 8) {",
    "Enter your password to go on.",
    "The password, as set by the user, is hashed.",
    "<input type=\"password\" name=\"q\">",
    "<input name=\"password\" type=\"password\" class=\"form\">",
    "<password></password>",
    "password: !vault |\n  abc",
    "password: !Ref DbPassword",
    "password: *db_password",
    "echo \"Usage: tool --password PASSWORD_FILE\"  --password\n",
    "tool --password --user app",
    "let token = lexer.next()?;",
    "token := <-tokens",
    "secret: https://vault.acme-corp.io/v1/app",
    "Each user is identified by name.",
    concat!("the directory iden", "tified by 'stem' and named after it"),
    "ok ? \"pass\" : \"unlucky\"",
    "Pass `--force` to go on.",
    "The server sends a Basic challenge or a Bearer one.",
    "Authorization: Bearer ${TOKEN}",
    "Authorization: Bearer <token>",
    "password = f\"{user}-{year}\"",
    "curl -u \"$USER:$PASSWORD\" https://ci.acme-corp.io/",
    "mysql -u root -p < schema.sql",
    "pass:0x40087447",
    "bandpass = \"highpass\"",
    "t.pass(\"tests/ui.rs\");",
    "raw = password.encode(\"latin1\")",
    "password: ENC(abcdefgh)",
    "password = \"env:DB_SECRET\"",
    "\"onepass\" = \"^7.1.2\"",
    "let prompt = \"Password: \" + name;",
    "help: change the password: that ends every session.",
    "a|passwd|kennwort|b",
    "given by the --user and --password options instead of the URL",
    "help = \"Pass verify=\\\"/etc/ca\\\" instead.\"",
    "(?<secret>[0-9a-z]{20})</Pass>",
    "Only these (`dbpass`, `storepass`) count.",
    "password=[\"'](?<value>[0-9A-Z]{16})[\"']",
    "pub password: Range<usize>,",
    "key: value",
    "key = \"user_settings\"",
    "public_key = \"0123456789abcdef0123456789abcdef\"",
];

#[test]
fn what_is_no_literal_gives_nothing() {
    let mut wrong = Vec::new();
    for text in NONE {
        let values: Vec<_> =
            found(text.as_bytes()).into_iter().map(|(v, _)| String::from_utf8_lossy(&v).into_owned()).collect();
        if !values.is_empty() {
            wrong.push(format!("{text} gives {values:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Literals that are no secret: found, and weighed too light to be likely.
const LIGHT: &[&str] = &[
    "password_field = \"user_password\"",
    "token_type = \"bearer\"",
    "secretName: tls-certificates",
    "passwordLabel: \"Please enter your password\"",
    "token_url = \"/oauth/token\"",
    "password = \"password\"",
    "password: changeme",
    "api_key = \"YOUR_API_KEY\"",
    "API_KEY=<your-api-key>",
    "secret: xxxxxxxxxxxxxxxx",
    "csrf_token = \"csrf_token\"",
    "password = \"********\"",
    "\"passwordHint\": \"the name of my dog\"",
    "access_token_name = \"session.token\"",
    concat!("token = \"IDENT", "IFIER\""),
    "secret_key = \"secret_key\"",
];

#[test]
fn literals_that_are_no_secret_are_not_likely() {
    let mut wrong = Vec::new();
    for text in LIGHT {
        for (value, parsed) in found(text.as_bytes()) {
            let confidence = evidence::confidence(&parsed.evidence, false);
            if confidence >= Some(evidence::Confidence::Likely) {
                let why: Vec<_> = parsed.evidence.iter().map(|e| (e.reason, e.weight())).collect();
                wrong.push(format!("{text}: {} {why:?}", String::from_utf8_lossy(&value)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn generated_values_are_likely_in_plain_sight() {
    for template in [
        "DB_PASSWORD={{password()}}\n",
        "password: \"{{password()}}\"\n",
        "api_key = \"{{base62(32)}}\"\n",
        "client_secret: '{{hex(40)}}'\n",
        "ACCESS_TOKEN={{base64url(43)}}\n",
        "Authorization: Bearer {{base62(40)}}\n",
        "sshpass -p {{password()}} ssh app@10.0.0.4\n",
    ] {
        let likely = (0..32)
            .filter(|seed| {
                let text = example::expand(template, *seed).expect("a template").text;
                found(&text)
                    .iter()
                    .any(|(_, p)| evidence::confidence(&p.evidence, false) >= Some(evidence::Confidence::Likely))
            })
            .count();
        assert!(likely >= 31, "{template}: {likely} of 32");
    }
}

#[test]
fn a_list_of_generated_values_is_one_secret() {
    let text = example::expand("{\"tokens\": [\"{{hex(32)}}\", \"{{hex(32)}}\"], \"n\": 1}", 5).expect("a template");
    let all = found(&text.text);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1.secret, text.generated[0].start..text.generated[1].end);
    let text = example::expand("passwords = ['{{password()}}', 'x']", 5).expect("a template");
    assert_eq!(found(&text.text)[0].1.secret, text.generated[0]);
}

#[test]
fn escapes_are_undone() {
    let secret = ["a\\\"b", "\\u0026", "c\\\\9"].concat();
    let text = format!("{{\"password\": \"{secret}\"}}");
    let all = found(text.as_bytes());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1.value.as_deref(), Some(&b"a\"b&c\\9"[..]));
    let text = format!("<password>{}</password>", ["q7&", "amp;w2"].concat());
    assert_eq!(found(text.as_bytes())[0].1.value.as_deref(), Some(&b"q7&w2"[..]));
}

#[test]
fn what_is_found_depends_on_the_reach_only() {
    for template in LITERAL.iter().take(40) {
        let text = example::expand(&template.replace('$', V), 3);
        let Ok(text) = text else { continue };
        let plain = found(&text.text);
        let far = [vec![b'\n'; super::BEFORE + 7], text.text.clone(), vec![b'\n'; super::AFTER + 7]].concat();
        let moved: Vec<_> = found(&far).into_iter().map(|(v, p)| (v, p.evidence)).collect();
        assert_eq!(plain.into_iter().map(|(v, p)| (v, p.evidence)).collect::<Vec<_>>(), moved, "{template}");
    }
}

#[test]
fn hostile_text_is_read_in_bounds() {
    for piece in [
        "password=",
        "password\\\"",
        "password:{",
        "\"password\",",
        "<password",
        "password=${",
        "password=a(",
        "password ",
        "\\\\\\\\",
        "'",
        "[[[",
        "password=\"\\",
    ] {
        let text = piece.repeat(3000);
        let _ = found(&text.as_bytes()[..text.len().min(24_000)]);
        for cut in 0..piece.len() {
            let _ = found(&piece.as_bytes()[..cut]);
        }
    }
}

#[test]
fn tables_are_sorted() {
    for table in [super::words::ABOUT, super::words::DULL, super::words::OPTION, super::words::CODE_WORDS] {
        assert!(table.is_sorted_by(|a, b| a < b));
    }
}

#[test]
fn the_place_at_which_a_long_line_is_cut_hides_no_value() {
    let value = String::from_utf8(example::expand(V, 77).expect("a template").text).expect("text");
    for quote in ['"', '\''] {
        // What is 512 bytes before the name is in a string, or not.
        for filler in 380..560 {
            let long = format!("a={quote}{}{quote};{}", "x".repeat(40), "f(1);".repeat(filler / 5));
            let text = format!("{long}password={quote}{value}{quote};");
            let values: Vec<Vec<u8>> = found(text.as_bytes()).into_iter().map(|(value, _)| value).collect();
            assert_eq!(values, [value.as_bytes()], "{filler}");
        }
        let many = format!("password={quote}{value}{quote};").repeat(60);
        assert_eq!(found(many.as_bytes()).len(), 60);
    }
}
