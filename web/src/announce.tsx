import { useEffect, useState } from 'preact/hooks';

let tell: (text: string) => void = () => undefined;

/** Has a screen reader say what changed on the page. */
export function announce(text: string): void {
  tell(text);
}

/** The live region behind `announce`; it is there once, from the start. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    // The same words twice are only said twice when the region was empty between.
    tell = (next) => {
      setText('');
      clearTimeout(timer);
      timer = setTimeout(() => setText(next), 50);
    };
  }, []);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
