//! Kinds of values that look like a secret by their name and are none: for each a set of forms that must not fail the check,
//! and a twin with a secret in the same place that must.
//!
//! `§` is where the value goes. The twin's value is generated, so no list of words can have it.

use leaktight::detect::context::{self, Context};
use leaktight::detect::{Detector, Input};
use leaktight::example::expand;
use leaktight::finding::evidence::Confidence;
use leaktight::rule::{Family, RuleSet, Severity};

/// A file of one kind: its path, its text, values that are no secrets there, and the generator of one that is.
struct Form {
    kind: &'static str,
    path: &'static str,
    text: &'static str,
    quiet: &'static [&'static str],
    twin: &'static str,
}

const PASSWORD: &str = "{{base62(24)}}";
const TOKEN: &str = "{{base62(40)}}";

#[rustfmt::skip]
const FORMS: &[Form] = &[
    // Translations, in every format.
    Form { kind: "translation", path: "res/values-nl/strings.xml", text: "<string name=\"hint_password\">§</string>", quiet: &["Wachtwoord", "Toegangscode", "Uw wachtwoord", "Kod-tremen", "Zrušiť", "PIN"], twin: PASSWORD },
    Form { kind: "translation", path: "nl.lproj/Main.strings", text: "\"login.password\" = \"§\";", quiet: &["Wachtwoord", "Geheim"], twin: PASSWORD },
    Form { kind: "translation", path: "locale/es/LC_MESSAGES/app.po", text: "msgid \"password\"\nmsgstr \"§\"\n", quiet: &["Contraseña"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "translation", path: "config/locales/fi.yml", text: "fi:\n  password: §\n", quiet: &["Salasana", "Vahvista salasana"], twin: PASSWORD },
    Form { kind: "translation", path: "translations/messages.sv.yaml", text: "form.password: §\n", quiet: &["Lösenord", "Autentiseringskod"], twin: PASSWORD },
    Form { kind: "translation", path: "Resources.da.resx", text: "<data name=\"Password\" xml:space=\"preserve\"><value>§</value></data>", quiet: &["Adgangskode"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "translation", path: "templates/signup_es.properties", text: "form.password.label=§\n", quiet: &["Contraseña", "Desmarcar"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "translation", path: "src/lang/lt.json", text: "{\"apiKey-inactive\": \"§\"}", quiet: &["Neaktyvus"], twin: TOKEN },
    Form { kind: "translation", path: "conf/locale/locale_sv-SE.ini", text: "login_two_factor_passcode=§\n", quiet: &["Autentiseringskod"], twin: PASSWORD },
    // A catalogue by its shape alone, whatever it is called.
    Form { kind: "catalogue", path: "app/texts.json", text: "{\n\"title\": \"Sign in to go on\",\n\"hint\": \"Enter your address\",\n\"password\": \"§\",\n\"forgot\": \"Forgot it again?\",\n\"button\": \"Sign in now\",\n\"again\": \"Try once more\"\n}\n", quiet: &["Geheimzahl", "Zugangswort"], twin: PASSWORD },
    // Labels, attributes, selectors, bindings.
    Form { kind: "attribute", path: "templates/user.tmpl", text: "<input id=\"login\" data-password=\"§\" required>", quiet: &["required", "optional"], twin: PASSWORD },
    Form { kind: "selector", path: "css/site.css", text: ".ui input[type=password]:§ input{x:y}", quiet: &["focus,.ui.form", "hover"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "binding", path: "login.component.html", text: "<input [passwordControl]=\"§\">", quiet: &["form.get('password')", "loginForm.controls.password"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "interface", path: "src/icons.ts", text: "const icons = { email: 'MailIcon', password: '§' };", quiet: &["LockClosedIcon", "PasswordField", "login-form-field"], twin: PASSWORD },
    // Identifiers and types.
    Form { kind: "type", path: "src/index.ts", text: "export const password: § = {}", quiet: &["FormKitTypeDefinition", "PasswordDefinition"], twin: "'{{base62(24)}}'" },
    Form { kind: "type", path: "src/Act.kt", text: "var passCodeDigits = §\n", quiet: &["arrayOfNulls<String>(4)", "Array<EditText>(4)"], twin: "\"{{base62(24)}}\"" },
    Form { kind: "type", path: "a/common.go", text: "type T struct {\n\tsecret          §\n}", quiet: &["*corev1.Secret", "[]string", "*time.Time"], twin: "string = \"{{base62(40)}}\"" },
    Form { kind: "variable", path: "build.gradle", text: "credentials {\n  password = §\n}", quiet: &["ghcrTokenProvider", "dockerTokenProvider"], twin: "'{{base62(24)}}'" },
    Form { kind: "class", path: "M/Remove.cs", text: "public partial class RemoveEasyPassword : §\n", quiet: &["Migration", "BaseMigration"], twin: "x { string password = \"{{base62(24)}}\"; }" },
    // Names of settings and keys.
    Form { kind: "setting", path: "src/S.java", text: "static final String LOCK_PASSCODE = \"§\";", quiet: &["passcode", "pref_lock_passcode"], twin: PASSWORD },
    Form { kind: "setting", path: "common/common.go", text: "CommandGitAskPass = \"§\"", quiet: &["argocd-git-ask-pass", "shop-ask-pass"], twin: PASSWORD },
    Form { kind: "setting", path: "src/storage.ts", text: "export const TOKEN_STORAGE_KEY = '§';", quiet: &["shop.auth.accessToken", "secuscan_api_key"], twin: TOKEN },
    Form { kind: "constant", path: "e2e.go", text: "EnvAdminPassword = \"§\"", quiet: &["SHOP_ADMIN_PASSWORD", "LWM2M_ADMIN_PASSWORD"], twin: PASSWORD },
    // Patterns and rules.
    Form { kind: "pattern", path: "common.go", text: "const PasswordPatterns = `§`", quiet: &["^.{8,32}$", "^[a-z]{4,}$"], twin: PASSWORD },
    Form { kind: "rule", path: "app/Reset.php", text: "return ['email' => 'required|email', 'password' => '§'];", quiet: &["required|confirmed|min:16", "required_with:user,auth"], twin: PASSWORD },
    // `pass` as a word.
    Form { kind: "pass", path: "render.toml", text: "render_pass = \"§\"", quiet: &["ShadowMap2", "Opaque2D"], twin: "x\"\npass = \"{{base62(24)}}" },
    Form { kind: "pass", path: "audio.yaml", text: "low-pass: §\n", quiet: &["440Hz", "1200Hz"], twin: "1\npass: {{base62(24)}}" },
    Form { kind: "pass", path: "Enc.cs", text: "filters.Add(\"overlay=eof_action=pass:§\");", quiet: &["repeatlast=0", "repeatlast=0:format=nv12"], twin: "x\"); Login(pass: \"{{base62(24)}}" },
    Form { kind: "pass", path: "test.log", text: "PASS: §\n", quiet: &["test_login_case_12", "31ms"], twin: "{{base62(24)}}" },
    Form { kind: "nsswitch", path: "docker/nsswitch.conf", text: "passwd:         §\n", quiet: &["compat", "files systemd"], twin: "{{base62(24)}}" },
    // Digests, pins, lock files.
    Form { kind: "digest", path: "Dockerfile", text: "ARG TOKEN_SHA256=§\n", quiet: &["{{hex(64)}}"], twin: "x\nARG API_TOKEN={{hex(64)}}" },
    Form { kind: "digest", path: "dist/manifest.json", text: "{\"dist/password-field.js\": \"§\"}", quiet: &["{{hex(64)}}", "{{hex(40)}}"], twin: "x\", \"password\": \"{{base62(24)}}" },
    Form { kind: "digest", path: "k.yaml", text: "annotations:\n  checksum/secret: §\n", quiet: &["{{hex(64)}}"], twin: "x\n  client_secret: {{hex(64)}}" },
    Form { kind: "lock", path: "Podfile.lock", text: "SPEC CHECKSUMS:\n  SecretTokenKit: §\n", quiet: &["{{hex(40)}}"], twin: "{{ghp_ + base62(30) + crc32}}" },
    Form { kind: "pin", path: "a.sh", text: "curl --pinnedpubkey §", quiet: &["sha256//{{base64(32)}}"], twin: "x -H 'X-Api-Key: {{base62(40)}}'" },
    // Ciphertext.
    Form { kind: "ciphertext", path: ".env", text: "DB_PASSWORD=\"§\"\n", quiet: &["encrypted:B{{base64(111)}}", "U2FsdGVkX1{{base62(53)}}=", "vault:v1:{{base64(60)}}", "gAAAAAB{{base62(90)}}=="], twin: PASSWORD },
    Form { kind: "ciphertext", path: "sealed.yaml", text: "kind: SealedSecret\nspec:\n  encryptedData:\n    password: §\n", quiet: &["AgB{{base64(390)}}"], twin: PASSWORD },
    // References by name.
    Form { kind: "reference", path: "ingress.yml", text: "spec:\n  tls:\n    - secretName: §\n", quiet: &["shop-prod-tls-cert2024", "wildcard-tls"], twin: "x\n      client_secret: {{base62(40)}}" },
    Form { kind: "reference", path: "eso.yml", text: "data:\n  - secretKey: §\n    remoteRef:\n      key: prod/x\n", quiet: &["bootstrap9", "mykey"], twin: "x\n    apiToken: {{base62(40)}}\n#" },
    Form { kind: "reference", path: "Web.csproj", text: "<UserSecretsId>§</UserSecretsId>", quiet: &["{{uuid()}}"], twin: "x</UserSecretsId><ClientSecret>{{base62(40)}}</ClientSecret><UserSecretsId>x" },
    Form { kind: "reference", path: "x.sql", text: "ALTER ROLE x PASSWORD §;", quiet: &[":'newpw'", ":newpw"], twin: "'{{base62(24)}}'" },
    Form { kind: "reference", path: "api.sh", text: "password=\"§\"\n", quiet: &["$password$key", "${PASSWORD}"], twin: PASSWORD },
    Form { kind: "reference", path: "middleware.yml", text: "plugin:\n  clientSecret: §\n", quiet: &["urn:k8s:secret:shop:client-key1"], twin: TOKEN },
    Form { kind: "reference", path: "build.sh", text: "docker build --secret § .\n", quiet: &["id=SHOP__DEV", "id=npmrc,src=$HOME/.npmrc"], twin: "{{base62(40)}}" },
    Form { kind: "reference", path: "ci.sh", text: "docker run -v $PWD:§ x\n", quiet: &["/workspace", "/srv/shop1"], twin: "/srv -e DB_PASSWORD={{base62(24)}}" },
    Form { kind: "reference", path: "a.js", text: "var afterPassword = §;\n", quiet: &["this.$refs.afterPassword1", "self.password2x"], twin: "'{{base62(24)}}'" },
    Form { kind: "attribute", path: "Seed.cshtml", text: "<button data-toggle-password=\"§\">", quiet: &["#SeedWords1", ".wallet-password2"], twin: "x\" data-password=\"{{base62(24)}}" },
    Form { kind: "reference", path: "Fact.cs", text: "builder.AddUserSecrets(\"§\");", quiet: &["{{uuid()}}"], twin: "x\"); Login(password: \"{{base62(24)}}" },
    Form { kind: "public", path: "a.json", text: "{\"signingKey\": \"§\"}", quiet: &["xpub6{{base62(106)}}", "tpubD{{base62(106)}}"], twin: TOKEN },
    Form { kind: "public", path: "Rsa.java", text: "String encryptionKey = \"§\";", quiet: &["MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ{{base62(170)}}", "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A{{base62(700)}}"], twin: "{{base62(170)}}" },
    Form { kind: "call", path: "Ui.java", text: "static final String MAIL_PASSWD = \"§\";", quiet: &["$t('mailPasswd')", "$t(\\\"password\\\")"], twin: PASSWORD },
    Form { kind: "option", path: "Sqoop.java", text: "public static final String DB_PWD = \"§\";", quiet: &["--password", "--connection-manager"], twin: PASSWORD },
    Form { kind: "alphabet", path: "key.py", text: "SECRET_KEY_CHARS = '§'", quiet: &["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*(-_=+)"], twin: "x'\nSECRET_KEY = '{{base62(50)}}" },
    Form { kind: "about", path: "const.go", text: "const ldapPasswordComplexityCode = \"§\"", quiet: &["0000052D."], twin: "x\"; const ldapPassword = \"{{base62(24)}}" },
    Form { kind: "translation", path: "config/locales/en_1337.yml", text: "en:\n  new_password: § *****\n", quiet: &["N3W", "CH4NG3"], twin: "x\n  api_token: {{base62(40)}}\n  a:" },
    Form { kind: "column", path: "update.php", text: "'password' => '§',\n", quiet: &["VARCHAR(191) NOT NULL", "varchar(100)"], twin: PASSWORD },
    // The user's own name is a stand-in, wherever the user is.
    Form { kind: "own name", path: "config/database.php", text: "'username' => env('DB_USER', 'shop-x1'),\n'password' => env('DB_PASSWORD', '§'),\n", quiet: &["shop-x1"], twin: PASSWORD },
    Form { kind: "own name", path: "a.sh", text: "SHOP_PASS=§ shop user:add --name='x' user1\n", quiet: &["user1"], twin: PASSWORD },
    Form { kind: "own name", path: "a.sh", text: "sh -c \"su -c \\\"SHOP_PASS=§ shop user:add --name='x' user1\\\"\"\n", quiet: &["user1"], twin: PASSWORD },
    Form { kind: "own name", path: "user.sql", text: "CREATE USER 'shop1'@'%' IDENTIFIED BY '§';\n", quiet: &["shop1"], twin: PASSWORD },
    Form { kind: "type", path: "v.go", text: "func score(userPassword §) {}\n", quiet: &["float32", "?string"], twin: "string = \"{{base62(24)}}\"" },
    Form { kind: "key", path: "kratos.yml", text: "password:\n  §\n", quiet: &["hooks:", "default_return_to:"], twin: "'{{base62(24)}}'" },
    // Ids, dates, and what else a name says of a secret.
    Form { kind: "about", path: "a.yaml", text: "admin.passwordMtime: §\n", quiet: &["2019-03-20T17:54:53Z", "2019-03-20"], twin: "x\npassword: {{base62(24)}}" },
    Form { kind: "about", path: "a.json", text: "{\"tokenId\": \"§\"}", quiet: &["{{uuid()}}"], twin: "x\", \"token\": \"{{uuid()}}" },
    Form { kind: "about", path: "bundle.cfg", text: "creationToken = §\n", quiet: &["1644442601", "1644770820"], twin: TOKEN },
    Form { kind: "key", path: "api.json", text: "{\"unique_key\": \"§\"}", quiet: &["{{hex(40)}}"], twin: "x\", \"api_key\": \"{{hex(40)}}" },
    Form { kind: "list", path: "a.py", text: "user.save(update_fields=[\"password\", \"§\"])", quiet: &["updated_at", "last_login"], twin: "x\"], password=\"{{base62(24)}}\", y=[\"" },
    // Routes, methods, coordinates.
    Form { kind: "route", path: "config/routes.rb", text: "post 'password', to: 'x', set_password: '§'", quiet: &["login#set_new_password", "users#reset!"], twin: PASSWORD },
    Form { kind: "method", path: "routes/web.php", text: "Route::get('/x', [C::class, 'setPassword'])->middleware('§');", quiet: &["throttle:public", "auth"], twin: "x'); login(['password' => '{{base62(24)}}']); f('" },
    Form { kind: "package", path: "libs.versions.toml", text: "x = { module = \"com.password4j:§\" }", quiet: &["password4j", "token-api"], twin: "x\", password = \"{{base62(24)}}" },
    // Pages and what is made to be published.
    Form { kind: "page", path: "a.html", text: "<meta name=\"csrf-token\" content=\"§\">", quiet: &["{{base62(88)}}"], twin: "x\"><script>const apiToken = \"{{base62(40)}}\"</script><a title=\"" },
    Form { kind: "public", path: "app.js", text: "const stripeKey = '§';", quiet: &["pk_live_{{base62(98)}}", "phc_{{base62(43)}}"], twin: "x'; const apiKey = '{{base62(40)}}" },
    Form { kind: "public", path: "update.go", text: "defaultMinisignPubkey = \"§\"", quiet: &["RW{{base64(40)}}"], twin: "x\"; apiKey = \"{{base62(40)}}" },
    // Stand-ins in base64: what is decoded is judged.
    Form { kind: "base64", path: "values.yaml", text: "env:\n  VENDOR_API_KEY: §\n", quiet: &["ZHVtbXktYXBpLWtleQ==", "eW91ci1hcGkta2V5LWhlcmU="], twin: "{{base64(30)}}" },
    Form { kind: "base64", path: "a.http", text: "Authorization: Basic §\n", quiet: &["dXNlcjpwYXNzd29yZA==", "Zm9vOmJhcg=="], twin: "x\nX-Api-Key: {{base62(40)}}" },
    // Hashes of passwords.
    Form { kind: "hash", path: "users.json", text: "{\"user\": \"bob\", \"password\": \"§\"}", quiet: &["$2y$10${{base62(53)}}", "{SHA}{{base64(20)}}", "{bcrypt}$2a$10${{base62(53)}}", "pbkdf2_sha256$600000${{base62(22)}}${{base64(32)}}"], twin: PASSWORD },
    // Forms that hold secrets, with what is none in the place of one.
    Form { kind: "unique phrase", path: "wp-config.php", text: "define('AUTH_KEY', '§');", quiet: &["put your unique phrase here", ""], twin: "{{base62(64)}}" },
    Form { kind: "default", path: "a.py", text: "SECRET_KEY = config(\"SECRET_KEY\", default=§)", quiet: &["\"\"", "None", "\"changeme\"", "get_random_secret_key()", "config(\"OTHER_KEY_2\")"], twin: "\"{{base62(50)}}\"" },
    Form { kind: "default", path: "a.py", text: "x = os.environ.get(\n    \"API_SECRET\",\n    default=§,\n)", quiet: &["\"\"", "None", "\"changeme\"", "make_secret(2024)"], twin: "\"{{base62(40)}}\"" },
    Form { kind: "default", path: "a.py", text: "secret_key: str = Field(§, env=\"SECRET_KEY\")", quiet: &["...", "\"\"", "\"changeme\"", "None", "\"secret_key_2\""], twin: "\"{{base62(40)}}\"" },
    Form { kind: "item", path: "a.yml", text: "args:\n- --db-password\n- §\n- x\n", quiet: &["--port2024", "$(DB_PASSWORD)", "${DB_PASSWORD}", "-v", "<%= pw1 %>"], twin: PASSWORD },
    Form { kind: "item", path: "a.yml", text: "args:\n  - \"--token\"\n  - \"§\"\n", quiet: &["--port2024", "$(API_TOKEN)", "${API_TOKEN}"], twin: TOKEN },
    Form { kind: "item", path: "a.yml", text: "command:\n- redis-server\n- --requirepass\n- §\n", quiet: &["--port2024", "$(REDIS_PW)", "${REDIS_PW}"], twin: PASSWORD },
    Form { kind: "rc", path: ".pgpass", text: "db:5432:shop:app:§", quiet: &["$PGPASSWORD", "${PGPASSWORD}", "password", "Ab12Cd34Ef56Gh78:x"], twin: PASSWORD },
    Form { kind: "mark", path: ".env", text: "\u{feff}DB_PASSWORD=§\n", quiet: &["${DB_PASSWORD:?missing}", "", "$(cat pw1)"], twin: "{{base62(7)}}&&{{base62(7)}}" },
    Form { kind: "url", path: "a.txt", text: "git+https://§github.com/o/r.git", quiet: &["", "git@", "x-access-token:${TOKEN}@", "oauth2:$TOKEN@"], twin: "{{hex(40)}}@" },
    Form { kind: "scalar", path: "a.yaml", text: "a:\n  password:\n    §\n", quiet: &["required", "hooks:", "${PASSWORD}", "string # its type", "the one of the account", "- $PW"], twin: PASSWORD },
    Form { kind: "alias", path: "a.yaml", text: "x: &pw §\npassword: *pw\n", quiet: &["${PASSWORD}", "!vault |", "{a: 1}", "required", "string"], twin: PASSWORD },
    Form { kind: "key", path: "a.yaml", text: "? \"api_key\"\n: \"§\"\n", quiet: &["${API_KEY}", "", "required"], twin: "{{base62(32)}}" },
    Form { kind: "parameter", path: "t.yaml", text: "DBPassword:\n  Type: String\n  Default: §\n", quiet: &["\"\"", "!Ref Other", "${Pw1}"], twin: PASSWORD },
    Form { kind: "parameter", path: "t.json", text: "{\"adminPassword\": {\"type\": \"securestring\", \"defaultValue\": \"§\"}}", quiet: &["", "[newGuid()]", "[parameters('pw1')]"], twin: PASSWORD },
    Form { kind: "command", path: "a.sh", text: "curl -sSfu bob:§ https://x.acme-corp.io\n", quiet: &["$PW", "${PW}", "%PW%"], twin: PASSWORD },
    Form { kind: "command", path: "a.sh", text: "dotnet user-secrets set Db:§\n", quiet: &["Host db2024x1a.acme-corp.io", "Password $PW1"], twin: "Password {{base62(24)}}" },
    Form { kind: "command", path: "a.sh", text: "gh §\n", quiet: &["pr create --body release2024x1a", "secret set TOKEN2 --body $TOKEN2", "secret set TOKEN2 -b \"$TOKEN2\""], twin: "secret set TOKEN2 --body {{base62(40)}}" },
    Form { kind: "command", path: "a.sh", text: "mc alias set s https://s3.acme-corp.io §\n", quiet: &["$KEY1 $SECRET1"], twin: "key1 {{base62(40)}}" },
    Form { kind: "signing", path: "a.js", text: "jwt.sign(user, '§', { expiresIn: '1d' });", quiet: &["secret", "shhhhh", "your-256-bit-secret", "my-super-secret-key-123", "test-secret-key-1234567890", "keyboard cat"], twin: TOKEN },
    Form { kind: "signing", path: "a.js", text: "createHmac('sha256', §).update(x)", quiet: &["key2024", "process.env.HMAC_KEY_1", "'secret'", "Buffer.from(key, 'hex')"], twin: "'{{base62(40)}}'" },
    Form { kind: "signing", path: "a.go", text: "s := sessions.NewCookieStore(§)", quiet: &["[]byte(\"something-very-secret\")", "[]byte(os.Getenv(\"SESSION_KEY_1\"))", "keys1"], twin: "[]byte(\"{{base62(32)}}\")" },
    // Masks.
    Form { kind: "mask", path: "src/Vo.java", text: "user.setPassword(\"§\");", quiet: &["[PROTECTED]", "********", "<hidden>"], twin: PASSWORD },
];

/// Whether something of a credential fails the check with its usual thresholds.
fn fails(detector: &Detector<'_>, path: &str, text: &[u8]) -> Vec<String> {
    let rules = detector.rules();
    let found = detector.candidates(&Input::all(text)).candidates;
    let place = Context::new(path.as_bytes());
    let failing = found.iter().filter_map(|c| {
        let rule = rules.rule(c.rule);
        let assessed = context::assess(rule, &c.evidence, &c.host, Some(&place))?;
        let over = assessed.confidence >= Confidence::Likely && assessed.severity >= Severity::Medium;
        (over && rule.family == Family::Credential).then(|| rule.id.to_string())
    });
    failing.collect()
}

/// Secrets that look like something harmless, by their form or their name: the check still fails.
#[rustfmt::skip]
const STILL: &[(&str, &str, &str)] = &[
    // Base64 ends in `==`, and nothing is compared.
    (".env.production", "DB_PASSWORD=§\n", "{{base64(16)}}"),
    ("application-prod.yml", "db:\n  password: §\n", "{{base64(16)}}"),
    // A variable's sign that is part of the name, and of the value.
    ("a.yml", "$password: \"§\"\n", PASSWORD),
    ("a.scss", "$api_token: \"§\";\n", TOKEN),
    ("a.php", "$password = '§';\n", "$q7L{{base62(24)}}"),
    // Signs of templates that close nothing.
    ("a.py", "password = \"§\"\n", "{{base62(10)}}@@{{base62(10)}}"),
    ("a.py", "password = \"§\"\n", "7K4{{base62(8)}}${4{{base62(6)}}2"),
    ("a.py", "password = \"§\"\n", "7K4{{base62(8)}}<%4{{base62(6)}}2"),
    // Beginnings of references, and ends of texts that are cut short.
    ("a.yml", "client_secret: urn:§\n", TOKEN),
    ("a.py", "password = \"§...\"\n", "{{base62(30)}}"),
    ("a.java", "String password = \"$t('§')\";\n", "4Q7{{base62(24)}}"),
    (".env", "PASSWORD=this.§\n", "4Q7b2{{base62(20)}}"),
    // Names of those who manage passwords.
    ("a.yml", "ADMIN_PASSWORD_MANAGER: \"§\"\n", PASSWORD),
    ("a.yml", "password_complexity: \"§\"\n", PASSWORD),
    ("a.py", "api_token = \"§\"\n", "4Q7{{base62(12)}}xxxx{{base62(14)}}"),
];

#[test]
fn what_has_something_in_common_with_noise_still_fails_the_check() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 1_800_000_000);
    let mut missed = Vec::new();
    for (path, text, value) in STILL {
        for seed in 0..5 {
            let value = String::from_utf8(expand(value, seed).expect("a generator").text).expect("text");
            let text = text.replace('§', &value);
            if fails(&detector, path, text.as_bytes()).is_empty() {
                missed.push(format!("{path}: {text}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_list_of_authenticators_has_no_passwords() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 1_800_000_000);
    let id = |seed: u64| String::from_utf8(expand("{{uuid()}}", seed).expect("a generator").text).expect("text");
    let brands = ["ShopPass", "Chrome", "Edge", "OnePassword", "Dash", "Windows", "ApplePasswords", "Vault", "Sesame"];
    let list: String = (0..).zip(brands).map(|(seed, brand)| format!("  {brand} = \"{}\",\n", id(seed))).collect();
    assert_eq!(fails(&detector, "src/passkeys.ts", list.as_bytes()), Vec::<String>::new());
    // A secret that is a UUID among the ids of an account.
    let account = format!(
        "tenant_id = \"{}\"\nclient_id = \"{}\"\nsubscription = \"{}\"\npassword = \"{}\"\n",
        id(1),
        id(2),
        id(3),
        id(4)
    );
    assert_eq!(fails(&detector, "src/app.ini", account.as_bytes()), ["generic-password"]);
    // A list in a comment does not make an id of it.
    let list: String = (0..9).map(|seed| format!("# {}\n", id(seed))).collect();
    let password = format!("{list}password = \"{}\"\n", id(20));
    assert_eq!(fails(&detector, "src/app.ini", password.as_bytes()), ["generic-password"]);
}

#[test]
fn no_kind_of_noise_fails_the_check_and_its_twin_does() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 1_800_000_000);
    let mut wrong = Vec::new();
    for form in FORMS {
        for seed in 0..3 {
            let with = |value: &str| {
                let value = expand(value, seed).expect("a generator").text;
                let (before, after) = form.text.split_once('§').expect("a place for the value");
                [before.as_bytes(), &value, after.as_bytes()].concat()
            };
            for value in form.quiet {
                let failing = fails(&detector, form.path, &with(value));
                if !failing.is_empty() {
                    wrong.push(format!("{}: {} in {} fails by {failing:?}", form.kind, value, form.path));
                }
            }
            if fails(&detector, form.path, &with(form.twin)).is_empty() {
                wrong.push(format!(
                    "{}: the twin {} in {} is missed: {}",
                    form.kind,
                    form.twin,
                    form.path,
                    String::from_utf8_lossy(&with(form.twin))
                ));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
