/** An object, whole in memory. */
export interface StoredObject {
  readonly body: Uint8Array;
  /** Changes with the content; as the store writes it. */
  readonly etag: string;
  readonly contentType?: string;
}

export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What a listing tells of an object. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly changedAt: Date;
}

/** A part of an object. */
export interface ObjectPart extends StoredObject {
  /** Bytes of all of it. */
  readonly total: number;
}

/** Objects of one bucket, read in parts, each small enough for memory. */
export interface ObjectParts {
  /**
   * The bytes of an object from a place on, fewer at its end; undefined when there is no such object.
   *
   * @param etag an object that has another one counts as none
   */
  part(key: string, from: number, bytes: number, etag?: string): Promise<ObjectPart | undefined>;
}

/** Objects of one bucket, each small enough for memory. Every call is safe to repeat. */
export interface Objects {
  /**
   * An object; undefined when there is none.
   *
   * @param etag an object that has another one counts as none
   */
  get(key: string, etag?: string): Promise<StoredObject | undefined>;

  /** `unchanged` when the object still has that ETag. */
  getIfChanged(key: string, etag: string): Promise<StoredObject | 'unchanged' | undefined>;

  /** What it is without its body; undefined when there is no such object. */
  head(key: string): Promise<Omit<ListedObject, 'key'> | undefined>;

  put(key: string, body: Uint8Array | string, headers: ObjectHeaders): Promise<void>;

  /**
   * Replaces an object only if it still has that ETag, or makes it only if there is none yet.
   *
   * @returns whether what stands there now is this body
   */
  swap(key: string, body: Uint8Array | string, headers: ObjectHeaders, expected: string | undefined): Promise<boolean>;

  /** Whatever is there or not. */
  remove(keys: readonly string[]): Promise<void>;

  /** Only if the object still has that ETag. */
  removeIf(key: string, etag: string): Promise<void>;

  /**
   * By key, in the order of the keys.
   *
   * @param after key behind which the list begins
   */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>;

  /** An address from which anyone can read the object for a while. */
  address(key: string, seconds: number): Promise<string>;
}
