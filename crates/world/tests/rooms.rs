//! Clean rooms of real repositories: what is in them, what stays, and what never gets in.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and calls git itself"
)]

use gonogo_core::digest::Digest;
use gonogo_core::ids::CommitId;
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use gonogo_world::room::{AwaitedReport, Moved, ReportError, Room, RoomWanted, RoomWatch, Rooms};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Repository(TempDir);

fn git(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(root)
        .args([
            "-c",
            "user.name=sample",
            "-c",
            "user.email=sample@example.test",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const fn all(commit: &CommitId) -> RoomWanted<'_> {
    RoomWanted { name: "commit", commit, inputs: &[], bring: &[], caches: &[], lfs: false }
}

/// A file that was written, and that nobody asked to be remembered.
fn moved(path: &str) -> Moved {
    Moved { path: path.to_owned(), is_as_it_was: false }
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.root()).unwrap();
        git(&repository.root(), &["init", "--quiet"]);
        repository.commit(files);
        repository
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("repo")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self, files: &[(&str, &str)]) -> CommitId {
        for (path, text) in files {
            self.write(path, text);
        }
        git(&self.root(), &["add", "--all"]);
        git(&self.root(), &["commit", "--quiet", "--allow-empty", "-m", "x"]);
        self.head()
    }

    fn head(&self) -> CommitId {
        git(&self.root(), &["rev-parse", "HEAD"]).parse().unwrap()
    }

    async fn rooms(&self) -> Rooms {
        let checkout = Git::open(&self.root(), Cancel::default()).await.unwrap();
        Rooms::take_in(&checkout, &self.0.path().join("rooms")).await.unwrap()
    }

    async fn room(&self) -> Room {
        self.rooms().await.make(&all(&self.head())).await.unwrap()
    }
}

fn text(room: &Room, path: &str) -> String {
    fs::read_to_string(room.root().join(path)).unwrap()
}

#[tokio::test]
async fn a_room_holds_the_commit_and_nothing_that_is_only_on_this_disk() {
    let repository = Repository::new(&[("a", "one"), (".gitignore", "lib/\n"), ("bin/run", "x")]);
    git(&repository.root(), &["tag", "v1"]);
    repository.write("a", "edited");
    repository.write("lib/one.js", "ignored");
    repository.write("stray", "untracked");
    let room = repository.room().await;
    assert_eq!(text(&room, "a"), "one");
    assert!(!room.root().join("lib").exists() && !room.root().join("stray").exists());
    assert_eq!(git(room.root(), &["describe", "--tags"]), "v1");
    assert_eq!(git(room.root(), &["status", "--porcelain"]), "");
}

#[tokio::test]
async fn what_this_clone_says_of_its_objects_and_filters_does_not_reach_a_room() {
    let repository = Repository::new(&[("a", "wrong")]);
    let root = repository.root();
    let bad = repository.head();
    let good = repository.commit(&[("a", "right")]);
    git(&root, &["reset", "--quiet", "--hard", &bad]);
    git(&root, &["replace", &bad, &good]);
    fs::create_dir_all(root.join(".git/info")).unwrap();
    fs::write(root.join(".git/info/attributes"), "* filter=nice\n").unwrap();
    git(&root, &["config", "filter.nice.smudge", "echo right"]);
    git(&root, &["config", "core.fsmonitor", "true"]);
    fs::write(root.join(".git/info/grafts"), format!("{bad}\n")).unwrap();
    let room = repository.rooms().await.make(&all(&bad)).await.unwrap();
    assert_eq!(text(&room, "a"), "wrong");
    // The objects themselves are asked, also for the tree of the commit.
    let checkout = Git::open(&root, Cancel::default()).await.unwrap();
    assert_eq!(checkout.head().await.unwrap().0, bad);
    assert_eq!(checkout.file_at(&bad, "a").await.unwrap().unwrap(), b"wrong");
}

