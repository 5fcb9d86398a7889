import { ApiError, failed } from './api';
import { parse } from './exact';

type Listener = (news: { body: unknown } | { error: ApiError }) => void;

/** Whether what is watched is up to date. */
export type Link = 'idle' | 'connecting' | 'live' | 'lost';

/**
 * Follows any number of paths over one stream, since a browser has six connections to a server for all its pages. The
 * stream is opened anew when the set of paths changes, and closed while nobody looks at the page.
 */
export class Watch {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly linkListeners = new Set<() => void>();
  private stream: EventSource | null = null;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private state: Link = 'idle';

  constructor(private readonly open: (url: string) => EventSource = (url) => new EventSource(url)) {
    if (typeof document !== 'undefined') document.addEventListener('visibilitychange', this.reopen);
  }

  /** Calls back with each new answer of a path. Returns how to stop that. */
  follow(url: string, listener: Listener): () => void {
    const there = this.listeners.get(url) ?? new Set();
    there.add(listener);
    this.listeners.set(url, there);
    if (there.size === 1) this.soon();
    return () => {
      there.delete(listener);
      if (there.size > 0) return;
      this.listeners.delete(url);
      this.soon();
    };
  }

  link = (): Link => this.state;

  onLink = (listener: () => void): (() => void) => {
    this.linkListeners.add(listener);
    return () => this.linkListeners.delete(listener);
  };

  /** Opens the stream again now, such as after a new sign-in. */
  reopen = (): void => {
    clearTimeout(this.settle);
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
    const urls = [...this.listeners.keys()];
    if (urls.length === 0 || document.visibilityState === 'hidden') {
      this.become('idle');
      return;
    }
    this.become(this.state === 'lost' ? 'lost' : 'connecting');
    const query = new URLSearchParams(urls.map((url) => ['of', url]));
    const stream = this.open(`/api/v1/watch?${query}`);
    this.stream = stream;
    stream.onopen = () => this.become('live');
    stream.addEventListener('answer', (event) => this.take((event as MessageEvent<string>).data));
    stream.onerror = () => {
      this.become('lost');
      // A browser gives up a stream that is refused instead of broken.
      if (stream.readyState === EventSource.CLOSED) this.retry = setTimeout(this.reopen, 2_000);
    };
  };

  /** Pages mount many readers at once; one stream serves them all. */
  private soon(): void {
    clearTimeout(this.settle);
    this.settle = setTimeout(this.reopen, 30);
  }

  private take(text: string): void {
    const { of, status, body } = parse(text) as { of: string; status: number; body: unknown };
    const news = status === 200 ? { body } : { error: failed(status, JSON.stringify(body)) };
    this.become('live');
    this.listeners.get(of)?.forEach((listener) => listener(news));
  }

  private become(state: Link): void {
    if (state === this.state) return;
    this.state = state;
    this.linkListeners.forEach((listener) => listener());
  }
}

/** The page's one watch. */
export const watch = new Watch();
