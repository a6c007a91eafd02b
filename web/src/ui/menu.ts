import type { Component } from 'vue';

/** One line of a menu. */
export interface MenuItem {
  label: string;
  icon?: Component;
  danger?: boolean;
  disabled?: boolean;
  /** The keys that do the same, such as `E`. */
  keys?: string;
  /** A line above it. */
  separator?: boolean;
  select(): void;
}
