import { ask, element } from './page.js';

const paper = document.getElementById('paper');
const ink = paper.getContext('2d', { willReadFrequently: true });
const answer = document.getElementById('answer');
const scores = document.getElementById('scores');

export async function showDigits() {
  clear();
  paper.addEventListener('pointerdown', begin);
  paper.addEventListener('keydown', (event) => {
    if (['Escape', 'Delete', 'Backspace'].includes(event.key)) clear();
    else if (event.key === 'Enter') classifyDrawing();
    else return;
    event.preventDefault();
  });
  document.getElementById('clear').addEventListener('click', clear);
  document.getElementById('classify').addEventListener('click', classifyDrawing);

  const { digits } = await ask('/api/digits');
  document.getElementById('samples').replaceChildren(
    ...digits.map(({ index, digit }) => {
      const button = element(
        'button',
        { type: 'button', 'aria-label': `Sample of a ${digit}` },
        element('img', { src: `/api/digit?index=${index}`, alt: '', width: '48', height: '48' }),
      );
      button.addEventListener('click', () => classifySample(button.firstChild));
      return element('li', {}, button);
    }),
  );
}

function clear() {
  ink.fillStyle = '#fff';
  ink.fillRect(0, 0, paper.width, paper.height);
  ink.strokeStyle = '#111';
  ink.lineWidth = 22;
  ink.lineCap = 'round';
  ink.lineJoin = 'round';
  scores.replaceChildren();
  answer.classList.remove('error');
  answer.replaceChildren(element('span', { class: 'muted' }, 'Nothing classified yet.'));
}

function begin(event) {
  event.preventDefault();
  paper.focus();
  paper.setPointerCapture(event.pointerId);
  const scale = paper.width / paper.getBoundingClientRect().width;
  const drawTo = ({ offsetX, offsetY }) => {
    ink.lineTo(offsetX * scale, offsetY * scale);
    ink.stroke();
  };
  ink.beginPath();
  ink.moveTo(event.offsetX * scale, event.offsetY * scale);
  drawTo(event);
  paper.addEventListener('pointermove', drawTo);
  const end = () => {
    paper.removeEventListener('pointermove', drawTo);
    paper.removeEventListener('pointerup', end);
    paper.removeEventListener('pointercancel', end);
    classifyDrawing();
  };
  paper.addEventListener('pointerup', end);
  paper.addEventListener('pointercancel', end);
}

async function classifyDrawing() {
  classify(await new Promise((resolve) => paper.toBlob(resolve, 'image/png')));
}

async function classifySample(image) {
  clear();
  ink.drawImage(image, 0, 0, paper.width, paper.height);
  classify(await (await fetch(image.src)).blob());
}

let latest = 0;

async function classify(image) {
  const request = ++latest;
  try {
    const started = performance.now();
    const found = await ask('/api/classify', { method: 'POST', body: image, headers: { 'content-type': 'image/png' } });
    // A further stroke has asked again meanwhile.
    if (request !== latest) return;
    showScores(found, performance.now() - started);
  } catch (error) {
    answer.classList.add('error');
    answer.replaceChildren(error.message);
    scores.replaceChildren();
  }
}

function showScores({ label, score, scores: all, model }, milliseconds) {
  answer.classList.remove('error');
  answer.replaceChildren(
    element('strong', {}, label ?? '?'),
    ` ${(score * 100).toFixed(1)} %, after ${Math.round(milliseconds)} ms`,
  );
  const rows = [...all].sort((a, b) => a.label.localeCompare(b.label)).map(scoreBar);
  scores.replaceChildren(...rows);
  document.getElementById('model').textContent = `Model ${model.name}, SHA-256 ${model.sha256.slice(0, 12)}…`;
}

function scoreBar({ label, score }) {
  const fill = element('div');
  fill.style.width = `${score * 100}%`;
  return element(
    'div',
    { class: 'bar' },
    element('span', {}, label),
    element('div', { class: 'track', 'aria-hidden': 'true' }, fill),
    element('span', { class: 'number' }, `${(score * 100).toFixed(1)} %`),
  );
}
