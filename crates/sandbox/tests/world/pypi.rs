//! The Python package index with the real twine, pip and uv.

use crate::support::Playground;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use std::time::Duration;

/// Makes a wheel without any build backend: `make.py CONTENT`.
const MAKE: &str = "import sys, zipfile\nname = 'tally_counter-0.1.0'\nwith zipfile.ZipFile(name + '-py3-none-any.whl', 'w') as wheel:\n    wheel.writestr('tally_counter.py', sys.argv[1])\n    info = name + '.dist-info/'\n    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tally-counter\\nVersion: 0.1.0\\nRequires-Python: >=3.6\\n')\n    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n    wheel.writestr(info + 'RECORD', '')\n";
const WHEEL: &str = "tally_counter-0.1.0-py3-none-any.whl";
const UPLOAD: [&str; 4] = ["twine", "upload", "--disable-progress-bar", WHEEL];
const DOWNLOAD: [&str; 7] =
    ["pip", "download", "--no-deps", "--no-cache-dir", "--dest", ".", "tally-counter==0.1.0"];

async fn ready() -> Playground {
    let playground = Playground::with_files(&[("README.md", "tally\n")]).await;
    playground.write("make.py", MAKE);
    playground.ok("dist", &["python", "../make.py", "VERSION = '0.1.0'"]).await;
    playground
}

fn is_published(playground: &Playground) -> bool {
    playground.world.registries().pypi.registry.files("tally-counter").contains_key(WHEEL)
}

#[tokio::test]
async fn an_uploaded_wheel_is_installed_by_pip_and_by_uv_and_runs() {
    let playground = ready().await;
    playground.ok("dist", &UPLOAD).await;
    let run = "import tally_counter; print(tally_counter.VERSION)";
    playground.ok(".", &["pip", "install", "--target", "by-pip", "tally-counter==0.1.0"]).await;
    assert_eq!(playground.ok("by-pip", &["python", "-c", run]).await, "0.1.0\n");
    playground.ok(".", &["uv", "pip", "install", "--target", "by-uv", "tally-counter==0.1.0"]).await;
    assert_eq!(playground.ok("by-uv", &["python", "-c", run]).await, "0.1.0\n");
}

#[tokio::test]
async fn uv_uploads_too() {
    let playground = ready().await;
    playground.ok("dist", &["uv", "publish", WHEEL]).await;
    assert!(is_published(&playground));
}

#[tokio::test]
async fn a_file_name_that_is_there_takes_the_same_bytes_for_done_and_refuses_others() {
    let playground = ready().await;
    playground.ok("dist", &UPLOAD).await;
    let digest = playground.world.registries().pypi.registry.files("tally-counter")[WHEEL].sha256.clone();
    playground.ok("dist", &UPLOAD).await;
    playground.ok("dist", &["python", "../make.py", "VERSION = 'other'"]).await;
    let said = playground.refused("dist", &UPLOAD).await;
    assert!(said.contains("400") && said.contains("File already exists"), "{said}");
    assert_eq!(playground.world.registries().pypi.registry.files("tally-counter")[WHEEL].sha256, digest);
}

#[tokio::test]
async fn a_wrong_token_publishes_nothing_and_the_right_one_does_after_it() {
    let playground = ready().await;
    let wrong = playground.run_with("dist", &UPLOAD, &[("TWINE_PASSWORD", "another")]).await;
    let said = wrong.stdout.text() + &wrong.stderr.text();
    assert!(said.contains("403") && said.contains("Invalid or non-existent authentication"), "{said}");
    assert!(!is_published(&playground));
    playground.ok("dist", &UPLOAD).await;
    assert!(is_published(&playground));
}

#[tokio::test]
async fn a_yanked_version_is_not_chosen_and_says_why() {
    let playground = ready().await;
    playground.ok("dist", &UPLOAD).await;
    assert!(playground.world.registries().pypi.registry.yank("tally_counter", "0.1.0", "loses counts"));
    let said = playground.refused("user", &["pip", "download", "--no-deps", "tally-counter"]).await;
    assert!(said.contains("No matching distribution"), "{said}");
    let captured = playground.run_with("user", &DOWNLOAD, &[]).await;
    assert!(captured.stderr.text().contains("loses counts"), "{}", captured.stderr.text());
}

#[tokio::test]
async fn the_page_of_a_project_is_html_unless_json_is_asked_for() {
    let playground = ready().await;
    playground.ok("dist", &UPLOAD).await;
    let ask = "import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1], headers={'Accept': sys.argv[2]})).read().decode())";
    let url = format!("{}/simple/Tally_Counter", playground.world.address(Service::Pypi).unwrap());
    let html = playground.ok(".", &["python", "-c", ask, &url, "text/html"]).await;
    let json = playground.ok(".", &["python", "-c", ask, &url, "application/vnd.pypi.simple.v1+json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let digest = json["files"][0]["hashes"]["sha256"].as_str().unwrap();
    assert!(html.contains(&format!("{WHEEL}#sha256={digest}")), "{html}");
    assert!(html.contains("data-requires-python=\"&gt;=3.6\""), "{html}");
    assert!(json["files"][0]["size"].as_u64() > Some(100));
    assert_eq!(json["files"][0]["yanked"], false);
}

#[tokio::test]
async fn each_fault_reaches_the_clients_as_what_it_is() {
    let playground = ready().await;
    let upload = || Matcher::of("POST", "/legacy/");
    let fault = |matcher, trouble| playground.world.fault(Service::Pypi, Fault::once(matcher, trouble));

    fault(upload(), FaultKind::status(418, "out of order"));
    assert!(playground.refused("dist", &UPLOAD).await.contains("418"));
    // twine tries a connection that broke again: what is always dropped never arrives.
    playground.world.fault(Service::Pypi, Fault::always(upload(), FaultKind::Dropped));
    playground.refused("dist", &["uv", "publish", WHEEL]).await;
    assert!(!is_published(&playground));
    playground.world.calm(Service::Pypi);
    playground.world.fault(Service::Pypi, Fault::always(upload(), FaultKind::Lost));
    playground.refused("dist", &["uv", "publish", WHEEL]).await;
    assert!(is_published(&playground));
    playground.world.calm(Service::Pypi);

    let file = || Matcher::of("GET", "/files/");
    fault(file(), FaultKind::Cut(b"half".to_vec()));
    playground.refused("user", &DOWNLOAD).await;
    let simple = || Matcher::of("GET", "/simple/tally-counter/");
    fault(simple(), FaultKind::WrongDigest);
    assert!(playground.refused("user", &DOWNLOAD).await.contains("DO NOT MATCH"));
    fault(simple(), FaultKind::Stale(1));
    assert!(playground.refused("user", &DOWNLOAD).await.contains("No matching distribution"));
    playground.world.fault(Service::Pypi, Fault::flapping(simple()));
    playground.refused("user", &DOWNLOAD).await;
    fault(file(), FaultKind::Delayed(Duration::from_millis(5)));
    playground.ok("user", &DOWNLOAD).await;
}
