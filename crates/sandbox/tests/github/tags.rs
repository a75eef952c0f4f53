//! References, annotated tags and commits, as gh reads them.

use crate::support::{REPOSITORY, World, commit, every_world};

fn tag_id() -> String {
    "b".repeat(40)
}

fn tagged(world: &World) {
    let mut state = world.github.state();
    let repository = state.repository(REPOSITORY);
    repository.refs.insert("tags/light".to_owned(), commit());
    repository.add_annotated_tag("app/v1", &tag_id(), &commit());
}

#[tokio::test]
async fn an_annotated_tag_is_an_object_that_leads_to_its_commit() {
    for world in every_world() {
        tagged(&world);
        // gh's own commands escape the slash, a person's path need not.
        for path in ["git/ref/tags%2Fapp%2Fv1", "git/ref/tags/app/v1"] {
            let reference = world.api(path).await;
            assert_eq!(reference["ref"], "refs/tags/app/v1");
            assert_eq!(reference["object"]["type"], "tag");
            assert_eq!(reference["object"]["sha"], tag_id());
        }
        let tag = world.api(&format!("git/tags/{}", tag_id())).await;
        assert_eq!((&tag["tag"], &tag["object"]["type"]), (&"app/v1".into(), &"commit".into()));
        assert_eq!(tag["object"]["sha"], commit());
        assert_eq!(world.api("commits/app/v1").await["sha"], commit());
    }
}

#[tokio::test]
async fn a_lightweight_tag_is_its_commit_and_no_tag_object() {
    for world in every_world() {
        tagged(&world);
        let reference = world.api("git/ref/tags/light").await;
        assert_eq!(
            (&reference["object"]["type"], &reference["object"]["sha"]),
            (&"commit".into(), &commit().into())
        );
        assert!(world.api_refusal(&format!("git/tags/{}", commit())).await.contains("404"));
    }
}

#[tokio::test]
async fn a_branch_and_a_commit_are_found_and_others_are_not() {
    for world in every_world() {
        assert_eq!(world.api("branches/main").await["commit"]["sha"], commit());
        assert_eq!(world.api("git/ref/heads/main").await["object"]["sha"], commit());
        assert_eq!(world.api("commits/main").await["sha"], commit());
        assert_eq!(world.api(&format!("commits/{}", commit())).await["sha"], commit());
        for path in ["branches/other", "git/ref/heads/other", "git/ref/tags/main"] {
            assert!(world.api_refusal(path).await.contains("404"), "{path}");
        }
        assert!(world.api_refusal(&format!("commits/{}", "c".repeat(40))).await.contains("422"));
    }
}

#[tokio::test]
async fn a_tag_that_was_moved_leads_elsewhere_and_a_circle_leads_nowhere() {
    for world in every_world() {
        tagged(&world);
        let moved = "d".repeat(40);
        world.github.state().repository(REPOSITORY).refs.insert("tags/app/v1".to_owned(), moved.clone());
        assert_eq!(world.api("commits/app/v1").await["sha"], moved);
        world.github.state().repository(REPOSITORY).add_annotated_tag("app/v1", &tag_id(), &tag_id());
        assert!(world.api_refusal("commits/app/v1").await.contains("422"));
    }
}
