/** What every test of the phone app stands on: an in-memory IndexedDB, and a web crypto. */
import 'fake-indexeddb/auto';
