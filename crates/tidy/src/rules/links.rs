//! A link of the docs leads somewhere.

use crate::{Breach, TextFile};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;

/// Relative links, in every Markdown file but templates, whose file, folder or heading is not there.
pub fn breaches(files: &[TextFile]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md") && !file.path.contains("/templates/")) {
        for (line, link) in links(&file.text) {
            if let Err(why) = follow(files, &file.path, &link) {
                found.push(Breach::new(&file.path, line, format!("the link `{link}` leads nowhere: {why}")));
            }
        }
    }
    found
}

/// Line and destination of each link and picture.
fn links(text: &str) -> Vec<(usize, String)> {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    events
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some((line(range.start), dest_url.to_string()))
            }
            _ => None,
        })
        .collect()
}

fn follow(files: &[TextFile], from: &str, link: &str) -> Result<(), &'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(());
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() {
        from.to_owned()
    } else {
        joined(from, path).ok_or("it leaves the repository")?
    };
    let target = files.iter().find(|file| file.path == path);
    let is_folder =
        || files.iter().any(|file| file.path.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/')));
    match (target, anchor) {
        (None, None) if is_folder() => Ok(()),
        (None, _) => Err("there is no such file"),
        (Some(file), Some(anchor)) if !anchors(&file.text).contains_key(anchor) => {
            Err("there is no such heading")
        }
        _ => Ok(()),
    }
}

/// A link's path from the root, seen from a file.
fn joined(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The anchors that GitHub gives the headings of a text: low letters, blanks as hyphens, punctuation left out, and
/// numbered where one comes again.
fn anchors(text: &str) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let times = found.get(&slug).copied().unwrap_or(0);
                if times > 0 {
                    found.insert(format!("{slug}-{times}"), 1);
                }
                found.insert(slug, times + 1);
            }
            _ => {}
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let files = [
            TextFile::new("README.md", "# Top\n"),
            TextFile::new("docs/a.md", text),
            TextFile::new("docs/b/c.md", "# One, `two` & three\n\n## Again\n\n## Again\n"),
            TextFile::new("docs/picture.svg", ""),
        ];
        breaches(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_left_alone() {
        let text = "# Here\n\n[a](../README.md) [b](b/c.md#one-two--three) [c](b) [d](b/c.md#again-1) [e](#here)\n![p](picture.svg) [w](https://example.test/x#y)\n\n`[no](nothing.md)` and\n\n```\n[no](nothing.md)\n```\n";
        assert_eq!(of(text), [""; 0]);
    }

    #[test]
    fn a_link_to_what_is_not_there_is_found() {
        for (link, why) in [
            ("c.md", "there is no such file"),
            ("b/c.md#two", "there is no such heading"),
            ("b/c.md#again-2", "there is no such heading"),
            ("#nowhere", "there is no such heading"),
            ("../../x.md", "it leaves the repository"),
            ("b/c", "there is no such file"),
        ] {
            assert_eq!(
                of(&format!("a\n\nb [c]({link}) d")),
                [format!("docs/a.md:3: the link `{link}` leads nowhere: {why}")]
            );
        }
        assert_eq!(of("![p](gone.svg)").len(), 1);
    }
}
