import { Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { SignedIn } from '../access/SignedIn';
import { Loading } from '../parts/States';
import classes from './App.module.css';
import { NoSuchPage, PageBroken } from './Broken';
import { ROUTES } from './routes';
import { Shell } from './Shell';

const shown = ({ path, Page }: (typeof ROUTES)[number]) => ({
  path,
  element: (
    <Suspense
      fallback={
        <div className={classes.coming}>
          <Loading what="the page" />
        </div>
      }
    >
      <Page />
    </Suspense>
  ),
  errorElement: <PageBroken />,
});

const router = createBrowserRouter([
  ...ROUTES.filter((route) => route.bare).map(shown),
  {
    path: '/',
    element: (
      <SignedIn>
        <Shell />
      </SignedIn>
    ),
    errorElement: <PageBroken />,
    children: [...ROUTES.filter((route) => !route.bare).map(shown), { path: '*', element: <NoSuchPage /> }],
  },
]);

/** The whole of the UI. */
export function App() {
  return <RouterProvider router={router} />;
}
