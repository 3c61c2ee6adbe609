// Who keeps the session of an offline page: bayes for one viewer, from the prior that it had; beside
// it popular or random. Answers the verbs of phone.js; everything but this viewer stands still.
const SURE = 0.25, BEST = 5, WORST = 3, MIX = 6, MOST_SPREADS = 4; // as in sim/lab/phone/told.py

// Solves a x = b for a symmetric positive definite matrix (Cholesky).
function solved(a, b) {
  const n = b.length, l = a.map((row) => row.slice()), y = b.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i][j];
      for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
      l[i][j] = i === j ? Math.sqrt(sum) : sum / l[j][j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) y[i] -= l[i][k] * y[k];
    y[i] /= l[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) y[i] -= l[k][i] * y[k];
    y[i] /= l[i][i];
  }
  return y;
}

class Posterior {
  constructor(frozen) {
    this.f = frozen;
    const n = frozen.prior.usual.length, p = frozen.prior.precision;
    this.a = p.map((row) => row.slice());
    this.b = frozen.prior.usual.map((_, i) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += frozen.prior.usual[k] * p[k][i];
      return sum;
    });
    this.sated = frozen.topics.map(() => 0);
    this.mean = frozen.prior.usual.slice();
  }

  x(video) {
    const out = [1, ...this.f.topics.map(() => 0), ...video.x, this.sated[video.t]];
    out[1 + video.t] += 0.5;
    out[1 + video.s] += 0.5;
    return out;
  }

  parts(video) {
    const x = this.x(video), n = this.f.topics.length, sums = [0, 0, 0, 0, video.w];
    x.forEach((value, i) => {
      const block = i === 0 ? 0 : i <= n ? 1 : i < x.length - 1 ? 2 : 3;
      sums[block] += value * this.mean[i];
    });
    return sums;
  }

  score(video) { return this.parts(video).reduce((a, b) => a + b, 0); }

  // What an impression was worth to its viewer.
  label(video, watch) {
    const t = this.f.told;
    let bin = 0;
    while (bin < t.edges.length && video.d >= t.edges[bin]) bin++;
    const finished = watch >= video.d;
    const answers = [...t.seconds.map((s) => watch >= s), watch >= this.f.long || finished,
      watch > video.d / 2, finished, watch >= t.again * video.d];
    let sum = 0;
    answers.forEach((yes, i) => { if (yes) sum += t.weight[bin][i]; });
    return [(sum - t.base[bin]) / t.sd[bin], t.gain[bin]];
  }

  learn(page) {
    const noise = this.f.prior.noise;
    for (const [video, act] of page) {
      const [y, gain] = this.label(video, act.watch), x = this.x(video).map((v) => gain * v);
      const left = (y - gain * video.w) / noise;
      for (let i = 0; i < x.length; i++) {
        this.b[i] += x[i] * left;
        for (let k = 0; k < x.length; k++) this.a[i][k] += x[i] * x[k] / noise;
      }
    }
    for (const [video] of page) {
      this.sated[video.t] = 1 - (1 - this.sated[video.t]) * (1 - this.f.sates);
    }
    this.mean = solved(this.a, this.b);
  }
}

class Frozen {
  constructor(frozen, agent) {
    this.f = frozen;
    this.agent = agent;
    this.brain = agent === "bayes" ? new Posterior(frozen) : null;
    this.past = [];
    this.acts = [];
    this.seen = new Set();
    this.deal();
  }

  score(video) {
    if (this.brain) return this.brain.score(video);
    return this.agent === "popular" ? video.p : (video.id * 2654435761 % 4294967296) / 4294967296;
  }

  deal() {
    const left = this.f.videos.filter((video) => !this.seen.has(video.id));
    const order = left.map((video) => [this.score(video), video]).sort((a, b) => b[0] - a[0]);
    this.page = order.slice(0, this.f.slots).map((pair) => pair[1]);
    this.acts = [];
  }

  get card() { return this.page[this.acts.length] || null; }

  swipe(act) {
    const video = this.card;
    if (!video) return;
    this.past.push([video, act]);
    this.acts.push(act);
    if (this.card) return;
    for (const one of this.page) this.seen.add(one.id);
    if (this.brain) this.brain.learn(this.page.map((one, i) => [one, this.acts[i]]));
    this.deal();
  }

