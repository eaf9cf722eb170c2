/* Sound of a hearing that the server has not yet confirmed, kept on this device (IndexedDB): House.keptSound.
   A stream: {id, hearing, person, place, format, dialect, began (ms), ended}. A piece: {stream, at, samples, parts: [{at, samples, bytes}]},
   `at` in 16 kHz samples. What the device does not take (it is full, or has no IndexedDB) is kept in memory instead: nothing is lost while
   the page stays open, and it is sent all the same. `lasting` is false from then until the device takes sound again. */
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
    async fits() { return false; }
    isEmpty() { return Array.from(this.kept.values()).every((pieces) => !pieces.length); }
  }

  /* The device first; what it refuses, in memory. What stands on the device already stays there and is read together with the rest. */
  class Both {
    constructor(disk) { this.disk = disk; this.memory = new InMemory(); this.lasting = true; }
    /* Whether the device takes a quarter of an hour of sound now. It is tried: what browsers say of their space is not true. */
    async fits() {
      const stream = "probe";
      try {
        await this.disk.add({ stream, at: 0, samples: 0, parts: [{ at: 0, samples: 0, bytes: new ArrayBuffer(4e6) }] });
        return true;
      } catch (error) {
        return false;
      } finally {
        await this.disk.forget(stream).catch(() => {});
      }
    }
    async putStream(row) {
      try {
        await this.disk.putStream(row);
      } catch (error) {
        this.lasting = false;
        await this.memory.putStream(row);
      }
    }
    async add(piece) {
      try {
        await this.disk.add(piece);
        this.lasting = this.memory.isEmpty();
      } catch (error) {
        this.lasting = false;
        await this.memory.add(piece);
      }
    }
    /* What the device has; nothing where it is closed for good (its data was cleared). Another failure is only for now, and is thrown. */
    async onDisk(ask, nothing) {
      try {
        return await ask(this.disk);
      } catch (error) {
        if (error && error.name === "InvalidStateError") return nothing;
        throw error;
      }
    }
    async streams() {
      const rows = new Map((await this.onDisk((disk) => disk.streams(), [])).map((row) => [row.id, row]));
      for (const row of await this.memory.streams()) rows.set(row.id, row);
      return Array.from(rows.values());
    }
    async pieces(stream, from, most) {
      const found = (await this.onDisk((disk) => disk.pieces(stream, from, most), [])).concat(await this.memory.pieces(stream, from));
      return found.sort((a, b) => a.at - b.at).slice(0, most);
    }
    async end(stream) { return Math.max(await this.onDisk((disk) => disk.end(stream), 0), await this.memory.end(stream)); }
    async drop(stream, below) {
      await this.memory.drop(stream, below);
      await this.onDisk((disk) => disk.drop(stream, below));
    }
    async forget(stream) {
      await this.memory.forget(stream);
      await this.onDisk((disk) => disk.forget(stream));
    }
  }

  House.keptSound = opened().then((db) => new Both(new OnDisk(db)), () => new InMemory());
  House.newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
})();
