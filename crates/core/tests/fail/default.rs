use gonogo_core::clearance::Clearance;

fn main() {
    let _forged: Clearance = Default::default();
}
