//! What a gh can do.

use crate::support::{Cancel, every_gh, gh, plain_gh, stand_in};
use gonogo_world::github::{Capabilities, Gh, GhError};
use std::path::Path;

#[tokio::test]
async fn a_gh_is_known_by_its_own_help_and_nobody_else_is_asked() {
    for program in every_gh() {
        let github = stand_in();
        let version = plain_gh(&program, &github, &["--version"]).await.stdout.text();
        let is_new = !version.starts_with("gh version 2.23.");
        let expected =
            Capabilities { attestation_verify: is_new, release_verify: is_new, release_verify_asset: is_new };
        assert_eq!(gh(&program, &github).probe(&Cancel::default()).await.unwrap(), expected, "{version}");
        assert_eq!(github.log(), []);
    }
}

#[tokio::test]
async fn a_gh_without_a_login_can_be_asked_what_it_can_do() {
    for program in every_gh() {
        let github = stand_in();
        let gh = gh(&program, &github).with_variables([("GH_TOKEN", "")]);
        assert!(gh.probe(&Cancel::default()).await.is_ok());
    }
}

#[tokio::test]
async fn a_program_that_is_no_gh_can_do_nothing_that_is_known() {
    let github = stand_in();
    for program in ["/bin/true", "/bin/false", "/bin/echo"] {
        let gh = Gh::open(program.into(), github.config_dir(), "o/r".to_owned()).unwrap();
        let error = gh.probe(&Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "{program}: {error:?}");
    }
    let error = gh(Path::new("/nowhere/gh"), &github).probe(&Cancel::default()).await.unwrap_err();
    assert!(matches!(error, GhError::MissingTool { .. }), "{error:?}");
}
