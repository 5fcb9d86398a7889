import { breakOff, remember, type History } from './history';
import { parseLive, type Live } from './live';

/** What the page knows, and how fresh that is. */
export interface View {
  /** `connecting` until the first message; `lost` from when the server stops talking. */
  link: 'connecting' | 'live' | 'lost';
  live: Live | null;
  /** Our clock when the newest message came. */
  receivedAt: number | null;
  /** Our clock when the server was lost, or could not be reached at first. */
  lostAt: number | null;
  history: History;
}

/** The part of the browser's EventSource that is used here. */
export interface Stream {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

const SILENCE_MS = 12_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10_000;

/**
 * Keeps one stream open while anybody listens, for ever: a lost server is tried again after 1 s, then less and
 * less often up to every 10 s. The last state stays and is marked as lost.
 */
export class LiveStore {
  private view: View = { link: 'connecting', live: null, receivedAt: null, lostAt: null, history: new Map() };
  private readonly listeners = new Set<() => void>();
  private stream: Stream | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly open: () => Stream,
    private readonly clock: () => number = Date.now,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.connect();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.disconnect();
    };
  };

  readonly current = (): View => this.view;

  /** Tries to reach the server now instead of later. */
  readonly reconnect = (): void => {
    this.disconnect();
    this.retryMs = FIRST_RETRY_MS;
    this.connect();
  };

  private connect() {
    const stream = this.open();
    this.stream = stream;
    const receive = (event: { data?: unknown }) => {
      if (this.stream === stream) this.receive(String(event.data));
    };
    stream.addEventListener('live', receive);
    stream.addEventListener('message', receive);
    stream.addEventListener('error', () => {
      if (this.stream === stream) this.lose();
    });
    this.expectMore();
  }

  private disconnect() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.stream?.close();
    this.stream = null;
  }

  private receive(text: string) {
    let live: Live;
    try {
      live = parseLive(text);
    } catch {
      this.lose();
      return;
    }
    this.retryMs = FIRST_RETRY_MS;
    this.expectMore();
    const history = remember(this.view.history, live);
    this.publish({ link: 'live', live, receivedAt: this.clock(), lostAt: null, history });
  }

  /** The browser's own reconnection gives up on some answers, so ours replaces it. */
  private lose() {
    this.disconnect();
    if (this.view.link !== 'lost') {
      this.publish({
        ...this.view,
        link: 'lost',
        lostAt: this.view.receivedAt ?? this.clock(),
        history: breakOff(this.view.history),
      });
    }
    this.retry = setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private expectMore() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose(), SILENCE_MS);
  }

  private publish(view: View) {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
