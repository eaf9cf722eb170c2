/* Sound of a hearing that the server has not yet confirmed, kept on this device (IndexedDB): House.keptSound.
   A stream: {id, hearing, person, place, format, dialect, began (ms), ended}. A piece: {stream, at, samples, parts: [{at, samples, bytes}]},
   `at` in 16 kHz samples. Where there is no IndexedDB it is kept in memory, and `lasting` is false. */
(function () {
  "use strict";
  const House = window.House;
  const NAME = "mediation-hearing-sound";

  function opened() {
    return new Promise((good, bad) => {
      if (!window.indexedDB) return bad(new Error("no IndexedDB"));
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("streams", { keyPath: "id" });
        opening.result.createObjectStore("pieces", { keyPath: ["stream", "at"] });
      };
      opening.onerror = () => bad(opening.error);
      opening.onsuccess = () => good(opening.result);
    });
  }
  const all = (stream, from) => IDBKeyRange.bound([stream, from || 0], [stream, Number.MAX_SAFE_INTEGER]);

  class OnDisk {
    constructor(db) { this.db = db; this.lasting = true; }
    deal(store, mode, work) {
      return new Promise((good, bad) => {
        const deal = this.db.transaction(store, mode);
        const asked = work(deal.objectStore(store));
        deal.oncomplete = () => good(asked && asked.result);
        deal.onerror = deal.onabort = () => bad(deal.error);
      });
    }
    putStream(row) { return this.deal("streams", "readwrite", (store) => store.put(row)); }
    streams() { return this.deal("streams", "readonly", (store) => store.getAll()); }
    add(piece) { return this.deal("pieces", "readwrite", (store) => store.put(piece)); }
    pieces(stream, from, most) { return this.deal("pieces", "readonly", (store) => store.getAll(all(stream, from), most)); }
    async end(stream) {
      let last = null;
      await this.deal("pieces", "readonly", (store) => {
        store.openCursor(all(stream), "prev").onsuccess = (event) => { last = event.target.result && event.target.result.value; };
      });
      return last ? last.at + last.samples : 0;
    }
    drop(stream, below) {
      return this.deal("pieces", "readwrite", (store) => {
        store.openCursor(all(stream)).onsuccess = (event) => {
          const cursor = event.target.result;
          if (!cursor || cursor.value.at + cursor.value.samples > below) return;
          cursor.delete();
          cursor.continue();
        };
      });
    }
    async forget(stream) {
      await this.deal("pieces", "readwrite", (store) => store.delete(all(stream)));
      await this.deal("streams", "readwrite", (store) => store.delete(stream));
    }
  }

  class InMemory {
    constructor() { this.lasting = false; this.rows = new Map(); this.kept = new Map(); }
    of(stream) { if (!this.kept.has(stream)) this.kept.set(stream, []); return this.kept.get(stream); }
    async putStream(row) { this.rows.set(row.id, row); }
    async streams() { return Array.from(this.rows.values()); }
    async add(piece) { this.of(piece.stream).push(piece); }
    async pieces(stream, from, most) { return this.of(stream).filter((piece) => piece.at >= (from || 0)).slice(0, most); }
    async end(stream) { const last = this.of(stream).slice(-1)[0]; return last ? last.at + last.samples : 0; }
    async drop(stream, below) { this.kept.set(stream, this.of(stream).filter((piece) => piece.at + piece.samples > below)); }
    async forget(stream) { this.rows.delete(stream); this.kept.delete(stream); }
  }

  House.keptSound = opened().then((db) => new OnDisk(db), () => new InMemory());
  House.newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
})();