#[tokio::test]
async fn a_room_that_is_made_again_touches_only_what_differs_and_believes_nothing_of_what_is_there() {
    let repository = Repository::new(&[
        ("same", "s"),
        ("other", "one"),
        ("docs/a", "a"),
        (".gitattributes", "* text=auto\n"),
    ]);
    let room = repository.room().await;
    let stamp = |path: &str| {
        let facts = fs::symlink_metadata(room.root().join(path)).unwrap();
        (facts.ino(), facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec())
    };
    let (same, docs) = (stamp("same"), stamp("docs/a"));
    // A check wrote into the room, told its git not to look, and left things behind.
    fs::write(room.root().join("other"), "bad").unwrap();
    git(room.root(), &["update-index", "--assume-unchanged", "other"]);
    git(room.root(), &["config", "core.fsmonitor", "true"]);
    fs::write(room.root().join(".git/info-exclude"), "").unwrap();
    fs::write(room.root().join("docs/.gitattributes"), "* -text\n").unwrap();
    fs::create_dir_all(room.root().join("left/read-only")).unwrap();
    fs::write(room.root().join("left/read-only/file"), "").unwrap();
    let locked = std::os::unix::fs::PermissionsExt::from_mode(0o555);
    fs::set_permissions(room.root().join("left/read-only"), locked).unwrap();
    let again = repository.room().await;
    assert_eq!((text(&again, "other").as_str(), stamp("same"), stamp("docs/a")), ("one", same, docs));
    assert!(!again.root().join("left").exists() && !again.root().join("docs/.gitattributes").exists());
    // Another commit.
    repository.commit(&[("other", "two")]);
    let next = repository.room().await;
    assert_eq!((text(&next, "other").as_str(), stamp("same")), ("two", same));
    assert_ne!(next.content, room.content);
}

#[tokio::test]
async fn caches_stay_and_everything_else_that_is_ignored_goes() {
    let repository = Repository::new(&[(".gitignore", "target/\nnode_modules/\n")]);
    let caches = ["target".to_owned()];
    let rooms = repository.rooms().await;
    let head = repository.head();
    let wanted = RoomWanted { caches: &caches, ..all(&head) };
    let room = rooms.make(&wanted).await.unwrap();
    for folder in ["target", "node_modules"] {
        fs::create_dir(room.root().join(folder)).unwrap();
        fs::write(room.root().join(folder).join("x"), "").unwrap();
    }
    fs::write(room.root().join("stray"), "").unwrap();
    assert_eq!(room.strays(&caches).await.unwrap(), ["stray"]);
    rooms.tidy(&wanted).await.unwrap();
    assert!(room.root().join("node_modules/x").exists() && !room.root().join("stray").exists());
    rooms.make(&wanted).await.unwrap();
    assert!(room.root().join("target/x").exists() && !room.root().join("node_modules").exists());
}

#[tokio::test]
async fn a_room_of_inputs_holds_nothing_else_and_its_content_is_theirs_alone() {
    let repository = Repository::new(&[
        ("README.md", "r"),
        ("docs/a.md", "a"),
        ("docs/deep/b.md", "b"),
        ("src/x.rs", "x"),
    ]);
    let inputs = ["README.md".to_owned(), "docs/**".to_owned()];
    let make = async || {
        let head = repository.head();
        let wanted = RoomWanted { name: "docs", inputs: &inputs, ..all(&head) };
        repository.rooms().await.make(&wanted).await.unwrap()
    };
    let room = make().await;
    assert_eq!(text(&room, "docs/deep/b.md"), "b");
    assert!(!room.root().join("src").exists() && !room.root().join(".git").exists());
    repository.commit(&[("src/x.rs", "changed")]);
    assert_eq!(make().await.content, room.content);
    repository.commit(&[("docs/a.md", "changed")]);
    let changed = make().await;
    assert_ne!(changed.content, room.content);
    assert_eq!(text(&changed, "docs/a.md"), "changed");
    fs::write(room.root().join("stray"), "").unwrap();
    assert_eq!(changed.strays(&[]).await.unwrap(), ["stray"]);
}

