// One page as a person meets it: its route, its words, its questions; only the network is a fake.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import i18next from "i18next";
import type { ReactElement } from "react";
import { initReactI18next } from "react-i18next";
import { createMemoryRouter, RouterProvider } from "react-router";
import account from "../i18n/en/account.json";

export async function renderPage(page: ReactElement, at: string) {
  if (!i18next.isInitialized)
    await i18next.use(initReactI18next).init({
      lng: "en",
      resources: { en: { account } },
      returnNull: false,
      interpolation: { escapeValue: false },
    });
  const path = at.split("?")[0] ?? at;
  const router = createMemoryRouter(
    [
      { path, element: page },
      { path: "*", element: null },
    ],
    { initialEntries: [at] },
  );
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { router, queries };
}
