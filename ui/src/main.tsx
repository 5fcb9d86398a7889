import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/base.css';
import { LivePage } from './app/LivePage';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root');

// The variables come from our style sheets: with `withCssVariables` Mantine would write a style element, which the
// page's content security policy forbids.
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <LivePage />
    </MantineProvider>
  </StrictMode>,
);
