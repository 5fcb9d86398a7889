import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/useApi';
import './design/base.css';
import { STYLE_NONCE } from './design/nonce';
import { THEME } from './design/theme';
import { askAhead } from './shell/ahead';
import { App } from './shell/App';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root');

askAhead(location.pathname);

// What keeps the page behind a dialog from scrolling writes a style sheet.
setNonce(STYLE_NONCE);

// The variables come from our style sheets: with `withCssVariables` Mantine would write a style element, which the
// page's content security policy forbids.
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={THEME}
      defaultColorScheme="auto"
      getStyleNonce={() => STYLE_NONCE}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
