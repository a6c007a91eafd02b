import type { ClientFrame } from '../../../contracts/wire.ts';
import { openingOf } from './opening.ts';
import { Order } from './order.ts';
import type { SessionDeps, Transport } from './session.ts';
import type { Answer } from './verbs.ts';

/** Who carries out the requests of a client and tells it what came of them. */
export interface Answerer {
  /** Nothing is begun any more. */
  readonly ended: boolean;
  /** Before it only a `hello` is begun, alone. */
  readonly greeted: boolean;
  readonly deps: Pick<SessionDeps, 'settings'>;
  readonly transport: Pick<Transport, 'isBusy' | 'pause'>;
  /** @param next the next frame of the same order may begin */
  handle(frame: ClientFrame, next?: () => void): Promise<Answer | null>;
  answered(frame: ClientFrame, answer: Answer | null): void;
  failed(frame: ClientFrame, error: unknown): void;
}

/** The requests of one client: so many run at once; the others wait, and meanwhile nothing more is read from it. */
export class Requests {
  /** Openings and leavings of a channel keep their order with the requests. */
  readonly order = new Order();
  readonly #by: Answerer;
  #running = 0;
  #waiting: ClientFrame[] | null = null;
  #paused = false;
  #rest: (() => void) | null = null;

  constructor(by: Answerer) {
    this.#by = by;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  add(frame: ClientFrame): void {
    if (this.#waiting === null && this.#mayBegin(frame)) this.#begin(frame);
    else {
      this.addLater(frame);
      this.pump();
    }
  }

  /** For one that waits for the request that is running. */
  addLater(frame: ClientFrame): void {
    this.#waiting ??= [];
    this.#waiting.push(frame);
  }

  /** Begins what may begin. */
  pump(): void {
    while (this.#waiting) {
      const [next] = this.#waiting;
      if (!next || !this.#mayBegin(next)) break;
      this.#waiting.shift();
      if (this.#waiting.length === 0) this.#waiting = null;
      this.#begin(next);
    }
    const full = this.#waiting !== null;
    if (full === this.#paused || this.#by.ended) return;
    this.#paused = full;
    this.#by.transport.pause(full);
  }

  /** Resolves when all are answered. */
  atRest(): Promise<void> {
    return new Promise((resolve) => {
      this.#rest = resolve;
      this.#restIfSo();
    });
  }

  /** Forgets those that wait. */
  drop(): void {
    this.#waiting = null;
    this.#rest?.();
  }

  #mayBegin(frame: ClientFrame): boolean {
    const by = this.#by;
    if (by.ended || this.#running >= by.deps.settings.outstanding || by.transport.isBusy()) return false;
    return by.greeted || (frame.type === 'hello' && this.#running === 0);
  }

  /** Not async: of thousands of messages under way none shall hold more promises than it needs. */
  #begin(frame: ClientFrame): void {
    this.#running++;
    const by = this.#by;
    const order = orderOf(frame);
    const answer = order === null ? by.handle(frame) : this.order.keep(order, (next) => by.handle(frame, next));
    void answer.then(
      (answered) => {
        by.answered(frame, answered);
        this.#end();
      },
      (error: unknown) => {
        by.failed(frame, error);
        this.#end();
      },
    );
  }

  #end(): void {
    this.#running--;
    this.#restIfSo();
    if (this.#waiting !== null || this.#paused) this.pump();
  }

  #restIfSo(): void {
    if (this.#running === 0 && this.#waiting === null) this.#rest?.();
  }
}

/** Where the last one counts, frames keep their order: sends to one channel, its opening and leaving, one draft. The rest may overtake. */
function orderOf(frame: ClientFrame): string | null {
  if (frame.type === 'send') return `send ${frame.channel}`;
  if (frame.type === 'draft') return `draft ${frame.place}`;
  if (frame.type === 'watch') return 'watch';
  if (frame.type === 'join' || frame.type === 'leave') return openingOf(frame.channel);
  return null;
}
