/** Asks the console's server; throws what a person should read when it refuses. */
export async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? body.title ?? `The server answered ${answer.status}.`);
  return body;
}

/** Makes an element; a child that is a string is text, never markup. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an element of a drawing. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Runs what a button asks for, once at a time, and says how it goes. */
export async function act(button, status, doing, action) {
  if (button?.disabled) return;
  if (button) button.disabled = true;
  status.classList.remove('error');
  status.textContent = doing;
  try {
    status.textContent = (await action()) ?? '';
  } catch (error) {
    status.classList.add('error');
    status.textContent = error.message;
  } finally {
    if (button) button.disabled = false;
  }
}

export function bytes(count) {
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`;
}
