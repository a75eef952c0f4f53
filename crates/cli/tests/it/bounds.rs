//! What a poll needs does not grow with what its checks print.

use crate::support::{Project, check, kibibytes, loud_and_peak, peak_script, plan};

const GIBIBYTE: u64 = 1 << 30;
const LIMIT: u64 = 8 << 20;

#[test]
fn a_check_that_prints_a_gibibyte_is_incomplete_and_needs_less_than_64_mib() {
    let project = Project::new(&plan(&loud_and_peak()));
    project.tool("loud", &format!("head -c {GIBIBYTE} /dev/zero"));
    let peak = project.beside("peak");
    project.tool("peak", &peak_script(&peak));
    let document = project.poll().exits(3).json();
    let loud = check(&document, 3, "loud");
    assert_eq!(loud["reason"], "output-too-large");
    assert_eq!(loud["detail"], format!("{} bytes beyond the limit were dropped", GIBIBYTE - LIMIT));
    assert_eq!(check(&document, 3, "peak")["verdict"], "passed");
    let kept = std::fs::read_dir(project.ledger("v0.2.0").join("blobs")).unwrap();
    let largest = kept.map(|blob| blob.unwrap().metadata().unwrap().len()).max();
    assert_eq!(largest, Some(LIMIT), "no more than the limit is kept, and no less");
    // The larger bound shows that gonogo itself was measured, and not the shell of the check.
    let peak = kibibytes(&peak);
    assert!((10 << 10..64 << 10).contains(&peak), "{peak} KiB");
}
