// A QR code (ISO/IEC 18004) as SVG: byte mode, error correction M, versions 1–15 (up to 412 bytes), drawn here and nowhere else.
//
//   qr(text, label)      → <svg>          modules(text) → rows of booleans, true = dark

import { svg } from "./ui.js";

const QUIET = 4;
// Per version: error correction codewords per block, blocks of level M (ISO/IEC 18004:2015, table 9).
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];
const LEVEL_M = 0;

export function qr(text, label) {
  const rows = modules(text);
  const size = rows.length + 2 * QUIET;
  const d = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ""))).join("");
  return svg(
    "svg",
    { class: "qr", role: "img", "aria-label": label, viewBox: `0 0 ${size} ${size}`, "shape-rendering": "crispEdges" },
    svg("rect", { width: size, height: size, fill: "#fff" }),
    svg("path", { d, fill: "#000" }),
  );
}

export function modules(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = smallest(bytes.length);
  const words = interleaved(codewords(bytes, version), version);
  const masked = [0, 1, 2, 3, 4, 5, 6, 7].map((mask) => drawn(words, version, mask));
  return masked.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

// ── data ─────────────────────────────────────────────────────────────────────────────────────────

const sizeOf = (version) => version * 4 + 17;
const centres = (version) => {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const rest = Array.from({ length: count - 1 }, (_, i) => sizeOf(version) - 7 - i * step);
  return [6, ...rest.reverse()];
};

function capacity(version) {
  const centred = centres(version).length;
  const patterns = centred ? (25 * centred - 10) * centred - 55 : 0;
  return ((16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0)) >> 3;
}

const dataWords = (version) => capacity(version) - CORRECTION[version - 1] * BLOCKS[version - 1];
const lengthBits = (version) => (version < 10 ? 8 : 16);

function smallest(count) {
  const fits = (version) => 4 + lengthBits(version) + 8 * count <= 8 * dataWords(version);
  const version = CORRECTION.findIndex((_, place) => fits(place + 1)) + 1;
  if (version === 0) throw new RangeError(`${count} bytes are too many for a QR code of version 15`);
  return version;
}

function codewords(bytes, version) {
  const bits = [];
  const push = (value, length) => {
    for (let i = length - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  push(4, 4);
  push(bytes.length, lengthBits(version));
  bytes.forEach((byte) => push(byte, 8));
  const room = dataWords(version) * 8;
  push(0, Math.min(4, room - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(i * 8, i * 8 + 8).join(""), 2));
}

function times(x, y) {
  let z = 0;
  for (let i = 7; i >= 0; i -= 1) z = ((z << 1) ^ ((z >>> 7) * 0x11d)) ^ (((y >>> i) & 1) * x);
  return z;
}

function generator(degree) {
  const result = [...Array(degree - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) result[j] = times(result[j], root) ^ (result[j + 1] ?? 0);
    root = times(root, 2);
  }
  return result;
}

function remainder(data, divisor) {
  const result = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ result.shift();
    result.push(0);
    divisor.forEach((coefficient, i) => (result[i] ^= times(coefficient, factor)));
  }
  return result;
}

function interleaved(data, version) {
  const count = BLOCKS[version - 1];
  const divisor = generator(CORRECTION[version - 1]);
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  let from = 0;
  const blocks = Array.from({ length: count }, (_, i) => {
    const part = data.slice(from, (from += short + (i >= count - longer ? 1 : 0)));
    return { part, correction: remainder(part, divisor) };
  });
  const column = (list, length) =>
    Array.from({ length }, (_, i) => list.map((each) => each[i])).flat().filter((word) => word !== undefined);
  return [
    ...column(blocks.map((b) => b.part), short + 1),
    ...column(blocks.map((b) => b.correction), divisor.length),
  ];
}

// ── drawing ──────────────────────────────────────────────────────────────────────────────────────

const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

function drawn(words, version, mask) {
  const size = sizeOf(version);
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const put = (x, y, dark) => {
    if (grid[y]?.[x] !== undefined) grid[y][x] = Boolean(dark);
  };
  patterns(put, size, version);
  format(put, size, mask);
  if (version >= 7) versionBits(put, size, version);
  fill(grid, words, MASKS[mask]);
  return grid;
}

function patterns(put, size, version) {
  for (let i = 0; i < size; i += 1) {
    put(6, i, i % 2 === 0);
    put(i, 6, i % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        put(cx + dx, cy + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  const at = centres(version);
  const last = at.length - 1;
  at.forEach((cx, i) =>
    at.forEach((cy, j) => {
      if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
      for (let dy = -2; dy <= 2; dy += 1) {
        for (let dx = -2; dx <= 2; dx += 1) put(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
      }
    }),
  );
}

function format(put, size, mask) {
  const data = (LEVEL_M << 3) | mask;
  let rest = data;
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (i) => (bits >>> i) & 1;
  for (let i = 0; i <= 5; i += 1) put(8, i, bit(i));
  put(8, 7, bit(6));
  put(8, 8, bit(7));
  put(7, 8, bit(8));
  for (let i = 9; i < 15; i += 1) put(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i += 1) put(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i += 1) put(8, size - 15 + i, bit(i));
  put(8, size - 8, 1);
}

function versionBits(put, size, version) {
  let rest = version;
  for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i += 1) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    put(a, b, (bits >>> i) & 1);
    put(b, a, (bits >>> i) & 1);
  }
}

function fill(grid, words, mask) {
  const size = grid.length;
  let i = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      for (const x of [right, right - 1]) {
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (grid[y][x] !== null) continue;
        const dark = i < words.length * 8 && ((words[i >>> 3] >>> (7 - (i & 7))) & 1) === 1;
        grid[y][x] = dark !== (mask(x, y) === 0);
        i += 1;
      }
    }
  }
}

/** The standard's N1 and N2 and N4; N3 rarely decides and any mask can be read. */
function penalty(grid) {
  const size = grid.length;
  let points = 0;
  for (const lines of [grid, grid[0].map((_, x) => grid.map((row) => row[x]))]) {
    for (const row of lines) {
      for (const run of row.map((dark) => (dark ? "1" : "0")).join("").match(/0+|1+/g)) {
        if (run.length >= 5) points += run.length - 2;
      }
    }
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) {
      const four = grid[y][x] + grid[y - 1][x] + grid[y][x - 1] + grid[y - 1][x - 1];
      if (four % 4 === 0) points += 3;
    }
  }
  const share = grid.flat().filter(Boolean).length / (size * size);
  return points + Math.floor(Math.abs(share - 0.5) * 20) * 10;
}
