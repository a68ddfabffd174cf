// The service worker of the static page, which then works without a network; vite.config.ts fills in what it keeps.
const FILES = __FILES__;
const CACHE = 'heredity-__BUILD__';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('heredity-') && name !== CACHE;
  const drop = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(
    caches
      .keys()
      .then(drop)
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  // the document comes from the server where there is one, so that a new version is seen; the others have their content in the name
  const fromCache = () => caches.match(request, { ignoreSearch: true });
  event.respondWith(
    request.mode === 'navigate'
      ? fetch(request).catch(fromCache)
      : fromCache().then((kept) => kept ?? fetch(request)),
  );
});
