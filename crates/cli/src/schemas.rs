//! The JSON documents are contracts: their schemas are written down in `docs/schemas`, and this holds them to it.

use crate::commands::{audit, bench, explain, prepare, status, verify};
use crate::render::{poll_json, run_json};
use serde_json::Value;
use std::path::Path;

/// Every document that the program prints, by its file, with its schema.
pub fn documents() -> Vec<(&'static str, Value)> {
    vec![
        ("audit.json", schemars::schema_for!(audit::Document).to_value()),
        ("bench-judge.json", schemars::schema_for!(bench::judge::Document).to_value()),
        ("bench-show.json", schemars::schema_for!(bench::show::Document).to_value()),
        ("bench.json", schemars::schema_for!(gonogo_core::bench::BenchRecord).to_value()),
        ("explain.json", schemars::schema_for!(explain::Document).to_value()),
        ("poll.json", schemars::schema_for!(poll_json::PollDocument).to_value()),
        ("prepare.json", schemars::schema_for!(prepare::Document).to_value()),
        ("run.json", schemars::schema_for!(run_json::RunDocument).to_value()),
        ("verify.json", schemars::schema_for!(verify::Document).to_value()),
        ("status.json", schemars::schema_for!(status::Document).to_value()),
    ]
}

#[test]
fn the_documents_are_what_docs_schemas_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let mut schemas = documents();
    schemas.push(("plan.json", gonogo_core::plan::schema()));
    for (name, schema) in schemas {
        let path = folder.join(name);
        let text = format!("{schema:#}\n");
        if std::env::var_os("GONOGO_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "docs/schemas/{name} is not what the program prints; look at the difference, then run the test with GONOGO_BLESS=1"
        );
    }
}
