// Random numbers that are the same everywhere, and choices made with them.
export class Random {
  constructor(seed) { this.state = seed | 0; }

  /** In [0, 1). */
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);

    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n) { return Math.floor(this.next() * n); }
  pick(list) { return list[this.below(list.length)]; }
  chance(p) { return this.next() < p; }
  some(n, make) { return Array.from({ length: n }, (_, i) => make(i)); }
  subset(list, p) { return list.filter(() => this.chance(p)); }
}
