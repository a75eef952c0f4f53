//! `gonogo audit` against a cargo registry on loopback: what it exits with, and what it says.

use crate::support::{Project, Ran, libtest, plan, until};
use gonogo_sandbox::KeptPort;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What the index states of each crate. None is served.
const CHECKSUM: &str = "1f8b000000000000000000000000000000000000000000000000000000000000";

/// A sparse index. It ends with the process of the tests.
#[derive(Clone, Default)]
struct Registry {
    base: String,
    pages: Arc<Mutex<HashMap<String, (u16, String)>>>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    /// Nobody is told of a crate before so many have asked at the same time.
    together: Arc<AtomicUsize>,
}

impl Registry {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let registry = Self { base: base.clone(), ..Self::default() };
        registry.page("/config.json", 200, &format!("{{\"dl\":\"{base}/dl\"}}"));
        let own = registry.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let registry = own.clone();
                std::thread::spawn(move || registry.serve(&stream));
            }
        });
        registry
    }

    fn page(&self, path: &str, status: u16, body: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), (status, body.to_owned()));
    }

    /// A crate with these versions; of those with a `!`, yanked.
    fn publish(&self, name: &str, versions: &[&str]) {
        let line = |version: &&str| {
            let (version, yanked) = (version.trim_end_matches('!'), version.ends_with('!'));
            format!(
                "{{\"name\":\"{name}\",\"vers\":\"{version}\",\"cksum\":\"{CHECKSUM}\",\"yanked\":{yanked}}}\n"
            )
        };
        let body: String = versions.iter().map(line).collect();
        self.page(&format!("/{}/{}/{name}", &name[..2], &name[2..4]), 200, &body);
    }

    fn serve(&self, mut stream: &TcpStream) {
        let mut lines = BufReader::new(stream).lines();
        let Some(Ok(line)) = lines.next() else { return };
        for line in lines.map_while(Result::ok) {
            if line.is_empty() {
                break;
            }
        }
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let path = line.split(' ').nth(1).unwrap_or_default();
        if path != "/config.json" {
            let together = self.together.load(Ordering::SeqCst);
            until("enough ask at the same time", || self.most.load(Ordering::SeqCst) >= together);
        }
        let page = self.pages.lock().unwrap().get(path).cloned();
        let (status, body) = page.unwrap_or((404, String::new()));
        let head =
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        self.now.fetch_sub(1, Ordering::SeqCst);
        // Whoever asked may have gone.
        stream.write_all(format!("{head}{body}").as_bytes()).ok();
    }

    fn audit(&self, project: &Project, arguments: &[&str]) -> Ran {
        let mut command = project.gonogo(&["audit", "--json"]);
        command
            .args(arguments)
            .env("CARGO_REGISTRY_DEFAULT", "own")
            .env("CARGO_REGISTRIES_OWN_INDEX", format!("sparse+{}/", self.base))
            .output()
            .unwrap()
            .into()
    }
}

fn project() -> Project {
    let channels = "[channels.crates-io]\npackage = \"sample\"\n";
    Project::new(&(plan(&libtest("t", "run-tests")) + channels))
}

#[test]
fn an_audit_exits_by_what_the_channels_say() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["1.0.0", "1.1.0!"]);
    registry.page("/br/ok/broken", 200, "<html>");
    for (arguments, code, verdict) in [
        (&["--crate", "sample", "1.0.0", "--level", "resolvable"][..], 0, "passed"),
        (&["1.0.0", "--level", "resolvable"], 0, "passed"),
        (&["--crate", "sample", "1.1.0", "--level", "resolvable"], 1, "failed"),
        (&["--crate", "sample", "1.1.0", "--level", "accepted"], 0, "passed"),
        (&["--crate", "sample", "1.2.0", "--level", "accepted"], 1, "failed"),
        (&["--crate", "sample", "1.0.0"], 3, "incomplete"),
        (&["--crate", "broken", "1.0.0", "--level", "accepted"], 3, "incomplete"),
        (&["--crate", "sample", "--crate", "broken", "1.0.0", "--level", "accepted"], 3, "incomplete"),
        (&["--crate", "sample", "--crate", "broken", "1.2.0", "--level", "accepted"], 1, "failed"),
    ] {
        let document = registry.audit(&project, arguments).exits(code).json();
        assert_eq!((&document["schema"], &document["verdict"]), (&"gonogo.audit/1".into(), &verdict.into()));
    }
}

