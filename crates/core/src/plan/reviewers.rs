//! `policy.reviewers`: who may review and waive, by their SSH keys, and how many of them it takes.

use crate::problems::Problems;
use crate::release::Agent;
use crate::sshsig::key_fingerprint;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// Who may review and waive.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Raw {
    /// Reviewers as lines of OpenSSH's allowed signers file (ssh-keygen(1)): names, options, key type, key. The names are patterns with
    /// commas between them: those that the reviewer is known by, and runs releases as. They count from the release on whose
    /// base tag's plan names them.
    #[schemars(with = "Vec<String>")]
    allowed_signers: Spanned<Vec<Spanned<String>>>,
    /// Whether a review that accepts is signed by a reviewer. By default it is. A waiver always is.
    #[schemars(with = "Option<bool>")]
    signed: Option<Spanned<bool>>,
    /// Whether whoever runs the poll may not be the one who signs. By default they may.
    #[schemars(with = "Option<bool>")]
    not_by_runner: Option<Spanned<bool>>,
    /// How many different reviewers have to sign. By default 1.
    #[schemars(with = "Option<u32>")]
    count: Option<Spanned<u32>>,
}

/// Who may review and waive, and how many it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewers {
    /// Their keys; never empty.
    pub keys: Vec<ReviewerKey>,
    /// Whether a review that accepts is signed. A waiver always is.
    pub signed: bool,
    /// Whoever runs the poll may not be the one who signs.
    pub not_by_runner: bool,
    /// How many different reviewers have to sign, 1 or more.
    pub count: u32,
}

/// One key of a reviewer: a line of an allowed signers file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewerKey {
    /// The names that the reviewer is known by, as patterns.
    pub principals: Vec<String>,
    /// Options, such as `valid-before="20270101"`, as they are written.
    pub options: Option<String>,
    /// The key's type, such as `ssh-ed25519`.
    pub kind: String,
    /// The key in base64.
    pub key: String,
    /// The key's fingerprint, as OpenSSH prints it.
    pub fingerprint: String,
}

impl Reviewers {
    /// The reviewer whose key has a fingerprint.
    pub fn by_fingerprint(&self, fingerprint: &str) -> Option<&ReviewerKey> {
        self.keys.iter().find(|key| key.fingerprint == fingerprint)
    }

    /// Every name with its key.
    pub fn names(&self) -> Vec<String> {
        self.keys.iter().map(|key| format!("{} {}", key.name(), key.fingerprint)).collect()
    }

    /// What is asked of them, in words.
    pub fn rule(&self) -> String {
        if !self.signed {
            return "reviews need no signature, waivers do".to_owned();
        }
        let who = if self.count == 1 {
            "one signs".to_owned()
        } else {
            format!("{} different ones sign", self.count)
        };
        let not = if self.not_by_runner { ", who do not run the poll" } else { "" };
        format!("{who} each review and waiver{not}")
    }

    /// Why a signature by this key, recorded by `agent`, does not count in a poll that `runner` runs; `None` where it does.
    pub fn refuses(&self, key: &ReviewerKey, agent: &Agent, runner: &Agent) -> Option<String> {
        if !self.not_by_runner {
            return None;
        }
        if agent == runner {
            return Some(format!("{runner} runs the poll, and recorded it too"));
        }
        key.is(runner).then(|| format!("{}, who signed it, runs the poll as {runner}", key.name()))
    }

    /// How many different persons there are, at least.
    fn persons(&self) -> usize {
        let mut persons: Vec<&ReviewerKey> = Vec::new();
        for key in &self.keys {
            if !persons.iter().any(|other| other.is_same_person(key)) {
                persons.push(key);
            }
        }
        persons.len()
    }
}

impl ReviewerKey {
    /// The reviewer's name: the first that they are known by.
    pub fn name(&self) -> String {
        self.principals.first().cloned().unwrap_or_default()
    }

    /// Whether the reviewer is known by a name.
    pub fn is(&self, agent: &Agent) -> bool {
        self.principals.iter().any(|pattern| fits(pattern.as_bytes(), agent.as_str().as_bytes()))
    }

    /// Whether two keys are of one person, as far as the plan says: they are the same, or share a name.
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
            || self.principals.iter().any(|name| other.principals.contains(name))
    }

    /// Options, type and key: the line without its names.
    pub fn without_names(&self) -> String {
        let options = self.options.as_ref().map(|options| format!("{options} ")).unwrap_or_default();
        format!("{options}{} {}", self.kind, self.key)
    }
}

