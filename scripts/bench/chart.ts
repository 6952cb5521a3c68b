import { type Figure, isMet } from "./case.ts";

const WIDTH = 860;
/** Where the bars begin; the names are to the left of it. */
const LEFT = 330;
/** Room for the value behind the longest bar. */
const RIGHT = 90;
const TOP = 64;
const ROW = 44;
const BAR = 14;

/**
 * Draws the comparisons that a user makes: a bar of ours above the one that it is compared with. Each pair has a linear
 * scale of its own, since a `get` takes milliseconds and a login seconds. Readable on a light and on a dark page.
 * @param about lines below the chart: the machine, the versions
 * @returns the text of an SVG file
 */
export function chart(figures: readonly Figure[], about: readonly string[]): string {
  const shown = figures.filter(({ onChart }) => onChart === true);
  const height = TOP + shown.length * ROW + 20 + about.length * 16;
  const foot = about.map((line, index) => {
    const y = TOP + shown.length * ROW + 24 + index * 16;
    return `<text class="small" x="10" y="${y}">${xml(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="How long registry-login takes, next to the alternatives">
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
<text class="title" x="10" y="24">Time, median (shorter is better; each pair has its own scale)</text>
<rect class="ours" x="10" y="36" width="12" height="12" rx="2"/><text x="28" y="46">registry-login</text>
<rect class="theirs" x="130" y="36" width="12" height="12" rx="2"/><text x="148" y="46">the alternative</text>
${shown.map(drawPair).join("\n")}
${foot.join("\n")}
</svg>
`;
}

function drawPair(figure: Figure, index: number): string {
  const { name, ours, theirs, against } = figure;
  const y = TOP + index * ROW;
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(ours, theirs);
  const bar = (value: number, offset: number, style: string): string => {
    const length = value * scale;
    return (
      `<rect class="${style}" x="${LEFT}" y="${y + offset}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>` +
      `<text class="value" x="${(LEFT + length + 6).toFixed(1)}" y="${y + offset + 11}">${duration(value)}</text>`
    );
  };
  return [
    `<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${xml(name)}</text>`,
    `<text class="small" x="${LEFT - 10}" y="${y + 28}" text-anchor="end">${xml(against)}</text>`,
    bar(ours, 1, isMet(figure) ? "ours" : "missed"),
    bar(theirs, 2 + BAR, "theirs"),
  ].join("\n");
}

function duration(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