#[tokio::test]
async fn a_submodule_is_at_its_commit_or_named_as_missing() {
    let module = Repository::new(&[("m", "one")]);
    let repository = Repository::new(&[("a", "a")]);
    let address = module.root().display().to_string();
    git(&repository.root(), &["submodule", "--quiet", "add", &address, "lib"]);
    repository.commit(&[]);
    repository.write("lib/m", "edited in the checkout");
    let room = repository.room().await;
    assert_eq!((text(&room, "lib/m").as_str(), room.lacking.len()), ("one", 0));
    let mut watch = RoomWatch::begin(&room);
    fs::write(room.root().join("lib/m"), "two").unwrap();
    assert_eq!(watch.changed(), [moved("lib/m")]);
    // A commit of it that is not here.
    let other = module.commit(&[("m", "three")]);
    git(&repository.root(), &["update-index", "--cacheinfo", &format!("160000,{other},lib")]);
    git(&repository.root(), &["commit", "--quiet", "-m", "another"]);
    let room = repository.room().await;
    assert_eq!(room.lacking.len(), 1, "{:?}", room.lacking);
    assert!(room.lacking[0].what.contains("lib") && room.lacking[0].remedy.contains("submodule update"));
}

/// Puts a content into the store of a checkout, as `git lfs` does, and gives its pointer.
fn stored(repository: &Repository, content: &str) -> String {
    let digest = Digest::of(content.as_bytes());
    let hex = digest.hex();
    let folder = repository.root().join(".git/lfs/objects").join(&hex[..2]).join(&hex[2..4]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&hex), content).unwrap();
    format!("version https://example.test/v1\noid {digest}\nsize {}\n", content.len())
}

