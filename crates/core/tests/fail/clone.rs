use gonogo_core::clearance::Clearance;

fn twice(cleared: &Clearance) -> (Clearance, Clearance) {
    (cleared.clone(), Clone::clone(cleared))
}

fn main() {
    let _ = twice;
}
