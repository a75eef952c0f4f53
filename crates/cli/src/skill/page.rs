//! The parts of a page: a template with its values filled in, and Markdown that text from outside cannot break out of.

use gonogo_core::text::one_line;

/// A template names a value that it was not given: a defect of the template.
#[derive(Debug, thiserror::Error)]
#[error("a template names `{0}`, which has no value")]
pub struct UnknownKey(String);

/// Fills `{{key}}` in. What is filled in is not looked at again.
pub fn fill(template: &str, values: &[(&str, String)]) -> Result<String, UnknownKey> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (key, after) = after.split_once("}}").ok_or_else(|| UnknownKey(after.to_owned()))?;
        let value = values.iter().find(|(name, _)| *name == key).ok_or_else(|| UnknownKey(key.to_owned()))?;
        filled.push_str(before);
        filled.push_str(&value.1);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// One line of text from a plan, as words of a sentence.
pub fn plain(text: &str) -> String {
    one_line(text)
}

/// One line of text from a plan, as code.
pub fn code(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// Text in a cell of a table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A command in a fence.
pub fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}bash\n{text}\n{fence}\n")
}

/// A time for people.
pub fn time(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (hours, 0, 0) => format!("{hours} h"),
        (hours, minutes, seconds) => format!("{} min {seconds} s", hours * 60 + minutes),
    }
}
