import { barChart, columnChart } from './charts.js';
import { act, ask, bytes, element } from './page.js';

const status = document.getElementById('sales-status');
const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR'];
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat('en');

export function showSales() {
  const put = document.getElementById('put-sales');
  const run = document.getElementById('run-job');
  put.addEventListener('click', () =>
    act(put, status, 'Putting invoices …', async () => {
      const { lines } = await ask('/api/analytics/sales', { method: 'POST' });
      await refresh();
      return `${whole.format(lines)} invoice lines are in the bucket.`;
    }),
  );
  run.addEventListener('click', () =>
    act(run, status, 'Starting Spark …', async () => {
      const { id } = await ask('/api/analytics/runs', { method: 'POST' });
      const finished = await untilEnded(id);
      if (finished.state !== 'SUCCEEDED') throw new Error(finished.error ?? `The run ended as ${finished.state}.`);
      await showTables();
      return `The job succeeded after ${finished.seconds} s.`;
    }),
  );
  refresh();
  showTables();
}

async function untilEnded(id) {
  for (;;) {
    const run = (await refresh()).find((one) => one.id === id);
    if (run && ENDED.includes(run.state)) return run;
    if (run) status.textContent = `${run.state} for ${Math.round((Date.now() - new Date(run.startedAt)) / 1000)} s …`;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function refresh() {
  const { files, runs } = await ask('/api/analytics');
  document.getElementById('sales-files').textContent =
    files.length === 0
      ? 'There are no invoices in the bucket yet.'
      : `In the bucket: ${files.map(({ key, bytes: size }) => `${key} (${bytes(size)})`).join(', ')}`;
  const table = document.getElementById('runs');
  table.hidden = runs.length === 0;
  table.tBodies[0].replaceChildren(
    ...runs.map(({ state, startedAt, seconds, error }) =>
      element(
        'tr',
        {},
        element('td', {}, startedAt ? new Date(startedAt).toLocaleTimeString() : ''),
        element('td', {}, element('span', { class: `state ${state.toLowerCase()}` }, state)),
        element('td', { class: 'number' }, seconds ? String(seconds) : ''),
        element('td', {}, error ?? ''),
      ),
    ),
  );
  return runs;
}

async function showTables() {
  const {
    product_popularity: products = [],
    order_statistics_by_day: days = [],
    order_statistics_by_country: countries = [],
  } = await ask('/api/analytics/tables');
  const parts = [];
  if (products.length > 0) {
    const top = [...products].sort((a, b) => a.rank - b.rank).slice(0, 10);
    parts.push(
      element('h2', {}, 'Most popular products'),
      barChart(
        'Units sold net of cancellations',
        top.map((row) => [row.description || row.stock_code, row.net_units]),
        whole,
      ),
      tableOf(top, ['rank', 'stock_code', 'description', 'units_sold', 'units_cancelled', 'net_units', 'net_revenue']),
    );
  }
  if (days.length > 0) {
    const byDay = [...days].sort((a, b) => a.day.localeCompare(b.day));
    parts.push(
      element('h2', {}, 'Orders by day'),
      columnChart(
        'Net revenue by day',
        byDay.map((row) => [row.day, row.net_revenue]),
        money,
      ),
      tableOf(byDay.slice(-14), [
        'day',
        'orders',
        'cancellations',
        'customers',
        'net_units',
        'gross_revenue',
        'net_revenue',
      ]),
    );
  }
  if (countries.length > 0) {
    const byCountry = [...countries].sort((a, b) => b.net_revenue - a.net_revenue);
    parts.push(
      element('h2', {}, 'Orders by country'),
      barChart(
        'Net revenue by country',
        byCountry.slice(0, 10).map((row) => [row.country, row.net_revenue]),
        money,
      ),
      tableOf(byCountry, [
        'country',
        'orders',
        'cancellations',
        'customers',
        'net_units',
        'gross_revenue',
        'net_revenue',
      ]),
    );
  }
  document.getElementById('tables').replaceChildren(...parts);
}

function tableOf(rows, columns) {
  const isNumber = (column) => typeof rows[0][column] === 'number';
  const classes = (column) => (isNumber(column) ? { class: 'number' } : {});
  const text = (column, value) =>
    !isNumber(column) ? value : column.endsWith('revenue') ? money.format(value) : whole.format(value);
  const head = columns.map((column) => element('th', classes(column), column.replaceAll('_', ' ')));
  const body = rows.map((row) =>
    element('tr', {}, ...columns.map((column) => element('td', classes(column), text(column, row[column])))),
  );
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  return element('div', { class: 'scroll' }, table);
}
