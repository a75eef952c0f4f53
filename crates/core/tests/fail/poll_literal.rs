use gonogo_core::digest::Digest;
use gonogo_core::gate::Poll;
use gonogo_core::verdict::Outcome;

fn main() {
    let _forged = Poll { subject: Digest::of(b""), gates: Vec::new(), outcome: Outcome::Passed };
}
