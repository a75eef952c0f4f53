//! A stand-in for ergo that speaks the command line of one generation, named by FAKE_ERGO_GENERATION, for tests.
//!
//! It keeps its tasks where that generation keeps them, and looks past the files of newer ones as that generation
//! does. `tests/tracker_ergo_real.rs` puts the same questions to the real programs.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a program for tests")]

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;
use std::process::ExitCode;

type Answer<T = ()> = Result<T, String>;

#[derive(Serialize, Deserialize)]
struct Item {
    #[serde(rename = "type")]
    record: String,
    id: String,
    title: String,
    body: String,
    state: String,
    epic: String,
    claim: String,
    born_epic: bool,
    message: String,
}

/// What sets the generations apart.
struct Speech {
    version: (u32, u32),
}

impl Speech {
    fn since(&self, major: u32, minor: u32) -> bool {
        self.version >= (major, minor)
    }

    fn json_input(&self) -> bool {
        !self.since(1, 0)
    }

    fn json_output(&self) -> bool {
        !self.since(3, 0)
    }

    fn epics(&self) -> bool {
        self.since(4, 0)
    }

    fn listing(&self) -> bool {
        self.since(4, 2)
    }

    fn journal(&self) -> bool {
        self.since(5, 0)
    }

    fn give_back(&self) -> &'static str {
        if self.since(6, 0) { "open" } else { "release" }
    }

    /// The files that this generation looks for, the one that it makes first.
    fn stores(&self) -> &'static [&'static str] {
        match (self.json_input(), self.epics()) {
            (true, _) => &["events.jsonl"],
            (false, false) => &["plans.jsonl", "events.jsonl"],
            (false, true) => &["backlog.jsonl", "plans.jsonl", "events.jsonl"],
        }
    }

    fn help(&self) -> String {
        let lines = [
            (true, "ergo — stand-in\n\ninit [dir]\nclaim [<id>]\nwhere  print the folder".to_owned()),
            (true, format!("show <id>{}", if self.since(4, 1) { " [--body]" } else { "" })),
            (true, format!("list [--all]{}", if self.listing() { " [--json]" } else { "" })),
            (self.json_input(), "new epic  create (JSON stdin)\nset <id>  change".to_owned()),
            (!self.json_input() && !self.epics(), "plan --file <path> [json]".to_owned()),
            (self.since(1, 0) && !self.since(2, 0), "set <id> [json]".to_owned()),
            (
                self.since(2, 0),
                format!("done <id>\ntitle <id> <title>\nbody <id>\n{} <id>", self.give_back()),
            ),
            (self.epics(), "new epic \"<title>\" --file <path>".to_owned()),
            (self.journal(), "fail <id>".to_owned()),
            (self.json_output(), "--json  structured output".to_owned()),
        ];
        lines.into_iter().filter(|(said, _)| *said).map(|(_, line)| line + "\n").collect()
    }
}

struct Store {
    speech: Speech,
    folder: PathBuf,
    path: PathBuf,
    items: Vec<Item>,
}

impl Store {
    fn open(speech: Speech) -> Answer<Self> {
        let mut folder = std::env::current_dir().unwrap();
        while !folder.join(".ergo").is_dir() {
            folder = folder.parent().ok_or("no .ergo directory found (run ergo init)")?.to_owned();
        }
        let folder = folder.join(".ergo");
        let found: Vec<_> = speech.stores().iter().filter(|name| folder.join(name).exists()).collect();
        if speech.epics() && found.len() > 1 {
            return Err("multiple Ergo backlog files exist".into());
        }
        let path = folder.join(found.first().copied().unwrap_or(&speech.stores()[0]));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let items = text.lines().map(|line| serde_json::from_str(line).unwrap());
        // An old generation passes over what it does not know, even in its own file.
        let items = items.filter(|item: &Item| speech.epics() || item.record != "transaction").collect();
        Ok(Self { speech, folder, path, items })
    }

    fn save(&mut self) -> Answer {
        if self.speech.epics() {
            self.items.iter_mut().for_each(|item| item.record = "transaction".to_owned());
        }
        let lines: String = self.items.iter().map(|item| json!(item).to_string() + "\n").collect();
        std::fs::write(&self.path, lines).unwrap();
        if self.speech.journal() {
            std::fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(self.folder.join("journal.jsonl"))
                .unwrap();
        }
        Ok(())
    }

