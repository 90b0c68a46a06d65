//! No byte is lost and nothing stalls, for fifty seeds; the example `sweep` takes more.

#[path = "sweep/mod.rs"]
mod sweep;

#[test]
fn two_hundred_kilobytes_arrive_whatever_is_lost() {
    for seed in 1..=50 {
        assert_eq!(sweep::transfer(seed).err(), None);
    }
}
