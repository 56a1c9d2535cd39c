//! Each row of the table in the forms that people write, and the same letters where they mean something else.

use super::table::TABLE;
use super::way::Way;
use crate::detect::{Detector, Input};
use crate::example::expand;
use crate::rule::{Parser, RuleSet};

/// Arguments of a command that take `value` in one way, as a shell takes them.
fn written(with: &[&str], way: Way, value: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = with.iter().take(1).map(|word| (*word).to_owned()).collect();
    match way {
        Way::Option(name) => words.extend([name.to_owned(), value.to_owned()]),
        Way::Glued(name) => words.push(format!("{name}{value}")),
        Way::Colon(name) => words.extend([name.to_owned(), format!("shop:{value}")]),
        Way::Comma(name) => words.extend([name.to_owned(), format!("shop,{value}")]),
        Way::Percent(name) => words.extend([name.to_owned(), format!("shop%{value}")]),
        Way::Second(head) => {
            words.extend([format!("{head}packages.acme-corp.io"), "shop".to_owned(), value.to_owned()])
        }
        Way::Named => words.extend(["set".to_owned(), "Db:Password".to_owned(), value.to_owned()]),
        Way::Slash => words.push(format!("shop/{value}@orders")),
        Way::After(name) if name.ends_with(':') => words.extend([format!("{name}CORP\\svc"), value.to_owned()]),
        Way::After(name) if words.first().is_some_and(|word| word == name) => words.push(value.to_owned()),
        Way::After(name) => words.extend([name.to_owned(), value.to_owned()]),
        Way::Word(place) => {
            let before = usize::try_from(place).unwrap_or(2).saturating_sub(words.len().min(1));
            words.extend((0..before).map(|n| format!("word{n}")));
            words.push(value.to_owned());
        }
        Way::Stdin => return None,
    }
    Some(words)
}

/// The four forms of a command: as a shell has it, in quotes, as a list of JSON, as a list of YAML.
fn forms(name: &str, words: &[String], way: Way) -> [String; 4] {
    // Of some it is the last argument.
    let last = if way == Way::Word(-1) { "" } else { "  - last\n" };
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let json: Vec<String> = words.iter().map(|word| format!("{:?}", word)).collect();
    let yaml: String = words.iter().map(|word| format!("  - {word}\n")).collect();
    [
        format!("{name} {} && true\n", words.join(" ")),
        format!("run: {name} {}\n", quoted.join(" ")),
        format!("[\"{name}\", {}]\n", json.join(", ")),
        format!("command:\n  - {name}\n{yaml}{last}"),
    ]
}

fn secrets(detector: &Detector<'_>, text: &str) -> Vec<String> {
    let found = detector.candidates(&Input::all(text.as_bytes())).candidates;
    let of_commands = found.iter().filter(|c| detector.rules().rule(c.rule).parser == Some(Parser::Command));
    of_commands.map(|c| text[c.secret.clone()].to_owned()).collect()
}

#[test]
fn each_command_is_understood_in_four_forms() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 0);
    let mut missed = Vec::new();
    let mut commands = 0;
    for row in TABLE {
        commands += row.names.len();
        for (seed, name) in (0..).zip(row.names) {
            let value = String::from_utf8(expand("7{{base62(19)}}", seed).expect("a template").text).expect("text");
            for way in row.ways {
                let Some(words) = written(row.with, *way, &value) else {
                    let text = format!("echo {value} | {name} {}\n", row.with.join(" "));
                    if !secrets(&detector, &text).contains(&value) {
                        missed.push(text);
                    }
                    continue;
                };
                for text in forms(name, &words, *way) {
                    if !secrets(&detector, &text).contains(&value) {
                        missed.push(text);
                    }
                }
                // A variable, and nothing at all.
                for harmless in ["$PASSWORD", "${PASSWORD}", "%PW%"] {
                    let words = written(row.with, *way, harmless).unwrap_or_default();
                    for text in forms(name, &words, *way) {
                        let found = secrets(&detector, &text);
                        assert!(found.is_empty(), "{text:?} has no password: {found:?}");
                    }
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed: {missed:#?}", missed.len());
    assert!(commands >= 80, "{commands} commands");
}

#[test]
fn the_same_letters_mean_something_else_to_other_commands() {
    let rules = RuleSet::builtin();
    let detector = Detector::new(&rules, 0);
    for text in [
        "mkdir -p /srv/app/releases2024a\n",
        "ssh -p 22220 deploy@h1\n",
        "cp -p archive2024.tar.gz /srv\n",
        "docker run -p 8080:8080 -d app:v1f3a5b7c9\n",
        "mysql -u root -p shop2024db\n",
        "openssl enc -K \"$(cat key)\" -in release2024.bin\n",
        "net use Z: \\\\fs\\share2024 /user:CORP\\svc *\n",
        "zip -r -p release2024a.zip dist\n",
        "curl -u \"$USER:$PASSWORD\" https://ci.acme-corp.io/v2024\n",
        "echo \"$PW\" | docker login -u ci --password-stdin\n",
        "psql -U app -w -h db2024x1\n",
        "sudo -u postgres2024 psql\n",
        "helm template -p release2024x .\n",
        "curl -sSfo bob:release2024x1a https://acme-corp.io/x\n",
        "curl -sSfu \"$USER:$PW\" https://acme-corp.io/v2024x\n",
        "smbclient -U bob%$PW //fs/share2024x\n",
        "dotnet user-secrets set Db:Host db2024x.acme-corp.io\n",
        "dotnet user-secrets set Db:Password \"$PW\"\n",
        "gh secret set API_TOKEN --body \"$TOKEN\"\n",
        "gh pr create --title x --body release2024x1a\n",
        "composer config http-basic.acme-corp.io user2024x $PW\n",
        "composer config platform.php 8.2.4x2024\n",
        "mc alias set s3 https://s3.acme-corp.io $KEY $SECRET\n",
        "mysqladmin -u root2024x password\n",
        "http -a bob2024x: https://acme-corp.io\n",
    ] {
        let found = secrets(&detector, text);
        assert!(found.is_empty(), "{text:?}: {found:?}");
    }
}
