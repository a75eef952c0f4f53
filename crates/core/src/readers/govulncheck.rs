//! `govulncheck -json`: JSON documents one after the other, the configuration first.
//!
//! It exits with 0 whatever it found. A vulnerability whose code is called is a finding; one that is only in a module or package that
//! is needed is noted, where it looked for calls at all.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{stream, text};
use super::{Reading, ToolOutput, Unread};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON of govulncheck"));
    }
    let mut seen = Seen::default();
    stream(document, |message| seen.take(message))?;
    let Some(config) = &seen.config else {
        return Err(Unread::unreadable("no `config` message: not the output of govulncheck -json"));
    };
    let Some(examined) = seen.modules else {
        let stderr = Lines::of(output.stderr);
        if stderr.first_filled().is_some() {
            return Err(no_report(&stderr, "`SBOM` message, so what it looked at is not known"));
        }
        return Err(Unread::unreadable(
            "no `SBOM` message, so what it looked at is not known (govulncheck 1.1.4 has it)",
        ));
    };
    if !seen.compared {
        return Err(Unread::unreadable("it does not say that it compared the code with the vulnerabilities"));
    }
    // Without a look at the calls, what is there is all that is known.
    let looked_for_calls =
        config.get("scan_level").and_then(Value::as_str).is_none_or(|level| level == "symbol");
    let mut reading = Reading { examined: Some(examined), ..Reading::default() };
    let Seen { called, present, titles, .. } = &seen;
    for (id, module) in called.iter().chain(present.iter().filter(|one| !called.contains(*one))) {
        let is_called = called.contains(&(id.clone(), module.clone()));
        let title = titles.get(id).map(String::as_str).unwrap_or_default();
        if is_called || !looked_for_calls {
            reading.findings.push(finding(
                &format!("{id} {module}"),
                &format!("{id}: {module}: {title}"),
                Some(module),
            ));
        } else {
            reading.notes.push(shown(&format!("not called: {id}: {module}: {title}")));
        }
    }
    if let Some(time) = config.get("db_last_modified").and_then(Value::as_str) {
        let time = time.parse::<jiff::Timestamp>();
        let time =
            time.map_err(|_error| Unread::unreadable("/config/db_last_modified is no RFC 3339 time"))?;
        reading.data_time = Some(time.to_string());
    }
    agree(output.exit, reading)
}

/// What its messages say together.
#[derive(Default)]
struct Seen {
    config: Option<Value>,
    /// How many modules it looked at.
    modules: Option<u64>,
    /// It says that it compared the code with what is known.
    compared: bool,
    titles: BTreeMap<String, String>,
    /// Vulnerabilities whose code is called, each with its module.
    called: BTreeSet<(String, String)>,
    /// Those that are only there.
    present: BTreeSet<(String, String)>,
}

impl Seen {
    fn take(&mut self, message: &Value) -> Result<(), Unread> {
        if let Some(one) = message.get("config") {
            self.config = Some(one.clone());
        } else if let Some(one) = message.get("SBOM") {
            let modules = one.get("modules").and_then(Value::as_array);
            self.modules = Some(modules.map_or(0, |modules| modules.len() as u64));
        } else if let Some(said) = message.pointer("/progress/message").and_then(Value::as_str) {
            // The last of what it says before it compares the code with what is known.
            self.compared |= said.starts_with("Checking the ");
        } else if let Some(one) = message.get("osv") {
            let summary = one.get("summary").and_then(Value::as_str).unwrap_or_default();
            self.titles.insert(text(one, "/id")?.to_owned(), summary.to_owned());
        } else if let Some(one) = message.get("finding") {
            let names = (text(one, "/osv")?.to_owned(), text(one, "/trace/0/module")?.to_owned());
            let is_called = one.pointer("/trace/0/function").is_some();
            if is_called {
                self.called.insert(names)
            } else {
                self.present.insert(names)
            };
        }
        Ok(())
    }
}
