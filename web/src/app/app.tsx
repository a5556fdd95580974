import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, RouterProvider } from "react-router";
import { useSession } from "../api/session";
import { routes } from "./routes";

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 5000, retry: 1, refetchOnWindowFocus: false } },
});
// What one person was shown is not kept for the next.
useSession.subscribe(({ phase }, { phase: before }) => {
  if (phase === "out" && before === "in") queries.clear();
});
const router = createBrowserRouter(routes);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