  beliefs() {
    if (this.agent === "random") return null;
    if (!this.brain) return [];
    const own = this.f.videos.map((video, i) => this.score(video) - this.f.crowd.mean[i]);
    const level = own.reduce((a, b) => a + b, 0) / own.length;
    const total = this.f.topics.map(() => 0), count = this.f.topics.map(() => 0);
    this.f.videos.forEach((video, i) => { total[video.t] += own[i] - level; count[video.t]++; });
    const z = total.map((sum, t) => {
      const spread = this.f.crowd.spread[t];
      const value = spread > 1e-9 ? sum / Math.max(1, count[t]) / spread : 0;
      return Math.max(-MOST_SPREADS, Math.min(MOST_SPREADS, value));
    });
    const order = z.map((value, t) => [value, t]).sort((a, b) => b[0] - a[0]);
    const told = [...order.slice(0, BEST).filter((one) => one[0] > SURE),
      ...order.slice(-WORST).filter((one) => one[0] < -SURE)];
    return told.map(([value, t]) => [this.f.topics[t][0], Math.round(100 * value) / 100, this.f.topics[t][1]]);
  }

  why() {
    const video = this.card, say = this.f.say;
    if (!video || this.agent === "random") return { text: say.why_none, parts: [], note: "" };
    const parts = this.brain
      ? this.brain.parts(video).map((value, i) => [i, value])
      : [[5, video.u], [6, video.p - video.u]];
    const left = this.f.videos.filter((one) => !this.seen.has(one.id));
    const all = left.map((one) => this.score(one)), score = this.score(video);
    const rank = (value) => 1 + all.filter((other) => other > value + 1e-9).length;
    const rows = parts.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([i, value]) => {
      // without a part means without it for every video, as sim.lab.explain has it
      const part = (one) => i < 5 ? this.brain.parts(one)[i] : i === 5 ? one.u : one.p - one.u;
      const own = score - value;
      const place = 1 + left.filter((one, k) => all[k] - part(one) > own + 1e-9).length;
      return [this.f.parts[i], Math.round(1000 * value) / 1000, place];
    });
    const text = say.why_rank.replace("{rank}", rank(score)).replace("{of}", left.length)
      .replace("{score}", score.toFixed(2));
    return { text, parts: rows, note: say.why_exact };
  }

  told() {
    const count = new Map();
    for (const [video] of this.past) count.set(video.t, (count.get(video.t) || 0) + 1);
    const n = this.past.length;
    const bits = [...count.values()].reduce((sum, c) => sum - c / n * Math.log2(c / n), 0);
    const most = [...count].sort((a, b) => b[1] - a[1]).slice(0, MIX);
    const video = this.card, [name, hue] = video ? this.f.topics[video.t] : ["", 0];
    return {
      agent: this.agent, day: this.f.day, swipes: n, left: this.page.length - this.acts.length,
      card: video && { number: n, topic: name, text: video.text, tags: video.tags, hue,
        seconds: Math.round(10 * video.d) / 10, source: "" },
      beliefs: this.beliefs(), shown: most.map(([t, c]) => [...this.f.topics[t], c]),
      topics: count.size, bits: Math.max(0, bits),
      strip: this.past.map(([one, act]) => [this.f.topics[one.t][1], Math.min(1, act.watch / one.d),
        Number(act.like)]),
    };
  }
}

// What the learner's double does, as in sim/lab/phone/double.py.
function doubled(past, video) {
  const same = past.filter(([one]) => video.t === one.t || video.t === one.s);
  if (same.length) {
    const [old, act] = same[same.length - 1];
    return { watch: act.watch / old.d * video.d, like: act.like, hide: act.hide };
  }
  const shares = past.map(([one, act]) => act.watch / one.d).sort((a, b) => a - b);
  return { watch: (shares.length ? shares[Math.floor(shares.length / 2)] : 0.5) * video.d };
}

function offline(frozen) {
  const names = ["bayes", ...(frozen.other === "none" ? [] : [frozen.other])];
  let lines = names.map((name) => new Frozen(frozen, name));
  return async (verb, given) => {
    const one = lines[given.timeline || 0], extra = {};
    if (verb === "swipe" && given.number === one.past.length) one.swipe(given);
    if (verb === "why") extra.why = one.why();
    if (verb === "restart") lines = names.map((name) => new Frozen(frozen, name));
    if (verb === "mean") extra.mean = one.brain.mean; // for tests
    if (verb === "double") {
      const past = lines.find((other) => other !== one).past;
      while (one.past.length < past.length && one.card) one.swipe(doubled(past, one.card));
    }
    return { timelines: lines.map((line) => line.told()), goal: frozen.goal, ...extra };
  };
}
