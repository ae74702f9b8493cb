import type { Holder } from '../../gitlab/schema.js';
import type { Place, RotationStore } from '../journal.js';

type Where = Pick<Holder, 'kind' | 'id'>;

/**
 * The places that one rotation does something in: two that write one variable at a time would each lose what the other
 * wrote, for GitLab has no compare-and-set. Either all are taken or none, so that nobody waits for one another.
 */
export class Places {
  readonly #store: RotationStore;
  readonly #rotation: Pick<Place, 'id' | 'instance'>;
  readonly #requestId: string;
  readonly #taken = new Map<string, Where>();

  constructor(store: RotationStore, rotation: Pick<Place, 'id' | 'instance'>, requestId: string) {
    this.#store = store;
    this.#rotation = rotation;
    this.#requestId = requestId;
  }

  /** False when somebody else is in one of them; what was taken before stays taken. */
  async take(places: readonly Where[]): Promise<boolean> {
    for (const owner of places) {
      if (this.has(owner)) continue;
      if ((await this.#store.lock({ ...this.#rotation, owner }, this.#requestId)) !== 'mine') return false;
      this.#taken.set(keyOfPlace(owner), owner);
    }
    return true;
  }

  has(place: Where): boolean {
    return this.#taken.has(keyOfPlace(place));
  }

  async leave(): Promise<void> {
    for (const owner of this.#taken.values()) await this.#store.unlock({ ...this.#rotation, owner });
    this.#taken.clear();
  }
}

export function keyOfPlace({ kind, id }: Where): string {
  return `${kind} ${id}`;
}
