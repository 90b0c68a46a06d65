fn main() {
    // ANCHOR: listen
    println!("listening");
    // ANCHOR_END: listen
    // ANCHOR: nothing
    // ANCHOR_END: nothing
}
