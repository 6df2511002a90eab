import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AlwaysOffSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createBus } from "sonde";
import { correlate } from "sonde/context";
import { attachTracing, idGenerator } from "sonde/handlers/tracing";
const exporter = { export(_, done) {
  done({ code: 0 });
}, shutdown: async () => {
} };
const proc = () => new BatchSpanProcessor({ exporter });
if (process.argv[2] !== "none") context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const ourProvider = new TracerProvider({ idGenerator, spanProcessors: [proc()] });
const offProvider = new TracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors: [proc()] });
const hand = new TracerProvider({ spanProcessors: [proc()] }).getTracer("hand"), off = offProvider.getTracer("off");
const buses = { traced: createBus(), out: createBus(), none: createBus(), correlated: createBus() };
attachTracing(buses.traced, { tracerProvider: ourProvider });
attachTracing(buses.out, { tracerProvider: ourProvider, ratio: 0 });
attachTracing(buses.none);
correlate(buses.correlated);
buses.correlated.attach("l", "shop.*.start", () => {
});
buses.correlated.attach("m", "shop.*.stop", () => {
});
const ops = Object.fromEntries(Object.entries(buses).map(([k, b]) => [k, b.operation("shop.checkout")]));
let sink = 0;
const byHand = (t) => (n) => t.startActiveSpan("root", (root) => {
  for (let i = 0; i < n; i++) t.startActiveSpan("shop.checkout", { attributes: { customer: "Ada", items: 3, channel: "web", correlation_id: "job-1" } }, (span) => {
    sink++;
    span.setAttribute("outcome", "ok");
    span.end();
  });
  root.end();
});
const ours = (k) => (n) => buses[k].span("root", {}, () => {
  for (let i = 0; i < n; i++) ops[k].span({ customer: "Ada", items: 3, channel: "web" }, () => {
    sink++;
  });
});
const all = { hand: byHand(hand), traced: ours("traced"), "hand, sampler off": byHand(off), "ratio 0": ours("out"), "no SDK": ours("none"), correlated: ours("correlated") };
const only = (process.argv[3] || void 0)?.split(",");
const cases = Object.entries(all).filter(([n]) => !only || only.includes(n));
const rounds = Number(process.argv[4] ?? 15), CH = 500, PER = 20;
const times = {};
for (let r = 0; r < rounds; r++) for (const [name, f] of cases) {
  for (let i = 0; i < 5; i++) f(PER);
  const t = process.cpuUsage();
  for (let i = 0; i < CH; i++) f(PER);
  (times[name] ??= []).push((() => {
    const d = process.cpuUsage(t);
    return (d.user + d.system) * 1e3;
  })() / (CH * (PER + 1)));
  await new Promise((x) => setImmediate(x));
}
const low = (a) => [...a].sort((x, y) => x - y)[a.length >> 2];
for (const [n, t] of Object.entries(times)) console.log(n.padEnd(28), low(t).toFixed(0), "ns");
if (!only) {
  console.log("traced / hand", (low(times["traced"]) / low(times["hand"])).toFixed(2));
  console.log("ratio 0 / hand, sampler off", (low(times["ratio 0"]) / low(times["hand, sampler off"])).toFixed(2));
}
process.exit(0);
