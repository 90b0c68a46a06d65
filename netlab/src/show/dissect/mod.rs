//! A packet as named header fields, each with the bytes it stands in.
//!
//! Names are those of the RFCs that define the headers. Any bytes have an
//! answer: what is not there is not named, and a header that was cut off says so.

mod icmp;
mod ip;
mod transport;

use crate::json::{array, quoted};
use crate::script::quote;

/// Bytes of data that are shown as text.
const SHOWN: usize = 64;
/// An ICMP error quotes a packet, which may be an ICMP error again.
const DEEPEST: u8 = 2;

/// The fields of an IP packet as a JSON array of layers.
///
/// `[{"layer":"IPv4","from":0,"to":20,"fields":[{"name":"Total Length",
/// "value":"52","from":2,"to":4}]}]`: places are byte offsets into `packet`, the
/// end not included. Where a field is not whole bytes, `"bits"` shows those of
/// its bytes that belong to it.
#[must_use]
pub fn dissect(packet: &[u8]) -> String {
    let mut dissection = Dissection { packet, layers: Vec::new() };
    ip::packet(&mut dissection, 0, packet.len(), 0);
    let mut out = String::new();
    array(&mut out, &dissection.layers, |out, layer| layer.write(out));
    out
}

/// A field.
struct Field {
    name: String,
    value: String,
    from: usize,
    to: usize,
    bits: Option<String>,
}

/// A header, or data.
struct Layer {
    name: String,
    from: usize,
    to: usize,
    fields: Vec<Field>,
}

impl Layer {
    fn write(&self, out: &mut String) {
        let Layer { name, from, to, fields } = self;
        out.push_str(&format!("{{\"layer\":{},\"from\":{from},\"to\":{to},\"fields\":", quoted(name)));
        array(out, fields, |out, field| {
            let Field { name, value, from, to, bits } = field;
            out.push_str(&format!(
                "{{\"name\":{},\"value\":{},\"from\":{from},\"to\":{to}",
                quoted(name),
                quoted(value)
            ));
            if let Some(bits) = bits {
                out.push_str(&format!(",\"bits\":\"{bits}\""));
            }
            out.push('}');
        });
        out.push('}');
    }
}

/// The layers found so far.
struct Dissection<'a> {
    packet: &'a [u8],
    layers: Vec<Layer>,
}

impl Dissection<'_> {
    /// Begins a layer; the fields that follow belong to it.
    fn layer(&mut self, name: impl Into<String>, from: usize, to: usize) {
        self.layers.push(Layer { name: name.into(), from, to, fields: Vec::new() });
    }

    fn add(&mut self, name: impl Into<String>, value: impl Into<String>, from: usize, to: usize) {
        if let Some(layer) = self.layers.last_mut() {
            layer.fields.push(Field { name: name.into(), value: value.into(), from, to, bits: None });
        }
    }

    /// A field of the bits of `mask` in the bytes `from..to`.
    fn add_bits(&mut self, name: &str, value: impl Into<String>, from: usize, to: usize, mask: u32) {
        let number = self.number(from, to);
        self.add(name, value, from, to);
        let field = self.layers.last_mut().and_then(|layer| layer.fields.last_mut());
        if let Some(field) = field {
            field.bits = Some(bits(number, mask, to - from));
        }
    }

    /// One flag.
    fn flag(&mut self, name: &str, from: usize, to: usize, mask: u32) {
        let set = if self.number(from, to) & mask != 0 { "1" } else { "0" };
        self.add_bits(name, set, from, to, mask);
    }

    /// The bytes `from..to`; fewer if the packet ends before.
    fn bytes(&self, from: usize, to: usize) -> &[u8] {
        let to = to.min(self.packet.len());
        self.packet.get(from..to).unwrap_or_default()
    }

    /// The bytes `from..to`, four at most, as a number in network order.
    fn number(&self, from: usize, to: usize) -> u32 {
        self.bytes(from, to).iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// A field that is a number of whole bytes.
    fn decimal(&mut self, name: &str, from: usize, to: usize) -> u32 {
        let number = self.number(from, to);
        self.add(name, number.to_string(), from, to);
        number
    }

    /// A field that is a number best read in hexadecimal.
    fn hexadecimal(&mut self, name: &str, from: usize, to: usize) {
        let value = format!("0x{:0digits$x}", self.number(from, to), digits = (to - from) * 2);
        self.add(name, value, from, to);
    }

    /// A checksum, and whether it holds; nothing if that cannot be told.
    fn checksum(&mut self, name: &str, at: usize, good: Option<bool>) {
        let word = match good {
            Some(true) => " (correct)",
            Some(false) => " (wrong)",
            None => "",
        };
        let value = format!("0x{:04x}{word}", self.number(at, at + 2));
        self.add(name, value, at, at + 2);
    }

    /// Says that a header of `length` bytes should stand in `from..to`.
    fn cut_off(&mut self, from: usize, to: usize, length: usize) {
        self.add("cut off", format!("{} of {length} bytes", to - from), from, to);
    }

    /// A layer of what no header explains.
    fn data(&mut self, layer: &str, from: usize, to: usize) {
        if from < to {
            self.layer(layer, from, to);
            self.text("Data", from, to);
        }
    }

    /// A field of bytes, shown as text.
    fn text(&mut self, name: &str, from: usize, to: usize) {
        let bytes = self.bytes(from, to);
        let more = if bytes.len() > SHOWN { "…" } else { "" };
        let value = format!("{}{more}", quote(&bytes[..bytes.len().min(SHOWN)]));
        if from < to {
            self.add(name, value, from, to);
        }
    }
}

/// The bits of `mask` in a number of so many bytes, dots for the others.
fn bits(number: u32, mask: u32, bytes: usize) -> String {
    let mut out = String::new();
    for bit in (0..bytes.min(4) * 8).rev() {
        out.push(match (mask >> bit & 1, number >> bit & 1) {
            (0, _) => '.',
            (_, 0) => '0',
            _ => '1',
        });
        if bit % 4 == 0 && bit > 0 {
            out.push(' ');
        }
    }
    out
}

/// The name of a protocol number (IANA), as far as it is met here.
fn protocol_name(number: u32) -> &'static str {
    match number {
        0 => " (Hop-by-Hop Options)",
        1 => " (ICMP)",
        2 => " (IGMP)",
        6 => " (TCP)",
        17 => " (UDP)",
        43 => " (Routing)",
        44 => " (Fragment)",
        58 => " (ICMPv6)",
        59 => " (No Next Header)",
        60 => " (Destination Options)",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
