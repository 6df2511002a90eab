/** A seeded generator of numbers in [0, 1): mulberry32 (T. Ettinger, public domain). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Shapes that latencies, sizes and ratios take; each a draw from a generator. */
export const distributions: { readonly [name: string]: (next: () => number) => number } = {
  constant: () => 1_234_567,
  uniform: (next) => next() * 1e6,
  'uniform integers': (next) => Math.floor(next() * 1_000),
  normal: (next) => Math.max(0, 5e6 + 1e6 * gauss(next)),
  exponential: (next) => -Math.log(1 - next()) * 3e6,
  'log-normal': (next) => Math.exp(14 + gauss(next)),
  pareto: (next) => 1e5 / (1 - next()) ** (1 / 1.5),
  bimodal: (next) => (next() < 0.9 ? 2e6 + 1e5 * next() : 8e7 + 1e6 * next()),
  'spikes to 5 s': (next) => (next() < 0.001 ? 5e9 * next() : Math.exp(14.5 + 0.9 * gauss(next))),
  'mostly zero': (next) => (next() < 0.7 ? 0 : next() * 100),
  seconds: (next) => Math.exp(-6 + 1.2 * gauss(next)),
  'thirty octaves': (next) => 2 ** (next() * 30 - 15),
}

function gauss(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}
