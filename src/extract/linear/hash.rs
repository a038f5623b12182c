//! Feature keys: 64-bit mixing, cut to 32 bits where a feature is stored.

use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are hashes already.
pub type Hashed<V> = std::collections::HashMap<u64, V, BuildHasherDefault<Plain>>;

/// Takes the key for its own hash.
#[derive(Default)]
pub struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| mix(hash ^ u64::from(byte)));
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
    fn write_u32(&mut self, key: u32) {
        self.0 = mix(u64::from(key));
    }
}

/// Spreads every bit of `hash` over all others.
#[inline]
pub fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Hash of a word.
#[inline]
pub fn word(word: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut chunks = word.as_bytes().chunks_exact(8);
    for chunk in &mut chunks {
        let part = chunk.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
        hash = mix(hash ^ part);
    }
    let rest = chunks.remainder().iter().rev().fold(1, |sum, &byte| (sum << 8) | u64::from(byte));
    mix(mix(hash ^ rest))
}

/// Two values as one.
#[inline]
pub fn pair(a: u64, b: u64) -> u64 {
    mix(a.wrapping_mul(31).rotate_left(17) ^ b)
}

/// The stored key of feature `template` with this value.
#[inline]
pub fn key(template: u32, value: u64) -> u32 {
    let hash = mix(value.wrapping_add(u64::from(template).wrapping_mul(0xd6e8_feb8_6659_fd93)));
    (mix(hash) >> 32) as u32
}
