import { element, shape } from './page.js';

const WIDTH = 720;
const BAR = 28;
const LABEL = 250;
const VALUE = 90;
const HEIGHT = 200;

/** Horizontal bars for `[label, value]`. */
export function barChart(title, rows, format) {
  const most = Math.max(...rows.map(([, value]) => value), 1);
  const bars = rows.flatMap(([label, value], index) => {
    const y = index * BAR;
    const width = Math.max(1, (Math.max(0, value) / most) * (WIDTH - LABEL - VALUE));
    return [
      shape('text', { x: LABEL - 8, y: y + 19, 'text-anchor': 'end' }, shorten(label)),
      shape('rect', { x: LABEL, y: y + 4, width, height: BAR - 8, rx: 3 }),
      shape('text', { x: LABEL + width + 8, y: y + 19, class: 'value' }, format.format(value)),
    ];
  });
  return chart(title, rows.length * BAR, bars);
}

/** Columns for `[label, value]` over time, with the highest value and the first and last label written. */
export function columnChart(title, rows, format) {
  const most = Math.max(...rows.map(([, value]) => value), 1);
  const step = WIDTH / rows.length;
  const columns = rows.map(([label, value], index) => {
    const height = (Math.max(0, value) / most) * (HEIGHT - 50);
    const column = shape('rect', {
      x: index * step + step * 0.1,
      y: HEIGHT - 24 - height,
      width: step * 0.8,
      height,
      rx: Math.min(2, step / 4),
    });
    column.append(shape('title', {}, `${label}: ${format.format(value)}`));
    return column;
  });
  const labels = [
    shape('text', { x: 0, y: 14, class: 'value' }, `highest ${format.format(most)}`),
    shape('text', { x: 0, y: HEIGHT - 4 }, rows[0][0]),
    shape('text', { x: WIDTH, y: HEIGHT - 4, 'text-anchor': 'end' }, rows.at(-1)[0]),
  ];
  return chart(title, HEIGHT, [...columns, ...labels]);
}

function chart(title, height, shapes) {
  const drawing = shape('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title }, ...shapes);
  return element('figure', { class: 'chart' }, drawing, element('figcaption', {}, title));
}

function shorten(text) {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
