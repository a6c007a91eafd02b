/** What every work of the bench and everything that can do it agree on. */

/** Options of a run by name, as given on the command line or by default. */
export type Options = Readonly<Record<string, number>>;

export interface Option {
  about: string;
  value: number;
  /** With `--quick`: small enough for a smoke run in CI. */
  quick: number;
}

/** What one measured run found, by the key of its column. */
export type Figures = Readonly<Record<string, number>>;

export interface Column {
  key: string;
  /** With its unit: "p99 ms", "CPU µs/delivery". */
  label: string;
  better: 'lower' | 'higher' | 'neither';
  /** Messages lost, doubled or out of order: anything but 0 fails the bench. */
  mustBeZero?: boolean;
}

/** Servers that are up, with their people and channels in them. Subjects of one work are up side by side and run in turns. */
export interface Subject {
  /** One measured run, after its own warm-up. Sees to it that nothing of it is left under way. */
  run(): Promise<Figures>;
  stop(): Promise<void>;
}

export interface Contender {
  /** What it is and which promise it keeps, for the table: "Socket.IO 4.8, one INSERT (fsync) and emit each". */
  about: string;
  /** Why it cannot run on this machine, such as a package that is not installed; null where it can. */
  missing?(): Promise<string | null>;
  start(options: Options): Promise<Subject>;
}

export interface Work {
  name: string;
  /** What is measured, in one sentence. */
  about: string;
  options: Readonly<Record<string, Option>>;
  columns: readonly Column[];
  /** By the names that `--against` takes. The first is Plaza. */
  contenders: Readonly<Record<string, Contender>>;
}