#[test]
fn no_registry_and_no_client_are_incomplete_and_never_absent() {
    let project = project();
    let nobody = KeptPort::new().unwrap();
    let gone = Registry { base: nobody.base(), ..Registry::default() };
    for arguments in [["--crate", "sample"], ["--npm", "sample"]] {
        // A stand-in of npm that fails, in place of whichever is installed.
        project.tool("npm", "exit 1");
        let document = gone.audit(&project, &[&arguments[..], &["1.0.0"]].concat()).exits(3).json();
        assert_eq!(document["channels"][0]["observation"]["seen"], "unknown");
    }
}

#[test]
fn the_matrix_shows_holes_also_of_versions_that_only_a_tag_knows() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["0.2.0", "0.3.0!"]);
    let matrix = |ran: Ran| {
        let document = ran.json();
        let row = |row: &serde_json::Value| format!("{} {}", row["version"], row["cells"][0]["is"]);
        document["matrix"]["rows"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let rows = matrix(registry.audit(&project, &["--all-versions"]).exits(1));
    assert_eq!(rows, ["\"0.3.0\" \"withdrawn\"", "\"0.2.0\" \"live\"", "\"0.1.0\" \"absent\""]);
    registry.publish("sample", &["0.1.0", "0.2.0"]);
    registry.audit(&project, &["--all-versions"]).exits(0);
}

#[test]
fn a_later_audit_says_what_changed_since_an_earlier_one() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["1.0.0"]);
    let asked = ["1.0.0", "--level", "resolvable"];
    let earlier = registry.audit(&project, &asked).exits(0).stdout;
    project.write("earlier.json", &earlier);
    let since = [&asked[..], &["--since", "earlier.json"]].concat();
    let document = registry.audit(&project, &since).exits(0).json();
    assert_eq!(document["changes"], serde_json::json!([]));

    // Other bytes under the same version: each look by itself is right.
    let line = format!(
        "{{\"name\":\"sample\",\"vers\":\"1.0.0\",\"cksum\":\"{}\",\"yanked\":false}}\n",
        CHECKSUM.replace('1', "2")
    );
    registry.page("/sa/mp/sample", 200, &line);
    registry.audit(&project, &asked).exits(0);
    let document = registry.audit(&project, &since).exits(1).json();
    assert_eq!(document["changes"][0]["said"], "sample-1.0.0.crate was replaced");
    assert_eq!(document["verdict"], "failed");

    registry.publish("sample", &["1.0.0!"]);
    let document = registry.audit(&project, &since).exits(1).json();
    assert_eq!(document["changes"][0]["said"], "it was yanked");
    registry.publish("sample", &["0.9.0"]);
    let document = registry.audit(&project, &since).exits(1).json();
    assert!(document["changes"][0]["said"].as_str().unwrap().starts_with("it is gone"), "{document}");
    // What cannot be told now is no change.
    registry.page("/sa/mp/sample", 500, "");
    let document = registry.audit(&project, &since).exits(3).json();
    assert_eq!(document["changes"], serde_json::json!([]));
}

#[test]
fn an_earlier_audit_is_one_of_the_same_version() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["1.0.0", "1.1.0"]);
    let other = registry.audit(&project, &["1.1.0", "--level", "resolvable"]).exits(0).stdout;
    let cut = &other[..other.len() / 2];
    for (name, text) in
        [("other.json", &*other), ("cut.json", cut), ("twice.json", "{\"schema\":1,\"schema\":2}")]
    {
        project.write(name, text);
        registry.audit(&project, &["1.0.0", "--level", "resolvable", "--since", name]).exits(2);
    }
    project.write("newer.json", "{\"schema\":\"gonogo.audit/2\",\"places\":[]}");
    let newer =
        registry.audit(&project, &["1.0.0", "--level", "resolvable", "--since", "newer.json"]).exits(2);
    assert!(newer.stderr.contains("gonogo.audit/2") && newer.stderr.contains("update gonogo"), "{newer:#?}");
    registry.audit(&project, &["1.0.0", "--level", "resolvable", "--since", "none.json"]).exits(2);
}

#[test]
fn an_audit_of_before_later_keys_came_is_still_compared_with() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["1.0.0"]);
    let asked = ["1.0.0", "--level", "resolvable"];
    let mut first = registry.audit(&project, &asked).exits(0).json();
    let remove = |value: &mut serde_json::Value, keys: &[&str]| {
        for key in keys {
            assert!(value.as_object_mut().unwrap().remove(*key).is_some(), "{key}: {value:#}");
        }
    };
    remove(&mut first, &["changes", "ledger"]);
    let observation = &mut first["channels"][0]["observation"];
    remove(observation, &["immutable"]);
    remove(&mut observation["files"][0], &["attestations", "looked_into"]);
    project.write("first.json", first.to_string());
    let since = [&asked[..], &["--since", "first.json"]].concat();
    assert_eq!(registry.audit(&project, &since).exits(0).json()["changes"], serde_json::json!([]));
}

