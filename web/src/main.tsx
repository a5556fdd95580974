import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { useSession } from "./api/session";
import { App } from "./app/app";
import { followProfile } from "./app/taste";
import { startWords } from "./i18n/words";
import "./ui/tokens.css";
import "./ui/base.css";
import "./live/line";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

followProfile();
void useSession.getState().start();
await startWords();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
