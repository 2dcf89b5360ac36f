import { showDigits } from './digits.js';
import { showFunctions } from './functions.js';
import { ask } from './page.js';
import { showPictures } from './pictures.js';
import { showSales } from './sales.js';

const SECTIONS = { pictures: showPictures, digits: showDigits, sales: showSales, functions: showFunctions };

const overview = await ask('/api/overview');

for (const link of document.querySelectorAll('[data-url]')) {
  link.href = overview.urls[link.dataset.url] + (link.dataset.path ?? '');
}

const shown = new Set();

/** Shows the section that the address names. */
function show() {
  const wanted = location.hash.slice(1);
  const name = wanted in SECTIONS ? wanted : 'pictures';
  for (const id of Object.keys(SECTIONS)) document.getElementById(id).hidden = id !== name;
  for (const link of document.querySelectorAll('nav a[href^="#"]')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${document.getElementById(`${name}-title`).textContent} · Serverless shop console`;
  if (shown.has(name)) return;
  shown.add(name);
  SECTIONS[name](overview);
}

addEventListener('hashchange', () => {
  show();
  scrollTo(0, 0);
});
show();
