//! Values as bytes: texts and numbers one after the other.

/// Something that can be kept.
pub(in crate::site) trait Keep: Sized {
    /// Appends everything there is to know of it.
    fn write(&self, out: &mut Writer);
    /// What [`Keep::write`] wrote; `None` if this is nothing of that kind.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// Takes values down.
#[derive(Debug, Default)]
pub(in crate::site) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(in crate::site) fn number(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }

    pub(in crate::site) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend(text.as_bytes());
    }

    pub(in crate::site) fn texts(&mut self, texts: &[String]) {
        self.number(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }
}

/// Gives values back in the order in which they were taken down.
#[derive(Debug)]
pub(in crate::site) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(in crate::site) fn number(&mut self) -> Option<usize> {
        let bytes = self.bytes(size_of::<u64>())?;
        usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    pub(in crate::site) fn text(&mut self) -> Option<String> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).ok().map(str::to_string)
    }

    pub(in crate::site) fn texts(&mut self) -> Option<Vec<String>> {
        // Not `with_capacity`: a number that was damaged may be any.
        (0..self.number()?).map(|_| self.text()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_is_nothing() {
        let mut out = Writer::default();
        out.number(7);
        out.texts(&["가".to_string(), String::new()]);
        let read = |bytes| {
            let mut from = Reader(bytes);
            Some((from.number()?, from.texts()?))
        };
        assert_eq!(read(&out.0), Some((7, vec!["가".to_string(), String::new()])));
        for end in 0..out.0.len() {
            assert_eq!(read(&out.0[..end]), None, "{end} bytes");
        }
    }
}
