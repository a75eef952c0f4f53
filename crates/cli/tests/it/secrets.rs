//! Nothing secret is stored or shown: tokens are planted in every way in which a check, a step, a remote or an error can carry them,
//! and everything that was written and printed is searched.

use crate::release::world::{Shape, Stage};
use crate::support::{Project, Ran};
use std::path::Path;

/// A token that is known by its shape.
fn shaped(number: usize) -> String {
    format!("ghp_{number:02}{}{number:02}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0eL")
}

/// A token that looks like none: it is known by the name of what it is given as.
fn plain(number: usize) -> String {
    format!("kx{number:02}wTz93pLm{number:02}q")
}

/// One with characters that are written in another way where it is encoded.
fn odd(number: usize) -> String {
    format!("od{number:02}\"Wz+/9&pLm{number:02}?q")
}

fn check(id: &str, run: &[&str], more: &str) -> String {
    let run: Vec<String> = run.iter().map(|word| format!("{word:?}")).collect();
    format!(
        "[[gates.checks]]\nid = \"{id}\"\nrun = [{}]\nreader = \"text\"\nexpect = \"^checked\"\nfinding = \"^wrong\"\n{more}\n\n",
        run.join(", ")
    )
}

/// What of a project's folders gonogo writes: all but the rooms, which hold what the commit holds.
fn written(project: &Project) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![project.root().join(".git/gonogo"), project.beside("home")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "rooms") {
                    folders.push(path);
                }
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Asserts that no needle is anywhere in what was shown and written.
#[track_caller]
fn assert_nowhere(needles: &[(&str, String)], shown: &[(String, Ran)], project: &Project) {
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    for (what, ran) in shown {
        places.push((format!("stdout of {what}"), ran.stdout.clone().into_bytes()));
        places.push((format!("stderr of {what}"), ran.stderr.clone().into_bytes()));
    }
    places.extend(written(project));
    let mut leaks = Vec::new();
    for (way, needle) in needles {
        let found = |place: &(String, Vec<u8>)| {
            place.1.windows(needle.len()).any(|window| window == needle.as_bytes())
        };
        leaks.extend(places.iter().filter(|place| found(place)).map(|place| {
            let short = Path::new(&place.0).file_name().unwrap_or_default().to_string_lossy().into_owned();
            format!("{way}: {short}")
        }));
    }
    assert!(leaks.is_empty(), "{} leaks: {leaks:#?}", leaks.len());
}

/// How a check is made to print the token that it is given in a variable.
const PRINTS: [(&str, &str); 12] = [
    ("stdout", "echo \"wrong: $V\""),
    ("stderr of a failure", "echo \"error: $V\" >&2; exit 3"),
    (
        "two writes",
        "printf 'wrong: %s' \"$(printf %s \"$V\" | head -c 6)\"; sleep 0.1; printf '%s\\n' \"$(printf %s \"$V\" | tail -c +7)\"",
    ),
    ("base64", "printf 'wrong: '; printf %s \"$V\" | base64"),
    ("base64 of user and token", "printf 'wrong: '; printf 'user:%s' \"$V\" | base64"),
    ("base64 in short lines", "echo wrong; printf %s \"$V\" | base64 -w 8"),
    ("base64url", "printf 'wrong: '; printf %s \"$V\" | base64 | tr '+/' '-_'"),
    (
        "percent",
        "printf 'wrong: '; printf %s \"$V\" | sed 's/\"/%22/g; s/+/%2B/g; s,/,%2F,g; s/&/%26/g; s/?/%3F/g'; echo",
    ),
    ("JSON", "printf 'wrong: {\"a\": \"'; printf %s \"$V\" | sed 's/\"/\\\\\"/g'; echo '\"}'"),
    ("over two lines", "echo wrong; printf %s \"$V\" | fold -w 12; echo"),
    ("a panic", "echo \"thread 'main' panicked at src/a.rs:1:1:\" >&2; echo \"$V\" >&2; exit 101"),
    ("a name", "echo checked; mkdir -p \"out/$(printf %s \"$V\" | tr -d /)\"; echo \"wrong: out/$V: no\""),
];

/// The forms in which a token with odd characters may stand somewhere.
fn forms(token: &str) -> Vec<String> {
    let json = token.replace('"', "\\\"");
    let percent = token
        .replace('"', "%22")
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('&', "%26")
        .replace('?', "%3F");
    vec![token.to_owned(), json.clone(), json.replace('\\', "\\\\"), percent, token[..12].to_owned()]
}

