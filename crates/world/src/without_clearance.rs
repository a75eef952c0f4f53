//! What must not compile: an effect without a clearance. Each is shown beside the same call with one, which does.
//!
//! ```
//! use gonogo_core::clearance::Clearance;
//! async fn push_tag(go: &Clearance, git: &gonogo_world::git::Git) { let _ = git.push_tag(go, "origin", "v1").await; }
//! async fn create_annotated_tag(go: &Clearance, git: &gonogo_world::git::Git) { let _ = git.create_annotated_tag(go, "v1", "c", "message").await; }
//! async fn write_file(go: &Clearance, tap: &gonogo_world::git::Tap) { let _ = tap.write_file(go, "Formula/x.rb", b"", "message").await; }
//! async fn push_tap(go: &Clearance, tap: &gonogo_world::git::Tap) { let _ = tap.push(go, "c").await; }
//! async fn dispatch(go: &Clearance, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.dispatch(go, "release.yml", "main", &std::collections::BTreeMap::new(), cancel).await; }
//! async fn create_draft(go: &Clearance, gh: &gonogo_world::github::Gh, new: &gonogo_world::github::NewRelease, cancel: &gonogo_world::process::Cancel) { let _ = gh.create_draft(go, new, cancel).await; }
//! async fn upload_asset(go: &Clearance, gh: &gonogo_world::github::Gh, release: &gonogo_world::github::Release, cancel: &gonogo_world::process::Cancel) { let _ = gh.upload_asset(go, release, "x", std::path::Path::new("x"), cancel).await; }
//! async fn delete_asset(go: &Clearance, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.delete_asset(go, 1, cancel).await; }
//! async fn publish_release(go: &Clearance, gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.publish_release(go, 1, true, cancel).await; }
//! ```
//!
//! ```compile_fail
//! async fn push_tag(git: &gonogo_world::git::Git) { let _ = git.push_tag("origin", "v1").await; }
//! ```
//!
//! ```compile_fail
//! async fn create_annotated_tag(git: &gonogo_world::git::Git) { let _ = git.create_annotated_tag("v1", "c", "message").await; }
//! ```
//!
//! ```compile_fail
//! async fn write_file(tap: &gonogo_world::git::Tap) { let _ = tap.write_file("Formula/x.rb", b"", "message").await; }
//! ```
//!
//! ```compile_fail
//! async fn push_tap(tap: &gonogo_world::git::Tap) { let _ = tap.push("c").await; }
//! ```
//!
//! ```compile_fail
//! async fn dispatch(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.dispatch("release.yml", "main", &std::collections::BTreeMap::new(), cancel).await; }
//! ```
//!
//! ```compile_fail
//! async fn create_draft(gh: &gonogo_world::github::Gh, new: &gonogo_world::github::NewRelease, cancel: &gonogo_world::process::Cancel) { let _ = gh.create_draft(new, cancel).await; }
//! ```
//!
//! ```compile_fail
//! async fn upload_asset(gh: &gonogo_world::github::Gh, release: &gonogo_world::github::Release, cancel: &gonogo_world::process::Cancel) { let _ = gh.upload_asset(release, "x", std::path::Path::new("x"), cancel).await; }
//! ```
//!
//! ```compile_fail
//! async fn delete_asset(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.delete_asset(1, cancel).await; }
//! ```
//!
//! ```compile_fail
//! async fn publish_release(gh: &gonogo_world::github::Gh, cancel: &gonogo_world::process::Cancel) { let _ = gh.publish_release(1, true, cancel).await; }
//! ```
