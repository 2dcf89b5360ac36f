import { render } from 'preact';
import { api, ask, ShopProblem } from './api/client';
import { App } from './app';
import { startRouter } from './router';
import { preferredLanguage, ShopProvider, textsOf } from './shop';
import './styles/index.css';

const root = document.getElementById('app') as HTMLElement;

async function start(): Promise<void> {
  try {
    const config = await ask(api.GET('/config'));
    render(
      <ShopProvider config={config}>
        <App />
      </ShopProvider>,
      root,
    );
  } catch (error) {
    const texts = textsOf(preferredLanguage(['en', 'zh'], 'en'));
    const code = error instanceof ShopProblem ? error.code : 'unavailable';
    render(
      <main class="page narrow">
        <h1>{texts.problemTitle}</h1>
        <p role="alert">{texts.problems[code]}</p>
        <button type="button" class="button" onClick={start}>
          {texts.tryAgain}
        </button>
      </main>,
      root,
    );
  }
}

startRouter();
start();
