import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/useApi';
import './design/base.css';
import { THEME } from './design/theme';
import { App } from './shell/App';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root');

// The variables come from our style sheets: with `withCssVariables` Mantine would write a style element, which the
// page's content security policy forbids.
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={THEME} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
