use gonogo_core::clearance::Clearance;
use gonogo_core::digest::Digest;

fn main() {
    let _forged = Clearance { target: "v1.0.0".to_owned(), subject: Digest::of(b"") };
}