    fn get(&mut self, id: &str) -> Answer<&mut Item> {
        self.items.iter_mut().find(|item| item.id == id).ok_or_else(|| format!("unknown task id {id}"))
    }

    fn children(&self, epic: &Item) -> Vec<&Item> {
        self.items.iter().filter(|item| item.epic == epic.id).collect()
    }

    fn is_epic(&self, item: &Item) -> bool {
        item.born_epic || !self.children(item).is_empty()
    }

    fn add(&mut self, title: &str, body: &str, epic: &str, born_epic: bool) -> Answer<String> {
        if title.trim().is_empty() {
            return Err("title cannot be empty".into());
        }
        if !epic.is_empty() {
            self.get(epic)?;
        }
        // Six characters of base 32, as ergo's; here they count up.
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digit = |place: u32| char::from(letters[(self.items.len() >> (5 * place)) % 32]);
        let id: String = (0..6).rev().map(digit).collect();
        let text = |text: &str| text.to_owned();
        self.items.push(Item {
            record: text("new_task"),
            id: id.clone(),
            title: text(title.trim()),
            body: text(body),
            state: text("todo"),
            epic: text(epic),
            claim: String::new(),
            born_epic,
            message: String::new(),
        });
        Ok(id)
    }

    /// Makes an epic and its tasks from a file of chunks.
    fn plan(&mut self, title: &str, path: &str) -> Answer {
        let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        let born = self.speech.epics();
        let epic = self.add(title, "", "", born)?;
        let mut chunk = String::new();
        for line in text.lines().chain(["---"]) {
            if line != "---" {
                chunk = chunk + line + "\n";
                continue;
            }
            let whole = std::mem::take(&mut chunk);
            if !whole.trim().is_empty() {
                let (title, body) = whole.trim().split_once('\n').unwrap_or((whole.trim(), ""));
                let title = title.strip_prefix("# ").ok_or("chunk must start with '# Title'")?;
                self.add(title, body, &epic, false)?;
            }
        }
        println!("{epic}");
        Ok(())
    }

    fn list(&self, flags: &[&str]) -> Answer {
        let has = |flag: &str| flags.contains(&flag);
        if has("--json") != (self.speech.json_output() || self.speech.listing()) {
            return Err("--json is refused, or required of this stand-in".into());
        }
        if !has("--json") {
            return self.list_tree();
        }
        let open = |item: &&Item| has("--all") || !["done", "canceled"].contains(&item.state.as_str());
        let (epics, tasks): (Vec<&Item>, Vec<&Item>) =
            self.items.iter().filter(open).partition(|item| self.is_epic(item));
        if has("--epics") {
            if !self.speech.json_input() || has("--all") {
                return Err("conflicting flags: --epics and --all".into());
            }
            let row =
                |item: &&Item| json!({"kind": "epic", "id": item.id, "state": "todo", "title": item.title});
            println!("{}", Value::Array(epics.iter().map(row).collect()));
            return Ok(());
        }
        let task = |item: &&Item| {
            let mut row = json!({"id": item.id, "title": item.title, "state": item.state, "ready": true});
            if !item.epic.is_empty() {
                row["epic_id"] = json!(item.epic);
            }
            if self.speech.json_input() || self.speech.listing() {
                row["kind"] = json!("task");
            }
            row
        };
        let tasks = tasks.iter().map(task);
        if self.speech.json_output() {
            println!("{}", Value::Array(tasks.collect()));
            return Ok(());
        }
        let epic = |item: &&Item| {
            let mut row = json!({"id": item.id, "title": item.title, "kind": "epic"});
            if self.speech.journal() {
                row["state"] = json!("active");
            }
            row
        };
        let rows: Vec<Value> = epics.iter().map(epic).chain(tasks).collect();
        println!("{}", json!({"version": 1, "items": rows}));
        Ok(())
    }

