//! Randomness that can be replayed.

/// A new seed, which is printed, or that of `KIT_FAULT_SEED`.
pub fn new() -> u64 {
    let seed = std::env::var("KIT_FAULT_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("KIT_FAULT_SEED={seed}");
    seed
}
