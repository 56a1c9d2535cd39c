//! Reads action.yml as far as its own form goes, and runs its scripts as a runner would: bash, the step's variables, the
//! files for outputs. Expressions are those that the action uses: names, `||`, `==`, `!=`, `&&`.

use crate::ci::world::{Done, Runner, outputs};
use crate::harness;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// A step of the action.
#[derive(Debug, Default, Clone)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) condition: String,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) run: Option<String>,
    pub(crate) uses: Option<String>,
}

/// The action.
#[derive(Debug, Default)]
pub(crate) struct Action {
    /// Inputs with their defaults.
    pub(crate) inputs: BTreeMap<String, String>,
    pub(crate) steps: Vec<Step>,
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value).to_owned()
}

impl Action {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/action.yml")).unwrap();
        let mut action = Self::default();
        let (mut section, mut input, mut in_env) = (String::new(), String::new(), false);
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let (level, rest) = (indent(line), line.trim());
            if rest.is_empty() || rest.starts_with('#') {
                continue;
            }
            let (key, value) = rest.trim_start_matches("- ").split_once(':').unwrap_or((rest, ""));
            if level == 0 {
                section = key.to_owned();
            } else if section == "inputs" && level == 2 {
                input = key.to_owned();
            } else if section == "inputs" && key == "default" {
                action.inputs.insert(input.clone(), unquoted(value));
            } else if section == "runs" && rest.starts_with("- id:") {
                action.steps.push(Step { id: unquoted(value), ..Step::default() });
            } else if let Some(step) = action.steps.last_mut().filter(|_| section == "runs") {
                match (level, key) {
                    (6, "if") => step.condition = unquoted(value),
                    (6, "uses") => step.uses = Some(unquoted(value)),
                    (6, "run") => {
                        assert_eq!(value.trim(), "|");
                        let mut script = String::new();
                        while let Some(line) = lines.next_if(|l| l.trim().is_empty() || indent(l) > 6) {
                            script += line.get(8..).unwrap_or_default();
                            script.push('\n');
                        }
                        step.run = Some(script);
                    }
                    (8, name) if in_env => step.env.push((name.to_owned(), unquoted(value))),
                    _ => {}
                }
                in_env = if level == 6 { key == "env" } else { in_env };
            }
        }
        action
    }
}

/// A run of the action in a checkout.
pub(crate) struct Job<'a> {
    pub(crate) runner: &'a mut Runner,
    pub(crate) inputs: BTreeMap<&'a str, String>,
    pub(crate) event: Value,
    pub(crate) results: BTreeMap<String, BTreeMap<String, String>>,
}

impl Job<'_> {
    /// Runs the steps in order until one fails, as a runner does; `skip` are steps of other actions.
    pub(crate) fn run(&mut self, action: &Action, extra: &[(&str, &str)]) -> Done {
        let (mut stdout, mut stderr, mut code) = (String::new(), String::new(), Some(0));
        for step in &action.steps {
            if !step.condition.is_empty() && self.value(action, &step.condition) != "true" {
                continue;
            }
            let script = step.run.as_deref().unwrap_or_else(|| panic!("{} is none of our scripts", step.id));
            let file = self.runner.temp.join("output");
            fs::write(&file, "").unwrap();
            let mut command = harness::program("bash", &self.runner.dir, &self.runner.temp);
            // As a runner calls it for `shell: bash`.
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
            command
                .env("GITHUB_ACTION_PATH", env!("CARGO_MANIFEST_DIR"))
                .env("GITHUB_ACTION_REPOSITORY", "acme/leaktight");
            command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").envs(&self.runner.variables);
            for (name, value) in &step.env {
                command.env(name, self.filled(action, value));
            }
            command.envs(extra.iter().copied());
            let out = command.output().expect("bash runs");
            stdout += &String::from_utf8_lossy(&out.stdout);
            stderr += &String::from_utf8_lossy(&out.stderr);
            self.results.insert(step.id.clone(), outputs(&fs::read_to_string(&file).unwrap()));
            code = out.status.code();
            if code != Some(0) {
                break;
            }
        }
        self.runner.done(code, stdout, stderr)
    }

    /// A value with its expressions filled in.
    fn filled(&self, action: &Action, value: &str) -> String {
        match value.strip_prefix("${{").and_then(|v| v.strip_suffix("}}")) {
            Some(expression) => self.value(action, expression),
            None => {
                assert!(!value.contains("${{"), "{value}");
                value.to_owned()
            }
        }
    }

    fn value(&self, action: &Action, expression: &str) -> String {
        if let Some((left, right)) = expression.split_once("&&") {
            return (self.value(action, left) == "true" && self.value(action, right) == "true").to_string();
        }
        for (operator, equal) in [("==", true), ("!=", false)] {
            if let Some((left, right)) = expression.split_once(operator) {
                return ((self.value(action, left) == self.value(action, right)) == equal).to_string();
            }
        }
        let mut all = expression.split("||").map(|e| self.one(action, e.trim()));
        all.find(|v| !v.is_empty()).unwrap_or_default()
    }

    fn one(&self, action: &Action, name: &str) -> String {
        if let Some(text) = name.strip_prefix('\'').and_then(|n| n.strip_suffix('\'')) {
            return text.to_owned();
        }
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["inputs", input] => {
                let default = action.inputs.get(*input).unwrap_or_else(|| panic!("no input {input}"));
                self.inputs.get(input).unwrap_or(default).replace("${{ github.token }}", "")
            }
            ["steps", step, "outputs", output] => {
                self.results.get(*step).and_then(|all| all.get(*output)).cloned().unwrap_or_default()
            }
            ["github", "event_name"] => self.runner.variables["GITHUB_EVENT_NAME"].clone(),
            ["github", "event", path @ ..] => match self.event.pointer(&format!("/{}", path.join("/"))) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Bool(says)) => says.to_string(),
                _ => String::new(),
            },
            _ => panic!("the action uses an expression that this test does not know: {name}"),
        }
    }
}