    fn list_tree(&self) -> Answer {
        if self.items.is_empty() {
            println!("No tasks.");
            return Ok(());
        }
        let mut counts = std::collections::BTreeMap::new();
        let mut line = |head: &str, item: &Item, epic: bool| {
            let (icon, word) = match item.state.as_str() {
                _ if epic => ("◈ ", "container"),
                "todo" => ("○", "ready"),
                "doing" => ("◐", "in progress"),
                "blocked" => ("·", "blocked"),
                "done" => ("✓", "done"),
                "canceled" => ("✗", "canceled"),
                _ => ("⚠", "error"),
            };
            if !epic {
                *counts.entry(word).or_insert(0) += 1;
            }
            let mark = if self.speech.epics() { String::new() } else { format!("  [{word}]") };
            let text: String = format!("{head}{icon} {}{mark}", item.title).chars().take(68).collect();
            println!("{text:<70}  {}", item.id);
        };
        for item in self.items.iter().filter(|item| item.epic.is_empty() && !self.is_epic(item)) {
            line("", item, false);
        }
        for epic in self.items.iter().filter(|item| self.is_epic(item)) {
            line("", epic, true);
            let children = self.children(epic);
            for (number, child) in children.iter().enumerate() {
                line(if number + 1 == children.len() { "└ " } else { "├ " }, child, false);
            }
        }
        if !counts.is_empty() {
            let parts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
            println!("\n{}", parts.join(" · "));
        }
        Ok(())
    }

    fn show(&mut self, id: &str, flags: &[&str]) -> Answer {
        self.get(id)?;
        let item = self.items.iter().find(|item| item.id == id).unwrap();
        let full = |item: &Item| {
            json!({"id": item.id, "epic_id": item.epic, "state": item.state, "claimed_by": item.claim,
                "deps": null, "title": item.title, "body": item.body})
        };
        if self.speech.json_output() {
            let children: Vec<Value> = self.children(item).into_iter().map(full).collect();
            let key = if self.speech.json_input() { "epic" } else { "container" };
            let shown =
                if children.is_empty() { full(item) } else { json!({"children": children, key: full(item)}) };
            println!("{shown}");
            return Ok(());
        }
        if flags.contains(&"--body") {
            print!("{}", item.body);
            return Ok(());
        }
        let (epic, new) = (self.is_epic(item), self.speech.epics());
        println!("---");
        if epic {
            println!("{}: true", if new { "epic" } else { "container" });
        }
        println!("id: \"{}\"\ntitle: {}", item.id, json!(item.title));
        if !epic {
            println!("state: \"{}\"", item.state);
            if !item.epic.is_empty() {
                println!("{}: \"{}\"", if new { "parent" } else { "container_id" }, item.epic);
            }
            if !item.claim.is_empty() {
                println!("claimed_by: \"{}\"", item.claim);
            }
        } else if self.children(item).iter().any(|child| child.state == "failed") {
            println!("state: \"failed\"");
        }
        println!("---\n\n# {}\n", item.title);
        if !item.body.is_empty() {
            println!("{}{}", item.body, if item.body.ends_with('\n') { "" } else { "\n" });
        }
        if !item.message.is_empty() {
            let head = if self.speech.journal() {
                "Journal\n\n- **done** — now: "
            } else {
                "Messages\n\n**done - now**\n\n"
            };
            println!("## {head}{}\n", item.message);
        }
        Ok(())
    }