/// Whether a pattern of OpenSSH's fits: `*` is any text, `?` any character.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the latest `*` stands, and how far into the text it reaches.
    let mut star = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(one) if *one == b'?' || *one == text[seen] => (at, seen) = (at + 1, seen + 1),
            _ => match star {
                Some((place, reach)) => {
                    star = Some((place, reach + 1));
                    (at, seen) = (place + 1, reach + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|one| *one == b'*')
}

/// The reviewers that a plan names. Every problem is gathered.
pub(super) fn of(raw: Spanned<Raw>, problems: &mut Problems) -> Option<Reviewers> {
    let before = problems.count();
    let span = raw.span();
    let Raw { allowed_signers, signed, not_by_runner, count } = raw.into_inner();
    let mut keys: Vec<ReviewerKey> = Vec::new();
    for line in allowed_signers.get_ref() {
        match key(line.get_ref()) {
            Err(why) => problems.at(
                line,
                format!("no line of an allowed signers file: {why}"),
                Some("for example `ann@example.test ssh-ed25519 AAAA…`"),
            ),
            Ok(key) if keys.iter().any(|one| one.fingerprint == key.fingerprint) => {
                problems.at(
                    line,
                    "this key is there twice",
                    Some("one line has all names of a reviewer, with commas between them"),
                );
            }
            Ok(key) => keys.push(key),
        }
    }
    if allowed_signers.get_ref().is_empty() {
        problems.at(&allowed_signers, "reviewers are named by their keys, and no key is here", None);
    }
    let is_signed = signed.as_ref().is_none_or(|signed| *signed.get_ref());
    for (key, asks) in [
        ("not-by-runner", not_by_runner.as_ref().is_some_and(|asks| *asks.get_ref())),
        ("count", count.as_ref().is_some_and(|count| *count.get_ref() > 1)),
    ] {
        if asks && !is_signed {
            problems.push(
                span.clone(),
                format!("`{key}` means nothing where reviews are not signed"),
                Some("without a signature nobody can tell who reviewed"),
            );
        }
    }
    let everybody = |key: &ReviewerKey| key.principals.iter().any(|name| name.chars().all(|one| one == '*'));
    if not_by_runner.as_ref().is_some_and(|asks| *asks.get_ref()) && keys.iter().any(everybody) {
        problems.at(
            &allowed_signers,
            "`*` is everybody's name, so that whoever runs the poll would be this reviewer",
            Some("name each reviewer as they are known, and as they run releases: `ann@example.test,ann@laptop`"),
        );
    }
    let number = count.as_ref().map_or(1, |count| *count.get_ref());
    let reviewers = Reviewers {
        keys,
        signed: is_signed,
        not_by_runner: not_by_runner.is_some_and(|asks| *asks.get_ref()),
        count: number,
    };
    let persons = reviewers.persons();
    if let Some(count) = count.filter(|_| number == 0 || number as usize > persons) {
        let message = format!("the count is 1 to {persons}, as many different reviewers as are named here");
        problems.at(&count, message, Some("keys that share a name are one reviewer's"));
    }
    (problems.count() == before).then_some(reviewers)
}

/// Key types that a signature can be checked for, as OpenSSH names them.
const KINDS: [&str; 8] = [
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
    "ssh-dss",
];

/// One line. The error says what is wrong with it.
fn key(line: &str) -> Result<ReviewerKey, String> {
    if line.chars().any(char::is_control) {
        return Err("it is more than one line, or holds a control character".to_owned());
    }
    let words = words(line)?;
    let [names, rest @ ..] = words.as_slice() else { return Err("it is empty".to_owned()) };
    let (options, rest) = match rest {
        [kind, ..] if KINDS.contains(&kind.as_str()) => (None, rest),
        [options, rest @ ..] => (Some(options.clone()), rest),
        [] => return Err("there is no key after the name".to_owned()),
    };
    let [kind, key, ..] = rest else {
        return Err("it is names, options where there are any, key type and key".to_owned());
    };
    if !KINDS.contains(&kind.as_str()) || kind == "ssh-dss" {
        return Err(format!("`{kind}` is no type of key that signatures are checked for"));
    }
    if let Some(options) = &options {
        let known = |one: &str| {
            let name = one.split('=').next().unwrap_or_default().to_ascii_lowercase();
            ["namespaces", "valid-after", "valid-before"].contains(&name.as_str())
        };
        if let Some(other) = split_outside_quotes(options, ',').iter().find(|one| !known(one)) {
            return Err(format!("the option `{other}` is not one that is read: each key is named by itself"));
        }
    }
    let blob = STANDARD.decode(key).map_err(|_| "the key is no base64")?;
    let length = blob.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize);
    if length.and_then(|length| blob.get(4..4 + length)) != Some(kind.as_bytes()) {
        return Err(format!("the key is no {kind} key"));
    }
    let principals: Vec<String> = names.trim_matches('"').split(',').map(str::to_owned).collect();
    if principals.iter().any(|name| name.is_empty() || name.starts_with('!')) {
        return Err("the names are patterns with commas between them, none of them negated".to_owned());
    }
    let fingerprint = key_fingerprint(&blob);
    Ok(ReviewerKey { principals, options, kind: kind.clone(), key: key.clone(), fingerprint })
}

/// The words of a line; white space within double quotes is a part of its word.
fn words(line: &str) -> Result<Vec<String>, String> {
    if line.matches('"').count() % 2 == 1 {
        return Err("a quotation mark is not closed".to_owned());
    }
    let words = split_outside_quotes(line, ' ');
    Ok(words.into_iter().filter(|word| !word.is_empty()).collect())
}

fn split_outside_quotes(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for one in text.chars() {
        quoted ^= one == '"';
        match parts.last_mut() {
            Some(last) if one != at || quoted => last.push(one),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// What became weaker of who reviews, a line each.
pub(super) fn weaker(before: Option<&Reviewers>, after: Option<&Reviewers>) -> Vec<String> {
    let Some(before) = before else { return Vec::new() };
    let Some(after) = after else { return vec!["the plan names no reviewers any more".to_owned()] };
    let Reviewers { keys, signed, not_by_runner, count } = before;
    let mut weaker = Vec::new();
    let is_there = |key: &&ReviewerKey| after.keys.contains(key);
    weaker.extend(keys.iter().filter(|key| !is_there(key)).map(|key| {
        format!("the reviewer {} ({}) is gone, or has other names or options", key.name(), key.fingerprint)
    }));
    weaker.extend(
        after
            .keys
            .iter()
            .filter(|key| !keys.contains(key))
            .map(|key| format!("{} ({}) is a reviewer now, and was none", key.name(), key.fingerprint)),
    );
    if *signed && !after.signed {
        weaker.push("reviews need no signature any more".to_owned());
    }
    if *not_by_runner && !after.not_by_runner {
        weaker.push("whoever runs the poll may review now".to_owned());
    }
    if after.count < *count {
        weaker.push(format!("{} reviewers have to sign now, and not {count}", after.count));
    }
    weaker
}
