use gonogo_core::clearance::Clearance;

fn main() {
    let _forged: Clearance = serde_json::from_str("{}").unwrap();
}
