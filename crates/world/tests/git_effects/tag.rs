//! Tags of the checkout.

use crate::support::{Git, GitError, World, cleared, commit, pass, tag};
use gonogo_core::ids::{CommitId, TagName};

async fn create(git: &Git, commit: &CommitId, message: &str) -> Result<(), GitError> {
    git.create_annotated_tag(pass(&cleared("v1.0.0")), &tag("v1.0.0"), commit, message).await
}

#[tokio::test]
async fn a_tag_is_annotated_and_has_its_message_verbatim() {
    let world = World::new().await;
    assert_eq!(world.git.local_tag(&tag("v1.0.0")).await.unwrap(), None);
    for (number, message) in
        ["Release v1.0.0\n", "Release v1.0.0", "\n# no comment\n\n\n  indented  \n\n", "ä\n\n-----BEGIN"]
            .iter()
            .enumerate()
    {
        let tag = tag(&format!("v1.0.{number}"));
        world.git.create_annotated_tag(pass(&cleared(&tag)), &tag, &world.first, message).await.unwrap();
        let facts = world.git.local_tag(&tag).await.unwrap().unwrap();
        assert_eq!((facts.commit.as_str(), facts.message.as_str()), (world.first.as_str(), *message));
        assert!(facts.annotated && !facts.signed && facts.commit != facts.object);
        assert_eq!(tag, facts.name);
        let object = world.run("checkout", &["rev-parse", &format!("refs/tags/{tag}")]).await;
        assert_eq!(facts.object, object);
    }
}

#[tokio::test]
async fn a_tag_that_is_there_is_an_error_of_its_own_and_stays() {
    let world = World::new().await;
    for make in [&["tag", "v1.0.0", "HEAD~1"][..], &["tag", "-f", "-m", "mine", "v1.0.0", "HEAD~1"]] {
        world.run("checkout", make).await;
        let before = world.git.local_tag(&tag("v1.0.0")).await.unwrap().unwrap();
        assert_eq!(before.commit, world.first);
        for commit in [&world.first, &world.second] {
            let error = create(&world.git, commit, "Release v1.0.0").await.unwrap_err();
            assert!(matches!(&error, GitError::TagExists { tag } if tag.as_str() == "v1.0.0"), "{error:?}");
        }
        assert_eq!(world.git.local_tag(&tag("v1.0.0")).await.unwrap().unwrap(), before);
    }
}

#[tokio::test]
async fn a_lightweight_tag_is_told_from_an_annotated_one() {
    let world = World::new().await;
    world.run("checkout", &["tag", "v1.0.0"]).await;
    let facts = world.git.local_tag(&tag("v1.0.0")).await.unwrap().unwrap();
    assert_eq!((&facts.commit, facts.annotated), (&world.second, false));
    assert_eq!(facts.commit, facts.object);
    assert_eq!(facts.message, "");
}

