//! One number, two orders of its bytes.

// ANCHOR: program
fn main() {
    let port: u16 = 7000;
    println!("{port} = 0x{port:04x}");
    println!("big end first    {:02x?}", port.to_be_bytes());
    println!("little end first {:02x?}", port.to_le_bytes());
    println!("in this machine  {:02x?}", port.to_ne_bytes());
    println!("read in the wrong order: {}", u16::from_be_bytes(port.to_le_bytes()));
    println!("80 in the wrong order: {}", 80u16.swap_bytes());
}
// ANCHOR_END: program
