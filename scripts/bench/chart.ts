import { type Figure, isGood } from "./case.ts";

const ROW = 34;
const BAR = 12;
const LEFT = 330;
const WIDTH = 860;
const RIGHT = 110;
const TOP = 64;
/** The shortest bar, in pixels; the scale is logarithmic, since figures lie between milliseconds and minutes. */
const SHORTEST = 4;

/** A bar of ours above one of theirs for each figure that is a time. Readable on light and dark ground. */
export function chart(figures: readonly Figure[], about: readonly string[]): string {
  const shown = figures.filter(({ unit = "ms" }) => unit === "ms");
  const values = shown.flatMap(({ ours, theirs }) => [ours, theirs]);
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const length = (value: number): number =>
    SHORTEST + ((Math.log(value) - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT - SHORTEST);
  const height = TOP + shown.length * ROW + 20 + about.length * 16;
  const rows = shown.map((figure, index) => {
    const { name, ours, theirs, against } = figure;
    const y = TOP + index * ROW;
    const bar = (value: number, offset: number, style: string): string =>
      `<rect class="${style}" x="${LEFT}" y="${y + offset}" width="${length(value).toFixed(1)}" height="${BAR}" rx="2"/>` +
      `<text class="value" x="${(LEFT + length(value) + 6).toFixed(1)}" y="${y + offset + 10}">${describe(value)}</text>`;
    return [
      `<text x="${LEFT - 10}" y="${y + 11}" text-anchor="end">${xml(name)}</text>`,
      `<text class="small" x="${LEFT - 10}" y="${y + 24}" text-anchor="end">${xml(against)}</text>`,
      bar(ours, 1, isGood(figure) ? "ours" : "ours missed"),
      bar(theirs, 2 + BAR, "theirs"),
    ].join("\n");
  });
  const foot = about.map((line, index) => {
    const y = TOP + shown.length * ROW + 24 + index * 16;
    return `<text class="small" x="10" y="${y}">${xml(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="How long registry-login takes, beside what people use otherwise">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.small, .value { font-size: 11px; fill: #57606a }
.ours { fill: #0969da } .missed { fill: #bc4c00 } .theirs { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.small, .value { fill: #9198a1 }
.ours { fill: #4493f8 } .missed { fill: #db6d28 } .theirs { fill: #656c76 }
}
</style>
<text class="title" x="10" y="24">Time taken, median (logarithmic scale, shorter is better)</text>
<rect class="ours" x="10" y="36" width="12" height="12" rx="2"/><text x="28" y="46">registry-login</text>
<rect class="theirs" x="130" y="36" width="12" height="12" rx="2"/><text x="148" y="46">what it is held against</text>
${rows.join("\n")}
${foot.join("\n")}
</svg>
`;
}

function describe(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
