import { ask, element } from './page.js';

const REFRESH_MS = 2000;
const log = document.getElementById('log');
// It scrolls, so it must be reachable by keyboard.
log.tabIndex = 0;
let chosen;

export function showFunctions({ functions, notEmulated, logDirectory }) {
  const buttons = functions.map(({ title, name }) => {
    const button = element('button', { type: 'button' }, title);
    button.addEventListener('click', () => {
      chosen = name;
      for (const one of buttons) one.setAttribute('aria-pressed', String(one === button));
      document.getElementById('log-name').textContent = title;
      document.getElementById('log-file').textContent = `${logDirectory}/${name}.log`;
      refresh();
    });
    return button;
  });
  document.getElementById('function-list').replaceChildren(...buttons.map((button) => element('li', {}, button)));
  document.getElementById('not-emulated').replaceChildren(...notEmulated.map((line) => element('li', {}, line)));
  setInterval(() => {
    if (!document.getElementById('functions').hidden) refresh();
  }, REFRESH_MS);
}

async function refresh() {
  if (!chosen) return;
  const { name, tail } = await ask(`/api/log?${new URLSearchParams({ function: chosen })}`);
  if (name !== chosen) return;
  const text = tail || 'It has not run yet.';
  if (log.textContent === text) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.textContent = text;
  if (atEnd) log.scrollTop = log.scrollHeight;
}
