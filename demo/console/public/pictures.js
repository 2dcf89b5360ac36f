import { act, ask, bytes, element } from './page.js';

const status = document.getElementById('picture-status');
const result = document.getElementById('picture-result');

export function showPictures() {
  const drop = document.getElementById('drop');
  const input = document.getElementById('file');
  input.addEventListener('change', () => input.files[0] && upload(input.files[0]));
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files[0]) upload(event.dataTransfer.files[0]);
  });
  showLatest();
}

function upload(file) {
  result.replaceChildren();
  act(undefined, status, `${file.name} is on its way through the pipeline …`, async () => {
    const started = performance.now();
    const summary = await ask('/api/photos', {
      method: 'POST',
      body: file,
      headers: { 'content-type': file.type || 'application/octet-stream' },
    });
    const finished = summary.status === 'processing' ? await untilFinished(summary.id) : summary;
    result.replaceChildren(...describe(finished));
    showLatest();
    return `${file.name}: ${finished.status} after ${((performance.now() - started) / 1000).toFixed(1)} s`;
  });
}

/** The pipeline answers `processing` when it needs longer than a request may take. */
async function untilFinished(id) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const { photos } = await ask('/api/photos');
    const found = photos.find((photo) => photo.id === id);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('The pipeline has not finished this image in a minute; the logs of its functions tell why.');
}

function describe(summary) {
  const problems = (summary.problems ?? []).map(({ code, detail }) =>
    element('p', { class: 'error' }, `${code}: ${detail}`),
  );
  const variants = (summary.variants ?? []).map((variant) =>
    element(
      'figure',
      {},
      element('img', { src: address(summary.id, variant.name), alt: `Variant ${variant.name}` }),
      element(
        'figcaption',
        {},
        element('strong', {}, variant.name),
        ` ${variant.width} × ${variant.height}, ${variant.format}, ${bytes(variant.bytes)}`,
      ),
    ),
  );
  const json = element('details', {}, element('summary', {}, 'Summary as JSON'));
  json.append(element('pre', { tabindex: '0' }, JSON.stringify(summary, null, 2)));
  return [...problems, element('div', { class: 'variants' }, ...variants), json];
}

async function showLatest() {
  const { photos } = await ask('/api/photos');
  const items = photos.map((summary) => {
    const [smallest] = [...(summary.variants ?? [])].sort((a, b) => a.width - b.width);
    const picture = smallest
      ? element('img', { src: address(summary.id, smallest.name), alt: '', loading: 'lazy' })
      : element('span', { class: 'refused' }, summary.status);
    const button = element('button', { type: 'button' }, picture, element('span', {}, summary.id));
    button.addEventListener('click', () => {
      status.textContent = '';
      result.replaceChildren(...describe(summary));
    });
    return element('li', {}, button);
  });
  document
    .getElementById('latest')
    .replaceChildren(...(items.length > 0 ? items : [element('li', { class: 'muted' }, 'None yet.')]));
}

function address(id, variant) {
  return `/api/photo?${new URLSearchParams({ id, variant })}`;
}