#[test]
fn what_an_earlier_audit_was_not_told_of_is_never_said_to_be_unchanged() {
    let (registry, project) = (Registry::start(), project());
    registry.publish("sample", &["1.0.0"]);
    registry.publish("other", &["1.0.0"]);
    let asked = |level: &'static str, name: &'static str| ["--crate", name, "1.0.0", "--level", level];
    let since = |level, name| [&asked(level, name)[..], &["--since", "earlier.json"]].concat();
    let keep = |ran: Ran| project.write("earlier.json", ran.stdout);
    keep(registry.audit(&project, &asked("accepted", "sample")).exits(0));
    registry.audit(&project, &since("accepted", "sample")).exits(0);
    // Another package, and less deep.
    registry.audit(&project, &since("accepted", "other")).exits(2);
    registry.audit(&project, &since("resolvable", "sample")).exits(2);
    // A file of which it was told no checksum.
    let mut bare = registry.audit(&project, &asked("resolvable", "sample")).exits(0).json();
    bare["channels"][0]["observation"]["files"][0]["stated"] = serde_json::json!([]);
    project.write("bare.json", bare.to_string());
    let held = [&asked("resolvable", "sample")[..], &["--since", "bare.json"]].concat();
    let held = registry.audit(&project, &held).exits(3).json();
    assert_eq!(held["reason"], "baseline-missing", "{held:#}");
    // One that was told of the index, and of no file.
    keep(registry.audit(&project, &asked("bytes", "sample")).exits(3));
    registry.audit(&project, &since("bytes", "sample")).exits(2);
    registry.audit(&project, &since("resolvable", "sample")).exits(0);
    registry.page("/sa/mp/sample", 500, "");
    keep(registry.audit(&project, &asked("accepted", "sample")).exits(3));
    registry.publish("sample", &["1.0.0"]);
    registry.audit(&project, &since("accepted", "sample")).exits(2);
}

#[test]
fn what_cannot_be_asked_is_a_usage_error() {
    let (registry, project) = (Registry::start(), project());
    for arguments in
        [&["--crate", "sample"][..], &["--crate", "sample", "one"], &["--level", "deep", "1.0.0"]]
    {
        registry.audit(&project, arguments).exits(2);
    }
    let bare = Project::new(&plan(&libtest("t", "run-tests")));
    registry.audit(&bare, &["1.0.0"]).exits(2);
}

#[test]
fn packages_are_looked_at_side_by_side_with_a_bound() {
    let (registry, project) = (Registry::start(), project());
    let names: Vec<String> = (0..80).map(|number| format!("kit-{number:02}")).collect();
    let mut arguments = vec!["1.0.0", "--level", "resolvable"];
    for name in &names {
        registry.publish(name, &["1.0.0"]);
        arguments.extend(["--crate", name]);
    }
    registry.together.store(32, Ordering::SeqCst);
    let document = registry.audit(&project, &arguments).exits(0).json();
    assert_eq!(document["channels"].as_array().unwrap().len(), 80);
    assert_eq!(document["channels"][79]["judgement"]["package"], "kit-79", "in the order that was asked");
    let most = registry.most.load(Ordering::SeqCst);
    assert_eq!(most, 32, "at once");
}

#[test]
fn packages_that_a_plan_releases_together_are_all_looked_at() {
    let registry = Registry::start();
    let channels = "[channels.crates-io]\npackage = \"sample\"\nalso = [\"sample-core\"]\n";
    let project = Project::new(&(plan(&libtest("t", "run-tests")) + channels));
    registry.publish("sample", &["1.0.0"]);
    let document = registry.audit(&project, &["1.0.0", "--level", "accepted"]).exits(1).json();
    assert_eq!(document["delivery"]["is_partial"], true);
    assert_eq!(document["delivery"]["recovery"][0]["act"], "publish-the-same");
    assert_eq!(document["delivery"]["recovery"][0]["package"], "sample-core");
    registry.publish("sample-core", &["1.0.0"]);
    registry.audit(&project, &["1.0.0", "--level", "accepted"]).exits(0);
}
