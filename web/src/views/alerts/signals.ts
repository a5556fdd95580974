// Whether this browser makes itself heard when something breaks: a tone, a notification of the system. A choice per
// machine, kept on it; nobody hears anything who did not ask for it.
import { create } from "zustand";

export interface Signals {
  sound: boolean;
  notice: boolean;
}

const KEY = "monitorix.signals";
const NONE: Signals = { sound: false, notice: false };

function kept(): Signals {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Signals>;
    return { sound: found.sound === true, notice: found.notice === true };
  } catch {
    return NONE;
  }
}

export const useSignals = create<Signals>()(kept);

export function chooseSignals(change: Partial<Signals>): void {
  useSignals.setState(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(useSignals.getState()));
  } catch {
    // Then it holds for this visit only.
  }
}

export const canSound = (): boolean => "AudioContext" in globalThis;
/** Browsers offer it to pages that came over HTTPS, or from this machine. */
export const canNotify = (): boolean => "Notification" in globalThis && globalThis.isSecureContext;
export const isNoticeRefused = (): boolean => canNotify() && Notification.permission === "denied";

/** Asks the browser, which asks the person; true when it may. */
export async function allowNotices(): Promise<boolean> {
  if (!canNotify()) return false;
  return (await Notification.requestPermission()) === "granted";
}

const NOTES = { critical: [880, 660, 880], warning: [660, 550], info: [550] } as const;
const NOTE_SECONDS = 0.18;

/** Short and soft; the worse, the more notes. A browser that was not touched yet stays silent. */
export async function sound(severity: keyof typeof NOTES): Promise<void> {
  if (!canSound()) return;
  const context = new AudioContext();
  try {
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 500))]);
    if (context.state !== "running") return;
    for (const [i, frequency] of NOTES[severity].entries()) {
      const begin = context.currentTime + i * NOTE_SECONDS;
      const voice = context.createOscillator();
      const loudness = context.createGain();
      voice.frequency.value = frequency;
      loudness.gain.setValueAtTime(0, begin);
      loudness.gain.linearRampToValueAtTime(0.15, begin + 0.02);
      loudness.gain.linearRampToValueAtTime(0, begin + NOTE_SECONDS);
      voice.connect(loudness).connect(context.destination);
      voice.start(begin);
      voice.stop(begin + NOTE_SECONDS);
    }
    await new Promise((done) => setTimeout(done, NOTES[severity].length * NOTE_SECONDS * 1000 + 100));
  } finally {
    void context.close();
  }
}

/** A click on it brings the page to the incident. The same incident replaces its own notice. */
export function notify(title: string, body: string, id: string, open: () => void): void {
  if (!canNotify() || Notification.permission !== "granted") return;
  const notice = new Notification(title, { body, tag: `monitorix-incident-${id}` });
  notice.onclick = () => {
    globalThis.focus();
    open();
    notice.close();
  };
}