#[tokio::test]
async fn only_the_very_name_is_the_tag() {
    let world = World::new().await;
    for tag in ["v1.0.0/x", "v1.0.0-rc.1", "bindings/go/v1.0.0"] {
        world.run("checkout", &["tag", tag]).await;
    }
    world.run("checkout", &["branch", "v1.0.0"]).await;
    for tag in ["v1.0.0", "v1.0.*", "go/v1.0.0", "v1.0.0/x^{}", "v1.0.0/x~1"] {
        assert_eq!(world.git.local_tag(tag).await.unwrap(), None, "{tag}");
    }
    assert!(world.git.local_tag(&tag("bindings/go/v1.0.0")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_tag_that_git_cannot_read_is_not_absent() {
    let world = World::new().await;
    let reference = world.path("checkout/.git/refs/tags/v1.0.0");
    std::fs::write(&reference, "garbage\n").unwrap();
    assert!(world.git.local_tag(&tag("v1.0.0")).await.is_err());
    std::fs::write(&reference, format!("{}\n", "1".repeat(40))).unwrap();
    assert!(world.git.local_tag(&tag("v1.0.0")).await.is_err());
    let blob = world.run("checkout", &["rev-parse", "HEAD:a"]).await;
    std::fs::write(&reference, format!("{blob}\n")).unwrap();
    assert!(world.git.local_tag(&tag("v1.0.0")).await.is_err(), "a tag of a file stands for no commit");
}

#[tokio::test]
async fn a_tag_of_a_tag_is_peeled_to_the_commit_and_replacements_are_not_looked_at() {
    let world = World::new().await;
    create(&world.git, &world.first, "inner").await.unwrap();
    world.run("checkout", &["tag", "-m", "outer", "v2.0.0", "v1.0.0"]).await;
    world.run("checkout", &["replace", &world.first, &world.second]).await;
    let facts = world.git.local_tag(&tag("v2.0.0")).await.unwrap().unwrap();
    assert_eq!((facts.commit.as_str(), facts.message.as_str()), (world.first.as_str(), "outer\n"));
}

#[tokio::test]
async fn a_name_or_a_commit_that_git_may_read_otherwise_makes_no_tag() {
    let world = World::new().await;
    for commit in ["HEAD", "main", "", &world.first[..12]] {
        assert!(commit.parse::<CommitId>().is_err(), "{commit}");
    }
    assert!(create(&world.git, &commit(&"1".repeat(40)), "x").await.is_err());
    for name in ["-d", "a b", "", "x^{}"] {
        assert!(name.parse::<TagName>().is_err(), "{name:?}");
    }
    for name in ["a..b", "a@{b", "a.lock"] {
        let made = world.git.create_annotated_tag(pass(&cleared(name)), &tag(name), &world.first, "x").await;
        assert!(matches!(made, Err(GitError::Failed { .. })), "{name:?}: {made:?}");
    }
    assert_eq!(world.run("checkout", &["tag"]).await, "");
}

/// A signer as git calls it: what it says on its status channel, and a signature on its output.
const SIGNER: &str = "cat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\n\
    printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nc2lnbmVk\\n-----END PGP SIGNATURE-----\\n'";

#[tokio::test]
async fn a_tag_is_signed_where_the_users_configuration_says_so() {
    for setting in ["tag.gpgSign", "tag.forceSignAnnotated"] {
        let world = World::new().await;
        world.configure("gpg.program", &world.script("signer", SIGNER)).await;
        world.configure(setting, "true").await;
        create(&world.git, &world.first, "Release v1.0.0\n").await.unwrap();
        let facts = world.git.local_tag(&tag("v1.0.0")).await.unwrap().unwrap();
        assert!(facts.signed, "{setting}");
        assert_eq!(facts.message, "Release v1.0.0\n");
    }
}

#[tokio::test]
async fn a_signature_that_fails_makes_no_unsigned_tag() {
    let world = World::new().await;
    world.configure("gpg.program", "/bin/false").await;
    world.configure("tag.gpgSign", "true").await;
    let error = create(&world.git, &world.first, "x").await.unwrap_err();
    let GitError::NotSigned { said, .. } = &error else { panic!("{error:?}") };
    assert!(said.contains("gpg failed to sign"), "{said}");
    assert_eq!(world.git.local_tag(&tag("v1.0.0")).await.unwrap(), None);
}

/// A signer that says it has signed, and gives no signature.
const FORGETFUL: &str = "cat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2";

#[tokio::test]
async fn a_tag_that_git_makes_without_the_signature_is_taken_away_again() {
    for (setting, format, key) in
        [("tag.gpgSign", "ssh", "/no/such/key"), ("tag.forceSignAnnotated", "openpgp", "nobody")]
    {
        let world = World::new().await;
        world.configure("gpg.program", &world.script("forgetful", FORGETFUL)).await;
        for (key, value) in [(setting, "yes"), ("gpg.format", format), ("user.signingKey", key)] {
            world.configure(key, value).await;
        }
        // The message itself looks signed.
        let message = "Release v1.0.0\n\n-----BEGIN SSH SIGNATURE-----\n";
        let error = create(&world.git, &world.first, message).await.unwrap_err();
        assert!(matches!(error, GitError::NotSigned { .. }), "{format}: {error:?}");
        assert_eq!(world.run("checkout", &["tag"]).await, "", "{format}");
    }
}

#[tokio::test]
async fn an_unsigned_tag_that_cannot_be_taken_away_is_said_to_be_there() {
    let world = World::new().await;
    world.configure("gpg.program", &world.script("forgetful", FORGETFUL)).await;
    world.configure("tag.gpgSign", "true").await;
    // Lets a tag be made, and not be taken away.
    let keep = "if test \"$1\" = prepared; then while read -r old new name; do case \"$new\" in 0*) exit 1;; esac; done; fi";
    world.script("checkout/.git/hooks/reference-transaction", keep);
    let error = create(&world.git, &world.first, "x\n").await.unwrap_err();
    let GitError::NotSigned { said, .. } = &error else { panic!("{error:?}") };
    assert!(said.contains("still there"), "{said}");
    assert_eq!(world.run("checkout", &["tag"]).await, "v1.0.0");
}

#[tokio::test]
async fn what_keeps_a_tag_from_being_made_is_told_apart() {
    let world = World::new().await;
    let error = async || create(&world.git, &world.first, "x").await.unwrap_err();

    let lock = world.path("checkout/.git/refs/tags/v1.0.0.lock");
    std::fs::write(&lock, "").unwrap();
    let locked = error().await;
    let GitError::Locked { said, .. } = &locked else { panic!("{locked:?}") };
    assert!(said.contains("v1.0.0.lock"), "{said}");
    std::fs::remove_file(&lock).unwrap();

    let hook = world.script("checkout/.git/hooks/reference-transaction", "exit 1");
    let refused = error().await;
    assert!(matches!(refused, GitError::HookRefused { .. }), "{refused:?}");
    std::fs::remove_file(hook).unwrap();

    world.configure("user.useConfigOnly", "true").await;
    world.run(".", &["config", "--global", "--unset-all", "user.email"]).await;
    let unknown = error().await;
    assert!(matches!(unknown, GitError::NoIdentity { .. }), "{unknown:?}");
    world.configure("user.email", "octo@example.test").await;

    // A file in the place of the folder that objects go to: nobody may write there, not even root.
    let id = world.run("checkout", &["rev-parse", "HEAD"]).await;
    let objects = world.path("checkout/.git/objects");
    world.run("checkout", &["repack", "-adq"]).await;
    for entry in std::fs::read_dir(&objects).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_name().len() == 2 {
            std::fs::remove_dir_all(entry.path()).unwrap();
        }
    }
    for number in 0..=255 {
        std::fs::write(objects.join(format!("{number:02x}")), "").unwrap();
    }
    assert_eq!(world.run("checkout", &["rev-parse", "HEAD"]).await, id);
    let unwritten = error().await;
    assert!(matches!(unwritten, GitError::Files { .. }), "{unwritten:?}");
    assert_eq!(world.git.local_tag(&tag("v1.0.0")).await.unwrap(), None);
}

#[tokio::test]
async fn a_setting_that_git_cannot_read_makes_no_tag() {
    let world = World::new().await;
    world.configure("tag.gpgSign", "perhaps").await;
    let error = create(&world.git, &world.first, "x").await.unwrap_err();
    assert!(matches!(error, GitError::Failed { .. }), "{error:?}");
    assert_eq!(world.run("checkout", &["for-each-ref", "refs/tags"]).await, "");
}

#[tokio::test]
async fn a_signer_that_waits_for_somebody_is_no_signature() {
    let world = World::new().await;
    world.configure("gpg.program", &world.script("waits", "exec sleep 3600")).await;
    world.configure("tag.gpgSign", "true").await;
    let git = world.git.clone().with_remote_limit(std::time::Duration::from_millis(300));
    let error = create(&git, &world.first, "x").await.unwrap_err();
    assert!(matches!(error, GitError::NotSigned { .. }), "{error:?}");
}