#[tokio::test]
async fn what_git_lfs_keeps_is_there_where_it_is_asked_for_and_is_what_its_pointer_names() {
    let repository = Repository::new(&[(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")]);
    let files = ["one", "two"].map(|content| stored(&repository, content));
    let head = repository.commit(&[("a.bin", &files[0]), ("in/b.bin", &files[1]), ("c.bin", "no pointer")]);
    let rooms = repository.rooms().await;
    let wanted = RoomWanted { lfs: true, ..all(&head) };
    let room = rooms.make(&wanted).await.unwrap();
    assert_eq!((text(&room, "a.bin").as_str(), text(&room, "in/b.bin").as_str()), ("one", "two"));
    assert_eq!(
        (text(&room, "c.bin").as_str(), room.pointers.len(), room.lacking.len()),
        ("no pointer", 0, 0)
    );
    let modified = |room: &Room| fs::metadata(room.root().join("a.bin")).unwrap().modified().unwrap();
    let (first, content) = (modified(&room), room.content);
    let again = rooms.make(&wanted).await.unwrap();
    assert_eq!((modified(&again), again.content), (first, content), "a build that has seen it stays warm");
    // Not asked for.
    let without = rooms.make(&all(&head)).await.unwrap();
    assert_eq!((text(&without, "a.bin"), without.pointers.len()), (files[0].clone(), 3));
    // Another content, another size, and none at all.
    let kept = |content: &str| {
        let hex = Digest::of(content.as_bytes()).hex();
        repository.root().join(".git/lfs/objects").join(&hex[..2]).join(&hex[2..4]).join(hex)
    };
    for (change, said) in [("oNe", "something else"), ("longer", "something else")] {
        fs::write(kept("one"), change).unwrap();
        let room = rooms.make(&wanted).await.unwrap();
        assert!(
            room.lacking[0].what.contains("a.bin") && room.lacking[0].what.contains(said),
            "{:?}",
            room.lacking
        );
        assert_eq!(text(&room, "in/b.bin"), "two");
    }
    fs::remove_file(kept("one")).unwrap();
    let room = rooms.make(&wanted).await.unwrap();
    assert_eq!(
        (room.lacking[0].remedy.as_str(), room.pointers.clone()),
        ("git lfs fetch", vec!["a.bin".to_owned()])
    );
}

#[tokio::test]
async fn files_whose_content_is_kept_elsewhere_are_named() {
    let repository = Repository::new(&[
        (".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"),
        ("a.bin", "version x\n"),
        ("b", "b"),
    ]);
    assert_eq!(repository.room().await.pointers, ["a.bin"]);
}

#[tokio::test]
async fn what_is_brought_along_is_known_by_its_digest_and_a_link_out_of_it_is_refused() {
    let repository = Repository::new(&[("a", "a"), (".gitignore", ".scratch/\n")]);
    repository.write(".scratch/db/one", "1");
    std::os::unix::fs::symlink("one", repository.root().join(".scratch/db/link")).unwrap();
    let bring = [".scratch/db".to_owned()];
    let make = async || {
        let head = repository.head();
        let wanted = RoomWanted { bring: &bring, ..all(&head) };
        repository.rooms().await.make(&wanted).await.unwrap()
    };
    let room = make().await;
    let first = room.brought[".scratch/db"].clone().unwrap();
    assert_eq!(text(&room, ".scratch/db/link"), "1");
    assert_eq!(room.strays(&[]).await.unwrap(), [] as [&str; 0]);
    assert_eq!(make().await.brought[".scratch/db"], Ok(first));
    repository.write(".scratch/db/one", "2");
    let room = make().await;
    assert_ne!(room.brought[".scratch/db"], Ok(first));
    assert_eq!(text(&room, ".scratch/db/one"), "2");
    std::os::unix::fs::symlink("../../a", repository.root().join(".scratch/db/out")).unwrap();
    assert_eq!(make().await.lacking.len(), 1);
    fs::remove_dir_all(repository.root().join(".scratch")).unwrap();
    assert!(make().await.lacking[0].what.contains("is not there"));
}

#[tokio::test]
async fn nothing_that_is_brought_along_takes_the_place_of_what_the_commit_has() {
    let repository = Repository::new(&[("a", "a"), ("data/.keep", "kept"), ("data/in/own", "own")]);
    repository.write("a", "edited");
    repository.write("data/in/own", "edited");
    repository.write("data/in/more", "more");
    repository.write("data/.keep", "edited");
    let made = async |bring: &str, inputs: &[String]| {
        let (head, bring) = (repository.head(), [bring.to_owned()]);
        let wanted = RoomWanted { bring: &bring, inputs, ..all(&head) };
        let rooms = repository.rooms().await;
        rooms.make(&wanted).await.unwrap();
        rooms.tidy(&wanted).await.unwrap()
    };
    for own in ["a", "./a", "data/in/own", "a/b", ".git", ".git/config", "./.GIT/hooks"] {
        let room = made(own, &[]).await;
        assert_eq!((text(&room, "a").as_str(), room.lacking.len()), ("a", 1), "{own}");
        assert_eq!(git(room.root(), &["status", "--porcelain"]), "", "{own}");
    }
    // A folder that holds some of both.
    for _ in 0..2 {
        let room = made("data/", &[]).await;
        assert!(room.lacking.is_empty(), "{:?}", room.lacking);
        assert_eq!([text(&room, "data/.keep"), text(&room, "data/in/own")], ["kept", "own"]);
        assert_eq!(text(&room, "data/in/more"), "more");
    }
    // The commit's own counts where a check reads only a part of it, too.
    let room = made("data", &["a".to_owned()]).await;
    assert!(!room.root().join("data/in/own").exists() && room.root().join("data/in/more").exists());
}

#[tokio::test]
async fn a_submodule_stays_where_the_folder_around_it_is_brought_along() {
    let module = Repository::new(&[("m", "one")]);
    let repository = Repository::new(&[("a", "a")]);
    let address = module.root().display().to_string();
    git(&repository.root(), &["submodule", "--quiet", "add", &address, "data/lib"]);
    let head = repository.commit(&[]);
    repository.write("data/lib/m", "edited");
    repository.write("data/more", "more");
    let bring = ["data".to_owned()];
    let wanted = RoomWanted { bring: &bring, ..all(&head) };
    let room = repository.rooms().await.make(&wanted).await.unwrap();
    assert_eq!([text(&room, "data/lib/m"), text(&room, "data/more")], ["one", "more"]);
}

#[tokio::test]
async fn a_file_that_git_only_takes_for_the_commits_is_written_anew() {
    let attributes = "*.auto text=auto\n*.text text\n*.dos text eol=crlf\n*.id ident\n*.wide working-tree-encoding=UTF-16LE\n";
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let repository = Repository::new(&[
        (".gitattributes", attributes),
        ("a.auto", "one\ntwo\n"),
        ("a.text", "one\ntwo\n"),
        ("nul.text", "one\0\ntwo\n"),
        ("a.dos", "one\ntwo\n"),
        ("a.id", "$Id$\n"),
        ("same", "s"),
    ]);
    fs::write(repository.root().join("a.wide"), wide("one\n")).unwrap();
    repository.commit(&[]);
    let room = repository.room().await;
    let read = |path: &str| fs::read(room.root().join(path)).unwrap();
    let names = ["a.auto", "a.text", "nul.text", "a.dos", "a.id", "a.wide"];
    let clean = names.map(read);
    let stamp = |path: &str| fs::symlink_metadata(room.root().join(path)).unwrap().ino();
    let stamps = ["a.auto", "a.text", "a.dos", "same"].map(stamp);
    repository.room().await;
    assert_eq!(["a.auto", "a.text", "a.dos", "same"].map(stamp), stamps, "what is right is left alone");
    let bad: [(&str, &[u8]); 6] = [
        ("a.auto", b"one\r\ntwo\r\n"),
        ("a.text", b"one\ntwo\r\n"),
        ("nul.text", b"one\0\r\ntwo\n"),
        ("a.dos", b"one\ntwo\r\n"),
        ("a.id", b"$Id: checked $\n"),
        ("a.wide", &wide("one\r\n")),
    ];
    for (path, bytes) in bad {
        fs::write(room.root().join(path), bytes).unwrap();
    }
    repository.room().await;
    assert_eq!(names.map(read), clean);
}

#[tokio::test]
async fn a_partial_clone_is_told_how_it_gets_what_is_missing() {
    let repository = Repository::new(&[("a", "a"), ("d/b", "b")]);
    git(&repository.root(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = Repository(tempfile::tempdir().unwrap());
    let address = format!("file://{}", repository.root().display());
    let partial = ["clone", "--quiet", "--filter=blob:none", "--sparse", &address, "repo"];
    git(clone.0.path(), &partial);
    let made = clone.rooms().await.make(&all(&clone.head())).await;
    let said = made.unwrap_err().to_string();
    assert!(said.contains("partial"), "{said}");
    let line = said.split('`').nth(1).unwrap().strip_prefix("git ").unwrap().to_owned();
    git(&clone.root(), &line.split(' ').collect::<Vec<_>>());
    assert_eq!(text(&clone.room().await, "d/b"), "b");
}

#[tokio::test]
async fn a_cache_is_the_folder_of_that_name_and_no_pattern() {
    let repository = Repository::new(&[(".gitignore", "*.o\n")]);
    let head = repository.head();
    for (cache, stays) in [("*", "*"), ("[ab]", "[ab]"), ("./a b", "a b"), ("?", "?"), ("a ", "a ")] {
        let caches = [cache.to_owned()];
        let rooms = repository.rooms().await;
        let wanted = RoomWanted { caches: &caches, ..all(&head) };
        let room = rooms.make(&wanted).await.unwrap();
        for folder in [stays, "a", "b"] {
            fs::create_dir_all(room.root().join(folder)).unwrap();
            fs::write(room.root().join(folder).join("x.o"), "").unwrap();
        }
        rooms.make(&wanted).await.unwrap();
        assert!(room.root().join(stays).join("x.o").exists(), "{cache}");
        assert!(!room.root().join("a").exists() && !room.root().join("b").exists(), "{cache}");
    }
}

#[tokio::test]
async fn two_polls_of_one_repository_have_rooms_of_their_own() {
    let repository = Repository::new(&[("a", "a")]);
    let (one, two) = (repository.rooms().await, repository.rooms().await);
    assert_ne!(one.folder(), two.folder());
    assert!(one.measure_alone().unwrap().is_some_and(|_held| two.measure_alone().unwrap().is_none()));
    let first = one.folder().to_owned();
    drop(one);
    assert_eq!(repository.rooms().await.folder(), first);
}

#[tokio::test]
async fn a_change_that_is_taken_back_is_seen() {
    let repository = Repository::new(&[("src.txt", "wrong"), ("other", "x")]);
    let room = repository.room().await;
    let mut watch = RoomWatch::begin(&room);
    assert!(watch.changed().is_empty() && !watch.came_or_went());
    let path = room.root().join("src.txt");
    fs::write(&path, "right").unwrap();
    fs::write(&path, "wrong").unwrap();
    assert_eq!(watch.changed(), [moved("src.txt")]);
    assert!(watch.changed().is_empty(), "and only once");
    fs::read(&path).unwrap();
    assert!(watch.changed().is_empty(), "looking changes nothing");
    fs::write(room.root().join("new"), "").unwrap();
    assert!(watch.came_or_went());
}

#[tokio::test]
async fn a_report_is_a_file_of_the_room_that_was_written_in_its_run() {
    let repository = Repository::new(&[("a", "a")]);
    let room = repository.room().await;
    let root = room.root();
    let at = |name: &str| root.join(name);
    let expect = || AwaitedReport::in_room(root, "report").unwrap();
    fs::write(at("report"), "old").unwrap();
    fs::write(at("kept"), "old").unwrap();
    let expected = expect();
    assert!(matches!(expected.read(100), Err(ReportError::Missing)), "the old one is gone");
    fs::rename(at("kept"), at("report")).unwrap();
    assert!(matches!(expected.read(100), Err(ReportError::Old)), "moved there");
    for (make, what) in [
        (vec!["mkfifo", "report"], "a pipe"),
        (vec!["ln", "-s", "/etc/hostname", "report"], "a link out"),
        (vec!["ln", "-s", "a", "report"], "a link within"),
        (vec!["ln", "a", "report"], "a second name"),
        (vec!["mkdir", "report"], "a folder"),
    ] {
        let expected = expect();
        assert!(Command::new(make[0]).args(&make[1..]).current_dir(root).status().unwrap().success());
        assert!(matches!(expected.read(100), Err(ReportError::Foreign(_))), "{what}");
        fs::remove_dir(at("report")).or_else(|_| fs::remove_file(at("report"))).unwrap();
    }
    std::os::unix::fs::symlink("/tmp", at("out")).unwrap();
    assert!(
        AwaitedReport::in_room(root, "out/report").is_err()
            || AwaitedReport::in_room(root, "out/report").unwrap().read(9).is_err()
    );
    let expected = expect();
    fs::write(at("report"), "0123456789").unwrap();
    assert_eq!(expected.read(4).unwrap(), (b"0123".to_vec(), 6));
}

/// Numbers that look random, the same in every run of a seed.
struct Draws(u64);

impl Draws {
    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &list[(self.0 >> 33) as usize % list.len()]
    }
}

/// Every file and link below a folder: its mode, and what is in it.
fn seen(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            seen.extend(seen_below(&path));
        } else if kind.is_symlink() {
            let to = fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes();
            seen.insert(path, (0, to));
        } else {
            seen.insert(path.clone(), (entry.metadata().unwrap().mode() & 0o111, fs::read(&path).unwrap()));
        }
    }
    seen
}

fn seen_below(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    if folder.file_name().is_some_and(|name| name == ".git") { BTreeMap::new() } else { seen(folder) }
}

#[tokio::test]
async fn two_rooms_have_one_digest_exactly_where_the_same_is_in_them() {
    const PATHS: [&str; 8] =
        ["README.md", "docs/a.md", "docs/deep/b.md", "src/a.rs", "src/b.rs", "src/deep/a.rs", "a b", "[x]"];
    const PATTERNS: [&[&str]; 6] =
        [&["*.md"], &["docs/**"], &["**/*.rs", "README.md"], &["src/*"], &["**/a*"], &["**"]];
    for seed in 0..4 {
        let mut draws = Draws(seed);
        let repository = Repository::new(&PATHS.map(|path| (path, "0")));
        let rooms = repository.rooms().await;
        let patterns: Vec<String> = draws.of(&PATTERNS).iter().map(|one| (*one).to_owned()).collect();
        let mut known: Vec<(gonogo_core::digest::Digest, BTreeMap<PathBuf, (u32, Vec<u8>)>)> = Vec::new();
        for _ in 0..8 {
            let path = repository.root().join(draws.of(&PATHS));
            fs::remove_file(&path).ok();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match draws.of(&[0, 1, 2, 3, 4]) {
                0 => {}
                1 => std::os::unix::fs::symlink("README.md", &path).unwrap(),
                number => {
                    fs::write(&path, number.to_string()).unwrap();
                    let mode = if *number == 4 { 0o755 } else { 0o644 };
                    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                }
            }
            let commit = repository.commit(&[]);
            let room = RoomWanted { name: "part", inputs: &patterns, ..all(&commit) };
            let room = rooms.make(&room).await.unwrap();
            let now = seen(room.root());
            for (digest, then) in &known {
                assert_eq!(
                    *digest == room.content,
                    *then == now,
                    "seed {seed}, {patterns:?}: {now:?} {then:?}"
                );
            }
            known.push((room.content, now));
        }
        let digests: BTreeSet<String> = known.iter().map(|(digest, _)| digest.to_string()).collect();
        assert!(digests.len() > 1, "seed {seed}: nothing ever changed");
    }
}

#[tokio::test]
async fn a_file_that_is_written_again_is_told_from_one_that_is_another() {
    let repository = Repository::new(&[("gen.txt", "made"), ("src.txt", "text")]);
    let room = repository.room().await;
    let mut watch = RoomWatch::keeping(&room, ["gen.txt", "not there"]);
    let path = room.root().join("gen.txt");
    let mut seen = |change: &dyn Fn()| {
        change();
        let moved = watch.changed();
        assert_eq!(moved.len(), 1, "{moved:?}");
        (moved[0].path.clone(), moved[0].is_as_it_was)
    };
    let [again, another] = [true, false].map(|is_same| ("gen.txt".to_owned(), is_same));
    assert_eq!(seen(&|| fs::write(&path, "made").unwrap()), again);
    assert_eq!(seen(&|| fs::write(&path, "other").unwrap()), another);
    assert_eq!(seen(&|| fs::write(&path, "made").unwrap()), again, "it is as it was at first");
    assert_eq!(seen(&|| fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap()), another);
    assert_eq!(seen(&|| fs::remove_file(&path).unwrap()), another);
    assert_eq!(seen(&|| std::os::unix::fs::symlink("src.txt", &path).unwrap()), another);
    let source = room.root().join("src.txt");
    assert_eq!(seen(&|| fs::write(&source, "text").unwrap()), ("src.txt".to_owned(), false));
}
