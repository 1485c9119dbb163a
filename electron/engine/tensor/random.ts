/**
 * A seeded generator of uniform numbers in [0, 1): xoshiro128** (Blackman & Vigna 2018), its 128-bit state filled from the
 * seed by SplitMix32. Every draw in Vernier (data split, bootstrap, noise) comes from here, so that a seed printed in a
 * report reproduces the run on any machine: `Math.random` cannot be seeded.
 * @param seed any integer; only its low 32 bits count.
 */
export function createRandom(seed: number): () => number {
  let splitMix = seed >>> 0;
  const nextSplitMix = () => {
    splitMix = (splitMix + 0x9e3779b9) >>> 0;
    let z = splitMix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = nextSplitMix();
  let b = nextSplitMix();
  let c = nextSplitMix();
  let d = nextSplitMix();
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 4294967296;
  };
}

/** A new array with the items in random order (Fisher–Yates); the input stays as it was. */
export function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[chosen]] = [shuffled[chosen]!, shuffled[last]!];
  }
  return shuffled;
}
