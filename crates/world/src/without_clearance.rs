//! What must not compile: an effect without the pass of a look that was just made. Each is shown beside the same call with
//! one, which does.
//!
//! ```
//! use gonogo_core::door::DoorPass;
//! async fn push_tag(pass: DoorPass<'_>, git: &gonogo_world::git::Git, origin: &gonogo_core::ids::RemoteName, tag: &gonogo_core::ids::TagName) { let _ = git.push_tag(pass, origin, tag).await; }
//! async fn create_annotated_tag(pass: DoorPass<'_>, git: &gonogo_world::git::Git, tag: &gonogo_core::ids::TagName, commit: &gonogo_core::ids::CommitId) { let _ = git.create_annotated_tag(pass, tag, commit, "message").await; }
//! async fn write_file(pass: &DoorPass<'_>, tap: &gonogo_world::git::Tap) { let _ = tap.write_file(pass, "Formula/x.rb", b"", "message").await; }
//! async fn push_tap(pass: DoorPass<'_>, tap: &gonogo_world::git::Tap, commit: &gonogo_core::ids::CommitId) { let _ = tap.push(pass, commit).await; }
//! async fn dispatch(pass: DoorPass<'_>, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.dispatch(pass, "release.yml", "main", &std::collections::BTreeMap::new(), cancel).await; }
//! async fn create_draft(pass: DoorPass<'_>, gh: &gonogo_world::github::Gh, new: &gonogo_world::github::NewRelease, cancel: &gonogo_world::process::Cancel) { let _ = gh.create_draft(pass, new, cancel).await; }
//! async fn upload_asset(pass: DoorPass<'_>, gh: &gonogo_world::github::Gh, release: &gonogo_world::github::Release, cancel: &gonogo_world::process::Cancel) { let _ = gh.upload_asset(pass, release, "x", std::path::Path::new("x"), cancel).await; }
//! async fn delete_asset(pass: DoorPass<'_>, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.delete_asset(pass, 1, cancel).await; }
//! async fn publish_release(pass: DoorPass<'_>, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.publish_release(pass, 1, true, cancel).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn push_tag(git: &gonogo_world::git::Git, origin: &gonogo_core::ids::RemoteName, tag: &gonogo_core::ids::TagName) { let _ = git.push_tag(origin, tag).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn create_annotated_tag(git: &gonogo_world::git::Git, tag: &gonogo_core::ids::TagName, commit: &gonogo_core::ids::CommitId) { let _ = git.create_annotated_tag(tag, commit, "message").await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn write_file(tap: &gonogo_world::git::Tap) { let _ = tap.write_file("Formula/x.rb", b"", "message").await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn push_tap(tap: &gonogo_world::git::Tap, commit: &gonogo_core::ids::CommitId) { let _ = tap.push(commit).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn dispatch(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.dispatch("release.yml", "main", &std::collections::BTreeMap::new(), cancel).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn create_draft(gh: &gonogo_world::github::Gh, new: &gonogo_world::github::NewRelease, cancel: &gonogo_world::process::Cancel) { let _ = gh.create_draft(new, cancel).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn upload_asset(gh: &gonogo_world::github::Gh, release: &gonogo_world::github::Release, cancel: &gonogo_world::process::Cancel) { let _ = gh.upload_asset(release, "x", std::path::Path::new("x"), cancel).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn delete_asset(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.delete_asset(1, cancel).await; }
//! ```
//!
//! ```compile_fail,E0061
//! async fn publish_release(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.publish_release(1, true, cancel).await; }
//! ```
//!
//! The "go" alone, which is as old as its poll, and a person's yes, after which nobody has looked yet, are no pass:
//!
//! ```compile_fail,E0308
//! use gonogo_core::clearance::Clearance;
//! async fn push_tag(go: &Clearance, git: &gonogo_world::git::Git, origin: &gonogo_core::ids::RemoteName, tag: &gonogo_core::ids::TagName) { let _ = git.push_tag(go, origin, tag).await; }
//! ```
//!
//! ```compile_fail,E0308
//! use gonogo_core::door::Confirmed;
//! async fn push_tag(yes: Confirmed<'_>, git: &gonogo_world::git::Git, origin: &gonogo_core::ids::RemoteName, tag: &gonogo_core::ids::TagName) { let _ = git.push_tag(yes, origin, tag).await; }
//! ```
//!
//! One look is good for one effect:
//!
//! ```compile_fail,E0382
//! use gonogo_core::door::DoorPass;
//! async fn twice(pass: DoorPass<'_>, git: &gonogo_world::git::Git, origin: &gonogo_core::ids::RemoteName, mirror: &gonogo_core::ids::RemoteName, tag: &gonogo_core::ids::TagName) {
//!     let _ = git.push_tag(pass, origin, tag).await;
//!     let _ = git.push_tag(pass, mirror, tag).await;
//! }
//! ```