    fn run(&mut self, command: &str, words: &[&str], flags: &[&str]) -> Answer {
        let word = |index: usize| words.get(index).copied().ok_or_else(|| "usage".to_owned());
        let given = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        let field = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let (json_input, epics, old) =
            (self.speech.json_input(), self.speech.epics(), !self.speech.since(2, 0));
        match command {
            "new" if !epics => {
                let piped = piped();
                let (value, body) = if json_input {
                    let value = given(&piped.unwrap_or_default())?;
                    let body = field(&value, "body");
                    (value, body)
                } else {
                    (given(word(1)?)?, piped.unwrap_or_default())
                };
                let born = json_input && word(0)? == "epic";
                println!("{}", self.add(&field(&value, "title"), &body, &field(&value, "epic"), born)?);
            }
            "new" if word(0)? == "epic" => self.plan(word(2)?, word(1)?)?,
            "new" => {
                let id = match flags.contains(&"--epic") {
                    true => self.add(word(2)?, &piped().unwrap_or_default(), word(1)?, false)?,
                    false => self.add(word(1)?, &piped().unwrap_or_default(), "", false)?,
                };
                println!("{id}");
            }
            "plan" if !json_input && !epics => self.plan(&field(&given(word(1)?)?, "title"), word(0)?)?,
            "set" if old => {
                let piped = piped();
                let (value, body) = match json_input {
                    true => (given(&piped.unwrap_or_default())?, None),
                    false => (given(word(1)?)?, piped),
                };
                let item = self.get(word(0)?)?;
                let mut put = |name: &str, place: fn(&mut Item) -> &mut String| {
                    if let Some(text) = value[name].as_str() {
                        *place(item) = text.to_owned();
                    }
                };
                put("title", |item| &mut item.title);
                put("body", |item| &mut item.body);
                put("state", |item| &mut item.state);
                if let Some(body) = body {
                    item.body = body;
                }
            }
            "claim" => {
                let item = self.get(word(0)?)?;
                (item.state, item.claim) = ("doing".to_owned(), word(1)?.to_owned());
            }
            _ if old => return Err(format!("unknown command {command}")),
            "fail" if self.speech.since(6, 0) => self.get(word(0)?)?.state = "failed".to_owned(),
            "done" | "cancel" => {
                let body = piped();
                if body.is_some() && !self.speech.json_output() {
                    return Err("lifecycle commands do not read stdin".into());
                }
                let item = self.get(word(0)?)?;
                item.state = if command == "done" { "done" } else { "canceled" }.to_owned();
                item.claim.clear();
                item.body = body.unwrap_or(std::mem::take(&mut item.body));
                if let ["-m", message] = words[1..] {
                    item.message = message.to_owned();
                }
            }
            _ if command == self.speech.give_back() => {
                let item = self.get(word(0)?)?;
                if ["done", "canceled"].contains(&item.state.as_str()) {
                    return Err("closed work cannot be given back".into());
                }
                item.state = "todo".to_owned();
                item.claim.clear();
            }
            "title" => self.get(word(0)?)?.title = word(1)?.trim().to_owned(),
            "body" => self.get(word(0)?)?.body = piped().ok_or("body requires piped stdin")?,
            _ => return Err(format!("unknown command {command}")),
        }
        self.save()
    }
}

/// What is on standard input; `None` where nothing was piped.
fn piped() -> Option<String> {
    let terminal = std::io::stdin().is_terminal();
    let device = std::fs::metadata("/dev/stdin").is_ok_and(|input| input.file_type().is_char_device());
    let mut text = String::new();
    (!terminal && !device).then(|| std::io::stdin().read_to_string(&mut text).unwrap())?;
    Some(text)
}

fn answer(arguments: &[&str]) -> Answer {
    let version = std::env::var("FAKE_ERGO_GENERATION").unwrap();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap());
    let speech = Speech { version: (numbers.next().unwrap(), numbers.next().unwrap()) };
    let (command, rest) = arguments.split_first().ok_or("no command")?;
    let end = rest.iter().position(|word| *word == "--").unwrap_or(rest.len());
    let is_flag = |word: &&&str| word.starts_with("--");
    let flags: Vec<&str> = rest[..end].iter().filter(is_flag).copied().collect();
    let mut words: Vec<&str> = rest[..end].iter().filter(|word| !is_flag(word)).copied().collect();
    words.extend(rest.iter().skip(end + 1));
    match *command {
        "--help" => print!("{}", speech.help()),
        "version" => println!("ergo v0.0.0-20260101000000-000000000000"),
        "init" => {
            std::fs::create_dir_all(".ergo").unwrap();
            let journal = speech.journal().then_some("journal.jsonl");
            for name in speech.stores()[..1].iter().copied().chain(journal) {
                std::fs::write(PathBuf::from(".ergo").join(name), "").unwrap();
            }
        }
        "where" if flags.contains(&"--json") && !speech.json_output() => {
            return Err("unknown flag: --json".into());
        }
        "where" => {
            let store = Store::open(speech)?;
            match flags.contains(&"--json") {
                true => println!("{}", json!({ "ergo_dir": store.folder })),
                false => println!("{}", store.folder.display()),
            }
        }
        "list" => Store::open(speech)?.list(&flags)?,
        "show" => Store::open(speech)?.show(words.first().ok_or("usage")?, &flags)?,
        command => Store::open(speech)?.run(command, &words, &flags)?,
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match answer(&arguments) {
        Ok(()) => {
            std::io::stdout().flush().unwrap();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