struct Planted {
    needles: Vec<(&'static str, String)>,
    checks: String,
}

impl Planted {
    fn new() -> Self {
        Self { needles: Vec::new(), checks: String::new() }
    }

    fn shape(&mut self, way: &'static str) -> String {
        self.needle(way, shaped(self.needles.len()))
    }

    fn plain(&mut self, way: &'static str) -> String {
        self.needle(way, plain(self.needles.len()))
    }

    fn needle(&mut self, way: &'static str, token: String) -> String {
        self.needles.push((way, token.clone()));
        token
    }
}

/// What a plan itself can carry.
fn in_the_plan(planted: &mut Planted) {
    let id = |planted: &Planted| format!("plan-{}", planted.needles.len());
    let token = planted.shape("argv");
    planted.checks += &check(&id(planted), &["show", &token], "");
    let token = planted.plain("argv after a flag");
    planted.checks += &check(&id(planted), &["show", "--token", &token], "");
    let token = planted.plain("argv with a flag");
    planted.checks += &check(&id(planted), &["show", &format!("--db-password={token}")], "");
    let token = planted.plain("argv as an assignment");
    planted.checks += &check(&id(planted), &["show", &format!("API_KEY={token}")], "");
    let token = planted.plain("argv as an address");
    planted.checks += &check(&id(planted), &["show", &format!("https://u:{token}@host.test/x")], "");
    for name in ["DB_PASSWORD", "SIGNING_KEY", "NPM_CONFIG__AUTH", "npm_config_//host/:_authToken"] {
        let token = planted.plain("set-env");
        let more = format!("set-env = {{ {name:?} = {token:?} }}");
        planted.checks += &check(&id(planted), &["environment"], &more);
    }
    let token = planted.plain("set-env as an address");
    let more = format!("set-env = {{ PLAIN = \"https://ann:{token}@host.test\" }}");
    planted.checks += &check(&id(planted), &["environment"], &more);
    let token = planted.shape("before");
    planted.checks += &check(&id(planted), &["show", "x"], &format!("before = [[\"fails\", {token:?}]]"));
    let token = planted.plain("before after a flag");
    planted.checks +=
        &check(&id(planted), &["show", "x"], &format!("before = [[\"fails\", \"--api-key\", {token:?}]]"));
    let token = planted.shape("canary");
    planted.checks += &check(&id(planted), &["clean"], &format!("canary = [\"show\", {token:?}]"));
    let token = planted.shape("report");
    planted.checks += &check(&id(planted), &["reports", &token], "report = \"out.txt\"");
    let token = planted.shape("test name");
    planted.checks += &check(&id(planted), &["junit", &token], "")
        .replace("reader = \"text\"\nexpect = \"^checked\"\nfinding = \"^wrong\"", "reader = \"junit\"");
    let token = planted.shape("unreadable output");
    planted.checks += &check(&id(planted), &["show", &token], "").replace(
        "reader = \"text\"\nexpect = \"^checked\"\nfinding = \"^wrong\"",
        "reader = \"cargo-audit\"",
    );
    let token = planted.shape("missing program");
    planted.checks += &check(&id(planted), &[&token], "");
    let token = planted.shape("folder");
    planted.checks += &check(&id(planted), &["show", "x"], &format!("cwd = {token:?}"));
    let token = planted.shape("brought along");
    planted.checks += &check(&id(planted), &["show", "x"], &format!("bring = [{token:?}]"));
    planted.checks +=
        "[[gates.checks]]\nid = \"search\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n\n";
    planted.checks +=
        "[[gates.checks]]\nid = \"look\"\nkind = \"review\"\nfocus = \"all\"\npaths = [\"src\"]\n\n";
}

/// What the environment can carry: each variable with its token, and what prints it.
fn in_variables(planted: &mut Planted) -> Vec<(String, String, &'static str)> {
    let mut variables = Vec::new();
    for (at, (way, script)) in PRINTS.iter().enumerate() {
        let (name, token) = (format!("WAY_{at}_SECRET"), odd(at));
        planted.checks += &check(&format!("way-{at}"), &[&format!("way-{at}")], &format!("env = [{name:?}]"));
        planted.needles.extend(forms(&token).into_iter().map(|form| (*way, form)));
        let base64 = |text: &str| {
            let project = std::process::Command::new("sh")
                .args(["-c", "printf %s \"$1\" | base64 -w 0", "sh", text])
                .output();
            String::from_utf8(project.unwrap().stdout).unwrap()
        };
        let encoded = base64(&token);
        planted.needles.push((way, encoded[..8].to_owned()));
        planted.needles.push((way, encoded[..8].replace('+', "-").replace('/', "_")));
        variables.push((name, token, *script));
    }
    variables
}

/// An environment, remotes and a plan that are wrong: what is said of them is shown.
fn in_what_is_wrong(planted: &mut Planted, project: &Project, shown: &mut Vec<(String, Ran)>) {
    let inside = planted.shape("a variable that leads in");
    let ran = project.gonogo(&["poll", "v0.2.0"]).env("CARGO_HOME", project.root().join(&inside)).output();
    shown.push(("a variable".to_owned(), ran.unwrap().into()));
    let mut run = |arguments: &[&str]| {
        shown.push((arguments.join(" "), project.run(arguments)));
    };
    for (way, address) in [
        ("a remote", "http://ann:{}@127.0.0.1:9/x.git"),
        ("a remote with a token alone", "http://{}wxyzwxyzwxyz@127.0.0.1:9/x.git"),
    ] {
        let token = planted.plain(way);
        let address = address.replace("{}", &token);
        project.git(&["remote", "add", "origin", &address]);
        for arguments in
            [&["poll", "v0.2.0", "--json", "-vv"][..], &["prepare", "v0.2.0"], &["status", "v0.2.0"]]
        {
            run(arguments);
        }
        project.git(&["remote", "remove", "origin"]);
    }
    let wrong = planted.shape("a plan that is none");
    project.write(
        "gonogo.toml",
        format!("schema = 1\nwrong = {wrong:?}\n[project]\nname = {wrong:?}\ntag = {wrong:?}\n"),
    );
    for arguments in [&["poll", "v0.2.0"][..], &["plan", "check", "--json"], &["status", "v0.2.0"]] {
        run(arguments);
    }
}

#[test]
fn no_token_of_forty_is_stored_or_shown_by_a_poll() {
    let mut planted = Planted::new();
    in_the_plan(&mut planted);
    let variables = in_variables(&mut planted);
    let key = "c2VjcmV0IGxpbmUgb25lIG9mIGEga2V5\nc2VjcmV0IGxpbmUgdHdvIG9mIGEga2V5";
    planted.needles.extend(key.lines().map(|line| ("a line of a key", line.to_owned())));
    planted.checks += &check("lines", &["lines"], "env = [\"A_KEY\"]");
    let version = planted.shape("version of a tool");
    let searched = planted.shape("a line that is searched");
    let project = Project::unborn();
    let head = "schema = 1\n\n[project]\nname = \"sample\"\n\n[policy]\nrequired-gates = [3]\n\n[tracker]\nkind = \"file\"\n\n\
        [[tools]]\nname = \"versioned\"\nminimum = \"9.0.0\"\n\n[[gates]]\nid = 3\nname = \"Words\"\n\n";
    project.write("gonogo.toml", format!("{head}{}", planted.checks));
    project.write("src/a.rs", "safe();\n");
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "x", "v0.1.0"]);
    project.write("src/a.rs", format!("unsafe {{ {searched} }}\n"));
    project.commit("more");
    project.tool("show", "echo \"checked $*\"; echo \"wrong: $*\"");
    project.tool("environment", "echo checked; env | sed 's/^/wrong: /'");
    project.tool("fails", "echo \"cannot: $*\" >&2; exit 4");
    project.tool("clean", "echo checked");
    project.tool("reports", "echo \"checked $1\" >out.txt; echo \"wrong: $1\" >>out.txt");
    project.tool("junit", "echo \"<testsuites><testsuite name=\\\"s\\\" tests=\\\"1\\\" failures=\\\"1\\\"><testcase classname=\\\"c\\\" name=\\\"$1\\\"><failure message=\\\"$1\\\">$1</failure></testcase></testsuite></testsuites>\"");
    project.tool("versioned", &format!("echo 'versioned 1.2.3 {version}'"));
    project.tool("lines", "printf '%s\\n' \"$A_KEY\" | sed 's/^/wrong: /'");
    for (at, (name, _, script)) in variables.iter().enumerate() {
        project.tool(&format!("way-{at}"), &format!("V=\"${name}\"\n{script}"));
    }
    let mut shown = Vec::new();
    let mut run = |project: &Project, arguments: &[&str]| {
        let mut command = project.gonogo(arguments);
        command.envs(variables.iter().map(|(name, token, _)| (name, token))).env("A_KEY", key);
        let ran: Ran = command.output().unwrap().into();
        shown.push((arguments.join(" ").chars().take(40).collect::<String>(), ran));
    };
    run(&project, &["poll", "v0.2.0", "--json", "-vv"]);
    run(&project, &["poll", "v0.2.0", "--fresh", "--jobs", "1"]);
    for arguments in [
        &["status", "v0.2.0"][..],
        &["status", "v0.2.0", "--json"],
        &["review", "v0.2.0", "--gate", "3", "--check", "search", "--show"],
        &["review", "v0.2.0", "--gate", "3", "--check", "look", "--show", "--json"],
        &["blocker", "list", "v0.2.0"],
        &["doctor"],
        &["prepare", "v0.2.0", "--json"],
        &["plan", "check"],
    ] {
        run(&project, arguments);
    }
    let noted = planted.shape("a review's note");
    run(&project, &["review", "v0.2.0", "--gate", "3", "--check", "look", "--accept", "--note", &noted]);
    let told = planted.shape("a blocker's words");
    run(&project, &["blocker", "file", "v0.2.0", "--check", "x", "--title", &told, "--summary", &told]);
    // What is wrong with a command line, an environment, a plan or a remote is said without them.
    let words = planted.shape("a command line");
    for arguments in [
        &["poll", "v0.2.0", "--base-tag", &words][..],
        &["poll", "v0.2.0", "--plan", &words, "--json"],
        &["poll", &words],
        &["poll", "v0.2.0", "--only", &words],
        &["poll", "v0.2.0", "--mode", &words],
        &["poll", "v0.2.0", &format!("--{words}")],
        &["room", "v0.2.0", "--check", &words],
        &["explain", &words],
    ] {
        run(&project, arguments);
    }
    in_what_is_wrong(&mut planted, &project, &mut shown);
    let ways: std::collections::BTreeSet<&str> = planted.needles.iter().map(|(way, _)| *way).collect();
    assert!(planted.needles.len() > 40 && ways.len() >= 36, "{}", ways.len());
    assert_nowhere(&planted.needles, &shown, &project);
}

