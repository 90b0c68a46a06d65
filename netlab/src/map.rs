//! Small ordered collections.
//!
//! Those of the standard library are made for thousands of entries, and every
//! kind of key adds its own copy of them to what a page has to load.

use std::borrow::Borrow;

/// A map in the order of its keys, in one vector.
#[derive(Clone, Debug)]
pub(crate) struct Map<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Map<K, V> {
        Map { entries: Vec::new() }
    }
}

impl<K: Ord, V> Map<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.entries.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &self.entries[at].1)
    }

    /// Whether there is a value for the key.
    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Gives a key a value; tells whether it had none.
    pub(crate) fn insert(&mut self, key: K, value: V) -> bool {
        match self.place(&key) {
            Ok(at) => {
                self.entries[at].1 = value;
                false
            }
            Err(at) => {
                self.entries.insert(at, (key, value));
                true
            }
        }
    }

    /// Takes a key away.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Ok(at) = self.place(key) {
            drop(self.entries.remove(at));
        }
    }

    /// The values in the order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Sorts a few things; those that are equal keep their order.
pub(crate) fn sort_few<T, K: Ord>(things: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..things.len() {
        let mut at = end;
        while at > 0 && key(&things[at]) < key(&things[at - 1]) {
            things.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rng::Rng;

    #[test]
    fn a_map_is_as_that_of_the_standard_library() {
        let mut rng = Rng::new(1, 0);
        let (mut map, mut other) = (Map::default(), BTreeMap::new());
        for round in 0..2_000 {
            let key = rng.below(50);
            match rng.below(3) {
                0 => {
                    map.remove(&key);
                    other.remove(&key);
                }
                _ => assert_eq!(map.insert(key, round), other.insert(key, round).is_none()),
            }
            let key = rng.below(50);
            assert_eq!((map.get(&key), map.contains_key(&key)), (other.get(&key), other.contains_key(&key)));
            assert_eq!(map.len(), other.len());
        }
        assert!(map.values().eq(other.values()));
    }

    #[test]
    fn a_few_things_are_sorted_and_equal_ones_keep_their_order() {
        let mut rng = Rng::new(2, 0);
        for _ in 0..200 {
            let mut few: Vec<(u32, u32)> = (0..rng.below(12)).map(|n| (rng.below(5), n)).collect();
            let mut other = few.clone();
            sort_few(&mut few, |(key, _)| *key);
            other.sort_by_key(|(key, _)| *key);
            assert_eq!(few, other);
        }
    }
}
