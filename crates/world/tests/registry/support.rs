//! Tools that `scripts/setup` installs for the tests.

use std::path::{Path, PathBuf};

/// One of them.
pub fn test_tool(path: &str) -> PathBuf {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools").join(path);
    assert!(tool.exists(), "{path} is not installed: run scripts/setup");
    tool.canonicalize().unwrap()
}