#[test]
fn no_token_of_a_step_is_stored_or_shown_by_a_run() {
    fn prepare(project: &Project) {
        let plan = std::fs::read_to_string(project.root().join("gonogo.toml")).unwrap();
        let (before, _) = plan.split_once("[[steps]]\nid = \"build\"").unwrap();
        let step = format!(
            "[[steps]]\nkind = \"command\"\nrun = [\"publish-it\", {:?}, \"--token\", {:?}]\nset-env = {{ UPLOAD_PASSWORD = {:?} }}\n\
             env = [\"UPLOAD_SECRET\"]\nobserve = {{ run = [\"look\", {:?}], done = 0, absent = 9 }}\nundo = \"publish-it --undo {}\"\n",
            shaped(0),
            plain(1),
            plain(2),
            shaped(3),
            shaped(4)
        );
        project.write("gonogo.toml", format!("{before}{step}"));
        project.tool(
            "publish-it",
            "echo \"$* $UPLOAD_PASSWORD\"; echo \"$* $UPLOAD_PASSWORD $UPLOAD_SECRET\" >&2; exit 3",
        );
        project.tool(
            "look",
            "echo \"not there: $* $UPLOAD_SECRET\" >&2; [ -e \"$BESIDE/unknown\" ] && exit 7; exit 9",
        );
    }
    let stage = Stage::shaped(Shape { prepare, ..Shape::default() });
    let mut shown = Vec::new();
    let mut run = |arguments: &[&str]| {
        let output = stage.gonogo(arguments).env("UPLOAD_SECRET", plain(5)).output().unwrap();
        shown.push((arguments.join(" "), Ran::from(output)));
    };
    run(&["run", "v0.2.0", "--mode", "live", "--yes", "--json", "-vv"]);
    std::fs::write(stage.project.beside("unknown"), "").unwrap();
    run(&["run", "v0.2.0", "--mode", "live", "--yes"]);
    run(&["status", "v0.2.0"]);
    run(&["status", "v0.2.0", "--json"]);
    run(&["blocker", "list", "v0.2.0", "--json"]);
    assert!(shown[0].1.stdout.contains("publish-it"), "{:#?}", shown[0].1);
    let tokens = [shaped(0), plain(1), plain(2), shaped(3), shaped(4), plain(5)];
    let ways = ["argv", "argv after a flag", "set-env", "observer", "undo", "a variable"];
    let needles: Vec<(&str, String)> = ways.into_iter().zip(tokens).collect();
    assert_nowhere(&needles, &shown, &stage.project);
}
